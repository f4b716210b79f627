"""Policy: signals in, presses out, declared memory between."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from sim.calendar import Calendar
from sim.events.event import InLanguages
from sim.streams import Streams
from sim.world.controls import Claim, Payment, Press
from sim.world.network import Network
from sim.world.rows import Rows
from sim.world.signals import Signals

Memory = dict[str, np.ndarray]
Answer = list[Press | Payment | Claim]


@dataclass(frozen=True)
class Opening:
    """What a policy is told before week 0: rows, weeks, named luck, the number of replicates."""

    network: Network
    calendar: Calendar
    streams: Streams
    replicates: int


class Policy(BaseModel):
    """What every policy has: a kind and a name."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: str
    name: str = Field(default="", description="name; the kind if left out")
    labels: InLanguages = Field(default_factory=dict, description="what figures call it, by language: en, ja, zh-Hant")
    source: str = Field(default="", description="keys of sources.yaml")
    evidence: str = Field(default="", description="what is known, in a sentence")

    @property
    def label(self) -> str:
        """What it is called in results: its name, its kind if it has none."""
        return self.name or self.kind

    def together(self) -> "tuple[Policy, ...]":
        """The policies that act: itself, or all of a portfolio."""
        return (self,)

    def effect(self) -> str:
        """What it does, in a sentence."""
        raise NotImplementedError

    def bind(self, net: Network, rows: Rows) -> "BoundPolicy":
        """Bind the policy to a world."""
        raise NotImplementedError


class Onlooker:
    """Policies that answer what a world shows without pressing anything, and tell whether they would have acted.

    While none has, the world is to the last bit the one that it would be with them.
    """

    def __init__(self, policies: "Sequence[BoundPolicy]", opening: Opening) -> None:
        self.policies, self.memory = policies, [p.start(opening) for p in policies]
        self.acted = False

    def look(self, week: int, signals: Signals) -> None:
        """Answer this week's signals, until one of the policies acts, or falls over, which then shows in a world of its own."""
        for policy, memory in zip(self.policies, self.memory, strict=True):
            if self.acted:
                return
            try:
                self.acted = any(acts(pressed) for pressed in policy.answer(week, signals, memory))
            except Exception:
                self.acted = True


def acts(pressed: Press | Payment | Claim) -> bool:
    """Whether it does anything: a press always, a payment or claim that is not nothing in every replicate."""
    return isinstance(pressed, Press) or bool(np.any(pressed.usd))


class BoundPolicy:
    """A policy bound to a world's rows."""

    name = "policy"

    def start(self, opening: Opening) -> Memory:
        """Memory before week 0, one row per replicate."""
        return {}

    def answer(self, week: int, signals: Signals, memory: Memory) -> Sequence[Press | Payment | Claim]:
        """Press controls by what signals show; memory is changed in place."""
        return []
