"""How long a notebook takes in class, and alone: counted, so that it stays true.

In class one goes along the route: the slides of the top row, with what is told at each
(cells of the slide type notes), and what the teacher's notes ask there.  What lies
below (the key ↓), exercises, folds and code are for home.  Alone everything is read,
the folds too, and the exercises are done, in the minutes that stand beside each.
"Going deeper" is in neither.
"""

import re
from gettext import gettext as _
from math import fsum  # sum() rounds otherwise since Python 3.12

import nbformat

from tools.course import NOTEBOOKS, ROOT

README = ROOT / "README.md"
FORMULA = re.compile(r"(?s)\$\$.*?\$\$")
SYMBOL = re.compile(r"\$[^$]+\$")  # a formula within a sentence
LISTING = re.compile(r"(?s)```.*?```")
FOLDED = re.compile(r"(?s)<details>.*?</details>")
NOTE = re.compile(r"(?m)^## (\d+ min|below) · (.+) · `(.+)`$")
# Minutes for each; words a minute.  What is told is said once; what is shown is said
# and looked at.  A prediction is a vote, a slider a challenge; after a question to the
# room there is silence; a student reads twelve lines of NumPy, and stops at a symbol.
CLASS = {
    "slides": 0.5, "words": 1 / 100, "told": 1 / 150, "formulas": 1, "figures": 1.5,
    "predictions": 2, "sliders": 3, "room": 1, "questions": 1 / 2,
}  # fmt: skip
ALONE = {
    "words": 1 / 150, "told": 1 / 150, "folded": 1 / 150, "symbols": 1 / 15,
    "formulas": 0.75, "lines": 1 / 12, "figures": 1, "predictions": 2, "sliders": 4,
    "returns": 2, "quizzes": 4, "puzzles": 3, "exercises": 1,
}  # fmt: skip
# Where times stand: in a notebook's title, and in its row of the README.
TITLE = (
    r"(In class: )(\d+)( minutes.* Alone: )(\d+)( minutes\. Runs in about )(\d+)( s)"
)
ROW = r"(?m)^(\| \d\d \|.*\| )(\d+)( min \| )(\d+)( min \| )(\d+)( s \|)$"
FIELDS = "{in_class}", "{alone}", "{seconds}"
TABLE = re.compile(r"(?s)(<!-- (\w+) -->)\n.*\n<!-- /\2 -->")  # counted, and stored
# What the notes let the room do, in bold: "**On paper.** Ask ...".
ROOM = {
    "Vote": 2, "On the board": 2, "In pairs": 2, "On paper": 4, "In the notebook": 2,
    "Break": 5,
}  # fmt: skip


def role(cell):
    """Return the part that a cell plays on the slides."""
    return cell["metadata"].get("slideshow", {}).get("slide_type")


def notes_of(number):
    """Return the path of what the teacher of a notebook says and asks."""
    return ROOT / "notebooks" / "teaching" / f"{number}.md"


def teaching(number):
    """Return `[(minute, heading, cell id, text), ...]` from notebooks/teaching/NN.md.

    ## 12 min · a heading · `cell-id`
    what to say and to ask when this cell is shown; "below" in place of the minute:
    the cell is not on the route, and the minute None
    """
    parts = NOTE.split(notes_of(number).read_text("utf-8"))
    notes = zip(*[iter(parts[1:])] * 4, strict=True)
    return [
        (None if when == "below" else int(when.split()[0]), *what, text.strip())
        for when, *what, text in notes
    ]


def words(markdown):
    """Count the words of a text, without what is folded, formulas and addresses."""
    shown = FORMULA.sub("", FOLDED.sub("", markdown))
    return len(re.findall(r"\w[^\s]*", re.sub(r"\]\([^)]*\)", "]", shown)))


def folded(markdown):
    """Count the words of what is folded, without its code."""
    folds = " ".join(FOLDED.findall(LISTING.sub("", markdown)))
    return words(folds.replace("<details>", "").replace("</details>", ""))


def contents(cell):
    """Count what takes time in a cell, `{what: how many}`; exercises in minutes."""
    source = cell.source
    if cell.cell_type == "markdown":
        minutes = re.search(r"(?m)^### .* · (\d+) min · ●", source)
        shown = FOLDED.sub("", source)
        return {
            "told" if role(cell) == "notes" else "words": words(source),
            "folded": folded(source),
            "formulas": len(FORMULA.findall(shown)),
            "symbols": len(SYMBOL.findall(FORMULA.sub("", shown))),
            "exercises": int(minutes[1]) if minutes else 0,
        }
    quiz = re.findall(r'questions\.Quiz\("[^"]*"([^)]*)\)', source)
    hidden = cell.metadata.get("jupyter", {}).get("source_hidden") or cell.id == "setup"
    sliders = source.count("@sliders.live(")
    pictures = sum("image/png" in output.get("data", {}) for output in cell.outputs)
    # A printed table of six lines is looked at as a figure is.
    table = any(out.get("text", "").count("\n") >= 6 for out in cell.outputs)
    return {
        "figures": 0 if sliders else pictures or int(table),
        "predictions": source.count("questions.Prediction("),
        "sliders": sliders,
        "returns": source.count("questions.Returning("),
        "quizzes": sum(len(re.findall(r"\d+", numbers)) or 5 for numbers in quiz) / 5,
        "puzzles": source.count("puzzles.Lines("),
        "lines": 0 if hidden else sum(map(bool, source.splitlines())),
    }


def contents_of_note(note):
    """Count what takes time in a teacher's note, `{what: how many}`."""
    times = zip(map(_, ROOM), ROOM.values(), strict=True)
    room = sum(time for name, time in times if f"**{name}.**" in note)
    asked = re.sub(r'"[^"]*"|«[^»]*»', "", FOLDED.sub("", note)).count("?")
    return {"words": words(note), "room": room, "questions": asked}


def size(notebook):
    """Count what a reader meets up to "Going deeper", `{what: how many}`."""
    cells = [*thread(notebook)]
    counts = [*map(contents, cells)]
    kinds = "words", "told", "lines"
    return {"cells": len(cells)} | {
        what: sum(count.get(what, 0) for count in counts) for what in kinds
    }


def thread(notebook):
    """Return the cells up to "Going deeper" or "on top", without the references."""
    for cell in notebook.cells:
        if cell.id in ("deeper", "exercises"):  # 10's come on top
            return
        if cell.id != "references":
            yield cell


def route(notebook):
    """Return the slides of the top row, each a list of its cells, shown and told."""
    slides, below = [], False
    for cell in notebook.cells:
        if role(cell) in ("slide", "subslide"):
            below = role(cell) == "subslide"
        if role(cell) == "slide":
            slides.append([cell])
        elif role(cell) in ("fragment", "-", "notes") and not below:
            slides[-1].append(cell)
    return slides


def taken(cells, notes):
    """Return the minutes in class of cells, and of what the notes let one say there."""
    counts = [*map(contents, cells)]
    counts += [contents_of_note(notes.get(cell.id, "")) for cell in cells]
    return fsum(CLASS[what] * c.get(what, 0) for c in counts for what in CLASS)


def clock(notebook, notes):
    """Return `[(minute, slide), ...]` along a route, and the minute at which it ends.

    notes: `{cell id: what the teacher says and asks when it is shown}`
    """
    minute, result = 0.0, []
    for slide in route(notebook):
        result.append((minute, slide))
        minute += CLASS["slides"] + taken(slide, notes)
    return result, minute


def own_clock(path):
    """Return the notebook at a path, and its clock with the teacher's notes."""
    notebook = nbformat.read(path, as_version=4)
    notes = {cell: text for *_, cell, text in teaching(path.stem[:2])}
    return notebook, *clock(notebook, notes)


def minutes(notebook, in_class):
    """Return the minutes in class, as counted, and alone, rounded up to five."""
    alone = fsum(
        ALONE[what] * count.get(what, 0)
        for count in map(contents, thread(notebook))
        for what in ALONE
    )
    return tuple(5 * -int(-time // 5) for time in (in_class, alone))


def counted(path):
    """Return the minutes of a notebook in class and alone, as its cells count them."""
    notebook, _, in_class = own_clock(path)
    return minutes(notebook, in_class)


def stated():
    """Return `{number: (minutes in class, alone, seconds)}`, as the titles say."""
    titles = {
        path.stem[:2]: nbformat.read(path, as_version=4).cells[0].source
        for path in NOTEBOOKS
    }
    return {
        number: tuple(map(int, re.search(TITLE, title).groups()[1::2]))
        for number, title in titles.items()
    }


def without_tables(page):
    """Return a page without the tables that are counted; their places stay."""
    return TABLE.sub(r"\1", page)


def without_times(text):
    """Return a title or a page with fields in the place of its times, and no tables.

    >>> without_times("*In class: 50 minutes. Alone: 85 minutes. Runs in about 5 s.*")
    '*In class: {in_class} minutes. Alone: {alone} minutes. Runs in about {seconds} s.*'
    """
    text = without_tables(text)
    for pattern in TITLE, ROW:
        text = re.sub(pattern, r"\1{}\3{}\5{}\7".format(*FIELDS), text)
    return text


def with_times(text, times, number=None):
    """Return a text in any language with the times of a notebook in their fields.

    times: as `stated` returns them; number: the notebook's, but for a row of the
    README, which begins with it
    """
    lines = text.split("\n")
    for k, line in enumerate(lines):
        if FIELDS[0] in line:
            row = re.match(r"\| (\d\d) \|", line)
            for field, time in zip(
                FIELDS, times[row[1] if row else number], strict=True
            ):
                lines[k] = lines[k].replace(field, str(time))
    return "\n".join(lines)


def with_clock(path):
    """Return a notebook's notes with the minute at which each is due; "below": none."""
    _, slides, _ = own_clock(path)
    due = {cell.id: f"{minute:.0f} min" for minute, slide in slides for cell in slide}

    def counted(match):
        _, heading, cell = match.groups()
        return f"## {due.get(cell, 'below')} · {heading} · `{cell}`"

    return NOTE.sub(counted, notes_of(path.stem[:2]).read_text("utf-8"))


def with_counted(title, path):
    """Return a notebook's title with the minutes that its cells count."""
    (*_, seconds) = re.search(TITLE, title).groups()[1::2]
    number = path.stem[:2]
    return with_times(without_times(title), {number: (*counted(path), seconds)}, number)
