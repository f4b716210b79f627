"""Cover: how many weeks of use a buyer wishes to hold, and how that wish answers fear and rising prices."""

import math

from sim.mechanisms.mechanism import mechanism

DEEPEST_FALL = -0.8
"""Largest fall of prices beyond the band that cover answers (1, log a quarter; assumed; model_design)."""
STEEPEST_RISE = 1.2
"""Largest rise of prices beyond the band that cover answers (1, log a quarter; assumed; model_design)."""
LEAST_WISH = 0.25
"""Least wished cover over normal (1; assumed; model_design)."""


@mechanism(
    "cover[point] normal[point] belief[point] run_up[point] panic[point] momentum[point] ceiling[point] back[point] paid[point]"
    " paid_normal[point] band capital_power memory_weeks -> cover_next[point] paid_normal_next[point]"
)
def wished_cover(  # type: ignore[no-untyped-def]
    cover, normal, belief, run_up, panic, momentum, ceiling, back, paid, paid_normal, band, capital_power, memory_weeks,
    cover_next, paid_normal_next,
):  # fmt: skip
    """Raise wished cover at once with belief and run-up; let it come back slowly; hold less of what has become dear.

    Parameters
    ----------
    cover, normal : (point,) weeks of use: last week's wish, the wish in quiet times
    belief : (point,) risk belief, 0 to 1
    run_up : (point,) log of the price against a quarter ago
    panic, momentum : (point,) rise of the wish per unit of belief and of run-up, 0 or more
    ceiling : (point,) largest wish as a multiple of normal, 1 or more
    back : (point,) share of the gap closed per week on the way down, 0 to 1
    paid, paid_normal : (point,) USD/kg paid now, and what the buyer thinks normal, above 0
    band : run-up, in logs a quarter, that moves nobody
    capital_power : fall of the wish, in logs, for one log of dearer stock, 0 or more: stock binds money. It counts less
        while prices run up, and not from twice the band on: what is still rising earns what it binds
    memory_weeks : weeks of memory of what is normal
    """
    for point in range(cover.size):
        dear = 0.0
        paid_normal_next[point] = paid_normal[point]
        if paid[point] != paid_normal[point]:
            dear = math.log(paid[point] / paid_normal[point])
            paid_normal_next[point] *= math.exp(dear / memory_weeks)
        moved = max(run_up[point] - band, 0.0) + min(run_up[point] + band, 0.0)
        factor = 1.0 + panic[point] * belief[point] + momentum[point] * min(max(moved, DEEPEST_FALL), STEEPEST_RISE)
        still = max(1.0 - max(moved, 0.0) / band, 0.0)
        factor = max(factor, 0.0)
        if dear != 0.0:
            factor *= math.exp(-capital_power * still * dear)
        target = normal[point] * min(max(factor, LEAST_WISH), ceiling[point])
        step = 1.0 if target > cover[point] else back[point]
        cover_next[point] = cover[point] + step * (target - cover[point])


@mechanism("belief[view] miss[view] announced[view] rise[view] fade[view] -> belief_next[view]")
def risk_belief(belief, miss, announced, rise, fade, belief_next):  # type: ignore[no-untyped-def]
    """Learn from late and short cargo, jump to what is announced, forget slowly.

    Parameters
    ----------
    belief : (view,) belief of one buyer about one origin, 0 to 1
    miss : (view,) share of what was due that did not come, 0 to 1; an undeclared stop is only felt here
    announced : (view,) dated tonnage lost over normal tonnage, times credibility, 0 to 1
    rise, fade : (view,) share of the gap closed per week upwards and downwards, 0 to 1
    """
    for view in range(belief.size):
        gap = miss[view] - belief[view]
        felt = belief[view] + (rise[view] if gap > 0.0 else fade[view]) * gap
        belief_next[view] = min(max(felt, announced[view], 0.0), 1.0)


@mechanism(
    "use[point] cover[point] lead[point] on_hand[point] on_order[point] smoothing[point] ceiling[point] -> order[point]"
)
def order_up_to(use, cover, lead, on_hand, on_order, smoothing, ceiling, order):  # type: ignore[no-untyped-def]
    """Order expected use and a share of the gap to the wished inventory position.

    Parameters
    ----------
    use : (point,) t per week expected
    cover, lead : (point,) weeks
    on_hand, on_order : (point,) t; on order counts what is queued, held and at sea
    smoothing : (point,) weeks over which the gap is closed, 1 or more
    ceiling : (point,) most that is ordered in a week, as a multiple of use
    """
    for point in range(use.size):
        gap = use[point] * (cover[point] + lead[point]) - on_hand[point] - on_order[point]
        wished = use[point] + gap / smoothing[point]
        order[point] = min(max(wished, 0.0), ceiling[point] * use[point])


@mechanism("price[point] price_quarter_ago[point] -> run_up[point]")
def price_run_up(price, price_quarter_ago, run_up):  # type: ignore[no-untyped-def]
    """Log of the price over its value thirteen weeks ago; 0 where either is missing."""
    for point in range(price.size):
        known = price[point] > 0.0 and price_quarter_ago[point] > 0.0
        run_up[point] = math.log(price[point] / price_quarter_ago[point]) if known else 0.0


@mechanism("share[lane] belief[view] view[lane]:view buyer[lane]:point points[point]:shared -> fear[point]")
def fear_for_supply(share, belief, view, buyer, points, fear):  # type: ignore[no-untyped-def]
    """Weigh a buyer's beliefs about origins by the shares of its sellers, 0 to 1; ``points`` is anything of that length."""
    fear[:] = 0.0
    for lane in range(share.size):
        fear[buyer[lane]] += share[lane] * belief[view[lane]]
    for point in range(points.size):
        fear[point] = min(fear[point], 1.0)
