"""Lines to be put in order, on a page without a kernel, with the keyboard alone."""

from classroom import puzzles
from tests.browsers import watched
from tests.classroom.test_puzzles import FILES, in_order
from tools.course import ROOT
from tools.site.live import questions_script


def test_a_page_puts_lines_in_order_with_the_keyboard_alone(browser):
    shown = puzzles.Lines(FILES[0])
    page = watched(
        browser.new_page(viewport={"width": 390, "height": 800}), errors := []
    )
    style = (ROOT / "classroom" / "asked.css").read_text("utf-8")
    page.set_content(f"<style>{style}</style>{shown.html}")
    page.add_script_tag(content=questions_script())
    buttons, told = page.get_by_role("button"), page.get_by_role("status")
    order = in_order(shown.lines)
    for k in order:
        page.locator("button").first.focus()
        for _ in range(k):
            page.keyboard.press("Tab")
        page.keyboard.press("Space")
    assert told.inner_text().startswith("✓ Right")
    assert told.get_attribute("data-mark") == "✓"
    texts = [shown.lines[k]["line"] for k in order]
    assert page.locator("li").all_inner_texts() == texts
    assert buttons.nth(order[1]).inner_text() == f"2. {texts[1]}"
    assert buttons.nth(order[1]).get_attribute("aria-pressed") == "true"
    page.keyboard.press("Enter")  # the last one again
    assert told.inner_text().startswith("Taken out")
    assert buttons.nth(order[-1]).get_attribute("aria-pressed") == "false"
    heights = [button.bounding_box()["height"] for button in buttons.all()]
    assert min(heights) >= 44
    assert page.evaluate("document.body.scrollWidth") <= 390
    assert [line for line in errors if "localStorage" not in line] == []
    page.close()
