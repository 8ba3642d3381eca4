"""Write a page for each module of utils and classroom: its source, under headings.

    python -m tools.site.library folder

They are in English, as the source is: a translation has the list alone, which leads to
them.
"""

import ast
import sys
from gettext import gettext as _
from itertools import pairwise
from pathlib import Path

from tools.course import ROOT, SOURCE

ROOMS = "utils", "classroom"
MODULES = [path for room in ROOMS for path in sorted(ROOT.glob(f"{room}/[!_]*.py"))]
INDEX = """# The library

What the notebooks share: small, and meant to be read.

| module | |
| --- | --- |
{rows}
"""


def about(path):
    """Return the first line of a module."""
    return path.read_text(encoding="utf-8").partition("\n")[0].strip('"')


def definitions(source):
    """Return the public functions and classes of a module."""
    return [
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_"
    ]


def begin(node):
    """Return the number of the line, from 0, at which a definition begins."""
    return min([node.lineno, *(line.lineno for line in node.decorator_list)]) - 1


def link(shown, module, top, name=""):
    """Return a link, from a page whose folder has the site's top there, to a module.

    name   of a definition on its page
    """
    if SOURCE:
        return f"[{shown}]({top}/library/{module}.md{name and f'#{name.lower()}'})"
    place = name and f"#{name.lower().replace('_', '-')}"
    address = f"{top}/../library/{module}.html{place}"
    return f'<a href="{address}" hreflang="en">{shown}</a>'


def page(path):
    """Return the page of a module, as Markdown; all of its lines are there, in order.

    A public function or class begins a section; what is private stays where it stands.
    """
    source = path.read_text(encoding="utf-8")
    public, lines = definitions(source), source.splitlines()
    edges = pairwise([0, *map(begin, public), len(lines)])
    heads = [f"# {path.stem}", *(f"## {node.name}" for node in public)]
    sections = ["---\norphan: true\n---\n"]  # in no menu: the list leads to it
    for head, (start, end) in zip(heads, edges, strict=True):
        code = "\n".join(lines[start:end]).strip("\n")
        sections.append(f"{head}\n\n```python\n{code}\n```\n")
    return "\n".join(sections)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    rows = "\n".join(f"| {link(p.stem, p.stem, '..')} | {about(p)} |" for p in MODULES)
    (folder / "index.md").write_text(_(INDEX).format(rows=rows), encoding="utf-8")
    for path in MODULES if SOURCE else []:
        (folder / f"{path.stem}.md").write_text(page(path), encoding="utf-8")
