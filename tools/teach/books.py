"""Grades for gradebooks: python -m tools.teach.books FOLDER --ids roster.csv.

Reads FOLDER/grades.json; writes FOLDER/grades-moodle.csv and grades-canvas.csv: a row
for each of the roster, a column for each sheet.  The roster's columns are identifier,
and what the platform knows a student by: name, email, id, login.
"""

import argparse
import csv
import json
from gettext import gettext as _
from pathlib import Path

from tools.teach import sealed
from tools.teach.homework import roster

MOODLE = {"Username": "identifier", "ID number": "id", "Email address": "email"}
CANVAS = {
    "Student": "name", "ID": "id", "SIS User ID": "identifier",
    "SIS Login ID": "login", "Section": "section",
}  # fmt: skip


def points_of(results):
    """Return the points of one hand-in, and how many there are."""
    each = [one.get("points", 1) for one in results.values()]
    right = [one.get("points", 1) * one["right"] for one in results.values()]
    return sum(right), sum(each)


def table(students, people):
    """Return (sheets, {identifier: {sheet: points}}, {sheet: how many there are})."""
    points, most = {sealed.plain(one["identifier"]): {} for one in people}, {}
    for one in students:
        if one["results"] and one.get("counts", True):
            got, most[one["homework"]] = points_of(one["results"])
            points.setdefault(one["identifier"], {})[one["homework"]] = got
    return sorted(most), points, most


def write(folder, people=()):
    """Write the two files; return who handed in nothing."""
    students = json.loads((folder / "grades.json").read_text("utf-8"))["students"]
    sheets, points, most = table(students, people)
    known = {sealed.plain(one["identifier"]): one for one in people}
    heads = [_("Homework {number}").format(number=number) for number in sheets]
    for name, columns in ("moodle", MOODLE), ("canvas", CANVAS):
        rows = [[*columns, *heads]]
        if name == "canvas":
            possible = ["    Points Possible", *[""] * (len(columns) - 1)]
            rows.append([*possible, *(most[number] for number in sheets)])
        for identifier, got in points.items():
            about = {"identifier": identifier, "name": identifier}
            about |= known.get(identifier, {})
            row = [tame(about.get(column, "")) for column in columns.values()]
            rows.append([*row, *(got.get(number, "") for number in sheets)])
        write_csv(folder / f"grades-{name}.csv", rows)
    return [one["identifier"] for key, one in known.items() if not points[key]]


def write_csv(path, rows):
    """Write a table as spreadsheets read it: UTF-8, and says so."""
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows(rows)


def tame(text):
    """Return text that a spreadsheet does not take for a formula."""
    return "'" + text if text.startswith(tuple("=+-@\t\r")) else text


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--ids", type=Path, help="who: an identifier a line, or a CSV")
    wanted = parser.parse_args()
    people = roster(wanted.ids) if wanted.ids else ()
    for one in write(wanted.folder, people):
        print(_("nothing from {identifier}").format(identifier=one))
