"""Settings for all tests; a JupyterLab and a browser for those that ask for them."""

import os

import matplotlib
import pytest
from hypothesis import settings

from tools.lab import CHROMIUM, OPTIONS, jupyterlab

matplotlib.use("Agg")
os.environ["TQDM_DISABLE"] = "1"  # or a slow machine's progress bar is in an output

# The same examples on every machine, and nothing kept from run to run.
settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.load_profile("same")


@pytest.fixture(scope="session")
def browser():
    if not CHROMIUM:
        pytest.skip("NO BROWSER TEST RAN: no Chromium; try apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        yield driver.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)


@pytest.fixture(scope="session")
def course(browser):
    """The address of a JupyterLab, and the folder with a copy of the course."""
    with jupyterlab() as (address, root):
        yield address, root


@pytest.fixture(scope="session")
def lab(course):
    return course[0]


@pytest.fixture
def page(browser):
    """A page on which an error in the console fails the test."""
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda line: (
            errors.append(line.text)
            if line.type == "error"
            and "404" not in line.text  # JupyterLab looks for extras
            else None
        ),
    )
    yield page
    page.close()
    assert errors == []


@pytest.fixture
def offline(browser):
    """A page without a network, on which no error and no failed request passes."""
    context = browser.new_context(offline=True, viewport={"width": 1440, "height": 900})
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("requestfailed", lambda request: errors.append(request.url))
    page.on(
        "console",
        lambda line: errors.append(line.text) if line.type == "error" else None,
    )
    yield page
    context.close()
    assert errors == []
