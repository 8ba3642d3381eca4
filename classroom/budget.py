"""Twelve runs to spend: recorded runs, replayed as if they were live.

What was flown is kept in the record: a kernel that starts anew gives no run back.  A
run that is stopped costs its steps only; flown again, it goes on where it stopped.  At
the end one setting is named, and judged on seeds that were not seen.
"""

import os
import sys
import time
from dataclasses import dataclass
from gettext import gettext as _

import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

from classroom import players, record
from classroom.players import BUDGET, RUNS
from utils import figures, flights, stats
from utils.refusals import refusal

SEED = 0  # the one that is seen; a choice is judged on the others
_PACE = 0.05  # seconds between two points: a run takes four
_flown = {}  # {setting: steps}, in this kernel
_named = {}  # {setting: the first, the second, ... choice}, in this kernel


@dataclass(frozen=True)
class Flight:
    """What was seen of a run: its setting, and its series as far as it was flown."""

    setting: tuple
    series: dict

    @property
    def steps(self):
        """How many steps have been flown."""
        return flights.EVERY * len(self.series["training"])

    @property
    def validation(self):
        """The validation loss that was seen last."""
        return float(self.series["validation"][-1])

    def __repr__(self):
        return _(
            "{name}: validation loss {loss:.2f} after {steps} steps; "
            "{left} steps are left, {runs:.1f} runs"
        ).format(
            name=name_of(*self.setting),
            loss=self.validation,
            steps=self.steps,
            left=left(),
            runs=left() / flights.STEPS,
        )


def fly(optimizer, lr, schedule="constant", clip=None, steps=flights.STEPS):
    """Replay a recorded run, draw its instruments, and return it as a `Flight`.

    steps    how far, a multiple of 4; what was flown before is not paid again

    The stop button ends it early: you pay for the steps that you saw.  Raises
    ValueError for what was not flown, and for more steps than are left.
    """
    _check_clip(clip)
    k = flights.number(optimizer, lr, schedule, clip)
    setting = flights.settings()[k]
    before = logbook().get(setting, 0)
    _check_steps(steps, before)
    whole = flights.series(*setting)
    run = {name: values[SEED] for name, values in whole.items()}
    seen = _replay(run, before // flights.EVERY, steps // flights.EVERY)
    run = {name: values[:seen] for name, values in run.items()}
    _flown[setting] = max(before, seen * flights.EVERY)
    _keep(setting, steps=_flown[setting])
    fig, axes = figures.subplots(3, height=2.8)
    flights.draw(run, axes, clip)
    axes[0].set_title(name_of(*setting))
    figures.legend(fig)
    plt.show()
    return Flight(setting, run)


@dataclass(frozen=True)
class Verdict:
    """What a choice is worth on the seeds that were not seen; which choice it was."""

    setting: tuple
    choice: int
    loss: float
    error: float

    def __repr__(self):
        best = stats.median(players.games(players.everything))
        lines = [
            f"{name_of(*self.setting)}: {self._loss()}",
            _("who may fly all 180 reaches {best:.3f}").format(best=best),
            _("of {count} games, so many end worse than yours:").format(
                count=players.GAMES
            ),
        ]
        for name, player in players.cast().items():
            worse = (players.games(player) > self.loss).mean()
            lines += [f"    {name:24}{worse:7.1%}"]
        if self.setting not in logbook():
            lines += [_("You have not flown it.")]
        if self.choice > 1:
            first = min(named := choices(), key=named.get)
            worth = players.unseen(first, SEED)[0]
            said = f"{worth:.3f}" if np.isfinite(worth) else _("it diverges")
            line = _("It is your choice number {choice}. The first counts, {first}")
            lines += [line.format(choice=self.choice, first=name_of(*first))]
            lines[-1] += f": {said}"
        return "\n".join(lines)

    def _loss(self):
        if self.loss == np.inf:
            return _("on one of the three other seeds it diverges")
        if self.choice > 1:
            words = _(
                "test loss {loss:.3f} ± {error:.3f}, on seeds that you have seen by now"
            )
        else:
            words = _(
                "test loss {loss:.3f} ± {error:.3f}, on three seeds that you have not "
                "seen"
            )
        return words.format(loss=self.loss, error=self.error)


def verdict(optimizer, lr, schedule="constant", clip=None):
    """Judge the setting that you choose, and return its `Verdict`.

    The first one counts: whoever asks again has seen the seeds that judge.
    """
    _check_clip(clip)
    setting = flights.settings()[flights.number(optimizer, lr, schedule, clip)]
    if setting not in (named := choices()):
        named[setting] = _named[setting] = len(named) + 1
        _keep(setting, choice=named[setting])
    return Verdict(setting, named[setting], *players.unseen(setting, SEED))


def choices():
    """Return what has been judged, `{(optimizer, lr, schedule, clip): 1, 2, ...}`."""
    return _kept("choice") | _named


def curtain(figure):
    """Return a figure, or, as long as there are runs to spend, what opens it.

    Where no record is kept, as on a page, nobody can fly: there it is open.
    """
    if not record.is_kept() or choices() or left() < flights.EVERY:
        return figure
    print(
        _(
            "{left} steps are left: fly them, or name your choice; then run this cell."
        ).format(left=left())
    )
    return None


def name_of(optimizer, lr, schedule, clip):
    """Return a setting in words.

    >>> name_of("AdamW", 0.01, "cosine", 1)
    'AdamW, η = 0.01, cosine, clipped at 1'
    """
    clipped = _("clipped at {clip:g}").format(clip=clip) if clip else _("not clipped")
    return f"{optimizer}, η = {lr:.2g}, {schedule}, {clipped}"


class Logbook(dict):
    """Flights, `{(optimizer, lr, schedule, clip): steps}`, shown by their last loss."""

    def __repr__(self):
        line = _("{loss:.2f} after {steps:3} steps: {name}")
        losses = {flight: _last_loss(*flight) for flight in self.items()}
        return "\n".join(
            line.format(
                loss=losses[setting, steps], steps=steps, name=name_of(*setting)
            )
            for setting, steps in sorted(losses, key=losses.get)
        )


def logbook():
    """Return what has been flown, as a `Logbook`."""
    return Logbook(_kept("steps") | _flown)


def left():
    """Return how many steps of the budget are left."""
    return BUDGET - sum(logbook().values())


def _check_clip(clip):
    """Refuse a clip that is not offered; True is not meant as the number 1."""
    if isinstance(clip, (bool, np.bool_)) or clip not in flights.CLIPS:
        raise refusal("clip={clip!r}: fly with None or 1; try clip=1.", {"clip": clip})


def _check_steps(steps, before):
    """Refuse steps that a run does not have, and those that are not left."""
    every, whole = flights.EVERY, flights.STEPS
    most = min(whole, before + left() // every * every)
    if most <= before < whole:
        raise refusal(
            "all {budget} steps are spent, {runs} runs of {steps}: nothing is left to "
            "fly; try one of those that you have flown, in logbook().",
            {"budget": BUDGET, "runs": RUNS, "steps": whole},
        )
    values = {"steps": steps, "every": every, "whole": whole, "remedy": most}
    a_number = isinstance(steps, (int, float, np.number)) and np.isfinite(steps)
    if a_number and steps > whole:
        raise refusal(
            "steps={steps!r}: a run has {whole} steps; try steps={remedy}.", values
        )
    a_count = isinstance(steps, (int, np.integer))
    if not a_count or steps <= 0 or steps % every:
        if a_number:  # the nearest, and of two the longer
            values["remedy"] = min(most, max(every, int(steps / every + 0.5) * every))
        raise refusal(
            "steps={steps!r}: give a multiple of {every}, from {every} to {whole}; "
            "try steps={remedy}.",
            values,
        )
    if steps > most:
        raise refusal(
            "steps={steps!r}: {left} steps of the budget are left, and {before} of "
            "this run are paid; try steps={remedy}.",
            {**values, "left": left(), "before": before},
        )


def _replay(run, first, last):
    """Show a run point by point; return how many were seen until it was ended."""
    quiet = os.environ.get("TQDM_DISABLE", "0") != "0"
    seen = max(first, 1)
    every = flights.EVERY
    how = {"total": every * last, "initial": every * min(first, last), "leave": False}
    with tqdm(file=sys.stdout, disable=quiet, **how) as bar:
        try:
            for seen in range(first + 1, last + 1):
                loss = run["validation"][seen - 1]
                bar.set_postfix_str(_("validation loss {loss:.2f}").format(loss=loss))
                bar.update(every)  # counts steps, as the budget does
                if not quiet:
                    time.sleep(_PACE)
        except KeyboardInterrupt:
            return seen
    return last


def _last_loss(setting, steps):
    """Return the validation loss that a flight showed last; if it diverged, inf."""
    losses = flights.series(*setting)["validation"][SEED]
    return np.nan_to_num(losses[steps // flights.EVERY - 1], nan=np.inf)


def _kept(field):
    """Return `{setting: value}` of a field that the record has of this recording."""
    entries = record.read()["flights"].values()
    mark = flights.recipe()["hash"]
    there = [e for e in entries if e.get("mark") == mark and field in e]
    return {tuple(e["setting"]): e[field] for e in there}


def _keep(setting, **fields):
    mark = flights.recipe()["hash"]
    record.keep("flights", name_of(*setting), mark, setting=setting, **fields)
