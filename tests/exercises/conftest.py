"""For all tests of the exercises: no clock."""

import pytest

from classroom.mistakes import exercises


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch):
    """A reader waits a second for a name, a test until it is there."""
    monkeypatch.setattr(exercises, "CALLS", 30)
    monkeypatch.setattr(exercises, "SEARCH", 300)
    monkeypatch.setattr(exercises, "PATIENCE", 3000)
