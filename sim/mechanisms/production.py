"""Production: how much a plant runs, what it takes and what comes out."""

import math

from sim.mechanisms.mechanism import mechanism


@mechanism(
    "orders[point] orders_at_rest[point]:shared on_hand[point] on_hand_at_rest[point]:shared backlog[point] ask[point]"
    " ask_at_rest[point]:shared output[line,out]:point weight[line,out]:shared smoothing_weeks response -> wish[line]"
)
def wished_run(  # type: ignore[no-untyped-def]
    orders, orders_at_rest, on_hand, on_hand_at_rest, backlog, ask, ask_at_rest, output, weight, smoothing_weeks,
    response, wish,
):  # fmt: skip
    """Wish to run for the orders of the whole basket, each product weighed by its value, and to refill stocks.

    Parameters
    ----------
    orders, orders_at_rest : (point,) t per week asked of each product, smoothed; in the balanced start
    on_hand, on_hand_at_rest, backlog : (point,) t
    output, weight : (line, out) product points of a plant, -1 for none; t per week sold at rest
    ask, ask_at_rest : (point,) USD/kg
    smoothing_weeks : weeks over which stock gaps are closed
    response : elasticity of the run to the value of the basket over its value at rest, 0 or more

    Returns
    -------
    wish : (line,) run as a multiple of the run at rest, 0 or more
    """
    for line in range(wish.size):
        total = 0.0
        value = 0.0
        value_at_rest = 0.0
        for out in range(output.shape[1]):
            point = output[line, out]
            if point >= 0 and weight[line, out] > 0.0 and orders_at_rest[point] > 0.0:
                # backlog of a seller that cannot ship abroad is no call to make more once its own stock stands high
                gap = on_hand_at_rest[point] - on_hand[point] + min(backlog[point], on_hand_at_rest[point])
                wanted = max(orders[point] + gap / smoothing_weeks, 0.0) / orders_at_rest[point]
                worth = ask[point] * weight[line, out]
                total += worth * wanted
                value += worth
                value_at_rest += ask_at_rest[point] * weight[line, out]
        wish[line] = 1.0
        if value > 0.0:
            wish[line] = total / value * math.exp(response * math.log(value / value_at_rest))


@mechanism("wish[line] follows[line] -> run_wish[line]")
def run_on_for_stock(wish, follows, run_wish):  # type: ignore[no-untyped-def]
    """Follow a fall of orders only in part; the rest is made for stock, and the stock presses on the ask.

    Mines whose host is iron, and separators whose heat and acids run on, cut output late: Chinese output of 2009 rose while
    its customers bought a third less (source: bgs_production, mof_2010). Plants that lose money are curtailed by their own rule.

    Parameters
    ----------
    wish : (line,) run called for, as a multiple of the run at rest
    follows : (line,) share of a fall below the run at rest that is followed, 0 to 1; 1 for new plants, which sell before they run
    """
    for line in range(wish.size):
        run_wish[line] = wish[line] if wish[line] >= 1.0 else 1.0 - follows[line] * (1.0 - wish[line])


@mechanism(
    "wish[line] run_at_rest[line]:shared capacity[line] on_hand[point] inside[line] fill[line]:shared need[line,input]:shared"
    " feed[line,input]:point made[line,out]:shared output[line,out]:point swarf_pending[line] swarf_weeks[line]"
    " swarf[line]:shared swarf_point[line]:point loop[line]:shared"
    " -> run[line] out_run[line] inside_next[line] swarf_next[line] used[point] produced[point]"
)
def run_lines(  # type: ignore[no-untyped-def]
    wish, run_at_rest, capacity, on_hand, inside, fill, need, feed, made, output, swarf_pending, swarf_weeks,
    swarf, swarf_point, loop, run, out_run, inside_next, swarf_next, used, produced,
):  # fmt: skip
    """Run each plant as far as wish, capacity and inputs allow; fill the circuit first; let swarf come back later.

    Parameters
    ----------
    wish, run_at_rest : (line,) multiple of the run at rest; t of feed (or of main product) per week at rest
    capacity : (line,) t per week
    on_hand : (point,) t, shared by the lines of one site in their order
    inside, fill : (line,) t of feed in the circuit, and when full; 0 where there is no circuit
    need, feed : (line, input) t of input per t run, and where it lies
    made, output : (line, out) t of product per t run, and where it goes
    swarf_pending, swarf_weeks, swarf, swarf_point : (line,) t on its way back; mean weeks; t per t run; where it goes
    loop : (line,) share of the swarf that finds its way back; the rest is lost

    Returns
    -------
    run, out_run : (line,) t fed and t come out of the circuit
    used, produced : (point,) t
    """
    used[:] = 0.0
    produced[:] = 0.0
    for line in range(wish.size):
        going = min(wish[line] * run_at_rest[line], capacity[line])
        for row in range(feed.shape[1]):
            point = feed[line, row]
            if point >= 0 and need[line, row] > 0.0:
                going = min(going, max(on_hand[point] - used[point], 0.0) / need[line, row])
        for row in range(feed.shape[1]):
            point = feed[line, row]
            if point >= 0:
                used[point] += going * need[line, row]
        run[line] = going
        through = inside[line] + going - fill[line]
        through = max(through, 0.0)
        out_run[line] = through
        inside_next[line] = inside[line] + going - through
        for row in range(output.shape[1]):
            point = output[line, row]
            if point >= 0:
                produced[point] += through * made[line, row]
        back = swarf_pending[line] / swarf_weeks[line]
        swarf_next[line] = swarf_pending[line] - back + through * swarf[line] * loop[line]
        if swarf_point[line] >= 0:
            produced[swarf_point[line]] += back


@mechanism(
    "run[line] out_run[line] swarf_pending[line] swarf_weeks[line] origin[row,group] first[point]:row last[point]:row"
    " need[line,input]:shared feed[line,input]:point rare[point]:shared made[line,out]:shared output[line,out]:point"
    " swarf_point[line]:point own[line,layer]:group groups[group]:shared brought[row,group]:inout ->"
)
def origin_of_output(  # type: ignore[no-untyped-def]
    run, out_run, swarf_pending, swarf_weeks, origin, first, last, need, feed, rare, made, output, swarf_point, own,
    groups, brought,
):  # fmt: skip
    """Give what a plant makes the origin of its inputs, by contained rare earth, and the plant's own in the layer it adds.

    Mines, separators, metal and magnet makers add a layer each; recyclers add none, so that what is recycled keeps its origin.

    Parameters
    ----------
    origin, first, last : (row, group) shares; (point,) rows of the layers that the point's goods have
    rare : (point,) t of rare earth per t of product
    own : (line, layer) the plant's own group, -1 where inputs decide; inputs without that layer do not count

    brought : (row, group) t, set at every point where a plant's output or swarf goes; others are left alone
    """
    for line in range(run.size):
        for row in range(output.shape[1]):
            if output[line, row] >= 0:
                brought[first[output[line, row]] : last[output[line, row]] + 1] = 0.0
        if swarf_point[line] >= 0:
            brought[first[swarf_point[line]] : last[swarf_point[line]] + 1] = 0.0
    mix = groups * 0.0
    for line in range(run.size):
        back = swarf_pending[line] / swarf_weeks[line]
        if out_run[line] <= 0.0 and back <= 0.0:
            continue
        layers = 0
        for row in range(output.shape[1]):
            point = output[line, row]
            if point >= 0:
                layers = max(layers, last[point] - first[point] + 1)
        for layer in range(layers):
            mix[:] = 0.0
            total = 0.0
            if own[line, layer] >= 0:
                mix[own[line, layer]] = 1.0
                total = 1.0
            else:
                for row in range(feed.shape[1]):
                    point = feed[line, row]
                    if point >= 0 and first[point] + layer <= last[point]:
                        weight = need[line, row] * rare[point]
                        total += weight
                        for group in range(groups.size):
                            mix[group] += weight * origin[first[point] + layer, group]
            if total > 0.0:
                for group in range(groups.size):
                    share = mix[group] / total
                    if share > 0.0:
                        for row in range(output.shape[1]):
                            point = output[line, row]
                            if point >= 0 and first[point] + layer <= last[point]:
                                brought[first[point] + layer, group] += share * out_run[line] * made[line, row]
                        point = swarf_point[line]
                        if point >= 0 and first[point] + layer <= last[point]:
                            brought[first[point] + layer, group] += share * back
