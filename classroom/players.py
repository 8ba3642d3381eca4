"""Players of notebook 10's game: each has twelve runs to find a setting.

    python -m classroom.players       print what each reaches, in a thousand games

A player is given the settings in a random order, and `run(setting, steps)`, which says
the validation loss that is seen there, and charges for the steps.  It returns one
setting, which is judged as yours: by the test loss on the three seeds not seen.
"""

from dataclasses import dataclass, field
from functools import cache
from gettext import gettext as _
from itertools import product

import numpy as np

from utils import flights, stats
from utils.refusals import refusal

RUNS = 12
BUDGET = RUNS * flights.STEPS
GAMES = 1000


def random_search(settings, run):
    """Fly twelve settings to their end, whichever they are.

    >>> random_search([("SGD", lr) for lr in (1, 2, 3)], lambda setting: -setting[1])
    ('SGD', 3)
    """
    return min(settings[:12], key=run)


def grid(settings, run):
    """Fly three optimizers at four rates each, with a cosine and a clip.

    >>> grid([("SGD",), ("Muon",), ("AdamW",)], lambda setting: setting[1])[0]
    'AdamW'
    """
    names = [*dict.fromkeys(name for name, *_rest in settings)][:3]
    every_other = [(name, lr) for name in names for lr in _rates(name)[1::2]]
    return min([(*pair, "cosine", 1) for pair in every_other], key=run)


def halving(settings, run):
    """Fly 72 settings for 20 steps; the better quarter goes on, and again a third.

    >>> halving([*range(100)], lambda setting, steps: abs(setting - 30))
    30
    """
    left = settings[:72]
    for steps, keep in (20, 18), (60, 6), (300, 1):
        left = sorted(left, key=lambda setting: run(setting, steps))[:keep]
    return left[0]


def hope(settings, run):
    """Take the rate that many take, and look at nothing.

    >>> hope([], None)
    ('AdamW', 0.0003, 'constant', None)
    """
    return "AdamW", 3e-4, "constant", None


def finder(settings, run):
    """Fly each optimizer at a tenth of the rate at which its finder is lowest.

    >>> finder([("Muon",)], Game(seed=0, left=700))[2]
    'constant'
    """
    tenths = []
    for name in dict.fromkeys(name for name, *_rest in settings):
        rates, losses = run.finder(name)
        off = np.log(_rates(name) / (rates[np.nanargmin(losses)] / 10))
        tenths.append((name, _rates(name)[stats.nearest(off, 0)]))
    pairs = product(tenths, flights.SCHEDULES)
    return min([(*pair, schedule, 1) for pair, schedule in pairs], key=run)


PLAYERS = {
    "random search": random_search,
    "a grid": grid,
    "successive halving": halving,
    "a learning-rate finder": finder,
    "AdamW at 3e-4, and hope": hope,
}


def cast():
    """Return the players by their names in the reader's language, `{name: player}`.

    >>> cast()["a grid"] is grid
    True
    """
    return dict(zip(map(_, PLAYERS), PLAYERS.values(), strict=True))


def everything(settings, run):
    """Fly all 180 settings to their end: no player can, and it is what one could reach.

    This is judged like a player: the lowest of 180 *test* losses would be lucky, too.

    >>> everything([3, 1, 2], abs)
    1
    """
    return min(settings, key=run)


@dataclass
class Game:
    """What one player sees, and pays: one seed of the flights, for so many steps."""

    seed: int
    left: int
    flown: dict = field(default_factory=dict)

    def __call__(self, setting, steps=flights.STEPS):
        """Return the validation loss of a run after so many steps; it may go on."""
        before = self.flown.get(setting, 0)
        self.flown[setting] = max(steps, before)
        self._pay(self.flown[setting] - before)
        return _losses()[0][setting][self.seed][steps // flights.EVERY - 1]

    def finder(self, optimizer):
        """Return the rates and losses of a learning-rate finder."""
        rates, losses = _finder(optimizer)
        self._pay(flights.EVERY * len(rates))
        return rates, losses[self.seed]

    def _pay(self, steps):
        self.left -= steps
        if self.left < 0:
            raise refusal(
                "{over} steps are too many: twelve runs of {steps} are to be spent; "
                "stop a run earlier, or fly fewer.",
                {"over": -self.left, "steps": flights.STEPS},
            )


@cache
def games(player, count=GAMES):
    """Return what a player reaches in many games, sorted; inf where it diverges.

    >>> games(hope, 8).round(1)
    array([2.6, 2.6, 2.6, 2.6, 2.6, 2.6, 2.6, 2.6])
    """
    rng, reached = np.random.default_rng(0), []
    settings = _losses()[1]
    budget = len(settings) * flights.STEPS if player is everything else BUDGET
    for _game in range(count):
        game = Game(int(rng.integers(flights.SEEDS)), budget)
        shuffled = [settings[k] for k in rng.permutation(len(settings))]
        reached.append(_unseen(player(shuffled, game), game.seed))
    return np.sort(reached)


def unseen(setting, seed=0):
    """Return the mean test loss of the seeds other than one, and its standard error.

    (inf, nan) if one of them diverges.

    >>> mean, error = unseen(("AdamW", 3e-4, "constant", None))
    >>> print(f"{mean:.1f}")
    2.6
    """
    tests = np.delete(flights.ends(*setting)["test"], seed)
    if np.isnan(tests).any():
        return np.inf, np.nan
    return tuple(map(float, stats.mean_and_error(tests)))


def table():
    """Return a line for each player: the median of its games, and the middle 80 %.

    >>> print(table().splitlines()[-1])
    all 180, if one could       1.742   1.742 to 1.744
    """
    lines = [_("test loss").rjust(33) + _("middle 80 %").rjust(17)]
    players = cast() | {_("all 180, if one could"): everything}
    for name, player in players.items():
        reached = games(player)
        low, high = stats.band(reached)
        middle = _("{low:.3f} to {high:.3f}").format(low=low, high=high)
        lines.append(f"{name:24}{stats.median(reached):9.3f}{middle:>17}")
    return "\n".join(lines)


@cache
def _rates(optimizer):
    return flights.rates(optimizer)


@cache
def _finder(optimizer):
    return flights.finder(optimizer)


@cache
def _unseen(setting, seed):
    return unseen(setting, seed)[0]


@cache
def _losses():
    """Return `{setting: (seeds, points)}`, inf from where it diverges, and the 180."""
    settings = flights.settings()
    losses = {row: flights.series(*row)["validation"] for row in settings}
    losses = {row: np.nan_to_num(loss, nan=np.inf) for row, loss in losses.items()}
    flown = [row for row in settings if row[3] in flights.CLIPS]
    return losses, [row for row in flown if np.log2(row[1]).is_integer()]


if __name__ == "__main__":
    print(table())
