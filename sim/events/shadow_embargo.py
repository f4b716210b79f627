"""Shadow embargo: cargo stops at customs without a decree."""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from sim.calendar import Calendar
from sim.events.event import Draw, Event, Number, Prepared, Uncertain, quiet, spoken, triple, within
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows


class ShadowEmbargo(Event):
    """A share of the cargo clears; the rest waits at the border. Nobody announces it, so it is only felt.

    Sellers send on until some weeks of normal flow wait there, then keep the goods on the shelf and serve others. What a
    licence desk grants joins the wait; what is at sea arrives. Contracts are called first as ever and delivered as far as
    cargo clears; open orders lapse in some weeks. At its end the wait leaves at no more than some weeks of normal flow, or a
    quarter of itself, a week, beside the normal flow.
    """

    kind: Literal["shadow_embargo"] = "shadow_embargo"
    clears: Number = Field(description="share of the cargo that clears, 0 to 1")
    enforcement: Number = Field(
        default=Uncertain(low=0.6, mode=0.6, high=0.6), description="enforcement against detours, 0 to 1"
    )

    @model_validator(mode="after")
    def _shares(self) -> "ShadowEmbargo":
        within(self.clears, 0, 1, "clears")
        within(self.enforcement, 0, 1, "enforcement")
        return self

    def effect(self) -> str:
        return (
            f"customs let {spoken(self.clears, ' %', 100)} of {self.selection.words('cargo')} clear; the rest waits at "
            "the border, unannounced"
        )

    def prepare(self, net: Network, rows: Rows, calendar: Calendar, draw: Draw) -> Prepared:
        lanes = self.selection.lanes(net)
        clears = draw(f"events.{self.name}.clears", triple(self.clears))[:, np.newaxis]
        enforced = draw(f"events.{self.name}.enforcement", triple(self.enforcement))[:, np.newaxis]
        strength = self.strength(calendar, draw)

        def press(week: int) -> list[Press]:
            s = strength(week)
            if quiet(s):
                return []
            return [Press("clears", lanes, 1.0 - s * (1.0 - clears)), Press("enforcement", lanes, s * enforced)]

        return self.prepared(press, strength)
