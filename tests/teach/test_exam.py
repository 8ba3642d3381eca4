"""What is written for Moodle, Canvas and others comes back from readers of our own.

The readers know the formats and nothing of tools/teach/exam.py.
"""

import re
import zipfile
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest

from tools.course import ROOT
from tools.teach import exam, inventory, problems
from tools.teach.exam import Answer, Item

PACKAGE = "{http://www.imsglobal.org/xsd/imscp_v1p1}"
QTI = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"
MATTEXT, BOUNDS = f".//{QTI}mattext", ("vargte", "varlte")
SPECIAL = r"a~b={c}#d:e\n \\ \nabla 50% // -&gt; ]]&gt; &lt;b&gt; &amp;amp; «é»"
AWKWARD = [
    Item(
        r"::{name}=~#\n",
        "05 A title: with {marks}",
        "quiz",
        f"<p>{SPECIAL}\n\n{SPECIAL}</p>\n<p>\\(\\frac{{a}}{{b}}\\)</p>",
        (Answer(SPECIAL, True, SPECIAL), Answer("=no#", False, f"<em>{SPECIAL}</em>")),
    ),
    Item(
        "number",
        "05 A title: with {marks}",
        "numbers like c/t",
        SPECIAL,
        (
            Answer("-2e-05", False, SPECIAL, 2e-7),
            Answer("1500", True, "yes", 15.0),
            Answer("0", False, "none"),
        ),
        True,
    ),
]


@pytest.fixture(scope="module", params=["awkward", "inventory", "all"])
def items(request):
    if request.param == "awkward":
        return AWKWARD
    if request.param == "inventory":
        return [*exam.items_of_inventory()]
    return [item for n in problems.NUMBERS for item in exam.items_of(n, variants=2)]


def one_line(text):
    """Return what HTML shows: ends of lines are blanks."""
    return " ".join(text.split())


def as_read(item):
    """Return an item as a reader returns it."""
    answers = {
        float(a.text) if item.numeric else one_line(a.text): (
            a.right,
            pytest.approx(a.off, rel=1e-3),
            one_line(a.why),
        )
        for a in item.answers
    }
    return exam.category(item), item.name, one_line(item.text), item.numeric, answers


def read_moodle(text):
    """Yield (category, name, text, numeric, {answer: (right, tolerance, why)})."""
    category = ""
    for question in ET.fromstring(text):
        kind = question.get("type")
        if kind == "category":
            category = question.findtext("category/text")
            continue
        assert question.find("questiontext").get("format") == "html"
        answers = {}
        for answer in question.findall("answer"):
            option, fraction = answer.findtext("text"), answer.get("fraction")
            why = one_line(answer.findtext("feedback/text"))
            off = float(answer.findtext("tolerance", "0"))
            option = float(option) if kind == "numerical" else one_line(option)
            answers[option] = fraction == "100", off, why
        wording = one_line(question.findtext("questiontext/text"))
        name = question.findtext("name/text")
        yield category, name, wording, kind == "numerical", answers


def test_moodle_takes_a_stroke_for_a_category_of_its_own():
    assert exam.category(AWKWARD[1]).endswith("/numbers like c//t")


def test_moodle_xml_comes_back(items):
    assert [*read_moodle(exam.moodle(items))] == [as_read(item) for item in items]


def read_qti(package):
    """Yield (test, group, name, text, numeric, {answer: (right, off, why)})."""
    archive = zipfile.ZipFile(BytesIO(package))
    listed = ET.fromstring(archive.read("imsmanifest.xml")).iter(f"{PACKAGE}resource")
    resources = {resource.get("href"): resource for resource in listed}
    assert {*resources, "imsmanifest.xml"} == {*archive.namelist()}
    for href, resource in resources.items():
        assert resource.get("type") == "imsqti_xmlv1p2"
        (test,) = ET.fromstring(archive.read(href))
        for section in test.iter(f"{QTI}section"):
            for item in section.findall(f"{QTI}item"):
                yield test.get("title"), section.get("title"), *read_item(item)


def read_item(item):
    """Return (name, text, numeric, answers) of an item of QTI 1.2."""

    def texts(tag, parent=item):
        elements = parent.iter(f"{QTI}{tag}")
        return {
            element.get("ident"): one_line(element.find(MATTEXT).text)
            for element in elements
        }

    fields = [field.text for field in item.iter(f"{QTI}fieldentry")]
    numeric = fields[0] == "numerical_question"
    options = {} if numeric else texts("response_label")
    feedback = texts("itemfeedback")
    answers = {}
    for rule in item.iter(f"{QTI}respcondition"):
        name = rule.find(f".//{QTI}varequal").text
        bounds = [float(rule.findtext(f".//{QTI}{v}") or 0) for v in BOUNDS]
        key = float(name) if numeric else options[name]
        why = feedback[rule.find(f"{QTI}displayfeedback").get("linkrefid")]
        right = rule.findtext(f"{QTI}setvar") == "100"
        answers[key] = right, (bounds[1] - bounds[0]) / 2, why
    (wording,) = texts("presentation").values()
    return item.get("title"), wording, numeric, answers


def test_qti_comes_back(items):
    want = []
    for item in items:
        _, name, text, numeric, answers = as_read(item)
        if numeric:  # the others have no place there
            answers = {k: answer for k, answer in answers.items() if answer[0]}
        group = item.group if item.group != "quiz" else None
        want.append((item.notebook, group, name, text, numeric, answers))
    assert [*read_qti(exam.qti(items))] == want


def test_a_test_draws_one_variant_of_each_problem():
    items = [*exam.items_of("05", variants=3)]
    archive = zipfile.ZipFile(BytesIO(exam.qti(items)))
    root = ET.fromstring(archive.read("test-05/test-05.xml"))
    all_of_them, *problems = root.iter(f"{QTI}section")
    assert all_of_them.find(f"{QTI}selection_ordering") is None
    assert {one.findtext(f".//{QTI}selection_number") for one in problems} == {"1"}
    assert [len(one.findall(f"{QTI}item")) for one in problems] == [3] * 10


def test_no_question_is_there_twice(items):
    wording = [(item.text, item.answers) for item in items]
    assert len({*wording}) == len(wording)


def test_formulas_are_what_mathjax_reads():
    sentence = exam.html(r"At $\eta < 2/L$ it is *fast*: `a*b`, $x_1$ and $y_2$.")
    assert sentence == (
        r"At \(\eta &lt; 2/L\) it is <em>fast</em>: <code>a*b</code>, "
        r"\(x_1\) and \(y_2\)."
    )
    for number in problems.NUMBERS:
        for item in exam.items_of(number, variants=2):
            for text in (item.text, *(answer.why for answer in item.answers)):
                assert "$" not in text and text.count(r"\(") == text.count(r"\)")


def test_the_files_are_written(tmp_path):
    n = exam.write(["05"], 3, tmp_path)
    assert n == len(exam.quiz("05")) + 30
    names = {path.name for path in tmp_path.iterdir()}
    pages, kinds = ("questions", "inventory"), ("xml", "md")
    files = {f"{name}.{kind}" for name in pages for kind in kinds} | {"canvas.zip"}
    paper = {f"inventory-{form}.html" for form in "AB"}
    assert names == files | paper | {"inventory-canvas.zip"}
    text = (tmp_path / "questions.md").read_text("utf-8")
    assert text.count("### ") == text.count("- ✓ ") == 10


def test_the_inventory_on_paper_has_its_questions_and_no_key(tmp_path):
    exam.write(["05"], 1, tmp_path)
    key = (tmp_path / "inventory.md").read_text("utf-8")
    for form in inventory.FORMS:
        paper = (tmp_path / f"inventory-{form}.html").read_text("utf-8")
        assert paper.count("<li>") == 5 * inventory.ITEMS and "✓" not in paper
        for item, (question, options) in zip(
            inventory.key(), inventory.questions(form), strict=True
        ):
            assert question in paper and all(option in paper for option in options)
            right = "ABCD"[item[form].index("")]
            assert re.search(
                rf"{re.escape(item['idea'])}\n[^.]*{form}: [^\n]*{right} ✓", key
            )
            assert item["idea"] not in paper


def test_a_notebook_that_is_not_there_gets_a_sentence(capsys):
    with pytest.raises(SystemExit):
        exam.main(["--only", "05,9"])
    assert "9: there are problems for 01, 02" in capsys.readouterr().err


def test_the_students_edition_has_no_problems():
    rules = (ROOT / "Makefile").read_text("utf-8")
    assert "\trm -rf build/lite/notebooks/problems" in rules
    site = ROOT / "build" / "site"
    if not site.exists():
        pytest.skip("no site is built; try make site")
    names = [*site.rglob("*problems*"), *site.rglob("exam.html")]
    assert not [name for name in names if "teacher" not in name.parts]
