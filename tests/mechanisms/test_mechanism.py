"""The decorator: what it takes, what it refuses, and that batch and plain agree."""

import numpy as np
import pytest

from sim.mechanisms.transit import blend
from tests.mechanisms.pro_rata import pro_rata


def test_what_is_held_is_shared_in_proportion_to_the_orders():
    """Seller 0 holds 6 and is asked 4 + 8: 6 x 4/12 = 2 and 6 x 8/12 = 4. Seller 1 holds 5, is asked 3: all of it."""
    assert pro_rata([4.0, 8.0, 3.0], [6.0, 5.0], [0, 0, 1]).tolist() == [2.0, 4.0, 3.0]


def test_a_replicate_alone_equals_the_same_replicate_in_a_block_bit_for_bit():
    draw = np.random.default_rng(1)
    orders, held, seller = draw.random((5, 40)), draw.random((5, 7)), draw.integers(0, 7, 40)
    block = pro_rata(orders, held, seller)
    for replicate in range(5):
        assert (pro_rata(orders[replicate].copy(), held[replicate].copy(), seller) == block[replicate]).all()


def test_one_row_for_all_replicates_is_read_by_each_of_them():
    draw = np.random.default_rng(3)
    orders, held, seller = draw.random((1, 40)), draw.random((5, 7)), draw.integers(0, 7, 40)
    once = pro_rata(orders, held, seller)
    assert (once == pro_rata(np.repeat(orders, 5, axis=0), held, seller)).all()
    assert (pro_rata(orders, held, seller) == once).all()  # the second call skips the checks of the first
    assert len(np.unique(once, axis=0)) == 5


def test_what_is_changed_in_place_has_a_row_for_every_replicate():
    stock, first = np.ones((2, 1)), np.zeros(1, dtype=np.int64)
    with pytest.raises(ValueError, match="origin is changed in place and has 1 replicate, others 2"):
        blend(stock, first, first, stock, np.ones((2, 1, 1)), np.ones((1, 1, 1)))


def test_the_compiled_rule_equals_its_plain_source():
    draw = np.random.default_rng(2)
    orders, held, seller = draw.random(40), draw.random(7), draw.integers(0, 7, 40)
    out = np.empty(40)
    pro_rata.plain(orders, held, seller, out)
    assert (pro_rata(orders, held, seller) == out).all()


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        (([1.0], [1.0], [0.5]), TypeError, "seller must hold whole numbers"),
        (([1.0], [1.0], [7]), ValueError, "seller holds 7; point has rows 0 to 0"),
        (([1.0, 2.0], [1.0], [0]), ValueError, "seller has 1 rows of lane, others 2"),
        (([1.0], [1.0]), TypeError, "2 arguments given, 3 needed"),
        ((np.ones(2, dtype=np.float32), [1.0], [0, 0]), TypeError, "orders is float32"),
        ((np.ones((2, 4))[:, ::2], np.ones((2, 1)), [0, 0]), ValueError, "orders is not contiguous"),
        ((np.ones((2, 2)), np.ones((3, 1)), [0, 0]), ValueError, "held has 3 replicates, others 2"),
    ],
)
def test_a_wrong_argument_is_refused_by_its_name(arguments, error, says):
    with pytest.raises(error, match=says):
        pro_rata(*arguments)
