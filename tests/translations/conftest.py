"""The course in Spanish, for the tests that read it."""

import pytest

from tools.translate.make import write_course


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """The course in Spanish, its notebooks not run."""
    write_course("es", folder := tmp_path_factory.mktemp("course") / "es")
    return folder
