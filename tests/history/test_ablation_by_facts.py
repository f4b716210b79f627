"""What an ablation says: shares of peaks, facts moved, rival rules side by side."""

from datetime import date, timedelta

import numpy as np
import pytest

from sim.ablation import without
from sim.history.ablation import TURNED, ablation_table, switched_off, things_off
from sim.history.card import variants_table
from sim.history.replay import Replay
from sim.history.tables import Fact, tolerance_of
from sim.runner import asked_numbers, make_world
from sim.scenario.load import load

DATES = [date(2009, 1, 5) + timedelta(weeks=w) for w in range(130)]


def fact(name, reader, series, against="", when="", base="", tolerance="x1.5", value=1.0):
    return Fact(
        name, "p", "prices", "training", reader, tuple(series.split("|")), tuple(a for a in against.split("|") if a),
        when, base, value, tolerance_of(tolerance, value), tolerance, "", "", "", "",
    )  # fmt: skip


ORDER = fact("A5", "order_of_peaks", "a|b", "9|5", "quarter", "2009", "+-0.5", 0.0)
LEVEL = fact("A28", "level", "a", when="2010-11", value=9.0)


def replay(a, b=5.0):
    high = np.array([d >= date(2010, 6, 1) for d in DATES])
    lines = {"a": np.where(high, a, 1.0), "b": np.where(high, b, 1.0)}
    return Replay(DATES, {k: np.repeat(v[np.newaxis], 3, axis=0) for k, v in lines.items()})


def test_a_share_is_what_goes_of_the_rise_above_the_base():
    table = ablation_table(replay(9.0), {"quota": replay(3.0), "stop": replay(9.0)}, [ORDER, LEVEL])
    assert table["share of a"].tolist() == [pytest.approx(0.75), 0.0]
    assert table["share of b"].tolist() == [0.0, 0.0]


def test_facts_moved_by_a_tolerance_are_named_and_others_are_not():
    table = ablation_table(replay(9.0), {"quota": replay(3.0), "little": replay(8.5)}, [ORDER, LEVEL])
    assert table["facts moved"].tolist() == [2, 0]
    assert table["moved most"].tolist() == ["A28 p, A5 p", ""]
    assert table["verdicts changed"].tolist() == [2, 0]
    assert table["changed"].tolist() == ["A5 p pass to near, A28 p pass to fail", ""]


def test_a_verdict_may_turn_on_less_than_a_tolerance():
    table = ablation_table(replay(13.0), {"edge": replay(14.0)}, [LEVEL])
    assert table["facts moved"].tolist() == [0]
    assert table["changed"].tolist() == ["A28 p pass to near"]


def test_a_step_over_a_bound_is_as_long_as_it_is():
    """The jump of the error at a bound, from nothing to what does not pass, is no move of the model."""
    bound = fact("A28", "level", "a", when="2010-11", value=8.8, tolerance=">=8.8")
    table = ablation_table(replay(9.0), {"a little": replay(8.5), "much": replay(4.0)}, [bound])
    assert table["facts moved"].tolist() == [0, 1]
    assert table["verdicts changed"].tolist() == [1, 1]


def test_rival_rules_stand_side_by_side_on_the_facts_that_judge_them():
    table = variants_table({"permit_price": replay(9.0), "margin": replay(2.0)}, [ORDER, LEVEL])
    assert table["fact"].tolist() == ["A28 p"]
    assert table[["permit_price verdict", "margin verdict"]].iloc[0].tolist() == ["pass", "fail"]


def test_worse_by_is_how_much_farther_from_the_facts_it_is_without():
    table = ablation_table(replay(9.0), {"better": replay(9.0), "worse": replay(9.0 * 1.5**2)}, [LEVEL])
    assert table["worse by"].tolist() == [0.0, pytest.approx(2.0)]


@pytest.fixture(scope="module")
def scenario():
    return load("shadow_embargo_2010")


@pytest.fixture(scope="module")
def asked(scenario):
    return asked_numbers(scenario)


def test_a_mechanism_stands_still_at_numbers_that_its_runs_are_given(scenario, asked):
    off, fixed = switched_off(scenario, "saving by price", asked, 3)
    uses = [p for p in asked if p.endswith(".elasticity")]
    assert set(fixed) == set(uses)
    assert len(uses) > 20
    assert all(v.tolist() == [0.0, 0.0, 0.0] for v in fixed.values())
    assert off.file == scenario.file


def test_an_event_that_is_off_has_no_intensity_and_gives_nothing(scenario, asked):
    off, fixed = switched_off(scenario, "quota", asked, 3)
    assert fixed == {}
    assert {e.name for e in off.file.events if e.intensity.high == 0.0} == {"quota"}


def test_every_event_and_every_switch_of_the_world_can_be_turned_off(scenario, asked):
    off = set(things_off(scenario, asked))
    assert off >= {e.name for e in scenario.file.events} | {"panic", "momentum", "leakage", "contracts"}
    assert set(TURNED) <= off, "a switch names a number that the world no longer has"


def test_without_contracts_all_cargo_is_spot(scenario):
    assert scenario.network().contract.max() > 0.0
    world = make_world(without(scenario, "contracts"), [0], 0, 2)
    world.step()
    assert world.w.term.max() == 0.0
    assert world.w.spot.max() > 0.0
