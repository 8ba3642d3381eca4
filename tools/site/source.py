"""Put together what Sphinx makes pages of: the students' edition, or the teacher's.

    EDITION=students python -m tools.site.source build/source

The teacher's has what to say and to ask, with the answers to the votes, and all pages
of web/teacher; the students' has none of that.  What a page counts is counted now:
<!-- hours --> in it stands for a text that is made here.
"""

import ast
import re
import shutil
import sys
from gettext import gettext as _
from pathlib import Path

import nbformat

from tools.counting import without_tables
from tools.course import LITE, LIVE, ROOT, SITE, SOURCE, TEACHER
from tools.teach import formulas, syllabus
from tools.translate.messages import tree_of

WEB = ROOT / "web"
HANDOUTS = SITE / "handouts"
MENU = """
```{{toctree}}
:hidden:
:caption: {caption}

{pages}
```
"""


def handouts():
    """Return links to the handouts that were printed."""
    stems = {path.stem for path in HANDOUTS.glob("*.pdf")}
    if not stems:
        command = f"make handouts{'' if SOURCE else f' LANGUAGE={ROOT.name}'}"
        sentence = _("This copy has none: `{command}` prints them, where Chromium is.")
        return sentence.format(command=command)
    names = {"deck": _("everything in one class"), "formulas": _("the formulas")}
    minutes = {stem: re.fullmatch(r"deck-(\d+)", stem) for stem in stems}
    label = _("in {minutes} minutes")
    names |= {stem: label.format(minutes=m[1]) for stem, m in minutes.items() if m}
    order = sorted(stems, key=lambda stem: (stem.partition("-")[0], len(stem), stem))
    links = (f'<a href="handouts/{s}.pdf">{names.get(s, s)}</a>' for s in order)
    return "PDF: " + ", ".join(links) + "."


def filled(text):
    """Return a page with what is made for it in the place of each comment."""
    made = {
        "handouts": handouts,
        "hours": syllabus.hours,
        "calendars": syllabus.calendars,
        "defaults": formulas.defaults,
    }
    text = without_tables(text)
    return re.sub(r"<!-- (\w+) -->", lambda comment: made[comment[1]](), text)


def menu():
    """Return the part of the menu that is the teacher's."""
    pages = sorted((WEB / "teacher").glob("*.md"), key=lambda p: p.stem != "index")
    notes = sorted((ROOT / "notebooks" / "teaching").glob("*.md"))
    names = [f"teacher/{path.stem}" for path in pages]
    names += [f"notebooks/teaching/{path.stem}" for path in notes]
    return MENU.format(caption=_("The teacher's edition"), pages="\n".join(names))


def write_pages(target, teacher):
    """Write the site's own pages."""
    for path in WEB.glob("*.md"):
        if path.name != "deck.md":
            text = formulas.with_links(filled(path.read_text("utf-8")))
            text = text.replace("](../notebooks/", "](notebooks/")
            more = menu() if teacher and path.name == "index.md" else ""
            (target / path.name).write_text(text + more, "utf-8")
    if teacher:
        shutil.copytree(WEB / "teacher", target / "teacher")


def asks(source):
    """Say whether all that a cell does is to ask, or to reveal."""
    asked = []
    for line in tree_of(source).body:
        value = getattr(line, "value", None)
        if isinstance(line, ast.ImportFrom):
            continue
        called = ast.unparse(value.func) if isinstance(value, ast.Call) else ""
        named = isinstance(line, ast.Expr) and isinstance(value, ast.Name)
        asked.append(named or re.fullmatch(r"questions\.\w+|\w+\.reveal", called))
    return bool(asked) and all(asked)


def fold_code(notebook):
    """Leave out the code of questions; what is to be read is folded on a phone.

    A cell tagged "read" is opened by the script of web/conf.py where the page is wide.
    """
    for cell in notebook.cells:
        tags = cell.metadata.setdefault("tags", [])
        if cell.cell_type != "code" or "remove-cell" in tags:
            continue
        if asks(cell.source):
            tags.append("remove-input")
        elif "hide-input" not in tags:
            tags += ["hide-input", "read"]


def seconds_in_the_browser():
    """Return {number: seconds} until a notebook's last cell, as teachers are told."""
    table = r"(?m)^\|[^|\n]+((?:\| \d\d )+)\|\n\|[- |]+\n\|[^|\n]+((?:\| \d+ )+)\|$"
    match = re.search(table, (WEB / "teachers.md").read_text("utf-8"))
    if not match:
        raise ValueError("web/teachers.md has no table of seconds in the browser.")
    numbers, seconds = (re.findall(r"\d+", row) for row in match.groups())
    return dict(zip(numbers, map(int, seconds), strict=True))


def look_or_run(notebook, name, seconds):
    """Say below a notebook's title how long it would run, before anybody begins."""
    sentence = _("**Look:** on this page all sliders move.")
    if LITE.exists():
        address = f"../{'' if SOURCE else '../'}lite/notebooks/index.html"
        run = _("Run it in JupyterLite")
        sentence += " " + _(
            "**{run}:** Python (35 MB) comes into your browser once, and then reaches "
            "the last cell after about {seconds} seconds."
        ).format(
            run=f'<a href="{address}?path=notebooks/{name}">{run}</a>', seconds=seconds
        )
    notebook.cells[0].source += f'\n\n<div class="look">\n\n{sentence}\n\n</div>'


def write_notebooks(target, teacher, live):
    """Write the notebooks as they have run, the glossary, and the teacher's notes."""
    target.mkdir()
    shutil.copy(ROOT / "notebooks" / "glossary.md", target)
    if teacher:
        shutil.copytree(ROOT / "notebooks" / "teaching", target / "teaching")
    cells, seconds = formulas.cells_linked(), seconds_in_the_browser()
    (target / "deeper").mkdir()
    for path in [*live.glob("*.ipynb"), *live.glob("deeper/*.ipynb")]:
        notebook, name = nbformat.read(path, as_version=4), path.relative_to(live)
        formulas.mark(notebook, cells.get(name.with_suffix("").as_posix(), ()))
        fold_code(notebook)
        if name.with_suffix("").as_posix()[:2] in seconds:
            look_or_run(notebook, name, seconds[name.stem[:2]])
        nbformat.write(notebook, target / name)


def write(target, teacher=TEACHER, live=LIVE):
    """Write the source of an edition into a folder, anew."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    write_pages(target, teacher)
    write_notebooks(target / "notebooks", teacher, live)
    for path in live.glob("*.html"):
        shutil.copy(path, target)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
