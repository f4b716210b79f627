"""Allocation by contract: term cargo first, the rest by the seller's rule."""

from sim.mechanisms.mechanism import mechanism


@mechanism(
    "term[lane] spot[lane] backlog[lane] due[lane] cleared[lane] leak[lane] priority[lane] prefers[lane]:shared offer[point]"
    " seller[lane]:point -> allotted[lane] legal[lane] leaked[lane]"
)
def contract_first(  # type: ignore[no-untyped-def]
    term, spot, backlog, due, cleared, leak, priority, prefers, offer, seller, allotted, legal, leaked
):  # fmt: skip
    """Serve term calls first, then the rest in two classes, each pro rata when the offer is short.

    Only what found permission, or a way past it, is asked for: the same part of term calls, spot orders and backlog.

    Parameters
    ----------
    term, spot, backlog, due : (lane,) t called under contract, ordered beside it, open from before; their sum
    cleared, leak : (lane,) t of it that found permission, that goes past the books
    priority, prefers : (lane,) 1 for lanes the state directs sellers to serve first, or their own rule prefers, else 0
    offer : (point,) t the seller offers this week

    Returns
    -------
    allotted : (lane,) t, at most ``due``; in sum over a seller's lanes at most its offer
    legal, leaked : (lane,) t of it within and past the books, as it was asked for
    """
    left = offer * 1.0
    asked = offer * 0.0
    served = offer * 0.0
    for lane in range(term.size):
        allotted[lane] = 0.0
        # legal holds the part of what is due that is asked for, until the turns are over
        legal[lane] = (cleared[lane] + leak[lane]) / max(due[lane], 1e-12) if due[lane] > 0.0 else 0.0
    for turn in range(3):
        for point in range(offer.size):
            asked[point], served[point] = 0.0, 0.0
        for lane in range(term.size):
            if turn == 0:
                asked[seller[lane]] += term[lane] * legal[lane]
            elif (turn == 1) == (priority[lane] >= 0.5 or prefers[lane] >= 0.5):
                asked[seller[lane]] += (spot[lane] + backlog[lane]) * legal[lane]
        for lane in range(term.size):
            point = seller[lane]
            call = 0.0
            if turn == 0:
                call = term[lane] * legal[lane]
            elif (turn == 1) == (priority[lane] >= 0.5 or prefers[lane] >= 0.5):
                call = (spot[lane] + backlog[lane]) * legal[lane]
            if asked[point] > left[point]:
                call = left[point] * (call / asked[point])
            allotted[lane] += call
            served[point] += call
        for point in range(offer.size):
            left[point] = max(left[point] - served[point], 0.0)
    for lane in range(term.size):
        both = cleared[lane] + leak[lane]
        leaked[lane] = allotted[lane] * (leak[lane] / both) if both > 0.0 else 0.0
        legal[lane] = allotted[lane] - leaked[lane]
