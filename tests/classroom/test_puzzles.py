"""Lines to be put in order, as widgets and on a page."""

import itertools
import re

import numpy as np
import pytest

from classroom import puzzles, rules
from notebooks.exercises import adam
from tools.course import NOTEBOOKS

QUIZZES = NOTEBOOKS[0].parent / "quizzes"
FILES = [path for path in QUIZZES.glob("*.md") if "- [→]" in path.read_text("utf-8")]


def in_order(lines):
    """Return the numbers of the lines in an order in which each has what it needs."""
    order, there = [], set()
    for _ in lines:
        order += [
            k
            for k, line in enumerate(lines)
            if k not in order and "gives" in line and there >= {*line["needs"]}
        ][:1]
        there = {lines[k]["gives"] for k in order}
    return order


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_lines_have_an_order_but_not_that_of_the_file_and_two_mistakes(path):
    _, lines = puzzles.read_lines(path)
    order = in_order(lines)
    assert len(order) == len(lines) - 2
    assert rules.ordered(lines, order, order[0]).startswith("✓")
    assert not rules.ordered(lines, sorted(order), order[0]).startswith("✓")
    for wrong in {*range(len(lines))} - {*order}:
        end = [*order[:-1], wrong]
        assert rules.ordered(lines, end, wrong).endswith(lines[wrong]["why"])


def test_adams_lines_in_every_order_that_is_right_are_its_step():
    _, lines = puzzles.read_lines(QUIZZES / "05.md")
    given = {"theta": 1.0, "g": 0.3, "m": 0.2, "v": 0.5, "t": 3, "lr": 0.1}
    given |= {"beta1": 0.8, "beta2": 0.9, "eps": 0.01}
    step = adam.adam(given["theta"], given["g"], *[*given.values()][2:])
    orders = itertools.permutations(in_order(lines))
    right = [o for o in orders if rules.ordered(lines, o, o[0]).startswith("✓")]
    for order in right:
        names = {"np": np, **given}
        exec("\n".join(lines[k]["line"] for k in order), names)
        assert (names["theta"], names["m"], names["v"]) == step, order
    assert len(right) > 1


def test_a_pressed_line_says_its_place_and_the_order_is_shown_and_told():
    shown = puzzles.Lines(FILES[0])
    order = in_order(shown.lines)
    texts = [shown.lines[k]["line"] for k in order]
    for k in order:
        shown.buttons[k].click()
    assert shown.buttons[order[1]].description == f"2. {texts[1]}"
    assert re.findall("<li>(.*?)</li>", shown.order.value) == texts
    assert "✓ Right" in shown.reply.value
    shown.buttons[order[1]].click()
    assert shown.buttons[order[1]].description == texts[1]
    assert "Taken out" in shown.reply.value
    assert "…" in shown.order.value


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("- [x] b = 2 — → b", "write “- [→] line — needs → gives”"),
        ("- [→] c = a + b — a, d → c", "no line gives “d”"),
    ],
)
def test_a_fault_in_lines_is_named_with_its_remedy(tmp_path, line, remedy):
    text = f"## A quiz?\n\n# In order\n- [→] a = 1 — → a\n{line}\n"
    (tmp_path / "bad.md").write_text(text, "utf-8")
    with pytest.raises(ValueError, match=re.escape(remedy)):
        puzzles.read_lines(tmp_path / "bad.md")
