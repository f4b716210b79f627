"""Calibration: designs, acceptance, modes, and what runs draw from an accepted set."""

import shutil

import numpy as np
import pandas as pd
import pytest

from sim.calibrate.calibration import (
    accepted_of,
    calibrate,
    modes_of,
    moves_of,
    nearest,
    prior,
    table_of_draws,
)
from sim.calibrate.design import Fitted, candidates, columns_at, given, read_fitted, sobol
from sim.calibrate.distance import distance, passed, runs_of
from sim.calibrate.writing import write_calibration
from sim.history.tables import Fact, tolerance_of
from sim.runner import asked_numbers, drawer, make_world
from sim.scenario.calibrated import read_accepted
from sim.scenario.load import load
from sim.scenario.tables import WorldError
from sim.scenario.world import shipped_folder
from sim.streams import Streams

WORLD = shipped_folder() / "worlds" / "rare_earths"
NUMBERS = [Fitted("parameters.panic", 0.0, 4.0), Fitted("end_uses.*.elasticity", 0.0, 1.0)]
ASKED = {
    "parameters.panic": (0.0, 2.0, 4.0), "end_uses.car.elasticity": (0.1, 0.2, 0.5),
    "end_uses.wind.elasticity": (0.2, 0.3, 0.4), "parameters.other": (1.0, 2.0, 3.0),
}  # fmt: skip


def fact(family, kind="training"):
    return Fact(
        "X1",
        family,
        family,
        kind,
        "level",
        ("p",),
        (),
        "2010",
        "",
        1.0,
        tolerance_of("x1.5", 1.0),
        "x1.5",
        "",
        "",
        "",
        "",
    )


FACTS = [fact("prices"), fact("prices"), fact("trade"), fact("prices", "test")]


@pytest.fixture
def sets(tmp_path):
    """A world's folder that holds nothing but two accepted sets."""
    (tmp_path / "calibrated.csv").write_text(
        "draw,distance,mode,parameters.panic,end_uses.*.elasticity\n7,0.5,a,1.25,0\n3,0.6,b,3.5,1\n"
    )
    return tmp_path


def test_a_design_is_the_same_for_a_seed_and_covers_every_half():
    points = sobol(NUMBERS, 16, 3)
    assert np.array_equal(points, sobol(NUMBERS, 16, 3))
    assert ((points > 0.5).sum(axis=0) == 8).all()


def test_a_pattern_moves_all_its_numbers_by_the_same_share_of_their_own_ranges():
    values = given(NUMBERS, columns_at(NUMBERS, np.array([[0.25, 0.5]])), ASKED)
    assert {k: v[0] for k, v in values.items()} == {
        "parameters.panic": 1.0, "end_uses.car.elasticity": pytest.approx(0.3),
        "end_uses.wind.elasticity": pytest.approx(0.3),
    }  # fmt: skip


def test_families_count_the_same_in_a_distance_and_no_fact_more_than_its_cap():
    errors = np.array([[0.0, 1.0, 2.0, 99.0], [np.nan, 99.0, 0.0, 0.0]])
    assert distance(errors, FACTS) == pytest.approx([1.25, 2.5])
    assert passed(errors, FACTS) == pytest.approx([0.5, 0.5])


def test_test_facts_do_not_count_in_the_distance():
    errors = np.zeros((2, 4))
    errors[1, 3] = 50.0
    assert distance(errors, FACTS)[0] == distance(errors, FACTS)[1]


def test_the_nearest_draws_are_accepted_and_modes_count_all_of_them():
    shares = sobol(NUMBERS, 64, 0)
    errors = np.repeat(
        np.abs(shares[:, :1] - 0.2) * 4.0, 4, axis=1
    )  # a calm world fits best, elasticity does not matter
    table = table_of_draws(NUMBERS, columns_at(NUMBERS, shares), errors, FACTS)
    accepted = accepted_of(table, NUMBERS)
    assert len(accepted) == 8
    assert accepted["distance"].max() <= table.loc[~table["draw"].isin(accepted["draw"]), "distance"].min()
    modes = modes_of(table, NUMBERS)
    assert modes["draws"].sum() == 64
    assert modes["accepted"].sum() == 8
    assert set(modes.loc[modes["accepted"] > 0, "mode"]) == {"panic low, elasticity high", "panic low, elasticity low"}


def test_only_draws_judged_by_most_worlds_are_accepted_however_near_luck_put_the_others():
    shares = sobol(NUMBERS, 64, 0)
    errors = np.zeros((64, 4))
    errors[:16] = 0.5
    worlds = np.where(np.arange(64) < 16, 10, 2)
    table = table_of_draws(NUMBERS, columns_at(NUMBERS, shares), errors, FACTS, worlds)
    assert set(accepted_of(table, NUMBERS)["draw"]) <= set(range(16))


def test_the_nearest_share_is_looked_at_again_in_order_of_the_draws():
    assert nearest(np.arange(40.0)[::-1], 0.25).tolist() == list(range(30, 40))
    assert len(nearest(np.arange(40.0), 0.01)) == 8
    assert len(nearest(np.arange(4.0), 0.5)) == 4


def test_worlds_that_join_a_draw_are_none_that_judged_any_before():
    values = {"p": np.array([1.0, 2.0])}
    first, more = runs_of(values, 2, 2), runs_of(values, 2, 3, first=4)
    assert first.numbers == [0, 1, 2, 3]
    assert more.numbers == [4, 5, 6, 7, 8, 9]
    assert more.fixed["p"].tolist() == [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]


def test_a_number_that_moves_no_training_fact_is_told():
    profiles = pd.DataFrame(
        {"number": ["a", "a", "b", "b"], "value": [0, 1, 0, 1], "fact": ["f"] * 4, "class": ["training"] * 4,
         "family": ["prices"] * 4, "error": [0.0, 1.5, 0.2, 0.4]}
    )  # fmt: skip
    assert dict(zip(moves_of(profiles)["number"], moves_of(profiles)["facts moved"], strict=True)) == {"a": 1, "b": 0}


def test_what_a_world_has_fitted_is_drawn_by_its_runs_one_set_per_replicate(sets):
    accepted = read_accepted(sets)
    draw = drawer(Streams(0, range(200)), accepted=accepted)
    panic, car = draw("parameters.panic", (0.0, 2.0, 4.0)), draw("end_uses.car.elasticity", (0.1, 0.2, 0.5))
    assert set(panic) == {1.25, 3.5}
    assert set(zip(panic, np.round(car, 9), strict=True)) == {(1.25, 0.1), (3.5, 0.5)}
    assert 70 < (panic == 1.25).sum() < 130


def test_what_a_study_gives_or_a_scenario_sets_goes_before_the_accepted_sets(sets):
    accepted = read_accepted(sets)
    draw = drawer(Streams(0, [0]), {"parameters.panic": np.array([2.0])}, accepted=accepted)
    assert draw("parameters.panic", (0.0, 2.0, 4.0))[0] == 2.0
    own = drawer(Streams(0, [0]), accepted=accepted, own={"parameters.panic"})
    assert own("parameters.panic", (2.0, 2.0, 2.0))[0] == 2.0


def test_numbers_that_are_not_fitted_keep_their_draws(sets):
    with_sets = drawer(Streams(0, range(4)), accepted=read_accepted(sets))
    without = drawer(Streams(0, range(4)))
    span = (1.0, 2.0, 3.0)
    assert np.array_equal(with_sets("parameters.other", span), without("parameters.other", span))


def test_a_damaged_table_of_accepted_sets_is_told_by_line(sets):
    path = sets / "calibrated.csv"
    path.write_text(path.read_text().replace("3.5", "much"))
    with pytest.raises(WorldError, match=r"calibrated.csv:3: no number"):
        read_accepted(sets)


def test_every_shipped_fitted_number_is_drawn_by_the_replay_and_there_are_at_most_eight():
    asked = asked_numbers(prior("shadow_embargo_2010"))
    fitted = read_fitted(WORLD, asked)
    assert 1 <= len(fitted) <= 8
    assert {f.name for f in fitted} <= {c.name for c in candidates(asked)}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("parameters.panic", "parameters.gloom", r"fitted.csv:3: number: no run draws 'parameters.gloom'"),
        ("model_design", "nowhere", r"fitted.csv:2: source: 'nowhere' is not in"),
    ],
)
def test_a_fault_in_the_numbers_to_fit_is_told_by_line(tmp_path, old, new, told):
    shutil.copytree(WORLD / "history", tmp_path / "world" / "history")
    shutil.copy(shipped_folder() / "sources.yaml", tmp_path / "sources.yaml")
    path = tmp_path / "world" / "history" / "fitted.csv"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(WorldError, match=told):
        read_fitted(tmp_path / "world", asked_numbers(prior("shadow_embargo_2010")))


def test_a_scenario_may_ask_for_the_prior():
    calibrated, uncertain = load("shadow_embargo_2010"), prior("shadow_embargo_2010")
    assert calibrated.file.draws == "calibrated"
    panic = make_world(uncertain, range(4), 0, 1).number["panic"]
    assert len(set(panic)) == 4
    assert np.array_equal(
        panic, drawer(Streams(0, range(4)))("parameters.panic", uncertain.network().parameters["panic"])
    )


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A calibration of a few short draws, twice."""
    short = tmp_path_factory.mktemp("short") / "short.yaml"
    text = (shipped_folder() / "shadow_embargo_2010.yaml").read_text().replace("weeks: 312", "weeks: 142")
    short.write_text(text)
    return [calibrate(draws=8, replicates=1, source=str(short), steps=0) for _ in range(2)]


def test_a_calibration_run_again_writes_the_same_bytes(small, tmp_path):
    for n, found in enumerate(small):
        write_calibration(found, tmp_path / str(n))
    for path in sorted((tmp_path / "0").iterdir()):
        assert path.read_bytes() == (tmp_path / "1" / path.name).read_bytes()


def test_accepted_sets_are_those_of_the_design_and_can_be_read_back(small, tmp_path):
    write_calibration(small[0], tmp_path)
    accepted = read_accepted(tmp_path)
    assert accepted.names == tuple(f.name for f in small[0].fitted)
    assert len(accepted.values) == 8
