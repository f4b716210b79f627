"""Event: when x where x what. A kind is one file with its own two or three numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from sim.calendar import Calendar, day_of
from sim.events.selection import Selection
from sim.events.window import Window
from sim.language import words
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows, Scheme

Draw = Callable[[str, tuple[float, float, float]], np.ndarray]


class Misplaced(ValueError):
    """A fault between keys; ``key``, seen from where it is checked, says which of them to mend."""

    def __init__(self, key: tuple[str | int, ...], message: str) -> None:
        super().__init__(message)
        self.key = key


class Uncertain(BaseModel):
    """An uncertain number, drawn per replicate from a triangular distribution."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    low: float
    mode: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> "Uncertain":
        if not self.low <= self.mode <= self.high:
            raise ValueError(f"low {self.low:g}, mode {self.mode:g}, high {self.high:g}: write them in rising order")
        return self


def _as_number(value: object) -> object:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return {"low": float(value), "mode": float(value), "high": float(value)}
    return value


Number = Annotated[Uncertain, BeforeValidator(_as_number)]
"""A number or ``{low, mode, high}`` in a file; always the latter in memory."""


def triple(number: Uncertain) -> tuple[float, float, float]:
    return (number.low, number.mode, number.high)


def within(number: Uncertain, low: float, high: float, name: str) -> Uncertain:
    """Return the number if it lies in its range; otherwise say what to write."""
    if number.low < low or number.high > high:
        given = f"{number.low:g}" if number.low == number.high else f"{number.low:g} to {number.high:g}"
        raise ValueError(f"{name} is {given}; write a value from {low:g} to {high:g}")
    return number


def spoken(number: Uncertain, unit: str = "", scale: float = 1.0) -> str:
    """The number in words, with its range where it has one."""
    if number.low == number.high:
        return f"{number.mode * scale:g}{unit}"
    return f"{number.mode * scale:g}{unit} ({number.low * scale:g} to {number.high * scale:g})"


def _in_known_languages(texts: dict[str, str]) -> dict[str, str]:
    for lang in texts:
        words(lang)
    return texts


InLanguages = Annotated[dict[str, str], AfterValidator(_in_known_languages)]
"""A text by the tag of its language."""
Day = Annotated[date, BeforeValidator(lambda v: day_of(v) if isinstance(v, str) else v)]


@dataclass(frozen=True)
class Prepared:
    """An event bound to a world: its presses of any week."""

    name: str
    background: bool
    kind: str
    press: Callable[[int], Sequence[Press]]
    country: str
    ease: Callable[[Any], None]


class Strength:
    """Strength of an event in any week: intensity times the share of the week, less what talks have eased."""

    def __init__(self, intensity: np.ndarray, window: Window, calendar: Calendar) -> None:
        self.intensity, self.window, self.calendar = intensity, window, calendar
        self.eased: Any = 0.0

    def __call__(self, week: int) -> np.ndarray:
        return np.asarray(self.intensity * self.window.share(self.calendar, week) * (1.0 - self.eased))

    def ease(self, relief: Any) -> None:
        """Ease the measure by a share, 0 to 1, from now on."""
        self.eased = relief


class Event(BaseModel):
    """What every event has: a kind, a name, when it holds, whom it concerns, whether it is background."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    name: str = Field(default="", description="name, unique in the scenario; the kind if left out")
    labels: InLanguages = Field(default_factory=dict, description="what figures call it, by language: en, ja, zh-Hant")
    background: bool = Field(default=False, description="part of the world against which effects are measured")
    start: Day = Field(description="first day, YYYY-MM-DD")
    end: Day | None = Field(default=None, description="day after the last; none: until the end of the run")
    ramp_weeks: float = Field(default=0.0, ge=0, le=104, description="weeks until it holds fully")
    fade_weeks: float = Field(default=0.0, ge=0, le=104, description="weeks until it is gone after its end")
    selection: Selection = Field(default_factory=Selection, description="whom it concerns; everything if left out")
    intensity: Number = Field(default=Uncertain(low=1, mode=1, high=1), description="strength, 0 (nothing) to 1")
    source: str = Field(default="", description="keys of sources.yaml")
    evidence: str = Field(default="", description="what is known, in a sentence")

    @model_validator(mode="after")
    def _in_order(self) -> "Event":
        if self.end is not None and self.end <= self.start:
            raise ValueError(f"end {self.end} is not after start {self.start}; write a later end")
        within(self.intensity, 0, 1, "intensity")
        return self

    @property
    def window(self) -> Window:
        return Window(self.start, self.end, self.ramp_weeks, self.fade_weeks)

    def dates(self) -> str:
        """When it holds, in words."""
        until = f" to {self.end}" if self.end is not None else " on"
        rise = f", in full after {self.ramp_weeks:g} weeks" if self.ramp_weeks else ""
        fade = f", gone {self.fade_weeks:g} weeks later" if self.fade_weeks and self.end is not None else ""
        return f"{self.start}{until}{rise}{fade}"

    def turns(self) -> dict[Day, str]:
        """Days within it on which it changes, and to what, in a word or two; none for most kinds."""
        return {}

    def effect(self) -> str:
        """What it does, in a sentence."""
        raise NotImplementedError

    def schemes(self, net: Network) -> list[Scheme]:
        """Schemes it needs, fixed before week 0; none for most kinds."""
        return []

    def check(self, net: Network) -> None:
        """Raise SelectionError if it concerns nothing in this world."""
        self.selection.check(net)

    def prepare(self, net: Network, rows: Rows, calendar: Calendar, draw: Draw) -> Prepared:
        """Bind the event to a world."""
        raise NotImplementedError

    def strength(self, calendar: Calendar, draw: Draw) -> Strength:
        """Strength per week and replicate."""
        intensity = draw(f"events.{self.name}.intensity", triple(self.intensity))[:, np.newaxis]
        return Strength(intensity, self.window, calendar)

    def prepared(self, press: Callable[[int], Sequence[Press]], strength: Strength) -> Prepared:
        """Bind presses to the country that imposes them, so that talks can ease them."""
        return Prepared(self.name, self.background, self.kind, press, self.imposed_by(), strength.ease)

    def imposed_by(self) -> str:
        """The country that imposes it, whose talks can ease it; empty for what nobody imposes."""
        return str((self.selection.seller_country or self.selection.country or [""])[0])


def quiet(strength: Any) -> bool:
    """Whether nothing is pressed this week."""
    return bool((np.asarray(strength) <= 0.0).all())
