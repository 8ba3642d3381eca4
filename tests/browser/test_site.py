"""The built site in a browser without a network: pages, links, sliders, access.

`make site` builds it; without it these tests are skipped, and say so.
"""

import re
from urllib.parse import unquote, urldefrag

import pytest

from tools.browser import move_by_keyboard
from tools.course import ROOT

SITE = ROOT / "build" / "site"
PAGES = sorted(
    page
    for page in SITE.rglob("*.html")
    if not {"lite", "slides", "_static"} & {*page.relative_to(SITE).parts}
)
SLIDES = sorted((SITE / "slides").glob("*.html"))
needs_site = pytest.mark.skipif(
    not PAGES, reason="THE SITE WAS NOT TESTED: it is not there; run make site"
)
every_mode = pytest.mark.parametrize("mode", ["light", "dark"])


def name(page):
    return str(page.relative_to(SITE))


def pages(paths):
    """Return the pages as parameters; what is tried on one stays in one process."""
    return [
        pytest.param(path, id=name(path), marks=pytest.mark.xdist_group(name(path)))
        for path in paths
    ]


# Formulas left as TeX, or broken; pictures that are not there or have no alternative.
UNSEEN = r"""
() => {
  const copy = document.querySelector('main').cloneNode(true), found = [];
  copy.querySelectorAll('pre, script').forEach(code => code.remove());
  const text = copy.textContent;
  if (/\\\(|\\\[|\$\$/.test(text)) found.push('a formula is not typeset');
  if (document.querySelector('.merror, .mjx-merror')) found.push('a formula is broken');
  for (const img of document.querySelectorAll('main img')) {
    if (!img.naturalWidth) found.push('a picture is missing: ' + img.src.slice(0, 80));
    if (!img.alt) found.push('a picture has no text: ' + img.src.slice(-80));
  }
  return found;
}
"""


@pytest.fixture(scope="module", params=pages(PAGES))
def opened(request, offline):
    """A page of the site, opened once for all tests of it."""
    offline.set_viewport_size({"width": 1440, "height": 900})
    offline.emulate_media(color_scheme="light")
    offline.goto(request.param.as_uri())
    if offline.locator(".math").count():
        offline.wait_for_function(
            "window.MathJax?.isReady && MathJax.Hub.queue.pending == 0"
        )
    return offline


@pytest.fixture
def shown(opened, mode):
    """The same page, light or dark as the reader's system is."""
    opened.emulate_media(color_scheme=mode)
    opened.wait_for_function(  # until no colour is on its way to another
        "mode => document.documentElement.dataset.theme == mode"
        " && !document.getAnimations().length",
        arg=mode,
    )
    return opened


@needs_site
@pytest.mark.parametrize("width", [1440, 390])
def test_a_page_opens_whole_and_fits_its_width(opened, width):
    opened.set_viewport_size({"width": width, "height": 900})
    assert opened.evaluate(UNSEEN) == []
    wide = opened.evaluate("document.documentElement.scrollWidth")
    opened.set_viewport_size({"width": 1440, "height": 900})
    assert wide <= width, f"{wide} pixels on a screen of {width}"


@needs_site
@every_mode
def test_axe_finds_no_serious_fault(shown):
    if not shown.evaluate("'axe' in window"):
        shown.add_script_tag(path=SITE / "_static" / "axe-core" / "axe.min.js")
    # What is not a violation stays in the browser: to hand it over takes ten seconds.
    violations = shown.evaluate(
        "axe.run({preload: false, resultTypes: ['violations']}).then("
        "result => result.violations)"
    )
    faults = [
        (fault["id"], node["target"], node["failureSummary"])
        for fault in violations
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]
    assert faults == []


@needs_site
@every_mode
def test_every_slider_of_a_page_moves_by_keyboard(shown, request):
    path = request.node.callspec.params["opened"]
    views = path.read_text("utf-8").count("widget-view+json")
    if views:
        shown.locator(".live .overlay svg:visible").nth(views - 1).wait_for()
    found = shown.locator(".live").all()
    for live in found:
        move_by_keyboard(shown, live)
    assert len(found) == views


@needs_site
def test_some_pages_have_sliders():
    assert sum("widget-view+json" in path.read_text("utf-8") for path in PAGES) > 0


def links(html):
    """Return what a page refers to, without what other sites hold."""
    found = re.findall(r'<[^<>]*\s(?:href|src)="([^"]+)"', html)
    return {link for link in found if not re.match(r"(\w+:|//)", link)}


def dead_links(here, html):
    """Yield each link within the site that leads nowhere."""
    for link in links(html):
        path, anchor = urldefrag(unquote(link).partition("?")[0])
        target = (here.parent / path).resolve() if path else here
        if target.is_dir():
            target /= "index.html"
        if not target.is_file():
            yield f"{name(here)}: nothing is at {link}"
        elif anchor and target.suffix == ".html":
            text = html if target == here else target.read_text("utf-8")
            if f'id="{anchor}"' not in text:
                yield f"{name(here)}: {link} has no such place"


@needs_site
@pytest.mark.parametrize("path", pages([*PAGES, *SLIDES]))
def test_every_link_within_the_site_leads_somewhere(path):
    assert list(dead_links(path, path.read_text("utf-8"))) == []


@needs_site
def test_a_dead_link_is_found():
    html = '<a href="gone.html"><a href="#gone"><a href="https://example.org/gone">'
    assert len(list(dead_links(SITE / "index.html", html))) == 2


@needs_site
@pytest.mark.parametrize("path", pages(PAGES))
def test_nothing_of_a_page_comes_from_another_site(path):
    html = path.read_text("utf-8")
    loaded = re.findall(r'<(?:script|img|iframe|source)[^>]* src="([^"]+)"', html)
    loaded += re.findall(r'<link[^>]*rel="stylesheet"[^>]*href="([^"]+)"', html)
    assert [url for url in loaded if re.match(r"(https?:)?//", url)] == []
