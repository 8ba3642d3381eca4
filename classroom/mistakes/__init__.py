"""Checks of exercises that name the mistake: see README.md.

exercises     what is asked for: a function, a number on paper, a plot
edits         a mistake is an edit of the right answer
mutations     the slips that can be made in any code
diagnosis     which of all these makes the right answer give the same numbers
differences   if none does: where the numbers differ first
values        what was returned, as arrays; when two are alike
plots         what was drawn, as arrays
limits        how long a stranger's function may run
errors        why it gave nothing, in a sentence
choices       answers that are chosen
wording       the words that all of them use
"""

from classroom.mistakes.choices import compare
from classroom.mistakes.exercises import LISTENERS, Exercise, exercise, on_paper, plot
from classroom.mistakes.limits import Trouble
from classroom.mistakes.wording import not_yet

__all__ = [
    "LISTENERS",
    "Exercise",
    "Trouble",
    "compare",
    "exercise",
    "not_yet",
    "on_paper",
    "plot",
]
