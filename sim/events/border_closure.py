"""Border closure: a land border shuts and what should cross it waits."""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from sim.calendar import Calendar
from sim.events.announced import AnnouncedEvent
from sim.events.event import Draw, Number, Prepared, Uncertain, quiet, spoken, triple, within
from sim.events.selection import SelectionError
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows


class BorderClosure(AnnouncedEvent):
    """Lets a share of the cargo between neighbours pass; the rest waits at the border until it opens.

    Sellers send on until some weeks of normal flow stand there, then keep the goods on the shelf. What is already past
    the border or at sea arrives; what a licence desk grants joins the wait; contracts are called but not delivered. At
    its end the wait leaves within weeks, beside the normal flow, and stocks overshoot.
    """

    kind: Literal["border_closure"] = "border_closure"
    passes: Number = Field(default=Uncertain(low=0, mode=0, high=0), description="share that still crosses, 0 to 1")
    both_ways: bool = Field(default=True, description="what the buyers send back is shut out as well")
    enforcement: Number = Field(
        default=Uncertain(low=0.4, mode=0.6, high=0.8), description="enforcement against smuggling, 0 to 1"
    )

    @model_validator(mode="after")
    def _ranges(self) -> "BorderClosure":
        within(self.passes, 0, 1, "passes")
        within(self.enforcement, 0, 1, "enforcement")
        if not self.selection.seller_country or not self.selection.buyer_country:
            raise ValueError("selection needs seller_country and buyer_country; name the countries on both sides")
        return self

    def effect(self) -> str:
        both = " and back" if self.both_ways else ""
        return (
            f"the border is shut: {spoken(self.passes, ' %', 100)} of {self.selection.words('cargo')}{both} crosses, "
            "the rest waits there"
        )

    def lanes(self, net: Network) -> np.ndarray:
        """Rows of lanes across the border; one direction may be empty."""
        there = {"seller_country": self.selection.seller_country, "buyer_country": self.selection.buyer_country}
        ways = [there]
        if self.both_ways:
            ways.append(dict(zip(there, reversed(there.values()), strict=True)))
        found: list[int] = []
        fault: SelectionError | None = None
        for way in ways:
            try:
                found += self.selection.model_copy(update=way).lanes(net).tolist()
            except SelectionError as missing:
                if missing.key != "selection":
                    raise
                fault = missing
        if not found and fault is not None:
            raise fault
        return np.array(sorted(set(found)), dtype=np.int64)

    def check(self, net: Network) -> None:
        self.lanes(net)

    def prepare(self, net: Network, rows: Rows, calendar: Calendar, draw: Draw) -> Prepared:
        lanes = self.lanes(net)
        passes, enforced = (
            draw(f"events.{self.name}.{key}", triple(getattr(self, key)))[:, np.newaxis] for key in ("passes", "enforcement")
        )
        strength = self.strength(calendar, draw)
        news = self.news(lanes, 1.0 - passes, calendar, draw, strength)

        def press(week: int) -> list[Press]:
            s = strength(week)
            if quiet(s):
                return news(week)
            return [
                Press("clears", lanes, 1.0 - s * (1.0 - passes)), Press("enforcement", lanes, s * enforced), *news(week)
            ]  # fmt: skip

        return self.prepared(press, strength)
