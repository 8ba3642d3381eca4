"""Read a hand-in, run its answers, send back numbers; started by tools/teach/judge.py.

Here is no right answer: what is sent is only ever read as numbers and text, so that a
forged verdict is no verdict.  This process imports the course, and runs nothing of the
student's; each answer is run in a copy of it, and writes to a file of its own.
"""

import contextlib
import ctypes
import importlib
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

MEMORY = 3 * 2**30  # bytes
FILE = 8 * 2**20  # bytes, for one file
MESSAGE = 2 * 2**20  # bytes of one answer; of the course's own none has a fiftieth
NUMBERS = 20_000  # in one outcome
LACKS = 256  # the status of an answer that lacks a name
LATE = 2  # seconds for what is in work when the time is over
NOT_DUMPABLE = 4, 0  # prctl: no answer looks into this process


class Nothing:
    """What a notebook has, and an answer does not need: it takes everything."""

    def __getattr__(self, _name):
        return self

    def __call__(self, *_arguments, **_more):
        return self


def limit(seconds):
    """Limit work, memory, files and processes, for good."""
    import resource  # which Windows has not

    for kind, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, FILE),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 1),
    ):
        resource.setrlimit(kind, (most, most))


def data_of(outcome):
    """Return an outcome as what JSON can say."""
    if sum(v.size for v in outcome.values) > NUMBERS:
        from gettext import gettext as _  # of the students' course

        return {"kind": "size", "sentence": _("your function returns too many numbers")}
    values = [[v.shape, v.ravel().tolist()] for v in outcome.values]
    more = {"kind": outcome.kind, "sentence": outcome.sentence[:500]}
    return more | {"values": values, "changed": outcome.changed}


def content_of(exercise, value, sealed):
    """Return what is sent of a value: a word, a number, choices, or outcomes."""
    if exercise is None:  # a problem
        if isinstance(value, str):
            return {"word": value[:200]}
        return {"number": float(sealed.read_paper(value, ["answer"])[0])}
    if not hasattr(exercise, "cases"):
        return {"chosen": [*value] if isinstance(value, set) else value}
    function = exercise.as_function(value)
    if sentence := sealed.errors.misfit(function, exercise.parameters):
        return {"said": sentence}
    return {"outcomes": [*map(data_of, exercise.outcomes(function))]}


def message_of(answer, own, prelude, exercise, sealed, seconds):
    """Return what is sent of one answer, run after the student's own cells."""
    from gettext import gettext as _  # of the students' course

    name, variable, source = answer
    names = dict(prelude)
    for k, text in enumerate(own):
        sealed.run_cell(text, f"<cell {k}>", names, seconds)
    failure = sealed.run_cell(source, f"<{name}>", names, seconds)
    if variable not in names:
        variables = ", ".join(n for n in names if n not in prelude) or _("nothing")
        missing = _("{name} is not defined in your cell; it defines {others}")
        return {
            "said": failure or missing.format(name=variable, others=variables[:200])
        }
    try:
        return content_of(exercise, names[variable], sealed)
    except sealed.Trouble as trouble:
        return {"said": str(trouble.args[-1])}
    except BaseException as error:
        sentence = _("your answer fails: {error}")
        return {"said": sentence.format(error=f"{error!r:.200}")}


def lacks(message):
    """Say whether an answer lacks a name, which another cell may have."""
    ends = [str(outcome["kind"]) for outcome in message.get("outcomes", ())]
    return "NameError" in ends or "NameError" in message.get("said", "")


def in_a_copy(work, most, seconds):
    """Call a function in a copy of this process, for so many seconds at most.

    Return what it writes, and the status with which it ended.
    """
    with tempfile.TemporaryFile() as file:
        if not (process := os.fork()):
            try:
                os.dup2(file.fileno(), 3)
                os.closerange(4, 1024)
                limit(most)
                message = work()
                with open(3, "wb") as out:
                    text = json.dumps(message, default=str)
                    out.write(text.encode("utf-8", "replace"))
                os._exit(lacks(message))
            finally:
                os._exit(2)
        timer = threading.Timer(seconds, os.kill, (process, signal.SIGKILL))
        timer.start()
        status = os.waitpid(process, 0)[1]
        timer.cancel()
        timer.join()
        file.seek(0)
        text = file.read(MESSAGE).decode("utf-8", "replace")
    with contextlib.suppress(Exception):  # its files are not for the next one
        shutil.rmtree(".", ignore_errors=True)
    return text, status


def ways(answer, own, cells):
    """Return which of the student's own cells to run first, and if a name lacks then.

    Those that the answer needs; the same in the order in which they were written, or
    all.
    """
    first = cells.helpers(own, *answer[1:])
    return first, sorted(first, key=own.index) or [c for c in own if c != answer[2]]


def result_of(answer, own, prelude, exercise, limits, end):
    """Return what an answer sends, and why it sends nothing, "" if it does."""
    from classroom import sealed
    from tools.teach.students import cells

    text, why = "", ""
    for first in ways(answer, own, cells):
        start = time.monotonic()
        seconds = min(limits["answer"], end - start)
        if seconds <= 0:
            return text, why or "not run"

        def work(first=first):
            return message_of(answer, first, prelude, exercise, sealed, limits["cell"])

        text, status = in_a_copy(work, limits["work"], seconds)
        why = "" if status in (0, LACKS) else "ended"
        if why and time.monotonic() - start >= seconds:
            why = "over"
        if status != LACKS:
            break
    return text, why


def given(students, number, sealed):
    """Return the checks of a sheet, and the names that its own cells define."""
    sheets = Path(students, "notebooks").glob(f"{number}_*.ipynb")
    (topic,) = {path.stem[3:] for path in sheets} - {"homework"}
    checks = importlib.import_module(f"notebooks.homework.{topic}")
    about = Path(students, f"notebooks/homework/{number}.json").read_text("utf-8")
    nothing = dict.fromkeys(("display", "get_ipython", "sheet"), Nothing())
    names = {"__name__": "__main__", **nothing}
    for k, source in enumerate(json.loads(about)["prelude"]):
        if error := sealed.run_cell(source, f"<given {k}>", names, 60):
            sys.exit(error)
    return checks, names


def main(students, limits):
    """Read a hand-in, send whose it is; run its answers, send a line for each.

    The first line says that what follows is this student's doing.
    """
    start, limits = time.monotonic(), json.loads(limits)
    clock = threading.Timer(limits["all"] + LATE, os._exit, (0,))
    clock.daemon = True  # as root nobody else ends it: bubblewrap gives that right away
    clock.start()
    out = os.fdopen(os.dup(1), "w")
    sys.path[:0] = [students]

    import matplotlib.pyplot as plt

    from classroom import sealed

    sys.path.append(str(Path(__file__).parents[2]))
    from tools.teach import reading

    sys.path.pop()

    def send(*line):
        out.write(json.dumps(line) + "\n")
        out.flush()

    plt.close(plt.figure())  # so that the fonts are at hand
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(*NOT_DUMPABLE)
    send()
    try:
        submission = reading.read(sys.stdin.buffer.read(), Path(students))
    except Exception as error:
        return send(str(error), {})
    answers, own = submission.pop("answers"), submission.pop("own")
    send("", submission | {"answers": [name for name, *_cell in answers]})
    checks, prelude = given(students, submission["homework"], sealed)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    for answer in answers:
        name, exercise = answer[0], None
        if not name.startswith("problem_"):
            exercise = getattr(checks, name)
        end = start + limits["all"]
        send(name, *result_of(answer, own, prelude, exercise, limits, end))


if __name__ == "__main__":
    main(*sys.argv[1:])
