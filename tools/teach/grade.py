"""Grade what was handed in: python -m tools.teach.grade FOLDER [--homework ...].

FOLDER holds sheets (*.ipynb) and answers-*.json, in subfolders too.  Each is run in a
process of its own (tools/teach/child.py), which knows no right answer and sends
numbers; here they are compared and the mistakes named.  Into FOLDER are written
grades.csv, grades.json and grades.html.
"""

import argparse
import ast
import contextlib
import csv
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from gettext import gettext as _
from html import escape
from importlib import import_module
from pathlib import Path

import matplotlib
import nbformat
import numpy as np

from classroom.mistakes.choices import plain
from classroom.mistakes.values import Outcome
from classroom.mistakes.wording import is_correct
from tools.course import ROOT
from tools.runs import digest
from tools.teach import sealed
from tools.teach.formulas import drawn
from tools.teach.homework import OUT, choices_of, demand_language

# Seconds: on the clock for one process; of work for one process, and for one cell.
LIMITS = {"wall": 90, "all": 40, "cell": 5}
CHILD = Path(__file__).with_name("child.py")
MOUNT = (
    'while [ "$1" != -- ]; do mount -t tmpfs none "$1" || exit 9; shift; done; shift'
)
APART = ["unshare", "-rnmpf", "--kill-child", "sh", "-c", f'{MOUNT}; exec "$@"', "sh"]


# What was handed in


def read_handed(path, homework):
    """Return what a file holds: identifier, cells, record; ValueError if nothing."""
    if path.stat().st_size > 20e6:
        raise ValueError(_("larger than 20 MB"))
    try:
        data = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(_("no JSON")) from error
    if not isinstance(data, dict):
        raise ValueError(_("neither a notebook nor answers"))
    if "cells" in data and "nbformat" in data:
        data = _from_notebook(data, homework)
    number, cells = str(data.get("homework")), data.get("cells")
    stubs = {cell.source.strip() for cell in _sheet(homework, number)}
    if not isinstance(cells, dict):
        raise ValueError(_("no cells with answers"))
    cells = {str(k): s for k, s in cells.items() if isinstance(s, str)}
    record = data.get("record")
    return {
        "homework": number,
        "identifier": sealed.plain(data.get("identifier") or "")[:40],
        "name": str(data.get("name") or "")[:60],
        "cells": {k: s for k, s in cells.items() if s.strip() not in stubs},
        "prelude": data.get("prelude", []) if "nbformat" in data else [],
        "record": record if isinstance(record, dict) else {},
    }


def _from_notebook(data, homework):
    """Return of a sheet what its last cell would have written."""
    number = str(data.get("metadata", {}).get("homework", ""))
    ours = {cell.id: cell for cell in _sheet(homework, number)}
    key = _key(homework, number)
    variables = [one["variable"] for one in key["exercises"]]
    variables += [f"problem_{k}" for k in range(1, len(key["variants"][0]) + 1)]
    cells, prelude, identity = {}, [], {}
    for cell in data["cells"]:
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        name, source = str(cell.get("id")), cell.get("source", "")
        source = "".join(source) if isinstance(source, list) else str(source)
        if name == "identity":
            identity = _constants(source)
        elif name not in ours:  # the student's own
            prelude.append(source)
            cells |= {v: source for v in variables if sealed.last_with(v, [source])}
        elif "exercise" in ours[name].metadata.get("tags", []):
            stub = [ours[name].source]
            cells |= {v: source for v in variables if sealed.last_with(v, stub)}
    handed = {"homework": number, "cells": cells, "prelude": prelude, "nbformat": 4}
    return handed | {k: identity.get(k, "") for k in ("identifier", "name")}


@cache
def _sheet(homework, number):
    """Return the cells of a sheet as it was handed out."""
    file = homework / f"students/notebooks/{number}_homework.ipynb"
    if not re.fullmatch(r"\d\d", number) or not file.is_file():
        raise ValueError(_("of no sheet that is known here"))
    return nbformat.read(file, as_version=4).cells


def _constants(source):
    """Return {name: value} of a cell of assignments, without running it."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return {}
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str | int)
    }


# Running


@cache
def _key(homework, number):
    """Return the teacher's file of a sheet."""
    return json.loads((homework / f"teacher/{number}.json").read_text("utf-8"))


@cache
def apart(*hidden):
    """Return what starts a process without network, alone, with folders hidden."""
    start = [*APART, *hidden, "--"]
    try:
        done = subprocess.run([*start, "true"], capture_output=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return start if done.returncode == 0 else []


def run(job, hidden=(), wall=90):
    """Run a job in a process of its own; return its lines, and why it died."""
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryFile() as sent:
        keep = ("PATH", "LANG", "LANGUAGE", "VIRTUAL_ENV")
        env = {name: os.environ[name] for name in keep if name in os.environ}
        env |= {"HOME": home, "TMPDIR": home, "MPLCONFIGDIR": _fonts()}
        env |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        start = apart(*hidden)
        process = subprocess.Popen(
            [*start, sys.executable, "-B", "-W", "ignore", "-I", str(CHILD)],
            cwd=home, env=env, stdin=subprocess.PIPE, stdout=sent,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        why = ""
        try:
            process.communicate(json.dumps(job).encode(), timeout=wall)
        except subprocess.TimeoutExpired:
            why = _("still running after {seconds} seconds").format(seconds=wall)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if not why and process.returncode:
            why = _("ended, or out of memory or time")
        sent.seek(0)
        lines = sent.read(50_000_000).decode("utf-8", "replace").splitlines()
    return [line for line in map(_line, lines) if line], why


@cache
def _fonts():
    """Return a folder with Matplotlib's list of fonts, which takes long to make."""
    return matplotlib.get_cachedir()


def _line(text):
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return line if isinstance(line, dict) else None


def answers_of(handed, homework, hidden=(), limits=LIMITS):
    """Return {name: what was sent} for all answers; a dead process is started again."""
    key, cells = _key(homework, handed["homework"]), handed["cells"]
    names = [(one["name"], one["variable"]) for one in key["exercises"]]
    names += [(f"problem_{k}",) * 2 for k in range(1, len(key["variants"][0]) + 1)]
    left = [[n, v, cells[v][:100_000]] for n, v in names if v in cells]
    course = homework / "students"
    sheet = _sheet(homework, handed["homework"])
    prelude = [c.source for c in sheet if c.id in ("imports", "given")]
    own, found = handed["prelude"], {}
    while left:
        job = {"course": str(course), "topic": key["topic"], "answers": left}
        job |= {"prelude": prelude + own, **limits}
        sent, why = run(job, hidden, limits["wall"])
        done = {str(line["name"]): line for line in sent if "name" in line}
        found |= {one[0]: done[one[0]] for one in left if one[0] in done}
        at = [line["at"] for line in sent if "at" in line]
        if not at and own:  # it died before the first answer
            own = []
            continue
        open_ = [one[0] for one in left if one[0] not in found]
        if open_:
            known = at and at[-1] in {one[0] for one in left}
            died = at[-1] if known else open_[0]
            said = _("the process {ended} while this was run")
            said = said.format(ended=why or _("ended"))
            found[died] = {"said": said, "died": True}
        left = [one for one in left if one[0] not in found]
    return found


# Judging


def outcomes_of(sent, names, cases):
    """Return outcomes from what a process sent; ValueError for anything else."""
    got = []
    for one in sent:
        values = tuple(
            np.array(flat, float).reshape(shape)
            for shape, flat in one.get("values", [])
        )
        kind, changed = (str(one.get(k, ""))[:40] for k in ("kind", "changed"))
        if not kind and len(values) != names:
            raise ValueError("values are missing")
        got.append(Outcome(values, kind, str(one.get("sentence", ""))[:500], changed))
    if len(got) != cases + 1 and not (got and got[-1].kind == "TooLong"):
        raise ValueError("cases are missing")
    return got


class Judge:
    """Compares numbers with right answers, and names mistakes."""

    def __init__(self, homework):
        self.homework, self.known = homework, {}

    def module(self, number):
        return import_module(
            f"notebooks.exercises.{_key(self.homework, number)['topic']}"
        )

    @cache  # noqa: B019
    def locks(self, number):
        topic = _key(self.homework, number)["topic"]
        file = self.homework / f"students/notebooks/homework/{topic}.json"
        return json.loads(file.read_text("utf-8"))

    @cache  # noqa: B019
    def choices(self, number):
        return choices_of(self.module(number))

    def exercise(self, number, name, sent):
        """Return {"right", "said", "mistake"} for what was sent of one exercise."""
        if "said" in sent and "outcomes" not in sent:
            named = [] if "died" in sent else [_("an error")]
            return _wrong(str(sent["said"])[:500], *named)
        if name in self.choices(number):
            return self._chosen(number, name, sent.get("chosen"))
        exercise = vars(self.module(number))[name]
        count = len(exercise.returns.split(", "))
        try:
            got = outcomes_of(sent["outcomes"], count, len(exercise.cases))
        except (ValueError, TypeError, KeyError, AttributeError):
            return _wrong(_("no numbers came back"), _("an error"))
        if got[-1].kind == "TooLong":
            return _wrong(got[-1].sentence, _("an endless loop"))
        key = digest(number, name, repr([(o.kind, o.values, o.changed) for o in got]))
        if key not in self.known:
            self.known[key] = self._judged(exercise, self.locks(number)[name], got)
        return self.known[key]

    def _judged(self, exercise, kept, got):
        again, *each = got
        kinds = {one.kind for one in each}
        if exercise.same(each, exercise.targets) or kinds != {""}:
            said = exercise.judge(got)
            name = said
            if kinds - {""}:
                name = _("an error: {kind}").format(kind=max(kinds))
            right = {"right": True, "said": said}
            return right if is_correct(said) else _wrong(said, name)
        said = sealed.behind(kept["locks"], each, exercise.within, kept["salt"])
        steady = exercise.same([again], got[1:2])
        if not said or said.startswith(sealed.RIGHT):
            said = exercise.mistake(each) if steady else ""
        if said:
            return _wrong(said, said)
        said = exercise.judge(got)
        return _wrong(said, _("a mistake without a name") if steady else said)

    def _chosen(self, number, name, value):
        truth, hints, *_more = self.choices(number)[name]
        truth = {letter: _(option) for letter, option in truth.items()}
        if not isinstance(value, dict):
            return _wrong(_("no letters with choices"), _("an error"))
        given = {str(k).strip().upper(): plain(v) for k, v in value.items()}
        wrong = [k for k in truth if given.get(k.upper()) != plain(truth[k])]
        if not wrong:
            return {"right": True, "said": _("Correct.")}
        told = [f"{k}: {given.get(k.upper(), _('nothing'))[:60]}" for k in wrong]
        said = _("wrong: {answers}").format(answers="; ".join(told))
        name = _("{letter} is “{option}”: {hint}")
        names = [
            name.format(letter=k, option=truth[k], hint=_(hints[k])) for k in wrong
        ]
        return _wrong(said, *names)

    def problem(self, number, variant, k, sent):
        """Return the same for problem k of a variant of a sheet."""
        problem = _key(self.homework, number)["variants"][variant][k - 1]
        if "outcomes" not in sent:
            said = str(sent.get("said") or _("no answer"))[:500]
            return _wrong(said, _("an error"))
        try:
            got = outcomes_of([*sent["outcomes"], *sent["outcomes"]], 1, 1)[0]
        except (ValueError, TypeError, KeyError, AttributeError):
            return _wrong(_("no number came back"), _("an error"))
        if _alike(got, problem["right"], problem["within"]):
            return {"right": True, "said": _("Correct.")}
        for value, why in problem["wrong"]:
            if _alike(got, value, problem["within"]):
                return _wrong(why, why)
        variants = _key(self.homework, number)["variants"]
        for other, one in enumerate(variants):  # somebody else's numbers
            same = [p for p in one if p["name"] == problem["name"]]
            if same and _alike(got, same[0]["right"], same[0]["within"]):
                said = _("right for variant {number}, which is not this student's")
                said = said.format(number=other)
                return _wrong(said, _("somebody else's numbers"))
        return _wrong(_("not right"), _("a mistake without a name"))


def _alike(got, value, within):
    if isinstance(value, str) or not got.values:
        return got.kind == str(value).strip().rstrip(".").lower()
    return bool(np.isclose(got.values[0], value, within, 0).all())


def _wrong(said, *mistakes):
    begins = f"{_('Not yet:')} "
    said, *names = (m.removeprefix(begins).rstrip(".") for m in (said, *mistakes))
    return {"right": False, "said": said, "mistakes": names or [said]}


# Grading


def grade(folder, homework=OUT, workers=2, ids=(), **limits):
    """Grade all files of a folder; return the grades, which are written there too."""
    folder, homework = Path(folder).resolve(), Path(homework).resolve()
    demand_language(homework)
    paths = sorted([*folder.rglob("*.ipynb"), *folder.rglob("*.json")])
    ours = "grades.json", "votes"  # what was written here, and saved on slides
    paths = [
        p for p in paths if not p.name.startswith(ours) and ".ipynb_" not in str(p)
    ]
    hidden = [ROOT / "notebooks", homework / "teacher", folder]
    inside = [Path(tempfile.gettempdir()), homework / "students", Path(sys.prefix)]
    hidden = [h for h in hidden if not any(p.is_relative_to(h) for p in inside)]
    judge, students = Judge(homework), []

    def work(path):
        started = time.perf_counter()
        try:
            handed = read_handed(path, homework)
            sent = answers_of(
                handed, homework, tuple(map(str, hidden)), LIMITS | limits
            )
        except Exception as error:  # whatever was handed in, the others are graded
            return path, {"fault": f"{error}"[:200]}, {}, 0
        return path, handed, sent, time.perf_counter() - started

    with ThreadPoolExecutor(workers) as pool:
        for path, handed, sent, seconds in pool.map(work, paths):
            one = _graded(judge, handed, sent) | {"seconds": round(seconds, 1)}
            students.append(one | {"file": str(path.relative_to(folder))})
    _remark(students, ids)
    grades = {"students": students, "homework": str(homework)}
    for one in students:
        one.pop("print", None)
    text = json.dumps(grades, indent=1, ensure_ascii=False)
    (folder / "grades.json").write_text(text, "utf-8")
    _write_tables(folder, students)
    return grades


def _graded(judge, handed, sent):
    """Return the results of one file."""
    if "fault" in handed:
        return {"identifier": "", "results": {}, "remarks": [handed["fault"]]}
    number, found = handed["homework"], {}
    key = _key(judge.homework, number)
    mine = sealed.variant(handed["identifier"], number, len(key["variants"]))
    for one in key["exercises"]:
        name = one["name"]
        nothing = {"right": False, "said": _("not handed in"), "mistakes": []}
        done = judge.exercise(number, name, sent[name]) if name in sent else nothing
        found[name] = done | {"title": one["title"]}
    for k, problem in enumerate(key["variants"][mine], 1):
        name = f"problem_{k}"
        one = judge.problem(number, mine, k, sent[name]) if name in sent else nothing
        title = _("problem {number}").format(number=k)
        found[name] = one | {"problem": problem["name"], "title": title}
    remarks = [] if handed["identifier"] else [_("no identifier")]
    remarks += [_("nothing handed in")] * (not sent)
    cells = handed["cells"]
    code = [_tree(cells[name]) for name in sorted(cells)]
    same = digest(*code) if sum(map(len, cells.values())) > 200 else ""
    return {
        "homework": number,
        "identifier": handed["identifier"],
        "name": handed["name"],
        "variant": mine,
        "results": found,
        "remarks": remarks,
        "record": handed["record"],
        "print": same,
    }


def _tree(source):
    """Return code without its comments and its layout."""
    try:
        return ast.dump(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source


def _remark(students, ids):
    """Note who handed in the same as another, or twice, or is on no list."""
    known = {sealed.plain(one) for one in ids}
    alike, twice = defaultdict(list), defaultdict(list)
    for one in students:
        if one.get("print"):
            alike[one["homework"], one["print"]].append(one)
        if one["identifier"]:
            twice[one["homework"], one["identifier"]].append(one)
        if known and one["results"] and one["identifier"] not in known:
            one["remarks"].append(_("identifier not on the list"))
    same = _("same answers as {files}"), _("same identifier as {files}")
    for group, said in zip((alike, twice), same, strict=True):
        for members in group.values():
            for one in members:
                others = [m["file"] for m in members if m is not one]
                if others:
                    one["remarks"].append(said.format(files=", ".join(others)))


def _cell(result):
    return _("right") if result["right"] else result["said"]


def _tame(text):
    """Return text that a spreadsheet does not take for a formula."""
    return "'" + text if text.startswith(tuple("=+-@\t\r")) else text


def _write_tables(folder, students):
    """Write grades.csv and grades.html."""
    names = {}
    for one in students:
        results = one["results"].items()
        names |= {(one["homework"], name): result["title"] for name, result in results}
    heads = [
        _("identifier"), _("name"), _("homework"), _("right"), _("of"), _("remarks"),
        _("file"),
    ]  # fmt: skip
    rows = []
    for one in students:
        results = one["results"]
        right = sum(result["right"] for result in results.values())
        row = [one["identifier"], one.get("name", ""), one.get("homework", "")]
        row += [str(right), str(len(results)), "; ".join(one["remarks"]), one["file"]]
        for number, name in names:
            mine = name in results and one.get("homework") == number
            row.append(_cell(results[name]) if mine else "")
        rows.append([_tame(cell) for cell in row])
    heads += [f"{number} {title}" for (number, _name), title in names.items()]
    with (folder / "grades.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([heads, *rows])
    table = "\n".join(
        "<tr>" + "".join(f"<td>{drawn(cell)}</td>" for cell in row) for row in rows
    )
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    (folder / "grades.html").write_text(
        f'<!doctype html><html lang="{_("en")}"><meta charset="utf-8">'
        f"<title>{_('Grades')}</title><style>{STYLE}</style><h1>{_('Grades')}</h1>"
        f"<table><tr>{head}</tr>\n{table}</table>",
        "utf-8",
    )


STYLE = """body { font: 14px/1.4 sans-serif; margin: 1em }
table { border-collapse: collapse } th { text-align: left; vertical-align: bottom }
td, th { border: 1px solid #999; padding: 2px 6px }
td { max-width: 22em; vertical-align: top }"""


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--homework", type=Path, default=OUT)
    parser.add_argument("--ids", type=Path, help="a text file, an identifier a line")
    wanted = parser.parse_args()
    matplotlib.use("Agg")
    if not (wanted.homework / "teacher").is_dir() or not wanted.folder.is_dir():
        sys.exit(
            _("First make homework; then say FOLDER=…, where what was handed in is.")
        )
    ids = wanted.ids.read_text("utf-8").split() if wanted.ids else ()
    done = grade(wanted.folder, wanted.homework, ids=ids)["students"]
    right = sum(r["right"] for one in done for r in one["results"].values())
    said = _("Files: {count}; right answers: {right}. {page}")
    page = wanted.folder / "grades.html"
    print(said.format(count=len(done), right=right, page=page))
