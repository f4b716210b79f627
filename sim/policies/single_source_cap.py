"""Single-source cap: buyers may order at most a share from one origin."""

from typing import Literal

import numpy as np
from pydantic import Field

from sim.events.selection import SelectionError
from sim.policies.home import goods, known_country, rows_where, some_users
from sim.policies.policy import Answer, BoundPolicy
from sim.policies.trigger import Acting, GovernmentPolicy, Trigger, weekly
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows
from sim.world.signals import Signals

URGE = 0.2
"""Urge with which buyers over the cap qualify new sellers; from 0.1 on they do."""


class SingleSourceCap(GovernmentPolicy):
    """Orders beyond the cap go to sellers elsewhere that a buyer knows; buyers over the cap look for new ones.

    What nobody else can serve stays where it was: a cap makes no tonne.
    """

    kind: Literal["single_source_cap"] = "single_source_cap"
    when: Trigger = Field(default=Trigger(), description="what makes it act; at once if left out")
    origin: str = Field(default="", description="country capped, alpha-3; the world's main exporter if left out")
    cap: float = Field(default=0.65, ge=0, le=1, description="most a buyer may order from there, share of its orders")
    products: list[str] = Field(default_factory=list, description="products; all with rare earths if left out")
    administration_musd_yr: float = Field(default=1.0, ge=0, le=1e4, description="cost, million USD a year")

    def effect(self) -> str:
        return (
            f"buyers in {self.country} order at most {100 * self.cap:g} % of {goods(self.products)} from "
            f"{self.origin or 'the main exporter'}, {self.when.words()}, as far as others can serve them"
        )

    def bind(self, net: Network, rows: Rows) -> BoundPolicy:
        return _Bound(self, net, rows)


class _Bound(Acting):
    def __init__(self, policy: SingleSourceCap, net: Network, rows: Rows) -> None:
        self.policy = policy
        origin = known_country(net, "origin", policy.origin or net.exporter)
        points = some_users(net, policy.country, policy.products)
        super().__init__(policy, net, rows, points)
        if origin == policy.country:
            raise SelectionError("origin", f"{origin} is the buyers' own country; name another")
        mine = {int(p) for p in points}
        self.views = rows_where(
            int(b) in mine and o == origin for b, o in zip(net.view_buyer, net.view_origin, strict=True)
        )
        bought = np.zeros(len(net.points))
        np.add.at(bought, net.view_buyer[self.views], rows.view_flow[self.views])
        self.over = rows_where(
            bool(k in mine and bought[k] > policy.cap * net.use_at_rest[k]) for k in range(bought.size)
        )
        if not self.views.size:
            raise SelectionError("origin", f"nobody in {policy.country} buys {goods(policy.products)} from {origin}")

    def act(self, week: int, signals: Signals, memory: dict[str, np.ndarray], fires: np.ndarray) -> Answer:
        on = fires[:, np.newaxis]
        return [
            Press("origin_cap", self.views, np.where(on > 0.0, self.policy.cap, 1.0)),
            Press("diversify", self.over, on * URGE),
            self.pays(fires * weekly(self.policy.administration_musd_yr), "administration"),
        ]
