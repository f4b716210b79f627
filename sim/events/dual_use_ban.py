"""Dual-use ban: goods may not go to some end uses and end users, and civil trade is hit beside them."""

from typing import Literal

import numpy as np
from pydantic import Field, field_validator, model_validator

from sim.calendar import Calendar
from sim.events.announced import AnnouncedEvent
from sim.events.destinations import share_reaching
from sim.events.event import Draw, Number, Prepared, Uncertain, quiet, spoken, triple, within
from sim.events.selection import Selection, SelectionError
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows


class DualUseBan(AnnouncedEvent):
    """Bars the share of cargo that ends with listed end uses or users, and a spillover share of the rest.

    ``selection`` says which cargo of which seller to which country is looked at. A maker of a listed use is barred whole; a
    processor for the share of its goods that goes on to such makers. Nobody gets past a refusal by ordering more: what is
    let through is at most the rest of usual trade, with some room. Refused goods stay on the seller's shelf and are offered
    to others; a refused order stays open some weeks and lapses. What waits at a licence desk, is held at customs
    or at sea when the ban starts goes on; calls under contract are refused like spot orders. At its end open orders are
    served again, in full.
    """

    kind: Literal["dual_use_ban"] = "dual_use_ban"
    barred_use: list[str] = Field(default_factory=list, description="end uses that are barred")
    barred_user: list[str] = Field(default_factory=list, description="sites of makers barred; * is any run of letters")
    spillover: Number = Field(description="share of the other, civil cargo refused as well, 0 to 1")
    room: Number = Field(
        default=Uncertain(low=1, mode=1.2, high=1.5), description="most let through over what is left of usual trade, 1 to 10"
    )
    enforcement: Number = Field(
        default=Uncertain(low=0.4, mode=0.6, high=0.8), description="enforcement against detours, 0 to 1"
    )

    @field_validator("barred_use", "barred_user", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _ranges(self) -> "DualUseBan":
        within(self.spillover, 0, 1, "spillover")
        within(self.room, 1, 10, "room")
        within(self.enforcement, 0, 1, "enforcement")
        if not self.barred_use and not self.barred_user:
            raise ValueError("barred_use: nobody is barred; name end uses here or makers in barred_user")
        return self

    def effect(self) -> str:
        barred = ", ".join([*self.barred_use, *self.barred_user])
        return (
            f"{self.selection.words('cargo')} is refused where it ends with {barred}, and so are "
            f"{spoken(self.spillover, ' %', 100)} of the rest, which is civil"
        )

    def refused(self, net: Network) -> tuple[np.ndarray, np.ndarray]:
        """Rows of the lanes looked at, and the share of each that ends with who is barred."""
        lanes = self.selection.lanes(net)
        found: list[int] = []
        for keys in ({"end_use": self.barred_use}, {"site": self.barred_user}):
            for key, names in keys.items():
                if names:
                    try:
                        found += Selection.model_validate({key: names}).needs(net).tolist()
                    except SelectionError as fault:
                        raise SelectionError("barred_use" if key == "end_use" else "barred_user", str(fault)) from None
        return lanes, share_reaching(net, np.array(found, dtype=np.int64))[net.buyer[lanes]]

    def check(self, net: Network) -> None:
        self.refused(net)

    def prepare(self, net: Network, rows: Rows, calendar: Calendar, draw: Draw) -> Prepared:
        lanes, barred = self.refused(net)
        spillover, enforced, room = (
            draw(f"events.{self.name}.{key}", triple(getattr(self, key)))[:, np.newaxis]
            for key in ("spillover", "enforcement", "room")
        )
        refused = barred + (1.0 - barred) * spillover
        usual = room * np.maximum(net.flow_at_rest, net.potential * net.use_at_rest[net.buyer])[lanes]
        strength = self.strength(calendar, draw)
        news = self.news(lanes, refused, calendar, draw, strength)

        def press(week: int) -> list[Press]:
            s = strength(week)
            if quiet(s):
                return news(week)
            # a weaker ban leaves more room; at strength 0 any amount
            most = np.where(s > 0.0, usual * (1.0 - s * refused) / np.maximum(s, 1e-9), np.inf)
            most = np.where(refused > 0.0, most, np.inf)
            return [
                Press("banned", lanes, s * refused), Press("allowance", lanes, most),
                Press("enforcement", lanes, s * enforced), *news(week),
            ]  # fmt: skip

        return self.prepared(press, strength)
