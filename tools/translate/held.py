"""What a translation must hold: the same formulas, numbers, links, code and parts.

`faults` says what is wrong with a message; the tests ask it of every one.
"""

import re
import tomllib
from collections import Counter
from functools import cache

from tools import minutes
from tools.course import ROOT
from tools.translate.messages import CODE, FORMULA, fields

LINK = r"\]\(([^)\s]+)\)|\b(?:href|src)=\"([^\"]+)\""
UNREAD = (  # what stays English on a Spanish page
    r"(?m)^- [A-Z]\. .*(?:\d{4}\)?|arXiv:[\d.]+)"  # - D. P. Kingma, J. Ba, *Adam: a ...
    r"|^\*[^*]+\* · "  # the English name in the glossary
    r"|^\d\d: .*"  # the cells of a class
    r"|CC BY|Optical Rec[^]]*|np\.\w+|The Littlest \w+|Restart Kernel[^*]*"  # names
)
TAG = r"</?[a-z]\w*"
# Where a sentence ends: at a point (no small letter follows), a paragraph, an item, a
# cell of a table.
END = (
    r"(?<=[.?!])[\"”)*]*\s+(?![\s\"“(*¿¡]*[a-záéíóúñ])|\n\s*\n|\|"
    r"|\n(?=\s*(?:[->#]|\d+\.|note:))"
)
# Letters that are feminine, as “la tasa η” is: in a formula too.
FEMININE = r"\$\\(?:eta|beta|theta|lambda|kappa|epsilon)(?:_\w)?\$"
NUMBER = r"(?<![\w.])\d+(?:[.,]\d+)*"
# A minus, or a plus between two: in a text that is no formula, `1 - ηλ`, -0.5, −2.
SIGN = r"−|(?<![^\s(=/·<>≤,])-(?=[^\W_]|[√(.])|(?<=[\w)²]) [-+] (?=[\w√(])"
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
    "board",
}  # fmt: skip


def parts(text):
    """Return `{kind: Counter}` of what a translation may neither lose nor add."""
    code = Counter(  # strings of a solution, and one that stands alone, are words
        re.sub(r'"[^"\n]*"' if one[:3] == "```" else r'^`"[^"_]*"`$', '""', one)
        for one in re.findall(CODE, text)
    )
    text = re.sub(CODE, " ", text)
    formulas = Counter(
        re.sub(r"\\text\{[^}]*\}|\s", "", one) for one in re.findall(FORMULA, text)
    )
    text = re.sub(FORMULA, " ", text)
    links = Counter("".join(link) for link in re.findall(LINK, text))
    text = re.sub(LINK, "](", text)
    return {
        "formulas": formulas,
        "links": links,
        "code spans": code,
        "tags": Counter(re.findall(TAG, text)),
        "headings, items, rows and paragraphs": Counter(
            found[0].strip(" ") for found in re.finditer(SHAPE, text)
        ),
        "columns": Counter([text.count("|")]),
        "numbers": Counter(re.findall(NUMBER, text)),
        "signs": Counter(sign.strip("− ") or "-" for sign in re.findall(SIGN, text)),
        "bold words": Counter([text.count("**")]),
    }


def faults(message, said, formatted=False):
    """Yield a sentence for each thing that a translation has lost or added."""
    wanted, found = parts(message), parts(said)
    for kind in wanted:
        if lost := wanted[kind] - found[kind]:
            yield f"{kind}: lost {', '.join(map(repr, lost))}"
        if added := found[kind] - wanted[kind]:
            yield f"{kind}: added {', '.join(map(repr, added))}"
    # Of a formula the fields are held with it, and its braces may be no fields.
    ours, theirs = (fields(re.sub(FORMULA, " ", one)) for one in (message, said))
    if formatted and sorted(ours) != sorted(theirs):
        yield f"fields: {theirs} in place of {ours}"
    if found := re.search(r"\\text\{[^}]*[^\x00-\x7f][^}]*\}", said):
        yield f"{found[0]}: a formula has no accents, they come from another font"
    for edge in (r"^\s*", r"\s*$", r"^_?"):
        if re.search(edge, message)[0] != re.search(edge, said)[0]:
            yield "it begins or ends with other spaces, or another underscore"
    yield from words_of(message, said)


def excused(fault, comment):
    """Say whether a translator's comment names the word of a fault, or its kind.

    >>> excused("“lote” is not in the English: batch(es)?", "“lote”: which is meant")
    True
    """
    named = re.match(r"“.+?”|sentences|signs", fault)
    return bool(named) and named[0] in comment


def is_formatted(entry):
    """Say whether the fields of a message, {name}, are filled in."""
    formatted = "code", "exercises", "library", "problems"
    return entry.msgctxt in formatted or minutes.FIELDS[0] in entry.msgid


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
    parts = re.split(END, plain(re.sub(FEMININE, "η", text), "•"))
    parts = [re.sub(r"^(?:[^\w¿]|[\d_])+", "", part) for part in parts]
    return [part for part in parts if re.search(r"[^\W\d_]", part)]


def english_words(said):
    """Return the words of a text that are in no Spanish sentence."""
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", plain(said).lower())
    return ENGLISH & set(words)


def words_of(message, said):
    """Yield a sentence for each word that is English, forbidden, or no term of ours.

    Sentence by sentence: a term in the next one does not stand for this one's.
    """
    if said == message and " " not in said:
        return  # it is a key, or a name
    if said == message and len(re.findall(r"[^\W\d_]{3,}", plain(said))) > 1:
        yield f"“{said}” is English"
    if left := english_words(said):
        yield f"English words: {', '.join(sorted(left))}"
    ours, theirs = sentences(message), sentences(said)
    if len(ours) != len(theirs):
        yield f"sentences: {len(theirs)} in place of {len(ours)}"
        ours, theirs = ["\n".join(ours)], ["\n".join(theirs)]
    for english, spanish in zip(ours, theirs, strict=True):
        yield from _words(english, spanish)


def _words(english, spanish):
    """Yield a sentence for each word of one sentence that is wrong, lost or added."""
    table = terms()
    for wrong, right in table["never"].items():
        if found := re.search(rf"(?i)\b(?:{wrong})\b", spanish):
            yield f"“{found[0]}”: write {right}"
    for term, ours in (table["terms"] | table["lost"]).items():
        here = re.search(rf"(?i)(?<!\w)(?:{term})\b", english)
        there = re.search(rf"(?i)\b(?:{ours})\b", spanish)
        if here and not there:
            yield f"“{here[0]}” is {ours}"
        if there and not here and term in table["terms"]:
            yield f"“{there[0]}” is not in the English: {term}"
    for term, wrong in table["false"].items():
        if re.search(rf"(?i){term}\b", english) and re.search(
            rf"(?i){wrong}\b", spanish
        ):
            yield f"“{spanish[:40]}” does not say what “{english[:40]}” says to you"


@cache
def terms(language="es"):
    """Return the glossary that is enforced: translations/es/terms.toml."""
    path = ROOT / "translations" / language / "terms.toml"
    return tomllib.loads(path.read_text("utf-8"))
