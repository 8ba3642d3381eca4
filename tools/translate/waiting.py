"""Which messages wait for a translation: English stands in their place until then.

    python -m tools.translate.waiting    name them; fail if there is one

A new message is empty; one whose English has changed is fuzzy, and keeps the Spanish of
before.  The tests warn of both, a release fails.
"""

import sys

import polib

from tools.course import ROOT

TRANSLATIONS = ROOT / "translations"


def waiting(translations=TRANSLATIONS):
    """Return `{"es/03.po": [entry, ...]}` of what is empty or fuzzy."""
    entries_by_name = {
        path.relative_to(translations).as_posix(): [
            entry for entry in polib.pofile(str(path)) if not entry.translated()
        ]
        for path in sorted(translations.glob("*/**/*.po"))
    }
    return {name: entries for name, entries in entries_by_name.items() if entries}


def named(entries_by_name):
    """Return a heading and a line for each message that waits; [] if none does."""
    lines = [
        f"translations/{name} [{entry.msgctxt}] {entry.msgid[:60]!r}"
        for name, entries in entries_by_name.items()
        for entry in entries
    ]
    heading = f"Waiting for a translation: {len(lines)}; a release has none"
    return [heading, *lines] if lines else []


def demand_none(translations=TRANSLATIONS):
    """Stop, and name what waits; go on if nothing does."""
    if lines := named(waiting(translations)):
        sys.exit("\n".join(lines))


if __name__ == "__main__":
    demand_none()
