"""Copying and gradebooks: what is alike is seen, and grades come back as written."""

import csv

import pytest

from tests.teach import sample
from tools.teach import books, copies, homework


def student(name, cells, **results):
    outcomes = {n: {"right": r, "points": p} for n, (r, p) in results.items()}
    about = {"identifier": name, "file": f"{name}.json", "homework": "05"}
    return about | {"cells": cells, "results": outcomes, "remarks": []}


STEP = sample.ADAM
RENAMED = "# all mine\n" + STEP.replace("k,", "q,").replace("k *", "q *")
OTHER = STEP.replace("np.square(gradient)", "gradient**2")


def test_copies_are_named_exercise_by_exercise_whatever_the_names():
    mine = [{"my_adam_step": STEP, "floor": "floor = 0.006"}] * 2
    class_ = [student(f"s{k}", cells) for k, cells in enumerate(mine)]
    class_ += [student("r", {"my_adam_step": RENAMED}), student("o", {"x": OTHER})]
    class_ += [student("p", {"plot_bound": sample.solutions("05")["plot_bound"]})] * 1
    class_ += [student("q", {"plot_bound": sample.solutions("05")["plot_bound"]})]
    first, second = copies.groups(class_)
    assert [*first["texts"]] == ["s0.json", "s1.json", "r.json"]
    assert not first["published"] and second["published"]
    assert "# all mine" in copies.page(copies.groups(class_))
    assert len(copies.groups([student(f"s{k}", mine[0]) for k in range(100)])) == 1
    assert copies.groups([student("s", mine[0])] * 1) == []


def test_code_that_is_no_python_or_nested_deeply_is_compared_too():
    for text in "floor = (", "(" * 5000, "\0":
        assert copies.tree_of(text)


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_grades_come_back_from_the_gradebooks(tmp_path):
    roster = tmp_path / "class.csv"
    roster.write_text(
        "\ufeffidentifier,name,email,id\nada,Ada Lovelace,ada@a.org,7\n"
        "Bo B,=Bo,b@a.org,8\ncy,Cy,,9\n", "utf-8"
    )  # fmt: skip
    people = homework.roster(roster)
    class_ = [
        student("ada", {}, a=(True, 1), b=(True, 0), problem_1=(False, 1)),
        student("bo-b", {}, a=(True, 1), b=(False, 0), problem_1=(True, 1)),
        student("guest", {}, a=(False, 1), b=(True, 0), problem_1=(False, 1)),
    ]
    assert books.write(tmp_path, class_, people) == ["cy"]
    moodle, canvas = (read(tmp_path / f"grades-{n}.csv") for n in ("moodle", "canvas"))
    got = {row["Username"]: row["Homework 05"] for row in moodle}
    assert got == {"ada": "1", "Bo B": "2", "cy": "", "guest": "0"}
    assert [row["Email address"] for row in moodle][:2] == ["ada@a.org", "b@a.org"]
    assert canvas[0]["Student"].strip() == "Points Possible"
    assert [row["Homework 05"] for row in canvas] == ["2", "1", "2", "", "0"]
    assert [row["ID"] for row in canvas] == ["", "7", "8", "9", ""]
    assert canvas[2]["Student"] == "'=Bo"
    assert (tmp_path / "grades-moodle.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_roster_may_be_lines_and_a_name_with_blanks_is_one(tmp_path):
    (tmp_path / "ids.txt").write_text("ada\n\n Bo B \n", "utf-8")
    people = homework.roster(tmp_path / "ids.txt")
    assert [person["identifier"] for person in people] == ["ada", "Bo B"]
    (tmp_path / "ids.txt").write_text("ana.lopez\nana-lopez", "utf-8")
    with pytest.raises(SystemExit, match="2 students are ana-lopez"):
        homework.roster(tmp_path / "ids.txt")
