"""Checks for homework: they name the mistake, and hold no answer that can be read.

`make homework` copies this file into the students' folder, as classroom/sealed.py, and
locks.py and cells.py, which the tools use too, beside it.  No tool imports this one.

There an exercise has no right answer.  In its place stands a list of locks: one for the
numbers of the right answer, one for those of each mistake that is known.  A lock is a
hash: it opens for who has the same numbers, and behind it is a sentence.  What can
still be found out stands in web/teacher/homework.md.
"""

import base64
import inspect
import json
import linecache
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

from .cells import helpers, last_definition, without_blanks, without_magic
from .locks import RIGHT, Lock, identity, option_mark, seal, sentence_behind, variant

# Exercises


class Sealed:
    """Before Exercise, OnPaper or Plot: compares with locks, and not with numbers."""

    def __init__(self, answer, returns, *case, **more):
        super().__init__(answer, returns, "", *case, **more)
        data = _data(answer.__globals__["__file__"])[answer.__name__]
        self.salt, self.shapes = data["salt"], data["shapes"]
        self.locks, self.columns = data["locks"], data["columns"]
        self.lock = Lock(self.within)

    def sentence(self, outcomes):
        """Return what is behind the lock that these outcomes open, None if none is."""
        return sentence_behind(self.locks, outcomes, self.within, self.salt)

    def praise_of(self, outcomes):
        """Return the sentence behind the lock of the right answer."""
        return self.sentence(outcomes).removeprefix(RIGHT)

    def wrong(self, outcomes, function=None):
        """Return the sentence behind the lock of a mistake, "" if all is right."""
        sentence = self.sentence(outcomes)
        if sentence is None:
            return self.difference(outcomes)
        if sentence.startswith(RIGHT):
            return ""
        record.keep_exercise(self.name, mistake=sentence)
        return sentence

    def difference(self, outcomes):
        """Say what is wrong, without the number that is right."""
        pairs = zip(outcomes, self.shapes, strict=True)
        for case, (outcome, shapes) in enumerate(pairs):
            sentence = outcome.sentence
            sentence = sentence or differences.misshapen(self, outcome.values, shapes)
            if sentence:
                return differences.with_input(self, case, sentence)
        names = enumerate(self.names)
        right = [name for k, name in names if self._is_right(k, outcomes)]
        wrong = [_(name) for name in self.names if name not in right]
        sentence = _("your {names} is not right, and this mistake has no name here")
        if len(wrong) > 1:
            sentence = _(
                "your {names} are not right, and this mistake has no name here"
            )
        which = enumeration(wrong) if self.exact or self.within else _("answer")
        sentence = sentence.format(names=which)
        return differences.with_fine(sentence, right if self.exact else [])

    def _is_right(self, k, outcomes):
        """Say whether the value of one name is right in all cases."""
        grids, mark = self.columns[k]
        column = [Outcome(outcome.values[k : k + 1]) for outcome in outcomes]
        key = self.lock.key(column, grids, f"{self.salt} {k}")
        return key is not None and seal(key, "")[0] == mark


def sealed(returns, *case, kind=Exercise, **more):
    """Turn a function without a body into its check, as `exercise` does."""
    check = type("Sealed", (Sealed, kind), {})
    return lambda answer: check(answer, returns, *case, **more)


# The same for a number and for a plot, as `on_paper` and `plot` do.
sealed_on_paper, sealed_plot = partial(sealed, kind=OnPaper), partial(sealed, kind=Plot)


def _data(path):
    return json.loads(Path(path).with_suffix(".json").read_text("utf-8"))


def unpacked(path, name):
    """Return data that stands beside a module."""
    return _data(path)[name]


def suspects(path):
    """Return functions with a bug, whose code is packed, so that it is not read."""
    functions = {}
    for letter, code in _data(path)["suspects"].items():
        scope = {"np": np}
        exec(zlib.decompress(base64.b64decode(code)).decode(), scope)
        functions[letter] = next(v for v in scope.values() if inspect.isfunction(v))
    return functions


# Choices


def choices(path, name):
    """Return a check of answers that are chosen, {"A": option}."""
    data = _data(path)[name]

    def check(answers):
        truth = {}
        for letter, mark in data["marks"].items():
            marks = {option_mark(data["salt"], letter, o): o for o in data["options"]}
            truth[letter] = marks[mark]
        compare(name, answers, truth, data["hints"], data["options"], data["praise"])

    return check


# The sheet


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
        self.number, self.name = number, str(name)
        self.identifier = identity(identifier)
        self.folder = Path(folder)
        if not self.identifier or self.identifier == "ellipsis":
            raise ValueError(_("first write your identifier in place of the ..."))
        file = Path(__file__).parents[1] / "notebooks/homework" / f"{number}.json"
        data = json.loads(file.read_text("utf-8"))
        self.names = data["answers"]  # {exercise: name of the variable}
        self.cells, self.prelude = data["cells"], data["prelude"]
        self.problems = data["variants"][variant(identifier, number)]

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
        stubs = {"", *map(without_blanks, self.cells)}
        cells = sorted(places, key=places.get)
        cells = [cell for cell in cells if without_blanks(cell) not in stubs]
        names = [*self.names.values()]
        names += [f"problem_{k}" for k in range(1, len(self.problems) + 1)]
        answers = {name: last_definition(name, cells) for name in names}
        answers = {name: source for name, source in answers.items() if source}
        own = {*answers.values()}
        own |= {c for name in answers for c in helpers(cells, name, answers[name])}
        data = {"homework": self.number, "identifier": self.identifier}
        data |= {"name": self.name, "cells": answers, "record": record.read()}
        data["own"] = [cell for cell in cells if cell in own]
        path = self.folder / f"answers-{self.number}-{self.identifier}.json"
        path.write_text(json.dumps(data, indent=1, ensure_ascii=False), "utf-8")
        sentence = _("{file}: {made} of {all} answers. Hand in.")
        print(sentence.format(file=path.name, made=len(answers), all=len(names)))
        for name in names:
            why = _("nothing is there yet")
            if source := answers.get(name):
                why = self.trouble(name, source, data["own"])
                sentence = _("of cell [{number}], `{line}`")
                line = next((s for s in source.split("\n") if name in s), name)[:60]
                why = why or sentence.format(number=places[source], line=line)
            print(f"{name}: {why.rstrip('.')}.")

    def trouble(self, name, source, own):
        """Try an answer's cell as it will be judged; return what stands against it."""
        names = {"__name__": "__main__"}
        for cell in [*self.prelude, *helpers(own, name, source)]:
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


def _history():
    from IPython import get_ipython

    return get_ipython().history_manager.input_hist_raw  # magic as it is written
