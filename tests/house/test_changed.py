"""What make test skips, and what it runs in one process."""

import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest

from tests import changed as depends
from tools.course import ROOT

ONE = "05_adam"
ITEMS = {
    "claims": "claims/test_claims_05.py",
    "other claims": "claims/test_claims_04.py",
    "page": "notebooks/test_notebooks.py",
    "exercises": "exercises/test_mistakes.py",
    "grading": "teach/test_grading.py",
    "translations": "translations/test_messages.py",
    "deck": "claims/test_deck.py",
}


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of what tests read, in place of the course; nothing is remembered."""
    for folder in "notebooks", "translations", "tests", "utils", "classroom", "web":
        shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.setattr(depends, "ROOT", tmp_path)
    for remembered in (depends.common, depends.hash_of, depends.code_of_notebooks):
        monkeypatch.setattr(depends, remembered.__name__, remembered.__wrapped__)
    monkeypatch.setattr(depends, "imported", lambda path: {path})
    return tmp_path


def keys(root):
    """Return the keys of some tests; of the page, one that is given a notebook."""
    found = {}
    for name, file in ITEMS.items():
        item = SimpleNamespace(path=root / "tests" / file, nodeid=name)
        if name == "page":
            path = root / "notebooks" / f"{ONE}.ipynb"
            item.callspec = SimpleNamespace(params={"path": path})
        found[name] = depends.key(item)
    return found


@pytest.mark.parametrize(
    ("file", "old", "new", "again"),
    [
        (f"notebooks/{ONE}.ipynb", "## ", "## So: ", "claims page translations deck"),
        (f"notebooks/{ONE}.ipynb", "descend(", "descend( ", "not other claims"),
        ("tests/claims/marks.json", '"05": {', '"05": {"a": "b",', "claims deck"),
        ("notebooks/exercises/adam.py", "import", " import", "not nothing"),
        ("utils/stats.py", "import", " import", "not nothing"),
        ("translations/es/05.po", "msgstr", "msgstr ", "translations"),
        ("tests/exercises/test_mistakes.py", "import", " import", "exercises deck"),
    ],
)
def test_what_depends_on_a_change_and_nothing_else_is_tried_again(
    copy, file, old, new, again
):
    before = keys(copy)
    text = (copy / file).read_text("utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1), "utf-8")
    after = keys(copy)
    changed = {name for name in ITEMS if before[name] != after[name]}
    if again.startswith("not "):
        assert changed == {*ITEMS} - {again.removeprefix("not ")}
    else:
        assert changed == {*again.split()}


def test_the_claims_of_a_notebook_are_tried_in_one_process():
    file = ROOT / "tests" / "claims" / "test_deck.py"
    command = [sys.executable, "-m", "pytest", "--verbose", "--numprocesses=2", file]
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout
    passed = [line.split("]")[0] for line in lines.splitlines() if "] PASSED" in line]
    assert len(passed) > 5 and len({*passed}) == 1, lines
