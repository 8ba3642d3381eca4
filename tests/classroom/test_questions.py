"""Predictions, scores and quizzes as widgets: replies follow what is answered."""

import re
from html import unescape

import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom import questions
from tests.rules import demand
from tools.course import NOTEBOOKS

QUIZ = """\
## Why is Adam's first step about η long?
- [ ] ε bounds it — ε is far too small for that.
- [x] m̂₁/√v̂₁ is g/|g| — both averages are the gradient itself.
- [ ] the gradient is clipped — it looks so, but nothing is clipped.

## Is 1/L the largest stable rate?
- [ ] yes — it is the fastest one.
- [x] no — 2/L is: |1 − ηL| < 1 until there.
"""


def which(answer=None, sure=None):
    """A prediction among three methods, answered or not."""
    made = questions.Prediction("Which is lowest?", ["SGD", "Adam", "Momentum"])
    made.control.value, made.sure.value = answer, sure
    return made


def steps(answer="", sure=None, **options):
    """A prediction of a number, answered or not."""
    made = questions.Prediction("How many steps?", **options)
    made.control.value, made.sure.value = answer, sure
    return made


def seen(widget):
    """All the words that a widget shows, without its style."""
    words = [getattr(widget, "value", "")] if hasattr(widget, "sentence") else []
    for child in getattr(widget, "children", []):
        words.append(seen(child))
    return unescape(re.sub(r"<[^>]*>", "", " ".join(words)))


def test_a_late_answer_changes_what_was_revealed_before():
    asked = which()
    revealed = asked.reveal("SGD")
    for answer in "Adam", "SGD", "Momentum":
        asked.control.value = answer
        assert f"you said {answer}; it was SGD" in seen(revealed)
        assert ("✓" in seen(revealed)) == (answer == "SGD")


def test_what_is_no_positive_number_is_no_answer_and_is_told_so():
    asked = steps()
    revealed = asked.reveal(6908)
    assert "is no positive number" not in seen(asked)
    asked.control.value = "0,5"
    assert asked.answer is None
    assert "'0,5' is no positive number" in seen(asked)
    assert "The answer is" in seen(revealed)
    asked.control.value = "7e3"
    assert "is no positive number" not in seen(asked)
    assert "you said 7e3" in seen(revealed)


@given(st.one_of(st.text(), st.floats().map(str)), st.floats(5e-324, 1e308))
def test_nothing_typed_makes_a_reveal_or_a_score_fail(typed, outcome):
    asked = steps()
    revealed, score = asked.reveal(outcome), questions.score(asked)
    asked.control.value, asked.sure.value = typed, 0.95
    made = asked.answer is not None
    assert ("you said" in seen(revealed)) == made
    assert ("Predictions right:" in seen(score)) == made


@pytest.mark.parametrize("outcome", ["RMSprop", "sgd", 0, None])
def test_an_outcome_that_is_no_option_is_refused(outcome):
    with pytest.raises(ValueError, match="allowed: SGD, Adam, Momentum"):
        which("SGD").reveal(outcome)


@pytest.mark.parametrize("outcome", [np.nan, np.inf, 0, -1, "many"])
def test_an_outcome_that_nobody_can_predict_is_refused(outcome):
    with pytest.raises(ValueError, match="allowed: positive numbers"):
        steps("3").reveal(outcome)


def test_options_may_be_numbers_as_the_experiment_computes_them():
    asked = questions.Prediction("Which κ?", np.array([1.5, 10.0]))
    asked.control.value = "10.0"
    assert asked.reveal(np.float64(10)).text.startswith("✓ Right:")


def waits(**bounds):
    """A prediction whose options have bounds, as {option: bound}."""
    bounds = bounds or {"under 1": 1, "1 to 2": 2, "over 2": np.inf}
    return questions.Prediction("How many epochs?", bounds)


@pytest.mark.parametrize(
    ("number", "option"),
    [
        (-3, "under 1"),
        (np.float64(0.999), "under 1"),
        (1, "1 to 2"),
        (np.float32(1.5), "1 to 2"),
        (np.int64(2), "over 2"),
        (1e300, "over 2"),
    ],
)
def test_a_number_finds_the_first_option_whose_bound_is_above_it(number, option):
    asked = waits()
    asked.control.value = option
    assert asked.reveal(number).text.startswith("✓ Right:")
    assert asked.outcome == option


def test_bounds_are_asked_kept_and_shown_as_the_options_alone():
    listed = questions.Prediction("How many epochs?", ["under 1", "1 to 2", "over 2"])
    assert waits().data == listed.data
    assert waits().mark == listed.mark
    assert waits().text == listed.text


@pytest.mark.parametrize("number", [np.nan, np.inf, "under 1", None, np.ones(2)])
def test_an_outcome_below_no_bound_is_refused(number):
    with pytest.raises(ValueError) as refused:
        waits().reveal(number)
    assert str(refused.value) == (
        f"the outcome cannot be {number}: it is a number below inf, the last bound; "
        "print what it is computed from, or raise that bound."
    )


def test_the_last_bound_is_one_like_the_others():
    with pytest.raises(ValueError, match="cannot be 2: it is a number below 2, "):
        waits(short=1, longer=2).reveal(2)


@pytest.mark.parametrize(
    "bounds", [(1, 1), (2, 1), (np.nan, 1), (1, np.nan), (-np.inf, 1), ("a", "b")]
)
def test_bounds_that_do_not_rise_are_refused(bounds):
    with pytest.raises(ValueError) as refused:
        waits(few=bounds[0], many=bounds[1])
    assert str(refused.value) == (
        f"the bounds are {[*bounds]}: each is a number above the one before; try "
        '{"below 1": 1, "1 or more": np.inf}.'
    )


def test_how_near_a_number_must_be_is_said_and_judged_by():
    asked = steps("5e3", within=1.1)
    assert "off by a factor of 1.1 is still right" in asked.question
    assert asked.reveal(6908).text.startswith("✗ Not quite:")


def test_a_score_follows_answers_and_how_sure_they_are():
    asked, number = which(), steps("100")
    asked.reveal("SGD"), number.reveal(100)
    score = questions.score(asked, number)
    assert score.text == "Predictions right: 1 of 1."
    asked.control.value = "Adam"
    assert seen(score) == "Predictions right: 1 of 2."
    asked.sure.value = 0.95
    assert "should come true" in seen(score)


def test_a_guess_is_as_likely_to_be_right_as_chance_makes_it():
    assert which().sure.options[0] == ("a guess, 33%", 1 / 3)
    assert steps().sure.options[0] == ("a guess, 50%", 1 / 2)


def test_a_score_before_a_reveal_says_what_to_run():
    prediction = steps("3")
    score = questions.score(prediction)
    assert "How many steps?" in score.text
    assert score.text.endswith("first run the cell that reveals it.")
    prediction.reveal(3)
    prediction.control.value = "3.0"  # whatever is answered next, the line follows
    assert score.text.startswith("Predictions right: 1 of 1.")


@pytest.fixture
def quiz(tmp_path):
    (tmp_path / "02.md").write_text(QUIZ, "utf-8")
    return questions.Quiz(tmp_path / "02.md")


def test_every_option_gets_its_own_explanation_and_only_when_it_is_chosen(quiz):
    lines = re.findall(r"- \[(.)\] (.*) — (.*)", QUIZ)
    for mark, option, why in lines:
        (asked,) = (q for q in quiz.questions if option in q.options)
        assert why not in seen(quiz)
        asked.control.value = option
        assert f"{'✓ Right:' if mark == 'x' else '✗ Not quite:'} {why}" in quiz.text
        replies = [line for line in lines if line[2] in seen(quiz)]
        assert (mark, option, why) in replies
        assert len(replies) == sum(q.control.value is not None for q in quiz.questions)


def test_the_tally_counts_the_first_answer_to_each_question(quiz):
    first, second = (asked.control for asked in quiz.questions)
    assert "0 of 2 answered, 0 right at once." in seen(quiz)
    first.value = "ε bounds it"
    first.value = "m̂₁/√v̂₁ is g/|g|"
    assert "1 of 2 answered, 0 right at once." in seen(quiz)
    second.value = "no"
    second.value = "yes"
    assert "2 of 2 answered, 1 right at once." in seen(quiz)


@pytest.mark.parametrize(
    ("old", "new", "line", "remedy"),
    [
        ("- [ ] yes — it", "- [ ] yes - it", 7, "- [ ] option — explanation"),
        ("- [ ] yes", "- [X] yes", 7, "- [ ] option — explanation"),
        ("- [ ] yes", "* [ ] yes", 7, "- [ ] option — explanation"),
        ("## Is", "Is", 6, "write “## question”"),
        (QUIZ.partition("\n")[0], "", 2, "write “## question”"),
        ("- [x] no", "- [ ] no", 6, "one of them [x]"),
        ("- [ ] yes", "- [x] yes", 6, "one of them [x]"),
        ("- [ ] yes — it is the fastest one.\n", "", 6, "two options or more"),
        ("- [ ] yes", "- [ ] no", 8, "“no” is there already"),
        ("1/L", "$1/L$", 6, "formulas are not typeset here"),
        (QUIZ, "", 1, "there is no question"),
    ],
)
def test_a_fault_in_a_quiz_is_named_with_its_line(tmp_path, old, new, line, remedy):
    assert old in QUIZ
    (tmp_path / "bad.md").write_text(QUIZ.replace(old, new, 1), "utf-8")
    with pytest.raises(ValueError, match=r"bad\.md, line") as refused:
        questions.read_quiz(tmp_path / "bad.md")
    assert f"line {line}: " in str(refused.value)
    assert remedy in str(refused.value)


def test_without_widgets_there_are_the_question_and_its_options(quiz):
    plain = {asked: asked._repr_mimebundle_() for asked in (which(), steps(), quiz)}
    for asked, data in plain.items():
        assert data["text/plain"] == asked.text
        assert unescape(asked.question if asked is not quiz else "ε bounds it") in (
            unescape(data["text/html"])
        )
        assert "●" not in asked.text
    assert plain[quiz]["text/plain"].splitlines()[:4] == [
        "1. Why is Adam's first step about η long?",
        "○ ε bounds it",
        "○ m̂₁/√v̂₁ is g/|g|",
        "○ the gradient is clipped",
    ]
    assert "far too small" not in quiz.text
    folded = "<summary>ε bounds it</summary>\n<p>✗ Not quite: ε is far too small"
    assert folded in plain[quiz]["text/html"]
    assert plain[quiz]["text/html"].count("✓ Right: ") == len(quiz.questions)
    assert which().reveal("SGD")._repr_mimebundle_()["text/plain"] == (
        "The answer is SGD."
    )


@pytest.mark.parametrize("path", NOTEBOOKS[2:], ids=lambda path: path.stem)
def test_a_notebook_is_stored_with_three_earlier_questions_of_today(path):
    (cell,) = (cell for cell in nbformat.read(path, 4).cells if cell.id == "returning")
    asked = questions.Returning(path.stem[:2])
    demand(
        cell.outputs[0].data["text/plain"] == asked.text,
        f"{path.name} is stored with other questions than those of notebooks/quizzes: "
        f"make notebooks ONLY={path.stem[:2]}",
    )
    places = [
        k
        for question in asked.questions
        for k, quiz in enumerate(questions.quizzes(), 1)
        if question.key in [key for key, *_ in quiz]
    ]
    assert len(places) == 3 and max(places) < int(path.stem[:2])


def test_the_text_says_what_was_answered():
    assert which("Adam").text.splitlines()[1:] == ["○ SGD", "● Adam", "○ Momentum"]
    assert steps("20").text.splitlines()[1:] == ["● 20"]


def test_words_of_a_question_are_never_taken_for_html():
    asked = questions.Prediction("Is β < 1 & <b>bold</b>?", ["yes", "no"])
    assert "Is β &lt; 1 &amp; &lt;b&gt;bold" in asked.children[0].value
