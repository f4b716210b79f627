"""Permission: what a cross-border cargo must pass, step by step, and what is left standing at each."""

import math

from sim.mechanisms.mechanism import mechanism


@mechanism(
    "applied[lane] first[lane] second[lane] desk[lane]:desk scope[lane] intake[desk] rate[desk] denied[lane]"
    " -> first_next[lane] second_next[lane] granted[lane] refused[lane]"
)
def licence_queue(applied, first, second, desk, scope, intake, rate, denied, first_next, second_next, granted, refused):  # type: ignore[no-untyped-def]
    """Let applications through a desk of two phases: papers are taken in up to an intake, decided at a rate.

    Both phases serve in proportion to what stands there, so a faster desk empties at once and a slower one only lengthens.

    Parameters
    ----------
    applied, first, second : (lane,) t: new applications, waiting for intake, waiting for a decision
    desk : (lane,) row of ``desk``, -1 for cargo that meets no desk
    scope : (lane,) share of the cargo the control covers, 0 to 1; the rest is granted at once
    intake, rate : (desk,) t per week taken in, decided
    denied : (lane,) share of decisions that refuse, 0 to 1

    Returns
    -------
    first_next, second_next : (lane,) t standing in each phase
    granted, refused : (lane,) t that may ship, that goes back to the seller's shelf
    """
    waiting, deciding = intake * 0.0, intake * 0.0
    for lane in range(applied.size):
        if desk[lane] >= 0:
            waiting[desk[lane]] += first[lane] + applied[lane] * scope[lane]
            deciding[desk[lane]] += second[lane]
    for lane in range(applied.size):
        row = desk[lane]
        if row < 0:
            first_next[lane], second_next[lane], granted[lane], refused[lane] = 0.0, 0.0, applied[lane], 0.0
            continue
        stands = first[lane] + applied[lane] * scope[lane]
        taken = stands if waiting[row] <= intake[row] else stands * (intake[row] / waiting[row])
        decided = second[lane] if deciding[row] <= rate[row] else second[lane] * (rate[row] / deciding[row])
        first_next[lane] = stands - taken
        second_next[lane] = second[lane] - decided + taken
        refused[lane] = decided * denied[lane]
        granted[lane] = decided - refused[lane] + applied[lane] * (1.0 - scope[lane])


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
    for _ in range(8):
        open_weight[:] = 0.0
        for lane in range(wanted.size):
            if pool[lane] >= 0:
                open_weight[pool[lane]] += (wanted[lane] - cleared[lane]) * weight[lane] * (margin[lane] + 0.05)
        before = left * 1.0
        for lane in range(wanted.size):
            row = pool[lane]
            if row >= 0 and open_weight[row] > 0.0 and before[row] > 0.0:
                need = (wanted[lane] - cleared[lane]) * weight[lane]
                share = before[row] * (need * (margin[lane] + 0.05) / open_weight[row])
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
        scarce = open_weight[row] > 1e-9 * max(permits[row], 1.0)
        rent[row] = rent_sum[row] / open_weight[row] if scarce else 0.0


@mechanism("cargo[lane] held[lane] clears[lane] normal[lane] release[lane] -> through[lane] held_next[lane]")
def customs(cargo, held, clears, normal, release, through, held_next):  # type: ignore[no-untyped-def]
    """Let a share of the cargo through and hold the rest at the border, to leave slowly once the share is whole again.

    Parameters
    ----------
    cargo, held : (lane,) t: reaches the border this week, held there since before
    clears : (lane,) share that clears, 0 to 1; 1 is no measure
    normal : (lane,) t per week of normal flow
    release : (lane,) weeks of normal flow that may leave the border in a week, 0 or more
    """
    for lane in range(cargo.size):
        leaves = min(held[lane] * clears[lane], release[lane] * normal[lane] * clears[lane])
        through[lane] = cargo[lane] * clears[lane] + leaves
        held_next[lane] = held[lane] - leaves + cargo[lane] * (1.0 - clears[lane])


@mechanism(
    "route[lane] price[lane] paid[lane] stopped[lane] home[lane] freight[lane]:shared tariff[lane] crosses[lane]:shared per_gap[lane]"
    " least_gap[lane] ceiling[lane] build_weeks[lane] fade_weeks[lane] -> route_next[lane]"
)
def leak_routes(  # type: ignore[no-untyped-def]
    route, price, paid, stopped, home, freight, tariff, crosses, per_gap, least_gap, ceiling, build_weeks, fade_weeks,
    route_next,
):  # fmt: skip
    """Open ways past the books while goods fetch more abroad than at home; once there, they close slowly.

    Parameters
    ----------
    route : (lane,) share of a lane's cargo for which a way past the books is open, 0 to 1
    price, paid : (lane,) USD/kg delivered on this lane; what its buyer pays all sellers on average
    stopped : (lane,) share of the cargo that a ban, a desk or customs hold up; while any is, the gap is to what is paid
    home : (lane,) USD/kg in the seller's home book, without VAT
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
            fetches = max(price[lane], paid[lane]) if stopped[lane] > 0.0 else price[lane]
            abroad = fetches / (1.0 + tariff[lane]) - freight[lane]
            gap = math.log(abroad / home[lane]) if abroad > home[lane] > 0.0 else 0.0
            target = min(per_gap[lane] * max(gap - least_gap[lane], 0.0), ceiling[lane])
            weeks = build_weeks[lane] if target > route[lane] else fade_weeks[lane]
            route_next[lane] = route[lane] + (target - route[lane]) / weeks
