"""My part: what a run does to a firm's own stock of its own goods, week by week, and what each answer changes.

A firm's cargo from a country lacks as that country's exports of those goods to its country do, against the same week without the
event (4-week means), but by no more than the share of orders across the border that goes unserved: who lives off a reserve, or finds
the price too high, orders less and is not cut. Home goods arrive as needed. What a government store lets go reaches it by its share of
use. Its stock takes up what lacks, is filled up to where it began, and below a tenth of a week's need it stops. Contract and spot are
cut alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from sim.metrics import rolling
from sim.result import Result
from sim.scenario.my_part import Item

RECORDS = ("imports", "government_stock", "store_bought", "use_gross", "bound")
"""Records that deliveries are read from."""
STOPPED = 0.1
"""Stock under which a firm stops, weeks of its need (assumed)."""
MOST = 1.5
"""Largest weekly arrival over the usual one, while stock is filled up again (assumed)."""
LIKELY = 0.1
"""Chance of a stop from which a week counts as risky."""


@dataclass(frozen=True, eq=False)
class Outlook:
    """One item under one answer: chance of standing still per week, weeks stopped (mean), least days of cover (median)."""

    policy: str
    chance: np.ndarray
    weeks_stopped: float
    least_days: float

    @property
    def highest(self) -> float:
        return float(self.chance.max())

    @property
    def riskiest(self) -> int:
        """Week of the highest chance."""
        return int(self.chance.argmax())

    @property
    def first(self) -> int | None:
        """First week with a chance of a tenth or more."""
        risky = np.flatnonzero(self.chance >= LIKELY)
        return int(risky[0]) if risky.size else None


@dataclass(frozen=True)
class ItemOutlook:
    """An item with its outlook under every answer, doing nothing first; ``unknown`` are origins that the world does not trade."""

    item: Item
    outlooks: list[Outlook]
    unknown: list[str]

    @property
    def unchanged(self) -> list[Outlook]:
        """Outlooks under answers that leave the item as it is when nothing is done."""
        first = self.outlooks[0]
        return [o for o in self.outlooks[1:] if o.least_days == first.least_days and np.array_equal(o.chance, first.chance)]


@dataclass(frozen=True)
class MyPart:
    """Items with their outlooks, and the Mondays of the weeks."""

    items: list[ItemOutlook]
    dates: list[date]


def my_part(items: list[Item], background: Result, runs: Mapping[str, Result]) -> MyPart:
    """What each answer does to each item.

    Parameters
    ----------
    items : rows of the firm's file
    background : the run without the event
    runs : runs of the same worlds with it, by answer; ``none`` among them
    """
    told = []
    for item in items:
        unknown = [o for o in item.origin if o != item.country and flow(background, item, o).max() <= 0.0]
        told.append(ItemOutlook(item, [outlook(item, p, r, background) for p, r in runs.items()], unknown))
    return MyPart(told, background.dates)


def outlook(item: Item, policy: str, run: Result, background: Result) -> Outlook:
    """Run an item's stock through the weeks of a run."""
    arrives = arrivals(item, run, background) * item.need
    stock = np.full(arrives.shape[0], item.stock)
    left = np.empty_like(arrives)
    for week in range(arrives.shape[1]):
        stock = np.minimum(np.maximum(stock + arrives[:, week] - item.need, 0.0), item.stock)
        left[:, week] = stock
    stands = (left < STOPPED * item.need) & (arrives < (1.0 - STOPPED) * item.need)
    least = float(np.median(left.min(axis=1)))
    return Outlook(policy, stands.mean(axis=0), float(stands.sum(axis=1).mean()), 7.0 * least / item.need)


def arrivals(item: Item, run: Result, background: Result) -> np.ndarray:
    """Weekly arrivals over the need, (replicate, week): 1 where all is as without the event."""
    total = np.zeros((run.manifest["replicates"], run.manifest["weeks"]))
    for origin, share in item.origin.items():
        total += share * (np.ones_like(total) if origin == item.country else cleared(item, origin, run, background))
    return np.asarray(total + released(item, run))


def cleared(item: Item, origin: str, run: Result, background: Result) -> np.ndarray:
    """Cargo of an origin over the same week without the event, 4-week means; 1 where the world has no such trade."""
    now, usual = (rolling(flow(r, item, origin), 4) for r in (run, background))
    ratio = np.divide(now, usual, out=np.ones_like(now), where=usual > 1e-9)
    return np.asarray(np.where(ratio < 1.0, 1.0 - np.minimum(1.0 - ratio, unserved(item, run)), np.minimum(ratio, MOST)))


def unserved(item: Item, run: Result) -> np.ndarray:
    """Share of what is ordered of an item's goods across its country's border that is not served, 4-week means."""
    values, labels = run.array("bound", country=item.country, product=list(item.products))
    asked = rolling(values.astype(np.float64).sum(axis=2), 4)
    served = rolling(values[:, :, [n for n, x in enumerate(labels) if x[0] == "served"]].astype(np.float64).sum(axis=2), 4)
    return np.asarray(1.0 - np.divide(served, asked, out=np.ones_like(asked), where=asked > 1e-9))


def flow(run: Result, item: Item, origin: str) -> np.ndarray:
    """Imports of an item's goods from an origin into its country, t a week (replicate, week)."""
    values, _ = run.array("imports", seller=origin, buyer=item.country, product=list(item.products))
    return np.asarray(values.astype(np.float64).sum(axis=2))


def released(item: Item, run: Result) -> np.ndarray:
    """What government stores at home let go of an item's goods, over what is used of them."""
    where = {"country": item.country, "product": list(item.products)}
    stored, bought = (run.array(r, **where)[0].astype(np.float64).sum(axis=2) for r in RECORDS[1:3])
    used = run.array("use_gross", **where)[0].astype(np.float64).sum(axis=2)
    let_go = np.zeros_like(stored)
    let_go[:, 1:] = np.maximum(stored[:, :-1] + bought[:, 1:] - stored[:, 1:], 0.0)
    return np.asarray(np.minimum(np.divide(let_go, used, out=np.zeros_like(used), where=used > 1e-9), 1.0))
