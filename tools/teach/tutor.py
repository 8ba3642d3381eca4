"""Write notebooks/ladders.md: hints for an assistant that asks, and does not tell.

    python -m tools.teach.tutor

AGENTS.md says how they are used.  An exercise has four rungs, each narrower than the
last: the section of its idea, which others may share; the notebook's hint, for all of
its mistakes; in a case of the check a value to look at, for some of them; one mistake,
by its name.  The name is what a check says before the colon: what to do stands behind
it, and is not written here, nor is the code of a hint, nor a formula that reckons.
"""

import importlib
import re
from gettext import gettext as _

import matplotlib
import nbformat
import numpy as np

from classroom.mistakes.differences import with_input
from classroom.mistakes.edits import function_of
from classroom.mistakes.exercises import OnPaper
from tools.course import FOLDER, NOTEBOOKS
from tools.teach import homework

# The cell that begins the section of the idea, where an exercise stands in another.
IDEAS = {
    "plot_gaps": "noise",
    "control": "update",
    "step_after": "sign",
    "drift": "nine",
    "plot_turned_saddle": "settle",
    "adam_step": "recipe",
    "plot_bound": "longest",
    "floor_on_paper": "stable-good",
    "name_the_bug": "recipe",
}
HEAD = """# Ladders

For an assistant that has read `AGENTS.md`. Behind each look of rung 3 stand, between \
bars, the names of rung 4: it says the one that the check has said, and no other."""


def look(exercise, mine, right):
    """Return what is first seen to be wrong in a case, "" if nothing is.

    Of several values the first, theta, comes last: it is made from the others.
    """
    if exercise.same([mine], [right]):
        return ""
    if mine.kind:
        return _("nothing comes")
    values = [*zip(exercise.names, mine.values, right.values, strict=True)]
    name, a, b = next(v for v in values[1:] + values[:1] if not exercise.equal(*v[1:]))
    if name.startswith("log "):
        return _("the {axis} axis has the other scale").format(axis=name[4:])
    sentence = _("`{name}` has another shape")
    if a.shape == b.shape:
        place = np.unravel_index((~exercise.close(a, b)).argmax(), a.shape)
        sentence = _wrong(a[place], b[place])
    return sentence.format(name=_(name))


def _wrong(mine, right):
    """Say how a number is wrong, and not by how much."""
    if np.isnan(mine):
        return _("`{name}` is not a number")
    if mine == 0:
        return _("`{name}` is 0")
    if right == 0:
        return _("`{name}` is not 0")
    if mine * right < 0:
        return _("`{name}` has the other sign")
    larger = abs(mine) > abs(right)
    return _("`{name}` is too large") if larger else _("`{name}` is too small")


def looks(exercise):
    """Return {arguments: {look: [names]}}, with each name once.

    It may have several edits, and an edit several forms of the answer: they are looked
    at in the first case in which all of them are seen to be wrong.
    """
    sources, rows = {}, []
    for edit, sentence in exercise.mistakes.items():
        sources.setdefault(_(sentence).split(": ")[0], []).extend(
            exercise.with_edits(edit)
        )
    cases = [*zip(exercise.cases, exercise.targets, strict=True)]
    for name, forms in sources.items():
        functions = [*filter(None, (function_of(f, exercise.answer) for f in forms))]
        columns = []
        for case, right in cases:
            outcomes = (exercise.outcome(f, case) for f in functions)
            columns.append([look(exercise, mine, right) for mine in outcomes])
            if "" not in columns[-1]:
                break
        case, column = min(enumerate(columns), key=lambda pair: pair[1].count(""))
        rows.append((case, _(", or ").join(dict.fromkeys(column)), name))
    made = {}
    for case, what, name in sorted(rows, key=lambda row: row[0]):
        given = with_input(exercise, case, "").removesuffix(", ")
        given = _("their number") if isinstance(exercise, OnPaper) else given
        made.setdefault(given, {}).setdefault(what, []).append(name)
    return made


def without_code(hint):
    """Return a hint without calls, functions of NumPy and formulas that reckon."""

    def shown(part):
        reckons = re.search(r"[-+/]", re.sub(r"_\{[^}]*\}", "", part[1] or ""))
        code = re.search(r"[(\[.]|arg", part[2] or "")
        return "`…`" if reckons or code else part[0]

    return re.sub(r"\$([^$]*)\$|`([^`]*)`", shown, hint)


def ladder(notebook, name, cells, module):
    """Return the rungs of an exercise, of which some cells of a notebook are."""
    starts = {cell.id: cell.source for cell in notebook.cells}
    start = starts[IDEAS.get(name, homework.section_of(notebook, name))]
    text = "\n".join(cell.source for cell in cells)
    section = re.search(r"(?m)^## (.+)", start)[1]
    lines = [f"### {homework.title_of(text)} (`{name}`)", "", f"1. {section}"]
    for hint in re.findall(rf"(?s)<summary>{_('Hint')}</summary>(.*?)</details>", text):
        lines.append(f"2. {' '.join(without_code(hint).split())}")
    if name in (chosen := homework.choices_of(module)):
        asked = _("what have they tried with a letter that is not right?")
        rows = {asked: {_("the check asks"): sorted(map(_, chosen[name][1].values()))}}
    else:
        rows = looks(vars(module)[name])
    for given, seen in rows.items():
        lines.append(f"3. {given}:")
        lines += [f"   - {what}: {' | '.join(names)}" for what, names in seen.items()]
    return "\n".join(lines)


def ladders(only=()):
    """Return the text of the file, with all notebooks or some numbers."""
    parts = [_(HEAD)]
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        tasks = homework.exercises(notebook)
        if tasks and path.stem[:2] in (only or path.stem[:2]):
            module = importlib.import_module(f"notebooks.exercises.{path.stem[3:]}")
            parts.append(f"## [{path.stem}]({path.name})")
            parts += [ladder(notebook, task[0], task[2], module) for task in tasks]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    matplotlib.use("Agg")
    (FOLDER / "ladders.md").write_text(ladders(), "utf-8")
