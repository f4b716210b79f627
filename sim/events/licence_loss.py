"""Licence loss: a plant must stop from a date, or one of its steps moves to a plant that sleeps elsewhere."""

from typing import Literal

import numpy as np
from pydantic import Field, field_validator, model_validator

from sim.calendar import Calendar
from sim.events.announced import AnnouncedEvent
from sim.events.event import Draw, Number, Prepared, Uncertain, quiet, spoken, triple, within
from sim.events.projects import projects_named
from sim.events.reach import loss_by_lane
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows


class LicenceLoss(AnnouncedEvent):
    """Takes a plant's licence, in whole or for a share of what it runs; a project may be committed to from the day it is told.

    What is on the plant's shelf, in its circuit, in queues and at sea stays its own and is sold; feed arrives and
    waits. Contracts stand and are served while stock lasts; buyers learn of it when it is announced. The project is
    decided at once whatever its value, and takes its own weeks to build. At its end the licence is back and the plant
    runs as before; a project begun goes on.
    """

    kind: Literal["licence_loss"] = "licence_loss"
    lost: Number = Field(default=Uncertain(low=1, mode=1, high=1), description="share of what it ran that stops, 0 to 1")
    moves_to: list[str] = Field(default_factory=list, description="projects committed to when it is told")

    @field_validator("moves_to", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _range(self) -> "LicenceLoss":
        within(self.lost, 0, 1, "lost")
        return self

    def effect(self) -> str:
        moved = f"; {', '.join(self.moves_to)} is committed to in its stead" if self.moves_to else ""
        return (
            f"plants lose their licence for {spoken(self.lost, ' %', 100)} of what they ran: "
            f"{self.selection.words('plants')}{moved}"
        )

    def check(self, net: Network) -> None:
        self.selection.lines(net)
        projects_named(net, self.moves_to, "moves_to")

    def prepare(self, net: Network, rows: Rows, calendar: Calendar, draw: Draw) -> Prepared:
        lines, projects = self.selection.lines(net), projects_named(net, self.moves_to, "moves_to")
        lost = draw(f"events.{self.name}.lost", triple(self.lost))[:, np.newaxis]
        strength = self.strength(calendar, draw)
        loss = loss_by_lane(net, rows, lines, np.ones(lines.size))
        lanes = np.flatnonzero(loss > 0.0)
        news = self.news(lanes, lost * loss[lanes], calendar, draw, strength)
        told = calendar.position(self.announced or self.start)
        over = calendar.position(self.end) if self.end is not None else np.inf

        def press(week: int) -> list[Press]:
            s, pressed = strength(week), news(week)
            if not quiet(s):
                pressed.append(Press("capacity", lines, 1.0 - s * lost))
            if told < week + 1.0 and week < over and projects.size and not quiet(strength.intensity):
                pressed.append(Press("committed", projects, np.where(strength.intensity > 0.0, 1.0, 0.0)))
            return pressed

        return self.prepared(press, strength)
