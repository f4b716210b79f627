"""Policy: signals in, presses out, declared memory between."""

from collections.abc import Iterator, Sequence
from copy import copy, deepcopy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from sim.calendar import Calendar
from sim.events.event import InLanguages
from sim.streams import Streams
from sim.world.controls import CONTROLS, Claim, Payment, Press
from sim.world.network import Network
from sim.world.rows import Rows
from sim.world.signals import Signals

Memory = dict[str, np.ndarray]
Answer = list[Press | Payment | Claim]
ALL = slice(None)


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


class Party:
    """Policies that answer together, in some replicates of a block: the others are as if these were not there."""

    def __init__(self, policies: "Sequence[BoundPolicy]", opening: Opening, replicates: slice = ALL) -> None:
        size = len(range(*replicates.indices(opening.replicates)))
        own = replace(opening, streams=opening.streams.of(replicates), replicates=size)
        self.policies, self.memory = policies, [p.start(own) for p in policies]
        self.replicates, self.all = replicates, opening.replicates

    def __deepcopy__(self, memo: dict[int, Any]) -> "Party":
        """The same policies, which hold nothing of a world's course, with what they remember so far."""
        other = copy(self)
        other.memory = deepcopy(self.memory, memo)
        return other

    def answers(self, week: int, signals: Signals) -> "Iterator[tuple[str, Answer]]":
        """Name of each policy and what it presses, in all replicates of the block."""
        seen = signals if self.replicates == ALL else signals.of(self.replicates)
        for policy, memory in zip(self.policies, self.memory, strict=True):
            yield policy.name, [self._spread(pressed) for pressed in policy.answer(week, seen, memory)]

    def _spread(self, pressed: "Press | Payment | Claim") -> "Press | Payment | Claim":
        """What is pressed, neutral or nothing in the replicates of others."""
        if self.replicates == ALL:
            return pressed
        if isinstance(pressed, Press):
            value = np.full((self.all, pressed.rows.size), CONTROLS[pressed.control].neutral)
            value[self.replicates] = pressed.value
            return replace(pressed, value=value)
        usd = np.zeros(self.all)
        usd[self.replicates] = pressed.usd
        if isinstance(pressed, Payment):
            return replace(pressed, usd=usd)
        share = np.zeros(self.all)
        share[self.replicates] = pressed.share
        return replace(pressed, usd=usd, share=share)


class Onlooker:
    """Policies that answer what a world shows without pressing anything, and tell whether they would have acted.

    While none has, the world is to the last bit the one that it would be with them.
    """

    def __init__(self, answer: Sequence[Policy], net: Network, rows: Rows, opening: Opening) -> None:
        self.acted = False
        try:
            self.party = Party([p.bind(net, rows) for p in answer], opening)
        except Exception:
            self.acted = True

    def look(self, week: int, signals: Signals) -> None:
        """Answer this week's signals, until one of the policies acts, or falls over, which then shows in a world of its own."""
        if self.acted:
            return
        try:
            self.acted = any(acts(pressed) for _, answer in self.party.answers(week, signals) for pressed in answer)
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


def parties_of(answers: Sequence[Sequence[BoundPolicy]], opening: Opening) -> list[Party]:
    """A party per answer: one has all replicates of the block, several an equal share each, in their order."""
    if len(answers) == 1:
        return [Party(answers[0], opening)]
    share = opening.replicates // max(len(answers), 1)
    if share * len(answers) != opening.replicates:
        raise ValueError(f"{opening.replicates} replicates cannot be shared equally by {len(answers)} answers")
    return [Party(a, opening, slice(n * share, (n + 1) * share)) for n, a in enumerate(answers)]
