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

A place is the id of a cell of text, or of a code cell (its strings: titles, questions),
"quiz" or "teaching"; `n` holds all names that the cells of the notebook leave.
"""

import ast
import re
from decimal import Decimal
from functools import cache
from zlib import crc32

import numpy as np
from IPython.core.inputtransformer2 import TransformerManager

from tests.claims.taught import cells, notebook
from tools.course import ROOT
from utils.optimizers import Optimizer
from utils.questions import Prediction

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

# What turns a sentence round, when it is exchanged, added or lost.
BONES = """
SGD Adam AdamW AMSGrad RMSprop AdaGrad momentum Nesterov gradient.descent sign.descent
Lion Muon Schedule-Free Adafactor larger? largest enlarg\\w+ small smaller smallest low
lower lowest high higher highest more most less least fewer fast faster fastest
slow\\w* sooner early earlier later longe\\w+ shorte\\w+ wider narrower steep\\w*
flat\\w* better best worse worst first last never seldom often always once twice not no
none nothing neither nor only all both equal same other different half single double
triple two three four five six seven eight nine ten wins? gain\\w* los\\w+ lead\\w*
beats? gr[eo]w\\w* fad\\w+ shr[iau]nk\\w* fall\\w* fell ris\\w+ rose helps? hardly
close\\w* loose\\w* above below before after cannot without \\w+n't left right wrong
starts? ends? random inside outside within beyond (?:un)?corrected kept keeps add\\w*
subtract\\w* multipl\\w+ divid\\w+ positive negative inputs? outputs? rows? columns?
rare frequent forg\\w+ remember\\w* mini-batch full.batch rule border sections?.\\d
"""
BONES = re.compile(rf"(?i)\b(?:{'|'.join(BONES.split())})\b")
NO_CLAIM = "title", "setup", "references", "next"
# A formula's single digits and exponents are its form; these are numbers like others.
HELD = re.compile(r"[−-]?\d+\.\d+|(?<![{^_\d.−\-a-z])\d\d+(?!\^)")
FORMULA = re.compile(r"(?s)\$\$.*?\$\$|\$[^$]*\$")
# What is no word, and is turned round as easily: code, formulas, settings, sums.
FORM = re.compile(
    rf"```.*?```|`[^`]*\d[^`]*`|{FORMULA.pattern[4:]}"
    r"|[α-ωℓ√∞][^\s$]*(?: [=<>≤≥≈·+−/] \S+)+|\w+\([^)\s]*, \w+\)",
    re.DOTALL,
)


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
            found[cell.id] = cell.source * (cell.id != "references")
        elif "exercise" not in cell.metadata.get("tags", []):
            found[cell.id] = "\n".join(strings(cell.source))
    for place, folder in ("quiz", "quizzes"), ("teaching", "teaching"):
        path = ROOT / "notebooks" / folder / f"{number}.md"
        if path.exists():
            found[place] = path.read_text(encoding="utf-8")
    return found


def strings(source):
    """Return the sentences in code, strings of several words, and its assertions."""
    code = TransformerManager().transform_cell(source)
    nodes = [*ast.walk(ast.parse(code))]
    values = [node.value for node in nodes if isinstance(node, ast.Constant)]
    asserted = [node for node in nodes if isinstance(node, ast.Assert)]
    return [
        *(text for text in values if isinstance(text, str) and " " in text.strip()),
        *(f"```{ast.get_source_segment(code, node)}```" for node in asserted),
    ]


def pattern(sentence):
    """Return a regular expression for a sentence with {} for its numbers."""
    parts = [
        r"\s+".join(map(re.escape, re.split(r"\s+", p))) for p in sentence.split("{}")
    ]
    return re.compile(f"({NUMBER}|{WORD})".join(parts))


def stated(number, place, sentence):
    """Return the numbers, as written, that stand in a sentence."""
    found = list(pattern(sentence).finditer(places(number)[place]))
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


def bones(text):
    """Return the words that carry the order of a text: names, comparisons, denials.

    At the end stands a mark of the formulas, settings and code.

    >>> bones("On words **Adam** is faster than momentum, and not by chance: $t > 1$.")
    'Adam faster momentum not #62eb'
    """
    form = mark(text)
    for silent in SILENT[:4]:
        text = re.sub(silent, " ", text)
    found = (words.replace("\n", " ") for words in BONES.findall(text))
    return " ".join([*found, *form])


def mark(text):
    """Return a mark, in a list, that is another for another formula; none: no mark."""
    forms = "".join(form.rstrip(".,;:") for form in FORM.findall(text))
    squeezed = re.sub(r"\\[,;!]|\s", "", forms)
    return [f"#{crc32(squeezed.encode()) % 65536:04x}"] if forms else []


def by_part(number):
    """Return `{part: bones}` of the text: cells, questions, headed parts."""
    found = {}
    for place, text in places(number).items():
        if "." in place:
            for part in re.split(r"(?m)^#+ ", text)[1:]:
                numbers = " ".join(re.findall(NUMBER, part))  # no row holds them
                found[part.splitlines()[0]] = bones(f"{part}\n`{numbers}`")
        elif place in ("quiz", "teaching"):
            for part in re.split(r"(?m)^## ", text)[1:]:
                heading = part.splitlines()[0]
                name = heading.split("`")[1] if "`" in heading else heading[:30]
                found[f"{place}: {name}"] = bones(re.sub(r"^below ·", "", part))
        elif not place.startswith(NO_CLAIM):
            found[place] = bones(text)
    return {part: words for part, words in found.items() if words}


def moved(number, held, tests):
    """Yield each part whose order is another than when it was last looked at.

    held    {part: (bones, what holds it: names of tests, "SAID", or why none need)}
    tests   the names that there are
    """
    now = by_part(number)
    for part in sorted(now.keys() | held.keys()):
        words, *by = held.get(part, ("",))
        if words != now.get(part, ""):
            yield (
                f"{part} of {number} says '{now.get(part, '')}', and said '{words}': "
                f"is it so? Try it in {' and '.join(by) or 'a test'}; then its row "
                "in HELD says the new words (and # marks the new formulas)."
            )
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
