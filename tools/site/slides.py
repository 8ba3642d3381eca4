"""Turn executed notebooks into slides that need no network.

    python -m tools.site.slides build/live/*.ipynb    a class for each notebook
    python -m tools.site.slides web/deck.md           one class of cells of all of them
    python -m tools.site.slides 03                    the cells that a class may choose

A cell's role is in its metadata, as JupyterLab sets it: slide, subslide, fragment,
notes or skip.  What the teacher asks the room is in notebooks/teaching/NN.md.
"""

import re
import sys
from difflib import get_close_matches
from pathlib import Path

import nbformat
from nbconvert import SlidesExporter

from tools.course import NOTEBOOKS, ROOT, TEACHER

TARGET = ROOT / "build" / "site" / "slides"
PICTURES = {"image/png", "text/html"}
# On paper pages are laid out once, so formulas must be there before; and MathJax can
# only measure what is shown.
TYPESET = """const typeset = then => {
          if (!/print-pdf/.test(location.search)) return then();
          const shown = document.createElement("style");
          shown.textContent = ".reveal .slides section { display: block !important }";
          document.head.append(shown);
          const laid = () => { shown.remove(); then(); };
          MathJax.Hub.Queue(["Typeset", MathJax.Hub], laid);
        };
        typeset(() => """
QUESTIONS = "<style>{}</style>\n<script>{}</script>\n".format(
    *((ROOT / "web" / f"questions.{kind}").read_text("utf-8") for kind in ("css", "js"))
)
# On a slide the arrow keys belong to a slider as long as it has the focus.
FOOT = """<style>
.reveal h1, .reveal h2, .reveal h3 { text-transform: none }
.reveal pre { box-sizing: border-box; width: 100%; word-break: normal }
.reveal .highlight pre { font-size: 17px }
.reveal .jp-RenderedImage img { width: 100%; max-width: 870px; max-height: 290px;
  object-fit: contain; object-position: left }
.reveal .live { font-size: 0.8em }
.reveal .live .picture { max-width: 660px !important }
.reveal .live .said { min-height: 1.4em }
.reveal section:not(:has(> section, > .jp-MarkdownCell, > .fragment))
  .jp-RenderedImage img { max-height: 470px }
</style>
<script>
require(["../_static/reveal.js/dist/reveal.js"], Reveal => {
  window.Reveal = Reveal
  // What is too long for a slide is made smaller, once formulas and fonts are there.
  const fit = () => {
    const slide = Reveal.getCurrentSlide();
    slide.style.zoom = "";
    const room = Reveal.getConfig().height / slide.scrollHeight;
    slide.style.zoom = room < 1 ? Math.floor(95 * room) / 100 : "";
    Reveal.layout();
  };
  Reveal.on("slidechanged", () => MathJax.Hub.Queue(fit));
  document.fonts.addEventListener("loadingdone", () => MathJax.Hub.Queue(fit));
  Promise.all([document.fonts.ready, Reveal.isReady() || new Promise(
    done => Reveal.on("ready", done))]).then(() => MathJax.Hub.Queue(fit));
  Reveal.configure({keyboardCondition: event => !(
    document.activeElement.closest(".live") && /Arrow|Home|End/.test(event.key))})
})
</script>
</body>"""


def role(cell):
    """Return the part that a cell plays on the slides."""
    return cell["metadata"].get("slideshow", {}).get("slide_type")


def teaching(number):
    """Return `[(minute, heading, cell id, text), ...]` from notebooks/teaching/NN.md.

    ## 12 min · a heading · `cell-id`
    what to say and to ask when this cell is shown
    """
    text = (ROOT / "notebooks" / "teaching" / f"{number}.md").read_text("utf-8")
    parts = re.split(r"(?m)^## (\d+) min · (.+) · `(.+)`$", text)
    notes = zip(*[iter(parts[1:])] * 4, strict=True)
    return [(int(minute), *what, text.strip()) for minute, *what, text in notes]


def on_slides(cells, number, teacher=TEACHER):
    """Return cells as slides show them: a picture without its code, and notes."""
    asked = teaching(number) if teacher else []
    notes = {cell: (minute, text) for minute, _, cell, text in asked}
    result = []
    for cell in cells:
        outputs = cell.get("outputs", [])
        seen = any(PICTURES & {*output.get("data", {})} for output in outputs)
        if seen or {"result", "hide-input"} & {*cell.metadata.get("tags", [])}:
            cell.metadata["transient"] = {"remove_source": True}
        if any("image/png" in output.get("data", {}) for output in outputs):
            cell.outputs = [output for output in outputs if "data" in output]
        result.append(cell)
        if cell.id in notes:
            minute, text = notes[cell.id]
            said = f"*Minute {minute}.* {text}"
            result.append(text_cell(said, "notes", f"{cell.id}-asked"))
    return result


def write(notebook, name):
    """Write build/site/slides/name.html."""
    exporter = SlidesExporter(
        reveal_url_prefix="../_static/reveal.js",
        reveal_theme="white",
        reveal_transition="none",
        reveal_number="c/t",
        reveal_width="960",  # text of 3.6 % of the height: the last row reads it
        reveal_height="540",
        mathjax_url="../_static/mathjax/MathJax.js?config=TeX-AMS_CHTML-full,Safe",
        jquery_url="../_static/jquery/dist/jquery.min.js",
        require_js_url="../_static/requirejs/require.js",
        mermaid_js_url="data:text/javascript,export default{initialize(){}}",
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )
    html, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": name}})
    TARGET.mkdir(parents=True, exist_ok=True)
    html = html.replace("</body>", QUESTIONS + FOOT)
    html = html.replace("Reveal.initialize({", TYPESET + "Reveal.initialize({")
    html = html.replace(
        "        });\n\n        var update", "        }));\n\n        var update"
    )
    html = html.replace("automatic: true", "automatic: false")  # no formula is broken
    html = re.sub(r'(href="\d\d_\w+)\.ipynb', r"\1.html", html)
    html = html.replace('href="glossary.md', 'href="../notebooks/glossary.html')
    (TARGET / f"{name}.html").write_text(html, encoding="utf-8")


def one_class(path):
    """Return the slides of a notebook."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = on_slides(notebook.cells, path.stem[:2])
    return notebook


def read_deck(path):
    """Return `[(text, [(number, [cell id, ...]), ...]), ...]` from a text file.

    # a heading, and more text     makes a slide
    02: cell-id cell-id            makes a slide below it, of cells of notebook 02
    """
    deck = []
    for slide in re.split(r"(?m)^(?=# )", path.read_text("utf-8"))[1:]:
        below = re.findall(r"(?m)^(\d\d): (.+)$", slide)
        text = re.sub(r"(?m)^\d\d: .+$", "", slide).strip()
        deck.append((text, [(number, ids.split()) for number, ids in below]))
    return deck


def deck_of(slides, notebooks):
    """Return one notebook put together from cells of `{number: notebook}`."""
    cells = {}
    for number, notebook in notebooks.items():
        for cell in on_slides(notebook.cells, number):
            cells[number, cell.id] = cell
            cell.id = f"{number}-{cell.id}"  # two notebooks have a cell "break"
            cell.source = re.sub(r"^(#+) \d · ", r"\1 ", cell.source)
    chosen = []
    for text, below in slides:
        chosen.append(text_cell(text, "slide"))
        for number, names in below:
            for k, name in enumerate(names):
                cell = cells.get((number, name)) or unknown(cells, number, name)
                if role(cell) != "fragment" or k == 0:
                    cell.metadata.slideshow.slide_type = "-" if k else "subslide"
                if asked := cells.get((number, f"{name}-asked")):  # another clock
                    asked.source = re.sub(r"^\*Minute \d+\.\* ", "", asked.source)
                chosen += [cell, asked] if asked else [cell]
    return nbformat.v4.new_notebook(cells=chosen)


def unknown(cells, number, name):
    """Stop with a sentence on a cell that is not there, and the nearest that are."""
    ids = [one for notebook, one in cells if notebook == number]
    near = ", ".join(get_close_matches(name, ids, n=3, cutoff=0))
    what = f"cell {name}; the nearest are {near}" if ids else "cells: there is no such"
    raise SystemExit(
        f"{number}: {name}: notebook {number} has no {what}. "
        "python -m tools.site.slides 03 lists the cells of notebook 03."
    )


def list_cells(number):
    """Print each cell of a notebook that is on its slides, and how it begins."""
    path = next(path for path in NOTEBOOKS if path.name.startswith(number))
    for cell in nbformat.read(path, as_version=4).cells:
        if role(cell) in ("slide", "subslide", "fragment", "-"):
            print(f"{role(cell):9} {cell.id:24} {cell.source.splitlines()[0][:50]}")


def text_cell(text, part, name=None):
    """Return a Markdown cell that plays a part on the slides."""
    cell = nbformat.v4.new_markdown_cell(
        text, metadata={"slideshow": {"slide_type": part}}
    )
    cell.id = name or cell.id
    return cell


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):
        if re.fullmatch(r"\d\d", path.name):
            list_cells(path.name)
        elif path.suffix == ".md":
            live = sorted((ROOT / "build" / "live").glob("*.ipynb"))
            notebooks = {p.stem[:2]: nbformat.read(p, as_version=4) for p in live}
            write(deck_of(read_deck(path), notebooks), path.stem)
        else:
            write(one_class(path), path.stem)
