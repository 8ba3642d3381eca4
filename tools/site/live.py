"""Write the runs for pages that have no kernel: one-slider figures stay alive.

    python -m tools.site.live        write build/live/*.ipynb

Each slider that the browser moves by itself comes with its state; what a kernel would
have to draw becomes the picture or the text that it is stored as.
"""

import ast
import json
import re

import nbformat
from nbformat.v4 import new_markdown_cell

from tools.course import NOTEBOOKS, ROOT
from tools.execute import METADATA, VIEW, stored
from tools.runs import run_of
from tools.site.library import definitions

LIVE = ROOT / "build" / "live"

STATE = "application/vnd.jupyter.widget-state+json"


def family(models, root):
    """Return the ids of a widget and of all that it is made of."""
    found, queue = set(), [root]
    while queue:
        found.add(one := queue.pop())
        queue += references(models[one]) - found
    return found


def references(model):
    """Return the ids of the widgets that a widget names."""
    return set(re.findall(r"IPY_MODEL_(\w+)", json.dumps(model)))


def keep_what_lives(notebook):
    """Drop the views that need a kernel, and every widget that no view is made of."""
    widgets = notebook.metadata.widgets[STATE]
    models, alive = widgets["state"], set()
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if VIEW in output.get("data", {}):
                members = family(models, output.data[VIEW]["model_id"])
                if any(models[one]["model_name"] == "StackModel" for one in members):
                    alive |= members
                else:
                    stored(output)
    for one, model in models.items():  # a link belongs to what it links
        if model["model_name"] == "LinkModel" and references(model) <= alive:
            alive |= family(models, one)
    widgets["state"] = {one: models[one] for one in models if one in alive}
    language = {"name": "python", "pygments_lexer": "ipython3"}  # knows % and !
    live = {"widgets": {STATE: widgets}, "language_info": language}
    notebook.metadata = METADATA | live


def imported(source):
    """Yield a link for each name that a cell imports from utils."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and node.module.startswith("utils"):
            for name in [alias.name for alias in node.names]:
                module = node.module.partition(".")[2] or name
                code = (ROOT / "utils" / f"{module}.py").read_text(encoding="utf-8")
                places = {one.name: f"#{one.name.lower()}" for one in definitions(code)}
                yield f"[{name}](../library/{module}.md{places.get(name, '')})"


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
        keep_what_lives(notebook)
        link_to_the_library(notebook)
        nbformat.write(notebook, LIVE / path.name)
