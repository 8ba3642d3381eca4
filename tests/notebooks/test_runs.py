"""What the notebooks do when they are run: as stored, and again in other orders.

All but the other orders read one run of each notebook (tools/runs.py).
"""

import contextlib
import copy
import re
from base64 import b64encode
from io import BytesIO

import matplotlib.pyplot as plt
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbval.plugin import IPyNbFile, coalesce_streams
from PIL import Image

from tests.classroom.test_sliders import PACKED, unpacked
from tests.rules import demand_none
from tools.course import NOTEBOOKS, PATHS, ROOT, name_of
from tools.execute import execute, keep_pictures, stored
from tools.plain import reseeded, run_again
from tools.runs import run, run_of
from tools.site.live import with_the_text_of_today

every_notebook = pytest.mark.parametrize("path", PATHS.values(), ids=name_of)


@pytest.fixture
def session(request):
    """What nbval asks; as a plugin of pytest it would take a second of every run."""
    vars(request.config.option).update(nbval_lax=False, nbdime=False)
    return request.session


def not_as_stored(path, executed, session):
    """Yield where nbval finds that a run would be stored as other things than are.

    Where nbval is to ignore what differs between machines, something is to be stored.
    """
    runs = {cell.id: cell.outputs for cell in executed.cells if "outputs" in cell}
    for item in IPyNbFile.from_parent(session, path=path).collect():
        run = stored(copy.deepcopy(runs[item.cell.id]))
        outputs = [coalesce_streams(some) for some in (run, item.cell.outputs)]
        if bool(run) != bool(item.cell.outputs):
            yield f"{item.cell.id}: {len(run)} outputs, {len(item.cell.outputs)} stored"
        elif item.options["check"] and not item.compare_outputs(*outputs):
            yield "\n".join([item.cell.id, *item.comparison_traceback])


@every_notebook
def test_a_notebook_says_what_is_stored(path, session):
    demand_none(
        f"{path.name}, {fault}: what is stored is what a run puts out: make notebooks"
        for fault in not_as_stored(path, run_of(path), session)
    )


@every_notebook
def test_every_live_figure_has_different_pictures(path):
    outputs = [out for cell in run_of(path).cells for out in cell.get("outputs", [])]
    htmls = "".join(out.get("data", {}).get("text/html", "") for out in outputs)
    pictures = [unpacked(packed) for packed in re.findall(PACKED, htmls)]
    assert len(pictures) == path.read_text(encoding="utf-8").count("sliders.live(")
    for positions in pictures:
        assert all("<path" in svg for svg, *_ in positions), "an empty picture"
        assert len({svg for svg, *_ in positions}) > 1


@every_notebook
@pytest.mark.monthly
def test_every_cell_can_be_run_again_in_any_order(path):
    plt.close("all")
    cells = [c for c in nbformat.read(path, 4).cells if c.cell_type == "code"]
    names = {"__name__": "__main__", "display": print}
    with contextlib.chdir(path.parent):
        run_again(cells, names, 10)


@pytest.mark.parametrize(
    ("cell", "later", "told"),
    [
        ("print(max(1, 2))", "max = min", "said '1"),
        ("walk += [1]\nprint(walk)", "", r"said '\[1, 1"),
        ("walk += [1]\nplt.plot(walk, label='J')", "", r"said .* \(1, 1\), lowest"),
    ],
)
def test_a_cell_that_gives_something_else_again_is_found(cell, later, told):
    cells = [new_code_cell(cell, id="cell"), new_code_cell(later, id="later")]
    with pytest.raises(RuntimeError, match=f"in order 0 cell {told}"):
        run_again(cells, {"walk": [], "plt": plt}, orders=1)


def test_a_seed_is_replaced_wherever_it_stands():
    assert reseeded("default_rng(3)", 7) == "default_rng([*np.ravel(3), 7])"
    two = reseeded("rng = np.random.default_rng([2, batch_size])", 7)
    assert two == "rng = np.random.default_rng([*np.ravel([2, batch_size]), 7])"
    assert reseeded("rng.normal(size=3)", 7) == "rng.normal(size=3)"
    assert reseeded("train(rng=6)", 7) == "train(rng=[*np.ravel(6), 7])"
    assert reseeded("train(rng=[2, n])", 7) == "train(rng=[*np.ravel([2, n]), 7])"
    assert reseeded("train(rng=rng)", 7) == "train(rng=rng)"


def test_a_second_execution_changes_no_byte(tmp_path, monkeypatch):
    first = run_of(NOTEBOOKS[0])
    second = run(NOTEBOOKS[0])  # both here: another Matplotlib stores other pixels
    written = []
    for executed in first, second:
        monkeypatch.setattr("tools.execute.run_of", lambda path, run=executed: run)
        copied = tmp_path / NOTEBOOKS[0].name
        copied.write_bytes(NOTEBOOKS[0].read_bytes())
        execute(copied)
        written.append(copied.read_bytes())
    assert written[0] == written[1]


def test_a_picture_that_looks_as_before_keeps_its_bytes():
    def output(colour, level):
        Image.new("L", (4, 4), colour).save(
            png := BytesIO(), "png", compress_level=level
        )
        data = {"image/png": b64encode(png.getvalue()).decode()}
        return new_output("display_data", data)

    before, packed, other = output(0, 0), output(0, 9), output(99, 0)
    text = new_output("stream", text="1")
    keep_pictures(outputs := copy.deepcopy([packed, other, text]), [before] * 3)
    assert outputs == [before, other, text] != [packed, other, text]
    keep_pictures(outputs := copy.deepcopy([packed]), [text])
    assert outputs == [packed]


# A small notebook.
CELLS = {
    "first": "print(2)",
    "by-clock": "3",
    "figure": "from classroom import sliders\nfrom utils import figures\n"
    "fig, ax = figures.subplots()\n"
    "lines = ax.plot([1, 2], label='line')",
    "slider": "fig, ax = figures.subplots()\n"
    "lines = ax.plot([1, 2])\n"
    "@sliders.live(fig, lr=[1, 2, 3], adam=True)\n"
    "def live(lr, adam):\n"
    "    return lines, str(lr)\n"
    "live",
}


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    """Where that notebook is stored, and its run."""
    tags = {"by-clock": {"tags": ["nbval-ignore-output"]}}
    cells = [
        new_code_cell(f"import sys; sys.path.insert(0, {str(ROOT)!r})", id="path"),
        *(new_code_cell(c, id=k, metadata=tags.get(k, {})) for k, c in CELLS.items()),
    ]
    path = tmp_path_factory.mktemp("faulty") / "faulty.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    executed = run(path)
    notebook = copy.deepcopy(executed)
    for cell in notebook.cells:
        cell.outputs = stored(cell.outputs)
    nbformat.write(notebook, path)
    return path, executed


def test_what_is_stored_as_executed_has_no_fault(faulty, session):
    assert list(not_as_stored(*faulty, session)) == []


@pytest.mark.parametrize(
    "cell, fault, value",
    [
        ("first", "text", "3\n"),
        ("first", "text", ""),
        ("first", "name", "stderr"),
        ("first", "lost", None),
        ("path", "more", None),
        ("by-clock", "lost", None),
        ("figure", "text/plain", "Figure: another line."),
        ("figure", "text/html", "<b>more</b>"),
        ("figure", "lost", None),
        ("slider", "text/plain", "another sentence"),
    ],
)
def test_a_fault_in_what_is_stored_is_found(cell, fault, value, faulty, session):
    path, executed = faulty
    notebook = nbformat.read(path, as_version=4)
    (changed,) = (c for c in notebook.cells if c.id == cell)
    if fault == "lost":
        changed.outputs = []
    elif fault == "more":
        changed.outputs = [new_output("stream", text="more")]
    elif "/" in fault:
        changed.outputs[0].data[fault] = value
    else:
        changed.outputs[0][fault] = value
    wrong = path.with_name("wrong.ipynb")
    nbformat.write(notebook, wrong)
    (sentence,) = not_as_stored(wrong, executed, session)
    assert sentence.startswith(cell)


def test_a_page_has_the_text_of_today_and_the_outputs_of_the_run(tmp_path):
    code = new_code_cell("1 + 1")
    old, new = (new_notebook(cells=[new_markdown_cell(t), code]) for t in "ab")
    nbformat.write(new, tmp_path / "new.ipynb")
    old = copy.deepcopy(old)
    old.cells[1].outputs = [new_output("stream", text="2")]
    with_the_text_of_today(old, tmp_path / "new.ipynb")
    assert old.cells[0].source == "b" and old.cells[1].outputs[0].text == "2"
