"""An alarm, and no more: a sentence has changed, and nobody has looked at it since.

    python -m tests.claims.marks 03        you have looked at what changed in 03
    python -m tests.claims.marks README.md          ... on a page

marks.json has a mark for each sentence of all texts, by part; the rows of the tables
and the tests say whether it is true.
"""

import json
import sys

from tests.claims import table, texts
from tools.course import PATHS, ROOT

MARKS = ROOT / "tests/claims/marks.json"
TEXTS = [*PATHS, *texts.PAGES]


def known():
    """Return the marks of what was looked at, `{text: {part: marks}}`."""
    return json.loads(MARKS.read_text(encoding="utf-8"))


def changed(name):
    """Yield each part of a text with a sentence that nobody has looked at."""
    now, marks = texts.parts(name), known().get(name, {})
    for part in sorted(now.keys() | marks.keys()):
        lines, seen = texts.sentences(now.get(part, "")), marks.get(part, "").split()
        if seen != [*lines]:
            new = [line for mark, line in lines.items() if mark not in seen]
            now_says = f"says now '{' '.join(new)}'" if new else "has a sentence less"
            yield (
                f"{part} of {name} {now_says}: is it so? "
                f"It is held by {holders(name, part)}. When you have looked: "
                f".venv/bin/python -m tests.claims.marks {name}"
            )


def holders(name, part):
    """Say what tries the words of a part: lines of its table, or that none does."""
    sections, text = (part, part.partition(":")[0], name), texts.parts(name).get(part)
    table_name = name if "." not in name else "pages"
    lines = [
        str(row.line)
        for row in table.said(table_name)
        if row.section in sections and table.pattern(row.sentence).search(text or "")
    ]
    file = f"tests/claims/{table_name}.txt"
    return (
        f"{file}, line {', '.join(lines)}"
        if lines
        else f"no row of {file}: does it need one?"
    )


def look(*names):
    """Write that the sentences of some texts have been looked at."""
    marks = known()
    for name in names:
        for fault in changed(name):
            print(fault.partition(": is it so?")[0])
        parts = texts.parts(name).items()
        marks[name] = {part: " ".join(texts.sentences(text)) for part, text in parts}
    marks = {name: marks[name] for name in TEXTS if name in marks}
    written = json.dumps(marks, indent=1, ensure_ascii=False)
    MARKS.write_text(written + "\n", encoding="utf-8")


if __name__ == "__main__":
    if not sys.argv[1:] or {*sys.argv[1:]} - {*TEXTS}:
        sys.exit(f"Say which texts you have looked at, of: {', '.join(TEXTS)}")
    look(*sys.argv[1:])
