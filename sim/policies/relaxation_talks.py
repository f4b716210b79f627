"""Relaxation talks: after a lag, and with a chance, the other side eases its measures."""

from typing import Literal

import numpy as np
from pydantic import Field

from sim.policies.home import some_users
from sim.policies.policy import Answer, BoundPolicy, Memory, Opening
from sim.policies.trigger import Acting, GovernmentPolicy, Trigger, weekly
from sim.policies.wto_case import measure_rows
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import MEASURES, Rows
from sim.world.signals import Signals


class RelaxationTalks(GovernmentPolicy):
    """Talks begin when the trigger fires; whether they succeed is drawn once per replicate, the same under every policy."""

    kind: Literal["relaxation_talks"] = "relaxation_talks"
    when: Trigger = Field(default=Trigger(imports_below=0.6), description="when talks begin")
    partner: str = Field(default="", description="country talked to, alpha-3; the main exporter if left out")
    measures: list[str] = Field(default_factory=list, description="kinds of measure talked about; all if left out")
    lag_weeks: float = Field(default=26.0, ge=0, le=520, description="weeks of talks")
    chance: float = Field(default=0.5, ge=0, le=1, description="chance that they succeed")
    relief: float = Field(default=0.6, ge=0, le=1, description="share by which measures are eased if they do")
    ramp_weeks: float = Field(default=13.0, ge=0, le=520, description="weeks in which the easing comes")
    administration_musd_yr: float = Field(
        default=2.0, ge=0, le=1e4, description="cost of the talks, million USD a year"
    )

    def effect(self) -> str:
        what = ", ".join(self.measures).replace("_", " ") or "all measures"
        return (
            f"{self.country} talks to {self.partner or 'the main exporter'} {self.when.words()}; after {self.lag_weeks:g} weeks, "
            f"with a chance of {100 * self.chance:g} %, {what} are eased by {100 * self.relief:g} %"
        )

    def bind(self, net: Network, rows: Rows) -> BoundPolicy:
        return _Bound(self, net, rows)


class _Bound(Acting):
    def __init__(self, policy: RelaxationTalks, net: Network, rows: Rows) -> None:
        self.policy = policy
        super().__init__(policy, net, rows, some_users(net, policy.country))
        partner = policy.partner or net.exporter
        self.measures = measure_rows(net, rows, "partner", partner, policy.measures or list(MEASURES))
        self.luck_of = f"{policy.country}:{partner}"

    def remember(self, opening: Opening) -> Memory:
        luck = opening.streams.uniform("policy_talks", [self.luck_of])[:, 0]
        return {"agreed": (luck < self.policy.chance).astype(float)}

    def act(self, week: int, signals: Signals, memory: Memory, fires: np.ndarray) -> Answer:
        p, since = self.policy, memory["since"]
        after = np.maximum(since - p.lag_weeks, 0.0) * (since > 0.0)
        eased = np.minimum(after / max(p.ramp_weeks, 1.0), 1.0) * memory["agreed"] * p.relief
        talking = ((since > 0.0) & (since <= p.lag_weeks)).astype(float)
        return [
            Press("relief", self.measures, eased[:, np.newaxis]),
            self.pays(talking * weekly(p.administration_musd_yr), "administration"),
        ]
