"""The table finds what it should: a number that is wrong, lost or new, a lost order."""

import numpy as np
import pytest

from classroom.questions import Prediction
from tests.claims import said
from utils.optimizers import SGD, Adam

TEXT = """Adam needs 127 steps, momentum about 1,300; `lr=3` and $x = 4$ are silent.

The gap is −0.30 ± 0.05 points in 2 runs (notebook 06, section 3). Adam is first, in a
tenth of the steps: the gap is six errors."""
SAID = {
    "text": [
        ("Adam needs {} steps, momentum about {};", lambda n: (127, round(n["m"], -2))),
        ("gap is {} ± {} points", lambda n: (n["gap"], 0.0512)),
        ("Adam is first, in a {} of", lambda n: 127 / n["m"]),
        ("Adam is first,", lambda n: n["m"] > 127),
        ("gap is {} errors", lambda n: -n["gap"] / 0.0512),
    ]
}


@pytest.fixture(autouse=True)
def notebook(monkeypatch):
    """A notebook with one text, whose cells leave two names."""
    monkeypatch.setattr(said, "places", lambda number: {"text": TEXT})
    monkeypatch.setattr(said, "names", lambda number: {"m": 1283.0, "gap": -0.297})


def found(table):
    return [fault for row in said.rows(table) for fault in said.differences("04", *row)]


def test_a_text_that_is_true_has_no_fault():
    assert found(SAID) == []
    assert list(said.loose("04", SAID, {"in 2 runs": "a setting"})) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("127 steps", "128 steps"),
        ("1,300;", "1,200;"),
        ("−0.30 ±", "−0.31 ±"),
        ("tenth of", "fifth of"),
        ("six errors", "five errors"),
    ],
)
def test_a_wrong_number_is_found(right, wrong, monkeypatch):
    text = TEXT.replace(right, wrong)
    monkeypatch.setattr(said, "places", lambda number: {"text": text})
    (sentence,) = found(SAID)
    assert f"says {wrong.split()[0].rstrip(';')} in" in sentence


def test_an_order_that_the_cells_have_not_is_found(monkeypatch):
    monkeypatch.setattr(said, "names", lambda number: {"m": 126.0, "gap": -0.297})
    assert any("'Adam is first,': it is not so" in fault for fault in found(SAID))


@pytest.mark.parametrize(
    ("right", "other"), [("Adam needs", "Adam takes"), ("is first", "is last")]
)
def test_a_sentence_that_has_changed_is_told(right, other, monkeypatch):
    text = TEXT.replace(right, other)
    monkeypatch.setattr(said, "places", lambda number: {"text": text})
    with pytest.raises(ValueError, match="0 times, not once: if the text has changed"):
        found(SAID)


def test_a_number_that_nothing_holds_is_found():
    (sentence,) = said.loose("04", SAID, {})
    assert sentence.startswith("text of 04: 2 in")


@pytest.mark.parametrize(("exempt", "held"), [("is −0.30", False), ("is −0.3", True)])
def test_what_is_exempt_is_no_part_of_another_number(exempt, held):
    found = "".join(said.loose("04", {}, {exempt: "a setting"}))
    assert ("04: −0.30 in" in found) == held


def test_what_a_prediction_is_told_is_known(monkeypatch):
    made = {"guess": Prediction("Who?", ["SGD", "Adam"]), "steps": Prediction("When?")}
    made["guess"].reveal("Adam")
    made["steps"].reveal(np.pi)
    monkeypatch.setattr(said, "names", lambda number: made | {"m": 1283.0})
    assert said.revealed("04") == {"guess": "Adam", "steps": "3.142"}


def test_a_label_that_says_another_setting_is_found(monkeypatch):
    methods = {"Adam, β₂ = 0.99": Adam(0.1, beta2=0.99), "SGD, η = 0.1": SGD(0.2)}
    monkeypatch.setattr(said, "names", lambda number: {"methods": methods, "m": {}})
    (sentence,) = said.mislabelled("04")
    assert sentence.startswith("SGD, η = 0.1 of 04")


def test_a_formula_has_a_form_and_numbers():
    formula = r"$\tfrac12 x_1^2 + 10^{-6}\,y = 0.75$, $10 \le n < 12$"
    numbers = said.FORMULA.sub(lambda found: said.without_form(found[0]), formula)
    assert numbers.split() == ["0.75", ",", "10", "12"]
    assert len(numbers) == len(formula)


@pytest.mark.parametrize(
    ("written", "value", "answer"),
    [
        ("0.30", 0.3049, True),
        ("0.30", 0.3051, False),
        ("1,300", 1300.4, True),
        ("1.6e-11", 1.64e-11, True),
        ("1.6e-11", 1.66e-11, False),
        ("−2", -2.4, True),
        ("2", -2, False),
        ("Twelve", 12.4, True),
        ("twice", 2.6, False),
        ("tenth", 0.109, True),
        ("tenth", 0.111, False),
    ],
)
def test_a_number_agrees_to_the_digits_that_are_written(written, value, answer):
    assert said.agrees(written, value) == answer


@pytest.fixture
def look(monkeypatch):
    """Show a text to `said.moved`, after somebody has looked at another."""

    def show(before, now, held=("test_that_tries_it",), tests=("test_that_tries_it",)):
        marks = {part: " ".join(said.marked(text)) for part, text in before.items()}
        monkeypatch.setattr(said, "known", lambda: {"04": marks})
        monkeypatch.setattr(said, "places", lambda number: now)
        return list(said.moved("04", dict.fromkeys(before, held), tests))

    return show


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("lower than", "higher than"),
        ("Adam is", "Momentum is"),
        ("and not", "and"),
        ("soon there", "late there"),
        ("many steps", "a few steps"),
        ("0.4", "0.3"),
        ("$t > 0$", "$t \\ge 0$"),
        ("SGD(0.1)", "SGD(0.2)"),
        ("Left: cost. Right: step.", "Right: cost. Left: step."),
        ("| one |\n| two |", "| two |\n| one |"),
    ],
)
def test_a_sentence_that_has_changed_is_quoted(right, wrong, look):
    text = """Adam is lower than **momentum**, and not
by chance; it is soon there, after many steps: 0.4 if $t > 0$, as `SGD(0.1)` is. Well?
Left: cost. Right: step.

| one |
| two |"""
    assert look({"text": text}, {"text": text}) == []
    (told,) = look({"text": text}, {"text": text.replace(right, wrong)})
    assert "is it so? Try it in test_that_tries_it" in told
    assert "Well?" not in told and (wrong in told or "says now 'less'" in told)


def test_an_assertion_that_is_lost_or_weaker_is_found():
    cell = "walk = f()\nprint(f'in {t} steps')\nassert np.array_equal(walk, same)"
    weaker = cell.replace("np.array_equal(walk, same)", "len(walk) == len(same)")
    held, *others = (
        said.marked("\n".join(said.strings(code)))
        for code in (cell, weaker, cell.split("\nassert")[0])
    )
    assert held not in others


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("cost,", "mean,"), ("SGD", "Adam"), ("step", "epoch"), ("u:", "v:")],
)
def test_a_label_on_another_curve_axis_or_number_is_found(right, wrong):
    cell = 'ax.plot(t, cost, label="SGD")\nax.set(xlabel="step")\nax.grid(False)\n'
    cell += 'print(f"{u:.2f}")'
    held, other, same = (
        said.marked("\n".join(said.strings(code)))
        for code in (cell, cell.replace(right, wrong), cell.replace("False", "True"))
    )
    assert held != other
    assert held == same


def test_a_part_that_nothing_holds_and_one_that_is_gone_are_found(look):
    new, unheld, old, gone = look({"old": "SGD first"}, {"new": "No Adam."})
    assert "new of 04 says now 'No Adam.'" in new and "a test;" in new
    assert unheld == "new of 04 is in HELD or in the text, and not in both"
    assert "old of 04 says now 'less'" in old
    assert gone == "old of 04 is in HELD or in the text, and not in both"


def test_a_part_that_is_held_by_a_test_which_is_not_there_is_found(look):
    (told,) = look({"new": "No Adam"}, {"new": "No Adam"}, ["test_x"])
    assert told == "new of 04 is held by test_x, which is not there"
