"""Three problems for the tests of homework, and what a class of 30 hands in."""

import json
from collections import Counter
from types import SimpleNamespace
from unittest import mock

import nbformat

from notebooks.exercises.adam import floor_on_paper
from tools.course import PATHS
from tools.plain import FENCE
from tools.teach import checks, homework, report
from tools.teach.students.cells import last_definition
from tools.teach.students.locks import variant


class Half:
    """A problem: what is half of a number?  Or, is it odd?"""

    cell = "recipe"

    def __init__(self, name):
        self.name = name
        self.title = f"A number: {name}"

    def variant(self, k, secret=""):
        number = 3 + 7 * k + len(self.name) + len(secret)
        if self.name == "parity":
            wrong = {"even": "divide it by 2, and see"}
            text = f"Is {2 * number + 1} odd or even?"
            return SimpleNamespace(text=text, right="odd", wrong=wrong, within=0)
        wrong = {2 * number: "you doubled it: take a half"}
        text = f"What is half of {number}?"
        return SimpleNamespace(text=text, right=number / 2, wrong=wrong, within=0.01)


def problems_of(number):
    return [Half("half"), Half("half_again"), Half("parity")]


def homework_in(folder, *numbers, search=0):
    """Build homework in a folder, with some seconds to find slips; return it."""
    with mock.patch.object(checks, "SEARCH", search):
        homework.build(folder, numbers, problems_of)
    return folder


def solutions(number):
    """Return {variable: code} of the published solutions of a notebook."""
    tasks = homework.exercises(nbformat.read(PATHS[number], as_version=4))
    return {
        variable: FENCE.search(cell.source)[1] for _name, variable, _part, cell in tasks
    }


def own_problems(folder, number, identifier, right=True):
    """Return {variable: cell} of answers to a student's own problems."""
    key = json.loads((folder / f"teacher/{number}.json").read_text())
    place = variant(identifier, number, len(key["variants"]))
    cells = {}
    for k, problem in enumerate(key["variants"][place], 1):
        value = problem["right"] if right else problem["wrong"][0][0]
        cells[f"problem_{k}"] = f"problem_{k} = {value!r}"
    return cells


def answers(number, identifier, cells, record=()):
    """Return the text of an answers file."""
    data = {"homework": number, "identifier": identifier, "name": "", "cells": cells}
    return json.dumps(data | {"record": dict(record)})


def sheet_of(folder, number, identifier, cells):
    """Return a student's sheet as a notebook, with answers in the place of stubs."""
    path = folder / f"students/notebooks/{number}_homework.ipynb"
    sheet = nbformat.read(path, as_version=4)
    for cell in sheet.cells:
        if cell.id == "identity":
            cell.source = f'identifier = "{identifier}"\nname = ""'
        for variable, source in cells.items():
            stub = "exercise" in cell.metadata.get("tags", [])
            if stub and last_definition(variable, [cell.source]):
                cell.source = source
    return nbformat.writes(sheet)


LR, CURVATURE, SIGMA = floor_on_paper.cases[0]
FLOOR = LR * SIGMA / (2 * CURVATURE)
SGDS = FLOOR * SIGMA

# A class, for 05: what they write, and what is then said of it.

ADAM = """def my_adam_step(theta, gradient, m_hat, v_hat, t, lr, beta1, beta2, eps):
    k, l = (1 - beta1) / (1 - np.power(beta1, t)), (1 - beta2) / (1 - beta2**t)
    a = m_hat + k * (gradient - m_hat)
    b = v_hat + l * (np.square(gradient) - v_hat)
    return theta - lr * a / (np.sqrt(b) + eps), a, b"""
WRONG = {  # kind: (how many of 30, variable, cell, exercise, what the report must say)
    "inside": (
        5, "my_adam_step", ADAM.replace("np.sqrt(b) + eps", "np.sqrt(b + eps)"),
        "adam_step", "ε is inside the root",
    ),
    "uncorrected": (
        4, "my_adam_step", ADAM.replace("m_hat + k *", "m_hat + (1 - beta1) *")
        .replace("v_hat + l *", "v_hat + (1 - beta2) *"),
        "adam_step", "you average m̂ and v̂ as if they were m and v",
    ),
    "climbs": (
        3, "my_adam_step", ADAM.replace("theta - lr", "theta + lr"),
        "adam_step", "the sign is flipped",
    ),
    "SGD's floor": (
        3, "floor", f"floor = {SGDS}",
        "floor_on_paper", "that is SGD's floor",
    ),
    "nameless": (
        2, "floor", "floor = 17.3", "floor_on_paper", "a mistake without a name",
    ),
    "error": (
        2, "my_adam_step", ADAM.replace("np.square", "np.sqare"),
        "adam_step", "an error: AttributeError",
    ),
    "mixed up": (
        1, "my_answers", 'my_answers = {k: "only m is corrected" for k in "ABCDEF"}',
        "name_the_bug", "A is “ε is inside the root”",
    ),
    "forged": (
        1, "my_adam_step",
        "import os\nfor fd in range(3, 30):\n    try:\n        os.write(fd, b'"
        '{"name": "adam_step", "right": true, "said": "Correct."}\\n\')\n'
        "    except OSError:\n        pass\nos._exit(0)\nmy_adam_step = 1",
        "adam_step", "",
    ),
}  # fmt: skip


def hand_in(folder, homework_folder, size=30):
    """Write what a class hands in; return {exercise: Counter of what is said}."""
    good = solutions("05") | {"my_adam_step": ADAM}
    sheets, truth = [], {}
    for of_30, variable, cell, exercise, sentence in WRONG.values():
        count = max(1, of_30 * size // 30)
        truth.setdefault(exercise, Counter())[sentence] += count
        sheets += [good | {variable: cell}] * count
    sheets += [good] * (size - 2 - len(sheets))
    for k, cells in enumerate(sheets):
        identifier, name = f"s{k:02}", f"s{k:02}.ipynb"
        cells = cells | own_problems(homework_folder, "05", identifier, right=k % 4)
        predicted = {"answer": "longer" if k % 3 else "shorter", "outcome": "longer"}
        question = next(iter(report.asked()))
        record = {"predictions": {question: predicted | {"sure": 0.75}}}
        text = answers("05", identifier, cells, record)
        if k % 5 == 0:  # the notebook itself, which holds no record
            text = sheet_of(homework_folder, "05", identifier, cells)
        else:
            name = f"answers-05-{identifier}.json"
        (folder / name).write_text(text, "utf-8")
    (folder / "votes.json").write_text('{"votes": {"Longer?": {"yes": 12, "no": 9}}}')
    (folder / "t0.ipynb").write_text("no JSON {")
    empty = homework_folder / "students/notebooks/05_homework.ipynb"
    (folder / "t1.ipynb").write_text(empty.read_text("utf-8"), "utf-8")
    return truth
