"""A rule to try the decorator on: who gets what when there is not enough and nobody is preferred."""

from sim.mechanisms.mechanism import mechanism


@mechanism("orders[lane] held[point] seller[lane]:point -> shipped[lane]")
def pro_rata(orders, held, seller, shipped):
    """Share what each seller holds among its lanes in proportion to their orders.

    Parameters
    ----------
    orders : (lane,) t, 0 or more
        What each lane asks for this week.
    held : (point,) t, 0 or more
        What each seller offers this week.
    seller : (lane,) row of ``point``

    Returns
    -------
    shipped : (lane,) t
        Never more than ordered, and in sum over a seller's lanes never more than held.
    """
    asked = held * 0.0
    for lane in range(orders.size):
        asked[seller[lane]] += orders[lane]
    for lane in range(orders.size):
        point = seller[lane]
        if asked[point] <= held[point]:
            shipped[lane] = orders[lane]
        else:
            shipped[lane] = held[point] * (orders[lane] / asked[point])
