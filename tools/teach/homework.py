"""Make homework: a folder for the students, without answers, and one for the teacher.

    python -m tools.teach.homework [--only 05] [--to build/homework]

students/   notebooks without solutions, checks without answers, a sheet per notebook
teacher/    the solutions, the answers of each variant
"""

import argparse
import ast
import json
import re
import secrets
import shutil
from gettext import gettext as _
from importlib import import_module
from pathlib import Path

import matplotlib
import nbformat
import numpy as np
import polib

from classroom.mistakes import Exercise
from classroom.mistakes.exercises import OnPaper
from tools.course import NOTEBOOKS, ROOT
from tools.plain import FENCE, names_of, tagged
from tools.runs import digest
from tools.teach import checks, problems
from tools.teach.students.cells import targets
from tools.teach.students.locks import VARIANTS

OUT = ROOT / "build" / "homework"
PROBLEMS = 3  # on a sheet
SECRET = 16  # letters of a secret, at least
JUNK = shutil.ignore_patterns("__pycache__", ".*", "checkpoints")
FOR_STUDENTS = (  # as they are
    "utils", "classroom", "notebooks/quizzes", "notebooks/inventory", "AGENTS.md",
    "CITATION.cff", "notebooks/glossary.md", "requirements.txt",
)  # fmt: skip
# What checks without answers follow from.
SOURCES = (
    "utils/*.py", "classroom/**/*.py", "classroom/languages/*/*/*.mo",
    "notebooks/exercises/*.py", "tools/teach/checks.py", "tools/teach/students/*.py",
)  # fmt: skip


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
        after = cells[last + 1 : last + 6]
        hint = f"<details><summary>{_('Hint')}"  # in its heading's cell, or its own
        part += [c for c in after if c.source.startswith(hint)][:1]
        solution = next(c for c in after if "solution" in c.metadata.get("tags", []))
        tasks.append((name, variable, part, solution))
    return tasks


def _stands_alone(cell):
    return cell.cell_type == "markdown" or "checks." in cell.source


def section_of(notebook, name):
    """Return the id of the cell that begins the section in which an exercise stands."""
    section = notebook.cells[0].id
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and re.search(r"(?m)^## ", cell.source):
            section = cell.id
        if cell.source.startswith(f"checks.{name}("):
            break
    return section


def definitions(notebook, imports):
    """Return what a notebook defines and its solutions use, as code."""
    places, sources = {}, {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and not re.search(r"(?m)^ *[%!]", cell.source):
            for node in ast.parse(cell.source).body:
                for name in targets(node):
                    places.setdefault(name, ast.get_source_segment(cell.source, node))
    solutions = [FENCE.search(c.source) for c in tagged(notebook, "solution")]
    queue = [match[1] for match in solutions if match]
    cells = [imports, *(cell.source for cell in tagged(notebook, "exercise"))]
    names = set().union(*(names_of(source)[0] for source in cells))
    while queue:
        for name in names_of(queue.pop(0))[1] & set(places) - names - set(sources):
            sources[name] = places[name]
            queue.append(places[name])
    order = [name for name in places if name in sources]
    return "\n".join(dict.fromkeys(sources[name] for name in order))


def sheet(notebook, number, count):
    """Return the sheet of a notebook: exercises, so many problems, how to hand in."""
    new = nbformat.v4.new_notebook(metadata=dict(notebook.metadata))
    new.metadata["homework"] = number
    cells = {cell.id: cell for cell in notebook.cells}
    title = re.match(r"# (.+)", notebook.cells[0].source)[1]

    def add(form, source, name, *tags):
        cell = form(source, id=name, metadata={"tags": list(tags)} if tags else {})
        new.cells.append(cell)

    text, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    add(text, _(WELCOME).format(title=title, number=number), "welcome")
    add(code, cells["setup"].source, "setup")
    add(code, 'identifier = ...\nname = ""', "identity", "answer")
    imports = cells["imports"].source
    imports = imports.replace("notebooks.exercises", "notebooks.homework")
    add(code, imports, "imports", "answer")
    if lines := definitions(notebook, imports):
        comment = _("# Defined in the notebook.")
        add(code, f"{comment}\n{lines}", "given", "answer")
    for name, variable, part, _solution in exercises(notebook):
        for cell in part:
            source = without_answers(cell.source)
            if source.startswith("checks."):
                source = f"checks.{name}({variable})"
            tags = ["exercise"] if "exercise" in cell.metadata.get("tags", []) else []
            form = text if cell.cell_type == "markdown" else code
            add(form, source, cell.id, *tags)
    if count:
        add(text, _("## Problems with your own numbers"), "problems")
    start = "from classroom.sealed import Sheet\n\nsheet = Sheet"
    add(code, f'{start}("{number}", identifier, name)', "sheet")
    for k in range(1, count + 1):
        add(code, f"sheet.problem({k})", f"problem-{k}")
        add(code, f"problem_{k} = ...", f"problem-{k}-answer", "exercise")
    add(text, _("## Hand in"), "hand-in")
    add(code, "sheet.write()", "write")
    return new


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


def secret_of(teacher, word=""):
    """Return the secret in every variant: this word, the stored one, or a new one."""
    path = teacher / "secret.txt"
    if word and len(word) < SECRET:
        sentence = _(
            "SECRET={given} is found by trying words: take {count} letters or more."
        )
        raise SystemExit(sentence.format(given=word, count=SECRET))
    if not word and path.exists():
        return path.read_text("utf-8").strip()
    teacher.mkdir(parents=True, exist_ok=True)
    path.touch(0o600)
    path.write_text(word or secrets.token_hex(16), "utf-8")
    return path.read_text("utf-8")


def variants_of(problems, number, n, secret):
    """Return n variants of a sheet, each [(problem, question), ...]."""
    variants, count = [], min(PROBLEMS, len(problems))
    for k in range(n):
        rng = np.random.default_rng([int(number), k, *secret.encode()])
        draw = sorted(rng.choice(len(problems), count, replace=False))
        variants.append([(problems[i], problems[i].variant(k, secret)) for i in draw])
    return variants


def _text(question):
    """Return a problem's text, with what can be chosen, if so."""
    if not isinstance(question.right, str):
        return question.text
    options = sorted([question.right, *question.wrong])
    return "\n".join([question.text, "", *(f'- `"{option}"`' for option in options)])


def key_of(problem, question):
    """Return a problem with its answers, for the teacher."""
    data = {"name": problem.name, "title": problem.title, "cell": problem.cell}
    right, *wrong = (
        answer if isinstance(answer, str) else float(answer)
        for answer in (question.right, *question.wrong)
    )
    within = 0 if isinstance(right, str) else question.within
    wrong = [
        [answer, why]
        for answer, why in zip(wrong, question.wrong.values(), strict=True)
    ]
    data |= {"text": _text(question), "right": right, "wrong": wrong}
    return data | {"within": within}


# Folders


def without_answers_in(path):
    """Take out of a catalogue what checks say of answers, which is behind locks."""
    answers = set()
    for topic in (notebook.stem[3:] for notebook in NOTEBOOKS):
        if (ROOT / f"notebooks/exercises/{topic}.py").exists():
            module = import_module(f"notebooks.exercises.{topic}")
            for exercise in vars(module).values():
                if isinstance(exercise, Exercise):
                    answers |= {exercise.praise, *exercise.mistakes.values()}
    catalogue = polib.mofile(str(path))
    catalogue[:] = [entry for entry in catalogue if entry.msgid not in answers]
    catalogue.save(str(path))


def build(out=OUT, only=(), problems_of=None, secret=""):
    """Write the folders for students and teacher; return their paths."""
    students, teacher = out / "students", out / "teacher"
    secret = secret_of(teacher, secret)
    for folder in (students, teacher):
        shutil.rmtree(folder, ignore_errors=True)
    (students / "notebooks" / "homework").mkdir(parents=True)
    secret_of(teacher, secret)
    for name in FOR_STUDENTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, students / name, ignore=JUNK)
        else:
            shutil.copy(ROOT / name, students / name)
    for path in ROOT.glob("tools/teach/students/*.py"):
        shutil.copy(path, students / "classroom")
    (students / "README.md").write_text(_(README), "utf-8")
    for path in (students / "classroom").rglob("*.mo"):
        without_answers_in(path)
    problems_of = problems_of or _problems_of
    for path in NOTEBOOKS:
        number, topic = path.stem[:2], path.stem[3:]
        if only and number not in (*only, "00"):
            continue
        notebook = nbformat.read(path, as_version=4)
        if tagged(notebook, "exercise"):
            variants = variants_of(problems_of(number), number, VARIANTS, secret)
            _write_sheet(students, teacher, notebook, path, variants)
        without_solutions(notebook, topic)
        nbformat.write(notebook, students / "notebooks" / path.name)
    steps = (ROOT / "notebooks/exercises/steps.py").read_text("utf-8")
    code = checks.code_without_answers(steps, {}, ["cases"])
    (students / "notebooks/homework/steps.py").write_text(code, "utf-8")
    return students, teacher


def _problems_of(number):
    return problems.of(number) if number in problems.NUMBERS else []


def demand_language(homework):
    """Stop where homework was made in another language than this course is in."""
    for path in (homework / "teacher").glob("[0-9]*.json"):
        language = json.loads(path.read_text("utf-8"))["language"]
        if language != _("en"):
            sentence = _("Made with LANGUAGE={language}: add that to the command.")
            raise SystemExit(sentence.format(language=language))


def _write_sheet(students, teacher, notebook, path, variants):
    """Write one notebook's checks, its sheet and its answers."""
    number, topic = path.stem[:2], path.stem[3:]
    module = import_module(f"notebooks.exercises.{topic}")
    code, data = _without_answers(module, path)
    folder = students / "notebooks" / "homework"
    (folder / f"{topic}.py").write_text(code, "utf-8")
    _write(folder / f"{topic}.json", data)
    tasks = exercises(notebook)
    new = sheet(notebook, number, len(variants[0]))
    nbformat.write(new, students / "notebooks" / f"{number}_homework.ipynb")
    cells = {cell.id: cell.source for cell in new.cells if cell.cell_type == "code"}
    prelude = [cells[name] for name in ("imports", "given") if name in cells]
    answers = {name: variable for name, variable, *_more in tasks}
    for_sheet = {"answers": answers, "prelude": prelude, "cells": [*cells.values()]}
    for_sheet["variants"] = [[_text(question) for _p, question in v] for v in variants]
    _write(folder / f"{number}.json", for_sheet)
    practice = {n for n, entry in data.items() if "marks" in entry}
    practice |= {n for n, check in vars(module).items() if isinstance(check, OnPaper)}
    keys = [[key_of(*pair) for pair in variant] for variant in variants]
    key = {"number": number, "topic": topic, "exercises": [], "variants": keys}
    for name, variable, part, _solution in tasks:
        about = {"name": name, "variable": variable, "title": title_of(part[0].source)}
        about["cell"] = section_of(notebook, name)
        key["exercises"].append(about | {"points": int(name not in practice)})
    _write(teacher / f"{number}.json", key | {"language": _("en")})
    solutions = teacher / f"{number}_solutions.md"
    solutions.write_text(_solutions(path.stem, tasks, keys), "utf-8")


def _solutions(notebook, tasks, variants):
    """Return the solutions of a sheet, and the answers of each variant, as Markdown."""
    lines = [_("# Solutions of {notebook}").format(notebook=notebook)]
    for name, _variable, part, solution in tasks:
        marks = rf"</?(details|summary)>|{_('Solution')}\b"
        text = re.sub(marks, "", solution.source).strip()
        lines += [f"## {title_of(part[0].source)} (`{name}`)", text]
    for k, variant in enumerate(variants):
        lines.append(_("## Variant {number}").format(number=k))
        for i, problem in enumerate(variant, 1):
            lines.append(f"{i}. {problem['text']}\n   **{problem['right']}**")
    return "\n\n".join(lines)


def title_of(source):
    """Return the title in the heading of an exercise, without minutes."""
    return re.search(rf"### ({_('Exercise')}.+?)(?: · |$)", source, re.M)[1]


def _without_answers(module, path):
    """Return checks.without_answers, made anew only if something has changed."""
    files = sorted(file for pattern in SOURCES for file in ROOT.glob(pattern))
    store, name = ROOT / "build" / "sealed", f"{path.stem}-{checks.SEARCH}"
    file = store / f"{name}-{digest(*files, path, _('en'))}.json"
    if not file.exists():
        store.mkdir(parents=True, exist_ok=True)
        for old in store.glob(f"{name}-*"):
            old.unlink(missing_ok=True)
        _write(file, checks.without_answers(module))
    return json.loads(file.read_text("utf-8"))


def _write(path, data):
    text = json.dumps(data, indent=0, ensure_ascii=False, default=_plain_number)
    path.write_text(text, "utf-8")


def _plain_number(value):
    return value.item() if isinstance(value, np.generic) else list(value)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="", help="01, or several: 01,05")
    parser.add_argument("--to", type=Path, default=OUT)
    parser.add_argument("--secret", default="", help="a word; else one is made, once")
    options = parser.parse_args()
    matplotlib.use("Agg")
    only = [number.zfill(2) for number in re.findall(r"\d+", options.only)]
    students, teacher = build(options.to, only, secret=options.secret)
    summary = _("For students: {students}\nFor the teacher: {teacher}")
    print(summary.format(students=students, teacher=teacher))
