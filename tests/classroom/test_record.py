"""The learner's record: what comes back, what is broken or changed, what is shown."""

import json
import os

import IPython
import pytest

from classroom import progress, questions, record
from classroom.mistakes import checks
from tests.classroom.test_questions import QUIZ, steps, which
from tests.exercises.sample import noise_floor
from tools.teach import report

PARTS = record.PARTS
ANSWERS = {"answer": "Adam", "sure": 0.75, "outcome": "SGD", "within": 2, "mark": "a"}


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


def test_what_is_kept_is_what_the_report_reads(file):
    which("Adam", 0.75).reveal("SGD")
    steps("5e3", 0.95).reveal(6908)
    kept = report.predictions({"students": [{"record": record.read()}]})
    found = [(one["answers"], one["truth"]) for one in kept.values()]
    assert found == [([("Adam", 0.75)], "SGD"), ([("5e3", 0.95)], 6908)]
    assert report.calibration(kept) == [(0.75, 0, 1), (0.95, 1, 1)]


def test_nothing_is_kept_of_cells_that_are_only_run(file):
    which().reveal("SGD")
    noise_floor(...)
    checks.compare("bugs", {"A": ...}, {"A": "x"}, {"A": "look"}, ["x"], "Found")
    assert not file.exists()


def test_a_check_keeps_what_is_passed_and_mistakes_by_their_names(file, capsys):
    for wrong in 2 * [lambda lr, curvature, sigma: lr * sigma**2 / curvature / 2]:
        noise_floor(wrong)
    noise_floor(
        lambda lr, curvature, sigma: 7.7 + lr + 3.1 * curvature + sigma
    )  # no name
    name = "that is the limit of small η: the exact floor has 2 - ηλ in place of the 2"
    (entry,) = record.read()["exercises"].values()
    assert (entry["passed"], entry["mistakes"]) == (False, {name: 2})
    noise_floor(noise_floor.answer)
    noise_floor(wrong)
    (entry,) = record.read()["exercises"].values()
    assert (entry["passed"], entry["mistakes"]) == (True, {name: 3})
    for answer in "y", "x":
        checks.compare("bugs", {"A": answer}, {"A": "x"}, {"A": "look"}, "xy", "Found")
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


WHOLE = json.dumps({"a": ANSWERS, "b": ANSWERS})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (f'{{"predictions": {WHOLE}, "more": {{}}}}', ["a", "b"]),
        (
            f'{{"predictions": {WHOLE[:-1]}, "c": 7, "d": {{"sure": "x"}}}}}}',
            ["a", "b"],
        ),
        (f'{{\n"predictions": {{\n{WHOLE[1:-1]},\n"c": {{"answ', ["a", "b"]),
        (f'{{\n"predictions": {{\n{WHOLE[1:-1]}\n}},\n"quiz": {{\n"c"', ["a", "b"]),
        ('{"predictions": 7}', []),
        ("[1, 2]", []),
        ("", []),
        (9999 * "[", []),
    ],
)
def test_of_a_broken_record_all_is_kept_that_can_be_read(file, capsys, text, names):
    file.write_text(text, "utf-8")
    for _ in range(2):
        assert [*record.read()["predictions"]] == names
    aside = file.with_name("my-record-broken-1.json")
    assert aside.read_text("utf-8") == text
    assert capsys.readouterr().out == record.BROKEN.format(name=aside.name) + "\n"


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
    asked = next(one for one in progress.course() if one["file"] == "05_adam")
    given = [("longer", "longer", 0.75), ("3", 7.27, 0.95), ("6", 6.4, 0.75)]
    marks = {part: [(n, e["mark"]) for n, e in asked[part].items()] for part in PARTS}
    for (name, mark), (answer, outcome, sure) in zip(
        marks["predictions"], given, strict=True
    ):
        record.keep(
            "predictions", name, mark, answer=answer, outcome=outcome, sure=sure
        )
    quiz = {"first": "no", "right": "yes"}
    for (name, mark), answer in zip(marks["quiz"], ["yes", "no"], strict=False):
        record.keep("quiz", name, mark, answer=answer, **quiz)
    record.keep("quiz", marks["quiz"][2][0], "older", answer="yes", **quiz)
    record.keep("quiz", "Gone?", "older", answer="yes", **quiz)
    record.keep_exercise("adam_step", passed=True)
    record.keep_exercise("floor_on_paper", mistake="that is SGD's floor")
    return asked


def test_the_way_says_what_is_done_how_sure_and_what_to_look_at_again(answered):
    said = repr(progress._Way())
    assert (
        "05 Deriving Adam – open: 3 of 3 predictions, 2 of 5 quiz questions, 1 of 4"
        in said
    )
    assert "04 RMSprop – not begun: 0 of 4 predictions" in said
    names = [*answered["predictions"]], [*answered["quiz"]]
    for again in (
        f"{names[0][1]}: you said 3; it was 7.27",
        f"{names[1][1]}: you said no",
        f"{names[1][2]}: changed since you answered",
        "Exercise 3: the floor, on paper: that is SGD's floor",
    ):
        assert again in said
    assert said.count(": you said") == 2 and said.count("Exercise") == 1
    assert (
        "Over the whole course: 82% sure, 67% right. As sure as you were, 2.5" in said
    )
    assert "no longer asks it: Gone?." in said
    html = progress._Way()._repr_mimebundle_()["text/html"]
    assert '<a href="05_adam.ipynb#cell-id=floor-check">Exercise 3' in html


def test_a_notebook_is_done_when_all_in_it_is(file):
    one = {"file": "", "title": "", "predictions": {"a": {"mark": "a"}}, "quiz": {}}
    one["exercises"] = {"b": {"mark": "b", "cell": "", "said": ""}}
    record.keep("predictions", "a", "a", answer="x")
    states = []
    for passed in False, True:
        record.keep("exercises", "b", "b", passed=passed, mistakes={})
        states.append(progress._look(one, record.read())[0].split(":")[0])
    assert states == ["open", "done"]


def test_one_button_forgets_all_and_asks_once(answered, file):
    file.with_name("my-record-broken-1.json").write_text("{")
    button = progress._Forget()
    button.click()
    assert file.exists() and button.description == "Really? Press again"
    button.click()
    assert not [*file.parent.glob("my-record*")]
    assert repr(progress._Way()).startswith("Nothing is kept yet.")


def test_the_course_asks_something_in_every_notebook():
    for one in progress.course():
        assert one["title"] and one["predictions"]
        assert one["file"] < "01" or (
            len(one["quiz"]) >= 5 and len(one["exercises"]) >= 3
        )
        for part in PARTS:
            assert all(entry["mark"] for entry in one[part].values())
