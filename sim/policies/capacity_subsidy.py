"""Capacity subsidy: the state bears up to half of a plant's cost, and binds the plant in return."""

from typing import Literal

import numpy as np
from pydantic import Field

from sim.events.selection import SelectionError
from sim.policies.home import (
    country_of_site,
    firms,
    known_country,
    known_plant,
    lines_of,
    project_row,
    sold_by,
    treasury,
)
from sim.policies.policy import Answer, BoundPolicy, Memory, Opening
from sim.policies.trigger import Acting, GovernmentPolicy, Trigger
from sim.world.controls import Payment, Press
from sim.world.network import Network
from sim.world.rows import Rows
from sim.world.signals import Signals


class CapacitySubsidy(GovernmentPolicy):
    """A share of the cost of projects that still wait, and of widening plants that stand.

    Subsidised plants are not closed, serve buyers at home first while the trigger fires, and pay part of it back if they fail.
    """

    kind: Literal["capacity_subsidy"] = "capacity_subsidy"
    when: Trigger = Field(default=Trigger(), description="what makes it act; at once if left out")
    share: float = Field(default=0.5, ge=0, le=0.5, description="share of cost borne, at most one half")
    projects: list[str] = Field(
        default_factory=list,
        description="projects that may apply; all in the country if neither these nor plants are named",
    )
    plants: list[str] = Field(default_factory=list, description="plants that stand and are widened")
    added_share: float = Field(
        default=0.2, ge=0, le=5, description="capacity added to each of these plants, over its own"
    )
    cost_musd: float = Field(default=50.0, ge=0, le=1e5, description="cost of widening each of them, million USD")
    build_weeks: float = Field(default=78.0, ge=1, le=520, description="weeks until what is added runs")
    spread_weeks: float = Field(default=104.0, ge=1, le=520, description="weeks in which the subsidy is paid")
    priority: bool = Field(default=True, description="buyers at home come first while the trigger fires")
    keeps_open: bool = Field(default=True, description="assets bound: plants may not be closed")
    clawback_share: float = Field(default=0.5, ge=0, le=1, description="share paid back by a project that fails")

    def effect(self) -> str:
        whom = ", ".join([*self.projects, *self.plants]) or "projects at home that still wait"
        text = f"{self.country} bears {100 * self.share:g} % of the cost of {whom}, {self.when.words()}"
        if self.plants:
            text += f"; after {self.build_weeks:g} weeks these plants are {100 * self.added_share:g} % larger"
        bonds = ["may not be closed"] if self.keeps_open else []
        bonds += ["serve buyers at home first"] if self.priority else []
        return text + (f"; they {' and '.join(bonds)}" if bonds else "")

    def bind(self, net: Network, rows: Rows) -> BoundPolicy:
        return _Bound(self, net, rows)


class _Bound(Acting):
    def __init__(self, policy: CapacitySubsidy, net: Network, rows: Rows) -> None:
        known_country(net, "country", policy.country)
        super().__init__(policy, net, rows, np.zeros(0, dtype=np.int64))
        self.policy = policy
        names = list(policy.projects)
        if not names and not policy.plants:
            names = [
                str(p["project"]) for p in net.projects if p["country"] == policy.country and p["decided"] != "yes"
            ]
            if not names:
                raise SelectionError(
                    "projects", f"no project waits in {policy.country}; name projects or plants elsewhere"
                )
        for name in names:
            known_plant(net, "projects", name)
            if project_row(net, name) < 0:
                raise SelectionError("projects", f"{name!r} stands already; name it under plants")
            if net.projects[project_row(net, name)]["decided"] == "yes":
                raise SelectionError(
                    "projects", f"{name!r} is decided already and waits for no money; name one that waits"
                )
        for name in policy.plants:
            known_plant(net, "plants", name)
            if project_row(net, name) >= 0:
                raise SelectionError("plants", f"{name!r} is a project; name it under projects")
        self.projects = np.array([project_row(net, n) for n in names], dtype=np.int64)
        self.owners = [firms(country_of_site(net, n)) for n in names]
        self.plant_owners = [firms(country_of_site(net, n)) for n in policy.plants]
        none = np.zeros(0, dtype=np.int64)
        self.lines = [lines_of(net, n) for n in names]
        self.widened = np.concatenate([lines_of(net, n) for n in policy.plants]) if policy.plants else none
        self.lanes = [self._home_lanes(n) for n in names]
        self.plant_lanes = np.concatenate([self._home_lanes(n) for n in policy.plants]) if policy.plants else none

    def _home_lanes(self, site: str) -> np.ndarray:
        at = self.net.point_countries()
        lanes = np.flatnonzero(np.isin(self.net.seller, sold_by(self.net, site)))
        return np.array([k for k in lanes if at[self.net.buyer[k]] == self.policy.country], dtype=np.int64)

    def remember(self, opening: Opening) -> Memory:
        n, projects = opening.replicates, self.projects.size
        shape = (n, projects)
        return {
            "applied": np.zeros(shape), "paid": np.zeros(shape), "clawed": np.zeros(shape),
            "widening_paid": np.zeros((n, 1)),
        }  # fmt: skip

    def act(self, week: int, signals: Signals, memory: Memory, fires: np.ndarray) -> Answer:
        p, answer = self.policy, self._widen(memory, fires)
        stage = signals.stage[:, self.projects]
        open_for = fires[:, np.newaxis] * np.ones(stage.shape)
        memory["applied"] = np.maximum(memory["applied"], open_for * (stage == 0.0))
        answer.append(Press("support", self.projects, p.share * open_for * (stage == 0.0)))
        due = p.share * signals.capital[:, self.projects] * 1e6
        going = memory["applied"] * ((stage == 1.0) | (stage == 2.0))
        pay = going * np.minimum(due / p.spread_weeks, np.maximum(due - memory["paid"], 0.0))
        memory["paid"] = memory["paid"] + pay
        back = np.where((stage == 3.0) & (memory["clawed"] == 0.0), p.clawback_share * memory["paid"], 0.0)
        memory["clawed"] = np.where(stage == 3.0, 1.0, memory["clawed"])
        for n, owner in enumerate(self.owners):
            answer.append(self.pays(pay[:, n], "subsidy", owner))
            answer.append(Payment(owner, treasury(p.country), "clawback", back[:, n]))
            bound = (memory["paid"][:, n] > 0.0).astype(float)
            if p.keeps_open:
                answer.append(Press("kept_open", self.lines[n], bound[:, np.newaxis]))
            if p.priority:
                answer.append(Press("priority", self.lanes[n], (bound * fires)[:, np.newaxis]))
        return answer

    def _widen(self, memory: Memory, fires: np.ndarray) -> Answer:
        p = self.policy
        if not p.plants:
            return []
        begun = (memory["since"] > 0.0).astype(float)[:, np.newaxis]
        due = p.share * p.cost_musd * 1e6
        pay = begun * np.minimum(due / p.spread_weeks, np.maximum(due - memory["widening_paid"], 0.0))
        memory["widening_paid"] = memory["widening_paid"] + pay
        larger = (memory["since"] > p.build_weeks).astype(float)[:, np.newaxis]
        answer: Answer = [Press("capacity", self.widened, 1.0 + p.added_share * larger)]
        answer += [self.pays(pay[:, 0], "subsidy", owner) for owner in self.plant_owners]
        if p.keeps_open:
            answer.append(Press("kept_open", self.widened, begun))
        if p.priority:
            answer.append(Press("priority", self.plant_lanes, begun * fires[:, np.newaxis]))
        return answer
