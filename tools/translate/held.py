"""What a translation must hold: the same formulas, numbers, links, code and parts.

`faults` says what is wrong with a message; the tests ask it of every one.
"""

import re
import tomllib
from collections import Counter
from functools import cache

from tools.course import ROOT
from tools.translate.messages import fields

CODE = r"```[\s\S]*?```|`[^`\n]+`"
FORMULA = r"\$\$[\s\S]+?\$\$|\$[^$\n]+\$"
LINK = r"\]\(([^)\s]+)\)|\b(?:href|src)=\"([^\"]+)\""
UNREAD = (  # what stays English on a Spanish page
    r"(?m)^- [A-Z]\. .*(?:\d{4}\)?|arXiv:[\d.]+)"  # - D. P. Kingma, J. Ba, *Adam: a ...
    r"|^\*[^*]+\* · "  # the English name in the glossary
    r"|^\d\d: .*"  # the cells of a class
    r"|CC BY|Optical Rec[^]]*|np\.\w+|The Littlest \w+|Restart Kernel[^*]*"  # names
)
TAG = r"</?[a-z]\w*"
NUMBER = r"(?<![\w.])\d+(?:[.,]\d+)*"
# The shape of a text: headings, items of lists, rows of tables, paragraphs.
SHAPE = r"(?m)^(#+ |[ \t]*(- \[[ x]\] |[-*] |\d+\. )|\||> |\d\d: |note: )|\n\n+"
# Words that are in every English sentence, and in no Spanish one.
ENGLISH = {
    "the", "of", "and", "is", "are", "was", "that", "with", "which", "this", "these",
    "those", "from", "by", "it", "its", "not", "you", "your", "for", "at", "on", "as",
    "be", "been", "have", "what", "when", "where", "how", "than", "then", "there",
    "their", "they", "them", "does", "each", "every", "only", "more", "most", "one",
    "two", "into", "over", "under", "after", "before", "both",
}  # fmt: skip


def parts(text):
    """Return `{kind: Counter}` of what a translation may neither lose nor add."""
    code = Counter(  # strings of a solution, and an answer to type, are words
        re.sub(r'"[^"\n]*"' * (one[:3] == "```" or one[1] == '"') or "$^", '""', one)
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
    if formatted and sorted(fields(message)) != sorted(fields(said)):
        yield f"fields: {fields(said)} in place of {fields(message)}"
    if found := re.search(r"\\text\{[^}]*[^\x00-\x7f][^}]*\}", said):
        yield f"{found[0]}: a formula has no accents, they come from another font"
    for edge in (r"^\s*", r"\s*$", r"^_?"):
        if re.search(edge, message)[0] != re.search(edge, said)[0]:
            yield "it begins or ends with other spaces, or another underscore"
    yield from words_of(message, said)


def is_formatted(entry):
    """Say whether the fields of a message, {name}, are filled in."""
    return entry.msgctxt in ("code", "exercises", "library")


def plain(text):
    """Return the words of a text: no code, formula, field, link, tag or cited title."""
    for part in (CODE, FORMULA, LINK, r"<[^>]*>", r"\{[^{}]*\}", UNREAD):
        text = re.sub(part, " ", text)
    return text


def english_words(said):
    """Return the words of a text that are in no Spanish sentence."""
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", plain(said).lower())
    return ENGLISH & set(words)


def words_of(message, said):
    """Yield a sentence for each word that is English, forbidden, or no term of ours."""
    words, english = plain(said), plain(message)
    if said == message and " " not in said:
        return  # it is a key, or a name
    if left := english_words(said):
        yield f"English words: {', '.join(sorted(left))}"
    table = terms()
    for wrong, right in table["never"].items():
        if found := re.search(rf"(?i)\b(?:{wrong})\b", words):
            yield f"“{found[0]}”: write {right}"
    for term, spanish in table["terms"].items():
        ours, theirs = rf"(?i)(?<!\w)(?:{term})\b", rf"(?i)\b(?:{spanish})\b"
        if re.search(ours, english) and not re.search(theirs, words):
            yield f"“{re.search(ours, english)[0]}” is {spanish}"
        if re.search(theirs, words) and not re.search(ours, message):
            yield f"“{re.search(theirs, words)[0]}” is not in the English: {term}"


@cache
def terms(language="es"):
    """Return the glossary that is enforced: translations/es/terms.toml."""
    path = ROOT / "translations" / language / "terms.toml"
    return tomllib.loads(path.read_text("utf-8"))
