"""What the tests of the exercises share: all exercises, and tables of answers."""

import linecache
import re
import textwrap
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from classroom.mistakes import Exercise
from classroom.mistakes.exercises import OnPaper
from tools.course import NOTEBOOKS

MODULES = {
    import_module(f"notebooks.exercises.{path.stem[3:]}"): path.stem[:2]
    for path in NOTEBOOKS
    if (path.parent / "exercises" / f"{path.stem[3:]}.py").exists()
}
EXERCISES, NAMES = {}, {}  # a name in the tests has the notebook's number
for module, number in MODULES.items():
    for name, value in vars(module).items():
        if isinstance(value, Exercise):
            EXERCISES[name], NAMES[name] = value, f"{number}-{name}"
checks = SimpleNamespace(**EXERCISES)
every_exercise = pytest.mark.parametrize("name", EXERCISES, ids=NAMES.get)


def handed(exercise, function):
    """Return what is handed in: a function, or on paper what it gives."""
    return function(*exercise.cases[0]) if isinstance(exercise, OnPaper) else function


def answers(file, exercises):
    """Return (exercise, answer, part of the verdict) of a table: see answers.txt."""
    rows, name, code = [], "", []
    for line in Path(__file__).with_name(file).read_text("utf-8").splitlines():
        if re.fullmatch(r"\[\w+\]", line):
            name = line[1:-1]
        elif line and not line.startswith("#"):
            before, arrow, sentence = line.partition("-> ")
            code += [before.rstrip()] if before.strip() else []
            if arrow:
                made = _answers(exercises[name], code)
                rows += [(name, answer, sentence) for answer in made]
                code = []
    return rows


def _answers(exercise, code):
    """Return what lines of a table hand in; errors find their lines."""
    scope = {"np": np, **exercise.answer.__globals__}
    if isinstance(exercise, OnPaper) or code[0].startswith("= "):
        return [eval(line.removeprefix("= "), scope) for line in code]
    source, names = "\n".join(code), re.findall(r"^(?:async )?def (\w+)", code[0])
    if not names or (len(code) > 1 and not code[-1].startswith(" ")):
        names, takes = [exercise.name], ", ".join(exercise.parameters)
        source = f"def {exercise.name}({takes}):\n{textwrap.indent(source, '    ')}\n"
    file = f"<{exercise.name} {hash(source)}>"
    linecache.cache[file] = len(source), None, source.splitlines(True), file
    exec(compile(source, file, "exec"), scope)
    return [scope[names[0]]]
