"""The learner's record: what comes back, what is broken or changed, what is shown."""

import os
import re

import IPython
import pytest

import classroom.pictures  # noqa: F401  (before there is another IPython)
from classroom import progress, questions, record
from classroom.mistakes import compare
from tests.classroom.test_questions import QUIZ, steps, which
from tests.classroom.test_rules import on_a_page
from tests.exercises.foreign import fall
from tools.course import ROOT
from tools.teach import inventory, report

PARTS = record.PARTS


@pytest.fixture
def file(monkeypatch, tmp_path):
    """The file of a record, as in a notebook's kernel."""
    monkeypatch.delenv("SGD_ADAM_RECORD")
    monkeypatch.setattr(IPython, "get_ipython", lambda: "a kernel")
    monkeypatch.setattr(record, "FILE", tmp_path / "my-record.json")
    record._say.cache_clear()
    return record.FILE


def quiz(folder, text=QUIZ):
    (folder / "quiz.md").write_text(text, "utf-8")
    return questions.Quiz(folder / "quiz.md")


def test_answers_come_back_in_another_kernel(file, tmp_path):
    which("Adam", 0.75).reveal("SGD")
    steps("5e3", 0.95).reveal(6908)
    first, _ = quiz(tmp_path).questions
    for option in "ε bounds it", "m̂₁/√v̂₁ is g/|g|":
        first.control.value = option
    again = questions.Prediction("Which is lowest?", ["SGD", "Adam", "Momentum"])
    assert (again.answer, again.sure.value) == ("Adam", 0.75)
    assert questions.Prediction("How many steps?").answer == 5000
    asked = quiz(tmp_path)
    assert "✓ Right:" in asked.text and asked._tally().startswith("1 of 2 answered, 0")
    moved = QUIZ.partition("\n\n")[2] + "\n" + QUIZ.partition("\n\n")[0]
    assert "✓ Right:" in quiz(tmp_path, moved).questions[1].text


def test_a_wrong_answer_returns_blank_until_it_is_right(file):
    """Then it is nothing to look at again, though the first answer stays wrong."""
    quiz = questions.Quiz(ROOT / "notebooks/quizzes/03.md").questions
    for asked, is_right in (quiz[1], False), (quiz[0], True):
        other = next(option for option in asked.options if option != asked.right)
        asked.control.value = asked.right if is_right else other
    returning = questions.Returning("05")
    asked, *others = returning.questions
    assert asked.key == quiz[1].key and quiz[0].key not in [o.key for o in others]
    assert "●" not in returning.text and not re.search("[✓✗]", returning.text)
    assert look_again("03_momentum") == [asked.key]
    asked.control.value = asked.right
    assert f"✓ Right: {asked.options[asked.right]}" in returning.text
    assert look_again("03_momentum") == []
    entry = record.read()["quiz"][asked.key]
    assert entry["first"] != entry["answer"] == asked.right
    assert questions.Returning("05").questions[0].key == asked.key  # first was wrong


def look_again(file):
    """Return the questions of a notebook at which 00 says to look again."""
    (notebook,) = (entry for entry in progress.course() if entry["file"] == file)
    ((_, again),) = on_a_page([("how_far", [notebook, record.read()])], progress.SCRIPT)
    return [name for name, *_ in again]


def test_what_is_kept_is_what_the_report_reads(file, monkeypatch):
    asked = which("Adam", 0.75), steps("5e3", 0.95)
    for question, truth in zip(asked, ("SGD", 6908), strict=True):
        question.reveal(truth)
    known = {question.question: question.within for question in asked}
    monkeypatch.setattr(report, "asked", lambda: known)
    kept = report.predictions({"students": [{"record": record.read()}]})
    entries = [(question["answers"], question["truth"]) for question in kept.values()]
    assert entries == [([("Adam", 0.75)], "SGD"), ([("5e3", 0.95)], 6908)]
    assert report.calibration(kept) == [(0.75, 0, 1), (0.95, 1, 1)]


def test_the_inventory_is_kept_as_the_report_reads_it_and_tells_nothing(file):
    def asked():
        return questions.Inventory(ROOT / "notebooks/inventory/A.md", "before")

    told, first = set(), asked()
    folded = first.children[-1].layout.display
    first.unfold.value = True
    assert (folded, first.children[-1].layout.display) == ("none", "")
    for k, control in enumerate(first.controls[:13]):
        control.value = k % 4
        count, letters = first.children[-1].children[-1].text.rsplit(" ", 1)
        told.add(re.sub(r"\d+", "", count))
    assert len(told) == 1 and count.startswith("13 of 14")
    assert letters == "ABCDABCDABCDA-"
    again = asked()
    assert again.answers == first.answers and "✓" not in again.text + again.html
    sittings = inventory.sittings({"a": record.read()}, "before")
    assert sittings == {"a": ("A", [k % 4 for k in range(13)] + [-1])}


def test_nothing_is_kept_of_cells_that_are_only_run(file):
    which().reveal("SGD")
    fall(...)
    compare("bugs", {"A": ...}, {"A": "x"}, {"A": "look"}, ["x"], "Found")
    assert not file.exists()


def test_a_check_keeps_what_is_passed_and_mistakes_by_their_names(file, capsys):
    for wrong in 2 * [lambda height, v, g: ((v**2 + 2 * g * height) ** 0.5 + v) / g]:
        fall(wrong)
    fall(lambda height, speed, g: 7.7 + height + 3.1 * speed + g)  # no name
    name = "that is thrown up: who throws it down has to wait less"
    (entry,) = record.read()["exercises"].values()
    assert (entry["passed"], entry["mistakes"]) == (False, {name: 2})
    fall(fall.answer)
    fall(wrong)
    (entry,) = record.read()["exercises"].values()
    assert (entry["passed"], entry["mistakes"]) == (True, {name: 3})
    for answer in "y", "x":
        compare("bugs", {"A": answer}, {"A": "x"}, {"A": "look"}, "xy", "Found")
    entry = record.read()["exercises"]["bugs"]
    assert (entry["passed"], entry["mistakes"]) == (True, {"look": 1})


def test_an_answer_to_what_has_changed_since_is_kept_and_does_not_come_back(file):
    which("Adam", 0.75).reveal("SGD")
    before = file.read_text("utf-8")
    asked = questions.Prediction("Which is lowest?", ["SGD", "Adam"])
    asked.reveal("Adam")
    assert asked.answer is None and file.read_text("utf-8") == before
    asked.control.value = "Adam"
    (entry,) = record.read()["predictions"].values()
    assert entry["mark"] == asked.mark and "sure" not in entry


@pytest.mark.parametrize("text", ['{"predictions": 7}', "[1, 2]", "", 9999 * "["])
def test_a_broken_record_is_set_aside_told_once_and_begun_anew(file, capsys, text):
    file.write_text(text, "utf-8")
    for _ in range(2):
        assert record.read() == {part: {} for part in record.KEPT}
    aside = file.with_name("my-record-broken.json")
    assert aside.read_text("utf-8") == text
    assert capsys.readouterr().out == record.BROKEN.format(name=aside.name) + "\n"
    which("Adam").reveal("SGD")
    assert [*record.read()["predictions"]] == ["Predict: Which is lowest?"]


def test_what_is_no_entry_is_left_out(file):
    file.write_text('{"predictions": {"a": {"answer": "x"}, "b": 7}, "more": 7}')
    assert record.read() == {"predictions": {"a": {"answer": "x"}}, "quiz": {},
                             "exercises": {}, "inventory": {},
                             "flights": {}}  # fmt: skip


def test_a_folder_that_cannot_be_written_to_is_told_once(file, capsys, monkeypatch):
    monkeypatch.setattr(record, "FILE", file.parent / "gone" / file.name)
    record.begin()
    revealed = which("Adam").reveal("SGD")
    assert "you said Adam" in revealed.text
    assert capsys.readouterr().out == record.CLOSED + "\n"


def test_only_the_kernel_of_a_learner_keeps_a_record(file, monkeypatch):
    monkeypatch.setenv("SGD_ADAM_RECORD", "none")
    which("Adam")
    monkeypatch.delenv("SGD_ADAM_RECORD")
    monkeypatch.setattr(IPython, "get_ipython", lambda: None)
    which("Adam")
    assert not file.exists()


def test_tests_and_tools_keep_none():
    assert os.environ["SGD_ADAM_RECORD"] == "none"


@pytest.fixture
def answered(file):
    """A record with a right and a wrong answer to 05, a quiz, checks, what is gone."""
    notebook = next(entry for entry in progress.course() if entry["file"] == "05_adam")
    marks = {p: [(n, e["mark"]) for n, e in notebook[p].items()] for p in PARTS}
    answers = [("3", 693, 0.95), ("longer", "longer", 0.75), ("6", 6.4, 0.75)]
    for place, (answer, outcome, sure) in zip(
        marks["predictions"][:3], answers, strict=True
    ):
        fields = {"answer": answer, "outcome": outcome, "sure": sure}
        record.keep("predictions", *place, **fields)
    quiz = {"first": "no", "right": "yes"}
    for place, answer in zip(marks["quiz"], ["yes", "no"], strict=False):
        record.keep("quiz", *place, answer=answer, **quiz)
    record.keep("quiz", marks["quiz"][2][0], "older", answer="yes", **quiz)
    record.keep("quiz", "Gone?</script>", "older", answer="yes", **quiz)
    record.keep_exercise("adam_step", passed=True)
    record.keep_exercise("floor_on_paper", mistake="that is SGD's floor")
    return notebook


@pytest.fixture
def shown(monkeypatch):
    """What the cell of progress displays, as HTML; a button has none."""
    outputs = []
    monkeypatch.setattr(progress, "display", lambda output, **_: outputs.append(output))
    progress.so_far()
    return "".join(
        output["text/html"] for output in outputs if isinstance(output, dict)
    )


def test_a_cell_says_what_is_done_how_sure_and_what_to_look_at_again(
    answered, shown, offline
):
    offline.set_content(shown)
    words = offline.locator("body").inner_text()
    names = [*answered["predictions"]], [*answered["quiz"]]
    for sentence in (
        "05 Deriving Adam – open: 3 of 3 predictions, 2 of 5 quiz questions, 1 of 3 ex",
        "04 RMSprop – not begun: 0 of 5 predictions",
        f"{names[0][0]}: you said 3; it was 693",
        f"{names[1][1]}: you said no",
        f"{names[1][2]}: changed since you answered",
        "Exercise 2: the floor, on paper: that is SGD's floor",
        "Over the whole course: 82% sure, 67% right. As sure as you were, 2.5",
        "no longer asks it: Gone?</script>.",
    ):
        assert sentence in words
    assert words.count(": you said") == 2 and words.count("Exercise") == 1
    exercise = offline.get_by_role("link", name="Exercise 2")
    assert exercise.get_attribute("href") == "05_adam.ipynb#cell-id=floor-check"
    assert "Run this cell" not in words  # said where no script runs


def test_a_notebook_is_done_when_all_in_it_is():
    notebook = {"predictions": {"a": {"mark": "m"}}, "quiz": {}}
    notebook["exercises"] = {"b": {"mark": "m"}}
    answer, sure = {"answer": "x", "mark": "m"}, {"sure": 0.75, "mark": "m"}
    failed, passed = ({"passed": k, "mistakes": {}, "mark": "m"} for k in (False, True))
    states = [
        ({"a": answer}, {"b": failed}, "open: 1 of 1 predictions, 0 of 1 exercises"),
        ({"a": answer}, {"b": passed}, "done: 1 of 1 predictions, 1 of 1 exercises"),
        (
            {"a": answer},
            {"b": passed | {"mark": "older"}},
            "open: 1 of 1 predictions, 0 of 1 exercises",
        ),
        ({}, {"b": failed}, "open: 0 of 1 predictions, 0 of 1 exercises"),
        ({"a": sure}, {}, "not begun: 0 of 1 predictions, 0 of 1 exercises"),
    ]
    cases = [
        ("how_far", [notebook, {"predictions": p, "quiz": {}, "exercises": e}])
        for p, e, _ in states
    ]
    sentences = [sentence for sentence, _ in on_a_page(cases, progress.SCRIPT)]
    assert sentences == [sentence for *_, sentence in states]


def test_one_button_forgets_all_and_asks_once(answered, file):
    file.with_name("my-record-broken.json").write_text("{")
    button = progress._Forget()
    button.click()
    assert file.exists() and button.description == "Really? Press again"
    button.click()
    assert not [*file.parent.glob("my-record*")]


def test_before_the_first_answer_a_cell_says_so_and_has_no_script(file, shown):
    assert shown == f"<p>{progress.EMPTY}</p>"


def test_the_course_asks_something_in_every_notebook_and_what_returns_is_nothing_new():
    for notebook in progress.course():
        assert notebook["title"] and notebook["predictions"]
        assert notebook["file"] < "01" or (
            len(notebook["quiz"]) == 5 and len(notebook["exercises"]) >= 2
        )
        for part in PARTS:
            assert all(asked["mark"] for asked in notebook[part].values())
