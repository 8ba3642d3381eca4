"""What `make check` tries: the tests that have the name of what has changed.

    python -m pytest --changed      these tests alone (tests/conftest.py)

A file of a notebook, wherever it lies, is tried by all tests with the notebook's number
in their name; `utils/costs.py` by `test_costs.py`; another file by the tests of its
room, and a page by those with its path in their name.  Git says what has changed.
"""

import re
import subprocess
from functools import cache
from pathlib import PurePosixPath

from tools.course import NOTEBOOKS, ROOT

TOPICS = {path.stem[3:]: path.stem[:2] for path in NOTEBOOKS}
NUMBER = re.compile(r"claims_(\d\d)|[\[/-](\d\d)[]:_-]")  # in the name of a test
OF_A_NOTEBOOK = "claims/*", "exercises/*", "messages/*", "notebooks/*", "seeds/*"
# Rooms whose tests have another name.
ROOMS = {
    "utils": "library/*",
    "mistakes": "exercises/test_engine",
    "translate": "translations/*",
    "problems": "teach/*problems",
}
MADE = "notebooks/es/", "README.es.md"  # by make spanish


def git(*arguments):
    """Return the lines of an answer of git about the course; None if it fails."""
    command = ["git", "-c", "core.quotePath=false", *arguments]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    return None if answer.returncode else answer.stdout.splitlines()


@cache
def base():
    """Return the commit with which the course is compared, and its name."""
    for name in "origin/main", "main":
        if fork := git("merge-base", "HEAD", name):
            return fork[0], name
    if head := git("rev-parse", "HEAD"):
        return head[0], "HEAD"
    raise ValueError(
        "make check asks git what has changed, and this copy is not under git: "
        "run make test, which tries everything, or make a copy with git clone."
    )


@cache
def changed():
    """Return the files that differ from the base, those too that git has not yet."""
    differ = git("diff", "--name-only", "--no-renames", base()[0])
    files = {*differ, *git("ls-files", "--others", "--exclude-standard")}
    return sorted(file for file in files if not file.startswith(MADE))


def files(*names):
    """Return the test files of some names, `library/test_costs` or `library/*`."""
    return {
        file
        for name in names
        for file in ROOT.glob(f"tests/{name}.py")
        if file.name.startswith("test_")
    }


@cache
def tests_of(path):
    """Return the test files that try a change of a file, and what it is called there.

    No name is every test of these files; no file, that none has its name.
    """
    path = PurePosixPath(path)
    number = re.match(r"(?:test_claims_)?(\d\d)(?=[_.])", path.name)
    if path.suffix == ".po":
        return files("messages/*"), number[1] if number else path.stem
    if number:
        return files(*OF_A_NOTEBOOK), number[1]
    if path.parent.name == "exercises" and path.stem in TOPICS:
        return files(*OF_A_NOTEBOOK), TOPICS[path.stem]
    own = path.stem if path.stem.startswith("test_") else f"test_{path.stem}"
    rooms = [ROOMS.get(room, f"{room}/*") for room in path.parts[-2::-1]]
    found = next(filter(None, map(files, (f"*/{own}", *rooms))), [])
    if not found and path.suffix == ".md" and path.parts[0] in ("README.md", "web"):
        return files("claims/test_tables"), str(path)
    return found, ""


def is_read(file):
    """Say whether a test file has tests of what has changed."""
    return any(file in tests_of(path)[0] for path in changed())


def is_chosen(item):
    """Say whether a test tries what has changed."""
    tried = map(tests_of, changed())
    names = {name for found, name in tried if item.path in found}
    of = {number for pair in NUMBER.findall(item.nodeid) for number in pair}
    return any(
        name in (of if re.fullmatch(r"\d\d", name) else item.nodeid) for name in names
    )


def report():
    """Return in lines what has changed, what is tried, and what is left."""
    tried = {path: tests_of(path) for path in changed()}
    lines = {
        f"{file.parent.name}/{file.stem}{f'[{name}]' if name else ''}"
        for found, name in tried.values()
        for file in found
    }
    unknown = [path for path, (found, _name) in tried.items() if not found]
    return [
        f"changed since {base()[1]}: {', '.join(tried) or 'nothing'}",
        f"tried here: {', '.join(sorted(lines)) or 'nothing'}",
        f"no test has the name of: {', '.join(unknown) or 'none of them'}; the rest is "
        "left for make test, and what is built, for make test-site",
    ]
