"""Agents: typed windows on the rows of a world, one file a kind, for notebooks, the app and tests.

The week itself runs over all rows at once; a window reads and writes one site between weeks. What a kind decides is said
in its docstring, and the rule that decides stands in ``sim/mechanisms/``.
"""

from sim.agents.government import GovernmentStore
from sim.agents.magnet_maker import MagnetMaker
from sim.agents.manufacturer import Manufacturer
from sim.agents.metal_maker import MetalMaker
from sim.agents.mine import Mine
from sim.agents.recycler import Recycler
from sim.agents.refiner import Refiner
from sim.agents.site import SiteAgent
from sim.agents.trader import Trader

KINDS: dict[str, type[SiteAgent]] = {
    kind.kind: kind
    for kind in (Mine, Refiner, MetalMaker, MagnetMaker, Recycler, Trader, Manufacturer, GovernmentStore)
}
"""Agent kinds by the name tables use."""

__all__ = ["KINDS", "SiteAgent"]
