"""Stockpile: buy in quiet times, release when makers run short, when it is dear or when the minister says so, refill."""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from sim.events.event import Day
from sim.events.selection import SelectionError, known
from sim.policies.home import Covers, known_country, lanes_of, total, treasury, users
from sim.policies.policy import Answer, BoundPolicy, Memory, Opening, Policy
from sim.world.controls import Payment, Press
from sim.world.network import Network
from sim.world.rows import Rows
from sim.world.signals import Signals


class Stockpile(Policy):
    """A government store of days of home use, per product.

    It buys while buyers at home stand near their normal cover, within its budget, and releases by its rule. Goods go to those
    it names. What a secret store holds is in nobody's signals; a public one calms the buyers who know of it.
    """

    kind: Literal["stockpile"] = "stockpile"
    country: str = Field(default="JPN", description="owner, alpha-3")
    products: list[str] = Field(default_factory=list, description="products held; all its stores if left out")
    target_days: float = Field(default=60.0, ge=0, le=1000, description="days of home use aimed at")
    fill_weeks: float = Field(default=52.0, ge=1, le=520, description="weeks in which it is bought")
    buys_from: Day | None = Field(
        default=None, description="first day of purchases, YYYY-MM-DD; from the start if left out"
    )
    release_by: Literal["shortage", "price", "minister"] = Field(
        default="shortage", description="what releases: cover at home, the quote, or the minister's dates"
    )
    trigger: float = Field(default=0.6, ge=0, le=1, description="cover over normal cover under which it releases")
    price_trigger: float = Field(
        default=2.0, ge=1, le=1000, description="quote over its mean of the past year over which it releases"
    )
    release_from: Day | None = Field(default=None, description="minister: first day of release, YYYY-MM-DD")
    release_until: Day | None = Field(default=None, description="minister: day after the last; none: until it is empty")
    release_share: float = Field(default=0.6, ge=0, le=2, description="release over home use, per week")
    allocate_to: list[str] = Field(
        default_factory=list, description="end uses or kinds of site served from it; everybody at home if left out"
    )
    refill: bool = Field(default=True, description="buy again after a release")
    refill_after_weeks: float = Field(
        default=0.0, ge=0, le=520, description="weeks after a release before it buys again"
    )
    budget_musd_yr: float | None = Field(
        default=None, ge=0, le=1e6, description="most spent on purchases, million USD a year"
    )
    secret: bool = Field(
        default=True, description="its level is nobody's knowledge; false: published, and buyers are calmer"
    )
    calm_share: float = Field(
        default=0.3, ge=0, le=1, description="share of buyers' fear that a full public store takes away (assumed)"
    )
    holding_share: float = Field(default=0.02, ge=0, le=1, description="yearly cost of holding over the stock's worth")
    handling_usd_per_t: float = Field(
        default=50.0, ge=0, le=1e5, description="cost of moving a tonne into the store or out of it (assumed)"
    )

    @model_validator(mode="after")
    def _dated(self) -> "Stockpile":
        if self.release_by == "minister" and self.release_from is None:
            raise ValueError("release_by is minister; write release_from, the first day of release")
        if self.release_from is not None and self.release_until is not None and self.release_until <= self.release_from:
            raise ValueError(f"release_until {self.release_until} is not after release_from; write a later day")
        return self

    def effect(self) -> str:
        goods = ", ".join(self.products) if self.products else "what its makers use"
        when = {
            "shortage": f"when cover falls under {100 * self.trigger:g} % of normal",
            "price": f"when the quote stands over {self.price_trigger:g} times its mean of the past year",
            "minister": f"from {self.release_from}" + (f" to {self.release_until}" if self.release_until else ""),
        }[self.release_by]
        released = f"up to {100 * self.release_share:g} % of weekly use {when}"
        if self.release_by == "shortage" and self.trigger == 0.0:
            released = "nothing of itself"
        text = (
            f"{self.country} buys {self.target_days:g} days of use of {goods} in {self.fill_weeks:g} weeks, and releases "
            f"{released}"
        )
        if self.buys_from is not None:
            text += f"; it buys from {self.buys_from} on"
        if self.allocate_to:
            text += f", to {', '.join(self.allocate_to)} only"
        if self.budget_musd_yr is not None:
            text += f"; it spends at most {self.budget_musd_yr:g} million USD a year"
        if not self.refill:
            text += "; it does not refill"
        return text if self.secret else f"{text}; its level is public"

    def bind(self, net: Network, rows: Rows) -> BoundPolicy:
        return _Bound(self, net, rows)


class _Bound(BoundPolicy):
    def __init__(self, policy: Stockpile, net: Network, rows: Rows) -> None:
        self.policy, self.name = policy, policy.name or policy.kind
        known_country(net, "country", policy.country)
        stores = net.stores([policy.country], policy.products)
        if not stores:
            raise SelectionError("country", f"no store of {policy.country} in this world; see stores in world.yaml")
        self.stores = np.array(stores, dtype=np.int64)
        self.users = [users(net, policy.country, [net.points[k].product]) for k in stores]
        self.covers = Covers(net, self.users)
        self.use = np.array([_final(net, u) for u in self.users])
        self.cells = np.array([rows.cells.index((net.points[k].product, policy.country)) for k in stores])
        self.refused = self._refused(net)
        self.moves = lanes_of(net, self.stores)
        self.opens, self.first, self.last = -np.inf, np.inf, np.inf

    def _refused(self, net: Network) -> np.ndarray:
        """Lanes out of the stores to whom nothing is allocated."""
        wanted = self.policy.allocate_to
        lanes = np.flatnonzero(np.isin(net.seller, self.stores))
        sites = [net.sites[net.points[net.buyer[k]].site] for k in lanes]
        known(
            "allocate_to",
            "end use or kind of site",
            wanted,
            {s.end_use for s in net.sites if s.end_use} | {s.kind for s in net.sites},
        )
        kept = [not wanted or s.end_use in wanted or s.kind in wanted for s in sites]
        if lanes.size and not any(kept):
            raise SelectionError("allocate_to", f"no store of {self.policy.country} has a lane to {', '.join(wanted)}")
        return np.asarray(lanes[~np.array(kept, dtype=bool)])

    def start(self, opening: Opening) -> Memory:
        n, stores = opening.replicates, self.stores.size
        if self.policy.buys_from is not None:
            self.opens = opening.calendar.position(self.policy.buys_from)
        if self.policy.release_from is not None:
            self.first = opening.calendar.position(self.policy.release_from)
        if self.policy.release_until is not None:
            self.last = opening.calendar.position(self.policy.release_until)
        return {
            "releasing": np.zeros((n, stores)), "usual_quote": np.zeros((n, stores)), "spent": np.zeros((n, 1)),
            "since_release": np.full((n, stores), np.inf),
        }  # fmt: skip

    def _releases(self, week: int, signals: Signals, memory: Memory, cover: np.ndarray) -> np.ndarray:
        p = self.policy
        if p.release_by == "minister":
            return np.full(cover.shape, float(self.first < week + 1.0 and week < self.last))
        if p.release_by == "price":
            quote = signals.quote[:, self.cells]
            usual = quote if week == 0 else memory["usual_quote"]
            memory["usual_quote"] = usual + (quote - usual) / 52.0
            return np.asarray((quote > p.price_trigger * np.maximum(usual, 1e-12)).astype(float))
        low = cover < p.trigger
        stay = (memory["releasing"] > 0.5) & (cover < min(p.trigger + 0.2, 0.95))
        return np.asarray((low | stay).astype(float))

    def answer(self, week: int, signals: Signals, memory: Memory) -> Answer:
        p = self.policy
        cover = self.covers.of(signals)
        memory["releasing"] = self._releases(week, signals, memory, cover)
        releasing = memory["releasing"] > 0.5
        memory["since_release"] = np.where(releasing, 0.0, memory["since_release"] + 1.0)
        held = signals.stored[:, self.stores]
        buy = self._buys(week, signals, memory, held, ~releasing & (cover > 0.85))
        release = np.where(releasing, p.release_share * self.use, 0.0)
        worth = held[:, 0] * 0.0
        for n in range(self.stores.size):
            worth = worth + held[:, n] * signals.price_paid[:, self.stores[n]] * 1000.0
        holding = Payment(treasury(p.country), "outside", "holding", worth * p.holding_share / 52.0)
        moved = total(signals.shipped[:, self.moves]) * p.handling_usd_per_t
        handling = Payment(treasury(p.country), "outside", "handling", moved)
        answer: Answer = [Press("store_buy", self.stores, buy), Press("store_release", self.stores, release)]
        answer += [holding, handling]
        if self.refused.size:
            answer.append(Press("turned_away", self.refused, 1.0))
        if not p.secret:
            answer.append(Press("disclosed", self.stores, 1.0))
            answer += self._calms(held)
        return answer

    def _buys(self, week: int, signals: Signals, memory: Memory, held: np.ndarray, calm: np.ndarray) -> np.ndarray:
        """T per week bought: towards the target, in calm weeks, after a release only as the refill rule says, within budget."""
        p = self.policy
        target = self.use * p.target_days / 7.0
        since = memory["since_release"]
        again = np.isinf(since) | ((since >= p.refill_after_weeks) & p.refill)
        buy = np.where(calm & again & (self.opens < week + 1.0), np.minimum(target / p.fill_weeks, np.maximum(target - held, 0.0)), 0.0)
        if p.budget_musd_yr is None:
            return buy
        if week % 52 == 0:
            memory["spent"] = memory["spent"] * 0.0
        cost = np.zeros((len(held), 1))
        for n in range(self.stores.size):
            cost[:, 0] += buy[:, n] * signals.price_paid[:, self.stores[n]] * 1000.0
        left = np.maximum(p.budget_musd_yr * 1e6 - memory["spent"], 0.0)
        share = np.minimum(left / np.maximum(cost, 1e-9), 1.0)
        memory["spent"] = memory["spent"] + cost * share
        return np.asarray(buy * share)

    def _calms(self, held: np.ndarray) -> Answer:
        target = np.maximum(self.use * self.policy.target_days / 7.0, 1e-12)
        full = np.minimum(held / target, 1.0) * self.policy.calm_share
        return [Press("calmed", u, full[:, n : n + 1]) for n, u in enumerate(self.users) if u.size]


def _final(net: Network, points: np.ndarray) -> float:
    """T per week used at home, traders not counted twice."""
    return float(sum(net.use_at_rest[u] for u in points if net.points[u].role != "trade"))
