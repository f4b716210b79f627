"""Announced measures: what is made known moves orders before any cargo is short."""

from collections.abc import Callable
from typing import Any

import numpy as np
from pydantic import Field, model_validator

from sim.calendar import Calendar
from sim.events.event import Day, Draw, Event, Number, Strength, Uncertain, quiet, triple, within
from sim.world.controls import Press


class AnnouncedEvent(Event):
    """An event that is published: buyers it concerns cover ahead for some weeks, as far as they believe it."""

    announced: Day | None = Field(default=None, description="day it was made known; its start if left out")
    credibility: Number = Field(
        default=Uncertain(low=0.2, mode=0.4, high=0.7), description="how far buyers believe it, 0 to 1; 0 for a secret"
    )
    horizon_weeks: Number = Field(
        default=Uncertain(low=13, mode=20, high=26), description="weeks the news moves orders, 1 to 104"
    )

    @model_validator(mode="after")
    def _believable(self) -> "AnnouncedEvent":
        within(self.credibility, 0, 1, "credibility")
        within(self.horizon_weeks, 1, 104, "horizon_weeks")
        return self

    def dates(self) -> str:
        """When it holds, and from when it is known, in words."""
        return super().dates() + (f", known from {self.announced}" if self.announced is not None else "")

    def news(
        self, lanes: np.ndarray, loss: Any, calendar: Calendar, draw: Draw, strength: Strength
    ) -> Callable[[int], list[Press]]:
        """What is feared each week: the loss expected on the lanes, fading with the news and over when the event is."""
        credibility, horizon = (
            draw(f"events.{self.name}.{key}", triple(getattr(self, key)))[:, np.newaxis]
            for key in ("credibility", "horizon_weeks")
        )
        told = calendar.position(self.announced or self.start)
        over = calendar.position(self.end) if self.end is not None else np.inf

        def press(week: int) -> list[Press]:
            fresh = np.clip(1.0 - (week - told) / horizon, 0.0, 1.0)
            power = strength.intensity * (1.0 - strength.eased) * credibility * fresh
            if week + 1.0 <= told or week >= over or not lanes.size or quiet(power):
                return []
            return [Press("announced", lanes, power * loss)]

        return press
