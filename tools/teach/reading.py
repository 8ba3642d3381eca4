"""Read what was handed in, sheet or answers; run behind the wall, by child.py.

Nothing of it is run here, and nothing that it says is believed but whose it is.
"""

import ast
import contextlib
import json
import re
from gettext import gettext as _

from tools.teach.students.cells import definitions, targets, tree, without_blanks
from tools.teach.students.locks import identity

LONGEST = 5 * 2**20  # bytes without outputs; of 100 cells of the course not a tenth
TOKENS = 5_000_000  # strings and brackets: what a hostile file would have too many of
SOURCE = 100_000  # characters of an answer
RECORD = 300_000  # of the record of predictions
OWN = 500  # cells that are not the sheet's
# In a notebook these may be long, and are of no use here.
DROPPED = b'"outputs"', b'"attachments"', b'"widgets"'
# Possessive, and ending with the file: a string of 100 MB is one step.
TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)


def without_outputs(data):
    """Return the bytes of a notebook without what is in its outputs and pictures."""
    parts, start, depth, armed = [], 0, 0, False
    for count, token in enumerate(TOKEN.finditer(data)):
        if count > TOKENS:
            raise ValueError(_("more brackets and strings than a notebook has"))
        first = token[0][:1]
        if depth:
            depth += (first in b"[{") - (first in b"]}")
            if not depth:
                start = token.start()
        elif armed and first in b"[{" and data[armed : token.start()].strip() == b":":
            parts.append(data[start : token.end()])
            depth = 1
        armed = token.end() if not depth and token[0] in DROPPED else 0
    if depth:
        raise ValueError(_("no JSON"))
    parts.append(data[start:])
    if sum(map(len, parts)) > LONGEST:
        size = LONGEST // 2**20
        raise ValueError(_("larger than {size} MB without outputs").format(size=size))
    return b"".join(parts)


def parsed(data):
    """Return the JSON of bytes, each text of it fit to be written; ValueError if none.

    A whole number that no float holds is infinite.
    """

    def whole(digits):
        return int(digits) if len(digits) < 16 else float(digits)

    try:
        text = data.decode(json.detect_encoding(data), "replace")
        data = json.dumps(json.loads(text, parse_int=whole), ensure_ascii=False)
        return json.loads(data.encode("utf-8", "replace"))
    except (ValueError, RecursionError, MemoryError) as error:
        raise ValueError(_("no JSON")) from error


def read(data, students):
    """Return what a file holds: answers, [(name, variable, cell), ...], whose, ...

    students: the folder that was handed out.  ValueError if it holds nothing.
    """
    data = parsed(without_outputs(data))
    if not isinstance(data, dict):
        raise ValueError(_("neither a notebook nor answers"))
    if "cells" in data and "nbformat" in data:
        data = _from_notebook(data, students)
    number, cells = str(data.get("homework")), data.get("cells")
    ours, names = sheet(students, number)
    stubs = {"", *map(without_blanks, ours.values())}
    if not isinstance(cells, dict):
        raise ValueError(_("no cells with answers"))
    own = data.get("own") if isinstance(data.get("own"), list) else []
    record = _dict(data.get("record"))
    long = len(json.dumps(record)) > RECORD
    answers = [
        (name, variable, cells[variable][:SOURCE])
        for variable, name in names.items()
        if isinstance(cells.get(variable), str)
        and without_blanks(cells[variable]) not in stubs
    ]
    own = [source[:SOURCE] for source in own if isinstance(source, str)][-OWN:]
    return {
        "homework": number,
        "identifier": identity(data.get("identifier") or "")[:200],
        "name": str(data.get("name") or ""),
        "answers": answers,
        "own": [*own, *(source for *_name, source in answers if source not in own)],
        "record": {} if long else record,
    }


def sheet(students, number):
    """Return ({id: cell of code}, {variable: its name}) of a sheet, as handed out."""
    file = students / f"notebooks/{number}_homework.ipynb"
    if not re.fullmatch(r"[0-9]{2}", number) or not file.is_file():
        raise ValueError(_("of no sheet that is known here"))
    cells = filter(None, map(_code, json.loads(file.read_text("utf-8"))["cells"]))
    about = students / f"notebooks/homework/{number}.json"
    about = json.loads(about.read_text("utf-8"))
    problems = [f"problem_{k}" for k in range(1, len(about["variants"][0]) + 1)]
    names = {variable: name for name, variable in about["answers"].items()}
    return dict(cells), names | dict(zip(problems, problems, strict=True))


def _from_notebook(data, students):
    """Return of a sheet what its last cell would have written.

    An answer stands in the last cell that gives its name a value; a stub is none.  What
    else is the student's may be needed by an answer.
    """
    number = str(_dict(data.get("metadata")).get("homework", ""))
    cells = data["cells"] if isinstance(data["cells"], list) else []
    cells = [cell for cell in map(_code, cells) if cell]
    number = number or _number(cells)
    ours, names = sheet(students, number)
    originals = {"", *map(without_blanks, ours.values())}
    names, about, answers, stubs = {*names}, {}, {}, {}
    work = [cell for cell in cells if without_blanks(cell[1]) not in originals]
    for name, text in work:
        products = definitions(text)
        if name == "identity" or ("identifier" in products and not about):
            about = _constants(text)
            continue
        stub = definitions(ours[name]) if name in ours else set()
        stubs |= dict.fromkeys(stub & names, text)
        answers |= dict.fromkeys(products & names, text)
    own = [text for _name, text in work]
    submission = {"homework": number, "cells": stubs | answers, "own": own}
    return submission | {k: about.get(k, "") for k in ("identifier", "name")}


def _code(cell):
    """Return (id, source) of a code cell, None for any other."""
    cell = _dict(cell)
    if cell.get("cell_type") != "code":
        return None
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(map(str, source))
    return str(cell.get("id")), str(source)[:SOURCE]


def _number(cells):
    """Return which notebook a sheet is of, by its cell with Sheet("05", ...)."""
    return next(
        (m[1] for _, s in cells if (m := re.search(r"Sheet\(['\"](\d\d)['\"]", s))), ""
    )


def _dict(value):
    return value if isinstance(value, dict) else {}


def _constants(source):
    """Return {name: value} of a cell of assignments, without running it."""
    constants = {}
    for node in tree(source).body:
        with contextlib.suppress(AttributeError, TypeError, ValueError):  # it is none
            value = ast.literal_eval(node.value)
            for target in getattr(node, "targets", None) or [node.target]:
                values = value if isinstance(target, ast.Tuple | ast.List) else [value]
                constants |= zip(targets(target), values, strict=False)
    return {
        name: value for name, value in constants.items() if isinstance(value, str | int)
    }
