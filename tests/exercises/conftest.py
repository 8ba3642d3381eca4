"""For all tests of the exercises: no tracer is in the way."""

import sys

import pytest


@pytest.fixture(autouse=True)
def no_tracer():
    """Under a coverage tool there would be no time limit: take its tracer away."""
    tracer = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(tracer)
