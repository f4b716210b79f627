"""Consolidation: sellers merged into one group that prices as one."""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from sim.calendar import Calendar
from sim.events.event import Draw, Event, Number, Prepared, Uncertain, quiet, spoken, triple, within
from sim.events.selection import SelectionError
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows, Scheme


class Consolidation(Event):
    """Members' asks of a product move together on their joint orders, offers and stock, with a margin while they are large.

    The margin lies over what they think a normal ask; it is held in weeks in which they have at least ``large_from`` of all
    orders for the product, and melts away with lost orders. No tonne moves by it: shelf, queue, sea and contracts stay as
    they are, and contracts feel it as far as their index does. At its end each member prices by its own books again, from
    the common ask on.
    """

    kind: Literal["consolidation"] = "consolidation"
    margin: Number = Field(
        default=Uncertain(low=0, mode=0.1, high=0.2), description="held over the normal ask while large, 0 to 1"
    )
    large_from: Number = Field(
        default=Uncertain(low=0.3, mode=0.4, high=0.5), description="share of the product's orders that makes it large"
    )

    @model_validator(mode="after")
    def _ranges(self) -> "Consolidation":
        within(self.margin, 0, 1, "margin")
        within(self.large_from, 0, 1, "large_from")
        return self

    def effect(self) -> str:
        return (
            f"{self.selection.words('sellers')} price as one on joint orders, offers and stock, and hold "
            f"{spoken(self.margin, ' %', 100)} over their normal ask of a product while they have at least "
            f"{spoken(self.large_from, ' %', 100)} of its orders"
        )


    def members(self, net: Network) -> np.ndarray:
        """Stock points merged: sellers at the start, two or more of a product."""
        sellers = self.selection.sold_points(net).tolist()
        country = net.point_countries()
        if self.selection.seller_country:
            sellers = [p for p in sellers if country[p] in self.selection.seller_country]
        # ores are priced by their baskets, so nobody's books move them; a project has no books at the start
        ores = ("concentrate", "carbonate", "swarf")
        found = [
            p for p in sellers
            if net.products[net.points[p].product].stage not in ores and net.sold_at_rest[p] > 0.0 and not net.is_project[p]
        ]  # fmt: skip
        of_product: dict[str, list[int]] = {}
        for p in found:
            of_product.setdefault(net.points[p].product, []).append(p)
        merged = sorted(p for several in of_product.values() if len(several) > 1 for p in several)
        if not merged:
            raise SelectionError("selection", "holds no two sellers of one product, so nothing merges; widen it")
        return np.array(merged, dtype=np.int64)

    def check(self, net: Network) -> None:
        self.members(net)

    def schemes(self, net: Network) -> list[Scheme]:
        return [Scheme("group", self.name, self.members(net))]

    def prepare(self, net: Network, rows: Rows, calendar: Calendar, draw: Draw) -> Prepared:
        groups = rows.group_rows(self.name)
        margin, large = (
            draw(f"events.{self.name}.{key}", triple(getattr(self, key)))[:, np.newaxis] for key in ("margin", "large_from")
        )
        strength = self.strength(calendar, draw)

        def press(week: int) -> list[Press]:
            s = strength(week)
            if quiet(s):
                return []
            return [
                Press("merged", groups, s), Press("group_margin", groups, s * margin), Press("group_from", groups, large)
            ]  # fmt: skip

        return self.prepared(press, strength)
