"""Settings for all tests; which of them make check runs; a browser."""

import gettext
import inspect
import re
from functools import cache

import matplotlib
import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from tests import changed
from tools.browser import CHROMIUM, OPTIONS, jupyter
from tools.translate.messages import is_shown
from tools.translate.waiting import named, waiting

matplotlib.use("Agg")

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
        return collection_path not in changed.chosen(changed.changed()) or None
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


class Together(LoadScopeScheduling):
    """Tests that share what takes long to make are run in one process."""

    def _split_scope(self, nodeid):
        """Return the name of what a test shares; its own, if it shares nothing."""
        file = nodeid.split("::")[0]
        page = re.search(r"\[([\w/]+\.html)", nodeid)  # opened once for its tests
        notebook = re.search(r"\[((?:deeper/)?\d\d\w*)", nodeid)
        if file.endswith(("test_browser.py", "test_predictions.py")):
            return "one JupyterLab"
        if "/claims/" in file or "test_code" in file:  # one run of the notebook's cells
            number = re.search(r"claims_(\d\d)|[\[-](\d\d)[]:_-]", nodeid)
            return f"claims {number[1] or number[2]}" if number else file
        if notebook and re.search(r"test_(edition|problems|runs)\.py$", file):
            return f"{file} {notebook[1]}"
        if file.endswith(("test_edition.py", "test_teaching.py")):
            return "one course in Spanish"
        if re.search(r"test_(fronts|grading|homework|messages|runs)\.py$", file):
            return file  # a notebook that was run, a class, a homework, all messages
        return page[1] if page else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Use the above: since pytest 9.2, marks of groups say nothing to xdist 3.8."""
    return Together(config, log)


def pytest_terminal_summary(terminalreporter):
    """Warn of messages that wait for a translation; a release fails for them."""
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
    asked = {text for text in recorder.asked if " " in text and is_shown(text)}
    unknown = asked - run_time_messages() - foreign_messages()
    assert not unknown, "`make catalogues` finds none of these: where are they said?"


@pytest.fixture(scope="session")
def browser():
    if not CHROMIUM:
        pytest.skip("NO BROWSER TEST RAN: no Chromium; try apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        yield driver.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)


@pytest.fixture(scope="session")
def course(browser):
    """The address of a JupyterLab, and the folder with the copy of the course there."""
    with jupyter() as (address, root):
        yield address, root


def watched(page, errors):
    """Return a page whose errors, and those in its console, are added to a list."""

    def note(line):
        if line.type == "error" and "favicon.ico" not in line.location["url"]:
            errors.append(line.text)

    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", note)
    return page


@pytest.fixture(scope="module")
def offline(browser):
    """A page without a network, on which no error and no failed request passes."""
    size = {"width": 1440, "height": 900}
    context = browser.new_context(offline=True, viewport=size, has_touch=True)
    page = watched(context.new_page(), errors := [])

    def failed(request):  # not one that is given up because the page is left
        if request.failure != "net::ERR_ABORTED":
            errors.append(f"{request.url}: {request.failure}")

    page.on("requestfailed", failed)
    yield page
    context.close()
    assert errors == []
