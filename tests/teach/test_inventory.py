"""The inventory measures what was put in: a gain, a wrong key; and tells no answer."""

import json
import re

import numpy as np
import pytest

from tools.course import ROOT
from tools.teach import homework, inventory, report


def klass(rng, size, ability, guess=0.25):
    """Return (difficulties, options chosen before, after): the right one is 0."""
    hard = rng.normal(0.3, 0.8, inventory.ITEMS)
    before = rng.normal(0, 1, size)
    after = before + rng.normal(ability, 0.5, size)

    def answers(theta):
        knows = 1 / (1 + np.exp(-1.5 * (theta[:, None] - hard)))
        right = rng.random(knows.shape) < guess + (1 - guess) * knows
        return np.where(right, 0, rng.integers(1, 4, knows.shape))

    return hard, answers(before), answers(after)


def expected(hard, ability, guess=0.25):
    """Return the mean gain in items of endless many students."""
    theta = np.random.default_rng(0).normal(0, 1, (200_000, 2))
    before, after = theta[:, 0], theta[:, 0] + ability + 0.5 * theta[:, 1]
    knows = [1 / (1 + np.exp(-1.5 * (t[:, None] - hard))) for t in (before, after)]
    return (1 - guess) * (knows[1] - knows[0]).sum(axis=1).mean()


@pytest.mark.parametrize("size", [30, 200])
def test_the_interval_holds_the_gain_in_95_of_100_classes(size):
    rng = np.random.default_rng(1)
    hard, *_ = klass(rng, 2, 0)
    truth, inside = expected(hard, 0.6), 0
    for seed in range(2000):
        rng = np.random.default_rng([size, seed])
        theta = rng.normal(0, 1, size)
        marks = []
        for t in theta, theta + rng.normal(0.6, 0.5, size):
            knows = 1 / (1 + np.exp(-1.5 * (t[:, None] - hard)))
            marks.append(rng.random(knows.shape) < 0.25 + 0.75 * knows)
        mean, half, _ = inventory.gain(*np.array(marks, float))
        inside += abs(mean - truth) < half
    assert 0.93 <= inside / 2000 <= 0.97


@pytest.mark.parametrize("size", [30, 200])
def test_a_planted_wrong_key_is_named_in_all_of_50(size):
    counts = np.zeros(2)
    for seed in range(50):
        rng = np.random.default_rng([size, seed])
        _, *sheets = klass(rng, size, 0.6)
        for k, answers in enumerate(sheets):
            keys = np.zeros(inventory.ITEMS, int)
            counts[k] += len(inventory.suspicious(answers, keys))
            keys[seed % inventory.ITEMS] = 1
            assert seed % inventory.ITEMS in inventory.suspicious(answers, keys), seed
    before, after = counts / 50 / inventory.ITEMS
    assert before < 0.07 and after < 0.02


def test_students_t_is_known_from_tables():
    tables = {8: 2.365, 12: 2.201, 30: 2.045, 200: 1.972}
    for n, value in tables.items():
        assert inventory.quantile(n) == pytest.approx(value, rel=0.005)


def test_two_forms_ask_for_the_same_ideas_and_each_belief_has_a_name():
    assert len(inventory.key()) == inventory.ITEMS
    places = {form: [] for form in inventory.FORMS}
    for k, item in enumerate(inventory.key()):
        for form in inventory.FORMS:
            question, options = inventory.questions(form)[k]
            assert len(options) == len(item[form]) == 4 == len({*item[form]}), question
            places[form].append(item[form].index(""))
    for indices in places.values():  # no place is a good guess
        assert max(map(indices.count, range(4))) <= 4


@pytest.mark.parametrize("form", inventory.FORMS)
def test_neither_length_nor_a_word_of_the_course_helps(form):
    words = "gradient|batch|momentum|adam|sgd|rmsprop|epoch|learning rate|loss|bias"
    words += "|all of|none of the above"
    longest = shortest = 0
    for item, (question, options) in zip(
        inventory.key(), inventory.questions(form), strict=True
    ):
        assert not re.search(rf"(?i)\b({words})", " ".join([question, *options]))
        dots = {option.startswith("…") for option in options}
        assert dots == {question.endswith("…")}, question
        sizes = [len(option) for option in options]
        size = sizes.pop(item[form].index(""))
        assert size < 1.35 * max(sizes) and len({*options}) == 4, question
        longest, shortest = (
            longest + (size > max(sizes)),
            shortest + (size < min(sizes)),
        )
    assert longest <= 7 and shortest <= 4


def walk(slope, x, rate, steps, memory=0.0):
    """Return all places of a walk along a sum of slopes, each fading."""
    places, total = [np.array(x, float)], 0.0
    for _step in range(steps):
        total = memory * total + slope(places[-1])
        places.append(places[-1] - rate * total)
    return np.array(places)


SO = {  # what the two tests below find, item by item
    "2B": "half as much", "3A": "steep direction", "3B": "stays as it is",
    "4A": "Along", "4B": "farther away", "5B": "stay about η long",
    "6A": "well below 20, by a factor that is known", "6B": "too large",
}  # fmt: skip


@pytest.mark.parametrize("item", SO)
def test_the_keyed_option_is_the_one_that_is_so(item):
    k, form = int(item[0]) - 1, item[1]
    options = inventory.questions(form)[k][1]
    assert SO[item] in options[inventory.key()[k][form].index("")]


def test_what_the_key_says_of_valleys_is_so():
    def far(flat, rate, start=3.0, memory=0.0):
        valley = 2 * np.array([100, flat])
        places = walk(lambda x: valley * x, [start, start], rate, 400, memory)
        return np.abs(places)

    for flat in 1, 0.1:  # 3A, 3B: the largest rate is that of a alone, from anywhere
        for start in 3, 0.3:
            assert (
                far(flat, 0.0099, start).max()
                <= start
                < far(flat, 0.0101, start)[-1, 0]
            )
    plain, summed = (far(1, 0.009, memory=memory) for memory in (0, 0.9))
    needed = [(distances > 0.03)[::-1].argmax(axis=0) for distances in (plain, summed)]
    assert needed[1][1] > needed[0][1] and needed[1][0] < needed[0][0]  # 4A
    noise = np.random.default_rng(0).normal(size=(20_000, 50))
    size = []
    for rate, memory in (0.02, 0), (0.01, 0), (0.01, 0.9):
        draws = iter(noise)
        places = walk(
            lambda x, d=draws: x + next(d), np.zeros(50), rate, 20_000, memory
        )
        size.append((places[5000:] ** 2).mean())
    assert size[1] / size[0] == pytest.approx(0.5, abs=0.05)  # 2B
    assert size[2] > 5 * size[1]  # 4B


def test_what_the_key_says_of_running_means_is_so():
    m = 20 * (1 - 0.9**5)
    assert 5 < m < 15  # 6A
    assert (1 - 0.9**10) / np.sqrt(1 - 0.999**10) > 5  # 6B
    x, v, lengths = 5.0, 0.0, []
    for _step in range(3000):
        v = 0.9 * v + 0.1 * x**2
        lengths.append(0.01 * abs(x) / np.sqrt(v))
        x -= 0.01 * x / np.sqrt(v)
    assert np.array(lengths[-500:]) == pytest.approx(0.01, rel=0.3)  # 5B


def test_no_key_is_where_students_look():
    ideas = [item["idea"] for item in inventory.key()]
    for path in ROOT.glob("notebooks/**/*.*"):
        if path.suffix in (".md", ".py", ".ipynb"):
            assert not any(idea in path.read_text("utf-8") for idea in ideas[1:6])


def test_what_is_no_record_is_left_out_and_moves_are_counted():
    good = {"inventory": {"before": {"form": "A", "answers": [0] * 14}}}
    bad = [
        {},
        {"inventory": 3},
        {"inventory": {"before": {"form": "A", "answers": [9]}}},
    ]
    records = {"a": good, **{str(k): record for k, record in enumerate(bad)}}
    before = inventory.sittings(records, "before")
    assert [*before] == ["a"]
    after = {"a": ("B", [1] + [-1] * 13)}
    assert inventory.moves(before, after, 0) == {("", ""): 1}
    assert inventory.moves(before, after, 1) == {("time heals noise", None): 1}


def sheets(path, size=40, wrong_key=None):
    """Write the table of a class, typed from paper; return its mean gain in items.

    wrong_key: an item of A in which everybody chooses what the key says is wrong.
    """
    _, *sittings = klass(np.random.default_rng(3), size, 0.8)
    rows, sums = ["student,when,form,answers"], []
    for when, form, answers in zip(inventory.WHEN, "AB", sittings, strict=False):
        keys = [item[form].index("") for item in inventory.key()]
        answers = (answers + keys) % 4
        if form == "A" and wrong_key is not None:
            answers[:, wrong_key] = (keys[wrong_key] + 1) % 4
        sums.append((answers == keys).sum(axis=1).mean())
        for k, row in enumerate(answers):
            rows.append(f"secret{k},{when},{form},{''.join('ABCD'[j] for j in row)}")
    path.write_text("\n".join(rows), "utf-8")
    return sums[1] - sums[0]


def test_the_report_says_the_gain_and_where_beliefs_went_and_names_nobody(tmp_path):
    gained = sheets(tmp_path / "typed.csv", wrong_key=1)
    text = report.write(tmp_path, table=tmp_path / "typed.csv").read_text("utf-8")
    gain = float(re.search(r"Gain: ([\d.]+) ± .+The forms differ", text)[1])
    assert gain == pytest.approx(gained, abs=0.051)
    (row,) = [row for row in text.split("<tr>") if "what holds the floor" in row]
    assert "key? A" in row and text.count("key?") <= 2
    assert text.count(" → right: ") >= inventory.ITEMS and "secret" not in text
    assert "noise accumulates → right: " in text


def test_hand_ins_hold_it_too_and_three_have_no_interval_and_forged_ones_stop_nothing():
    right = [item["A"].index("") for item in inventory.key()]
    sat = {"form": "A", "answers": right}
    good = {"before": {"form": "A", "answers": [None] * 14}, "later": sat}
    forged = [
        good | {"before": sitting}
        for sitting in (7, {"answers": right}, sat | {"form": {}})
    ]
    forged += [{"before": sat | {"answers": [x] * 14}} for x in (-2, float("inf"), "x")]
    records = [{"inventory": sittings} for sittings in [good] * 3 + [*forged, 7, {}]]
    students = [
        {"identifier": f"s{k}", "record": record, "results": {}}
        for k, record in enumerate(records)
    ]
    text = report.page({"students": students, "homework": ""})
    assert (
        "3 students, before and later: 0.0 and 14.0 of 14 right. They are too" in text
    )
    assert "inventory" not in report.page({"students": [], "homework": ""})


def test_the_page_says_how_a_table_is_typed_and_what_is_too_few(tmp_path):
    page = (ROOT / "web/teacher/inventory.md").read_text("utf-8")
    (tmp_path / "t.csv").write_text(re.search(r"```\n(.+?)```", page, re.S)[1], "utf-8")
    records = inventory.records_in(tmp_path / "t.csv")
    assert [*inventory.sittings(records, "before")] == ["17"]
    assert inventory.sittings(records, "after")["17"][0] == "B"
    assert f"Fewer than {inventory.FEW} students" in page
    assert f"Under {inventory.SOME} sheets" in page
    assert f"gets {inventory.ITEMS / 4} of {inventory.ITEMS}" in page


def test_a_student_who_got_00_alone_can_answer_it_there_and_finds_no_key(tmp_path):
    students, _teacher = homework.build(tmp_path, only=("00",))
    page = (students / "notebooks/00_start_here.ipynb").read_text("utf-8")
    asked = r'Inventory\(\\"(\S+)\\", when=\\"(\w+)\\"\)'
    path, when = re.search(asked, page).groups()
    assert (students / "notebooks" / path).is_file() and when in inventory.WHEN
    assert not [*students.rglob("inventory.toml")]
    assert all(item["idea"] not in page for item in inventory.key())


def test_where_nothing_was_missing_nothing_is_gained():
    everything = np.ones((9, inventory.ITEMS))
    assert inventory.gain(everything, everything) == (0, 0, 0)


def test_records_alone_are_bets_beside_what_came_and_name_nobody(tmp_path):
    bets = {"ana": "SGD", "beto": "Adam", "cleo": "Adam"}
    question = next(iter(report.asked()))
    for name, answer in bets.items():
        bet = {"answer": answer, "outcome": "Adam", "sure": 0.75}
        (tmp_path / name).mkdir()
        record = json.dumps({"predictions": {question: bet}})
        (tmp_path / name / "my-record.json").write_text(record, "utf-8")
    (tmp_path / "broken-record.json").write_text("[", "utf-8")
    text = report.write(tmp_path).read_text("utf-8")
    (row,) = re.findall(f"<tr><td>{re.escape(question)}.+", text)
    assert "Adam: 2, SGD: 1" in row and "<td>2 of 3</td>" in row
    assert "Records: 3." in text and not [name for name in bets if name in text]


def test_a_folder_without_anything_is_refused(tmp_path):
    with pytest.raises(SystemExit, match="nor a record: make grade"):
        report.write(tmp_path)
