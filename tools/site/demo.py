"""Make the README's moving picture: a hand moves the first slider of the course.

    python -m tools.site.demo          after make site; needs Chromium

It is the page itself, photographed after each key press: nothing is drawn for it.
"""

import io

from PIL import Image
from playwright.sync_api import sync_playwright

from tools.browser import CHROMIUM, OPTIONS
from tools.course import ROOT

PAGE = ROOT / "build" / "site" / "notebooks" / "00_start_here.html"
TARGET = ROOT / "web" / "slider.gif"


def frames(steps):
    """Yield a picture of the live figure at every second position of its slider."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.goto(PAGE.as_uri())
        live = page.locator(".live").first
        live.locator("input[type=range]").focus()
        page.keyboard.press("Home")
        for _ in range(steps):
            page.wait_for_timeout(100)
            png = live.screenshot()
            yield Image.open(io.BytesIO(png)).convert("RGB")
            page.keyboard.press("ArrowRight")
            page.keyboard.press("ArrowRight")


if __name__ == "__main__":
    pictures = list(frames(41))
    colours = pictures[10].quantize(256)  # all four optimizers are in view there
    first, *others = (
        picture.quantize(palette=colours, dither=Image.Dither.NONE)
        for picture in pictures
    )
    first.save(TARGET, save_all=True, append_images=others, duration=150, loop=0)
    print(f"{TARGET}: {TARGET.stat().st_size / 1e6:.2f} MB")
