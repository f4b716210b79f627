"""Change of control: whoever buys a site directs its offer to one country and stops its money."""

from typing import Literal

import numpy as np
from pydantic import Field, field_validator, model_validator

from sim.calendar import Calendar
from sim.events.announced import AnnouncedEvent
from sim.events.event import Draw, Number, Prepared, Uncertain, quiet, spoken, triple, within
from sim.events.projects import projects_named
from sim.events.selection import country_there
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows


class ChangeOfControl(AnnouncedEvent):
    """One country's buyers are served first by the site, a share is withheld from all others, its projects get no money.

    Withheld goods stay on the shelf for the favoured buyers; orders of others stay open some weeks and lapse. What
    waits at a desk, is held or at sea goes on. Contracts with others are cut by the withheld share, those with the
    favoured country are kept. Building stops where it stands while the money does; what is built keeps running. At its
    end all buyers are served alike again and building goes on.
    """

    kind: Literal["change_of_control"] = "change_of_control"
    favours: str = Field(description="country whose buyers are served first, alpha-3")
    withheld: Number = Field(description="share of other buyers' orders that is refused, 0 to 1")
    projects: list[str] = Field(default_factory=list, description="projects whose finance stops; * is any run of letters")
    unfunded: Number = Field(
        default=Uncertain(low=1, mode=1, high=1), description="share of the money and of the building that stops, 0 to 1"
    )

    @field_validator("projects", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _ranges(self) -> "ChangeOfControl":
        within(self.withheld, 0, 1, "withheld")
        within(self.unfunded, 0, 1, "unfunded")
        if not self.selection.site:
            raise ValueError("selection.site is missing; name the sites that change hands")
        return self

    def effect(self) -> str:
        money = f"; {spoken(self.unfunded, ' %', 100)} of the money of {', '.join(self.projects)} stops"
        return (
            f"{self.selection.words('sites')} serve buyers in {self.favours} first and refuse "
            f"{spoken(self.withheld, ' %', 100)} of what others order{money if self.projects else ''}"
        )

    def lanes(self, net: Network) -> tuple[np.ndarray, np.ndarray]:
        """Rows of the sites' lanes to the favoured country, and to all others."""
        country_there(net, "favours", self.favours)
        lanes = self.selection.lanes(net, crossing=False)
        country = net.point_countries()
        mine = np.array([country[net.buyer[k]] == self.favours for k in lanes])
        return lanes[mine], lanes[~mine]

    def check(self, net: Network) -> None:
        self.lanes(net)
        projects_named(net, self.projects, "projects")

    def prepare(self, net: Network, rows: Rows, calendar: Calendar, draw: Draw) -> Prepared:
        favoured, others = self.lanes(net)
        projects = projects_named(net, self.projects, "projects")
        withheld, unfunded = (
            draw(f"events.{self.name}.{key}", triple(getattr(self, key)))[:, np.newaxis] for key in ("withheld", "unfunded")
        )
        strength = self.strength(calendar, draw)
        news = self.news(others, withheld, calendar, draw, strength)

        def press(week: int) -> list[Press]:
            s = strength(week)
            if quiet(s):
                return news(week)
            stopped = s * unfunded
            return [
                Press("priority", favoured, np.where(s > 0.0, 1.0, 0.0)),
                Press("banned", others, s * withheld),
                Press("slowed", projects, stopped),
                Press("dearer", projects, 1.0 / np.maximum(1.0 - stopped, 1e-9)),
                *news(week),
            ]

        return self.prepared(press, strength)
