"""Plant outage: capacity that is lost, not decided."""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from sim.calendar import Calendar
from sim.events.event import Day, Draw, Event, Number, Prepared, Uncertain, quiet, spoken, triple, within
from sim.events.reach import loss_by_lane
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows


class PlantOutage(Event):
    """Takes a share of the capacity of plants: an accident, a crackdown, a closed border to a mine.

    The share is of what a plant ran, so idle capacity does not make up for it. Goods on its shelf, in queues and at sea are
    its own and are sold; feed arrives and waits, and what is inside its circuit stays there. Contracts stand and are served
    first while stock lasts. At its end the plant may run as before at once.
    """

    kind: Literal["plant_outage"] = "plant_outage"
    lost: Number = Field(description="share of what the plants ran that is lost, 0 to 1")
    announced: Day | None = Field(default=None, description="day it was made known; none: it is only felt")
    credibility: Number = Field(default=Uncertain(low=0.3, mode=0.5, high=0.8), description="0 to 1")
    horizon_weeks: Number = Field(default=Uncertain(low=13, mode=20, high=26), description="weeks the news moves orders")

    @model_validator(mode="after")
    def _range(self) -> "PlantOutage":
        within(self.lost, 0, 1, "lost")
        within(self.credibility, 0, 1, "credibility")
        within(self.horizon_weeks, 1, 104, "horizon_weeks")
        return self

    def effect(self) -> str:
        told = f", made known on {self.announced}" if self.announced is not None else ""
        return f"plants lose {spoken(self.lost, ' %', 100)} of what they ran{told}: {self.selection.words('plants')}"

    def check(self, net: Network) -> None:
        self.selection.lines(net)

    def prepare(self, net: Network, rows: Rows, calendar: Calendar, draw: Draw) -> Prepared:
        lines = self.selection.lines(net)
        lost = draw(f"events.{self.name}.lost", triple(self.lost))[:, np.newaxis]
        strength = self.strength(calendar, draw)
        credibility, horizon = (
            draw(f"events.{self.name}.{key}", triple(getattr(self, key)))[:, np.newaxis]
            for key in ("credibility", "horizon_weeks")
        )
        loss = loss_by_lane(net, rows, lines, np.ones(lines.size)) if self.announced is not None else np.zeros(0)
        lanes = np.flatnonzero(loss > 0.0)
        told = calendar.position(self.announced) if self.announced is not None else 0.0

        def press(week: int) -> list[Press]:
            pressed = []
            s = strength(week)
            if not quiet(s):
                pressed.append(Press("capacity", lines, 1.0 - s * lost))
            fresh = np.maximum(1.0 - (week - told) / horizon, 0.0)
            if lanes.size and week >= told and (fresh > 0.0).any():
                power = strength.intensity * (1.0 - strength.eased)
                pressed.append(Press("announced", lanes, power * lost * credibility * fresh * loss[lanes]))
            return pressed

        return self.prepared(press, strength)
