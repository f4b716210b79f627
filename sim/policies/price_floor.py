"""Price floor: named producers are paid what the market price lacks of a floor."""

from typing import Literal

import numpy as np
from pydantic import Field

from sim.events.selection import SelectionError
from sim.policies.home import country_of_site, firms, known_country, known_plant, sold_by, total
from sim.policies.policy import Answer, BoundPolicy, Memory, Opening
from sim.policies.trigger import Acting, GovernmentPolicy, Trigger
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows
from sim.world.signals import Signals


class PriceFloor(GovernmentPolicy):
    """Paid per kg sold below the floor, within a yearly budget; producers and projects count with it when they decide."""

    kind: Literal["price_floor"] = "price_floor"
    when: Trigger = Field(default=Trigger(), description="what makes it act; at once if left out")
    plants: list[str] = Field(min_length=1, description="plants and projects paid, by name")
    product: str = Field(description="product whose price has a floor")
    floor_usd_per_kg: float = Field(gt=0, le=1e5, description="floor, USD per kg of product, without VAT")
    budget_musd_yr: float | None = Field(default=None, ge=0, le=1e6, description="most paid, million USD a year")

    def effect(self) -> str:
        text = (
            f"{self.country} pays {', '.join(self.plants)} what their price of {self.product} lacks of "
            f"{self.floor_usd_per_kg:g} USD/kg, {self.when.words()}"
        )
        return text + (
            f", at most {self.budget_musd_yr:g} million USD a year" if self.budget_musd_yr is not None else ""
        )

    def bind(self, net: Network, rows: Rows) -> BoundPolicy:
        return _Bound(self, net, rows)


class _Bound(Acting):
    def __init__(self, policy: PriceFloor, net: Network, rows: Rows) -> None:
        known_country(net, "country", policy.country)
        super().__init__(policy, net, rows, np.zeros(0, dtype=np.int64))
        self.policy = policy
        self.points, self.owners = [], []
        for name in policy.plants:
            known_plant(net, "plants", name)
            points = [p for p in sold_by(net, name) if net.points[p].product == policy.product]
            if not points:
                made = ", ".join(sorted({net.points[p].product for p in sold_by(net, name)}))
                raise SelectionError("product", f"{name} does not make {policy.product!r}; it makes {made}")
            self.points += points
            self.owners.append(firms(country_of_site(net, name)))
        self.lanes = [np.flatnonzero(net.seller == p) for p in self.points]

    def remember(self, opening: Opening) -> Memory:
        return {"spent": np.zeros(opening.replicates)}

    def act(self, week: int, signals: Signals, memory: Memory, fires: np.ndarray) -> Answer:
        p = self.policy
        if week % 52 == 0:
            memory["spent"] = memory["spent"] * 0.0
        points = np.array(self.points, dtype=np.int64)
        lacks = np.maximum(p.floor_usd_per_kg - signals.asked[:, points], 0.0) * fires[:, np.newaxis]
        due = np.zeros(lacks.shape)
        for n, lanes in enumerate(self.lanes):
            due[:, n] = total(signals.shipped[:, lanes]) * 1000.0 * lacks[:, n]
        share = np.ones(len(fires))
        if p.budget_musd_yr is not None:
            left = np.maximum(p.budget_musd_yr * 1e6 - memory["spent"], 0.0)
            share = np.minimum(left / np.maximum(total(due), 1e-9), 1.0)
        memory["spent"] = memory["spent"] + total(due) * share
        answer: Answer = [Press("topped_up", points, lacks * share[:, np.newaxis])]
        return answer + [self.pays(due[:, n] * share, "floor", owner) for n, owner in enumerate(self.owners)]
