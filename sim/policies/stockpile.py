"""Stockpile: buy in quiet times, release to makers at home when their cover runs down, refill slowly."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from pydantic import Field

from sim.events.selection import SelectionError
from sim.policies.policy import BoundPolicy, Memory, Policy
from sim.world.controls import Payment, Press
from sim.world.network import Network
from sim.world.rows import Rows
from sim.world.signals import Signals


class Stockpile(Policy):
    """A government store of days of home use, per product.

    It buys while buyers at home stand near their normal cover, releases when their cover falls under the trigger.
    """

    kind: Literal["stockpile"] = "stockpile"
    country: str = Field(default="JPN", description="owner, alpha-3")
    products: list[str] = Field(default_factory=list, description="products held; all its stores if left out")
    target_days: float = Field(default=60.0, ge=0, le=1000, description="days of home use aimed at")
    fill_weeks: float = Field(default=52.0, ge=1, le=520, description="weeks in which it is bought")
    trigger: float = Field(default=0.6, ge=0, le=1, description="cover over normal cover under which it releases")
    release_share: float = Field(default=0.6, ge=0, le=2, description="release over home use, per week")

    holding_share: float = Field(default=0.02, ge=0, le=1, description="yearly cost of holding over the stock's worth")

    def effect(self) -> str:
        goods = ", ".join(self.products) if self.products else "what its makers use"
        return (
            f"{self.country} buys {self.target_days:g} days of use of {goods} in {self.fill_weeks:g} weeks, and releases up "
            f"to {100 * self.release_share:g} % of weekly use when cover falls under {100 * self.trigger:g} % of normal"
        )

    def bind(self, net: Network, rows: Rows) -> BoundPolicy:
        return _Bound(self, net)


class _Bound(BoundPolicy):
    def __init__(self, policy: Stockpile, net: Network) -> None:
        self.policy, self.name = policy, policy.name or policy.kind
        country = net.point_countries()
        stores = [
            k for k, p in enumerate(net.points)
            if p.role == "store" and country[k] == policy.country and (not policy.products or p.product in policy.products)
        ]  # fmt: skip
        if not stores:
            raise SelectionError("country", f"no store of {policy.country} in this world; see stores in world.yaml")
        self.stores = np.array(stores, dtype=np.int64)
        self.users = []
        for k in stores:
            product = net.points[k].product
            self.users.append(
                np.array(
                    [j for j, p in enumerate(net.points)
                     if p.product == product and country[j] == policy.country and p.role in ("need", "bought", "trade")
                     and net.use_at_rest[j] > 0.0 and net.is_project[j] == 0.0], dtype=np.int64)
            )  # fmt: skip
        self.use = np.array([_final(net, u) for u in self.users])
        self.weights = [net.use_at_rest[u] / max(net.use_at_rest[u].sum(), 1e-12) for u in self.users]

    def start(self, net: Network, replicates: int) -> Memory:
        return {"releasing": np.zeros((replicates, self.stores.size))}

    def answer(self, week: int, signals: Signals, memory: Memory) -> Sequence[Press | Payment]:
        cover = np.ones((signals.stored.shape[0], self.stores.size))
        for n, (users, weights) in enumerate(zip(self.users, self.weights, strict=True)):
            ratio = signals.days_of_cover[:, users] / np.maximum(signals.normal_days[:, users], 1e-9)
            for j in range(users.size):
                cover[:, n] += weights[j] * (np.minimum(ratio[:, j], 1.5) - 1.0)
        low = cover < self.policy.trigger
        stay = (memory["releasing"] > 0.5) & (cover < min(self.policy.trigger + 0.2, 0.95))
        memory["releasing"] = (low | stay).astype(float)
        held = signals.stored[:, self.stores]
        target = self.use * self.policy.target_days / 7.0
        calm = (memory["releasing"] < 0.5) & (cover > 0.85)
        pace = target / self.policy.fill_weeks
        buy = np.where(calm, np.minimum(pace, np.maximum(target - held, 0.0)), 0.0)
        release = np.where(memory["releasing"] > 0.5, self.policy.release_share * self.use, 0.0)
        worth = held[:, 0] * 0.0
        for n in range(self.stores.size):
            worth = worth + held[:, n] * signals.price_paid[:, self.stores[n]] * 1000.0
        holding = Payment(
            f"government:{self.policy.country}", "outside", "holding", worth * self.policy.holding_share / 52.0
        )
        return [Press("store_buy", self.stores, buy), Press("store_release", self.stores, release), holding]


def _final(net: Network, users: np.ndarray) -> float:
    """T per week used at home, traders not counted twice."""
    return float(sum(net.use_at_rest[u] for u in users if net.points[u].role != "trade"))
