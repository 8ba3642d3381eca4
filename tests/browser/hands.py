"""A mouse, a finger and keys on a live figure; and what it must show then."""

import itertools
import json

import numpy as np

from tests.classroom.test_sliders import unpacked

CONTROLS = """
live => [...live.querySelectorAll('[name]')].map(control => [
  control.name, control.type == 'range' ? +control.max + 1
    : control.type == 'checkbox' ? 2 : control.options.length])
"""
PLACES = """
live => [...live.querySelectorAll('[name]')].map(control =>
  control.type == 'range' ? +control.value
    : control.type == 'checkbox' ? +control.checked : control.selectedIndex)
"""
# Both pictures as this browser writes them.
SHOWS = """
(live, svg) => {
  const drawn = document.createElementNS('http://www.w3.org/2000/svg', 'g');
  drawn.innerHTML = svg;
  return [drawn.innerHTML == live.querySelector('.moving').innerHTML,
    live.querySelector('.said').textContent,
    [...live.querySelectorAll('li')].map(goal => goal.classList.contains('met'))];
}
"""
# From a place in the picture to one on the screen, as the browser reckons.
ON_SCREEN = """
(svg, [x, y]) => {
  const {x: left, y: top} = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM());
  return [left, top];
}
"""

# Bring a figure to the middle, and say whether it is still there a moment later: a page
# that was just made narrower scrolls by itself.
STAYS = """async svg => {
  svg.scrollIntoView({block: "center", behavior: "instant"});
  const top = svg.getBoundingClientRect().top;
  await new Promise(done => setTimeout(done, 100));
  return svg.getBoundingClientRect().top == top;
}"""


def drawn_ahead(live):
    """Return all that Python drew for a figure, and `{control: how many places}`."""
    drawn = unpacked(live.locator(".positions").text_content())
    sizes = dict(live.evaluate(CONTROLS))
    assert len(drawn) == np.prod([*sizes.values()])
    return drawn, sizes


def assert_as_drawn(live, drawn, sizes):
    """Picture, words and goals are what Python drew where the controls now are."""
    places = live.evaluate(PLACES)
    svg, *rest = drawn[np.ravel_multi_index(places, [*sizes.values()])]
    assert live.evaluate(SHOWS, svg) == [True, *rest]
    return dict(zip(sizes, places, strict=True))


def every_move(page, live, more):
    """Move each control to its ends and to `more` other places, by all three hands."""
    rng = np.random.default_rng(more)
    for control in live.locator("[name]").all():
        kind = control.evaluate("control => control.type")
        control.scroll_into_view_if_needed()
        for hand in "mouse", "finger", "keys":
            for part in [1, 0, *rng.uniform(size=more)]:
                MOVES[kind](page, control, hand, part)
                yield control, part


def slide(page, slider, hand, part):
    """Take a slider by its thumb's place on the track, or by keys."""
    if hand == "keys":
        slider.focus()
        page.keyboard.press("Home" if part < 0.5 else "End")
        for _ in range(round(10 * min(part, 1 - part))):
            page.keyboard.press("ArrowRight" if part < 0.5 else "ArrowLeft")
        return
    box, most = slider.bounding_box(), int(slider.get_attribute("max"))
    x = box["x"] + 8 + part * (box["width"] - 16)
    touch(page, hand, x, box["y"] + box["height"] / 2)
    assert abs(int(slider.input_value()) - part * most) <= 1
    words = slider.get_attribute("aria-valuetext")
    sentence = slider.locator("xpath=ancestor::div[@id][1]").locator(".said")
    assert f"{slider.get_attribute('aria-label')} = {words}" in sentence.text_content()


def choose(page, menu, hand, part):
    """Choose from a menu; its list is the system's, where no page's hand can reach."""
    last = menu.locator("option").count() - 1
    if hand != "keys":
        menu.select_option(index=round(part * last))
        return
    menu.focus()
    page.keyboard.press("Home" if part < 0.5 else "End")


def check(page, box, hand, part):
    before = box.is_checked()
    if hand == "keys":
        box.focus()
        page.keyboard.press("Space")
    else:
        seen = box.bounding_box()
        touch(page, hand, seen["x"] + 9, seen["y"] + 9)
    assert box.is_checked() != before


MOVES = {"range": slide, "select-one": choose, "checkbox": check}


def touch(page, hand, x, y, way=None):
    """Click, or tap."""
    (page.mouse.click if hand == "mouse" else page.touchscreen.tap)(x, y)


def drag(page, hand, x, y, way):
    """Come that way, pressed down; a finger from the side, or it would scroll."""
    steps = [(x - way[0] * k / 5, y - way[1] * k / 5) for k in range(5, -1, -1)]
    if hand == "mouse":
        page.mouse.move(*steps[0])
        page.mouse.down()
        for step in steps[1:]:
            page.mouse.move(*step)
        page.mouse.up()
        return
    screen = page.context.new_cdp_session(page)
    for k, (left, top) in enumerate(steps):
        points = [{"x": left, "y": top}]
        kind = "touchMove" if k else "touchStart"
        screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.wait_for_timeout(20)
    page.wait_for_timeout(50)  # a browser hands on a finger's moves once a frame
    screen.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    screen.detach()


def choose_in_the_axes(page, live, hands, times):
    """Choose places of two sliders in a figure's axes; they must be there then."""
    drawn, sizes = drawn_ahead(live)
    where = json.loads(live.locator(".ground").get_attribute("data-places"))
    svg = live.locator("svg:visible").first
    page.wait_for_function(STAYS, arg=svg.element_handle())
    rng = np.random.default_rng(len(drawn))
    for act, hand in times * [*itertools.product((touch, drag), hands)]:
        at = {name: int(rng.integers(sizes[name])) for name in where}
        x, y = [where[name][k] for name, k in at.items()]
        way = (60 if x > np.mean(next(iter(where.values()))) else -60, 0)
        act(page, hand, *svg.evaluate(ON_SCREEN, [x, y]), way)
        shown = assert_as_drawn(live, drawn, sizes)
        assert {name: shown[name] for name in at} == at
