"""Offers: what a seller puts on the market this week."""

from sim.mechanisms.mechanism import mechanism


@mechanism(
    "on_hand[point] reserve[point] hoards[point]:shared run_up[point] withholding worth[point] debt[point]"
    " -> offer[point]"
)
def offer_above_cover(on_hand, reserve, hoards, run_up, withholding, worth, debt, offer):  # type: ignore[no-untyped-def]
    """Offer what is held above the seller's own cover; traders hold back while prices run up and dump when they turn.

    Parameters
    ----------
    on_hand, reserve : (point,) t held; t kept as own cover
    hoards : (point,) 1 for traders, 0 for producers
    run_up : (point,) log of the price over last quarter's
    withholding : share held back per unit of run-up, 0 or more
    worth, debt : (point,) USD: stock at market, and what was borrowed to buy it
    """
    for point in range(on_hand.size):
        free = max(on_hand[point] - reserve[point], 0.0)
        if hoards[point] > 0.5:
            if run_up[point] < -0.1 or debt[point] > worth[point]:
                free = on_hand[point]
            else:
                free *= 1.0 - min(max(withholding * run_up[point], 0.0), 0.9)
        offer[point] = free
