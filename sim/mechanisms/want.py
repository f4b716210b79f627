"""Want: how much a maker of goods would use this week, given what it really pays."""

import math

from sim.mechanisms.mechanism import mechanism
from sim.mechanisms.units import WEEKS_A_YEAR


@mechanism("plan[need] intensity[need] paid[need] paid_at_start[need]:shared elasticity[need] -> want[need]")
def want(plan, intensity, paid, paid_at_start, elasticity, want):  # type: ignore[no-untyped-def]
    """Scale planned use by intensity and by the price paid against the price paid at the start.

    Parameters
    ----------
    plan : (need,) t of product per week at the start's intensity
    intensity : (need,) 1 at the start, falling by thrifting and substitution
    paid : (need,) USD/kg, smoothed price really paid; 0 or less counts as the start's price
    paid_at_start : (need,) USD/kg, above 0
    elasticity : (need,) 0 or more; the share by which use falls for one per cent of price

    Notes
    -----
    ``W = A theta (p / p_ref) ** -eps`` of the measures' definition of want.
    """
    for need in range(plan.size):
        ratio = paid[need] / paid_at_start[need] if paid[need] > 0.0 else 1.0
        want[need] = plan[need] * intensity[need] * math.exp(-elasticity[need] * math.log(ratio))


@mechanism(
    "intensity[need] saved_for_good[need] paid[need] paid_at_start[need]:shared rate_yr[need] floor[need] kept[need]"
    " full_at -> intensity_next[need] saved_for_good_next[need]"
)
def thrift(  # type: ignore[no-untyped-def]
    intensity, saved_for_good, paid, paid_at_start, rate_yr, floor, kept, full_at, intensity_next, saved_for_good_next
):  # fmt: skip
    """Move intensity down while prices stand high, and only part of the way back when they fall.

    A price ``full_at`` times the start's presses at the full yearly rate, a price at the start's not at all. A share
    ``kept`` of each saving never returns.

    Parameters
    ----------
    intensity : (need,) present intensity, 1 at the start
    saved_for_good : (need,) part of the saving that never returns, 0 to 1
    rate_yr : (need,) fastest saving a year, 0 to 0.10 (source: facts A25)
    floor : (need,) intensity that cannot be saved, 0 to 1
    kept : (need,) share of a saving that never returns, 0 to 1
    full_at : price over the start's at which saving goes at its full rate, above 1
    """
    for need in range(intensity.size):
        run_up = math.log(paid[need] / paid_at_start[need]) / math.log(full_at) if paid[need] > 0.0 else 0.0
        pressure = min(max(run_up, 0.0), 1.0)
        rate = rate_yr[need] / WEEKS_A_YEAR
        saved = min(intensity[need] * rate * pressure, max(intensity[need] - floor[need], 0.0))
        saved_for_good_next[need] = min(saved_for_good[need] + kept[need] * saved, 1.0 - floor[need])
        back = 0.0
        if pressure == 0.0:
            back = rate * max(1.0 - saved_for_good_next[need] - intensity[need], 0.0)
        intensity_next[need] = intensity[need] - saved + back
