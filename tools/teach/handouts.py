"""Print each class on paper: every formula, figure and note of its slides, as a PDF.

    python -m tools.teach.handouts FOLDER build/live/*.ipynb web/deck.md web/formulas.md

Slide by slide from top to bottom, its notes below it.  Chromium prints; a formula
carries its TeX, and a figure its text alternative, for who cannot see it.  What is as
it was printed before is not printed again.
"""

import re
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from gettext import gettext as _
from html import escape
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from playwright.sync_api import sync_playwright

from tools.browser import CHROMIUM, OPTIONS
from tools.course import ROOT, SITE, STATIC
from tools.runs import digest
from tools.site.slides import deck_at, one_class, role, routes, text_cell
from tools.teach import formulas

PRINTED_WITH = Path(__file__), ROOT / "tools" / "site" / "assets.py"  # its MathJax
HEAD = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<style>{style}</style>
<script type="text/x-mathjax-config">MathJax.Hub.Config({{messageStyle: "none",
  tex2jax: {{inlineMath: [["$", "$"]], displayMath: [["$$", "$$"]],
    processEscapes: true, processEnvironments: true}}}});</script>
<script src="{static}/mathjax/MathJax.js?config=TeX-AMS_CHTML-full,Safe"></script>
</head><body class="{kind}"><main>
"""
STYLE = """
body { font: 10.5pt/1.4 "Liberation Sans", Arial, sans-serif; margin: 0; color: black }
h1 { font-size: 19pt; margin: 0 0 4pt } h2 { font-size: 14pt } h3 { font-size: 12pt }
h2, h3 { margin: 0 0 3pt } p, ul, ol, table, pre { margin: 3pt 0 6pt }
h1, h2, h3, summary, .number { break-after: avoid } p, li { orphans: 3; widows: 3 }
section { border-top: 1px solid #888; padding-top: 2pt; margin-top: 8pt }
section:first-child { border: 0; margin: 0 }
section > .number { display: block; height: 8pt; font-size: 8pt; line-height: 1;
  text-align: right; color: #595959 }
p:has(> .MJXc-display:first-child), .MJXc-display { break-before: avoid }
.notes { break-before: avoid; border-left: 3pt solid #0072B2; padding-left: 7pt;
  margin-left: 5mm; font-size: 9.5pt }
.figure, pre, tr, .MathJax_CHTML, .mjx-chtml, .asked { break-inside: avoid }
img { display: block; width: auto; max-width: 100%; max-height: 66mm }
pre { font: 8.5pt/1.35 "Liberation Mono", monospace; background: #f4f4f4;
  padding: 3pt 6pt; white-space: pre-wrap }
table { border-collapse: collapse } th, td { border-bottom: 1px solid #999;
  padding: 1pt 7pt; text-align: left; vertical-align: top }
blockquote { margin: 3pt 0 6pt; padding-left: 6pt; border-left: 2pt solid #888 }
a { color: inherit; text-decoration: none } summary { font-style: italic }
.live form, .live .status, .live ul { display: none !important }
.live svg.whole { position: static !important; width: auto !important;
  height: auto !important; max-width: 100%; max-height: 70mm }
.live svg.piece { display: none !important }
.together { white-space: nowrap }
.sheet { font-size: 8.6pt; line-height: 1.25 }
.sheet h1 { font-size: 14pt } .sheet h2 { font-size: 10pt; margin: 5pt 0 1pt }
.sheet table { width: 100%; margin: 1pt 0 } .sheet p { margin: 1pt 0 }
.sheet th, .sheet td { padding: 0.2pt 5pt } .sheet thead:not(:has(th:not(:empty))),
.sheet .number { display: none }
.hll { background: none } .k, .kn, .ow { font-weight: bold } .c1 { color: #595959 }
"""
# A formula is a figure whose text is its TeX; it counts as drawn if it has a width.
NAMED = """
figure => {
  document.querySelectorAll("details").forEach(folded => folded.open = true);
  for (const jax of MathJax.Hub.getAllJax()) {
    const drawn = jax.SourceElement().previousElementSibling;
    drawn.querySelector(".MJX_Assistive_MathML")?.remove();
    drawn.querySelector(".mjx-math").removeAttribute("aria-hidden");
    drawn.setAttribute("role", "img");
    drawn.setAttribute("aria-label", "TeX: " + jax.originalText.trim());
    const after = jax.SourceElement().nextSibling, mark = /^[.,;:!?)]+/;
    const end = after?.nodeType == 3 && after.data.match(mark);
    if (end) {  // the full stop after a formula begins no line
      const together = document.createElement("span");
      together.className = "together";
      drawn.before(together);
      together.append(drawn, end[0]);
      after.data = after.data.slice(end[0].length);
    }
  }
  for (const image of document.images) image.alt = figure + image.alt;
  for (const svg of document.querySelectorAll(".live svg.whole")) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", figure
      + svg.closest(".live").querySelector(".said").textContent);
  }
}
"""
PLACE = "font: 8pt sans-serif; width: 100%; margin: 0 15mm; color: #595959"
FOOT = (
    f'<div style="{PLACE}">{{}}<span style="float: right" class="pageNumber"></span>'
    "</div>"
)


def slides(cells):
    """Split cells into slides, each with its notes; what is skipped is left out."""
    parts = []
    for cell in cells:
        if role(cell) in ("slide", "subslide"):
            parts.append([cell])
        elif role(cell) in ("fragment", "-", "notes") and parts:
            parts[-1].append(cell)
    return parts


def page(notebook, title, kind="class"):
    """Return a class, or a sheet, as one page of HTML, to be printed."""
    exporter = HTMLExporter(
        template_name="basic",
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )
    static = (SITE / STATIC).as_uri()
    head = {"language": _("en"), "title": escape(title), "style": STYLE}
    parts = [HEAD.format(**head, static=static, kind=kind)]
    for number, slide in enumerate(slides(notebook.cells), 1):
        label = _("slide {number}").format(number=number)
        parts.append(f'<section><span class="number">{label}</span>')
        for cell in slide:
            part = "notes" if role(cell) == "notes" else "shown"
            alone = nbformat.v4.new_notebook(cells=[cell])
            html = exporter.from_notebook_node(alone)[0]
            parts.append(f'<div class="{part}">{html}</div>')
        parts.append("</section>")
    return "\n".join([*parts, "</main></body></html>"])


def title_of(notebook):
    """Return the first heading of a class."""
    return re.search(r"(?m)^# (.+)$", notebook.cells[0].source)[1]


def classes(path):
    """Return {name: minutes} of what is printed of a file: a deck has shorter ones."""
    return routes(path) if path.suffix == ".md" else {path.stem[:2]: None}


def class_at(path, minutes=None):
    """Return a class of one notebook or of cells of several, or the sheet."""
    if path == formulas.PAGE:
        sheet = text_cell(formulas.on_paper(formulas.whole()), "slide", "sheet")
        return nbformat.v4.new_notebook(cells=[sheet])
    if path.suffix == ".md":
        return deck_at(path, minutes)
    return one_class(path)


def print_page(browser, source, target, title):
    """Print a page of HTML to a tagged PDF with a title and page numbers."""
    tab = browser.new_page()
    tab.goto(source.as_uri())
    tab.wait_for_function(
        "window.MathJax?.isReady && !MathJax.Hub.queue.pending"
        " && !MathJax.Hub.queue.running"
    )
    tab.evaluate("document.fonts.ready.then(() => 0)")
    tab.wait_for_function(  # a live figure has drawn what its controls say
        "[...document.querySelectorAll('.live')].every("
        "live => live.querySelector('.moving path'))"
    )
    tab.evaluate(NAMED, _("Figure: "))
    tab.pdf(
        path=target,
        format="A4",
        margin=dict.fromkeys(("top", "bottom", "left", "right"), "15mm"),
        display_header_footer=True,
        header_template="<span></span>",
        footer_template=FOOT.format(escape(title)),
        tagged=True,
        outline=True,
    )
    tab.close()


def print_class(browser, path, folder, name, minutes=None):
    """Print a class or the sheet to folder/name.pdf, unless it is as it was then."""
    notebook = class_at(path, minutes)
    title = title_of(notebook)
    html = page(notebook, title, "sheet" if path == formulas.PAGE else "class")
    source, target, stamp = (folder / f"{name}.{end}" for end in ("html", "pdf", "key"))
    key = digest(html, *PRINTED_WITH)
    if stamp.exists() and stamp.read_text() == key:
        return
    source.write_text(html, "utf-8")
    print_page(browser, source, target, title)
    stamp.write_text(key)


def print_all(folder, paths):
    """Print classes, one after the other, in a browser of their own."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        for path in paths:
            for name, minutes in classes(path).items():
                print_class(browser, path, folder, name, minutes)


if __name__ == "__main__":
    folder, *paths = (Path(name).resolve() for name in sys.argv[1:])
    folder.mkdir(parents=True, exist_ok=True)
    if not CHROMIUM:
        print(_("NO HANDOUTS: no Chromium; try apt-get install chromium"))
        sys.exit()
    with ProcessPoolExecutor(2) as pool:
        for _ in pool.map(partial(print_all, folder), [paths[::2], paths[1::2]]):
            pass
