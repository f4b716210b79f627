"""Production quota: a country lets mines, or separators, make so much a period and no more."""

from itertools import pairwise
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from sim.calendar import Calendar
from sim.events.event import Day, Draw, Event, Number, Prepared, Uncertain, quiet, spoken, triple, within
from sim.events.export_quota import Period, apart, inside, periods_turn
from sim.events.reach import loss_by_lane
from sim.events.selection import SelectionError
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows


class ProductionQuota(Event):
    """Plants share the quantity of a period by what they ran at the start; what they do not report goes on beside it.

    A smaller quantity, once published, is feared by all who buy what comes of it. A quantity is spread evenly over its
    weeks; what is not made in one cannot be made up in another. Only making is bound: goods on the shelf, in queues and
    at sea are sold, feed waits, and contracts are served first while stock lasts. Between two periods, and after the
    end of the last, plants run as they like.
    """

    kind: Literal["production_quota"] = "production_quota"
    periods: list[Period] = Field(min_length=1, description="quantities, t of contained oxide")
    reported: Number = Field(
        default=Uncertain(low=0.8, mode=0.9, high=1), description="share of output that is reported; the rest goes on beside the quota, 0.05 to 1"
    )
    imported_feed: bool = Field(default=True, description="separation of imported feed counts as well")
    credibility: Number = Field(default=Uncertain(low=0.3, mode=0.5, high=0.8), description="0 to 1")
    horizon_weeks: Number = Field(
        default=Uncertain(low=13, mode=20, high=26), description="weeks over which buyers cover ahead of a dated cut"
    )

    @model_validator(mode="after")
    def _ranges(self) -> "ProductionQuota":
        apart(self.periods)
        inside(self, self.periods)
        within(self.reported, 0.05, 1, "reported")
        within(self.credibility, 0, 1, "credibility")
        within(self.horizon_weeks, 1, 104, "horizon_weeks")
        return self

    def turns(self) -> dict[Day, str]:
        return periods_turn(self.periods)

    def effect(self) -> str:
        quantities = ", ".join(f"{p.start} {p.tonnes:,.0f} t" for p in self.periods)
        feed = "" if self.imported_feed else ", imported feed aside"
        return (
            f"{self.selection.words('plants')} may make, in t of oxide{feed}: {quantities}; "
            f"{spoken(self.reported, ' %', 100)} of their output is reported"
        )

    def lines(self, net: Network) -> np.ndarray:
        """Plants bound by it."""
        lines = self.selection.lines(net)
        if not self.imported_feed:
            own = [net.group_of[net.sites[net.line_site[k]].country][0] for k in lines]
            feed = net.feed[lines, 0]
            home = net.ore_at_rest()[np.maximum(feed, 0), own]
            lines = lines[(feed < 0) | (home >= 0.5)]
        running = lines[net.run_at_rest[lines] > 0.0]
        if not running.size:
            raise SelectionError("selection", "matches no plant that runs at the start; widen it")
        return np.asarray(running)

    def check(self, net: Network) -> None:
        self.lines(net)

    def prepare(self, net: Network, rows: Rows, calendar: Calendar, draw: Draw) -> Prepared:
        lines = self.lines(net)
        strength = self.strength(calendar, draw)
        reported, credibility, horizon = (
            draw(f"events.{self.name}.{key}", triple(getattr(self, key)))[:, np.newaxis]
            for key in ("reported", "credibility", "horizon_weeks")
        )
        ran = net.run_at_rest[lines]
        spans = [(calendar.position(p.start), calendar.position(p.end), p) for p in self.periods]
        cuts = self._cuts(net, rows, lines, calendar)

        def press(week: int) -> list[Press]:
            s = strength(week)
            if quiet(s):
                return []
            pressed = []
            for first, last, p in spans:
                if first <= week < last:
                    share = p.tonnes / (last - first) / ran.sum()
                    # a weak quota is a larger one, as is one that part of the output does not count against
                    held = np.maximum(s * reported, 1e-9)
                    pressed.append(Press("run_cap", lines, np.where(s > 0.0, ran * share / held, np.inf)))
            for told, lanes, loss in cuts:
                fresh = np.maximum(1.0 - (week - told) / horizon, 0.0)
                if week >= told and (fresh > 0.0).any():
                    pressed.append(Press("announced", lanes, s * credibility * fresh * loss))
            return pressed

        return self.prepared(press, strength)

    def _cuts(
        self, net: Network, rows: Rows, lines: np.ndarray, calendar: Calendar
    ) -> list[tuple[float, np.ndarray, np.ndarray]]:
        """Weeks in which a smaller quantity is published, the cargo it reaches, and by what share."""
        rates = [net.run_at_rest[lines].sum(), *(p.tonnes / ((p.end - p.start).days / 7.0) for p in self.periods)]
        found = []
        for (before, after), p in zip(pairwise(rates), self.periods, strict=True):
            if after < before and p.announced is not None:
                loss = loss_by_lane(net, rows, lines, np.full(lines.size, 1.0 - after / before))
                lanes = np.flatnonzero(loss > 0.0)
                found.append((calendar.position(p.announced), lanes, loss[lanes]))
        return found
