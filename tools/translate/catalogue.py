"""The catalogues in translations/: brought up to date with what the course says.

    python -m tools.translate.catalogue    new is empty; what changed is fuzzy, and
                                           keeps the old translation

A catalogue is in gettext's format: Poedit, Weblate and others open it.  NN.po has what
belongs to notebook NN: the notebook itself (context: the cell's id, "code", or
"comments" of it), its quiz, the teacher's notes, its exercises and exam problems, with
their titles; pages.po has the pages, a context for each; library.po has what utils and
the tools say at run time, and several exercises alike.
"""

import ast
import inspect
import re
import tomllib
from difflib import get_close_matches
from importlib import import_module

import nbformat
import polib

from classroom import sliders
from classroom.mistakes import Exercise, diagnosis, mutations
from classroom.mistakes.edits import mistakes_in
from notebooks.exercises import steps
from tools import address, counting
from tools.course import NOTEBOOKS, PATHS, ROOT
from tools.translate.faults import refused
from tools.translate.messages import blocks, is_shown, remarks, strings
from tools.translate.waiting import TRANSLATIONS, named, waiting
from utils import refusals

PAGES = [
    "README.md", "AGENTS.md", "notebooks/glossary.md", "notebooks/inventory/A.md",
    "notebooks/inventory/B.md",
    *(f"web/{name}.md" for name in (
        "index", "teachers", "syllabus", "formulas", "own-class", "accessibility",
        "deck", "classes/momentum", "classes/sgd-against-adam", "teacher/index",
        "teacher/exam", "teacher/homework",
        "teacher/inventory",
    )),
]  # fmt: skip

NAMES = *PATHS, "pages", "library"  # of the catalogues

# Functions that look up a sentence, and which of their arguments it is.
LOOKUPS = {"_": 0, "Trouble": 1, "refusal": 0}
SPEAKING = [
    "utils/*.py", "classroom/**/*.py", "tools/teach/**/*.py", "tools/site/*.py",
    "tools/counting.py", "tools/address.py", "web/conf.py",
]  # fmt: skip
# What is looked up of a table, one after the other.
TABLES = [
    *diagnosis.RELATIONS, *diagnosis.LOGARITHMS, diagnosis.TIMES, diagnosis.ZERO,
    *diagnosis.PICTURE_CHANGES, *diagnosis.SLIPS_OF_X, *diagnosis.SLIPS_ON_PAPER,
    *(kind for _keys, kind, *_codes in mutations.REPLACEMENTS),
    *(rule["rule"] for rule in refusals.RULES),
    *(label for label in sliders.LABELS.values() if " " in label),
]  # fmt: skip


def of_library():
    """Yield (context, message, where) of what utils and the tools say at run time."""
    for path in speaking_modules():
        where = path.relative_to(ROOT).as_posix()
        for message in looked_up(path.read_text("utf-8")):
            yield "library", message, where
    for path in sorted(ROOT.glob("tools/teach/*.html.j2")):
        where = path.relative_to(ROOT).as_posix()
        for message in re.findall(r'_\("(.+?)"\)', path.read_text("utf-8")):
            yield "library", message, where
    for message in [*TABLES, *of_inventory()]:
        yield "library", message, "tables"
    for mistakes in steps.scaling("STEP", "V"), steps.MOMENTS:
        for message in mistakes_in(inspect.cleandoc(mistakes)).values():
            yield "library", message, "notebooks/exercises/steps.py"
    for path in PATHS.values():
        for name in controls(nbformat.read(path, as_version=4)):
            yield "library", name, "controls"


def of_inventory():
    """Yield what the inventory's key says: ideas, and what wrong options believe."""
    key = (ROOT / "web/teacher/inventory.toml").read_text("utf-8")
    for item in tomllib.loads(key)["item"]:
        yield from filter(None, [item["idea"], *item["A"], *item["B"]])


def speaking_modules():
    """Return the paths of the modules that look up sentences."""
    return sorted(path for pattern in SPEAKING for path in ROOT.glob(pattern))


def looked_up(source):
    """Yield each string that a module looks up, in its place or by its name.

    Of a table that is looked up by `map(_, ...)`, each row; of a dictionary, each key.

    >>> [*looked_up('SAID = {"a": "one"}; f(_("two"), _(SAID["a"]))')]
    ['two', 'one']
    >>> [*looked_up('NAMES = "one", "two"; f(map(_, NAMES))')]
    ['one', 'two']
    """
    tree = ast.parse(source)
    constants = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            pairs = [(node.targets[0], node.value)]
            if isinstance(node.targets[0], ast.Tuple) and hasattr(node.value, "elts"):
                pairs = zip(node.targets[0].elts, node.value.elts, strict=True)
            constants |= {ast.unparse(name): value for name, value in pairs}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := ast.unparse(node.func)) in LOOKUPS:
            sentence = node.args[LOOKUPS[name]]
            if isinstance(sentence, ast.Subscript):
                sentence = sentence.value
            sentence = constants.get(ast.unparse(sentence), sentence)
            rows = getattr(sentence, "values", [sentence])
        elif isinstance(node, ast.Call) and ast.unparse(node).startswith("map(_, "):
            table = constants.get(ast.unparse(node.args[1]))
            rows = getattr(table, "elts", getattr(table, "keys", ()))
        else:
            continue
        for row in rows:
            if isinstance(row, ast.Constant) and isinstance(row.value, str):
                yield row.value


def controls(notebook):
    """Yield the name of each control of a live figure: what it draws is given it."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and "@sliders.live(" in cell.source:
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, ast.FunctionDef) and node.decorator_list:
                    names = {argument.arg for argument in node.args.args} - set(
                        sliders.LABELS
                    )
                    yield from sorted(name for name in names if len(name) > 1)


def of_notebook(number):
    """Yield (context, message, where) of a notebook and what lies beside it."""
    path = PATHS[number]
    cells = nbformat.read(path, as_version=4).cells
    for cell in cells:
        if cell.cell_type == "markdown":
            yield cell.id, message_of(cell.source), cell.id
        else:
            for string in strings(cell.source):
                yield "code", string.message, cell.id
    for room in "quizzes", "teaching":
        page = path.parent / room / f"{number}.md"
        if page.exists():
            for message in messages_of_page(page.read_text("utf-8")):
                yield room, message, room
    if (path.parent / "exercises" / f"{path.stem[3:]}.py").exists():
        for message in of_exercises(
            import_module(f"notebooks.exercises.{path.stem[3:]}")
        ):
            yield "exercises", message, "exercises"
    problems = path.parent / "problems" / f"{path.stem[3:]}.py"
    if path in NOTEBOOKS and problems.exists():
        code = problems.read_text("utf-8")
        for node in ast.parse(code).body:
            if isinstance(node, ast.FunctionDef) and node.decorator_list:
                title = ast.get_docstring(node).partition("\n")[0].rstrip(".")
                yield "titles", title, "problems"
        for string in strings(code):
            yield "problems", string.message, "problems"
    for cell in cells:
        if cell.cell_type == "code":
            for _start, _end, remark in remarks(cell.source):
                yield "comments", remark, cell.id


def of_exercises(module):
    """Yield what the exercises of a module say: of a right answer, and of mistakes.

    And what is asked for, if it is a word.  Of an exercise that is a choice: the words
    of its table, and each string with a space, but for docstrings and edits.
    """
    for check in vars(module).values():
        if isinstance(check, Exercise):
            yield from [check.praise, *check.mistakes.values()]
            yield from filter(is_shown, check.returns.split(", "))
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            continue
        for string in strings(ast.unparse(node)):
            is_table = isinstance(node, ast.Assign)
            if (is_table or " " in string.message) and " -> " not in string.message:
                yield string.message


def of_page(name):
    """Yield (context, message, where) of a page."""
    for message in messages_of_page((ROOT / name).read_text("utf-8")):
        yield name, message, name


def messages_of_page(page):
    """Return what is translated of the blocks of a page that have words.

    The line that leads to the other language is made by `make`, that with the links to
    the course by tools/address.
    """
    return [
        message_of(block)
        for block in blocks(counting.without_tables(page))[::2]
        if re.search(r"[^\W\d_]{2}.* |[ :].*[^\W\d_]{2}", block)  # no list of files
        and "(README.es.md)" not in block
        and address.MARK not in block
    ]


def message_of(block):
    """Return what is translated of a block: no time, no cell of the heading of a note.

    >>> message_of("## 7 min · How far back? · `average`")
    'How far back?'
    """
    clock = r"## (?:\d+ min|below) · (.+) · `[\w-]+`"
    return re.sub(clock, r"\1", counting.without_times(block))


def wanted():
    """Return `{catalogue: {(context, message): [where, ...]}}` of the whole course."""
    library = [*of_library()]
    shared = {message for _context, message, _where in library}
    course = {
        number: [
            entry
            for entry in of_notebook(number)
            if entry[0] != "exercises" or entry[1] not in shared
        ]
        for number in PATHS
    }
    course["pages"] = [entry for name in PAGES for entry in of_page(name)]
    course["library"] = library
    return {name: _gathered(course[name]) for name in NAMES}


def _gathered(entries):
    gathered = {}
    for context, message, where in entries:
        places = gathered.setdefault((context, message), [])
        places += [where] if where not in places else []
    return gathered


def path_of(language, name):
    """Return the path of a catalogue."""
    return TRANSLATIONS / language / f"{name}.po"


def updated(old, entries):
    """Return a catalogue with these entries: of what is as it was, the translation.

    What has changed is fuzzy: it keeps the old translation, and the English of that.
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
    """Return an entry for a new message, fuzzy if one that has gone is like it.

    Not fuzzy if the English is again what was translated.
    """
    entry = polib.POEntry(msgctxt=context, msgid=message)
    rivals = {old.msgid: old for old in gone if old.msgctxt == context and old.msgstr}
    near = get_close_matches(message, rivals, n=1, cutoff=0.6)
    if near or (context not in ("code", "quizzes", "teaching") and len(rivals) == 1):
        before = rivals[near[0] if near else next(iter(rivals))]
        entry.msgstr, entry.tcomment = before.msgstr, before.tcomment
        translated = before.previous_msgid if before.fuzzy else before.msgid
        if translated != message:
            entry.previous_msgid, entry.flags = translated, ["fuzzy"]
    return entry


def update(language):
    """Bring the catalogues of a language up to date.

    What moves into a companion takes its translation along.
    """
    messages = wanted()
    known = {name: catalogue(language, name) for name in messages}
    for name, entries in messages.items():
        main = name.removeprefix("deeper/")
        if main != name:
            left = messages[main].keys() - entries.keys()
            known[name][:0] = [
                entry
                for entry in known[main]
                if (entry.msgctxt, entry.msgid) not in left
            ]
        path = path_of(language, name)
        path.parent.mkdir(exist_ok=True)
        updated(known[name], entries).save(str(path))


def catalogue(language, name):
    """Return a catalogue as it is stored, or an empty one."""
    path = path_of(language, name)
    if path.exists():
        return polib.pofile(str(path))
    new = polib.POFile()
    new.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    return new


def update_all():
    """Bring all catalogues up to date; print what waits for a translation or is faulty.

    The catalogues are read as they are stored, so that a fault has its line.
    """
    for folder in sorted(TRANSLATIONS.iterdir()):
        update(folder.name)
    catalogues = sorted(TRANSLATIONS.glob("*/**/*.po"))
    faulty = [line for path in catalogues for line in refused(path)]
    for line in [*named(waiting()), *faulty]:
        print(line)


if __name__ == "__main__":
    update_all()
