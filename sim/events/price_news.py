"""Price news: talk that moves asks a little, with no change in any quantity."""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from sim.calendar import Calendar
from sim.events.event import Draw, Event, Number, Prepared, quiet, spoken, triple, within
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows


class PriceNews(Event):
    """Raises sellers' asks by some per cent a week while it lasts.

    No tonne is touched on the shelf, in queues or at sea. Orders of the week after pay the new ask, as does what leaves
    a queue then, and run-ups of what is paid make buyers and traders cover ahead; contracts feel it as far as their
    index does. At its end nothing holds asks up: orders, stocks and what sellers think a normal ask pull them back.
    """

    kind: Literal["price_news"] = "price_news"
    percent_week: Number = Field(description="rise of asks per week, per cent, -10 to 10")

    @model_validator(mode="after")
    def _range(self) -> "PriceNews":
        within(self.percent_week, -10, 10, "percent_week")
        return self

    def effect(self) -> str:
        return f"talk moves asks by {spoken(self.percent_week, ' %')} a week: {self.selection.words('sellers')}"

    def check(self, net: Network) -> None:
        self.selection.sold_points(net)

    def prepare(self, net: Network, rows: Rows, calendar: Calendar, draw: Draw) -> Prepared:
        points = self.selection.sold_points(net)
        percent = draw(f"events.{self.name}.percent_week", triple(self.percent_week))[:, np.newaxis]
        strength = self.strength(calendar, draw)

        def press(week: int) -> list[Press]:
            s = strength(week)
            return [] if quiet(s) else [Press("news", points, s * percent / 100.0)]

        return self.prepared(press, strength)
