"""The embargoer's rule: its government weighs what it loses, hears its firms and the talks, and relents or goes a step on."""

from typing import Literal

import numpy as np
from pydantic import Field

from sim.events.selection import Selection, SelectionError
from sim.policies.home import known_country, known_products, some_users, total
from sim.policies.policy import Answer, BoundPolicy, Memory, Opening, Policy
from sim.policies.wto_case import measure_rows
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import MEASURES, Rows
from sim.world.signals import Signals

QUARTER = 13.0
"""Weeks over which the week's loss is averaged before firms complain of it."""


class EmbargoersRule(Policy):
    """Owned by the country that took the measure; it sees export revenue against the year before its first measure.

    It relents when the sum lost, or the loss of the past quarter, has stood over its bound for some weeks; talks halve the
    patience. Where an escalation is written, it goes that step on once the measure pays, unless the target shows a stock.
    """

    kind: Literal["embargoers_rule"] = "embargoers_rule"
    country: str = Field(default="", description="the embargoer, alpha-3; the main exporter if left out")
    measures: list[str] = Field(default_factory=list, description="own kinds of measure it may ease; all if left out")
    ledger_share: float = Field(
        default=0.05,
        ge=0,
        le=10,
        description="revenue lost since the first measure, over a year's, at which it relents",
    )
    pressure_share: float = Field(
        default=0.5,
        ge=0,
        le=10,
        description="revenue lost per week over the past quarter, over a normal week's, at which firms are heard",
    )
    patience_weeks: float = Field(default=13.0, ge=0, le=520, description="weeks for which it bears that")
    talks_patience: float = Field(
        default=0.5, ge=0, le=1, description="share of its patience left while talks ease a measure"
    )
    relief: float = Field(default=1.0, ge=0, le=1, description="share by which it eases its measures")
    ramp_weeks: float = Field(default=8.0, ge=0, le=520, description="weeks in which the easing comes")
    escalates: bool = Field(default=False, description="takes a further step when the measure pays")
    escalation_share: float = Field(
        default=0.05, ge=0, le=10, description="revenue gained since the first measure, over a year's, at which it does"
    )
    escalation_clears: float = Field(default=0.5, ge=0, le=1, description="share of cargo that clears after the step")
    target: str = Field(default="JPN", description="country the step is aimed at, alpha-3")
    products: list[str] = Field(default_factory=list, description="products of the step; all if left out")
    deterred_days: float = Field(
        default=90.0,
        ge=0,
        le=1000,
        description="days of use of every product of the step in the target's public stores at which it is not taken",
    )

    def effect(self) -> str:
        who = self.country or "the main exporter"
        text = (
            f"{who} eases its measures by {100 * self.relief:g} % once it has lost {100 * self.ledger_share:g} % of a year's "
            f"export revenue, or loses {100 * self.pressure_share:g} % of it week by week, for {self.patience_weeks:g} weeks"
        )
        if self.escalates:
            text += (
                f"; once it has gained {100 * self.escalation_share:g} %, only {100 * self.escalation_clears:g} % of cargo for "
                f"{self.target} clears, unless {self.target} shows {self.deterred_days:g} days of stock"
            )
        return text

    def bind(self, net: Network, rows: Rows) -> BoundPolicy:
        return _Bound(self, net, rows)


class _Bound(BoundPolicy):
    def __init__(self, policy: EmbargoersRule, net: Network, rows: Rows) -> None:
        self.policy, self.name, self.net = policy, policy.name or policy.kind, net
        country = known_country(net, "country", policy.country or net.exporter)
        known_products(net, policy.products)
        self.measures = measure_rows(net, rows, "country", country, policy.measures or list(MEASURES))
        self.row = rows.codes.index(country)
        self.lanes = np.zeros(0, dtype=np.int64)
        if policy.escalates:
            self.users = some_users(net, known_country(net, "target", policy.target), policy.products)
            try:
                selection = Selection(seller_country=[country], buyer_country=[policy.target], product=policy.products)
                self.lanes = selection.lanes(net)
            except SelectionError:
                raise SelectionError("target", f"{country} sells nothing of it to {policy.target}") from None
            self.stores = self._stores(policy)

    def _stores(self, policy: EmbargoersRule) -> list[tuple[int, float]]:
        """The target's stores of what the step is about, each with t per week used of it there."""
        net, found = self.net, []
        for k in net.stores([policy.target]):
            product = net.points[k].product
            use = float(sum(net.use_at_rest[j] for j in self.users if net.points[j].product == product))
            if use > 0.0:
                found.append((k, use))
        return found

    def start(self, opening: Opening) -> Memory:
        n = opening.replicates
        return {key: np.zeros(n) for key in ("ledger", "loss", "borne", "relenting", "escalated")}

    def answer(self, week: int, signals: Signals, memory: Memory) -> Answer:
        p = self.policy
        normal = np.maximum(signals.revenue_before[:, self.row], 1e-9)
        ledger = signals.ledger[:, self.row]
        memory["loss"] = memory["loss"] + ((memory["ledger"] - ledger) / normal - memory["loss"]) / QUARTER
        memory["ledger"] = ledger * 1.0
        hurts = (ledger < -p.ledger_share * 52.0 * normal) | (memory["loss"] > p.pressure_share)
        memory["borne"] = np.where(hurts, memory["borne"] + 1.0, 0.0)
        talks = total((signals.relief[:, self.measures] > 0.0).astype(float)) > 0.0
        patience = np.where(talks, p.patience_weeks * p.talks_patience, p.patience_weeks)
        begins = memory["borne"] > patience
        memory["relenting"] = np.where((memory["relenting"] > 0.0) | begins, memory["relenting"] + 1.0, 0.0)
        eased = p.relief * np.minimum(memory["relenting"] / max(p.ramp_weeks, 1.0), 1.0)
        answer: Answer = [Press("relief", self.measures, eased[:, np.newaxis])] if (eased > 0.0).any() else []
        return answer + (self._escalate(signals, memory, ledger / (52.0 * normal)) if p.escalates else [])

    def _escalate(self, signals: Signals, memory: Memory, gained: np.ndarray) -> Answer:
        p = self.policy
        days = np.full(len(gained), np.inf if self.stores else 0.0)
        for k, use in self.stores:
            days = np.minimum(days, 7.0 * signals.disclosed[:, k] / use)
        steps = (gained > p.escalation_share) & (days < p.deterred_days)
        memory["escalated"] = np.maximum(memory["escalated"], steps.astype(float))
        on = (memory["escalated"] > 0.0) & (memory["relenting"] == 0.0)
        if not on.any():
            return []
        return [Press("clears", self.lanes, np.where(on[:, np.newaxis], p.escalation_clears, 1.0))]
