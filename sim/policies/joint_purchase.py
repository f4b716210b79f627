"""Joint purchase: buyers of a coalition order together and share by need what they can get."""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from sim.events.selection import SelectionError
from sim.policies.home import goods, known_country, known_products, total, treasury, users
from sim.policies.policy import Answer, BoundPolicy, Memory, Opening, Policy
from sim.policies.trigger import Trigger, Watch, weekly
from sim.world.controls import Payment, Press
from sim.world.network import Network
from sim.world.rows import Rows
from sim.world.signals import Signals


class JointPurchase(Policy):
    """Members with less cover order more, members with more cover order less; together they order what they would have.

    It moves cargo only of sellers that may serve more than one member: a stop towards one member is not lifted by it.
    """

    kind: Literal["joint_purchase"] = "joint_purchase"
    members: list[str] = Field(default=["JPN", "USA", "DEU", "KOR"], min_length=2, description="countries, alpha-3")
    products: list[str] = Field(default_factory=list, description="products ordered together; all if left out")
    when: Trigger = Field(
        default=Trigger(cover_below=0.7), description="what makes it act; any member's sign is enough"
    )
    strength: float = Field(default=1.0, ge=0, le=2, description="change of orders per unit of cover above the mean")
    administration_musd_yr: float = Field(
        default=2.0, ge=0, le=1e4, description="cost while it acts, million USD a year"
    )

    @model_validator(mode="after")
    def _several(self) -> "JointPurchase":
        if len(set(self.members)) != len(self.members):
            raise ValueError("members: a country is named twice; name each once")
        return self

    def effect(self) -> str:
        return f"{', '.join(self.members)} order {goods(self.products)} together and share by need, {self.when.words()}"

    def bind(self, net: Network, rows: Rows) -> BoundPolicy:
        return _Bound(self, net, rows)


class _Bound(BoundPolicy):
    def __init__(self, policy: JointPurchase, net: Network, rows: Rows) -> None:
        self.policy, self.name, self.net = policy, policy.name or policy.kind, net
        known_products(net, policy.products)
        at: dict[str, list[int]] = {}
        self.watches = []
        for country in policy.members:
            known_country(net, "members", country)
            points = users(net, country, policy.products)
            self.watches.append(Watch(policy.when, net, rows, country, points, f"{country}_"))
            for p in points:
                at.setdefault(net.points[p].product, []).append(int(p))
        self.groups = [
            np.array(points, dtype=np.int64) for _, points in sorted(at.items())
            if len({net.country_of(p) for p in points}) > 1
        ]  # fmt: skip
        if not self.groups:
            raise SelectionError(
                "members", f"no two of {', '.join(policy.members)} use the same of {goods(policy.products)}"
            )

    def start(self, opening: Opening) -> Memory:
        memory: Memory = {}
        for watch in self.watches:
            memory.update(watch.start(opening))
        return memory

    def answer(self, week: int, signals: Signals, memory: Memory) -> Answer:
        p = self.policy
        fires = np.zeros(len(signals.stored))
        for watch in self.watches:
            fires = np.maximum(fires, watch.fires(week, signals, memory))
        if not (fires > 0.0).any():
            return []
        answer: Answer = [Press("order_factor", g, self._factor(g, signals, fires)) for g in self.groups]
        share = fires * weekly(p.administration_musd_yr) / len(p.members)
        return answer + [Payment(treasury(c), "outside", "administration", share) for c in p.members]

    def _factor(self, group: np.ndarray, signals: Signals, fires: np.ndarray) -> np.ndarray:
        """Orders over what each would order; weighed by use they sum up to the same."""
        weight = self.net.use_at_rest[group] / self.net.use_at_rest[group].sum()
        cover = signals.days_of_cover[:, group] / np.maximum(signals.normal_days[:, group], 1e-9)
        cover = np.minimum(cover, 1.5)
        mean = total(cover * weight)[:, np.newaxis]
        factor = np.clip(1.0 + self.policy.strength * (mean - cover), 0.25, 2.0)
        factor = factor / total(factor * weight)[:, np.newaxis]
        return np.asarray(np.where(fires[:, np.newaxis] > 0.0, factor, 1.0))
