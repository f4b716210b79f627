"""Intervals: 90 % intervals of paired differences, by bootstrap over pairs, for means, ratios and medians.

Where both draws and replicates vary, whole draws and whole replicates are drawn anew (Owen 2007), since worlds that share a
replicate share their luck. Percentiles are widened as Hesterberg (2015) does, so that means of normal differences are covered
as by Student's t; under ten units, which percentiles cannot reach beyond, and where both vary, the interval is Student's with
the bootstrap's spread.
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
class Factor:
    """Draws or replicates: which of them each pair belongs to, and how often each is taken in a bootstrap sample."""

    at: Array
    drawn: Array

    @property
    def levels(self) -> int:
        return int(self.drawn.shape[1])

    def means(self, values: Array) -> Array:
        """Bootstrap means (sample, column) where only this factor is drawn anew."""
        from scipy import sparse

        there = np.isfinite(values)
        into = sparse.csr_matrix((np.ones(len(self.at)), (self.at, np.arange(len(self.at)))))
        return _over(self.drawn @ (into @ np.where(there, values, 0.0)), self.drawn @ (into @ there.astype(np.float64)))


@dataclass(frozen=True)
class Resamples:
    """Bootstrap samples of pairs, by the factors that vary: draws, replicates, or both."""

    factors: tuple[Factor, ...]
    pairs: int

    @property
    def units(self) -> int:
        """Independent units of the factor that has most."""
        return max((f.levels for f in self.factors), default=1)

    @property
    def tail(self) -> float:
        """Share left out at each end, smaller where units are few."""
        from scipy.special import ndtr, stdtrit

        n = max(self.units, 2)
        return float(ndtr(-np.sqrt(n / (n - 1)) * stdtrit(n - 1, 1.0 - TAIL)))

    def weights(self) -> Array:
        """How often each pair is taken in each sample, all factors drawn anew (sample, pair)."""
        found = np.ones((RESAMPLES, self.pairs))
        for factor in self.factors:
            found *= factor.drawn[:, factor.at]
        return found


def resample(draws: Array, replicates: Array, seed: int = 0) -> Resamples:
    """Samples for pairs named by draw and replicate; the same for the same pairs."""
    luck = np.random.default_rng(seed)
    factors = []
    for names in (draws, replicates):
        known, at = np.unique(names, return_inverse=True)
        if len(known) > 1:
            drawn = luck.multinomial(len(known), np.full(len(known), 1.0 / len(known)), size=RESAMPLES)
            factors.append(Factor(at, drawn.astype(np.float64)))
    return Resamples(tuple(factors), len(draws))


def _over(total: Array, weight: Array) -> Array:
    return np.asarray(np.divide(total, weight, out=np.full(total.shape, np.nan), where=weight > 0.0))


def means(values: Array, pairs: Resamples) -> Array:
    """Bootstrap means (sample, column) of values (pair, column); missing values are left out."""
    there, weights = np.isfinite(values), pairs.weights()
    return _over(weights @ np.where(there, values, 0.0), weights @ there)


def mean_interval(values: Array, pairs: Resamples) -> tuple[Array, Array, Array]:
    """Mean of each column and the ends of its 90 % interval; no interval for a single unit."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a column without a number has no mean
        middle = np.nanmean(np.where(np.isfinite(values), values, np.nan), axis=0)
        if not pairs.factors:
            return middle, np.full(middle.shape, np.nan), np.full(middle.shape, np.nan)
        if len(pairs.factors) == 1 and pairs.units >= FEW:
            low, high = np.nanquantile(pairs.factors[0].means(values), [pairs.tail, 1.0 - pairs.tail], axis=0)
            return middle, low, high
        half = _student_half(values, pairs)
    return middle, middle - half, middle + half


def _student_half(values: Array, pairs: Resamples) -> Array:
    """Half-width by Student's t: variances of each factor's bootstrap added up, degrees of freedom after Satterthwaite."""
    total, quantile = _student([np.nanvar(f.means(values), axis=0) for f in pairs.factors], pairs)
    return np.asarray(quantile * np.sqrt(total))


def _student(variances: list[Array], pairs: Resamples) -> tuple[Array, Array]:
    """Variance of a mean over all factors from its bootstrap's by each, and the quantile of Student's t for a 90 % interval."""
    from scipy.special import stdtrit

    whole = [v * f.levels / (f.levels - 1) for v, f in zip(variances, pairs.factors, strict=True)]
    total = np.sum(whole, axis=0)
    lost = np.sum([v**2 / (f.levels - 1) for v, f in zip(whole, pairs.factors, strict=True)], axis=0)
    freedom = np.divide(total**2, lost, out=np.full(total.shape, np.inf), where=lost > 0.0)
    return total, stdtrit(freedom, 1.0 - TAIL)


def ratio_interval(above: Array, below: Array, pairs: Resamples) -> tuple[float, float, float, bool]:
    """Ratio of two means over the same pairs, its 90 % interval, and whether the lower one is shown to be above 0.

    It is where the 90 % interval of its mean lies above 0; elsewhere the ratio means nothing: ends and middle are missing. Where units
    are few, or both draws and replicates vary, the ends are Fieller's (1954) with Student's t; otherwise the bootstrap's.
    """
    known = np.isfinite(above) & np.isfinite(below)
    values = np.where(known[:, np.newaxis], np.stack([above, below], axis=1), np.nan)
    (mean_above, mean_below), low, _ = mean_interval(values, pairs)
    if not low[1] > 0.0:
        return np.nan, np.nan, np.nan, False
    if len(pairs.factors) > 1 or pairs.units < FEW:
        ends = _fieller(float(mean_above), float(mean_below), values, pairs)
    else:
        both = means(values, pairs)
        with np.errstate(divide="ignore", invalid="ignore"):  # a resample in which nothing is averted costs without bound
            ends = tuple(np.nanquantile(both[:, 0] / both[:, 1], [pairs.tail, 1.0 - pairs.tail]))
    return float(mean_above / mean_below), float(ends[0]), float(ends[1]), True


def _fieller(above: float, below: float, values: Array, pairs: Resamples) -> tuple[float, float]:
    """Ends of the interval of a ratio of means; the lower one's own interval must lie above 0."""
    spreads = [np.cov(f.means(values), rowvar=False) for f in pairs.factors]
    spread = np.sum([s * f.levels / (f.levels - 1) for s, f in zip(spreads, pairs.factors, strict=True)], axis=0)
    _, quantile = _student([np.nanvar(f.means(values[:, 1:]), axis=0) for f in pairs.factors], pairs)
    t = float(quantile[0]) ** 2
    a, b, c = below**2 - t * spread[1, 1], above * below - t * spread[0, 1], above**2 - t * spread[0, 0]
    if a <= 0.0:  # rounding at the edge of being shown
        return np.nan, np.nan
    half = np.sqrt(max(b**2 - a * c, 0.0))
    return float((b - half) / a), float((b + half) / a)


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
    """Pairs that bring the half-width of the mean's 90 % interval to a share of the mean.

    Missing where the mean is 0, and where a single pair is known, which says nothing of the spread.
    """
    from scipy import stats

    z = float(stats.norm.ppf(1.0 - TAIL))
    finite = np.where(np.isfinite(values), values, np.nan)
    count = np.isfinite(finite).sum(axis=0)
    small = np.sqrt(np.divide(count, count - 1, out=np.full(count.shape, np.nan), where=count > 1))
    mean, spread = np.nanmean(finite, axis=0), np.nanstd(finite, axis=0) * small
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
