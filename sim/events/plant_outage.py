"""Plant outage: capacity that is lost, not decided."""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from sim.calendar import Calendar
from sim.events.event import Draw, Event, Number, Prepared, quiet, spoken, triple, within
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows


class PlantOutage(Event):
    """Takes a share of the capacity of plants: an accident, a crackdown, a closed border to a mine."""

    kind: Literal["plant_outage"] = "plant_outage"
    lost: Number = Field(description="share of the run at the start that is lost, 0 to 1")

    @model_validator(mode="after")
    def _range(self) -> "PlantOutage":
        within(self.lost, 0, 1, "lost")
        return self

    def effect(self) -> str:
        return f"plants lose {spoken(self.lost, ' %', 100)} of what they ran: {self.selection.words('plants')}"

    def check(self, net: Network) -> None:
        self.selection.lines(net)

    def prepare(self, net: Network, rows: Rows, calendar: Calendar, draw: Draw) -> Prepared:
        lines = self.selection.lines(net)
        lost = draw(f"events.{self.name}.lost", triple(self.lost))[:, np.newaxis]
        strength = self.strength(calendar, draw)
        # idle nameplate must not make up for the loss: what is lost is counted from the run at the start
        used = np.where(net.run_at_rest[lines] > 0.0, net.run_at_rest[lines] / net.nameplate[lines], 1.0)

        def press(week: int) -> list[Press]:
            s = strength(week)
            if quiet(s):
                return []
            return [Press("capacity", lines, np.where(s * lost > 0.0, (1.0 - s * lost) * used, 1.0))]

        return self.prepared(press, strength)
