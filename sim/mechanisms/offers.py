"""Offers: what a seller puts on the market this week."""

import math

from sim.mechanisms.mechanism import mechanism
from sim.mechanisms.units import USD_PER_T

TURNED = -0.1
"""Log of the ask over a quarter ago, below which prices have turned and traders dump (1; assumed; model_design)."""
MOST_WITHHELD = 0.9
"""Largest share of its stock that a trader holds back (1; assumed; model_design)."""


@mechanism(
    "on_hand[point] reserve[point] hoards[point]:shared ask[point] normal_ask[point] quarter_ago[point] own_cover_power"
    " withholding debt[point] -> offer[point]"
)
def offer_above_cover(  # type: ignore[no-untyped-def]
    on_hand, reserve, hoards, ask, normal_ask, quarter_ago, own_cover_power, withholding, debt, offer,
):  # fmt: skip
    """Offer what is held above the seller's own cover, which it sells out of the dearer its goods are.

    Traders hold back while prices run up and dump when they turn.

    Parameters
    ----------
    on_hand, reserve : (point,) t held; t kept as own cover while its price is normal
    hoards : (point,) 1 for traders, 0 for producers
    ask, normal_ask, quarter_ago : (point,) USD/kg now, what the seller thinks normal, a quarter ago, above 0
    own_cover_power : fall of its own cover, in logs, for one log of its ask over normal, 0 or more
    withholding : share held back per log of the run-up, 0 or more
    debt : (point,) USD borrowed to buy the stock
    """
    for point in range(on_hand.size):
        if on_hand[point] <= 0.0:
            offer[point] = 0.0
            continue
        kept = reserve[point]
        if ask[point] > normal_ask[point]:
            kept *= math.exp(-own_cover_power * math.log(ask[point] / normal_ask[point]))
        free = max(on_hand[point] - kept, 0.0)
        if hoards[point] > 0.5:
            run_up = math.log(ask[point] / quarter_ago[point])
            if run_up < TURNED or debt[point] > on_hand[point] * ask[point] * USD_PER_T:
                free = on_hand[point]
            else:
                free *= 1.0 - min(max(withholding * run_up, 0.0), MOST_WITHHELD)
        offer[point] = free
