"""Government store: what a government holds; it buys and releases as policies and events press."""

from typing import ClassVar

from sim.agents.site import SiteAgent


class GovernmentStore(SiteAgent):
    """Owned by a government; sells to makers at home. Its rule for buying and releasing is a policy."""

    kind: ClassVar[str] = "store"
