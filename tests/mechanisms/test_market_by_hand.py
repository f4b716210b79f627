"""Orders, offers, border, production, use, prices, capacity and payments, each worked on paper."""

import math

import numpy as np
import pytest

from sim.mechanisms.asks import delivered_price, export_premium, net_back, pass_cost_on, quoted_price
from sim.mechanisms.border import at_the_border, re_export
from sim.mechanisms.capacity import curtail_and_restart, decide_projects, expand, present_value
from sim.mechanisms.contracts import index_prices, unit_prices
from sim.mechanisms.cover import fear_for_supply
from sim.mechanisms.market import entry_and_trust, open_to_regions
from sim.mechanisms.offers import offer_above_cover
from sim.mechanisms.orders import (
    missed_cargo,
    on_order,
    open_orders,
    remembered_fill,
    reserved,
    seller_shares,
    split_orders,
)
from sim.mechanisms.payments import pay_for_cargo
from sim.mechanisms.production import origin_of_output, run_lines, run_on_for_stock, wished_run
from sim.mechanisms.transit import book_arrivals, book_deliveries, whole_weeks
from sim.mechanisms.use import least_component, move_to_lower_grade, postponed_demand, relocate


def test_term_contracts_are_called_first_and_spot_is_split_by_share_and_trust():
    """20 t wanted, 10 t normal; the first seller has a contract of 3 t, half of what it sells, called at 110 %: 3.3 t. The rest,
    16.7 t, goes by what is left of shares, 0.3 and 0.4, and full trust in the first, half in the second: 0.3 to 0.2."""
    term, spot, leaning = split_orders(
        [20.0], [10.0], [0.6, 0.4], [0.0, 0.0], [0.5, 0.0], [3.0, 0.0], [1.0, 1.0], [0.0, 0.0], [1.0, 0.5], [0, 0], 5.0, 0.1
    )
    assert term.tolist() == pytest.approx([3.3, 0.0])
    assert spot.tolist() == pytest.approx([16.7 * 0.6, 16.7 * 0.4])
    assert leaning.tolist() == pytest.approx([0.6, 0.2])


def test_a_seller_whose_price_doubles_loses_orders_by_the_elasticity():
    """Equal shares; one price doubles: against the mean it is up and the other down by ln 2 / 2; at elasticity 2 odds are 1:4."""
    _, spot, _ = split_orders(
        [10.0], [10.0], [0.5, 0.5], [0.0] * 2, [0.0] * 2, [0.0] * 2, [1.0] * 2, [math.log(2), 0.0], [1.0] * 2, [0, 0], 2.0, 0.1
    )
    assert spot.tolist() == pytest.approx([2.0, 8.0])


def test_shares_follow_orders_slowly_and_fear_qualifies_a_newcomer():
    share, qualified = seller_shares([1.0, 0.0], [6.0, 4.0], [0.0, 0.5], [0.0, 0.05], [0.5], [0.0], [0, 0], 100.0, 50.0)
    assert share.tolist() == pytest.approx([0.996, 0.004])
    assert qualified.tolist() == pytest.approx([0.0, 0.52])


def test_what_a_seller_has_left_is_open_once_in_each_region_that_may_have_it():
    """20 t offered, 8 gone: 12 left. Two buyers in one region abroad, where half clears: 3 t on each lane, 6 in all; one buyer in
    another, under a ban: none; one at home: 12. A lane asleep takes no part. All buy for one point that uses 10 t."""
    opened, use = open_to_regions(
        [20.0], [8.0, 0.0, 0.0, 0.0, 0.0], [0.0] * 5, [0.0] * 5, [0.5, 0.5, 1.0, 1.0, 0.5], [0.0, 0.0, 1.0, 0.0, 0.0], [0.0] * 5,
        [0.0] * 5, [0.5, 0.25, 1.0, 1.0, 0.0], [0.0] * 5, [10.0], [1.0, 1.0, 1.0, 0.0, 1.0], [0] * 5, [0] * 5, [0, 0, 1, 2, 0],
        [0, 0, 1, 2, 0], [1.0] * 3, [1.0] * 3,
    )  # fmt: skip
    assert opened.tolist() == pytest.approx([3.0, 3.0, 0.0, 12.0, 0.0])
    assert use.tolist() == pytest.approx([7.5, 10.0, 10.0])


def test_a_store_opens_as_far_as_it_holds_what_it_is_told_to_release_and_a_project_when_it_stands():
    """Lanes of half the need from a store that holds a tenth of its release, into a store, from a project that stands and one that
    does not, from a newcomer qualified to 0.4. Trust: belief 0.5 and fill 0.8 leave 0.4; nothing falls under 0.02."""
    entry, trust = entry_and_trust(
        [0.5, 0.5, 0.5, 0.5, 0.5], [-1, -1, 0, 1, -1], [2.0, 1.0], [0.4] * 5, [1.0, 0, 0, 0, 0], [0, 1.0, 0, 0, 0], [0.1, 0.0],
        [0.5, 1.0], [0, 0, 0, 0, 1], [0.8, 1.0, 1.0, 1.0, 1.0], [0, 1, 1, 1, 1],
    )  # fmt: skip
    assert entry.tolist() == pytest.approx([0.05, 0.5, 0.5, 0.0, 0.2])
    assert trust.tolist() == pytest.approx([0.4, 0.5, 0.5, 0.5, 0.02])


def test_only_needed_cargo_that_did_not_leave_is_missed():
    """Due 30 t of which 10 are normal need; 4 t left: 6 of 10 missed. Nothing due: nothing missed."""
    assert missed_cargo([4.0, 0.0], [30.0, 0.0], [0, 1], [10.0, 5.0]).tolist() == pytest.approx([0.6, 0.0])


def test_fill_is_remembered_over_weeks():
    assert remembered_fill([1.0, 0.5], [5.0, 0.0], [10.0, 0.0], 10.0).tolist() == pytest.approx([0.95, 0.55])


def test_unserved_orders_stand_and_lapse():
    assert open_orders([2.0], [3.0], [4.0], [1.0], 8.0).tolist() == pytest.approx([7.0])


def test_a_trader_holds_back_in_a_rise_and_dumps_in_a_fall_or_when_its_debt_is_not_covered():
    offer = offer_above_cover(
        [10.0] * 4, [4.0] * 4, [0.0, 1.0, 1.0, 1.0], [9.0] * 4, [9.0] * 4,
        [9.0 * math.exp(-x) for x in (0.5, 0.5, -0.2, 0.5)], 1.0, 1.0, [0.0, 0.0, 0.0, 90_001.0],
    )  # fmt: skip
    assert offer.tolist() == pytest.approx([6.0, 3.0, 10.0, 10.0])


def test_a_seller_sells_out_of_its_own_cover_when_its_goods_are_dear_and_keeps_all_of_it_when_they_are_cheap():
    """At twice the normal ask and a power of 2, a quarter of 4 t is kept; below normal all 4 t; power 0 keeps all."""
    asks, normal = [18.0, 6.0], [9.0, 9.0]
    dear = offer_above_cover([10.0] * 2, [4.0] * 2, [0.0] * 2, asks, normal, asks, 2.0, 0.0, [0.0] * 2)
    assert dear.tolist() == pytest.approx([9.0, 6.0])
    kept = offer_above_cover([10.0] * 2, [4.0] * 2, [0.0] * 2, asks, normal, asks, 0.0, 0.0, [0.0] * 2)
    assert kept.tolist() == pytest.approx([6.0, 6.0])


def test_a_seller_sends_to_a_closed_border_until_two_weeks_wait_there():
    """40 t due where 10 are normal; ways past the books carry half of normal, half of that is caught: 2.5 t leak, however
    much is ordered. Of the other 37.5 t a tenth is banned: 33.75 t may go; a third clears, 11.25 t; room for 2 x 10 - 14 = 6 t
    more."""
    due, leaking, allowed, sendable = at_the_border(
        [10.0], [10.0], [20.0], [0.5], [0.5], [0.0], [0.1], [math.inf], [1 / 3], [14.0], [10.0], [2.0]
    )
    assert (due[0], leaking[0], allowed[0], sendable[0]) == pytest.approx((40.0, 2.5, 33.75, 17.25))


def test_ordering_more_gets_nobody_past_a_refusal():
    """Half refused of usual trade of 10: 5 t may go, whether 10 t are ordered or 40."""
    for ordered in (10.0, 40.0):
        _, _, allowed, sendable = at_the_border(
            [0.0], [ordered], [0.0], [0.0], [0.0], [0.0], [0.5], [5.0], [1.0], [0.0], [10.0], [2.0]
        )
        assert (allowed[0], sendable[0]) == (5.0, 5.0)


def test_term_cargo_costs_what_its_index_was_last_quarter_within_its_bounds():
    """Index at 20 for three weeks against 10 at the start: the formula doubles 9 to 18; 1 t by formula and 1 t at 30 cost 24
    each. A ceiling of 15 makes it 22.5; a lane without contract, or without calls, costs what is asked."""
    ring = [[20.0], [20.0], [20.0], [99.0]]
    unit = unit_prices(
        ring, 7.0, [10.0], [0, 0, -1, 0], [9.0] * 4, [0.0] * 4, [99.0, 15.0, 99.0, 99.0], [1.0, 1.0, 1.0, 0.0],
        [1.0] * 4, [30.0] * 4,
    )  # fmt: skip
    assert unit.tolist() == pytest.approx([24.0, 22.5, 30.0, 30.0])


def test_an_index_is_the_mean_of_its_market_weighed_by_normal_flow():
    """Home 10 with 13 % VAT; FOB 11 / 1.1 - 1 = 9 on both lanes; an index without trade keeps what it was."""
    index = index_prices(
        [10.0, 10.0], [0.13, 0.13], [22.0, 11.0, 11.0], [0.1, 0.1, 0.1], [1.0] * 3, [0, 1, 1], [0, 1, 2], [0, 1, 1],
        [0.0, 1.0, 1.0], [1.0, 1.0, 3.0], [1.0, 1.0, 5.0],
    )  # fmt: skip
    assert index.tolist() == pytest.approx([11.3, 9.0, 5.0])


def test_a_re_export_rule_bites_from_its_share_of_value():
    """Half of the stock is of the origin and inputs are 0.4 of the value: 0.2, above 0.001 and below 0.3."""
    origin = np.array([[0.5, 0.5], [1.0, 0.0]])
    arguments = (origin, [0], [1], [40.0], [100.0], [0, 0, 0], [0, 1, -1], [0.0, 0.0], [1.0, 1.0], [0.001, 0.3], [0.6, 0.6])
    assert re_export(*arguments).tolist() == [0.6, 0.0, 0.0]


def test_what_stands_open_is_on_order_of_the_buyer_and_what_is_reserved_is_the_sellers():
    assert on_order([1.0, 2.0], [3.0, 0.0], [0.5, 0.0], [4.0, 0.0], [0, 0], [[5.0, 1.0], [6.0, 0.0]]).tolist() == [21.5, 1.0]
    assert reserved([3.0, 1.0], [0.5, 0.0], [4.0, 0.0], [1, 1], [0.0, 0.0]).tolist() == [0.0, 8.5]


def test_fear_weighs_beliefs_by_the_shares_of_the_sellers():
    assert fear_for_supply([0.5, 0.5, 1.0], [0.6, 0.2], [0, 1, 1], [0, 0, 1], [0.0, 0.0]).tolist() == pytest.approx([0.4, 0.2])


def test_a_plant_wishes_to_run_for_its_basket_by_value():
    """Orders of the dear product double, of the cheap one stand: values 90 and 10, so 0.9 x 2 + 0.1 x 1 = 1.9."""
    wish = wished_run(
        [2.0, 1.0], [1.0, 1.0], [4.0, 4.0], [4.0, 4.0], [0.0, 0.0], [90.0, 10.0], [90.0, 10.0],
        [[0, 1]], [[1.0, 1.0]], 8.0, 0.2,
    )  # fmt: skip
    assert wish.tolist() == pytest.approx([1.9])


def test_a_plant_follows_a_fall_of_orders_in_part_and_a_rise_in_full():
    """Called to half its run and following 0.3 of the fall, it runs at 0.85; called to 1.4, at 1.4; a new plant follows in full."""
    assert run_on_for_stock([0.5, 1.0, 1.4, 0.5], [0.3, 0.3, 0.3, 1.0]).tolist() == pytest.approx([0.85, 1.0, 1.4, 0.5])


def test_a_plant_runs_as_far_as_its_scarcest_input_fills_its_circuit_first_and_swarf_comes_back_later():
    """Wish 10, capacity 8, inputs 12 t at 2 per t and 5 t at 1 per t: runs 5. The circuit lacks 3: 2 come out, 1 t per t."""
    run, out, inside, swarf, used, produced = run_lines(
        [1.0], [10.0], [8.0], [12.0, 5.0, 0.0, 0.0], [17.0], [20.0], [[2.0, 1.0]], [[0, 1]], [[1.0]], [[2]], [4.0],
        [8.0], [0.5], [3], [0.8],
    )  # fmt: skip
    assert (run[0], out[0], inside[0]) == (5.0, 2.0, 20.0)
    assert used.tolist() == [10.0, 5.0, 0.0, 0.0]
    assert produced.tolist() == [0.0, 0.0, 2.0, 0.5]
    assert swarf.tolist() == pytest.approx([4.0 - 0.5 + 2.0 * 0.5 * 0.8])


def test_what_is_made_has_the_origin_of_its_rare_earth_and_a_separator_sets_its_own_tag():
    """Inputs hold 3 and 1 t of rare earth: three quarters of the first's origin. Separation is the plant's own, group 1."""
    origin = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 0.0], [1.0, 0.0]])
    brought = np.zeros((6, 2))
    origin_of_output(
        [1.0], [4.0], [0.0], [8.0], origin, [0, 2, 4], [1, 3, 5], [[1.0, 1.0]], [[0, 1]], [3.0, 1.0, 1.0], [[1.0]],
        [[2]], [-1], [[-1, 1]], [1.0, 1.0], brought,
    )  # fmt: skip
    assert brought.tolist() == [[0.0, 0.0]] * 4 + [[3.0, 1.0], [0.0, 4.0]]


def test_a_magnet_has_the_layers_of_its_metal_and_its_own_and_its_swarf_keeps_two():
    """Metal of ore 0, separated half and half, made in 1; 4 t of magnets are made in 0, and 2 t of swarf come back."""
    metal, magnet, swarf = [[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]], [[0.0, 0.0]] * 4, [[0.0, 0.0]] * 2
    brought = np.full((9, 2), 7.0)
    origin_of_output(
        [4.0], [4.0], [16.0], [8.0], np.array([*metal, *magnet, *swarf]), [0, 3, 7], [2, 6, 8], [[0.4]], [[0]],
        [1.0, 0.3, 0.3], [[1.0]], [[1]], [2], [[-1, -1, -1, 0]], [1.0, 1.0], brought,
    )  # fmt: skip
    assert brought[3:7].tolist() == [[4.0, 0.0], [2.0, 2.0], [0.0, 4.0], [4.0, 0.0]]
    assert brought[7:].tolist() == [[2.0, 0.0], [1.0, 1.0]]
    assert brought[:3].tolist() == [[7.0, 7.0]] * 3


def test_what_a_recycler_makes_keeps_the_origin_of_the_swarf():
    """Swarf mined in 0 and separated in 1; the recycler stands elsewhere and adds no layer."""
    brought = np.zeros((4, 2))
    origin_of_output(
        [5.0], [5.0], [0.0], [8.0], np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [0.0, 0.0]]), [0, 2], [1, 3],
        [[3.5]], [[0]], [0.28, 0.857], [[1.0]], [[1]], [-1], [[-1, -1]], [1.0, 1.0], brought,
    )  # fmt: skip
    assert brought[2:].tolist() == [[5.0, 0.0], [0.0, 5.0]]


def test_a_line_stops_for_want_of_one_component():
    """One maker needs 10 t of magnets (two grades) and 1 t of oxide; half the magnets are there: it uses half the oxide."""
    use, served = least_component([6.0, 4.0, 1.0], [2.0, 3.0, 9.0], [0, 1, 2], [0, 0, 1], [0, 0], [1.0])
    assert use.tolist() == pytest.approx([2.0, 2.0, 0.5])
    assert served.tolist() == [0.5]


def test_part_of_unmet_demand_comes_back_over_weeks():
    owed, extra = postponed_demand([10.0], [6.0], [26.0], [0.5], 26.0)
    assert (owed[0], extra[0]) == (27.0, 1.0)


def test_thrifting_moves_want_to_the_lower_grade():
    assert move_to_lower_grade([1.0, 0.9], [100.0, 50.0], [-1, 0]).tolist() == pytest.approx([5.0, 0.0])


def test_goods_making_moves_to_the_exporter_and_half_of_it_stays():
    """Twice the price here: a week's 52nd of 0.052 moves. Equal prices: it goes back, but not under half of the peak."""
    moved, peak = relocate([0.0, 0.0], [0.0, 0.0], [20.0, 10.0], [10.0, 10.0], [1, -1], [0.2, 0.0], 0.052, 0.5)
    assert moved.tolist() == pytest.approx([0.001, 0.0])
    moved, peak = relocate([0.1, 0.0], [0.2, 0.0], [10.0, 10.0], [10.0, 10.0], [1, -1], [0.2, 0.0], 0.052, 0.5)
    assert (moved[0], peak[0]) == pytest.approx((0.1, 0.2))


def test_a_processor_passes_on_what_its_inputs_cost_more():
    assert pass_cost_on([50.0, 50.0], [35.0, 35.0], [30.0, 30.0], [1.0, 0.0]).tolist() == [55.0, 50.0]


def test_ore_is_paid_a_part_of_its_basket():
    """A tonne gives 0.2 t at 50 and 0.5 t at 2: 11; a third is paid for the feed."""
    price = net_back([0.0, 50.0, 2.0], [[0]], [[0.2, 0.5]], [[1, 2]], [1 / 3], [1.0])
    assert price.tolist() == pytest.approx([11 / 3, 0.0, 0.0])


def test_across_a_border_price_is_home_with_kept_vat_duty_rent_freight_and_tariff():
    """(20 x 1.17 x 1.15 + 5 + 1 + 0.09) x 1.02 abroad, 20 + 0.5 at home."""
    price = delivered_price(
        [20.0], [0.17], [1.0], [0.15, 0.0], [5.0, 0.0], [0.09, 0.5], [0.02, 0.0], [1.0, 0.0], [0, 0]
    )
    assert price.tolist() == pytest.approx([(26.91 + 6.09) * 1.02, 20.5])


def test_a_premium_rises_while_export_orders_go_unserved_and_goes_when_they_are():
    premium = export_premium([0.0, 10.0], [100.0, 100.0], [2.0, 1.0], [1.0, 1.0], [0.1, 0.1], [0.05, 0.05])
    assert premium.tolist() == pytest.approx([0.1 * math.log(2) * 100.0, 9.5])


def test_the_quote_is_the_ask_at_which_sorted_offers_reach_two_per_cent_of_use():
    """Use 100 t: 1 t at 30 is not enough, with 5 t at 40 it is. Nothing open: last week's quote stands."""
    quote, depth = quoted_price(
        [40.0, 30.0, 90.0, 7.0], [5.0, 1.0, 50.0, 0.0], [0, 1, 2, 3], [0, 3], [3.0, 1.0], [100.0, 10.0], 0.02, [1.0, 8.0]
    )
    assert quote.tolist() == [40.0, 8.0]
    assert depth.tolist() == [0.56, 0.0]


def test_a_losing_plant_curtails_then_mothballs_restarts_when_it_pays_and_once_closed_stays_closed():
    running, below, above = curtail_and_restart(
        [-0.1, -0.1, 0.5, 0.5], [1.0, 0.5, 0.0, 0.0], [26.0, 78.0, 0.0, 209.0], [0.0, 0.0, 13.0, 13.0], 26.0, 78.0, 208.0,
        13.0,
    )  # fmt: skip
    assert running.tolist() == pytest.approx([0.98, 0.4, 0.05, 0.0])
    assert below.tolist() == [27.0, 79.0, 0.0, 210.0]
    assert above.tolist() == [0.0, 0.0, 14.0, 14.0]


def test_a_full_plant_with_a_good_year_grows_up_to_its_ceiling():
    grown = expand([1.0, 2.0, 1.0], [10.0, 10.0, 5.0], [10.0, 10.0, 10.0], [0.5, 0.5, 0.5], 0.104, 2.0)
    assert grown.tolist() == pytest.approx([1.001, 2.0, 1.0])


def test_a_project_starts_when_its_value_covers_its_capital_is_late_by_its_slip_or_lost():
    """Week 10: worth 120 against 100, earliest week 50 but two years to build, 30 weeks late: week 144. One is lost, one waits."""
    stage, due = decide_projects(
        [0.0, 0.0, 0.0, 1.0], [np.inf] * 3 + [10.0], 10.0, [50.0] * 4, [0.0] * 4, [120.0, 80.0, 120.0, 0.0], [100.0] * 4,
        [0.0, 0.0, 1.0, 0.0], [30.0] * 4, [104.0] * 4, *[[0.0] * 4] * 2,
    )  # fmt: skip
    assert stage.tolist() == [1.0, 0.0, 3.0, 2.0]
    assert due[0] == 144.0


def test_a_project_committed_to_starts_whatever_its_value_and_a_slowed_one_is_later_by_what_is_lost():
    """Week 10: told to go ahead, two years to build, on time: week 114. The other was due this week and loses 0.6 of it."""
    stage, due = decide_projects(
        [0.0, 1.0], [np.inf, 10.0], 10.0, [50.0] * 2, [0.0] * 2, [math.inf, 0.0], [100.0] * 2, [0.0] * 2, [0.0] * 2, [104.0] * 2,
        [0.0] * 2, [0.0, 0.6],
    )  # fmt: skip
    assert stage.tolist() == [1.0, 1.0]
    assert due.tolist() == [114.0, 10.6]


def test_present_value_is_an_annuity_in_million():
    assert present_value([10e6], 1.0, 0.1).tolist() == pytest.approx([10.0 / 1.1])


def test_every_payment_has_a_payer_and_a_payee():
    """10 t at 11.33 USD/kg: tariff 3 %, freight 0.5, rent 0.5 to the holder, duty 10 % on the rest; balances sum to zero."""
    value, fob, duty, rent, leak_margin, money = pay_for_cargo(
        [10.0], [10.0], [12.36], [0.5], [0.03], [0.1], [0.5], [0.0], [10.0], [1.0], [0], [0], [1], [2], [3], [4], [0.0] * 5
    )
    assert (value[0], fob[0], rent[0]) == pytest.approx((123_600.0, 115_000.0, 5_000.0))
    assert duty[0] == pytest.approx(10_000.0)
    assert leak_margin[0] == 0.0
    assert money.tolist() == pytest.approx([-123_600.0, 105_000.0, 3_600.0, 10_000.0, 5_000.0])


def test_cargo_past_the_books_pays_no_duty_and_earns_the_gap_to_the_home_price():
    """10 t at 12 USD/kg, a quarter past the books; FOB 12, home 8: 2.5 t earn 4 USD/kg. Duty is paid on 7.5 t."""
    _, _, duty, rent, leak_margin, _ = pay_for_cargo(
        [10.0], [7.5], [12.0], [0.0], [0.0], [0.2], [0.0], [0.0], [8.0], [1.0], [0], [0], [1], [2], [3], [4], [0.0] * 5
    )
    assert leak_margin[0] == pytest.approx(10_000.0)
    assert (duty[0], rent[0]) == pytest.approx((15_000.0, 0.0))


def test_leaked_cargo_is_in_no_exporters_book_and_partly_under_another_origin_or_code_in_the_importers():
    """10 t at 3 USD/kg leave in week 1 for two weeks at sea, 4 leaked: half of that under another origin, a quarter another code.

    The exporter books 6 t at once; the importer, in week 3, 7 t as what they are, 2 t of another origin, 1 t of another code.
    """
    tonnes, usd = np.zeros((5, 3)), np.zeros((5, 3))
    booked = book_arrivals([10.0], [4.0], [3.0], [2.0], [0], 1.0, [0], [1], 0.5, [2], 0.25, tonnes, usd)
    assert booked.tolist() == [6.0, 0.0, 0.0]
    assert tonnes[3].tolist() == [7.0, 2.0, 1.0]
    assert usd[3].tolist() == [21_000.0, 6_000.0, 3_000.0]
    assert tonnes[[0, 1, 2, 4]].sum() == 0.0


def test_cargo_counts_as_traded_in_the_week_it_is_delivered_and_what_a_store_lets_out_never():
    """In week 1 leave 10 t at 3 USD/kg, a quarter of the orders spot, for two weeks, and 4 t out of a store.

    Week 3 delivers 10 t, 30,000 USD and 2.5 t spot; the 1 t that was due in week 1 is delivered there, once.
    """
    tonnes, usd, spot = np.zeros((5, 1)), np.zeros((5, 1)), np.zeros((5, 1))
    tonnes[1], usd[1], spot[1] = 1.0, 2_000.0, 0.5
    rings = (tonnes, usd, spot)
    loaded = ([3.0, 9.0], [2.0, 4.0], [8.0, 4.0], [2.0], [0, 0])
    found = [book_deliveries([10.0, 4.0], *loaded, 1.0, [0, -1], *rings)]
    found += [book_deliveries([0.0, 0.0], *loaded, week, [0, -1], *rings) for week in (2.0, 3.0, 4.0)]
    assert [[float(x[0]) for x in week] for week in found] == [
        [1.0, 2_000.0, 0.5], [0.0, 0.0, 0.0], [10.0, 30_000.0, 2.5], [0.0, 0.0, 0.0],
    ]  # fmt: skip
    assert not np.any(rings)


def test_weeks_at_sea_are_whole_at_least_one_and_the_mode_in_the_middle():
    weeks = whole_weeks(np.array([0.0, 0.5, 0.999]), np.array(2.0), np.array(3.0), np.array(4.0))
    assert weeks.tolist() == [2.0, 3.0, 4.0]
    assert whole_weeks(np.array([0.3]), np.array(0.2), np.array(0.2), np.array(0.2)).tolist() == [1.0]
