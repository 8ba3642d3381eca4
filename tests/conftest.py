"""Settings for all tests.  Imports nothing heavy: who tries one file waits for it."""

import gettext
import inspect
from functools import cache

import matplotlib
import pytest
from hypothesis import settings

from tests import changed
from tests.browsers import browser, course, offline  # noqa: F401  of many rooms

matplotlib.use("Agg")  # not in the environment, where kernels would find it

# The same examples on every machine, and nothing kept from run to run.
settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.load_profile("same")


def pytest_addoption(parser):
    parser.addoption(
        "--changed",
        action="store_true",
        help="only the tests of what has changed, as git knows it (tests/changed.py)",
    )


def pytest_report_header(config):
    return changed.report() if config.option.changed else []


def pytest_ignore_collect(collection_path, config):
    """Leave out whole files; None leaves it to others."""
    if config.option.changed and collection_path.name.startswith("test_"):
        return not changed.is_read(collection_path) or None
    return None


def pytest_collection_modifyitems(config, items):
    """Leave out the tests of notebooks that have not changed."""
    if config.option.changed:
        out = [item for item in items if not changed.is_chosen(item)]
        items[:] = [item for item in items if changed.is_chosen(item)]
        config.hook.pytest_deselected(items=out)


def pytest_sessionfinish(session, exitstatus):
    """Where nothing has changed there is nothing to try, and that is no fault."""
    if (
        session.config.option.changed
        and exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED
    ):
        session.exitstatus = pytest.ExitCode.OK


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Since pytest 9.2, marks of groups say nothing to xdist 3.8."""
    from tests.units import Units

    return Units(config, log)


def pytest_terminal_summary(terminalreporter):
    """Warn of messages that wait for a translation; a release fails for them."""
    passed = terminalreporter.stats.get("passed", [])
    if not any("test_messages.py" in report.nodeid for report in passed):
        return
    from tools.translate.waiting import named, waiting

    if lines := named(waiting()):
        terminalreporter.section(lines[0], yellow=True)
        terminalreporter.line("\n".join(lines[1:21]))


@cache
def run_time_messages():
    """Return what the catalogues have of what utils and the exercises say."""
    from tests.exercises.all_exercises import MODULES
    from tools.translate.catalogue import of_exercises, of_library

    messages = {message for _context, message, _where in of_library()}
    return messages.union(*map(of_exercises, MODULES))


@cache
def foreign_messages():
    """Return what the exercises say that the tests have for themselves."""
    from tests.exercises.foreign import FOREIGN, SHAPES
    from tools.translate.catalogue import of_exercises

    hints = {hint for _shape, hint in SHAPES.values()}
    return hints.union(of_exercises(inspect.getmodule(FOREIGN["fall"].answer)))


class Recorder(gettext.NullTranslations):
    """English, and what is looked up in it."""

    def __init__(self):
        super().__init__()
        self.asked = set()

    def gettext(self, message):
        self.asked.add(message)
        return message


@pytest.fixture(autouse=True)
def nothing_is_said_that_no_catalogue_has(request, monkeypatch):
    """Of all tests of the library and the exercises; single words are not meant."""
    if request.path.parent.name not in ("library", "classroom", "exercises"):
        yield
        return
    recorder = Recorder()
    monkeypatch.setattr(gettext, "dgettext", lambda _, text: recorder.gettext(text))
    yield
    if sentences := {text for text in recorder.asked if " " in text}:
        from tools.translate.messages import is_shown

        shown = {text for text in sentences if is_shown(text)}
        unknown = shown - run_time_messages() - foreign_messages()
        assert not unknown, "`make catalogues` finds none of these: where are they?"
