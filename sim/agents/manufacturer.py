"""Manufacturer: makers of one kind of goods in one country."""

from typing import ClassVar

from sim.agents.site import SiteAgent


class Manufacturer(SiteAgent):
    """Wants by plan, intensity and price paid; thrifts, relocates; a line stops for want of one component."""

    kind: ClassVar[str] = "manufacturer"
