"""Rules of the market, each worked on paper."""

import math

import numpy as np
import pytest

from sim.mechanisms.asks import delivered_price, home_ask, permit_price
from sim.mechanisms.books import bound_by_step, lines_spent, mean_traded
from sim.mechanisms.cover import order_up_to, price_run_up, risk_belief, wished_cover
from sim.mechanisms.separation import surplus_to_residue
from sim.mechanisms.sums import as_one
from sim.mechanisms.want import thrift, want


def test_want_falls_by_the_elasticity_of_the_price_really_paid():
    """10 t x 0.9 at four times the price with elasticity 1/2 halves: 4.5 t. At the start's price nothing changes."""
    wanted = want([10.0, 10.0], [0.9, 0.9], [40.0, 10.0], [10.0, 10.0], [0.5, 0.5])
    assert wanted.tolist() == pytest.approx([4.5, 9.0])


def test_thrift_saves_a_fifty_second_of_the_yearly_rate_at_four_times_the_price_and_stops_at_its_floor():
    intensity, good = thrift([1.0, 0.5], [0.0, 0.5], [40.0, 40.0], [10.0, 10.0], [0.052] * 2, [0.5] * 2, [0.8] * 2, 4.0)
    assert intensity.tolist() == pytest.approx([0.999, 0.5])
    assert good.tolist() == pytest.approx([0.0008, 0.5])


def test_a_saving_made_for_good_never_returns_and_the_rest_does():
    intensity, good = thrift([0.7, 0.7], [0.3, 0.1], [10.0] * 2, [10.0] * 2, [0.052] * 2, [0.5] * 2, [0.8] * 2, 4.0)
    assert intensity.tolist() == pytest.approx([0.7, 0.7 + 0.001 * 0.2])
    assert good.tolist() == [0.3, 0.1]


def test_wished_cover_rises_at_once_and_comes_back_slowly():
    """10 weeks x (1 + 2 x 0.5) = 20 at once; from 20 back towards 10 by a tenth: 19; capped at three times normal."""
    cover, _ = wished_cover([10.0, 20.0, 10.0], [10.0] * 3, [0.5, 0.0, 1.0], [0.0] * 3, [2.0, 2.0, 9.0], *[[0.0] * 3],
                         [3.0] * 3, [0.1] * 3, [5.0] * 3, [5.0] * 3, 0.1, 0.25, 100.0)  # fmt: skip
    assert cover.tolist() == pytest.approx([20.0, 19.0, 30.0])


def test_only_a_run_up_beyond_the_band_is_bought_ahead_of_and_dear_stock_is_held_less_of():
    """Run-ups of 0.1 and 0.5 with a band of 0.1 and momentum 2: 10 and 10 x 1.8; at four times the normal price with power
    1/2 half of 10, reached by a tenth of the way from 10: 9.5."""
    cover, normal = wished_cover([10.0] * 3, [10.0] * 3, [0.0] * 3, [0.1, 0.5, 0.0], [0.0] * 3, [2.0] * 3, [3.0] * 3, [0.1] * 3,
                         [5.0, 5.0, 20.0], [5.0] * 3, 0.1, 0.5, 100.0)  # fmt: skip
    assert cover.tolist() == pytest.approx([10.0, 18.0, 9.5])
    assert normal.tolist() == pytest.approx([5.0, 5.0, 5.0 * 4.0**0.01])


def test_stock_that_is_still_rising_earns_what_it_binds():
    """At four times the normal price with power 1/2: half the cover once prices stand, all of it from twice the band on."""
    cover, _ = wished_cover([1.0] * 3, [10.0] * 3, [0.0] * 3, [0.0, 0.15, 0.2], [0.0] * 3, [0.0] * 3, [3.0] * 3, [0.1] * 3,
                         [20.0] * 3, [5.0] * 3, 0.1, 0.5, 100.0)  # fmt: skip
    assert cover.tolist() == pytest.approx([5.0, 10.0 / 2**0.5, 10.0])


def test_an_undeclared_stop_is_felt_and_an_announced_cut_is_believed_at_once():
    belief = risk_belief([0.2, 0.2, 0.2], [0.6, 0.0, 0.0], [0.0, 0.0, 0.5], [0.25] * 3, [0.05] * 3)
    assert belief.tolist() == pytest.approx([0.3, 0.19, 0.5])


def test_an_order_is_expected_use_and_a_share_of_the_gap():
    """Use 10, cover 6 and lead 2 wish a position of 80; 40 on hand and 24 on order leave 16, closed in 8 weeks: 12."""
    order = order_up_to([10.0, 10.0, 10.0], [6.0] * 3, [2.0] * 3, [40.0, 200.0, 0.0], [24.0, 0.0, 0.0], [8.0, 8.0, 1.0],
                        [2.5] * 3)  # fmt: skip
    assert order.tolist() == [12.0, 0.0, 25.0]


def test_run_up_is_the_log_over_a_quarter():
    assert price_run_up([20.0, 0.0], [10.0, 10.0]).tolist() == pytest.approx([math.log(2), 0.0])


def test_surplus_is_set_aside_and_fetched_back_when_stock_runs_low():
    """A limit of 40: 60 on hand leave 20 over it; 10 lack 10 of half of it, of which a twentieth of 100 comes in a week."""
    aside = surplus_to_residue(
        [60.0, 10.0, 30.0], [0.0, 100.0, 100.0], [40.0] * 3, [100.0] * 3, [9.0] * 3, [9.0] * 3, 1.5, [0.05] * 3
    )
    assert aside.tolist() == [20.0, -5.0, 0.0]


def test_dear_surplus_is_kept_and_comes_back():
    """At back_at e times over, all of the glut of 100 is kept too: 160 leave 20 over 140; 115 lack 5 of 20 + 100; half a log, half of it."""
    dear, half = 1.5 * math.e * 9.0, 1.5 * math.exp(0.5) * 9.0
    aside = surplus_to_residue(
        [160.0, 115.0, 60.0], [0.0, 1000.0, 1000.0], [40.0] * 3, [100.0] * 3, [dear, dear, half], [9.0] * 3, 1.5, [0.05] * 3
    )
    assert aside.tolist() == pytest.approx([20.0, -5.0, -10.0])


def test_an_ask_at_rest_stays_and_a_doubled_order_moves_it_by_its_speed():
    """Orders double against their usual relation to offers: 10 % times ln 2 a week. Nothing else pulls."""
    ask, normal = home_ask([50.0, 50.0], [8.0, 16.0], [16.0, 16.0], [math.log(0.5)] * 2, [6.0] * 2, [6.0] * 2, [0.0] * 2,
                           [10.0] * 2, [50.0] * 2, [1.0] * 2, [0.1] * 2, [1.0] * 2, [0.0] * 2, [0.0] * 2, 0.0, 0.5, 100.0)  # fmt: skip
    assert ask.tolist() == pytest.approx([50.0, 50.0 * math.exp(0.1 * math.log(2))])
    assert normal.tolist() == pytest.approx([50.0, 50.0 * math.exp(0.001 * math.log(2))])


def test_half_the_stock_is_worth_twice_the_ask_in_the_end_at_power_one():
    """With power 1 and a pull of 5 % a week the ask moves by 5 % of ln 2; at twice the normal ask it has arrived."""
    ask, _ = home_ask([50.0, 100.0], [8.0, 8.0], [16.0, 16.0], [math.log(0.5)] * 2, [3.0] * 2, [6.0] * 2, [0.0] * 2,
                      [10.0] * 2, [50.0] * 2, [1.0] * 2, [0.1] * 2, [1.0] * 2, [0.0] * 2, [0.05] * 2, 0.0, 0.5, 100.0)  # fmt: skip
    assert ask.tolist() == pytest.approx([50.0 * math.exp(0.05 * math.log(2)), 100.0])


def test_fob_is_home_with_kept_vat_times_duty_plus_rent():
    """20 x 1.17 x 1.15 + 93 = 119.91."""
    price = delivered_price([20.0], [0.17], [0.0], [0.15], [93.0], [0.0], [0.0], [1.0], [0])
    assert price.tolist() == pytest.approx([119.91])


def test_rent_rises_by_what_is_wanted_and_falls_no_faster_than_holders_let_it():
    rent = permit_price([10.0, 10.0, 0.0], [2.0, 1.0, 99.0], [1.0, 100.0, 1.0], [5.0] * 3, [0.1] * 3, [0.3] * 3)
    assert rent.tolist() == pytest.approx([10 + 0.1 * math.log(2) * 15, 10 - 0.03 * 10, 0.1 * 2 * 5])


def test_merged_sellers_stand_at_one_ratio_to_their_rest():
    """10 and 30 at rest stand at 20 and 30: together 50 over 40. Half merged, each goes half the way to 1.25 of its rest."""
    values, rest, cell = [20.0, 30.0, 7.0], [10.0, 30.0, 5.0], [0, 0, -1]
    assert as_one(values, rest, cell, [1.0]).tolist() == [12.5, 37.5, 7.0]
    assert as_one(values, rest, cell, [0.5]).tolist() == [16.25, 33.75, 7.0]
    assert as_one(values, rest, cell, [0.0]).tolist() == values


def test_a_price_traded_is_value_over_tonnes_of_the_slots_and_missing_where_nothing_was():
    price = mean_traded([[1.0, 3.0], [0.0, 0.0]], [[2000.0, 10000.0], [0.0, 0.0]])
    assert price[0] == pytest.approx(3.0)  # 12,000 USD for 4 t
    assert np.isnan(price[1])


def test_budget_lines_that_do_not_count_are_left_out():
    assert lines_spent([[5.0, 7.0, -2.0], [1.0, 1.0, 1.0]], [1.0, 0.0, 1.0]).tolist() == [3.0, 2.0]


def test_what_bound_an_order_is_told_step_by_step_and_old_orders_apart_from_new():
    """100 t open, of them 30 of this week; 10 leak; a tenth is banned, 6 more fall under a re-export rule; of 75 customs would pass 70,
    60 want a permit and 50 get one; 40 are allotted, 38 get a licence and 35 pass; 45 leave, 10 of them leaked. 55 are lacking:
    9 + 6 + 10 + 5 + 3 + 2 by permission; of 20 others all are of this week, and where only 12 were ordered in it, 8 were waiting."""
    lanes = [np.full(2, x) for x in (100.0, 10.0, 0.1, 75.0, 70.0, 60.0, 50.0, 40.0, 38.0, 35.0, 45.0)]
    found = bound_by_step([20.0, 2.0], [10.0, 10.0], *lanes, np.array([0, 1]), np.zeros(2))
    new, old = np.stack(found, axis=1)
    assert new == pytest.approx([45.0, 9.0, 6.0, 10.0, 8.0, 2.0, 20.0, 0.0])
    assert old == pytest.approx([45.0, 9.0, 6.0, 10.0, 8.0, 2.0, 12.0, 8.0])
