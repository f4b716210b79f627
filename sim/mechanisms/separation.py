"""Joint separation: one feed in, the whole basket out, once the circuit is full."""

from sim.mechanisms.mechanism import mechanism


@mechanism("feed[line] inside[line] fill[line] -> out[line] inside_next[line]")
def through_the_circuit(feed, inside, fill, out, inside_next):  # type: ignore[no-untyped-def]
    """Fill the circuit first; what exceeds its fill comes out, in feed-equivalent tonnes.

    The fill stays inside when the plant stops. A new plant, or a new ore on its own line, gives nothing until it is full.

    Parameters
    ----------
    feed, inside, fill : (line,) t of feed: fed this week, inside, inside when full
    """
    for line in range(feed.size):
        total = inside[line] + feed[line]
        out[line] = max(total - fill[line], 0.0)
        inside_next[line] = total - out[line]


@mechanism("on_hand[point] residue[point] output[point] limit[point] back[point] -> set_aside[point]")
def surplus_to_residue(on_hand, residue, output, limit, back, set_aside):  # type: ignore[no-untyped-def]
    """Set aside stock above some weeks of output, or fetch it back when stock runs under half of that.

    Parameters
    ----------
    on_hand, residue : (point,) t
    output : (point,) t per week, recent
    limit : (point,) weeks of output kept as stock
    back : (point,) share of the residue that can be fetched back in a week, 0 to 1

    Returns
    -------
    set_aside : (point,) t moved to residue; negative when fetched back
    """
    for point in range(on_hand.size):
        ceiling = limit[point] * output[point]
        if on_hand[point] > ceiling:
            set_aside[point] = on_hand[point] - ceiling
        else:
            set_aside[point] = -min(max(0.5 * ceiling - on_hand[point], 0.0), back[point] * residue[point])
