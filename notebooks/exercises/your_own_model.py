"""The answers of notebook 10 are below, with the mistakes that are made in them.

Close this file until you have written your own: the notebook's check tells you more.
An edit, `old -> new`, makes a mistake of the right answer; under it is what is said.
"""

from gettext import gettext as _
from itertools import pairwise, product

import numpy as np

from classroom.mistakes import Trouble, compare, exercise
from utils import faults as recorded
from utils import flights

# Twelve curves.

# letter: (which run, what is wrong, where to look, the reason)
_CURVES = {
    "A": (
        "small_batches",
        "nothing is wrong",
        "do the ups and downs of one batch reach the validation loss?",
        "each batch is two windows, so single losses jump, but no gradient stands "
        "out, and the validation loss falls smoothly",
    ),
    "B": (
        "decayed",
        "the weight decay is far too large",
        "the loss turns upwards early, while the steps become shorter and shorter",
        "all is quiet, and yet the loss stays up, whatever the rate does: something "
        "else pulls at the weights",
    ),
    "C": (
        "corrupted",
        "one batch is corrupted",
        "how many points of the training loss are above their neighbours?",
        "one single loss is far up, with a long gradient, and the next is as before",
    ),
    "D": (
        "leaked",
        "the validation text is trained on",
        "compare the end of the validation loss with the best of your flights",
        "no model of this size knows new text so well: it has seen it, "
        "or it sees the answers of every text",
    ),
    "E": (
        "stateless",
        "it was resumed without m and v",
        "which line jumps first in the middle of the run, and how long does it last?",
        "in the middle a step is several times as long as the one before, as Adam's "
        "first ones are, and the loss needs many steps to come back",
    ),
    "F": (
        "no_warmup",
        "there is no warm-up",
        "compare the first ten losses with the logarithm of 67",
        "the first steps are the longest, the loss climbs above that of an untrained "
        "model, and the run never makes good for it",
    ),
    "G": (
        "lowered",
        "the learning rate was lowered at one step",
        "which line has a stair in it?",
        "the steps become ten times shorter at once, and stay so, and the loss, which "
        "hovered, falls: that is meant to be",
    ),
    "H": (
        "unshuffled",
        "the batches are not shuffled",
        "compare the later training losses with the validation loss",
        "a batch is one line, 32 times, so the loss jumps from line to line, and what "
        "is learnt from the last lines does not help with the validation text",
    ),
    "I": (
        "dead",
        "all weights began at 0",
        "one line is missing, and where does the loss stop?",
        "matrices of length 0 stay there: only the last biases learn, so the model "
        "knows how often each letter comes, and nothing more",
    ),
    "J": (
        "overflow",
        "numbers overflow in half precision",
        "what happens in the last steps before the end?",
        "it ends from one step to the next, and neither loss nor gradient announced "
        "it: a number became too large to be written",
    ),
    "K": (
        "bump",
        "nothing is wrong",
        "compare the end with the best of your flights",
        "it stumbles while the rate climbs, and steps are long; but most of the "
        "settings that you may fly end higher",
    ),
    "L": (
        "too_large",
        "the learning rate is too large",
        "the loss falls while the rate is still climbing: and then?",
        "while the rate is small it learns; at the full rate the steps are too long, "
        "and the loss stays up, the gradient restless",
    ),
}
# What each fault would show, where somebody names it and it is not there.
_SIGNS = {
    "nothing is wrong": "something is",
    "the weight decay is far too large": (
        "then the loss would turn upwards early, while all lengths stay quiet"
    ),
    "one batch is corrupted": (
        "then one single loss would be far up, with a long gradient, and the next one "
        "as before"
    ),
    "the validation text is trained on": (
        "then the validation loss would end far below all your flights"
    ),
    "it was resumed without m and v": (
        "then one step in the middle would be several times as long as the one before, "
        "and both losses would jump"
    ),
    "there is no warm-up": (
        "then the loss would first climb above its start, and the first steps be the "
        "longest"
    ),
    "the learning rate was lowered at one step": (
        "then the steps would be ten times shorter from one to the next, and stay so"
    ),
    "the batches are not shuffled": (
        "then almost all later training losses would lie below the validation loss"
    ),
    "all weights began at 0": (
        "then the matrices would have no length, and there would be no green line"
    ),
    "numbers overflow in half precision": (
        "then the curve would break off, with nothing to announce it"
    ),
    "the learning rate is too large": (
        "then the gradient norm would stay restless, and the loss up, to the end"
    ),
    "it learns by heart": (
        "then the training loss would go towards 0, and the validation loss up"
    ),
    "the learning rate is too small": (
        "then all would be smooth, and the loss still falling as fast at the end"
    ),
}
curves = {
    letter: recorded.curve(run, seed=1) for letter, (run, *_more) in _CURVES.items()
}
faults = sorted(map(_, _SIGNS))


def name_the_fault(answers):
    """Check {"A": one of `faults`, ...}: what is wrong with each of the `curves`.

    A right name gets its reason; a wrong one what it would show, and where to look.
    """
    compare(
        "name_the_fault",
        answers,
        {letter: fault for letter, (_run, fault, *_more) in _CURVES.items()},
        {letter: look for letter, (*_more, look, _reason) in _CURVES.items()},
        faults,
        "Twelve curves, and three of them only look ill",
        reasons={letter: reason for letter, (*_more, reason) in _CURVES.items()},
        signs=_SIGNS,
    )


# Successive halving.

BUDGET, WHOLE, EVERY = 3600, 300, flights.EVERY  # steps
_NAMES = "SGD", "Momentum", "RMSprop", "AdamW", "Muon"
_KINDS = [*product(_NAMES, 2.0 ** np.arange(-9, 0), ("constant", "cosine"), (None, 1))]


def _losses(n, rng):
    """Return losses (settings, seeds, steps) of a world in which chance counts.

    One setting is lowest for its first 24 steps, and then climbs; one diverges.
    """
    t = np.arange(1, WHOLE + 1)
    ends, fall = rng.uniform(1.9, 3.2, (n, 1, 1)), rng.uniform(20, 60, (n, 1, 1))
    noise = rng.normal(0, 0.06, (n, 4, 1)) + rng.normal(0, 0.02, (n, 4, WHOLE))
    losses = ends + (4.3 - ends) * np.exp(-t / fall) + noise
    climber, gone = rng.choice(n, 2, replace=False)
    losses[climber] = 1.6 + 1.2 * np.maximum(0, np.log2(t / 24)) + noise[climber]
    losses[gone, :, 5:] = np.inf
    return losses


class _World:
    """Runs that are recorded, and what was asked of them."""

    def __init__(self, settings, rng):
        self.settings, self.losses = settings, _losses(len(settings), rng)
        self.seen = {setting: {} for setting in settings}  # {steps: loss} of each
        self.spent, self.judged = 0, set()

    def _number(self, setting):
        if not isinstance(setting, tuple) or setting not in self.settings:
            raise Trouble(
                "setting",
                "{setting} is none of the settings that were given: take them from the "
                "list, as they are",
                setting=repr(setting)[:50],
            )
        return self.settings.index(setting)

    def run(self, setting, steps):
        """Return the loss of the seed that is seen, and count the steps."""
        k = self._number(setting)
        recorded_at = range(EVERY, WHOLE + 1, EVERY)
        if not isinstance(steps, int | np.integer) or steps not in recorded_at:
            raise Trouble(
                "steps",
                "you run {steps} steps: a run is recorded at 4, 8, 12, ..., 300 steps",
                steps=repr(steps)[:50],
            )
        self.spent += int(steps)
        self.seen[setting][int(steps)] = float(self.losses[k, 0, steps - 1])
        return self.seen[setting][int(steps)]

    def judge(self, setting):
        """Return the mean loss, at the end, of the seeds that are not seen."""
        mean = self.losses[self._number(setting), 1:, -1].mean()
        self.judged.add(setting)
        return float(mean)

    def rounds(self):
        """Return of each number of steps {setting: loss}, the shortest runs first.

        Who runs the last one on, alone, has chosen already.
        """
        steps = sorted({k for seen in self.seen.values() for k in seen})
        rounds = [
            {s: seen[k] for s, seen in self.seen.items() if k in seen} for k in steps
        ]
        while len(rounds) > 1 and len(rounds[-1]) == 1:
            rounds.pop()
        return rounds


def _pair(answer):
    """Return what was handed in: a setting, and a number."""
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        raise Trouble(
            "pair",
            "one thing comes back where two are asked for: return the setting that is "
            "left, a comma, and what it is worth",
        )
    if not isinstance(answer[1], float | int | np.number):
        raise Trouble("worth", "what it is worth is no number: return what judge gives")
    return answer


def _traits(halving, settings, run, judge):
    """Return what is true of a search, however it is written."""
    world = run.__self__
    answer = halving(settings, run, judge)
    if answer is None:
        return None
    choice, worth = _pair(answer)
    judged, seen = len(world.judged), world.seen
    right, rounds = judge(choice), world.rounds()
    known = sum(map(bool, seen.values()))
    lowest = {s: min(losses.values(), default=9) for s, losses in seen.items()}
    pairs = [(sorted(a, key=a.get), {*b}) for a, b in pairwise(rounds)]
    best = rounds[-1].get(choice) == min(rounds[-1].values()) if known else False
    return (
        world.spent > BUDGET,
        known < len(settings),
        bool(known) and len(rounds[0]) < known,
        len(rounds) < 2,
        any(len(b) < len(a) // 2 for a, b in pairs),
        any(len(b) > -(-len(a) // 2) for a, b in pairs),
        any({*a[: len(b)]} != b for a, b in pairs),
        any({*a[-len(b) :]} == b for a, b in pairs),
        any(
            {*a[: len(b)]} != b == {*sorted(a, key=lowest.get)[: len(b)]}
            for a, b in pairs
        ),
        best,
        not best and choice == min(lowest, key=lowest.get),
        judged,
        worth == right,
        bool(known) and worth < np.inf and worth in rounds[-1].values(),
        worth == (whole := float(world.losses[settings.index(choice), 0, -1])),
        any(np.isclose(worth, (n * right + whole) / (n + 1)) for n in (1, 3)),
    )


def _lowest(low, settings, losses):
    """Return the lowest loss of each setting in all rounds so far, for a mistake."""
    for setting, loss in zip(settings, losses, strict=True):
        low[setting] = min(low.get(setting, np.inf), loss)
    return [low[setting] for setting in settings]


def _case(n):
    """Return a list of n settings, and a world of their runs."""
    rng = np.random.default_rng(n)
    settings = [_KINDS[k] for k in rng.choice(len(_KINDS), n, replace=False)]
    world = _World(settings, rng)
    return settings, world.run, world.judge


@exercise(
    returns="overrun of the budget, settings that never run, first runs of different "
    "lengths, all runs of one length, less than half kept, more than half kept, "
    "others kept than the lowest losses, the highest losses kept, a half kept by runs "
    "of different lengths, choice of the lowest loss of the last round, choice of the "
    "lowest loss of all, number of settings judged, worth of the judge, worth of the "
    "last round, worth of the whole run that is seen, worth of all seeds together",
    praise="Many short runs, then few long ones: and who chose does not judge",
    cases=[_case(64), _case(60)],
    observe=_traits,
)
def halving(settings, run, judge):
    """Return the setting that successive halving leaves, and what judge says of it.

    run(setting, steps) gives the validation loss of a run of so many steps, of the seed
    that is seen, and costs them: all together have 3600.  judge(setting) gives the mean
    loss of the seeds that nobody has seen.

    steps = 8 -> steps = 16
    2 * steps -> min(2 * steps, 300)
        the budget is overrun: add up len(settings) * steps of all rounds, 3600 at most
    steps = 8 -> steps = 12
    2 * steps -> min(2 * steps, 300)
        the budget is overrun: add up len(settings) * steps of all rounds, 3600 at most
    steps = 8 -> steps = 300
    2 * steps -> steps
        the budget is overrun: add up len(settings) * steps of all rounds, 3600 at most
    steps = 8 -> steps = 100
    2 * steps -> steps
        the budget is overrun: add up len(settings) * steps of all rounds, 3600 at most
    steps = 8 -> steps, settings = 8, settings[1:]
        a setting is never run: the first round runs all of them
    run(setting, steps) for -> run(setting, steps + settings.index(setting) % 2 * 4) for
        the runs of a round differ in length: a longer one is lower for that alone
    steps = 8 -> steps, low = 8, {}
    order = -> losses = _lowest(low, settings, losses); order =
        runs of different lengths are compared: in each round, only its own losses count
    steps = 8 -> steps, low = 8, {}
    order = -> _lowest(low, settings, losses); order =
    return settings[0], -> settings = [min(low, key=low.get)]; return settings[0],
        the lowest loss of all rounds is chosen: compare runs of the same length alone
    order[: len(order) // 2] -> order[len(order) // 2 :]
        the worse half is kept: np.argsort begins with the lowest loss
    order[: len(order) // 2] -> order[::-1][: len(order) // 2]
        the worse half is kept: np.argsort begins with the lowest loss
    order[: len(order) // 2] -> range(len(order) // 2)
        the first half of the list is kept, in whatever order it is: sort by the losses
    order[: len(order) // 2] -> order[: -(-len(order) // 4)]
        less than half is kept: after 8 steps nobody knows the best, so keep one in two
    2 * steps -> steps
        all is decided by runs of one length: with fewer settings, make the runs longer
    judge(settings[0]) -> min(losses)
        the winner's own noise is taken for its worth: it was chosen by
        this loss, so ask judge
    judge(settings[0]) -> run(settings[0], 300)
        it is judged on the seed that is seen: this seed chose it, so ask judge
    judge(settings[0]) -> (judge(settings[0]) + run(settings[0], 300)) / 2
        the seed that is seen takes part in the verdict: what judge says is the worth
    [run(setting, steps) for -> [judge(setting) for
        judge chooses: then nobody is left to judge, so choose by run, and ask it once
    while len(settings) > 1 -> while len(settings) > 2
    return settings[0], -> settings = sorted(settings, key=judge); return settings[0],
        judge decides between the last ones: it is asked once, of the one that is left
    """
    steps = 8
    while len(settings) > 1:
        losses = [run(setting, steps) for setting in settings]
        order = np.argsort(losses)
        settings = [settings[k] for k in order[: len(order) // 2]]
        steps = 2 * steps
    return settings[0], judge(settings[0])
