"""Write all quizzes and exam problems for Moodle, Canvas and others.

    python -m tools.teach.exam        all notebooks, five variants of each problem
    python -m tools.teach.exam --only 05,06 --variants 20

Into build/exam: questions.gift and questions.xml for Moodle, canvas.zip (QTI 1.2) for
Canvas and what is older, questions.zip (QTI 2.1) for what is newer, and questions.md,
the list with all answers; the inventory of concepts in the same formats, on paper
(inventory-A.html, inventory-B.html), and its key, inventory.md.  A formula stands
between \\( and \\), which MathJax reads.
"""

import re
import zipfile
from argparse import ArgumentParser
from dataclasses import dataclass
from gettext import gettext as _
from html import escape
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from classroom.questions import read_quiz
from tools.course import ROOT
from tools.teach import homework, inventory, problems, syllabus

OUT = ROOT / "build" / "exam"


@dataclass(frozen=True)
class Answer:
    """One answer: HTML, or a number and how far off one may be; what is said of it."""

    text: str
    right: bool
    why: str
    off: float = 0.0


@dataclass(frozen=True)
class Item:
    """A question as learning platforms know it; one drawn from a group is enough."""

    name: str
    notebook: str
    group: str
    text: str
    answers: tuple
    numeric: bool = False


def html(markdown):
    """Return Markdown as HTML, its formulas between \\( and \\)."""
    page = markdown2html_mistune(markdown).strip()
    page = re.sub(r"(?s)\$(.+?)\$", r"\\(\1\\)", page)
    return re.sub(r"(?s)^<p>((?:(?!<p>).)*)</p>$", r"\1", page)


def decimal(x, digits=6):
    """Return a number without a power of ten, which not every reader knows."""
    return np.format_float_positional(float(f"{x:.{digits}g}"), trim="-")


def items_of(number, variants=5, secret=""):
    """Return the quiz of a notebook and its problems, some variants of each."""
    about = f"{number} {syllabus.title(number)}"
    for k, (text, options, right) in enumerate(quiz(number), 1):
        answers = [
            Answer(escape(option), option == right, escape(why))
            for option, why in options.items()
        ]
        name = f"{number} {_('quiz')} {k}"
        yield Item(name, about, _("quiz"), escape(text), tuple(answers))
    for problem in problems.of(number):
        for k, question in different(problem, variants, secret):
            name = f"{number} {problem.name} {k}"
            answers = tuple(
                Answer(
                    decimal(answer) if question.numeric else escape(answer),
                    answer == question.right,
                    html(why),
                    abs(answer) * question.within if question.numeric else 0.0,
                )
                for answer, why in question.answers.items()
            )
            text, numeric = html(question.text), question.numeric
            yield Item(name, about, problem.title, text, answers, numeric)


def items_of_inventory():
    """Return both forms; each item says first what the words mean."""
    for form in inventory.FORMS:
        first, asked = inventory.words(form)
        about = f"{form} · {_('inventory')}"
        for k, (question, options) in enumerate(asked):
            item = inventory.key()[k]
            answers = tuple(
                Answer(html(option), not belief, belief or item["idea"])
                for option, belief in zip(options, item[form], strict=True)
            )
            text = f"<p>{html(first)}</p>\n<p>{html(question)}</p>"
            yield Item(f"{about} {k + 1}", about, _("quiz"), text, answers)


def on_paper(form):
    """Return a form to be printed, without its key."""
    first, asked = inventory.words(form)
    parts = [
        f"<li><b>{html(question)}</b><ol type='A'>"
        + "".join(f"<li>{html(option)}</li>" for option in options)
        for question, options in asked
    ]
    style = "body { font: 11pt/1.35 serif; max-width: 48em } li { break-inside: avoid }"
    return (
        f"<!doctype html><html lang='{_('en')}'><meta charset='utf-8'>"
        f"<title>{form}</title><style>{style}</style>"
        f"<p>{form} · {_('code')}: ____________</p>"
        f"<p>{html(first)}</p><ol>{'</ol>'.join(parts)}</ol></ol>\n"
    )


def key_of_inventory():
    """Return the key of both forms, with what each wrong option believes, Markdown."""
    parts = [f"# {_('The key of the inventory')}\n"]
    for k, item in enumerate(inventory.key(), 1):
        parts.append(f"{k}. {item['idea']}")
        for form in inventory.FORMS:
            pairs = zip("ABCD", item[form], strict=True)
            beliefs = "; ".join(f"{at} {belief or '✓'}" for at, belief in pairs)
            parts.append(f"    - {form}: {beliefs}")
    return "\n".join(parts) + "\n"


def different(problem, n, secret):
    """Return (k, question) of the first n variants that differ, or of all there are."""
    questions = {}
    for k in range(100 * n):
        question = problem.variant(k, secret)
        questions.setdefault((question.text, question.right), (k, question))
        if len(questions) == n:
            break
    return [*questions.values()]


def quiz(number):
    """Return the quiz of a notebook, as classroom.questions reads it."""
    return read_quiz(ROOT / "notebooks" / "quizzes" / f"{number}.md")


def category(item):
    """Return where Moodle keeps an item: each problem has a category of its own."""
    places = _("SGD and Adam"), item.notebook, item.group
    return "$course$/top/" + "/".join(place.replace("/", "//") for place in places)


def gift(items):
    """Return items in Moodle's GIFT format."""
    parts, last = [], None
    for item in items:
        if category(item) != last:
            last = category(item)
            parts.append(f"$CATEGORY: {last}\n\n")
        parts.append(f"::{_gift(item.name)}::[html]{_gift(item.text)}")
        parts.append(" {#\n" if item.numeric else " {\n")
        for answer in item.answers:
            mark, text = "=" if answer.right else "~", _gift(answer.text)
            if item.numeric:
                text = f"{'' if answer.right else '%0%'}{text}:{decimal(answer.off, 4)}"
                mark = "="
            parts.append(f"{mark}{text}#{_gift(answer.why)}\n")
        parts.append("}\n\n")
    return "".join(parts)


def _gift(text):
    r"""Write \ before what GIFT reads as its own, and \n for the end of a line."""
    return re.sub(r"([\\~={}#:])", r"\\\1", text).replace("\n", r"\n")


def moodle(items):
    """Return items in Moodle's XML."""
    root, last = ET.Element("quiz"), None
    for item in items:
        if category(item) != last:
            last = category(item)
            _text(_add(root, "question", type="category"), "category", last)
        kind = "numerical" if item.numeric else "multichoice"
        question = _add(root, "question", type=kind)
        _text(question, "name", item.name)
        _text(question, "questiontext", item.text, format="html")
        _add(question, "defaultgrade", "1")
        if not item.numeric:
            _add(question, "single", "true")
            _add(question, "shuffleanswers", "true")
        for answer in item.answers:
            form = "moodle_auto_format" if item.numeric else "html"
            fraction = "100" if answer.right else "0"
            element = _add(question, "answer", fraction=fraction, format=form)
            _add(element, "text", answer.text)
            _text(element, "feedback", answer.why, format="html")
            if item.numeric:
                _add(element, "tolerance", decimal(answer.off, 4))
    return _xml(root)


def _add(parent, tag, text=None, **attributes):
    element = ET.SubElement(parent, tag, attributes)
    element.text = text
    return element


def _text(parent, tag, text, **attributes):
    """Add an element with a text, as Moodle nests them."""
    _add(_add(parent, tag, **attributes), "text", text)


def _xml(root, mixed=False):
    """Return XML, indented unless blanks in it count."""
    if not mixed:
        ET.indent(root)
    return ET.tostring(root, "unicode", xml_declaration=True) + "\n"


QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
QTI12 = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"


def identifier(item):
    """Return the name of an item as XML allows names."""
    return "q" + re.sub(r"\W", "-", item.name)


def qti_item(item):
    """Return one item in QTI 2.1: the chosen answer decides score and feedback."""
    root = ET.Element("assessmentItem", xmlns=QTI)
    root.attrib |= {"identifier": identifier(item), "title": item.name}
    root.attrib |= {"adaptive": "false", "timeDependent": "false"}
    kind = "float" if item.numeric else "identifier"
    answers = {f"A{k}": answer for k, answer in enumerate(item.answers, 1)}
    (right,) = [name for name, answer in answers.items() if answer.right]
    response = _declare(root, "responseDeclaration", "RESPONSE", kind)
    value = answers[right].text if item.numeric else right
    _add(_add(response, "correctResponse"), "value", value)
    score = _declare(root, "outcomeDeclaration", "SCORE", "float")
    _add(_add(score, "defaultValue"), "value", "0")
    _declare(root, "outcomeDeclaration", "FEEDBACK", "identifier")
    body = _add(root, "itemBody")
    _html(body, "div", item.text)
    if item.numeric:
        entry = {"responseIdentifier": "RESPONSE", "expectedLength": "12"}
        _add(_add(body, "p"), "textEntryInteraction", **entry)
    else:
        choice = _add(body, "choiceInteraction", responseIdentifier="RESPONSE")
        choice.attrib |= {"shuffle": "true", "maxChoices": "1"}
        for name, answer in answers.items():
            _html(choice, "simpleChoice", answer.text, identifier=name)
    condition = _add(_add(root, "responseProcessing"), "responseCondition")
    for k, (name, answer) in enumerate(answers.items()):
        branch = _add(condition, "responseElseIf" if k else "responseIf")
        _is(branch, answer, name, item.numeric)
        points = _add(branch, "setOutcomeValue", identifier="SCORE")
        _add(points, "baseValue", "1" if name == right else "0", baseType="float")
        feedback = _add(branch, "setOutcomeValue", identifier="FEEDBACK")
        _add(feedback, "baseValue", name, baseType="identifier")
    for name, answer in answers.items():
        shown = {"outcomeIdentifier": "FEEDBACK", "showHide": "show"}
        why = f"<p>{answer.why}</p>"
        _html(root, "modalFeedback", why, identifier=name, **shown)
    return _xml(root, mixed=True)


def _declare(root, tag, name, kind):
    return _add(root, tag, identifier=name, cardinality="single", baseType=kind)


def _html(parent, tag, text, **attributes):
    """Add an element with HTML in it."""
    element = ET.fromstring(f"<{tag}>{text}</{tag}>")
    element.attrib |= attributes
    parent.append(element)


def _is(branch, answer, name, numeric):
    """Add the condition that the response is this answer."""
    if numeric:
        both, value = _add(branch, "and"), float(answer.text)
        bounds = {"gte": value - answer.off, "lte": value + answer.off}
        for tag, bound in bounds.items():
            test = _add(both, tag)
            _add(test, "variable", identifier="RESPONSE")
            _add(test, "baseValue", decimal(bound, 8), baseType="float")
    else:
        test = _add(branch, "match")
        _add(test, "variable", identifier="RESPONSE")
        _add(test, "baseValue", name, baseType="identifier")


def qti_test(number, items):
    """Return a test of a notebook: all of its quiz, one variant of each problem."""
    root = ET.Element("assessmentTest", xmlns=QTI)
    root.attrib |= {"identifier": f"test-{number}", "title": items[0].notebook}
    part = _add(root, "testPart", identifier=f"part-{number}")
    part.attrib |= {"navigationMode": "nonlinear", "submissionMode": "individual"}
    for k, group in enumerate(dict.fromkeys(item.group for item in items)):
        section = _add(part, "assessmentSection", identifier=f"s{number}-{k}")
        section.attrib |= {"title": group, "visible": "true"}
        if group != _("quiz"):
            _add(section, "selection", select="1")
        for item in items:
            if item.group == group:
                name = identifier(item)
                href = f"../items/{name}.xml"
                _add(section, "assessmentItemRef", identifier=name, href=href)
    return _xml(root)


def qti(items):
    """Return a QTI 2.1 package, as the bytes of a zip file."""
    files, resources = {}, []
    for item in items:
        href = f"items/{identifier(item)}.xml"
        files[href] = qti_item(item)
        resources.append((identifier(item), "imsqti_item_xmlv2p1", href, []))
    for number, own in by_notebook(items):
        href, names = f"tests/{number}.xml", [identifier(item) for item in own]
        files[href] = qti_test(number, own)
        resources.append((f"test-{number}", "imsqti_test_xmlv2p1", href, names))
    return package(files, resources, "QTIv2.1 Package")


def by_notebook(items):
    """Return [(number, its items), ...]."""
    groups = {}
    for item in items:
        groups.setdefault(item.notebook.split()[0], []).append(item)
    return groups.items()


def package(files, resources, schema):
    """Return files and the list of them as the bytes of a zip file.

    resources   (identifier, kind, file, parts)
    """
    root = ET.Element("manifest", xmlns=PACKAGE, identifier="sgd-adam")
    about = _add(root, "metadata")
    _add(about, "schema", schema)
    _add(about, "schemaversion", "1.0.0")
    _add(root, "organizations")
    listed = _add(root, "resources")
    for name, kind, href, parts in resources:
        resource = _add(listed, "resource", identifier=name, href=href, type=kind)
        _add(resource, "file", href=href)
        for part in parts:
            _add(resource, "dependency", identifierref=part)
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (files | {"imsmanifest.xml": _xml(root)}).items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def qti12(items):
    """Return a QTI 1.2 package, as Canvas writes and reads them."""
    files, resources = {}, []
    for number, own in by_notebook(items):
        href = f"test-{number}/test-{number}.xml"
        files[href] = qti12_test(number, own)
        resources.append((f"test-{number}", "imsqti_xmlv1p2", href, []))
    return package(files, resources, "IMS Content")


def qti12_test(number, items):
    """Return a test of a notebook: all of its quiz, one variant of each problem."""
    root = ET.Element("questestinterop", xmlns=QTI12)
    test = _add(root, "assessment", ident=f"test-{number}", title=items[0].notebook)
    whole = _add(test, "section", ident="root_section")
    for k, group in enumerate(dict.fromkeys(item.group for item in items)):
        section = whole
        if group != _("quiz"):
            section = _add(whole, "section", ident=f"s{number}-{k}", title=group)
            drawn = _add(_add(section, "selection_ordering"), "selection")
            _add(drawn, "selection_number", "1")
            points = _add(drawn, "selection_extension")
            _add(points, "points_per_item", "1")
        for item in items:
            if item.group == group:
                qti12_item(section, item)
    return _xml(root)


def qti12_item(section, item):
    """Add one item: the chosen answer decides score and feedback."""
    kind = "numerical_question" if item.numeric else "multiple_choice_question"
    element = _add(section, "item", ident=identifier(item), title=item.name)
    about = _add(_add(element, "itemmetadata"), "qtimetadata")
    for label, entry in ("question_type", kind), ("points_possible", "1"):
        field = _add(about, "qtimetadatafield")
        _add(field, "fieldlabel", label)
        _add(field, "fieldentry", entry)
    shown = _add(element, "presentation")
    _material(shown, item.text)
    answers = {f"A{k}": answer for k, answer in enumerate(item.answers, 1)}
    if item.numeric:  # Canvas takes every number that is named for a right one
        answers = {name: answer for name, answer in answers.items() if answer.right}
        asked = _add(shown, "response_str", ident="RESPONSE", rcardinality="Single")
        _add(_add(asked, "render_fib", fibtype="Decimal"), "response_label", ident="A")
    else:
        asked = _add(shown, "response_lid", ident="RESPONSE", rcardinality="Single")
        choice = _add(asked, "render_choice", shuffle="Yes")
        for name, answer in answers.items():
            _material(_add(choice, "response_label", ident=name), answer.text)
    rules = _add(element, "resprocessing")
    score = {"maxvalue": "100", "minvalue": "0", "vartype": "Decimal"}
    _add(_add(rules, "outcomes"), "decvar", varname="SCORE", **score)
    for name, answer in answers.items():
        rule = _add(rules, "respcondition", **{"continue": "No"})
        _is12(_add(rule, "conditionvar"), answer, name, item.numeric)
        if answer.right:
            _add(rule, "setvar", "100", action="Set", varname="SCORE")
        linked = {"feedbacktype": "Response", "linkrefid": f"{name}_fb"}
        _add(rule, "displayfeedback", **linked)
    for name, answer in answers.items():
        feedback = _add(element, "itemfeedback", ident=f"{name}_fb")
        _material(_add(feedback, "flow_mat"), answer.why)


def _material(parent, text):
    """Add HTML, as QTI 1.2 nests it."""
    _add(_add(parent, "material"), "mattext", text, texttype="text/html")


def _is12(condition, answer, name, numeric):
    """Add that the response is this answer, as Canvas says it of a number."""
    if not numeric:
        _add(condition, "varequal", name, respident="RESPONSE")
        return
    either, value = _add(condition, "or"), float(answer.text)
    _add(either, "varequal", answer.text, respident="RESPONSE")
    both = _add(either, "and")
    bounds = {"vargte": value - answer.off, "varlte": value + answer.off}
    for tag, bound in bounds.items():
        _add(both, tag, decimal(bound, 8), respident="RESPONSE")


HEAD = """# The exam problems

Each with its first numbers, and with all answers: the right one (✓) and the mistakes \
(✗).
"""


def listing(numbers=problems.NUMBERS, secret=""):
    """Return the list of all problems with their first numbers, as Markdown."""
    parts = [_(HEAD)]
    for number in numbers:
        parts.append(f"## {f'{number} {syllabus.title(number)}'}\n")
        for problem in problems.of(number):
            question = problem.variant(0, secret)
            parts.append(f"### {problem.number}. {problem.title}\n\n{question.text}\n")
            for answer, why in question.answers.items():
                mark = "✓" if answer == question.right else "✗"
                parts.append(f"- {mark} {problems.shown(answer)}: {why}")
            sentence = _("Taught in `{cell}` of {number}.")
            sentence = sentence.format(cell=problem.cell, number=number)
            parts.append(f"\n{sentence}\n")
    return "\n".join(parts)


def write(numbers=problems.NUMBERS, variants=5, target=OUT, secret=""):
    """Write all files; return how many items they have, without the inventory."""
    items = [item for n in numbers for item in items_of(n, variants, secret)]
    target.mkdir(parents=True, exist_ok=True)
    for name, some in ("questions", items), ("inventory", [*items_of_inventory()]):
        (target / f"{name}.gift").write_text(gift(some), "utf-8")
        (target / f"{name}.xml").write_text(moodle(some), "utf-8")
        (target / f"{name}.zip").write_bytes(qti(some))
        canvas = "canvas.zip" if some is items else "inventory-canvas.zip"
        (target / canvas).write_bytes(qti12(some))
    (target / "questions.md").write_text(listing(numbers, secret), "utf-8")
    (target / "inventory.md").write_text(key_of_inventory(), "utf-8")
    for form in inventory.FORMS:
        (target / f"inventory-{form}.html").write_text(on_paper(form), "utf-8")
    return len(items)


def main(words=None):
    """Read which notebooks and how many variants, and write."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="05, or several: 05,06")
    parser.add_argument("--variants", type=int, default=5, help="of each problem; 5")
    parser.add_argument("--to", type=Path, default=OUT)
    parser.add_argument("--secret", default="", help="a word; else one is made, once")
    given = parser.parse_args(words)
    numbers = re.findall(r"\w+", given.only) or problems.NUMBERS
    if unknown := [n for n in numbers if n not in problems.NUMBERS]:
        allowed = ", ".join(problems.NUMBERS)
        sentence = _("{unknown}: there are problems for {numbers}")
        parser.error(sentence.format(unknown=", ".join(unknown), numbers=allowed))
    secret = homework.kept_secret(homework.OUT / "teacher", given.secret)
    n = write(numbers, given.variants, given.to, f"{secret} exam")
    print(_("{count} questions in {folder}").format(count=n, folder=given.to))


if __name__ == "__main__":
    main()
