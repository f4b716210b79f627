"""One price holds in the exporter's country: a stop of exports strands nobody's goods, so none are sold abroad far under home."""

import numpy as np
import pytest

import sim


@pytest.fixture(scope="module")
def desk():
    return sim.run("licence_desk_2025", replicates=4, records=("price_fob", "price_domestic"))


@pytest.mark.parametrize("product", [f"{e}_oxide" for e in ("la", "ce", "ndpr", "sm", "eu", "gd", "tb", "dy", "y")])
def test_fob_stands_over_home_or_close_to_it(desk, product):
    """Neither duty nor refund: at parity FOB is the home price with VAT; sellers differ by some percent, never by a third."""
    fob, home = (desk.array(record, product=product, country="CHN")[0][:, :, 0] for record in ("price_fob", "price_domestic"))
    over = fob / home
    assert over.min() > 0.8
    assert np.quantile(over, 0.05) > 0.9
