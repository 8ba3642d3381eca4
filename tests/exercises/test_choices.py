"""Answers that are chosen: bugs, sentences."""

import numpy as np

from notebooks.exercises import adam
from notebooks.exercises import your_own_model as model

# Choices.


SAID = {  # how the six bugs are found
    "A": "ε is inside the root",
    "B": "only m is corrected",
    "C": "the correction is written back into m and v",
    "D": "β₁ and β₂ are swapped",
    "E": "the step uses the old m",
    "F": "ε is added to θ, not to the root",
}


def alike(step, other):
    """Say whether two steps of Adam do the same from rest and later."""
    g, state = np.array([2.0, -1e-4, 0.0]), np.array([0.3, -0.2, 0.1])
    with np.errstate(invalid="ignore"):
        return all(
            np.allclose(a, b, rtol=1e-9, atol=0, equal_nan=True)
            for m, t in ((0 * g, 1), (state, 4))
            for a, b in zip(
                step(g, g, m, m**2, t, 0.1, 0.9, 0.95, 1e-8),
                other(g, g, m, m**2, t, 0.1, 0.9, 0.95, 1e-8),
                strict=True,
            )
        )


def test_each_suspect_has_its_bug_and_no_other():
    assert set(adam.suspects) == set(SAID) and len(set(adam.bugs)) == 8
    for letter, suspect in adam.suspects.items():
        assert SAID[letter] in adam.bugs
        others = [name for name in adam.suspects if name != letter]
        assert not alike(suspect, adam.adam)
        assert not any(alike(suspect, adam.suspects[name]) for name in others)


def test_the_experiments_of_the_hints_show_the_bugs():
    def take(letter, g, beta1=0.9, beta2=0.999):
        step = adam.suspects[letter] if letter else adam.adam
        zero = np.zeros(1)
        return step(zero, np.array([g]), zero, zero, 1, 0.1, beta1, beta2, 1e-8)

    first, tiny = (abs(take("A", g)[0]) / 0.1 for g in (1.0, 1e-4))
    assert np.isclose(first, 1) and tiny < 0.8 < abs(take("", 1e-4)[0]) / 0.1
    assert np.isclose(-take("B", 1.0)[0] / 0.1, 31.6, rtol=0.01)
    assert np.isclose(take("C", 2.0)[1], 2.0) and np.isclose(take("", 2.0)[1], 0.2)
    assert np.isclose(take("D", 2.0, beta1=0)[1], 0.002)
    assert take("E", 2.0)[0] == 0 and take("", 2.0)[0] != 0
    with np.errstate(invalid="ignore"):
        assert np.isnan(take("F", 0.0)[0]) and take("", 0.0)[0] == 0


def told(check, *args, capsys):
    check(*args)
    return capsys.readouterr().out


def test_bugs_are_told_apart(capsys):
    truth = SAID
    verdict = told(adam.name_the_bug, truth, capsys=capsys)
    assert verdict == "Correct. Six bugs, each found by an experiment.\n"
    stub = dict.fromkeys("ABCDEF", ...)
    verdict = told(adam.name_the_bug, stub, capsys=capsys)
    assert verdict.startswith("Not yet: none right, of A, B, C, D, E, F.\nA: compare")
    verdict = told(adam.name_the_bug, truth | {"E": truth["B"]}, capsys=capsys)
    assert verdict.startswith("Not yet: A, B, C, D, F right")
    assert "\nE: does it" in verdict
    verdict = told(adam.name_the_bug, truth | {"E": "?"}, capsys=capsys)
    assert "E: choose one of" in verdict
    full_stops = {letter: f"{bug}." for letter, bug in truth.items()}
    assert told(adam.name_the_bug, full_stops, capsys=capsys).startswith("Correct.")
    typed = truth | {"D": "beta1 and beta2 are swapped", "A": "eps is inside the root"}
    typed["F"] = "epsilon is added to  theta, not to the root"
    assert told(adam.name_the_bug, typed, capsys=capsys).startswith("Correct.")


def test_curves_are_told_apart_with_their_reasons(capsys):
    truth = {letter: name for letter, (_, name, *_) in model._CURVES.items()}
    lines = told(model.name_the_fault, truth, capsys=capsys).splitlines()
    assert lines[0].startswith("Correct.") and len(lines) == 13
    assert [line[:2] for line in lines[1:]] == [f"{letter}:" for letter in truth]
    stub = dict.fromkeys(truth, ...)
    verdict = told(model.name_the_fault, stub, capsys=capsys)
    assert verdict.startswith("Not yet: none right") and verdict.count("\n") == 2
    assert len(model.faults) == len({*truth.values()}) + 2 == 13


def test_a_wrong_name_of_a_curve_is_told_what_speaks_against_it(capsys):
    truth = {letter: name for letter, (_, name, *_) in model._CURVES.items()}
    for letter, right in truth.items():
        for name in model.faults:
            if name != right:
                verdict = told(model.name_the_fault, {letter: name}, capsys=capsys)
                assert f"\n{letter}: {model._SIGNS[name]}; " in verdict
    verdict = told(model.name_the_fault, {"E": "spikes"}, capsys=capsys)
    assert "E: choose one of" in verdict
    verdict = told(model.name_the_fault, {"e": "Nothing is wrong."}, capsys=capsys)
    assert "\nE: something is; which line jumps first" in verdict


def test_successive_halving_is_known_by_what_it_runs_not_by_how_it_is_written():
    rng = np.random.default_rng(7)
    for n in (2, 5, 33, 64):
        settings = [(k,) for k in range(n)]
        world = model._World(settings, rng)
        traits = model._traits(model.halving.answer, settings, world.run, world.judge)
        right = [value.item() for value in model.halving.targets[0].values]
        assert [*map(float, traits)] == right or n == 2  # a single round
