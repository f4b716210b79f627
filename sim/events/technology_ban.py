"""Technology ban: know-how and equipment for plants elsewhere may not leave, so they take longer and cost more."""

from typing import Literal

import numpy as np
from pydantic import Field, field_validator, model_validator

from sim.calendar import Calendar
from sim.events.event import Draw, Event, Number, Prepared, quiet, spoken, triple, within
from sim.events.projects import projects_named, projects_outside
from sim.events.selection import SelectionError, country_there
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows


class TechnologyBan(Event):
    """Stretches the building of plants outside the country and raises what those not yet decided cost.

    Goods on the shelf, in queues, at sea and under contract are untouched, as are plants that stand. A plant being built
    loses part of each week; one not decided must be worth the higher cost. At its end building goes on at its old pace;
    what was lost stays lost.
    """

    kind: Literal["technology_ban"] = "technology_ban"
    imposed_in: str = Field(description="country whose know-how is banned from leaving, alpha-3")
    build_factor: Number = Field(description="weeks to build over what they were, 1 to 10")
    cost_factor: Number = Field(description="capital cost over what it was, 1 to 10")
    projects: list[str] = Field(
        default_factory=list, description="projects hit, * is any run of letters; all outside the country if left out"
    )

    @field_validator("projects", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _ranges(self) -> "TechnologyBan":
        within(self.build_factor, 1, 10, "build_factor")
        within(self.cost_factor, 1, 10, "cost_factor")
        return self

    def effect(self) -> str:
        which = ", ".join(self.projects) or f"plants planned outside {self.imposed_in}"
        return (
            f"{which} take {spoken(self.build_factor)} times as long to build and cost {spoken(self.cost_factor)} times as "
            f"much without know-how from {self.imposed_in}"
        )

    def imposed_by(self) -> str:
        return self.imposed_in

    def rows(self, net: Network) -> np.ndarray:
        """Rows of the projects hit."""
        country_there(net, "imposed_in", self.imposed_in)
        outside = projects_outside(net, self.imposed_in)
        if self.projects:
            outside = np.intersect1d(outside, projects_named(net, self.projects, "projects"))
        if not outside.size:
            raise SelectionError("projects", f"nothing is planned outside {self.imposed_in} in this start; drop the event")
        return outside

    def check(self, net: Network) -> None:
        self.rows(net)

    def prepare(self, net: Network, rows: Rows, calendar: Calendar, draw: Draw) -> Prepared:
        projects = self.rows(net)
        longer, dearer = (
            draw(f"events.{self.name}.{key}", triple(getattr(self, key)))[:, np.newaxis]
            for key in ("build_factor", "cost_factor")
        )
        strength = self.strength(calendar, draw)

        def press(week: int) -> list[Press]:
            s = strength(week)
            if quiet(s):
                return []
            return [
                Press("slowed", projects, 1.0 - 1.0 / (1.0 + s * (longer - 1.0))),
                Press("dearer", projects, 1.0 + s * (dearer - 1.0)),
            ]

        return self.prepared(press, strength)
