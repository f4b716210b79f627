"""Destinations: what share of the goods at a stock point ends with chosen makers of goods."""

import numpy as np

from sim.world.network import Network

ROUNDS = 12
"""Steps down the chain that are followed; from ore to a good there are seven, traders counted."""


def share_reaching(net: Network, needs: np.ndarray) -> np.ndarray:
    """Share of each point's goods that ends at the chosen needs in the balanced start, (point,), 0 to 1.

    A maker's stock counts whole or not at all; a processor's as its products go, by tonnage; a seller's as its buyers do.

    Parameters
    ----------
    needs : rows of needs
    """
    share = np.zeros(len(net.points))
    chosen = np.zeros(len(net.need_point), dtype=bool)
    chosen[needs] = True
    points = net.need_point
    hit, all_of = np.bincount(points[chosen], minlength=share.size), np.bincount(points, minlength=share.size)
    final = all_of > 0
    sold = np.bincount(net.seller, net.flow_at_rest, share.size)
    made = net.output_made * (net.output >= 0)
    for _ in range(ROUNDS):
        into = np.bincount(net.seller, net.flow_at_rest * share[net.buyer], share.size)
        after = np.where(sold > 0.0, into / np.maximum(sold, 1e-12), share)
        through, weight = np.zeros(share.size), np.zeros(share.size)
        of_line = (made * after[np.maximum(net.output, 0)]).sum(1) / np.maximum(made.sum(1), 1e-12)
        for j in range(net.feed.shape[1]):
            fed = np.flatnonzero(net.feed[:, j] >= 0)
            used = net.run_at_rest[fed] * net.feed_need[fed, j]
            np.add.at(through, net.feed[fed, j], used * of_line[fed])
            np.add.at(weight, net.feed[fed, j], used)
        share = np.where(weight > 0.0, through / np.maximum(weight, 1e-12), after)
        share[final] = hit[final] / all_of[final]
    return np.clip(share, 0.0, 1.0)
