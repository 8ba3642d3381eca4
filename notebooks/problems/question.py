"""What an exam problem is made of: a question whose wrong answers are named."""

from dataclasses import dataclass, field
from itertools import combinations


class TooClose(ValueError):
    """Two answers cannot be told apart."""


@dataclass(frozen=True)
class Question:
    """A text, its right answer, and wrong ones, each with the mistake that leads there.

    text      Markdown, formulas between dollars
    right     a number, or one of several choices: a short string
    wrong     {answer: which mistake it is, and what to do}
    within    a number may be off by this part of it
    why       how the right answer is found
    """

    text: str
    right: float | str
    wrong: dict = field(default_factory=dict)
    within: float = 0.01
    why: str = ""

    def __post_init__(self):
        for a, b in combinations([self.right, *self.wrong], 2):
            if self.numeric and abs(a - b) <= self.within * (abs(a) + abs(b)):
                raise TooClose(f"{a:.6g} and {b:.6g} are alike within {self.within}")
        if self.right in self.wrong:
            raise TooClose(f"{self.right} is right and wrong")

    @property
    def numeric(self):
        return not isinstance(self.right, str)

    @property
    def answers(self):
        """Return {answer: sentence}, sorted: the order does not tell the right one."""
        return dict(sorted(({self.right: self.why} | self.wrong).items()))


def problem(cell):
    """Say of a function that it is a problem, taught in a cell of its notebook."""

    def mark(function):
        function.cell = cell
        return function

    return mark


def pick(rng, *lists):
    """Return one entry of each list, or of the only one."""
    picked = [entries[rng.integers(len(entries))] for entries in lists]
    return picked if len(lists) > 1 else picked[0]
