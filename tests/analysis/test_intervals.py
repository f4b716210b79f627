"""Intervals: they cover what they say, on cases with a known answer."""

import numpy as np
import pytest

from sim.analysis.intervals import (
    mean_interval,
    median_interval,
    ratio_interval,
    replicates_needed,
    resample,
    survival_median,
)


@pytest.mark.parametrize("count", [4, 16, 64])
def test_intervals_of_the_mean_cover_nine_times_in_ten(count):
    luck = np.random.default_rng(7)
    samples = luck.normal(3.0, 2.0, size=(count, 2000))
    _, low, high = mean_interval(samples, resample(np.zeros(count), np.arange(count)))
    assert 0.87 <= np.mean((low < 3.0) & (high > 3.0)) <= 0.94


def test_intervals_cover_where_draws_and_replicates_both_matter():
    """A draw and a replicate each shift every world they touch; taking pairs as independent would cover half the time."""
    luck = np.random.default_rng(3)
    draws, replicates = np.repeat(np.arange(20), 15), np.tile(np.arange(15), 20)
    shifts = luck.normal(size=(20, 800))[draws] + luck.normal(size=(15, 800))[replicates]
    values = 1.0 + shifts + luck.normal(size=(300, 800))
    _, low, high = mean_interval(values, resample(draws, replicates))
    assert 0.87 <= np.mean((low < 1.0) & (high > 1.0)) <= 0.97
    _, low, high = mean_interval(values, resample(np.zeros(300), np.arange(300)))
    assert np.mean((low < 1.0) & (high > 1.0)) < 0.6


def test_few_replicates_do_not_widen_an_interval_that_draws_make():
    """Twenty-six draws by two replicates that matter little: the interval is that of the draws."""
    luck = np.random.default_rng(2)
    draws, replicates = np.repeat(np.arange(26), 2), np.tile(np.arange(2), 26)
    values = 1.0 + luck.normal(size=(26, 800))[draws] + 0.05 * luck.normal(size=(2, 800))[replicates]
    _, low, high = mean_interval(values, resample(draws, replicates))
    assert 0.86 <= np.mean((low < 1.0) & (high > 1.0)) <= 0.97
    assert np.median(high - low) < 2.0 * 1.71 * 1.2 / np.sqrt(26)


@pytest.mark.parametrize("count", [15, 60])
def test_intervals_of_the_median_cover_at_least_nine_times_in_ten(count):
    samples = np.random.default_rng(1).lognormal(size=(count, 2000))
    _, low, high = median_interval(samples)
    assert np.mean((low <= 1.0) & (high >= 1.0)) >= 0.89


def test_a_ratio_is_covered_and_nothing_is_said_of_an_effect_not_shown():
    luck = np.random.default_rng(5)
    pairs = resample(np.zeros(40), np.arange(40))
    covered = 0
    for _ in range(300):
        tonnes = luck.normal(4.0, 2.0, 40)
        _, low, high, is_shown = ratio_interval(2.5 * tonnes + luck.normal(0.0, 1.0, 40), tonnes, pairs)
        covered += is_shown and low < 2.5 < high
    assert 0.84 <= covered / 300 <= 0.95
    ratio, *_, is_shown = ratio_interval(np.ones(40), np.tile([1.0, -1.0], 20), pairs)
    assert np.isnan(ratio)
    assert not is_shown


def test_no_difference_has_the_interval_of_exactly_nothing():
    middle, low, high = mean_interval(np.zeros((12, 1)), resample(np.zeros(12), np.arange(12)))
    assert (middle[0], low[0], high[0]) == (0.0, 0.0, 0.0)


def test_a_single_world_has_no_interval():
    _, low, high = mean_interval(np.ones((1, 1)), resample(np.zeros(1), np.zeros(1)))
    assert np.isnan(low[0])
    assert np.isnan(high[0])


def test_replicates_needed_by_hand():
    """Spread 1 around 2, asked 10 % of 2: (1.6449 / 0.2) squared."""
    values = np.array([[1.0], [2.0], [3.0]])
    assert replicates_needed(values, 0.1)[0] == np.ceil((1.6448536 / 0.2) ** 2)


def test_a_single_known_pair_does_not_say_how_many_are_needed():
    found = replicates_needed(np.array([[1.0, 1.0], [3.0, np.nan]]), 0.1)
    assert np.isfinite(found[0])
    assert np.isnan(found[1])


@pytest.mark.parametrize("count", [3, 4, 6])
def test_few_pairs_neither_show_what_is_not_there_nor_cover_too_little(count):
    """Averted tonnes of mean 0 are shown to be above 0 in a twentieth of samples; where they are there, the ratio is covered."""
    luck = np.random.default_rng(11)
    pairs = resample(np.zeros(count), np.arange(count))
    nothing = [ratio_interval(np.ones(count), luck.normal(0.0, 1.0, count), pairs)[3] for _ in range(400)]
    assert np.mean(nothing) < 0.08
    covered = []
    for _ in range(400):
        tonnes = luck.normal(10.0, 2.0, count)
        _, low, high, is_shown = ratio_interval(2.5 * tonnes + luck.normal(0.0, 4.0, count), tonnes, pairs)
        covered += [low <= 2.5 <= high] if is_shown else []
    assert len(covered) > 350
    assert 0.85 <= np.mean(covered) <= 0.95


def test_a_survival_median_counts_those_cut_off():
    """Kaplan-Meier by hand: of 2, 3+, 4, 6, 7 the curve is 0.8, then 0.8 x 2/3, then 0.8 x 1/3 at 6."""
    assert survival_median(np.array([2.0, 3.0, 4.0, 6.0, 7.0]), np.array([False, True, False, False, False])) == 6.0
    assert survival_median(np.array([5.0, 9.0, 9.0]), np.array([False, True, True])) == np.inf
