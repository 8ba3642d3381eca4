"""Checks for homework: they name the mistake, and hold no answer that can be read.

In the students' folder, where this file is classroom/sealed.py, an exercise has no
right answer.  In its place stands a list of locks, made by tools/teach/homework.py:
one for the numbers of the right answer, one for those of each mistake that is known.
A lock is a hash: it opens for who has the same numbers, and behind it is a sentence.
What can still be found out stands in web/teacher/homework.md.
"""

import ast
import base64
import builtins
import hashlib
import inspect
import json
import linecache
import re
import unicodedata
import zlib
from functools import partial
from gettext import gettext as _
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from classroom import record
from classroom.mistakes import Exercise, Trouble, compare, differences, errors, limits
from classroom.mistakes.exercises import OnPaper, Plot
from classroom.mistakes.values import Outcome, read_paper
from classroom.mistakes.wording import enumeration

VARIANTS = 50
RIGHT = "✓ "  # before the praise, behind the lock of a right answer


# Locks


class Lock:
    """A lock that numbers open which are alike: on a grid that was chosen for them.

    Numbers are rounded before they are hashed.  On one grid, equal numbers may fall on
    two sides of an edge.  So there are several, shifted; for each number the lock says
    on which one it is in the middle of its cell.  paper is the part by which a number
    may be off; 0: as much as in checks.
    """

    def __init__(self, paper=0):
        self.grids = 16 if paper else 4
        self.cell = 2 / (1 - 1 / self.grids)  # so each side has one unit or more
        self.paper = paper

    def _places(self, outcomes):
        """Return where the numbers lie, a unit being what makes no difference."""
        values = [np.ravel(v) for outcome in outcomes for v in outcome.values]
        flat = np.concatenate([*values, np.empty(0)])
        with np.errstate(all="ignore"):
            if self.paper:
                return flat, np.log(np.abs(flat)) / -np.log1p(-self.paper) / self.cell
            return flat, np.sign(flat) * np.log1p(100 * np.abs(flat)) * 1e4 / self.cell

    def grids_of(self, outcomes):
        """Return the grid of each number, as text."""
        places = self._places(outcomes)[1]
        places = np.where(np.isfinite(places), places, 0.5)
        middle = (0.5 - places % 1) * self.grids
        chosen = (np.rint(middle) % self.grids).astype(np.uint8).tobytes()
        return base64.b64encode(zlib.compress(chosen)).decode()

    def key(self, outcomes, grids, salt):
        """Return the hash of numbers on their grids; None if there are more or less."""
        shifts = np.frombuffer(zlib.decompress(base64.b64decode(grids)), np.uint8)
        flat, places = self._places(outcomes)
        if len(shifts) != len(flat):
            return None
        finite = np.isfinite(places)
        cells = np.floor(np.where(finite, places, 0) + shifts / self.grids)
        signs = np.sign(flat) if self.paper else 0 * cells
        shapes = [
            (outcome.kind, [v.shape for v in outcome.values]) for outcome in outcomes
        ]
        special = np.clip(np.nan_to_num(flat, nan=9, posinf=5), -5, 9)
        signs = np.where(finite, signs, special).astype(np.int8).tobytes()
        text = f"{salt} {shapes}".encode() + cells.astype(np.int64).tobytes() + signs
        return hashlib.sha256(text).digest()


def locked(key, sentence):
    """Return what a key is recognised by, and a sentence that it opens."""
    mark = hashlib.sha256(key + b"mark").hexdigest()[:20]
    return mark, base64.b64encode(_mixed(key, sentence.encode())).decode()


def unlocked(key, mark, secret):
    """Return the sentence that a key opens, None if it is another's."""
    if key is None or locked(key, "")[0] != mark:
        return None
    return _mixed(key, base64.b64decode(secret)).decode()


def behind(locks, got, paper, salt):
    """Return the sentence behind the first lock that outcomes open, None if none is."""
    lock = Lock(paper)
    for grids, mark, secret in locks:
        key = lock.key(got, grids, salt)
        if (sentence := unlocked(key, mark, secret)) is not None:
            return sentence
    return None


def _mixed(key, message):
    """Mix a message with bytes that only the key gives; a second time undoes it."""
    blocks = range(len(message) // 32 + 1)
    stream = b"".join(hashlib.sha256(key + b"%d" % k).digest() for k in blocks)
    return bytes(a ^ b for a, b in zip(message, stream, strict=False))


# Exercises


class Sealed:
    """What is other in an exercise whose right answer is a list of locks."""

    def __init__(self, answer, returns, *case, **more):
        super().__init__(answer, returns, "", *case, **more)
        kept = _kept(answer.__globals__["__file__"])[answer.__name__]
        self.salt, self.shapes = kept["salt"], kept["shapes"]
        self.locks, self.fine = kept["locks"], kept["fine"]
        self.lock = Lock(self.within)

    def sentence(self, got):
        """Return what is behind the lock that these outcomes open, None if none is."""
        return behind(self.locks, got, self.within, self.salt)

    def praise_of(self, got):
        """Return the sentence behind the lock of the right answer."""
        return self.sentence(got).removeprefix(RIGHT)

    def wrong(self, got, function=None):
        """Return the sentence behind the lock of a mistake, "" if all is right."""
        sentence = self.sentence(got)
        if sentence is None:
            return self.difference(got)
        if sentence.startswith(RIGHT):
            return ""
        record.keep_exercise(self.name, mistake=sentence)
        return sentence

    def difference(self, got):
        """Say what is wrong, without the number that is right."""
        for case, (outcome, shapes) in enumerate(zip(got, self.shapes, strict=True)):
            sentence = outcome.sentence or differences.misshapen(
                self, outcome.values, shapes
            )
            if sentence:
                return differences.with_input(self, case, sentence)
        fine = [name for k, name in enumerate(self.names) if self._is_fine(k, got)]
        wrong = [_(name) for name in self.names if name not in fine]
        sentence = _("your {names} is not right, and this mistake has no name here")
        if len(wrong) > 1:
            sentence = _(
                "your {names} are not right, and this mistake has no name here"
            )
        which = enumeration(wrong) if self.exact or self.within else _("answer")
        sentence = sentence.format(names=which)
        return differences.with_fine(sentence, fine if self.exact else [])

    def _is_fine(self, k, got):
        """Say whether the value of one name is right in all cases."""
        grids, mark = self.fine[k]
        column = [Outcome(outcome.values[k : k + 1]) for outcome in got]
        key = self.lock.key(column, grids, f"{self.salt} {k}")
        return key is not None and locked(key, "")[0] == mark


def sealed(returns, *case, kind=Exercise, **more):
    """Turn a function without a body into its check, as `exercise` does."""
    check = type("Sealed", (Sealed, kind), {})
    return lambda answer: check(answer, returns, *case, **more)


# The same for a number and for a plot, as `on_paper` and `plot` do.
sealed_on_paper, sealed_plot = partial(sealed, kind=OnPaper), partial(sealed, kind=Plot)


def _kept(path):
    return json.loads(Path(path).with_suffix(".json").read_text("utf-8"))


def unpacked(path, name):
    """Return data that stands beside a module."""
    return _kept(path)[name]


def suspects(path):
    """Return functions with a bug, whose code is packed, so that it is not read."""
    made = {}
    for letter, packed in _kept(path)["suspects"].items():
        scope = {"np": np}
        exec(zlib.decompress(base64.b64decode(packed)).decode(), scope)
        made[letter] = next(v for v in scope.values() if inspect.isfunction(v))
    return made


# Choices


def choices(path, name):
    """Return a check of answers that are chosen, {"A": option}."""
    kept = _kept(path)[name]

    def check(answers):
        truth = {}
        for letter, mark in kept["marks"].items():
            marks = {option_mark(kept["salt"], letter, o): o for o in kept["options"]}
            truth[letter] = marks[mark]
        compare(name, answers, truth, kept["hints"], kept["options"], kept["praise"])

    return check


def option_mark(salt, letter, option):
    """Return the hash of an option: it hides it from the eye, no more."""
    return hashlib.sha256(f"{salt} {letter} {option}".encode()).hexdigest()[:20]


# The sheet


def plain(identifier):
    """Return an identifier as it is compared: small letters, digits, hyphens."""
    text = unicodedata.normalize("NFC", str(identifier)).strip().lower()
    return re.sub(r"[^\w-]+", "-", text).strip("-")


def variant(identifier, number, n=VARIANTS):
    """Return which of n variants of a notebook's sheet is this student's."""
    text = f"{plain(identifier)} {number}"
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % n


def outcome_of(value, paper):
    """Return a number or a word that is handed in as an outcome."""
    if isinstance(value, str):
        return Outcome((), kind=value.strip().rstrip(".").lower())
    return Outcome(read_paper(value, ["answer"]))


class Sheet:
    """The problems of one notebook in a student's own variant, and what is handed in.

    sheet.problem(1)   shows the first problem
    sheet.write()      writes answers-05-<identifier>.json, and says what is missing

    Nothing here says whether an answer to a problem is right: nothing here knows it.
    """

    def __init__(self, number, identifier, name="", folder="."):
        self.number, self.identifier, self.name = number, plain(identifier), str(name)
        self.folder = Path(folder)
        if not self.identifier or self.identifier == "ellipsis":
            raise ValueError(_("first write your identifier in place of the ..."))
        file = Path(__file__).parents[1] / "notebooks/homework" / f"{number}.json"
        kept = json.loads(file.read_text("utf-8"))
        self.names = kept["answers"]  # {exercise: name of the variable}
        self.ours, self.prelude = kept["cells"], kept["prelude"]
        self.problems = kept["variants"][variant(identifier, number)]

    def problem(self, k):
        """Return the text of a problem, for a notebook to show."""
        from IPython.display import Markdown

        sentence = _("**Problem {number}.** {text}")
        return Markdown(sentence.format(number=k, text=self.problems[k - 1]))

    def write(self, cells=None):
        """Write what is to be handed in: the cells with the answers, and the record.

        cells: all that was run, from first to last; in a notebook it knows them.
        """
        places = {cell: k for k, cell in enumerate(cells or _history())}  # the last
        ours = {"", *map(squeezed, self.ours)}
        cells = [c for c in sorted(places, key=places.get) if squeezed(c) not in ours]
        wanted = [*self.names.values()]
        wanted += [f"problem_{k}" for k in range(1, len(self.problems) + 1)]
        made = {name: last_with(name, cells) for name in wanted}
        made = {name: source for name, source in made.items() if source}
        handed = {"homework": self.number, "identifier": self.identifier}
        handed |= {"name": self.name, "cells": made, "record": record.read()}
        kept = {c for name in made for c in needed(cells, name, made[name])}
        handed["own"] = [c for c in cells if c in kept or c in made.values()]
        path = self.folder / f"answers-{self.number}-{self.identifier}.json"
        path.write_text(json.dumps(handed, indent=1, ensure_ascii=False), "utf-8")
        sentence = _("{file}: {made} of {all} answers. Hand in.")
        print(sentence.format(file=path.name, made=len(made), all=len(wanted)))
        for name in wanted:
            why = _("nothing is there yet")
            if source := made.get(name):
                why = self.trouble(name, source, handed["own"])
                sentence = _("of cell [{number}], `{line}`")
                line = next((s for s in source.split("\n") if name in s), name)[:60]
                why = why or sentence.format(number=places[source], line=line)
            print(f"{name}: {why.rstrip('.')}.")

    def trouble(self, name, source, own):
        """Try an answer's cell as it will be judged; return what stands against it."""
        names = {"__name__": "__main__"}
        for cell in [*self.prelude, *needed(own, name, source)]:
            run_cell(cell, "<own>", names, 5)
        error = run_cell(source, f"<{name}>", names, 5)
        if error or names.get(name) is ...:
            return error or _("in place of the ... put your answer")
        try:
            if name.startswith("problem_"):
                outcome_of(names.get(name), not isinstance(names.get(name), str))
        except Trouble as trouble:
            return trouble.args[1]
        return ""


def run_cell(source, name, names, seconds):
    """Run a cell in names; return the sentence that tells why it failed, "" if not."""
    cell = SimpleNamespace(__code__=SimpleNamespace(co_filename=name))
    try:
        source = without_magic(source)
        linecache.cache[name] = len(source), None, source.splitlines(True), name
        limits.run(exec, (compile(source, name, "exec"), names), limits.Clock(seconds))
    except BaseException as error:
        return errors.explanation(error, cell, "")[1]
    return ""


def without_magic(source):
    """Return a cell without its lines for the notebook alone: %time, !pip, np?."""
    try:
        ast.parse(source)
    except SyntaxError:
        return "\n".join(map(_passed, source.split("\n")))
    return source


def _passed(line):
    """Return a line of a cell, or pass in the place of magic."""
    code = line.strip()
    if code.startswith(("%", "!")) or code.endswith("?"):
        return line[: len(line) - len(line.lstrip())] + "pass"
    return line


def tree(source):
    """Return the syntax tree of a cell, an empty one if it has none."""
    try:
        return ast.parse(without_magic(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.parse("")


def made_by(source):
    """Return the names that a cell gives a value."""
    return {name for node in tree(source).body for name in bound(node)}


def needed(cells, variable, answer):
    """Return which of all cells make what an answer's uses and does not make itself.

    Of several that make a name the last above the answer, else the last below.
    """
    sources, k = [], cells.index(answer)
    wanted = _lacking(answer) | ({variable} & _read(answer))  # made again, of itself
    for source in [*cells[:k][::-1], *cells[:k:-1]]:
        made = made_by(source)
        if made & wanted:
            sources.append(source)
            wanted = (wanted - made) | _lacking(source)
    return sources[::-1]


def squeezed(source):
    """Return a cell without its blanks: so it is compared with what was given out."""
    return "".join(source.split())


def _read(source):
    """Return the names that code reads."""
    nodes = [n for n in ast.walk(tree(source)) if isinstance(n, ast.Name)]
    return {n.id for n in nodes if isinstance(n.ctx, ast.Load)} - {*vars(builtins)}


def _lacking(source):
    """Return the names that code reads and does not make."""
    return _read(source) - made_by(source)


def _history():
    from IPython import get_ipython

    return get_ipython().history_manager.input_hist_raw  # magic as it is written


def last_with(name, cells):
    """Return the last cell that gives a name its value, "" if none does."""
    return next((cell for cell in reversed(cells) if name in made_by(cell)), "")


def bound(node):
    """Return the names that a statement gives a value."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name for alias in node.names]
    if hasattr(node, "name"):  # a function or a class
        return [node.name]
    targets = getattr(node, "targets", [getattr(node, "target", node)])
    names = [
        n for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)
    ]
    return [n.id for n in names if isinstance(n.ctx, ast.Store)]
