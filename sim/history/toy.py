"""Toy: an aggregate market of a hundred lines, kept only as a benchmark that the model must beat.

One exporter with a home and an export book, one pool of buyers abroad and one at home, five oxides, weekly steps. It knows the
quotas, a stop of nine weeks towards half of the buyers and a crackdown on output in 2011. Every number here is the benchmark's own
and evidence of nothing.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from sim.history.replay import Replay

Array = np.ndarray[Any, np.dtype[Any]]
OXIDES = ("la", "ce", "ndpr", "sm", "dy")
START_FOB = np.array([4.9, 3.9, 19.0, 3.4, 116.0])
"""USD/kg, 2009 (benchmark only)."""
MADE_YR = np.array([32e3, 52e3, 24e3, 2.4e3, 1.3e3])
"""T a year, illegal output with it (benchmark only)."""
ABROAD_YR = np.array([16e3, 20e3, 8.5e3, 0.5e3, 0.35e3])
"""T a year used outside the exporter (benchmark only)."""
DUTY = np.array([0.15, 0.15, 0.15, 0.15, 0.25])
BASKET = np.array([25.5, 46.74, 23.82, 2.27, 0.124])
"""Shares of Mount Weld's ore among the five, %."""
QUARTER = 13


@dataclass(frozen=True)
class Constants:
    """The benchmark's constants, the same for all oxides."""

    elasticity: float = 0.2
    panic: float = 4.0
    momentum: float = 0.6
    home_momentum: float = 1.0
    ask_speed: float = 0.12
    crackdown: float = 0.25
    leak: float = 0.35
    growth_yr: float = 0.05
    cover_weeks: float = 10.0
    home_cover_weeks: float = 6.0
    seller_weeks: float = 8.0
    close_gap_weeks: float = 8.0


@dataclass
class Book:
    """One pool of buyers: stock, price really paid, ask it faces, and the asks of the last quarter."""

    use: Array
    stock: Array
    ask: Array
    paid: Array
    start: Array
    past: list[Array] = field(default_factory=list)

    def run_up(self) -> Array:
        before = self.past[-QUARTER] if len(self.past) >= QUARTER else self.start
        return np.asarray(np.clip(np.log(self.ask / before), -0.8, 1.2))

    def pay(self, weeks: float) -> None:
        self.past.append(self.ask)
        self.paid = self.paid + (self.ask - self.paid) / weeks


def toy_replay(dates: list[date], quota: Array, constants: Constants | None = None) -> Replay:
    """Run the benchmark over the given weeks under a schedule of quotas (tonnes a week)."""
    toy = Toy(constants or Constants())
    rows = [toy.week((d - dates[0]).days / 365.25, float(q)) for d, q in zip(dates, quota, strict=True)]
    fob, home, shipped, leaked = (np.array([r[k] for r in rows]) for k in range(4))
    values = {"quota": quota, "permits_used": shipped, "exports_china": shipped, "leaked_china": leaked}
    for n, oxide in enumerate(OXIDES):
        values[f"fob_{oxide}"], values[f"home_{oxide}"] = fob[:, n], home[:, n]
        values[f"home_with_duty_{oxide}"] = home[:, n] * (1.0 + DUTY[n])
    values["permit"] = np.maximum((fob[:, :2] - home[:, :2] * (1.0 + DUTY[:2])).mean(axis=1), 0.0)
    values["basket_mount_weld"] = fob @ BASKET / BASKET.sum()
    flows = frozenset({"quota", "permits_used", "exports_china", "leaked_china"})
    return Replay(dates, {k: v[np.newaxis] for k, v in values.items()}, flows)


class Toy:
    """The benchmark's state, advanced week by week."""

    def __init__(self, constants: Constants) -> None:
        self.k = constants
        self.made, abroad = MADE_YR / 52.0, ABROAD_YR / 52.0
        at_home = 0.9 * START_FOB / (1.0 + DUTY)
        self.stock = constants.seller_weeks * self.made
        self.abroad = Book(abroad, constants.cover_weeks * abroad, START_FOB, START_FOB, START_FOB)
        use = self.made - abroad
        self.home = Book(use, constants.home_cover_weeks * use, at_home, at_home, at_home)
        self.thrift, self.belief = np.ones(5), 0.0

    def week(self, years: float, quota: float) -> tuple[Array, Array, float, float]:
        """FOB, home price, tonnes shipped under the quota and past it; ``years`` since January 2009."""
        k, home, abroad = self.k, self.home, self.abroad
        prices = abroad.ask.copy(), home.ask.copy()
        grown = (1.0 + k.growth_yr) ** years
        need = abroad.use * self.thrift * (abroad.paid / abroad.start) ** -k.elasticity
        need_home = home.use * grown * (home.paid / home.start) ** -k.elasticity
        cover = k.cover_weeks * (1.0 + k.panic * self.belief + k.momentum * abroad.run_up())
        order = self._order(need, cover, abroad, self.thrift, 2.5)
        cover_home = k.home_cover_weeks * (1.0 + k.home_momentum * home.run_up())
        order_home = self._order(need_home, cover_home, home, np.full(5, grown), 2.0)
        gap = np.maximum(np.log(abroad.ask / (1.25 * home.ask)), 0.0)
        leaked = np.minimum(0.6 * order, k.leak * abroad.use * (1.0 + gap))
        is_stopped = 1.72 < years < 1.9
        wanted = np.minimum(order - leaked, self.stock / 4.0) * (0.6 if is_stopped else 1.0)
        shipped = by_margin(wanted, np.maximum(abroad.ask / 1.15 - home.ask, 0.0) + 0.05, quota)
        sold = np.minimum(order_home, 0.3 * np.maximum(self.stock - shipped - leaked, 0.0))
        sent = shipped + leaked
        self.stock = self.stock + self._output(years) - sent - sold
        self._live_off(abroad, sent, need)
        self._live_off(home, sold, need_home)
        self._believe(1.0 - sent.sum() / max(order.sum(), 1e-9), years)
        self._move_asks(order, sent, order_home, sold)
        dear = np.clip(np.log(abroad.paid / abroad.start) / np.log(4.0), 0.0, 1.5)
        self.thrift = self.thrift * (1.0 - 0.10 / 52.0 * dear)
        return (*prices, float(shipped.sum()), float(leaked.sum()))

    def _order(self, need: Array, cover: Array, book: Book, scale: Array, ceiling: float) -> Array:
        wished = cover * book.use * scale - book.stock
        return np.asarray(
            np.clip(need + wished / self.k.close_gap_weeks, 0.0, ceiling * book.use * np.maximum(scale, 1.0))
        )

    def _output(self, years: float) -> Array:
        bites = np.clip((years - 2.1) / 0.3, 0.0, 1.0) * (1.0 - 0.6 * np.clip(years - 3.2, 0.0, 1.0))
        return np.asarray(self.made * (1.0 - self.k.crackdown * bites))

    @staticmethod
    def _live_off(book: Book, came: Array, need: Array) -> None:
        book.stock = book.stock + came
        book.stock = book.stock - np.minimum(book.stock, need)

    def _believe(self, miss: float, years: float) -> None:
        """Short cargo is felt; news of the cut of July 2010 fades within a year."""
        miss = max(miss, 0.0)
        self.belief += (0.10 if miss > self.belief else 0.035) * (miss - self.belief)
        if years > 1.5:
            self.belief = max(self.belief, 0.5 * float(np.exp(-(years - 1.5) / 0.8)))

    def _move_asks(self, order: Array, sent: Array, order_home: Array, sold: Array) -> None:
        """Asks move with orders over deliveries; where nothing is short, the export ask follows the home ask."""
        k, home, abroad = self.k, self.home, self.abroad
        short = np.clip(np.log(np.maximum(order, 1e-9) / np.maximum(sent, 0.05 * abroad.use)), -1.0, 1.0)
        follows = np.where(short < 0.02, 0.04 * np.log(1.28 * home.ask / abroad.ask), 0.0)
        weeks = np.maximum(self.stock / self.made, 0.5)
        pull = np.log((order_home + order / 2.0) / (sold + sent / 2.0)) + 0.25 * np.log(k.seller_weeks / weeks)
        home.ask = np.maximum(home.ask * np.exp(k.ask_speed * np.clip(pull, -1.0, 1.0)), 0.6 * home.start)
        abroad.ask = np.maximum(abroad.ask * np.exp(k.ask_speed * short + follows), home.ask)
        abroad.pay(13.0)
        home.pay(9.0)


def by_margin(wanted: Array, margin: Array, quota: float) -> Array:
    """Share a quota out by wanted tonnes and margin, again and again until it or the want is used up."""
    shipped, left = np.zeros(len(wanted)), quota
    for _ in range(6):
        pull = (wanted - shipped) * margin
        if left <= 1e-9 or pull.sum() <= 0.0:
            break
        more = np.minimum(wanted - shipped, left * pull / pull.sum())
        shipped, left = shipped + more, left - float(more.sum())
    return shipped
