"""Reach: which cargo an announced loss of output concerns, and by what share."""

import numpy as np

from sim.world.network import Network
from sim.world.rows import Rows


def loss_by_lane(net: Network, rows: Rows, lines: np.ndarray, lost: np.ndarray) -> np.ndarray:
    """Share of each lane's goods that is lost when plants lose output, (lane,), 0 to 1.

    A loss of ore reaches everything that holds its elements and comes from its origin; a loss at other plants reaches what
    plants of their country sell of the same product.

    Parameters
    ----------
    lines : rows of plants
    lost : (line of ``lines``,) share of output lost, 0 to 1
    """
    share = np.zeros(net.seller.size)
    mines = net.own_origin[lines, 0] >= 0
    if mines.any():
        share = np.maximum(share, _of_ore(net, rows, lines[mines], lost[mines])[net.seller])
    if (~mines).any():
        share = np.maximum(share, _of_products(net, lines[~mines], lost[~mines])[net.seller])
    return np.minimum(share, 1.0)


def _of_ore(net: Network, rows: Rows, lines: np.ndarray, lost: np.ndarray) -> np.ndarray:
    groups, elements = net.origin_at_rest.shape[1], len(net.elements)
    mined, gone = np.zeros((groups, elements)), np.zeros((groups, elements))
    output = rows.line_mined * net.run_at_rest[:, np.newaxis]
    for line in np.flatnonzero(net.own_origin[:, 0] >= 0):
        mined[net.own_origin[line, 0]] += output[line]
    for line, part in zip(lines, lost, strict=True):
        gone[net.own_origin[line, 0]] += part * output[line]
    by_origin = np.divide(gone, mined, out=np.zeros_like(gone), where=mined > 0.0)
    held = net.point_content / np.maximum(net.point_rare, 1e-12)[:, np.newaxis]
    return np.asarray((net.ore_at_rest() * (held @ by_origin.T)).sum(1))


def _of_products(net: Network, lines: np.ndarray, lost: np.ndarray) -> np.ndarray:
    country = net.point_countries()
    made: dict[tuple[str, str], float] = {}
    gone: dict[tuple[str, str], float] = {}
    part = dict(zip(lines.tolist(), lost.tolist(), strict=True))
    for line in range(len(net.line_recipe)):
        for point, amount in zip(net.output[line], net.output_made[line], strict=True):
            if point >= 0:
                key = (net.points[point].product, country[point])
                tonnes = amount * net.run_at_rest[line]
                made[key] = made.get(key, 0.0) + tonnes
                gone[key] = gone.get(key, 0.0) + part.get(line, 0.0) * tonnes
    return np.array(
        [gone.get((p.product, c), 0.0) / max(made.get((p.product, c), 0.0), 1e-12) if p.role == "sold" else 0.0
         for p, c in zip(net.points, country, strict=True)]
    )  # fmt: skip
