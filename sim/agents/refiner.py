"""Refiner: takes a basket apart, all of it at once."""

from typing import ClassVar

from sim.agents.site import SiteAgent


class Refiner(SiteAgent):
    """Runs for the value-weighed orders of all its oxides; sets surplus of the unwanted ones aside."""

    kind: ClassVar[str] = "refiner"
