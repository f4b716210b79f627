"""Stock release: a government sells from its store to makers at home."""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from sim.calendar import Calendar
from sim.events.event import Draw, Event, Number, Prepared, quiet, spoken, triple, within
from sim.events.selection import SelectionError
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows


class StockRelease(Event):
    """Releases tonnes per week while the store lasts; an empty store releases nothing.

    What is released is offered at home beside other sellers, and what nobody orders stays in the store. No other shelf, no
    queue and no cargo at sea is touched, and no contract is called on a store. At its end the store offers nothing more;
    what was bought and is under way arrives.
    """

    kind: Literal["stock_release"] = "stock_release"
    tonnes_per_week: Number = Field(description="t gross per week and product, 0 or more")

    @model_validator(mode="after")
    def _range(self) -> "StockRelease":
        within(self.tonnes_per_week, 0, 1e6, "tonnes_per_week")
        return self

    def effect(self) -> str:
        return f"governments release {spoken(self.tonnes_per_week, ' t')} a week: {self.selection.words('stocks')}"

    def points(self, net: Network) -> np.ndarray:
        """Stores selected by country and product."""
        self.selection.check(net)
        found = net.stores(self.selection.country, self.selection.product)
        if not found:
            raise SelectionError("selection", "matches no government store of this world; see stores in world.yaml")
        return np.array(found, dtype=np.int64)

    def check(self, net: Network) -> None:
        self.points(net)

    def prepare(self, net: Network, rows: Rows, calendar: Calendar, draw: Draw) -> Prepared:
        points = self.points(net)
        tonnes = draw(f"events.{self.name}.tonnes_per_week", triple(self.tonnes_per_week))[:, np.newaxis]
        strength = self.strength(calendar, draw)

        def press(week: int) -> list[Press]:
            s = strength(week)
            return [] if quiet(s) else [Press("store_release", points, s * tonnes)]

        return self.prepared(press, strength)
