"""Recycling support: swarf of magnet makers, and magnets of goods at their end, find their way back, after a lag and at a cost."""

from typing import Literal

import numpy as np
from pydantic import Field

from sim.events.selection import SelectionError
from sim.policies.home import known_country, some_users, total
from sim.policies.policy import Answer, BoundPolicy, Memory
from sim.policies.programme import Programme, Running
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows
from sim.world.signals import Signals

MOST_OVER = 4.0
"""Most by which recyclers are widened, over what they ran (assumed)."""


class RecyclingSupport(Programme):
    """A share of the swarf that is lost today comes back to the makers' own shelf, for recyclers to buy.

    That loop is fast and grows with what magnet makers run, so it gives least when they stand still. The slow one brings back
    magnets of goods at their end, as much as was sold a life ago, whatever runs now; grants and research pay for both.
    """

    kind: Literal["recycling_support"] = "recycling_support"
    research_weeks: float = Field(default=26.0, ge=0, le=1040, description="weeks until plants are ordered")
    qualification_weeks: float = Field(default=52.0, ge=0, le=1040, description="weeks until they run")
    adoption_share_yr: float = Field(
        default=0.1, ge=0, le=1, description="share of all swarf brought back more, per year"
    )
    ceiling: float = Field(default=0.2, ge=0, le=1, description="largest share of all swarf brought back more")
    end_of_life_share_yr: float = Field(
        default=0.02, ge=0, le=1, description="share of magnets in goods at their end collected more, per year"
    )
    end_of_life_ceiling: float = Field(
        default=0.1, ge=0, le=1, description="largest share of magnets in goods at their end that is collected"
    )

    def effect(self) -> str:
        return (
            f"{self.country} pays for recycling, {self.when.words()}: {self.course()} of swarf comes back more, and of the magnets "
            f"in goods at their end {100 * self.end_of_life_share_yr:g} % a year more are collected, up to "
            f"{100 * self.end_of_life_ceiling:g} %"
        )

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

        self.policy = policy
        at = net.point_countries()
        goods = np.array([at[p] == policy.country for p in net.need_point], dtype=bool)
        self.goods = np.flatnonzero(goods & (net.scrap_point >= 0))

        feeds = np.array([p >= 0 and net.products[net.points[p].product].stage == "swarf" for p in net.feed[:, 0]], dtype=bool)
        self.recyclers = np.flatnonzero(feeds & home)
        self.shelves = [self._shelves(int(k)) for k in self.recyclers]

    def _shelves(self, line: int) -> np.ndarray:
        """Stock points at home that sell what a recycler takes."""
        net = self.net
        product, at = net.points[net.feed[line, 0]].product, net.point_countries()
        return np.array(
            [k for k, p in enumerate(net.points) if p.product == product and p.role == "sold" and at[k] == self.country],
            dtype=np.int64,
        )

    def _pushed(self, signals: Signals, begun: np.ndarray) -> Answer:
        """Recyclers are widened and run for what lies on makers' shelves beyond what usually does: feed drives them, not orders."""
        answer: Answer = []
        for line, shelves in zip(self.recyclers, self.shelves, strict=True):
            usual = max(float(self.net.on_hand_at_rest[shelves].sum()), 1e-9)
            over = np.maximum(total(signals.stored[:, shelves]) / usual - 1.0, 0.0) * begun
            factor = (1.0 + np.minimum(over, MOST_OVER))[:, np.newaxis]
            answer += [Press(control, np.array([line]), factor) for control in ("run_more", "capacity")]
        return answer

    def press(self, adopted: np.ndarray) -> Answer:
        return [Press("swarf_back", self.lines, adopted)]

    def act(self, week: int, signals: Signals, memory: Memory, fires: np.ndarray) -> Answer:
        p = self.policy
        collected = np.minimum(self.years(memory) * p.end_of_life_share_yr, p.end_of_life_ceiling)
        begun = (self.adopted(memory) + collected > 0.0).astype(float)
        return [
            *super().act(week, signals, memory, fires), Press("end_of_life_back", self.goods, collected[:, np.newaxis]),
            *self._pushed(signals, begun),
        ]  # fmt: skip
