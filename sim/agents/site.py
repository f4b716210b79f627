"""Site: one decision-maker's goods, asks and runs, read from and written to the rows of one replicate."""

from typing import Any, ClassVar

import mesa
import numpy as np


class SiteAgent(mesa.Agent):  # type: ignore[misc]
    """A site. Quantities by product are dictionaries; assigning to ``set_on_hand`` or ``set_ask`` changes the world.

    Attributes
    ----------
    name, title, country, group, end_use : str
        As in the world's tables.
    """

    kind: ClassVar[str] = ""

    def __init__(self, model: Any, row: int) -> None:
        super().__init__(model)
        site = model.network.sites[row]
        self.row = row
        self.name, self.title, self.country = site.name, site.title, site.country
        self.group, self.end_use = site.group, site.end_use
        self.points = [k for k, p in enumerate(model.network.points) if p.site == row]
        self.lines = [int(k) for k in np.flatnonzero(model.network.line_site == row)]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name} {self.country}>"

    def _by_product(self, column: str) -> dict[str, float]:
        array = getattr(self.model.world.state, column)
        return {self.model.network.points[k].product: float(array[0, k]) for k in self.points}

    def _point(self, product: str) -> int:
        for k in self.points:
            if self.model.network.points[k].product == product:
                return k
        raise KeyError(f"{self.name} holds no {product}; it holds {', '.join(self.on_hand)}")

    @property
    def on_hand(self) -> dict[str, float]:
        """T on hand by product."""
        return self._by_product("on_hand")

    @property
    def total_on_hand(self) -> float:
        """T on hand, all products."""
        return sum(self.on_hand.values())

    def set_on_hand(self, product: str, tonnes: float) -> None:
        """Put a stock to a level, 0 or more; goods appear or vanish, which is yours to account for."""
        if not tonnes >= 0.0:
            raise ValueError(f"{product}: {tonnes} t on hand; write 0 or more")
        self.model.world.state.on_hand[0, self._point(product)] = tonnes

    @property
    def ask(self) -> dict[str, float]:
        """Ask in the home book by product, USD/kg without VAT."""
        return self._by_product("ask")

    def set_ask(self, product: str, usd_per_kg: float) -> None:
        """Set an ask, above 0."""
        if not usd_per_kg > 0.0:
            raise ValueError(f"{product}: an ask of {usd_per_kg} USD/kg; write a number above 0")
        self.model.world.state.ask[0, self._point(product)] = usd_per_kg

    @property
    def cover(self) -> dict[str, float]:
        """Wished weeks of cover by product."""
        return self._by_product("cover")

    @property
    def paid(self) -> dict[str, float]:
        """Price really paid by product, USD/kg, smoothed over a quarter."""
        return self._by_product("paid")

    @property
    def run(self) -> float:
        """T fed (or of main product made) last week."""
        return float(self.model.world.state.run[0, self.lines].sum()) if self.lines else 0.0

    @property
    def nameplate(self) -> float:
        """Design rate, t per week, of feed or main product."""
        return float(self.model.network.nameplate[self.lines].sum()) if self.lines else 0.0

    @property
    def run_rate(self) -> float:
        """Run over nameplate."""
        return self.run / self.nameplate if self.nameplate > 0.0 else 0.0
