"""English words in what is shown in Spanish, but for those of messages that wait."""

import re
from functools import cache

from tools.translate.faults import english_words
from tools.translate.waiting import waiting


@cache
def waiting_words():
    """Return the English words of all messages that wait for a translation."""
    messages = [entry.msgid for entries in waiting().values() for entry in entries]
    return english_words("\n".join(messages))


def english_left(text):
    """Return the words of a text that should be Spanish, and are English."""
    return english_words(text) - waiting_words()


def english_shown(text):
    """Return the same of what is shown; a name of code, my_adam_step, has none."""
    return english_left(re.sub(r"\w+_\w*", " ", text))
