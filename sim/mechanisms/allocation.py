"""Allocation by contract: term cargo first, the rest by the seller's rule."""

from sim.mechanisms.mechanism import mechanism
from sim.mechanisms.units import NOTHING


@mechanism(
    "term[lane] spot[lane] backlog[lane] due[lane] sendable[lane] leaking[lane] priority[lane] prefers[lane]:shared"
    " offer[point] seller[lane]:point -> served[lane] wanted[lane] leak[lane]"
)
def contract_first(  # type: ignore[no-untyped-def]
    term, spot, backlog, due, sendable, leaking, priority, prefers, offer, seller, served, wanted, leak
):  # fmt: skip
    """Divide what each seller offers: term calls first, then the rest in two classes, each pro rata when it is short.

    Only what may be sent, or has a way past the books, is asked for: the same part of term calls, spot orders and backlog.
    What leaks is a part of what would be served if all that is due were asked for, so that it does not hang on the border.

    Parameters
    ----------
    term, spot, backlog, due : (lane,) t called under contract, ordered beside it, open from before; their sum
    sendable, leaking : (lane,) t of it that may be sent; for which a way past the books is open
    priority, prefers : (lane,) 1 for lanes the state directs sellers to serve first, or their own rule prefers, else 0
    offer : (point,) t the seller offers this week

    Returns
    -------
    served : (lane,) share of what is asked for that is served, 0 to 1
    wanted : (lane,) t that wants a permit
    leak : (lane,) t that goes past the books; with ``wanted`` at most the offer in sum over a seller's lanes
    """
    asked_term, asked_first, asked_rest = offer * 0.0, offer * 0.0, offer * 0.0
    due_term, due_first, due_rest = offer * 0.0, offer * 0.0, offer * 0.0
    for lane in range(term.size):
        point = seller[lane]
        part = (sendable[lane] + leaking[lane]) / max(due[lane], NOTHING) if due[lane] > 0.0 else 0.0
        others = spot[lane] + backlog[lane]
        asked_term[point] += term[lane] * part
        due_term[point] += term[lane]
        if priority[lane] >= 0.5 or prefers[lane] >= 0.5:
            asked_first[point] += others * part
            due_first[point] += others
        else:
            asked_rest[point] += others * part
            due_rest[point] += others
    for point in range(offer.size):
        # from here on the arrays hold the share that each class is served
        left = offer[point]
        for asked in (asked_term, asked_first, asked_rest):
            sum_asked = asked[point]
            asked[point] = left / sum_asked if sum_asked > left else 1.0
            left = max(left - sum_asked, 0.0)
        left = offer[point]
        for asked in (due_term, due_first, due_rest):
            sum_asked = asked[point]
            asked[point] = left / sum_asked if sum_asked > left else 1.0
            left = max(left - sum_asked, 0.0)
    for lane in range(term.size):
        point = seller[lane]
        served[lane], wanted[lane], leak[lane] = 1.0, 0.0, 0.0
        if due[lane] > 0.0:
            called, others = term[lane] / due[lane], (spot[lane] + backlog[lane]) / due[lane]
            if priority[lane] >= 0.5 or prefers[lane] >= 0.5:
                served[lane] = called * asked_term[point] + others * asked_first[point]
                at_least = called * due_term[point] + others * due_first[point]
            else:
                served[lane] = called * asked_term[point] + others * asked_rest[point]
                at_least = called * due_term[point] + others * due_rest[point]
            wanted[lane] = sendable[lane] * served[lane]
            leak[lane] = leaking[lane] * at_least
