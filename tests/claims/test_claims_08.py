"""What notebook 08 says of words, on other languages, seeds and halves of the text."""

from functools import cache, partial

import numpy as np
import pytest

from notebooks.exercises import words as checks
from tests.claims.taught import cells, names
from tools.course import ROOT
from utils import optimizers as opt
from utils import stats
from utils.data import words
from utils.descent import descend
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


def part_owed(n):
    return owed(n, 0)[0] / gaps(n, "Zipf", "momentum")[0]


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


def beta_costs(n, B, k=0):
    """Return what a β₂ costs rare words, beside 0.999; k: its place, 0 for 0.9."""
    return n["by_beta"][B][k] - n["by_beta"][B][3]


def after(n, name):
    return mean_and_error(n["gap"]["after", name])


def noisy(n):
    return min(n["noisy_ends"].values()), max(n["noisy_ends"].values())


def leads(n, V=100):
    """Return how many times as high momentum ends as Adam, at each exponent."""
    return n["curves"]["momentum", V][-1] / n["curves"]["Adam", V][-1]


def grown(n):
    """Return Adam's lead for each number of words."""
    _, momentum, adam = n["growth"]
    return np.divide(momentum, adam)


def agrees_held_out(n):
    """Say whether both gaps have their signs on held-out text, beyond two errors."""
    momentum, rmsprop = (gaps(n, "real", k, 1) for k in ("momentum", "RMSprop"))
    return np.divide(*momentum) > 2 and np.divide(*rmsprop) < -2


def model_costs(n, *chosen):
    return [n["cost"](n["models"]["real", k], n["texts"]["real"]) for k in chosen]


def part_of_a_schedule(n):
    """Return which part of the cosine's gain Schedule-Free has."""
    return after(n, "Schedule-Free")[0] / after(n, "Adam, cosine")[0]


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


# The order of every sentence, as it stands, and what holds it


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


def test_mixed_rows_do_not_move_momentum_and_cost_adam_and_rmsprop_their_lead(table):
    n, mixed = cells("08", *TABLE, "mix-code", seed=3), {}
    for name, low, high in (
        ("momentum", 0.98, 1.02),
        ("Adam", 5, 20),
        ("RMSprop", 10, 30),
    ):
        mixed[name] = np.median(table["raced"](name, n["Mixed"]))
        assert low < mixed[name] / np.median(table["raced"](name)) < high
    assert sorted(mixed, key=mixed.get) == ["Adam", "momentum", "RMSprop"]


def test_mixed_rows_have_the_same_cost_and_the_same_floor():
    n = cells("08", *TABLE, "mix-code", seed=3)
    joint = n["languages"](1, 53)[0].astype(float)
    plain, mixed = n["Bigrams"](joint), n["Mixed"](joint)
    theta = np.random.default_rng(53).normal(size=(100, 100))
    for point in theta, np.log(plain.true):
        turned = (mixed.Q.astype(float).T @ point).ravel()
        assert mixed.excess(turned) == pytest.approx(
            plain.excess(point.ravel()), abs=1e-5
        )


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


@pytest.mark.parametrize("seed", [1, 2])
def test_the_lead_grows_with_the_number_of_words_and_adam_stands_still(seed):
    n = cells("08", *TABLE, "growth-code", seed=seed)
    _, momentum, adam = n["growth"]
    assert momentum[3] > 4 * momentum[1]
    assert adam[3] == pytest.approx(adam[2], rel=0.1)
    assert grown(n)[3] > 3 * grown(n)[1]


@pytest.mark.parametrize("V", [100, 200, pytest.param(400, marks=pytest.mark.monthly)])
def test_the_few_rates_tried_for_many_words_hold_the_best_of_all(V):
    n = cells("08", *TABLE, "growth-code")
    tuning = n["Bigrams"](n["languages"](3, 54, V=V))
    for name, beta in ("momentum", "beta"), ("Adam", "beta1"):
        few, all_ = (n["tuned"](f"{name}{near}", tuning) for near in (", near", ""))
        assert (few.lr, getattr(few, beta)) == (all_.lr, getattr(all_, beta))


def test_in_the_slider_the_lead_grows_with_the_exponent_and_with_the_words():
    n = cells("08", *TABLE, "slider-languages", "slider-data", seed=1)
    at_1 = [leads(n, V)[5] for V in (25, 50, 100)]
    assert at_1[1] > 1.5 * at_1[0] and at_1[2] > 1.5 * at_1[1]
    assert all(leads(n, V)[5] > 3 * leads(n, V)[0] for V in (25, 50, 100))


@pytest.mark.parametrize("half", [0, 1])
def test_each_half_of_the_text_has_zipfs_slope(half):
    n = cells("08", "zipf-code")
    text = np.array_split(words(256)[0], 2)[half]
    assert n["zipf_slope"](text) == pytest.approx(-0.93, abs=0.05)
    count, ranks = n["counts"](text, 101), np.arange(2, 102)
    assert np.median(ranks * count[1:] / count[0]) == pytest.approx(2, abs=0.25)
    assert np.min(ranks * count[1:] / count[0]) > 1.4  # the first alone is rarer


def test_gradient_descent_bounces_at_the_first_word_and_the_others_wait():
    n = cells("08", *TABLE)
    tuning, zipf = (n["Bigrams"](n["languages"](k, 50 + k)) for k in (3, 5))
    path = n["run"](n["tuned"]("gradient descent", tuning), zipf, zipf.by_word)
    by_word = np.median(path[-10:], axis=(0, 1))
    assert by_word[0] > 3 * by_word[1]
    assert by_word[75:].mean() > 3 * by_word[1:25].mean()


def test_only_gradient_descent_and_momentum_neglect_the_rare_words():
    n = cells("08", *TABLE)
    tuning, zipf = (n["Bigrams"](n["languages"](k, 50 + k)) for k in (3, 5))
    for name in n["five"]:
        path = n["run"](n["tuned"](name, tuning), zipf, zipf.by_word, every=100)
        frequent, rare = np.split(path[-1].mean(axis=0), [25])
        ratio = rare[50:].mean() / frequent.mean()
        neglects = name in ("gradient descent", "momentum")
        assert ratio > 2.5 if neglects else 0.9 < ratio < 1.1, name


@pytest.mark.parametrize("name", ["RMSprop", "Adam", "Signs"])
def test_a_rate_per_parameter_takes_the_same_number_of_steps_for_all_words(name):
    n = cells("08", *TABLE)
    some = n["Bigrams"](n["languages"](2, 61))
    part = n["run"](n[name](np.float32(0.1)), some, some.by_word)[..., [0, 9, 49]]
    below = part < part[0] / 10
    assert below.any(axis=0).all()
    steps = np.median(below.argmax(axis=0), axis=0)
    np.testing.assert_allclose(steps, steps[0], rtol=0.1, atol=1)


def test_with_batches_adam_takes_more_steps_for_rare_words():
    n = cells("08", *TABLE, "limits-code", seed=2)
    start, one = np.zeros((1, 100**2), np.float32), n["one"]
    path = descend(n["by_batch"](3), start, n["Adam"](0.02), 600, one.by_word, 10)
    steps = (path[:, 0] < path[0, 0] / 4).argmax(axis=0)
    assert np.median(steps[45:55]) > 2 * np.median(steps[:3]) > 0


def test_a_large_epsilon_spoils_the_lead(table):
    """Beside the gradients of the rarest word, of at most its share: 0.002."""
    large = partial(opt.Adam, eps=0.01), [0.9], table["quarters"][3:]
    table["methods"]["large ε"] = large
    adam, large, momentum = (
        np.median(table["raced"](name)) for name in ("Adam", "large ε", "momentum")
    )
    assert large > momentum / 5 > 5 * adam


def test_an_epsilon_above_the_rarest_gradients_eats_into_the_lead(table):
    above = partial(opt.Adam, eps=1e-4), [0.9], table["quarters"][3:13]  # 5 times
    table["methods"]["ε above"] = above
    adam, above, momentum = (
        np.median(table["raced"](name)) for name in ("Adam", "ε above", "momentum")
    )
    assert 2 * adam < above < momentum / 5


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
    assert 0.3 < owed(model, 0)[0] / zipf < 0.6
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


def test_a_short_memory_costs_rare_words_in_small_batches_and_hardly_in_large_ones():
    n = cells("08", "zipf-code", *TABLE, *MODEL[:2], seed=1)
    n["texts"] = {"real": n["split"](n["text"][:-1], n["text"][1:])}
    by_beta = cells("08", "beta-code", seed=1, **n)["by_beta"]
    costs = np.array([*by_beta.values()])  # (batch sizes, β₂)
    lost = costs[:, 0] - costs[:, 3]
    assert lost[0] > lost[1] > lost[2]
    assert lost[0] > 0.3 and lost[2] < 0.1
    np.testing.assert_allclose(costs[:, 4], costs[:, 3], atol=0.01)


def test_with_noise_and_a_cosine_hardly_anything_of_momentums_loss_is_left():
    ends = cells("08", *TABLE, "limits-code", "limits-run", seed=1)["noisy_ends"]
    assert 1 < ends["momentum"] / ends["Adam"] < 1.5
    assert max(ends.values()) < 1.5 * min(ends.values())


def test_the_cosine_helps_momentum_and_not_adam():
    """Each with the cosine, and with a constant rate, at the best rates of both."""
    n = cells("08", *TABLE, "limits-code", "limits-run", seed=1)
    rates, start, constant = n["quarters"][6:11, None], n["start"], {}
    for name, rate in {"momentum": 6, "Adam": 0.02}.items():
        method, betas, _ = n["methods"][name]
        rule = method(np.float32(rate * rates), betas[0])
        ends = descend(n["by_batch"](2), start, rule, 1000, n["one"].excess, 1000)[-1]
        constant[name] = ends[stats.best(ends)]
    assert constant["momentum"] > 1.5 * n["noisy_ends"]["momentum"]
    assert constant["Adam"] < n["noisy_ends"]["Adam"]


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


@pytest.mark.parametrize("seed", [1, 2])
def test_in_the_tables_100_steps_schedule_free_gains_on_adam(seed):
    after = "lion-code", "free-code", "after-table"
    n = cells("08", *TABLE, *after, seed=seed, falls={})
    adam = n["run"](n["tuned"]("Adam", n["tuning"]), n["judging"])[-1]
    assert n["judging_free"].max() < 0.75 * adam.min()


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
