"""Verdicts, coverage, CRPS, skill."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.history.card import bars
from sim.history.control import CONTROLS
from sim.history.replay import Replay
from sim.history.scores import Verdict, by_class, crps, judge, skill
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


NOTHING = Replay([], {}, frozenset())


def share_of(kind: str, passing: int, missing: int) -> list[Verdict]:
    good, bad = np.array([10.0]), np.array([16.0])  # 1.6 is near at a factor of 1.5
    return [judge(scored(kind, n), good if n < passing else bad) for n in range(passing + missing)]


def scored(kind: str, n: int) -> Fact:
    return fact(kind, "one", point=str(n))


@pytest.mark.parametrize(("passing", "missing", "met"), [(8, 2, True), (79, 21, False), (4, 1, True), (3, 1, False)])
def test_a_share_of_training_facts_is_met_from_four_fifths_on(passing, missing, met):
    bar = next(b for b in bars(NOTHING, share_of("training", passing, missing), pd.DataFrame(), pd.DataFrame()) if "training" in b.name)
    assert bar.met is met


def test_a_share_must_be_met_with_every_family_counting_the_same():
    odd = [replace(v, fact=replace(v.fact, family="two")) for v in share_of("training", 0, 1)]
    verdicts = share_of("training", 9, 0) + odd  # 90 % of facts, half of the families
    bar = next(b for b in bars(NOTHING, verdicts, pd.DataFrame(), pd.DataFrame()) if "training" in b.name)
    assert bar.met is False


@pytest.mark.parametrize(("reading", "met"), [(29.9, True), (30.1, False), (3.4, True), (3.3, False)])
def test_no_test_fact_may_be_off_by_more_than_three(reading, met):
    verdicts = [judge(scored("test", 0), np.array([reading]))]
    bar = next(b for b in bars(NOTHING, verdicts, pd.DataFrame(), pd.DataFrame()) if "factor of 3" in b.name)
    assert bar.met is met


@pytest.mark.parametrize(("moved", "met"), [(0.35, True), (0.36, False)])
def test_the_control_may_move_a_price_by_a_third_and_no_more(moved, met):
    control = pd.DataFrame([{"scenario": CONTROLS[0], "price": "price_fob y_oxide", "moved": moved}])
    bar = next(b for b in bars(NOTHING, [], pd.DataFrame(), control) if "control" in b.name)
    assert bar.met is met


@pytest.mark.parametrize(("skill", "met"), [(0.01, True), (0.0, False)])
def test_skill_must_be_above_nothing_against_every_rival(skill, met):
    compared = pd.DataFrame([{"of": "test", "family": "one", "rival": "no change", "skill": s} for s in (0.5, skill)])
    bar = next(b for b in bars(NOTHING, [], compared, pd.DataFrame()) if "skill" in b.name)
    assert bar.met is met
