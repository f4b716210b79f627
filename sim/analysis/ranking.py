"""Ranking: how far ranks hold when replicates are halved, and in which draws another answer is best."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.valued import Valued

if TYPE_CHECKING:
    pass

Array = np.ndarray[Any, np.dtype[Any]]
HALVES = 400
"""Random halves of the replicates in which the ranking is looked at."""


def stability_rows(valued: Valued) -> list[dict[str, Any]]:
    """Rank of each answer by mean loss, and its ranks in random halves of the replicates (of the draws, if there is one).

    Over the pairs in which no answer failed.
    """
    names, pairs = valued.answers, valued.pairs
    there = np.isfinite(valued.losses).all(axis=1)
    losses = valued.losses[there]
    units = (pairs.replicates if len(np.unique(pairs.replicates)) > 1 else pairs.draws)[there]
    known = np.unique(units)
    if len(names) < 2 or len(known) < 2:
        return []
    rank, luck = ranks(losses.mean(axis=0)), np.random.default_rng(0)
    chosen = [np.isin(units, luck.permutation(known)[: len(known) // 2]) for _ in range(HALVES)]
    halves = np.array([ranks(losses[half].mean(axis=0)) for half in chosen])
    rows = []
    for n, name in enumerate(names):
        low, high = np.quantile(halves[:, n], [0.05, 0.95])
        rows.append(
            {"scenario": valued.scenario, "policy": name, "rank": int(rank[n]), "rank_low": int(np.floor(low)),
             "rank_high": int(np.ceil(high)), "same_rank": float(np.mean(halves[:, n] == rank[n])),
             "first_in": float(np.mean(halves[:, n] == 1))}
        )  # fmt: skip
    return rows


def flip_rows(valued: Valued) -> list[dict[str, Any]]:
    """Draws in which another answer than the overall first is best, by how much, with the varied numbers."""
    there = np.isfinite(valued.losses).all(axis=1)
    names, losses, draws = valued.answers, valued.losses[there], valued.pairs.draws[there]
    several = np.unique(draws)
    if len(names) < 2 or len(several) < 2:
        return []
    first = int(np.argmin(losses.mean(axis=0)))
    rows = []
    for draw in several:
        here = losses[draws == draw].mean(axis=0)
        best = int(np.argmin(here))
        if here[best] < here[first]:
            numbers = {} if valued.varied is None else valued.varied.set_index("draw").loc[draw].to_dict()
            rows.append(
                {"scenario": valued.scenario, "draw": int(draw), "first": names[first], "best_here": names[best],
                 "by": here[first] - here[best], **numbers}
            )  # fmt: skip
    return rows


def ranks(values: Array) -> Array:
    """Ranks from 1, the least first; equals share the lowest of theirs."""
    from scipy import stats

    return np.asarray(stats.rankdata(values, method="min"), dtype=int)
