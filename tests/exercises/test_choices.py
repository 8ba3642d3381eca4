"""Answers that are chosen: bugs, sentences, training logs."""

import numpy as np

from notebooks.exercises import adam, hyperparameters

# Choices.


SAID = {  # by the check of Adam's step: how the six bugs are found
    "A": "ε is inside the root",
    "B": "only m is corrected",
    "C": "the correction is written back into m and v",
    "D": "β₁ and β₂ are swapped",
    "E": "the step uses the old m",
    "F": "ε is added to θ, not to the root",
}
LOGS = {"A": "overfitting", "B": "too low", "C": "too high"}


def test_each_suspect_has_its_bug_and_no_other():
    assert set(adam.suspects) == set(SAID) and len(set(adam.bugs)) == 8
    for letter, suspect in adam.suspects.items():
        assert SAID[letter] in adam.bugs
        assert SAID[letter] in adam.adam_step.verdict(suspect)


def test_the_experiments_of_the_hints_show_the_bugs():
    def take(letter, g, beta1=0.9, beta2=0.999):
        step = adam.suspects[letter] if letter else adam.adam_step.answer
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
    said = told(adam.name_the_bug, truth, capsys=capsys)
    assert said == "Correct. Six bugs, each found by an experiment.\n"
    stub = dict.fromkeys("ABCDEF", ...)
    said = told(adam.name_the_bug, stub, capsys=capsys)
    assert said.startswith("Not yet: none right, of A, B, C, D, E, F.\nA: compare")
    said = told(adam.name_the_bug, truth | {"E": truth["B"]}, capsys=capsys)
    assert said.startswith("Not yet: A, B, C, D, F right") and "\nE: does it" in said
    said = told(adam.name_the_bug, truth | {"E": "?"}, capsys=capsys)
    assert "E: choose one of" in said
    full_stops = {letter: f"{bug}." for letter, bug in truth.items()}
    assert told(adam.name_the_bug, full_stops, capsys=capsys).startswith("Correct.")
    typed = truth | {"D": "beta1 and beta2 are swapped", "A": "eps is inside the root"}
    typed["F"] = "epsilon is added to  theta, not to the root"
    assert told(adam.name_the_bug, typed, capsys=capsys).startswith("Correct.")


def test_the_logs_show_what_they_are_said_to_show(capsys):
    logs = hyperparameters.training_logs()
    truth = LOGS
    training, validation = logs[{d: k for k, d in truth.items()}["overfitting"]].T
    assert training[-1] < 0.05 and validation[-1] > 1.4 * validation.min()
    assert (np.diff(validation[30:]) > 0).mean() > 0.8
    training, validation = logs[{d: k for k, d in truth.items()}["too low"]].T
    assert (np.diff(training) < 0).all() and (np.diff(validation) < 0).all()
    assert training[-1] > np.log(2)
    training, validation = logs[{d: k for k, d in truth.items()}["too high"]].T
    assert training.min() > np.log(2) and (np.diff(training) > 0).mean() > 0.3
    said = told(hyperparameters.diagnose_logs, truth, capsys=capsys)
    assert said.startswith("Correct.")
    shouted = {k.lower(): f" {diagnosis.upper()}" for k, diagnosis in truth.items()}
    assert told(hyperparameters.diagnose_logs, shouted, capsys=capsys).startswith(
        "Correct."
    )
    said = told(hyperparameters.diagnose_logs, [*truth.values()], capsys=capsys)
    assert said.startswith('Not yet: write your answers as in {"A": "')
    said = told(hyperparameters.diagnose_logs, {"B": 1}, capsys=capsys)
    assert "none right" in said and "B: choose one of" in said
    said = told(
        hyperparameters.diagnose_logs, dict.fromkeys(truth, "too low"), capsys=capsys
    )
    assert said.startswith("Not yet: B right, of A, B, C.\nA: compare")
