"""Dependence: direct by tonnes and value, looked through by layer, by form; each over the last 52 weeks up to a date."""

import numpy as np
import pytest

from sim.store import ResultError
from tests.analysis.test_metrics import result

TURN = np.concatenate([np.zeros(52), np.ones(26), np.full(26, 3.0)])
"""Nothing in the first year; in the second, three times as much in its second half."""


@pytest.fixture
def made():
    """From the North 2 t of oxide a week (half of it dysprosium) and from West 5 t of magnets (a tenth); used is what is told."""
    return result(
        104,
        imports={"CHN.JPN.dy_oxide": 2.0 * TURN, "MYS.JPN.magnet": 5.0, "USA.CHN.magnet": 9.0},
        imports_usd={"CHN.JPN.dy_oxide": 600.0 * TURN, "MYS.JPN.magnet": 400.0, "USA.CHN.magnet": 9.0},
        use_by_origin={
            "ore.JPN.CHN": 3.0, "ore.JPN.other": 1.0, "separation.JPN.CHN": 1.0 * TURN, "separation.JPN.MYS": 1.0,
            "magnet.JPN.CHN": 0.0, "magnet.JPN.other": 0.0,
        },
    )  # fmt: skip


def row(frame, layer):
    return frame[frame["layer"] == layer].iloc[0]


def test_direct_counts_contained_tonnes_and_value_of_the_last_year(made):
    """2 t a week on average: 2 x 2 x 0.5 = 2 t contained against 0.5 t; 1,200 USD against 400."""
    found = row(made.dependence("JPN"), "separation")
    assert found["direct"] == pytest.approx(0.8)
    assert found["direct_usd"] == pytest.approx(0.75)


def test_look_through_is_the_share_of_what_was_used_and_the_gap_is_what_customs_do_not_see(made):
    found = made.dependence("JPN", "CHN")
    assert row(found, "ore")["look_through"] == 0.75
    assert row(found, "ore")["gap"] == pytest.approx(-0.05)
    assert row(found, "separation")["look_through"] == pytest.approx(2 / 3)
    assert np.isnan(row(found, "magnet")["look_through"])


def test_the_year_ends_in_the_week_of_the_date(made):
    """Until the 78th week: half a year of nothing and half a year of 1 t from the North beside 1 t from West."""
    assert row(made.dependence("JPN", "CHN", "separation", "2010-07-02"), "separation")["look_through"] == pytest.approx(1 / 3)
    assert row(made.dependence("JPN", "CHN", "separation", "2009-12-30"), "separation")["look_through"] == 0.0


def test_a_country_counted_with_others_is_told_by_its_group_and_one_among_the_rest_is_missing(made):
    far = made.dependence("JPN", "USA")
    assert (row(far, "separation")["group"], row(far, "separation")["look_through"]) == ("MYS", pytest.approx(1 / 3))
    assert row(far, "ore")["group"] == "the rest"
    assert np.isnan(row(far, "ore")["look_through"])


def test_forms_are_customs_codes_at_six_digits(made):
    forms = made.by_form("JPN", "CHN").set_index("hs")
    assert forms.loc["2846.90", ["tonnes", "usd", "share"]].tolist() == [2.0 * 104, 600.0 * 104, 1.0]
    assert forms.loc["8505.11", ["tonnes", "share", "share_usd"]].tolist() == [260.0, 0.0, 0.0]
    assert forms.loc["2805.30", "tonnes"] == 0.0
    assert np.isnan(forms.loc["2805.30", "share"])


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"country": "XXX"}, "country: 'XXX' is no country of this run; write one of CHN, JPN, MYS, USA"),
        ({"country": "JPN", "origin": "MMR"}, "origin: 'MMR' is no country of this run"),
        ({"country": "JPN", "layer": "mining"}, "layer 'mining' is not known; write one of ore, separation, metal, magnet"),
        ({"country": "JPN", "until": "2019-01-01"}, r"until: 2019-01-01 lies outside the run \(2009-01-05 to 2010-12-27\)"),
        ({"country": "JPN", "until": "June"}, "until: 'June' is no date; write YYYY-MM-DD"),
    ],
)
def test_what_is_not_there_is_told_with_what_to_write(made, asked, says):
    with pytest.raises(ResultError, match=says):
        made.dependence(**asked)


def test_a_customs_code_that_no_good_has_is_refused(made):
    with pytest.raises(ResultError, match="hs: no good of this run has a code that begins with '2847'; did you mean '284690'"):
        made.trade(hs="28.47", book="importer")
