"""Re-export rule: goods of third countries fall under a control by the value of listed inputs of the origin."""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from sim.calendar import Calendar
from sim.events.event import Draw, Event, Number, Prepared, Uncertain, quiet, spoken, triple, within
from sim.events.selection import country_there
from sim.world.controls import Press
from sim.world.network import LAYERS, Network
from sim.world.rows import Rows, Scheme


class ReExportRule(Event):
    """Sellers who obey stop a share of third-country goods in which inputs of the origin reach a share of the value.

    A seller obeys or does not, drawn once per replicate and seller; whoever does not ships as before. The origin of a good
    is that of its seller's well-mixed stock in that week. Stopped goods stay on the shelf, their orders stay open some
    weeks; what waits at a desk, is held or at sea goes on; contracts are no excuse. Once the rule ends all may ship.
    """

    kind: Literal["re_export_rule"] = "re_export_rule"
    origin: str = Field(description="country whose inputs count, alpha-3; it imposes the rule")
    layer: Literal["ore", "separation", "metal", "magnet"] = Field(
        default="separation", description="what makes the origin: where it was mined, separated, made metal or magnet"
    )
    threshold: Number | None = Field(
        default=None, description="share of the product's value from which it bites, 0 to 1; none: any content at all"
    )
    stopped: Number = Field(description="share of such cargo that an obedient seller stops, 0 to 1")
    obeyed: Number = Field(
        default=Uncertain(low=0.2, mode=0.5, high=0.8), description="chance that a seller obeys, 0 to 1"
    )

    @model_validator(mode="after")
    def _ranges(self) -> "ReExportRule":
        if self.threshold is not None:
            within(self.threshold, 0, 1, "threshold")
        within(self.stopped, 0, 1, "stopped")
        within(self.obeyed, 0, 1, "obeyed")
        return self

    def effect(self) -> str:
        reach = "hold anything at all of"
        if self.threshold is not None:
            reach = f"reach {spoken(self.threshold, ' %', 100)} of the value in"
        return (
            f"sellers of third countries who obey, {spoken(self.obeyed, ' %', 100)} of them, stop "
            f"{spoken(self.stopped, ' %', 100)} of {self.selection.words('cargo')} whose inputs {reach} "
            f"{self.origin} origin ({self.layer})"
        )

    def imposed_by(self) -> str:
        return self.origin

    def _lanes(self, net: Network) -> np.ndarray:
        country_there(net, "origin", self.origin)
        lanes = self.selection.lanes(net)
        country = net.point_countries()
        return np.array([k for k in lanes if country[net.seller[k]] != self.origin], dtype=np.int64)

    def schemes(self, net: Network) -> list[Scheme]:
        lanes, layer = self._lanes(net), LAYERS.index(self.layer)
        group = net.group_of[self.origin][layer]
        return [Scheme("rule", self.name, lanes, {"layer": float(layer), "group": float(group)})]

    def prepare(self, net: Network, rows: Rows, calendar: Calendar, draw: Draw) -> Prepared:
        rule, lanes = np.array([rows.scheme_row(self.name)]), self._lanes(net)
        strength = self.strength(calendar, draw)
        threshold: np.ndarray | float = 0.0
        if self.threshold is not None:
            threshold = draw(f"events.{self.name}.threshold", triple(self.threshold))[:, np.newaxis]
        stopped = draw(f"events.{self.name}.stopped", triple(self.stopped))[:, np.newaxis]
        obeys = self._obeys(net, lanes, draw)

        def press(week: int) -> list[Press]:
            s = strength(week)
            if quiet(s):
                return []
            return [
                Press("re_export_strength", rule, s * stopped),
                Press("re_export_threshold", rule, threshold),
                Press("re_export_obeyed", lanes, obeys),
            ]

        return self.prepared(press, strength)

    def _obeys(self, net: Network, lanes: np.ndarray, draw: Draw) -> np.ndarray:
        """1 where the lane's seller obeys in this replicate, (replicate, lane).

        A seller's reluctance falls from 0 to 1 as a triangle, so it lies below 1 - sqrt(1 - p) with chance p; the same
        sellers obey first whatever the chance.
        """
        chance = draw(f"events.{self.name}.obeyed", triple(self.obeyed))
        limit = 1.0 - np.sqrt(1.0 - chance)
        names = [net.sites[net.points[p].site].name for p in net.seller[lanes]]
        drawn = {n: draw(f"events.{self.name}.reluctance.{n}", (0.0, 0.0, 1.0)) < limit for n in sorted(set(names))}
        return np.stack([drawn[n] for n in names], axis=1).astype(float)
