"""Contracts: what term cargo costs, by formula on a published index of the past quarter."""

from sim.mechanisms.mechanism import mechanism


@mechanism(
    "ask[point] vat[point]:shared price[lane] tariff[lane] freight[lane]:shared seller[lane]:point member[member]:lane"
    " index_of[member]:index kind[member]:shared weight[member]:shared before[index] -> index[index]"
)
def index_prices(  # type: ignore[no-untyped-def]
    ask, vat, price, tariff, freight, seller, member, index_of, kind, weight, before, index
):  # fmt: skip
    """Mean price of each named index, weighed by normal flow over the lanes it is made of.

    Parameters
    ----------
    ask, vat : (point,) USD/kg in the seller's home book; value added tax, share
    price, tariff, freight, seller : (lane,) USD/kg delivered outside contracts; import duty, share; USD/kg; seller's point
    member, index_of : (member,) a lane and the index it belongs to
    kind : (member,) 0 home price with VAT, 1 FOB, 2 delivered without VAT
    weight : (member,) t per week at rest
    before : (index,) USD/kg, kept where nothing weighs
    """
    index[:] = 0.0
    total = before * 0.0
    for row in range(member.size):
        lane = member[row]
        if kind[row] == 0.0:
            value = ask[seller[lane]] * (1.0 + vat[seller[lane]])
        elif kind[row] == 1.0:
            value = price[lane] / (1.0 + tariff[lane]) - freight[lane]
        else:
            value = price[lane]
        index[index_of[row]] += value * weight[row]
        total[index_of[row]] += weight[row]
    for row in range(before.size):
        index[row] = index[row] / total[row] if total[row] > 0.0 else before[row]


@mechanism(
    "ring[quarter,index] week at_rest[index]:shared index[lane]:index base[lane]:shared floor[lane]:shared"
    " ceiling[lane]:shared term[lane] spot[lane] price[lane] -> unit[lane]"
)
def unit_prices(ring, week, at_rest, index, base, floor, ceiling, term, spot, price, unit):  # type: ignore[no-untyped-def]
    """What a lane's cargo costs per kg: term calls by formula, the rest at the price asked.

    The formula is the contract's price at the start times the mean of its index over the last quarter against the index
    at the start, between its floor and its ceiling.

    Parameters
    ----------
    ring, week : (quarter, index) USD/kg by week, this week's slot still holding the oldest; number of this week
    at_rest : (index,) USD/kg in the balanced start
    index : (lane,) the index a lane's contract reads, -1 for no contract
    base, floor, ceiling : (lane,) USD/kg of term cargo at the start, discount taken off; bounds
    term, spot, price : (lane,) t called and ordered beside; USD/kg asked
    """
    slots = ring.shape[0]
    now = int(week) % slots
    moved = at_rest * 0.0
    for slot in range(slots):
        if slot != now:
            for row in range(at_rest.size):
                moved[row] += ring[slot, row]
    for row in range(at_rest.size):
        moved[row] = moved[row] / (slots - 1) / at_rest[row]
    for lane in range(term.size):
        unit[lane] = price[lane]
        row = index[lane]
        if row >= 0 and term[lane] > 0.0:
            formula = base[lane] * moved[row]
            formula = min(max(formula, floor[lane]), ceiling[lane])
            unit[lane] = (term[lane] * formula + spot[lane] * price[lane]) / (term[lane] + spot[lane])
