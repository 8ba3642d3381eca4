"""An autograder of one sheet for Gradescope: python -m tools.teach.gradescope 05.

Writes teacher/gradescope-05.zip beside the homework; web/teacher/homework.md says where
it goes.  There a container is the wall around all: in it the key is root's alone, and
what is handed in runs as nobody, or behind bubblewrap where the container lets it.
"""

import json
import os
import sys
import tempfile
import zipfile
from gettext import gettext as _
from pathlib import Path

from tools.course import ROOT
from tools.teach import hand_ins, judge, wall
from tools.teach.books import points_of
from tools.teach.homework import OUT

PARTS = (
    "tools/**/*.py", "utils/**/*", "classroom/**/*", "notebooks/*.ipynb",
    "notebooks/exercises/*", "notebooks/quizzes/*", "notebooks/problems/*.py",
    "CITATION.cff",
)  # fmt: skip
SETUP = """#!/usr/bin/env bash
set -e
apt-get update && apt-get install -y python3 python3-venv util-linux
python3 -m venv /autograder/venv
/autograder/venv/bin/pip install "numpy>=2.0" "matplotlib>=3.8" ipywidgets \
nbformat nbconvert polib tqdm
cd /autograder && chmod -R go-rwx source/homework/teacher source/notebooks results
"""
RUN = """#!/usr/bin/env bash
cd /autograder/source && LANGUAGE={language} \
/autograder/venv/bin/python -m tools.teach.gradescope
"""


def package(number, homework):
    """Write the zip of a sheet; return its path."""
    target = homework / f"teacher/gradescope-{number}.zip"
    files = {p: p.relative_to(ROOT) for part in PARTS for p in ROOT.glob(part)}
    handout = [*homework.glob("students/**/*"), homework / f"teacher/{number}.json"]
    files |= {path: Path("homework") / path.relative_to(homework) for path in handout}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, name in files.items():
            if path.is_file() and "__pycache__" not in path.parts:
                archive.write(path, name)
        archive.writestr("setup.sh", SETUP)
        archive.writestr("run_autograder", RUN.format(language=_("en")))
    return target


def results(student):
    """Return a result as Gradescope reads it; a problem's is shown after the date."""
    tests = [
        {
            "name": result["title"],
            "score": result["points"] * result["right"],
            "max_score": result["points"],
            "output": result["said"],
            "visibility": "after_due_date" if "problem" in result else "visible",
        }
        for result in student["results"].values()
    ]
    points, _of = points_of(student)
    return {"score": points, "output": "\n".join(student["remarks"]), "tests": tests}


def main(place):
    """Judge what lies in place/submission; write place/results/results.json."""
    homework, submission = place / "source/homework", place / "submission"
    files, refusals = hand_ins.files_in(submission)
    trust = "nobody" if wall.why_not(homework / "students") else ""
    student = {"results": {}, "remarks": [*refusals.values()]}
    if files:
        newest = max(files, key=lambda file: hand_ins.time_of(*file))
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder, "one.json")
            judge.work(submission, [(target, newest)], homework, trust=trust)
            student = json.loads(target.read_text("utf-8"))
    judge.write(place / "results/results.json", json.dumps(results(student)))


if __name__ == "__main__":
    if sys.argv[1:]:
        print(package(sys.argv[1], OUT))
    else:
        main(Path(os.environ.get("AUTOGRADER", "/autograder")))
