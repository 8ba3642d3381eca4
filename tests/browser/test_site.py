"""The built site in a browser without a network: pages, links, sliders, access.

`make site` builds it; without it these tests are skipped, and say so.
"""

import gzip
import json
import re
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit
from urllib.request import url2pathname

import matplotlib.pyplot as plt
import numpy as np
import pytest

from tests.browser.hands import (
    ON_SCREEN,
    assert_as_drawn,
    choose_in_the_axes,
    drag,
    drawn_ahead,
    every_move,
)
from tools.browser import move_by_keyboard
from tools.course import NOTEBOOKS, ROOT
from utils import figures  # noqa: F401  (its rcParams)

SITE = ROOT / "build" / "site"
PAGES = sorted(
    page
    for page in SITE.rglob("*.html")
    if not {"lite", "slides", "_static", "es"} & {*page.relative_to(SITE).parts}
)
SPANISH = sorted(
    page
    for page in (SITE / "es").rglob("*.html")
    if not {"slides", "_static"} & {*page.relative_to(SITE).parts}
)
SLIDES = sorted((SITE / "slides").glob("*.html"))
ALIKE = [
    page
    for page in PAGES
    if page.parent == SITE / "library" and page.stem not in ("index", "costs")
]
needs_site = pytest.mark.skipif(
    not PAGES, reason="THE SITE WAS NOT TESTED: it is not there; run make site"
)
MONTHLY = pytest.mark.monthly
every_mode = pytest.mark.parametrize("mode", ["light", "dark"])


def name(page):
    return str(page.relative_to(SITE))


def pages(paths):
    """Return the pages as parameters; what is tried on one stays in one process.

    The library's are made alike: its list and one module are tried at each change.
    """
    return [
        pytest.param(path, id=name(path), marks=MONTHLY if path in ALIKE else ())
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
    if (/^$|png$/.test(img.alt)) found.push('no text: ' + img.src.slice(-80));
  }
  return found;
}
"""


@pytest.fixture(scope="module")
def loaded(offline):
    """The addresses of what the page that is opened asks for, itself among them."""
    addresses = set()
    offline.on("request", lambda request: addresses.add(request.url))
    return addresses


@pytest.fixture(scope="module", params=pages(PAGES))
def opened(request, offline, loaded):
    """A page of the site, opened once for all tests of it."""
    loaded.clear()
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
def test_a_page_opens_whole_and_fits_its_width(opened):
    assert opened.evaluate(UNSEEN) == []
    wide = opened.evaluate("document.documentElement.scrollWidth")
    assert wide <= 1440, f"{wide} pixels on a screen of 1440"


def serious_faults(page, rules=None):
    """Return what axe finds, by all rules or by some, that keeps people out."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=SITE / "_static" / "axe-core" / "axe.min.js")
    options = {"preload": False, "resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = rules
    # What is not a violation stays in the browser: to hand it over takes ten seconds.
    violations = page.evaluate(
        "options => axe.run(options).then(result => result.violations)", options
    )
    return [
        (fault["id"], node["target"], node["failureSummary"])
        for fault in violations
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


@needs_site
@every_mode
def test_axe_finds_no_serious_fault(shown, mode):
    colours = ["color-contrast", "link-in-text-block"]  # all that is other in the dark
    assert serious_faults(shown, colours if mode == "dark" else None) == []


@needs_site
def test_controls_are_seen_on_a_phone_in_the_dark(offline):
    """There they stick to the screen's edge, on a ground of their own."""
    offline.set_viewport_size({"width": 390, "height": 844})
    offline.emulate_media(color_scheme="dark")
    offline.goto(next(path for path in PAGES if path.stem.startswith("04")).as_uri())
    faults = serious_faults(offline, ["color-contrast"])
    scheme = "input => getComputedStyle(input).colorScheme"
    radio = offline.locator(".asked [type=radio]").first.evaluate(scheme)
    offline.emulate_media(color_scheme="light")
    offline.set_viewport_size({"width": 1440, "height": 900})
    assert faults == []
    assert radio == "light", "dark in its light box, an open circle looks chosen"


# Puts every control somewhere, without a hand.
PUT = """
(live, places) => {
  const controls = [...live.querySelectorAll('[name]')];
  controls.forEach((control, k) => {
    if (control.type == 'range') control.value = places[k];
    else if (control.type == 'checkbox') control.checked = places[k];
    else control.selectedIndex = places[k];
  });
  controls[0].dispatchEvent(new Event('input', {bubbles: true}));
}
"""


@needs_site
@pytest.mark.parametrize("many", [25, pytest.param(100, marks=MONTHLY)])
def test_every_figure_of_a_page_moves_and_shows_what_python_drew(opened, request, many):
    path = request.node.callspec.params["opened"]
    pictures = opened.locator(".live").all()
    assert len(pictures) == path.read_text("utf-8").count('<div class="live"')
    for live in pictures:
        move_by_keyboard(opened, live)
        drawn, sizes = drawn_ahead(live)
        rng = np.random.default_rng(len(drawn))
        most = [*sizes.values()]
        for places in rng.integers(most, size=(many, len(most))).tolist():
            live.evaluate(PUT, places)
            assert [*assert_as_drawn(live, drawn, sizes).values()] == places


@needs_site
@pytest.mark.parametrize("more", [1, pytest.param(5, marks=MONTHLY)])
def test_every_control_follows_mouse_finger_and_keys(opened, more):
    for live in opened.locator(".live").all():
        drawn, sizes = drawn_ahead(live)
        for _ in every_move(opened, live, more):
            assert_as_drawn(live, drawn, sizes)
        ring = "getComputedStyle(document.activeElement).outlineWidth"
        assert opened.evaluate(ring) == "3px"  # keys were the last hand


# Notes what changes, and moves a slider to its end, its beginning and its end at once.
HURRY = """
live => {
  window.told = [];
  for (const one of ['said', 'status'])
    new MutationObserver(changes => changes.forEach(() => told.push(one))).observe(
      live.querySelector('.' + one), {childList: true});
  const slider = live.querySelector('input[type=range]');
  for (const value of [slider.max, 0, slider.max]) {
    slider.value = value;
    slider.dispatchEvent(new Event('input', {bubbles: true}));
  }
}
"""
ANNOUNCED = """
live => live.querySelector('.status').textContent
  == live.querySelector('.said').textContent
"""


@needs_site
def test_what_is_said_is_announced_once_the_hand_rests(opened):
    for live in opened.locator(".live:has(input[type=range])").all():
        live.locator("input[type=range]").first.press("Home")
        opened.wait_for_function(ANNOUNCED, arg=live.element_handle())
        live.evaluate(HURRY)
        opened.wait_for_function("told.includes('status')")
        assert live.evaluate(ANNOUNCED)
        told = opened.evaluate("told")
        assert told.count("status") == 1 and told[-1] == "status" and "said" in told


@needs_site
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("times", [1, pytest.param(3, marks=MONTHLY)])
def test_a_click_a_tap_and_a_drag_in_the_axes_choose_two_sliders(opened, width, times):
    opened.set_viewport_size({"width": width, "height": 844})
    for ground in opened.locator(".live .ground").all():
        live = ground.locator("xpath=ancestor::div[@id][1]")
        choose_in_the_axes(opened, live, ["mouse", "finger"], times)
    opened.set_viewport_size({"width": 1440, "height": 900})


@needs_site
def test_a_finger_that_scrolls_the_page_over_the_axes_moves_no_slider(offline):
    offline.set_viewport_size({"width": 390, "height": 844})
    offline.goto(next(path for path in PAGES if path.stem.startswith("00")).as_uri())
    live = offline.locator("#motion")
    svg = live.locator("svg:visible").first
    svg.evaluate("svg => svg.scrollIntoView({block: 'center', behavior: 'instant'})")
    sentence, top = live.locator(".said").text_content(), svg.bounding_box()["y"]
    drag(offline, "finger", *svg.evaluate(ON_SCREEN, [150, 60]), way=(0, -100))
    offline.wait_for_timeout(300)
    assert svg.bounding_box()["y"] < top - 50
    assert live.locator(".said").text_content() == sentence
    offline.set_viewport_size({"width": 1440, "height": 900})


@needs_site
def test_play_stops_at_the_end_and_shows_five_pictures_to_who_wants_no_motion(offline):
    offline.goto(next(path for path in PAGES if path.stem.startswith("00")).as_uri())
    offline.emulate_media(reduced_motion="reduce")
    live = offline.locator("#motion")
    time = live.locator("[name=t]")
    time.fill("0")
    live.get_by_role("button", name="play").click()
    seen = set()
    while live.get_by_role("button", name="pause").count():
        seen.add(time.input_value())
        offline.wait_for_timeout(50)
    offline.emulate_media(reduced_motion="no-preference")
    assert seen | {time.input_value()} == {"0", "4", "8", "12", "16", "20"}


@needs_site
@pytest.mark.parametrize("width", [1440, 390])
def test_what_is_pinned_stays_while_the_hand_moves_on(offline, width):
    offline.set_viewport_size({"width": width, "height": 844})
    offline.goto(next(path for path in PAGES if path.stem.startswith("05")).as_uri())
    live = offline.locator(".live").first
    pin, pinned = live.get_by_role("button", name="pin"), live.locator(".pinned")
    drawn = live.locator(".moving path").first.get_attribute("d")
    sentence = live.locator(".said").text_content()
    pin.press("Enter")
    assert pin.get_attribute("aria-pressed") == "true"
    live.locator("input[type=range]").first.press("End")
    assert live.locator(".moving path").first.get_attribute("d") != drawn
    assert pinned.locator("path").first.get_attribute("d") == drawn
    assert live.locator(".kept").text_content() == sentence
    names = "live => [...live.querySelectorAll('[id]')].map(one => one.id)"
    ids = live.evaluate(names)
    pin.press("Enter")
    offline.set_viewport_size({"width": 1440, "height": 900})
    assert len(ids) == len({*ids})
    assert pinned.inner_html() == "" and live.locator(".kept").text_content() == ""


@needs_site
def test_the_code_that_is_unfolded_follows_the_hand(offline):
    offline.goto(next(path for path in PAGES if path.stem.startswith("05")).as_uri())
    live = offline.locator(".live").first
    numpy, torch = live.locator(".code details").all()
    last = json.loads(live.locator(".code").get_attribute("data-values"))["lr"][-1]
    numpy.locator("summary").click()
    live.locator("input[type=range]").first.press("End")
    assert f"\nlr = {last}\n" in numpy.locator("pre").text_content()
    torch.locator("summary").click()
    torch.locator("pre", has_text=f"lr = {last}").wait_for()


@needs_site
def test_an_address_can_say_where_the_controls_are(offline):
    page = next(path for path in PAGES if path.stem.startswith("01"))
    offline.goto(f"{page.as_uri()}#through?s=2&activation=tanh")
    sentence = offline.locator("#through .said")
    offline.wait_for_function("document.querySelector('#through .said').innerText")
    for part in "s = 2,", "activation = tanh":
        offline.get_by_text(part).first.wait_for()
        assert part in sentence.text_content()


@needs_site
def test_questions_of_a_page_are_answered_judged_and_kept(offline):
    page = next(path for path in PAGES if path.stem.startswith("05"))
    offline.goto(page.as_uri())
    offline.get_by_label("longer", exact=True).check()
    offline.get_by_text("✓ Right: you said longer; it was longer.").wait_for()
    offline.get_by_label("certain, 95%").nth(1).check()
    offline.get_by_text("Predictions right: 1 of 1. As sure as you were").wait_for()
    offline.get_by_label("divide it by 1000", exact=True).check()
    offline.get_by_text("✗ Not quite: that is right for SGD").wait_for()
    offline.get_by_text("1 of 4 answered, 0 right at once.").wait_for()
    offline.reload()
    offline.get_by_text("✓ Right: you said longer; it was longer.").wait_for()
    assert offline.get_by_label("longer", exact=True).is_checked()


# How many pixels high the smallest letters of each picture are, and what a finger
# must hit, with its height.
READ = """
letters => [...document.querySelectorAll('.live svg.piece')].map(
    svg => [letters * svg.getScreenCTM().a, svg.closest('.live').id])
  .concat([...document.querySelectorAll('.column svg')].map(
    svg => [letters * 200 / 72 * svg.getScreenCTM().a, 'a panel']))
  .concat([...document.querySelectorAll('.cell_output img')].map(img => [
    letters * 200 / 72 * img.getBoundingClientRect().width / img.naturalWidth,
    img.alt.slice(0, 40)]))
"""
TARGETS = """
() => [...document.querySelectorAll('.live :is(label, input, select, button),'
    + ' .asked :is(label, a, button), main summary')]
  .filter(one => one.checkVisibility()
      && !(one.matches('[type=checkbox]')))
  .map(one => [one.getBoundingClientRect().height, one.outerHTML.slice(0, 80)])
"""
# Formulas that stand on lines of their own, and are wider than their boxes.
TOO_WIDE = """
() => [...document.querySelectorAll('main .MJXc-display')]
  .filter(box => box.checkVisibility() && (box.scrollWidth > box.clientWidth
    || box.querySelector('.mjx-math').getBoundingClientRect().width > box.clientWidth))
  .map(box => box.parentElement.querySelector('script').textContent)
"""
# Stops that stand on a line below that of their formula.
ALONE = r"""
() => [...document.querySelectorAll('main .math .mjx-math')].flatMap(drawn => {
  const formula = drawn.closest('.math'), after = formula.nextSibling;
  const stop = /^[.,;:?!)]+/.exec(after?.textContent ?? '');
  if (!stop || after.nodeType != 3 || !formula.checkVisibility()) return [];
  const range = document.createRange();
  range.setStart(after, 0);
  range.setEnd(after, stop[0].length);
  const [one, other] = [drawn, range].map(part => part.getBoundingClientRect());
  return other.top > one.bottom ? [formula.parentElement.textContent.slice(0, 60)] : [];
})
"""
SET = """
!document.querySelector('.math')
  || window.MathJax?.isReady && !MathJax.Hub.queue.pending
"""


# Whether the controls are in view while the picture's top is at the screen's.
FORM_BELOW = """
live => {
  live.querySelector('.picture').scrollIntoView({block: 'start', behavior: 'instant'});
  const form = live.querySelector('form').getBoundingClientRect();
  return form.top > 0 && form.bottom < innerHeight + 1 && 2 * form.height < innerHeight;
}
"""


@needs_site
@pytest.mark.parametrize("path", pages([*PAGES, *SPANISH]))
def test_on_a_phone_pictures_are_read_controls_are_hit_and_nothing_runs_off(
    offline, path
):
    """Opened there: a figure of several panels is stacked while a page loads."""
    offline.set_viewport_size({"width": 390, "height": 844})
    offline.goto(path.as_uri())
    offline.wait_for_function(SET)
    letters = plt.rcParams["font.size"]
    read, targets = offline.evaluate(READ, letters), offline.evaluate(TARGETS)
    below = [live.evaluate(FORM_BELOW) for live in offline.locator(".live").all()]
    offline.evaluate(
        "document.querySelectorAll('details').forEach(one => { one.open = true; })"
    )
    wide, alone = offline.evaluate(TOO_WIDE), offline.evaluate(ALONE)
    whole = offline.evaluate("document.documentElement.scrollWidth")
    offline.set_viewport_size({"width": 1440, "height": 900})
    assert [size for size in read if size[0] < 11] == []
    assert [size for size in targets if size[0] < 44] == []
    assert all(below)
    assert (wide, alone, whole) == ([], [], 390)


@needs_site
def test_the_front_page_shows_each_notebook_with_its_picture_and_question(offline):
    offline.goto((SITE / "index.html").as_uri())
    rows = offline.locator(".front tr").all()
    assert len(rows) == len(NOTEBOOKS)
    for row, path in zip(rows, NOTEBOOKS, strict=True):
        assert row.locator("a").get_attribute("href") == f"notebooks/{path.stem}.html"
        assert row.locator("img").evaluate("img => img.naturalWidth") == 400
        assert len(row.locator("img").get_attribute("alt")) > 10
        assert row.locator("td").last.text_content().endswith("?")


def links(html):
    """Return what a page refers to, without what other sites hold."""
    addresses = re.findall(r'<[^<>]*\s(?:href|src)="([^"]+)"', html)
    return {link for link in addresses if not re.match(r"(\w+:|//)", link)}


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
@pytest.mark.parametrize("path", [*PAGES, *SLIDES], ids=name)
def test_every_link_within_the_site_leads_somewhere(path):
    assert list(dead_links(path, path.read_text("utf-8"))) == []


@needs_site
def test_a_dead_link_is_found():
    html = '<a href="gone.html"><a href="#gone"><a href="https://example.org/gone">'
    assert len(list(dead_links(SITE / "index.html", html))) == 2


@needs_site
def test_a_page_weighs_less_than_2_mb_with_all_that_it_loads(opened, loaded):
    """Zipped, as a server sends it."""
    urls = [urlsplit(address) for address in loaded]
    files = {url2pathname(url.path) for url in urls if url.scheme == "file"}
    assert len(files) > 10
    assert sum(len(gzip.compress(Path(file).read_bytes())) for file in files) < 2e6
