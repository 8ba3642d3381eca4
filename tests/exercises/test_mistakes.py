"""In the course's exercises each mistake gets its own name, whoever makes it."""

import inspect
import itertools
import re
from functools import cache

import numpy as np
import pytest

from classroom.mistakes import edits, mutations
from classroom.mistakes.exercises import OnPaper
from tests.exercises.all_exercises import (
    EXERCISES,
    NAMES,
    answers,
    every_exercise,
    handed,
)
from tests.rules import demand, demand_none

ROWS = answers("answers.txt", EXERCISES)


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    ROWS,
    ids=[f"{NAMES[n]}-{s[:50]}" for n, _, s in ROWS],
)
def test_an_answer_is_met_with_its_sentence(name, answer, sentence):
    verdict = EXERCISES[name].verdict(answer)
    assert sentence in verdict and "?." not in verdict, verdict
    assert (
        "two things" not in verdict or "two things" in sentence or ", and " in sentence
    )


@every_exercise
def test_a_stub_is_not_yet_right_and_the_right_answer_is(name, capsys):
    exercise = EXERCISES[name]
    stub = ...
    if not isinstance(exercise, OnPaper):
        exec(f"def stub({', '.join(exercise.parameters)}): ...", scope := {})
        stub = scope["stub"]
    exercise(stub)
    exercise(handed(exercise, exercise.answer))
    not_yet, correct = capsys.readouterr().out.splitlines()
    assert not_yet.startswith(
        ("Not yet: write your lines in place", "Not yet: in place of the ... put your")
    )
    demand(
        correct.startswith("Correct. ") and "nan" not in correct and "{" not in correct,
        f"{name}: its right answer is told {correct!r}, which does not begin with "
        "'Correct. ', or has a field that is not filled in: mend the answer, or the "
        "praise",
    )


@every_exercise
def test_each_mistake_is_named_and_no_other(name):
    exercise = EXERCISES[name]
    names = {sentence.split("{")[0] for sentence in exercise.mistakes.values()}
    for edit, sentence in exercise.mistakes.items():
        for source in exercise.with_edits(edit):
            made = edits.function_of(source, exercise.answer)
            verdict = exercise.verdict(handed(exercise, made))
            told = verdict.removeprefix("Not yet: ")
            demand(
                [n for n in names if told.startswith(n)] == [sentence.split("{")[0]],
                f"{name}: the mistake {edit} is told {told!r}, and is to be told "
                f"{sentence!r}: give the check a case that tells it from others, or "
                "its sentence a name before the colon that no other has",
            )
            demand(
                "nan" not in told.replace("(NaN)", "").replace("np.nan", ""),
                f"{name}: the mistake {edit} is told {told!r}, with a number that is "
                "none: give its sentence a field that is finite",
            )


def known(exercise):
    """Yield (sentence, function) of each mistake that has a name, listed or a slip."""
    for edit, sentence in exercise.mistakes.items():
        for source in exercise.with_edits(edit):
            yield sentence, edits.function_of(source, exercise.answer)
    slips = mutations.exchanged_arguments, mutations.mutants
    if exercise.exact and not isinstance(exercise, OnPaper):
        for source, slip in itertools.product(exercise.sources, slips):
            for sentence, wrong in slip(source):
                if function := edits.function_of(wrong, exercise.answer):
                    yield sentence, function


def other(value, rng):
    """Return an argument that is nearly the same, where it is a number."""
    if isinstance(value, list):
        return [other(each, rng) for each in value]
    if isinstance(value, float):
        return value * rng.uniform(0.8, 0.97)
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return (value * rng.uniform(0.8, 0.97, value.shape)).astype(value.dtype)
    return value


def numbers(exercise, function, cases):
    """Return the numbers that a function gives; None if there is an error, or a NaN."""
    outcomes = [exercise.outcome(function, case) for case in cases]
    values = [value.ravel() for outcome in outcomes for value in outcome.values]
    flat = np.concatenate([*values, np.empty(0)])
    return flat if len(flat) and not np.isnan(flat).any() else None


@every_exercise
def test_the_cases_tell_mistakes_apart_and_none_looks_right(name):
    """What looks alike on the cases must be the same mistake, and so on other cases.

    Else its name depends on what stands first in the list.
    """
    exercise, rng = EXERCISES[name], np.random.default_rng(0)
    others = [tuple(other(v, rng) for v in case) for case in exercise.cases]
    listed, groups = {"right", *exercise.mistakes.values()}, {}

    @cache
    def outcomes(function):
        return [exercise.outcome(function, case) for case in exercise.cases]

    for mistake, function in [("right", exercise.answer), *known(exercise)]:
        first = numbers(exercise, function, exercise.cases[:1])
        if first is None:
            continue
        rows, twins = groups.setdefault(len(first), ([], []))
        near = np.isclose(np.reshape(rows, (-1, len(first))), first, 0.01).all(axis=1)
        for twin, name_of_twin in itertools.compress(twins, near):
            pair = outcomes(function), outcomes(twin)
            if mistake != name_of_twin and exercise.same(*pair, exercise.alike):
                both = f"{name}: {mistake!r} and {name_of_twin!r} look alike"
                demand(
                    not {mistake, name_of_twin} <= listed,
                    f"{both}: list one of them, or add a case that tells them apart",
                )
                functions = function, twin
                again = ([exercise.outcome(f, c) for c in others] for f in functions)
                demand(
                    exercise.same(*again),
                    f"{both}, and only in the cases of the exercise, where numbers are "
                    "equal by chance: choose others",
                )
                break
        else:
            rows.append(first)
            twins.append((function, mistake))


@every_exercise
def test_the_sentences_are_sentences(name):
    """They continue "Not yet: ", and have a name that can be told with another.

    Many mistakes end in 0 everywhere: a sentence on one of them says that it is 0.
    """
    exercise = EXERCISES[name]
    known = "\n".join(exercise.mistakes).splitlines()
    demand_none(
        f"{name}: the mistake {line!r} has no sentence: write one below it, indented"
        for line in inspect.getdoc(exercise.answer).splitlines()
        if re.match(r"\S.* -> ", line) and line not in known
    )
    for edit, sentence in exercise.mistakes.items():
        short, colon, rest = sentence.partition(": ")
        demand(
            colon and rest and not sentence.endswith(".") and "{" not in short,
            f"{name}: {sentence!r} is to have a colon, before it the mistake, with no "
            "field, which is told with another, behind it what to do; and no full stop",
        )
        demand(
            len(short) < 100 and len(sentence) < 200,
            f"{name}: {sentence!r} is longer than 199 characters, or 99 before the "
            "colon: shorten it",
        )
        made = edits.function_of(exercise.with_edits(edit)[0], exercise.answer)
        heights = [
            value
            for case in exercise.cases
            for what, value in zip(
                exercise.names, exercise.outcome(made, case).values, strict=False
            )
            if what not in ("x", "log x", "log y")
        ]
        if heights and not any(value.any() for value in heights):
            demand(
                " 0" in sentence,
                f"{name}: {sentence!r} is told of whatever is 0 everywhere, and many "
                "mistakes end there: let it say that it is 0",
            )
