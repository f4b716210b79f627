"""Permission: what a cross-border cargo must pass, step by step, and what is left standing at each."""

import math

from sim.mechanisms.mechanism import mechanism
from sim.mechanisms.units import NEXT_TO_NOTHING

ROUNDS = 8
"""Rounds in which scarce permits are filled; what is left after them stays unused (1; assumed; model_design)."""
MARGIN_OF_ANY = 0.05
"""Margin that every cargo counts at least, so that permits go out where none earns more (USD/kg; assumed; model_design)."""
STAYS_POWER = 4.0
"""Power of the share that clears by which held cargo leaves: it is let go once the border is nearly whole again (1; assumed; model_design)."""
BORDER_SHARE = 0.25
"""Least share of what is held at the border that may leave in a week (1/week; assumed; model_design)."""


@mechanism(
    "applied[lane] first[lane] second[lane] desk[lane]:desk scope[lane] exempt[lane] intake_weeks[desk] phase_weeks[desk]"
    " most[desk] denied[lane] -> first_next[lane] second_next[lane] granted[lane] refused[lane]"
)
def licence_queue(  # type: ignore[no-untyped-def]
    applied, first, second, desk, scope, exempt, intake_weeks, phase_weeks, most, denied, first_next, second_next,
    granted, refused,
):  # fmt: skip
    """Let applications through a desk of two phases: papers are taken in, then decided, each at a rate.

    Both phases serve in proportion to what stands there, so a faster desk empties at once and a slower one only lengthens.

    Parameters
    ----------
    applied, first, second : (lane,) t: new applications, waiting for intake, waiting for a decision
    desk : (lane,) row of ``desk``, -1 for cargo that meets no desk
    scope, exempt : (lane,) share of the cargo the control covers; share of that under a general licence; the rest is
        granted at once
    intake_weeks, phase_weeks : (desk,) weeks until papers are taken in, from there to a decision; a week or less is at once
    most : (desk,) t per week that can be decided
    denied : (lane,) share of decisions that refuse, 0 to 1

    Returns
    -------
    first_next, second_next : (lane,) t standing in each phase
    granted, refused : (lane,) t that may ship, that goes back to the seller's shelf
    """
    deciding = phase_weeks * 0.0
    for lane in range(applied.size):
        if desk[lane] >= 0:
            deciding[desk[lane]] += second[lane]
    for lane in range(applied.size):
        row = desk[lane]
        if row < 0:
            first_next[lane], second_next[lane], granted[lane], refused[lane] = 0.0, 0.0, applied[lane], 0.0
            continue
        listed = scope[lane] * (1.0 - exempt[lane])
        stands = first[lane] + applied[lane] * listed
        taken = stands / intake_weeks[row] if intake_weeks[row] > 1.0 else stands
        pace = 1.0 / phase_weeks[row] if phase_weeks[row] > 1.0 else 1.0
        if deciding[row] * pace > most[row]:
            pace = most[row] / deciding[row]
        decided = second[lane] * pace
        first_next[lane] = stands - taken
        second_next[lane] = second[lane] - decided + taken
        refused[lane] = decided * denied[lane]
        granted[lane] = decided - refused[lane] + applied[lane] * (1.0 - listed)


@mechanism("wanted[lane] pool[lane]:pool permits[pool] -> cleared[lane] pooled[pool]")
def quota_pro_rata(wanted, pool, permits, cleared, pooled):  # type: ignore[no-untyped-def]
    """Share scarce permits in proportion to what is wanted; the one price of the pool says how scarce they are.

    Parameters
    ----------
    wanted : (lane,) t gross
    pool : (lane,) row of ``pool``, -1 for cargo that needs no permit
    permits : (pool,) t gross this week

    Returns
    -------
    cleared : (lane,) t
    pooled : (pool,) t wanted in all
    """
    pooled[:] = 0.0
    for lane in range(wanted.size):
        if pool[lane] >= 0:
            pooled[pool[lane]] += wanted[lane]
    for lane in range(wanted.size):
        row = pool[lane]
        cleared[lane] = wanted[lane]
        if row >= 0 and pooled[row] > permits[row]:
            cleared[lane] = wanted[lane] * (permits[row] / pooled[row])


@mechanism("wanted[lane] weight[lane] margin[lane] pool[lane]:pool permits[pool] -> cleared[lane] rent[pool]")
def quota_by_margin(wanted, weight, margin, pool, permits, cleared, rent):  # type: ignore[no-untyped-def]
    """Share scarce permits by margin per kg; the rent is the margin of the cargo that just does not ship.

    Variant ``margin`` of scarce quota. Exporters fill their permits in rounds, each round in proportion to what is left
    to ship times its margin; a lane never ships more than it wants. Rent is the mean margin of what is left out, 0 while
    permits last.

    Parameters
    ----------
    wanted : (lane,) t of product
    weight : (lane,) t of quota used per t of product, above 0
    margin : (lane,) USD/kg over the home price, 0 or more
    pool : (lane,) row of ``pool``, -1 for cargo that needs no permit
    permits : (pool,) t gross this week
    """
    left = permits * 1.0
    open_weight = permits * 0.0
    rent_sum = permits * 0.0
    for lane in range(wanted.size):
        cleared[lane] = wanted[lane] if pool[lane] < 0 else 0.0
    for _ in range(ROUNDS):
        open_weight[:] = 0.0
        for lane in range(wanted.size):
            if pool[lane] >= 0:
                open_weight[pool[lane]] += (wanted[lane] - cleared[lane]) * weight[lane] * (margin[lane] + MARGIN_OF_ANY)
        before = left * 1.0
        for lane in range(wanted.size):
            row = pool[lane]
            if row >= 0 and open_weight[row] > 0.0 and before[row] > 0.0:
                need = (wanted[lane] - cleared[lane]) * weight[lane]
                share = before[row] * (need * (margin[lane] + MARGIN_OF_ANY) / open_weight[row])
                given = min(need, share, left[row])
                cleared[lane] = min(cleared[lane] + given / weight[lane], wanted[lane])
                left[row] -= given
    open_weight[:] = 0.0
    for lane in range(wanted.size):
        row = pool[lane]
        if row >= 0:
            out = max(wanted[lane] - cleared[lane], 0.0) * weight[lane]
            open_weight[row] += out
            rent_sum[row] += out * margin[lane]
    for row in range(permits.size):
        scarce = open_weight[row] > NEXT_TO_NOTHING * max(permits[row], 1.0)
        rent[row] = rent_sum[row] / open_weight[row] if scarce else 0.0


@mechanism("cargo[lane] held[lane] clears[lane] normal[lane] release[lane] -> through[lane] held_next[lane]")
def customs(cargo, held, clears, normal, release, through, held_next):  # type: ignore[no-untyped-def]
    """Let a share of the cargo through and hold the rest at the border, to leave slowly once the share is whole again.

    What is held was refused once; while the measure stands it hardly leaves, or a stop would leak through its own queue.

    Parameters
    ----------
    cargo, held : (lane,) t: reaches the border this week, held there since before
    clears : (lane,) share that clears, 0 to 1; 1 is no measure
    normal : (lane,) t per week of normal flow
    release : (lane,) weeks of normal flow that may leave the border in a week, 0 or more; a quarter of what is held may
        leave where that is more, as on lanes without a normal flow
    """
    for lane in range(cargo.size):
        leaves = 0.0
        if held[lane] > 0.0:
            most = max(release[lane] * normal[lane], BORDER_SHARE * held[lane])
            leaves = min(held[lane], most)
            if clears[lane] < 1.0:
                leaves *= clears[lane] ** STAYS_POWER
        through[lane] = cargo[lane] * clears[lane] + leaves
        held_next[lane] = held[lane] - leaves + cargo[lane] * (1.0 - clears[lane])


@mechanism(
    "route[lane] price[lane] ask[point] paid[point] stopped[lane] freight[lane]:shared tariff[lane] crosses[lane]:shared"
    " seller[lane]:point buyer[lane]:point per_gap[lane] least_gap[lane] ceiling[lane] build_weeks[lane]"
    " fade_weeks[lane] -> route_next[lane]"
)
def leak_routes(  # type: ignore[no-untyped-def]
    route, price, ask, paid, stopped, freight, tariff, crosses, seller, buyer, per_gap, least_gap, ceiling,
    build_weeks, fade_weeks, route_next,
):  # fmt: skip
    """Open ways past the books while goods fetch more abroad than at home; once there, they close slowly.

    Parameters
    ----------
    route : (lane,) what ways past the books carry, as a share of a lane's normal flow, 0 to 1
    price : (lane,) USD/kg delivered
    ask, paid : (point,) USD/kg in the home book, without VAT; what a buyer pays all its sellers on average
    stopped : (lane,) share of the cargo that a ban, a desk or customs hold up; while any is, the gap is to what is paid
    freight, tariff, crosses : (lane,) USD/kg; import duty, share; 1 across a border
    per_gap, least_gap : (lane,) share per unit of the log of the price at the border over the home price, from a least gap on
    ceiling : (lane,) largest share, 0 to 1
    build_weeks, fade_weeks : (lane,) weeks in which a way is built and lost

    Notes
    -----
    The gap holds unrefunded VAT, export duty, rent and premium (source: facts A19, F32).
    """
    for lane in range(route.size):
        route_next[lane] = 0.0
        if crosses[lane] > 0.5:
            fetches = max(price[lane], paid[buyer[lane]]) if stopped[lane] > 0.0 else price[lane]
            abroad = fetches / (1.0 + tariff[lane]) - freight[lane]
            home = ask[seller[lane]]
            gap = math.log(abroad / home) if abroad > home > 0.0 else 0.0
            target = min(per_gap[lane] * max(gap - least_gap[lane], 0.0), ceiling[lane])
            weeks = build_weeks[lane] if target > route[lane] else fade_weeks[lane]
            route_next[lane] = route[lane] + (target - route[lane]) / weeks
