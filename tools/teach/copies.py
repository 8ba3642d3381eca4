"""Whose answers are the same code: copies.html, which make grade writes.

Exercise by exercise, answers with one syntax tree, once names, comments and layout are
taken away, side by side.  For the teacher alone: no grade and no student's line knows
of it, for short code is alike by chance, and much is alike because it is published.
"""

import ast
from collections import defaultdict
from gettext import gettext as _
from html import escape

from tools.course import NOTEBOOKS
from tools.teach import homework, sealed
from tools.teach.judge import write as write_whole

DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef
SIZE = 25  # parts of a tree: below that, two who know nothing of each other agree


def tree_of(source):
    """Return (what is left of code without names, comments and layout, its parts)."""
    try:
        tree = ast.parse(sealed.without_magic(source))
        names = {}
        for node in ast.walk(tree):
            for field in "id", "arg", "name":
                if isinstance(getattr(node, field, None), str):
                    name = names.setdefault(getattr(node, field), f"n{len(names)}")
                    setattr(node, field, name)
            if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None:
                del node.body[0]
        return ast.dump(tree), sum(1 for _node in ast.walk(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source, len(source) // 8


def groups(students):
    """Return [{"homework", "variable", "size", "published", "texts"}, ...].

    texts is {file: code}.  First what is not the published solution, by size.
    """
    texts_of = defaultdict(dict)
    numbers = [path.stem[:2] for path in NOTEBOOKS]
    solutions = {number: homework.solutions(number) for number in numbers}
    for student in students:
        for variable, source in student.get("cells", {}).items():
            tree, size = tree_of(source)
            if size >= SIZE:
                place = student["homework"], variable, size, tree
                texts_of[place][student["file"]] = source
    made = []
    owners = {
        student["file"]: student["identifier"] or student["file"]
        for student in students
    }
    for (number, variable, size, tree), texts in texts_of.items():
        if len({owners[file] for file in texts}) > 1:
            solution = solutions.get(number, {}).get(variable, "")
            known = tree_of(solution)[0] == tree
            group = {"homework": number, "variable": variable, "size": size}
            made.append(group | {"published": known, "texts": texts})
    return sorted(made, key=lambda group: (group["published"], -group["size"]))


def page(rows):
    """Return groups as HTML, two different texts of each side by side."""
    title = _("Answers with the same code")
    parts = [f"<h1>{title}</h1><p>{_(ABOUT)}</p>"]
    for group in rows:
        files, texts = ", ".join(group["texts"]), [*group["texts"].values()]
        heading = _("{homework} {variable}: {count} hand-ins, {size} parts")
        heading = heading.format(count=len(texts), **group)
        heading += f", {_('as published')}" if group["published"] else ""
        parts.append(f"<h2>{escape(heading)}</h2><p>{escape(files)}</p><div>")
        other = next((text for text in texts if text != texts[0]), texts[1])
        parts += [f"<pre>{escape(text)}</pre>" for text in (texts[0], other)]
        parts.append("</div>")
    body = "\n".join(parts)
    return (
        f'<!doctype html><html lang="{_("en")}"><meta charset="utf-8">'
        f"<title>{title}</title><style>{STYLE}</style>{body}</html>"
    )


ABOUT = """Once names, comments and layout are taken away. This is no proof: code that \
is short, or published, or follows the hint, is alike by itself. Read both, and ask."""

STYLE = """body { font: 15px/1.4 sans-serif; margin: 1em }
div { display: flex; gap: 1em; flex-wrap: wrap }
pre { flex: 1 1 24em; border: 1px solid #999; padding: 6px; overflow: auto }"""


def write(folder, students):
    """Write FOLDER/copies.html."""
    write_whole(folder / "copies.html", page(groups(students)))
