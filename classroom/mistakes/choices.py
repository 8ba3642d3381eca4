"""Check answers that are chosen: each letter has its option, {"A": "too low"}."""

import re
from gettext import gettext as _

from classroom.mistakes.exercises import tell
from classroom.mistakes.wording import correct, not_yet


def compare(exercise, answers, truth, hints, options, praise, reasons=None, signs=None):
    """Print which answers, {name: option}, are right, and hints for the others.

    reasons    {name: sentence}, said of an answer that is right
    signs      {option: sentence}: what it would show, said before the hint
    """
    _compare(exercise, answers, truth, hints, options, praise, signs or {})
    given = answers if isinstance(answers, dict) else {}
    chosen = {plain(name): plain(option) for name, option in given.items()}
    for name, reason in (reasons or {}).items():
        if chosen.get(plain(name)) in _forms(truth[name]):
            print(f"{name}: {_(reason)}")


def _compare(exercise, answers, truth, hints, options, praise, signs):
    letters, words = {plain(name) for name in truth}, [*map(_, options)]
    if not isinstance(answers, dict) or letters.isdisjoint(map(plain, answers)):
        sentence = _('write your answers as in {{"A": "{option}"}}')
        print(not_yet(sentence.format(option=words[0])))
        return
    chosen = {plain(name): plain(option) for name, option in answers.items()}
    chosen = {name: chosen[plain(name)] for name in truth if chosen.get(plain(name))}
    right = [name for name in chosen if chosen[name] in _forms(truth[name])]
    if len(right) == len(truth):
        print(correct(_(praise)))
        tell(exercise, passed=True)
        return
    sentence = _("none right, of {names}")
    if right:
        sentence = _("{right} right, of {names}")
    print(not_yet(sentence.format(right=", ".join(right), names=", ".join(truth))))
    wrong = [name for name in chosen if name not in right]
    for name in wrong:
        tell(exercise, mistake=_(hints[name]))
    known = {"", *_forms(*options, *truth.values())}
    for name in wrong or [name for name in truth if name not in chosen][:1]:
        hint = _("choose one of {options}").format(options=words)
        if chosen.get(name, "") in known:
            would = [_(signs[o]) for o in signs if chosen.get(name) in _forms(o)]
            hint = "; ".join([*would, _(hints[name])])
        print(f"{name}: {hint}")


def _forms(*words):
    """Return how words may be answered: in the reader's language, or in English."""
    return {plain(form) for word in words for form in (word, _(word))}


SPELT = str.maketrans({"ε": "epsilon", "θ": "theta", "β": "beta", "₁": "1", "₂": "2"})


def plain(word):
    """Return a word in small letters, "" for a ... that is left, "?" for no word."""
    if isinstance(word, str):
        small = " ".join(word.split()).rstrip(".").lower().translate(SPELT)
        return re.sub(r"\beps\b", "epsilon", small)
    return "" if word is None or word is ... else "?"
