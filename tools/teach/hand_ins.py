"""Find what was handed in: sheets, answers, zip archives of both.

A hand-in's place is (path,), in an archive (path, name), in one that lies in an archive
(path, name of that, name).
"""

import contextlib
import io
import os
import re
import shutil
import stat
import tempfile
import zipfile
from datetime import datetime
from functools import lru_cache
from gettext import gettext as _
from itertools import islice
from pathlib import Path

READ = ".ipynb", ".json", ".zip"
LARGEST = (
    500 * 2**20
)  # bytes of a file, with outputs; an archive may unpack to twice it
INNER = 50 * 2**20  # of an archive in an archive
LISTED = 2**19  # of the list of an archive
MEMBERS = 2_000  # files of an archive
OURS = (  # what is written beside
    "grades.json", "grades.csv", "grades.html", "grades-moodle.csv",
    "grades-canvas.csv", "report.html", "votes.json",
)  # fmt: skip
RESULT = re.compile("[0-9a-f]{20}.json")
JUNK = re.compile(r"(^|/)(__MACOSX|\._[^/]*|\.DS_Store)(/|$)")  # of macOS, no work
HIDDEN = re.compile(r"(.*?/)??\.(?!\.?(/|$))[^/]*", re.DOTALL)
POINT = "hidden, so not graded: give it a name without a point in front"


# Files


def files_in(folder):
    """Return [place, ...] of hand-ins, and {place: why not} of what is not read."""
    files, refusals = [], {}

    def closed(error):
        refusals[Path(error.filename),] = str(error.strerror)

    for place, folders, names in os.walk(folder, onerror=closed):
        here = Path(place)
        links = [n for n in folders if os.path.islink(here / n)]  # not gone into
        hidden = [n for n in folders if HIDDEN.match(n)]
        hidden += [n for n in names if HIDDEN.match(n) and n.lower().endswith(READ)]
        names = [n for n in names if not HIDDEN.match(n)]
        folders[:] = sorted({*folders} - {*hidden, "__MACOSX"})
        for name in sorted({*names, *links, *hidden}):
            path = here / name
            is_result = here == folder and name in OURS
            is_result = is_result or (
                here == folder / "graded" and RESULT.fullmatch(name)
            )
            if JUNK.match(name) or is_result:
                continue
            if why := _(POINT) if name in hidden else _why_not(path):
                refusals[path,] = why
            elif path.suffix.lower() != ".zip":
                files.append((path,))
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
    if path.suffix.lower() not in READ:
        return _("not graded: neither a sheet, nor answers, nor a zip of them")
    return _too_large(status.st_size)


def _too_large(size):
    sentence = _("larger than {size} MB").format(size=LARGEST // 2**20)
    return sentence if size > LARGEST else ""


def _open(path, files, refusals):
    """Add what an archive holds to what was found."""
    found = [*islice(_members(path), MEMBERS + 1)]
    places = [place for place, why in found if not why]
    if len(found) > MEMBERS or len({place for place, _why in found}) < len(found):
        refusals[path,] = _("a zip with too much in it, or with two files of one name")
        return
    files += places
    refusals |= {place: why for place, why in found if why}
    if not places:
        refusals.setdefault((path,), _("a zip without sheets and answers"))


def _members(*place):
    """Yield (place, why it is not graded, "" if it is) of what an archive holds."""
    try:
        infos = _archive(*place).infolist()
    except Exception:  # whatever is wrong with it
        yield place, _("a zip that cannot be opened, or is too large")
        return
    hidden = {}
    for info in infos:
        name = info.filename.replace("\\", "/")
        is_read = name.lower().endswith(READ)
        if info.is_dir() or JUNK.search(name):
            continue
        if match := HIDDEN.match(name):
            if is_read:
                hidden[*place, match[0]] = _(POINT)  # once for all that is in a folder
        elif not is_read:
            yield (*place, info.filename), _("not graded: neither a sheet, nor answers")
        elif not name.lower().endswith(".zip"):
            yield (*place, info.filename), _too_large(info.file_size)
        elif len(place) > 1:
            sentence = _("a zip in a zip in a zip: hand in the files themselves")
            yield (*place, info.filename), sentence
        else:
            yield from _members(*place, info.filename)
    yield from hidden.items()


def _archive(path, *inner):
    """Return an archive, whose list is read once by each process, not once a member."""
    return _zip(path, inner, os.stat(path).st_mtime_ns)


@lru_cache(4)
def _zip(path, inner, _time):
    data = b""
    if inner:
        outer = _archive(path)
        if outer.getinfo(*inner).file_size > INNER:
            raise zipfile.LargeZipFile
        data = outer.read(*inner)
    with _Listed(io.BytesIO(data) if inner else io.FileIO(path)) as file:
        infos = zipfile.ZipFile(file).infolist()
    if sum(info.file_size for info in infos) > 2 * LARGEST:
        raise zipfile.LargeZipFile
    return zipfile.ZipFile(io.BytesIO(data) if inner else path)


class _Listed(io.BufferedReader):
    """A file whose reader may not ask for much at once: for a list of millions."""

    def read(self, size=-1):
        if size > LISTED:
            raise zipfile.LargeZipFile
        return super().read(size)


def name_of(place, folder):
    """Return the name of a file as text, whatever bytes it has."""
    path, *names = place
    path = os.fsencode(Path(path).relative_to(folder))
    return _plain("/".join([path.decode("utf-8", "backslashreplace"), *names]))


def _plain(name):
    """Return a name as a line that moves no cursor and turns no direction."""
    name = name.encode("utf-8", "backslashreplace").decode()
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in name)


@contextlib.contextmanager
def opened(path, *names):
    """Give a hand-in as a file."""
    if not names:
        with open(path, "rb") as file:
            yield file
        return
    with tempfile.TemporaryFile() as file:
        with _archive(path, *names[:-1]).open(names[-1]) as member:
            shutil.copyfileobj(member, file, 2**20)
        file.seek(0)
        yield file


def time_of(path, *names):
    """Return when a file was written last; a member of an archive may say so itself."""
    with contextlib.suppress(ValueError, OverflowError):
        if names:
            info = _archive(path, *names[:-1]).getinfo(names[-1])
            return datetime(*info.date_time).timestamp()
    return path.stat().st_mtime
