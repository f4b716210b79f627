"""Orders: how a buyer splits what it wants between term contracts and known sellers."""

import math

from sim.mechanisms.mechanism import mechanism
from sim.mechanisms.units import NOTHING

FEAR_SEEKS = 0.1
"""Risk belief above which a buyer looks for a new seller (1; assumed; model_design)."""
RISE_SEEKS = 0.3
"""Log of a buyer's price over last quarter's, above which it looks for a new seller (1; assumed; model_design)."""


@mechanism(
    "order[point] expected[point] share[lane] entry[lane] contract[lane] volume[lane] honoured[lane] rise[lane]"
    " trust[lane] buyer[lane]:point sigma tolerance -> term[lane] spot[lane] leaning[lane]"
)
def split_orders(  # type: ignore[no-untyped-def]
    order, expected, share, entry, contract, volume, honoured, rise, trust, buyer, sigma, tolerance, term, spot,
    leaning,
):  # fmt: skip
    """Call term volumes first, within their tolerance; split the rest over sellers by share, price and trust.

    Parameters
    ----------
    order, expected : (point,) t the buyer wants this week and normally
    share : (lane,) share of the buyer's needs this seller has been serving
    entry : (lane,) share a newly qualified seller may take, 0 while asleep
    contract, volume : (lane,) share of the lane that is under term contract; t per week this year's contract holds
    honoured : (lane,) 1 while the seller keeps its contracts
    rise : (lane,) log of the delivered price over its level at rest
    trust : (lane,) 0 to 1
    sigma : elasticity of substitution between sellers, 0 or more
    tolerance : volume tolerance of term contracts, share

    Returns
    -------
    term, spot : (lane,) t
    leaning : (lane,) pull of each seller at this week's price and trust, contracts aside

    Notes
    -----
    Prices count against their own level at rest and against the buyer's mean, so a quiet market keeps its shares.
    """
    ratio = order * 0.0
    weighed = order * 0.0
    called = order * 0.0
    for lane in range(share.size):
        to = buyer[lane]
        weight = share[lane] + entry[lane]
        if weight > 0.0:
            ratio[to] += weight * rise[lane]
            weighed[to] += weight
    for point in range(order.size):
        if weighed[point] > 0.0:
            ratio[point] /= weighed[point]
        weighed[point] = 0.0
    for lane in range(share.size):
        to = buyer[lane]
        term[lane] = 0.0
        spot[lane] = 0.0
        if volume[lane] > 0.0 and expected[to] > 0.0 and order[to] > 0.0:
            turn = min(max(order[to] / expected[to], 1.0 - tolerance), 1.0 + tolerance)
            term[lane] = volume[lane] * honoured[lane] * turn
            called[to] += term[lane]
        leaning[lane] = 0.0
        if share[lane] + entry[lane] > 0.0:
            cheap = rise[lane] - ratio[to]
            pull = trust[lane] * math.exp(-sigma * min(max(cheap, -2.0), 2.0))
            leaning[lane] = (share[lane] + entry[lane]) * pull
            spot[lane] = (share[lane] * (1.0 - contract[lane] * honoured[lane]) + entry[lane]) * pull
            weighed[to] += spot[lane]
    for lane in range(share.size):
        to = buyer[lane]
        if called[to] > order[to]:
            term[lane] *= order[to] / called[to]
        rest = max(order[to] - called[to], 0.0)
        spot[lane] = rest * (spot[lane] / weighed[to]) if weighed[to] > 0.0 else 0.0


@mechanism(
    "term[lane] spot[lane] order[point] cap[view] view[lane]:view view_buyer[view]:point buyer[lane]:point -> capped[lane]"
)
def cap_on_origin(term, spot, order, cap, view, view_buyer, buyer, capped):  # type: ignore[no-untyped-def]
    """Move spot orders beyond a cap on one origin to the buyer's sellers of other origins, as far as it knows any.

    Parameters
    ----------
    term, spot : (lane,) t ordered; term calls count but stay
    order : (point,) t the buyer orders in all
    cap : (view,) most of it from one origin, share
    view, view_buyer : (lane,) buyer and origin of a lane; (view,) the buyer's stock point

    Returns
    -------
    capped : (lane,) t of spot orders; a buyer's sum is as before
    """
    ordered, movable = cap * 0.0, cap * 0.0
    excess, room = order * 0.0, order * 0.0
    for lane in range(spot.size):
        if view[lane] >= 0:
            ordered[view[lane]] += term[lane] + spot[lane]
            movable[view[lane]] += spot[lane]
    for row in range(cap.size):
        over = ordered[row] - cap[row] * order[view_buyer[row]]
        # from here on ``ordered`` holds what an origin gives up (above 0) or may take (below 0)
        ordered[row] = min(over, movable[row]) if over > 0.0 else over
        if movable[row] <= 0.0:
            ordered[row] = 0.0
        excess[view_buyer[row]] += max(ordered[row], 0.0)
        room[view_buyer[row]] += max(-ordered[row], 0.0)
    for lane in range(spot.size):
        capped[lane] = spot[lane]
        row = view[lane]
        if row >= 0 and excess[buyer[lane]] > 0.0 and movable[row] > 0.0:
            moved = min(excess[buyer[lane]], room[buyer[lane]])
            part = excess[buyer[lane]] if ordered[row] > 0.0 else room[buyer[lane]]
            share = moved / part if part > 0.0 else 0.0
            capped[lane] = spot[lane] * max(1.0 - share * ordered[row] / movable[row], 0.0)


@mechanism(
    "share[lane] leaning[lane] qualified[lane] potential[lane]:shared belief[point] run_up[point] buyer[lane]:point memory_weeks"
    " qualification_weeks -> share_next[lane] qualified_next[lane]"
)
def seller_shares(  # type: ignore[no-untyped-def]
    share, leaning, qualified, potential, belief, run_up, buyer, memory_weeks, qualification_weeks,
    share_next, qualified_next,
):  # fmt: skip
    """Let shares lean, slowly, to whom price and trust favour, and qualify new sellers while fear or prices press.

    Parameters
    ----------
    share : (lane,) share of the buyer's needs, summing to 1 over its lanes
    leaning : (lane,) pull of each seller this week; contracts do not count, they renew with the share
    qualified : (lane,) progress of qualification, 0 to 1
    potential : (lane,) share a qualified newcomer may take at first; 0 for sellers known from the start
    belief, run_up : (point,) the buyer's risk belief; log of its price over last quarter's
    memory_weeks, qualification_weeks : weeks
    """
    total = belief * 0.0
    for lane in range(share.size):
        total[buyer[lane]] += leaning[lane]
    for point in range(belief.size):
        # from here on what a unit of pull is worth as a share
        total[point] = 1.0 / total[point] if total[point] > 0.0 else 0.0
    learned = 1.0 / memory_weeks
    for lane in range(share.size):
        to = buyer[lane]
        share_next[lane] = share[lane]
        if total[to] > 0.0:
            share_next[lane] += learned * (leaning[lane] * total[to] - share[lane])
        qualified_next[lane] = qualified[lane]
        if potential[lane] > 0.0 and (belief[to] > FEAR_SEEKS or run_up[to] > RISE_SEEKS):
            qualified_next[lane] = min(qualified[lane] + 1.0 / qualification_weeks, 1.0)


@mechanism("fill[lane] shipped[lane] due[lane] memory_weeks -> fill_next[lane]")
def remembered_fill(fill, shipped, due, memory_weeks, fill_next):  # type: ignore[no-untyped-def]
    """Remember what share of what was due from a seller came, over some weeks; nothing due teaches nothing, slowly forgets."""
    for lane in range(fill.size):
        came = min(shipped[lane] / due[lane], 1.0) if due[lane] > NOTHING else 1.0
        fill_next[lane] = fill[lane] + (came - fill[lane]) / memory_weeks


@mechanism("shipped[lane] due[lane] view[lane]:view scale[view]:shared -> miss[view]")
def missed_cargo(shipped, due, view, scale, miss):  # type: ignore[no-untyped-def]
    """Share of what one buyer needs from one origin that was due and did not leave, 0 to 1.

    ``due`` is what was ordered and open, in t; ``scale`` is the normal weekly flow of the view. Orders beyond that flow
    are hoarding; that they go short frightens nobody.
    """
    owed = scale * 0.0
    came = scale * 0.0
    for lane in range(due.size):
        if view[lane] >= 0:
            owed[view[lane]] += due[lane]
            came[view[lane]] += min(shipped[lane], due[lane])
    for row in range(scale.size):
        needed = min(owed[row], scale[row])
        miss[row] = min(max((needed - came[row]) / scale[row], 0.0), 1.0) if scale[row] > 0.0 else 0.0


@mechanism("term[lane] spot[lane] backlog[lane] shipped[lane] keep_weeks -> backlog_next[lane]")
def open_orders(term, spot, backlog, shipped, keep_weeks, backlog_next):  # type: ignore[no-untyped-def]
    """Keep what was not served as backlog; a share of it lapses every week."""
    for lane in range(term.size):
        left = max(term[lane] + spot[lane] + backlog[lane] - shipped[lane], 0.0)
        backlog_next[lane] = left * (1.0 - 1.0 / keep_weeks)


@mechanism(
    "backlog[lane] waiting[lane] deciding[lane] held[lane] buyer[lane]:point sea[slot,point] -> on_order[point]"
)
def on_order(backlog, waiting, deciding, held, buyer, sea, on_order):  # type: ignore[no-untyped-def]
    """Sum what each buyer has on order: open with sellers, at the desk, at the border, at sea, in t."""
    on_order[:] = 0.0
    for lane in range(backlog.size):
        on_order[buyer[lane]] += backlog[lane] + waiting[lane] + deciding[lane] + held[lane]
    for slot in range(sea.shape[0]):
        for point in range(sea.shape[1]):
            on_order[point] += sea[slot, point]


@mechanism("waiting[lane] deciding[lane] held[lane] seller[lane]:point offer[point] -> reserved[point]")
def reserved(waiting, deciding, held, seller, offer, reserved):  # type: ignore[no-untyped-def]
    """Sum what each seller has standing at the desk and at the border, in t; ``offer`` is anything of that length."""
    reserved[:] = 0.0
    for lane in range(waiting.size):
        reserved[seller[lane]] += waiting[lane] + deciding[lane] + held[lane]
