"""Recycler: swarf back into oxides."""

from typing import ClassVar

from sim.agents.site import SiteAgent


class Recycler(SiteAgent):
    """Buys swarf by formula, runs for the orders of its oxides; what it makes keeps the origin of the swarf."""

    kind: ClassVar[str] = "recycler"
