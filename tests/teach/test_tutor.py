"""A tutor that does not tell: AGENTS.md, and the ladders of hints that it climbs."""

import ast
import re
import warnings
from contextlib import suppress
from itertools import chain

import nbformat
import numpy as np
import pytest

from classroom.mistakes.differences import with_input
from classroom.mistakes.exercises import OnPaper
from classroom.mistakes.values import Outcome
from tests.exercises.all_exercises import EXERCISES, answers, every_exercise, handed
from tests.exercises.foreign import FOREIGN
from tests.rules import demand, demand_none
from tools.course import FOLDER, NOTEBOOKS, ROOT
from tools.plain import FENCE, tagged
from tools.teach import tutor

LADDERS = (FOLDER / "ladders.md").read_text("utf-8")
AGENTS = (ROOT / "AGENTS.md").read_text("utf-8")
SPANISH = (FOLDER / "es/ladders.md").read_text("utf-8")
WORDS = 16  # in a row, that may be a line of a solution


def ladder(name, ladders=LADDERS):
    """Return (rungs above the names, {name: (arguments, look)}) of an exercise."""
    text = ladders.partition(f"(`{name}`)\n")[2].partition("\n#")[0]
    above, given, names = [], "", {}
    for line in text.strip().splitlines():
        if not line.startswith("   - "):
            above.append(line)
            given = line[3:].rstrip(":")
            continue
        look, _, listed = line.removeprefix("   - ").partition(": ")
        above.append(look)
        for mistake in listed.split(" | "):
            assert mistake not in names, f"{name}: {mistake!r} stands there twice"
            names[mistake] = given, look
    return above, names


def test_the_ladders_are_those_of_the_exercises():
    demand(
        tutor.ladders() == LADDERS,
        "notebooks/ladders.md is not what the exercises make now: run "
        "python -m tools.teach.tutor, as make notebooks does",
    )


@every_exercise
def test_each_rung_is_narrower_than_the_last(name):
    """A section, a hint for all mistakes, looks for some, a name for one."""
    (section, *hint_and_looks), names = ladder(name)
    listed = {sentence.split(": ")[0] for sentence in EXERCISES[name].mistakes.values()}
    assert {*names} == listed
    looks = [*names.values()]
    few = len(names) < 5  # which may all look alike
    assert few or all(looks.count(look) < len(names) for look in looks)
    above = "\n".join([section, *hint_and_looks])
    demand_none(
        f"{name}: a rung above says {mistake!r}, the name of a mistake: say less there"
        for mistake in names
        if re.search(rf"(?<!\w){re.escape(mistake)}(?!\w)", above)
    )


@every_exercise
def test_the_spanish_ladder_has_a_name_for_each_english_one(name):
    (above, names), (spanish, nombres) = ladder(name), ladder(name, SPANISH)
    demand(
        (len(above), len(names)) == (len(spanish), len(nombres)),
        f"{name}: two names are one in Spanish, or one is two: mend the Spanish of its "
        "mistakes, then make spanish",
    )


@pytest.mark.parametrize(
    ("mine", "right", "seen"),
    [
        (2.0, 2.0, ""),
        (np.nan, 2.0, "is not a number"),
        (0.0, 2.0, "is 0"),
        (2.0, 0.0, "is not 0"),
        (-2.0, 3.0, "has the other sign"),
        (-4.0, -3.0, "is too large"),
        (-2.0, -3.0, "is too small"),
        ([2.0, 3.0], 2.0, "has another shape"),
    ],
)
def test_a_look_says_how_a_value_is_wrong_and_not_by_how_much(mine, right, seen):
    mine, right = (Outcome((np.array(value),)) for value in (mine, right))
    seen = seen and f"`time` {seen}"
    assert tutor.look(FOREIGN["fall"], mine, right) == seen


ROWS = answers("tutored.txt", EXERCISES)


@pytest.mark.parametrize(
    ("name", "answer", "wrong"), ROWS, ids=[f"{n}-{s[:40]}" for n, _, s in ROWS]
)
def test_a_wrong_answer_is_mapped_to_the_mistake_that_the_check_says(
    name, answer, wrong
):
    """By the check's text alone; and the look in front of it is true of the answer."""
    exercise, names = EXERCISES[name], ladder(name)[1]
    verdict = exercise.verdict(answer).removeprefix("Not yet: ")
    (mistake,) = [name for name in names if verdict.startswith(f"{name}: ")]
    assert wrong in mistake
    given, look = names[mistake]
    function = (lambda *_: answer) if isinstance(exercise, OnPaper) else answer
    cases = zip(exercise.cases, exercise.targets, strict=True)
    seen = [
        tutor.look(exercise, exercise.outcome(function, case), right)
        for k, (case, right) in enumerate(cases)
        if with_input(exercise, k, "") == f"{given}, " or given == "their number"
    ]
    assert {*seen} & {*look.split(", or ")}, seen


def test_there_are_thirty_wrong_answers_of_nearly_all_exercises():
    assert len(ROWS) >= 30 and len({name for name, *_ in ROWS}) > 25


# No line of a solution, whatever its names.


class Nameless(ast.NodeTransformer):
    """Code without its names."""

    def visit_Name(self, node):
        return ast.Name("_")


def nameless(node):
    return ast.unparse(Nameless().visit(node))


def lines_of(source):
    """Return each line of code, and the value in it, without names.

    A line that does only one thing is left out: many do that.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.Return | ast.Expr):
            for tree in node, node.value:
                work = ast.operator | ast.Call | ast.Subscript | ast.cmpop
                if sum(isinstance(part, work) for part in ast.walk(tree)) > 1:
                    yield nameless(tree)


def parts_of(source):
    """Return the functions of NumPy that code calls, and the sums in it, nameless.

    What has only names and one operator is left out: too many sums are like that.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and re.match(r"np\.", ast.unparse(node.func)):
            yield ast.unparse(node.func)
        if isinstance(node, ast.BinOp | ast.Call):
            marks = ast.operator | ast.Call | ast.Constant
            if sum(isinstance(part, marks) for part in ast.walk(node)) > 1:
                yield plain(node)


def plain(node):
    """Return a sum without names, whether a function is NumPy's or not."""
    return re.sub(r"_\.\w+(?=\()", "_", nameless(node))


def in_formulas(text):
    """Return the functions of NumPy in a text, and its formulas as Python has them."""
    pieces = {*re.findall(r"`(np\.[\w.]+)", text)}
    for formula in re.findall(r"\$([^$]+)\$", text):
        code = re.sub(r"\\text\{(\w+)\}", r"\1", formula).replace("^", "**")
        code = re.sub(r"\\([a-z]+)", r" \1", re.sub(r"_(\w|\{[^}]*\})", "", code))
        code = re.sub(r"(eta) (lambda)", r"\1 * \2", code).replace("lambda", "lam")
        with suppress(SyntaxError):
            pieces.add(plain(ast.parse(code.strip(), mode="eval").body))
    return pieces


def solutions():
    """Yield the code of every right answer, and of every published solution."""
    for exercise in EXERCISES.values():
        yield from exercise.sources
    for path in NOTEBOOKS:
        for cell in tagged(nbformat.read(path, as_version=4), "solution"):
            yield FENCE.search(cell.source)[1]


def told(text):
    """Return the lines of solutions that stand in a text, alone or among words."""
    known, matches = {*chain(*map(lines_of, solutions()))}, set()
    assert len(known) > 100
    powers = str.maketrans({"²": "**2", "³": "**3", "ᵗ": "**t", "`": " ", "$": " "})
    rows = [line.translate(powers).split() for line in {*text.splitlines()}]
    pieces = {
        " ".join(row[i : i + n]).strip(".,:;|")
        for row in rows
        for i in range(len(row))
        for n in range(1, WORDS + 1)
    }
    for piece in pieces:
        with warnings.catch_warnings(action="ignore"):
            try:
                lines = ast.parse(piece).body
            except (SyntaxError, ValueError):
                continue
        matches |= {piece for line in lines if nameless(line) in known}
    parts = {*chain(*map(parts_of, solutions()))}
    return matches | (in_formulas(text) & parts)


def test_no_line_of_a_solution_is_in_what_an_assistant_reads():
    demand_none(
        f"a line of a solution stands in AGENTS.md or the ladders: {line!r}"
        for line in told(f"{AGENTS}\n{LADDERS}\n{SPANISH}")
    )


@pytest.mark.parametrize(
    "line",
    [
        "2. Try `a = b * (1 - c ** (k - 1))` first.",
        "the third line is w = w - eta * a / (np.sqrt(b) + e), is it not?",
        "it is a² + b²·c: a**2 + b² * c",
        "2. `np.minimum.accumulate` goes down the rows.",
        "`np.nanargmin` does not.",
        "a loop over the pairs does it, or `np.add.at`.",
        r"Two factors: the climb, $\min(t/\text{warmup}, 1)$, and the cosine.",
        r"multiplies the coordinate of curvature $\lambda$ by $1 - \eta\lambda$",
    ],
)
def test_a_line_with_other_names_would_be_found(line):
    assert told(line)


ON_PAPER = [
    name for name, exercise in EXERCISES.items() if isinstance(exercise, OnPaper)
]


@pytest.mark.parametrize("name", ON_PAPER)
def test_no_number_of_an_exercise_on_paper_is_there(name):
    exercise = EXERCISES[name]
    text = LADDERS.partition(f"(`{name}`)\n")[2].partition("\n#")[0]
    right = abs(handed(exercise, exercise.answer))
    near = [
        n
        for n in re.findall(r"\d+(?:\.\d+)?", text)
        if abs(float(n) / right - 1) < 0.02
    ]
    demand(not near, f"{name}: its ladder says {near}, the right number: say less")
