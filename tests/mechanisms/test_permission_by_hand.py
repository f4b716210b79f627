"""Permission and allocation, each worked on paper, and their bounds over random worlds."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanisms.allocation import contract_first
from sim.mechanisms.permission import customs, leak_routes, licence_queue, quota_by_margin, quota_pro_rata


def test_a_desk_takes_in_papers_and_decides_each_in_its_weeks():
    """Lane 0: 10 stand, of which 1 / 2.5 is taken in; 8 wait, 1 / 4 is decided, a tenth refused. Lane 1 meets no desk."""
    first, second, granted, refused = licence_queue(
        [6.0, 3.0], [4.0, 0.0], [8.0, 0.0], [0, -1], [1.0, 1.0], [0.0, 0.0], [2.5], [4.0], [100.0], [0.1, 0.0]
    )
    assert first.tolist() == [6.0, 0.0]
    assert second.tolist() == [10.0, 0.0]
    assert granted.tolist() == pytest.approx([1.8, 3.0])
    assert refused.tolist() == pytest.approx([0.2, 0.0])


def test_a_faster_desk_empties_at_once_and_a_small_one_decides_no_more_than_it_can():
    _, second, granted, _ = licence_queue([0.0], [0.0], [50.0], [0], [1.0], [0.0], [9.0], [1.0], [1000.0], [0.0])
    assert (second.tolist(), granted.tolist()) == ([0.0], [50.0])
    _, second, granted, _ = licence_queue([0.0] * 2, [0.0] * 2, [30.0, 20.0], [0, 0], [1.0] * 2, [0.0] * 2, [9.0], [1.0],
                                          [5.0], [0.0] * 2)  # fmt: skip
    assert (second.tolist(), granted.tolist()) == (pytest.approx([27.0, 18.0]), pytest.approx([3.0, 2.0]))


def test_only_the_covered_share_without_a_general_licence_queues():
    first, second, granted, _ = licence_queue([10.0], [0.0], [0.0], [0], [0.5], [0.5], [0.0], [9.0], [99.0], [0.0])
    assert (first.tolist(), second.tolist(), granted.tolist()) == ([0.0], [2.5], [7.5])


@given(st.lists(st.tuples(*[st.floats(0, 1e4)] * 3, *[st.floats(0, 1)] * 3), min_size=1, max_size=12),
       st.floats(0, 50), st.floats(0, 50), st.floats(0, 1e4))  # fmt: skip
def test_no_application_is_lost_in_a_desk(lanes, intake, phase, most):
    applied, first, second, scope, exempt, denied = (np.array(column) for column in zip(*lanes, strict=True))
    desk = np.zeros(len(lanes), dtype=np.int64)
    numbers = (np.array([intake]), np.array([phase]), np.array([most]))
    out = licence_queue(applied, first, second, desk, scope, exempt, *numbers, denied)
    assert all((part >= 0).all() for part in out)
    assert sum(part for part in out) == pytest.approx(applied + first + second, rel=1e-12, abs=1e-9)


def test_slack_permits_have_no_rent_and_stop_nothing():
    cleared, rent = quota_by_margin([3.0, 4.0], [1.0, 1.0], [5.0, 50.0], [0, 0], [100.0])
    assert cleared.tolist() == pytest.approx([3.0, 4.0])
    assert rent.tolist() == [0.0]


def test_scarce_permits_are_shared_in_proportion_to_what_is_wanted():
    cleared, pooled = quota_pro_rata([6.0, 2.0, 5.0, 1.0], [0, 0, -1, 1], [4.0, 9.0])
    assert cleared.tolist() == [3.0, 1.0, 5.0, 1.0]
    assert pooled.tolist() == [8.0, 1.0]


def test_scarce_permits_go_where_the_margin_per_kilogram_is_greatest():
    cleared, rent = quota_by_margin([10.0, 10.0, 2.0], [1.0, 1.0, 1.0], [1.0, 50.0, 0.0], [0, 0, -1], [10.0])
    assert cleared.sum() == pytest.approx(12.0)
    assert cleared[1] > 9.0 > cleared[0]
    assert cleared[2] == 2.0
    assert rent[0] == pytest.approx(((10 - cleared[0]) * 1.0 + (10 - cleared[1]) * 50.0) / 10.0)


@given(st.lists(st.tuples(st.floats(0, 1e3), st.floats(0.1, 3), st.floats(0, 500)), min_size=1, max_size=12),
       st.floats(0, 2e3))  # fmt: skip
def test_a_quota_is_never_overdrawn_and_no_lane_ships_more_than_it_wants(lanes, permits):
    wanted, weight, margin = (np.array(column) for column in zip(*lanes, strict=True))
    pool = np.zeros(len(lanes), dtype=np.int64)
    cleared, rent = quota_by_margin(wanted, weight, margin, pool, np.array([permits]))
    assert (cleared >= 0).all()
    assert (cleared <= wanted * (1 + 1e-12)).all()
    assert (cleared * weight).sum() <= permits * (1 + 1e-9) + 1e-9
    assert rent[0] >= 0


def test_customs_hold_what_does_not_clear_and_let_it_go_slowly_when_the_stop_ends():
    """A fifth of 10 clears, 8 are held. With all clear and 3 weeks of normal flow 10 a week at most, 30 of 80 leave. A lane
    without a normal flow lets a quarter of its 8 go. While only half clears, a sixteenth of those 30 leave."""
    through, held = customs([10.0, 10.0, 0.0, 0.0], [0.0, 80.0, 8.0, 80.0], [0.2, 1.0, 1.0, 0.5], [10.0, 10.0, 0.0, 10.0], [3.0] * 4)
    assert through.tolist() == pytest.approx([2.0, 40.0, 2.0, 30.0 / 16.0])
    assert held.tolist() == pytest.approx([8.0, 50.0, 6.0, 80.0 - 30.0 / 16.0])


def test_ways_past_the_books_open_with_the_gap_and_close_slowly():
    """Gaps of ln 1, ln e and ln e, least gap 0.2, 0.5 per unit, built in 10 weeks: nothing, 0.04, and 0.4 once there. Without
    a gap 0.4 falls by a hundredth. Stopped cargo counts what its buyer pays others. Inside a country nothing leaks."""
    e = math.e
    route = leak_routes(
        [0.0, 0.0, 0.4, 0.4, 0.0, 0.0], [10.0, 10 * e, 10 * e, 10.0, 10.0, 10 * e], [10.0, 1.0], [1.0, 10 * e],
        [0.0, 0.0, 0.0, 0.0, 0.5, 0.0], [0.0] * 6, [0.0] * 6, [1.0, 1.0, 1.0, 1.0, 1.0, 0.0], [0] * 6, [1] * 6, [0.5] * 6,
        [0.2] * 6, [0.6] * 6, [10.0] * 6, [100.0] * 6,
    )  # fmt: skip
    assert route.tolist() == pytest.approx([0.0, 0.04, 0.4, 0.396, 0.04, 0.0])


def test_term_calls_are_served_before_spot_and_preferred_spot_before_the_rest():
    """10 are offered: 6 of term, then 3 of preferred spot, then 1 for the two others who ask 2 and 2: a quarter each."""
    served, wanted, leak = contract_first(
        [6.0, 0.0, 0.0, 0.0], [0.0, 3.0, 1.0, 2.0], [0.0, 0.0, 1.0, 0.0], [6.0, 3.0, 2.0, 2.0], [6.0, 3.0, 2.0, 2.0],
        [0.0] * 4, [0.0, 1.0, 0.0, 0.0], [0.0] * 4, [10.0], [0, 0, 0, 0],
    )  # fmt: skip
    assert served.tolist() == pytest.approx([1.0, 1.0, 0.25, 0.25])
    assert wanted.tolist() == pytest.approx([6.0, 3.0, 0.5, 0.5])
    assert leak.tolist() == [0.0] * 4


def test_what_may_not_be_sent_is_not_asked_for_and_what_leaks_does_not_hang_on_the_border():
    """12 t offered; of 18 t due 8 may be sent and 4 leak: all 12 t could go, but only 4 x 12 / 18 leak."""
    served, wanted, leak = contract_first([0.0], [18.0], [0.0], [18.0], [8.0], [4.0], [0.0], [0.0], [12.0], [0])
    assert (served[0], wanted[0]) == pytest.approx((1.0, 8.0))
    assert leak.tolist() == pytest.approx([8.0 / 3.0])


def test_sellers_that_prefer_home_serve_it_before_orders_from_abroad():
    _, wanted, _ = contract_first([0.0] * 2, [6.0, 6.0], [0.0] * 2, [6.0] * 2, [6.0] * 2, [0.0] * 2, [0.0] * 2,
                                  [1.0, 0.0], [8.0], [0, 0])  # fmt: skip
    assert wanted.tolist() == pytest.approx([6.0, 2.0])


@given(
    st.lists(st.tuples(*[st.floats(0, 1e4)] * 3, st.floats(0, 1), st.floats(0, 1), st.booleans()), min_size=1, max_size=12),
    st.floats(0, 3e4),
)
def test_nobody_gets_more_than_ordered_and_nobody_ships_more_than_offered(lanes, offer):
    term, spot, backlog, permitted, past, preferred = (np.array(column, dtype=float) for column in zip(*lanes, strict=True))
    due = term + spot + backlog
    leaking = due * (1.0 - permitted) * past
    rule = np.zeros(len(lanes))
    seller = np.zeros(len(lanes), dtype=np.int64)
    served, wanted, leak = contract_first(
        term, spot, backlog, due, due * permitted, leaking, preferred, rule, np.array([offer]), seller
    )
    assert (served <= 1.0 + 1e-12).all()
    assert (wanted >= 0).all()
    assert (leak >= 0).all()
    assert (wanted + leak <= due * (1 + 1e-12) + 1e-12).all()
    assert (wanted + leak).sum() <= offer * (1 + 1e-9) + 1e-9
