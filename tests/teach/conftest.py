"""The browser, in which handouts are printed."""

from tests.browser.conftest import browser  # noqa: F401
