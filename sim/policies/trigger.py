"""Trigger: what makes a government act, by what it can see: dates, cover of its makers, quotes, its own customs."""

from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.events.event import Day
from sim.policies.home import Covers, rows_where, total, treasury
from sim.policies.policy import Answer, BoundPolicy, Memory, Opening, Policy
from sim.world.controls import Payment
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
    cover_below: float | None = Field(
        default=None, ge=0, le=1, description="cover over normal of the users at home of any one product"
    )
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
            signs.append(f"cover of some product at home falls under {100 * self.cover_below:g} % of normal")
        if self.price_above is not None:
            signs.append(f"quotes stand over {self.price_above:g} times their mean of the past year")
        if self.imports_below is not None:
            signs.append(f"published imports fall under {100 * self.imports_below:g} % of the year before")
        text = "when " + " or ".join(signs) if signs else "from the first week"
        if self.start is not None:
            text = f"from {self.start}" if not signs else f"{text}, from {self.start} on"
        return f"{text}, until {self.end}" if self.end is not None else text


class Watch:
    """A trigger bound to the users at home it watches."""

    def __init__(
        self, trigger: Trigger, net: Network, rows: Rows, country: str, points: np.ndarray, prefix: str = ""
    ) -> None:
        self.trigger, self.net, self.points, self.prefix = trigger, net, points, prefix
        products = sorted({net.points[p].product for p in points})
        self.cells = np.array(
            [rows.cells.index((p, country)) for p in products if (p, country) in rows.cells], dtype=np.int64
        )
        self.trades = np.array(
            [k for k, (_, buyer, p) in enumerate(rows.trades) if buyer == country and p in products], dtype=np.int64
        )
        makers = [rows_where(self._makes(k, p) for k in range(points.size)) for p in products]
        self.makers = np.concatenate([np.zeros(0, dtype=np.int64), *(m for m in makers if m.size)])
        self.covers = Covers(net, [points[m] for m in makers if m.size])
        self.first, self.last = -np.inf, np.inf

    def _makes(self, row: int, product: str) -> bool:
        point = self.net.points[self.points[row]]
        return bool(point.product == product and point.role != "trade")

    def start(self, opening: Opening) -> Memory:
        """Weeks of the dates; what is remembered of quotes and imports, and for how long the trigger still holds."""
        t, n = self.trigger, opening.replicates
        self.first = opening.calendar.position(t.start) if t.start is not None else -np.inf
        self.last = opening.calendar.position(t.end) if t.end is not None else np.inf
        kept = {
            "trigger_holds": np.zeros(n), "usual_quote": np.zeros((n, self.cells.size)),
            "recent_imports": np.zeros((n, 1)), "usual_imports": np.zeros((n, 1)),
        }  # fmt: skip
        return {self.prefix + key: value for key, value in kept.items()}

    def fires(self, week: int, signals: Signals, memory: Memory, locked: np.ndarray | None = None) -> np.ndarray:
        """1 where the policy is to act this week, per replicate."""
        t, n = self.trigger, len(signals.stored)
        allowed = self.first < week + 1.0 and week < self.last
        if t.cover_below is None and t.price_above is None and t.imports_below is None:
            return np.full(n, float(allowed))
        shown = np.zeros(n, dtype=bool)
        if t.cover_below is not None:
            kept = None if locked is None else locked.take(self.makers, axis=1)
            shown |= (self.covers.of(signals, kept) < t.cover_below).any(axis=1)
        if t.price_above is not None:
            shown |= self._dear(week, signals, memory, t.price_above)
        if t.imports_below is not None:
            shown |= self._cut_off(signals, memory, t.imports_below)
        holds = np.where(shown, t.stays_weeks + 1.0, np.maximum(memory[self.prefix + "trigger_holds"] - 1.0, 0.0))
        memory[self.prefix + "trigger_holds"] = holds if allowed else holds * 0.0
        return np.asarray((memory[self.prefix + "trigger_holds"] > 0.0).astype(float))

    def _dear(self, week: int, signals: Signals, memory: Memory, above: float) -> Any:
        quote = signals.quote[:, self.cells]
        usual = quote if week == 0 else memory[self.prefix + "usual_quote"]
        ratio = np.where(usual > 0.0, quote / np.maximum(usual, 1e-12), 1.0)
        memory[self.prefix + "usual_quote"] = usual + (quote - usual) / YEAR
        return total(ratio) > above * max(self.cells.size, 1)

    def _cut_off(self, signals: Signals, memory: Memory, below: float) -> Any:
        published = signals.published_imports()
        if published is None or not self.trades.size:
            return np.zeros(len(signals.stored), dtype=bool)
        now = total(published[:, self.trades])[:, np.newaxis]
        first = memory[self.prefix + "usual_imports"] <= 0.0
        recent = np.where(
            first, now, memory[self.prefix + "recent_imports"] + (now - memory[self.prefix + "recent_imports"]) / RECENT
        )
        usual = np.where(
            first, now, memory[self.prefix + "usual_imports"] + (now - memory[self.prefix + "usual_imports"]) / YEAR
        )
        memory[self.prefix + "recent_imports"], memory[self.prefix + "usual_imports"] = recent, usual
        return (recent < below * usual)[:, 0]


class GovernmentPolicy(Policy):
    """A policy of one government that acts when its trigger fires."""

    country: str = Field(default="JPN", description="country whose government it is, alpha-3")
    when: Trigger = Field(default=Trigger(cover_below=0.7), description="what makes it act")


class Acting(BoundPolicy):
    """A government's policy bound to a world: it watches, and acts where its trigger fires or once fired."""

    def __init__(self, policy: GovernmentPolicy, net: Network, rows: Rows, watched: np.ndarray) -> None:
        self.name, self.net, self.rows = policy.name or policy.kind, net, rows
        self.country = policy.country
        self.watch = Watch(policy.when, net, rows, policy.country, watched)

    def start(self, opening: Opening) -> Memory:
        return {**self.watch.start(opening), "since": np.zeros(opening.replicates), **self.remember(opening)}

    def remember(self, opening: Opening) -> Memory:
        """What the kind itself remembers, one row per replicate."""
        return {}

    def answer(self, week: int, signals: Signals, memory: Memory) -> Answer:
        fires = self.fires(week, signals, memory)
        memory["since"] = np.where(memory["since"] > 0.0, memory["since"] + 1.0, fires)
        if not (memory["since"] > 0.0).any():
            return []
        return self.act(week, signals, memory, fires)

    def fires(self, week: int, signals: Signals, memory: Memory) -> np.ndarray:
        """1 where the trigger holds this week."""
        return self.watch.fires(week, signals, memory)

    def act(self, week: int, signals: Signals, memory: Memory, fires: np.ndarray) -> Answer:
        """Presses and payments; neutral and nothing in replicates where nothing fired. ``memory["since"]`` counts weeks."""
        raise NotImplementedError

    def pays(self, usd: np.ndarray, line: str, payee: str = "outside") -> Payment:
        """The government pays, USD this week."""
        return Payment(treasury(self.country), payee, line, usd)


def weekly(musd_yr: float) -> float:
    """USD a week of million USD a year."""
    return musd_yr * 1e6 / YEAR
