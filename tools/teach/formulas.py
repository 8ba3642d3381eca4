"""The page to take home, web/formulas.md: each row leads to the cell it is from.

In its text [05](05:bound) stands for a link to the cell `bound` of notebook 05, and
<!-- defaults --> for the table of 00.
"""

import re

from tools.course import PATHS, ROOT
from tools.teach.syllabus import text
from utils.language import _

PAGE = ROOT / "web" / "formulas.md"
LINK = re.compile(r"\[(\d\d)\]\((\d\d):([\w-]+)\)")


def defaults():
    """Return the table of names and defaults of 00, and the sentence below it."""
    folded = re.search(r"(?s)</summary>(.*)</details>", text("00", "names"))[1]
    table, about, *_more = folded.strip().split("\n\n")
    about = about.replace("(05)", "([05](05:pytorch))")
    about = about.replace("(07)", "([07](07:decay))")
    source = _("From [00](00:names).")
    return f"{table}\n\n{source} {about}"


def whole():
    """Return the page with the table of defaults."""
    return PAGE.read_text("utf-8").replace("<!-- defaults -->", defaults())


def linked(page):
    """Return a page with its links to cells as links of the site."""
    link = r'<a href="notebooks/{}.html#cell-{}">{}</a>'
    return LINK.sub(
        lambda found: link.format(PATHS[found[2]].stem, found[3], found[1]), page
    )


def on_paper(page):
    """Return a page with the number of a notebook in the place of a link."""
    return LINK.sub(r"\1", page)


def cells_linked():
    """Return the cells that the page leads to, `{notebook: {cell id, ...}}`."""
    cells = {}
    for _shown, number, name in LINK.findall(whole()):
        cells.setdefault(PATHS[number].stem, set()).add(name)
    return cells


def mark(notebook, names):
    """Put a place to which a link can lead before cells of these ids."""
    for cell in notebook.cells:
        if cell.id in names:
            cell.source = f'<a id="cell-{cell.id}"></a>\n\n{cell.source}'
