"""The market's bookkeeping per lane and seller: who may be asked, what is asked, what stands open, what rivals do."""

from sim.mechanisms.mechanism import mechanism
from sim.mechanisms.units import NOTHING

LEAST_TRUST = 0.02
"""Trust in a seller that never falls further, so that it can come back (1; assumed; model_design)."""
BACKLOG_ASKED_OVER = 8.0
"""Weeks over which a backlog at home is asked for again (weeks; assumed; model_design)."""
LEAST_SHARE = 1e-6
"""Share of a buyer under which a lane is asleep and its seller open to none of it (1; assumed; model_design)."""


@mechanism(
    "potential[lane]:shared project[lane]:project standing[project] qualified[lane] from_store[lane]:shared"
    " to_store[lane]:shared released[point] belief[view] view[lane]:view fill[lane] seller[lane]:point"
    " -> entry[lane] trust[lane]"
)
def entry_and_trust(  # type: ignore[no-untyped-def]
    potential, project, standing, qualified, from_store, to_store, released, belief, view, fill, seller, entry, trust
):  # fmt: skip
    """Say what share a seller that was not there may take, and how far a buyer trusts each seller.

    A project enters when it stands, a store as far as it holds what it is told to release (``released``, 0 to 1), a
    newcomer as far as it is qualified. Trust is what is left of fear, times the share of orders that came.
    """
    for lane in range(fill.size):
        ready = qualified[lane]
        if project[lane] >= 0:
            ready = 1.0 if standing[project[lane]] == 2.0 else 0.0
        if from_store[lane] > 0.5:
            ready = released[seller[lane]]
        elif to_store[lane] > 0.5:
            ready = 1.0
        entry[lane] = potential[lane] * ready
        trust[lane] = max((1.0 - belief[view[lane]]) * fill[lane], LEAST_TRUST)


@mechanism(
    "term[lane] spot[lane] backlog[lane] sendable[lane] wanted[lane] cleared[lane] leak[lane] crosses[lane]:shared"
    " seller[lane]:point offer[point] -> asked[point]"
)
def asked_of_sellers(  # type: ignore[no-untyped-def]
    term, spot, backlog, sendable, wanted, cleared, leak, crosses, seller, offer, asked
):  # fmt: skip
    """Sum the orders that move a seller's ask: home orders with an eighth of the backlog, export orders with permission."""
    for point in range(offer.size):
        asked[point] = 0.0
    for lane in range(term.size):
        if crosses[lane] > 0.5:
            permitted = cleared[lane] / wanted[lane] if wanted[lane] > NOTHING else 1.0
            asked[seller[lane]] += sendable[lane] * permitted + leak[lane]
        else:
            asked[seller[lane]] += term[lane] + spot[lane] + backlog[lane] / BACKLOG_ASKED_OVER


@mechanism(
    "share[lane] rise[lane] weight[lane]:shared buyer[lane]:point seller[lane]:point points[point]:shared -> rivals[point]"
)
def rivals_rise(share, rise, weight, buyer, seller, points, rivals):  # type: ignore[no-untyped-def]
    """Mean rise, in logs, of the prices a seller's customers are offered, weighed by normal flow.

    ``share`` and ``rise`` are the buyers' shares and price rises per lane; ``points`` is anything of that length.
    """
    mean = points * 0.0
    total = points * 0.0
    for lane in range(share.size):
        mean[buyer[lane]] += share[lane] * rise[lane]
    rivals[:] = 0.0
    for lane in range(share.size):
        if weight[lane] > 0.0:
            rivals[seller[lane]] += mean[buyer[lane]] * weight[lane]
            total[seller[lane]] += weight[lane]
    for point in range(points.size):
        rivals[point] = rivals[point] / total[point] if total[point] > 0.0 else 0.0


@mechanism(
    "offer[point] allotted[lane] wanted[lane] cleared[lane] clears[lane] banned[lane] scope[lane] exempt[lane]"
    " share[lane] entry[lane] expected[point] crosses[lane]:shared seller[lane]:point buyer[lane]:point cell[lane]:cell"
    " pair[lane]:pair cells[cell]:shared pairs[pair]:shared -> open[lane] use[cell]"
)
def open_to_regions(  # type: ignore[no-untyped-def]
    offer, allotted, wanted, cleared, clears, banned, scope, exempt, share, entry, expected, crosses, seller, buyer,
    cell, pair, cells, pairs, open, use,
):  # fmt: skip
    """What stands open to each region after the week's cargo, and what it uses per week.

    Open is what sellers have left, as far as a new order could pass ban, quota, desk and customs this week. It is open to
    every region, but once in each: lanes of one seller into one region (``pair``) have equal parts of it.

    Returns
    -------
    open : (lane,) t
    use : (cell,) t per week
    """
    left = offer * 1.0
    use[:] = 0.0
    for lane in range(allotted.size):
        left[seller[lane]] -= allotted[lane]
    lanes = pairs * 0.0
    for lane in range(allotted.size):
        if share[lane] + entry[lane] > LEAST_SHARE:
            lanes[pair[lane]] += 1.0
    for lane in range(allotted.size):
        open[lane] = 0.0
        if share[lane] + entry[lane] > LEAST_SHARE:
            passes = 1.0
            if crosses[lane] > 0.5:
                permitted = cleared[lane] / max(wanted[lane], NOTHING) if wanted[lane] > 0.0 else 1.0
                passes = clears[lane] * (1.0 - banned[lane]) * permitted * (1.0 - scope[lane] * (1.0 - exempt[lane]))
            open[lane] = max(left[seller[lane]], 0.0) * passes / lanes[pair[lane]]
        use[cell[lane]] += expected[buyer[lane]] * share[lane]


@mechanism(
    "paid[point] need[line,input]:shared feed[line,input]:point output[line,out]:point single[line]:shared cash[line]:shared"
    " hoards[point]:shared -> cost[point]"
)
def unit_costs(paid, need, feed, output, single, cash, hoards, cost):  # type: ignore[no-untyped-def]
    """Inputs and cash cost per kg of the one product of a plant; for traders what they pay; 0 for others.

    ``single`` is 1 for plants of one product priced over its inputs.
    """
    for point in range(paid.size):
        cost[point] = paid[point] if hoards[point] > 0.5 else 0.0
    for line in range(single.size):
        if single[line] > 0.5:
            total = cash[line]
            for row in range(feed.shape[1]):
                if feed[line, row] >= 0:
                    total += paid[feed[line, row]] * need[line, row]
            cost[output[line, 0]] = total


@mechanism(
    "ask[point] paid[point] need[line,input]:shared feed[line,input]:point made[line,out]:shared output[line,out]:point"
    " cash[line]:shared -> value[line] cost[line]"
)
def value_and_cost(ask, paid, need, feed, made, output, cash, value, cost):  # type: ignore[no-untyped-def]
    """USD per kg of run: the whole basket less inputs and cash cost; and inputs with cash cost."""
    for line in range(cash.size):
        cost[line] = cash[line]
        for row in range(feed.shape[1]):
            if feed[line, row] >= 0:
                cost[line] += paid[feed[line, row]] * need[line, row]
        value[line] = -cost[line]
        for row in range(output.shape[1]):
            if output[line, row] >= 0:
                value[line] += ask[output[line, row]] * made[line, row]
