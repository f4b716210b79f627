"""WTO case: years later, in stages, quotas and duties are eased; licences and bans for security never are."""

from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.events.selection import SelectionError
from sim.policies.home import known_country, some_users
from sim.policies.policy import Answer, BoundPolicy, Memory
from sim.policies.trigger import Acting, GovernmentPolicy, Trigger, weekly
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows
from sim.world.signals import Signals


class Stage(BaseModel):
    """From so many weeks after the ruling on, measures of these kinds are eased so far."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    after_weeks: float = Field(ge=0, le=520, description="weeks after the ruling")
    measures: list[Literal["export_quota", "export_duty"]] = Field(min_length=1, description="kinds of measure eased")
    relief: float = Field(default=1.0, ge=0, le=1, description="share by which they are eased")


class WtoCase(GovernmentPolicy):
    """A case against export quotas and duties: filed when the trigger fires, ruled after years, obeyed in stages."""

    kind: Literal["wto_case"] = "wto_case"
    when: Trigger = Field(default=Trigger(imports_below=0.6), description="when the case is filed")
    respondent: str = Field(default="", description="country complained of, alpha-3; the main exporter if left out")
    lag_weeks: float = Field(default=126.0, ge=0, le=1040, description="weeks from filing to the ruling")
    stages: list[Stage] = Field(
        default=[
            Stage(after_weeks=17, measures=["export_quota"]), Stage(after_weeks=34, measures=["export_duty"]),
        ],
        description="what is eased, and when after the ruling",
    )  # fmt: skip
    administration_musd_yr: float = Field(
        default=3.0, ge=0, le=1e4, description="cost until the last stage, million USD a year"
    )

    @model_validator(mode="after")
    def _in_order(self) -> "WtoCase":
        weeks = [s.after_weeks for s in self.stages]
        if not weeks or weeks != sorted(weeks):
            raise ValueError("stages: write one or more, in order of after_weeks")
        return self

    def effect(self) -> str:
        words = {"export_quota": "quotas", "export_duty": "duties"}
        stages = ", ".join(
            f"{' and '.join(words[m] for m in s.measures)} by {100 * s.relief:g} % after {s.after_weeks:g} weeks"
            for s in self.stages
        )
        return (
            f"{self.country} files a case against {self.respondent or 'the main exporter'} {self.when.words()}; the ruling "
            f"comes {self.lag_weeks:g} weeks later; then it eases {stages}; licences and bans stay"
        )

    def bind(self, net: Network, rows: Rows) -> BoundPolicy:
        return _Bound(self, net, rows)


def measure_rows(net: Network, rows: Rows, key: str, country: str, measures: list[str]) -> np.ndarray:
    """Rows of the relief on a country's measures, or an error that says which kinds can be eased."""
    known_country(net, key, country)
    found = [rows.relief_row(country, m) for m in measures]
    for measure, row in zip(measures, found, strict=True):
        if row < 0:
            kinds = sorted({m.split(":")[1] for m in rows.measures})
            raise SelectionError("measures", f"{measure!r} cannot be eased; write some of {', '.join(kinds)}")
    return np.array(found, dtype=np.int64)


class _Bound(Acting):
    def __init__(self, policy: WtoCase, net: Network, rows: Rows) -> None:
        self.policy = policy
        super().__init__(policy, net, rows, some_users(net, policy.country))
        against = policy.respondent or net.exporter
        self.stages = [measure_rows(net, rows, "respondent", against, list(s.measures)) for s in policy.stages]

    def act(self, week: int, signals: Signals, memory: Memory, fires: np.ndarray) -> Answer:
        p, since = self.policy, memory["since"]
        answer: Answer = []
        for stage, rows in zip(p.stages, self.stages, strict=True):
            obeyed = (since > p.lag_weeks + stage.after_weeks).astype(float)
            answer.append(Press("relief", rows, (obeyed * stage.relief)[:, np.newaxis]))
        last = p.lag_weeks + p.stages[-1].after_weeks
        arguing = ((since > 0.0) & (since <= last)).astype(float)
        return [*answer, self.pays(arguing * weekly(p.administration_musd_yr), "administration")]
