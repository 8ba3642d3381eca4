"""Grade what was handed in: python -m tools.teach.grade FOLDER [--homework ...].

FOLDER holds sheets (*.ipynb), answers-*.json and zips of them, in subfolders too.  Each
is judged for itself (judge.py), and its result kept in FOLDER/graded; what is there is
not judged again.  From these files are made grades.csv, grades.html and grades.json.
"""

import argparse
import errno
import json
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from gettext import gettext as _
from pathlib import Path

import matplotlib
from tqdm import tqdm

from tools.course import ROOT
from tools.runs import digest
from tools.teach import books, hand_ins, judge, wall
from tools.teach.books import points_of, tame
from tools.teach.formulas import with_pictures
from tools.teach.homework import OUT, demand_language
from tools.teach.students.locks import identity
from tools.teach.templates import text_of

JUDGING = (
    "tools/teach/hand_ins.py", "tools/teach/reading.py", "tools/teach/judge.py",
    "tools/teach/child.py", "tools/teach/students/*.py", "classroom/mistakes/*.py",
    "notebooks/exercises/*.py", "utils/*.py",
)  # fmt: skip
ROOM = 20_000  # bytes of a result, and of what the tables repeat of it
FULL = errno.ENOSPC, errno.EDQUOT
LATE = """The 60 seconds of one student, and so of one archive, were over: the same \
command goes on. A class's archive lies alone in its folder, or unpacked."""


# The batch


def grade(folder, homework=OUT, ids=(), trust=False, limits=(), **engine):
    """Grade all files of a folder; return the grades, which are written there too."""
    folder, homework = Path(folder).resolve(), Path(homework).resolve()
    demand_language(homework)
    if not trust or os.name == "nt":
        wall.demand(homework / "students")
    files, refusals = hand_ins.files_in(folder)
    for path in map(folder.joinpath, ("graded", *hand_ins.OURS)):
        fits = path.is_dir() == (path.name == "graded") or not path.exists()
        if path.is_symlink() or not fits:
            sentence = _(
                "“{path}” stands where grades are written: give it another name."
            )
            raise SystemExit(sentence.format(path=path))
    (folder / "graded").mkdir(exist_ok=True)
    targets = _targets(folder, files, homework)
    todo = {t: file for t, file in targets.items() if _result_in(t) is None}
    if count := len(targets) - len(todo):
        print(_("Judged before, and kept: {count}.").format(count=count))
    settings = str(homework), tuple(dict(limits).items()), trust
    jobs = [(str(folder), work, *settings) for work in _shares(targets, todo)]
    _demand_room(folder / "graded", len(todo))
    faults = _all_of(jobs, **engine)
    results = []
    for target, place in targets.items():
        if result := _result_in(target):
            results.append(result | {"time": hand_ins.time_of(*place)})
        else:
            refusals[place] = faults.get(place, _(LATE))
    late = sum(why == _(LATE) for why in refusals.values())
    if late:
        print(_("Not judged yet: {count}. {why}").format(count=late, why=_(LATE)))
    for place, why in refusals.items():
        results.append(_empty(hand_ins.name_of(place, folder), why))
    students = _counting(results)
    _remark(students, ids)
    grades = {"students": students, "homework": str(homework)}
    judge.write(folder / "grades.json", json.dumps(grades, ensure_ascii=False))
    _write_tables(folder, students)
    return grades


def _targets(folder, files, homework):
    """Return {file of a result: place}; its name says what it follows from."""
    made_of = sorted(path for pattern in JUDGING for path in ROOT.glob(pattern))
    made_of += sorted(homework.glob("teacher/*.json"))
    made_of += sorted(homework.glob("students/notebooks/*_homework.ipynb"))
    rules = digest(*made_of)
    each = {path: digest(path) for path, *_names in files}  # an archive once
    targets = {}
    for path, *names in files:
        mark = digest(each[path], hand_ins.name_of((path,), folder), *names, rules)
        targets[folder / "graded" / f"{mark}.json"] = path, *names
    return targets


def _shares(targets, todo):
    """Return [((target, place), ...), ...]: each what one student handed in.

    A file is, and an archive; but one that is all there is holds a class, and an
    archive in it is a student's.
    """
    shares, files = defaultdict(list), {path for path, *_names in targets.values()}
    for target, place in todo.items():
        shares[place[: 1 + (len(files) == 1)]].append((target, place))
    return [*map(tuple, shares.values())]


def _demand_room(folder, count):
    """Raise OSError where the disk has no room for so many results."""
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(bytes(ROOM * count))


def _result_in(path):
    """Return a result, None if it is not there."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def _empty(file, why):
    """Return the result of a file that was not graded."""
    return {"file": file, "identifier": "", "remarks": [why], "results": {}}


def _all_of(jobs, workers=None, scheduler=""):
    """Do all jobs; return {place: why} of those that this machine could not do.

    Ctrl-C and a full disk wait for what is in work.
    """
    faults, broken, waiting = {}, [], {}
    with _pool(workers, scheduler) as pool:
        try:
            waiting |= {pool.submit(judge.work, *job): job for job in jobs}
            with tqdm(total=len(jobs), unit=_("file"), disable=not jobs) as bar:
                for future in as_completed(waiting):
                    job = waiting[future]
                    try:
                        bar.set_postfix_str(future.result()[-30:])
                    except BrokenProcessPool:
                        broken.append(job)
                    except Exception as error:  # of this machine, not of a student
                        if getattr(error, "errno", 0) in FULL:
                            raise
                        faults |= dict.fromkeys(_places(job), judge.text(error))
                    bar.update()
        except (KeyboardInterrupt, OSError):
            for future in waiting:
                future.cancel()
            raise
    if len(jobs) == 1:
        why = _("it ended the process that grades")
        return faults | {place: why for job in broken for place in _places(job)}
    half = len(broken) // 2  # one of them broke the others' pool: which?
    for part in filter(None, (broken[:half], broken[half:])):
        faults |= _all_of(part, workers, scheduler)
    return faults


def _places(job):
    return [place for _target, place in job[1]]


@contextmanager
def _pool(workers, scheduler):
    """Give what does several jobs at a time: processes here, or machines elsewhere."""
    if scheduler:
        from distributed import Client

        with Client(scheduler) as client:
            yield client.get_executor(pure=False)
        return
    if not workers and hasattr(os, "sched_getaffinity"):
        workers = len(os.sched_getaffinity(0))  # macOS has none: all cores
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tools.teach.judge"])
    with ProcessPoolExecutor(workers, context, _alone, (os.getpid(),)) as pool:
        yield pool


def _alone(parent):
    """Let a worker end with the batch, and not by Ctrl-C, which is for the batch."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch():
        while True:
            time.sleep(1)
            try:
                os.kill(parent, 0)
            except ProcessLookupError:
                os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


# Tables


def _counting(results):
    """Return the results that count: of one student and sheet the newest.

    Where an older one has more points, somebody else may have handed in the newer one:
    that is the teacher's to decide, and until then none counts.
    """
    groups, counting = defaultdict(list), []
    for result in results:
        owner = result.get("homework"), result["identifier"]
        groups[owner if result["identifier"] else result["file"]].append(result)
    for members in groups.values():
        *older, result = sorted(members, key=lambda m: (m.get("time", 0), m["file"]))
        if older:
            sentence = _("the newest of this identifier; not counted: {files}")
            result["doubt"] = max(points_of(m)[0] for m in older) > points_of(result)[0]
            if result["doubt"]:
                sentence = _(
                    "whose is the newest? None counts until the other files are moved "
                    "away: {files}"
                )
                older.append(result)
            files = ", ".join(f"{m['file']} ({points_of(m)[0]})" for m in older)
            result["remarks"].append(sentence.format(files=files))
        counting.append(result)
    return sorted(counting, key=lambda result: result["file"])


def _remark(students, ids):
    """Note who is on no list."""
    names = {identity(identifier) for identifier in ids}
    for student in students:
        if names and student["results"] and student["identifier"] not in names:
            student["remarks"].append(_("identifier not on the list"))


def _cell(result):
    text = f"✗ {result['said']}" if result["mistakes"] else result["said"]
    text = "✓" if result["right"] else text  # a student's error may say "right"
    return text if result["points"] else _("{said} (practice)").format(said=text)


def _write_tables(folder, students):
    """Write grades.csv and grades.html."""
    names = {}
    for student in students:
        results = student["results"].items()
        names |= {
            (student["homework"], name): result["title"] for name, result in results
        }
    heads = [
        _("identifier"), _("name"), _("homework"), _("variant"), _("points"), _("of"),
        _("remarks"), _("file"),
    ]  # fmt: skip
    rows, about = [], len(heads)
    for student in students:
        results, (points, of) = student["results"], points_of(student)
        row = [student["identifier"]]
        row += [student.get("name", ""), student.get("homework", "")]
        row.append(str(student["variant"]) if results else "")
        points = "" if student.get("doubt") else str(points)
        row += [points, str(of), "; ".join(student["remarks"]), student["file"]]
        for number, name in names:
            is_own = name in results and student.get("homework") == number
            is_own = is_own and not student.get("doubt")
            row.append(_cell(results[name]) if is_own else "")
        rows.append([tame(cell) for cell in row])
    heads += [f"{number} {title}" for (number, _name), title in names.items()]
    books.write_csv(folder / "grades.csv", [heads, *rows])
    drawn = [[*row[:about], *map(with_pictures, row[about:])] for row in rows]
    judge.write(folder / "grades.html", text_of("grades.html", heads=heads, rows=drawn))


def _stop(*_signal):
    """Stop once: who presses Ctrl-C twice waits, too, for what is in work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def main():
    """Read the command, and grade."""
    signal.signal(signal.SIGINT, _stop)
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--homework", type=Path, default=OUT)
    parser.add_argument("--ids", type=Path, help="an identifier a line, or a CSV")
    parser.add_argument("--trust", action="store_true", help="without a wall")
    parser.add_argument("--workers", type=int, help="files at a time; else one a core")
    parser.add_argument("--scheduler", default="", help="of Dask: tcp://…")
    options = parser.parse_args()
    matplotlib.use("Agg")
    folder = Path(options.folder)
    if not options.folder or not folder.is_dir():
        sentence = _(
            "“{folder}” is no folder: say FOLDER=…, where what was handed in is."
        )
        sys.exit(sentence.format(folder=options.folder))
    if not (options.homework / "students").is_dir():  # an exam makes the other
        sys.exit(_("There is no homework yet: make homework."))
    people = books.roster(options.ids) if options.ids else []
    ids = [person["identifier"] for person in people]
    engine = {"workers": options.workers, "scheduler": options.scheduler}
    try:
        grades = grade(folder, options.homework, ids, options.trust, **engine)
    except KeyboardInterrupt:
        sys.exit(_("Stopped; what was judged is kept: the same command goes on."))
    except OSError as error:  # a full disk
        sentence = _("{error}: what was judged is kept, and the same command goes on.")
        sys.exit(sentence.format(error=error))
    students = grades["students"]
    for identifier in books.write(folder, students, people):
        print(_("Nothing from {identifier}.").format(identifier=identifier))
    for student in students:
        if student.get("doubt"):
            sentence = _(
                "{identifier}: an older file has more points; you decide. {why}"
            )
            print(sentence.format(**student, why=student["remarks"][-1]))
    sentence = _("Students: {count}; points: {points}. {page}")
    page = folder / "grades.html"
    total = sum(points_of(s)[0] for s in students if not s.get("doubt"))
    print(sentence.format(count=len(students), points=total, page=page))


if __name__ == "__main__":
    main()
