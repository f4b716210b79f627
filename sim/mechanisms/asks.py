"""Asks: what sellers want for their goods, in the home book and in the export book."""

import math

from sim.mechanisms.mechanism import mechanism


@mechanism(
    "ask[point] orders[point] offers[point] tightness_at_rest[point]:shared stock_weeks[point] normal_weeks[point]"
    " peers[point] cash_cost[point] speed[point] stock_pull[point] peer_pull[point] -> ask_next[point]"
)
def home_ask(  # type: ignore[no-untyped-def]
    ask, orders, offers, tightness_at_rest, stock_weeks, normal_weeks, peers, cash_cost, speed, stock_pull, peer_pull,
    ask_next,
):  # fmt: skip
    """Move the ask with orders against offers and stock against its normal, towards peers, not below cash cost for long.

    Parameters
    ----------
    ask, peers, cash_cost : (point,) USD/kg: own ask, tonnage-weighted ask of rivals (0 for none), cash cost
    orders, offers : (point,) t per week
    tightness_at_rest : (point,) log of orders over offers in the balanced start
    stock_weeks, normal_weeks : (point,) weeks of output on hand, and normally
    speed : (point,) largest weekly move per unit of tightness
    stock_pull, peer_pull : (point,) weight of scarce stock; share of the gap to rivals closed in a week
    """
    for point in range(ask.size):
        flow = math.log(max(orders[point], 1e-9) / max(offers[point], 1e-9)) - tightness_at_rest[point]
        stock = math.log(max(normal_weeks[point], 0.1) / max(stock_weeks[point], 0.1))
        tightness = min(max(flow + stock_pull[point] * stock, -1.0), 1.0)
        moved = ask[point] * math.exp(speed[point] * tightness)
        if peers[point] > 0.0:
            moved *= math.exp(peer_pull[point] * math.log(peers[point] / moved))
        if moved < cash_cost[point]:
            moved += 0.1 * (cash_cost[point] - moved)
        ask_next[point] = moved


@mechanism("home[point] vat_kept[point] duty[point] rent[point] premium[point] -> fob[point]")
def fob_price(home, vat_kept, duty, rent, premium, fob):  # type: ignore[no-untyped-def]
    """Build the FOB price: home price without VAT, plus the VAT that is not refunded, times duty, plus rent and premium.

    Parameters
    ----------
    home : (point,) USD/kg without VAT
    vat_kept : (point,) share of VAT not refunded on export times its rate, 0 or more
    duty : (point,) export duty, share
    rent : (point,) USD/kg, the permit's shadow price
    premium : (point,) USD/kg, the seller's own export scarcity
    """
    for point in range(home.size):
        fob[point] = home[point] * (1.0 + vat_kept[point]) * (1.0 + duty[point]) + rent[point] + premium[point]


@mechanism("rent[pool] wanted[pool] permits[pool] speed[pool] slow[pool] floor[pool] -> rent_next[pool]")
def permit_price(rent, wanted, permits, speed, slow, floor, rent_next):  # type: ignore[no-untyped-def]
    """Move the one rent of a permit pool by wanted over permitted tonnes; slow to fall, because holders withhold.

    Variant ``permit_price`` of scarce quota: ``rent' = rent exp(a clip(ln(wanted / permits), -d, 1))``.

    Parameters
    ----------
    rent, floor : (pool,) USD/kg; the floor keeps a slack pool able to wake
    wanted, permits : (pool,) t gross per week
    speed, slow : (pool,) ``a`` per week and ``d``
    """
    for pool in range(rent.size):
        pull = math.log(max(wanted[pool], 1e-9) / max(permits[pool], 1e-9))
        moved = rent[pool] * math.exp(speed[pool] * min(max(pull, -slow[pool]), 1.0))
        rent_next[pool] = max(moved, floor[pool])
