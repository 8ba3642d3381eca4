"""The examples in the docstrings of utils and classroom give what they say."""

import doctest
import importlib
import inspect

import matplotlib.pyplot as plt
import pytest

from tests.rules import demand
from tools.course import ROOT

MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for room in ("utils", "classroom")
    for path in (ROOT / room).rglob("[a-z]*.py")
)
# They show a widget, a verdict or a file, or are what a check is made of; the sentences
# of refusals stand in refused.txt.
NO_EXAMPLES = (
    {"utils.refusals"}
    | {
        f"classroom.{name}"
        for name in (
            "budget",
            "questions",
            "puzzles",
            "record",
            "rules",
            "progress",
            "language",
            "start",
        )
    }
    | {name for name in MODULES if name.startswith("classroom.mistakes.")}
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_are_right(name):
    result = doctest.testmod(importlib.import_module(name))
    plt.close("all")
    demand(
        not result.failed,
        f"an example in a docstring of {name} gives something else than stands there "
        "(Expected and Got, below): mend the code, or the example if it is wrong",
    )
    assert result.attempted > 0 or name in NO_EXAMPLES


def test_every_public_function_has_an_example():
    for name in set(MODULES) - NO_EXAMPLES:
        module = importlib.import_module(name)
        functions = [
            value
            for each, value in vars(module).items()
            if inspect.isfunction(value)
            and value.__module__ == module.__name__
            and not each.startswith("_")
        ]
        assert [f.__name__ for f in functions if ">>>" not in (f.__doc__ or "")] == []
