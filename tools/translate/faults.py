"""What is wrong with a translation: something is lost, added, exchanged or reversed.

`faults` says it of a message, in sentences; the tests ask it of every one.
"""

import re
import tomllib
from collections import Counter
from functools import cache

import polib

from tools import counting
from tools.course import ROOT
from tools.translate.messages import CODE, FORMULA, NARROW, fields

LINK = r"\]\(([^)\s]+)\)|\b(?:href|src)=\"([^\"]+)\""
UNREAD = (  # what stays English on a Spanish page
    r"(?m)^- [A-Z]\. .*(?:\d{4}\)?|arXiv:[\d.]+)"  # - D. P. Kingma, J. Ba, *Adam: a ...
    r"|^\*[^*]+\* · "  # the English name in the glossary
    r"|^\d\d: .*"  # the cells of a class
    r"|(?:Dive into|Understanding) Deep Learning"
    r"|CC BY|Optical Rec[^]]*|np(?:\.\w+)+|The Littlest \w+|Restart Kernel[^*]*"
    r"|\w+\[[^]\n]+\](?!\()"  # an entry of an array, E[before]
)
TAG = r"</?[a-z]\w*"
# Where a sentence ends: at a point (no small letter follows), a paragraph, an item, a
# cell of a table.
END = (
    r"(?<=[.?!])[\"”»)*]*\s+(?![\s\"“«(*¿¡]*[a-záéíóúñ])|\n\s*\n|\|"
    r"|\n(?=\s*(?:[->#]|\d+\.|note:))"
)
# Letters that are feminine, as “la tasa η” is: in a formula too.
FEMININE = r"\$\\(?:eta|beta|theta|lambda|kappa|epsilon)(?:_\w)?\$"
NUMBER = r"(?<![\w.])\d+(?:[.,]\d+)*"
# What stands between thousands: English 69,078, Spanish 69 078, but 2267.
GROUP = rf"(?<=\d)(?:,|\{{,\}}|\\,|{NARROW})(?=\d{{3}}(?!\d))"
# A number as Spanish does not write it, and how it does.
MISWRITTEN = {
    r"\d+(?:(?:,|\{,\})\d{3})+(?!\d)": "a narrow space, U+202F, for the comma",
    rf"(?<![\d{NARROW}])\d{NARROW}\d{{3}}(?![\d{NARROW}])": "no space in four digits",
    r"[\d}½$][ \u00a0]?\\?%": "a narrow space, U+202F, before %",
}
# A minus, or a plus between two: in a text that is no formula, `1 - ηλ`, -0.5, −2.
SIGN = r"−|(?<![^\s(=/·<>≤,])-(?=[^\W_]|[√(.])|(?<=[\w)²]) [-+] (?=[\w√(])"
# A Greek letter or a root in a text: η, β₂, √κ.
SYMBOL = r"√?[α-ωΔΣ∇][₀-₉ₜ]*[²³]?|√\w+"
METHOD = r"\b(?i:sgd|ada(?:m\w*|grad)|rmsprop|amsgrad|lion|muon|moment(?:um|o))\b"
# Number words and their values.  “Both” is “los dos”, so only their order is compared,
# among the figures, and that of the methods' names, which may stand for a pronoun.
WORDS = {
    "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8,
    "nueve": 9, "diez": 10, "doce": 12, "veinte": 20, "cien": 100, "mil": 1000,
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "twenty": 20, "hundred": 100, "thousand": 1000,
}  # fmt: skip
ORDERED = "number words", "methods"
compiled = cache(re.compile)  # re's own cache holds 512, fewer than the terms
# Faults that are no other words, but a sentence turned round.
REVERSED = rf"is the opposite of|^order of|“{METHOD}” is"
TURNED = "the English was turned round: mend it, or, if it is right, empty what msgstr"
# The shape of a text: headings, items of lists, rows of tables, paragraphs.
SHAPE = r"(?m)^(#+ |[ \t]*(- \[[ x]\] |[-*] |\d+\. )|\||> |\d\d: |note: )|\n\n+"
# Words that are in many English sentences, and in no Spanish one.
ENGLISH = {
    "the", "of", "and", "is", "are", "was", "that", "with", "which", "this", "these",
    "those", "from", "by", "it", "its", "not", "you", "your", "for", "at", "on", "as",
    "be", "been", "have", "what", "when", "where", "how", "than", "then", "there",
    "their", "they", "them", "does", "each", "every", "only", "more", "most", "one",
    "two", "into", "over", "under", "after", "before", "both", "all", "first", "same",
    "right", "many", "half", "here", "take", "long", "large", "small", "last", "why",
    "back", "other", "without", "can", "new", "far", "wrong", "would", "out", "who",
    "next", "less", "any", "like", "give", "stays", "while", "whose", "never",
    "nothing", "nobody", "rate", "answer", "seeds", "sum", "below", "above", "floor",
    "learning", "layer", "weights", "gets", "falls", "rises", "lower", "lowest",
    "larger", "smaller", "longer", "shorter", "worse", "wins", "width", "slope",
    "direction", "border", "window", "gap", "valley", "ravine", "drift", "decay",
    "bias", "wide", "slow", "fast", "figure", "question", "slide", "slider", "room",
    "board", "but", "noise", "rates", "costs", "paths", "starts", "ends",
    "better", "grows", "because", "between", "still", "again", "batches", "samples",
}  # fmt: skip


def parts(text, formatted=False):
    """Return `{kind: [part, ...]}` of what a translation has too, and in this order."""
    code = [  # strings of a solution, and one that stands alone, are words
        re.sub(r'"[^"\n]*"' if span[:3] == "```" else r'^`"[^"_]*"`$', '""', span)
        for span in re.findall(CODE, text)
    ]
    text = re.sub(CODE, " ", text)
    formulas = re.findall(FORMULA, text)
    text = re.sub(FORMULA, " ", text)
    links = ["".join(link) for link in re.findall(LINK, text)]
    names = fields(text) if formatted else []  # a formula's braces may be no fields
    text = re.sub(LINK, "](", text)
    return {
        "formulas": [
            re.sub(rf"\\text\{{[^}}]*\}}|\s|{GROUP}", "", part) for part in formulas
        ],
        "links": links,
        "code spans": code,
        "fields": names,
        "tags": re.findall(TAG, text),
        "headings, items, rows and paragraphs": [
            part[0].strip(" ") for part in re.finditer(SHAPE, text)
        ],
        "columns": [text.count("|")],
        "numbers": re.findall(NUMBER, re.sub(GROUP, "", text)),
        "symbols": re.findall(SYMBOL, text),
        "signs": [sign.strip("− ") or "-" for sign in re.findall(SIGN, text)],
        "number words": [
            str(WORDS.get(word.lower(), word))
            for word in re.findall(
                rf"(?i){NUMBER}|\b(?:{'|'.join(WORDS)})\b", re.sub(GROUP, "", text)
            )
        ],
        "methods": [m.lower()[:6] for m in re.findall(METHOD, text)],
        "bold words": [text.count("**")],
    }


def faults(message, translation, formatted=False):
    """Yield a sentence for each thing that is wrong with a translation."""
    translated = parts(translation, formatted)
    for kind, wanted in parts(message, formatted).items():
        there = translated[kind]
        lost, added = Counter(wanted) - Counter(there), Counter(there) - Counter(wanted)
        if lost and kind not in ORDERED:
            yield f"{kind}: lost {', '.join(map(repr, lost))}"
        if added and kind not in ORDERED:
            yield f"{kind}: added {', '.join(map(repr, added))}"
        if not lost and not added and there != wanted:
            pairs = zip(there, wanted, strict=True)
            other, first = next(pair for pair in pairs if pair[0] != pair[1])
            yield f"order of {kind}: {other!r} in place of {first!r}"
    words = re.sub(f"{CODE}|{FORMULA}|<[^>]*>|«[^»]*»", "", translation)
    if not formatted and re.search(r"[“\"]\w", words):
        yield "quotation marks: write « », and “ ” inside them"
    if accent := re.search(r"\\text\{[^}]*[^\x00-\x7f][^}]*\}", translation):
        yield f"{accent[0]}: a formula has no accents, they come from another font"
    without_code = re.sub(rf"{CODE}|\{{[^{{}}]*[:%][^{{}}]*\}}", "}", translation)
    for wrong, right in MISWRITTEN.items():
        if number := re.search(wrong, without_code):
            yield f"“{number[0]}”: write {right}"
    for edge in (r"^\s*", r"\s*$", r"^_?"):
        if re.search(edge, message)[0] != re.search(edge, translation)[0]:
            yield "it begins or ends with other spaces, or another underscore"
    yield from word_faults(message, translation)


def excused(fault, comment):
    """Say whether a translator's comment names the word of a fault, or its kind.

    >>> excused("“lote” is not in the English: batch(es)?", "“lote”: which is meant")
    True
    >>> excused("order of numbers: ['2', '1'] ...", "order of numbers: as one says it")
    True
    """
    name = re.match(r"“.+?”|sentences|signs|symbols|order of [^:]+", fault)
    return bool(name) and name[0] in comment


def refused(path):
    """Return a line for each fault of a catalogue that no comment excuses."""
    return [
        f"{path.relative_to(ROOT)}, line {entry.linenum}, {entry.msgid[:60]!r}: "
        f"{fault}: {TURNED if entry.fuzzy else 'write in the Spanish what the English'}"
        " says"
        for entry in polib.pofile(str(path))
        for fault in entry_faults(entry)
    ]


def entry_faults(entry):
    """Yield what is wrong with a message, unless a comment excuses it.

    If it waits, only where its English says the opposite of the Spanish of before.
    """
    wanted = "" if entry.translated() else REVERSED if entry.fuzzy else "$^"
    for fault in faults(entry.msgid, entry.msgstr, is_formatted(entry)):
        if re.search(wanted, fault) and not excused(fault, entry.tcomment):
            yield fault


def is_formatted(entry):
    """Say whether the fields of a message, {name}, are filled in."""
    formatted = "code", "exercises", "library", "problems"
    return entry.msgctxt in formatted or counting.FIELDS[0] in entry.msgid


def plain(text, gap=" "):
    """Return the words of a text: no code, formula, field, link, tag or cited title."""
    for part in (CODE, FORMULA, LINK, r"<[^>]*>", r"\{[^{}]*\}", UNREAD):
        text = re.sub(part, gap, text)
    return text


def sentences(text):
    """Return the sentences of a text, its headings, items and cells of tables.

    >>> sentences("## A step\\n\\nWhich $x$? $y$ is longer, I think.")
    ['A step', 'Which •?', 'is longer, I think.']
    """
    pieces = re.split(END, plain(re.sub(FEMININE, "η", text), "•"))
    pieces = [re.sub(r"^(?:[^\w¿]|[\d_])+", "", piece) for piece in pieces]
    return [piece for piece in pieces if re.search(r"[^\W\d_]", piece)]


def english_words(text):
    """Return the words of a text that are in no Spanish sentence."""
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", plain(text).lower())
    return ENGLISH & set(words)


def word_faults(message, translation):
    """Yield a sentence for each word that is English, forbidden, or no term of ours.

    Sentence by sentence: a term in the next one does not stand for this one's.
    """
    if translation == message and " " not in message:
        return  # it is a key, or a name
    if translation == message and len(re.findall(r"[^\W\d_]{3,}", plain(message))) > 1:
        yield f"“{message}” is English"
    if left := english_words(translation):
        yield f"English words: {', '.join(sorted(left))}"
    english, spanish = sentences(message), sentences(translation)
    if len(english) != len(spanish):
        yield f"sentences: {len(spanish)} in place of {len(english)}"
        english, spanish = ["\n".join(english)], ["\n".join(spanish)]
    for pair in zip(english, spanish, strict=True):
        yield from term_faults(*pair)
        yield from reversals(*pair)


def term_faults(english, spanish):
    """Yield a sentence for each term of a sentence that is wrong, lost or added."""
    table = terms()
    for wrong, right in table["never"].items():
        if word := compiled(rf"(?i)\b(?:{wrong})\b").search(spanish):
            yield f"“{word[0]}”: write {right}"
    for term, translation in (table["terms"] | table["lost"]).items():
        here = compiled(rf"(?i)(?<!\w)(?:{term})\b").search(english)
        there = compiled(rf"(?i)\b(?:{translation})\b").search(spanish)
        if here and not there:
            yield f"“{here[0]}” is {translation}"
        if there and not here and term in table["terms"]:
            yield f"“{there[0]}” is not in the English: {term}"


def reversals(english, spanish):
    """Yield a sentence for each word of a sentence that says the opposite.

    Where the English has only one of two opposites, the Spanish may not have only the
    other; where both have as many, they come in the same order.
    """
    table = terms()["opposites"]
    spanish = re.sub(rf"(?i)\b(?:{table['idioms']})\b", " ", spanish)
    for word, opposite, palabra, contraria in table["pairs"]:
        wanted, there = (
            sides(english, word, opposite),
            sides(spanish, palabra, contraria),
        )
        apart = not {side for side, _ in wanted} & {side for side, _ in there}
        if apart or len(wanted) == len(there):
            for (side, ours), (other, theirs) in zip(wanted, there, strict=False):
                if side != other:
                    yield f"“{theirs}” is the opposite of “{ours}”"


def sides(sentence, word, opposite):
    """Return `[(whether it is the opposite, what is written), ...]`, in order."""
    pattern = rf"(?i)(?<!\w)(?:(?P<word>{word})|{opposite})(?!\w)"
    matches = compiled(pattern).finditer(sentence)
    return [(match["word"] is None, match[0]) for match in matches]


@cache
def terms(language="es"):
    """Return the glossary that is enforced: translations/es/terms.toml."""
    path = ROOT / "translations" / language / "terms.toml"
    return tomllib.loads(path.read_text("utf-8"))
