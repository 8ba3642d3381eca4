"""Run one student's answers, and send back numbers; started by tools/teach/judge.py.

Here is no right answer: what is sent is only ever read as numbers and text, so that a
forged verdict is no verdict.  This process imports the course, and runs nothing of the
student's; each answer is run in a copy of it, and has a pipe of its own.
"""

import contextlib
import ctypes
import importlib
import json
import linecache
import os
import re
import resource
import shutil
import sys
from types import SimpleNamespace

MEMORY = 3 * 2**30  # bytes
FILE = 20 * 2**20  # bytes, for one file, and for what is sent of one answer
NUMBERS = 200_000  # in one outcome
NOT_DUMPABLE = 4, 0  # prctl: no answer looks into this process


class Nothing:
    """What a notebook has, and an answer does not need: it takes everything."""

    def __getattr__(self, _name):
        return self

    def __call__(self, *_arguments, **_more):
        return self


def limit(seconds):
    """Limit work, memory, files and processes, for good."""
    for what, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, FILE),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 1),
    ):
        resource.setrlimit(what, (most, most))


def without_magic(source):
    """Return a cell without its lines for the notebook alone, %time or !pip."""
    try:
        compile(source, "", "exec")
    except SyntaxError:
        return re.sub(r"(?m)^([ \t]*)(?:[%!].*|.*\w\?+[ \t]*)$", r"\1pass", source)
    return source


def cell(source, name, names, mistakes, seconds):
    """Run a cell; return the sentence that tells why it failed, "" if it did not."""
    clock, here = mistakes.limits.Clock(seconds), SimpleNamespace(co_filename=name)
    try:
        source = without_magic(source)
        linecache.cache[name] = len(source), None, source.splitlines(True), name
        code = compile(source, name, "exec")
        mistakes.limits.run(exec, (code, names), clock)
    except BaseException as error:
        where = SimpleNamespace(__code__=here)
        return mistakes.errors.explanation(error, where, "")[1]
    return ""


def plain(outcome):
    """Return an outcome as what JSON can say."""
    if sum(v.size for v in outcome.values) > NUMBERS:
        from gettext import gettext as _  # of the students' course

        return {"kind": "size", "sentence": _("your function returns too many numbers")}
    values = [[v.shape, v.ravel().tolist()] for v in outcome.values]
    more = {"kind": outcome.kind, "sentence": outcome.sentence[:500]}
    return more | {"values": values, "changed": outcome.changed}


def sent_of(exercise, value, mistakes):
    """Return what is sent of a value: a word, a number, choices, or outcomes."""
    if exercise is None:  # a problem
        if isinstance(value, str):
            return {"word": value[:200]}
        return {"number": float(mistakes.values.read_paper(value, ["answer"])[0])}
    if not hasattr(exercise, "cases"):
        return {"chosen": [*value] if isinstance(value, set) else value}
    function = exercise.as_function(value)
    if sentence := mistakes.errors.misfit(function, exercise.parameters):
        return {"said": sentence}
    return {"outcomes": [*map(plain, exercise.outcomes(function))]}


def answered(answer, own, given, exercise, mistakes, seconds):
    """Return what is sent of one answer, run after the student's own cells."""
    from gettext import gettext as _  # of the students' course

    name, variable, source = answer
    names = dict(given)
    for k, text in enumerate(own):
        cell(text, f"<cell {k}>", names, mistakes, seconds)
    said = cell(source, f"<{name}>", names, mistakes, seconds)
    if variable not in names:
        others = ", ".join(n for n in names if n not in given) or _("nothing")
        missing = _("{name} is not defined in your cell; it defines {others}")
        return {"said": said or missing.format(name=variable, others=others[:200])}
    try:
        return sent_of(exercise, names[variable], mistakes)
    except mistakes.Trouble as trouble:
        return {"said": str(trouble.args[-1])}
    except BaseException as error:
        said = _("your answer fails: {error}")
        return {"said": said.format(error=f"{error!r:.200}")}


def failed(sent):
    """Say whether an answer ended with an error."""
    return "said" in sent or any(one["kind"] for one in sent.get("outcomes", ()))


def apart(work, most):
    """Call a function in a copy of this process; return what it writes, its status."""
    reads, writes = os.pipe()
    if not (process := os.fork()):
        try:
            os.dup2(writes, 3)
            os.closerange(4, 1024)
            limit(most)
            sent = work()
            with open(3, "wb") as pipe:
                pipe.write(json.dumps(sent, default=str).encode("utf-8", "replace"))
            os._exit(failed(sent))
        finally:
            os._exit(2)
    os.close(writes)
    with open(reads, "rb") as pipe:
        sent = pipe.read(FILE)
    status = os.waitpid(process, 0)[1]
    with contextlib.suppress(Exception):  # its files are not for the next one
        shutil.rmtree(".", ignore_errors=True)
    return sent, status


def main():
    """Read a job, run its answers, send a head and a body for each."""
    job = json.load(sys.stdin)
    out = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    sys.path.insert(0, sys.argv[1])

    import matplotlib.pyplot as plt

    from classroom import mistakes

    def send(name, status, body=b""):
        out.write(json.dumps([name, status, len(body)]).encode() + b"\n" + body)
        out.flush()

    plt.close(plt.figure())  # so that the fonts are at hand
    checks = importlib.import_module(f"notebooks.homework.{job['topic']}")
    nothing = dict.fromkeys(("display", "get_ipython", "sheet"), Nothing())
    given = {"__name__": "__main__", **nothing}
    for k, source in enumerate(job["prelude"]):
        if said := cell(source, f"<given {k}>", given, mistakes, 60):
            sys.exit(said)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(*NOT_DUMPABLE)
    send("", 0)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    for answer in job["answers"]:
        exercise = None
        if not answer[0].startswith("problem_"):
            exercise = getattr(checks, answer[0])
        for own in ([], job["own"]) if job["own"] else ([],):
            send(answer[0], -1)

            def work(answer=answer, own=own, exercise=exercise):
                seconds = job["cell"]
                return answered(answer, own, given, exercise, mistakes, seconds)

            sent, status = apart(work, job["work"])
            if status != 256:
                break
        send(answer[0], status, sent)


if __name__ == "__main__":
    main()
