"""What make check tries after a change, and what pytest runs in one process."""

import re
import subprocess
import sys
from unittest.mock import Mock

import pytest

from tests import changed
from tools.course import ROOT

GIT = changed.git("rev-parse", "HEAD")
under_git = pytest.mark.skipif(not GIT, reason="this copy is not under git: clone it")


def names(path):
    """Return the tests that try a change of a file, `folder/test_name['its part']`."""
    return {
        f"{test.parent.name}/{test.stem}{sorted(filter(None, parts)) or ''}"
        for test, parts in changed.tests_of(path).items()
    }


@pytest.mark.parametrize(
    ("path", "tried", "left"),
    [
        (
            "notebooks/05_adam.ipynb",
            "claims/test_tables['05']",
            "claims/test_claims_04",
        ),
        ("notebooks/05_adam.ipynb", "notebooks/test_runs['05']", "library/test_costs"),
        (
            "notebooks/quizzes/05.md",
            "claims/test_tables['05']",
            "notebooks/test_runs['05']",
        ),
        ("notebooks/exercises/adam.py", "exercises/test_mistakes['05']", ""),
        ("utils/optimizers.py", "library/test_optimizers", "library/test_costs"),
        ("tests/claims/05.txt", "claims/test_tables['05']", "claims/test_claims_05"),
        ("tests/library/test_costs.py", "library/test_costs", "library/test_stats"),
        ("translations/es/05.po", "translations/test_messages['05']", ""),
    ],
)
def test_a_change_is_tried_by_what_reads_it_and_not_by_what_does_not(path, tried, left):
    assert tried in names(path), f"give {path} a row in TRIED_BY of tests/changed.py"
    assert left not in names(path)


def test_of_two_changes_the_wider_choice_holds():
    path = ROOT / "tests/translations/test_messages.py"
    both = ["translations/es/05.po", "translations/es/terms.toml"]
    assert changed.chosen(both)[path] == changed.chosen(both[::-1])[path] == set()
    assert changed.chosen([both[0], "translations/es/06.po"])[path] == {"05", "06", ""}


@under_git
def test_every_file_of_the_course_has_a_row_and_every_row_a_file():
    files = changed.git("ls-files", "--cached", "--others", "--exclude-standard")
    rows = {
        row: {file for file in files if changed.fields(row, file) is not None}
        for row in changed.TRIED_BY
    }
    lost = {*files} - set().union(*rows.values())
    assert not lost, (
        f"make check knows no test of {sorted(lost)}: give them a row in TRIED_BY of "
        "tests/changed.py, with the tests that read them, or with none."
    )
    idle = [row for row, matches in rows.items() if not matches]
    assert not idle, f"no file is called {idle}: take these rows out of TRIED_BY."
    named = {name for tests in changed.TRIED_BY.values() for name in tests.split()}
    tests = [re.sub(r"\{\w+\}", "*", name.partition("[")[0]) for name in named]
    gone = [test for test in tests if not [*ROOT.glob(f"tests/{test}.py")]]
    assert not gone, f"no tests are called {gone}: mend TRIED_BY of tests/changed.py."


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A small course under git, in place of this one; a function asks git there."""
    monkeypatch.setattr(changed, "ROOT", tmp_path)
    monkeypatch.setattr(changed, "base", changed.base.__wrapped__)
    monkeypatch.setattr(changed, "changed", changed.changed.__wrapped__)

    def git(*arguments):
        own = "-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=0"
        subprocess.run(["git", *own, *arguments], cwd=tmp_path, check=True)

    return tmp_path, git


@under_git
def test_what_differs_from_where_the_branch_began_has_changed(course):
    folder, git = course
    for name in "abcd":
        (folder / name).write_text("old")
    (folder / ".gitignore").write_text("build")
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "all")
    assert changed.changed() == []
    git("checkout", "-q", "-b", "mine")
    (folder / "a").write_text("in a commit of the branch")
    git("commit", "-q", "-a", "-m", "a")
    (folder / "b").write_text("in no commit")
    (folder / "c").unlink()
    (folder / "é new").write_text("not known to git")
    (folder / "build").write_text("ignored")
    assert changed.changed() == ["a", "b", "c", "é new"]
    assert changed.base()[1] == "main"


def test_pytest_takes_the_tests_of_what_has_changed_and_no_others():
    code = """
import sys, pytest
from tests import changed
changed.changed = lambda: ["translations/es/05.po"]
sys.exit(pytest.main(["--changed", "--collect-only", "--quiet"]))
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    tests = re.findall(r"(?m)^tests/(\S+)::\w+(.*)", done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {file for file, _ in tests} == {"translations/test_messages.py"}
    catalogues = {part for _, part in tests if re.match(r"\[(\d\d|deeper)", part)}
    assert catalogues == {"[05]"}


def test_a_copy_without_git_is_told_what_to_do(course, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(course[0].parent))
    with pytest.raises(ValueError, match="not under git: run make test"):
        changed.changed()


# What shares what takes long to make, by folder, in one process; the rest anywhere.
TOGETHER = [
    ["claims/test_claims_05.py::a", "claims/test_tables.py::b[05: loop-seen-x]"],
    ["claims/test_claims_06.py::a", "claims/test_tables.py::b[06-1]"],
    ["browser/test_browser.py::a[05_adam]", "browser/test_predictions.py::b"],
    ["browser/test_site.py::a[adam.html]", "browser/test_site.py::b[adam.html-390]"],
    ["translations/test_edition.py::a", "translations/test_teaching.py::b[05]"],
    ["translations/test_edition.py::a[05_x]", "translations/test_edition.py::b[05_x]"],
    [
        "notebooks/test_runs.py::a[deeper/05_x]",
        "notebooks/test_runs.py::b[deeper/05_x]",
    ],
    ["teach/test_homework.py::a[05]", "teach/test_homework.py::b"],
    ["library/test_costs.py::a"],
    ["library/test_costs.py::b"],
]


def test_what_takes_long_to_make_is_made_in_one_process(request):
    """The scheduler that pytest is given is asked for its units; none is run."""
    config, node = Mock(getvalue=lambda _: ["popen"]), Mock(shutting_down=True)
    make = request.config.hook.pytest_xdist_make_scheduler
    scheduler = make(config=config, log=Mock())
    tests = {f"tests/{test}": test for unit in TOGETHER for test in unit}
    scheduler.add_node(node)
    scheduler.add_node_collection(node, sorted(tests))
    scheduler.schedule()
    units = [*scheduler.assigned_work[node].values(), *scheduler.workqueue.values()]
    assert sorted([tests[test] for test in unit] for unit in units) == sorted(TOGETHER)
