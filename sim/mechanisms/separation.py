"""Joint separation: what becomes of the part of the basket that nobody takes."""

import math

from sim.mechanisms.mechanism import mechanism


@mechanism(
    "on_hand[point] residue[point] limit[point]:shared glut[point]:shared ask[point] ask_at_rest[point]:shared back_at"
    " back[point] -> set_aside[point]"
)
def surplus_to_residue(on_hand, residue, limit, glut, ask, ask_at_rest, back_at, back, set_aside):  # type: ignore[no-untyped-def]
    """Set aside stock that is worth no more than at the start; what is dear stays on the shelf and comes back to it.

    With ``dear = ln(ask / (back_at ask_at_rest))``, 0 to 1, a seller keeps ``limit + dear glut`` and sets aside what is over it. It
    fetches back what it lacks of ``limit / 2 + dear glut``.

    Parameters
    ----------
    on_hand, residue : (point,) t
    limit, glut : (point,) t kept as stock while it is worth what it was at the start, and t more that are kept of dear goods
    ask, ask_at_rest : (point,) USD/kg now and in the balanced start, above 0
    back_at : ask over that of the start from which it pays to bring goods back, 1 or more
    back : (point,) share of the residue that can be fetched back in a week, 0 to 1

    Returns
    -------
    set_aside : (point,) t moved to residue; negative when fetched back
    """
    for point in range(on_hand.size):
        dear = min(max(math.log(ask[point] / (back_at * ask_at_rest[point])), 0.0), 1.0)
        more = dear * glut[point]
        if on_hand[point] > limit[point] + more:
            set_aside[point] = on_hand[point] - limit[point] - more
        else:
            set_aside[point] = -min(max(0.5 * limit[point] + more - on_hand[point], 0.0), back[point] * residue[point])
