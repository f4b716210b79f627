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
    term_asked, first_asked, rest_asked = offer * 0.0, offer * 0.0, offer * 0.0
    for lane in range(term.size):
        # legal holds the part of what is due that is asked for, until it is divided
        legal[lane] = (cleared[lane] + leak[lane]) / max(due[lane], 1e-12) if due[lane] > 0.0 else 0.0
        point = seller[lane]
        term_asked[point] += term[lane] * legal[lane]
        if priority[lane] >= 0.5 or prefers[lane] >= 0.5:
            first_asked[point] += (spot[lane] + backlog[lane]) * legal[lane]
        else:
            rest_asked[point] += (spot[lane] + backlog[lane]) * legal[lane]
    for point in range(offer.size):
        left = offer[point]
        for asked in (term_asked, first_asked, rest_asked):
            # from here on the arrays hold the share that each class is served
            wanted = asked[point]
            asked[point] = left / wanted if wanted > left else 1.0
            left = max(left - wanted, 0.0)
    for lane in range(term.size):
        point = seller[lane]
        first = priority[lane] >= 0.5 or prefers[lane] >= 0.5
        served = first_asked[point] if first else rest_asked[point]
        calls, others = term[lane] * legal[lane], (spot[lane] + backlog[lane]) * legal[lane]
        allotted[lane] = calls * term_asked[point] + others * served
        both = cleared[lane] + leak[lane]
        leaked[lane] = allotted[lane] * (leak[lane] / both) if both > 0.0 else 0.0
        legal[lane] = allotted[lane] - leaked[lane]
