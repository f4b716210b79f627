"""Export quota: permits by product gross weight per period, lapsing at its end."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.calendar import Calendar
from sim.events.event import Day, Draw, Event, Misplaced, Number, Prepared, Uncertain, quiet, spoken, triple, within
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows, Scheme


class Period(BaseModel):
    """One period of a quota: permits hold from its start to its end."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    start: Day = Field(description="first day, YYYY-MM-DD")
    end: Day = Field(description="day after the last")
    tonnes: float = Field(gt=0, description="t: gross weight of product for exports, contained oxide for output")
    announced: Day | None = Field(default=None, description="day the quantity was published")

    @model_validator(mode="after")
    def _in_order(self) -> "Period":
        if self.end <= self.start:
            raise ValueError(f"end {self.end} is not after start {self.start}; write a later end")
        return self


def periods_turn(periods: list[Period]) -> dict[Day, str]:
    """Days on which a period begins, or ends with none after it at once."""
    return {p.end: "no period" for p in periods} | {p.start: f"{p.tonnes:,.0f} t" for p in periods}


def apart(periods: list[Period]) -> None:
    """Refuse periods that overlap."""
    for n, (before, after) in enumerate(pairwise(periods), 1):
        if after.start < before.end:
            told = f"periods overlap: {after.start} is before {before.end}; start it when the one before ends, or later"
            raise Misplaced(("periods", n, "start"), told)


def inside(event: Event, periods: list[Period]) -> None:
    """Refuse periods that never meet their event, its fading included: they would bind nothing."""
    last = event.end + timedelta(weeks=event.fade_weeks) if event.end is not None else date.max
    for n, period in enumerate(periods):
        if period.end <= event.start or period.start >= last:
            told = f"period {period.start} to {period.end} lies outside its event, {event.dates()}"
            key = "start" if period.end <= event.start else "end"
            raise Misplaced(("periods", n), f"{told}; move or drop it, or {key} the event on {getattr(period, key)}")


class ExportQuota(Event):
    """Quantities by period. A cut, once published, moves orders at once, because buyers cover ahead of it.

    Some cargo may need no permit, for codes and kinds of trade that the quota leaves out; the rest competes for permits.
    Cargo needs its permit when it leaves the shelf, so what waits at a licence desk, is held or at sea when a period
    starts goes on. Cargo without a permit stays on the shelf, its order open for some weeks; calls under contract get
    no more permits than spot orders. Permits of a period that nobody used lapse at its end, or at the year's where they hold
    for the year; between two periods, and after the last, none is needed, open orders are served, and the price of permits
    fades.
    """

    kind: Literal["export_quota"] = "export_quota"
    periods: list[Period] = Field(min_length=1, description="quantities by period, t gross weight")
    valid: Literal["period", "year"] = Field(
        default="period", description="how long permits hold: their period, or the calendar year, into its next period"
    )
    credibility: Number = Field(default=Uncertain(low=0.3, mode=0.5, high=0.8), description="0 to 1")
    horizon_weeks: Number = Field(
        default=Uncertain(low=13, mode=20, high=26), description="weeks over which buyers cover ahead of a dated cut"
    )
    enforcement: Number = Field(
        default=Uncertain(low=0, mode=0, high=0), description="enforcement against detours past the quota, 0 to 1"
    )
    outside: Number = Field(
        default=Uncertain(low=0, mode=0, high=0),
        description="cargo that the quota leaves out, such as ferro-alloys and processing trade, over normal flow, 0 to 1",
    )
    outside_until: Day | None = Field(default=None, description="day from which that needs a permit too; never if left out")

    @model_validator(mode="after")
    def _apart(self) -> "ExportQuota":
        apart(self.periods)
        inside(self, self.periods)
        within(self.credibility, 0, 1, "credibility")
        within(self.enforcement, 0, 1, "enforcement")
        within(self.outside, 0, 1, "outside")
        if self.outside_until is not None and self.outside.high == 0.0:
            raise ValueError("outside_until says when outside ends, but outside is 0; give its share or leave the day out")
        within(self.horizon_weeks, 1, 104, "horizon_weeks")
        return self

    def turns(self) -> dict[Day, str]:
        return periods_turn(self.periods)

    def effect(self) -> str:
        quantities = ", ".join(f"{p.start} {p.tonnes:,.0f} t" for p in self.periods)
        text = f"exports of {self.selection.words('cargo')} need permits by gross weight: {quantities}"
        if self.enforcement.high > 0.0:
            text += f"; {spoken(self.enforcement, ' %', 100)} of detours past it are stopped"
        if self.valid == "year":
            text += "; those left in a period hold until the end of the year"
        if self.outside.high > 0.0:
            until = f" until {self.outside_until}" if self.outside_until else ""
            text += f"; {spoken(self.outside, ' %', 100)} of normal flow needs none{until}"
        return text

    def schemes(self, net: Network) -> list[Scheme]:
        return [Scheme("pool", self.name, self.selection.lanes(net))]

    def prepare(self, net: Network, rows: Rows, calendar: Calendar, draw: Draw) -> Prepared:
        lanes = self.selection.lanes(net)
        pool = np.array([rows.scheme_row(self.name)])
        strength = self.strength(calendar, draw)
        credibility = draw(f"events.{self.name}.credibility", triple(self.credibility))[:, np.newaxis]
        horizon = draw(f"events.{self.name}.horizon_weeks", triple(self.horizon_weeks))[:, np.newaxis]
        enforced = draw(f"events.{self.name}.enforcement", triple(self.enforcement))[:, np.newaxis]
        outside = draw(f"events.{self.name}.outside", triple(self.outside))[:, np.newaxis]
        closes = calendar.position(self.outside_until) if self.outside_until else np.inf
        cuts = self._cuts(calendar)
        bounds = [
            (p.tonnes, int(np.ceil(calendar.position(p.start))), int(np.ceil(calendar.position(p.end))), self._goes_on(n))
            for n, p in enumerate(self.periods)
        ]

        def press(week: int) -> list[Press]:
            s = strength(week)
            pressed: list[Press] = []
            for permitted, first, last, goes_on in bounds:
                if first <= week < last and not quiet(s):
                    # a weaker quota is a larger one; at strength 0 it does not bind
                    # of its intensity alone: a part of a week at either end is no larger quota for the period
                    power = strength.intensity * (1.0 - strength.eased)
                    tonnes = np.where(power > 0.0, permitted / np.maximum(power, 1e-9), np.inf)
                    began = max(first, 0)
                    part = (last - began) / (last - first)
                    pressed += [
                        Press("permits", pool, tonnes * part),
                        Press("period_start", pool, float(began)),
                        Press("period_end", pool, float(last)),
                    ]
                    if goes_on:
                        pressed.append(Press("permits_kept", pool, power))
                    if self.enforcement.high > 0.0:
                        pressed.append(Press("enforcement", lanes, power * enforced))
                    if self.outside.high > 0.0 and week < closes:
                        pressed.append(Press("outside_quota", lanes, outside * min(closes - week, 1.0)))
            for told, cut in cuts:
                if week >= told:
                    left = np.maximum(1.0 - (week - told) / horizon, 0.0)
                    if (left > 0.0).any():
                        pressed.append(
                            Press("announced", lanes, cut * credibility * left * (s if not quiet(s) else 0.0))
                        )
            return pressed

        return self.prepared(press, strength)

    def _goes_on(self, n: int) -> bool:
        """Whether permits left from the period before still hold in a period."""
        before, now = (self.periods[n - 1], self.periods[n]) if n else (None, self.periods[0])
        return self.valid == "year" and before is not None and before.end == now.start and before.start.year == now.start.year

    def _cuts(self, calendar: Calendar) -> list[tuple[int, float]]:
        """Weeks in which a smaller quantity is published, and by how much it is smaller at a yearly rate."""
        found = []
        rates = [p.tonnes / ((p.end - p.start).days / 7.0) for p in self.periods]
        for before, after, p in zip(rates, rates[1:], self.periods[1:], strict=False):
            if after < before and p.announced is not None:
                found.append((int(calendar.position(p.announced) // 1), 1.0 - after / before))
        return found
