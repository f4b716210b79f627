"""The border: what may be asked for, what is sent there, and what a listed input makes of a finished good."""

from sim.mechanisms.mechanism import mechanism


@mechanism(
    "term[lane] spot[lane] backlog[lane] route[lane] enforcement[lane] to_store[lane]:shared banned[lane]"
    " allowance[lane] clears[lane] held[lane] normal[lane] room_weeks[lane] -> due[lane] leaking[lane] allowed[lane] sendable[lane]"
)
def at_the_border(  # type: ignore[no-untyped-def]
    term, spot, backlog, route, enforcement, to_store, banned, allowance, clears, held, normal, room_weeks, due, leaking,
    allowed, sendable,
):  # fmt: skip
    """Take banned cargo out, and bound what a seller sends to a border that holds cargo.

    A seller keeps sending until some weeks of normal flow wait there; then it keeps the goods.

    Parameters
    ----------
    term, spot, backlog : (lane,) t ordered this week and open from before
    route, enforcement, to_store : (lane,) what ways past the books carry, as a share of normal flow, so that a rush of
        orders widens none; share of that which is caught; 1 for a store's purchases, which go by the books
    banned, clears : (lane,) share that may not leave; share of the rest that clears, 0 to 1
    allowance : (lane,) most that may be asked for in a week, t, so that ordering more gets nobody past a refusal
    held : (lane,) t waiting at the border
    normal : (lane,) t per week of normal flow
    room_weeks : (lane,) weeks of normal flow a seller lets wait there

    Returns
    -------
    due : (lane,) t ordered and open
    leaking : (lane,) t of it that go past the books
    allowed : (lane,) t of the rest that may be asked for a permit
    sendable : (lane,) most of that which is sent to the border, t
    """
    for lane in range(term.size):
        due[lane] = term[lane] + spot[lane] + backlog[lane]
        carried = min(due[lane], route[lane] * normal[lane])
        leaking[lane] = carried * (1.0 - enforcement[lane]) * (1.0 - to_store[lane])
        allowed[lane] = min((due[lane] - leaking[lane]) * (1.0 - banned[lane]), allowance[lane])
        sendable[lane] = allowed[lane]
        if clears[lane] < 1.0:
            room = max(room_weeks[lane] * normal[lane] - held[lane], 0.0)
            sendable[lane] = min(allowed[lane], allowed[lane] * clears[lane] + room)


@mechanism(
    "origin[row,group] first[point]:row last[point]:row input_value[point] price[point] seller[lane]:point"
    " rule[lane]:rule layer[rule] group[rule] threshold[rule] strength[rule] -> banned[lane]"
)
def re_export(  # type: ignore[no-untyped-def]
    origin, first, last, input_value, price, seller, rule, layer, group, threshold, strength, banned
):  # fmt: skip
    """Stop goods of third countries whose listed inputs of the origin reach a share of the product's value.

    Parameters
    ----------
    origin, first, last : (row, group) origin shares of stocks; (point,) rows of the layers that the point's goods have
    input_value : (point,) USD of listed inputs per kg of product, at purchase prices
    price : (point,) USD/kg of product
    rule : (lane,) the rule a lane falls under, -1 for none
    layer, group : (rule,) layer of origin and group named by the rule
    threshold, strength : (rule,) share of value from which it bites; share of cargo it stops, 0 to 1

    Notes
    -----
    A threshold of 0 catches any content above nothing (source: facts F30). Goods that lack the layer are free: ore that
    nobody has separated yet has no origin of separation.
    """
    for lane in range(banned.size):
        row = rule[lane]
        banned[lane] = 0.0
        if row >= 0 and strength[row] > 0.0:
            point = seller[lane]
            at = first[point] + int(layer[row])
            share = origin[at, int(group[row])] if at <= last[point] else 0.0
            value = share * input_value[point] / price[point] if price[point] > 0.0 else 0.0
            if value > 0.0 and value >= threshold[row]:
                banned[lane] = strength[row]
