"""None: the government does nothing."""

from typing import Literal

from sim.policies.policy import BoundPolicy, Policy
from sim.world.network import Network
from sim.world.rows import Rows


class NoPolicy(Policy):
    """The answer against which all others are compared."""

    kind: Literal["none"] = "none"

    def effect(self) -> str:
        return "the government does nothing"

    def bind(self, net: Network, rows: Rows) -> BoundPolicy:
        bound = BoundPolicy()
        bound.name = self.name or self.kind
        return bound
