"""The browser, its JupyterLab and its page."""

from tests.browser.conftest import browser, course, offline  # noqa: F401
