"""Readers: how a fact is read off a replay, one number per replicate.

A reader names the averaging; the fact names the series, the period and the base. It returns NaN where a path has no such
thing, such as the month of the peak of a flat line.
"""

from collections.abc import Callable
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.history.replay import Replay, days_of, month_number

if TYPE_CHECKING:
    from sim.history.tables import Fact

Array = np.ndarray[Any, np.dtype[Any]]
TIE = 1.15
"""Numbers within this factor are of one rank (source: measures of the score card)."""
TROUGH_WEEKS = 26


def level(replay: Replay, fact: "Fact") -> Array:
    """Mean of a price, or sum of a flow, over ``when``."""
    return replay.over(fact.series[0], fact.when)


def ratio(replay: Replay, fact: "Fact") -> Array:
    """The series over ``when`` divided by itself over ``base``."""
    return _divided(replay.over(fact.series[0], fact.when), replay.over(fact.series[0], fact.base))


def quotient(replay: Replay, fact: "Fact") -> Array:
    """One series over another, both over ``when``."""
    return _divided(replay.over(fact.series[0], fact.when), replay.over(fact.against[0], fact.when))


def gap(replay: Replay, fact: "Fact") -> Array:
    """One series less another, over ``when``."""
    return replay.over(fact.series[0], fact.when) - replay.over(fact.against[0], fact.when)


def gap_of_quotients(replay: Replay, fact: "Fact") -> Array:
    """First share less second share, over ``when``."""
    first, second = (
        _divided(replay.over(s, fact.when), replay.over(a, fact.when))
        for s, a in zip(fact.series, fact.against, strict=True)
    )
    return first - second


def peak(replay: Replay, fact: "Fact") -> Array:
    """Highest month or quarter (``when``) over the mean of ``base``."""
    return _peak(replay, fact.series[0], fact.when, fact.base)


def _peak(replay: Replay, series: str, length: str, base: str) -> Array:
    return _divided(replay.by_period(series, length)[1].max(axis=1), replay.over(series, base))


def highest(replay: Replay, fact: "Fact") -> Array:
    """Highest of the months that begin within ``when`` over the mean of ``base``."""
    first, last = days_of(fact.when)
    names, mean = replay.by_period(fact.series[0], "month")
    within = [n for n, name in enumerate(names) if first <= days_of(name)[0] <= last]
    if not within:
        return np.full(len(mean), np.nan)
    return _divided(mean[:, within].max(axis=1), replay.over(fact.series[0], fact.base))


def peak_month(replay: Replay, fact: "Fact") -> Array:
    """Months from ``base`` to the highest month; NaN for a flat line."""
    names, mean = replay.by_period(fact.series[0], "month")
    months = np.array([month_number(n) for n in names], dtype=np.float64)[mean.argmax(axis=1)]
    flat = mean.max(axis=1) <= 1.01 * mean.min(axis=1)
    return np.where(flat, np.nan, months - month_number(fact.base))


def half_life(replay: Replay, fact: "Fact") -> Array:
    """Months from the highest week until a week at half of it or less; until the end of the run if none is."""
    values = replay.values[fact.series[0]]
    found = np.empty(len(values))
    for r, weekly in enumerate(values):
        top = int(weekly.argmax())
        under = np.flatnonzero(weekly[top:] <= 0.5 * weekly[top])
        found[r] = (under[0] if under.size else weekly.size - top) / (52.0 / 12.0)
    return np.where(values.max(axis=1) <= 1.01 * values.min(axis=1), np.nan, found)


def after_peak(replay: Replay, fact: "Fact") -> Array:
    """The month ``when`` months after the highest one over that one; the last month where the run ends before."""
    _, mean = replay.by_period(fact.series[0], "month")
    top = mean.argmax(axis=1)
    later = np.minimum(top + int(fact.when), mean.shape[1] - 1)
    rows = np.arange(len(mean))
    return np.asarray(mean[rows, later] / mean[rows, top])


def trough(replay: Replay, fact: "Fact") -> Array:
    """Lowest 26 weeks within ``when`` over the mean of ``base``."""
    values = replay.values[fact.series[0]]
    base = (values * replay.weights(fact.base)).sum(axis=1) / replay.weights(fact.base).sum()
    return _divided(_means(replay, fact).min(axis=1), base)


def trough_month(replay: Replay, fact: "Fact") -> Array:
    """Months from ``base`` to the end of the lowest 26 weeks within ``when``."""
    means = _means(replay, fact)
    start = replay.weights(fact.base).argmax()
    first = replay.weights(fact.when).argmax()
    weeks = first + TROUGH_WEEKS + means.argmin(axis=1) - start
    return np.where(means.max(axis=1) <= 1.01 * means.min(axis=1), np.nan, weeks / (52.0 / 12.0))


def _means(replay: Replay, fact: "Fact") -> Array:
    within = replay.values[fact.series[0]][:, replay.weights(fact.when) > 0.0]
    total = np.cumsum(within, axis=1)
    return np.asarray((total[:, TROUGH_WEEKS:] - total[:, :-TROUGH_WEEKS]) / TROUGH_WEEKS)


def order_of_peaks(replay: Replay, fact: "Fact") -> Array:
    """Pairs of series whose peaks over ``base`` stand the other way round than seen (``against``)."""
    read = [_peak(replay, s, fact.when, fact.base) for s in fact.series]
    return _wrong_pairs(read, [float(a) for a in fact.against])


def order_of_quotients(replay: Replay, fact: "Fact") -> Array:
    """Pairs of quotients, over ``when``, that stand the other way round than seen (``base``)."""
    read = [
        _divided(replay.over(s, fact.when), replay.over(a, fact.when))
        for s, a in zip(fact.series, fact.against, strict=True)
    ]
    return _wrong_pairs(read, [float(b) for b in fact.base.split("|")])


def _wrong_pairs(read: list[Array], seen: list[float]) -> Array:
    """Count pairs in the wrong order; pairs tied in either are left out."""
    wrong = np.zeros(read[0].shape)
    for a, b in combinations(range(len(seen)), 2):
        if max(seen[a], seen[b]) <= TIE * min(seen[a], seen[b]):
            continue
        high, low = (read[a], read[b]) if seen[a] > seen[b] else (read[b], read[a])
        wrong += low > TIE * high
    return wrong


def stands(replay: Replay, fact: "Fact") -> Array:
    """Months from ``base`` to the first week a project stands; to the end of the run if it never does."""
    built = replay.values[fact.series[0]] == 2.0
    week = np.where(built.any(axis=1), built.argmax(axis=1), built.shape[1])
    return np.asarray((week - replay.weights(fact.base).argmax()) / (52.0 / 12.0))


def given(replay: Replay, fact: "Fact") -> Array:
    """Nothing: the fact is an input."""
    return np.full(1, np.nan)


def _divided(top: Array, bottom: Array) -> Array:
    return np.asarray(np.where(bottom > 0.0, top / np.where(bottom > 0.0, bottom, 1.0), np.nan))


READERS: dict[str, Callable[[Replay, "Fact"], Array]] = {
    "level": level, "ratio": ratio, "quotient": quotient, "gap": gap, "gap_of_quotients": gap_of_quotients,
    "peak": peak, "highest": highest, "peak_month": peak_month, "half_life": half_life, "after_peak": after_peak, "trough": trough,
    "trough_month": trough_month, "order_of_peaks": order_of_peaks, "order_of_quotients": order_of_quotients,
    "stands": stands, "input": given,
}  # fmt: skip


def read(replay: Replay, fact: "Fact") -> Array | None:
    """A fact's reading per replicate; None where the replay lacks the series or the thing."""
    names = [*fact.series, *(a for a in fact.against if fact.reader != "order_of_peaks")]
    if fact.reader == "input" or any(n not in replay.values for n in names):
        return None
    found = READERS[fact.reader](replay, fact)
    return None if np.isnan(found).all() else found
