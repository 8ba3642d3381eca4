"""The class that this course grew out of, line by line: where it is taught, and tried.

Each line, the number of its slide and words of web/deck.md, is followed by the cells
that teach it, "notebook: ids", and by the tests, or the rows of a table, that try what
it claims.
"""

import re
from itertools import pairwise

import nbformat
import pytest

from tests.claims.table import said
from tools.counting import role
from tools.course import NOTEBOOKS, PATHS, ROOT
from tools.site.slides import deck_of, demand_cells, read_deck, routes, text_cell

COVERAGE = {
    "1 · millions of parameters; cost function; predictions and the true values": (
        ["01: problem parts model model-code", "02: update problem-code"],
        [
            "test_one_epoch_of_single_samples_costs_one_gradient_and_lowers_the_cost_a_lot"
        ],
    ),
    "2 · landscape": (
        ["01: walks surface-figure kinds-code half-code walks-figure"],
        [
            "01: surface-seen",
            "test_a_real_hessian_has_few_negative_curvatures_and_most_are_near_zero",
        ],
    ),
    "2 · scalability": (
        ["01: scale scale-code scale-table"],
        ["test_backpropagation_costs_three_costs_less_the_first_layer"],
    ),
    "2 · speed of convergence": (
        ["01: speed speed-best steps-code speed-figure"],
        ["01: speed-seen"],
    ),
    "2 · vanishing and exploding gradients": (
        ["01: depth expected-code real-depth-code depth-figure slider"],
        ["test_real_networks_follow_the_formulas"],
    ),
    "3 · one random sample; 02: update": (
        ["02: update loop-code same-code unbiased-code"],
        ["02: unbiased-told"],
    ),
    "4 · fast updates": (
        ["02: fast fast-code three-clocks-code three-clocks-seen"],
        [
            "test_each_batch_size_wins_on_its_own_clock",
            "test_a_single_sample_step_is_several_times_as_fast_and_a_call_costs_a_hundred",
        ],
    ),
    "4 · escapes local minima": (
        ["02: escape well-figure escape-figure"],
        [
            "test_a_little_noise_keeps_more_finds_and_too_much_forgets",
        ],
    ),
    "5 · noisy convergence": (
        ["02: noise noise-code floor-figure"],
        ["test_the_noise_floor_is_the_formula"],
    ),
    "5 · depends on the learning rate": (
        ["02: rate rate-code u-code dead-figure"],
        ["test_the_final_cost_against_the_rate_is_a_u"],
    ),
    "6 · Class break! Any questions?": (["02: break"], []),
    "7 · Adaptive Moment Estimation; momentum; RMSprop; stable, adaptive updates": (
        ["03: title", "04: title", "05: contains network-figure"],
        ["05: contains"],
    ),
    "8 · adapts by itself to each parameter; momentum, and $\\hat v_t$; RMSprop": (
        ["04: ink ink-run ink-figure"],
        ["04: ink-seen"],
    ),
    "9 · unstable convergence of SGD; fixed choice of the learning rate": (
        ["05: settle settle-code settle-figure", "06: rates rates-figure"],
        [
            "test_adams_window_is_the_widest_at_first_and_not_after_two_memories",
            "test_at_a_constant_rate_adam_does_not_settle_without_noise_either",
            "test_the_noise_floor_is_half_of_the_rate_times_sigma"
            "_and_sgds_goes_with_its_square",
        ],
    ),
    "10 · first order; second order": (
        ["05: average agree-code recipe"],
        ["test_the_weights_fade_geometrically_with_mean_age_one_over_one_minus_beta"],
    ),
    "10 · bias correction; underestimated": (
        ["05: bias brake brake-figure"],
        ["05: bias-told"],
    ),
    "10 · the update": (
        ["05: loop-code same-code"],
        ["test_500_steps_equal_those_of_pytorch"],
    ),
    "11 · 05: recipe": (
        ["05: recipe lines loop-code"],
        ["test_500_steps_equal_those_of_pytorch"],
    ),
    "12 · fast convergence": (
        ["06: converge converge-code converge-figure seconds-code"],
        ["06: paired-seen", "06: batch-seen"],
    ),
    "12 · adapts a learning rate per parameter": (
        ["04: title ink-figure"],
        ["04: ink-seen"],
    ),
    "13 · possible overfitting": (
        ["06: overfit overfit-run overfit-figure"],
        [
            "06: overfit-seen",
        ],
    ),
    "13 · larger computational cost": (
        ["06: seconds seconds-code"],
        [
            "06: seconds-told",
            "test_a_step_of_adam_takes_one_to_two_times_as_long",
        ],
    ),
    "14 · Class break! Any questions?": (["05: break", "06: break"], []),
    "15 · convergence of both models": (
        ["06: converge-code converge-figure folds-code best-figure"],
        [
            "06: best-seen",
        ],
    ),
    "15 · effect of each learning rate": (
        ["06: rates rates-code rates-figure slider"],
        [
            "06: window-seen",
            "06: shared-seen",
        ],
    ),
    "15 · good practice": (
        ["07: protocol search-figure luck-figure summary capstone"],
        [
            "07: search-seen",
            "07: luck-seen",
        ],
    ),
    "16 · Any questions?": (["06: questions", "07: checklist"], []),
}


@pytest.fixture(scope="module")
def cells():
    """The ids of the cells of each notebook, by its number."""
    return {
        path.stem[:2]: {cell.id for cell in nbformat.read(path, as_version=4).cells}
        for path in NOTEBOOKS
    }


@pytest.fixture(scope="module")
def tests():
    """The names of all tests, and of all places that a table has rows for."""
    sources = [
        path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/test_*.py")
    ]
    places = {f"{number}: {row.section}" for number in PATHS for row in said(number)}
    return places.union(re.findall(r"^def (test_\w+)", "\n".join(sources), re.M))


@pytest.mark.parametrize("line", COVERAGE)
def test_each_line_of_the_class_is_taught_and_tried(line, cells, tests):
    places, tried = COVERAGE[line]
    for place in places:
        notebook, _, ids = place.partition(": ")
        assert ids and set(ids.split()) <= cells[notebook], place
    gone = set(tried) - tests
    assert not gone, f"{line!r} is tried by {gone}, which is no test and has no row"
    claims = not re.search("break|questions", line)
    assert bool(tried) == claims


DECK = ROOT / "web" / "deck.md"


def test_the_deck_has_every_line_in_its_order():
    slides = {}
    for slide, words in (line.split(" · ") for line in COVERAGE):
        slides.setdefault(slide, []).extend(words.split("; "))
    deck = read_deck(DECK)
    parts = [(text, below) for text, _, below in deck if text[2].isdigit()]
    for (text, below), (k, lines) in zip(parts, slides.items(), strict=True):
        assert text.startswith(f"# {k} · ")
        shown = text.replace("*", "") + "".join(f"\n{n}: {ids[0]}" for n, ids in below)
        places = [shown.find(line) for line in lines]
        assert -1 not in places and places == sorted(places), (k, lines, places)


def test_the_teachers_page_has_every_route_of_the_deck():
    page = (ROOT / "web" / "teachers.md").read_text("utf-8")
    assert routes(DECK) == {"deck-50": 50, "deck-100": 100, "deck": None}
    for name, minutes in routes(DECK).items():
        assert f'<a href="slides/{name}.html">{minutes or 150}</a>' in page


each_class = pytest.mark.parametrize(
    ("name", "minutes"),
    [
        *(("deck", minutes) for minutes in (50, 100, 150)),
        ("classes/momentum", 50),
        ("classes/sgd-against-adam", 100),
    ],
)


def deck(name, minutes):
    """Return the notebook of a class in web."""
    notebooks = {path.stem[:2]: nbformat.read(path, 4) for path in NOTEBOOKS}
    slides = read_deck(ROOT / "web" / f"{name}.md", minutes)
    demand_cells(slides, notebooks)
    return deck_of(slides, notebooks)


@each_class
def test_a_class_fits_its_minutes_and_is_complete_in_itself(name, minutes):
    made = deck(name, minutes)
    assert minutes - 10 < made.metadata.minutes <= minutes
    shown = [cell for cell in made.cells if role(cell) != "notes"]
    notes = [cell for cell in made.cells if cell.id.endswith("-asked")]
    clock = [int(re.match(r"\*Minute (\d+)\.\*", note.source)[1]) for note in notes]
    assert clock == sorted(clock)
    assert len(clock) == sum(role(cell) == "slide" for cell in shown)
    text = "\n".join(cell.source for cell in shown)
    assert not re.findall(r"(?i).*\bsections? \d.*", text)
    for vote in re.findall(r"(\w+)\.reveal\(", text):
        assert re.search(rf"(?s)\b{vote} = questions\.Prediction.*{vote}\.reveal", text)
    for used, defined in DEFINED.items():
        assert used in text or minutes < 150
        if used in text:
            assert defined in text[: text.index(used)], used


def neighbours(path):
    """Yield the pairs of cells that follow each other on a notebook's slides.

    They are counted twice, with what lies below the route and without.
    """
    cells, below, route = nbformat.read(path, as_version=4).cells, False, []
    shown = [cell for cell in cells if role(cell) not in ("skip", "notes")]
    for cell in shown:
        below = {"slide": False, "subslide": True}.get(role(cell), below)
        route += [] if below else [cell]
    for some in shown, route:
        yield from pairwise(f"{path.stem[:2]}-{cell.id}" for cell in some)


def loose_ends(shown):
    """Yield each end of a slide that the next does not take up.

    That is a colon with nothing below it, a question with which a part ends, and a
    heading such as "Why?" without what it asks about, the cell before it.
    """
    order = {pair for path in NOTEBOOKS for pair in neighbours(path)}
    for before, cell in pairwise([*shown, text_cell("# The end", "slide", "end")]):
        asks = re.match(r"#+ (And )?\w+\?", cell.source)
        if asks and (before.id, cell.id) not in order:
            yield f"{cell.id}: {asks[0]} of what?"
        text = re.sub(r"(?s)<details>.*", "", before.source).strip()
        if before.cell_type == "code" or role(cell) != "slide":
            continue
        part_ends = cell.source.startswith("# ") and "**Stop and think.**" not in text
        if text.endswith(":") or (text.endswith("?") and part_ends):
            yield f"{before.id}: {text[-40:]}"


@each_class
def test_a_class_has_no_loose_ends(name, minutes):
    shown = [cell for cell in deck(name, minutes).cells if role(cell) != "notes"]
    assert not [*loose_ends(shown)]


# Where it is used -> where it is said what it is.
DEFINED = {
    "eigenvectors of $H$": "**Hessian**",
    "condition number, ten times": "**condition number**",
    "Leave the hats out": "\\hat m_t = \\frac{m_t}{1-\\beta_1^t}",
    "half of SGD's epochs": "**epochs**",
    "**saturated**": "**activation**",
    "**vanishing gradients**": "**initialization scale**",
    "half the floor": "**noise floor**",
}
