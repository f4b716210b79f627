"""Verdicts, coverage, CRPS, skill."""

from dataclasses import replace

import numpy as np
import pytest

from sim.history.scores import by_class, crps, judge, skill
from sim.history.tables import Fact, Tolerance, tolerance_of


def fact(kind="training", family="prices", tolerance="x1.5", value=10.0, point="p", unit="USD/kg"):
    return Fact(
        "X1", point, family, kind, "level", ("price",), (), "2010", "", value, tolerance_of(tolerance, value), tolerance,
        unit, "", "", "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("reading", "call"), [(10.0, "pass"), (14.9, "pass"), (15.1, "near"), (22.4, "near"), (22.6, "fail"), (4.4, "fail")]
)
def test_within_one_tolerance_passes_and_within_two_is_near(reading, call):
    assert judge(fact(), np.array([reading])).call == call


@pytest.mark.parametrize(("reading", "call"), [(0.15, "pass"), (0.149, "near"), (0.08, "near"), (0.07, "fail")])
def test_a_bound_passes_only_where_it_is_kept(reading, call):
    assert judge(fact(tolerance=">=0.15", value=0.25), np.array([reading])).call == call


def test_an_input_is_never_scored():
    off, on = (judge(fact("assumption"), np.array([reading])) for reading in (1e6, 10.0))
    assert (off.call, on.call, judge(fact("assumption"), None).call) == ("differs", "fits", "input")
    assert not len(by_class([off, on]))


def test_a_prediction_is_read_and_never_scored():
    said = judge(replace(fact("prediction"), value=np.nan, tolerance=Tolerance("linear", np.nan, np.nan)), np.array([1.0, 2.0, 3.0]))
    assert (said.median, said.call, said.inside) == (2.0, "prediction", None)
    assert np.isnan(said.error)
    assert not len(by_class([said]))


def test_what_was_not_produced_is_told():
    assert judge(fact(), None).call == "none"


def test_the_band_holds_the_data_or_not():
    spread = np.linspace(8.0, 12.0, 101)
    assert judge(fact(), spread).inside is True
    assert judge(fact(value=13.0), spread).inside is False
    assert judge(fact(tolerance="<=20"), spread).inside is None


def test_crps_of_a_certain_forecast_is_its_error_and_a_spread_one_is_better_than_its_mean_error():
    assert crps(np.array([2.0, 2.0])) == 2.0
    assert crps(np.array([0.0, 2.0])) == pytest.approx(0.5)
    assert crps(np.array([0.0])) == 0.0


def test_families_count_the_same_whatever_their_facts():
    many = [judge(fact(family="prices", point=str(n)), np.array([10.0])) for n in range(9)]
    table = by_class([*many, judge(fact(family="trade"), np.array([1.0]))])
    assert table["passed"].iloc[0] == pytest.approx(0.9)
    assert table["passed by family"].iloc[0] == pytest.approx(0.5)


def test_skill_is_above_nought_only_where_the_model_errs_less_on_what_both_produce():
    model = [judge(fact(), np.array([12.0])), judge(fact(point="q"), np.array([1e9]))]
    rival = [judge(fact(), np.array([30.0])), judge(fact(point="q"), None)]
    table = skill(model, {"rival": rival})
    assert table["facts"].iloc[0] == 1
    assert 0.0 < table["skill"].iloc[0] < 1.0
    assert skill(rival, {"model": model})["skill"].iloc[0] < 0.0
