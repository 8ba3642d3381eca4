"""Turn executed notebooks into slides that need no network.

    python tools/slides.py build/live/*.ipynb      a class for each notebook
    python tools/slides.py deck                    one class of the cells in deck.md

A cell's role is in its metadata, as JupyterLab sets it: slide, subslide, fragment,
notes or skip.  What the teacher asks the room is in notebooks/teaching/NN.md.
"""

import re
import sys
from pathlib import Path

import nbformat
from nbconvert import SlidesExporter

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "build" / "site" / "slides"
PICTURES = {"image/png", "text/html"}
# On a slide the arrow keys belong to a slider as long as it has the focus.
FOOT = """<style>
.reveal h1, .reveal h2, .reveal h3 { text-transform: none }
</style>
<script>
require(["../assets/reveal.js/dist/reveal.js"], Reveal => {
  window.Reveal = Reveal
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


def on_slides(cells, number):
    """Return cells as slides show them: a picture without its code, and notes."""
    notes = {cell: (minute, text) for minute, _, cell, text in teaching(number)}
    result = []
    for cell in cells:
        outputs = cell.get("outputs", [])
        if any(PICTURES & {*output.get("data", {})} for output in outputs):
            cell.metadata["transient"] = {"remove_source": True}
        result.append(cell)
        if cell.id in notes:
            minute, text = notes[cell.id]
            said = nbformat.v4.new_markdown_cell(f"*Minute {minute}.* {text}")
            said.metadata["slideshow"] = {"slide_type": "notes"}
            result.append(said)
    return result


def write(notebook, name):
    """Write build/site/slides/name.html."""
    exporter = SlidesExporter(
        reveal_url_prefix="../assets/reveal.js",
        reveal_theme="white",
        reveal_transition="none",
        reveal_number="c/t",
        reveal_width="1060",
        reveal_height="680",
        mathjax_url="../assets/mathjax/MathJax.js?config=TeX-AMS_CHTML-full,Safe",
        jquery_url="../assets/jquery/dist/jquery.min.js",
        require_js_url="../assets/requirejs/require.js",
        widget_renderer_url="../assets/html-manager/dist/embed.js",
        mermaid_js_url="data:text/javascript,export default{initialize(){}}",
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    html, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": name}})
    TARGET.mkdir(parents=True, exist_ok=True)
    html = html.replace("</body>", FOOT)
    (TARGET / f"{name}.html").write_text(html, encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        notebook = nbformat.read(name, as_version=4)
        notebook.cells = on_slides(notebook.cells, Path(name).stem[:2])
        write(notebook, Path(name).stem)
