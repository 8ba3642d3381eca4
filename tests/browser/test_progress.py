"""A reader's record on pages, in the browser; votes on slides; what the class says.

What a notebook's kernel keeps: tests/classroom/test_record.py, and in a real JupyterLab
test_predictions.py, in JupyterLite test_lite.py.
"""

import json
import re

import pytest

from classroom import questions, record
from tests.browser.test_site import (
    PAGES,
    SITE,
    TARGETS,
    needs_site,
    serious_faults,
)
from tests.browser.test_slides import SHOWN, settle, show
from tools.course import PATHS
from tools.teach import inventory, report

FRONT, PAGE = SITE / "index.html", SITE / "notebooks" / f"{PATHS['05'].stem}.html"
KEPT = "JSON.parse(localStorage.getItem('sgd-adam record'))"


@pytest.fixture(scope="module")
def answered(offline):
    """What the browser keeps of answers to 05: one right, two wrong."""
    if not PAGES:
        pytest.skip("THE RECORD OF A PAGE WAS NOT TESTED: no site; run make site")
    offline.goto(PAGE.as_uri())
    offline.get_by_label("longer", exact=True).check()
    offline.get_by_label("certain, 95%").nth(1).check()
    offline.get_by_label("it stays there", exact=True).check()
    offline.get_by_label("fairly sure, 75%").nth(2).check()
    offline.get_by_label("divide it by 1000", exact=True).check()
    return offline.evaluate(KEPT)


@pytest.fixture
def front(answered, offline):
    """The front page with these answers, and the page of 05 before it."""
    offline.goto(FRONT.as_uri())
    keep(offline, answered)
    return offline


def keep(page, record):
    """Put a record, or a text that is none, into the browser; open the page anew."""
    text = record if isinstance(record, str) else json.dumps(record)
    page.evaluate("text => localStorage.setItem('sgd-adam record', text)", text)
    page.reload()


def test_the_front_page_says_how_far_one_is_and_leads_to_what_was_wrong(front):
    words = front.locator(".so-far").inner_text()
    for sentence in (
        "05 Deriving Adam – open: 2 of 3 predictions, 1 of 5 quiz questions, 3 ex",
        "04 RMSprop – not begun: 0 of 5 predictions",
        "Over the whole course: 85% sure, 50% right. As sure as you were, 1.7 ± 0.48",
        "in 4000 steps?: you said it stays there; it was it leaves again",
        "What must you do with Adam's η?: you said divide it by 1000",
    ):
        assert sentence in words
    front.set_viewport_size({"width": 390, "height": 844})
    low = [target for target in front.evaluate(TARGETS) if target[0] < 44]
    wide = front.evaluate("document.documentElement.scrollWidth")
    front.set_viewport_size({"width": 1440, "height": 900})
    assert low == [] and wide <= 390
    front.emulate_media(color_scheme="dark")
    assert serious_faults(front) == []
    front.emulate_media(color_scheme="light")
    front.get_by_role("link", name="Adam arrives at the minimum").click()
    front.wait_for_function("scrollY > 500")
    expect = pytest.importorskip("playwright.sync_api").expect  # it waits
    answer = expect(front.get_by_label("it stays there", exact=True))
    answer.to_be_checked()
    answer.to_be_in_viewport()


def test_what_was_wrong_returns_on_a_later_page_until_it_is_right(front):
    question, options, right = questions.quizzes()[2][4]
    wrong = next(option for option in options if option != right)
    entry = {"first": wrong, "answer": wrong, "right": right}
    entry["mark"] = record.mark_of(question, [*options], right)
    keep(front, {"quiz": {question: entry}})
    sentence = f"{question}: you said {wrong}"
    assert sentence in front.locator(".so-far").inner_text()
    front.goto(PAGE.as_uri())
    asked = front.locator("[data-asked*=returning]")
    asked.locator("legend").first.filter(has_text=question).wait_for()
    assert asked.locator("fieldset").count() == 3
    assert asked.locator(":checked").count() == 0
    assert not re.search("[✓✗]", asked.inner_text())
    asked.get_by_label(right).check()
    asked.get_by_text(f"✓ Right: {options[right]}").wait_for()
    assert question in asked.locator("legend").first.inner_text()
    assert front.evaluate(KEPT)["quiz"] == {question: entry | {"answer": right}}
    front.goto(FRONT.as_uri())
    assert sentence not in front.locator(".so-far").inner_text()


def test_a_broken_record_is_begun_anew(front, answered):
    keep(front, json.dumps(answered)[:-1])
    assert front.get_by_text("Nothing is kept yet.").is_visible()


def test_one_button_forgets_all_and_asks_once(front):
    asked = []
    button = front.get_by_role("button", name="Forget all")
    for answer in "dismiss", "accept":
        front.once(
            "dialog",
            lambda box, answer=answer: (asked.append(box), getattr(box, answer)()),
        )
        assert button.count() == 1
        button.focus()
        front.keyboard.press("Enter")
    front.get_by_text("All is forgotten.").wait_for()
    assert len(asked) == 2 and button.count() == 0
    assert not front.evaluate("Object.keys(localStorage).some(key => /sgd/.test(key))")
    assert front.get_by_text("Nothing is kept yet.").is_visible()


def test_the_inventory_is_kept_on_its_page_and_says_its_letters(front):
    front.goto((SITE / "notebooks" / f"{PATHS['00'].stem}.html").as_uri())
    items = front.locator(".asked fieldset:has(input)").filter(has_text="slope")
    assert not items.nth(0).is_visible()
    front.get_by_text("If your teacher asks you to: 14").first.click()
    items.nth(0).get_by_role("radio").nth(2).check()
    front.reload()
    front.get_by_text("If your teacher asks you to: 14").first.click()
    assert items.nth(0).get_by_role("radio").nth(2).is_checked()
    assert (
        front.get_by_text("1 of 14 answered").inner_text().endswith("A, C" + 13 * "-")
    )
    kept = front.evaluate(KEPT)
    (sat,) = inventory.sittings({"a": kept}, "before").values()
    assert sat == ("A", [2] + 13 * [-1])


def test_votes_are_typed_on_a_slide_seen_as_shares_and_saved_for_the_report(
    offline, tmp_path
):
    show(offline, PATHS["00"].stem)
    keep(offline, {})
    settle(offline)
    while not offline.get_by_label("Hands for SGD").evaluate(SHOWN):
        offline.keyboard.press("PageDown")
    for option, hands in ("SGD", "3"), ("Adam", "9"):
        offline.get_by_label(f"Hands for {option}").fill(hands)
    shares = offline.locator("div.vote span").all_inner_texts()
    assert shares == ["25%", "0%", "0%", "75%"]
    assert offline.get_by_text("Hands: 12.").is_visible()
    before = offline.evaluate("Reveal.getIndices().h")
    offline.get_by_label("Hands for Adam").press("PageDown")
    assert offline.evaluate("Reveal.getIndices().h") == before + 1
    offline.keyboard.press("PageUp")
    with offline.expect_download() as download:
        offline.get_by_role("button", name="Save the votes").press("Enter")
    assert offline.evaluate("Reveal.getIndices().h") == before
    download.value.save_as(tmp_path / "votes.json")
    report.write(tmp_path, cast=tmp_path / "votes.json")
    page = (tmp_path / "report.html").read_text("utf-8")
    (row,) = re.findall("<td>Predict: η = 0.005.+", page)
    assert "<td>SGD: 3, Adam: 9</td><td>SGD</td><td>3 of 12</td>" in row
    offline.reload()
    assert offline.get_by_label("Hands for Adam").input_value() == "9"
    offline.once("dialog", lambda box: box.accept())
    offline.get_by_role("button", name="Clear the votes").click()
    assert offline.get_by_label("Hands for Adam").input_value() == ""
    assert (
        json.loads(offline.evaluate("localStorage['sgd-adam record']"))["votes"] == {}
    )


@needs_site
def test_pages_have_no_votes(offline):
    offline.goto(PAGE.as_uri())
    assert (
        offline.locator(".asked").count() > 3 and not offline.locator(".vote").count()
    )
