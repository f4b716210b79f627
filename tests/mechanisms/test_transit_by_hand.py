"""Transit and blending: what leaves arrives, in its week, with its origin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanisms.transit import blend, land, load


def test_cargo_waits_in_the_slot_of_its_arrival_with_the_origin_of_the_seller():
    """In week 3 of a ring of 4, two weeks at sea means slot 1; three quarters of the seller's stock are of group 0."""
    origin = np.array([[1.0, 0.0], [1.0, 0.0], [0.75, 0.25], [0.0, 1.0]])
    sea, sea_origin = np.zeros((4, 2)), np.zeros((4, 2, 2))
    loaded = load([8.0], [2.0], [0], 3.0, [0], [1], [2, 0], [3, 1], origin, sea, sea_origin)
    assert loaded.tolist() == [0.0, 8.0]
    assert sea[:, 1].tolist() == [0.0, 8.0, 0.0, 0.0]
    assert sea_origin[1].tolist() == [[6.0, 2.0], [0.0, 8.0]]


def test_a_blend_weighs_stock_and_arrival_by_tonnes():
    """30 t half and half with 10 t all of group 0: group 0 has 25 of 40."""
    origin = np.array([[0.5, 0.5]])
    blend([30.0], [0], [0], [10.0], [[10.0, 0.0]], origin)
    assert origin.tolist() == [[0.625, 0.375]]


def test_cargo_that_lands_is_blended_in_each_layer_it_has_and_leaves_the_sea():
    """To 30 t of metal come 10 t: of ore from group 0, separated half and half, made into metal in group 1."""
    origin = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 0.0]])
    sea, sea_origin = np.array([[0.0], [10.0]]), np.array([np.zeros((3, 2)), [[10.0, 0.0], [5.0, 5.0], [0.0, 10.0]]])
    assert land([30.0], [0], [2], 3.0, origin, sea, sea_origin).tolist() == [10.0]
    assert origin.tolist() == [[0.25, 0.75], [0.875, 0.125], [0.75, 0.25]]
    assert not sea.any()
    assert not sea_origin.any()


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_tonnes_of_each_origin_are_the_same_before_and_after_blending(stock, arrived, given):
    origin = np.array([[given[0], 1 - given[0]], [given[1], 1 - given[1]]])
    cargo = arrived * np.array([[given[2], 1 - given[2]], [given[3], 1 - given[3]]])
    before = stock * origin + cargo
    blend(np.array([stock]), [0], [1], np.array([arrived]), cargo, origin)
    if arrived > 0.0:
        np.testing.assert_allclose((stock + arrived) * origin, before, rtol=1e-9, atol=1e-9)


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1), st.floats(0, 1))
def test_shares_sum_to_one_after_any_blend(stock, arrived, before, brought):
    origin = np.array([[before, 1 - before]])
    cargo = np.array([[arrived * brought, arrived - arrived * brought]])
    blend(np.array([stock]), [0], [0], np.array([arrived]), cargo, origin)
    assert origin.sum() == pytest.approx(1.0, abs=1e-12)
