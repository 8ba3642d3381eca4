"""The examples in the docstrings of utils give what they say."""

import doctest
import importlib
import inspect

import matplotlib.pyplot as plt
import pytest

from tools.course import ROOT

MODULES = sorted(path.stem for path in (ROOT / "utils").glob("[a-z]*.py"))
# They show a widget, a verdict or a file, or are what a check is made of.
NO_EXAMPLES = {"checks", "calls", "slips", "questions", "record", "way"}


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_are_right(name):
    result = doctest.testmod(importlib.import_module(f"utils.{name}"))
    plt.close("all")
    assert result.failed == 0
    assert result.attempted > 0 or name in NO_EXAMPLES


def test_every_public_function_has_an_example():
    for name in set(MODULES) - NO_EXAMPLES:
        module = importlib.import_module(f"utils.{name}")
        functions = [
            value
            for each, value in vars(module).items()
            if inspect.isfunction(value)
            and value.__module__ == module.__name__
            and not each.startswith("_")
        ]
        assert [f.__name__ for f in functions if ">>>" not in (f.__doc__ or "")] == []
