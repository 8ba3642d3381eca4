"""Read what was handed in, whatever it is: sheets, answers, zip archives of both.

Nothing of it is run here, and nothing that it says is believed but whose it is.
"""

import ast
import contextlib
import json
import os
import re
import stat
import zipfile
from datetime import datetime
from functools import cache, lru_cache
from gettext import gettext as _
from pathlib import Path

import nbformat

from tools.teach.students.cells import definitions, targets, tree, without_blanks
from tools.teach.students.locks import identity

READ = ".ipynb", ".json"
LARGEST = 500 * 2**20  # bytes of a file, with outputs
LONGEST = 5 * 2**20  # without them; of 100 cells of the course it is not a tenth
TOKENS = 5_000_000  # strings and brackets: what a hostile file would have too many of
SOURCE = 100_000  # characters of an answer
RECORD = 300_000  # of the record of predictions
OWN = 500  # cells that are not the sheet's
MEMBERS, ARCHIVE = 2_000, 2 * 2**30  # of an archive: files, bytes
OURS = (  # what is written beside
    "grades.json", "grades.csv", "grades.html", "grades-moodle.csv",
    "grades-canvas.csv", "report.html", "votes.json",
)  # fmt: skip
RESULT = re.compile("[0-9a-f]{20}.json")
# In a notebook these may be long, and are of no use here.
DROPPED = b'"outputs"', b'"attachments"', b'"widgets"'
# Possessive, and ending with the file: a string of 100 MB is one step.
TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)


# Files


def files_in(folder):
    """Return [(path, member of an archive or ""), ...], and {such a pair: why not}."""
    files, refusals = [], {}

    def closed(error):
        refusals[Path(error.filename), ""] = str(error.strerror)

    for place, folders, names in os.walk(folder, onerror=closed):
        here = Path(place)
        folders[:] = sorted(n for n in folders if not n.startswith((".", "__MACOSX")))
        links = [n for n in folders if os.path.islink(here / n)]  # not gone into
        for name in sorted([*names, *links]):
            path = here / name
            is_result = here == folder and name in OURS
            is_result = is_result or (
                here == folder / "graded" and RESULT.fullmatch(name)
            )
            if name.startswith(".") or is_result:
                continue
            if why := _why_not(path):
                refusals[path, ""] = why
            elif path.suffix.lower() != ".zip":
                files.append((path, ""))
            else:
                _open(path, files, refusals)
    return files, refusals


def _why_not(path):
    """Return why a file is not graded, "" if it is."""
    try:
        status = path.lstat()
    except OSError as error:  # a name that is too long, say
        return str(error.strerror)
    if stat.S_ISLNK(status.st_mode):
        return _("a link: hand in the file itself")
    if not stat.S_ISREG(status.st_mode):
        return _("no file")
    if not os.access(path, os.R_OK):
        return _("it may not be read")
    if path.suffix.lower() not in (*READ, ".zip"):
        return _("not graded: neither a sheet, nor answers, nor a zip of them")
    if status.st_size > LARGEST:
        return _("larger than {size} MB").format(size=LARGEST // 2**20)
    return ""


def _open(path, files, refusals):
    """Add what an archive holds to what was found."""
    try:
        if path.stat().st_size > ARCHIVE:
            raise ValueError
        infos = _archive(path).infolist()
    except Exception:  # whatever is wrong with it
        refusals[path, ""] = _("a zip that cannot be opened, or is too large")
        return
    pattern = r"(^|/)(\.|__MACOSX)|/$"
    infos = [info for info in infos if not re.search(pattern, info.filename)]
    sheets = {i.filename for i in infos if i.filename.lower().endswith(READ)}
    for name in sorted({info.filename for info in infos} - sheets)[:MEMBERS]:
        refusals[path, name] = _("not graded: neither a sheet, nor answers")
    infos = [info for info in infos if info.filename in sheets]
    names, size = {i.filename for i in infos}, sum(i.file_size for i in infos)
    if len(names) < len(infos) or len(names) > MEMBERS or size > 2 * LARGEST:
        refusals[path, ""] = _(
            "a zip with too much in it, or with two files of one name"
        )
    elif not names:
        refusals[path, ""] = _("a zip without sheets and answers")
    else:
        files += [(path, name) for name in sorted(names)]


def _archive(path):
    """Return an archive, whose list is read once by each process, not once a member."""
    return _zip(path, os.stat(path).st_mtime_ns)


@lru_cache(4)
def _zip(path, _time):
    return zipfile.ZipFile(path)


def name_of(path, member, folder):
    """Return the name of a file as text, whatever bytes it has."""
    name = os.fsencode(Path(path).relative_to(folder)).decode(
        "utf-8", "backslashreplace"
    )
    return _plain(f"{name}/{member}" if member else name)


def _plain(name):
    """Return a name as a line that moves no cursor and turns no direction."""
    name = name.encode("utf-8", "backslashreplace").decode()
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in name)


def content(path, member=""):
    """Return the bytes of a file, or of a member of an archive."""
    if not member:
        return Path(path).read_bytes()
    with _archive(path).open(member) as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise ValueError(_("larger than {size} MB").format(size=LARGEST // 2**20))
    return data


def time_of(path, member=""):
    """Return when a file was written last; a member of an archive may say so itself."""
    with contextlib.suppress(ValueError, OverflowError):
        if member:
            return datetime(*_archive(path).getinfo(member).date_time).timestamp()
    return path.stat().st_mtime


# Reading


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


def read(data, homework):
    """Return what a file holds, identifier, cells, ...; ValueError if nothing."""
    data = parsed(without_outputs(data))
    if not isinstance(data, dict):
        raise ValueError(_("neither a notebook nor answers"))
    if "cells" in data and "nbformat" in data:
        data = _from_notebook(data, homework)
    number, cells = str(data.get("homework")), data.get("cells")
    stubs = {without_blanks(cell.source) for cell in sheet(homework, number)}
    if not isinstance(cells, dict):
        raise ValueError(_("no cells with answers"))
    own = data.get("own") if isinstance(data.get("own"), list) else []
    record = data.get("record") if isinstance(data.get("record"), dict) else {}
    long = len(json.dumps(record)) > RECORD
    answers = {
        variable: cells[variable][:SOURCE]
        for variable in variables(homework, number)
        if isinstance(cells.get(variable), str)
        and without_blanks(cells[variable]) not in {"", *stubs}
    }
    own = [source[:SOURCE] for source in own if isinstance(source, str)][-OWN:]
    return {
        "homework": number,
        "identifier": identity(data.get("identifier") or "")[:200],
        "name": " ".join(str(data.get("name") or "").split())[:60],
        "cells": answers,
        "own": [*own, *(source for source in answers.values() if source not in own)],
        "record": {} if long else record,
    }


def _from_notebook(data, homework):
    """Return of a sheet what its last cell would have written.

    An answer stands in the last cell that gives its name a value; a stub is none.  What
    else is the student's may be needed by an answer.
    """
    number = str(_dict(data.get("metadata")).get("homework", ""))
    cells = data["cells"] if isinstance(data["cells"], list) else []
    cells = [cell for cell in map(_code, cells) if cell]
    number = number or _number(cells)
    ours = {cell.id: cell for cell in sheet(homework, number)}
    originals = {"", *(without_blanks(cell.source) for cell in ours.values())}
    names, about, answers, stubs = {*variables(homework, number)}, {}, {}, {}
    work = [cell for cell in cells if without_blanks(cell[1]) not in originals]
    for name, text in work:
        products = definitions(text)
        if name == "identity" or ("identifier" in products and not about):
            about = _constants(text)
            continue
        stub = definitions(ours[name].source) if name in ours else set()
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


# The teacher's


@cache
def sheet(homework, number):
    """Return the cells of a sheet as it was handed out."""
    file = homework / f"students/notebooks/{number}_homework.ipynb"
    if not re.fullmatch(r"[0-9]{2}", number) or not file.is_file():
        raise ValueError(_("of no sheet that is known here"))
    return nbformat.read(file, as_version=4).cells


@cache
def key(homework, number):
    """Return the teacher's file of a sheet."""
    return json.loads((homework / f"teacher/{number}.json").read_text("utf-8"))


def variables(homework, number):
    """Return {variable: name of the exercise or problem} of a sheet."""
    sheet(homework, number)  # or there is no such number
    data = key(homework, number)
    names = {exercise["variable"]: exercise["name"] for exercise in data["exercises"]}
    problems = [f"problem_{k}" for k in range(1, len(data["variants"][0]) + 1)]
    return names | dict(zip(problems, problems, strict=True))
