"""Allocation by contract: term cargo first, the rest by the seller's rule."""

from sim.mechanisms.mechanism import mechanism


@mechanism("term[lane] spot[lane] priority[lane] offer[point] seller[lane]:point -> shipped[lane]")
def contract_first(term, spot, priority, offer, seller, shipped):  # type: ignore[no-untyped-def]
    """Serve term calls first, then spot orders in two classes, each pro rata when the offer is short.

    Parameters
    ----------
    term, spot : (lane,) t ordered under contract and beside it
    priority : (lane,) 1 for lanes the seller's rule prefers (home first, a list, the state's direction), else 0
    offer : (point,) t the seller offers this week

    Returns
    -------
    shipped : (lane,) t, at most ``term + spot``; in sum over a seller's lanes at most its offer
    """
    left = offer * 1.0
    asked = offer * 0.0
    served = offer * 0.0
    for lane in range(term.size):
        shipped[lane] = 0.0
    for turn in range(3):
        for point in range(offer.size):
            asked[point], served[point] = 0.0, 0.0
        for lane in range(term.size):
            if turn == 0:
                asked[seller[lane]] += term[lane]
            elif (turn == 1) == (priority[lane] >= 0.5):
                asked[seller[lane]] += spot[lane]
        for lane in range(term.size):
            point = seller[lane]
            call = 0.0
            if turn == 0:
                call = term[lane]
            elif (turn == 1) == (priority[lane] >= 0.5):
                call = spot[lane]
            if asked[point] > left[point]:
                call = left[point] * (call / asked[point])
            shipped[lane] += call
            served[point] += call
        for point in range(offer.size):
            left[point] = max(left[point] - served[point], 0.0)
