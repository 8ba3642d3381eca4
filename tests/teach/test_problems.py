"""Exam problems: told apart, answerable, and with the answers that they say."""

import re

import nbformat
import numpy as np
import pytest

from notebooks.problems.question import Question, TooClose, pick
from tests.rules import demand, demand_none
from tools.counting import words
from tools.course import PATHS
from tools.teach import problems
from tools.teach.problems import Problem

VARIANTS = range(200)


@pytest.fixture(scope="module", params=problems.NUMBERS)
def notebook(request):
    """A notebook, its problems, and `{name: its questions}`."""
    of = problems.of(request.param)
    return PATHS[request.param], of, {p.name: [*map(p.variant, VARIANTS)] for p in of}


def test_there_are_ten_and_about_three_are_choices(notebook):
    path, of, questions = notebook
    numbers = [p.number for p in of]
    demand(
        numbers == [*range(1, 11)],
        f"the problems of {path.stem} are numbered {numbers}: there are to be ten, 1 "
        "to 10, in order",
    )
    numeric = sum(variants[0].numeric for variants in questions.values())
    demand(
        6 <= numeric <= 8,
        f"{numeric} problems of {path.stem} ask for a number: six to eight of ten are "
        "to, and the others for a choice",
    )


def test_each_is_taught_in_a_cell(notebook):
    path, of, _ = notebook
    cells = {cell.id for cell in nbformat.read(path, as_version=4).cells}
    demand_none(
        f"{path.stem}, {p.name}: no cell is called {p.cell}: name one that teaches it"
        for p in of
        if p.cell not in cells
    )


def test_no_two_answers_can_be_taken_for_each_other(notebook):
    for name, variants in notebook[2].items():
        for k, question in enumerate(variants):
            where, wrong = f"{name}, variant {k}", len(question.wrong)
            demand(
                3 <= wrong <= 5 and wrong == len(variants[0].wrong),
                f"{where} has {wrong} wrong answers: three to five, as many in each",
            )
            answers = [question.right, *question.wrong]
            if question.numeric:
                values = np.array(sorted(answers))
                demand(
                    np.isfinite(values).all() and question.right != 0,
                    f"{where}: of {answers} one is not finite, or the right one is 0, "
                    "of which there is no part: draw other numbers",
                )
                far = question.within * np.abs(values)
                demand(
                    np.all(values[:-1] + far[:-1] < values[1:] - far[1:]),
                    f"{where}: of {answers} two lie within the tolerance of each "
                    "other: draw other numbers, or take another mistake",
                )
            demand(
                len({problems.text_of(a) for a in answers}) == len(answers),
                f"{where}: of {answers} two are shown alike: draw other numbers",
            )


def test_texts_are_short_and_every_answer_has_its_reason(notebook):
    for name, variants in notebook[2].items():
        for question in variants:
            demand(
                words(question.text) <= 60,
                f"{name} has {words(question.text)} words, more than 60: shorten it",
            )
            for sentence in [question.text, question.why, *question.wrong.values()]:
                demand(
                    sentence and sentence.count("$") % 2 == 0,
                    f"{name}: a reason is empty, or a formula lacks a $: {sentence!r}",
                )
                demand(
                    not re.search(r"nan|inf\b|np\.|\d{8}|\.\d{7}", sentence),
                    f"{name}: a number is shown raw, round it: {sentence!r}",
                )


def test_numbers_vary(notebook):
    for name, variants in notebook[2].items():
        different = {(question.text, question.right) for question in variants}
        demand(
            len(different) >= 3,
            f"{name} has {len(different)} variants among {len(variants)}: draw its "
            "numbers from more",
        )


def test_the_same_number_gives_the_same_question(notebook):
    for p in notebook[1]:
        assert p.variant(7) == p.variant(7) == notebook[2][p.name][7]


def test_answers_that_are_alike_are_refused():
    Question("?", 1.0, {1.03: "far enough"})
    with pytest.raises(TooClose, match=r"1 and 1\.01 are alike"):
        Question("?", 1.0, {1.01: "too near"})
    with pytest.raises(TooClose, match="yes is right and wrong"):
        Question("?", "yes", {"yes": "both"})


def test_numbers_that_make_answers_alike_are_drawn_again():
    def clash(rng):
        value = pick(rng, [1.0, 2.0, 3.0])
        return Question("?", 1.0, {value: "sometimes near", 3.0: "sometimes the same"})

    of = Problem(clash, "05", 1)
    assert {tuple(of.variant(k).wrong) for k in range(50)} == {(2.0, 3.0)}


def test_a_problem_that_has_no_numbers_says_so():
    def never(rng):
        return Question("?", 1.0, {1.0: "always"})

    with pytest.raises(ValueError, match="05, never: whatever the numbers"):
        Problem(never, "05", 1).variant(0)


def test_the_order_of_answers_does_not_tell_the_right_one():
    places = {
        p: {[*p.variant(k).answers].index(p.variant(k).right) for k in range(30)}
        for number in problems.NUMBERS
        for p in problems.of(number)
    }
    assert len(set.union(*places.values())) >= 4


def test_an_unknown_notebook_gets_a_sentence():
    with pytest.raises(ValueError, match="'00': there are problems for 01, 02"):
        problems.of("00")
