"""Use: what makers of goods really consume; a line stops when one component is missing, however cheap."""

from sim.mechanisms.mechanism import mechanism
from sim.mechanisms.units import NOTHING, WEEKS_A_YEAR


@mechanism(
    "want[need] on_hand[point] stock[need]:point component[need]:component maker[component]:maker makers[maker]:shared"
    " -> use[need] served[maker]"
)
def least_component(want, on_hand, stock, component, maker, makers, use, served):  # type: ignore[no-untyped-def]
    """Serve each component from stock, run at the least of them, and use no more of the others.

    Parameters
    ----------
    want : (need,) t per week
    on_hand, stock : (point,) t; where each need's stock lies
    component : (need,) component it serves; rival grades serve one component
    maker : (component,) manufacturer, a country and end use

    Returns
    -------
    use : (need,) t, at most the want and the stock
    served : (maker,) share of the planned line that runs, 0 to 1
    """
    wanted = served * 0.0
    found = maker.astype(want.dtype) * 0.0
    asked = maker.astype(want.dtype) * 0.0
    for need in range(want.size):
        use[need] = min(want[need], on_hand[stock[need]])
        found[component[need]] += use[need]
        asked[component[need]] += want[need]
    served[:] = 1.0
    wanted[:] = 0.0
    for row in range(maker.size):
        if asked[row] > 0.0:
            served[maker[row]] = min(served[maker[row]], found[row] / asked[row])
    for need in range(want.size):
        use[need] = min(use[need], want[need] * max(served[maker[component[need]]], 0.0) + NOTHING * want[need])


@mechanism("want[need] use[need] owed[need] postponed[need] catch_up_weeks -> owed_next[need] extra[need]")
def postponed_demand(want, use, owed, postponed, catch_up_weeks, owed_next, extra):  # type: ignore[no-untyped-def]
    """Keep a share of what was not served for later, to be caught up over some weeks; the rest is lost.

    Parameters
    ----------
    owed : (need,) t postponed so far
    postponed : (need,) share of unmet demand that is postponed, 0 to 1
    extra : (need,) t by which next week's plan is higher
    """
    for need in range(want.size):
        unmet = max(want[need] - use[need], 0.0)
        extra[need] = owed[need] / catch_up_weeks
        owed_next[need] = owed[need] - extra[need] + postponed[need] * unmet


@mechanism("intensity[need] plan[need] lower[need]:need -> moved_in[need]")
def move_to_lower_grade(intensity, plan, lower, moved_in):  # type: ignore[no-untyped-def]
    """Hand what thrifting takes out of a grade to the next lower one; a need without a lower grade saves it for good."""
    moved_in[:] = 0.0
    for need in range(plan.size):
        if lower[need] >= 0:
            moved_in[lower[need]] += plan[need] * max(1.0 - intensity[need], 0.0)


@mechanism(
    "moved[need] peak[need] paid[need] paid_at_start[need]:shared twin[need]:need limit[need] rate_yr stays"
    " -> moved_next[need] peak_next[need]"
)
def relocate(moved, peak, paid, paid_at_start, twin, limit, rate_yr, stays, moved_next, peak_next):  # type: ignore[no-untyped-def]
    """Move goods making towards the exporter while its inputs are cheaper; part of it never comes back.

    The third channel: magnets arrive inside motors made in the exporter's country.

    Parameters
    ----------
    moved, peak : (need,) share of the need moved to the twin, and the most there ever was, 0 to 1
    paid, paid_at_start : (need,) USD/kg
    twin : (need,) the same need in the exporter's country, -1 for none
    limit : (need,) most that can move
    rate_yr, stays : share moved a year at a doubled gap; share of the peak that stays
    """
    for need in range(moved.size):
        moved_next[need] = 0.0
        peak_next[need] = 0.0
        if twin[need] >= 0:
            here = paid[need] / paid_at_start[need]
            there = paid[twin[need]] / paid_at_start[twin[need]]
            gap = min(max(here / there - 1.0, 0.0), 2.0)
            step = rate_yr / WEEKS_A_YEAR
            target = limit[need] * min(gap, 1.0)
            if target > moved[need]:
                moved_next[need] = min(moved[need] + step * gap, target)
            else:
                moved_next[need] = max(moved[need] - step, target, stays * peak[need])
            peak_next[need] = max(peak[need], moved_next[need])
