"""Mine: takes ore of one basket out of the ground."""

from typing import ClassVar

from sim.agents.site import SiteAgent


class Mine(SiteAgent):
    """Runs for the orders of its refiners, decides on the value of its whole basket, and is paid by formula on it."""

    kind: ClassVar[str] = "mine"
