"""For all tests of the exercises: no tracer is in the way, and no clock."""

import sys

import pytest

from classroom.mistakes import checks


@pytest.fixture(autouse=True)
def no_tracer():
    """Under a coverage tool there would be no time limit: take its tracer away."""
    tracer = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(tracer)


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch):
    """A reader waits 3 s for a name; a test, on a machine that does more, for it."""
    monkeypatch.setattr(checks, "SEARCH", 300)
