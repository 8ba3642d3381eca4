"""Every exercise of every notebook: its stub is told that it is empty; the quizzes.

Solutions are run in tests/notebooks/test_runs.py.
"""

import nbformat
import pytest

from classroom.questions import read_quiz
from tests.rules import demand, demand_none
from tools.course import NOTEBOOKS
from tools.plain import tagged


def verdicts(notebook):
    """What the checks said, in order."""
    return [
        cell.outputs[0].text
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.source.startswith("checks.")
    ]


with_exercises = pytest.mark.parametrize(
    "path",
    [path for path in NOTEBOOKS if '"exercise"' in path.read_text(encoding="utf-8")],
    ids=lambda path: path.stem,
)


@with_exercises
def test_a_stub_is_told_that_it_is_empty(path):
    notebook = nbformat.read(path, as_version=4)
    told = verdicts(notebook)  # stored, and compared with a new run by nbval
    stubs = tagged(notebook, "exercise")
    demand(
        len(told) == len(stubs),
        f"{path.name}: {len(stubs)} cells have the tag exercise, and {len(told)} begin "
        "with checks.: each stub needs a cell below it that calls its check",
    )
    demand_none(
        f"{path.name}, the stub {stub.id} is told {verdict.strip()!r}: a stub is to "
        "give nothing, ..., and to be told 'Not yet'; then store the notebook again"
        for stub, verdict in zip(stubs, told, strict=True)
        if not verdict.startswith("Not yet")
    )


@pytest.mark.parametrize(
    "path", sorted(NOTEBOOKS[0].parent.glob("quizzes/*.md")), ids=lambda path: path.stem
)
def test_a_quiz_has_five_questions_and_the_right_answer_is_not_always_in_one_place(
    path,
):
    quiz = read_quiz(path)
    demand(len(quiz) == 5, f"{path.name} has {len(quiz)} questions: a quiz has five")
    places = {[*options].index(right) for _, options, right in quiz}
    demand(
        len(places) > 1,
        f"{path.name}: each right answer is option {min(places) + 1}: move some",
    )
