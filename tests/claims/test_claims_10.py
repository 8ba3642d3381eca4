"""What notebook 10 says of its recorded runs: measures, each on every choosing seed."""

from functools import cache

import numpy as np

from classroom import players
from notebooks.exercises import your_own_model as checks
from utils import faults, flights
from utils.symptoms import symptoms

SEEDS = range(flights.SEEDS)
ADAPTIVE = "RMSprop", "AdamW", "Muon"


def chosen(name, schedule="constant", clip=1, seed=0):
    """Return the setting with the lowest validation loss of one seed."""
    rows = [(name, lr, schedule, clip) for lr in flights.rates(name)]
    return rows[np.nanargmin([flights.ends(*row)["validation"][seed] for row in rows])]


def fate(*setting, seed=0, **kind):
    """Return the test loss of a setting, or of the chosen one, on the other seeds."""
    row = setting if len(setting) > 1 else chosen(*setting, seed=seed, **kind)
    return players.unseen(row, seed)[0]


def always(truth, names):
    """Say whether something holds of each of these optimizers, whichever seed chose."""
    return all(truth(name, seed) for name in names for seed in SEEDS)


def gains(name, seed, schedule="cosine", clip=1):
    """Return how much lower it ends so than at its best constant rate, clipped."""
    return fate(name, seed=seed) - fate(name, schedule=schedule, clip=clip, seed=seed)


def finder_tenth(name, seed):
    """Return a tenth of the rate at which the finder's loss was lowest."""
    rates, losses = flights.finder(name)
    return rates[np.nanargmin(losses[seed])] / 10


def at_the_middle_rate(name):
    """Return the seeds' losses: not clipped, clipped at 0.25, at half the rate."""
    half, whole = flights.rates(name)[3:5]
    kinds = (whole, None), (whole, 0.25), (half, None)
    return [flights.ends(name, lr, clip=clip)["test"] for lr, clip in kinds]


def leaders(steps):
    """Return the schedule of the run that leads after so many steps, of each seed."""
    rows = [row for row in flights.settings() if row[3] in flights.CLIPS]
    seen = [flights.series(*row)["validation"][:, steps // 4 - 1] for row in rows]
    return [rows[k][2] for k in np.nanargmin(seen, axis=0)]


def recorded():
    """Return the 180 settings, and the validation losses that are seen of them."""
    rows = [row for row in flights.settings() if row[3] in flights.CLIPS]
    rows = [row for row in rows if np.log2(row[1]).is_integer()]
    seen = np.array([flights.series(*row)["validation"] for row in rows])
    return rows, np.nan_to_num(seen, nan=np.inf)


def begun_well(best, steps):
    """Say of the best at the end, on each seed, which stood in the top quarter."""
    rows, seen = recorded()
    places = seen[..., steps // flights.EVERY - 1].argsort(axis=0).argsort(axis=0)
    ends = seen[..., -1].argsort(axis=0)[:best]
    return np.take_along_axis(places, ends, axis=0) < len(rows) / 4


def late_starters(best, steps):
    """Return the schedules of the best at the end that had not begun well."""
    rows, seen = recorded()
    ends = seen[..., -1].argsort(axis=0)[:best]
    return {rows[k][2] for k in ends[~begun_well(best, steps)]}


def two_rounds(settings, run):
    """Fly two rates of each optimizer, then beside the best: with cosine and clip."""
    names = dict.fromkeys(name for name, *_rest in settings)
    pairs = [(name, lr) for name in names for lr in flights.rates(name)[[3, 6]]]
    first = [(*pair, "cosine", 1) for pair in pairs]
    name, lr, *kind = min(first, key=run)
    return min([(name, factor * lr, *kind) for factor in (0.5, 1, 2)], key=run)


def above_what_was_seen(limit):
    """Return how much higher settings score that end below a limit, on each seed."""
    rows, seen = recorded()
    ends = [(row, s, seen[k, s, -1]) for k, row in enumerate(rows) for s in SEEDS]
    return [players.unseen(row, s)[0] - low for row, s, low in ends if low < limit]


def all_windows_are_harder(limit):
    """Say whether all windows of the validation text have a higher loss than the 64."""
    rows, seen = recorded()
    whole = np.array([flights.ends(*row)["validation"] for row in rows])
    good = seen[..., -1] < limit
    return (whole[good] > seen[..., -1][good]).all()


def best_of(fates, name, schedule, clip):
    """Return the rate at which the mean test loss of four seeds is lowest."""
    return flights.rates(name)[np.nanargmin(fates[name, schedule, clip])]


def diverges_beyond(fates, name, schedule):
    """Say whether a run without a clip diverges at twice its best rate."""
    losses = fates[name, schedule, False]
    return np.isnan(losses[np.nanargmin(losses) + 1])


def said_by_symptoms(letter):
    """Return what symptoms says of a curve of the first exercise."""
    run = checks.curves[letter]
    return ", ".join(symptoms(run["training"], run["validation"]))


def after_the_break(name, seed):
    """Return the highest training loss of the steps 101 to 110."""
    return faults.curve(name, seed)["training"][100:110].max()


@cache
def searches(count=100):
    """Return of many draws of 64 settings how two searches end, and what halving ran.

    The loss of halving's choice on seeds not seen, that of the best of twelve whole
    runs, and {steps: share of the settings run so long that have a warm-up}.
    """
    rows = [row for row in flights.settings()[:180] if row[3] in flights.CLIPS]
    seen = [np.nan_to_num(flights.series(*row)["validation"][0], nan=9) for row in rows]
    worth = [players.unseen(row, 0)[0] for row in rows]
    found = []
    for seed in range(count):
        drawn = np.random.default_rng(seed).choice(180, 64, replace=False)
        names, warm = [(int(k),) for k in drawn], {}

        def run(name, steps, warm=warm):
            cosine = rows[name[0]][2] == "cosine"
            warm.setdefault(steps, []).append(cosine)
            return seen[name[0]][steps // flights.EVERY - 1]

        _, loss = checks.halving.answer(names, run, lambda name: worth[name[0]])
        twelve = min(drawn[:12], key=lambda k: seen[k][-1])
        found.append((loss, worth[twelve], {n: np.mean(warm[n]) for n in warm}))
    return found


def share_ahead():
    """Return the share of draws in which halving ends below twelve whole runs."""
    return np.mean([halving < twelve for halving, twelve, _ in searches()])


def share_of_warmups(steps):
    """Return the share of warm-ups among runs of so many steps, mean of the draws."""
    return np.mean([shares[steps] for *_, shares in searches()])
