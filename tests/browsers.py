"""A browser, a JupyterLab for it, and a page that no error passes."""

import pytest

from tools.browser import CHROMIUM, OPTIONS, jupyter


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

    page.set_default_timeout(120_000)  # milliseconds; a machine may have much to do
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
