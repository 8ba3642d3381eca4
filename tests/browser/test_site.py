"""The built site in a browser without a network: pages, links, sliders, access.

`make site` builds it; without it these tests are skipped, and say so.
"""

import re
from urllib.parse import unquote, urldefrag

import matplotlib.pyplot as plt
import numpy as np
import pytest

from tests.library.test_sliders import unpacked
from tools.browser import move_by_keyboard
from tools.course import ROOT
from utils import figures  # noqa: F401  (its rcParams)

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


# Puts every control somewhere, as a hand would; says what the figure then says.
PUT = """
(live, places) => {
  const controls = [...live.querySelectorAll('[name]')];
  controls.forEach((control, k) => {
    if (control.type == 'range') control.value = places[k];
    else if (control.type == 'checkbox') control.checked = places[k];
    else control.selectedIndex = places[k];
  });
  controls[0].dispatchEvent(new Event('input', {bubbles: true}));
  return [live.querySelector('.said').textContent,
    [...live.querySelectorAll('li')].map(goal => goal.classList.contains('met')),
    live.querySelectorAll('.whole .moving path').length];
}
"""
SIZES = """
live => [...live.querySelectorAll('[name]')].map(control =>
  control.type == 'range' ? +control.max + 1
    : control.type == 'checkbox' ? 2 : control.options.length)
"""


@needs_site
def test_every_figure_of_a_page_moves_and_shows_what_python_drew(opened, request):
    path = request.node.callspec.params["opened"]
    found = opened.locator(".live").all()
    assert len(found) == path.read_text("utf-8").count('<div class="live"')
    for live in found:
        move_by_keyboard(opened, live)
        drawn = unpacked(live.locator(".positions").text_content())
        sizes = live.evaluate(SIZES)
        assert len(drawn) == np.prod(sizes)
        rng = np.random.default_rng(len(drawn))
        ends = [0] * len(sizes), [size - 1 for size in sizes]
        for places in *ends, *rng.integers(sizes, size=(100, len(sizes))).tolist():
            svg, *rest = drawn[np.ravel_multi_index(places, sizes)]
            assert live.evaluate(PUT, places) == [*rest, svg.count("<path")]


@needs_site
def test_an_address_can_say_where_the_controls_are(offline):
    page = next(path for path in PAGES if path.stem.startswith("05"))
    address = f"{page.as_uri()}#filters?beta1=0.5&gradients=growing&correction=off"
    offline.goto(address)
    said = offline.locator("#filters .said")
    offline.wait_for_function("document.querySelector('#filters .said').innerText")
    for part in "β₁ = 0.5,", "gradients = growing", "correction = off":
        offline.get_by_text(part).first.wait_for()
        assert part in said.text_content()


@needs_site
def test_questions_of_a_page_are_answered_judged_and_kept(offline):
    page = next(path for path in PAGES if path.stem.startswith("05"))
    offline.goto(page.as_uri())
    offline.get_by_label("longer", exact=True).check()
    offline.get_by_text("✓ Right: you said longer; it was longer.").wait_for()
    offline.get_by_label("certain, 95%").first.check()
    offline.get_by_text("1 of 1 predictions right. As sure as you were").wait_for()
    offline.get_by_label("nothing", exact=True).first.check()
    offline.get_by_text("✗ Not quite: that would need m and √v").wait_for()
    offline.get_by_text("1 of 5 answered, 0 right at once.").wait_for()
    offline.reload()
    offline.get_by_text("✓ Right: you said longer; it was longer.").wait_for()
    assert offline.get_by_label("longer", exact=True).is_checked()


@needs_site
def test_on_a_phone_panels_lie_one_below_the_other_and_can_be_read(offline):
    offline.set_viewport_size({"width": 390, "height": 844})
    smallest, targets = [], []
    for path in PAGES:
        if '<div class="live"' not in path.read_text("utf-8"):
            continue
        offline.goto(path.as_uri())
        for piece in offline.locator(".live .piece").all():
            scale = piece.evaluate("svg => svg.getScreenCTM().a")
            smallest.append(plt.rcParams["font.size"] * scale)
        for control in offline.locator(".live input[type=range], .live label").all():
            targets.append(control.bounding_box()["height"])
    offline.set_viewport_size({"width": 1440, "height": 900})
    assert smallest and min(smallest) >= 11
    assert min(targets) >= 44


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
