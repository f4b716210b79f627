"""Orders worked by hand."""

import pytest

from sim.mechanisms.orders import cap_on_origin


def capped(spot, cap, view=(0, 1)):
    return cap_on_origin([2.0, 0.0], spot, [10.0], cap, list(view), [0, 0], [0, 0]).tolist()


def test_orders_beyond_a_cap_move_to_the_other_origin_and_term_calls_stay():
    # 8 of 10 t from the first origin, 5 allowed: 3 move; the buyer's 10 t stay 10 t
    assert capped([6.0, 2.0], [0.5, 1.0]) == pytest.approx([3.0, 5.0])


def test_a_cap_that_does_not_bind_leaves_orders_to_the_last_bit():
    assert capped([6.0, 2.0], [0.8, 1.0]) == [6.0, 2.0]


def test_what_no_other_origin_may_take_stays_where_it_was():
    # the second origin may take 0.3 x 10 - 2 = 1 t only
    assert capped([6.0, 2.0], [0.5, 0.3]) == pytest.approx([5.0, 3.0])
    assert capped([8.0, 0.0], [0.5, 1.0]) == [8.0, 0.0]
