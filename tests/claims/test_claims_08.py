"""What notebook 08 says of words, on other languages, seeds and halves of the text."""

from functools import cache

import numpy as np
import pytest

from notebooks.exercises import words as checks
from tests.claims.said import differences, loose, names, rows
from tests.claims.taught import cells
from tools.course import ROOT
from utils.data import words
from utils.network import Network
from utils.stats import mean_and_error

AFTER = np.load(ROOT / "tests" / "library" / "references" / "after.npz")

# The numbers of the text


def end(n, kind, name):
    return mean_and_error(n["falls"][kind, name][-1])


def ends(n, kind, *chosen):
    return [end(n, kind, name)[0] for name in chosen]


def times(n, kind):
    """Return how many times as high momentum ends as Adam."""
    momentum, adam = ends(n, kind, "momentum", "Adam")
    return momentum / adam


def gaps(n, kind, name, part=0):
    return mean_and_error(n["gap"][kind, name][part])


def owed(n, part):
    """Return what Zipf's words add to the gap of momentum, and its error."""
    kinds = "Zipf", "balanced"
    (zipf, se), (flat, other) = (gaps(n, k, "momentum", part) for k in kinds)
    return zipf - flat, np.hypot(se, other)


@cache
def after_1000_steps(key):
    """Return each method's costs after 1,000 steps, less Adam's, on both parts."""
    n = names("08") if key == "08" else KEPT[key]
    data, ends = n["texts"]["real"], {}
    for name in ("Adam", "momentum", "RMSprop"):
        ends[name] = n["fitted"](*n["rival"][name], data, steps=1000)
    return {name: n["behind"](end, ends["Adam"], data) for name, end in ends.items()}


def long(name, part=0):
    return mean_and_error(after_1000_steps("08")[name][part])


def beta_costs(n, B):
    return n["by_beta"][B][0] - n["by_beta"][B][-1]


def after(n, name):
    return mean_and_error(n["gap"]["after", name])


def noisy(n):
    return min(n["noisy_ends"].values()), max(n["noisy_ends"].values())


def row(n, kind):
    return *ends(n, kind, "momentum", "Adam"), times(n, kind)


def ratios(n):
    """Return the first and the mean of the last 20 of output, and of embedding."""
    both = [n["ratio"][k] for k in ("output", "embedding")]
    return [(layer[0], layer[-20:].mean()) for layer in both]


def lifted(s):
    """Return the least and the largest of singular values after five iterations."""
    for _ in range(5):
        s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5
    return s.min(), s.max()


SAID = {
    "zipf-seen": [("is {} ± {}:", lambda n: (n["mean_slope"], n["slope_error"]))],
    "race-said": [
        (
            "is {} in Zipf's languages and {} in the balanced",
            lambda n: (1 / n["zipf"].pi.max(), 100),
        )
    ],
    "newton-solution": [
        ("end between about {} and {}, not", lambda n: lifted(np.geomspace(0.01, 1)))
    ],
    "race-seen": [
        (
            "| gradient descent | {} ± {} | {} |",
            lambda n: (
                *end(n, "Zipf", "gradient descent"),
                *ends(n, "balanced", "gradient descent"),
            ),
        ),
        (
            "| momentum | {} ± {} | {} |",
            lambda n: (*end(n, "Zipf", "momentum"), *ends(n, "balanced", "momentum")),
        ),
        *(
            (
                f"| {name} | {form} | {{}} |",
                lambda n, name=name: (
                    *ends(n, "Zipf", name),
                    *ends(n, "balanced", name),
                ),
            )
            for name, form in (
                ("sign descent", "{}"),
                ("RMSprop", "{}"),
                ("Adam", "**{}**"),
            )
        ),
    ],
    "race-moral": [
        ("ends at {} times", lambda n: times(n, "balanced")),
        ("at {} times. And", lambda n: times(n, "Zipf")),
    ],
    "steps-seen": [("takes {} times", lambda n: n["tenth"]["gradient descent"])],
    "half-seen": [
        (f"| {text} | {{}} | {{}} | {{}} times |", lambda n, kind=kind: row(n, kind))
        for text, kind in {
            "both rare": "Zipf",
            "rare *before*": "rare before",
            "rare *after*": "rare after",
            "balanced": "balanced",
        }.items()
    ],
    "mix-seen": [
        (
            "ends at {} times its cost, above momentum; Adam at {} times",
            lambda n: (n["changed"]["RMSprop"], n["changed"]["Adam"]),
        )
    ],
    "model": [("network {}-{}-{} without", lambda n: n["model"].sizes)],
    "model-seen": [
        (
            "Momentum ends {} ± {} above Adam, RMSprop {} ± {} *below*",
            lambda n: (
                *gaps(n, "real", "momentum"),
                *np.multiply(gaps(n, "real", "RMSprop"), (-1, 1)),
            ),
        ),
        ("Adam does: +{} ± {}.", lambda n: gaps(n, "real", "RMSprop, corrected")),
    ],
    "long-seen": [
        ("is left, {} ± {}:", lambda n: long("RMSprop")),
        ("behind, by {} ± {}, and", lambda n: long("momentum")),
        ("and by {} ± {} on", lambda n: long("momentum", 1)),
    ],
    "model-doubt": [
        ("behind by {} ± {}, with", lambda n: gaps(n, "Zipf", "momentum")),
        ("ones by {} ± {}.", lambda n: gaps(n, "balanced", "momentum")),
        ("half, {} ± {}, is", lambda n: owed(n, 0)),
        ("cannot tell: {} ± {}.", lambda n: owed(n, 1)),
    ],
    "beta-seen": [
        ("costs them {} nats", lambda n: beta_costs(n, 16)),
        ("it costs {}.", lambda n: beta_costs(n, 512)),
        (
            "A larger batch forgives a shorter memory",
            lambda n: np.all(np.diff([beta_costs(n, B) for B in n["sizes"]]) < 0),
        ),
    ],
    "limits-seen": [
        ("between {} and {}:", noisy),
        (
            "at {} times Adam's cost, no longer at {} times",
            lambda n: (
                n["noisy_ends"]["momentum"] / n["noisy_ends"]["Adam"],
                times(n, "Zipf"),
            ),
        ),
    ],
    "after-seen": [
        ("| Adam | 2 | {} | |", lambda n: end(n, "Zipf", "Adam")[0]),
        (
            "| Lion | 1 | {} | +{} ± {} |",
            lambda n: (end(n, "Zipf", "Lion")[0], *after(n, "Lion")),
        ),
        ("| Adam, cosine | 2 | | {} ± {} |", lambda n: after(n, "Adam, cosine")),
        ("it ends at {}. Two", lambda n: end(n, "Zipf", "Lion, β₂ = 0.9")[0]),
        ("| Muon | 1 | | +{} ± {} |", lambda n: after(n, "Muon")),
        (
            "| Schedule-Free | 2 | {} | {} ± {} |",
            lambda n: (
                n["judging_free"].mean(),
                *after(n, "Schedule-Free"),
            ),
        ),
    ],
    "lead-solution": [
        (
            "From 25 to 100 words the lead grows from {} to {} times",
            lambda n: (n["growth"][1][0] / n["growth"][2][0], times(n, "Zipf")),
        )
    ],
    "deeper": [
        (
            "begins at {} and ends near {}, the embedding at {} and {}.",
            lambda n: tuple(np.ravel(ratios(n))),
        ),
    ],
    "adafactor": [
        ("matrix {} numbers in place of {}.", lambda n: (16 + 256, 16 * 256))
    ],
    "teaching": [
        ("it is {} against {}.", lambda n: (n["count"][99], n["count"][0])),
        ("ranks is {} ± {}.", lambda n: (n["mean_slope"], n["slope_error"])),
        (
            "end at {}, {} and {}; momentum at {} and gradient descent at {}.",
            lambda n: ends(
                n,
                "Zipf",
                "sign descent",
                "RMSprop",
                "Adam",
                "momentum",
                "gradient descent",
            ),
        ),
        (
            "momentum is at {} times Adam's cost, here at {} times",
            lambda n: (times(n, "balanced"), times(n, "Zipf")),
        ),
        ("descent takes {} times", lambda n: n["tenth"]["gradient descent"]),
        (
            "Rare before: {} times Adam's cost; rare after: {} times",
            lambda n: (times(n, "rare before"), times(n, "rare after")),
        ),
        (
            "Adam ends at {} times its cost, RMSprop at {} times",
            lambda n: (n["changed"]["Adam"], n["changed"]["RMSprop"]),
        ),
        (
            "Momentum ends {} ± {} above Adam, RMSprop {} ± {} below.",
            lambda n: (
                *gaps(n, "real", "momentum"),
                *np.multiply(gaps(n, "real", "RMSprop"), (-1, 1)),
            ),
        ),
        ("Zipf's words {}, balanced", lambda n: gaps(n, "Zipf", "momentum")[0]),
        ("balanced ones {} ± {}:", lambda n: gaps(n, "balanced", "momentum")),
        (
            "of 16 they lose {} nats; with 512, {}.",
            lambda n: (beta_costs(n, 16), beta_costs(n, 512)),
        ),
        ("rate: {} to {} for", noisy),
        (
            "at 0 momentum ends at twice Adam's cost, at 1 at {} times",
            lambda n: n["curves"]["momentum"][-1, 10] / n["curves"]["Adam"][-1, 10],
        ),
    ],
}
EXEMPT = {
    **dict.fromkeys(
        [
            "the 255 most",
            "Lion, β₂ = 0.9",
            "Word 1 is",
            "1,000 steps",
            r"\beta_1 = 0$, $\beta_2 = 0.99$",
            "memory, 100 steps",
            "with $\\beta_2 = 0.9$ it",
            "100 words",
            "100 steps",
            "64 words",
            "Batches of 128, 200 steps",
            "every 16th",
            "after 200 batches",
            "a row of 16",
            "batches of 16",
            "With 512",
            "128 pairs, 1000 steps",
            r"\beta = 0.9$",
            r"$0.2\sqrt",
            r"\beta_2 = 0.9$",
            "β₂ = 0.9 ",
            "beside 0.999",
            "that of 0.999",
            "Ask: 0.9 in place of 0.999",
            "needs 30 steps",
            "β₁ = 0.9",
            "less than 5 times",
            "more than 50 times",
            "below 5 times",
            "above 50 times",
        ],
        "a setting",
    ),
    **dict.fromkeys(["3.4445", "4.7750", "2.0315"], "Jordan et al. 2024"),
    **dict.fromkeys(["about 28 %", "about 8 %"], "Kasimbeg et al. 2025"),
    **dict.fromkeys(["= 0.95$", "β₂ = 0.95", "- [ ] 0.95", "About −3"], "a habit"),
    **dict.fromkeys(
        [
            "word 50 as for word 1",
            "for word 50",
            "words 1, 10, 50",
            "$1/50$",
            "about $50$ times",
            "say 50 or 7",
            "It is 1;",
            "exercise 2",
            "1 / rank",
            "Zipf's −1",
            "balanced words, 0,",
            "near 1.",
            "Near 1.",
            "1 / (1 − β₂)",
            "weights near 0,",
            "not at 1:",
        ],
        "a name, a form or a guess; the outcome is revealed by a cell",
    ),
}


@pytest.mark.parametrize(("place", "sentence", "value"), rows(SAID))
def test_a_number_of_the_text_is_what_the_cells_compute(place, sentence, value):
    found = list(differences("08", place, sentence, value))
    assert not found, "\n".join(found)


def test_no_number_of_the_text_is_held_by_nothing():
    found = list(loose("08", SAID, EXEMPT))
    assert not found, "\n".join(found)


# 1 to 3 The table, in other languages

KEPT = {}  # the names of other runs
TABLE = "language-code", "table-code", "race-methods", "race-code"


@pytest.fixture(scope="module", params=[51, 52])
def table(request):
    """The race's functions, with languages of other seeds for tuning and judging."""
    n = cells("08", *TABLE)
    seed = request.param

    def raced(name, Table=None, **kind):
        both = ([k, seed] for k in (3, 5))
        tuning, judging = (
            (Table or n["Bigrams"])(n["languages"](seed[0], seed, **kind))
            for seed in both
        )
        return n["run"](n["tuned"](name, tuning), judging)[-1]

    return n | {"raced": raced}


@pytest.mark.parametrize("name", ["Adam", "RMSprop", "Signs"])
def test_on_zipf_words_a_rate_per_parameter_is_far_ahead_of_momentum(table, name):
    name = name.replace("Signs", "sign descent")
    assert table["raced"](name).max() < table["raced"]("momentum").min() / 5


def test_on_balanced_words_momentum_keeps_up(table):
    kind = {"before": 0, "after": 0}
    ratio = table["raced"]("momentum", **kind) / table["raced"]("Adam", **kind)
    assert 2 < np.median(ratio) < 5


def test_the_rare_word_before_does_it_and_not_the_rare_word_after(table):
    def lead(**kind):
        momentum, adam = (table["raced"](k, **kind) for k in ("momentum", "Adam"))
        return np.median(momentum) / np.median(adam)

    assert lead(after=0) > 10 * lead(before=0)


def test_mixed_rows_do_not_move_momentum_and_cost_adam_its_lead(table):
    n = cells("08", *TABLE, "mix-code", seed=3)
    for name, low, high in (("momentum", 0.98, 1.02), ("Adam", 5, 20)):
        mixed = np.median(table["raced"](name, n["Mixed"]))
        assert low < mixed / np.median(table["raced"](name)) < high


@pytest.mark.parametrize("seed", [0, 1])
def test_the_gradient_of_the_table_is_that_of_its_cost(seed):
    n = cells("08", *TABLE)
    rng = np.random.default_rng(seed)
    table = n["Bigrams"](n["language"](rng, V=5))
    theta, step = rng.normal(size=25), 1e-6 * np.eye(25)
    central = (table.excess(theta + step) - table.excess(theta - step)) / 2e-6
    np.testing.assert_allclose(table.gradient(theta, 1), central, atol=1e-8)
    floor = np.log(table.true).ravel()
    assert table.excess(floor) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("half", [0, 1])
def test_each_half_of_the_text_has_zipfs_slope(half):
    n = cells("08", "zipf-code")
    text = np.array_split(words(256)[0], 2)[half]
    assert n["zipf_slope"](text) == pytest.approx(-0.93, abs=0.05)


def test_gradient_descent_swings_at_the_first_word_and_the_others_wait():
    n = cells("08", *TABLE)
    tuning, zipf = (n["Bigrams"](n["languages"](k, 50 + k)) for k in (3, 5))
    path = n["run"](n["tuned"]("gradient descent", tuning), zipf, zipf.by_word)
    by_word = np.median(path[-10:], axis=(0, 1))
    assert by_word[0] > 3 * by_word[1]
    assert by_word[75:].mean() > 3 * by_word[1:25].mean()


# 4 The model, with other starts, batches and made-up languages

MODEL = "model-code", "text-code", "model-rivals", "model-run", "model-print"


@pytest.fixture(scope="module")
def model():
    KEPT["other"] = cells("08", "zipf-code", *TABLE, *MODEL, seed=1)
    return KEPT["other"]


def test_the_rate_per_parameter_leads_and_the_direction_adds_hardly_anything(model):
    assert gaps(model, "real", "momentum")[0] > 0.05
    assert gaps(model, "real", "momentum", 1)[0] > 0.03
    added = gaps(model, "real", "RMSprop, corrected")[0]
    assert abs(added) < gaps(model, "real", "momentum")[0] / 4


def test_rmsprop_leads_for_want_of_the_bias_correction(model):
    (bare, se), (corrected, _) = (
        gaps(model, "real", name) for name in ("RMSprop", "RMSprop, corrected")
    )
    assert bare < -0.03 and bare + 3 * se < corrected


def test_about_half_of_momentums_gap_is_owed_to_unequal_words(model):
    zipf, flat = (gaps(model, kind, "momentum")[0] for kind in ("Zipf", "balanced"))
    assert 0.25 < owed(model, 0)[0] / zipf < 0.75
    assert flat > 0.03


@pytest.mark.monthly
def test_after_1000_steps_only_momentum_is_elsewhere(model):
    left = {k: v[0].mean() for k, v in after_1000_steps("other").items()}
    assert left["momentum"] > 0.03 and abs(left["RMSprop"]) < 0.025


def test_a_rare_word_is_in_every_other_batch_of_512(model):
    labels = model["texts"]["real"][0][1]
    share = np.sort(np.bincount(labels, minlength=256) / len(labels))[::-1]
    rare = share[np.cumsum(share) > 0.75]
    assert 1 - np.exp(-512 * rare.mean()) == pytest.approx(0.5, abs=0.05)


# What came after, beside its reference


def walk(optimizer):
    theta, path = AFTER["start"], []
    state = optimizer.init(theta)
    for t, gradient in enumerate(AFTER["gradients"], 1):
        theta, state = optimizer.step(theta, gradient, state, t)
        path.append(theta)
    return np.array(path)[49::50]


def agree(ours, name):
    np.testing.assert_allclose(ours, AFTER[name], rtol=0, atol=1e-10)


def test_500_steps_of_lion_equal_those_of_optax():
    n = cells("08", "lion-code")
    agree(walk(n["Lion"](0.02, beta2=0.99)), "Lion")


def test_500_steps_of_muon_with_five_iterations_equal_those_of_optax():
    n = cells("08", "orthogonal-code", "muon-code", model=Network((6, 3, 5)))
    n["orthogonal"] = checks.newton_schulz.answer
    agree(walk(n["Muon"](0.02, eps=0.0)), "Muon")


def test_500_steps_of_schedule_free_equal_those_of_optax():
    n = cells("08", "free-code")

    def gradient(theta, t):
        return AFTER["gradients"][t - 1]

    ends = [
        n["schedule_free"](gradient, AFTER["start"], 0.02, steps)
        for steps in range(50, 501, 50)
    ]
    agree(np.array(ends), "Schedule-Free")


@pytest.mark.parametrize("shape", [(7, 3), (3, 7), (4, 4)])
def test_the_orthogonal_factor_has_singular_values_of_1(shape):
    n = cells("08", "orthogonal-code")
    M = np.random.default_rng(1).normal(size=(2, *shape))
    U, _, V = np.linalg.svd(M, full_matrices=False)
    np.testing.assert_allclose(n["orthogonal"](M), U @ V, atol=1e-10)
