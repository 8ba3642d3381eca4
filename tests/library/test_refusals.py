"""What is refused, in which words, and what is still allowed: refused.txt."""

from pathlib import Path

import numpy as np
import pytest

from tests.rules import demand
from utils import (
    costs,
    data,
    descent,
    faults,
    flights,
    network,
    optimizers,
    schedules,
    stats,
    symptoms,
)

MODULES = (
    *(costs, data, descent, faults, flights, network),
    *(optimizers, schedules, stats, symptoms),
)
NET = network.Network((3, 4, 5))
# What the calls of the table may name, beside what the library has.
NAMES = {name: value for module in MODULES for name, value in vars(module).items()} | {
    "np": np,
    "slope": lambda theta, t: theta,
    "NET": NET,
    "theta": np.zeros(NET.size),
    "x": np.ones((9, 3)),
    "y": np.zeros(9, "int64"),
    "bowl": costs.quadratic(),
}


def rows():
    """Return (call, what is said) of each call of refused.txt."""
    table, calls = [], []
    for line in Path(__file__).with_name("refused.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            call, arrow, said = line.partition(" -> ")
            calls.append(call)
            if arrow:
                table += [(call, said) for call in calls]
                calls = []
    return table


@pytest.mark.parametrize(("call", "said"), rows(), ids=[call for call, _said in rows()])
def test_a_call_is_refused_in_its_sentence_or_allowed(call, said):
    answer = "allowed"
    try:
        eval(call, NAMES)
    except ValueError as error:
        answer = str(error)
    demand(
        answer == said,
        f"{call}\n{answer}\nis what the library says; tests/library/refused.txt has\n"
        f"{said}\nIf the first is what was meant, write it there.",
    )
