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

ASSETS = ROOT / "tools" / "site" / "assets.py"  # MathJax
PRINTED_WITH = ASSETS, *sorted(Path(__file__).parent.glob("handouts.*"))
HEAD = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<style>{style}</style>
<script type="text/x-mathjax-config">MathJax.Hub.Config({{messageStyle: "none",
  tex2jax: {{inlineMath: [["$", "$"]], displayMath: [["$$", "$$"]],
    processEscapes: true, processEnvironments: true}}}});</script>
<script src="{static}/mathjax/MathJax.js?config=TeX-AMS_CHTML-full,Safe"></script>
</head><body class="{kind}"><main>
"""
STYLE = Path(__file__).with_suffix(".css").read_text("utf-8")
# A formula is a figure whose text is its TeX; it counts as drawn if it has a width.
LABELS = Path(__file__).with_suffix(".js").read_text("utf-8")
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
    tab.set_default_timeout(120_000)  # milliseconds; a machine may have much to do
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
    tab.evaluate(LABELS, _("Figure: "))
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
