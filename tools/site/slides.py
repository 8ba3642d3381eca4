"""Turn executed notebooks into slides that need no network.

    python -m tools.site.slides build/live/*.ipynb    a class for each notebook
    python -m tools.site.slides web/deck.md           one class of cells of all of them
    python -m tools.site.slides 03                    the cells that a class may choose,
                                                      and their minutes

A cell's role is in its metadata, as JupyterLab sets it: slide (on the route), subslide
(below it), fragment, notes or skip.  What the teacher asks the room is in
notebooks/teaching/NN.md.
"""

import re
import sys
from collections import Counter
from difflib import SequenceMatcher
from gettext import gettext as _
from pathlib import Path

import nbformat
from nbconvert import SlidesExporter

from tools.counting import clock, role, taken, teaching
from tools.course import NOTEBOOKS, PATHS, ROOT, SITE, STATIC, TEACHER
from tools.runs import run_all
from tools.site.live import alive, questions_script

TARGET = SITE / "slides"
PICTURES = {"image/png", "text/html"}
# Formulas are drawn once, before the slides are laid out; none is a stop of Tab.
TYPESET = "MathJax.Hub.Queue(() => "
MENU = "menuSettings: {inTabOrder: false}, messageStyle"
# The counter counts the route: what lies below belongs to the slide above it.
COUNTER = """slideNumber: slide =>
          [Reveal.getIndices(slide).h + 1, "/", Reveal.getHorizontalSlides().length]"""
# nbconvert's own gives a picture no text alternative.
TEMPLATE = """{% extends 'reveal/index.html.j2' %}
{% block data_png %}
{% set alt = output | get_metadata('alt', 'image/png') | escape_html %}
{{ super() | replace('<img ', '<img alt="' ~ alt ~ '" ') }}
{% endblock %}"""
QUESTIONS = "<style>{}</style>\n<script>{}</script>\n"
# On a slide the arrow keys belong to a slider as long as it has the focus; a clicker's
# keys never do.
FOOT = Path(__file__).with_suffix(".html").read_text("utf-8").rstrip()


def column_later(table):
    """Let the last column of a Markdown table come row by row."""
    rows = re.findall(r"(?m)^\|.*\|$", table)[2:]
    for row in rows:
        cells, last = row[:-2].rsplit(" | ", 1)
        later = f'{cells} | <span class="fragment">{last}</span> |'
        table = table.replace(row, later)
    return table


def as_shown(cells):
    """Return cells as slides show them: a picture without its code."""
    for cell in cells:
        outputs, tags = cell.get("outputs", []), {*cell.metadata.get("tags", [])}
        seen = any(PICTURES & {*output.get("data", {})} for output in outputs)
        if seen or {"result", "hide-input"} & tags:
            cell.metadata["transient"] = {"remove_source": True}
        if any("image/png" in output.get("data", {}) for output in outputs):
            cell.outputs = [output for output in outputs if "data" in output]
        if "last-column" in tags:
            cell.source = column_later(cell.source)
    return cells


def note(minute, text, name):
    """Return a cell for the speaker's view: when, and what to say and to ask."""
    when = _("Below the route.")
    if minute is not None:
        when = _("Minute {minute:.0f}.").format(minute=minute)
    return text_cell(f"*{when}* {text}", "notes", f"{name}-asked")


def on_slides(cells, number, teacher=TEACHER):
    """Return cells as slides show them, each followed by its note."""
    asked = teaching(number) if teacher else []
    notes = {cell: (minute, text) for minute, _, cell, text in asked}
    result = []
    for cell in as_shown(cells):
        result.append(cell)
        if cell.id in notes:
            result.append(note(*notes[cell.id], cell.id))
    return result


def unbroken(text):
    """Keep what stops a sentence on the line of the formula before it."""
    formula = r"(?<![$\\])\$(?![$\s])[^$\n]+(?<!\s)\$(?!\$)[.,;:?!)]+"
    return re.sub(formula, r'<span class="unbroken">\g<0></span>', text)


def write(notebook, name):
    """Write slides/name.html into the site."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = unbroken(cell.source)
    exporter = SlidesExporter(
        raw_template=TEMPLATE,
        reveal_url_prefix=f"../{STATIC}/reveal.js",
        reveal_theme="white",
        reveal_transition="none",
        reveal_number="c/t",
        reveal_width="960",  # text of 3.6 % of the height: the last row reads it
        reveal_height="540",
        mathjax_url=f"../{STATIC}/mathjax/MathJax.js?config=TeX-AMS_CHTML-full,Safe",
        jquery_url=f"../{STATIC}/jquery/dist/jquery.min.js",
        require_js_url=f"../{STATIC}/requirejs/require.js",
        mermaid_js_url="data:text/javascript,export default{initialize(){}}",
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
        language_code=_("en"),
    )
    html = exporter.from_notebook_node(notebook, {"metadata": {"name": name}})[0]
    TARGET.mkdir(parents=True, exist_ok=True)
    style = (ROOT / "classroom" / "asked.css").read_text("utf-8")
    foot = QUESTIONS.format(style, questions_script()) + FOOT.replace("_static", STATIC)
    html = html.replace("</body>", foot)
    html = html.replace('slideNumber: "c/t"', COUNTER)
    html = html.replace("Reveal.initialize({", TYPESET + "Reveal.initialize({")
    html = html.replace(
        "        });\n\n        var update", "        }));\n\n        var update"
    )
    html = html.replace("Reveal.addEventListener('slidechanged', update);", "")
    html = html.replace("messageStyle", MENU)
    html = html.replace('Wrapper" tabindex="0"', 'Wrapper"')  # a cell is none, either
    html = html.replace("automatic: true", "automatic: false")  # no formula is broken
    html = re.sub(r'(href="\d\d_\w+)\.ipynb', r"\1.html", html)
    html = re.sub(r'href="(deeper/\w+)\.ipynb', r'href="../notebooks/\1.html', html)
    html = html.replace('href="glossary.md', 'href="../notebooks/glossary.html')
    (TARGET / f"{name}.html").write_text(html, encoding="utf-8")


def one_class(path):
    """Return the slides of a notebook."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = on_slides(notebook.cells, path.stem[:2])
    return notebook


def read_deck(path, minutes=None):
    """Return `[(text, note, [(number, [cell id, ...]), ...]), ...]` from a text file.

    # a heading, and more text          makes a slide
    note: what to say and to ask        for the speaker's view of it
    02: cell-id cell-id                 makes the next slide, of cells of notebook 02

    A line that ends in " · 100" is left out of a class of fewer minutes.
    """
    lines = []
    for line in path.read_text("utf-8").splitlines():
        content, mark = re.fullmatch(r"(.*?)(?: · (\d\d+))?", line).groups()
        if mark is None or minutes is None or int(mark) <= minutes:
            lines.append(content)
    deck = []
    for slide in re.split(r"(?m)^(?=# )", "\n".join(lines))[1:]:
        cells = re.findall(r"(?m)^(\d\d): (.+)$", slide)
        asked = " ".join(re.findall(r"(?m)^note: (.+)$", slide))
        text = re.sub(r"(?m)^(\d\d|note): .+$", "", slide).strip()
        deck.append((text, asked, [(number, ids.split()) for number, ids in cells]))
    return deck


def routes(path):
    """Return `{name: minutes}` of the classes in a text file: deck-50, ..., deck."""
    marks = sorted({*map(int, re.findall(r"(?m) · (\d\d+)$", path.read_text("utf-8")))})
    shorter = {f"{path.stem}-{minutes}": minutes for minutes in marks[:-1]}
    return shorter | {path.stem: None}


def deck_at(path, minutes=None):
    """Return the class of a text file, put together from the notebooks as they run."""
    slides = read_deck(path, minutes)
    demand_cells(slides, {p.stem[:2]: nbformat.read(p, 4) for p in NOTEBOOKS})
    chosen = {number: PATHS[number] for *_, below in slides for number, _ids in below}
    run_all(sorted(chosen.values()))
    return deck_of(slides, {number: alive(path) for number, path in chosen.items()})


def told_after(number, cells):
    """Return `{(number, id): [cells told after that cell, ...]}` of a notebook."""
    told, after = {}, []
    for cell in cells:
        if role(cell) == "notes":
            after.append(cell)
        else:
            after = told[number, cell.id] = []
    return told


def deck_of(slides, notebooks, teacher=TEACHER):
    """Return one notebook put together from cells of `{number: notebook}`, timed.

    What is told after a cell comes with it, as the speaker's note.
    """
    cells, told, notes = {}, {}, {}
    for number, notebook in notebooks.items():
        told |= told_after(number, notebook.cells)
        for cell in as_shown(notebook.cells):
            cells[number, cell.id] = cell
            cell.id = f"{number}-{cell.id}"  # two notebooks have a cell "break"
            cell.source = re.sub(r"^(#+) \d · ", r"\1 ", cell.source)
        notes |= {f"{number}-{cell}": words for *_, cell, words in teaching(number)}
    chosen = []
    for text, asked, below in slides:
        chosen.append(text_cell(text, "slide", f"text-{len(chosen)}"))
        notes[chosen[-1].id] = asked
        for number, names in below:
            for k, name in enumerate(names):
                cell = cells[number, name]
                if role(cell) != "fragment" or k == 0:
                    cell.metadata.slideshow.slide_type = "-" if k else "slide"
                chosen += [cell, *told[number, name]]
    timed, end = clock(nbformat.v4.new_notebook(cells=chosen), notes)
    chosen = []
    for minute, slide in timed:
        words = " ".join(notes.get(cell.id, "") for cell in slide)
        chosen += slide
        if teacher:
            chosen.append(note(minute, words.strip(), slide[0].id))
    return nbformat.v4.new_notebook(cells=chosen, metadata={"minutes": end})


def demand_cells(slides, notebooks):
    """Stop with a sentence on each cell that is not there, and the nearest that are.

    Of equally near ones that of its notebook comes first, then of the most named.
    """
    cells = {  # what is told comes by itself
        (n, cell.id)
        for n, notebook in notebooks.items()
        for cell in notebook.cells
        if role(cell) != "notes"
    }
    named = [(n, name) for *_, below in slides for n, ids in below for name in ids]
    often = Counter(number for number, _ in named)
    lines, places = [], set()
    for number, name in dict.fromkeys(place for place in named if place not in cells):

        def nearness(place, number=number, name=name):
            alike = SequenceMatcher(None, name, place[1]).ratio()
            return alike, place[0] == number, often[place[0]]

        near = sorted(cells, key=nearness, reverse=True)[:3]
        places |= {place[0] for place in near}
        sentence = _("{number}: {name}: there is no such cell; the nearest are {near}.")
        near = ", ".join(map(": ".join, near))
        lines.append(sentence.format(number=number, name=name, near=near))
    if lines:
        sentence = _("{command} lists cells with their minutes.")
        command = f"python -m tools.site.slides {' '.join(sorted(places))}"
        raise SystemExit("\n".join([*lines, sentence.format(command=command)]))


def list_cells(number):
    """Print the cells on a notebook's slides: role, minutes, id, how each begins."""
    shown = nbformat.read(PATHS[number], as_version=4).cells
    told, notes = told_after(number, shown), {c: t for *_, c, t in teaching(number)}
    for cell in shown:
        if role(cell) in ("slide", "subslide", "fragment", "-"):
            minutes = taken([cell, *told[number, cell.id]], notes)
            begins = cell.source.splitlines()[0][:50]
            print(f"{role(cell):9} {minutes:4.1f} min  {cell.id:24} {begins}")


def text_cell(text, part, name):
    """Return a Markdown cell that plays a part on the slides."""
    cell = nbformat.v4.new_markdown_cell(
        text, metadata={"slideshow": {"slide_type": part}}
    )
    cell.id = name
    return cell


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):
        if re.fullmatch(r"\d\d", path.name):
            list_cells(path.name)
        elif path.suffix == ".md":
            for name, minutes in routes(path).items():
                deck = deck_at(path, minutes)
                sentence = _("{name}.html: {minutes:.0f} minutes")
                print(sentence.format(name=name, minutes=deck.metadata.minutes))
                write(deck, name)
        else:
            write(one_class(path), path.stem)
