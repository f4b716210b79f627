"""Mass, money, signs and bounds of any world, every week, whatever befalls it."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.laws.islands import COLUMNS, EVENTS, islands, share, troubled_islands, weeks_of, world_of

SIGNED = {"ledger", "money", "margin_year", "premium"}
"""Balances, margins and discounts: the only amounts that may be negative; dates in weeks are no amounts."""

whatever_befalls = settings(
    max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


@given(troubled_islands())
@whatever_befalls
def test_mass_of_each_element_is_conserved_every_week(world):
    before = world.mass()
    for _ in weeks_of(world):
        after = world.mass() + world.used_up + world.lost - world.mined
        np.testing.assert_allclose(after, before, rtol=1e-9, atol=0)


@given(troubled_islands())
@whatever_befalls
def test_money_of_all_accounts_sums_to_nothing_every_week(world):
    for _ in weeks_of(world):
        money = world.state.money
        assert (np.abs(money.sum(1)) <= 1e-9 * np.abs(money).max(1)).all()


@given(troubled_islands())
@whatever_befalls
def test_nothing_is_negative_in_any_week(world):
    for _ in weeks_of(world):
        for name, column in COLUMNS.items():
            if name not in SIGNED and column.unit != "week":
                assert (getattr(world.state, name) >= 0.0).all(), name


@given(troubled_islands())
@whatever_befalls
def test_every_number_of_the_state_is_a_number(world):
    for _ in weeks_of(world):
        for name in COLUMNS:
            assert not np.isnan(getattr(world.state, name)).any(), name


@given(troubled_islands())
@whatever_befalls
def test_origin_shares_sum_to_one_in_each_layer_in_every_week(world):
    for _ in weeks_of(world):
        np.testing.assert_allclose(world.state.origin.sum(2), 1.0, rtol=0, atol=1e-9)


@given(troubled_islands())
@whatever_befalls
def test_cargo_at_sea_has_one_origin_per_tonne_in_each_layer(world):
    net = world.network
    for _ in weeks_of(world):
        by_row = world.state.sea_origin.sum(3)
        for point in np.unique(net.buyer):
            rows = slice(net.first_row[point], net.last_row[point] + 1)
            tonnes = world.state.sea[:, :, point, np.newaxis]
            np.testing.assert_allclose(by_row[:, :, rows], np.broadcast_to(tonnes, by_row[:, :, rows].shape), rtol=1e-9)


@given(troubled_islands())
@whatever_befalls
def test_nobody_is_allotted_more_than_ordered_and_open(world):
    for _ in weeks_of(world):
        assert (world.w.allotted <= world.w.due * (1 + 1e-12)).all()


@given(troubled_islands())
@whatever_befalls
def test_nobody_ships_more_than_held_and_offered(world):
    seller = world.network.seller
    held = world.state.on_hand.copy()
    for _ in weeks_of(world):
        allotted = np.zeros_like(held)
        for lane, point in enumerate(seller):
            allotted[:, point] += world.w.allotted[:, lane]
        assert (allotted <= world.w.offer * (1 + 1e-12)).all()
        assert (world.w.offer <= held).all()
        held = world.state.on_hand.copy()


@given(troubled_islands())
@whatever_befalls
def test_makers_of_goods_use_no_more_than_they_want(world):
    for _ in weeks_of(world):
        assert (world.w.use <= world.w.want * (1 + 1e-12)).all()


@given(share(1, 3000), share(1, 3000), st.sampled_from(["2009-01-05", "2009-02-09"]), st.integers(0, 2**32))
@whatever_befalls
def test_exporters_use_no_more_than_the_permits_of_each_period(first, second, start, seed):
    quota = (
        f"{{kind: export_quota, start: {start}, selection: {{seller_country: CHN}}, periods: "
        f"[{{start: 2009-01-05, end: 2009-04-06, tonnes: {first}}}, "
        f"{{start: 2009-04-06, end: 2009-07-06, tonnes: {second}}}]}}"
    )
    world = world_of(islands([quota]), seed=seed)
    used = np.array([world.w.permits_used[:, 0] for _ in weeks_of(world, 26)])
    assert (used[:13].sum(0) <= first * (1 + 1e-9)).all()
    assert (used[13:].sum(0) <= second * (1 + 1e-9)).all()


def test_a_quota_that_comes_within_a_period_leaves_its_permits_to_be_used():
    quota = (
        "{kind: export_quota, start: 2009-02-16, selection: {seller_country: CHN, stage: oxide}, "
        "periods: [{start: 2009-01-05, end: 2009-07-06, tonnes: 1e6}]}"
    )
    world = world_of(islands([quota]))
    exports = [world.w.cleared[:, world.rows.in_pool > 0.0].sum(1) for _ in weeks_of(world, 20)]
    assert (exports[8] > 0.5 * exports[4]).all()


def test_the_columns_that_may_be_negative_are_columns():
    assert set(COLUMNS) >= SIGNED


def test_mass_is_conserved_where_a_quota_goes_by_margin():
    world = world_of(islands([EVENTS["export_quota"]], quota_variant="margin"))
    before = world.mass()
    for _ in weeks_of(world):
        after = world.mass() + world.used_up + world.lost - world.mined
        np.testing.assert_allclose(after, before, rtol=1e-9, atol=0)
