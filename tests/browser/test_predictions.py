"""Predictions and quizzes in a real JupyterLab, answered with the keyboard alone."""

import json

import nbformat
import pytest

from tests.browsers import watched
from tests.classroom.test_questions import QUIZ
from tools.browser import open_notebook, run_all, save_and_shut_down

CELLS = [
    "import sys\n\nsys.path.insert(0, '..')\nfrom classroom import questions",
    "winner = questions.Prediction('Which is lowest?', ['SGD', 'Adam'])\nwinner",
    "steps = questions.Prediction('How many steps?')\nsteps",
    "winner.reveal('SGD')",
    "steps.reveal(6908)",
    "questions.score(winner, steps)",
    "questions.Quiz('quiz.md')",
    "from classroom import progress\n\nprogress.so_far()",
]


@pytest.fixture(scope="module")
def asked(course, browser):
    """A page with a notebook of questions, run and not answered."""
    address, root = course
    page = watched(browser.new_page(), errors := [])
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, root / "notebooks" / "asked.ipynb")
    (root / "notebooks" / "quiz.md").write_text(QUIZ, "utf-8")
    open_notebook(page, address, "asked.ipynb")
    run_all(page)
    page.get_by_text("0 of 2 answered").wait_for()
    yield page
    page.close()
    known = "404", "Canceled future"  # it looks for extras; its kernel was shut down
    assert [line for line in errors if not any(part in line for part in known)] == []


def test_everything_can_be_answered_with_the_keyboard_alone(asked, course):
    page = asked
    page.get_by_label("SGD").focus()  # from here on, no mouse
    focused = "document.activeElement.closest('label')?.innerText"
    reached = []

    def press_until(option):
        while (now := page.evaluate(focused)) != option:
            reached.append(now)
            assert len(reached) < 40, reached
            page.keyboard.press("Tab")
        page.keyboard.press("Space")

    press_until("Adam")
    page.get_by_text("✗ Not quite: you said Adam; it was SGD.").wait_for()
    press_until("certain, 95%")
    page.get_by_text("Predictions right: 0 of 1. As sure as you were").wait_for()
    page.keyboard.press("Tab")
    assert page.get_by_label("I predict").evaluate("e => e == document.activeElement")
    page.keyboard.type("5e3\n")
    page.get_by_text("✓ Right: you said 5e3; it was 6908, off by").wait_for()
    page.get_by_text("Predictions right: 1 of 2.").wait_for()
    press_until("the gradient is clipped")
    told = page.get_by_role("status")  # beside it hides the text, for no widget
    told.get_by_text("✗ Not quite: it looks so, but nothing is clipped.").wait_for()
    press_until("no")
    page.get_by_text("2 of 2 answered, 1 right at once.").wait_for()
    ring = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert ring == "3px"
    assert {"SGD", "a guess, 50%", "ε bounds it", "yes"} <= {*reached}
    kept = json.loads((course[1] / "my-record.json").read_text("utf-8"))
    answers = [entry["answer"] for part in kept.values() for entry in part.values()]
    assert answers == ["Adam", "5e3", "the gradient is clipped", "no"]


def test_a_notebook_saved_and_opened_again_shows_its_questions(asked, course):
    page = asked
    save_and_shut_down(page)
    open_notebook(page, course[0], "asked.ipynb")
    page.get_by_text("○ SGD").wait_for()
    assert page.get_by_text("model not found").count() == 0
    assert page.get_by_text("ε bounds it").is_visible()


def test_progress_opens_a_notebook_beside_this_one(asked):
    """As its links stand there before scripts run: JupyterLab opens no others."""
    page = asked
    run_all(page)
    page.get_by_role("link", name="Deriving Adam").click()
    page.get_by_role("tab", name="05_adam.ipynb").wait_for()
    assert page.get_by_role("tab", name="asked.ipynb").is_visible()
