"""Transit and blending: what leaves arrives, in its week, with its origin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanisms.transit import blend, load


def test_cargo_waits_in_the_slot_of_its_arrival_with_the_origin_of_the_seller():
    """In week 3 of a ring of 4, two weeks at sea means slot 1; three quarters of the seller's stock are of group 0."""
    origin = np.array([[[0.75, 0.25], [0.0, 1.0]], [[1.0, 0.0], [1.0, 0.0]]])
    sea, sea_origin = np.zeros((4, 2)), np.zeros((4, 2, 2, 2))
    loaded = load([8.0], [2.0], [0], 3.0, [0], [1], origin, sea, sea_origin)
    assert loaded.tolist() == [0.0, 8.0]
    assert sea[:, 1].tolist() == [0.0, 8.0, 0.0, 0.0]
    assert sea_origin[1, 1].tolist() == [[6.0, 2.0], [0.0, 8.0]]


def test_a_blend_weighs_stock_and_arrival_by_tonnes():
    """30 t half and half with 10 t all of group 0: group 0 has 25 of 40."""
    mixed = blend([30.0], [[[0.5, 0.5]]], [10.0], [[[10.0, 0.0]]])
    assert mixed.tolist() == [[[0.625, 0.375]]]


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1), st.floats(0, 1))
def test_shares_sum_to_one_after_any_blend(stock, arrived, before, brought):
    origin = np.array([[[before, 1 - before]]])
    cargo = np.array([[[arrived * brought, arrived - arrived * brought]]])
    assert blend(np.array([stock]), origin, np.array([arrived]), cargo).sum() == pytest.approx(1.0, abs=1e-12)
