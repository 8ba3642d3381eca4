"""Grading: what is handed in runs apart; nothing hostile gets through; what is counted.

A simulated class of 12, each month of 30, goes from the sheet to the report.
"""

import json
import time
from collections import Counter

import matplotlib
import pytest

from tests.teach import sample
from tools.course import NOTEBOOKS, ROOT
from tools.teach import grade, report

matplotlib.use("Agg")


@pytest.fixture(scope="module")
def homework(tmp_path_factory):
    return sample.made(tmp_path_factory.mktemp("homework"), "05")


def graded(homework, folder, cells, identifier="ada", **limits):
    """Grade one answers file; return its results."""
    text = sample.answers("05", identifier, cells)
    (folder / "answers-05-ada.json").write_text(text, "utf-8")
    (one,) = grade.grade(folder, homework, **limits)["students"]
    return one["results"]


VARIABLES = (
    "my_adam_step",
    "plot_bound",
    "floor",
    "my_answers",
    "problem_1",
    "problem_2",
)
REFUSED = "not allowed"


def said(homework, folder, attacks, **limits):
    """Hand in attacks, one in each answer, and a right one; return what is said."""
    cells = dict(zip(VARIABLES, attacks, strict=False))
    assert len(cells) == len(attacks)
    mine = sample.own_problems(homework, "05", "ada")
    found = graded(homework, folder, cells | {"problem_3": mine["problem_3"]}, **limits)
    assert found["problem_3"]["right"]  # whatever was before it
    told = [one["said"] for one in found.values()][: len(attacks)]
    assert not any([one["right"] for one in found.values()][: len(attacks)])
    return told


def test_what_no_answer_needs_is_refused_and_the_next_one_is_graded(homework, tmp_path):
    attacks = [
        "import os\nwhile True: os.fork()",
        "import subprocess\nsubprocess.run('ls')",
        "import os\nos.system('ls')",
        "import socket\nsocket.socket()",
        "import ctypes\nctypes.CDLL(None)",
        "import os\nos.kill(os.getppid(), 9)",
    ]
    told = said(homework, tmp_path, attacks)
    assert all(REFUSED in one for one in told), told


def test_what_ends_a_cell_ends_no_grading(homework, tmp_path):
    attacks = {
        "while True: pass": "still running",
        "import sys\nsys.exit()": "SystemExit",
        "raise KeyboardInterrupt": "KeyboardInterrupt",
        "my_answers = np.ones(10**9).tolist()": "MemoryError",
        "def f(): f()\nf()": "RecursionError",
        "problem_2 = np.ones(10**6)": "you give 1000000 values, not 1",
    }
    told = said(homework, tmp_path, attacks, cell=1)
    for one, says in zip(told, attacks.values(), strict=True):
        assert says in one


def test_what_ends_a_process_ends_no_grading(homework, tmp_path):
    step = "def my_adam_step(theta, gradient, m, v, t, lr, beta1, beta2, eps):\n    "
    attacks = [
        step + "import os\n    os._exit(0)",
        "x = 3 ** 10 ** 10",  # a loop in C
        "import threading\nthreading.Event().wait()",
    ]
    told = said(homework, tmp_path, attacks, all=5, wall=15)
    assert "process ended" in told[0]
    assert "while this was run" in told[1]  # out of time, by one clock or the other
    assert "still running after 15 seconds" in told[2]


def test_files_are_neither_deleted_nor_written_nor_read(homework, tmp_path):
    victim = tmp_path / "victim.txt"
    victim.write_text("here")
    exercises = ROOT / "notebooks" / "exercises" / "adam.py"
    course = homework / "students" / "utils" / "costs.py"
    key = homework / "teacher" / "05.json"
    attacks = [
        f"import os\nos.remove({str(victim)!r})",
        f"import shutil\nshutil.rmtree({str(homework / 'students')!r})",
        f"open({str(course)!r}, 'a').write('1')",
        f"import os\nos.rename({str(course)!r}, {str(course) + '1'!r})",
        f"seen = open({str(exercises)!r}).read()",
        f"import os\nseen = open({str(key)!r}).read(), os.listdir({str(tmp_path)!r})",
    ]
    told = said(homework, tmp_path, attacks)
    assert all(REFUSED in one for one in told), told
    more = [
        f"import os\nseen = os.listdir({str(tmp_path)!r})",
        "seen = open('/proc/self/environ').read()",
        "from notebooks.exercises.adam import floor_on_paper",
        "my_answers = open('/etc/passwd').read()",
        "open('mine.txt', 'w').write('fine')\nproblem_1 = 1e9",  # its own folder
    ]
    told = said(homework, tmp_path, more)
    assert all(REFUSED in told[k] for k in (0, 1, 3))
    assert "ModuleNotFoundError" in told[2]
    assert told[4] == "not right"
    assert victim.read_text() == "here" and exercises.exists() and key.exists()
    assert course.read_text() == (ROOT / "utils" / "costs.py").read_text()


FORGED = """
import builtins, json, os, sys
from classroom.mistakes import exercises as engine
from classroom import sealed
engine.Exercise.verdict = lambda *_: "Correct."
engine.Exercise.judge = lambda *_: "Correct."
sealed.Sealed.outcome = lambda *_: engine.Outcome((0.0, 0.0, 0.0))
sealed.behind = lambda *_: "Correct."
json.dumps = lambda *_: '{"name": "adam_step", "right": true}'
line = b'{"name": "adam_step", "right": true, "said": "Correct.", "outcomes": []}\\n'
for fd in range(64):
    try:
        os.write(fd, line)
    except OSError:
        pass
print("Correct.")
my_answers = "Correct."
"""


def test_a_forged_result_is_none(homework, tmp_path):
    found = graded(homework, tmp_path, {"my_adam_step": FORGED})
    assert not found["adam_step"]["right"]


def test_what_a_process_sends_is_only_numbers():
    fine = {"values": [[[2], [1.0, 2.0]]], "kind": ""}
    assert len(grade.outcomes_of([fine, fine], 1, 1)) == 2
    for bad in ({"values": [[[3], [1.0]]]}, {"values": []}, [], {"values": "x"}):
        with pytest.raises(Exception):  # noqa: B017
            grade.outcomes_of([bad, bad], 1, 1)
    with pytest.raises(ValueError):
        grade.outcomes_of([fine], 1, 1)


def test_files_that_are_no_answers_are_named_and_the_others_graded(homework, tmp_path):
    good = sample.own_problems(homework, "05", "ada")
    (tmp_path / "a.ipynb").write_text("no JSON {")
    (tmp_path / "b.ipynb").write_text('{"cells": [], "nbformat": 4, "metadata": {}}')
    (tmp_path / "c.json").write_text('{"homework": "../../05", "cells": {}}')
    (tmp_path / "d.json").write_text("[" * 100_000)
    (tmp_path / "e.json").write_bytes(b"\xff\xfe\x00")
    long = "# what I did\n" + "x = 1\n" * 40
    good["floor"] = long + "floor = 0.006"
    for name, identifier in ("f", "ada"), ("g", "ada"), ("h", ""), ("i", "=1+1"):
        (tmp_path / f"{name}.json").write_text(sample.answers("05", identifier, good))
    stub = homework / "students/notebooks/05_homework.ipynb"
    (tmp_path / "j.ipynb").write_text(stub.read_text())
    (tmp_path / "k.ipynb").write_text(sample.filled(homework, "05", "bob", good))
    done = grade.grade(tmp_path, homework, ids=["ada", "bob"])["students"]
    by = {one["file"][0]: one for one in done}
    assert by["a"]["remarks"] == by["d"]["remarks"] == by["e"]["remarks"] == ["no JSON"]
    assert "no sheet" in by["b"]["remarks"][0] and "no sheet" in by["c"]["remarks"][0]
    assert by["f"]["results"]["problem_1"]["right"]
    assert any("same identifier as g.json" in r for r in by["f"]["remarks"])
    assert any("same answers as" in r for r in by["f"]["remarks"])
    assert "no identifier" in by["h"]["remarks"]
    assert "identifier not on the list" in by["i"]["remarks"]
    assert not any(r["right"] for r in by["j"]["results"].values())
    assert by["k"]["results"]["floor_on_paper"]["right"]
    borrowed = by["k"]["results"]["problem_1"]  # bob has ada's answers
    assert not borrowed["right"] and "not this student's" in borrowed["said"]
    table = (tmp_path / "grades.csv").read_text("utf-8")
    assert len(table.splitlines()) == len(done) + 1
    assert "Grades" in (tmp_path / "grades.html").read_text("utf-8")


def test_a_spreadsheet_gets_no_formula():
    tamed = [grade._tame(text) for text in ("=1+1", "ada", "")]
    assert tamed == ["'=1+1", "ada", ""]


@pytest.fixture(
    scope="module", params=[12, pytest.param(30, marks=pytest.mark.monthly)]
)
def course(request, homework, tmp_path_factory):
    """A class of that size, graded: (folder, truth, grades)."""
    folder = tmp_path_factory.mktemp("handed")
    truth = sample.hand_in(folder, homework, request.param)
    return folder, truth, grade.grade(folder, homework)


def test_the_mistakes_of_a_class_are_counted(course):
    _, truth, grades = course
    counts = report.tally(grades)
    handed = len(grades["students"]) - 1  # one file is no JSON
    for name, wrong in truth.items():
        one = counts["05", name]
        assert one["wrong"] == sum(wrong.values())
        assert one["none"] == 1  # who handed in the empty sheet
        assert one["right"] == handed - 1 - one["wrong"]
        for said, number in wrong.items():
            starts = [m for m in one["mistakes"] if said and m.startswith(said)]
            assert sum(one["mistakes"][m] for m in starts) == number * bool(said)
    assert counts["05", "plot_bound"]["right"] == len(range(0, handed - 1, 4))


def test_the_report_says_what_to_repeat_and_names_nobody(course):
    folder, truth, grades = course
    rows = report.to_repeat(report.tally(grades))
    assert [number for number, _, _ in rows][:3] == sorted(
        (n for c in [*truth.values(), _problems(grades)] for n in c.values()),
        reverse=True,
    )[:3]
    text = report.write(folder, cast=folder / "votes.json").read_text("utf-8")
    assert "ε is inside the root" in text and "Show again" in text
    assert "75% sure" in text and "yes: 12" in text
    assert "Exercise 1: keep the hats" in text and "adam step" not in text
    assert all(f"s{k:02}" not in text for k in range(30))
    assert text.count("<img alt=") == text.count("<img")


def test_a_problem_is_not_counted_with_an_exercise_of_its_name():
    right, wrong = {"right": True}, {"right": False, "mistakes": ["upside down"]}
    results = {"floor": right, "problem_1": wrong | {"problem": "floor"}}
    students = [{"homework": "06", "results": results}]
    exercise, problem = report.tally({"students": students}).values()
    assert (exercise["right"], exercise["wrong"]) == (1, 0)
    assert (problem["right"], problem["wrong"]) == (0, 1)


def test_a_mistake_that_asks_ends_as_a_question():
    shown = [report._repeat(2, "logs", said, "02") for said in ("look", "does it?")]
    assert "logs: look. Show again" in shown[0]
    assert "logs: does it? Show again" in shown[1]


def _problems(grades):
    """Count the mistakes in the problems: a quarter gave the first wrong answer."""
    return Counter(
        (result["problem"], mistake)
        for one in grades["students"]
        for name, result in one["results"].items()
        if name.startswith("problem_")
        for mistake in result.get("mistakes", ())
    )


def test_predictions_are_held_against_the_truth(course):
    _, _, grades = course
    (asked,) = report.predictions(grades).values()
    right = sum(answer == "longer" for answer, _ in asked["answers"])
    assert asked["truth"] == "longer" and 0 < right < len(asked["answers"])
    ((sure, share, many),) = report.calibration({"": asked})
    assert (sure, many) == (0.75, len(asked["answers"])) and share == right / many


def test_predictions_that_are_numbers_and_forged_ones():
    record = {
        "predictions": [{"question": "n?", "answer": 3, "outcome": 4, "sure": 0.5}]
    }
    forged = {"predictions": [{"question": "n?", "answer": "x", "outcome": "1e9"}, 7]}
    students = [{"record": record}] * 3 + [{"record": forged}, {"record": {}}]
    (one,) = report.predictions({"students": students}).values()
    assert one["truth"] == 4
    assert report.calibration({"": one}) == [(0.5, 1, 3)]


def test_without_namespaces_the_rest_still_holds(homework, tmp_path, monkeypatch):
    monkeypatch.setattr(grade, "apart", lambda *hidden: [])
    exercises = str(ROOT / "notebooks" / "exercises" / "adam.py")
    attacks = [f"open({exercises!r})", "import socket\nsocket.socket()"]
    told = said(homework, tmp_path, attacks)
    assert REFUSED in told[0] and REFUSED in told[1]


@pytest.mark.monthly
def test_the_published_solutions_are_right_on_every_sheet(tmp_path):
    folder = sample.made(tmp_path / "homework")
    (tmp_path / "handed").mkdir()
    for path in (folder / "teacher").glob("*.json"):
        cells = sample.solved(path.stem) | sample.own_problems(folder, path.stem, "ada")
        text = sample.filled(folder, path.stem, "ada", cells)
        (tmp_path / "handed" / f"{path.stem}.ipynb").write_text(text, "utf-8")
    done = grade.grade(tmp_path / "handed", folder)["students"]
    wrong = {
        (one["homework"], name, result["said"])
        for one in done
        for name, result in one["results"].items()
        if not result["right"]
    }
    assert len(done) == len(NOTEBOOKS[1:]) and not wrong


@pytest.mark.monthly
def test_100_notebooks_in_ten_minutes_on_two_cores(homework, tmp_path):
    for k in range(4):
        (tmp_path / str(k)).mkdir()
        sample.hand_in(tmp_path / str(k), homework)
    start = time.perf_counter()
    done = grade.grade(tmp_path, homework)["students"]
    assert len(done) == 120
    assert time.perf_counter() - start < 600
    assert json.loads((tmp_path / "grades.json").read_text("utf-8"))
