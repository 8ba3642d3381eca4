"""What `make check` tries: the tests of what has changed, as git knows it.

    python -m pytest --changed      these tests alone (tests/conftest.py)

Nothing is remembered from run to run; `make test` tries everything, always.
"""

import re
import subprocess
from functools import cache
from pathlib import Path

from tools.course import NOTEBOOKS, PATHS, ROOT

# A file of the course, and the tests that try a change of it, from near.  {NN} is the
# number of a notebook, {topic} its name without it, {name} any word; * stops at a /.
# Of a test file with [03] only the tests of notebook 03 are run; with [03,] those too
# that are of no notebook.
TRIED_BY = {
    "notebooks/{NN}_*.ipynb": """claims/test_tables[{NN}] claims/test_claims_{NN}
        claims/test_deck exercises/test_exercises[{NN}] notebooks/test_glossary
        notebooks/test_notebooks[{NN},] notebooks/test_runs[{NN}]
        teach/test_formulas[{NN},] teach/test_syllabus teach/test_tutor[{NN},]
        translations/test_messages[{NN},]""",
    "notebooks/deeper/{NN}_*.ipynb": """claims/test_tables[deeper/{NN}]
        claims/test_claims_{NN} notebooks/test_glossary
        notebooks/test_notebooks[deeper/{NN},] notebooks/test_runs[deeper/{NN}]
        translations/test_messages[deeper/{NN},]""",
    "notebooks/quizzes/{NN}.md": """claims/test_tables[{NN}] classroom/test_puzzles
        classroom/test_questions
        exercises/test_exercises[{NN}] translations/test_messages[{NN},]""",
    "notebooks/teaching/{NN}.md": """claims/test_tables[{NN}]
        notebooks/test_notebooks[{NN},] translations/test_messages[{NN},]""",
    "notebooks/exercises/{topic}.py": """exercises/test_answers exercises/test_choices
        exercises/test_exercises[{NN}] exercises/test_mistakes[{NN}]
        house/test_rooms teach/test_syllabus teach/test_tutor[{NN},]
        translations/test_messages[{NN},]""",
    "notebooks/exercises/steps.py": "exercises/test_answers exercises/test_mistakes",
    "notebooks/problems/*.py": """claims/test_tables[{path}] house/test_rooms
        teach/test_answers_of_problems teach/test_problems
        translations/test_messages[pages,]""",
    "notebooks/inventory/*.md": "teach/test_exam teach/test_inventory",
    "notebooks/glossary.md": """claims/test_tables[{path}] notebooks/test_glossary
        translations/test_messages[pages,]""",
    "notebooks/ladders.md": "teach/test_tutor",
    "notebooks/code/{NN}_*.py": """notebooks/test_code[{NN}]
        notebooks/test_notebooks[{NN}]""",
    "notebooks/es/**": "",  # written by make spanish
    "utils/{name}.py": """house/test_rooms library/test_{name} library/test_examples
        library/test_refusals translations/test_library
        translations/test_messages[library,]""",
    "utils/*.toml": "house/test_rooms",
    "utils/refusals.py": "library/test_*",
    "utils/figures.py": "library/test_optimizers",
    "utils/*.*z": "library/test_data library/test_optimizers",
    "utils/*.txt": "library/test_data",
    "classroom/*.*": """classroom/test_* house/test_rooms library/test_examples
        translations/test_library translations/test_messages[library,]""",
    "classroom/pictures.py": "library/test_figures",
    "classroom/mistakes/*.*": """exercises/test_engine house/test_rooms
        translations/test_library translations/test_messages[library,]""",
    "classroom/languages/**": "translations/test_library",
    "translations/es/{name}.po": "translations/test_messages[{name},]",
    "translations/es/deeper/{name}.po": "translations/test_messages[deeper/{name},]",
    "translations/es/*.toml": "translations/test_messages",
    "translations/es/*.md": "translations/test_messages[pages]",
    "web/**.md": """claims/test_deck claims/test_tables[{path}] teach/test_formulas
        teach/test_syllabus translations/test_messages[pages,]""",
    "web/**": "house/test_versions",
    "tools/*.py": "house/test_rooms house/test_versions notebooks/test_notebooks",
    "tools/minutes.py": "teach/test_syllabus",
    "tools/runs.py": "notebooks/test_runs[00]",
    "tools/plain.py": "notebooks/test_runs[00]",
    "tools/execute.py": "notebooks/test_runs[00]",
    "tools/teach/{name}.py": "house/test_rooms teach/test_{name}",
    "tools/teach/problems.py": "teach/test_exam",
    "tools/teach/*.j2": "teach/test_exam translations/test_teaching",
    "tools/teach/{grade}.py": "teach/test_grading",
    "tools/translate/*.py": """house/test_rooms translations/test_library
        translations/test_messages""",
    "tools/site/*.py": "house/test_rooms",
    "tools/bench/*": "",
    "tests/{folder}/test_{name}.py": "{folder}/test_{name}",
    "tests/claims/test_claims_{NN}.py": "claims/test_tables[{NN}]",
    "tests/claims/{NN}.txt": "claims/test_tables[{NN}]",
    "tests/claims/deeper/{NN}.txt": "claims/test_tables[deeper/{NN}]",
    "tests/claims/pages.txt": "claims/test_tables[pages]",
    "tests/claims/*.py": "claims/test_detectors",
    "tests/{folder}/conftest.py": "{folder}/test_*",
    "tests/exercises/*.*": "exercises/test_engine exercises/test_mistakes",
    "tests/exercises/tutored.txt": "teach/test_tutor",
    "tests/teach/sample.py": "teach/test_grading",
    "tests/browser/hands.py": "",
    "tests/notebooks/host.py": "",
    "tests/notebooks/*.txt": "house/test_versions",
    "tests/translations/english.py": """translations/test_edition
        translations/test_teaching""",
    "tests/library/refused.txt": "library/test_refusals",
    "tests/library/references/*": "library/test_network library/test_optimizers",
    "tests/*.*": "house/test_changed house/test_versions",
    "README.md": """claims/test_tables[{path}] house/test_versions
        notebooks/test_notebooks translations/test_messages[pages,]""",
    "AGENTS.md": """notebooks/test_notebooks teach/test_tutor
        translations/test_messages[pages,]""",
    "README.es.md": "",  # written by make spanish
    "CONTRIBUTING.md": "house/test_recipes notebooks/test_notebooks",
    "STYLE.md": "notebooks/test_notebooks",
    "CHANGELOG.md": "house/test_versions notebooks/test_notebooks",
    "*.toml": "house/test_changed house/test_rooms",
    "*.txt": "house/test_versions notebooks/test_notebooks",
    "*.yml": "notebooks/test_notebooks",
    "*.cff": "house/test_versions",
    ".*/**": "house/test_versions",
    ".binder/*": "house/test_shipped",
    ".devcontainer/*": "house/test_shipped",
    "tools/lock.txt": "house/test_shipped",
    "Makefile": "house/test_*",
    "LICENSE*": "",
    ".gitignore": "",
    ".dockerignore": "house/test_shipped",
}
FIELDS = {
    "**": ".*",
    "*": "[^/]*",
    "{NN}": r"(?P<NN>\d\d)",
    "{topic}": f"(?P<topic>{'|'.join(path.stem[3:] for path in NOTEBOOKS)})",
    "{name}": r"(?P<name>\w+)",
    "{folder}": r"(?P<folder>\w+)",
    "{grade}": "(?:child|grade|handed|judge|report|sealed|wall)",
}
TOPICS = {path.stem[3:]: path.stem[:2] for path in NOTEBOOKS}


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
    return sorted({*differ, *git("ls-files", "--others", "--exclude-standard")})


def fields(row, path):
    """Return what the fields of a row stand for in a path; None if it does not fit."""
    split = re.split(r"(\{\w+\}|\*\*|\*)", row)
    match = re.fullmatch("".join(FIELDS.get(p, re.escape(p)) for p in split), path)
    if match is None:
        return None
    named = match.groupdict() | {"path": path}
    return named | ({"NN": TOPICS[named["topic"]]} if "topic" in named else {})


def tests_of(path):
    """Return the tests that try a change of a file: `{test file: its parts}`.

    No part means the whole file.
    """
    tests = {}
    for row, named in TRIED_BY.items():
        values = fields(row, path)
        for name in named.format(**values).split() if values is not None else ():
            file, _, parts = name.rstrip("]").partition("[")
            for test in ROOT.glob(f"tests/{file}.py"):
                add(tests, test, {*parts.split(",")} if parts else set())
    return tests


def add(tests, test, parts):
    """Add parts of a test file to a choice; the whole file holds every part."""
    whole = not parts or tests.get(test) == set()
    tests[test] = set() if whole else tests.get(test, set()) | parts


def chosen(paths):
    """Return the tests that try a change of any of some files, as `tests_of` does."""
    tests = {}
    for path in paths:
        for test, parts in tests_of(path).items():
            add(tests, test, parts)
    return tests


@cache
def exercises():
    """Return `{exercise: number of its notebook}`."""
    numbers = {}
    for topic, number in TOPICS.items():
        path = ROOT / "notebooks" / "exercises" / f"{topic}.py"
        source = path.read_text("utf-8") if path.exists() else ""
        numbers |= dict.fromkeys(re.findall(r"(?m)^def (\w+)", source), number)
    return numbers


def parts_of(item):
    """Return the notebook, page or catalogue of which a test is; {""} if of none."""
    parts = set()
    for value in item.callspec.params.values() if hasattr(item, "callspec") else ():
        text = value.stem if isinstance(value, Path) else str(value)
        if isinstance(value, Path) and value.parent.name == "deeper":
            text = f"deeper/{text}"
        parts |= {
            part for part in (*PATHS, "pages", "library") if text.startswith(part)
        }
        parts |= {exercises()[text]} if text in exercises() else set()
        page = text.removeprefix("pages: ").partition(":")[0]
        parts |= {page} if page.endswith((".md", ".py")) else set()
    return parts or {""}


def is_chosen(item):
    """Say whether a test tries a change."""
    parts = chosen(changed()).get(item.path)
    return parts is not None and (not parts or bool(parts & parts_of(item)))


def report():
    """Return in lines what has changed, what is tried, and what is left."""
    tests, files = chosen(changed()), {*ROOT.glob("tests/*/test_*.py")}
    tried = [
        f"{file.parent.name}/{file.stem}{sorted(filter(None, parts)) or ''}"
        for file, parts in sorted(tests.items())
    ]
    left = sorted({f"{file.parent.name}/" for file in files - {*tests}})
    return [
        f"changed since {base()[1]}: {', '.join(changed()) or 'nothing'}",
        f"tried here: {', '.join(tried) or 'nothing'}".replace("'", ""),
        f"left for make test: what else reads these files, in {' '.join(left)}",
    ]
