"""The built site in a browser without a network: pages, links, sliders, access.

`make site` builds it; without it these tests are skipped, and say so.
"""

import re
from urllib.parse import unquote, urldefrag

import pytest

from tools.course import ROOT
from tools.lab import move_by_keyboard

SITE = ROOT / "build" / "site"
PAGES = sorted(
    str(page.relative_to(SITE))
    for page in SITE.rglob("*.html")
    if not {"lite", "slides", "_static"} & {*page.relative_to(SITE).parts}
)
SLIDES = sorted(f"slides/{page.name}" for page in (SITE / "slides").glob("*.html"))
needs_site = pytest.mark.skipif(
    not PAGES, reason="THE SITE WAS NOT TESTED: it is not there; run make site"
)
every_page = pytest.mark.parametrize("name", PAGES or ["none"])
every_mode = pytest.mark.parametrize("mode", ["light", "dark"])
every_width = pytest.mark.parametrize("width", [1440, 390])

# Formulas left as TeX, or broken; pictures that are not there or have no alternative.
UNSEEN = r"""
() => {
  const text = document.querySelector('main').innerText, found = [];
  if (/\\\(|\\\[|\$\$/.test(text)) found.push('a formula is not typeset');
  if (document.querySelector('.merror, .mjx-merror')) found.push('a formula is broken');
  for (const img of document.querySelectorAll('main img')) {
    if (!img.naturalWidth) found.push('a picture is missing: ' + img.src.slice(0, 80));
    if (!img.alt) found.push('a picture has no text: ' + img.src.slice(-80));
  }
  return found;
}
"""


@pytest.fixture
def visit(offline):
    def go(name, width=1440, mode="light"):
        offline.set_viewport_size({"width": width, "height": 900})
        offline.emulate_media(color_scheme=mode)
        offline.goto((SITE / name).as_uri())
        if offline.locator(".math").count():
            offline.wait_for_function(
                "window.MathJax?.isReady && MathJax.Hub.queue.pending == 0"
            )
        return offline

    return go


@needs_site
@every_page
@every_width
def test_a_page_opens_whole_and_fits_its_width(name, width, visit):
    page = visit(name, width)
    assert page.evaluate(UNSEEN) == []
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, f"{wide} pixels on a screen of {width}"


@needs_site
@every_page
@every_mode
def test_axe_finds_no_serious_fault(name, mode, visit):
    page = visit(name, mode=mode)
    page.add_script_tag(path=SITE / "_static" / "axe-core" / "axe.min.js")
    result = page.evaluate("axe.run({preload: false})")
    faults = [
        (fault["id"], node["target"], node["failureSummary"])
        for fault in result["violations"]
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]
    assert faults == []


@needs_site
@every_mode
def test_every_slider_of_a_page_moves_by_keyboard(mode, visit):
    moved = sliders = 0
    for name in PAGES:
        views = (SITE / name).read_text("utf-8").count("widget-view+json")
        if not views:
            continue
        sliders += views
        page = visit(name, mode=mode)
        page.locator(".live .overlay svg:visible").nth(views - 1).wait_for()
        for live in page.locator(".live").all():
            move_by_keyboard(page, live)
            moved += 1
    assert moved == sliders > 0


def links(html):
    """Return what a page refers to, without what other sites hold."""
    found = re.findall(r'(?:href|src)="([^"]+)"', html)
    return {link for link in found if not re.match(r"(\w+:|//)", link)}


def dead_links(name, html):
    """Yield each link within the site that leads nowhere."""
    here = SITE / name
    for link in links(html):
        path, anchor = urldefrag(unquote(link).partition("?")[0])
        target = (here.parent / path).resolve() if path else here
        if target.is_dir():
            target /= "index.html"
        if not target.is_file():
            yield f"{name}: nothing is at {link}"
        elif anchor and target.suffix == ".html":
            text = html if target == here else target.read_text("utf-8")
            if f'id="{anchor}"' not in text:
                yield f"{name}: {link} has no such place"


@needs_site
@pytest.mark.parametrize("name", [*PAGES, *SLIDES] or ["none"])
def test_every_link_within_the_site_leads_somewhere(name):
    html = (SITE / name).read_text("utf-8")
    assert list(dead_links(name, html)) == []


@needs_site
def test_a_dead_link_is_found():
    html = '<a href="gone.html"><a href="#gone"><a href="https://example.org/gone">'
    assert len(list(dead_links("index.html", html))) == 2


@needs_site
@every_page
def test_nothing_of_a_page_comes_from_another_site(name):
    html = (SITE / name).read_text("utf-8")
    loaded = re.findall(r'<(?:script|img|iframe|source)[^>]* src="([^"]+)"', html)
    loaded += re.findall(r'<link[^>]*rel="stylesheet"[^>]*href="([^"]+)"', html)
    assert [url for url in loaded if re.match(r"(https?:)?//", url)] == []
