"""Trader: buys abroad, holds, sells at home."""

from typing import ClassVar

from sim.agents.site import SiteAgent


class Trader(SiteAgent):
    """Holds back while prices run up; dumps when they turn or when its stock no longer covers its debt."""

    kind: ClassVar[str] = "trader"
