"""General licences: the desk opens for some customers, whose cargo need not apply one by one."""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from sim.calendar import Calendar
from sim.events.event import Draw, Event, Number, Prepared, quiet, spoken, triple, within
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows


class GeneralLicences(Event):
    """Exempts a share of some customers' new cargo from a licence desk that is there; without a desk it does nothing.

    Customers are chosen by country, end use or site of the buyer. Cargo that already waits at the desk stays in the
    queue and is decided there; new orders, calls under contract among them, ship at once. What is at sea is untouched,
    and a short shelf is shared as before. At the end of the licences new cargo applies again.
    """

    kind: Literal["general_licences"] = "general_licences"
    exempt: Number = Field(description="share of these customers' cargo under general licences, 0 to 1")

    @model_validator(mode="after")
    def _range(self) -> "GeneralLicences":
        within(self.exempt, 0, 1, "exempt")
        return self

    def effect(self) -> str:
        return f"general licences free {spoken(self.exempt, ' %', 100)} of {self.selection.words('cargo')} from the desk"

    def check(self, net: Network) -> None:
        self.selection.lanes(net)

    def prepare(self, net: Network, rows: Rows, calendar: Calendar, draw: Draw) -> Prepared:
        lanes = self.selection.lanes(net)
        exempt = draw(f"events.{self.name}.exempt", triple(self.exempt))[:, np.newaxis]
        strength = self.strength(calendar, draw)

        def press(week: int) -> list[Press]:
            s = strength(week)
            return [] if quiet(s) else [Press("exempt", lanes, s * exempt)]

        return self.prepared(press, strength)
