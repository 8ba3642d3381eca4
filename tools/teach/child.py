"""Run one student's answers, and send back numbers; started by tools/teach/grade.py.

Here is no right answer.  What is sent is only ever read as numbers and text, so that a
forged verdict is no verdict.  Whatever else the answers try is refused: the network,
other processes, writing outside an empty folder, reading outside Python and the course.
"""

import importlib
import json
import linecache
import os
import resource
import sys
from pathlib import Path

MEMORY = 3 * 2**30  # bytes
FILE = 20 * 2**20  # bytes, for one file, and for what is sent
NUMBERS = 200_000  # in one outcome

REFUSED = (
    "socket.", "subprocess.", "ctypes.", "os.system", "os.exec", "os.posix_spawn",
    "os.spawn", "os.fork", "os.kill", "pty.", "signal.", "sqlite3.", "fcntl.",
    "os.chroot", "os.setxattr", "os.removexattr", "resource.setrlimit", "syslog.",
    "urllib.", "http.", "ftplib.", "smtplib.", "telnetlib.", "webbrowser.",
)  # fmt: skip
WRITES = (
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink",
    "os.truncate", "os.chmod", "os.chown", "os.utime", "os.chdir", "shutil.",
)  # fmt: skip
READS = "os.listdir", "os.scandir", "os.walk", "glob."
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


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


def guard(course):
    """Refuse from now on what no answer needs."""
    from gettext import gettext as _  # of the students' course

    here = os.path.realpath(os.getcwd())
    places = [sys.prefix, sys.base_prefix, "/usr/share", course, *sys.path]
    places += [os.environ.get("MPLCONFIGDIR", here)]
    readable = tuple({os.path.realpath(place) for place in places if place} | {here})

    def inside(path, folders):
        if isinstance(path, int):
            return True
        real = os.path.realpath(os.fsdecode(path))
        return any(real == f or real.startswith(f + os.sep) for f in folders)

    def refuse(event, arguments):
        if event == "open":
            path, _mode, flags = arguments
            folders = (here,) if flags & WRITING else readable
            fine = path in ("/dev/null", "/dev/urandom") or inside(path, folders)
        elif event.startswith(READS):
            fine = inside(arguments[0] or ".", readable)
        elif event.startswith(WRITES):
            paths = [a for a in arguments[:2] if isinstance(a, str | bytes | Path)]
            fine = all(inside(path, (here,)) for path in paths)
        else:
            fine = not event.startswith(REFUSED)
        if not fine:
            said = _("{event} is not allowed in homework")
            raise PermissionError(said.format(event=event))

    sys.addaudithook(refuse)


def cell(source, name, names, mistakes, seconds):
    """Run a cell; return the sentence that tells why it failed, "" if it did not."""
    clock = mistakes.limits.Clock(seconds)
    linecache.cache[name] = len(source), None, source.splitlines(True), name
    try:
        code = compile(source, name, "exec")
        mistakes.limits.run(exec, (code, names), clock)
    except BaseException as error:
        return mistakes.errors.explanation(error, None, "")[1]
    return ""


def plain(outcome):
    """Return an outcome as what JSON can say."""
    if sum(v.size for v in outcome.values) > NUMBERS:
        from gettext import gettext as _  # of the students' course

        return {"kind": "size", "sentence": _("your function returns too many numbers")}
    values = [[v.shape, v.ravel().tolist()] for v in outcome.values]
    more = {"kind": outcome.kind, "sentence": outcome.sentence[:500]}
    return more | {"values": values, "changed": outcome.changed}


def answer(exercise, value, mistakes):
    """Return what is sent of one answer: choices, or an outcome for each case."""
    if not hasattr(exercise, "cases"):
        return {"chosen": [*value] if isinstance(value, set) else value}
    function = exercise.as_function(value)
    if sentence := mistakes.errors.misfit(function, exercise.parameters):
        return {"said": sentence}
    return {"outcomes": [*map(plain, exercise.outcomes(function))]}


def main():
    """Read a job, run its answers, send a line for each."""
    job = json.load(sys.stdin)
    out = os.fdopen(os.dup(1), "w")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    sys.path.insert(0, job["course"])

    import matplotlib

    matplotlib.use("Agg")
    from gettext import gettext as _

    import matplotlib.pyplot as plt

    from classroom import mistakes, sealed

    plt.close(plt.figure())  # so that the fonts are at hand
    checks = importlib.import_module(f"notebooks.homework.{job['topic']}")
    limit(job["all"])
    guard(job["course"])
    send, dumps = out.write, json.dumps
    given, begun = {"__name__": "__main__"}, ""
    for k, source in enumerate(job["prelude"]):
        begun = cell(source, f"<own {k}>", given, mistakes, job["cell"]) or begun
    send(dumps({"begun": begun}) + "\n")
    out.flush()
    for name, variable, source in job["answers"]:
        send(dumps({"at": name}) + "\n")
        out.flush()
        names = dict(given)
        found = {"said": cell(source, f"<{name}>", names, mistakes, job["cell"])}
        try:
            if variable in names and name.startswith("problem_"):
                paper = not isinstance(names[variable], str)
                found = {"outcomes": [plain(sealed.outcome_of(names[variable], paper))]}
            elif variable in names:
                found = answer(getattr(checks, name), names[variable], mistakes)
            line = dumps({"name": name, **found}, default=str)
        except mistakes.Trouble as trouble:
            line = dumps({"name": name, "said": str(trouble.args[-1])})
        except BaseException as error:
            said = _("your answer fails: {error}").format(error=f"{error!r:.200}")
            line = dumps({"name": name, "said": said})
        send(line + "\n")
        out.flush()


if __name__ == "__main__":
    main()
