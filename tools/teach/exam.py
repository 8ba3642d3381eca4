"""Write all quizzes and exam problems for Moodle, Canvas and others.

    python -m tools.teach.exam        all notebooks, five variants of each problem
    python -m tools.teach.exam --only 05,06 --variants 20

Into build/exam: questions.xml for Moodle, canvas.zip (QTI 1.2) for Canvas and others,
and questions.md, the list with all answers; the inventory of concepts in the same
formats, on paper (inventory-A.html, inventory-B.html), and its key, inventory.md.  A
formula stands between \\( and \\), which MathJax reads.
"""

import re
import zipfile
from argparse import ArgumentParser
from dataclasses import dataclass
from gettext import gettext as _
from html import escape
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from classroom.questions import read_quiz
from tools.course import ROOT
from tools.teach import homework, inventory, problems, syllabus
from tools.teach.templates import TEMPLATES, text_of

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
        first, questions = inventory.words(form)
        about = f"{form} · {_('inventory')}"
        for k, (question, options) in enumerate(questions):
            item = inventory.key()[k]
            answers = tuple(
                Answer(html(option), not belief, belief or item["idea"])
                for option, belief in zip(options, item[form], strict=True)
            )
            text = f"<p>{html(first)}</p>\n<p>{html(question)}</p>"
            yield Item(f"{about} {k + 1}", about, _("quiz"), text, answers)


def on_paper(form):
    """Return a form to be printed, without its key."""
    first, questions = inventory.words(form)
    parts = [
        f"<li><b>{html(question)}</b><ol type='A'>"
        + "".join(f"<li>{html(option)}</li>" for option in options)
        for question, options in questions
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


def identifier(item):
    """Return the name of an item as XML allows names."""
    return "q" + re.sub(r"\W", "-", item.name)


def limit(answer, sign):
    """Return the least (-1) or the greatest number that is taken for an answer."""
    return decimal(float(answer.text) + sign * answer.off, 8)


TEMPLATES.globals |= {
    "limit": limit, "category": category, "decimal": decimal, "identifier": identifier,
}  # fmt: skip


def xml_of(template, **fields):
    """Return a template with its fields, as XML."""
    xml = text_of(f"{template}.xml", **fields)
    ElementTree.fromstring(xml)  # HTML that is no XML stops here, not on a platform
    return xml


def moodle(items):
    """Return items in Moodle's XML."""
    return xml_of("moodle", items=items)


def qti(items):
    """Return a QTI 1.2 package, the bytes of a zip file, as Canvas writes and reads it.

    It has a test for each notebook: all of its quiz, one variant of each problem.
    """
    notebooks = {}
    for item in items:
        notebooks.setdefault(item.notebook.split()[0], []).append(item)
    files = {}
    for number, members in notebooks.items():
        groups = dict.fromkeys(item.group for item in members)
        fields = {"number": number, "items": members, "groups": groups}
        files[f"test-{number}/test-{number}.xml"] = xml_of("qti-test", **fields)
    manifest = xml_of("imsmanifest", tests=dict(zip(notebooks, files, strict=True)))
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (files | {"imsmanifest.xml": manifest}).items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return file.getvalue()


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
                parts.append(f"- {mark} {problems.text_of(answer)}: {why}")
            sentence = _("Taught in `{cell}` of {number}.")
            sentence = sentence.format(cell=problem.cell, number=number)
            parts.append(f"\n{sentence}\n")
    return "\n".join(parts)


def write(numbers=problems.NUMBERS, variants=5, target=OUT, secret=""):
    """Write all files; return how many items they have, without the inventory."""
    items = [item for n in numbers for item in items_of(n, variants, secret)]
    target.mkdir(parents=True, exist_ok=True)
    for name, part in ("questions", items), ("inventory", [*items_of_inventory()]):
        (target / f"{name}.xml").write_text(moodle(part), "utf-8")
        canvas = "canvas.zip" if part is items else "inventory-canvas.zip"
        (target / canvas).write_bytes(qti(part))
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
    options = parser.parse_args(words)
    numbers = re.findall(r"\w+", options.only) or problems.NUMBERS
    if unknown := [n for n in numbers if n not in problems.NUMBERS]:
        allowed = ", ".join(problems.NUMBERS)
        sentence = _("{unknown}: there are problems for {numbers}")
        parser.error(sentence.format(unknown=", ".join(unknown), numbers=allowed))
    secret = homework.secret_of(homework.OUT / "teacher", options.secret)
    n = write(numbers, options.variants, options.to, f"{secret} exam")
    print(_("{count} questions in {folder}").format(count=n, folder=options.to))


if __name__ == "__main__":
    main()
