"""The page to take home, web/formulas.md: each row leads to the cell it is from.

And how a formula is drawn where there is no MathJax.

In its text [05](05:bound) stands for a link to the cell `bound` of notebook 05, and
<!-- defaults --> for the table of 00.
"""

import base64
import io
import logging
import re
from gettext import gettext as _
from html import escape, unescape

from markupsafe import Markup
from matplotlib import mathtext
from matplotlib.font_manager import FontProperties

from tools.course import PATHS, ROOT, name_of
from tools.teach.syllabus import text

logging.getLogger("matplotlib").setLevel(logging.ERROR)  # of a formula that has no room
PAGE = ROOT / "web" / "formulas.md"
LINK = re.compile(r"\[(\d\d)\]\(((?:deeper/)?\d\d):([\w-]+)\)")
# What Matplotlib's TeX wants written otherwise.
ONE = r"(\\[A-Za-z]+|\w|\{[^}]*\})"
SPELT = {
    rf"\\frac\s*{ONE}\s*{ONE}": r"\\frac{\1}{\2}",
    rf"\\sqrt\s*{ONE}": r"\\sqrt{\1}",
    r"\\mathbb\s*(\w)": r"\\mathrm{\1}",
    r"\\le\b": r"\\leq",
}


def defaults():
    """Return the table of names and defaults of 00, and the sentence below it."""
    folded = re.search(r"(?s)</summary>(.*)</details>", text("00", "names"))[1]
    table, about, *_more = folded.strip().split("\n\n")
    about = about.replace("(05)", "([05](05:pytorch))")
    about = about.replace("(07)", "([07](deeper/07:decay))")
    source = _("From [00](00:names).")
    return f"{table}\n\n{source} {about}"


def whole():
    """Return the page with the table of defaults."""
    return PAGE.read_text("utf-8").replace("<!-- defaults -->", defaults())


def with_links(page):
    """Return a page with its links to cells as links of the site."""
    link = r'<a href="notebooks/{}.html#cell-{}">{}</a>'
    return LINK.sub(
        lambda match: link.format(name_of(PATHS[match[2]]), match[3], match[1]), page
    )


def on_paper(page):
    """Return a page with the number of a notebook in the place of a link."""
    return LINK.sub(r"\1", page)


def cells_linked():
    """Return the cells that the page leads to, `{notebook: {cell id, ...}}`."""
    cells = {}
    for _shown, number, name in LINK.findall(whole()):
        cells.setdefault(name_of(PATHS[number]), set()).add(name)
    return cells


def mark(notebook, names):
    """Put a place to which a link can lead before cells of these ids."""
    for cell in notebook.cells:
        if cell.id in names:
            cell.source = f'<a id="cell-{cell.id}"></a>\n\n{cell.source}'


def picture(file, words, style=""):
    """Return as HTML an SVG that was written to a file, with words for its text."""
    data = base64.b64encode(file.getvalue()).decode()
    source = f"data:image/svg+xml;base64,{data}"
    return Markup(f'<img alt="{escape(words)}" style="{style}" src="{source}">')


def with_pictures(text):
    """Return a text as HTML, each formula between dollars drawn, with its TeX as text.

    A formula that Matplotlib cannot read stays as it is.
    """

    def picture_of(match):
        tex, file = unescape(match[0]), io.BytesIO()
        for pattern, spelling in SPELT.items():
            tex = re.sub(pattern, spelling, tex)
        try:
            depth = mathtext.math_to_image(
                tex, file, FontProperties(size=10), format="svg"
            )
        except Exception:  # a student's own error may have any text
            return match[0]
        height = float(re.search(rb'height="([\d.]+)pt"', file.getvalue())[1])
        style = f"height: {height / 10:.2f}em; vertical-align: {-depth / 10:.2f}em"
        return picture(file, unescape(match[1]), style)

    return Markup(re.sub(r"\$(?! )([^$]+)(?<! )\$", picture_of, escape(text)))
