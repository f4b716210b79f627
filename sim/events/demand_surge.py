"""Demand surge: planned output above or below its trend."""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from sim.calendar import Calendar
from sim.events.event import Draw, Event, Number, Prepared, quiet, spoken, triple, within
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows


class DemandSurge(Event):
    """Multiplies planned output of makers of goods: a boom above 1, a slump below.

    No cargo is touched: the shelf, queues and the sea deliver what was ordered. Makers use more or less from the first
    week on; their orders follow as expected use and wished cover do. Contracts take more or less only within their
    tolerance, the rest is bought on the spot. At its end plans are back at their trend; output that was postponed for want
    of goods is still made up.
    """

    kind: Literal["demand_surge"] = "demand_surge"
    factor: Number = Field(description="planned output over its trend, 0 to 5")

    @model_validator(mode="after")
    def _range(self) -> "DemandSurge":
        within(self.factor, 0, 5, "factor")
        return self

    def effect(self) -> str:
        return f"planned output is {spoken(self.factor)} times its trend: {self.selection.words('goods')}"

    def check(self, net: Network) -> None:
        self.selection.needs(net)

    def prepare(self, net: Network, rows: Rows, calendar: Calendar, draw: Draw) -> Prepared:
        needs = self.selection.needs(net)
        factor = draw(f"events.{self.name}.factor", triple(self.factor))[:, np.newaxis]
        strength = self.strength(calendar, draw)

        def press(week: int) -> list[Press]:
            s = strength(week)
            return [] if quiet(s) else [Press("demand", needs, 1.0 + s * (factor - 1.0))]

        return self.prepared(press, strength)
