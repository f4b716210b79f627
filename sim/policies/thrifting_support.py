"""Thrifting support: less dysprosium and terbium per magnet, or less of the product, by research that is paid for."""

from typing import Literal

import numpy as np
from pydantic import Field

from sim.policies.home import some_users
from sim.policies.policy import Answer, BoundPolicy
from sim.policies.programme import Programme, Running
from sim.policies.substitution_support import needs_of
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows


class ThriftingSupport(Programme):
    """Makers learn to do with a lower grade; in grades that have a lower one, what is saved moves there.

    It adds to what high prices save, down to the floor of each end use and no further.
    """

    kind: Literal["thrifting_support"] = "thrifting_support"
    end_uses: list[str] = Field(default_factory=list, description="end uses; all if left out")
    products: list[str] = Field(default_factory=list, description="products used there; all magnets if left out")

    def effect(self) -> str:
        whom = ", ".join(self.end_uses) or "all makers"
        return f"{self.country} pays {whom} for thrifting, {self.when.words()}: {self.course()} of their use"

    def bind(self, net: Network, rows: Rows) -> BoundPolicy:
        return _Bound(self, net, rows)


class _Bound(Running):
    def __init__(self, policy: ThriftingSupport, net: Network, rows: Rows) -> None:
        magnets = [p.name for p in net.products.values() if p.stage == "magnet"]
        self.needs = needs_of(net, policy.country, policy.end_uses, policy.products or magnets)
        watched = some_users(net, policy.country, policy.products)
        super().__init__(policy, net, rows, watched, "research")

    def press(self, adopted: np.ndarray) -> Answer:
        return [Press("kept_by_thrift", self.needs, 1.0 - adopted)]
