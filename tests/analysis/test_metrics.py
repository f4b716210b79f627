"""Metrics and measures against background, each on a case worked by hand."""

import warnings
from typing import Any

import numpy as np
import pytest

import sim
from sim.metrics import METRICS, base_weeks, columns, first_below, over_base, recovery_seen, recovery_weeks, spread
from sim.paired import (
    PAIRED,
    Terms,
    cost_by_rate,
    cost_gross,
    cost_net,
    cost_peak,
    line_stop_value,
    price_recovery,
    recovery,
    shortage_value,
)
from sim.result import Result


def result(weeks: int, start: str = "2009-01-05", events: Any = (), **records: dict[str, list[float]]) -> Result:
    """One replicate; records by name, rows by labels joined by dots, values by week or one for all weeks."""
    axes = {name: [label.split(".") for label in rows] for name, rows in records.items()}
    arrays = {
        name: np.stack([np.broadcast_to(np.array(v, dtype=np.float32), weeks) for v in rows.values()], axis=1)[
            np.newaxis
        ]
        for name, rows in records.items()
    }
    manifest = {
        "exporter": "CHN", "weeks": weeks, "replicates": 1, "start": start, "records": list(records),
        "scenario": {"events": [{"start": day, "background": b} for day, b in events]}, "scenario_name": "made",
        "stage": {"dy_oxide": "oxide", "magnet": "magnet"}, "content": {"dy_oxide": {"Dy": 0.5}, "magnet": {"Dy": 0.1}},
        "separators": {}, "policy": "none", "run_id": "x", "hs": {"dy_oxide": "284690", "magnet": "850511"},
        "countries": {"CHN": "North", "JPN": "East", "MYS": "West", "USA": "Far"},
        "origin_groups": {
            "ore": {"CHN": ["CHN"], "other": []}, "separation": {"CHN": ["CHN"], "MYS": ["MYS", "USA"], "other": []},
            "metal": {"CHN": ["CHN"], "other": []}, "magnet": {"CHN": ["CHN"], "other": []},
        },
    }  # fmt: skip
    return Result(manifest, axes, arrays=arrays)


def flow(*spells: tuple[int, float]) -> np.ndarray:
    return np.array([np.concatenate([np.full(n, v) for n, v in spells])])


def test_recovery_runs_from_the_fall_to_thirteen_weeks_in_a_row_after_the_trough():
    """Means of four weeks fall under 0.95 in the first week at 0.5 and rise over it four weeks after the last."""
    assert recovery_weeks(flow((10, 1.0), (6, 0.5), (30, 1.0)))[0] == 6 + 3
    assert recovery_weeks(flow((40, 1.0)))[0] == 0.0
    assert recovery_weeks(flow((10, 1.0), (6, 0.5), (10, 1.0), (1, 0.0), (40, 1.0)))[0] == 6 + 10 + 1 + 3


def test_a_recovery_cut_off_is_infinite_and_seen_until_the_horizon():
    ratio = flow((10, 1.0), (6, 0.5), (12, 1.0))
    assert recovery_weeks(ratio)[0] == np.inf
    weeks, is_cut = recovery_seen(ratio)
    assert (weeks[0], is_cut[0]) == (18.0, True)


def test_the_base_is_the_year_before_the_first_event_that_is_not_background():
    events = [("2009-02-02", True), ("2010-07-05", False)]
    assert base_weeks(result(200, events=events)) == slice(26, 78)
    assert base_weeks(result(200, events=[("2009-02-02", False)])) == slice(0, 4)
    assert base_weeks(result(200, events=[("2009-01-05", False)])) == slice(0, 1)


def test_a_peak_is_the_largest_mean_of_four_weeks_over_the_base():
    prices = np.concatenate([np.full(52, 10.0), [20.0, 40.0, 40.0, 20.0], np.full(20, 10.0)])
    made = result(76, events=[("2010-01-04", False)], price_fob={"dy_oxide.CHN": prices})
    assert over_base(made, made.array("price_fob")[0])[0, 0] == pytest.approx(3.0)
    assert columns(made)["peak_over_base.dy_oxide"][0] == pytest.approx(3.0)


def test_the_first_stop_is_missing_where_none_came():
    assert first_below(np.array([[1.0, 0.9, 0.04, 0.0]]), 0.05)[0] == 2.0
    assert np.isnan(first_below(np.array([[1.0, 0.9]]), 0.05)[0])


def test_totals_per_element_are_the_sum_of_their_countries():
    made = result(4, shortage={"Dy.JPN.car": 1.0, "Dy.JPN.disk": 2.0, "Dy.USA.car": 3.0, "Tb.USA.car": 5.0})
    found = {k: float(v[0]) for k, v in columns(made, ["shortage_tonnes"]).items()}
    assert found == {
        "shortage_tonnes.Dy": 24.0, "shortage_tonnes.Dy.JPN": 12.0, "shortage_tonnes.Dy.USA": 12.0,
        "shortage_tonnes.Tb": 20.0, "shortage_tonnes.Tb.USA": 20.0,
    }  # fmt: skip


def test_dependence_is_direct_by_value_and_looks_through_to_separation():
    made = result(
        60,
        imports_usd={"CHN.JPN.magnet": 30.0, "USA.JPN.magnet": 10.0},
        use_by_origin={"separation.JPN.CHN": 1.0, "separation.JPN.MYS": 4.0, "ore.JPN.CHN": 9.0},
    )
    assert columns(made, ["dependence_direct"])["dependence_direct.JPN"][0] == 75.0
    assert columns(made, ["dependence"])["dependence.JPN"][0] == 20.0
    assert columns(made, ["dependence_by_layer"]) == {
        "dependence_by_layer.separation.JPN": [20.0], "dependence_by_layer.ore.JPN": [100.0],
    }  # fmt: skip


def basis(weeks: int, **series: dict[str, Any]) -> dict[str, Any]:
    empty: dict[str, Any] = {"price_fob": {}, "price_home": {}, "price_traded": {}, "use": {}}
    spread = {
        name: {label: np.broadcast_to(np.array(v, dtype=float), (1, weeks)) for label, v in rows.items()}
        for name, rows in series.items()
    }
    return {**empty, **spread}


def test_elements_are_added_up_at_background_prices_only():
    """Dysprosium costs 20 USD per kg contained: a tonne short is 20,000 USD."""
    made = result(2, shortage={"Dy.JPN.car": 1.5})
    assert shortage_value(made, basis(2, price_fob={"dy_oxide": 10.0}), Terms())["JPN"][0] == pytest.approx(0.06)


def test_use_recovers_against_background_and_prices_within_a_quarter():
    low, high = flow((10, 1.0), (6, 0.5), (30, 1.0))[0], flow((10, 10.0), (6, 50.0), (30, 12.0))[0]
    made = result(46, use={"Dy.JPN.car": low}, price_traded={"dy_oxide.JPN": high})
    known = basis(46, use={"Dy.JPN": 1.0}, price_fob={"dy_oxide": 10.0}, price_traded={"dy_oxide.JPN": 10.0})
    assert recovery(made, known, Terms())["JPN"][0] == 9.0
    assert price_recovery(made, known, Terms())["dy_oxide.JPN"][0] == 9.0


def test_a_line_is_worth_what_its_country_says_or_else_its_use():
    terms = Terms(0.03, {"car": 10.0, "JPN.car": 3.0})
    made = result(4, line_stop={"JPN.car": 0.5, "USA.car": 0.5, "USA.disk": 1.0})
    assert {k: v[0] for k, v in line_stop_value(made, {}, terms).items()} == {"JPN": 6.0, "USA": 20.0}


NOBODY = {"loans_owed": {"JPN": 0.0}, "stakes_worth": {"JPN": 0.0}}


def test_public_cost_is_net_of_stock_at_the_lower_of_cost_and_price():
    """Undiscounted: 4 t bought at 10 USD/kg, one sold again for 30,000 USD; three are left, priced 20, then 5."""
    made = result(
        3,
        public_cost={"JPN": [40_000.0, 0.0, -30_000.0]},
        public_outlay={"JPN": [40_000.0, 0.0, 0.0]},
        store_bought={"dy_oxide.JPN": [4.0, 0.0, 0.0]},
        store_spent={"dy_oxide.JPN": [40_000.0, 0.0, 0.0]},
        government_stock={"dy_oxide.JPN": [4.0, 4.0, 3.0]},
        **NOBODY,
    )
    dear, cheap = (basis(3, price_traded={"dy_oxide.JPN": p}) for p in (20.0, 5.0))
    assert cost_net(made, dear, Terms(0.0))["JPN"][0] == pytest.approx(0.01 - 0.9 * 0.03)
    assert cost_net(made, cheap, Terms(0.0))["JPN"][0] == pytest.approx(0.01 - 0.9 * 0.015)
    assert cost_gross(made, dear, Terms(0.0))["JPN"][0] == pytest.approx(0.04)
    assert cost_peak(made, dear, Terms(0.0))["JPN"][0] == pytest.approx(0.04)


def test_public_cost_is_every_outlay_less_what_comes_back_less_what_is_left_at_the_horizon():
    """Two governments over 105 weeks, so that a dollar of week 0, 52 and 104 is worth 1, 1/1.03 and 1/1.03^2.

    Japan, million USD: week 0 buys 1 t at 10 USD/kg (0.01), lends 100, takes a stake of 40 and pays 9.99 for the rest; week 52 gets
    20.6 back and pays 10.3 for it within the same week; week 104 pays 5. At the end 80 are owed, of which a quarter is taken as
    lost, the stake is worth 30, and the tonne, for which the background pays 8 USD/kg, 0.9 x 0.008. Net: 150 - 10.3/1.03 + 5/1.0609
    less (60 + 30 + 0.0072)/1.0609. Australia lent 7, its debtor failed, and nothing is left.
    """
    weeks = 105
    paid, spent, lent = np.zeros(weeks), np.zeros(weeks), np.zeros(weeks)
    paid[[0, 52, 104]] = np.array([150.0, -10.3, 5.0]) * 1e6
    spent[[0, 52, 104]] = np.array([150.0, 10.3, 5.0]) * 1e6
    lent[0] = 7e6
    bought = np.where(np.arange(weeks) == 0, 1.0, 0.0)
    made = result(
        weeks,
        public_cost={"AUS": lent, "JPN": paid},
        public_outlay={"AUS": lent, "JPN": spent},
        store_bought={"dy_oxide.JPN": bought},
        store_spent={"dy_oxide.JPN": bought * 10_000.0},
        government_stock={"dy_oxide.JPN": 1.0},
        loans_owed={"AUS": 0.0, "JPN": 80e6},
        stakes_worth={"AUS": 0.0, "JPN": 30e6},
    )
    known = basis(weeks, price_traded={"dy_oxide.JPN": 8.0})
    terms = Terms(0.03, loan_default=0.25)
    net = cost_net(made, known, terms)
    assert net["JPN"][0] == pytest.approx(150 - 10.3 / 1.03 + 5 / 1.0609 - (60 + 30 + 0.9 * 0.008) / 1.0609)
    assert net["AUS"][0] == pytest.approx(7.0)
    assert cost_gross(made, known, terms)["JPN"][0] == pytest.approx(150 + 10.3 / 1.03 + 5 / 1.0609)
    assert cost_peak(made, known, terms)["JPN"][0] == pytest.approx(150.0)
    by_rate = {k: v[0] for k, v in cost_by_rate(made, known, terms).items()}
    assert by_rate["0.JPN"] == pytest.approx(150 - 10.3 + 5 - 60 - 30 - 0.0072)
    assert by_rate["3.JPN"] == net["JPN"][0]
    assert by_rate["7.JPN"] == pytest.approx(150 - 10.3 / 1.07 + (5 - 60 - 30 - 0.0072) / 1.07**2)


def test_money_is_worth_less_by_the_rate_a_year():
    assert Terms(0.03).today(105)[[0, 52, 104]] == pytest.approx([1.0, 1 / 1.03, 1 / 1.03**2])


def test_every_metric_of_a_full_run_is_there_and_none_hangs_on_its_neighbours():
    from pathlib import Path

    stop = Path(__file__).parents[1] / "worlds" / "stop.yaml"
    full = sim.run(stop, replicates=3, weeks=60)
    found = columns(full)
    assert {c.split(".")[0] for c in found} == set(METRICS)
    assert not set(METRICS) & set(PAIRED)
    alone = columns(sim.run(stop, replicates=1, weeks=60))
    for name, values in found.items():
        assert np.array_equal(values[:1], alone[name], equal_nan=True), name


def test_quantiles_over_runs_leave_gaps_out_and_equal_those_taken_one_by_one():
    values = np.random.default_rng(0).normal(size=(9, 3, 4))
    values[2, 1, 1] = values[:, 0, 3] = np.nan
    bands = spread(values, (0.05, 0.5, 0.95))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        assert np.array_equal(bands, np.nanquantile(values, (0.05, 0.5, 0.95), axis=0), equal_nan=True)
    assert np.isnan(bands[:, 0, 3]).all()
    assert spread(np.zeros((0, 2)), (0.5,)).shape == (1, 2)
