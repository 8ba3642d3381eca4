"""Formulas of the course are compared with each other: a slip is seldom made twice."""

import re
from collections import Counter, defaultdict

from tests.claims import texts
from tests.rules import demand
from tools.course import PATHS

SPACES = r"\\(?:q?quad|[,;!]|(?:left|right|[bB]igg?[lr]?)(?![a-z]))|[\s&$]"
ENDS = r"=|[<>,]|\\(?:leftarrow|approx|le|ge|lt|gt|to|\\|(?:text|begin|end)\{[^}]*\})"
ACCENT = r"\\(?:hat|tilde|bar|mathbb|partial|cdot)"
# A symbol with its index or power, and those that stand in one formula alone.
POWER = re.compile(r"(\\[a-zA-Z]+|[A-Za-zθ]|[)\]}|])([_^])(\d)")
ONCE = r"""
)^9 P^3 \beta^3 \fracsmEh^2 \kappa^2 \log_2 \pi_2 \rho^2 \tanh^2 \theta_0 \xi^2 b_1
b_2 m_2 s^5 u^2 x_1 x_2
"""
# Sides of formulas that differ in their numbers alone, and are right: two methods, ...
BOTH = r"""
#-#/\sqrt\kappa #-\beta_# #-\beta_#^# #-\beta_#^t #\eta #g \frac{#}{#} \mathbbEa^#
\partialJ/\partialW_# \beta_#m+(#-\beta_#)g p\delta_# r_#^t
"""


def formulas():
    """Yield each formula of the course, without its spaces and needless braces."""
    for name in (*PATHS, *texts.PAGES):
        for text in texts.places(name).values():
            for tex in texts.FORMULA.findall(text):
                tex = re.sub(SPACES, "", tex).replace("tfrac", "frac")
                tex = re.sub(r"\\frac(\d)(\d)", r"\\frac{\1}{\2}", tex)
                yield re.sub(r"([_^])\{(\w)\}", r"\1\2", tex)


def sides(tex):
    """Return the sides of a formula that have a number, and are long enough to tell."""
    parts = (part.strip(".") for part in re.split(ENDS, tex))
    return [p for p in parts if len(re.sub(r"\\[a-z]+", "x", p)) > 3
            and re.search(r"\d", p) and re.search(r"[\\a-zA-Z]", p)]  # fmt: skip


def test_an_index_or_a_power_that_stands_once_in_the_course_is_one_of_these():
    bare = (re.sub(ACCENT, "", tex) for tex in formulas())
    counts = Counter("".join(part) for tex in bare for part in POWER.findall(tex))
    once, known = {p for p, times in counts.items() if times == 1}, {*ONCE.split()}
    demand(
        once == known,
        f"{sorted(once - known)} stand in one formula of the course: is it a slip? If "
        f"not, add them to ONCE here; {sorted(known - once)} do no more: delete them",
    )


def test_a_side_of_a_formula_that_stands_twice_has_the_same_numbers():
    alike = defaultdict(set)
    for tex in formulas():
        for side in sides(tex):
            alike[re.sub(r"\d+(?:\.\d+)?", "#", side)].add(side)
    differ = {form: found for form, found in alike.items() if len(found) > 1}
    known = {*BOTH.split()}
    demand(
        {*differ} == known,
        f"{[differ[form] for form in {*differ} - known]} differ in their numbers "
        f"alone: is one a slip? If not, add {sorted({*differ} - known)} to BOTH here; "
        f"{sorted(known - {*differ})} are alike: delete them",
    )
