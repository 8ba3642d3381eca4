"""Exam problems whose numbers vary: the answers are computed, the mistakes are named.

    problems.of("05")       the ten problems of notebook 05, in order
    problem.variant(k)      one of them with its numbers: same k, same numbers
    problem.variant(k, "a teacher's secret")    other numbers, which only it gives again

A problem is a function in notebooks/problems, one file for each notebook.  It draws its
numbers from rng and returns a Question.
"""

from dataclasses import dataclass
from functools import cached_property
from gettext import gettext as _
from importlib import import_module
from zlib import crc32

import numpy as np

from notebooks.problems.question import TooClose
from tools.course import NOTEBOOKS, ROOT

FOLDER = ROOT / "notebooks" / "problems"
FILES = {path.stem[:2]: FOLDER / f"{path.stem[3:]}.py" for path in NOTEBOOKS}
NUMBERS = [n for n, path in FILES.items() if path.exists()]


@dataclass(frozen=True)
class Problem:
    """One problem of a notebook.

    cell      id of the cell of the notebook where it is taught
    number    1 is the first of its notebook
    """

    function: object
    notebook: str
    number: int

    name = property(lambda self: self.function.__name__)
    cell = property(lambda self: self.function.cell)
    title = property(lambda self: _(self.function.__doc__.splitlines()[0].rstrip(".")))

    def variant(self, k, secret=""):
        """Return the question with the k-th numbers, k = 0, 1, 2, ...

        Numbers that make two answers alike are drawn again.
        """
        for attempt in range(100):
            question = self._drawn(k, attempt, *secret.encode())
            if question and len(question.wrong) == self._most:
                return question
        raise ValueError(
            f"{self.notebook}, {self.name}: whatever the numbers, two answers are alike"
        )

    @cached_property
    def _most(self):
        """How many wrong answers there are, if no two are the same key of a dict."""
        questions = [self._drawn(k, 0) for k in range(30)]
        return max(
            (len(question.wrong) for question in questions if question), default=0
        )

    def _drawn(self, *seed):
        """Return a question, or None if its answers are too close."""
        try:
            rng = np.random.default_rng([crc32(self.name.encode()), *seed])
            return self.function(rng)
        except TooClose:
            return None


def of(notebook):
    """Return the problems of a notebook, "01" to "09", in the order of their file."""
    if notebook not in NUMBERS:
        sentence = _("{unknown}: there are problems for {numbers}")
        raise ValueError(
            sentence.format(unknown=repr(notebook), numbers=", ".join(NUMBERS))
        )
    module = import_module(f"notebooks.problems.{FILES[notebook].stem}")
    functions = [f for f in vars(module).values() if hasattr(f, "cell")]
    return [Problem(f, notebook, k) for k, f in enumerate(functions, 1)]


def text_of(answer):
    """Return an answer as it is written: a number has six digits."""
    return answer if isinstance(answer, str) else f"{answer:.6g}"
