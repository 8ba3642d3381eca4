"""The table of numbers finds what it should: a wrong one, a lost one, a new one."""

import pytest

from tests.claims import said

TEXT = """Adam needs 127 steps, momentum about 1,300; `lr=3` and $x = 4$ are silent.

The gap is −0.30 ± 0.05 points in 2 runs (notebook 06, section 3)."""
SAID = {
    "text": [
        ("Adam needs {} steps, momentum about {};", lambda n: (127, round(n["m"], -2))),
        ("gap is {} ± {} points", lambda n: (n["gap"], 0.0512)),
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
    ("wrong", "fault"),
    [("128 steps", "says 128"), ("1,200;", "says 1,200"), ("−0.31 ±", "says −0.31")],
)
def test_a_wrong_number_is_found(wrong, fault, monkeypatch):
    right = {"128 steps": "127 steps", "1,200;": "1,300;", "−0.31 ±": "−0.30 ±"}[wrong]
    text = TEXT.replace(right, wrong)
    monkeypatch.setattr(said, "places", lambda number: {"text": text})
    (sentence,) = found(SAID)
    assert fault in sentence


def test_a_sentence_that_has_changed_is_told(monkeypatch):
    text = TEXT.replace("Adam needs", "Adam takes")
    monkeypatch.setattr(said, "places", lambda number: {"text": text})
    with pytest.raises(ValueError, match="0 times, not once: if the text has changed"):
        found(SAID)


def test_a_number_that_nothing_holds_is_found():
    (sentence,) = said.loose("04", SAID, {})
    assert sentence.startswith("text of 04: 2 in")


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
    ],
)
def test_a_number_agrees_to_the_digits_that_are_written(written, value, answer):
    assert said.agrees(written, value) == answer
