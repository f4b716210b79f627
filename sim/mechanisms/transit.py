"""Transit: cargo at sea, merged per buyer's stock point and week of arrival, with the origin it was loaded with."""

from typing import Any

import numpy as np

from sim.mechanisms.mechanism import mechanism
from sim.mechanisms.units import NOTHING, USD_PER_T

Array = np.ndarray[Any, np.dtype[np.float64]]


@mechanism(
    "shipped[lane] weeks[route] route[lane]:route week seller[lane]:point buyer[lane]:point first[point]:row"
    " last[point]:row origin[row,group] sea[slot,point]:inout sea_origin[slot,cargo,group]:inout -> loaded[point]"
)
def load(  # type: ignore[no-untyped-def]
    shipped, weeks, route, week, seller, buyer, first, last, origin, sea, sea_origin, loaded
):  # fmt: skip
    """Put shipped cargo into the ring slot of the week it will arrive.

    Parameters
    ----------
    shipped : (lane,) t leaving this week
    weeks, route : (route,) weeks at sea, rounded down, at least 1 and less than the number of slots; each lane's route
    week : number of this week, as a float
    first, last : (point,) rows of the layers of origin that the point's goods have, from the ore's to that of their stage;
        rows of points that buy come before all others
    origin : (row, group) shares of each stock, by layer
    sea, sea_origin : changed in place: t, and t by row of the buyer's point and origin group

    Returns
    -------
    loaded : (point,) t put to sea towards each buyer
    """
    slots = sea.shape[0]
    loaded[:] = 0.0
    here = int(week) % slots
    for lane in range(shipped.size):
        cargo = shipped[lane]
        if cargo > 0.0:
            slot = here + min(max(int(weeks[route[lane]]), 1), slots - 1)
            slot -= slots if slot >= slots else 0
            to, of = buyer[lane], seller[lane]
            loaded[to] += cargo
            sea[slot, to] += cargo
            ahead = first[to] - first[of]
            for row in range(first[of], last[of] + 1):
                for group in range(origin.shape[1]):
                    # no branch on shares that are nothing: adding them costs less than guessing which they are
                    sea_origin[slot, ahead + row, group] += cargo * origin[row, group]


@mechanism(
    "stock[point] first[point]:row last[point]:row week origin[row,group]:inout sea[slot,point]:inout"
    " sea_origin[slot,cargo,group]:inout -> arrived[point]"
)
def land(stock, first, last, week, origin, sea, sea_origin, arrived):  # type: ignore[no-untyped-def]
    """Empty this week's slot of the ring, and mix what it held into well-mixed stocks, as ``blend`` does."""
    slot = int(week) % sea.shape[0]
    for point in range(stock.size):
        arrived[point] = sea[slot, point]
        sea[slot, point] = 0.0
        if arrived[point] > 0.0:
            total = stock[point] + arrived[point]
            for row in range(first[point], last[point] + 1):
                for group in range(origin.shape[1]):
                    held = stock[point] * origin[row, group]
                    origin[row, group] = (held + sea_origin[slot, row, group]) / total
                    sea_origin[slot, row, group] = 0.0


@mechanism(
    "stock[point] first[point]:row last[point]:row arrived[point] brought[row,group] origin[row,group]:inout ->"
)
def blend(stock, first, last, arrived, brought, origin):  # type: ignore[no-untyped-def]
    """Mix what arrived into a well-mixed stock; a share vector stays a share vector.

    Parameters
    ----------
    stock : (point,) t before arrival
    first, last : (point,) rows of the layers of origin that the point's goods have
    arrived : (point,) t
    brought : (row, group) t by origin, each row summing to what arrived at its point
    origin : (row, group) shares of the stock, each row summing to 1; changed in place
    """
    for point in range(stock.size):
        if arrived[point] > 0.0:
            total = stock[point] + arrived[point]
            for row in range(first[point], last[point] + 1):
                for group in range(origin.shape[1]):
                    origin[row, group] = (stock[point] * origin[row, group] + brought[row, group]) / total


@mechanism(
    "shipped[lane] leaked[lane] price[lane] weeks[route] route[lane]:route week trade[lane]:trade alias[lane]:trade mislabelled"
    " other_code[lane]:trade miscoded sea_tonnes[slot,trade]:inout sea_usd[slot,trade]:inout -> booked[trade]"
)
def book_arrivals(  # type: ignore[no-untyped-def]
    shipped, leaked, price, weeks, route, week, trade, alias, mislabelled, other_code, miscoded, sea_tonnes, sea_usd,
    booked,
):  # fmt: skip
    """Keep both books: legal cargo by week of shipment, all cargo by week of arrival, as customs see it.

    Part of the leaked cargo enters the importer's book under another origin, part under another customs code.

    Parameters
    ----------
    shipped, leaked, price : (lane,) t leaving this week; t of it past the books; USD/kg CIF
    weeks, route, week : as in ``load``
    trade, alias : (lane,) relation of seller's country, buyer's country and product, -1 inside a country; the relation
        under whose origin leaked cargo is entered, -1 where there is none
    other_code : (lane,) relation under whose customs code it is entered, -1 where there is none
    mislabelled, miscoded : shares of leaked cargo entered so, 0 to 1, together at most 1
    sea_tonnes, sea_usd : changed in place: t and USD by week of arrival

    Returns
    -------
    booked : (trade,) t leaving this week legally, the exporter's book
    """
    slots = sea_tonnes.shape[0]
    booked[:] = 0.0
    here = int(week) % slots
    for lane in range(shipped.size):
        row = trade[lane]
        if row >= 0 and shipped[lane] > 0.0:
            slot = here + min(max(int(weeks[route[lane]]), 1), slots - 1)
            slot -= slots if slot >= slots else 0
            own = shipped[lane]
            past = min(leaked[lane], shipped[lane])
            if past > 0.0 and alias[lane] >= 0:
                own -= past * mislabelled
                sea_tonnes[slot, alias[lane]] += past * mislabelled
                sea_usd[slot, alias[lane]] += past * mislabelled * price[lane] * USD_PER_T
            if past > 0.0 and other_code[lane] >= 0:
                own -= past * miscoded
                sea_tonnes[slot, other_code[lane]] += past * miscoded
                sea_usd[slot, other_code[lane]] += past * miscoded * price[lane] * USD_PER_T
            sea_tonnes[slot, row] += own
            sea_usd[slot, row] += own * price[lane] * USD_PER_T
            booked[row] += max(shipped[lane] - leaked[lane], 0.0)


@mechanism(
    "shipped[lane] cif[lane] spot[lane] ordered[lane] weeks[route] route[lane]:route week cell[lane]:cell"
    " coming_tonnes[slot,cell]:inout coming_usd[slot,cell]:inout coming_spot[slot,cell]:inout"
    " -> tonnes[cell] usd[cell] spot_tonnes[cell]"
)
def book_deliveries(  # type: ignore[no-untyped-def]
    shipped, cif, spot, ordered, weeks, route, week, cell, coming_tonnes, coming_usd, coming_spot, tonnes, usd,
    spot_tonnes,
):  # fmt: skip
    """Say what was delivered to each market this week, and note what leaves for it by week of arrival.

    Parameters
    ----------
    shipped, cif : (lane,) t leaving this week; USD/kg with freight, without import duty and value added tax
    spot, ordered : (lane,) t ordered this week outside contracts, and in all
    weeks, route, week : as in ``load``
    cell : (lane,) market of the product in the buyer's country, -1 for cargo not traded at arm's length
    coming_tonnes, coming_usd, coming_spot : changed in place: t, USD, and t outside contracts, by week of arrival; this
        week's slot is emptied

    Returns
    -------
    tonnes, usd, spot_tonnes : (cell,) t and USD delivered; t of it outside contracts
    """
    slots = coming_tonnes.shape[0]
    here = int(week) % slots
    for row in range(tonnes.size):
        tonnes[row], usd[row], spot_tonnes[row] = coming_tonnes[here, row], coming_usd[here, row], coming_spot[here, row]
        coming_tonnes[here, row], coming_usd[here, row], coming_spot[here, row] = 0.0, 0.0, 0.0
    for lane in range(shipped.size):
        row = cell[lane]
        if row >= 0 and shipped[lane] > 0.0:
            slot = here + min(max(int(weeks[route[lane]]), 1), slots - 1)
            slot -= slots if slot >= slots else 0
            coming_tonnes[slot, row] += shipped[lane]
            coming_usd[slot, row] += shipped[lane] * cif[lane] * USD_PER_T
            coming_spot[slot, row] += shipped[lane] * (spot[lane] / max(ordered[lane], NOTHING))


def whole_weeks(u: Array, low: Array, mode: Array, high: Array) -> Array:
    """Whole weeks at sea from uniform draws: triangular, rounded, at least 1. Elementwise; exact on any batch."""
    width = np.where(high > low, high - low, 1.0)
    cut = (mode - low) / width
    left = low + np.sqrt(u * width * np.maximum(mode - low, 0.0))
    right = high - np.sqrt((1.0 - u) * width * np.maximum(high - mode, 0.0))
    drawn = np.where(high > low, np.where(u < cut, left, right), mode)
    return np.maximum(np.floor(drawn + 0.5), 1.0)
