"""Lanes at rest: who serves whom when a market of a few plants is worked by hand, and how both starts come out."""

from pathlib import Path

import numpy as np
import pytest

from sim.scenario.build import build_network
from sim.scenario.lanes import Market, fit_flows
from sim.scenario.report import extent_share, largest_pools, trade_at_rest
from sim.scenario.world import read_world

FOLDER = Path(__file__).resolve().parents[2] / "scenarios" / "worlds" / "rare_earths"


def market(made, origins, used, destinations):
    return Market(list(range(len(made))), np.array(made), origins, list(range(len(used))), np.array(used), destinations)


def test_a_made_to_order_product_is_sold_whole_by_the_shares_of_its_buyers():
    # Baotou makes 60 and Ganzhou 30, Kobe 10; China buys only at home, Japan two thirds from China
    one = market([60.0, 30.0, 10.0], ["CHN", "CHN", "JPN"], [70.0, 30.0], ["CHN", "JPN"])
    share = np.array([[60 / 90, 60 / 90 * 2 / 3], [30 / 90, 30 / 90 * 2 / 3], [0.0, 1 / 3]])
    flows, covered = fit_flows(one, share * one.used, surplus_allowed=False)
    assert flows.sum(1) == pytest.approx([60.0, 30.0, 10.0])
    assert flows.sum(0) == pytest.approx([70.0, 30.0])
    assert flows[2] == pytest.approx([0.0, 10.0])
    assert covered == pytest.approx(1.0)


def test_shares_hold_where_a_country_can_make_a_little_more_than_balanced():
    # Japan makes 9 but should sell 10, a third of 30: it makes 9.9, the rest comes from China
    one = market([91.0, 9.0], ["CHN", "JPN"], [70.0, 30.0], ["CHN", "JPN"])
    flows, _ = fit_flows(one, np.array([[70.0, 20.0], [0.0, 10.0]]), surplus_allowed=False)
    assert flows[1, 1] == pytest.approx(9.9)
    assert flows.sum(0) == pytest.approx([70.0, 30.0])


def test_of_a_surplus_every_site_of_a_country_sells_the_same_part():
    one = market([80.0, 40.0, 30.0], ["CHN", "CHN", "MYS"], [40.0, 50.0], ["CHN", "JPN"])
    wished = np.array([[80 / 120, 80 / 120 * 0.6], [40 / 120, 40 / 120 * 0.6], [0.0, 0.4]]) * one.used
    flows, _ = fit_flows(one, wished, surplus_allowed=True)
    assert flows.sum(1) / one.made == pytest.approx([70 / 120, 70 / 120, 20 / 30])


def test_a_seller_never_sells_more_than_it_makes_though_shares_say_so():
    one = market([200.0, 5.0], ["CHN", "EST"], [60.0, 40.0], ["CHN", "DEU"])
    flows, _ = fit_flows(one, np.array([[60.0, 20.0], [0.0, 20.0]]), surplus_allowed=True)
    assert flows[1].sum() <= 5.0 * 1.0005
    assert flows.sum(0) == pytest.approx([60.0, 40.0])


def test_a_small_share_of_a_country_is_bought_by_its_largest_buyers_for_all():
    # ten German users, 1 % from Estonia: a few of them buy all of it, and the country's share is kept
    one = market([99.0, 1.0], ["CHN", "EST"], [55.0] + [5.0] * 9, ["DEU"] * 10)
    flows, _ = fit_flows(one, np.array([0.99 * one.used, 0.01 * one.used]), surplus_allowed=False)
    assert flows[1].sum() == pytest.approx(1.0, rel=0.01)
    assert np.count_nonzero(flows[1]) == 1


def test_who_has_a_contract_is_served_by_its_partner():
    one = market([50.0, 50.0], ["CHN", "CHN"], [20.0, 20.0], ["JPN", "JPN"])
    pulled = np.array([[1.0, 5.0], [5.0, 1.0]])
    flows, _ = fit_flows(one, pulled / pulled.sum(0) * one.used, surplus_allowed=True)
    assert flows == pytest.approx(np.array([[0.0, 20.0], [20.0, 0.0]]))


def test_no_site_sells_abroad_alone_where_its_country_buys_too():
    """A large site sells at home, a minor one and a middling one only abroad: the minor one comes home whole, the other by half."""
    one = market([100.0, 2.0, 20.0], ["CHN"] * 3, [100.0, 2.0, 20.0], ["CHN", "JPN", "JPN"])
    pulled = np.array([[9.0, 1.0, 1.0], [1.0, 9.0, 1.0], [1.0, 1.0, 9.0]])
    prior = pulled / pulled.sum(0) * one.used
    alone, _ = fit_flows(one, prior, surplus_allowed=True)
    assert (alone[:, 0] > 0.0).tolist() == [True, False, False]
    flows, _ = fit_flows(one, prior, surplus_allowed=True, one_price=True)
    assert flows.sum(axis=0) == pytest.approx(one.used)
    assert flows.sum(axis=1) == pytest.approx(alone.sum(axis=1))
    assert flows[1].tolist() == pytest.approx([2.0, 0.0, 0.0])
    assert flows[2, 0] == pytest.approx(10.0)
    assert (flows >= 0.0).all()


def test_where_nobody_buys_at_home_all_is_sold_abroad():
    one = market([50.0, 50.0], ["CHN", "CHN"], [60.0, 40.0], ["JPN", "JPN"])
    prior = np.outer(np.ones(2), one.used) / 2.0
    for one_price in (False, True):
        flows, _ = fit_flows(one, prior, surplus_allowed=True, one_price=one_price)
        assert flows.sum(axis=1) == pytest.approx([50.0, 50.0])


@pytest.fixture(scope="module", params=["2009", "2024"])
def start(request):
    return request.param, build_network(FOLDER, request.param)


def test_about_two_thousand_lanes_are_awake_at_most_and_cover_the_flow(start):
    _, net = start
    assert np.count_nonzero(net.flow_at_rest > 0.0) <= 2050
    assert trade_at_rest(net.residuals).covered >= 0.98


def test_every_oxide_and_metal_that_is_sold_abroad_is_sold_at_home_too(start):
    """In the country of the reference price, so that no seller there is cut off from it by a stop of exports."""
    _, net = start
    home = net.country_of
    cut_off = []
    for k, p in enumerate(net.points):
        if p.role != "sold" or net.sold_at_rest[k] <= 0.0 or home(k) != net.exporter:
            continue
        lanes = np.flatnonzero((net.seller == k) & (net.flow_at_rest > 0.0))
        wanted = any(q.product == p.product and home(n) == net.exporter and net.use_at_rest[n] > 0.0 for n, q in enumerate(net.points))
        if net.products[p.product].stage in ("oxide", "metal") and wanted and net.crosses[lanes].all():
            cut_off.append(net.sites[p.site].name)
    assert cut_off == []


def test_trade_shares_come_out_within_five_points_of_the_data(start):
    _, net = start
    trade = trade_at_rest(net.residuals)
    assert trade.elsewhere < 0.005
    assert trade.far_tonnage < 0.01


def test_no_row_leaves_its_bounds_to_make_a_start_add_up(start):
    _, net = start
    assert [r["row"] for r in net.residuals if r["kind"] == "balance"] == []


def test_what_is_mined_stands_under_a_name_for_four_fifths_of_what_is_documented(start):
    named = extent_share(read_world(FOLDER), start[0])["mine"]
    assert named["plant"] + named.get("firm", 0.0) >= 0.8 * (1.0 - named["undocumented"])


def test_every_large_pool_says_why_it_is_one(start):
    world = read_world(FOLDER)
    for kind in extent_share(world, start[0]):
        for title, _, note in largest_pools(world, start[0], kind):
            assert note, title
