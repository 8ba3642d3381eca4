"""The slides: few words, one picture, nothing over the edge, notes for the teacher."""

import re

import matplotlib.pyplot as plt
import nbformat
import pytest

from tests.browser.hands import assert_as_drawn, drawn_ahead, every_move
from tests.notebooks.test_notebooks import every_class, read
from tools.counting import FOLDED, own_clock
from tools.course import NOTEBOOKS, ROOT
from tools.site.slides import (
    PICTURES,
    TARGET,
    deck_of,
    demand_cells,
    read_deck,
    role,
    teaching,
)
from utils import figures  # noqa: F401  (its rcParams)

ROLES = {"slide", "subslide", "fragment", "-", "notes", "skip"}

# A label in a stored picture is as high, in the pixels of its width.
LABEL = plt.rcParams["font.size"] * 100 / 72
# What is wrong with the slide that is shown, seen by its own measure.
FAULTS = r"""
() => {
  const slide = document.querySelector('.slides section.present section.present')
    || document.querySelector('.slides section.present');
  const edge = document.querySelector('.slides').getBoundingClientRect(), found = [];
  const scale = edge.height / 540;
  const parts = 'p, pre, li, img, svg, h1, h2, h3, td, .mjx-math';
  for (const part of slide.querySelectorAll(parts)) {
    if (part.closest('aside, .status')) continue;
    const box = part.getBoundingClientRect();
    if (!box.width || !part.checkVisibility()) continue;
    const over = Math.max(box.bottom - edge.bottom, box.right - edge.right) / scale;
    if (over > 1) found.push(`${part.tagName} is ${Math.round(over)} over the edge`);
    if (part.tagName == 'IMG' && !part.naturalWidth) found.push('no picture');
    if (part.tagName == 'IMG' && /^$|^No desc/.test(part.alt)) found.push('no words');
  }
  // The last row reads words of 3 % of the height, labels of 2.4 %, as in a picture of
  // half of it, and sees pictures over half of the width.
  for (const words of slide.querySelectorAll('p, li, td, label, legend')) {
    const size = parseFloat(getComputedStyle(words).fontSize) * words.currentCSSZoom;
    if (!words.closest('aside') && words.checkVisibility() && size < 0.03 * edge.height)
      found.push(`${Math.round(size / scale)} of 540: ${words.innerText.slice(0, 20)}`);
  }
  for (const part of slide.querySelectorAll('.jp-RenderedHTMLCommon, pre'))
    if (!part.closest('aside') && part.scrollWidth > part.clientWidth)
      found.push(`cut off on the right: ${part.innerText.slice(0, 20)}`);
  for (const picture of slide.querySelectorAll('.jp-RenderedImage img, svg.whole')) {
    const box = picture.getBoundingClientRect();
    if (picture.tagName == 'IMG')  // it lies in its box, as large as fits
      box.width = Math.min(box.width,
        box.height * picture.naturalWidth / picture.naturalHeight);
    if (box.width && Math.max(box.width / edge.width, box.height / edge.height) < 0.53)
      found.push(`a picture of ${Math.round(box.width)} x ${Math.round(box.height)}`);
    const label = LABEL * box.width / picture.getAttribute('width') / edge.height;
    if (picture.tagName == 'IMG' && box.width && label < 0.024)
      found.push(`labels of ${(100 * label).toFixed(1)} %: ${picture.alt.slice(0, 9)}`);
  }
  if (slide.querySelector('.MathJax_Error, .mjx-merror')) found.push('a bad formula');
  if (/\$[^$]+\$|\\\(/.test([...slide.querySelectorAll('p, li')].map(
      part => part.innerText).join(' '))) found.push('a formula is not typeset');
  return found.map(fault => `${location.hash}: ${fault}`);
}
""".replace("LABEL", str(LABEL))


# Whether a figure is on the slide that is shown, and has come there.
SHOWN = """
live => Reveal.getCurrentSlide().contains(live)
  && !live.closest('.fragment:not(.visible)')
"""

# Open what is folded on the slide that is shown, such as a proof; how much that is.
UNFOLD = """
() => [...Reveal.getCurrentSlide().querySelectorAll('details:not([open]) > summary')]
  .map(folded => folded.click()).length
"""


def visible_slides(cells):
    """Split cells into slides, each a list of the cells that it shows."""
    slides = []
    for cell in cells:
        if role(cell) in ("slide", "subslide"):
            slides.append([cell])
        elif role(cell) in ("fragment", "-"):
            slides[-1].append(cell)
    return slides


def has_picture(cell):
    return any(PICTURES & {*o.get("data", {})} for o in cell.get("outputs", []))


def words(cell):
    """Count the words of a text; formulas and tables are pictures, code is code.

    What is folded, nobody reads unless somebody asks.
    """
    if cell["cell_type"] == "code":
        return 0
    plain = FOLDED.sub("", cell.source)
    plain = re.sub(r"(?s)\$\$.*?\$\$|\$.*?\$|<[^>]*>|(?m:^\|.*$)", " ", plain)
    return len(re.findall(r"\w[\w'’-]*", plain))


def slide_faults(cells):
    """Yield a sentence for each fault in the roles of a notebook's cells."""
    for cell in cells:
        if role(cell) not in ROLES:
            yield f"{cell['id']}: the role {role(cell)} is none of {sorted(ROLES)}"
    slides = visible_slides(cells)
    for slide in slides:
        name = slide[0]["id"]
        if (count := sum(map(words, slide))) > 60:
            yield f"the slide of {name} has {count} words, more than 60"
        outputs = [output for cell in slide for output in cell.get("outputs", [])]
        images = sum("image/png" in output.get("data", {}) for output in outputs)
        if images > 1:
            yield f"the slide of {name} has {images} pictures"
        lines = [
            line
            for cell in slide
            if cell["cell_type"] == "code"
            and not has_picture(cell)
            and "result" not in cell["metadata"].get("tags", [])
            for line in cell.source.splitlines()
        ]
        if len(lines) > 15:
            yield f"the slide of {name} has {len(lines)} lines of code, more than 15"


@every_class
def test_every_slide_has_few_words_and_one_picture(path):
    cells = read(path)["cells"]
    assert not list(slide_faults(cells))
    assert role(cells[0]) == "slide"
    assert len(visible_slides(cells)) >= (15 if path.name > "01" else 4)


@every_class
def test_the_teacher_has_a_clock_and_something_to_ask(path):
    cells = read(path)["cells"]
    shown = {cell["id"] for slide in visible_slides(cells) for cell in slide}
    notes = teaching(path.name[:2])
    minutes = [minute for minute, *_ in notes if minute is not None]
    length = int(re.search(r"(\d+) min", cells[0].source)[1])
    assert minutes[0] <= 1 and minutes == sorted(minutes)
    assert minutes[-1] < length
    assert {cell for _, _, cell, _ in notes} <= shown
    order = [cell["id"] for cell in cells]
    places = [order.index(cell) for _, _, cell, _ in notes]
    assert places == sorted(places)
    asked = sum("?" in note for minute, *_, note in notes if minute is not None)
    assert asked >= (5 if path.name > "01" else 2)


@every_class
def test_the_clock_is_counted_and_covers_every_slide_of_the_route(path):
    _, slides, _ = own_clock(path)
    when = {cell: minute for minute, _, cell, _ in teaching(path.name[:2])}
    on_route = {cell.id: minute for minute, slide in slides for cell in slide}
    for cell, minute in when.items():
        if minute is None:
            assert cell not in on_route
        else:
            assert minute == pytest.approx(on_route[cell], abs=1.5), cell
    last = 0.0
    for minute, slide in slides:
        last = minute if any(cell.id in when for cell in slide) else last
        assert minute - last <= 4, f"{slide[0].id}: for {minute - last:.1f} min no note"


def steps(slide):
    """Split a slide into what each key press shows."""
    shown = [[]]
    for cell in slide:
        if role(cell) == "fragment":
            shown.append([])
        shown[-1].append(cell)
    return shown


def told(cell):
    """Return what a slide tells in letters: text, or what a cell has printed."""
    if cell.cell_type == "markdown":
        return cell.source
    if any("image/png" in output.get("data", {}) for output in cell.outputs):
        return ""  # beside a picture nothing is printed
    return " ".join(o.get("text", "") or o["data"]["text/plain"] for o in cell.outputs)


def numbers(sentence):
    """Return the numbers of two and more digits in a text."""
    matches = re.findall(
        r"(?<![\w.,])[-]?\d+(?:,\d{3})*(?:\.\d+)?", sentence.replace("−", "-")
    )
    return {number for number in matches if len(number.strip("-")) > 1}


# Numbers of an answer that the question gives, or wrong answers to wait for.
GIVEN = {
    "02 three-clocks": {"100"},
    "03 slow": {"0.01"},
    "03 break": {"0.9"},
    "03 steps-question": {"69,078", "10,000"},
    "06 tune": {"10"},
    "06 break": {"0.001"},
}


def told_too_early(slides, notes):
    """Yield each note whose answer stands on the slide when its question is asked.

    The answer: its numbers, from the first question mark to the next question.
    """
    shown = {}
    for slide in slides:
        seen = ""
        for step in steps(slide):
            seen += " ".join(map(told, step))
            shown |= {cell.id: seen for cell in step}
    for cell, note in notes.items():
        asked, _, answer = note.partition("?")
        answer = re.split(r"\bAsk\b|\?", answer)[0]
        if early := (numbers(answer) - numbers(asked)) & numbers(shown[cell]):
            yield cell, early


@every_class
def test_no_answer_stands_on_the_slide_before_its_question(path):
    _, slides, _ = own_clock(path)
    notes = {
        cell: note
        for minute, _, cell, note in teaching(path.name[:2])
        if minute is not None
    }
    for cell, early in told_too_early([slide for _, slide in slides], notes):
        assert early <= GIVEN.get(f"{path.name[:2]} {cell}", set()), cell


def test_an_answer_that_stands_there_is_found():
    def cell(text, part):
        made = nbformat.v4.new_markdown_cell(text)
        made.metadata.slideshow = {"slide_type": part}
        return made

    slide = [cell("It takes 69 steps at 10.", "slide"), cell("Not 691.", "fragment")]
    question, answer = (each.id for each in slide)
    assert not [*told_too_early([slide], {question: "At 10? 691. Ask: more? 69."})]
    assert [*told_too_early([slide], {answer: "How many? 691."})] == [(answer, {"691"})]


@every_class
def test_a_vote_on_the_route_is_answered_at_a_later_key(path):
    """Or by no key, where a sentence says it."""
    _, slides, _ = own_clock(path)
    sources = [
        "\n".join(cell.source for cell in step if cell.cell_type == "code")
        for _, slide in slides
        for step in steps(slide)
    ]
    for k, source in enumerate(sources):
        for vote in re.findall(r"(?m)^(\w+) = questions\.Prediction\(", source):
            answered = [j for j, s in enumerate(sources) if f"{vote}.reveal(" in s]
            assert not answered or answered[0] > k, vote


@pytest.mark.parametrize(
    "path", [*NOTEBOOKS, ROOT / "web" / "deck.md"], ids=lambda path: path.stem
)
def test_nothing_is_over_the_edge_of_a_slide_and_sliders_move(path, offline):
    show(offline, path.stem)
    faults = offline.evaluate(FAULTS)
    for _ in range(200):
        offline.keyboard.press("n")  # all, those below the route too
        settle(offline)
        faults += offline.evaluate(FAULTS)
        for live in offline.locator("section.present .live:visible").all():
            if not live.evaluate(SHOWN):
                continue  # it comes at a later key
            live.locator(".moving path").first.wait_for(state="attached")
            drawn, sizes = drawn_ahead(live)
            for _ in every_move(offline, live, 0):
                assert_as_drawn(live, drawn, sizes)
            faults += offline.evaluate(FAULTS)  # what is said may have grown
            live.evaluate("() => document.activeElement.blur()")  # or the keys are its
        if offline.evaluate(UNFOLD):
            settle(offline)
            faults += offline.evaluate(FAULTS)
        if offline.evaluate("Reveal.isLastSlide()"):
            break
    else:
        raise AssertionError("two hundred keys do not lead to the last slide")
    assert sorted({*faults}) == []


def test_formulas_are_drawn_once_and_text_is_not_scaled(offline):
    """Drawn anew they vanish for a quarter of a second; scaled, letters are soft."""
    show(offline, NOTEBOOKS[5].stem)
    drawn = "window.first = [...document.querySelectorAll('.mjx-chtml')]"
    assert offline.evaluate(f"({drawn}).length") > 30
    for _ in range(5):
        offline.keyboard.press("ArrowRight")
    settle(offline)
    assert offline.evaluate("first.every(drawn => drawn.isConnected)")
    scaled = "getComputedStyle(document.querySelector('.slides')).transform"
    assert offline.evaluate(scaled) == "none"


def own_class(tmp_path, change=lambda text: text):
    """Return the slides of the example in web/own-class.md, and the notebooks."""
    page = (ROOT / "web" / "own-class.md").read_text("utf-8")
    example = re.search(r"(?s)```\n(# .+?)```", page)[1]
    (mine := tmp_path / "mine.md").write_text(change(example), "utf-8")
    return read_deck(mine), {
        path.name[:2]: nbformat.read(path, 4) for path in NOTEBOOKS
    }


def test_a_class_of_ones_own_has_ones_words_between_the_cells(tmp_path):
    made = deck_of(*own_class(tmp_path))
    shown = [cell for cell in made.cells if role(cell) != "notes"]
    assert [cell.id for cell in shown if cell.id[:3] in ("03-", "04-")] == [
        "03-update", "03-loop-figure", "03-loop-seen", "04-sign", "04-bad-figure",
        "04-bad-seen",
    ]  # fmt: skip
    assert [role(cell) for cell in shown].count("slide") == 2 + 4
    assert shown[0].source.startswith("# Why one") and "¿Y si" in shown[4].source


def test_all_wrong_cells_are_named_with_the_nearest_of_the_right_notebook(tmp_path):
    mistakes = {"loop-figure": "loop-figur", "03:": "33:"}

    def change(text):
        for right, wrong in mistakes.items():
            text = text.replace(right, wrong)
        return text

    with pytest.raises(SystemExit) as told:
        demand_cells(*own_class(tmp_path, change))
    update, figure, _seen, lists = str(told.value).splitlines()
    assert update.startswith("33: update: ") and "03: update" in update
    assert "are 03: loop-figure," in figure and "slides 02 03" in lists


def test_the_space_bar_and_a_clicker_keep_to_the_route(offline):
    path = NOTEBOOKS[0]
    show(offline, path.stem)
    seen = [0]
    for k in range(60):
        offline.keyboard.press("PageDown" if k % 2 else " ")
        at = offline.evaluate("Reveal.getIndices()")
        assert at["v"] in (0, None)
        seen.append(at["h"])
    _, slides, _ = own_clock(path)
    assert [*dict.fromkeys(seen)] == [*range(len(slides))]
    counted = offline.locator(".slide-number").inner_text()
    assert re.findall(r"\d+", counted) == 2 * [str(len(slides))]


# Show all of the slide on which a part is.
COME = """
part => {
  const {h, v} = Reveal.getIndices(part.closest("section"));
  Reveal.slide(h, v, 99);
}
"""


# Controls, and the keys of a clicker, with which the slides go on or back from there.
CLICKER = {
    ".live input[type=range]": {"PageDown": 1, "PageUp": -1, " ": 1},
    ".live .number": {"PageDown": 1, "PageUp": -1},
    ".live button": {"PageDown": 1, "PageUp": -1},
    ".asked input[type=radio]": {"PageDown": 1, "PageUp": -1},
}


def test_a_clicker_goes_on_after_a_click_on_a_control(offline):
    show(offline, NOTEBOOKS[4].stem)
    for part, key in ((part, key) for part, keys in CLICKER.items() for key in keys):
        control, way = offline.locator(part).first, CLICKER[part][key]
        control.evaluate(COME)
        settle(offline)
        control.click()
        at = offline.evaluate("Reveal.getIndices().h")
        value = control.evaluate("control => control.value")
        offline.keyboard.press(key)
        assert offline.evaluate("Reveal.getIndices().h") == at + way, (part, key)
        assert control.evaluate("control => control.value") == value, (part, key)


def test_arrows_move_a_slider_on_a_slide_and_the_black_key_pauses(offline):
    show(offline, NOTEBOOKS[4].stem)
    slider = offline.locator(".live input[type=range]").first
    slider.evaluate(COME)
    settle(offline)
    slider.click()
    at, value = offline.evaluate("Reveal.getIndices().h"), int(slider.input_value())
    offline.keyboard.press("ArrowLeft")
    assert int(slider.input_value()) == value - 1
    offline.keyboard.press("b")
    assert offline.evaluate("Reveal.isPaused()")
    offline.keyboard.press("b")
    assert offline.evaluate("Reveal.getIndices().h") == at
    slider.focus()
    offline.keyboard.press("Escape")
    assert offline.evaluate("Reveal.isOverview()")
    offline.locator(".slides > .past > section").last.click(force=True)
    assert not offline.evaluate("Reveal.isOverview()")
    assert offline.evaluate("Reveal.getIndices().h") == at - 1


def test_four_tabs_reach_the_slider_of_a_slide(offline):
    show(offline, NOTEBOOKS[3].stem)
    live = offline.locator(".live").first
    live.evaluate(COME)
    settle(offline)
    for _ in range(4):
        offline.keyboard.press("Tab")
        if live.evaluate("live => live.contains(document.activeElement)"):
            return
    raise AssertionError("Tab stops elsewhere: at formulas, cells, other slides?")


def test_the_key_f_gives_the_slide_to_its_figure_and_the_words_back(offline):
    show(offline, NOTEBOOKS[5].stem)
    live = offline.locator(".reveal .live").first
    live.evaluate(COME)
    settle(offline)
    high = "live => live.querySelector('.picture').getBoundingClientRect().height"
    words = offline.locator("section.present section.present, section.present").last
    before, full = live.evaluate(high), words.inner_text()
    live.locator("input[type=range]").first.focus()
    offline.keyboard.press("f")
    filled, alone = live.evaluate(high), words.inner_text()
    faults = offline.evaluate(FAULTS)
    offline.keyboard.press("f")
    assert faults == [] and filled > before and len(alone) < len(full)
    assert words.inner_text() == full


def test_a_formula_in_the_speakers_view_stands_there_once(offline):
    show(offline, NOTEBOOKS[5].stem)
    notes = [c.source for c in read(NOTEBOOKS[5]).cells if role(c) == "notes"]
    formulas = len(re.findall(r"\$[^$]+\$", " ".join(notes)))
    count = "what => document.querySelectorAll(`aside.notes ${what}`).length"
    assert offline.evaluate(count, "math") == formulas >= 10
    assert (
        offline.evaluate(count, ":is(script, .mjx-chtml, .MJX_Assistive_MathML)") == 0
    )


# Formulas of the printed pages that are not there, or too small to be one.
LOST = """
() => [...document.querySelectorAll('.pdf-page script[type^="math/tex"]')].filter(
  tex => !tex.closest('aside')).filter(tex => {
    const drawn = tex.previousElementSibling?.querySelector('.mjx-math');
    return !drawn || drawn.getBoundingClientRect().width < 4;
  }).map(tex => tex.textContent)
"""


@pytest.mark.parametrize(
    "path",
    [
        *(pytest.param(path, marks=pytest.mark.monthly) for path in NOTEBOOKS),
        ROOT / "web" / "deck.md",  # cells of all notebooks
    ],
    ids=lambda path: path.stem,
)
def test_no_formula_is_lost_on_paper(path, offline):
    show(offline, path.stem, "?print-pdf")
    offline.locator(".pdf-page").first.wait_for()
    settle(offline)
    assert offline.evaluate(LOST) == []


def show(page, name, how=""):
    """Open the slides of that name, at their beginning, and wait for the formulas."""
    built = TARGET / f"{name}.html"
    if not built.exists():
        pytest.skip(f"THE SLIDES WERE NOT TESTED: no {built.name}; run make site")
    page.goto(built.as_uri() + how)
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    settle(page)


def settle(page):
    """Wait until no font is fetched, and no formula is or waits to be typeset.

    While a formula is typeset nothing may be pending: the queue is then running.
    A font that has come is told in the next frame, and the slide is fitted anew.
    """
    page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
    page.wait_for_function(
        "MathJax.isReady && !MathJax.Hub.queue.pending && !MathJax.Hub.queue.running"
    )
