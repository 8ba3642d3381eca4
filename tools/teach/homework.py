"""Make homework: a folder for the students, without answers, and one for the teacher.

    python -m tools.teach.homework [--only 05] [--to build/homework]

students/   notebooks without solutions, checks without answers, a sheet per notebook
teacher/    the solutions, the answers of each variant
"""

import argparse
import ast
import base64
import csv
import importlib
import importlib.util
import itertools
import json
import re
import secrets
import shutil
import zlib
from collections import Counter
from gettext import gettext as _
from pathlib import Path

import matplotlib
import nbformat
import numpy as np
import polib

from classroom.mistakes import Exercise, diagnosis, edits, mutations
from classroom.mistakes.diagnosis import RELATIONS, Attempt, listed_pairs
from classroom.mistakes.exercises import OnPaper
from classroom.mistakes.limits import Clock
from classroom.mistakes.values import Outcome
from tools.course import NOTEBOOKS, PATHS, ROOT
from tools.plain import FENCE, names_of, tagged
from tools.runs import digest
from tools.teach import sealed

OUT = ROOT / "build" / "homework"
PROBLEMS = 3  # on a sheet
SECRET = 16  # letters of a secret, at least
SEARCH = 6  # seconds of work, for the mistakes of one exercise


# Locks for an exercise


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

    def changed(change):
        made = []
        for outcome in exercise.targets:
            values = list(outcome.values)
            new = change([values[k] for k in places])
            for k, value in zip(places, new, strict=True):
                values[k] = value
            made.append(Outcome(tuple(values)))
        return made

    for order in itertools.permutations(range(len(places))) if len(names) < 5 else ():
        yield changed(lambda values, order=order: [values[i] for i in order])
    for relation, k in itertools.product(RELATIONS.values(), range(len(places))):
        with np.errstate(all="ignore"):
            yield changed(
                lambda v, k=k, relation=relation: [*v[:k], relation(v[k]), *v[k + 1 :]]
            )


def wrong_outcomes(exercise):
    """Yield (sentence, outcomes) for each mistake, as long as there is time."""
    clock = Clock(SEARCH)
    for sentence, source, listed in candidates(exercise):
        function = edits.function_of(source, exercise.answer) if source else None
        if not function or (clock.is_over() and not listed):
            continue
        got = [exercise.outcome(function, case) for case in exercise.cases]
        failed = [outcome.kind for outcome in got if outcome.kind]
        if exercise.same(got, exercise.targets) or len(failed) == len(got):
            continue
        if listed:
            sentence = _(sentence).format(**exercise.numbers_of(got))
        elif failed or any(
            np.isnan(v).any() for outcome in got for v in outcome.values
        ):
            continue
        yield sentence, got
    if exercise.exact:
        for got in related(exercise):
            if not exercise.same(got, exercise.targets):
                attempt = Attempt(exercise, got, clock)
                sentence = diagnosis.order(attempt) or diagnosis.related(attempt)
                yield from [(sentence, got)] if sentence else []


def sealed_exercise(exercise):
    """Return what stands in place of a right answer: see sealed.py."""
    lock, right = sealed.Lock(exercise.within), exercise.targets
    salt = digest(*exercise.sources)
    praise = [(sealed.RIGHT + exercise.praise_of(right), right)]
    locks, seen = [], set()
    for sentence, got in itertools.chain(praise, wrong_outcomes(exercise)):
        grids = lock.grids_of(got)
        key = lock.key(got, grids, salt)
        if key not in seen:
            seen.add(key)
            locks.append([grids, *sealed.locked(key, sentence)])
    fine = []
    for k in range(len(exercise.returns.split(", "))):
        column = [Outcome(outcome.values[k : k + 1]) for outcome in right]
        grids = lock.grids_of(column)
        key = lock.key(column, grids, f"{salt} {k}")
        fine.append([grids, sealed.locked(key, "")[0]])
    shapes = [[v.shape for v in outcome.values] for outcome in right]
    return {"salt": salt, "shapes": shapes, "fine": fine, "locks": locks}


def choices_of(module):
    """Return {name: arguments of compare} for the checks of a module that compare."""
    choices, compared = {}, module.__dict__.get("compare")
    names = [n for n, f in vars(module).items() if hasattr(f, "__code__")]
    for name in names:
        if "compare" not in vars(module)[name].__code__.co_names:
            continue
        keep = []
        module.compare = lambda *arguments, keep=keep: keep.append(arguments)
        try:
            vars(module)[name]({})
        finally:
            module.compare = compared
        *_, truth, hints, options, praise = keep[0]
        choices[name] = truth, hints, list(options), praise
    return choices


def sealed_choices(name, truth, hints, options, praise):
    """Return a check of choices, with a hash in place of each right option."""
    salt = digest(name, *hints.values())
    marks = {k: sealed.option_mark(salt, k, _(option)) for k, option in truth.items()}
    hints = {letter: _(hint) for letter, hint in hints.items()}
    kept = {"salt": salt, "marks": marks, "hints": hints}
    return kept | {"options": [*map(_, options)], "praise": _(praise)}


def sealed_module(module):
    """Return (code, data) that stand in place of notebooks/exercises/<topic>.py."""
    data, names = {}, vars(module)
    for name, exercise in list(names.items()):
        if isinstance(exercise, Exercise):
            data[name] = sealed_exercise(exercise)
    chosen = choices_of(module)
    data |= {name: sealed_choices(name, *kept) for name, kept in chosen.items()}
    if "suspects" in names:
        data["suspects"] = {
            letter: base64.b64encode(zlib.compress(code.encode())).decode()
            for letter, code in names["codes"].items()
        }
        data["bugs"] = names["bugs"]
    return _code(Path(module.__file__).read_text("utf-8"), data), data


SPECIAL = {
    "suspects": "suspects = suspects(__file__)",
    "bugs": 'bugs = unpacked(__file__, "bugs")',
}


# What stands in place of a decorator, and what only an answer needs.
SEALED = {"exercise": "sealed", "on_paper": "sealed_on_paper", "plot": "sealed_plot"}
CHECKS = *SEALED, "compare", "not_yet", "function_of"


def _code(source, data, wanted=()):
    """Return the code of a module without answers: what its cases need, no more."""
    tree, kept, heads = ast.parse(source), {}, []
    defined = {}
    for node in tree.body:
        names = [t.id for t in getattr(node, "targets", []) if isinstance(t, ast.Name)]
        for name in [*names, *([node.name] if hasattr(node, "name") else [])]:
            defined[name] = node
        if isinstance(node, ast.Import | ast.ImportFrom):
            heads.append(node)
    queue = list(wanted)
    for name, node in defined.items():
        decorators = getattr(node, "decorator_list", [])
        heading = getattr(decorators[0], "func", None) if decorators else None
        if getattr(heading, "id", "") in SEALED:
            defined[name] = _emptied(node)
            queue.append(name)
    while queue:
        if (name := queue.pop()) in kept or name not in defined:
            continue
        kept[name] = defined[name]
        used = {n.id for n in ast.walk(kept[name]) if isinstance(n, ast.Name)}
        queue += sorted(used & set(defined))
    body = [ast.unparse(defined[name]) for name in defined if name in kept]
    body += [code for name, code in SPECIAL.items() if name in data]
    chosen = [name for name, entry in data.items() if "marks" in entry]
    body += [f'{name} = choices(__file__, "{name}")' for name in chosen]
    text = "\n\n\n".join(body)
    lines = ['"""Checks without answers, made by tools/teach/homework.py."""', ""]
    for node in heads:
        for alias in node.names:
            used = re.search(rf"\b{alias.asname or alias.name.split('.')[0]}\b", text)
            statement = ast.copy_location(
                type(node)(**{**vars(node), "names": [alias]}), node
            )
            code = ast.unparse(statement).replace(
                "notebooks.exercises", "notebooks.homework"
            )
            lines += [code] * bool(used and alias.name not in CHECKS)
    ours = ["choices", *SEALED.values(), "suspects", "unpacked"]
    ours = [name for name in ours if f"{name}(" in text]
    lines += [f"from classroom.sealed import {', '.join(ours)}"] * bool(ours)
    return "\n".join([*lines, "", "", text, ""])


def _emptied(node):
    """Return an exercise without its answer, its praise and its mistakes."""
    call = node.decorator_list[0]
    call.func = ast.Name(SEALED[call.func.id])
    hidden = ("also", "forms", "numbers", "praise")
    call.keywords = [k for k in call.keywords if k.arg not in hidden]
    call.args = call.args[:1] + call.args[2:]  # the second is the praise
    about = re.split(r"\n\s*\n[^\n]* ->", ast.get_docstring(node, clean=False))[0]
    node.body = [ast.Expr(ast.Constant(about.rstrip() + "\n    "))]
    return node


# Notebooks


def without_solutions(notebook, topic):
    """Take the solutions out of a notebook, and let it use checks without answers."""
    cells = []
    for cell in notebook.cells:
        if "solution" in cell.metadata.get("tags", []):
            continue
        if cell.cell_type == "markdown":
            cell.source = without_answers(cell.source).rstrip()
        else:
            cell.source = cell.source.replace(
                f"from notebooks.exercises import {topic}",
                f"from notebooks.homework import {topic}",
            )
        if cell.source:
            cells.append(cell)
    notebook.cells = cells
    return notebook


def without_answers(text):
    """Return Markdown without the answers that are folded in it."""
    words = _("Solution|One answer|An answer")  # with which they begin
    folded = rf"<details><summary>(?:{words})\b.*?</details>\s*"
    return re.sub(folded, "", text, flags=re.S)


def exercises(notebook):
    """Return [(check's name, variable, [cells up to the hint], solution)]."""
    tasks, cells = [], notebook.cells
    for k, cell in enumerate(cells):
        if "exercise" not in cell.metadata.get("tags", []):
            continue
        first = next(j for j in range(k, -1, -1) if _("Exercise") in cells[j].source)
        last = next(j for j in range(k, len(cells)) if "checks." in cells[j].source)
        name, variable = re.match(r"checks\.(\w+)\((\w+)", cells[last].source).groups()
        part = cells[first : last + 1]
        part = [c for c in part if _stands_alone(c) or c is cell]
        after = cells[last + 1 : last + 4]
        hint = f"<details><summary>{_('Hint')}"  # in its heading's cell, or its own
        part += [c for c in after if c.source.startswith(hint)][:1]
        solution = next(c for c in after if "solution" in c.metadata.get("tags", []))
        tasks.append((name, variable, part, solution))
    return tasks


def solutions(number):
    """Return {variable: code} of the published solutions of a notebook."""
    tasks = exercises(nbformat.read(PATHS[number], as_version=4))
    return {
        variable: FENCE.search(solution.source)[1]
        for _name, variable, _part, solution in tasks
    }


def _stands_alone(cell):
    return cell.cell_type == "markdown" or "checks." in cell.source


def section_of(notebook, name):
    """Return the id of the cell that begins the section in which an exercise stands."""
    seen = notebook.cells[0].id
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and re.search(r"(?m)^## ", cell.source):
            seen = cell.id
        if cell.source.startswith(f"checks.{name}("):
            return seen
    return seen


def defined(notebook, imports):
    """Return the definitions of a notebook that its solutions use."""
    places, sources = {}, {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and not re.search(r"(?m)^ *[%!]", cell.source):
            for node in ast.parse(cell.source).body:
                for name in sealed.bound(node):
                    places.setdefault(name, ast.get_source_segment(cell.source, node))
    solutions = [FENCE.search(c.source) for c in tagged(notebook, "solution")]
    queue = [match[1] for match in solutions if match]
    cells = [imports, *(cell.source for cell in tagged(notebook, "exercise"))]
    known = set().union(*(names_of(source)[0] for source in cells))
    while queue:
        for name in names_of(queue.pop(0))[1] & set(places) - known - set(sources):
            sources[name] = places[name]
            queue.append(places[name])
    order = [name for name in places if name in sources]
    return "\n".join(dict.fromkeys(sources[name] for name in order))


def sheet(notebook, number, topic, problems):
    """Return the sheet of a notebook: exercises, problems, and what to hand in."""
    made = nbformat.v4.new_notebook(metadata=dict(notebook.metadata))
    made.metadata["homework"] = number
    cells = {cell.id: cell for cell in notebook.cells}
    title = re.match(r"# (.+)", notebook.cells[0].source)[1]

    def add(new, source, name, *tags):
        cell = new(source, id=name, metadata={"tags": list(tags)} if tags else {})
        made.cells.append(cell)

    text, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    add(text, _(WELCOME).format(title=title, number=number), "welcome")
    add(code, cells["setup"].source, "setup")
    add(code, 'identifier = ...\nname = ""', "identity", "answer")
    imports = cells["imports"].source.replace(
        "notebooks.exercises", "notebooks.homework"
    )
    add(code, imports, "imports", "answer")
    if given := defined(notebook, imports):
        comment = _("# Defined in the notebook.")
        add(code, f"{comment}\n{given}", "given", "answer")
    for name, variable, part, _solution in exercises(notebook):
        for cell in part:
            source = without_answers(cell.source)
            if source.startswith("checks."):
                source = f"checks.{name}({variable})"
            tags = ["exercise"] if "exercise" in cell.metadata.get("tags", []) else []
            new = text if cell.cell_type == "markdown" else code
            add(new, source, cell.id, *tags)
    if problems:
        add(text, _("## Problems with your own numbers"), "problems")
    start = "from classroom.sealed import Sheet\n\nsheet = Sheet"
    add(code, f'{start}("{number}", identifier, name)', "sheet")
    for k in range(1, problems + 1):
        add(code, f"sheet.problem({k})", f"problem-{k}")
        add(code, f"problem_{k} = ...", f"problem-{k}-answer", "exercise")
    add(text, _("## Hand in"), "hand-in")
    add(code, "sheet.write()", "write")
    return made


WELCOME = """# Homework: {title}

1. Write your identifier in place of the `...` below: your problems follow from it.
2. Write your answers in place of the other `...`. What an answer needs, beyond the \
imports, stands in its own cell.
3. Run all cells. The last one writes `answers-{number}-….json` beside this notebook: \
hand in that file, or this notebook.

The checks tell what is wrong. What you worked out on paper or chose is practice and \
gives no points; your own problems do, and nothing here knows their answers. The last \
cell says what cannot be read."""

README = """# Homework

You need Python 3.11 or newer. In this folder:

```
python3 -m venv .venv
.venv/bin/python -m pip install -r requirements.txt
.venv/bin/jupyter lab notebooks
```

Read a notebook, `05_adam`, then do its sheet, `05_homework`.
Hand in the file that its last cell writes, or the sheet itself.

Let an assistant read `AGENTS.md` first: then it asks, and does not tell.
"""


# Problems


def kept_secret(teacher, given=""):
    """Return the secret in every variant: the given one, the kept one, or a new one."""
    path = teacher / "secret.txt"
    if given and len(given) < SECRET:
        sentence = _(
            "SECRET={given} is found by trying words: take {count} letters or more."
        )
        raise SystemExit(sentence.format(given=given, count=SECRET))
    if not given and path.exists():
        return path.read_text("utf-8").strip()
    teacher.mkdir(parents=True, exist_ok=True)
    path.touch(0o600)
    path.write_text(given or secrets.token_hex(16), "utf-8")
    return path.read_text("utf-8")


def variants_of(problems, number, n, secret):
    """Return n variants of a sheet, each [(problem, question), ...]."""
    made = []
    for k in range(n):
        rng = np.random.default_rng([int(number), k, *secret.encode()])
        count = min(PROBLEMS, len(problems))
        chosen = sorted(rng.choice(len(problems), count, replace=False))
        made.append([(problems[i], problems[i].variant(k, secret)) for i in chosen])
    return made


def _text(question):
    """Return a problem's text, with what can be chosen, if so."""
    if not isinstance(question.right, str):
        return question.text
    options = sorted([question.right, *question.wrong])
    return "\n".join([question.text, "", *(f'- `"{option}"`' for option in options)])


def answered_problem(problem, question):
    """Return a problem with its answers, for the teacher."""
    kept = {"name": problem.name, "title": problem.title, "cell": problem.cell}
    kept |= {"text": _text(question)}
    right = question.right if isinstance(question.right, str) else float(question.right)
    wrong = [
        [v if isinstance(v, str) else float(v), why]
        for v, why in question.wrong.items()
    ]
    within = 0 if isinstance(right, str) else question.within
    return kept | {"right": right, "wrong": wrong, "within": within}


# Folders


def without_answers_in(path):
    """Take out of a catalogue what checks say of answers, which is behind locks."""
    told = set()
    for notebook in NOTEBOOKS:
        name = f"notebooks.exercises.{notebook.stem[3:]}"
        if importlib.util.find_spec(name):
            for exercise in vars(importlib.import_module(name)).values():
                if isinstance(exercise, Exercise):
                    told |= {exercise.praise, *exercise.mistakes.values()}
    catalogue = polib.mofile(str(path))
    catalogue[:] = [entry for entry in catalogue if entry.msgid not in told]
    catalogue.save(str(path))


def roster(path):
    """Return who is in the class, [{column: text}, ...]: of a CSV, or of lines."""
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    rows = [[cell.strip() for cell in row] for row in rows if any(row)]
    heads = rows.pop(0) if rows and "identifier" in rows[0] else ["identifier"]
    people = [dict(zip(heads, row, strict=False)) for row in rows]
    for name, many in Counter(sealed.plain(p["identifier"]) for p in people).items():
        if many > 1:
            sentence = _("{path}: {count} students are {name}: give each an identifier")
            raise SystemExit(sentence.format(path=path, count=many, name=name))
    return people


def build(out=OUT, only=(), problems_of=None, secret=""):
    """Write the folders for students and teacher; return their paths."""
    students, teacher = out / "students", out / "teacher"
    secret = kept_secret(teacher, secret)
    for folder in (students, teacher):
        shutil.rmtree(folder, ignore_errors=True)
    (students / "notebooks" / "homework").mkdir(parents=True)
    kept_secret(teacher, secret)
    junk = shutil.ignore_patterns("__pycache__", ".*", "checkpoints")
    shutil.copytree(ROOT / "utils", students / "utils", ignore=junk)
    shutil.copytree(ROOT / "classroom", students / "classroom", ignore=junk)
    shutil.copy(sealed.__file__, students / "classroom")
    for room in "notebooks/quizzes", "notebooks/inventory":
        shutil.copytree(ROOT / room, students / room, ignore=junk)
    copied = "AGENTS.md", "CITATION.cff", "notebooks/glossary.md", "requirements.txt"
    for name in copied:
        shutil.copy(ROOT / name, students / name)
    (students / "README.md").write_text(_(README), "utf-8")
    for path in (students / "classroom").rglob("*.mo"):
        without_answers_in(path)
    problems_of = problems_of or _all_problems
    for path in NOTEBOOKS:
        number, topic = path.stem[:2], path.stem[3:]
        if only and number not in (*only, "00"):
            continue
        notebook = nbformat.read(path, as_version=4)
        if tagged(notebook, "exercise"):
            variants = variants_of(problems_of(number), number, sealed.VARIANTS, secret)
            _write_sheet(students, teacher, notebook, path, variants)
        without_solutions(notebook, topic)
        nbformat.write(notebook, students / "notebooks" / path.name)
    steps = (ROOT / "notebooks/exercises/steps.py").read_text("utf-8")
    code = _code(steps, {}, ["cases"])
    (students / "notebooks/homework/steps.py").write_text(code, "utf-8")
    return students, teacher


def demand_language(homework):
    """Stop where homework was made in another language than this course is in."""
    for path in (homework / "teacher").glob("[0-9]*.json"):
        made = json.loads(path.read_text("utf-8"))["language"]
        if made != _("en"):
            sentence = _("Made with LANGUAGE={language}: add that to the command.")
            raise SystemExit(sentence.format(language=made))


def _all_problems(number):
    try:
        return importlib.import_module("tools.teach.problems").of(number)
    except (ImportError, ValueError):  # there are none
        return []


def _write_sheet(students, teacher, notebook, path, variants):
    """Write one notebook's checks, its sheet and its answers."""
    number, topic = path.stem[:2], path.stem[3:]
    module = importlib.import_module(f"notebooks.exercises.{topic}")
    code, data = _once(module, path)
    folder = students / "notebooks" / "homework"
    (folder / f"{topic}.py").write_text(code, "utf-8")
    _dump(folder / f"{topic}.json", data)
    tasks = exercises(notebook)
    answers = {name: variable for name, variable, *_more in tasks}
    made = sheet(notebook, number, topic, len(variants[0]))
    nbformat.write(made, students / "notebooks" / f"{number}_homework.ipynb")
    ours = {cell.id: cell.source for cell in made.cells if cell.cell_type == "code"}
    prelude = [ours[name] for name in ("imports", "given") if name in ours]
    kept = {"answers": answers, "prelude": prelude, "cells": [*ours.values()]}
    kept["variants"] = [[_text(question) for _p, question in v] for v in variants]
    _dump(folder / f"{number}.json", kept)
    practice = {n for n, entry in data.items() if "marks" in entry} | {
        n for n, check in vars(module).items() if isinstance(check, OnPaper)
    }
    asked = [
        {
            "name": name,
            "variable": variable,
            "title": title_of(part[0].source),
            "cell": section_of(notebook, name),
            "points": int(name not in practice),
        }
        for name, variable, part, _solution in tasks
    ]
    solved = [[answered_problem(*pair) for pair in variant] for variant in variants]
    kept = {"number": number, "topic": topic, "exercises": asked, "variants": solved}
    _dump(teacher / f"{number}.json", kept | {"language": _("en")})
    lines = [_("# Solutions of {notebook}").format(notebook=path.stem)]
    for name, _variable, part, solution in tasks:
        marks = rf"</?(details|summary)>|{_('Solution')}\b"
        inside = re.sub(marks, "", solution.source).strip()
        lines += [f"## {title_of(part[0].source)} (`{name}`)", inside]
    for k, variant in enumerate(solved):
        lines.append(_("## Variant {number}").format(number=k))
        lines += [
            f"{i}. {p['text']}\n   **{p['right']}**" for i, p in enumerate(variant, 1)
        ]
    (teacher / f"{number}_solutions.md").write_text("\n\n".join(lines), "utf-8")


def title_of(source):
    """Return the title in the heading of an exercise, without minutes."""
    return re.search(rf"### ({_('Exercise')}.+?)(?: · |$)", source, re.M)[1]


def _once(module, path):
    """Return the sealed module; made anew only if something has changed."""
    made_of = "utils/*.py", "classroom/**/*.py", "classroom/languages/*/*/*.mo"
    made_of += ("notebooks/exercises/*.py",)
    files = sorted(file for pattern in made_of for file in ROOT.glob(pattern))
    ours = Path(__file__), Path(sealed.__file__)
    key = digest(*files, *ours, path, _("en"))
    stored = ROOT / "build" / "sealed" / f"{path.stem}-{SEARCH}-{key}.json"
    if not stored.exists():
        stored.parent.mkdir(parents=True, exist_ok=True)
        for old in stored.parent.glob(f"{path.stem}-{SEARCH}-*"):
            old.unlink(missing_ok=True)
        _dump(stored, sealed_module(module))
    return json.loads(stored.read_text("utf-8"))


def _dump(path, data):
    text = json.dumps(data, indent=0, ensure_ascii=False, default=_plain_number)
    path.write_text(text, "utf-8")


def _plain_number(value):
    return value.item() if isinstance(value, np.generic) else list(value)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="", help="01, or several: 01,05")
    parser.add_argument("--to", type=Path, default=OUT)
    parser.add_argument("--secret", default="", help="a word; else one is made, once")
    wanted = parser.parse_args()
    matplotlib.use("Agg")
    only = [number.zfill(2) for number in re.findall(r"\d+", wanted.only)]
    students, teacher = build(wanted.to, only, secret=wanted.secret)
    summary = _("For students: {students}\nFor the teacher: {teacher}")
    print(summary.format(students=students, teacher=teacher))
