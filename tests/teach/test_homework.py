"""Homework: no answer in the students' folder, and a check that names the mistake."""

import json
import re
import subprocess
import sys

import matplotlib
import nbformat
import numpy as np
import pytest

from classroom.mistakes.values import Outcome
from tests.exercises.all_exercises import EXERCISES
from tests.teach import sample
from tools.course import NOTEBOOKS, ROOT
from tools.plain import tagged
from tools.teach import homework, sealed

LONG = 20  # characters of a line that is told from others


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return sample.made(tmp_path_factory.mktemp("homework"), "05")


def lines(text):
    """Return the lines that are long enough, without what surrounds them."""
    stripped = (line.strip().rstrip(",") for line in text.splitlines())
    return {line for line in stripped if len(line) >= LONG}


def secret(path):
    """Return the lines of a notebook's solutions, and of its right answers."""
    notebook = nbformat.read(path, as_version=4)
    told = {k for c in tagged(notebook, "solution") for k in lines(c.source)}
    exercises = ROOT / "notebooks/exercises" / f"{path.stem[3:]}.py"
    code = exercises.read_text("utf-8") if exercises.exists() else ""
    for found in re.findall(r'(?s)@exercise.*?"""(.*?)""".*?\n(.*?)\n\n', code):
        told |= {k for text in found for k in lines(text)}
    for exercise in EXERCISES.values():
        if exercise.answer.__module__.endswith(f".{path.stem[3:]}"):
            told |= {k for s in exercise.sources for k in lines(s) if "def " not in k}
            told -= lines(exercise.__doc__.partition("\n\n")[2])
    return told


def public():
    """Return what is taught: cells that solve nothing, and the library."""
    known = []
    for path in NOTEBOOKS:
        for cell in nbformat.read(path, as_version=4).cells:
            if "solution" not in cell.metadata.get("tags", []):
                known.append(homework.without_answers(cell.source))
    for path in ROOT.glob("utils/*.py"):
        known.append(path.read_text("utf-8"))
    return "\n".join(known)


def leaks(folder, paths):
    """Return the lines of answers that stand anywhere in the students' folder."""
    known = public()
    told = {line for line in set().union(*map(secret, paths)) if line not in known}
    assert len(told) > 10 * len(paths)
    found = []
    for file in (folder / "students").rglob("*"):
        if file.is_file() and file.suffix in (".py", ".json", ".ipynb", ".md", ".txt"):
            text = file.read_text("utf-8")
            if file.suffix in (".json", ".ipynb"):
                text = "\n".join(map(str, leaves(json.loads(text))))
            found += [(file.name, line) for line in told if line in text]
    return found


def leaves(data):
    """Yield all texts of what JSON has told; a list of lines as one."""
    if isinstance(data, dict):
        data = [*data.values()]
    if isinstance(data, list):
        if data and all(isinstance(one, str) for one in data):
            yield "".join(data)
        for one in data:
            yield from leaves(one)
    elif isinstance(data, str):
        yield data


def test_no_line_of_an_answer_is_in_the_students_folder(folder):
    assert leaks(folder, [p for p in NOTEBOOKS if p.stem == "05_adam"]) == []
    assert not (folder / "students/notebooks/exercises").exists()


def test_a_leak_would_be_found(folder, tmp_path):
    (tmp_path / "students").mkdir()
    (tmp_path / "students/a.md").write_text("# theta = 1\nfloor = 0.02 * 3 / (2 * 5)\n")
    assert leaks(tmp_path, [p for p in NOTEBOOKS if p.stem == "05_adam"])


@pytest.mark.monthly
def test_no_line_of_any_answer_is_in_the_whole_students_folder(tmp_path):
    folder = sample.made(tmp_path)
    paths = [p for p in NOTEBOOKS if (folder / f"teacher/{p.stem[:2]}.json").exists()]
    assert paths == NOTEBOOKS[1:]
    assert leaks(folder, paths) == []


def numbers(mine, right, paper):
    """Say whether a lock made for `right` opens for `mine`."""
    lock = sealed.Lock(paper)
    right, mine = [Outcome((np.array(right),))], [Outcome((np.array(mine),))]
    grids = lock.grids_of(right)
    return lock.key(mine, grids, "") == lock.key(right, grids, "")


@pytest.mark.parametrize("paper", [0, 0.001, 0.03])
def test_a_lock_opens_for_what_is_alike_and_for_little_more(paper):
    rng = np.random.default_rng(8)
    part = paper or 1e-4
    right = rng.normal(size=2000) * 10.0 ** rng.uniform(-3, 6, 2000)
    for sign in (-1, 1):
        for k in range(0, 2000, 40):
            some = right[k : k + 40]
            assert numbers(some * (1 + sign * part), some, paper)
    more = 1.8 * (part * np.abs(right) + 1e-6 * (not paper))
    opened = [numbers(x + d, x, paper) for x, d in zip(right, more, strict=True)]
    assert sum(opened) == 0
    assert numbers([0.0, 1.0], [0.0, 1.0], paper)
    assert numbers([np.nan, np.inf], [np.nan, np.inf], paper)
    assert not numbers([np.nan, 1.0], [np.inf, 1.0], paper)
    assert not numbers([-2.0], [2.0], paper)
    assert not numbers([2.0], 2.0, paper)


def test_a_lock_says_nothing_to_who_has_no_key():
    key = b"k" * 32
    mark, secret = sealed.locked(key, "the sign is flipped: θ")
    assert sealed.unlocked(key, mark, secret) == "the sign is flipped: θ"
    assert sealed.unlocked(b"l" * 32, mark, secret) is None
    assert sealed.unlocked(None, mark, secret) is None


CODE = """
import sys
sys.path.insert(0, ".")
import matplotlib
matplotlib.use("Agg")
import numpy as np
from notebooks.homework import adam as checks
from classroom.sealed import Sheet
{cells}
"""


def said(folder, cells):
    """Run cells in the students' folder, as a student; return what is printed."""
    code = CODE.format(cells="\n".join(cells))
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=folder / "students", capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_students_checks_say_what_the_course_says(folder):
    matplotlib.use("Agg")
    good = sample.solved("05")
    step, plot = good["my_adam_step"], good["plot_bound"]
    handed = [
        (good["my_adam_step"], "adam_step(my_adam_step)"),
        (step.replace("beta1**t", "beta1"), "adam_step(my_adam_step)"),
        (step.replace("beta2 * v +", "v +"), "adam_step(my_adam_step)"),
        (step.replace(" + eps)", ")"), "adam_step(my_adam_step)"),
        (step.replace("theta - lr", "theta + 3 * lr"), "adam_step(my_adam_step)"),
        ("def my_adam_step(theta): ...", "adam_step(my_adam_step)"),
        (plot, "plot_bound(plot_bound)"),
        (plot.replace("beta1**2 / beta2", "beta1 / beta2"), "plot_bound(plot_bound)"),
        ("floor = 0.006", "floor_on_paper(floor)"),
        ("floor = 0.0061", "floor_on_paper(floor)"),
        ("floor = 0.018", "floor_on_paper(floor)"),
        ("floor = ...", "floor_on_paper(floor)"),
        (good["my_answers"], "name_the_bug(my_answers)"),
        ('my_answers = {"A": "only m is corrected"}', "name_the_bug(my_answers)"),
    ]
    cells = [f"{source}\nchecks.{check}" for source, check in handed]
    told = said(folder, cells).splitlines()
    module = "from notebooks.exercises import adam as checks"
    names = {"np": np}
    exec(module, names)
    right = []
    for cell, check in handed:
        exec(cell, names)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("builtins.print", lambda *t: right.append(" ".join(t)))
            exec(f"checks.{check}", names)
    assert len(told) == len(right)
    for mine, courses in zip(told, right, strict=True):
        if "3 *" in courses or "and should be" in courses or "is right" in mine:
            continue
        assert mine == courses or "no name here" in mine, (mine, courses)
    assert sum("no name here" in line for line in told) <= 1
    assert sum(line.startswith("Correct.") for line in told) == 5


def test_a_mistake_without_a_name_is_told_without_the_right_number(folder):
    cells = ["floor = 17.3\nchecks.floor_on_paper(floor)"]
    cells += ["def f(theta, gradient, m_hat, v_hat, t, lr, beta1, beta2, eps):"]
    cells += ["    m_hat += (1 - beta1) / (1 - beta1**t) * (gradient - m_hat)"]
    cells += ["    return theta - 0.123, m_hat, v_hat + 0.77"]
    cells += ["checks.adam_step(f)"]
    first, second = said(folder, cells).splitlines()
    assert first.endswith("your floor is not right, and this mistake has no name here.")
    assert second.endswith("no name here; your m_hat is right.")
    assert "theta and v_hat are not right" in second


def test_the_sheet_writes_what_is_handed_in(folder):
    key = json.loads((folder / "teacher/05.json").read_text())
    mine = key["variants"][sealed.variant("Ada ", "05", len(key["variants"]))]
    right = mine[0]["right"]
    cells = ['sheet = Sheet("05", "Ada ")', f"print(sheet.check(1, {right!r}).data)"]
    cells += [f"print(sheet.check(1, {2 * mine[0]['wrong'][0][0]!r}).data)"]
    cells += ["print(sheet.check(2, ...).data)"]
    cells += ["sheet.write(['floor = 1', 'floor = (', 'floor = 2', 'x = 3'])"]
    told = said(folder, cells).splitlines()
    assert told[0] == "Correct."
    assert told[1].startswith("Not yet: not right")
    assert told[2].startswith("Not yet: in place of the ...")
    file = folder / "students" / "answers-05-ada.json"
    handed = json.loads(file.read_text("utf-8"))
    file.unlink()
    assert handed["cells"] == {"floor": "floor = 2"}
    assert handed["identifier"] == "ada"


def test_identifiers_are_compared_as_one_means_them():
    assert (
        sealed.plain(" Ada Lovelace ")
        == "ada-lovelace"
        == sealed.plain("ADA_LOVELACE".replace("_", " "))
    )
    drawn = [sealed.variant(f"student{k}", "05") for k in range(1000)]
    assert len(set(drawn)) == sealed.VARIANTS


def test_the_sheet_of_a_student_runs_from_first_to_last(folder):
    cells = sample.solved("05") | sample.own_problems(folder, "05", "bob")
    sheet = nbformat.reads(sample.filled(folder, "05", "bob", cells), as_version=4)
    code = [c.source for c in sheet.cells if c.cell_type == "code"]
    code = [c for c in code if "sys.path" not in c and "sheet.problem" not in c]
    code = [c.replace("plt.show()", "plt.close()") for c in code]
    code = [re.sub(r"(sheet\.check\(.*\))", r"print(\1.data)", c) for c in code]
    code[-1] = f"sheet.write({list(cells.values())!r})"
    told = said(folder, code)
    assert told.count("Correct.") == len(cells)
    (folder / "students" / "answers-05-bob.json").unlink()
