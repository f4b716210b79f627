"""Schema of a study file: many runs of scenarios under answers, what varies, what is kept and how it is valued."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from sim.events.event import InLanguages, Misplaced, Number
from sim.policies import KINDS
from sim.policies.portfolio import AnyPolicy, spelled
from sim.runner import MOST_REPLICATES, MOST_WEEKS

AnswerPolicy = Annotated[AnyPolicy, BeforeValidator(spelled)]


class Part(BaseModel):
    """A part of a study file; unknown keys are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _kept(value: Any) -> Any:
    return {"record": value} if isinstance(value, str) else value


def _scenario(value: Any) -> Any:
    return {"scenario": value} if isinstance(value, str) else value


class ScenarioChoice(Part):
    """A scenario, and how probable its event is."""

    scenario: str = Field(description="a shipped name, or a file beside the study")
    name: str = Field(default="", description="its name in the study, where it stands more than once; the scenario's if left out")
    numbers: dict[str, Number] = Field(
        default_factory=dict, description="numbers set otherwise, such as events.stop.clears or parameters.panic"
    )
    probability: float | None = Field(default=None, ge=0, le=1, description="chance that its event comes, 0 to 1")


class Portfolio(Part):
    """Policies that answer together."""

    name: str = Field(min_length=1, description="name of the portfolio")
    labels: InLanguages = Field(default_factory=dict, description="what figures call it, by language: en, ja, zh-Hant")
    policies: list[AnswerPolicy] = Field(min_length=1, description="policies that answer together")


def _range(value: Any) -> Any:
    if isinstance(value, list) and len(value) == 2:
        return {"low": value[0], "high": value[1]}
    return value


class Range(Part):
    """An uncertain number: uniform, log-uniform, or triangular where it has a mode."""

    low: float
    high: float
    mode: float | None = None
    scale: Literal["linear", "log"] = Field(default="linear", description="how it is spread from low to high")

    @model_validator(mode="after")
    def _ordered(self) -> "Range":
        if not self.low < self.high or (self.mode is not None and not self.low <= self.mode <= self.high):
            raise ValueError("low, mode and high do not rise; write them in rising order")
        if self.scale == "log" and (self.low <= 0.0 or self.mode is not None):
            raise ValueError("scale log needs low above 0 and no mode; write linear")
        return self


class Steps(Part):
    """Evenly spaced values of a lever."""

    low: float
    high: float
    steps: int = Field(ge=2, le=50, description="how many values, ends included")

    def values(self) -> list[float]:
        return [self.low + (self.high - self.low) * n / (self.steps - 1) for n in range(self.steps)]


class Vary(Part):
    """What varies beside the replicates: uncertainties by path, drawn together; levers of policies, on a grid."""

    design: Literal["latin_hypercube", "sobol", "morris", "sobol_indices"] = Field(
        default="latin_hypercube", description="how uncertainties are drawn; the last two are made for `sensitivity`"
    )
    draws: int = Field(default=1, ge=1, description="draws; for morris trajectories, for sobol_indices the base number")
    uncertainties: dict[str, Annotated[Range, BeforeValidator(_range)]] = Field(
        default_factory=dict, description="ranges by path, such as parameters.panic or events.stop.clears"
    )
    levers: dict[str, list[float | int | str | bool] | Steps] = Field(
        default_factory=dict, description="values by policy and field, such as stockpile.target_days"
    )


class Kept(Part):
    """A record to keep as a series: some of its rows, or sums of them."""

    record: str = Field(description="one of `ytterby list records`")
    where: dict[str, Annotated[list[str], BeforeValidator(_listed)]] = Field(
        default_factory=dict, description="labels to keep, by axis"
    )
    by: list[str] = Field(default_factory=list, description="axes kept; the others are summed over")


def _stands_alone(kind: str) -> bool:
    return not any(f.is_required() for f in KINDS[kind].model_fields.values())


class StudyFile(Part):
    """What a study file may hold."""

    title: str = Field(description="the study in a line")
    question: str = Field(default="", description="the question it answers")
    titles: InLanguages = Field(default_factory=dict, description="the title by language: en, ja, zh-Hant")
    questions: InLanguages = Field(default_factory=dict, description="the question by language: en, ja, zh-Hant")
    scenarios: list[Annotated[ScenarioChoice, BeforeValidator(_scenario)]] = Field(
        min_length=1, description="scenarios, by name, or with a probability"
    )
    policies: list[AnswerPolicy] = Field(
        default_factory=list,
        description="answers to compare with none; all, alone or in the list: every other kind there is, as it comes",
    )
    entered: list[str] = Field(
        default_factory=list, description="kinds that entered by `all`, set by it; those that do not fit are left out"
    )
    portfolios: list[Portfolio] = Field(default_factory=list, description="policies that answer together")
    replicates: int = Field(ge=1, le=MOST_REPLICATES, description="random worlds per draw")
    seed: int = Field(default=0, ge=0, description="seed, 0 or more")
    weeks: int | None = Field(default=None, ge=1, le=MOST_WEEKS, description="weeks; each scenario's own if left out")
    vary: Vary = Field(default_factory=Vary, description="what varies beside the replicates")
    keep: list[Annotated[Kept, BeforeValidator(_kept)]] = Field(
        default_factory=list, description="records to keep as series, whole or in part; a small set if left out"
    )
    frequency: Literal["ME", "W"] = Field(default="ME", description="series by month (ME) or week (W)")
    metrics: list[str] = Field(default_factory=list, description="metrics of single runs to compare beside the usual ones; all if left out")
    countries: list[str] = Field(
        default_factory=list, description="whose losses count in rankings, beside what answers cost whoever pays; all but the exporter if left out"
    )
    value_added_musd_per_week: dict[str, Annotated[float, Field(ge=0)]] = Field(
        default_factory=dict, description="lost per week of a full line stopped, by end use or COUNTRY.end_use"
    )
    budget_classes_musd: list[Annotated[float, Field(gt=0)]] = Field(
        default_factory=list, description="upper bounds of budget classes, rising"
    )
    discount_percent_yr: float = Field(default=3.0, ge=0, le=7, description="discount rate, % a year")
    loan_default_percent: float = Field(
        default=10.0, ge=0, le=100,
        description="share taken as lost of public loans that plants still owe at the horizon, % (assumed)",
    )  # fmt: skip
    precision_percent: float = Field(
        default=10.0, gt=0, le=100, description="asked half-width of 90 % intervals, % of the mean difference"
    )
    sources: list[str] = Field(default_factory=list, description="keys of sources.yaml")
    notes: str = Field(default="", description="what is valued how, what is left out")

    @model_validator(mode="before")
    @classmethod
    def _every(cls, data: Any) -> Any:
        """Spell ``all`` among the policies out: every kind that is not named itself and can do without numbers of its own.

        The first stands where ``all`` stood, the others at the end, so that what is named keeps its place.
        """
        given = data.get("policies") if isinstance(data, dict) else None
        listed = [given] if isinstance(given, str) else given
        if not isinstance(listed, list) or "all" not in listed:
            return data
        named = {p.get("kind") if isinstance(p, dict) else p for p in listed}
        entered = [k for k in sorted(KINDS) if k not in named and _stands_alone(k)] or ["none"]
        at = listed.index("all")
        first, *others = ({"kind": k} for k in entered)
        return {**data, "policies": [*listed[:at], first, *listed[at + 1 :], *others], "entered": entered}

    @model_validator(mode="after")
    def _consistent(self) -> "StudyFile":
        names: list[str] = []
        places = [("policies", n, p.name or p.kind) for n, p in enumerate(self.policies)]
        places += [("portfolios", n, p.name) for n, p in enumerate(self.portfolios)]
        for key, n, name in places:
            if name in names:
                raise Misplaced((key, n), f"two answers are named {name!r}; give each its own name")
            names.append(name)
        seen = [c.name or c.scenario for c in self.scenarios]
        for n, name in enumerate(seen):
            if name in seen[:n]:
                raise Misplaced(("scenarios", n), f"{name!r} stands twice; keep one, or give each its own name")
        if sorted(set(self.budget_classes_musd)) != self.budget_classes_musd:
            raise Misplaced(("budget_classes_musd",), "the bounds do not rise; write them in rising order")
        return self
