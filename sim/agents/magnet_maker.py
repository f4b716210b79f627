"""Magnet maker: metals into finished magnets of one grade, with swarf."""

from typing import ClassVar

from sim.agents.site import SiteAgent


class MagnetMaker(SiteAgent):
    """Orders metals up to its cover, runs for its orders, stops when one metal is missing."""

    kind: ClassVar[str] = "magnet_maker"
