"""Write the runs for pages that have no kernel: figures and questions stay alive.

    python -m tools.site.live        write build/live/**.ipynb and, for the front page,
                                     race.html, table.html and progress.html

Figures move by themselves; of questions there is the text, which questions.js, written
here too, makes answerable again.
"""

import ast
import base64
import io
import json
import re
from gettext import gettext as _
from html import escape

import nbformat
from nbformat.v4 import new_markdown_cell
from PIL import Image

from classroom import progress, questions
from tools.course import LIVE, NOTEBOOKS, PATHS, ROOT, name_of
from tools.execute import METADATA, texts_alone
from tools.runs import run_of
from tools.site.library import ROOMS, definitions, link

SHOWN = {  # the cell whose picture stands for its notebook on the front page
    "00": "answer-code",
    "01": "surface-figure",
    "02": "floor-figure",
    "03": "loop-figure",
    "04": "network-figure",
    "05": "brake-figure",
    "06": "rates-figure",
    "07": "luck-figure",
    "08": "race-figure",
    "09": "race-figure",
    "10": "players-figure",
}


def without_widgets(notebook):
    """Drop the views of widgets, which need a kernel; what stands beside them stays."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = texts_alone(cell.outputs)
    language = {"name": "python", "pygments_lexer": "ipython3"}  # knows % and !
    notebook.metadata = METADATA | {"language_info": language}


def with_alternatives(notebook):
    """Give each picture its text alternative, and its pieces, where myst-nb looks.

    Slides and handouts find the alternative in the output.
    """
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if image := output.get("metadata", {}).get("image/png"):
                pieces = [f"piece-{area}" for area in image.get("pieces", "").split()]
                told = {"alt": image["alt"], "classes": " ".join(pieces)}
                cell.metadata["mystnb"] = {"image": told}


def imported(source, top=".."):
    """Yield a link for each name that a cell imports from a room of the course."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and node.module.startswith(ROOMS):
            for name in [alias.name for alias in node.names]:
                room, _dot, module = node.module.partition(".")
                module = module or name
                code = (ROOT / room / f"{module}.py").read_text(encoding="utf-8")
                named = name in [definition.name for definition in definitions(code)]
                yield link(name, module, top, name if named else "")


def live_html(notebook, name):
    """Return the HTML of the live figure that a function of this name draws."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            html = output.get("data", {}).get("text/html", "")
            if f'<div class="live" id="{name}"' in html:
                return html
    raise LookupError(f"no figure is called {name}")


def progress_html(folder):
    """Return where a page shows how far its reader is; notebooks are in this folder."""
    link = f"{folder}{{file}}.html#asked-{{mark}}"
    data = json.dumps({"progress": progress.course(), "link": link})
    return f'<div class="asked" data-asked="{escape(data, quote=True)}"></div>'


def with_progress(notebook):
    """Let the cell that shows how far its reader is do so of what the browser keeps."""
    for cell in notebook.cells:
        if "progress.so_far()" in cell.source and cell.cell_type == "code":
            (output,) = cell.outputs
            output.data["text/html"] = progress_html("")


def questions_script():
    """Return the script of a page with questions, in the language of the course."""
    return questions.script(questions.quizzes())  # here once, and not on eight pages


def with_the_text_of_today(notebook, path):
    """Put a notebook's text into its run, which is older if only that has changed."""
    today = nbformat.read(path, as_version=4).cells
    for cell, now in zip(notebook.cells, today, strict=True):
        if now.cell_type == "markdown":
            cell.source, cell.metadata = now.source, now.metadata


def small(png):
    """Return a picture, 400 pixels wide, as an address."""
    picture = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    picture.thumbnail((400, 400), Image.Resampling.LANCZOS)
    picture.quantize(256, Image.Quantize.FASTOCTREE).save(out := io.BytesIO(), "png")
    data = base64.b64encode(out.getvalue()).decode()
    return f"data:image/png;base64,{data}"


def row(notebook, name):
    """Return a notebook's row on the front page: picture, title and question."""
    title, question = re.match(
        r"# (.+)\s+\*\*(.+?)\*\*", notebook.cells[0].source
    ).groups()
    emphasised = re.sub(r"\*(.+?)\*", r"<em>\1</em>", escape(question))
    cell = next(cell for cell in notebook.cells if cell.id == SHOWN[name[:2]])
    output = next(out for out in cell.outputs if "image/png" in out.get("data", {}))
    alt = output.metadata["image/png"]["alt"]
    finding = re.split(r": (?=[^:]+ (?:from|de) )", alt)[0]  # as its title says
    return (
        f'<tr><td><img src="{small(output.data["image/png"])}" '
        f'alt="{escape(finding, quote=True)}"></td><td>'
        f'<a href="notebooks/{name}.html">{name[:2]} · {escape(title)}</a><br>'
        f"{emphasised}</td></tr>"
    )


def link_to_the_library(notebook, top):
    """Add below a cell that imports from the library where on the site that is read."""
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        ours = re.search(r"(?m)^from (utils|classroom)", cell.source)
        if cell.cell_type == "code" and ours:
            links = ", ".join(imported(cell.source, top))
            sentence = _("*In the library:* {links}.").format(links=links)
            below = new_markdown_cell(f'<div class="library">\n\n{sentence}\n\n</div>')
            below.id = f"{cell.id}-library"
            below.metadata.slideshow = {"slide_type": "skip"}
            cells.append(below)
    notebook.cells = cells


def alive(path):
    """Return the run of a notebook, as it moves and asks where no kernel is."""
    notebook = run_of(path)
    with_the_text_of_today(notebook, path)
    without_widgets(notebook)
    with_alternatives(notebook)
    with_progress(notebook)
    link_to_the_library(notebook, ".." if path in NOTEBOOKS else "../..")
    return notebook


if __name__ == "__main__":
    (LIVE / "deeper").mkdir(parents=True, exist_ok=True)
    rows = []
    for path in PATHS.values():
        notebook = alive(path)
        nbformat.write(notebook, LIVE / f"{name_of(path)}.ipynb")
        if path in NOTEBOOKS:
            rows.append(row(notebook, path.stem))
        if path == NOTEBOOKS[0]:  # the front page begins with it
            (LIVE / "race.html").write_text(live_html(notebook, "race"), "utf-8")
    table = '<table class="table front">{}</table>'.format("\n".join(rows))
    (LIVE / "table.html").write_text(table, "utf-8")
    (LIVE / "progress.html").write_text(progress_html("notebooks/"), "utf-8")
    (LIVE / "questions.js").write_text(questions_script(), "utf-8")
