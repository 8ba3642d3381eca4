"""The catalogues in translations/: brought up to date with what the course says.

    python -m tools.translate.catalogue          new is empty, what changed is fuzzy
    python -m tools.translate.catalogue --draft  what is not translated yet is a draft

A catalogue is in gettext's format: Poedit, Weblate and others open it.  NN.po has what
belongs to notebook NN: the notebook itself (context: the cell's id, or "code"), its
quiz, the teacher's notes, its exercises; pages.po has the pages, a context for each.
A draft is shown in English, with a mark, until somebody translates it.
"""

import ast
import inspect
import re
import sys
from difflib import get_close_matches
from importlib import import_module

import nbformat
import polib

from tools.course import PATHS, ROOT
from tools.translate.messages import blocks, strings
from utils.checks import Exercise

TRANSLATIONS = ROOT / "translations"
PAGES = [
    "README.md", "notebooks/glossary.md",
    *(f"web/{name}.md" for name in (
        "index", "teachers", "syllabus", "formulas", "own-class", "accessibility",
        "deck", "teacher/index", "teacher/exam", "teacher/homework",
    )),
]  # fmt: skip


def of_notebook(number):
    """Yield (context, message, where) of a notebook and what lies beside it."""
    path = PATHS[number]
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            yield cell.id, cell.source, cell.id
        else:
            for string in strings(cell.source):
                yield "code", string.message, cell.id
    for room in "quizzes", "teaching":
        page = path.parent / room / f"{number}.md"
        if page.exists():
            for message in said_in(page.read_text("utf-8")):
                yield room, message, room
    if (path.parent / "exercises" / f"{path.stem[3:]}.py").exists():
        for message in of_exercises(
            import_module(f"notebooks.exercises.{path.stem[3:]}")
        ):
            yield "exercises", message, "exercises"


def of_exercises(module):
    """Yield what the exercises of a module say: of a right answer, and of mistakes.

    Of an exercise that is a choice: each string with a space, but for docstrings.
    """
    checks = [check for check in vars(module).values() if isinstance(check, Exercise)]
    for check in checks:
        yield from [check.praise, *check.mistakes.values()]
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            continue
        for string in strings(ast.unparse(node)):
            if " " in string.message:
                yield string.message


def of_page(name):
    """Yield (context, message, where) of a page."""
    for message in said_in((ROOT / name).read_text("utf-8")):
        yield name, message, name


def said_in(page):
    """Return the blocks of a page that say something; of a note, the title."""
    return [
        title(block)
        for block in blocks(page)[::2]
        if re.search(r"[^\W\d_]{2}.* |[ :].*[^\W\d_]{2}", block)  # no list of files
    ]


def title(block):
    """Return a block, without minute and cell if it is the heading of a note.

    >>> title("## 7 min · How far back? · `average`")
    'How far back?'
    """
    clock = r"## (?:\d+ min|below) · (.+) · `[\w-]+`"
    return re.sub(clock, r"\1", block)


def wanted():
    """Return `{catalogue: {(context, message): [where, ...]}}` of the whole course."""
    course = {number: [*of_notebook(number)] for number in PATHS}
    course["pages"] = [entry for name in PAGES for entry in of_page(name)]
    return {name: _gathered(entries) for name, entries in course.items()}


def _gathered(entries):
    found = {}
    for context, message, where in entries:
        places = found.setdefault((context, message), [])
        places += [where] if where not in places else []
    return found


def path_of(language, name):
    """Return the path of a catalogue."""
    return TRANSLATIONS / language / f"{name}.po"


def updated(old, entries):
    """Return a catalogue with these entries: of what is as it was, the translation.

    What has changed is fuzzy: it keeps the old translation, and the old English beside.
    """
    known = {(entry.msgctxt, entry.msgid): entry for entry in old}
    gone = [entry for key, entry in known.items() if key not in entries]
    new = polib.POFile(wrapwidth=88)
    new.metadata = old.metadata
    for (context, message), places in entries.items():
        entry = known.get((context, message)) or changed(context, message, gone)
        entry.occurrences = [(place, "") for place in places]
        new.append(entry)
    return new


def changed(context, message, gone):
    """Return an entry for a new message, fuzzy if one that has gone is like it."""
    entry = polib.POEntry(msgctxt=context, msgid=message)
    rivals = {old.msgid: old for old in gone if old.msgctxt == context and old.msgstr}
    near = get_close_matches(message, rivals, n=1, cutoff=0.6)
    if near or (context not in ("code", "quizzes", "teaching") and len(rivals) == 1):
        before = rivals[near[0] if near else next(iter(rivals))]
        entry.msgstr, entry.previous_msgid = before.msgstr, before.msgid
        entry.flags = ["fuzzy"]
    return entry


def update(language, draft=False):
    """Bring the catalogues of a language up to date; return how many are not done."""
    (TRANSLATIONS / language).mkdir(parents=True, exist_ok=True)
    open_entries = 0
    for name, entries in wanted().items():
        path = path_of(language, name)
        old = polib.pofile(str(path)) if path.exists() else polib.POFile()
        old.metadata = old.metadata or {
            "Language": language,
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=UTF-8",
            "Content-Transfer-Encoding": "8bit",
        }
        new = updated(old, entries)
        for entry in new:
            if draft and (entry.fuzzy or not entry.msgstr):
                entry.msgstr, entry.flags = entry.msgid, ["draft"]
            open_entries += entry.fuzzy or not entry.msgstr
        new.save(str(path))
    return open_entries


def drafts(language):
    """Return how many messages are shown in English, as nobody has translated them."""
    return sum(
        "draft" in entry.flags
        for path in (TRANSLATIONS / language).glob("*.po")
        for entry in polib.pofile(str(path))
    )


if __name__ == "__main__":
    for folder in sorted(TRANSLATIONS.iterdir()):
        count = update(folder.name, draft="--draft" in sys.argv[1:])
        print(f"{folder.name}: {count} messages are not done")
        readme = ROOT / "README.md"
        waiting = f"({drafts(folder.name)} messages wait for a translation)"
        text = re.sub(
            r"\(\d+ messages wait for a translation\)",
            waiting,
            readme.read_text("utf-8"),
        )
        readme.write_text(text, "utf-8")
