"""Write the course in another language, from the English one and translations/.

    python -m tools.translate.make             what is stored: notebooks/es, a README;
                                               before it, the catalogues
    python -m tools.translate.make build/es    the whole course, for the tools: site,
                                               slides, exam and homework are made of it

No notebook is run, and the same sources give the same bytes.  Notebooks are stored
without outputs, which are made where they are shown.
"""

import re
import shutil
import sys
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import polib

from classroom.language import CATALOGUES
from tools import address, counting
from tools.course import NOTEBOOKS, PATHS, ROOT, anchor, name_of, number_of
from tools.translate.catalogue import PAGES, message_of, path_of, update_all
from tools.translate.faults import terms
from tools.translate.messages import blocks, marked, translated_code
from tools.translate.waiting import TRANSLATIONS

COPIED = ["notebooks", "utils", "classroom", "tools", "web"]
BESIDE = "Makefile", "CITATION.cff", "requirements.txt"
AT_RUN_TIME = "exercises", "library", "titles"
STORED = (
    r"notebooks/((deeper/)?\d\d_\w+\.ipynb|(inventory|quizzes)/\w+\.md|glossary\.md)"
)
# A second jupyter-lite.json below build/ would be JupyterLite's too.
NOT_COPIED = shutil.ignore_patterns(
    "__pycache__", ".ipynb_checkpoints", "es", "*.pyc", "jupyter-lite.json"
)


@cache
def lookup(language, name):
    """Return a function (context, message) -> translation, from one catalogue."""
    catalogue = polib.pofile(str(path_of(language, name)))
    translations = {(entry.msgctxt, entry.msgid): shown(entry) for entry in catalogue}
    return lambda context, message: translations.get((context, message), message)


def shown(entry):
    """Return what is shown for a message: English, marked, until it is translated."""
    return entry.msgstr if entry.translated() else marked(entry.msgid)


@cache
def times():
    """Return the times of all notebooks, as the English titles state them."""
    return counting.stated()


def translated_page(path, translate):
    """Return a page of Markdown with the translation of each of its blocks."""
    parts = blocks(counting.without_times(path.read_text("utf-8")))
    for k, block in enumerate(parts[::2]):
        message = message_of(block)
        parts[2 * k] = block.replace(message, translate(message)) if message else ""
    return counting.with_times("".join(parts), times())


def translated_text(cell, translate, number):
    """Return the translation of a cell of Markdown, with the times of its notebook."""
    return counting.with_times(
        translate(cell.id, message_of(cell.source)), times(), number
    )


@cache
def anchors(language, name):
    """Return `{English anchor: translated}` of the headings of a page or notebook."""
    path = ROOT / "notebooks" / name
    if path.suffix == ".md":
        translate = partial(lookup(language, "pages"), f"notebooks/{name}")
        both = [(path.read_text("utf-8"), translated_page(path, translate))]
    else:
        translate = lookup(language, name[:2])
        cells = nbformat.read(path, as_version=4).cells
        texts = [cell for cell in cells if cell.cell_type == "markdown"]
        both = [
            (cell.source, translate(cell.id, message_of(cell.source))) for cell in texts
        ]
    headings = [[re.findall(r"(?m)^#+ (.+)$", text) for text in pair] for pair in both]
    return {
        anchor(english): anchor(translated)
        for pair in headings
        for english, translated in zip(*pair, strict=False)
    }


def with_places(text, language):
    """Return a text whose links lead to the headings as they are in a language."""

    def place(link):
        places = anchors(language, link[1])
        return f"{link[1]}#{places.get(link[2], link[2])}"

    # CONTRIBUTING.md, in capitals, is English alone.
    return re.sub(r"([a-z\d_-]+\.(?:md|ipynb))#([\w-]+)(?=\))", place, text)


def in_order(glossary):
    """Return a glossary with its words in the order of the alphabet, accents aside."""
    plain = str.maketrans("áéíóúüñ", "aeiouun")
    head, *words = re.split(r"(?m)^(?=## )", glossary)
    words = [word.rstrip() + "\n" for word in words]
    return head + "\n".join(sorted(words, key=lambda w: w.lower().translate(plain)))


def translated_notebook(language, path):
    """Return a notebook in a language, not run; links to the glossary follow."""
    number = number_of(path)
    translate = lookup(language, number)
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = translated_text(cell, translate, number)
            cell.source = with_places(text, language)
        else:
            both = partial(translate, "code"), partial(translate, "comments")
            cell.source = translated_code(cell.source, *both)
            cell.outputs, cell.execution_count = [], None
    return notebook


def run_time_catalogue(language):
    """Return one catalogue of what is looked up at run time."""
    course = polib.POFile()
    course.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    seen = set()
    for path in sorted((TRANSLATIONS / language).glob("**/*.po")):
        for entry in polib.pofile(str(path)):
            if entry.msgctxt in AT_RUN_TIME and entry.msgid not in seen:
                seen.add(entry.msgid)
                course.append(polib.POEntry(msgid=entry.msgid, msgstr=shown(entry)))
    return course


def translated_files(language):
    """Yield (name, bytes) of each file of the course that is another in a language."""
    for number, path in PATHS.items():
        translate = lookup(language, number)
        notebook = nbformat.writes(translated_notebook(language, path)) + "\n"
        yield f"notebooks/{name_of(path)}.ipynb", notebook.encode()
        for room in "quizzes", "teaching":
            name = f"notebooks/{room}/{number}.md"
            if (ROOT / name).exists():
                page = translated_page(ROOT / name, partial(translate, room))
                yield name, page.encode()
        name = f"notebooks/problems/{path.stem[3:]}.py"
        if path in NOTEBOOKS and (ROOT / name).exists():
            code = (ROOT / name).read_text("utf-8")
            yield name, translated_code(code, partial(translate, "problems")).encode()
    for name in PAGES:
        page = translated_page(ROOT / name, partial(lookup(language, "pages"), name))
        page = with_places(page, language)
        glossary = name.endswith("glossary.md")
        own = TRANSLATIONS / language / Path(name).name  # what only this language has
        page += "\n" + own.read_text("utf-8") if own.exists() else ""
        yield name, (in_order(page) if glossary else page).encode()
    name = f"{CATALOGUES.relative_to(ROOT).as_posix()}/{language}/LC_MESSAGES/course.mo"
    yield name, run_time_catalogue(language).to_binary()


def stored_files(language, course):
    """Yield (name, bytes) of what is stored of a language, from its course in a folder.

    It is what learners run, README, and what an assistant reads.  Notebooks lie one
    folder deeper than the English ones, and find the course from there.
    """
    for path in sorted(course.rglob("*.*")):
        name = path.relative_to(course).as_posix()
        there = name.replace("notebooks/", f"notebooks/{language}/")
        if name == "README.md":
            page = readme(path.read_text("utf-8"), language)
            yield f"README.{language}.md", page.encode()
        elif name == "AGENTS.md":
            rules = path.read_text("utf-8")
            rules = re.sub(r"notebooks/(?=\w+\.md)", f"notebooks/{language}/", rules)
            yield f"notebooks/{language}/{name}", rules.encode()
        elif re.fullmatch(STORED, name):
            yield there, path.read_bytes().replace(rb"[\"..", rb"[\"../..")
        elif f"/languages/{language}/" in name:
            yield name, path.read_bytes()


def readme(page, language):
    """Return a translated README as it lies beside the English one."""
    here = f"(notebooks/{language}/"
    page = re.sub(r"\(notebooks/(?=\d\d_|glossary)", here, page)
    here = f"[In English](README.md). {terms(language)['language']}"
    page = re.sub(r"(?m)^.*\(README\.es\.md\).*$", here, page)
    return address.with_links(page, address.address(), language)


def write(files, folder):
    """Write files, `[(name, bytes), ...]`, into a folder."""
    for name, content in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def write_course(language, folder):
    """Write the course into a folder, anew but for what has been built there."""
    for name in COPIED:
        shutil.rmtree(folder / name, ignore_errors=True)
        shutil.copytree(ROOT / name, folder / name, ignore=NOT_COPIED)
    for name in BESIDE:
        shutil.copy(ROOT / name, folder)
    write(translated_files(language), folder)


def store(language, root=ROOT):
    """Write what is stored of a language, anew."""
    with TemporaryDirectory() as folder:
        write_course(language, course := Path(folder) / language)
        files = [*stored_files(language, course)]
    shutil.rmtree(root / "notebooks" / language, ignore_errors=True)
    write(files, root)


if __name__ == "__main__":
    for folder in map(Path, sys.argv[1:]):
        write_course(folder.name, folder)
    if not sys.argv[1:]:
        update_all()
        for folder in TRANSLATIONS.iterdir():
            store(folder.name)
