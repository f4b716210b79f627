"""Both starts stand still: prices, stocks, trade and demand repeat when nothing happens."""

import numpy as np
import pytest

import sim
from sim.scenario.world import read_world, shipped_folder


@pytest.fixture(scope="module", params=["baseline_2009", "baseline_2024"])
def rest(request):
    records = ("price_domestic_net", "want", "unmet_demand", "imports", "on_hand", "on_hand_sellers")
    return sim.run(request.param, replicates=4, seed=5, records=records)


def test_every_oxide_price_stays_within_a_quarter_of_its_start(rest):
    prices, labels = rest.array("price_domestic_net", country=rest.manifest["exporter"])
    oxides = [n for n, x in enumerate(labels) if rest.manifest["stage"][x[0]] == "oxide"]
    ratio = np.median(prices[:, :, oxides] / prices[:, :1, oxides], axis=0)
    assert ratio.max() < 1.25
    assert ratio.min() > 0.75


def test_less_than_one_per_cent_of_demand_is_unmet_in_any_country_and_of_any_element(rest):
    want, labels = rest.array("want")
    unmet, _ = rest.array("unmet_demand")
    for axis in (0, 1):
        for name in {x[axis] for x in labels}:
            rows = [n for n, x in enumerate(labels) if x[axis] == name]
            assert unmet[:, :, rows].sum() < 0.01 * want[:, :, rows].sum(), name


def test_trade_shares_are_those_of_the_data_within_five_points(rest):
    """Share of each seller country in what a country gets, last year against the table of trade, for all but 2 % of the tonnage
    and every relation of 300 t a year and more."""
    start = rest.manifest["start"][:4]
    world = read_world(shipped_folder() / "worlds" / rest.manifest["world"])
    values, labels = rest.array("imports")
    year = dict(zip(map(tuple, labels), values[:, -52:].sum((0, 1)) / len(values), strict=True))
    data = {}
    for row in world.at("trade", start):
        data.setdefault((row["buyer"], row["product"]), {})[row["seller"]] = row["share"]
    off = bought = 0.0
    for (buyer, product), shares in data.items():
        abroad = sum(s for seller, s in shares.items() if seller != buyer)
        came = {seller: year.get((seller, buyer, product), 0.0) for seller in shares if seller != buyer}
        total = sum(v for (_, b, p), v in year.items() if (b, p) == (buyer, product))
        if total < 50.0 or abroad <= 0.0:
            continue
        # the table holds shares of all that a country gets, home goods with it
        apart = max(abs(abroad * came[seller] / total - shares[seller]) for seller in came)
        bought += total
        off += total if apart > 0.05 else 0.0
        assert apart < 0.05 or total < 300.0, (buyer, product, apart, total)
    assert off < 0.02 * bought


def test_trade_shares_stay_within_five_points(rest):
    """Share of each origin in a country's imports of a product, last year against first; relations of 50 t a year and more."""
    values, labels = rest.array("imports")
    first, last = values[:, :52].sum((0, 1)), values[:, -52:].sum((0, 1))
    for buyer, product in {(x[1], x[2]) for x in labels}:
        rows = [n for n, x in enumerate(labels) if (x[1], x[2]) == (buyer, product)]
        if first[rows].sum() / 4 >= 50.0:
            moved = np.abs(first[rows] / first[rows].sum() - last[rows] / last[rows].sum()).max()
            assert moved < 0.05, (buyer, product, moved)


def test_no_stock_drifts_to_zero_or_away(rest):
    for record in ("on_hand", "on_hand_sellers"):
        values, labels = rest.array(record)
        start, end = np.median(values[:, :4].mean(1), axis=0), np.median(values[:, -26:].mean(1), axis=0)
        for n, label in enumerate(labels):
            if start[n] > 1.0 and rest.manifest["stage"][label[0]] != "swarf":
                assert 0.5 < end[n] / start[n] < 2.0, (record, label, end[n] / start[n])
