"""How facts are read off a replay, on lines drawn by hand."""

from datetime import date, timedelta

import numpy as np
import pytest

from sim.history.readers import read
from sim.history.replay import Replay
from sim.history.tables import Fact, tolerance_of

DATES = [date(2009, 1, 5) + timedelta(weeks=w) for w in range(156)]
WEEK = np.arange(156.0)


def fact(reader, series="price", against="", when="", base="", tolerance="x1.5", value=1.0):
    return Fact(
        "X1", "point", "family", "training", reader, tuple(series.split("|")), tuple(a for a in against.split("|") if a),
        when, base, value, tolerance_of(tolerance, value), tolerance, "ratio", "", "", "",
    )  # fmt: skip


def replay(flows=(), **lines):
    return Replay(DATES, {k: np.atleast_2d(np.asarray(v, dtype=float)) for k, v in lines.items()}, frozenset(flows))


def test_a_price_over_a_month_is_the_mean_of_its_days():
    # October 2010 holds 3 days of the week from 27 September, 4 whole weeks from the 4th to the 31st
    price = np.where(WEEK == 90, 10.0, 1.0)  # the week of 27 September 2010
    assert read(replay(price=price), fact("level", when="2010-10"))[0] == pytest.approx((3 * 10 + 28 * 1) / 31)


def test_the_highest_month_counts_within_its_period_only():
    price = np.where(WEEK < 52, 2.0, np.where(WEEK < 104, 9.0, 3.0))
    line = replay(price=price)
    assert read(line, fact("highest", when="2011-02:2011-12", base="2009-01:2009-11"))[0] == pytest.approx(1.5)
    assert read(line, fact("highest", when="2010-01:2011-12", base="2009-01:2009-11"))[0] == pytest.approx(4.5)
    assert read(line, fact("highest", when="2014", base="2009-01:2009-11")) is None


def test_a_flow_over_a_quarter_is_a_sum():
    assert read(replay(("price",), price=np.full(156, 7.0)), fact("level", when="2010-Q4"))[0] == pytest.approx(92.0)


def test_a_day_stands_for_its_week():
    price = np.where(WEEK == 90, 10.0, 1.0)
    assert read(replay(price=price), fact("level", when="2010-09-28"))[0] == 10.0


def test_a_run_of_months_is_one_period():
    assert read(replay(("price",), price=np.full(156, 7.0)), fact("level", when="2010-10:2010-11"))[0] == pytest.approx(
        61
    )


def test_the_peak_is_the_highest_quarter_over_its_base():
    price = np.where(WEEK >= 104, 1.0, 1.0) + 11.0 * ((WEEK >= 78) & (WEEK < 91))
    found = read(replay(price=price), fact("peak", when="quarter", base="2009"))[0]
    assert found == pytest.approx(12.0, rel=0.1)


def test_a_flat_line_has_no_month_of_its_peak():
    assert read(replay(price=np.ones(156)), fact("peak_month", base="2009-01")) is None


def test_the_month_of_the_peak_is_counted_from_its_base():
    price = np.exp(-(((WEEK - 95) / 10.0) ** 2)) + 1.0  # week 95 begins on 1 November 2010
    assert read(replay(price=price), fact("peak_month", base="2010-09"))[0] == 2.0


def test_the_half_life_is_counted_from_the_peak():
    price = np.where(WEEK < 52, 4.0, np.where(WEEK < 78, 3.0, 2.0))
    assert read(replay(price=price), fact("half_life"))[0] == pytest.approx(78 / (52 / 12))


def test_a_trough_is_the_lowest_half_year_over_its_base():
    flow = np.where((WEEK >= 104) & (WEEK < 130), 3.0, 10.0)
    found = read(replay(("price",), price=flow), fact("trough", when="2010-09:2011-12", base="2010"))[0]
    assert found == pytest.approx(0.3)


def test_pairs_in_the_wrong_order_are_counted_but_for_ties():
    lines = {
        "a": np.where(WEEK > 100, 30.0, 1.0),
        "b": np.where(WEEK > 100, 20.0, 1.0),
        "c": np.where(WEEK > 100, 29.0, 1.0),
    }
    one = fact("order_of_peaks", "a|b|c", "30|29|10", "quarter", "2009")  # a and b are tied, c should be lowest
    assert read(replay(**lines), one)[0] == 1.0


def test_what_a_path_lacks_is_not_read():
    assert read(replay(price=np.ones(156)), fact("quotient", against="other", when="2010")) is None
    assert read(replay(price=np.ones(156)), fact("level", when="2014")) is None


@pytest.mark.parametrize(
    ("text", "value", "reading", "error"),
    [
        ("x1.5", 10.0, 15.0, 1.0), ("x1.5", 10.0, 10.0 / 1.5, -1.0), ("+-2", 31.0, 35.0, 2.0),
        ("10..40", 17.0, 40.0, 1.0), ("10..40", 17.0, 20.0, 0.0), ("<=0.3", 0.2, 0.1, 0.0), ("<=0.3", 0.2, 0.45, 2.0),
        (">=0.15", 0.2, 0.075, -2.0), (">=0.15", 0.2, 0.5, 0.0),
    ],
)  # fmt: skip
def test_an_error_counts_in_tolerances(text, value, reading, error):
    assert tolerance_of(text, value).error(reading) == pytest.approx(error)


@pytest.mark.parametrize("text", ["1.5", "x", "5", "3..", "around 3", "=<3"])
def test_what_is_no_tolerance_is_refused(text):
    with pytest.raises(ValueError, match=r"write x1\.5"):
        tolerance_of(text, 1.0)


def test_gaps_and_quotients_compare_two_series_over_one_period():
    line = replay(fob=np.full(156, 80.0), home=np.full(156, 25.0), all=np.full(156, 50.0), ours=np.full(156, 20.0))
    assert read(line, fact("gap", "fob", "home", when="2010-06"))[0] == pytest.approx(55.0)
    assert read(line, fact("quotient", "fob", "home", when="2010-06"))[0] == pytest.approx(3.2)
    found = read(line, fact("gap_of_quotients", "fob|ours", "all|all", when="2010-06"))[0]
    assert found == pytest.approx(80.0 / 50.0 - 20.0 / 50.0)


def test_the_order_of_quotients_counts_pairs_that_stand_the_other_way_round():
    line = replay(a=np.full(156, 2.0), b=np.full(156, 6.0), one=np.ones(156))
    assert read(line, fact("order_of_quotients", "a|b", "one|one", when="2010-06", base="2|6"))[0] == 0.0
    assert read(line, fact("order_of_quotients", "a|b", "one|one", when="2010-06", base="6|2"))[0] == 1.0
    assert read(line, fact("order_of_quotients", "a|b", "one|one", when="2010-06", base="6|5.5"))[0] == 0.0  # seen as a tie


def test_a_price_some_months_after_its_peak_is_read_over_the_peak_and_a_plant_from_its_first_week():
    price = np.where(WEEK < 52, 10.0, 4.0)
    assert read(replay(price=price), fact("after_peak", when="16"))[0] == pytest.approx(0.4)
    stage = np.where(WEEK < 52, 1.0, 2.0)
    assert read(replay(stage=stage), fact("stands", "stage", base="2009-01"))[0] == pytest.approx(12.0)
    never = read(replay(stage=np.ones(156)), fact("stands", "stage", base="2009-01"))[0]
    assert never == pytest.approx(36.0)
