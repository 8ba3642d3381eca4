"""Homework: no answer in the students' folder, and a check that names the mistake."""

import itertools
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
from tests.rules import demand
from tests.teach import sample
from tools.course import NOTEBOOKS, ROOT
from tools.plain import tagged
from tools.teach import checks, homework, problems
from tools.teach.students import locks, sealed

LONG = 20  # characters of a line that is told from others
SEARCH = 2  # seconds: here it matters what the checks say of slips


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return sample.homework_in(tmp_path_factory.mktemp("homework"), "05", search=SEARCH)


def lines(text):
    """Return the lines that are long enough, without what surrounds them."""
    stripped = (line.strip().rstrip(",") for line in text.splitlines())
    return {line for line in stripped if len(line) >= LONG}


def secret(path):
    """Return the lines of a notebook's solutions, and of its right answers."""
    notebook = nbformat.read(path, as_version=4)
    answers = {k for c in tagged(notebook, "solution") for k in lines(c.source)}
    exercises = ROOT / "notebooks/exercises" / f"{path.stem[3:]}.py"
    code = exercises.read_text("utf-8") if exercises.exists() else ""
    for match in re.findall(r'(?s)@exercise.*?"""(.*?)""".*?\n(.*?)\n\n', code):
        answers |= {k for text in match for k in lines(text)}
    for exercise in EXERCISES.values():
        if exercise.answer.__module__.endswith(f".{path.stem[3:]}"):
            answers |= {
                k for s in exercise.sources for k in lines(s) if "def " not in k
            }
            answers -= lines(exercise.__doc__.partition("\n\n")[2])
    return answers


def public():
    """Return what is taught: cells that solve nothing, and the library."""
    texts = []
    for path in NOTEBOOKS:
        for cell in nbformat.read(path, as_version=4).cells:
            if "solution" not in cell.metadata.get("tags", []):
                texts.append(homework.without_answers(cell.source))
    for path in ROOT.glob("utils/*.py"):
        texts.append(path.read_text("utf-8"))
    return "\n".join(texts)


def leaks(folder, paths):
    """Return the lines of answers that stand anywhere in the students' folder."""
    texts = public()
    answers = {line for line in set().union(*map(secret, paths)) if line not in texts}
    assert len(answers) > 10 * len(paths)
    places = []
    for file in (folder / "students").rglob("*"):
        if file.is_file() and file.suffix in (".py", ".json", ".ipynb", ".md", ".txt"):
            text = file.read_text("utf-8")
            if file.suffix in (".json", ".ipynb"):
                text = "\n".join(map(str, leaves(json.loads(text))))
            places += [(file.name, line) for line in answers if line in text]
    return places


def leaves(data):
    """Yield all texts of what JSON has told; a list of lines as one."""
    if isinstance(data, dict):
        data = [*data.values()]
    if isinstance(data, list):
        if data and all(isinstance(value, str) for value in data):
            yield "".join(data)
        for value in data:
            yield from leaves(value)
    elif isinstance(data, str):
        yield data


def test_no_line_of_an_answer_is_in_the_students_folder(folder):
    assert leaks(folder, [p for p in NOTEBOOKS if p.stem == "05_adam"]) == []
    assert not (folder / "students/notebooks/exercises").exists()


def test_an_assistant_finds_its_rules_and_what_they_name(folder):
    students, rules = folder / "students", (ROOT / "AGENTS.md").read_text("utf-8")
    assert (students / "AGENTS.md").read_text("utf-8") == rules
    assert (students / "notebooks/glossary.md").exists()
    names = re.findall(r"`([\w/]+(?:\.md)?)`", rules)
    missing = [n for n in names if not any((p / n).exists() for p in (ROOT, students))]
    demand(
        names and not missing,
        f"AGENTS.md names {missing}, which are not there: mend it",
    )
    course = "".join(path.read_text("utf-8") for path in NOTEBOOKS)
    for fold in "Hint", "Solution":
        assert f"*{fold}*" in rules and f"<summary>{fold}</summary>" in course


def test_a_leak_would_be_found(folder, tmp_path):
    (tmp_path / "students").mkdir()
    (tmp_path / "students/a.md").write_text(sample.solutions("05")["floor"])
    assert leaks(tmp_path, [p for p in NOTEBOOKS if p.stem == "05_adam"])


@pytest.mark.monthly
def test_no_line_of_any_answer_is_in_the_whole_students_folder(tmp_path):
    folder = sample.homework_in(tmp_path, search=SEARCH)
    paths = [p for p in NOTEBOOKS if (folder / f"teacher/{p.stem[:2]}.json").exists()]
    assert paths == NOTEBOOKS[1:]
    assert leaks(folder, paths) == []


def numbers(values, right, paper):
    """Say whether a lock made for `right` opens for `mine`."""
    lock = locks.Lock(paper)
    right, values = [Outcome((np.array(right),))], [Outcome((np.array(values),))]
    grids = lock.grids_of(right)
    return lock.key(values, grids, "") == lock.key(right, grids, "")


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
    openings = [numbers(x + d, x, paper) for x, d in zip(right, more, strict=True)]
    assert sum(openings) == 0
    assert numbers([0.0, 1.0], [0.0, 1.0], paper)
    assert numbers([np.nan, np.inf], [np.nan, np.inf], paper)
    assert not numbers([np.nan, 1.0], [np.inf, 1.0], paper)
    assert not numbers([-2.0], [2.0], paper)
    assert not numbers([2.0], 2.0, paper)


def test_a_lock_says_nothing_to_who_has_no_key():
    key = b"k" * 32
    mark, secret = locks.seal(key, "the sign is flipped: θ")
    assert locks.unseal(key, mark, secret) == "the sign is flipped: θ"
    assert locks.unseal(b"l" * 32, mark, secret) is None
    assert locks.unseal(None, mark, secret) is None


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


def output_of(folder, cells):
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
    good = sample.solutions("05")
    step = good["my_adam_step"]
    answers = [
        (good["my_adam_step"], "adam_step(my_adam_step)"),
        (step.replace("beta1**t", "beta1"), "adam_step(my_adam_step)"),
        (step.replace("beta2 * v +", "v +"), "adam_step(my_adam_step)"),
        (step.replace(" + eps)", ")"), "adam_step(my_adam_step)"),
        (step.replace("theta - lr", "theta + 3 * lr"), "adam_step(my_adam_step)"),
        ("def my_adam_step(theta): ...", "adam_step(my_adam_step)"),
        (f"floor = {sample.FLOOR}", "floor_on_paper(floor)"),
        (f"floor = {1.02 * sample.FLOOR}", "floor_on_paper(floor)"),
        (f"floor = {sample.SGDS}", "floor_on_paper(floor)"),
        ("floor = ...", "floor_on_paper(floor)"),
        (good["my_answers"], "name_the_bug(my_answers)"),
        ('my_answers = {"A": "only m is corrected"}', "name_the_bug(my_answers)"),
    ]
    cells = [f"{source}\nchecks.{check}" for source, check in answers]
    verdicts = output_of(folder, cells).splitlines()
    module = "from notebooks.exercises import adam as checks"
    names = {"np": np}
    exec(module, names)
    right = []
    for cell, check in answers:
        exec(cell, names)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("builtins.print", lambda *t: right.append(" ".join(t)))
            exec(f"checks.{check}", names)
    assert len(verdicts) == len(right)
    for mine, courses in zip(verdicts, right, strict=True):
        if "3 *" in courses or "and should be" in courses or "is right" in mine:
            continue
        assert mine == courses or "no name here" in mine, (mine, courses)
    assert sum("no name here" in line for line in verdicts) <= 1
    assert sum(line.startswith("Correct.") for line in verdicts) == 4


def test_a_mistake_without_a_name_is_told_without_the_right_number(folder):
    cells = ["floor = 17.3\nchecks.floor_on_paper(floor)"]
    cells += ["def f(theta, gradient, m_hat, v_hat, t, lr, beta1, beta2, eps):"]
    cells += ["    m_hat += (1 - beta1) / (1 - beta1**t) * (gradient - m_hat)"]
    cells += ["    return theta - 0.123, m_hat, v_hat + 0.77"]
    cells += ["checks.adam_step(f)"]
    first, second = output_of(folder, cells).splitlines()
    assert first.endswith("your floor is not right, and this mistake has no name here.")
    assert "no name here; your m_hat is right" in second
    assert "theta and v_hat are not right" in second


def test_the_sheet_writes_what_is_handed_in_and_says_what_is_not_there(folder):
    cells = [
        "lr, variance = 0.02, 9", "half = lambda x: x / 2", "lost = 1", "floor = (",
        "floor = half(lr * variance)", "half = lost", "problem_2 = 'even'",
        "problem_2 = 'odd'", "problem_1 =  ...\n", "problem_3 = nothing",
    ]  # fmt: skip
    messages = output_of(folder, [f"Sheet('05', 'Ada ').write({cells!r})"]).splitlines()
    file = folder / "students" / "answers-05-ada.json"
    data = json.loads(file.read_text("utf-8"))
    file.unlink()
    assert [*data["cells"]] == ["floor", "problem_2", "problem_3"]
    assert data["own"] == [*cells[:2], cells[4], cells[7], cells[9]]
    assert data["identifier"] == "ada"
    assert messages == [
        "answers-05-ada.json: 3 of 6 answers. Hand in.",
        "my_adam_step: nothing is there yet.",
        "floor: of cell [4], `floor = half(lr * variance)`.",
        "my_answers: nothing is there yet.",
        "problem_1: nothing is there yet.",
        "problem_2: of cell [7], `problem_2 = 'odd'`.",
        "problem_3: your code stops in line 1, `problem_3 = nothing`, with NameError: "
        "name 'nothing' is not defined.",
    ]


SHELL = """
from traitlets.config import Config
from IPython.core.interactiveshell import InteractiveShell
config = Config(HistoryManager=Config(hist_file=":memory:"))
shell = InteractiveShell.instance(config=config)
shell.run_cell("%%time\\nproblem_1 = 5", store_history=True)
Sheet("05", "ada").write()
"""


def test_the_sheet_reads_cells_as_they_were_written(folder):
    output = output_of(folder, [SHELL])
    (folder / "students" / "answers-05-ada.json").unlink()
    assert "problem_1: of cell [1], `problem_1 = 5`." in output


def test_without_the_secret_no_variant_can_be_made_again(tmp_path, monkeypatch):
    monkeypatch.setattr(checks, "SEARCH", 0)
    answers = {}
    for name, secret in (
        ("a", ""),
        ("b", ""),
        ("c", "a word that is long"),
        ("d", "a word that is long"),
    ):
        homework.build(tmp_path / name, ["05"], secret=secret)
        key = json.loads((tmp_path / name / "teacher/05.json").read_text("utf-8"))
        answers[name] = [p["right"] for variant in key["variants"] for p in variant]
    assert answers["c"] == answers["d"]
    public = [homework.variants_of(problems.of("05"), "05", locks.VARIANTS, "")]
    public = [q.right for variant in public[0] for _, q in variant]
    for column, other in itertools.combinations(
        [public, *[answers[k] for k in "abc"]], 2
    ):
        assert np.mean([x == y for x, y in zip(column, other, strict=True)]) < 0.3
    with pytest.raises(SystemExit, match="16 letters"):
        homework.secret_of(tmp_path, "heron")
    again = homework.secret_of(tmp_path / "a/teacher")
    homework.build(tmp_path / "a", ["05"])
    assert (tmp_path / "a/teacher/secret.txt").read_text() == again != ""
    for file in (tmp_path / "a/students").rglob("*.*"):
        assert again not in file.read_text("latin-1")


def test_nothing_a_student_has_says_whether_a_number_is_right(folder):
    """What has a lock is exercised; a problem is text, and nothing else."""
    data = (folder / "students/notebooks/homework/05.json").read_text("utf-8")
    data = json.loads(data)
    assert {type(text) for variant in data["variants"] for text in variant} == {str}
    key = json.loads((folder / "teacher/05.json").read_text("utf-8"))
    points = {exercise["name"]: exercise["points"] for exercise in key["exercises"]}
    assert points == {"adam_step": 1, "floor_on_paper": 0, "name_the_bug": 0}
    assert not hasattr(sealed.Sheet, "check")


def test_identifiers_are_compared_as_one_means_them():
    assert (
        locks.identity(" Ada Lovelace ")
        == "ada-lovelace"
        == locks.identity("ADA_LOVELACE".replace("_", " "))
    )
    variants = [locks.variant(f"student{k}", "05") for k in range(1000)]
    assert len(set(variants)) == locks.VARIANTS


def test_the_sheet_of_a_student_runs_from_first_to_last(folder):
    cells = sample.solutions("05") | sample.own_problems(folder, "05", "bob")
    sheet = nbformat.reads(sample.sheet_of(folder, "05", "bob", cells), as_version=4)
    code = [c.source for c in sheet.cells if c.cell_type == "code"]
    code = [c for c in code if "sys.path" not in c and "sheet.problem" not in c]
    code = [c.replace("plt.show()", "plt.close()") for c in code]
    code[-1] = f"sheet.write({list(cells.values())!r})"
    output = output_of(folder, code)
    assert output.count("Correct.") == len(cells) - 3  # of problems nothing is told
    assert "answers-05-bob.json: 6 of 6 answers. Hand in.\n" in output
    assert output.count(": of cell [") == 6
    (folder / "students" / "answers-05-bob.json").unlink()
