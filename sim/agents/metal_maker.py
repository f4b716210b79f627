"""Metal maker: oxide into metal."""

from typing import ClassVar

from sim.agents.site import SiteAgent


class MetalMaker(SiteAgent):
    """Orders oxide up to its cover, runs for its orders, passes the cost of its inputs on."""

    kind: ClassVar[str] = "metal_maker"
