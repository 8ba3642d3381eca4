"""The wall around what a student hands in: bubblewrap, https://github.com/containers.

Inside are Python, the students' folder and what reads a hand-in and runs it (child.py),
all read-only, and an empty home:
no network, no other process, no key, nobody else's work.  No state of Python is part of
it, so no Python opens it.
"""

import os
import platform
import shutil
import struct
import subprocess
import sys
from functools import cache
from gettext import gettext as _
from pathlib import Path

import matplotlib.font_manager  # noqa: F401  it writes its list of fonts
from matplotlib import get_cachedir

CHILD = Path(__file__).with_name("child.py")
HOME, COURSE, INSIDE = "/tmp/home", "/tmp/course", "/tmp/tools/teach"
WITH = "child.py", "reading.py", "students/cells.py", "students/locks.py"
SYSTEM = "/usr", "/lib", "/lib32", "/lib64", "/bin", "/etc/ld.so.cache"
SECCOMP = "its file"  # what the kernel is to refuse
UNSHARE = {"x86_64": (0xC000003E, 272), "aarch64": (0xC00000B7, 97)}
ROOM = 64 * 2**20  # bytes, for all files that an answer writes
# As root there is no namespace of users: limits hold who is not root, so nobody is.
APART = """--die-with-parent --as-pid-1 --new-session --unshare-ipc --unshare-pid
--unshare-net --unshare-uts --unshare-cgroup-try --hostname homework --clearenv
--cap-drop ALL"""
ROOTS = ["CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"]
MISSING = """Homework is run behind a wall, bubblewrap, which does not work here:
    {why}
Debian, Ubuntu: sudo apt install bubblewrap; Fedora: sudo dnf install bubblewrap. On \
Windows use WSL, on macOS a virtual machine with Linux. Or say TRUST=1: then what was \
handed in may do here whatever you may do."""


class NoWall(RuntimeError):
    """Nothing could be run, whoever handed it in."""


def command(students, trust=False):
    """Return (command, environment) that start child.py for a students' folder.

    trust: True, without a wall; "nobody", without one but as a user without rights.
    """
    python = [sys.executable, "-B", "-W", "ignore", "-I"]
    env = {"HOME": HOME, "TMPDIR": HOME, "MPLCONFIGDIR": HOME, "LANG": "C.UTF-8"}
    env |= {"SGD_ADAM_RECORD": "none", "TQDM_DISABLE": "1"}
    env |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    env |= {"LANGUAGE": os.environ.get("LANGUAGE", "en"), "MPLBACKEND": "agg"}
    if trust:
        env |= {"HOME": "/nowhere", "TMPDIR": ".", "MPLCONFIGDIR": get_cachedir()}
        start = _nobody("65534") if trust == "nobody" else []
        return [*start, *python, str(CHILD), str(students)], env
    root = os.geteuid() == 0
    start = [shutil.which("bwrap") or "no bwrap", *APART.split()]
    start += [] if root else ["--unshare-user"]
    start += [word for cap in ROOTS if root for word in ("--cap-add", cap)]
    start += ["--seccomp", SECCOMP, *_files(students)]
    start += [word for pair in env.items() for word in ("--setenv", *pair)]
    start += ["--proc", "/proc", "--dev", "/dev", "--chdir", HOME]
    start += ["--remount-ro", "/dev", "--remount-ro", "/", "--"]
    if root:  # a number that is no other process's: limits are counted by user
        start += _nobody(str(2**20 + os.getpid()))
    return [*start, *python, f"{INSIDE}/child.py", COURSE], {"PATH": "/usr/bin:/bin"}


def _nobody(user):
    """Return what gives all rights away, for good, and dies with who began it."""
    start = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups"]
    start += ["--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]
    return [*start, "--pdeathsig", "KILL"]


def _files(students):
    """Return what bubblewrap is told of files, each folder open to whoever is inside.

    Paths are those of outside, or Python would not find itself.
    """
    home = ["--perms", "0777", "--size", str(ROOM), "--tmpfs", HOME]
    folders, options = set(), []
    pairs = [(path, path) for path in SYSTEM if Path(path).exists()]
    python = {sys.base_prefix, sys.prefix, str(Path(sys.executable).parents[1])}
    python |= {str(Path(path).resolve()) for path in python}
    python = {path for path in python if path != "/" and not path.startswith("/usr")}
    pairs += [(path, path) for path in sorted(python)]
    pairs += [(f"{CHILD.parent}/{name}", f"{INSIDE}/{name}") for name in WITH]
    pairs += [(str(students), COURSE), ("", HOME)]
    pairs += [
        (str(path), f"{HOME}/{path.name}")
        for path in Path(get_cachedir()).glob("fontlist*.json")
    ]
    for source, place in pairs:
        for parent in reversed(Path(place).parents[:-1]):
            if str(parent) not in folders and str(parent) != HOME:
                options += ["--perms", "0755", "--dir", str(parent)]
        folders |= {str(parent) for parent in Path(place).parents} | {place}
        if source and os.path.islink(source) and source in SYSTEM:
            options += ["--symlink", os.readlink(source), place]
        else:
            options += ["--ro-bind", source, place] if source else home
    return options


def started(start, env, **more):
    """Start a command of the wall, with what the kernel is to refuse."""
    read, write = os.pipe()
    os.write(write, refusing())
    os.close(write)
    start = [str(read) if word == SECCOMP else word for word in start]
    try:
        return subprocess.Popen(start, env=env, pass_fds=(read,), **more)
    finally:
        os.close(read)


def refusing():
    """Return the kernel's program that refuses `unshare`, a namespace of one's own.

    There an answer could mount memory without a bound.
    """
    arch, number = UNSHARE[platform.machine()]
    load, equal, above, end = 0x20, 0x15, 0x35, 0x06
    rows = [(load, 0, 0, 4), (equal, 0, 4, arch), (load, 0, 0, 0)]
    rows += [(above, 2, 0, 2**30), (equal, 1, 0, number)]
    rows += [(end, 0, 0, 0x7FFF0000), (end, 0, 0, 0x50001)]  # allow, or EPERM
    return b"".join(struct.pack("HBBI", *row) for row in rows)


@cache
def why_not(students):
    """Return why there is no wall here, "" if there is one."""
    if sys.platform != "linux":
        return _("this is not Linux")
    start, env = command(students)
    start = [*start[: start.index("--") + 1], "/usr/bin/env", "true"]
    try:
        with started(start, env, stderr=subprocess.PIPE) as process:
            errors = process.communicate(timeout=60)[1].decode("utf-8", "replace")
    except (OSError, KeyError, subprocess.TimeoutExpired) as error:
        return str(error)
    return errors.strip() if process.returncode else ""


def demand(students):
    """Stop where there is no wall, and say what to do."""
    if why := why_not(students):
        raise SystemExit(_(MISSING).format(why=why))
