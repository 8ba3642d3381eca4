"""What nbval does not see in the stored notebooks, and what holds the house together.

Each check yields its faults as sentences; below, each fault is planted once, to see
that its check finds it.
"""

import ast
import base64
import copy
import io
import re
from collections import Counter

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from tests.rules import demand, demand_none
from tools.counting import (
    clock,
    contents,
    counted,
    minutes,
    notes_of,
    role,
    stated,
    with_clock,
    with_counted,
    with_times,
    without_times,
    words,
)
from tools.course import NOTEBOOKS, PATHS, ROOT, name_of
from tools.execute import COUNT, METADATA, VIEW
from tools.plain import names_of
from tools.translate.messages import tree_of

# What most of what is wrong in a stored notebook is mended by.
STORE = "store it with .venv/bin/python -m tools.execute notebooks/NN_name.ipynb"


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tree(cell):
    """Return the syntax tree of a code cell; a line of magic does nothing."""
    return tree_of(cell.source)


def definitions(cell):
    kinds = ast.FunctionDef, ast.ClassDef
    return [node.name for node in tree(cell).body if isinstance(node, kinds)]


def shows(cell):
    """Say whether a code cell prints, draws, or ends with a value."""
    body = [node for node in tree(cell).body if not hasattr(node, "decorator_list")]
    calls = [
        node.func
        for statement in body
        for node in ast.walk(statement)
        if isinstance(node, ast.Call)
    ]
    names = {getattr(call, "attr", getattr(call, "id", None)) for call in calls}
    values = ast.Name, ast.Attribute, ast.Subscript
    last = getattr(body[-1] if body else None, "value", None)
    ends_with_value = isinstance(last, values) and isinstance(body[-1], ast.Expr)
    return ends_with_value or bool(names & {"print", "display", "subplots"})


def faults(notebook, path):
    """Yield a sentence for each fault of a notebook; a companion states no times."""
    cells, code = notebook["cells"], code_cells(notebook)
    if notebook["metadata"] != METADATA:
        yield f"its metadata is not what tools/execute.py writes: {STORE}"
    if {cell["execution_count"] for cell in code} != {COUNT}:
        yield f"a cell's execution count is not {COUNT}: {STORE}"
    if path in NOTEBOOKS:
        yield from time_faults(cells)
    written = "\n".join(cell.source for cell in cells if cell["cell_type"] != "code")
    numbers = [*map(int, re.findall(r"(?m)^## (\d+) · ", written))]
    if numbers != [*range(1, len(numbers) + 1)]:
        yield f"the sections are numbered {numbers}, not 1, 2, ...: number them anew"
    for cell in cells:
        for fault in (*cell_faults(cell), *dead_links(cell.source, path.parent)):
            yield f"cell {cell.id}: {fault}"
    yield from unseen_replies(notebook)
    yield from made_twice(notebook)


def time_faults(cells):
    """Yield a sentence for each time that the first cell of a notebook does not say."""
    first = cells[0].source
    times = re.search(r"\*In class: \d+ minutes.* Alone: \d+ minutes\.", first)
    if not (cells[0]["cell_type"] == "markdown" and times):
        yield "the first cell does not say '*In class: 50 minutes. Alone: 80 minutes.'"
    seconds = re.search(r"\b(\d+) s\b", first)
    if not seconds or int(seconds[1]) > 15:
        yield "the first cell does not state a run time of at most 15 s, as in '6 s'"


def cell_faults(cell):
    """Yield a sentence for each fault of one cell."""
    if stray := set(cell["metadata"]) - {"tags", "slideshow", "english", "jupyter"}:
        yield f"stray metadata {stray}: take it out, or {STORE}"
    if cell["cell_type"] != "code":
        count = words(re.sub(r"(?m)^ *(\||- |\d\. ).*", "", cell.source))
        most = 180 if role(cell) == "notes" else 60  # told, and shown
        if count > most:  # tables and lists are read otherwise
            yield (
                f"{count} words, more than {most}, outside tables, lists and folds: "
                "make two cells of it, fold what is an aside, <details>, or tell it, "
                "in a cell of the slide type notes"
            )
        return
    folded = cell["metadata"].get("jupyter") == {"source_hidden": True}
    if folded != ("hide-input" in cell["metadata"].get("tags", [])):
        yield (
            "folded in JupyterLab or on the page, and not in both: it needs the tag "
            'hide-input and "jupyter": {"source_hidden": true}, or neither'
        )
    if cell.source.rstrip().endswith(";"):
        yield "a semicolon at its end, which nbval does not know: take it away"
    yield from size_faults(cell.source)
    if shows(cell) and not cell["outputs"]:
        yield f"no stored output, though it shows something: {STORE}"
    for output in cell["outputs"]:
        if "sliders.live(" in cell.source and not names_an_axis(output):
            yield (
                "a live figure of which no axis has a label, so that nobody can say "
                'what moves: ax.set(xlabel="step t", ylabel="cost J")'
            )
        if output["output_type"] == "error" or output.get("name") == "stderr":
            yield f"a stored error, or something on stderr: mend it, and {STORE}"
        if VIEW in output.get("data", {}):
            yield (
                "a stored widget, which says 'model not found' without a kernel: "
                f"{STORE}"
            )
        if "it/s]" in "".join(output.get("data", {}).get("text/plain", "")):
            yield f"a stored progress bar: {STORE}"
        if reaches_the_edge(output.get("data", {}).get("image/png")):
            yield (
                "a picture with something cut off at its edge: shorten the title, the "
                f"label or the legend there, and {STORE}"
            )
        if beside_its_pieces(output):
            yield (
                "a picture with something that no phone shows: it belongs to no panel "
                f"and no legend; make it a title, a label or an entry, and {STORE}"
            )


def names_an_axis(output):
    """Say whether a picture's text alternative has a label of its axes."""
    alt = output.get("metadata", {}).get("image/png", {}).get("alt", "a label from 0")
    return bool({*re.findall(r"(?:: |, |^)([^:,]+) from ", alt)} - {"x", "y"})


def size_faults(code):
    """Yield a sentence if a cell's code is too long, or too wide.

    Of the English ruff says how wide; it does not read notebooks/es.
    """
    lines = code.splitlines()
    full = [line for line in lines if line.strip() and not line.strip().startswith("#")]
    if len(full) > 15:
        yield (
            f"{len(full)} lines, more than 15: make two cells of it, or move a "
            "function to utils"
        )
    if max(map(len, lines)) > 88:
        yield f"{max(map(len, lines))} columns, more than 88: run make format"


def shades(png):
    """Return how light the pixels of a stored picture are, 0 to 255."""
    picture = Image.open(io.BytesIO(base64.b64decode("".join(png))))
    return np.array(picture.convert("L"))


def reaches_the_edge(png):
    """Say whether anything dark is in the outermost pixels of a picture."""
    if not png:
        return False
    grey = shades(png)
    rim = [*grey[:2].flat, *grey[-2:].flat, *grey[:, :2].flat, *grey[:, -2:].flat]
    return np.sum(np.less(rim, 200)) > 2


def beside_its_pieces(output, light=200):
    """Say whether a phone, which shows a picture in pieces, leaves ink of it out."""
    pieces = output.get("metadata", {}).get("image/png", {}).get("pieces", "")
    grey = shades(output["data"]["image/png"]) if pieces else np.empty((0, 0))
    for piece in pieces.split():
        x, y, width, height = map(int, piece.split("-"))
        grey[y : y + height, x : x + width] = 255
    return np.less(grey, light).any()


def unseen_replies(notebook):
    """Yield each cell whose reply to a prediction nobody sees: it is not its last."""
    for cell in code_cells(notebook):
        code = tree(cell)
        last = getattr(code.body[-1], "value", None) if code.body else None
        calls = [node for node in ast.walk(code) if isinstance(node, ast.Call)]
        replies = [c for c in calls if getattr(c.func, "attr", "") == "reveal"]
        if replies and (replies[1:] or replies[0] is not last):
            yield (
                f"cell {cell['id']}: its reveal is not its last line, so the reply is "
                "not shown: move it to the end"
            )


def repeated_definitions(notebooks):
    """Yield each function or class that stands in two notebooks of one edition."""
    counts = Counter(
        (path.parent, name)
        for path, notebook in notebooks.items()
        for name in {
            name
            for cell in code_cells(notebook)
            if "exercise" not in cell["metadata"].get("tags", [])
            for name in definitions(cell)
        }
    )
    for (_, name), times in counts.items():
        if times > 1:
            yield f"{name} is defined in {times} notebooks: move it to utils"


def made_twice(notebook):
    """Yield each name that two cells make and a third takes: it may get the other's."""
    cells = code_cells(notebook)[1:]  # the first is alike in all
    names = {cell["id"]: names_of(ast.unparse(tree(cell))) for cell in cells}
    makers = {}
    for cell, (made, _) in names.items():
        for name in made:
            makers.setdefault(name, []).append(cell)
    for cell, (_, taken) in names.items():
        for name in sorted(taken & makers.keys()):
            if len(makers[name]) > 1:
                yield (
                    f"{cell} takes {name}, of {' and '.join(makers[name])}, and in "
                    "another order gets the other's: give one of them another name"
                )


def dead_links(markdown, folder):
    """Yield each relative link of a text whose file does not exist."""
    for link in re.findall(r"\]\(([^)#\s]+)", markdown):
        if "://" not in link and not (folder / link).exists():
            yield f"no file is at {link}: mend the link"


every_notebook = pytest.mark.parametrize("path", PATHS.values(), ids=name_of)
every_class = pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)


@every_notebook
def test_a_notebook_is_stored_as_executed_short_and_clean(path):
    demand_none(f"{name_of(path)}: {fault}" for fault in faults(read(path), path))


def test_all_notebooks_are_set_up_alike_before_anything_else():
    first = {name: code_cells(read(path))[0].source for name, path in PATHS.items()}
    right = first["00"]
    demand_none(
        f"{name}: its first code cell is not that of 00, with one more `../` in a "
        "companion: copy it, so that a notebook that is opened alone says what is "
        "missing"
        for name, source in first.items()
        if source.replace('"../.."', '".."') != right
        or ('"../.."' in source) != name.startswith("deeper")
        or "import classroom.start" not in right
    )


def test_no_function_is_defined_in_two_notebooks():
    demand_none(repeated_definitions({p: read(p) for p in PATHS.values()}))


TEXTS = "README.md", "AGENTS.md", "CONTRIBUTING.md", "CHANGELOG.md", "STYLE.md"


@pytest.mark.parametrize("name", TEXTS)
def test_the_links_of_a_text_exist(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    demand_none(f"{name}: {fault}" for fault in dead_links(text, ROOT))


SET = "run python -m tools.minutes --set"


def other_times(number, path, stated, notes, readme):
    """Yield a sentence for each place that states other times than are counted.

    stated: (minutes in class, alone, seconds), as the title says
    """
    for where, title_minutes, count in zip(
        ("in class", "alone"), stated[:2], counted(path), strict=True
    ):
        if title_minutes != count:
            yield (
                f"{number}'s title says {title_minutes} minutes {where}, "
                f"its cells count {count}: {SET}"
            )
    if notes.splitlines() != with_clock(path).splitlines():
        yield f"teaching/{number}.md has other minutes than are counted: {SET}"
    if " | {} min | {} min | {} s |".format(*stated) not in readme:
        yield f"README.md has other times than {number}'s title, {stated}: {SET}"


@every_class
def test_the_times_of_a_notebook_are_counted_and_fit_a_class(path):
    number = path.stem[:2]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"(?m)^\| {number} \|.*$", readme)
    notes = notes_of(number).read_text(encoding="utf-8")
    demand_none(other_times(number, path, stated()[number], notes, row))
    longest = {"00": 25, "06": 60}.get(number, 50)
    demand(counted(path)[0] <= longest, f"{number} is longer than {longest} minutes")


def test_other_times_are_found_and_written_anew():
    path = PATHS["03"]
    in_class, alone, seconds = stated()["03"]
    notes = with_clock(path)
    row = f"| 03 | Momentum | {in_class} min | {alone} min | {seconds} s |"
    title = f"*In class: {in_class} minutes. Alone: 7 minutes. Runs in about 5 s.*"

    def faulty(times=(in_class, alone, seconds), notes=notes, row=row):
        return [*other_times("03", path, times, notes, row)]

    assert faulty() == []
    assert faulty(times=(in_class, 7, seconds))[0] == (
        f"03's title says 7 minutes alone, its cells count {alone}: "
        "run python -m tools.minutes --set"
    )
    assert faulty(notes=notes.replace("min", "below"))[0].startswith("teaching/03.md")
    assert faulty(row=row.replace(str(alone), "7"))[0].startswith("README.md has other")
    assert f"Alone: {alone} minutes" in with_counted(title, path)
    assert with_times(without_times(row), stated()) == row


def test_conda_takes_its_list_from_the_requirements():
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
    entries = [line.strip() for line in lines if line.strip().startswith("- ")]
    wanted = ["- python=3.13", "- pip", "- pip:", "- -r requirements.txt"]
    demand(
        entries == wanted,
        f"environment.yml lists {entries}: it is to list {wanted} alone, so that what "
        "the course needs stands in requirements.txt, once",
    )


TIMES = "*In class: 5 minutes. Alone: 8 minutes."
HELLO = {"output_type": "stream", "name": "stderr", "text": "hello"}
ERROR = {"output_type": "error", "ename": "ValueError", "evalue": "", "traceback": []}
BAR = {"output_type": "display_data", "metadata": {}, "data": {"text/plain": "?it/s]"}}
WIDGET = {"output_type": "display_data", "metadata": {}, "data": {VIEW: {}}}


def with_title(x):
    """Return the output of a picture whose title begins at this part of its width."""
    fig, png = plt.figure(), io.BytesIO()
    fig.text(x, 0.5, "a long title of a panel")
    fig.savefig(png)
    plt.close(fig)
    data = {"image/png": base64.b64encode(png.getvalue()).decode()}
    return {"output_type": "display_data", "metadata": {}, "data": data}


SOUND = new_notebook(
    metadata=METADATA,
    cells=[
        new_markdown_cell(f"# Title\n{TIMES} Runs in 6 s.*", id="title"),
        new_code_cell(
            "def f():\n    return 1\n\n\nprint(f())",
            id="code",
            execution_count=COUNT,
            outputs=[new_output("stream", text="1"), with_title(0.1)],
        ),
    ],
)
ALT = {"image/png": {"alt": "Figure: x from 0 to 1, y from -1 to 2. SGD: (0, 1)."}}
PART = {"image/png": {"pieces": "0-0-100-480"}}
UNLABELLED = new_code_cell(
    "print(sliders.live(fig, lr=rates)(draw))",
    execution_count=COUNT,
    outputs=[HELLO | {"name": "stdout"}, with_title(0.1) | {"metadata": ALT}],
)
ENDS = [
    new_code_cell("end = 1", id="walk", execution_count=COUNT),
    new_code_cell("end = 2", id="other", execution_count=COUNT),
    new_code_cell("x = end", id="seen", execution_count=COUNT),
]
LINKS = "[a](gone.md#part), [b](glossary.md), [c](https://example.org/gone)"


@every_class
def test_a_figure_that_moves_has_its_code_in_numpy_and_in_pytorch(path):
    for cell in code_cells(read(path)):
        if "@sliders.live(" not in cell.source:
            continue
        figure = f"{path.stem[:2]}_{definitions(cell)[-1]}"
        for file in f"{figure}.py", f"{figure}_torch.py":
            demand(
                (ROOT / "notebooks" / "code" / file).exists(),
                f"a reader who likes the figure of {cell['id']} finds no code under "
                f"it: write notebooks/code/{file}, which draws one position",
            )


def test_the_title_minutes_of_a_notebook_are_those_of_its_parts():
    cell, code = new_markdown_cell, new_code_cell

    def part(role):
        return {"slideshow": {"slide_type": role}}

    title = cell(
        "# Title\n$$x$$\n<details>more words</details>", metadata=part("slide")
    )
    exercise = cell("### Exercise 1: one · 20 min · ●○○")
    vote = code("guess = questions.Prediction('?')", metadata=part("fragment"))
    below = cell(999 * "word ", metadata=part("subslide"))
    later = code("race = questions.Prediction('?')", metadata=part("-"))
    deeper = cell("## Going deeper")
    cells = [title, exercise, vote, below, later, deeper]
    notebook = new_notebook(cells=cells)
    slides, end = clock(notebook, {title.id: "**On paper.** Two words.", below.id: "?"})
    assert [(0, [title, vote])] == slides
    assert end == pytest.approx(0.5 + 1 / 100 + 1 + 4 / 100 + 4 + 2)
    assert minutes(notebook, end) == (10, 35)  # 20 + 1005 words / 150 + 4.85
    assert minutes(notebook, 10.1)[0] == 15


def test_a_printed_table_of_six_lines_is_a_figure_and_a_shorter_one_is_none():
    picture = {"output_type": "display_data", "data": {"image/png": ""}}
    counts = {}
    for name, lines, pictures in ("long", 6, 0), ("short", 5, 0), ("both", 6, 1):
        cell = new_code_cell("print(table)")
        table = HELLO | {"text": "one line\n" * lines}
        cell.outputs = nbformat.from_dict([table] + pictures * [picture])
        counts[name] = contents(cell)["figures"]
    assert counts == {"long": 1, "short": 0, "both": 1}


def test_a_sound_notebook_has_no_fault():
    assert list(faults(SOUND, NOTEBOOKS[0])) == []


@pytest.mark.parametrize(
    "where, key, value, sentence",
    [
        (
            (),
            "metadata",
            METADATA | {"widgets": {}},
            "not what tools/execute.py writes: store it",
        ),
        (("cells", 1), "execution_count", None, "execution count is not 1"),
        (("cells", 1), "execution_count", 2, "execution count is not 1"),
        (("cells", 0), "source", "*In class: 5 minutes. Runs in 6 s.*", "does not say"),
        (("cells", 0), "source", TIMES, "run time"),
        (("cells", 0), "source", f"{TIMES} 16 s", "run time"),
        (("cells", 0), "source", f"{TIMES} 6 s\n## 2 · Two", "numbered [2]"),
        (("cells", 0), "cell_type", "raw", "does not say"),
        (("cells", 0), "source", f"{TIMES} 6 s" + 52 * " word", "61 words"),
        (("cells", 1), "metadata", {"jupyter": {"source_hidden": True}}, "not in both"),
        (("cells", 1), "metadata", {"tags": ["hide-input"]}, "not in both"),
        (("cells", 0), "metadata", {"collapsed": True}, "stray metadata {'collapsed'}"),
        (("cells", 1), "source", "print(1);\n", "a semicolon"),
        (("cells", 1), "source", "# a\n\n" + 16 * "print(1)\n", "16 lines"),
        (("cells", 1), "source", f"print({83 * '1'})", "90 columns"),
        (("cells", 0), "source", f"{TIMES} 6 s {LINKS}", "no file is at gone.md:"),
        (("cells", 1), "source", "a.reveal(1)\nprint(1)", "not its last line"),
        ((), "cells", [*SOUND.cells, *ENDS], "seen takes end, of walk and other"),
        (("cells", 1), "outputs", [], "no stored output"),
        (("cells", 1), "outputs", [HELLO], "stderr"),
        (("cells", 1), "outputs", [ERROR], "a stored error"),
        (("cells", 1), "outputs", [WIDGET], "model not found"),
        (("cells", 1), "outputs", [BAR], "a stored progress bar"),
        ((), "cells", [SOUND.cells[0], UNLABELLED], "no axis has a label"),
        (("cells", 1), "outputs", [with_title(0.9)], "cut off at its edge"),
        (("cells", 1, "outputs", 1), "metadata", PART, "that no phone shows"),
    ],
)
def test_a_planted_fault_is_found(where, key, value, sentence):
    notebook = copy.deepcopy(SOUND)
    place = notebook
    for step in where:
        place = place[step]
    place[key] = value
    sentences = list(faults(notebook, NOTEBOOKS[0]))
    assert len(sentences) == 1 and sentence in sentences[0]


def test_a_definition_in_two_notebooks_is_found(tmp_path):
    again = copy.deepcopy(SOUND)
    both = {tmp_path / "a.ipynb": SOUND, tmp_path / "b.ipynb": again}
    assert "f is defined in 2" in "".join(repeated_definitions(both))
    again["cells"][1]["metadata"]["tags"] = ["exercise"]
    assert list(repeated_definitions(both)) == []
    other = {tmp_path / "a.ipynb": SOUND, tmp_path / "es" / "a.ipynb": SOUND}
    assert list(repeated_definitions(other)) == []
