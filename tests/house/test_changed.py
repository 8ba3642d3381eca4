"""What make check tries after a change: the tests that have its name."""

import re
import subprocess
import tomllib

import pytest

from tests import changed

COSTS = "library/test_costs.py::test"
TRIED = {  # of a change of a file, a test that is tried, and one that is not
    "notebooks/05_adam.ipynb": (
        "claims/test_tables.py::test[05: bias: after {} steps]",
        "claims/test_tables.py::test[04: bias: 0.05]",
    ),
    "notebooks/deeper/05_adam.ipynb": (
        "notebooks/test_runs.py::test[deeper/05_adam]",
        COSTS,
    ),
    "notebooks/quizzes/05.md": ("claims/test_claims_05.py::test", COSTS),
    "notebooks/exercises/adam.py": (
        "exercises/test_mistakes.py::test[05-adam_step]",
        "exercises/test_mistakes.py::test[03-momentum_step]",
    ),
    "translations/es/05.po": ("messages/test_messages.py::test[05]", COSTS),
    "utils/costs.py": (COSTS, "library/test_stats.py::test"),
    "utils/digits.csv.gz": ("library/test_stats.py::test", "claims/test_deck.py::test"),
    "tools/teach/wall.py": ("teach/test_grading.py::test", COSTS),
    "README.md": (
        "claims/test_tables.py::test[pages: README.md: in {} minutes]",
        "claims/test_tables.py::test[pages: web/deck.md: {}]",
    ),
    "CONTRIBUTING.md": ("", COSTS),
}


@pytest.mark.parametrize("path", TRIED)
def test_a_change_is_tried_by_the_tests_of_its_name_and_no_others(path, monkeypatch):
    monkeypatch.setattr(changed, "changed", lambda: [path])

    class Item:
        def __init__(self, nodeid):
            self.nodeid = f"tests/{nodeid}"
            self.path = changed.ROOT / self.nodeid.partition("::")[0]

    tried, left = map(Item, TRIED[path])
    assert changed.is_chosen(tried) or tried.nodeid == "tests/"
    assert not changed.is_chosen(left)
    *_, unknown = changed.report()
    assert (path in unknown) == (tried.nodeid == "tests/")


@pytest.mark.skipif(not changed.git("rev-parse", "HEAD"), reason="clone it, with git")
def test_what_differs_from_where_the_branch_began_has_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(changed, "ROOT", tmp_path)
    monkeypatch.setattr(changed, "base", changed.base.__wrapped__)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(ValueError, match="not under git: run make test"):
        changed.changed.__wrapped__()

    def git(*arguments):
        own = "-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=0"
        subprocess.run(["git", *own, *arguments], cwd=tmp_path, check=True)

    for name in "abcd":
        (tmp_path / name).write_text("old")
    (tmp_path / ".gitignore").write_text("build")
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "all")
    git("checkout", "-q", "-b", "mine")
    (tmp_path / "a").write_text("in a commit of the branch")
    git("commit", "-q", "-a", "-m", "a")
    (tmp_path / "b").write_text("in no commit")
    (tmp_path / "c").unlink()
    (tmp_path / "é new").write_text("not known to git")
    (tmp_path / "build").write_text("ignored")
    assert changed.changed.__wrapped__() == ["a", "b", "c", "é new"]


def test_every_folder_of_tests_is_in_one_layer():
    settings = tomllib.loads((changed.ROOT / "pyproject.toml").read_text("utf-8"))
    course = settings["tool"]["pytest"]["ini_options"]["testpaths"]
    make = (changed.ROOT / "Makefile").read_text("utf-8")
    rest = make.partition("\ntest-site:")[2].partition("\ntest-all:")[0]
    rest = re.findall(r"tests/\w+", rest)
    folders = {f"tests/{file.parent.name}" for file in changed.files("*/*")}
    lost = folders ^ {*course, *rest}
    assert not lost and len({*course, *rest}) == len(course + rest), (
        f"tests are to be in one layer each, and these are in none, in two, or not "
        f"there: {sorted(lost) or course + rest}. The course's stand in testpaths of "
        "pyproject.toml, the others under test-site and test-seeds in the Makefile."
    )
