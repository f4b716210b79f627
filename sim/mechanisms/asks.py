"""Asks: what sellers want for their goods, in the home book and in the export book."""

import math

from sim.mechanisms.mechanism import mechanism
from sim.mechanisms.units import NEXT_TO_NOTHING, WEEKS_A_YEAR

LEAST_STOCK_WEEKS = 0.1
"""Weeks of output under which a stock counts as empty (weeks; assumed; model_design)."""
SCARCEST = 1.5
"""Largest scarcity or glut of stock that an ask answers (1, log of weeks over normal weeks; assumed; model_design)."""
BACK_ABOVE_COST = 0.1
"""Share of the gap to cash cost that an ask below it makes up (1/week; assumed; model_design)."""
LEAST_OVER_COST = 0.2
"""Least ask of a processor, over what its product costs it (1; assumed; model_design)."""
LEAST_SERVED = 0.1
"""Least share of export orders taken as served, so that the premium of a full stop stays finite (1; assumed; model_design)."""
MOST_PULL = 2.0
"""Log of wanted over permitted tonnes beyond which a rent rises no faster (1; assumed; model_design)."""
SERVED_WELL = 0.02
"""Log of export orders over what was served, up to which the premium falls (1; assumed; model_design)."""


@mechanism(
    "ask[point] orders[point] offers[point] tightness_at_rest[point]:shared stock_weeks[point] normal_weeks[point]"
    " peers[point] cash_cost[point] normal_ask[point] sells[point]:shared speed[point] stock_power[point] peer_pull[point]"
    " normal_pull[point] band slow_down normal_memory -> ask_next[point] normal_ask_next[point]"
)
def home_ask(  # type: ignore[no-untyped-def]
    ask, orders, offers, tightness_at_rest, stock_weeks, normal_weeks, peers, cash_cost, normal_ask, sells, speed,
    stock_power,
    peer_pull, normal_pull, band, slow_down, normal_memory, ask_next, normal_ask_next,
):  # fmt: skip
    """Move the ask with orders against offers; let it settle where stock says, around what the seller thinks normal.

    Orders beyond offers push the ask for as long as they last. Beside that, a scarce stock is worth more than a full one:
    the ask leans towards the seller's normal ask times a power of scarcity, towards its rivals, and back above cash cost.
    The normal ask itself is the ask's own long memory, so nothing places it.

    Parameters
    ----------
    ask, peers, cash_cost, normal_ask : (point,) USD/kg: own ask, rivals' ask (0 for none), cash cost, long memory
    orders, offers : (point,) t per week
    tightness_at_rest : (point,) log of orders over offers in the balanced start
    stock_weeks, normal_weeks : (point,) weeks of output on hand, and normally
    sells : (point,) 1 for sellers; others keep what stands there
    speed : (point,) largest weekly move per unit of tightness
    stock_power : (point,) rise of the ask, in logs, for one log of scarcer stock
    peer_pull, normal_pull : (point,) share of the gap closed in a week
    band : orders may stand this far from their usual relation to offers, in logs, before the ask moves for them
    slow_down : weight of orders that fall short of offers, 0 to 1: sellers are slower to cut than to raise
    normal_memory : weeks
    """
    for point in range(ask.size):
        if sells[point] < 0.5:
            ask_next[point], normal_ask_next[point] = ask[point], normal_ask[point]
            continue
        flow, scarce = 0.0, 0.0
        if speed[point] > 0.0:
            flow = math.log(max(orders[point], NEXT_TO_NOTHING) / max(offers[point], NEXT_TO_NOTHING)) - tightness_at_rest[point]
            flow = min(max(max(flow - band, 0.0) + slow_down * min(flow + band, 0.0), -1.0), 1.0)
        if stock_power[point] > 0.0:
            scarce = math.log(max(normal_weeks[point], LEAST_STOCK_WEEKS) / max(stock_weeks[point], LEAST_STOCK_WEEKS))
            scarce = min(max(scarce, -SCARCEST), SCARCEST)
        below = math.log(normal_ask[point] / ask[point])
        rise = speed[point] * flow + normal_pull[point] * (below + stock_power[point] * scarce)
        if peers[point] > 0.0:
            rise += peer_pull[point] * (math.log(peers[point] / ask[point]) - rise)
        moved = ask[point] * math.exp(rise)
        if moved < cash_cost[point]:
            moved += BACK_ABOVE_COST * (cash_cost[point] - moved)
            rise = math.log(moved / ask[point])
        ask_next[point] = moved
        normal_ask_next[point] = normal_ask[point] * math.exp((rise - below) / normal_memory)


@mechanism("ask[point] before[year,point]:shared memory remembers -> normal[point]")
def learned_normal(ask, before, memory, remembers, normal):  # type: ignore[no-untyped-def]
    """What sellers think normal at a start: the long memory of asks, taken over the means of the years before.

    A year weighs as much as is left of it at the start; the years that are known stand for all.

    Parameters
    ----------
    ask : (point,) USD/kg at the start
    before : (year, point) price of each year before over that of the start, the latest first; 0 where it is not known
    memory : weeks, as of ``home_ask``
    remembers : share that is remembered, in logs, 0 to 1
    """
    for point in range(ask.size):
        learned, weight = 0.0, 0.0
        for year in range(before.shape[0]):
            if before[year, point] > 0.0:
                left = math.exp(-year * WEEKS_A_YEAR / memory) - math.exp(-(year + 1) * WEEKS_A_YEAR / memory)
                learned += left * math.log(before[year, point])
                weight += left
        normal[point] = ask[point] * math.exp(remembers * learned / weight) if weight > 0.0 else ask[point]


@mechanism("rent[pool] wanted[pool] permits[pool] worth[pool] speed[pool] slow[pool] -> rent_next[pool]")
def permit_price(rent, wanted, permits, worth, speed, slow, rent_next):  # type: ignore[no-untyped-def]
    """Move the one rent of a permit pool by wanted over permitted tonnes, as a share of what the goods cost abroad.

    Variant ``permit_price`` of scarce quota: with ``x = ln(wanted / permits)``, ``rent' = rent + a min(x, 2) (rent + worth)``
    while permits are scarce and ``rent (1 + a max(x, -d))`` while they are slack. Exporters mark up what a foreign buyer pays
    in all, so a rent rises fast from nothing and slowly once it is most of the price. It falls slowly, because holders withhold.

    Parameters
    ----------
    rent, worth : (pool,) USD/kg; ``worth`` is the mean home price of the goods that want a permit
    wanted, permits : (pool,) t gross per week
    speed, slow : (pool,) ``a`` per week and ``d``
    """
    for pool in range(rent.size):
        pull = math.log(max(wanted[pool], NEXT_TO_NOTHING) / max(permits[pool], NEXT_TO_NOTHING))
        if pull > 0.0:
            rent_next[pool] = rent[pool] + speed[pool] * min(pull, MOST_PULL) * (rent[pool] + worth[pool])
        else:
            rent_next[pool] = rent[pool] * (1.0 + speed[pool] * max(pull, -slow[pool]))


@mechanism("ask[point] cost[point] cost_before[point] follows[point]:shared -> ask_next[point]")
def pass_cost_on(ask, cost, cost_before, follows, ask_next):  # type: ignore[no-untyped-def]
    """Move a processor's ask by what its inputs moved, per kg of product; its own margin moves with its own book.

    ``follows`` is 1 for products priced over their inputs (metals, magnets), 0 for others.
    """
    for point in range(ask.size):
        ask_next[point] = ask[point]
        if follows[point] > 0.0:
            moved = ask[point] + follows[point] * (cost[point] - cost_before[point])
            ask_next[point] = max(moved, LEAST_OVER_COST * cost[point])


@mechanism(
    "ask[point] feed[line,input]:point made[line,out]:shared output[line,out]:point ratio[line]:shared yield_weeks[line]:shared"
    " -> net_back[point]"
)
def net_back(ask, feed, made, output, ratio, yield_weeks, net_back):  # type: ignore[no-untyped-def]
    """Price ores, carbonates and swarf as a fixed part of what their basket fetches, as buyers' price formulas do.

    Parameters
    ----------
    ask : (point,) USD/kg of every product
    feed, made, output : input points, t of product per t of feed, output points of each line
    ratio : (line,) part of the basket's value paid for the feed at the start; 0 where feeds are priced otherwise
    yield_weeks : (line,) weight of the line among buyers of the same feed, its run at rest

    Returns
    -------
    net_back : (point,) USD/kg offered for what lies at each feed point; 0 where there is none
    """
    net_back[:] = 0.0
    for line in range(ratio.size):
        if ratio[line] > 0.0 and yield_weeks[line] > 0.0:
            value = 0.0
            for row in range(output.shape[1]):
                if output[line, row] >= 0:
                    value += made[line, row] * ask[output[line, row]]
            net_back[feed[line, 0]] = ratio[line] * value


@mechanism(
    "ask[point] vat_kept[point] premium[point] duty[lane] rent[lane] freight[lane]:shared tariff[lane] crosses[lane]:shared"
    " seller[lane]:point -> price[lane]"
)
def delivered_price(ask, vat_kept, premium, duty, rent, freight, tariff, crosses, seller, price):  # type: ignore[no-untyped-def]
    """What a buyer pays per kg: the home ask, or the FOB price with freight and import duty across a border."""
    for lane in range(price.size):
        point = seller[lane]
        if crosses[lane] > 0.5:
            fob = ask[point] * (1.0 + vat_kept[point]) * (1.0 + duty[lane]) + rent[lane] + premium[point]
            price[lane] = (fob + freight[lane]) * (1.0 + tariff[lane])
        else:
            price[lane] = ask[point] + freight[lane]


@mechanism("premium[point] parity[point] wanted[point] served[point] speed[point] back[point] -> premium_next[point]")
def export_premium(premium, parity, wanted, served, speed, back, premium_next):  # type: ignore[no-untyped-def]
    """Raise the seller's own export premium while its permitted export orders go unserved; let it go when they are.

    Parameters
    ----------
    premium, parity : (point,) USD/kg over parity; the FOB price without it
    wanted, served : (point,) t of export orders open to it; t shipped
    speed, back : (point,) largest weekly rise as a share of FOB; share given up per week when all are served
    """
    for point in range(premium.size):
        if wanted[point] > 0.0:
            tight = min(math.log(wanted[point] / max(served[point], LEAST_SERVED * wanted[point])), 1.0)
        else:
            tight = 0.0
        if tight > SERVED_WELL:
            premium_next[point] = premium[point] + speed[point] * tight * (parity[point] + premium[point])
        else:
            premium_next[point] = premium[point] * (1.0 - back[point])


@mechanism(
    "price[lane] open[lane] order[lane]:lane first[cell]:lane count[cell]:shared use[cell] share before[cell]"
    " -> quote[cell] depth[cell]"
)
def quoted_price(price, open, order, first, count, use, share, before, quote, depth):  # type: ignore[no-untyped-def]
    """The ask at which open spot offers in a region, sorted, reach a share of its weekly use.

    If all of them do not reach it, the highest open ask.

    Parameters
    ----------
    price, open : (lane,) USD/kg delivered; t open to the region this week
    order : (lane,) lanes by region and product
    first, count : (cell,) where a region's lanes begin in that order, and how many they are
    use : (cell,) t per week
    share : share of weekly use that must be open (source: measures, 0.02)
    before : (cell,) last week's quote, kept where nothing is open

    Returns
    -------
    quote, depth : (cell,) USD/kg; open offers over weekly use
    """
    for row in range(use.size):
        quote[row], depth[row] = before[row], 0.0
        if use[row] <= 0.0:
            continue
        start, stop = first[row], first[row] + int(count[row])
        cheapest, at_cheapest, dearest = math.inf, 0.0, -math.inf
        for place in range(start, stop):
            lane = order[place]
            if open[lane] > 0.0:
                depth[row] += open[lane]
                dearest = max(dearest, price[lane])
                if price[lane] < cheapest:
                    cheapest, at_cheapest = price[lane], open[lane]
                elif price[lane] == cheapest:
                    at_cheapest += open[lane]
        wanted = share * use[row]
        short, found = depth[row] < wanted, at_cheapest
        if depth[row] > 0.0:
            quote[row] = dearest if short else cheapest
        depth[row] /= use[row]
        while not short and found < wanted:
            # the cheapest offers dearer than those already counted
            best = math.inf
            for place in range(start, stop):
                lane = order[place]
                if open[lane] > 0.0 and quote[row] < price[lane] < best:
                    best = price[lane]
            if best == math.inf:
                break
            for place in range(start, stop):
                lane = order[place]
                if open[lane] > 0.0 and price[lane] == best:
                    found += open[lane]
            quote[row] = best
