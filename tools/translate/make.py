"""Make the course in another language, from the English one and translations/.

    python -m tools.translate.make           write the course in Spanish into build/es
    python -m tools.translate.make --store   the same, and its notebooks: notebooks/es
    python -m tools.translate.make --stored  the same with notebooks/es, and none is run

The notebooks are run; what has not changed is not run again, and a second time changes
no byte.  Of build/es the tools make slides and pages as they do of the course itself.
"""

import re
import shutil
import subprocess
import sys
from functools import cache, partial

import nbformat
import polib

from classroom.language import CATALOGUES
from tools import address
from tools.course import NOTEBOOKS, PATHS, ROOT, anchor
from tools.translate.catalogue import PAGES, TRANSLATIONS, path_of, title
from tools.translate.messages import blocks, translated_code

COPIED = ["notebooks", "utils", "classroom", "tools", "web"]
AT_RUN_TIME = "exercises", "library", "titles"
DRAFT = "🚧 "  # before a message that nobody has translated yet
# A second jupyter-lite.json below build/ would be JupyterLite's too.
NOT_COPIED = shutil.ignore_patterns(
    "__pycache__", ".ipynb_checkpoints", "es", "*.pyc", "jupyter-lite.json"
)


@cache
def lookup(language, name):
    """Return a function (context, message) -> translation, from one catalogue."""
    said = {}
    for entry in polib.pofile(str(path_of(language, name))):
        if entry.msgstr and not entry.fuzzy:
            mark = DRAFT * ("draft" in entry.flags)
            said[entry.msgctxt, entry.msgid] = mark + entry.msgstr
    return lambda context, message: said.get((context, message), message)


def translated_page(page, said):
    """Return a page of Markdown with what `said` gives for each of its blocks."""
    parts = blocks(page)
    for k, block in enumerate(parts[::2]):
        heading = title(block)
        parts[2 * k] = block.replace(heading, said(heading)) if heading else ""
    return "".join(parts)


@cache
def anchors(language, name):
    """Return `{English anchor: translated}` of the headings of a page or notebook."""
    path = ROOT / "notebooks" / name
    if path.suffix == ".md":
        said = partial(lookup(language, "pages"), f"notebooks/{name}")
        text = path.read_text("utf-8")
        both = [(text, translated_page(text, said))]
    else:
        said = lookup(language, name[:2])
        cells = nbformat.read(path, as_version=4).cells
        texts = [cell for cell in cells if cell.cell_type == "markdown"]
        both = [(cell.source, said(cell.id, cell.source)) for cell in texts]
    headings = [[re.findall(r"(?m)^#+ (.+)$", text) for text in pair] for pair in both]
    return {
        anchor(one): anchor(other)
        for pair in headings
        for one, other in zip(*pair, strict=False)
    }


def with_places(text, language):
    """Return a text whose links lead to the headings as they are in a language."""

    def place(found):
        places = anchors(language, found[1])
        return f"{found[1]}#{places.get(found[2], found[2])}"

    return re.sub(r"([\w-]+\.(?:md|ipynb))#([\w-]+)(?=\))", place, text)


def in_order(glossary):
    """Return a glossary with its words in the order of the alphabet, accents aside."""
    plain = str.maketrans("áéíóúüñ", "aeiouun")
    head, *words = re.split(r"(?m)^(?=## )", glossary)
    words = [word.rstrip() + "\n" for word in words]
    return head + "\n".join(sorted(words, key=lambda w: w.lower().translate(plain)))


def translated_notebook(language, path):
    """Return a notebook in a language, not run; links to the glossary follow."""
    said = lookup(language, path.stem[:2])
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = with_places(said(cell.id, cell.source), language)
        else:
            cell.source = translated_code(cell.source, partial(said, "code"))
            cell.outputs, cell.execution_count = [], None
    return notebook


def write_course(language, target):
    """Write the course into a folder, anew but for what has been built there."""
    for name in COPIED:
        shutil.rmtree(target / name, ignore_errors=True)
        shutil.copytree(ROOT / name, target / name, ignore=NOT_COPIED)
    compile_sentences(language, target)
    for name in "Makefile", "CITATION.cff", "requirements.txt", "README.md":
        shutil.copy(ROOT / name, target)
    for number, path in PATHS.items():
        notebook = translated_notebook(language, path)
        nbformat.write(notebook, target / "notebooks" / path.name)
        said = lookup(language, number)
        for room in "quizzes", "teaching":
            page = target / "notebooks" / room / f"{number}.md"
            if page.exists():
                translate(page, lambda m, said=said, room=room: said(room, m))
        asked = target / "notebooks" / "problems" / f"{path.stem[3:]}.py"
        if asked.exists():
            code = asked.read_text("utf-8")
            asked.write_text(translated_code(code, partial(said, "problems")), "utf-8")
    of_pages = lookup(language, "pages")
    for name in PAGES:
        translate(target / name, lambda m, name=name: of_pages(name, m))
    glossary = target / "notebooks" / "glossary.md"
    glossary.write_text(in_order(glossary.read_text("utf-8")), "utf-8")


def translate(path, said):
    """Translate a page in place."""
    path.write_text(translated_page(path.read_text("utf-8"), said), "utf-8")


def store(language, source, root=ROOT):
    """Copy what learners run from a course into notebooks/es, one folder deeper."""
    target = root / "notebooks" / language
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source / "notebooks" / "quizzes", target / "quizzes")
    shutil.copy(source / "notebooks" / "glossary.md", target)
    carry(source / "notebooks", target, '[".."', '["../.."')
    readme = (source / "README.md").read_text("utf-8")
    here = f"(notebooks/{language}/"
    readme = re.sub(r"\(notebooks/(?=\d\d_|glossary)", here, readme)
    readme = re.sub(r"(?m)^.*\(README\.es\.md\).*$", "[In English](README.md)", readme)
    readme = address.with_links(readme, address.address(), language)
    (root / f"README.{language}.md").write_text(readme, "utf-8")


def carry(folder, target, here, there):
    """Copy the notebooks of a folder; their first cell finds the course from there."""
    for path in NOTEBOOKS:
        notebook = nbformat.read(folder / path.name, as_version=4)
        for cell in notebook.cells:
            if cell.id == "setup":
                cell.source = cell.source.replace(here, there)
        nbformat.write(notebook, target / path.name)


def make(language, stored=False):
    """Make the course in a language, its notebooks run or as stored; return where."""
    write_course(language, target := ROOT / "build" / language)
    compiled = target / CATALOGUES.relative_to(ROOT)
    shutil.copytree(compiled, CATALOGUES, dirs_exist_ok=True)
    if stored:
        own = ROOT / "notebooks" / language
        carry(own, target / "notebooks", '["../.."', '[".."')
    else:
        subprocess.run([sys.executable, "-m", "tools.execute"], cwd=target, check=True)
    return target


def compile_sentences(language, course):
    """Write what is looked up at run time to where a course's utils looks it up."""
    folder = course / CATALOGUES.relative_to(ROOT) / language / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "course.mo").write_bytes(sentences(language).to_binary())


def sentences(language):
    """Return one catalogue of what is looked up at run time."""
    course = polib.POFile()
    course.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    seen = set()
    for path in sorted((TRANSLATIONS / language).glob("*.po")):
        for entry in polib.pofile(str(path)):
            if entry.msgctxt not in AT_RUN_TIME or entry.msgid in seen:
                continue
            if entry.msgstr and not entry.fuzzy:
                seen.add(entry.msgid)
                course.append(polib.POEntry(msgid=entry.msgid, msgstr=entry.msgstr))
    return course


if __name__ == "__main__":
    for folder in sorted(path for path in TRANSLATIONS.iterdir() if path.is_dir()):
        made = make(folder.name, stored="--stored" in sys.argv[1:])
        if "--store" in sys.argv[1:]:
            store(folder.name, made)
