"""Numbers in the text, held to what the cells compute.

Each test file has a table, in which {} stands for a number of the text, in figures or
as a word; a sentence without {} says an order, which must hold:

    SAID = {
        "cell-id": [
            ("takes {} steps, Adam {}", lambda n: (n["sgd"], n["adam"])),
            ("Adam is first", lambda n: n["adam"] < n["sgd"]),
        ],
    }
    EXEMPT = {"at η = 0.1": "a setting"}  # what no cell computes, and why
    HELD = {"cell-id": ("SAID", "test_adam_is_first")}  # what tries its words

A sentence that has changed is quoted until somebody has looked whether what holds it
still does: `python -m tests.claims.said` writes that down, for all texts.

A place is the id of a cell of text, or of a code cell (its strings: titles, questions),
"quiz" or "teaching"; `n` holds all names that the cells of the notebook leave.
"""

import ast
import json
import re
from decimal import Decimal
from functools import cache
from zlib import crc32

import numpy as np
from IPython.core.inputtransformer2 import TransformerManager

from classroom.questions import Prediction
from tests.claims.taught import cells, notebook
from tools.course import ROOT
from utils.optimizers import Optimizer

NUMBER = r"[−-]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[−-]?\d+)?"
# Numbers as words; those of parts are right within a tenth.
WHOLE = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
WHOLE |= {"eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "twice": 2}
PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10, "hundredth": 100}
WORD = rf"\b(?i:{'|'.join([*WHOLE, *PARTS])})\b"
EDGE = r"(?:(?<!\d)|(?!\.?\d))"  # not within a number: 0.9 is no part of 0.99
SETTINGS = {"η": "lr", "β": "beta", "β₁": "beta1", "β₂": "beta2"}
# Not what is meant by a number: code, addresses, tags; names of places.
SILENT = [
    r"(?s)```.*?```",
    r"`[^`]*`",
    r"\]\([^)]*\)",
    r"<[^>]*>",
    r"\*In class.*\*",
    r"(?m)^### Exercise.* · \d+ min · .*",
    r"\[\d\d\b",
    r"(?i)\b(?:notebook|section)s? \d+(?:(?:,| and| to|,? or|–) \d+)*",
    r"(?m)^#+ \d+( min)? ·",
    r"(?<![\d.,])0[0-8](?![\d.])",
    r"\b(?:19|20)\d\d\b",
]

# A mark for each sentence of all texts, as it was when somebody last looked at it.
MARKS = ROOT / "tests/claims/marks.json"
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")  # where the next one begins
NO_CLAIM = "title", "setup"  # a question and its times; an address
# A formula's single digits and exponents are its form; these are numbers like others.
HELD = re.compile(r"[−-]?\d+\.\d+|(?<![{^_\d.−\-a-z])\d\d+(?!\^)")
FORMULA = re.compile(r"(?s)\$\$.*?\$\$|\$[^$]*\$")


@cache
def names(number):
    """Return all names that the cells of a notebook leave."""
    return cells(number)


@cache
def places(number):
    """Return the texts of a notebook, `{place: text}`; or of a file, by its path."""
    if "." in number:
        return {number: (ROOT / number).read_text(encoding="utf-8")}
    found = {}
    for cell in notebook(number).cells:
        if cell.cell_type == "markdown":
            found[cell.id] = cell.source
        elif "exercise" not in cell.metadata.get("tags", []):
            found[cell.id] = "\n".join(strings(cell.source))
    for place, folder in ("quiz", "quizzes"), ("teaching", "teaching"):
        path = ROOT / "notebooks" / folder / f"{number}.md"
        if path.exists():
            found[place] = path.read_text(encoding="utf-8")
    return found


def strings(source):
    """Return strings of several words; assertions; and calls that print or label."""
    code = TransformerManager().transform_cell(source)
    nodes = [*ast.walk(ast.parse(code))]
    values = [node.value for node in nodes if isinstance(node, ast.Constant)]
    held = [node for node in nodes if isinstance(node, ast.Assert) or labels(node)]
    return [
        *(text for text in values if isinstance(text, str) and " " in text.strip()),
        *(f"```{ast.get_source_segment(code, node)}```" for node in held),
    ]


def labels(node):
    """Say whether a piece of code prints, or labels a curve or an axis."""
    if not isinstance(node, ast.Call):
        return False
    words = {word.arg for word in node.keywords} | {getattr(node.func, "id", "")}
    return bool(words & {"print", "label", "xlabel", "ylabel"})


def pattern(sentence):
    """Return a regular expression for a sentence with {} for its numbers."""
    parts = [
        r"\s+".join(map(re.escape, re.split(r"\s+", p))) for p in sentence.split("{}")
    ]
    return re.compile(f"({NUMBER}|{WORD})".join(parts))


def stated(number, place, sentence):
    """Return the numbers, as written, that stand in a sentence."""
    text = re.sub(SILENT[0], "", places(number)[place])  # a call has its label too
    found = list(pattern(sentence).finditer(text))
    if len(found) != 1:
        raise ValueError(
            f"{place} of {number} says {sentence!r} {len(found)} times, not once: "
            "if the text has changed, change its row in SAID too."
        )
    return found[0].groups()


def agrees(written, value):
    """Say whether a value, rounded to the digits of what is written, is that."""
    if (word := written.lower()) in PARTS:
        return abs(value * PARTS[word] - 1) <= 0.1
    written = str(WHOLE.get(word, written))
    said = Decimal(written.replace(",", "").replace("−", "-"))
    unit = Decimal(1).scaleb(said.as_tuple().exponent)
    return abs(Decimal(float(value)) - said) <= unit * Decimal("0.500001")


def differences(number, place, sentence, value):
    """Yield what is otherwise in the cells: the numbers of a sentence, or its order."""
    numbers, values = stated(number, place, sentence), value(names(number))
    if not numbers:
        if not values:
            yield f"{place} of {number} says {sentence!r}: it is not so"
        return
    values = values if isinstance(values, tuple | list) else (values,)
    for written, right in zip(numbers, values, strict=True):
        if not agrees(written, right):
            said = f"{place} of {number} says {written} in {sentence!r}"
            yield f"{said}: it is {right:.6g}"


def revealed(number):
    """Return what each prediction of a notebook is told, `{name: as it is shown}`."""
    return {
        name: value.outcome if value.options else f"{value.outcome:.4g}"
        for name, value in names(number).items()
        if isinstance(value, Prediction)
    }


def mislabelled(number):
    """Yield each optimizer of a dictionary whose label says another setting."""
    made = [value for value in names(number).values() if isinstance(value, dict)]
    for label, rule in (pair for table in made for pair in table.items()):
        if isinstance(label, str) and isinstance(rule, Optimizer):
            for letter, written in re.findall(r"(η|β[₁₂]?) = ([\d.]+)", label):
                if np.any(getattr(rule, SETTINGS[letter]) != float(written)):
                    yield f"{label} of {number}: it is {rule}"


def marked(text):
    """Return the sentences of a text by a mark that any change changes, in order."""
    sentences = filter(None, map(str.strip, SENTENCE.split(text)))
    return {f"{crc32(one.encode()) % 4096:03x}": one for one in sentences}


def by_part(number):
    """Return `{part: text}`: cells, questions, headed parts."""
    found = {}
    for place, text in places(number).items():
        if "." in place:
            for part in re.split(r"(?m)^#+ ", text)[1:]:
                found[part.splitlines()[0]] = part
        elif place in ("quiz", "teaching"):
            for part in re.split(r"(?m)^## ", text)[1:]:
                heading = part.splitlines()[0]
                name = heading.split("`")[1] if "`" in heading else heading[:30]
                found[f"{place}: {name}"] = re.sub(r"^(below|\d+ min) ·", "", part)
        elif not place.startswith(NO_CLAIM):
            found[place] = text
    return {part: text for part, text in found.items() if text}


def known():
    """Return the marks of the sentences that were looked at."""
    return json.loads(MARKS.read_text(encoding="utf-8"))


def moved(number, held, tests):
    """Yield each part with a sentence that nobody looked at, or that nothing holds.

    held    {part: what holds it: names of tests, "SAID", or why none need}
    tests   the names that there are
    """
    now, marks = by_part(number), known()[number]
    for part in sorted(now.keys() | marks.keys() | held.keys()):
        sentences, by = marked(now.get(part, "")), held.get(part, ())
        seen = marks.get(part, "").split()
        if seen != [*sentences]:
            new = [one for mark, one in sentences.items() if mark not in seen]
            yield (
                f"{part} of {number} says now '{' '.join(new) or 'less'}': is it so? "
                f"Try it in {' and '.join(by) or 'a test'}; then "
                "`python -m tests.claims.said` writes that you have looked."
            )
        if (part in now) != (part in held):
            yield f"{part} of {number} is in HELD or in the text, and not in both"
        for name in by:
            if name.startswith("test_") and name not in tests:
                yield f"{part} of {number} is held by {name}, which is not there"


def without_form(formula):
    """Blank all of a formula but decimals and numbers of several digits."""
    blank, end = "", 0
    for found in HELD.finditer(formula):
        blank += " " * (found.start() - end) + found[0]
        end = found.end()
    return blank + " " * (len(formula) - end)


def rows(said):
    """Return the rows of a table, for `parametrize`: (place, sentence, value)."""
    return [(place, *row) for place, sentences in said.items() for row in sentences]


def loose(number, said, exempt):
    """Yield each number of the text that is in no row, and is not exempt either."""
    for place, text in places(number).items():
        if place == "references":  # its numbers are years and pages
            continue
        exact = [EDGE + re.escape(phrase) + EDGE for phrase in exempt]
        for silent in SILENT + exact:
            text = re.sub(silent, lambda found: " " * len(found[0]), text)
        text = FORMULA.sub(lambda found: without_form(found[0]), text)
        held = places(number)[place]
        for sentence, _ in said.get(place, []):
            for found in pattern(sentence).finditer(held):
                start, end = found.span()
                text = text[:start] + " " * (end - start) + text[end:]
        for found in re.finditer(rf"(?<![\w.]){NUMBER}", text):
            around = " ".join(
                held[max(0, found.start() - 40) : found.end() + 30].split()
            )
            yield f"{place} of {number}: {found[0]} in '{around}'"


if __name__ == "__main__":
    looked_at = {
        number: {part: " ".join(marked(text)) for part, text in by_part(number).items()}
        for number in known()
    }
    written = json.dumps(looked_at, indent=1, ensure_ascii=False)
    MARKS.write_text(written + "\n", encoding="utf-8")
