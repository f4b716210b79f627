"""Recycling support: more of the swarf of magnet makers finds its way back, after a lag and at a cost."""

from typing import Literal

import numpy as np
from pydantic import Field

from sim.events.selection import SelectionError
from sim.policies.home import known_country, some_users
from sim.policies.policy import Answer, BoundPolicy
from sim.policies.programme import Programme, Running
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows


class RecyclingSupport(Programme):
    """A share of the swarf that is lost today comes back to the makers' own shelf, for recyclers to buy.

    It grows with what magnet makers run, so it gives least when they stand still. End-of-life goods are not in it.
    """

    kind: Literal["recycling_support"] = "recycling_support"
    research_weeks: float = Field(default=26.0, ge=0, le=1040, description="weeks until plants are ordered")
    qualification_weeks: float = Field(default=52.0, ge=0, le=1040, description="weeks until they run")
    adoption_share_yr: float = Field(
        default=0.1, ge=0, le=1, description="share of all swarf brought back more, per year"
    )
    ceiling: float = Field(default=0.2, ge=0, le=1, description="largest share of all swarf brought back more")

    def effect(self) -> str:
        return f"{self.country} pays for collecting swarf, {self.when.words()}: {self.course()} of it comes back more"

    def bind(self, net: Network, rows: Rows) -> BoundPolicy:
        return _Bound(self, net, rows)


class _Bound(Running):
    def __init__(self, policy: RecyclingSupport, net: Network, rows: Rows) -> None:
        known_country(net, "country", policy.country)
        super().__init__(policy, net, rows, some_users(net, policy.country), "recycling")
        home = np.array([net.sites[s].country == policy.country for s in net.line_site], dtype=bool)
        self.lines = np.flatnonzero(home & (net.swarf_point >= 0) & (net.swarf_loop < 1.0))
        if not self.lines.size:
            raise SelectionError(
                "country", f"no plant in {policy.country} loses swarf; name a country with magnet makers"
            )

    def press(self, adopted: np.ndarray) -> Answer:
        return [Press("swarf_back", self.lines, adopted)]
