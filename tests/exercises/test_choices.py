"""Answers that are chosen: bugs, sentences."""

import numpy as np

from notebooks.exercises import adam

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
