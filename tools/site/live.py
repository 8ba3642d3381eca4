"""Write the runs for pages that have no kernel: figures and questions stay alive.

    python -m tools.site.live        write build/live/*.ipynb, and race.html of 00

Figures move by themselves; of questions there is the text, which web/questions.js
brings to life.
"""

import ast

import nbformat
from nbformat.v4 import new_markdown_cell

from tools.course import NOTEBOOKS, ROOT
from tools.execute import METADATA, VIEW
from tools.runs import run_of
from tools.site.library import definitions

LIVE = ROOT / "build" / "live"


def without_widgets(notebook):
    """Drop the views of widgets, which need a kernel; what stands beside them stays."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(VIEW, None)
    language = {"name": "python", "pygments_lexer": "ipython3"}  # knows % and !
    notebook.metadata = METADATA | {"language_info": language}


def imported(source):
    """Yield a link for each name that a cell imports from utils."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and node.module.startswith("utils"):
            for name in [alias.name for alias in node.names]:
                module = node.module.partition(".")[2] or name
                code = (ROOT / "utils" / f"{module}.py").read_text(encoding="utf-8")
                places = {one.name: f"#{one.name.lower()}" for one in definitions(code)}
                yield f"[{name}](../library/{module}.md{places.get(name, '')})"


def live_html(notebook, name):
    """Return the HTML of the live figure that a function of this name draws."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            html = output.get("data", {}).get("text/html", "")
            if f'<div class="live" id="{name}"' in html:
                return html
    raise LookupError(f"no figure is called {name}")


def with_the_text_of_today(notebook, path):
    """Put a notebook's text into its run, which is older if only that has changed."""
    today = nbformat.read(path, as_version=4).cells
    for cell, now in zip(notebook.cells, today, strict=True):
        if now.cell_type == "markdown":
            cell.source, cell.metadata = now.source, now.metadata


def link_to_the_library(notebook):
    """Add below a cell that imports from utils where on the site its names are read."""
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type == "code" and "\nfrom utils" in cell.source:
            links = ", ".join(imported(cell.source))
            below = new_markdown_cell(f"*In the library:* {links}.")
            below.id = f"{cell.id}-library"
            below.metadata.slideshow = {"slide_type": "skip"}
            cells.append(below)
    notebook.cells = cells


if __name__ == "__main__":
    LIVE.mkdir(parents=True, exist_ok=True)
    for path in NOTEBOOKS:
        notebook = run_of(path)
        with_the_text_of_today(notebook, path)
        without_widgets(notebook)
        link_to_the_library(notebook)
        nbformat.write(notebook, LIVE / path.name)
        if path == NOTEBOOKS[0]:  # the front page begins with it
            (LIVE / "race.html").write_text(live_html(notebook, "race"), "utf-8")
