"""Checks for students: they name the mistake, and hold no right answer.

What stands in place of notebooks/exercises in the folder that tools/teach/homework.py
makes: code, and the data that students/sealed.py reads.
"""

import ast
import base64
import itertools
import re
import zlib
from gettext import gettext as _
from pathlib import Path

import numpy as np

from classroom.mistakes import Exercise, diagnosis, edits, mutations
from classroom.mistakes.diagnosis import RELATIONS, Attempt, listed_pairs
from classroom.mistakes.exercises import OnPaper
from classroom.mistakes.limits import Clock
from classroom.mistakes.values import Outcome
from tools.runs import digest
from tools.teach.students import cells, locks
from tools.teach.students.locks import RIGHT

SEARCH = 6  # seconds of work, for the mistakes of one exercise


def candidates(exercise):
    """Yield (sentence, source, listed) for each mistake that a check would name.

    In the order of the check: those that are listed, one slip, two that are listed.
    On paper only those that are listed: other numbers may be near by chance.
    """
    for edit, sentence in exercise.mistakes.items():
        yield from ((sentence, source, True) for source in exercise.with_edits(edit))
    if isinstance(exercise, OnPaper):
        return
    if exercise.exact:
        for slip in mutations.exchanged_arguments, mutations.mutants:
            for source in exercise.sources:
                yield from ((*mutant, False) for mutant in slip(source))
    yield from ((*pair, False) for pair in listed_pairs(exercise))


def related(exercise):
    """Yield outcomes with the right values in another order, or one made from them."""
    names = exercise.returns.split(", ")
    places = [k for k, name in enumerate(names) if not name.startswith("log ")]

    def outcomes(change):
        each = []
        for outcome in exercise.targets:
            values = list(outcome.values)
            replacements = change([values[k] for k in places])
            for k, value in zip(places, replacements, strict=True):
                values[k] = value
            each.append(Outcome(tuple(values)))
        return each

    for order in itertools.permutations(range(len(places))) if len(names) < 5 else ():
        yield outcomes(lambda values, order=order: [values[i] for i in order])
    for relation, k in itertools.product(RELATIONS.values(), range(len(places))):
        with np.errstate(all="ignore"):
            yield outcomes(
                lambda v, k=k, relation=relation: [*v[:k], relation(v[k]), *v[k + 1 :]]
            )


def wrong_outcomes(exercise):
    """Yield (sentence, outcomes) for each mistake, as long as there is time."""
    clock = Clock(SEARCH)
    for sentence, source, listed in candidates(exercise):
        function = edits.function_of(source, exercise.answer) if source else None
        if not function or (clock.is_over() and not listed):
            continue
        outcomes = [exercise.outcome(function, case) for case in exercise.cases]
        errors = [outcome.kind for outcome in outcomes if outcome.kind]
        if exercise.same(outcomes, exercise.targets) or len(errors) == len(outcomes):
            continue
        if listed:
            sentence = _(sentence).format(**exercise.numbers_of(outcomes))
        elif errors or any(np.isnan(v).any() for o in outcomes for v in o.values):
            continue
        yield sentence, outcomes
    for outcomes in related(exercise) if exercise.exact else ():
        if not exercise.same(outcomes, exercise.targets):
            attempt = Attempt(exercise, outcomes, clock)
            if sentence := diagnosis.order(attempt) or diagnosis.related(attempt):
                yield sentence, outcomes


def exercise_data(exercise):
    """Return what stands in place of a right answer: see students/sealed.py."""
    lock, right = locks.Lock(exercise.within), exercise.targets
    salt = digest(*exercise.sources)
    praise = [(RIGHT + exercise.praise_of(right), right)]
    seals = {}
    for sentence, outcomes in itertools.chain(praise, wrong_outcomes(exercise)):
        grids = lock.grids_of(outcomes)
        key = lock.key(outcomes, grids, salt)
        seals.setdefault(key, [grids, *locks.seal(key, sentence)])
    columns = []
    for k in range(len(exercise.returns.split(", "))):
        column = [Outcome(outcome.values[k : k + 1]) for outcome in right]
        grids = lock.grids_of(column)
        key = lock.key(column, grids, f"{salt} {k}")
        columns.append([grids, locks.seal(key, "")[0]])
    shapes = [[v.shape for v in outcome.values] for outcome in right]
    data = {"salt": salt, "shapes": shapes, "columns": columns}
    return data | {"locks": [*seals.values()]}


def choices_of(module):
    """Return {name: arguments of compare} for the checks of a module that compare."""
    choices, compare = {}, module.__dict__.get("compare")
    functions = {n: f for n, f in vars(module).items() if hasattr(f, "__code__")}
    for name, check in functions.items():
        if "compare" in check.__code__.co_names:
            calls = []
            module.compare = lambda *given, calls=calls, **_more: calls.append(given)
            try:
                check({})
            finally:
                module.compare = compare
            *_, truth, hints, options, praise = calls[0]
            choices[name] = truth, hints, list(options), praise
    return choices


def choice_data(name, truth, hints, options, praise):
    """Return the data of a check of choices, a hash in place of each right option."""
    salt = digest(name, *hints.values())
    marks = {k: locks.option_mark(salt, k, _(option)) for k, option in truth.items()}
    hints = {letter: _(hint) for letter, hint in hints.items()}
    data = {"salt": salt, "marks": marks, "hints": hints}
    return data | {"options": [*map(_, options)], "praise": _(praise)}


def without_answers(module):
    """Return (code, data) that stand in place of notebooks/exercises/<topic>.py."""
    names = dict(vars(module))
    checks = {name: v for name, v in names.items() if isinstance(v, Exercise)}
    data = {name: exercise_data(exercise) for name, exercise in checks.items()}
    choices = choices_of(module)
    data |= {name: choice_data(name, *choices[name]) for name in choices}
    if "suspects" in names:
        data["suspects"] = {
            letter: base64.b64encode(zlib.compress(code.encode())).decode()
            for letter, code in names["codes"].items()
        }
        data["bugs"] = names["bugs"]
    return code_without_answers(Path(module.__file__).read_text("utf-8"), data), data


# What stands in place of a decorator, and what only an answer needs.
SEALED = {"exercise": "sealed", "on_paper": "sealed_on_paper", "plot": "sealed_plot"}
CHECKS = *SEALED, "compare", "not_yet", "function_of"
SPECIAL = {
    "suspects": "suspects = suspects(__file__)",
    "bugs": 'bugs = unpacked(__file__, "bugs")',
}


def code_without_answers(source, data, names=()):
    """Return the code of a module without answers: what its cases need, no more."""
    imports, nodes, queue, parts = [], {}, list(names), set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports.append(node)
            continue
        first, *_others = [*getattr(node, "decorator_list", ()), None]
        if getattr(getattr(first, "func", None), "id", "") in SEALED:
            node = _stub(node)
            queue.append(node.name)
        nodes |= dict.fromkeys(cells.targets(node), node)
    while queue:
        if (name := queue.pop()) in nodes and name not in parts:
            parts.add(name)
            queue += [n.id for n in ast.walk(nodes[name]) if isinstance(n, ast.Name)]
    body = [ast.unparse(node) for name, node in nodes.items() if name in parts]
    body += [code for name, code in SPECIAL.items() if name in data]
    choices = [name for name, entry in data.items() if "marks" in entry]
    body += [f'{name} = choices(__file__, "{name}")' for name in choices]
    text = "\n\n\n".join(body)
    lines = ['"""Checks without answers, made by tools/teach/checks.py."""', ""]
    lines += _imports(imports, text)
    names = ["choices", *SEALED.values(), "suspects", "unpacked"]
    names = [name for name in names if f"{name}(" in text]
    lines += [f"from classroom.sealed import {', '.join(names)}"] * bool(names)
    return "\n".join([*lines, "", "", text, ""])


def _imports(nodes, text):
    """Yield those imports that a text uses, from checks without answers."""
    for node in nodes:
        for alias in node.names:
            name = alias.asname or alias.name.split(".")[0]
            if re.search(rf"\b{name}\b", text) and alias.name not in CHECKS:
                code = ast.unparse(type(node)(**{**vars(node), "names": [alias]}))
                yield code.replace("notebooks.exercises", "notebooks.homework")


def _stub(node):
    """Return an exercise without its answer, its praise and its mistakes."""
    call = node.decorator_list[0]
    call.func = ast.Name(SEALED[call.func.id])
    answers = "also", "forms", "numbers", "praise"
    call.keywords = [k for k in call.keywords if k.arg not in answers]
    call.args = call.args[:1] + call.args[2:]  # the second is the praise
    about = re.split(r"\n\s*\n[^\n]* ->", ast.get_docstring(node, clean=False))[0]
    node.body = [ast.Expr(ast.Constant(about.rstrip() + "\n    "))]
    return node
