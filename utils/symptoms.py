"""Symptoms: what is seen in a list of losses, by its logarithms and their medians."""

from gettext import gettext as _

import numpy as np

from utils.refusals import refusal


@np.errstate(invalid="ignore")  # inf - inf
def symptoms(training, validation=()):
    """Return the names of what is wrong with a run, as its losses show it.

    training     20 losses or more, one for each batch or epoch: a list, or an array
    validation   none, or 5 or more of other data, from the same stretch of the run

    Of "diverges", "flat", "falls and rises" and "spikes" the first that holds is named;
    then "good in training only".  [] says that none is seen, not that all is well.
    Raises ValueError for fewer losses and for one below 0.

    >>> symptoms(2.3 * 0.9 ** np.arange(50)), symptoms([2.3] * 50)
    ([], ['flat'])
    """
    log, level = _levels("training", training, 20)
    others = _levels("validation", validation, 5)[1] if len(validation) else level
    # How neighbours differ, about a standard deviation; a factor e is more than noise.
    early, noise = (min(1, np.median(np.abs(np.diff(x)))) for x in (log[:20], log))
    # The first loss, give or take: by the second epoch most of a fall may be over.
    start, end, last = min(log[:5].max(), log[0] + 2 * early), level[-1], log[-3:].min()
    if not np.isfinite([*log, *others]).all() or max(end, last) > start + np.log(10):
        return [_("diverges")]  # ten times its start, or no number any more
    fall, rise = start - level.min(), end - level.min()
    if fall < 0.2 + min(1, 3 * early):  # a fifth: large weights cost it at the start
        return [_("flat")]
    if rise > fall / 3 + noise:
        return [_("falls and rises")]
    names = [_("spikes")] if _has_spikes(log, level) else []
    if len(validation):
        won, again = np.exp(start) - np.exp(level.min()), others[-1] - others.min()
        gap = np.exp(others[-1]) - np.exp(log[-len(log) // len(level) :]).mean()
        if gap > won / 8 or again > (others[0] - others.min()) / 3 + noise:
            names.append(_("good in training only"))
    return names


def _levels(name, losses, least):
    """Return logarithms, of 0 that of the lowest, and medians of up to 20 parts."""
    losses = np.asarray(losses, float)
    if losses.ndim != 1 or len(losses) < least or (losses < 0).any():
        raise refusal(
            "{name} has shape {shape}: give one list of {least} or more losses, none "
            "below 0; try path[:, 0] for one of many runs.",
            {"name": name, "shape": losses.shape, "least": least},
        )
    log = np.log(np.maximum(losses, losses.min(where=losses > 0, initial=1)))
    parts = np.array_split(log, min(20, max(4, len(log) // 5)))
    return log, np.array([np.median(part) for part in parts])


def _has_spikes(log, level):
    """Say whether a loss is half as high again as its level, and out of the noise."""
    t = np.arange(len(log))
    parts = np.array_split(t, len(level))
    above = log - np.interp(t, [part.mean() for part in parts], level)
    for part in parts[1:-1]:
        wide = max(len(part), 30)  # the median of fewer says little
        spread = np.median(np.abs(above[max(0, part[0] - wide) : part[-1] + 1 + wide]))
        if above[part].max() > max(np.log(1.5), 8 * spread):  # normal noise: 6.6
            return True
    return False
