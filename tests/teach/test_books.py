"""Gradebooks: grades come back as they were written."""

import csv

import pytest

from tools.teach import books


def student(name, **results):
    outcomes = {n: {"right": r, "points": p} for n, (r, p) in results.items()}
    about = {"identifier": name, "file": f"{name}.json", "homework": "05"}
    return about | {"results": outcomes, "remarks": []}


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_grades_come_back_from_the_gradebooks(tmp_path):
    roster = tmp_path / "class.csv"
    roster.write_text(
        "\ufeffidentifier,name,email,id\nada,Ada Lovelace,ada@a.org,7\n"
        "Bo B,=Bo,b@a.org,8\ncy,Cy,,9\n", "utf-8"
    )  # fmt: skip
    people = books.roster(roster)
    class_ = [
        student("ada", a=(True, 1), b=(True, 0), problem_1=(False, 1)),
        student("bo-b", a=(True, 1), b=(False, 0), problem_1=(True, 1)),
        student("guest", a=(False, 1), b=(True, 0), problem_1=(False, 1)),
    ]
    assert books.write(tmp_path, class_, people) == ["cy"]
    moodle, canvas = (read(tmp_path / f"grades-{n}.csv") for n in ("moodle", "canvas"))
    points = {row["Username"]: row["Homework 05"] for row in moodle}
    assert points == {"ada": "1", "Bo B": "2", "cy": "", "guest": "0"}
    assert [row["Email address"] for row in moodle][:2] == ["ada@a.org", "b@a.org"]
    assert canvas[0]["Student"].strip() == "Points Possible"
    assert [row["Homework 05"] for row in canvas] == ["2", "1", "2", "", "0"]
    assert [row["ID"] for row in canvas] == ["", "7", "8", "9", ""]
    assert canvas[2]["Student"] == "'=Bo"
    assert (tmp_path / "grades-moodle.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_roster_may_be_lines_and_a_name_with_blanks_is_one(tmp_path):
    (tmp_path / "ids.txt").write_text("ada\n\n Bo B \n", "utf-8")
    people = books.roster(tmp_path / "ids.txt")
    assert [person["identifier"] for person in people] == ["ada", "Bo B"]
    (tmp_path / "ids.txt").write_text("ana.lopez\nana-lopez", "utf-8")
    with pytest.raises(SystemExit, match="2 students are ana-lopez"):
        books.roster(tmp_path / "ids.txt")
