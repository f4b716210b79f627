"""Counter measure: a tariff or a ban of one's own on goods of the embargoer, or on what it buys."""

from typing import Literal

import numpy as np
from pydantic import Field

from sim.events.selection import Selection, SelectionError
from sim.policies.home import goods, known_country, known_products, users
from sim.policies.policy import Answer, BoundPolicy, Memory
from sim.policies.trigger import Acting, GovernmentPolicy, Trigger, weekly
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows
from sim.world.signals import Signals


class CounterMeasure(GovernmentPolicy):
    """A tariff or a ban on trade with the embargoer: it costs that country sales, and one's own makers money or goods."""

    kind: Literal["counter_measure"] = "counter_measure"
    when: Trigger = Field(default=Trigger(imports_below=0.6), description="what makes it act")
    against: str = Field(default="", description="country it is aimed at, alpha-3; the main exporter if left out")
    form: Literal["tariff", "ban"] = Field(default="tariff", description="import duty, or a ban")
    direction: Literal["imports", "exports"] = Field(
        default="imports", description="what comes from there, or what goes there"
    )
    products: list[str] = Field(default_factory=list, description="products; all if left out")
    percent: float = Field(default=25.0, ge=0, le=1000, description="import duty, per cent; for a tariff")
    share: float = Field(default=1.0, ge=0, le=1, description="share of cargo stopped; for a ban")
    administration_musd_yr: float = Field(
        default=1.0, ge=0, le=1e4, description="cost while it holds, million USD a year"
    )

    def effect(self) -> str:
        against = self.against or "the main exporter"
        what = f"{goods(self.products)} {'from' if self.direction == 'imports' else 'to'} {against}"
        how = f"puts {self.percent:g} % on" if self.form == "tariff" else f"stops {100 * self.share:g} % of"
        return f"{self.country} {how} {what}, {self.when.words()}"

    def bind(self, net: Network, rows: Rows) -> BoundPolicy:
        return _Bound(self, net, rows)


class _Bound(Acting):
    def __init__(self, policy: CounterMeasure, net: Network, rows: Rows) -> None:
        self.policy = policy
        known_country(net, "country", policy.country)
        known_products(net, policy.products)
        super().__init__(policy, net, rows, users(net, policy.country))
        against = known_country(net, "against", policy.against or net.exporter)
        if policy.form == "tariff" and policy.direction == "exports":
            raise SelectionError("direction", "a tariff lies on imports; write direction: imports, or form: ban")
        seller, buyer = (against, policy.country) if policy.direction == "imports" else (policy.country, against)
        try:
            selection = Selection(seller_country=[seller], buyer_country=[buyer], product=policy.products)
            self.lanes = selection.lanes(net)
        except SelectionError:
            raise SelectionError(
                "against", f"nothing of {goods(policy.products)} goes from {seller} to {buyer}"
            ) from None

    def act(self, week: int, signals: Signals, memory: Memory, fires: np.ndarray) -> Answer:
        p, on = self.policy, fires[:, np.newaxis]
        held = Press("tariff_added", self.lanes, on * p.percent / 100.0)
        if p.form == "ban":
            held = Press("banned", self.lanes, on * p.share)
        return [held, self.pays(fires * weekly(p.administration_musd_yr), "administration")]
