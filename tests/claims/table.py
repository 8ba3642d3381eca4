"""Sentences of the course, and what computes them: the tables NN.txt and pages.txt.

A table has sections, headed by a place (see texts.py), with a row for each sentence:

    trials-seen
      sign descent ends at {}:              <-  trial(n, "sign", 0)
      RMSprop ends {lower/higher} than SGD  <-  trial(n, "RMSprop") < trial(n, "SGD")
      SGD is {first/last} of the four       <-  ranks["SGD"] == 1  # here

`{}` is a number, in figures or as a word, that the expression computes; `{a/b}` is one
of two words or more: the first if the expression is true, the second if not, or the one
that it gives.  An expression has all names that the cells of the notebook leave, `n`
(these names as a dictionary), `printed(cell, pattern)`, and the functions of
test_claims_NN.py.  It may also use `np`, `costs`, `opt` (the optimizers) and the
functions of utils.stats.  Words are tried with other seeds, too, unless the row ends in
`# here`; one that ends in `# monthly` is tried once a month, for it runs other seeds,
or more steps, itself.  A row that goes on is indented further.  Three sections are
named apart:

    figure settle-figure         what is drawn, panel by panel
      1: step t | cost J | linear log   <-  title: It ends {low/high} = ends[0] < 1
      Adam                              <-  costs_seen["Adam"]
    revealed                     what the predictions are told
      bad_guess                             <-  "99"
    plain                        numbers without a ground, and why
      the newest being 2                    <-  a definition
A number needs no row where it has a ground: it stands in an output of its section, as a
print or the words of a figure have it, rounded as it is written; or in the code of its
notebook.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import same_color

from tests.claims import (
    test_claims_00,
    test_claims_01,
    test_claims_02,
    test_claims_03,
    test_claims_04,
    test_claims_05,
    test_claims_06,
    test_claims_07,
    test_claims_08,
    test_claims_09,
    test_claims_10,
    texts,
)
from tests.claims.taught import names, printed
from tests.claims.texts import NUMBER, PARTS, WHOLE, WORD, places
from tools.course import PATHS
from tools.teach import child, homework, inventory, judge
from utils import costs, optimizers, stats
from utils.figures import _LOOKS

FOLDER = Path(__file__).parent
# The functions that the rows of a notebook and of its companion use.
HELPERS = {
    "00": test_claims_00,
    "01": test_claims_01,
    "02": test_claims_02,
    "03": test_claims_03,
    "04": test_claims_04,
    "05": test_claims_05,
    "06": test_claims_06,
    "07": test_claims_07,
    "08": test_claims_08,
    "09": test_claims_09,
    "10": test_claims_10,
}
# What a page for teachers promises, it has from these.
TOOLS = {"child": child, "homework": homework, "inventory": inventory, "judge": judge}
ARROW = re.compile(r"\s+<-\s+")


@dataclass(frozen=True)
class Row:
    """A sentence of a place, the expression that computes it, and where it stands."""

    name: str  # the notebook, or "pages"
    section: str
    sentence: str
    expression: str = ""
    line: int = 0

    place = property(lambda self: f"tests/claims/{self.name}.txt, line {self.line}")
    monthly = property(lambda self: self.expression.endswith("# monthly"))
    here = property(lambda self: self.monthly or self.expression.endswith("# here"))

    def __str__(self):
        """Name the row; of a page, with the notebook that its expression runs."""
        runs = re.search(r'names\("(\d\d)', self.expression)
        of = f" [{runs[1]}]" if runs else ""
        return f"{self.name}: {self.section}: {self.sentence[:50]}{of}"


@cache
def rows(name):
    """Return the rows of a table, in order; ValueError for a line that is none."""
    path = FOLDER / f"{name}.txt"
    made, section = [], ""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for number, line in enumerate(lines, 1):
        indent = len(line) - len(line.lstrip())
        if not line.strip() or line.startswith("#"):
            continue
        if not indent:
            section = line.strip()
        elif indent > 2 and made:
            number, text = made[-1][2], f"{made[-1][1]} {line.strip()}"
            made[-1] = section, text, number
        else:
            made.append((section, line.strip(), number))
    return [Row(name, s, *_split(text), line=k) for s, text, k in made]


def _split(text):
    sentence, *expression = ARROW.split(text, maxsplit=1)
    return sentence, *expression


def table_of(name):
    """Return the table of a text: a notebook's own, or that of the pages."""
    return "pages" if "." in name else name


def said(name):
    """Return the rows that a text says, of the table of a notebook or of the pages."""
    apart = "figure ", "revealed", "plain"
    return [row for row in rows(name) if not row.section.startswith(apart)]


def section(name, heading):
    """Return the rows of one section."""
    return [row for row in rows(name) if row.section == heading]


def computed(row, seed=0):
    """Return what the expression of a row gives; with a seed, of another run."""
    try:
        return evaluated(row.name, row.expression, seed)
    except (NameError, KeyError) as error:
        name = getattr(error, "name", None) or error
        pytest.fail(
            f"{row.place}: {row.expression[:80]!r} asks for {name}, which nothing "
            "gives any more: delete the row; or, if it has another name now, write it.",
            pytrace=isinstance(error, KeyError),  # which may be of a function's own
        )


def evaluated(name, expression, seed=0):
    """Return what an expression gives with the names of a notebook, or of the pages."""
    helpers = vars(HELPERS[name[-2:]]) if name in PATHS else {}
    if name == "pages":
        known = {"names": names, "printed": printed, "places": places, **TOOLS}
    else:
        n = names(name, seed)
        known = n | {"n": n, "printed": partial(printed, name)}
    library = {**vars(stats), "np": np, "costs": costs, "opt": optimizers}
    return eval(expression, {**library, **helpers, **known})


def pattern(sentence):
    """Return a regular expression for a sentence: a group for each {} and {a/b}."""
    parts = re.split(r"(\{[^{}]*/[^{}]*\}|\{\})", sentence)
    return re.compile("".join(map(_pattern, parts)))


def _pattern(part):
    if part == "{}":
        return f"({NUMBER}|{WORD})"
    if re.fullmatch(r"\{[^{}]*/[^{}]*\}", part):
        words = sorted(part[1:-1].split("/"), key=len, reverse=True)
        return f"({'|'.join(map(re.escape, words))})"
    return r"\s+".join(map(re.escape, re.split(r"\s+", part)))


def choices(sentence):
    """Return the words of each {a/b} of a sentence, None for each {}."""
    marks = re.findall(r"\{[^{}]*/[^{}]*\}|\{\}", sentence)
    return [mark[1:-1].split("/") if "/" in mark else None for mark in marks]


def stated(row):
    """Return the numbers and words, as written, that stand in the sentence of a row."""
    where = row.section if row.name == "pages" else row.name
    text = places(where).get(row.section, "")
    text = re.sub(r"(?s)```.*?```", "", text)  # a call has its label too
    matches = [*pattern(row.sentence).finditer(text)]
    if len(matches) != 1:
        raise ValueError(
            f"{texts.where(row.name, row.section)} says {row.sentence!r} "
            f"{len(matches)} times, "
            f"not once: if the text has changed, change its row too ({row.place})."
        )
    return matches[0].groups()


def agrees(written, value):
    """Say whether a value, rounded to the digits of what is written, is that.

    A word for a part, "a third", "two thirds", is right within a tenth.
    """
    *count, word = written.lower().split(" ")
    if word.removesuffix("s") in PARTS:
        share = WHOLE[count[0]] if count else 1
        return abs(value * PARTS[word.removesuffix("s")] / share - 1) <= 0.1
    written = str(WHOLE.get(word, written))
    number = Decimal(written.replace(",", "").replace("−", "-"))
    unit = Decimal(1).scaleb(number.as_tuple().exponent)
    return abs(Decimal(float(value)) - number) <= unit * Decimal("0.500001")


def right_word(words, value):
    """Return which of some words a value means: true the first, false the second."""
    if isinstance(value, str):
        return value
    return words[0] if value else words[1]


def faults(row, seed=0):
    """Yield what the cells have otherwise: each number and each word of a sentence."""
    try:
        written = stated(row)
    except ValueError as error:
        yield str(error)
        return
    values = computed(row, seed)
    kinds = choices(row.sentence)
    values = values if isinstance(values, tuple | list | np.ndarray) else (values,)
    if len(values) != len(kinds):
        yield (
            f"{row.place}: {len(kinds)} numbers and words in {row.sentence!r}, and "
            f"{len(values)} values: give the expression as many."
        )
        return
    for text, words, value in zip(written, kinds, values, strict=True):
        if words and text != (word := right_word(words, value)):
            yield _fault(row, text, repr(word), seed)
        elif not words and not seed and not agrees(text, value):
            yield _fault(row, text, f"{value:.6g}", seed)


def _fault(row, text, value, seed):
    seeds = f" with seed {seed}" if seed else ""
    return (
        f"{texts.where(row.name, row.section)} says {text!r} in "
        f"{row.sentence!r}: the cells "
        f"give {value}{seeds}. Correct the text, or its row ({row.place}), which "
        f"computes {row.expression[:150]}"
    )


def grounded(name, place, written):
    """Say whether a number of a notebook stands in an output of its section.

    Rounded as it is written, without its sign, or in per cent; a word, or a single
    digit, which many numbers round to, just so.  Or it stands in the notebook's code.
    """
    if "." in name:
        return False
    numbers = texts.printed_numbers(name)[place]
    if not re.fullmatch(NUMBER, written):
        return any(agrees(written, number) for number in numbers)
    value = abs(texts.value_of(written))
    if len(re.sub(r"e.*|\D", "", written).lstrip("0")) < 2:
        return value in map(abs, numbers)
    values = (scale * abs(number) for number in numbers for scale in (1, 100))
    magnitude = written.lstrip("−-")
    return value in texts.constants(name) or any(agrees(magnitude, v) for v in values)


def loose(name):
    """Yield each number of a text without a ground: no output, no row, not plain."""
    table = rows(table_of(name))
    plain = [row.sentence for row in table if row.section == "plain"]
    for place, whole in places(name).items():
        if place.startswith(texts.NO_CLAIM):
            continue
        text = whole
        for phrase in plain:
            edges = r"(?:(?<!\d)|(?!\.?\d))"  # not within a number: 0.9 is not in 0.99
            text = texts.blank(edges + re.escape(phrase) + edges, text)
        for silent in texts.SILENT:
            text = texts.blank(silent, text)
        text = texts.FORMULA.sub(lambda match: texts.without_form(match[0]), text)
        if "." not in name:
            text = texts.without_settings(name, text)
        for row in table:
            if row.section == place:
                for match in pattern(row.sentence).finditer(whole):
                    start, end = match.span()
                    text = text[:start] + " " * (end - start) + text[end:]
        for match in re.finditer(rf"(?<![\w.]){NUMBER}|{texts.CLEAR}", text):
            if grounded(name, place, match[0]):
                continue
            around = whole[max(0, match.start() - 40) : match.end() + 30]
            yield (
                f"{place} of {name}: {match[0]} in '{' '.join(around.split())}' stands "
                "in no output of its section: print it there, draw it, or give it a "
                f"row in tests/claims/{table_of(name)}.txt; or a line under `plain` "
                "there that says why no cell computes it."
            )


# Figures


@dataclass(frozen=True)
class Panel:
    """What one panel of a figure must have: its axes, its title, its lines."""

    head: Row
    lines: tuple


def figures(name):
    """Return `{cell: [Panel, ...]}` of a table."""
    cells = {}
    for row in rows(name):
        if row.section.startswith("figure "):
            shown = cells.setdefault(row.section.removeprefix("figure "), [])
            if re.match(r"\d+: ", row.sentence):
                shown.append(Panel(row, ()))
            else:
                shown[-1] = Panel(shown[-1].head, (*shown[-1].lines, row))
    return cells


def figure_faults(panel, ax):
    """Yield how a panel that is drawn differs from its rows."""
    yield from _axis_faults(panel.head, ax)
    wanted = {row.sentence.strip('"'): row for row in panel.lines}
    lines = {
        line.get_label(): line
        for line in ax.lines
        if not line.get_label().startswith("_child")
    }
    bars = {str(bars.get_label()): bars for bars in ax.containers}
    artists = {k: v for k, v in (lines | bars).items() if k and k[:6] != "_child"}
    # Of curves that the library draws a panel has its axes and its title alone.
    for label in sorted(artists.keys() ^ wanted.keys() if wanted else ()):
        where = "has no row" if label in artists else "is not drawn"
        yield f"{panel.head.section}: the line {label!r} {where} ({panel.head.place})."
    for label in artists.keys() & wanted.keys():
        row = wanted[label]
        if not _same(artists[label], computed(row)):
            yield (
                f"{row.section} draws {label!r} otherwise than {row.expression} "
                f"({row.place}): correct the figure, or its row."
            )
    for label, line in lines.items():
        is_optimizer = hasattr(optimizers, label)
        if is_optimizer and not same_color(line.get_color(), _LOOKS[label][0]):
            yield (
                f"{panel.head.section} draws {label!r} in another colour than all "
                f"figures do: give the plot **figures.look({label!r})."
            )


def _axis_faults(head, ax):
    axes, title = head.sentence.partition(": ")[2], ax.get_title("left")
    xlabel, ylabel, scales = (part.strip() for part in axes.split(" | "))
    drawn = ax.get_xlabel(), ax.get_ylabel(), f"{ax.get_xscale()} {ax.get_yscale()}"
    for wanted, have in zip((xlabel, ylabel, scales), drawn, strict=True):
        if wanted.strip('"') != have:
            yield f"{head.section}: {wanted!r} is drawn as {have!r} ({head.place})."
    if head.expression:
        sentence, expression = _title(head.expression.removeprefix("title: "), title)
        match = pattern(sentence).fullmatch(title)
        if not match:
            yield f"{head.section}: the title is {title!r}, not {sentence!r}."
        elif expression:
            row = Row(head.name, head.section, sentence, expression, head.line)
            values = computed(row)
            values = values if isinstance(values, tuple | list) else (values,)
            kinds = choices(sentence)
            for text, words, value in zip(match.groups(), kinds, values, strict=True):
                good = (
                    text == right_word(words, value) if words else agrees(text, value)
                )
                if not good:
                    yield _fault(row, text, repr(value), 0)


def _title(text, title):
    """Return the sentence and the expression of a row of a title: either may have =."""
    parts = text.split(" = ")
    cuts = range(1, len(parts) + 1)
    pairs = [(" = ".join(parts[:cut]), " = ".join(parts[cut:])) for cut in cuts]
    return next((p for p in pairs if pattern(p[0]).fullmatch(title)), pairs[0])


def _same(artist, values):
    """Say whether what is drawn is y, or (x, y); of error bars, y is half of each."""
    if hasattr(artist, "get_data"):
        x, y = (np.asarray(v, float) for v in artist.get_data(orig=False))
    elif hasattr(artist, "has_yerr"):
        ends = np.array(artist.lines[2][0].get_segments())
        x, y = ends[:, 0, 0], np.ptp(ends[..., 1], axis=1) / 2
    else:
        y = np.array([bar.get_height() for bar in artist.patches])
        x = np.arange(len(y))
    pairs = (
        zip((x, y), values, strict=True) if isinstance(values, tuple) else [(y, values)]
    )
    return all(
        np.shape(have) == np.shape(np.ravel(want))
        and np.allclose(have, np.ravel(want).astype(float), equal_nan=True)
        for have, want in pairs
    )
