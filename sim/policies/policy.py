"""Policy: signals in, presses out, declared memory between."""

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from sim.world.controls import Payment, Press
from sim.world.network import Network
from sim.world.rows import Rows
from sim.world.signals import Signals

Memory = dict[str, np.ndarray]


class Policy(BaseModel):
    """What every policy has: a kind, a name and a country that owns it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: str
    name: str = Field(default="", description="name; the kind if left out")

    def effect(self) -> str:
        """What it does, in a sentence."""
        raise NotImplementedError

    def bind(self, net: Network, rows: Rows) -> "BoundPolicy":
        """Bind the policy to a world."""
        raise NotImplementedError


class BoundPolicy:
    """A policy bound to a world's rows."""

    name = "policy"

    def start(self, net: Network, replicates: int) -> Memory:
        """Memory before week 0, one row per replicate."""
        return {}

    def answer(self, week: int, signals: Signals, memory: Memory) -> Sequence[Press | Payment]:
        """Press controls by what signals show; memory is changed in place."""
        return []
