"""Grading a class: seconds of work a hand-in, and for all, of 100, 300 and 2,000.

    python -m tools.bench.grading

Some are judged, behind the wall, each right in all it answers.  The others are copies
with names of their own, whose results are copied: of them reading, collecting and
writing are timed.
"""

import contextlib
import io
import itertools
import json
import resource
import tempfile
from pathlib import Path

import matplotlib

from tools.teach import books, copies, grade, handed, homework, judge, sealed

NUMBER, SIZES, JUDGED = "05", (100, 300, 2000), 20


def work():
    """Return the seconds of work of this process and of all that it waited for."""
    kinds = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    used = [resource.getrusage(kind) for kind in kinds]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def answers(out, identifier, solutions):
    """Return the text of what a student hands in who knows everything."""
    cells = dict(solutions)
    variants = handed.key(out, NUMBER)["variants"]
    mine = variants[sealed.variant(identifier, NUMBER, len(variants))]
    for k, problem in enumerate(mine, 1):
        cells[f"problem_{k}"] = f"problem_{k} = {problem['right']!r}"
    kept = {"homework": NUMBER, "identifier": identifier, "cells": cells}
    return json.dumps(kept)


def hand_in(out, folder, size):
    """Write what a class hands in; return {where its result goes: (file, "")}."""
    solutions = homework.solutions(NUMBER)
    for k in range(size):
        (folder / f"s{k}.json").write_text(answers(out, f"s{k}", solutions), "utf-8")
    (folder / "graded").mkdir(exist_ok=True)
    return grade._targets(folder, handed.listed(folder)[0], out)


def measure(out, folder):
    """Yield (hand-ins, seconds to judge one, seconds for all but judging)."""
    targets, begun = hand_in(out, folder, JUDGED), work()
    for target, (file, _member) in targets.items():
        judge.work(folder, file, "", target, out)
    each = (work() - begun) / JUDGED
    judged = [json.loads(target.read_text("utf-8")) for target in targets]
    for size in SIZES:
        targets = hand_in(out, folder, size)
        copied = zip(targets.items(), itertools.cycle(judged), strict=False)
        for (target, (file, _member)), result in copied:
            result = result | {"file": file.name, "identifier": file.stem}
            judge.write(target, json.dumps(result))
        begun = work()
        with contextlib.redirect_stdout(io.StringIO()):
            students = grade.grade(folder, out)["students"]
        books.write(folder, students)
        copies.write(folder, students)
        assert len(students) == size and all(map(all_right, students))
        yield size, each, work() - begun


def all_right(student):
    """Say whether a student has all points."""
    got, of = books.points_of(student)
    return got == of > 0


if __name__ == "__main__":
    matplotlib.use("Agg")
    with tempfile.TemporaryDirectory() as place:
        out, folder = Path(place, "homework"), Path(place, "handed")
        folder.mkdir()
        homework.build(out, [NUMBER])
        for size, each, rest in measure(out, folder):
            print(
                f"{size:5} hand-ins: {each:.2f} s of work to judge one (of {JUDGED}), "
                f"{rest:4.1f} s for the rest, {size * each + rest:5.0f} s in all"
            )
