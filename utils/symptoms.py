"""Symptoms: what is seen in a list of losses, by its logarithms and their medians."""

from gettext import gettext as _

import numpy as np

from utils.refusals import refusal


@np.errstate(invalid="ignore")  # inf - inf
def symptoms(training, validation=()):
    """Return the names of what is wrong with a run, as its losses show it.

    training     20 losses or more, one for each batch or epoch: a list, or an array
    validation   none, or 5 or more of other data, from the same stretch of the run

    Of "diverges", "flat", "falls and rises", "comes back every k losses" and "spikes"
    the first that holds is named, but what comes back is not called flat; then "good in
    training only".  A few losses that are no number are left out, if the run goes on.
    [] says that none is seen, not that all is well.
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
    fall, rise, period = start - level.min(), end - level.min(), _period(log)
    back = [_("comes back every {period} losses").format(period=period)]
    # A fifth: large weights cost it at the start. Single losses need room for noise.
    if fall < 0.2 + min(1, 3 * early) and level[0] - level.min() < 0.2 + early:
        return back if period else [_("flat")]
    # A third of the fall; less where a floor keeps the fall small, as in language.
    if rise > min(fall / 3 + noise, 0.15 + 2 * noise):
        return [_("falls and rises")]
    names = back if period else [_("spikes")] if _has_spikes(log, level) else []
    if len(validation) and _in_training_only(level, others, start, noise):
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
    skipped = ~np.isfinite(losses)  # as mixed precision skips a step, and goes on
    if skipped.mean() < 0.05 and not skipped[-1]:
        losses = losses[~skipped]
    log = np.log(np.maximum(losses, losses.min(where=losses > 0, initial=1)))
    parts = np.array_split(log, min(20, max(4, len(log) // 5)))
    return log, np.array([np.median(part) for part in parts])


def _period(log):
    """Return after how many losses the same ups and downs come back; 0: they do not."""
    late = log[len(log) // 5 :]  # the first fall is over
    wide = len(late) // 4
    trend = np.convolve(late, np.ones(wide) / wide, "valid")
    rest = late[wide // 2 :][: len(trend)] - trend
    few = 3 * np.median(np.abs(rest))  # single spikes shall not decide
    power = np.abs(np.fft.rfft(np.clip(rest, -few, few), 2 * len(rest))) ** 2
    lags = np.arange(2 * len(rest) // 3)
    alike = np.fft.irfft(power)[: len(lags)] / (len(rest) - lags)
    alike, least = alike / max(alike[0], 1e-300), max(0.3, 5 / np.sqrt(len(rest)))
    new = np.argmax(alike < least / 2)  # so far a loss is like its neighbours
    again = alike[: len(lags) // 2 + 1]
    if not 0 < new < len(again):
        return 0
    k = new + int(np.argmax(again[new:] > 0.9 * again[new:].max()))  # not its double
    if min(alike[k], alike[min(2 * k, len(lags) - 1)]) < least:
        return 0
    wave = np.array([rest[i::k].mean() for i in range(k)] * 2)
    way = wave + np.arange(2 * k) * (trend[-1] - trend[0]) / len(trend)
    climb = (way - np.minimum.accumulate(way)).max()
    return k if climb > np.ptp(wave) * 2 / 3 else 0  # a staircase only falls


def _has_spikes(log, level):
    """Say whether a loss is above the level before and after, and out of the noise."""
    parts = np.array_split(np.arange(len(log)), len(level))
    off = np.abs(log - np.repeat(level, [len(part) for part in parts]))
    for k, part in enumerate(parts[1:-1], 1):
        wide = max(len(part), 30)  # the median of fewer says little
        spread = np.median(off[max(0, part[0] - wide) : part[-1] + 1 + wide])
        above = log[part].max() - max(level[k - 1], level[k + 1])
        if above > max(np.log(1.15), 9 * spread):  # normal noise: 6.6; skewed: more
            return True
    return False


def _in_training_only(level, others, start, noise):
    """Say whether validation loses again, or wins no more while training goes on."""
    lost, won = others[-1] - others.min(), others[0] - others.min()
    half = len(level) // 2, len(others) // 2
    gain = level[half[0]] - level[-1], others[half[1]] - others[-1]
    gap = np.exp(others[-1]) - np.exp(level[-1])
    wide = gap > (np.exp(start) - np.exp(level.min())) / 8
    return lost > won / 3 + noise or (wide and gain[0] > 0.2 and gain[1] < 0.05)
