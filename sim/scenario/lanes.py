"""Lanes: who ships to whom at rest, fitted from trade shares, contracts and what each site makes and uses."""

from dataclasses import dataclass

import numpy as np

COVERED = 0.98
"""Share of a product's flow that its awake lanes cover before they are fitted again (source: model, what exists)."""
PER_BUYER = 2.0
"""Lanes a product may have per buyer and seller beyond those no share can do without, to stay near 2,000 in all."""
FEW = 120
"""A product with fewer possible lanes than this keeps what covers 98 % of its flow."""
EVENLY = 1.25
"""A seller of a product in surplus sells at most this over what all sell of what they make: each keeps some over."""
TURNS = 25
"""Rounds in which lanes are added until no seller is asked for more than it makes."""
NOTABLE = 0.03
"""Share of a buyer's need from which a seller country always keeps a lane."""
FLOOR = 1e-4


@dataclass
class Market:
    """One product's sellers and buyers at rest: points, t per week, countries."""

    sellers: list[int]
    made: np.ndarray
    origins: list[str]
    buyers: list[int]
    used: np.ndarray


def fit_flows(market: Market, prior: np.ndarray, surplus_allowed: bool) -> tuple[np.ndarray, np.ndarray]:
    """Fit flows to what is made and used, starting from a prior (iterative proportional fitting).

    ``prior`` is (seller, buyer), above 0 where technically possible. Where a surplus is allowed, sellers may keep some of
    what they make, so that trade shares hold. Kept are the largest lane of every seller, the largest of every buyer from each notable
    country, and then the largest of all until they cover 98 % of the flow or a buyer has two on average. Returns flows (seller, buyer) whose columns sum to use, and what each seller keeps.
    """
    made, used = market.made.copy(), market.used.copy()
    loose = surplus_allowed
    if not loose or made.sum() < used.sum():
        made *= used.sum() / made.sum()
    if loose:
        made = made * min(1.0, EVENLY * used.sum() / made.sum())
    flows = _fit(prior, made, used, 400, loose)
    full = np.maximum(flows, 1e-9 * used)
    kept = _kept(flows, market)
    for _ in range(TURNS):
        flows = _fit(np.where(kept, full, 0.0), made, used, 2000, loose)
        over = flows.sum(1) / made
        if over.max() < 1.001 and (loose or over.min() > 0.999):
            break
        _widen(kept, flows, over, market)
    return flows, market.made - flows.sum(1)


def _fit(prior: np.ndarray, made: np.ndarray, used: np.ndarray, turns: int, loose: bool) -> np.ndarray:
    flows = prior.copy()
    for _ in range(turns):
        rows = flows.sum(1)
        bound = np.divide(made, rows, out=np.zeros_like(made), where=rows > 0.0)
        flows *= (np.minimum(bound, 1.0) if loose else bound)[:, np.newaxis]
        columns = flows.sum(0)
        ratio = np.divide(used, columns, out=np.zeros_like(used), where=columns > 0.0)
        flows *= ratio
        if np.all(np.abs(ratio[used > 0.0] - 1.0) < 1e-12):
            break
    return flows


def _widen(kept: np.ndarray, flows: np.ndarray, over: np.ndarray, market: Market) -> None:
    """Give the largest buyers of the most oversold sellers a lane to the most undersold one, in its country if it can."""
    origins = np.array(market.origins)
    for i in np.argsort(-over)[:3]:
        if over[i] < 1.001:
            continue
        for j in np.argsort(-flows[i])[:4]:
            if flows[i, j] <= 0.0:
                continue
            free = np.flatnonzero(~kept[:, j] & (over < 0.995))
            if not free.size:
                continue
            near = free[origins[free] == origins[i]]
            best = near if near.size else free
            kept[best[np.argmin(over[best])], j] = True


def _kept(flows: np.ndarray, market: Market) -> np.ndarray:
    buyers = market.used.size
    kept = np.zeros(flows.shape, dtype=bool)
    inner = flows
    kept[np.arange(flows.shape[0]), inner.argmax(1)] = True
    for origin in sorted(set(market.origins)):
        rows = np.array([i for i, o in enumerate(market.origins) if o == origin])
        part = inner[rows].sum(0)
        notable = (part >= NOTABLE * market.used) | (part >= inner.sum(0) * 0.5)
        best = rows[inner[rows].argmax(0)]
        kept[best[notable], np.flatnonzero(notable)] = True
    kept[inner.argmax(0), np.arange(buyers)] = True
    order = np.argsort(-inner, axis=None, kind="stable")
    limit = max(int(PER_BUYER * buyers + flows.shape[0]), FEW)
    count, covered, total = int(kept.sum()), float(inner[kept].sum()), float(inner.sum())
    for flat in order:
        i, j = divmod(int(flat), buyers)
        if covered >= COVERED * total or count >= limit:
            break
        if not kept[i, j]:
            kept[i, j] = True
            count, covered = count + 1, covered + float(inner[i, j])
    return np.asarray(kept & (flows > 0.0))
