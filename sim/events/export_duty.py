"""Export duty: a rate on goods leaving a country."""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from sim.calendar import Calendar
from sim.events.event import Draw, Event, Number, Prepared, quiet, spoken, triple, within
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows


class ExportDuty(Event):
    """Sets the duty in force to a rate; paid to the treasury, inside the FOB price.

    No tonne is stopped; dearer goods are ordered less from the week of its start on. Cargo pays the rate of the week in which
    it leaves the country: what waits on the shelf, at a licence desk or at the border pays the new one, what is at sea
    nothing more. Under contract the price stays its formula and the seller bears the duty until the index follows. Cargo
    past the books pays none. At its end the rate that the world's table holds by then is back.
    """

    kind: Literal["export_duty"] = "export_duty"
    percent: Number = Field(description="rate, per cent of value, 0 to 100")

    @model_validator(mode="after")
    def _range(self) -> "ExportDuty":
        within(self.percent, 0, 100, "percent")
        return self

    def effect(self) -> str:
        return f"{self.selection.words('cargo')} pays an export duty of {spoken(self.percent, ' %')}"

    def prepare(self, net: Network, rows: Rows, calendar: Calendar, draw: Draw) -> Prepared:
        lanes = self.selection.lanes(net)
        rate = draw(f"events.{self.name}.percent", triple(self.percent))[:, np.newaxis] / 100.0
        strength = self.strength(calendar, draw)

        def press(week: int) -> list[Press]:
            s = strength(week)
            return [] if quiet(s) else [Press("duty_added", lanes, s * (rate - rows.regime.at(week)[1][lanes]))]

        return self.prepared(press, strength)
