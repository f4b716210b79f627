"""Contract annulment: the state voids term contracts, and what they held must be bought on the spot."""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from sim.calendar import Calendar
from sim.events.event import Draw, Event, Number, Prepared, quiet, spoken, triple, within
from sim.events.selection import SelectionError
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows


class ContractAnnulment(Event):
    """Keeps a share of term contracts across borders; the rest is ordered on the spot, at the price asked, without first claim.

    Goods stay where they are: what is on the shelf goes to whoever orders it. Calls at sea have been paid; those in a
    queue pay what the lane pays in the week in which they leave it; calls open as backlog become spot orders. At its
    end contracts are in force again for the volume of their last renewal, which has shrunk with what was called.
    """

    kind: Literal["contract_annulment"] = "contract_annulment"
    honoured: Number = Field(description="share of the contracts' volume still kept, 0 to 1")

    @model_validator(mode="after")
    def _range(self) -> "ContractAnnulment":
        within(self.honoured, 0, 1, "honoured")
        return self

    def effect(self) -> str:
        return (
            f"{spoken(self.honoured, ' %', 100)} of term contracts is kept; the rest must be bought on the spot: "
            f"{self.selection.words('contracts')}"
        )

    def lanes(self, net: Network) -> np.ndarray:
        """Rows of lanes across a border that stand under contract."""
        lanes = self.selection.lanes(net)
        lanes = lanes[net.contract[lanes] > 0.0]
        if not lanes.size:
            raise SelectionError("selection", "matches no cargo under contract between countries; see contracts.csv")
        return np.asarray(lanes)

    def check(self, net: Network) -> None:
        self.lanes(net)

    def prepare(self, net: Network, rows: Rows, calendar: Calendar, draw: Draw) -> Prepared:
        lanes = self.lanes(net)
        honoured = draw(f"events.{self.name}.honoured", triple(self.honoured))[:, np.newaxis]
        strength = self.strength(calendar, draw)

        def press(week: int) -> list[Press]:
            s = strength(week)
            return [] if quiet(s) else [Press("honoured", lanes, 1.0 - s * (1.0 - honoured))]

        return self.prepared(press, strength)
