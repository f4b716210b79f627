"""Joint separation: what becomes of the part of the basket that nobody takes."""

from sim.mechanisms.mechanism import mechanism


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
