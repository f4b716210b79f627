"""The ladder of prices: what is paid and what is quoted, both in its title."""

import matplotlib
import numpy as np
import pytest

import sim
from sim.figures.prices import _widest, price_ladder, price_paths, rises
from sim.figures.text import rounded
from sim.language import LANGUAGES, number
from tests.figures.legible import must_be_legible

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


def title_of(figure):
    return figure._suptitle.get_text().replace("\n", " ").replace("\u00a0", " ")


@pytest.fixture(scope="module")
def rest():
    return sim.run("baseline_2024", replicates=2, weeks=70)


def test_where_no_price_rises_by_a_tenth_the_title_says_between_what_they_stay(rest):
    found = rises(rest, "JPN")
    low, high = min(f.lowest for f in found), found[0].ratio
    assert 0.9 < low <= high < 1.1
    assert title_of(price_paths(rest)) == (
        f"No price that Japan pays rises by a tenth: in 4-week means all stay between {100 * low:.0f} % and {100 * high:.0f} % of the run's first 52 weeks"
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_prices_that_hold_fit_on_the_page_in_every_language(rest, lang):
    must_be_legible(price_paths(rest, 7.0, lang))


def test_a_price_that_was_not_paid_in_some_weeks_is_not_the_lowest(rest):
    product = rises(rest, "JPN")[0].product
    row, paid = rest.axes("price_traded").index([product, "JPN"]), rest._arrays["price_traded"]
    kept = paid[:, 60:63, row].copy()
    try:
        paid[:, 60:63, row] = np.nan
        assert rises(rest, "JPN")[0].lowest > 0.9
    finally:
        paid[:, 60:63, row] = kept


def test_a_run_that_ends_before_its_event_is_held_against_its_own_mean():
    result = sim.run("shadow_embargo_2010", replicates=2, weeks=20)
    figure = price_paths(result)
    assert "the run's mean" in title_of(figure)
    assert "The run ends before the event asked about begins." in " ".join(t.get_text().replace("\n", " ") for t in reversed(figure.texts))
