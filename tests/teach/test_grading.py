"""Grading: nothing hostile gains, spoils or stops; what is right stays right.

A class is graded once, behind the wall: attacks, one an answer; files that are none;
right work in every form.  A simulated class of 12, each month of 30, goes on to the
report.
"""

import contextlib
import csv
import json
import os
import re
import socket
import subprocess
import sys
import time
import zipfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import matplotlib
import nbformat
import pytest

from tests.teach import sample
from tools.course import NOTEBOOKS, ROOT
from tools.teach import books, grade, gradescope, hand_ins, judge, reading, report, wall
from tools.teach.students.locks import variant

matplotlib.use("Agg")


@pytest.fixture(scope="module")
def homework(tmp_path_factory):
    sheet = sample.homework_in(tmp_path_factory.mktemp("homework"), "05")
    if why := wall.why_not(sheet / "students"):
        pytest.skip(f"NO GRADING TEST RAN: no wall. {why}")
    return sheet


# Attacks: what is run, and what is said of it.  KEY is the teacher's file, OTHER a
# neighbour's hand-in, PORT a server of ours.


def send(text):
    """Return an answer that writes bytes in the place of what the course would send."""
    write = "while text: text = text[os.write(3, text):]"
    return f"import os\ntext = {text}\n{write}\nos._exit(0)"


ENDED, SLOW = "the process ended", "still running"  # where much else is running

ATTACKS = {
    "import os\nos.fork()": "BlockingIOError",
    "import socket\nsocket.create_connection(('127.0.0.1', PORT), 2)": "refused",
    "open(KEY)": "FileNotFoundError",
    "open(OTHER)": "FileNotFoundError",
    "open('/tmp/course/utils/costs.py', 'a')": "Error",
    "open('/tmp/tools/teach/child.py', 'a')": "Error",
    "open('/dev/shm/x', 'w')": "Error",
    "import os\nopen(os.path.expanduser('~/x'), 'w')\nopen('/tmp/x', 'w')": "'/tmp/x'",
    "from notebooks.exercises.adam import floor_on_paper": "ModuleNotFoundError",
    "import os\nopen(f'/proc/{os.getppid()}/fd/1', 'wb')": "PermissionError",
    "import ctypes\nassert not ctypes.CDLL(None).unshare(0x10000000)": "AssertionError",
    "import os\nos.setuid(0)": "Error: [Errno",
    "import ctypes\nassert not ctypes.CDLL(None).umount2(b'/tmp/course', 2)": "Assert",
    "import os\nraise OSError(sorted(os.environ)[:2])": "['HOME', 'LANG",
    "import os\nos.kill(os.getppid(), 9)": "is not defined in your cell",
    "import os\nos.kill(os.getppid(), 19)": "is not defined in your cell",
    "import os\nos.kill(os.getpid(), 19)": "running after 9",
    "import ctypes\nctypes.string_at(0)": "the process ended",
    "import os\nos._exit(0)": "the process ended",
    "import sys\nsys.exit()": "SystemExit",
    "raise KeyboardInterrupt": "KeyboardInterrupt",
    "while True: pass": "in line 1, `while True: pass`",
    "import itertools\nsum(itertools.count())": f"{ENDED}|{SLOW}",
    "import threading\nthreading.Event().wait()": "still running",
    "my_answers = np.ones(10**9).tolist()": "MemoryError",
    "for k in '0123456789': open(k, 'wb').write(bytes(7 * 10**6))": "the process ended",
    "open('x', 'wb').write(bytes(3 * 10**7))": "too large",
    "def f(): f()\nf()": "RecursionError",
    "raise ValueError('\\ud800')": "ValueError",
    "raise ValueError('$\\\\frac{$ <b> =1+1')": "<b>",
    "not " * 20_000 + "1": "Error",
    send("b'[' * 200_000"): "the process ended",
    send("b'x' * 3 * 10**7"): "the process ended",
    send("b'[1]'"): "the process ended",
    send("""b'{"said": "Correct."}'"""): "Correct",
    send("""b'{"died": "x", "right": true}'"""): "no numbers came back",
    send("""b'{"outcomes": [{"kind": "", "values": []}]}'"""): "no numbers came back",
}
# In the place of a problem, whose answer is a number.
NUMBERS = {
    "problem_1 = problem_2 = np.ones(10**6)": "1000000 values, not 1",
    send("""b'{"number": []}'"""): "no numbers",
    send("""b'{"number": 1' + b'0' * 400 + b'}'"""): "not right",
    send("""b'{"number": 1' + b'0' * 9000 + b'}'"""): "not right",
    send("""b'{"number": NaN}'"""): "not right",
    send("""b'{"number": true}'"""): "no numbers",
    send("""b'{"word": "odd"}'"""): "a number is asked for",
    "problem_1 = problem_2 = '5'": "without quotes",
    "class Evil:\n    def __array__(self, *_):\n        while True: pass\n"
    "problem_1 = problem_2 = Evil()": f"{ENDED}|{SLOW}",
}
PLACES = "my_adam_step", "floor", "my_answers"


def hand_ins_of_attacks():
    """Yield {variable: attack}, each attack once."""
    attacks, numbers = list(ATTACKS), list(NUMBERS)
    while attacks or numbers:
        cells = dict(zip(PLACES, attacks, strict=False))
        attacks = attacks[len(PLACES) :]
        cells |= dict(zip(("problem_1", "problem_2"), numbers, strict=False))
        numbers = numbers[2:]
        yield cells


# Files that are none: name, how it is made, what is remarked.


def _zipped(members):
    def make(path):
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)

    return make


def _text(content):
    return lambda path: path.write_bytes(content)


def _answers(**more):
    kept = {"homework": "05", "identifier": "eve", "cells": {}, **more}
    return _text(json.dumps(kept).encode())


def _sparse(path):
    path.touch()
    os.truncate(path, 2**40)


NONE = {
    "no.ipynb": (_text(b"no JSON {"), "no JSON"),
    "empty.json": (_text(b""), "no JSON"),
    "bytes.json": (_text(b"\xff\xfe\x00"), "no JSON"),
    "deep.json": (_text(b"[" * 200_000), "no JSON"),
    "brackets.json": (_text(b"[" + b"[]," * 3_000_000 + b"0]"), "more brackets"),
    "quotes.json": (_text(b'"' + b'\\"' * 2_000_000 + b"\\"), "no JSON"),
    "digits.json": (_text(b'{"homework": 1' + b"0" * 9000 + b"}"), "no sheet"),
    "list.json": (_text(b"[1]"), "neither"),
    "outside.json": (_answers(homework="../../05"), "no sheet"),
    "odd.json": (_answers(homework={"05": []}), "no sheet"),
    "arabic.json": (_answers(homework="٠٥"), "no sheet"),
    "cells.json": (_answers(cells=[1]), "no cells"),
    "cell.json": (_answers(cells={"floor": 5, "x": "y"}), "nothing handed in"),
    "cells.ipynb": (_text(b'{"cells": 5, "nbformat": 4}'), "no sheet"),
    "many.ipynb": (
        _text(b'{"cells": [5, {"cell_type": "code", "source": [[]]}], "metadata": 3,'
              b' "nbformat": 4}'), "no sheet",
    ),
    "hash.json": (_answers(identifier=["a"] * 99, own={"a": 1}, name=[{}]), "nothing"),
    "bad \udce9\n.json": (_answers(name="\ud800", identifier="\ud800e"), "nothing"),
    "huge.json": (_sparse, "larger than"),
    "page.pdf": (_text(b"%PDF"), "not graded"),
    "pipe.json": (os.mkfifo, "no file"),
    "link.json": (lambda path: path.symlink_to("/etc/passwd"), "a link"),
    "links": (lambda path: path.symlink_to("/etc"), "a link"),
    "torn.zip": (_text(b"PK\x03\x04"), "cannot be opened"),
    "none.zip": (_zipped({"a.txt": "x"}), "without sheets"),
    "bomb.zip": (_zipped({f"{k}.json": "" for k in range(2001)}), "too much"),
}  # fmt: skip


# Right work, in every form: how a filled sheet is changed.


def _cell(sheet, name):
    return next(cell for cell in sheet["cells"] if cell.get("id") == name)


def without_ids(sheet):
    for cell in sheet["cells"]:
        del cell["id"]
    sheet["nbformat_minor"] = 4


def with_other_ids(sheet):
    for k, cell in enumerate(sheet["cells"]):
        cell["id"] = f"new-{k}"
    del sheet["metadata"]["homework"]


def helper_in_a_cell_of_its_own(sheet):
    step = _cell(sheet, "step-exercise")
    step["source"] = step["source"].replace("np.square(gradient)", "squared(gradient)")
    sheet["cells"].append(_new_cell("def squared(x):\n    return x * x"))


def wrapped_in_a_second_cell(sheet):
    place = sheet["cells"].index(_cell(sheet, "step-exercise"))
    sheet["cells"][place]["id"] = "lost"
    sheet["cells"].insert(
        place + 1, _new_cell("inner = my_adam_step\nmy_adam_step = inner")
    )
    sheet["cells"][place + 1]["source"] = "my_adam_step = (lambda f: f)(my_adam_step)"


def with_magic(sheet):
    step = _cell(sheet, "step-exercise")
    step["source"] = "%matplotlib inline\n!ls\n" + step["source"] + "\nmy_adam_step?"
    half = _cell(sheet, "problem-1-answer")
    half["source"] = "%%time\n" + half["source"] + "\ndisplay(problem_1)"
    half["source"] += "\nget_ipython().run_line_magic('time', '')\nprint('x' * 10**8)"


def with_long_outputs(sheet):
    picture = {"image/png": "A\\" * 15_000_000}
    data = {"output_type": "display_data", "metadata": {}, "data": picture}
    _cell(sheet, "step-exercise")["outputs"] = [data, {"text": ["a", "]"] * 10}]
    _cell(sheet, "welcome")["attachments"] = {"p.png": {"image/png": "B" * 25_000_000}}


def with_an_answer_of_another_cell(sheet):
    half, second = _cell(sheet, "problem-1-answer"), _cell(sheet, "problem-2-answer")
    second["source"] += " + problem_1 - problem_1"
    half["source"] += "\ndef squared(x):\n    return x * x"
    step = _cell(sheet, "step-exercise")
    step["source"] = step["source"].replace("np.square(gradient)", "squared(gradient)")


def with_the_answer_in_a_new_cell(sheet):
    step = _cell(sheet, "step-exercise")
    sheet["cells"].append(_new_cell(step["source"]))
    step["source"] = "# see below"


def with_windows_lines(sheet):
    for cell in sheet["cells"]:
        cell["source"] = cell["source"].replace("\n", "\r\n").splitlines(True)


def with_an_import_more(sheet):
    _cell(sheet, "imports")["source"] += "\nimport math"
    step = _cell(sheet, "step-exercise")
    step["source"] = step["source"].replace("1 - beta2**t", "1 - math.pow(beta2, t)")


def with_other_numbers(sheet):
    half = _cell(sheet, "problem-1-answer")
    half["source"] += "\nfrom fractions import Fraction\n"
    half["source"] += "problem_1 = np.array(Fraction(problem_1))"
    word = _cell(sheet, "problem-3-answer")
    word["source"] = 'problem_3 = " Odd. "'


def with_files_and_bars(sheet):
    step = _cell(sheet, "step-exercise")
    step["source"] += "\nfrom tqdm import tqdm\nlist(tqdm([1]))\nplt.figure()"
    step["source"] += "\nplt.savefig('a.png')\nnp.save('a.npy', 1)"


RIGHT = [
    without_ids, with_other_ids, helper_in_a_cell_of_its_own,
    wrapped_in_a_second_cell, with_magic, with_long_outputs, with_windows_lines,
    with_an_import_more, with_other_numbers, with_files_and_bars,
    with_the_answer_in_a_new_cell, with_an_answer_of_another_cell,
]  # fmt: skip


# What is changed in Adam's step, and what is then said of it.

STEPS = {
    "rr": ("lr *", "rr *", "in line 5, `return theta - rr"),
    "ll": ("lr *", "ll *", "in line 5, `return theta - ll"),
    "renamed": (
        "my_adam_step", "my_step",
        "my_adam_step is not defined in your cell; it defines my_step",
    ),
}  # fmt: skip


def _new_cell(source):
    return dict(nbformat.v4.new_code_cell(source), metadata={}, outputs=[])


@pytest.fixture(scope="module")
def hostile(homework, tmp_path_factory):
    """A class is graded once; return {name of a file: its result}."""
    folder = tmp_path_factory.mktemp("hostile")
    good = sample.solutions("05") | {"my_adam_step": sample.ADAM}
    server = socket.create_server(("127.0.0.1", 0))
    places = {"PORT": str(server.getsockname()[1])}
    places["OTHER"] = repr(str(folder / "eve0.json"))
    places["KEY"] = repr(str(homework / "teacher" / "05.json"))
    for k, cells in enumerate(hand_ins_of_attacks()):
        problems = sample.own_problems(homework, "05", f"eve{k}")
        cells = cells | {
            "problem_3": problems["problem_3"]
        }  # right, whatever was before it
        text = sample.answers("05", f"eve{k}", cells)
        for name, place in places.items():
            text = text.replace(name, json.dumps(place)[1:-1])
        (folder / f"eve{k}.json").write_text(text)
    for name, (make, _) in NONE.items():
        make(folder / name)
    (folder / "d.json").mkdir()
    for change in RIGHT:
        who = change.__name__.replace("_", "-") + "@students.university.example"
        cells = good | sample.own_problems(homework, "05", who)
        sheet = json.loads(sample.sheet_of(homework, "05", who, cells))
        for cell in sheet["cells"]:
            cell["source"] = "".join(cell["source"])
        _cell(sheet, "step-exercise")["source"] += "  # LATIN"
        change(sheet)
        data = json.dumps(sheet).encode().replace(b"LATIN", b"\xe9")
        path = folder / "d.json" / f"{change.__name__}.ipynb"
        path.write_bytes(b"\xef\xbb\xbf" + data)
    problems = sample.own_problems(homework, "05", "mallory")
    text = sample.answers("05", "mallory", problems)
    members = dict.fromkeys(("class/mallory.json", "../mallory.json"), text)
    members |= dict.fromkeys(("Bob/hw.zip", "/etc/cy.pdf"), "x")
    _zipped(members)(folder / "class.zip")
    (folder / "grades_cy.json").write_text(sample.answers("05", "cy", {}))
    for who, (old, new, _) in STEPS.items():
        cells = {"my_adam_step": sample.ADAM.replace(old, new)}
        (folder / f"{who}.json").write_text(sample.answers("05", who, cells))
    cells = {"my_adam_step": sample.ADAM.replace("np.square(", "descend(")}
    endless = [f"while {k}: pass" for k in range(1, 9)]
    own = [*endless, *["z = 1"] * 60, "def descend(x):\n    return x * x"]
    kept = json.loads(sample.answers("05", "own", cells)) | {"own": own}
    (folder / "own.json").write_text(json.dumps(kept))
    limits = {"answer": 9, "work": 2, "cell": 0.5}
    students = grade.grade(folder, homework, limits=limits)["students"]
    assert not server.close() and not (folder.parent / "mallory.json").exists()
    return {student["file"]: student for student in students}


@pytest.mark.parametrize("attack", [*ATTACKS, *NUMBERS])
def test_an_attack_gains_nothing_and_costs_only_itself(hostile, attack):
    for k, cells in enumerate(hand_ins_of_attacks()):
        results = hostile[f"eve{k}.json"]["results"]
        assert results["problem_3"]["right"], results
        for place, source in cells.items():
            if source == attack:
                names = dict(zip(PLACES, RESULTS, strict=True))
                result = results[names.get(place, place)]
                sentences = (ATTACKS | NUMBERS)[attack].split("|")
                assert any(sentence in result["said"] for sentence in sentences), result
                assert not result["right"] and grade._cell(result).startswith("✗")
                return
    pytest.fail("it was not handed in")


RESULTS = "adam_step", "floor_on_paper", "name_the_bug"


@pytest.mark.parametrize("name", NONE)
def test_what_is_no_hand_in_is_named_and_gains_nothing(hostile, name):
    file = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    file = file.replace("\n", r"\x0a")  # a name is a line
    assert books.points_of(hostile[file])[0] == 0
    assert any(NONE[name][1] in remark for remark in hostile[file]["remarks"])


@pytest.mark.parametrize("change", RIGHT)
def test_right_work_is_right_in_every_form(hostile, change):
    student = hostile[f"d.json/{change.__name__}.ipynb"]
    wrong = {
        name: r["said"] for name, r in student["results"].items() if not r["right"]
    }
    assert not wrong and books.points_of(student)[0] == 4, student["remarks"]


def test_answers_in_a_zip_are_graded_and_what_it_holds_besides_is_named(hostile):
    assert books.points_of(hostile["class.zip/class/mallory.json"])[0] == 3
    others = {"class.zip/Bob/hw.zip", "class.zip//etc/cy.pdf", "grades_cy.json"}
    assert others <= hostile.keys()


def test_an_own_name_goes_before_one_that_is_given(hostile):
    """And what has no name is not run: cells that never end, say."""
    result = hostile["own.json"]["results"]["adam_step"]
    assert result["right"], result["said"]


@pytest.mark.parametrize("who", STEPS)
def test_what_is_said_is_of_ones_own_cell(hostile, who):
    text = hostile[f"{who}.json"]["results"]["adam_step"]["said"]
    assert STEPS[who][-1] in text, text


def students_of(homework, folder, answers, **more):
    """Grade answers, {file name: (identifier, cells)}; return the students."""
    for name, (identifier, cells) in answers.items():
        (folder / name).write_text(sample.answers("05", identifier, cells), "utf-8")
    return grade.grade(folder, homework, **more)["students"]


def test_of_several_files_the_newest_counts_and_the_others_are_named(
    homework, tmp_path
):
    cells = {"floor": "floor = 1"}
    pairs = dict.fromkeys(("a.json", "b.json", "c.json"), (" Ada ", cells))
    students_of(homework, tmp_path, pairs)
    for k, name in enumerate(("b.json", "c.json", "a.json")):
        os.utime(tmp_path / name, (k, k))
    (student,) = students_of(homework, tmp_path, {}, ids=["bob"])
    assert (
        student["file"] == "a.json"
        and "not counted: b.json (0), c.json (0)" in student["remarks"][0]
    )
    assert "identifier not on the list" in student["remarks"]


def test_what_was_judged_is_kept_and_what_is_new_is_judged(homework, tmp_path, capsys):
    cells = {"floor": "floor = 1"}
    pairs = {f"{k}.json": (f"s{k}", cells) for k in range(3)}
    students_of(homework, tmp_path, pairs)
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "graded").iterdir()}
    broken, *_ = kept
    broken.write_text("{")
    students_of(homework, tmp_path, {"new.json": ("new", cells)})
    assert "kept: 2" in capsys.readouterr().out
    now = {path: path.stat().st_mtime_ns for path in (tmp_path / "graded").iterdir()}
    assert len(now) == 4 and sum(now[path] == kept[path] for path in kept) == 2


def test_a_batch_that_is_killed_loses_only_what_was_in_work(homework, tmp_path, capsys):
    for k in range(6):
        cells = sample.own_problems(homework, "05", f"s{k}")
        text = sample.answers("05", f"s{k}", cells)
        (tmp_path / f"{k}.json").write_text(text, "utf-8")
    command = [sys.executable, "-m", "tools.teach.grade", str(tmp_path)]
    command += ["--homework", str(homework), "--workers", "1"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as batch:
        while not (kept := list(tmp_path.glob("graded/*.json"))):
            time.sleep(0.1)
        batch.kill()
    assert not (tmp_path / "grades.json").exists()
    students = grade.grade(tmp_path, homework)["students"]
    assert [books.points_of(student)[0] for student in students] == [3] * 6
    (count,) = re.findall(r"kept: (\d)", capsys.readouterr().out)
    assert len(kept) <= int(count) < 6


def test_several_machines_get_the_same_jobs(homework, tmp_path, monkeypatch):
    class Client(contextlib.nullcontext):  # as Dask's
        def __enter__(self):
            return self

        def get_executor(self, pure):
            assert not pure and self.enter_result == "tcp://here"
            return ThreadPoolExecutor(1)

    monkeypatch.setitem(sys.modules, "distributed", SimpleNamespace(Client=Client))
    cells = {"a.json": ("ada", sample.own_problems(homework, "05", "ada"))}
    (student,) = students_of(homework, tmp_path, cells, scheduler="tcp://here")
    assert books.points_of(student)[0] == 3


def test_without_a_folder_it_says_what_to_give(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["grade", ""])
    with pytest.raises(SystemExit, match="say FOLDER="):
        grade.main()


def test_the_time_of_one_student_ends(homework, tmp_path):
    names = "my_adam_step", "floor", "problem_1", "problem_2"
    cells = dict.fromkeys(names, "import time\ntime.sleep = 0\nwhile True: pass")
    limits = {"all": 6, "cell": 3}
    (student,) = students_of(
        homework, tmp_path, {"a.json": ("ada", cells)}, limits=limits
    )
    sentences = [result["said"] for result in student["results"].values()]
    assert any("the 6 seconds of one student are over" in s for s in sentences)
    assert student["seconds"] < 12


def test_where_there_is_no_wall_nothing_is_graded_unless_it_is_said(
    homework, tmp_path, monkeypatch
):
    monkeypatch.setenv("PATH", "/nowhere")
    wall.why_not.cache_clear()
    cells = {"a.json": ("ada", sample.own_problems(homework, "05", "ada"))}
    with pytest.raises(SystemExit, match="apt install bubblewrap"):
        students_of(homework, tmp_path, cells)
    wall.why_not.cache_clear()
    (student,) = students_of(homework, tmp_path, cells, trust=True)
    assert books.points_of(student)[0] == 3


def test_a_fault_of_the_machine_is_no_students_fault(homework, tmp_path):
    (tmp_path / "graded").write_text("")
    with pytest.raises(SystemExit, match="give it another name"):
        students_of(homework, tmp_path, {"a.json": ("ada", {"floor": "floor = 1"})})
    target = tmp_path / "graded" / "a.json"
    with pytest.raises(OSError):
        judge.work(tmp_path, [(target, (tmp_path / "a.json",))], homework)


def test_what_a_process_sends_is_only_numbers_of_a_shape():
    fine = {"values": [[[2], [1.0, 2]]], "kind": ""}
    assert len(judge.outcomes_of([fine, fine], 1, 1)) == 2
    bad = (
        [[3], [1.0]],
        [[0, -1], []],
        [[1], [True]],
        [[1], ["1"]],
        "x",
        [[1], [10**400]],
    )
    for values in bad:
        with pytest.raises((ValueError, TypeError, OverflowError)):
            judge.outcomes_of([{"values": [values], "kind": ""}] * 2, 1, 1)
    with pytest.raises(ValueError):
        judge.outcomes_of([fine], 1, 1)
    (outcome, _) = judge.outcomes_of([{"kind": "Hans"}] * 2, 1, 1)
    assert outcome.kind == "Exception"  # a report names nobody


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
    sheets = len(grades["students"]) - 1  # one file is no JSON
    for name, wrong in truth.items():
        result = counts["05", name]
        assert result["wrong"] == sum(wrong.values())
        assert result["none"] == 1  # who handed in the empty sheet
        assert result["right"] == sheets - 1 - result["wrong"]
        for mistake, number in wrong.items():
            starts = [
                m for m in result["mistakes"] if mistake and m.startswith(mistake)
            ]
            assert sum(result["mistakes"][m] for m in starts) == number * bool(mistake)


def test_the_table_says_which_variant_each_student_has(course):
    folder, _, _ = course
    with (folder / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["homework"]]
    variants = [variant(row["identifier"], "05") for row in rows]
    assert [row["variant"] for row in rows] == [*map(str, variants)]
    assert len({*variants}) > 2


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
    sentences = [report._again(2, why, "logs", "02") for why in ("look", "does it?")]
    assert "logs: look. Show again" in sentences[0]
    assert "logs: does it? Show again" in sentences[1]


def _problems(grades):
    """Count the mistakes in the problems: a quarter gave the first wrong answer."""
    return Counter(
        (result["problem"], mistake)
        for student in grades["students"]
        for name, result in student["results"].items()
        if name.startswith("problem_")
        for mistake in result.get("mistakes", ())
    )


def test_predictions_are_held_against_the_truth(course):
    _, _, grades = course
    (prediction,) = report.predictions(grades).values()
    right = sum(answer == "longer" for answer, _ in prediction["answers"])
    assert prediction["truth"] == "longer" and 0 < right < len(prediction["answers"])
    ((sure, share, count),) = report.calibration({"": prediction})
    assert (sure, count) == (
        0.75,
        len(prediction["answers"]),
    ) and share == right / count


def test_predictions_that_are_numbers_and_forged_ones():
    asked, another = [question for question in report.asked() if "number" in question][
        :2
    ]
    record = {"predictions": {asked: {"answer": 3, "outcome": 4, "sure": 0.5}}}
    forged = {asked: {"answer": "\x1b", "outcome": "x", "within": 9}, another: 7}
    forged |= {"Whose?": {"answer": 3, "outcome": 4}}
    far = {"predictions": {another: {"answer": 1e300, "outcome": 4}}}
    forged = [
        {"record": {"predictions": prediction}} for prediction in (forged, [forged], 7)
    ]
    students = [{"record": record}] * 3 + [*forged, {"record": far}, {"record": {}}]
    (question,) = report.predictions({"students": students}).values()
    assert question["truth"] == 4 and question["within"] < 9
    assert report.calibration({"": question}) == [(0.5, 1, 3)]


@pytest.mark.monthly
def test_the_published_solutions_are_right_on_every_sheet(tmp_path):
    folder = sample.homework_in(tmp_path / "homework")
    (tmp_path / "handed").mkdir()
    for path in (folder / "teacher").glob("*.json"):
        cells = sample.solutions(path.stem)
        cells |= sample.own_problems(folder, path.stem, "ada")
        text = sample.sheet_of(folder, path.stem, "ada", cells)
        (tmp_path / "handed" / f"{path.stem}.ipynb").write_text(text, "utf-8")
    students = grade.grade(tmp_path / "handed", folder)["students"]
    wrong = {
        (student["homework"], name, result["said"])
        for student in students
        for name, result in student["results"].items()
        if not result["right"]
    }
    assert len(students) == len(NOTEBOOKS[1:]) and not wrong


@pytest.mark.monthly
def test_100_notebooks_in_ten_minutes_on_two_cores(homework, tmp_path):
    for k in range(4):
        (tmp_path / str(k)).mkdir()
        sample.hand_in(tmp_path / str(k), homework)
    start = time.perf_counter()
    students = grade.grade(tmp_path, homework)["students"]
    assert len(list((tmp_path / "graded").iterdir())) >= 120 and len(students) >= 30
    assert time.perf_counter() - start < 600
    assert json.loads((tmp_path / "grades.json").read_text("utf-8"))


@pytest.mark.monthly
def test_a_gradescope_autograder_judges_in_an_empty_folder(homework, tmp_path):
    """The zip alone is enough; a problem's verdict waits for the date."""
    number, place = "05", tmp_path / "autograder"
    (place / "submission").mkdir(parents=True)
    (place / "results").mkdir()
    with zipfile.ZipFile(gradescope.package(number, homework)) as archive:
        archive.extractall(place / "source")
    cells = sample.solutions(number)
    cells |= sample.own_problems(homework, number, "ada", False)
    text = sample.answers(number, "ada", cells)
    (place / "submission/answers.json").write_text(text, "utf-8")
    run = (place / "source/run_autograder").read_text("utf-8")
    run = run.replace("/autograder/venv/bin/python", sys.executable)
    run = run.replace("/autograder/", f"{place}/")
    env = os.environ | {"AUTOGRADER": str(place)}
    subprocess.run(["bash", "-c", run], env=env, check=True, timeout=120)
    result = json.loads((place / "results/results.json").read_text("utf-8"))
    assert result["score"] == 2 and len(result["tests"]) == 7
    visibilities = [test["visibility"] for test in result["tests"]]
    assert visibilities == ["visible"] * 4 + ["after_due_date"] * 3


def test_who_hands_in_for_another_lowers_nothing(homework, tmp_path, capsys):
    """The newest counts; where an older one has more points, no gradebook has it."""
    good = sample.own_problems(homework, "05", "ada")
    students_of(homework, tmp_path, {"ada.json": ("ada", good)})
    os.utime(tmp_path / "ada.json", (1, 1))
    (student,) = students_of(
        homework, tmp_path, {"eve.json": ("ada", {"floor": "floor = 1"})}
    )
    assert student["doubt"] and student["file"] == "eve.json"
    _, points, _ = books.table([student], [])
    assert points == {"ada": {"05": ""}}


NOTHING = sample.answers("05", "ada", {})  # it costs no process


def test_names_that_grading_needs_are_read_or_refused_before_the_work(
    homework, tmp_path
):
    (tmp_path / "graded").mkdir()
    (tmp_path / "graded/a.json").write_text(NOTHING)
    for _again in range(2):
        (student,) = grade.grade(tmp_path, homework)["students"]
        assert student["file"] == "graded/a.json"
    for name in hand_ins.OURS:
        (tmp_path / name).unlink(missing_ok=True)
        (tmp_path / name).mkdir()
        with pytest.raises(SystemExit, match=f"{name}” .* another name"):
            grade.grade(tmp_path, homework)
        (tmp_path / name).rmdir()


def test_a_name_that_is_too_long_stops_no_batch(homework, tmp_path, monkeypatch):
    """In an archive it is a text; in a folder no system call takes it."""
    monkeypatch.chdir(tmp_path)
    _zipped({f"{'x/' * 2500}a.json": NOTHING})(tmp_path / "a.zip")
    while (left := 4000 - len(str(Path.cwd()))) > 1:  # wherever tmp_path lies
        os.mkdir("x" * min(200, left - 1))
        os.chdir("x" * min(200, left - 1))
    Path("y" * 200 + ".json").write_text(NOTHING)
    Path("z" * 200).mkdir()
    os.chdir("z" * 200)
    os.mkdir("z" * 200)
    first, *others = grade.grade(tmp_path, homework)["students"]
    assert first["file"].startswith("a.zip/x/x") and len(first["file"]) > 4096
    assert [student["remarks"] for student in others] == [["File name too long"]] * 2


IDENTITIES = (
    'name, identifier = "Ada", "ada01"', 'identifier: str = "ada01"',
    'identifier = name = "ada01"', '[identifier] = ["ada01"]\nname = str(1)',
)  # fmt: skip


@pytest.mark.parametrize("identity", IDENTITIES)
def test_who_hands_in_is_read_however_it_is_assigned(homework, identity):
    sheet = json.loads(sample.sheet_of(homework, "05", "x", {}))
    _cell(sheet, "identity")["source"] = identity
    sheet = reading.read(json.dumps(sheet).encode(), homework / "students")
    assert sheet["identifier"] == "ada01"


def test_what_was_written_is_judged_and_with_the_helper_above_it(homework, tmp_path):
    """Not a stub that was touched, nor a helper that is made anew lower down."""
    answers = sample.own_problems(homework, "05", "ada")
    sheet, own = json.loads(sample.sheet_of(homework, "05", "ada", {})), []
    for name in "problem_1", "problem_2":
        own.append(answers[name].replace(f"{name} =", "def f(): return"))
        own.append(f"{name} = f()")
    _cell(sheet, "problem-3-answer")["source"] = "problem_3 = ...\r\n # to do"
    own.append(answers["problem_3"])
    sheet["cells"] += map(_new_cell, own)
    (tmp_path / "a.ipynb").write_text(json.dumps(sheet))
    cells = dict(zip(answers, own[1::2] + own[-1:], strict=True))
    text = json.loads(sample.answers("05", "ada", cells)) | {"own": own}
    (tmp_path / "b.json").write_text(json.dumps(text | {"identifier": "ADA "}))
    students = grade.grade(tmp_path, homework)["students"]
    for student in map(json.loads, map(Path.read_text, tmp_path.glob("graded/*.json"))):
        sentences = [student["results"][name]["said"] for name in answers]
        assert sentences == ["Correct."] * 3, student["file"]
    assert len(students) == 1


def test_an_archive_is_opened_once_however_much_is_in_it(tmp_path, monkeypatch):
    _zipped({f"{k}.json": "{}" for k in range(9)})(tmp_path / "a.zip")
    openings, whole = [], zipfile.ZipFile
    monkeypatch.setattr(zipfile, "ZipFile", lambda *a: openings.append(a) or whole(*a))
    files, _others = hand_ins.files_in(tmp_path)
    for file in files:
        with hand_ins.opened(*file) as opened:
            assert opened.read() == b"{}" and hand_ins.time_of(*file)
    assert len(files) == 9 and len(openings) == 2  # is its list short?


MEASURED = """
import sys
from tools.teach import judge
folder, *paths, homework = sys.argv[1:]
judge.work(folder, [(paths[1], paths[:1])], homework)
print(open("/proc/self/status").read())
"""


@pytest.mark.monthly
def test_what_seven_answers_send_fits_the_memory_of_a_worker(homework, tmp_path):
    lists = send("b'[' + b'[],' * 2_700_000 + b'0]'")  # 8 MB; read, 180 MB
    cells = dict.fromkeys(reading.sheet(homework / "students", "05")[1], lists)
    (tmp_path / "a.json").write_text(sample.answers("05", "ada", cells))
    job = [tmp_path, tmp_path / "a.json", tmp_path / "done.json", homework]
    status = subprocess.run(
        [sys.executable, "-c", MEASURED, *map(str, job)],
        cwd=ROOT, capture_output=True, encoding="utf-8", check=True,
    ).stdout  # fmt: skip
    most = int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) / 1024
    results = json.loads((tmp_path / "done.json").read_text())["results"]
    assert len(cells) == 7
    assert not any(result["right"] for result in results.values())
    assert most < 300, f"{most:.0f} MB"
