"""The Spanish pages and slides: whole, alive, in Spanish, each with its English twin.

What the English edition's tests try of the same program is not tried again.
"""

import re

import pytest

from tests.browser.test_site import SITE, UNSEEN
from tests.browser.test_slides import FAULTS, settle, show
from tools.browser import move_by_keyboard
from tools.course import NOTEBOOKS
from tools.translate.held import english_words

SPANISH = SITE / "es"
# The library's pages are docstrings, which stay English.
PAGES = sorted(
    page
    for page in SPANISH.rglob("*.html")
    if not {"library", "slides", "_static"} & {*page.parts} and page.stem != "search"
)
needs_site = pytest.mark.skipif(
    not PAGES, reason="THE SPANISH SITE WAS NOT TESTED: it is not there; run make site"
)

# What a reader sees in letters; code, titles of papers and, in the glossary, the words'
# English names are English.
SAID = """
() => {
  const copy = document.querySelector('main, .slides').cloneNode(true);
  copy.querySelectorAll('pre, code, script, style, math, [lang=en], .mjx-chtml, ' +
    '.MathJax_Preview, #referencias, section > p > em:first-child').forEach(
    one => one.remove());
  const alts = [...copy.querySelectorAll('img')].map(img => img.alt);
  return [copy.textContent, ...alts].join(' ');
}
"""


def left(said):
    """Return the English words of a text; of a name of code, two_moons, none."""
    return english_words(re.sub(r"\w+_\w*", " ", said))


@needs_site
@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(SPANISH)))
def test_a_spanish_page_is_whole_moves_and_leads_to_its_twin(path, offline):
    offline.set_viewport_size({"width": 1440, "height": 900})
    offline.goto(path.as_uri())
    if offline.locator(".math").count():
        offline.wait_for_function(
            "window.MathJax?.isReady && MathJax.Hub.queue.pending == 0"
        )
    assert offline.evaluate(UNSEEN) == []
    assert offline.evaluate("document.documentElement.lang") == "es"
    twin = offline.locator("a.language").get_attribute("href")
    assert (path.parent / twin).resolve() == SITE / path.relative_to(SPANISH)
    assert (path.parent / twin).exists()
    for live in offline.locator(".live").all():
        move_by_keyboard(offline, live)
    assert not left(offline.evaluate(SAID))
    offline.set_viewport_size({"width": 390, "height": 900})
    assert offline.evaluate("document.documentElement.scrollWidth") <= 390


@needs_site
@pytest.mark.parametrize("name", [*(path.stem for path in NOTEBOOKS), "deck"])
def test_nothing_is_over_the_edge_of_a_spanish_slide(name, offline):
    offline.set_viewport_size({"width": 1440, "height": 900})
    show(offline, f"../es/slides/{name}")
    found = []
    for _ in range(200):
        found += offline.evaluate(FAULTS)
        if offline.evaluate("Reveal.isLastSlide()"):
            break
        offline.keyboard.press("n")
        settle(offline)
    else:
        raise AssertionError("two hundred keys do not lead to the last slide")
    assert sorted({*found}) == []
    assert not left(offline.evaluate(SAID))


def test_english_that_is_left_is_found():
    assert left("Quién gana the race") == {"the"}
    assert not left("Así, con `the code`, se gana")
