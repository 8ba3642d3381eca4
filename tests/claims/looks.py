"""Sentences that differ from main, and that no row holds: is each of them true?

    python -m tests.claims.looks      look: cell brake-seen of 05: It brakes.

A list, and no refusal: rows try what they hold, and git knows what has changed.
"""

from pathlib import Path

from tests.changed import base, changed, git
from tests.claims import table, texts
from tools.course import PATHS, ROOT


def at_main(path):
    """Return a file as it is on main, empty if it is not."""
    lines = git("show", f"{base()[0]}:{Path(path).relative_to(ROOT).as_posix()}")
    return "\n".join(lines or [])


def new_sentences(now, then):
    """Yield the place and the words of each sentence of some texts that others lack."""
    for place, text in now.items():
        before = {*texts.sentences(then.get(place, ""))}
        if not place.startswith(texts.NO_CLAIM):
            yield from ((place, s) for s in texts.sentences(text) if s not in before)


def held(name, place, sentence):
    """Say whether a row holds a sentence of a place, or a part of it."""
    text = texts.places(name)[place]
    begin = text.index(sentence)
    rows = [r for r in table.said(table.table_of(name)) if r.section == place]
    spans = [m.span() for r in rows for m in table.pattern(r.sentence).finditer(text)]
    return any(begin < end and start < begin + len(sentence) for start, end in spans)


def looks():
    """Yield a line for each sentence that has changed and that no row holds."""
    differ = {ROOT / path for path in changed()}
    for name in (*PATHS, *texts.PAGES):
        if differ & {*texts.files(name).values()}:
            for place, sentence in new_sentences(
                texts.places(name), texts.places_in(name, at_main)
            ):
                if not held(name, place, sentence):
                    yield f"look: {texts.where(name, place)}: {sentence}"


if __name__ == "__main__":
    print(*looks(), sep="\n")
