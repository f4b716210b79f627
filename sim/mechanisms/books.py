"""Books: what the week's arrays say of each lane's bound, of where used goods came from, of FOB prices."""

from sim.mechanisms.mechanism import mechanism
from sim.mechanisms.units import NEXT_TO_NOTHING, NOTHING, USD_PER_T


@mechanism(
    "term[lane] spot[lane] due[lane] leaking[lane] banned[lane] allowed[lane] sendable[lane] wanted[lane] cleared[lane] legal[lane]"
    " granted[lane] through[lane] shipped[lane] into[lane]:cell cells[cell]:shared"
    " -> served[cell] ban[cell] re_export[cell] quota[cell] customs[cell] licence[cell] supply[cell] waiting[cell]"
)
def bound_by_step(  # type: ignore[no-untyped-def]
    term, spot, due, leaking, banned, allowed, sendable, wanted, cleared, legal, granted, through, shipped, into, cells, served, ban,
    re_export, quota, customs, licence, supply, waiting,
):  # fmt: skip
    """Say which step of permission, or supply, bound the orders across borders, by t.

    Parameters
    ----------
    term, spot : (lane,) t ordered this week
    due, leaking : (lane,) t ordered and open, of this week and before; of it for a way past the books
    banned : (lane,) share that a ban on the trade itself forbids; what else is not allowed, a re-export rule does
    allowed, sendable : (lane,) t of the rest not banned; of it that customs would let pass
    wanted, cleared : (lane,) t that wants a permit, and gets one
    legal, granted, through : (lane,) t allotted within the books; past the licence desk; past customs
    shipped : (lane,) t that left, leaked cargo with it
    into : (lane,) cell of buyer's country and product, -1 inside a country

    Returns
    -------
    served, ban, re_export, quota, customs, licence : (cell,) t
    supply : (cell,) t of this week's orders that sellers had too little for
    waiting : (cell,) t that they had too little for before, still ordered
    """
    served[:], ban[:], re_export[:], quota[:], customs[:], licence[:], supply[:] = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    waiting[:] = 0.0
    for lane in range(due.size):
        row = into[lane]
        if row >= 0:
            forbidden = max(due[lane] - leaking[lane] - allowed[lane], 0.0)
            by_ban = min(banned[lane] * (due[lane] - leaking[lane]), forbidden)
            unlicensed = max(wanted[lane] - cleared[lane], 0.0)
            stopped = max(allowed[lane] - sendable[lane], 0.0) + max(granted[lane] - through[lane], 0.0)
            queued = max(legal[lane] - granted[lane], 0.0)
            served[row] += shipped[lane]
            ban[row] += by_ban
            re_export[row] += forbidden - by_ban
            quota[row] += unlicensed
            customs[row] += stopped
            licence[row] += queued
            rest = max(due[lane] - shipped[lane] - forbidden - unlicensed - stopped - queued, 0.0)
            now = min(rest, term[lane] + spot[lane])
            supply[row] += now
            waiting[row] += rest - now


@mechanism(
    "use[need] rare[need]:shared at[need]:point origin[row,group] first[point]:row last[point]:row"
    " into[need,layer,group]:cell cells[cell]:shared"
    " -> used[cell]"
)
def used_by_origin(use, rare, at, origin, first, last, into, cells, used):  # type: ignore[no-untyped-def]
    """Sum the rare earth in what is used by the origin of the stock it came from.

    Parameters
    ----------
    use, rare : (need,) t of product; t of rare earth per t of product
    at : (need,) stock point it came from
    origin, first, last : (row, group) shares; (point,) rows of the layers its goods have
    into : (need, layer, group) cell, -1 for groups no world names
    """
    used[:] = 0.0
    for need in range(use.size):
        amount = use[need] * rare[need]
        if amount > 0.0:
            start = first[at[need]]
            for layer in range(last[at[need]] - start + 1):
                for group in range(origin.shape[1]):
                    if into[need, layer, group] >= 0:
                        used[into[need, layer, group]] += amount * origin[start + layer, group]


@mechanism("value[lane] through[lane] shipped[lane] into[lane]:cell cells[cell]:shared -> legal[cell]")
def legal_value(value, through, shipped, into, cells, legal):  # type: ignore[no-untyped-def]
    """Sum the worth of cargo that left with its papers: its share of all cargo of the lane.

    Parameters
    ----------
    value, through, shipped : (lane,) USD FOB of all cargo; t past customs; t that left, leaked cargo with it
    into : (lane,) relation of seller's country, buyer's country and product, -1 inside a country
    """
    legal[:] = 0.0
    for lane in range(value.size):
        if into[lane] >= 0:
            share = through[lane] / max(shipped[lane], NOTHING) if shipped[lane] > 0.0 else 1.0
            legal[into[lane]] += value[lane] * share


@mechanism(
    "price[lane] tariff[lane] freight[lane]:shared weight[lane]:shared into[lane]:cell cells[cell]:shared -> fob[cell]"
)
def mean_fob(price, tariff, freight, weight, into, cells, fob):  # type: ignore[no-untyped-def]
    """Mean FOB price asked of each seller country's exports, weighed by normal flow.

    Parameters
    ----------
    price, tariff, freight : (lane,) USD/kg delivered outside contracts; import duty, share; USD/kg
    weight : (lane,) t per week at rest
    into : (lane,) cell, -1 for lanes inside a country

    Returns
    -------
    fob : (cell,) USD/kg, not a number where nothing weighs
    """
    fob[:] = 0.0
    total = cells * 0.0
    for lane in range(price.size):
        row = into[lane]
        if row >= 0 and weight[lane] > 0.0:
            fob[row] += (price[lane] / (1.0 + tariff[lane]) - freight[lane]) * weight[lane]
            total[row] += weight[lane]
    for row in range(cells.size):
        fob[row] = fob[row] / total[row] if total[row] > 0.0 else float("nan")


@mechanism("tonnes[cell,slot] usd[cell,slot] -> price[cell]")
def mean_traded(tonnes, usd, price):  # type: ignore[no-untyped-def]
    """Value over tonnes delivered in the weeks that the slots hold, USD/kg; not a number where nothing was.

    Parameters
    ----------
    tonnes, usd : (cell, slot) t and USD delivered
    """
    for cell in range(price.size):
        total, worth = 0.0, 0.0
        for slot in range(tonnes.shape[1]):
            total += tonnes[cell, slot]
            worth += usd[cell, slot]
        price[cell] = worth / (total * USD_PER_T) if total > NEXT_TO_NOTHING else float("nan")


@mechanism("budget[country,line] counts[line]:shared -> spent[country]")
def lines_spent(budget, counts, spent):  # type: ignore[no-untyped-def]
    """Sum of the budget lines that count.

    Parameters
    ----------
    budget : (country, line) USD
    counts : (line,) 1 for lines that count, else 0
    """
    spent[:] = 0.0
    for country in range(spent.size):
        for line in range(counts.size):
            if counts[line] > 0.0:
                spent[country] += budget[country, line]
