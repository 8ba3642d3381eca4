"""Measure how fast sliders follow the hand, beside `interact` and ipympl.

The same picture (a contour with four paths, and four cost curves), in one JupyterLab,
in one browser, one after the other: from the key press to the painted picture.  Then
every figure of the pages and slides in build/site.
"""

import math
import statistics

import nbformat
from playwright.sync_api import sync_playwright

from tools.browser import CHROMIUM, OPTIONS, jupyter, open_notebook, run_all
from tools.course import ROOT

PICTURE = """
import warnings; warnings.simplefilter("ignore")  # ipympl's own
%matplotlib {backend}
import sys; sys.path.insert(0, "..")
import time
import ipywidgets as W
import matplotlib.pyplot as plt
import numpy as np
from classroom import sliders
from utils import costs, figures
from utils.descent import descend
from utils.optimizers import SGD, Adam, Momentum, RMSprop

J = costs.rosenbrock()
rates = np.geomspace(1e-3, 1, 81)
walks = {{
    method.__name__: descend(J.gradient, J.start, method(lr=rates[:, None]), 100)
    for method in (SGD, Momentum, RMSprop, Adam)
}}
def draw(lr, other=False):
    k = rates.tolist().index(lr)
    return show(k), f"run {{k}}"
def slider():
    return W.SelectionSlider(options=[(f"{{r:.3g}}", r) for r in rates], index=40)
"""

CELLS = {
    "interact": """
def redraw(lr):
    global show
    fig, show = figures.walks_and_costs(J, walks)
    show(rates.tolist().index(lr))
    plt.show()
W.interact(redraw, lr=slider()); None""",
    "ipympl": """
fig, show = figures.walks_and_costs(J, walks)
one = slider()
def redraw(change):
    show(rates.tolist().index(change.new))
    fig.canvas.draw_idle()
one.observe(redraw, "value")
display(one); plt.show()""",
    "round trip": """
one, text = slider(), W.HTML("<p class=said>40</p>")
one.observe(lambda c: setattr(text, "value", f"<p class=said>{c.new}</p>"), "index")
W.VBox([one, text])""",
    "several": """
fig, show = figures.walks_and_costs(J, walks)
begin = time.perf_counter()
live = sliders.live(fig, lr=rates, other=False)(draw)
seconds = time.perf_counter() - begin
live""",
    "one": """
begin = time.perf_counter()
fig, show = figures.walks_and_costs(J, walks)
live = sliders.live(fig, lr=rates)(draw)
seconds = time.perf_counter() - begin
live""",
}

SIZE = """
size = len(live.html()) / 1e6
print(f"{len(live.positions)} positions drawn in {seconds:.2f} s, {size:.2f} MB")"""

# What tells one picture from another, for each way of drawing it.
SIGNS = {
    "interact": "document.querySelector('.widget-output img')?.src.slice(-3000)",
    "ipympl": "window.drawn",
    "round trip": "document.querySelector('.said')?.innerText",
    "several": "document.querySelector('.live .said')?.innerText",
    "one": "document.querySelector('.live .said')?.innerText",
}
HANDLE = ".live input[type=range], .noUi-handle"

WATCH = """
window.drawn = 0;
const drawImage = CanvasRenderingContext2D.prototype.drawImage;
CanvasRenderingContext2D.prototype.drawImage = function (...all) {
  window.drawn += 1; return drawImage.apply(this, all); };
window.sign = () => %s;
window.painted = []; window.empty = 0; window.heights = new Set();
const now = performance.now.bind(performance);
// On the window: sliders.js takes a key there, and none comes further down.
addEventListener('keydown', () => { window.pressed = now(); }, true);
addEventListener('mousemove', () => { window.moved = now(); }, true);
let last = window.sign();
const look = () => {
  const sign = window.sign();
  const ours = '.jp-OutputArea-output :is(.jupyter-widgets, .live)';
  const output = document.querySelector(ours);
  window.heights.add(output?.closest('.jp-OutputArea').offsetHeight);
  window.empty += !sign;
  if (sign && sign !== last) {
    last = sign;
    const channel = new MessageChannel();  // its message comes after the painting
    channel.port1.onmessage = () => { window.painted.push(now()); };
    channel.port2.postMessage(0);
  }
  requestAnimationFrame(look);
};
look();
"""

# Come to the slide of a figure, where there are slides, and count how often it changes.
COUNT = """
live => {
  const {h, v} = window.Reveal?.getIndices(live.closest('section:not(:has(section))'))
    ?? {};
  window.Reveal?.slide(h, v, 9);
  new MutationObserver(() => { window.drawn += 1; })
    .observe(live.querySelector('.moving'), {childList: true});
}
"""


def finite(ms):
    """Return a delay, or stop: from a figure that is none no table is made."""
    if not isinstance(ms, int | float) or not math.isfinite(ms):
        raise SystemExit(
            f"a delay is {ms} ms, and each is a finite number: do key and picture "
            "still reach the listeners of WATCH, in tools/bench/sliders.py?"
        )
    return ms


def press_keys(page, handle, there=5):
    """Go some places there and back; return ms from key to painted picture, sorted."""
    delays = []
    for press in range(60):
        page.evaluate("window.painted = []")
        handle.focus()
        page.keyboard.press(["ArrowRight", "ArrowLeft"][press // there % 2])
        page.wait_for_function("window.painted.length", polling=5)
        delays.append(finite(page.evaluate("window.painted[0] - window.pressed")))
        page.wait_for_timeout(40 + 7 * (press % 13))
    return sorted(delays[5:])


def summary(name, delays):
    """Return the median of sorted delays, and a row with it and the 95th percentile."""
    median, p95 = statistics.median(delays), delays[int(0.95 * len(delays))]
    return median, f"{name:19} {median:6.0f} {p95:6.0f}"


def drag(page):
    """Move 60 times in a second; return ms from the last to its picture, and more."""
    box = page.locator(HANDLE).first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate("window.empty = 0; window.heights.clear(); window.painted = []")
    for move in range(60):
        page.mouse.move(x + move, y)
        page.wait_for_timeout(14)
    page.wait_for_timeout(2500)
    page.mouse.up()
    late = finite(page.evaluate("window.painted.at(-1) - window.moved"))
    return late, page.evaluate("window.empty"), page.evaluate("window.heights.size")


def measure(browser, address, root, name):
    """Print the row of one way to draw; return its median delay."""
    backend = "widget" if name == "ipympl" else "inline"
    cells = [PICTURE.format(backend=backend), CELLS[name]]
    cells += [SIZE] * (name in ("several", "one"))
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell.strip()) for cell in cells],
        metadata={"kernelspec": {"display_name": "Python 3", "name": "python3"}},
    )
    nbformat.write(notebook, root / "notebooks" / f"{name}.ipynb")
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    open_notebook(page, address, f"{name}.ipynb")
    run_all(page)
    page.wait_for_timeout(2000)
    page.locator(HANDLE).first.scroll_into_view_if_needed()
    page.evaluate(WATCH % SIGNS[name])
    delays = press_keys(page, page.locator(HANDLE).first)
    late, empty, heights = drag(page)
    median, row = summary(name, delays)
    print(
        f"{row} {late:8.0f} {empty:6} {heights:8}",
        *page.locator(".jp-OutputArea-output pre").all_inner_texts()[-1:],
        flush=True,
    )
    page.close()
    return median


def measure_without_kernel(browser, path):
    """Print a row for each figure of a page, or of slides, that a slider moves."""
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.goto(path.as_uri())
    page.evaluate(WATCH % "window.drawn")
    for live in page.locator(".live:has(input[type=range])").all():
        live.evaluate(COUNT)
        page.wait_for_timeout(500)
        handle = live.locator("input[type=range]").first
        handle.press("Home")
        for pinned in "", " pinned":
            if pinned:
                live.get_by_role("button", name="pin").click()
            delays = press_keys(page, handle, min(5, int(handle.get_attribute("max"))))
            named = f"{path.parent.name} {path.stem[:2]}{pinned}"
            print(summary(named, delays)[1], flush=True)
    page.close()


def main():
    """Print the table, and the ratios with what they must reach."""
    print("one key, ms: median, p95; last of 60 moves late, ms; empty frames; heights")
    with jupyter() as (address, root), sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        ms = {name: measure(browser, address, root, name) for name in CELLS}
        for path in sorted((ROOT / "build/site").glob("[ns][ol]*/0*.html")):
            measure_without_kernel(browser, path)
    print(f"one slider:  {ms['interact'] / ms['one']:.0f}x interact (reach 20)")
    print(f"several:     {ms['interact'] / ms['several']:.0f}x interact (reach 20),")
    print(f"             {ms['several'] / ms['round trip']:.2f} round trips")


if __name__ == "__main__":
    main()
