"""Intervals: 90 % intervals of paired differences, by bootstrap over pairs, for means, ratios and medians.

Where both draws and replicates vary, whole draws and whole replicates are drawn anew (Owen 2007), since worlds that share a
replicate share their luck. Percentiles are widened as Hesterberg (2015) does, so that means of normal differences are covered
as by Student's t; under ten units, which percentiles cannot reach beyond, the interval is Student's with the bootstrap's spread.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
RESAMPLES = 2000
"""Bootstrap samples."""
FEW = 10
"""Units under which percentiles of so few values do not cover."""
TAIL = 0.05
"""Share left out at each end."""


@dataclass(frozen=True)
class Resamples:
    """Weights of pairs in bootstrap samples (sample, pair), and how many independent units there are."""

    weights: Array
    units: int

    @property
    def student(self) -> float:
        """Half-width of an interval over the spread of bootstrap means, by Student's t."""
        from scipy import stats

        n = max(self.units, 2)
        return float(np.sqrt(n / (n - 1)) * stats.t.ppf(1.0 - TAIL, n - 1))

    @property
    def tail(self) -> float:
        """Share left out at each end, smaller where units are few."""
        from scipy import stats

        return float(stats.norm.cdf(-self.student))


def resample(draws: Array, replicates: Array, seed: int = 0) -> Resamples:
    """Weights for pairs named by draw and replicate; the same for the same pairs."""
    luck = np.random.default_rng(seed)
    weights = np.ones((RESAMPLES, len(draws)))
    units = []
    for names in (draws, replicates):
        known, at = np.unique(names, return_inverse=True)
        if len(known) > 1:
            drawn = luck.multinomial(len(known), np.full(len(known), 1.0 / len(known)), size=RESAMPLES)
            weights *= drawn[:, at]
            units.append(len(known))
    return Resamples(weights, min(units, default=1))


def means(values: Array, pairs: Resamples) -> Array:
    """Bootstrap means (sample, column) of values (pair, column); missing values are left out."""
    there = np.isfinite(values)
    weight = pairs.weights @ there
    total = pairs.weights @ np.where(there, values, 0.0)
    return np.asarray(np.divide(total, weight, out=np.full(total.shape, np.nan), where=weight > 0.0))


def mean_interval(values: Array, pairs: Resamples) -> tuple[Array, Array, Array]:
    """Mean of each column and the ends of its 90 % interval; no interval for a single unit."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a column without a number has no mean
        middle = np.nanmean(np.where(np.isfinite(values), values, np.nan), axis=0)
        if pairs.units < 2:
            return middle, np.full(middle.shape, np.nan), np.full(middle.shape, np.nan)
        sampled = means(values, pairs)
        if pairs.units < FEW:
            half = np.nanstd(sampled, axis=0) * pairs.student
            return middle, middle - half, middle + half
        low, high = np.nanquantile(sampled, [pairs.tail, 1.0 - pairs.tail], axis=0)
    return middle, low, high


def ratio_interval(above: Array, below: Array, pairs: Resamples) -> tuple[float, float, float, bool]:
    """Ratio of two means over the same pairs, its 90 % interval, and whether the lower one is shown to be above 0.

    Where it is not, the ratio means nothing: ends and middle are missing.
    """
    both = means(np.stack([above, below], axis=1), pairs)
    shown = pairs.units > 1 and float(np.nanquantile(both[:, 1], pairs.tail)) > 0.0
    if not shown:
        return np.nan, np.nan, np.nan, False
    low, high = np.nanquantile(both[:, 0] / both[:, 1], [pairs.tail, 1.0 - pairs.tail])
    return float(np.nanmean(above) / np.nanmean(below)), float(low), float(high), True


def median_interval(values: Array) -> tuple[Array, Array, Array]:
    """Median of each column and a 90 % interval between two ordered values, whatever their distribution.

    Under five values, the interval is from the least to the largest and covers less.
    """
    from scipy import stats

    ordered = np.sort(np.where(np.isfinite(values), values, np.nan), axis=0)
    count = np.isfinite(ordered).sum(axis=0)
    low, middle, high = (np.full(values.shape[1], np.nan) for _ in range(3))
    for n in np.unique(count[count > 0]):
        here = count == n
        step = max(int(stats.binom.ppf(TAIL, n, 0.5)) - 1, 0)
        low[here], high[here] = ordered[step, here], ordered[n - 1 - step, here]
        middle[here] = np.median(ordered[:n, here], axis=0)
    return middle, low, high


def replicates_needed(values: Array, precision: float) -> Array:
    """Pairs that bring the half-width of the mean's 90 % interval to a share of the mean; missing where the mean is 0."""
    from scipy import stats

    z = float(stats.norm.ppf(1.0 - TAIL))
    finite = np.where(np.isfinite(values), values, np.nan)
    mean, spread = np.nanmean(finite, axis=0), np.nanstd(finite, axis=0, ddof=1)
    wanted = precision * np.abs(mean)
    needed = np.divide(z * spread, wanted, out=np.full(mean.shape, np.nan), where=wanted > 0.0) ** 2
    return np.asarray(np.ceil(needed))


def survival_median(times: Array, is_censored: Array) -> float:
    """Kaplan-Meier median of times of which some were cut off; infinite where half were never seen to end."""
    from scipy import stats

    if not len(times):
        return float("nan")
    sample = stats.CensoredData.right_censored(times, is_censored)
    curve = stats.ecdf(sample).sf
    reached = np.flatnonzero(curve.probabilities <= 0.5)
    return float(curve.quantiles[reached[0]]) if reached.size else float("inf")
