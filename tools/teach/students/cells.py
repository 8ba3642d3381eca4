"""What cells of code define, and what they need of each other.

A part of the tools, and of what students get (sealed.py).
"""

import ast
import builtins
from contextlib import suppress
from functools import cache


def without_magic(source):
    """Return a cell without its lines for the notebook alone: %time, !pip, np?."""
    try:
        ast.parse(source)
    except SyntaxError:
        return "\n".join(map(_without_magic, source.split("\n")))
    return source


def _without_magic(line):
    """Return a line of a cell, or pass in the place of magic."""
    code = line.strip()
    if code.startswith(("%", "!")) or code.endswith("?"):
        return line[: len(line) - len(line.lstrip())] + "pass"
    return line


def tree(source):
    """Return the syntax tree of a cell, an empty one if it has none."""
    for code in source, "\n".join(map(_without_magic, source.split("\n"))):
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            return ast.parse(code)
    return ast.parse("")


@cache
def _names(source):
    """Return the names that a cell gives a value, and those that it reads."""
    code = tree(source)
    names = [n for n in ast.walk(code) if isinstance(n, ast.Name)]
    read = {n.id for n in names if isinstance(n.ctx, ast.Load)}
    made = {name for node in code.body for name in targets(node)}
    return made, read - {*vars(builtins)}


def definitions(source):
    """Return the names that a cell gives a value."""
    return _names(source)[0]


def helpers(cells, variable, answer):
    """Return which of all cells define what an answer's uses and does not define.

    Of several that define a name the last above the answer, else the last below.
    """
    sources, k = [], cells.index(answer)
    names = _gaps(answer) | ({variable} & _names(answer)[1])  # defined again, by itself
    for source in [*cells[:k][::-1], *cells[:k:-1]]:
        if names & definitions(source):
            sources.append(source)
            names = (names - definitions(source)) | _gaps(source)
    return sources[::-1]


def without_blanks(source):
    """Return a cell as it is compared with what students got."""
    return "".join(source.split())


@cache
def _gaps(source):
    """Return the names that code reads and does not define."""
    made, read = _names(source)
    return read - made


def last_definition(name, cells):
    """Return the last cell that gives a name its value, "" if none does."""
    return next((cell for cell in reversed(cells) if name in definitions(cell)), "")


def targets(node):
    """Return the names that a statement gives a value."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name for alias in node.names]
    if hasattr(node, "name"):  # a function or a class
        return [node.name]
    parts = getattr(node, "targets", [getattr(node, "target", node)])
    names = [n for part in parts for n in ast.walk(part) if isinstance(n, ast.Name)]
    return [n.id for n in names if isinstance(n.ctx, ast.Store)]
