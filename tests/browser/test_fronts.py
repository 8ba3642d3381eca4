"""Questions and a figure in each front end here: with widgets, without, opened again.

Notebook 7 and nbclassic are tried where they are installed: tests/fronts.txt.
"""

import json
from importlib.util import find_spec

import nbformat
import pytest
from nbconvert import HTMLExporter

from tools.browser import jupyter

LEVEL = """from classroom import sliders
from utils import figures

fig, ax = figures.subplots()
(line,) = ax.plot([0, 1])


@sliders.live(fig, lr=[0.1, 0.2, 0.3])
def level(lr):
    line.set_ydata([lr, lr])
    return [line], f"the line is at {lr}"


level"""
CELLS = [
    "import sys\n\nsys.path.insert(0, '..')\nfrom classroom import puzzles, questions",
    "winner = questions.Prediction('Which is lowest?', ['SGD', 'Adam'])\nwinner",
    "print('before the outcome')\nwinner.reveal('SGD')",
    "questions.score(winner)",
    "questions.Returning('02')",
    "puzzles.Lines('quizzes/05.md')",
    LEVEL,
    "print('the last cell')",
]
RADIOS = 5 + 12  # of the prediction and how sure; of three questions with four options
TEXTS = 5
FRONTS = {  # name: (app, where it opens a notebook, with what shows widgets)
    "JupyterLab": ("jupyterlab", "/lab/tree/notebooks", True),
    "JupyterLab without widgets": ("jupyterlab", "/lab/tree/notebooks", False),
    "Notebook 7": ("notebook", "/notebooks/notebooks", True),
    "nbclassic": ("nbclassic", "/nbclassic/notebooks/notebooks", True),
}
# How many are seen: radio buttons of widgets, those of texts, texts; and any errors.
SEEN = """() => {
  const count = what => [...document.querySelectorAll(what)].filter(
    element => element.checkVisibility({visibilityProperty: true})).length;
  const error = /model not found|Error displaying|Loading widget|not be displayed/g;
  return [count(".widget-radio-box input"), count(".asked [type=radio]"),
    count(".asked"), document.body.innerText.match(error)];
}"""
RUN = """async () => {
  if (window.Jupyter) return Jupyter.notebook.execute_all_cells();
  await jupyterapp.shell.currentWidget.context.sessionContext.ready;
  await jupyterapp.commands.execute("notebook:run-all-cells");
}"""
SAVE = """async () => {
  if (window.Jupyter) return Jupyter.notebook.save_notebook();
  await jupyterapp.shell.currentWidget.context.save();
}"""
END = """async () => {
  if (window.Jupyter) return Jupyter.notebook.session.delete();
  await jupyterapp.shell.currentWidget.context.sessionContext.shutdown();
}"""


class Front:
    """A notebook of questions in a front end, opened in a page."""

    def __init__(self, name, browser, address, root):
        (_app, place, self.widgets), self.browser = FRONTS[name], browser
        self.file = root / "notebooks" / "asked.ipynb"
        self.url = f"{address}{place}/{self.file.name}?reset"
        cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
        notebook = nbformat.v4.new_notebook(cells=cells)
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(notebook, self.file)

    def open(self):
        size = {"width": 1200, "height": 2400}
        self.page = self.browser.new_page(viewport=size)
        self.page.goto(self.url)
        self.page.locator(".jp-Notebook .jp-Cell, .cell").first.wait_for()
        ready = "Jupyter.notebook?.kernel?.is_connected()"
        self.page.wait_for_function(f"window.jupyterapp || {ready}")
        if "nbclassic" in self.url:  # says nowhere when what shows widgets is ready
            self.page.wait_for_timeout(2000)

    def run(self):
        self.page.evaluate(RUN)
        self.page.get_by_text("the last cell", exact=True).wait_for(timeout=120_000)

    def save(self):
        self.page.evaluate(SAVE)
        for _ in range(50):
            if "the outcome\\n" in self.file.read_text("utf-8"):
                break
            self.page.wait_for_timeout(200)
        self.page.evaluate(END)
        self.page.wait_for_timeout(1000)
        self.page.close()

    def demand_seen(self, *counts):
        """Demand that in the end so many are seen, and no error."""
        for _ in range(60):
            seen = self.page.evaluate(SEEN)
            if seen == [*counts, None]:
                break
            self.page.wait_for_timeout(250)
        assert seen == [*counts, None]

    def demand_a_move(self):
        """Move the slider of the figure, and demand that the figure follows."""
        self.page.locator(".live [type=range]").press("ArrowRight")
        self.page.get_by_text("η = 0.3: the line is at 0.3").first.wait_for()

    def demand_an_answer(self):
        """Answer, and demand that two other cells reply."""
        self.page.locator("label:visible", has_text="Adam").first.click()
        for reply in "✗ Not quite: you said Adam; it was SGD.", "right: 0 of 1.":
            self.page.locator("[role=status]:visible", has_text=reply).wait_for()
        assert self.page.get_by_text("before the outcome", exact=True).is_visible()


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=() if "without" in name else pytest.mark.monthly)
        for name in FRONTS
    ],
)
def front(request, browser):
    app, _place, widgets = FRONTS[request.param]
    if not find_spec(app):
        pytest.skip(f"NO {request.param}: pip install -r tests/fronts.txt")
    with jupyter(app, ours=False, widgets=widgets) as (address, root):
        yield Front(request.param, browser, address, root)


def test_a_question_is_seen_once_and_answers(front):
    front.open()
    front.run()
    front.demand_seen(*([RADIOS, 0, 0] if front.widgets else [0, RADIOS, TEXTS]))
    front.demand_an_answer()
    front.demand_a_move()
    front.run()  # again, with an answer given: the texts keep their script
    if front.widgets:  # else the browser keeps it, as on a page
        kept = json.loads((front.file.parents[1] / "my-record.json").read_text("utf-8"))
        assert [entry["answer"] for entry in kept["predictions"].values()] == ["Adam"]
    front.save()


def test_a_trusted_notebook_asks_again_without_kernel(front):
    front.open()
    front.demand_seen(0, RADIOS, TEXTS)
    front.demand_an_answer()
    front.demand_a_move()
    front.page.close()


@pytest.mark.filterwarnings("ignore:Your element with mimetype")  # a widget alone
def test_an_exported_page_asks_and_moves_without_kernel_and_network(front, tmp_path):
    html, _ = HTMLExporter().from_filename(front.file)
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    context = front.browser.new_context(offline=True)
    front.page = context.new_page()
    front.page.goto((tmp_path / "page.html").as_uri())
    front.demand_seen(0, RADIOS, TEXTS)
    front.demand_an_answer()
    front.demand_a_move()
    context.close()


def test_a_notebook_that_is_not_trusted_shows_texts(front):
    notebook = json.loads(front.file.read_text("utf-8"))
    notebook["cells"][0]["source"] = "# from somebody else"
    front.file.write_text(json.dumps(notebook), "utf-8")
    front.open()
    front.demand_seen(0, 0, TEXTS)
    assert front.page.get_by_text("○ SGD").is_visible()
    # Where widgets are, the kernel knew the answer when the cells ran again.
    text = "you said Adam; it was SGD." if front.widgets else "The answer is SGD."
    assert front.page.get_by_text(text).is_visible()
    front.page.close()
