"""Raw-ore export ban: ore may leave a country only after it was worked there."""

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


class RawOreExportBan(AnnouncedEvent):
    """Stops concentrate and, if asked, carbonate at the border; separated goods of the same country go on.

    Stopped ore stays on the shelf, is offered to separators at home, and the mine runs down as its stock fills; open
    orders abroad lapse. What waits at a desk, is held or at sea goes on; contracts with buyers abroad are not served. A
    part gets past the books as the gap grows. At its end the pile at the mine is sold first.
    """

    kind: Literal["raw_ore_export_ban"] = "raw_ore_export_ban"
    stopped: Number = Field(
        default=Uncertain(low=1, mode=1, high=1), description="share of ore stopped, 0 to 1; less with licences left open"
    )
    raw: list[Literal["concentrate", "carbonate"]] = Field(
        default=["concentrate"], min_length=1, description="stages that count as raw ore: concentrate, carbonate"
    )
    enforcement: Number = Field(
        default=Uncertain(low=0.4, mode=0.7, high=0.9), description="enforcement against smuggling, 0 to 1"
    )

    @model_validator(mode="after")
    def _ranges(self) -> "RawOreExportBan":
        within(self.stopped, 0, 1, "stopped")
        within(self.enforcement, 0, 1, "enforcement")
        if not self.selection.seller_country:
            raise ValueError("selection.seller_country is missing; name the country whose ore may not leave")
        return self

    def effect(self) -> str:
        return (
            f"{spoken(self.stopped, ' %', 100)} of {self.selection.words('cargo')} may not leave the country while it is "
            f"{' or '.join(self.raw)}"
        )

    def lanes(self, net: Network) -> np.ndarray:
        """Rows of the ore's lanes abroad; ore of a project that may be built counts."""
        selection = self.selection.model_copy(update={"stage": list(self.raw)})
        try:
            return selection.lanes(net)
        except SelectionError as fault:
            if fault.key != "selection":
                raise
            whose = ", ".join(self.selection.seller_country)
            raise SelectionError(
                "selection", f"{whose} sells no {' or '.join(self.raw)} abroad in this world; name who does"
            ) from None

    def check(self, net: Network) -> None:
        self.lanes(net)

    def prepare(self, net: Network, rows: Rows, calendar: Calendar, draw: Draw) -> Prepared:
        lanes = self.lanes(net)
        stopped, enforced = (
            draw(f"events.{self.name}.{key}", triple(getattr(self, key)))[:, np.newaxis]
            for key in ("stopped", "enforcement")
        )
        strength = self.strength(calendar, draw)
        news = self.news(lanes, stopped, calendar, draw, strength)

        def press(week: int) -> list[Press]:
            s = strength(week)
            if quiet(s):
                return news(week)
            return [Press("banned", lanes, s * stopped), Press("enforcement", lanes, s * enforced), *news(week)]

        return self.prepared(press, strength)
