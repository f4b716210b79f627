"""Named randomness: same name, same luck."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.streams import Streams


def test_a_row_has_the_same_luck_whatever_else_the_world_holds_and_in_any_block():
    many = Streams(7, [0, 1, 2, 3]).uniform("desk", ["a", "b", "c"], week=9)
    assert (Streams(7, [2]).uniform("desk", ["b"], week=9) == many[2:3, 1:2]).all()


@given(seed=st.integers(0, 2**63), week=st.integers(0, 2000))
def test_draws_lie_strictly_between_nought_and_one(seed, week):
    draws = Streams(seed, range(4)).uniform("slip", [f"row{i}" for i in range(25)], week)
    assert ((draws > 0) & (draws < 1)).all()


def test_draws_are_uniform_and_differ_by_seed_replicate_stream_row_and_week():
    rows = [f"row{i}" for i in range(400)]
    draws = np.stack([Streams(s, range(10)).uniform(n, rows, w) for s in (0, 1) for n in ("x", "y") for w in (0, 1)])
    assert len(np.unique(draws)) == draws.size
    histogram, _ = np.histogram(draws, bins=20, range=(0, 1))
    expected = draws.size / 20
    assert (((histogram - expected) ** 2) / expected).sum() < 43.8  # chi-square, 19 degrees, 1 in 1,000


def test_a_negative_seed_is_refused():
    with pytest.raises(ValueError, match="0 or more"):
        Streams(-1, [0])
