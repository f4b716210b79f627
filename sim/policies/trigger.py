"""Trigger: what makes a government act, by what it can see: dates, cover of its makers, quotes, its own customs."""

from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.events.event import Day
from sim.policies.home import cover_of, total
from sim.policies.policy import Memory, Opening
from sim.world.network import Network
from sim.world.rows import Rows
from sim.world.signals import Signals

YEAR = 52.0
RECENT = 4.0
"""Weeks over which customs figures are averaged before they count."""


class Trigger(BaseModel):
    """Within its dates, any of the signs named is enough; with no sign named, the dates alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    start: Day | None = Field(default=None, description="first day on which it may fire, YYYY-MM-DD")
    end: Day | None = Field(default=None, description="day after the last")
    cover_below: float | None = Field(default=None, ge=0, le=1, description="cover of users at home over normal")
    price_above: float | None = Field(default=None, ge=1, le=1000, description="quote over its mean of the past year")
    imports_below: float | None = Field(default=None, ge=0, le=1, description="published imports over the year before")
    stays_weeks: float = Field(default=13.0, ge=0, le=1040, description="weeks it holds after the last sign")

    @model_validator(mode="after")
    def _in_order(self) -> "Trigger":
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise ValueError(f"end {self.end} is not after start {self.start}; write a later end")
        return self

    def words(self) -> str:
        """When it fires, in words."""
        signs = []
        if self.cover_below is not None:
            signs.append(f"cover at home falls under {100 * self.cover_below:g} % of normal")
        if self.price_above is not None:
            signs.append(f"quotes stand over {self.price_above:g} times their mean of the past year")
        if self.imports_below is not None:
            signs.append(f"published imports fall under {100 * self.imports_below:g} % of the year before")
        text = "when " + " or ".join(signs) if signs else "always"
        if self.start is not None:
            text = f"from {self.start}" if not signs else f"{text}, from {self.start} on"
        return f"{text}, until {self.end}" if self.end is not None else text


class Watch:
    """A trigger bound to the users at home it watches."""

    def __init__(self, trigger: Trigger, net: Network, rows: Rows, country: str, points: np.ndarray) -> None:
        self.trigger, self.net, self.points = trigger, net, points
        products = sorted({net.points[p].product for p in points})
        self.cells = np.array(
            [rows.cells.index((p, country)) for p in products if (p, country) in rows.cells], dtype=np.int64
        )
        self.trades = np.array(
            [k for k, (_, buyer, p) in enumerate(rows.trades) if buyer == country and p in products], dtype=np.int64
        )
        self.first, self.last = -np.inf, np.inf

    def start(self, opening: Opening) -> Memory:
        """Weeks of the dates; what is remembered of quotes and imports, and for how long the trigger still holds."""
        t, n = self.trigger, opening.replicates
        self.first = opening.calendar.position(t.start) if t.start is not None else -np.inf
        self.last = opening.calendar.position(t.end) if t.end is not None else np.inf
        return {
            "trigger_holds": np.zeros(n), "usual_quote": np.zeros((n, self.cells.size)),
            "recent_imports": np.zeros((n, 1)), "usual_imports": np.zeros((n, 1)),
        }  # fmt: skip

    def fires(self, week: int, signals: Signals, memory: Memory, locked: np.ndarray | None = None) -> np.ndarray:
        """1 where the policy is to act this week, per replicate."""
        t, n = self.trigger, len(signals.stored)
        allowed = self.first < week + 1.0 and week < self.last
        if t.cover_below is None and t.price_above is None and t.imports_below is None:
            return np.full(n, float(allowed))
        shown = np.zeros(n, dtype=bool)
        if t.cover_below is not None:
            shown |= cover_of(self.net, self.points, signals, locked) < t.cover_below
        if t.price_above is not None:
            shown |= self._dear(week, signals, memory, t.price_above)
        if t.imports_below is not None:
            shown |= self._cut_off(signals, memory, t.imports_below)
        holds = np.where(shown, t.stays_weeks + 1.0, np.maximum(memory["trigger_holds"] - 1.0, 0.0))
        memory["trigger_holds"] = holds if allowed else holds * 0.0
        return np.asarray((memory["trigger_holds"] > 0.0).astype(float))

    def _dear(self, week: int, signals: Signals, memory: Memory, above: float) -> Any:
        quote = signals.quote[:, self.cells]
        usual = quote if week == 0 else memory["usual_quote"]
        ratio = np.where(usual > 0.0, quote / np.maximum(usual, 1e-12), 1.0)
        memory["usual_quote"] = usual + (quote - usual) / YEAR
        return total(ratio) > above * max(self.cells.size, 1)

    def _cut_off(self, signals: Signals, memory: Memory, below: float) -> Any:
        published = signals.published_imports()
        if published is None or not self.trades.size:
            return np.zeros(len(signals.stored), dtype=bool)
        now = total(published[:, self.trades])[:, np.newaxis]
        first = memory["usual_imports"] <= 0.0
        recent = np.where(first, now, memory["recent_imports"] + (now - memory["recent_imports"]) / RECENT)
        usual = np.where(first, now, memory["usual_imports"] + (now - memory["usual_imports"]) / YEAR)
        memory["recent_imports"], memory["usual_imports"] = recent, usual
        return (recent < below * usual)[:, 0]


def since(memory: Memory, fires: np.ndarray) -> np.ndarray:
    """Weeks since the trigger first fired, counting on from then; 0 before."""
    memory["since"] = np.where(memory["since"] > 0.0, memory["since"] + 1.0, fires)
    return memory["since"]
