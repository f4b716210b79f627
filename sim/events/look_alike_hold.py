"""Look-alike hold: customs hold goods that share a code with listed goods, though no rule names them."""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from sim.calendar import Calendar
from sim.events.event import Draw, Event, Number, Prepared, quiet, spoken, triple, within
from sim.events.selection import Selection, SelectionError
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows


class LookAlikeHold(Event):
    """Holds a share of unlisted goods whose customs code begins as a listed good's; ``selection`` names what is listed.

    Held goods wait at the border, up to some weeks of normal flow, then sellers keep them on the shelf; nobody
    announces it. Listed goods themselves are left to whatever lists them. What a licence desk grants joins the wait;
    what has passed customs or is at sea arrives; contracts are called and not delivered. At its end the wait leaves
    within weeks.
    """

    kind: Literal["look_alike_hold"] = "look_alike_hold"
    held: Number = Field(description="share of look-alike cargo held, 0 to 1")
    digits: int = Field(default=8, ge=4, le=10, description="digits of the customs code that must agree, 4 to 10")

    @model_validator(mode="after")
    def _ranges(self) -> "LookAlikeHold":
        within(self.held, 0, 1, "held")
        if not (self.selection.product or self.selection.element):
            raise ValueError("selection names no listed goods; write product or element")
        return self

    def effect(self) -> str:
        return (
            f"customs hold {spoken(self.held, ' %', 100)} of goods that are not listed but share {self.digits} digits of "
            f"their code with {self.selection.words('listed cargo')}"
        )

    def lanes(self, net: Network) -> np.ndarray:
        """Rows of lanes whose goods look like listed ones and are not."""
        listed = set(self.selection.lanes(net).tolist())
        codes = {net.hs_of(k)[: self.digits] for k in listed}
        ways = self.selection.model_dump() | {"product": [], "stage": [], "element": [], "hs": sorted(codes)}
        alike = [k for k in Selection.model_validate(ways).lanes(net).tolist() if k not in listed]
        if not alike:
            raise SelectionError("selection", f"no other goods share {self.digits} digits with these; lower digits")
        return np.array(alike, dtype=np.int64)

    def check(self, net: Network) -> None:
        self.lanes(net)

    def prepare(self, net: Network, rows: Rows, calendar: Calendar, draw: Draw) -> Prepared:
        lanes = self.lanes(net)
        held = draw(f"events.{self.name}.held", triple(self.held))[:, np.newaxis]
        strength = self.strength(calendar, draw)

        def press(week: int) -> list[Press]:
            s = strength(week)
            return [] if quiet(s) else [Press("clears", lanes, 1.0 - s * held)]

        return self.prepared(press, strength)
