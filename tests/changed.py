"""What a test depends on: it is tried again if one of these has changed."""

import ast
import json
import re
from functools import cache
from pathlib import Path

from tools import runs
from tools.course import ROOT
from tools.runs import digest, versions


def files(*patterns):
    """Return the files of the course that match a pattern, in a fixed order."""
    found = {path for pattern in patterns for path in ROOT.glob(pattern)}
    return sorted(path for path in found if path.is_file() and path.suffix != ".pyc")


@cache
def common():
    """Return a hash of what every test depends on."""
    code = (
        "utils/*",
        "classroom/**/*",
        "tools/**/*",
        "tests/*.py",
        "tests/exercises/conftest.py",
    )
    code += "tests/library/references/*", "pyproject.toml", "requirements.txt"
    return digest(*files(*code), *versions())


@cache
def hash_of(*patterns):
    return digest(*files(*patterns))


@cache
def code_of_notebooks():
    """Return a hash of what the notebooks do, whatever they say."""
    return digest(*map(runs.key, files("notebooks/*.ipynb")))


# What is read by the tests of a folder or a file, where it is not WHAT_IS_SAID.
WHAT_IS_SAID = "*", "notebooks/**/*", "web/**/*", ".github/**/*"
EXERCISES = "notebooks/exercises/*", "notebooks/quizzes/*"
READ = {
    "library": EXERCISES,
    "exercises": EXERCISES,
    "test_grading": (*EXERCISES, "notebooks/problems/*"),
    "test_browser": EXERCISES,
    "test_predictions": EXERCISES,
    "test_lite": (*EXERCISES, "notebooks/00*", "web/*.json"),
    "translations": (*WHAT_IS_SAID, "translations/**/*"),
    "test_deck": (*WHAT_IS_SAID, "tests/**/*"),
    "test_notebooks": (*WHAT_IS_SAID, "tests/**/*"),
    "house": (*WHAT_IS_SAID, "tests/**/*"),
}


def inputs(item):
    """Return a hash of the other files that a test reads, by where it stands."""
    folder, file = item.path.parent.name, item.path.stem
    given = getattr(item, "callspec", None)
    paths = [v for v in given.params.values() if isinstance(v, Path)] if given else []
    number = re.search(r"\d\d", file)
    if paths and folder != "translations":  # notebooks, and pages, which are built
        beside = [f"notebooks/*/{path.stem[:2]}*" for path in paths]
        for slides in "build/site/slides", "build/site/es/slides":
            beside += [f"{slides}/{path.stem}*.html" for path in paths]
        return digest(*paths) + hash_of(*beside, "notebooks/exercises/*")
    if number:
        marks = json.loads((item.path.parent / "marks.json").read_text("utf-8"))
        here = digest(json.dumps(marks[number[0]]))
        text = f"notebooks/**/{number[0]}*", "web/*.md", "README.md"
        return here + hash_of(*text, "notebooks/exercises/*")
    read = READ.get(file, READ.get(folder, WHAT_IS_SAID))
    return hash_of(*read) + code_of_notebooks()


@cache
def imported(path):
    """Return a file of the tests, and those that it imports, all the way."""
    found = {path}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module.startswith("tests"):
            names = [node.module, *(f"{node.module}.{a.name}" for a in node.names)]
            there = (ROOT / f"{name.replace('.', '/')}.py" for name in names)
            found |= {one for file in there if file.is_file() for one in imported(file)}
    return found


def key(item):
    """Return a hash of a test and of all that it depends on."""
    code = sorted(imported(item.path))
    return digest(item.nodeid, common(), *code, inputs(item))
