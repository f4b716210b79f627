"""Lanes: who ships to whom at rest, fitted from trade shares, contracts and what each site makes and uses."""

from dataclasses import dataclass

import numpy as np

COVERED = 0.985
FLOOR = 1e-4


@dataclass
class Market:
    """One product's sellers and buyers at rest: points, t per week, countries."""

    sellers: list[int]
    made: np.ndarray
    buyers: list[int]
    used: np.ndarray


def fit_flows(market: Market, prior: np.ndarray, surplus_allowed: bool) -> tuple[np.ndarray, np.ndarray]:
    """Fit flows to what is made and used, starting from a prior (iterative proportional fitting).

    ``prior`` is (seller, buyer), above 0 where technically possible. What is made beyond use goes into a column of its
    own where that is allowed. Small lanes are dropped as long as the rest covers 98.5 % of the flow and every seller and
    buyer keeps its largest. Returns flows (seller, buyer) whose columns sum to use, and what each seller keeps.
    """
    made, used = market.made.copy(), market.used.copy()
    excess = made.sum() - used.sum()
    if surplus_allowed and excess > 0.0:
        prior = np.hstack([prior, (made / made.sum())[:, np.newaxis] * max(prior.sum(1).mean(), 1e-9)])
        used = np.append(used, excess)
    elif made.sum() > 0.0:
        made *= used.sum() / made.sum()
    flows = _fit(prior, made, used, 400)
    kept = _largest(flows, market.used.size)
    flows = _fit(np.where(kept, np.maximum(flows, 1e-12), 0.0), made, used, 2000)
    return flows[:, : market.used.size], made - flows[:, : market.used.size].sum(1)


def _fit(prior: np.ndarray, made: np.ndarray, used: np.ndarray, turns: int) -> np.ndarray:
    flows = prior.copy()
    for _ in range(turns):
        rows = flows.sum(1)
        flows *= np.divide(made, rows, out=np.zeros_like(made), where=rows > 0.0)[:, np.newaxis]
        columns = flows.sum(0)
        ratio = np.divide(used, columns, out=np.zeros_like(used), where=columns > 0.0)
        flows *= ratio
        if np.all(np.abs(ratio[used > 0.0] - 1.0) < 1e-12):
            break
    return flows


def _largest(flows: np.ndarray, buyers: int) -> np.ndarray:
    order = np.argsort(-flows, axis=None, kind="stable")
    enough = np.searchsorted(np.cumsum(flows.ravel()[order]), COVERED * flows.sum()) + 1
    kept: np.ndarray = np.zeros(flows.size, dtype=bool)
    kept[order[:enough]] = True
    kept = kept.reshape(flows.shape)
    kept[np.arange(flows.shape[0]), flows[:, :buyers].argmax(1)] = True
    kept[flows.argmax(0), np.arange(flows.shape[1])] = True
    kept[:, buyers:] = flows[:, buyers:] > 0.0
    kept &= flows > 0.0
    return kept
