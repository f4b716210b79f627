"""Firm reserves: makers hold more than they wish, the state bears part of the cost and says when they may use it."""

from typing import Literal

import numpy as np
from pydantic import Field

from sim.policies.home import firms, goods, some_users, total
from sim.policies.policy import Answer, BoundPolicy, Memory, Opening
from sim.policies.trigger import Acting, GovernmentPolicy, Trigger
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows
from sim.world.signals import Signals


class FirmReserves(GovernmentPolicy):
    """Makers at home build a reserve of days of use; it is theirs, and locked until the trigger fires.

    Then a share of weekly use is set free every week; in quiet times it is built up again.
    """

    kind: Literal["firm_reserves"] = "firm_reserves"
    when: Trigger = Field(
        default=Trigger(cover_below=0.6), description="what frees the reserve; locked stock does not count as cover"
    )
    products: list[str] = Field(default_factory=list, description="products held; all with rare earths if left out")
    days: float = Field(default=30.0, ge=0, le=1000, description="days of use held beside the usual cover")
    build_weeks: float = Field(default=52.0, ge=1, le=520, description="weeks in which it is built")
    release_share: float = Field(default=0.6, ge=0, le=2, description="set free per week, over use")
    borne_share: float = Field(default=0.5, ge=0, le=1, description="share of the holding cost the state bears")
    holding_share: float = Field(
        default=0.05, ge=0, le=1, description="yearly cost of holding over the reserve's worth"
    )

    def effect(self) -> str:
        return (
            f"makers in {self.country} hold {self.days:g} days of {goods(self.products)} beside their usual cover, built in "
            f"{self.build_weeks:g} weeks; the state bears {100 * self.borne_share:g} % of the holding and frees up to "
            f"{100 * self.release_share:g} % of weekly use {self.when.words()}"
        )

    def bind(self, net: Network, rows: Rows) -> BoundPolicy:
        return _Bound(self, net, rows)


class _Bound(Acting):
    def __init__(self, policy: FirmReserves, net: Network, rows: Rows) -> None:
        self.policy = policy
        self.points = some_users(net, policy.country, policy.products, ("need", "bought"))
        super().__init__(policy, net, rows, self.points)
        self.use = net.use_at_rest[self.points]
        self.target = self.use * policy.days / 7.0

    def remember(self, opening: Opening) -> Memory:
        shape = (opening.replicates, self.points.size)
        return {"asked": np.zeros(shape), "locked": np.zeros(shape)}

    def fires(self, week: int, signals: Signals, memory: Memory) -> np.ndarray:
        return self.watch.fires(week, signals, memory, memory["locked"])

    def answer(self, week: int, signals: Signals, memory: Memory) -> Answer:
        p = self.policy
        free = self.fires(week, signals, memory)[:, np.newaxis] > 0.0
        if p.days == 0.0:
            return []
        usual = signals.normal_days[:, self.points] / 7.0 * self.use
        held = signals.stored[:, self.points]
        # what is set free is not bought back while the trigger fires; what came beyond usual cover is locked otherwise
        build = np.minimum(memory["asked"] + self.target / p.build_weeks, self.target)
        lock = np.minimum(build, np.maximum(memory["locked"], held - usual))
        less = np.maximum(memory["locked"] - p.release_share * self.use, 0.0)
        memory["locked"] = np.minimum(np.where(free, less, lock), held)
        memory["asked"] = np.where(free, np.minimum(memory["asked"], memory["locked"]), build)
        worth = total(memory["locked"] * signals.price_paid[:, self.points]) * 1000.0
        borne = worth * p.holding_share / 52.0 * p.borne_share
        return [
            Press("cover_added", self.points, memory["asked"] / self.use),
            Press("locked", self.points, memory["locked"]),
            self.pays(borne, "holding", firms(p.country)),
        ]
