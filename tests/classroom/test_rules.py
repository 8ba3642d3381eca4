"""What is right and what is told of it, the same in a notebook and on a page."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from classroom import progress, record, rules
from tools.course import NOTEBOOKS

NODE = shutil.which(
    "node", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
)
RULES = {**vars(rules), "mark_of": record.mark_of}


def which(answer=None, sure=None):
    """An entry of a prediction among options, which came out as SGD."""
    return {"answer": answer, "sure": sure, "outcome": "SGD", "within": 2}


def steps(answer=None, sure=None, within=2):
    """An entry of a prediction of a number, which came out as 6908."""
    return {"answer": answer, "sure": sure, "outcome": 6908.0, "within": within}


def on_a_page(cases, *sources):
    """Return what the functions of rules.js return, for `[(name, arguments), ...]`."""
    if not NODE:
        pytest.skip("WHAT A PAGE SAYS WAS NOT TRIED: no Node; `make site` brings it")
    calls = ", ".join(
        f"{re.sub('_(.)', lambda match: match[1].upper(), name)}(...{json.dumps(args)})"
        for name, args in cases
    )
    script = rules.script(*sources, f"console.log(JSON.stringify([{calls}]))")
    options = {"capture_output": True, "check": True, "encoding": "utf-8"}
    return json.loads(subprocess.run([NODE, "-"], input=script, **options).stdout)


NUMBERS = "5e3", "+7", ".5", "5.", " 2E-2\n"
NO_NUMBERS = [
    "many", "-3", "0", "nan", "inf", "10^3", "0,5", "0x10", "1_000", "1e999", "1e-999",
    "", " ", "٣", "5 6", "e5", ".", None,
]  # fmt: skip
RIGHT, WRONG = "✓ Right: you said ", "✗ Not quite: you said "
OFF = "; it was 6908, off by a factor of "
VERDICTS = [
    (which(), "SGD", "The answer is SGD."),
    (which("Adam"), "SGD", f"{WRONG}Adam; it was SGD."),
    (which("SGD"), "SGD", f"{RIGHT}SGD; it was SGD."),
    (steps(), "6908", "The answer is 6908."),
    (steps("many"), "6908", "The answer is 6908."),
    (steps("100"), "6908", f"{WRONG}100{OFF}69.1."),
    (steps("1"), "6908", f"{WRONG}1{OFF}6910."),
    (steps("5e3"), "6908", f"{RIGHT}5e3{OFF}1.38."),
    (steps("13816"), "6908", f"{RIGHT}13816{OFF}2."),
    (steps("13817"), "6908", f"{WRONG}13817{OFF}2."),
    (steps("3453"), "6908", f"{WRONG}3453{OFF}2."),
    (steps(" 3454 "), "6908", f"{RIGHT} 3454 {OFF}2."),
    (steps("5000", within=1.1), "6908", f"{WRONG}5000{OFF}1.38."),
    (steps("6908", within=1), "6908", f"{RIGHT}6908{OFF}1."),
]
CALIBRATIONS = [
    ([which("SGD", 0.75)] * 3 + [steps("1", 0.75)], "3 ± 0.87 of 4", 3, "well judged"),
    ([steps("7e3", 0.75)] * 2 + [which("Adam", 0.75)] * 2,
     "3 ± 0.87 of 4", 2, "you are too sure"),
    ([which("SGD", 0.75)] * 3 + [steps("1", 0.75)] * 2,
     "3.8 ± 0.97 of 5", 3, "well judged"),
    ([which("SGD", 0.75)] * 4, "3 ± 0.87 of 4", 4, "you can be surer"),
    ([which("SGD", 0.95)] * 4, "3.8 ± 0.44 of 4", 4, "well judged"),
    ([which("Adam", 0.95)], "0.95 ± 0.22 of 1", 0, "you are too sure"),
    ([which("SGD", 0.75), which("Adam")], "0.75 ± 0.43 of 1", 1, "well judged"),
]  # fmt: skip
AS_SURE = " As sure as you were, {} should come true; {} did: {}."
SCORES = [
    ([which(), steps("many", 0.95)],
     "You made no prediction. Make one: this line follows."),
    ([which("SGD"), which("Adam"), steps("7e3"), which()],
     "Predictions right: 2 of 3."),
    ([which("SGD", 0.95), which(None, 0.95)],
     "Predictions right: 1 of 1."
     " As sure as you were, 0.95 ± 0.22 of 1 should come true; 1 did: well judged."),
]  # fmt: skip
QUIZ = [{"first": first, "right": "yes"} for first in ("yes", "no", None)]
LINES = [
    {"line": "a = 1", "needs": [], "gives": "a"},
    {"line": "c = a + b", "needs": ["a", "b"], "gives": "c"},
    {"line": "b = 2", "needs": [], "gives": "b"},
    {"line": "c = a - b", "why": "the sign is flipped."},
]
ASKS = "✗ Not quite: line 2, “c = a + b”: it asks for {}, which is not there yet."
IN_ORDER = "✓ Right: each line finds what it asks for."
ORDERS = [
    ([None, 2, None], 2, "Line 2: b = 2 (1 of 3)"),
    ([None, 2, None], 0, "Taken out: a = 1 (1 of 3)"),
    ([0, 2, 1], 3, "All 3 places are taken: first take a line out."),
    ([0, 2, 1], 1, IN_ORDER),
    ([2, 0, 1], 0, IN_ORDER),  # as right as the other
    ([0, 1, 2], 2, ASKS.format("b")),
    ([2, 1, 3], 3, ASKS.format("a")),
    ([0, 2, 3], 3, "✗ Not quite: line 3, “c = a - b”: the sign is flipped."),
]  # fmt: skip
RIGHTLY, LATELY_WRONG, FIRST_WRONG = (  # how an earlier question was answered
    {"first": first, "answer": answer, "right": "yes"}
    for first, answer in (("yes", "yes"), ("yes", "no"), ("no", "yes"))
)


def quizzes(many, **answered):
    """Quizzes of five questions; q31=... is an answer to question 1 of quiz 3."""
    return [[answered.get(f"q{q}{k}", {}) for k in range(5)] for q in range(many)]


RETURNING = [
    # Without a record, and where all was right: one, two and four notebooks ago.
    (quizzes(1), [[0, 0], [0, 1], [0, 3]]),
    (quizzes(2), [[1, 2], [0, 1], [0, 4]]),
    (quizzes(4), [[3, 4], [2, 1], [0, 3]]),
    (quizzes(4, q34=RIGHTLY, q00=RIGHTLY), [[3, 4], [2, 1], [0, 3]]),
    # The last answer comes before the first, and that before the fixed ones.
    (quizzes(4, q30=FIRST_WRONG, q02=LATELY_WRONG), [[0, 2], [3, 0], [2, 1]]),
    # In turns, the last quiz first; two of one only where no other has as good a one.
    (quizzes(4, q00=LATELY_WRONG, q20=LATELY_WRONG, q23=LATELY_WRONG,
             q31=FIRST_WRONG), [[2, 0], [0, 0], [2, 3]]),
    (quizzes(8, **{f"q{q}3": FIRST_WRONG for q in (7, 5, 2)}, q74=FIRST_WRONG),
     [[7, 3], [5, 3], [2, 3]]),
    ([[{}], [{}]], [[1, 0], [0, 0]]),
]  # fmt: skip
CASES = [
    ("put", [[None, 2, None], 0], [0, 2, None]),
    ("put", [[0, 2, None], 0], [None, 2, None]),
    ("put", [[0, 2, 1], 3], [0, 2, 1]),
    *(("ordered", [LINES, *case], sentence) for *case, sentence in ORDERS),
    *(("positive", [text], float(text)) for text in NUMBERS),
    *(("positive", [text], None) for text in NO_NUMBERS),
    ("short", [12345.6, 3], "12300"),
    ("short", [7.2681, 4], "7.268"),
    ("short", [0.001234, 2], "0.0012"),
    ("short", [1.0, 3], "1"),
    *(("verdict", [entry, came], sentence) for entry, came, sentence in VERDICTS),
    *(("calibration", [entries], AS_SURE.format(*rest))
      for entries, *rest in CALIBRATIONS),
    ("calibration", [[which("SGD")]], ""),
    *(("score", [entries], sentence) for entries, sentence in SCORES),
    ("reply", [True, "it is so."], "✓ Right: it is so."),
    ("reply", [False, "it is not."], "✗ Not quite: it is not."),
    ("tally", [QUIZ], "2 of 3 answered, 1 right at once."),
    ("sheet", ["A", [0, None, 3]],
     "2 of 3 answered. They are kept, and nobody is told more; if your teacher asks "
     "for them: A, A-D"),
    *(("returning", [entries], places) for entries, places in RETURNING),
    ("mark_of", ["Which η?", ["a", "𝛼"], 1.1], "eda77915"),
]  # fmt: skip


def test_a_notebook_judges_and_says_what_it_should():
    for name, args, result in CASES:
        assert RULES[name](*args) == result, f"{name} of {args}"


def test_a_page_judges_and_says_the_same():
    results = on_a_page([(name, args) for name, args, _ in CASES])
    for (name, args, result), on_page in zip(CASES, results, strict=True):
        assert on_page == result, f"{name} of {args}"


def test_both_read_the_same_numbers_whatever_is_typed():
    rng = random.Random(1)
    letters = "0123456789" * 3 + "..eE+-_,x \t\n\xa0٣"
    texts = ["".join(rng.choices(letters, k=rng.randint(1, 6))) for _ in range(3000)]
    numbers = [rules.positive(text) for text in texts]
    assert 500 < sum(number is not None for number in numbers) < 2500
    assert on_a_page([("positive", [text]) for text in texts]) == numbers


def test_both_round_what_is_expected_alike():
    """Three who are 75% sure expect 2.25: a tie, which languages break differently."""
    cases = [("short", [n / 20, digits]) for n in range(1, 200) for digits in (2, 3, 4)]
    cases += [("short", [1.7**n, 3]) for n in range(-10, 40)]
    assert on_a_page(cases) == [rules.short(*args) for _, args in cases]


def test_a_page_knows_every_prediction_by_the_mark_that_a_notebook_has_for_it():
    texts = [path.read_text("utf-8") for path in NOTEBOOKS]
    cells = [cell for text in texts for cell in json.loads(text)["cells"]]
    data = [data for cell in cells for data in progress._data(cell)]
    cases = [[d["predict"], d["options"], d["within"]] for d in data if "predict" in d]
    marks = [record.mark_of(*case) for case in cases]
    assert len(marks) > 20
    assert on_a_page([("mark_of", case) for case in cases]) == marks
