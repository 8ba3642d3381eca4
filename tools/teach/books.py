"""Grades for gradebooks, which make grade writes: Moodle's and Canvas's.

A row for each of the roster, a column for each sheet.  The roster's columns are
identifier, and what the platform knows a student by: name, email, id, login.
"""

import csv
import io
from collections import Counter
from gettext import gettext as _

from tools.teach.judge import write as write_whole
from tools.teach.students.locks import identity

MOODLE = {"Username": "identifier", "ID number": "id", "Email address": "email"}
CANVAS = {
    "Student": "name", "ID": "id", "SIS User ID": "identifier",
    "SIS Login ID": "login", "Section": "section",
}  # fmt: skip


def roster(path):
    """Return who is in the class, [{column: text}, ...]: of a CSV, or of lines."""
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    rows = [[cell.strip() for cell in row] for row in rows if any(row)]
    heads = rows.pop(0) if rows and "identifier" in rows[0] else ["identifier"]
    people = [dict(zip(heads, row, strict=False)) for row in rows]
    for name, many in Counter(identity(p["identifier"]) for p in people).items():
        if many > 1:
            sentence = _("{path}: {count} students are {name}: give each an identifier")
            raise SystemExit(sentence.format(path=path, count=many, name=name))
    return people


def points_of(student):
    """Return the points of a result, and how many there are."""
    pairs = [
        (result["right"], result["points"]) for result in student["results"].values()
    ]
    return sum(p for right, p in pairs if right), sum(p for _right, p in pairs)


def table(students, people):
    """Return (sheets, {identifier: {sheet: points}}, {sheet: how many there are})."""
    points, most = {identity(person["identifier"]): {} for person in people}, {}
    for student in students:
        if student["results"]:
            score, most[student["homework"]] = points_of(student)
            row = points.setdefault(student["identifier"], {})
            row[student["homework"]] = "" if student.get("doubt") else score
    return sorted(most), points, most


def write(folder, students, people=()):
    """Write the two files; return who handed in nothing."""
    sheets, points, most = table(students, people)
    members = {identity(person["identifier"]): person for person in people}
    heads = [_("Homework {number}").format(number=number) for number in sheets]
    for name, columns in ("moodle", MOODLE), ("canvas", CANVAS):
        rows = [[*columns, *heads]]
        if name == "canvas":
            possible = ["    Points Possible", *[""] * (len(columns) - 1)]
            rows.append([*possible, *(most[number] for number in sheets)])
        for identifier, scores in points.items():
            about = {"identifier": identifier, "name": identifier}
            about |= members.get(identifier, {})
            row = [tame(about.get(column, "")) for column in columns.values()]
            rows.append([*row, *(scores.get(number, "") for number in sheets)])
        write_csv(folder / f"grades-{name}.csv", rows)
    return [person["identifier"] for key, person in members.items() if not points[key]]


def write_csv(path, rows):
    """Write a table as spreadsheets read it: UTF-8, and says so."""
    table = io.StringIO(newline="")
    csv.writer(table).writerows(rows)
    write_whole(path, "\ufeff" + table.getvalue())


def tame(text):
    """Return text that a spreadsheet does not take for a formula."""
    return "'" + text if text.startswith(tuple("=+-@\t\r")) else text
