"""Re-export rule: goods of third countries fall under a control by the value of listed inputs of the origin."""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from sim.calendar import Calendar
from sim.events.event import Draw, Event, Number, Prepared, Uncertain, quiet, spoken, triple, within
from sim.events.selection import SelectionError
from sim.world.controls import Press
from sim.world.network import TAGS, Network
from sim.world.rows import Rows, Scheme


class ReExportRule(Event):
    """Stops a share of third-country goods in which inputs of the origin reach a share of the value."""

    kind: Literal["re_export_rule"] = "re_export_rule"
    origin: str = Field(description="country whose inputs count, alpha-3")
    tag: Literal["mining", "separation"] = Field(default="separation", description="what makes the origin")
    threshold: Number = Field(description="share of the product's value from which it bites, 0 to 1")
    stopped: Number = Field(description="share of such cargo that is stopped, 0 to 1")
    obeyed: Number = Field(default=Uncertain(low=0.2, mode=0.5, high=0.8), description="share of sellers who obey")

    @model_validator(mode="after")
    def _ranges(self) -> "ReExportRule":
        within(self.threshold, 0, 1, "threshold")
        within(self.stopped, 0, 1, "stopped")
        within(self.obeyed, 0, 1, "obeyed")
        return self

    def effect(self) -> str:
        return (
            f"{spoken(self.stopped, ' %', 100)} of {self.selection.words('cargo')} is stopped where inputs from "
            f"{self.origin} ({self.tag}) reach {spoken(self.threshold, ' %', 100)} of its value"
        )

    def _lanes(self, net: Network) -> np.ndarray:
        if self.origin not in net.countries:
            raise SelectionError("origin", f"{self.origin!r} is no country of this world; write an alpha-3 code")
        lanes = self.selection.lanes(net)
        country = net.point_countries()
        return np.array([k for k in lanes if country[net.seller[k]] != self.origin], dtype=np.int64)

    def schemes(self, net: Network) -> list[Scheme]:
        tag = TAGS.index(self.tag)
        group = net.group_of[self.origin][tag]
        return [Scheme("rule", self.name, self._lanes(net), {"tag": float(tag), "group": float(group)})]

    def prepare(self, net: Network, rows: Rows, calendar: Calendar, draw: Draw) -> Prepared:
        rule = np.array([rows.scheme_row(self.name)])
        strength = self.strength(calendar, draw)
        threshold = draw(f"events.{self.name}.threshold", triple(self.threshold))[:, np.newaxis]
        stopped = draw(f"events.{self.name}.stopped", triple(self.stopped))[:, np.newaxis]
        obeyed = draw(f"events.{self.name}.obeyed", triple(self.obeyed))[:, np.newaxis]

        def press(week: int) -> list[Press]:
            s = strength(week)
            if quiet(s):
                return []
            return [
                Press("re_export_strength", rule, s * stopped * obeyed),
                Press("re_export_threshold", rule, threshold),
            ]

        return self.prepared(press, strength)
