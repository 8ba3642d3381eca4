"""The words that every check uses."""

from gettext import gettext as _


def not_yet(sentence):
    """Return the verdict on what is not right yet."""
    return f"{_('Not yet:')} {sentence}" + "." * (not sentence.endswith("?"))


def correct(praise):
    """Return the verdict on what is right."""
    return f"{_('Correct.')} {praise}."


def is_correct(verdict):
    """Say whether a verdict is that of a right answer."""
    return verdict.startswith(_("Correct."))


def besides(sentence, more):
    """Return what there is to say of two things at once."""
    return _("{sentence}; besides, {more}").format(sentence=sentence, more=more)


def enumeration(names):
    """Return names as a sentence has them.

    >>> enumeration(["t", "m", "v"])
    't, m and v'
    """
    *first, last = [*names] or [""]
    return _(" and ").join([", ".join(first), last]) if first else last
