"""Schema of a scenario file: one question, its world, its events, its horizon."""

from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from sim.events import KINDS, Event
from sim.events.event import InLanguages, Misplaced, Number
from sim.policies import NoPolicy
from sim.policies.portfolio import AnyAnswer, spelled

if TYPE_CHECKING:
    AnyEvent = Event
else:
    AnyEvent = Annotated[reduce(or_, KINDS.values()), Field(discriminator="kind")]
"""Any kind of event that is registered."""


Ablation = Literal["panic", "momentum", "leakage", "contracts", "trade_policy"]
ABLATIONS: tuple[Ablation, ...] = get_args(Ablation)
"""Mechanisms that can be switched off by name; ``contracts`` leaves all cargo to the spot market, ``trade_policy`` is dated
changes of the world's duties, VAT and refunds."""


def _start(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ValueError(f"{value!r} is no start; write a year such as 2024")
    return str(value)


def _count(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError(f"{str(value).lower()} is no whole number; write one such as 104")
    return value


class ScenarioFile(BaseModel):
    """What a scenario file may hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(description="the scenario in a line")
    question: str = Field(default="", description="the question it answers")
    titles: InLanguages = Field(default_factory=dict, description="the title by language: en, ja, zh-Hant")
    questions: InLanguages = Field(default_factory=dict, description="the question by language: en, ja, zh-Hant")
    world: str = Field(default="rare_earths", description="a shipped world, or a folder beside the file")
    start: Annotated[str, BeforeValidator(_start)] = Field(description="a complete start of the world: 2009 or 2024")
    weeks: Annotated[int, BeforeValidator(_count)] = Field(ge=1, le=2600, description="weeks to run")
    at_rest: bool = Field(default=False, description="freeze dated rows, trade policy, trend and projects")
    trade_policy_until: date | None = Field(
        default=None, description="day from which dated changes of duty, VAT and its refund in the world's tables act no more"
    )
    quota_variant: Literal["permit_price", "margin"] = Field(default="permit_price", description="scarce quota")
    allocation: dict[str, Literal["pro_rata", "home_first"]] = Field(
        default_factory=dict, description="whom sellers of a country serve first when short; pro_rata where not named"
    )
    without: list[Ablation] = Field(
        default_factory=list, description="mechanisms switched off, for ablations"
    )
    policy: Annotated[AnyAnswer, BeforeValidator(spelled)] = Field(
        default=NoPolicy(), description="what answers: a policy, or portfolio: and a list of those that answer together"
    )
    parameters: dict[str, Number] = Field(default_factory=dict, description="world parameters set otherwise")
    draws: Literal["calibrated", "prior"] = Field(
        default="calibrated", description="numbers that the world has fitted: from its accepted sets, or from their ranges"
    )
    events: list[AnyEvent] = Field(default_factory=list, description="what befalls; each by its kind")
    sources: list[str] = Field(default_factory=list, description="keys of sources.yaml")
    notes: str = Field(default="", description="what is background, what is uncertain")

    @model_validator(mode="before")
    @classmethod
    def _names(cls, data: Any) -> Any:
        """Give nameless events the name of their kind, numbered where there are several."""
        if isinstance(data, dict) and isinstance(data.get("events"), list):
            seen: dict[str, int] = {}
            events = []
            for event in data["events"]:
                if isinstance(event, dict) and not event.get("name") and isinstance(event.get("kind"), str):
                    seen[event["kind"]] = seen.get(event["kind"], 0) + 1
                    number = seen[event["kind"]]
                    event = {**event, "name": event["kind"] + (f"_{number}" if number > 1 else "")}
                events.append(event)
            data = {**data, "events": events}
        return data

    @model_validator(mode="after")
    def _unique(self) -> "ScenarioFile":
        names = [e.name for e in self.events]
        for n, name in enumerate(names):
            if name in names[:n]:
                raise Misplaced(("events", n, "name"), f"two events are named {name!r}; give each its own name")
        return self
