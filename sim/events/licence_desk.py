"""Licence desk: every cargo of listed goods waits for a decision."""

from itertools import pairwise
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.calendar import Calendar
from sim.events.event import Day, Draw, Event, Number, Prepared, Uncertain, quiet, spoken, triple, within
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows, Scheme

RANGES = {
    "licence_days": (0, 1000), "intake_days": (0, 1000), "denied": (0, 1), "exempt": (0, 1), "scope": (0, 1),
    "validity_weeks": (1, 520), "tonnes_per_week": (0, 1e6), "credibility": (0, 1), "horizon_weeks": (1, 104),
}  # fmt: skip
"""Bounds of every number of a desk, and of its steps."""
SHARES = {"denied": "refused", "exempt": "under general licences", "scope": "of it covered"}
SHARES_NEUTRAL = {"denied": 0.0, "exempt": 0.0, "scope": 1.0}


class Step(BaseModel):
    """From a date on the desk works otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    start: Day = Field(description="first day, YYYY-MM-DD")
    licence_days: Number | None = Field(default=None, description="working days to a decision")
    denied: Number | None = Field(default=None, description="share refused, 0 to 1")
    exempt: Number | None = Field(default=None, description="share under general licences, 0 to 1")
    scope: Number | None = Field(default=None, description="share of the cargo the control covers, 0 to 1")


class LicenceDesk(Event):
    """Goods are reserved from application to decision: papers first, then a decision at the desk's speed.

    A faster desk decides at once what has piled up. Denied goods go back to the seller's shelf, and their buyer must order
    again. Goods at the desk are off the shelf, stay the seller's and count as on order. What is held at the border or at sea
    when it starts goes on without a licence; calls under contract apply like spot orders. At its end new cargo ships at once,
    and what waits is let go within two weeks, none of it denied.
    """

    kind: Literal["licence_desk"] = "licence_desk"
    licence_days: Number = Field(description="working days to a decision, 0 or more")
    intake_days: Number = Field(
        default=Uncertain(low=5, mode=10, high=20), description="working days until papers are complete"
    )
    denied: Number = Field(default=Uncertain(low=0, mode=0, high=0), description="share refused, 0 to 1")
    exempt: Number = Field(default=Uncertain(low=0, mode=0, high=0), description="share under general licences")
    scope: Number = Field(default=Uncertain(low=1, mode=1, high=1), description="share of the cargo covered, 0 to 1")
    validity_weeks: Number | None = Field(
        default=None, description="weeks for which a licence holds; cargo held longer goes back to the desk; none: no end"
    )
    tonnes_per_week: Number | None = Field(
        default=None, description="most the desk decides in a week, t gross; none: as much as is due"
    )
    announced: bool = Field(default=True, description="buyers know of it when it starts")
    credibility: Number = Field(default=Uncertain(low=0.2, mode=0.4, high=0.7), description="0 to 1")
    horizon_weeks: Number = Field(
        default=Uncertain(low=13, mode=20, high=26), description="weeks the news moves orders"
    )
    steps: list[Step] = Field(default_factory=list, description="changes of the desk by date")

    @model_validator(mode="after")
    def _ranges(self) -> "LicenceDesk":
        for key, (low, high) in RANGES.items():
            number = getattr(self, key)
            if number is not None:
                within(number, low, high, key)
            for step in self.steps:
                changed = getattr(step, key, None)
                if changed is not None:
                    within(changed, low, high, f"steps: {key}")
        for before, after in pairwise(self.steps):
            if after.start <= before.start:
                raise ValueError(f"steps: {after.start} is not after {before.start}; write them in order")
        return self

    def turns(self) -> dict[Day, str]:
        return {step.start: "changed" for step in self.steps}

    def effect(self) -> str:
        text = (
            f"{self.selection.words('cargo')} needs a licence: {spoken(self.intake_days)} working days for papers, "
            f"{spoken(self.licence_days)} to a decision"
        )
        for key, words in SHARES.items():
            number = getattr(self, key)
            if (number.low, number.high) != (SHARES_NEUTRAL[key],) * 2:
                text += f", {spoken(number, ' %', 100)} {words}"
        if self.tonnes_per_week is not None:
            text += f", at most {spoken(self.tonnes_per_week, ' t')} decided a week"
        if self.validity_weeks is not None:
            text += f", valid for {spoken(self.validity_weeks)} weeks"
        for step in self.steps:
            days = [f"{spoken(step.licence_days)} to a decision"] if step.licence_days is not None else []
            shares = [f"{spoken(getattr(step, k), ' %', 100)} {w}" for k, w in SHARES.items() if getattr(step, k) is not None]
            text += f"; from {step.start} {', '.join(days + shares)}"
        return text

    def schemes(self, net: Network) -> list[Scheme]:
        return [Scheme("desk", self.name, self.selection.lanes(net))]

    def prepare(self, net: Network, rows: Rows, calendar: Calendar, draw: Draw) -> Prepared:
        lanes = self.selection.lanes(net)
        desk = np.array([rows.scheme_row(self.name)])
        strength = self.strength(calendar, draw)

        def drawn(key: str, number: Uncertain) -> np.ndarray:
            return draw(f"events.{self.name}.{key}", triple(number))[:, np.newaxis]

        first = {k: drawn(k, getattr(self, k)) for k in ("licence_days", "denied", "exempt", "scope")}
        intake = drawn("intake_days", self.intake_days) / 5.0
        later = []
        for n, step in enumerate(self.steps):
            changed = {k: drawn(f"steps.{n}.{k}", v) for k, v in step if isinstance(v, Uncertain)}
            later.append((calendar.position(step.start), changed))
        valid = drawn("validity_weeks", self.validity_weeks) if self.validity_weeks is not None else None
        most = drawn("tonnes_per_week", self.tonnes_per_week) if self.tonnes_per_week is not None else None
        told = calendar.position(self.start)
        credibility, horizon = drawn("credibility", self.credibility), drawn("horizon_weeks", self.horizon_weeks)

        def press(week: int) -> list[Press]:
            s = strength(week)
            if quiet(s):
                return []
            now = dict(first)
            for at, changed in later:
                if week >= at:
                    now.update(changed)
            pressed = [
                Press("desk_scope", lanes, s * now["scope"]),
                Press("exempt", lanes, now["exempt"]),
                Press("denied", lanes, s * now["denied"]),
                Press("phase_weeks", desk, now["licence_days"] / 5.0),
                Press("intake_weeks", desk, intake),
            ]
            if most is not None:
                pressed.append(Press("desk_rate", desk, np.where(s > 0.0, most, np.inf)))
            if valid is not None:
                pressed.append(Press("validity_weeks", lanes, np.where(s > 0.0, valid, np.inf)))
            fresh = np.maximum(1.0 - (week - told) / horizon, 0.0)
            if self.announced and (fresh > 0.0).any():
                pressed.append(Press("announced", lanes, s * credibility * fresh))
            return pressed

        return self.prepared(press, strength)
