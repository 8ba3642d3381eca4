"""The tables find what they should: a wrong number, a turned word, a lost row."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest

from tests.claims import leftovers, looks, table, texts
from tests.claims.taught import cells
from utils.figures import look

TEXT = """Adam needs 127 steps, momentum about 1,300; `lr=3` and $x = 4$ are silent.

The gap is −0.30 ± 0.05 points at η = 0.5 (notebook 06, section 3). Adam is first, in a
tenth of the steps, two thirds of the way: the gap is six errors. It ends lower."""
TABLE = """
text
  Adam needs {} steps, momentum about {};  <-  127, round(m, -2)
  gap is {} ± {} points                    <-  gap, 0.0512
  Adam is {first/last}, in a {} of         <-  m > 127, 127 / m
  {} of the way: the gap is {} errors      <-  0.66, -gap / 0.0512
  It ends {lower/higher}.                  <-  "lower" if gap < 0
                                               else "higher"
"""


@pytest.fixture
def course(monkeypatch, tmp_path):
    """A notebook with one text, whose cells leave two names; a function changes it."""

    def put(text=TEXT, rows=TABLE, printed=1e9, **names):
        (tmp_path / "04.txt").write_text(rows, "utf-8")
        table.rows.cache_clear()
        left = {"m": 1283.0, "gap": -0.297} | names
        monkeypatch.setattr(table, "FOLDER", tmp_path)
        monkeypatch.setattr(table, "places", lambda name: {"text": text})
        monkeypatch.setattr(texts, "places", lambda name: {"text": text})
        monkeypatch.setattr(texts, "constants", lambda number: {0.5})
        stored = {"text": [printed]}
        monkeypatch.setattr(texts, "printed_numbers", lambda number: stored)
        monkeypatch.setattr(table, "names", lambda number, seed=0: left)
        wrong = [f for row in table.said("04") for f in table.faults(row)]
        return [*wrong, *table.loose("04")]

    yield put
    table.rows.cache_clear()


def test_a_text_that_is_true_has_no_fault(course):
    assert course() == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("127 steps", "128 steps"),
        ("1,300;", "1,200;"),
        ("−0.30 ±", "−0.31 ±"),
        ("tenth of", "fifth of"),
        ("two thirds", "three quarters"),
        ("six errors", "five errors"),
        ("is first", "is last"),
        ("ends lower", "ends higher"),
        ("η = 0.5", "η = 0.6"),
        ("It ends", "After fifty steps it is there. It ends"),
        ("It ends", "See [one](one.md) 1.5 (not 2.5), [two](two.md). It ends"),
    ],
)
def test_a_wrong_number_or_word_is_quoted_with_its_place(right, wrong, course):
    plain = "plain\n  one.md) 1.5  <-  a version\n"  # it ends within a link
    faults = course(TEXT.replace(right, wrong), TABLE + plain)
    assert len(faults) == 1 and "04" in faults[0] and "row" in faults[0], faults


def test_a_number_that_an_output_of_its_section_has_needs_no_row(course):
    text = f"{TEXT} It took 1.7 s."
    assert course(text, printed=1.6502) == []
    assert len(course(text, printed=1.7502)) == 1


def test_other_cells_turn_a_word_round(course):
    faults = course(m=126.0)
    assert any("says 'first'" in fault and "'last'" in fault for fault in faults)


def test_a_sentence_that_is_lost_and_one_that_stands_twice_are_refused(course):
    for text in "", 2 * TEXT:
        faults = "".join(course(text))
        assert re.search(r"not once: .* change its row too", faults)


@pytest.mark.parametrize(
    ("written", "right", "wrong"),
    [("1.3", 1.349, 1.351), ("−0.30", -0.304, -0.306), ("twenty", 20.4, 20.6)],
)
def test_a_number_is_right_to_its_last_digit(written, right, wrong):
    assert table.agrees(written, right) and not table.agrees(written, wrong)


@pytest.mark.parametrize(
    ("artist", "change"),
    [
        ("line", {}),
        ("line", {"ydata": [3, 1]}),
        ("line", {"color": "blue"}),
        ("line", {"label": "SGD"}),
        ("axes", {"xlabel": "epoch"}),
        ("axes", {"yscale": "linear"}),
        ("axes", {"title": "It rises"}),
    ],
)
def test_a_figure_with_another_curve_label_or_axis_is_named(artist, change, course):
    course(
        TEXT,
        TABLE + "figure one\n"
        "  1: step | cost | linear log  <-  title: It {falls/rises} = gap < 0\n"
        "  Adam  <-  [3, gap]\n",
    )
    ((panel,),) = table.figures("04").values()
    fig, axes = plt.subplots()
    (line,) = axes.plot([3, -0.297], **look("Adam"))
    axes.set(xlabel="step", ylabel="cost", yscale="log", title="It falls")
    plt.setp({"line": line, "axes": axes}[artist], **change)
    assert bool([*table.figure_faults(panel, axes)]) == bool(change)
    plt.close(fig)


def test_a_sentence_that_differs_is_listed_unless_a_row_holds_it(course):
    course()
    now = {"text": TEXT.replace("silent", "still").replace("first", "last")}
    differ = looks.new_sentences(now, {"text": TEXT})
    assert [s.split()[-1] for place, s in differ] == ["still.", "a"]
    assert looks.held("04", "text", "Adam is first, in a")
    assert not looks.held("04", "text", "`lr=3` and $x = 4$ are silent.")


def test_the_board_is_drawn_anew_with_other_seeds():
    stored, again, other = (
        cells("03", "board-code", seed=seed)["curves"]["SGD"] for seed in (0, 0, 1)
    )
    assert np.array_equal(stored, again) and not np.array_equal(stored, other)


def test_what_is_left_of_a_cell_that_is_gone_is_named(monkeypatch):
    row = table.Row("08", "gone", "{a/b}", "True", line=7)
    monkeypatch.setattr(table, "rows", lambda name: [row])
    leftovers.dead_rows.cache_clear()
    (sentence,) = leftovers.dead_rows("08").values()
    assert sentence.endswith("line 7: there is no 'gone' any more: delete the row")
