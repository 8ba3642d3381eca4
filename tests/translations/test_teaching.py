"""What a teacher makes in Spanish: exam, homework, grades, report; no word English."""

import html
import json
import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest

from tests.translations.english import english_left
from tests.translations.test_edition import program
from tools.course import ROOT
from tools.teach import exam, homework, problems
from tools.translate.messages import with_spaces

# One student has all right; one what a mistake gives, and English for a choice.
CLASS = """
import json
import sys
from pathlib import Path
from unittest import mock

import matplotlib

from tests.teach import sample
from tools.teach import checks, grade, homework, report

matplotlib.use("Agg")
out = Path(sys.argv[1])
with mock.patch.object(checks, "SEARCH", 0):
    homework.build(out, ["05"])
(out / "handed").mkdir()
for name, right in ("ana", True), ("beto", False):
    cells = sample.solutions("05")
    if not right:
        cells["floor"] = f"floor = {sample.SGDS}"
        cells["my_answers"] = 'my_answers = {"A": "only m is corrected"}'
    cells |= sample.own_problems(out, "05", name, right)
    text = sample.answers("05", name, cells)
    (out / "handed" / f"{name}.json").write_text(text, "utf-8")
(out / "handed" / "broken.json").write_text("{}")
grade.grade(out / "handed", out)
report.write(out / "handed")
"""


def run(course, *command):
    """Run Python with the tools of a course, and the tests of this one."""
    paths = {"PYTHONPATH": f"{course}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-P", *map(str, command)]
    subprocess.run(command, cwd=course, env=os.environ | paths, check=True)


@pytest.fixture(scope="module")
def handed(course, tmp_path_factory):
    """The folder of homework of 05 in Spanish; in `handed` a class, graded."""
    run(course, "-c", CLASS, folder := tmp_path_factory.mktemp("homework"))
    return folder


def read(page):
    """Return what is read on a page of HTML, texts of pictures included."""
    page = re.sub(r"(?s)<style>.*?</style>", "", page)
    page = re.sub(r'<img alt="([^"]*)"[^>]*>', r" \1 ", page)
    return html.unescape(re.sub(r"<[^>]*>", " ", page))


@pytest.mark.parametrize("number", problems.NUMBERS)
def test_a_spanish_problem_computes_what_the_english_one_does(course, number):
    english = problems.FILES[number]
    spanish = course / english.relative_to(ROOT)
    assert spanish.read_bytes() != english.read_bytes()
    expected = program(with_spaces(english.read_text("utf-8")))
    assert program(spanish.read_text("utf-8")) == expected


def test_an_exam_in_spanish_has_the_same_questions_and_no_english_word(course):
    out = course / "exam"
    run(
        course,
        "-m",
        "tools.teach.exam",
        "--variants",
        1,
        "--to",
        out,
        "--secret",
        "a word that is long",
    )
    listed = (out / "questions.md").read_text("utf-8")
    assert english_left(listed) == set()
    answers = re.compile(r"(?m)^- [✓✗] [\d.e+-]+(?=:)")
    ours = answers.findall(exam.listing(secret="a word that is long exam"))
    assert answers.findall(listed) == ours and len(ours) > 200
    quoted = {"both", "of", "the", "two"}  # in 08, from English
    names = r"\d\d \w+ \d+|\\\w+"  # of problems, and of TeX
    text = (out / "questions.xml").read_text("utf-8")
    assert english_left(re.sub(names, "", text)) <= quoted
    assert "/SGD y Adam/05 La deducción de Adam/cuestionario" in text


def test_a_student_reads_spanish_alone(handed):
    sheet = handed / "students" / "notebooks" / "05_homework.ipynb"
    cells = nbformat.read(sheet, as_version=4).cells
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    texts.append((handed / "students" / "README.md").read_text("utf-8"))
    file = handed / "students" / "notebooks" / "homework" / "05.json"
    for variant in json.loads(file.read_text("utf-8"))["variants"]:
        texts += variant
    assert "# Tarea: La deducción de Adam" in texts[0]
    assert english_left("\n".join(texts)) == set()


def test_a_class_is_graded_in_spanish(handed):
    grades = json.loads((handed / "handed" / "grades.json").read_text("utf-8"))
    students = {student["identifier"]: student for student in grades["students"]}
    assert all(result["right"] for result in students["ana"]["results"].values())
    beto = students["beto"]["results"]
    assert "ese es el piso de SGD" in beto["floor_on_paper"]["said"]
    assert "A es «ε está dentro de la raíz»" in beto["name_the_bug"]["mistakes"][0]
    assert students[""]["remarks"] == ["de una hoja que aquí no se conoce"]


def test_grades_and_report_have_titles_and_no_english_word(handed):
    report = read((handed / "handed" / "report.html").read_text("utf-8"))
    assert "Ejercicio 3: seis Adams equivocados" in report
    assert "name the bug" not in report and "name_the_bug" not in report
    for file in "grades.html", "report.html", "grades.csv":
        text = read((handed / "handed" / file).read_text("utf-8"))
        assert english_left(text.replace("only m is corrected", "")) == set(), file


def test_homework_of_another_language_is_not_graded_against_this_one(handed):
    with pytest.raises(SystemExit, match="LANGUAGE=es"):
        homework.demand_language(handed)


def planned(*words, **environment):
    """Return what make would do."""
    if not shutil.which("make"):
        pytest.skip("there is no make here")
    plain = {k: v for k, v in os.environ.items() if k not in ("LANGUAGE", "LANG")}
    done = subprocess.run(
        ["make", "--dry-run", *words],
        cwd=ROOT,
        env=plain | environment,
        capture_output=True,
        text=True,
    )
    return done.stdout


@pytest.mark.parametrize("what", ["homework", "grade", "report", "exam"])
def test_make_speaks_the_language_that_is_named_or_that_of_the_system(what):
    spanish, english = "build/es/", f'PYTHONPATH="{ROOT}/"'
    assert f'PYTHONPATH="{ROOT}/{spanish}"' in planned(what, "LANGUAGE=es")
    assert f'PYTHONPATH="{ROOT}/{spanish}"' in planned(what, LANG="es_CO.UTF-8")
    for other in {}, {"LANG": "de_DE.UTF-8"}, {"LANGUAGE": "en:es"}, {"LANG": ""}:
        assert english in planned(what, **other), other
    assert english in planned(what, "LANGUAGE=en", LANG="es_CO.UTF-8")
