"""The ladder of prices: what is paid and what is quoted, both in its title."""

import matplotlib
import numpy as np
import pytest

import sim
from sim.figures.prices import _widest, price_ladder
from sim.figures.text import rounded
from sim.language import LANGUAGES, number

matplotlib.use("Agg")


@pytest.fixture(scope="module")
def desk():
    """A run in which dysprosium oxide is quoted to Japan at seven times the highest price at home, in its 80th week."""
    result = sim.run("licence_desk_2025", replicates=2, weeks=100)
    home, _ = result.array("price_domestic_net", product="dy_oxide", country="CHN")
    row = result.axes("price_quote").index(["dy_oxide", "JPN"])
    result.array("price_quote")
    result._arrays["price_quote"][:, 79, row] = 7.0 * home[:, 79, 0]
    return result


def test_the_widest_step_is_found_by_product_and_week(desk):
    product, week, ratio = _widest(desk, ["tb_oxide", "dy_oxide"], "JPN", "price_quote")
    assert (product, week) == ("dy_oxide", 79)
    assert ratio == pytest.approx(7.0, rel=0.05)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_title_tells_both_what_is_paid_and_what_is_quoted(desk, lang):
    title = price_ladder(desk, 14.3, lang)._suptitle.get_text()
    quoted = _widest(desk, ["dy_oxide"], "JPN", "price_quote")[2]
    assert number(rounded(quoted)) in title
    assert {"en": "pays", "ja": "支払価格", "zh-Hant": "實付價"}[lang] in title
    assert {"en": "is quoted", "ja": "提示価格", "zh-Hant": "報價"}[lang] in title


def test_a_world_without_quotes_is_told_what_is_paid_alone(desk):
    row = desk.axes("price_quote")
    kept = [list(x) for x in row]
    try:
        for x in row:
            x[1] = "XXX"
        assert _widest(desk, ["dy_oxide"], "JPN", "price_quote") is None
        assert "quoted" not in price_ladder(desk)._suptitle.get_text()
    finally:
        row[:] = kept
    assert np.isfinite(_widest(desk, ["dy_oxide"], "JPN", "price_quote")[2])
