"""The Spanish pages and slides: whole, alive, in Spanish, each with its English twin.

What the English edition's tests try of the same program is not tried again.
"""

import re

import pytest

from tests.browser import test_site
from tests.browser.test_lite import address, needs_lite, notebook  # noqa: F401
from tests.browser.test_site import SITE, UNSEEN
from tests.browser.test_slides import FAULTS, settle, show
from tests.translations.english import english_shown
from tools.browser import live_figures, move_by_keyboard
from tools.course import NOTEBOOKS, ROOT
from tools.translate.make import lookup
from tools.translate.messages import NAMES

SPANISH = SITE / "es"
# The library's pages are docstrings, which stay English.
PAGES = [
    page
    for page in test_site.SPANISH
    if page.parent.name != "library" and page.stem != "search"
]
needs_site = pytest.mark.skipif(
    not PAGES, reason="THE SPANISH SITE WAS NOT TESTED: it is not there; run make site"
)

# What a reader sees in letters; code, titles of papers and, in the glossary, the words'
# English names are English; so are the names of the library, which are links to it.
SAID = """
() => {
  const copy = document.querySelector('main, .slides').cloneNode(true);
  copy.querySelectorAll('pre, code, script, style, math, [lang=en], .mjx-chtml, ' +
    'a[href*="library/"], ' +
    '.MathJax_Preview, #referencias, section > p > em:first-child, ' +
    'li em:first-child').forEach(one => one.remove());
  const alts = [...copy.querySelectorAll('img')].map(img => img.alt);
  return [copy.textContent, ...alts].join(' ');
}
"""


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
    words = offline.evaluate(SAID)
    assert not english_shown(words)
    assert not re.search(r"\*\w+\*", words), "an emphasis is left as Markdown has it"


def names(page):
    """Return the names of a page's buttons, fields, pictures and folded parts."""
    html = re.sub(r"(?s)<(script|head)\b.*?</\1>", " ", page.read_text("utf-8"))
    named = re.findall(r'\b(?:title|aria-label|placeholder|alt)="([^"]+)"', html)
    folded = re.findall(r"(?s)<summary\b.*?>(.*?)</summary>", html)
    return {*named, *(re.sub(r"<[^>]*>", "", part).strip() for part in folded)}


@needs_site
@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(SPANISH)))
def test_no_button_or_picture_has_the_name_that_its_english_twin_has(path):
    """The theme has English ones, and every update of it may bring more."""
    same = names(path) & names(SITE / path.relative_to(SPANISH))
    texts = {name for name in same if re.search(r"[^\W\d_]{3}", name)}
    assert not {name for name in texts if name.lower() not in NAMES}


@needs_site
@pytest.mark.parametrize(
    "path", [*NOTEBOOKS, ROOT / "web" / "deck.md"], ids=lambda path: path.stem
)
def test_nothing_is_over_the_edge_of_a_spanish_slide(path, offline):
    offline.set_viewport_size({"width": 1440, "height": 900})
    show(offline, f"../es/slides/{path.stem}")
    faults = []
    for _ in range(200):
        faults += offline.evaluate(FAULTS)
        if offline.evaluate("Reveal.isLastSlide()"):
            break
        offline.keyboard.press("n")
        settle(offline)
    else:
        raise AssertionError("two hundred keys do not lead to the last slide")
    assert sorted({*faults}) == []
    assert not english_shown(offline.evaluate(SAID))


@needs_site
def test_a_search_says_in_spanish_that_no_page_has_the_word(offline):
    offline.goto(f"{(SPANISH / 'search.html').as_uri()}?q=xyzzy")
    offline.get_by_text("Ninguna página").wait_for()


# Write an answer into its cell, run this cell and others; what the last one says.
ANSWER = """
async ([ids, answer]) => {
  window.said = null;
  const {context: {sessionContext}, content} = jupyterapp.shell.currentWidget;
  await sessionContext.ready;
  const cells = ids.map(id => content.widgets.findIndex(({model}) => model.id == id));
  content.widgets[cells.at(-2)].model.sharedModel.setSource(answer);
  void (async () => {
    for (const cell of cells) {
      content.deselectAll();
      content.activeCellIndex = cell;
      await jupyterapp.commands.execute('notebook:run-cell');
    }
    const outputs = content.activeCell.model.outputs.toJSON();
    window.said = outputs.map(({text, evalue}) => text || evalue).join();
  })();
}
"""


def said_of(page, answer, cells):
    """Return what a check says of an answer, once these cells have run."""
    page.evaluate(ANSWER, [cells, answer])
    handle = page.wait_for_function("window.said", timeout=120_000)
    return handle.json_value()


@needs_lite
def test_in_jupyterlite_03_runs_moves_and_says_in_spanish_what_is_wrong(
    notebook,  # noqa: F811
):
    page = notebook("es/03_momentum")
    move_by_keyboard(page, next(live_figures(page)))
    exercise = ["room-stub", "room-check"]
    msgid = "that is the longest κ that fits: the bar itself takes 49 of it, so divide"
    mistake, *_rest = lookup("es", "03")("exercises", msgid).split(":")
    sentence = said_of(page, "room = 81", exercise)
    assert sentence.startswith(f"Todavía no: {mistake}:")
    assert said_of(page, "room = 9**2 / 49", exercise).startswith("Correcto.")


def test_english_that_is_left_is_found():
    assert english_shown("Quién gana the race") == {"the"}
    assert not english_shown("Así, con `the code`, se gana")
