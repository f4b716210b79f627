"""Comparison: every table on worlds made by hand, and on a small study."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import sim
from sim.analysis.comparison import Comparison, compare
from sim.analysis.pairs import Pairs, owners_of
from sim.analysis.ranking import ranks
from sim.analysis.valued import Valued
from sim.cli import app
from sim.store import ResultError
from sim.study import part as computed
from sim.study.run import run_study

WORLDS = Path(__file__).parents[1] / "worlds"


def world(cost: list[float], stops: list[float], short: list[float], abroad: float = 1.0) -> pd.DataFrame:
    """Four worlds, two draws by two replicates: M USD, full-line weeks at home, t short at home."""
    index = pd.MultiIndex.from_product([[0, 1], [0, 1]], names=["draw", "replicate"])
    home = np.array(short)
    return pd.DataFrame(
        {
            "public_cost_musd.JPN": cost, "public_gross_musd.JPN": cost, "line_stop_weeks.JPN": stops,
            "line_stop_weeks.CHN": 50.0, "line_stop_value_musd.JPN": [10.0 * s for s in stops],
            "shortage_tonnes.Dy": home + abroad, "shortage_tonnes.Dy.JPN": home, "shortage_tonnes.Dy.USA": abroad,
            "shortage_value_musd.JPN": home, "first_stop.JPN": [np.inf, 20.0, 30.0, 40.0],
            "time_to_recovery.JPN": [0.0, 4.0, 6.0, np.inf], "recovery_watched.JPN": [0.0, 4.0, 6.0, 20.0],
        },
        index=index,
    )  # fmt: skip


@pytest.fixture
def made():
    """Cheap averts a tonne for two million; dear averts as much of it for twenty; idle does nothing."""
    none = world([0, 0, 0, 0], [8, 8, 8, 8], [4, 5, 6, 7])
    worlds = {
        ("b0", "none"): world([0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]),
        ("b1", "none"): none,
        ("p", "cheap"): world([2, 2, 2, 2], [6, 6, 6, 12], [3, 4, 5, 6], abroad=3.0),
        ("p0", "cheap"): world([1, 1, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0]),
        ("p", "dear"): world([20, 20, 20, 20], [6, 6, 6, 6], [3, 4, 5, 6]),
        ("p0", "dear"): world([20, 20, 20, 20], [0, 0, 0, 0], [0, 0, 0, 0]),
        ("p", "idle"): none,
        ("p0", "idle"): world([0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]),
    }
    owners = {"cheap": ["JPN"], "dear": ["JPN"], "idle": ["JPN"]}
    pairs = Pairs("made", worlds, "CHN", 52, 0.25, owners)
    terms = {"value_added_musd_per_week": {"car": 10}, "budget_classes_musd": [5, 50], "precision_percent": 10}
    return Comparison([Valued(pairs, terms, pd.DataFrame({"draw": [0, 1], "parameters.panic": [1.0, 4.0]}))])


def row(table: pd.DataFrame, **where: object) -> pd.Series:
    for key, value in where.items():
        table = table[table[key] == value]
    assert len(table) == 1
    return table.iloc[0]


def test_differences_are_paired_and_count_worlds_that_get_better(made):
    cheap = row(made.differences, of="cheap", metric="line_stop_weeks", label="JPN")
    assert (cheap["without"], cheap["mean"], cheap["median"]) == (8.0, -0.5, -2.0)
    assert (cheap.helps, cheap.no_change, cheap.pairs) == (0.75, 0.0, 4)
    assert cheap.low < -0.5 < cheap.high


def test_an_answer_that_does_nothing_differs_by_exactly_nothing(made):
    rows = made.differences[made.differences.of == "idle"]
    assert (rows[["mean", "low", "high", "median"]] == 0.0).all().all()
    assert (rows.no_change == 1.0).all()


def test_cost_per_tonne_is_a_ratio_of_means_beside_what_others_got(made):
    cheap = row(made.cost_per_tonne, policy="cheap", element="Dy")
    assert (cheap.averted_t, cheap.musd_per_t, cheap.shifted_t, cheap.verdict) == (1.0, 2.0, 2.0, "")
    idle = row(made.cost_per_tonne, policy="idle", element="Dy")
    assert np.isnan(idle.musd_per_t)
    assert idle.verdict == "no effect shown"


def test_the_race_shows_cost_in_war_and_peace(made):
    cheap = row(made.race, policy="cheap")
    assert (cheap.cost_musd, cheap.gross_musd, cheap.peace_musd, cheap.line_stop_weeks) == (2.0, 2.0, 1.0, -0.5)


def test_expected_cost_weighs_war_and_peace(made):
    cheap = row(made.expected_cost, policy="cheap", element="Dy")
    assert cheap.expected_musd == pytest.approx(0.25 * 2 + 0.75 * 1)
    assert cheap.musd_per_t == pytest.approx((0.25 * 2 + 0.75 * 1) / 0.25)


def test_regret_stays_within_a_budget_class_and_doing_nothing_is_in_each(made):
    """Losses: none 80, cheap 62 and once 122, dear 80, idle 80."""
    low = made.regret[made.regret.budget_class == "up to 5"].set_index("policy")
    assert low.mean_musd.to_dict() == pytest.approx({"none": 13.5, "cheap": 10.5, "idle": 13.5})
    assert low.worst_musd.to_dict() == pytest.approx({"none": 18.0, "cheap": 42.0, "idle": 18.0})
    high = made.regret[made.regret.budget_class == "up to 50"].set_index("policy")
    assert high.mean_musd.to_dict() == pytest.approx({"none": 0.0, "dear": 0.0})


def test_the_front_holds_what_nothing_beats(made):
    front = made.pareto.set_index("policy").on_front
    assert front.to_dict() == {"none": True, "cheap": True, "dear": True, "idle": True}


def test_ranks_say_how_often_they_hold_and_which_draws_flip_them(made):
    first = row(made.stability, policy="cheap")
    assert first["rank"] == 1
    assert 0.4 < first.first_in < 0.6
    flip = row(made.flips)
    assert (flip.draw, flip["first"], flip.best_here, flip.by, flip["parameters.panic"]) == (
        1,
        "cheap",
        "none",
        12.0,
        4.0,
    )


def test_recovery_is_a_survival_median_beside_the_share_cut_off(made):
    found = row(made.recovery, policy="none", country="JPN")
    assert (found.median_weeks, found.median_where_fell, found.fell, found.cut_off) == (4.0, 6.0, 0.75, 0.25)


@pytest.fixture(scope="module")
def studied(tmp_path_factory):
    folder = tmp_path_factory.mktemp("studied") / "race"
    run_study(WORLDS / "race.yaml", folder)
    return folder


def test_the_command_prints_and_writes_every_table_and_figure(studied):
    ended = CliRunner().invoke(app, ["compare", str(studied)])
    assert ended.exit_code == 0, ended.output
    for words in (
        "What the event did",
        "What each answer changes",
        "What each answer costs",
        "Regret within a budget class",
        "cost nothing and changed nothing in any world: empty",
        "no effect shown",
        "ranking by net cost",
        "embargoer's ledger",
    ):
        assert words in ended.stdout
    assert max(len(line.rstrip()) for line in ended.stdout.splitlines() if "comparison" not in line) <= 100
    written = {p.name for p in (studied / "comparison").iterdir()}
    assert {
        "differences.csv",
        "race.parquet",
        "regret.csv",
        "ledger.parquet",
        "rates.csv",
        "pareto-stop.png",
        "answers-stop.svg",
    } <= written


def test_cost_at_the_study_s_own_rate_is_its_cost_and_ranks_are_told_at_each(studied):
    found = compare(studied)
    own = found.rates[found.rates.discount_percent_yr == 3.0].set_index("policy")
    race = found.race.set_index("policy")
    for policy in race.index:
        assert own.cost_musd[policy] == pytest.approx(race.cost_musd[policy])
        assert own["rank"][policy] == found.stability.set_index("policy")["rank"][policy]
    assert set(found.rates.discount_percent_yr) == {0.0, 3.0, 7.0}


def test_an_answer_belongs_to_its_countries_and_members_and_never_to_the_exporter():
    assert owners_of([{"country": "JPN"}, {"host": "DEU", "members": ["KOR"]}], "CHN") == ["DEU", "JPN", "KOR"]
    assert owners_of([{"country": "CHN"}], "CHN") == []
    assert owners_of([{"country": ""}], "CHN") == []
    assert owners_of([{"host": "JPN", "members": []}], "CHN") == []


def test_equal_losses_share_a_rank():
    assert ranks(np.array([2.0, 1.0, 2.0, 3.0])).tolist() == [2, 1, 2, 4]


def test_an_empty_store_differs_by_nothing_in_a_real_study(studied):
    rows = compare(studied).differences
    rows = rows[rows.of == "empty"]
    assert (rows["mean"] == 0.0).all()
    assert (rows.no_change == 1.0).all()


def test_single_runs_of_the_same_worlds_are_compared_and_others_refused(tmp_path):
    stop, store = WORLDS / "stop.yaml", {"kind": "stockpile", "country": "JPN"}
    none, with_store = (sim.run(stop, p, replicates=3, weeks=40) for p in ("none", store))
    race = compare(none, with_store).race
    assert list(race.policy) == ["stockpile"]
    assert race[["cost_musd", "gross_musd", "peak_musd"]].isna().all(axis=None)  # not computed for runs: missing, not nought
    with pytest.raises(ResultError, match="none of the results is without policy"):
        compare(with_store)
    with pytest.raises(ResultError, match="seed differs"):
        compare(none, sim.run(stop, store, replicates=3, weeks=40, seed=4))


def test_the_ledger_command_prints_every_line_with_the_share_of_worlds_of_each_sign(tmp_path):
    table = tmp_path / "ledger.csv"
    arguments = ["ledger", str(WORLDS / "stop.yaml"), "--replicates", "2", "--weeks", "34", "--out", str(table)]
    ended = CliRunner().invoke(app, arguments)
    assert ended.exit_code == 0, ended.output
    assert "volume part" in ended.stdout
    assert {"gains", "loses"} <= set(pd.read_csv(table).columns)


def with_failures(folder, monkeypatch, fails):
    """The race, in which runs fail: a set of (world, case)."""
    alone, pairs = computed.run_alone, computed.run_pairs

    def run_alone(known, part, at, case, basis):
        if (at, case) in fails:
            raise FloatingPointError("made to fail")
        return alone(known, part, at, case, basis)

    def run_pairs(known, parts, cases, basis):
        if any((w, c) in fails for p in parts for w in p.worlds for c in cases):
            raise FloatingPointError("made to fail")
        return pairs(known, parts, cases, basis)

    monkeypatch.setattr(computed, "run_alone", run_alone)
    monkeypatch.setattr(computed, "run_pairs", run_pairs)
    run_study(WORLDS / "race.yaml", folder)
    monkeypatch.undo()
    return compare(folder)


def test_failed_runs_are_left_out_of_every_table_and_told(studied, tmp_path, monkeypatch):
    """Shares are of the pairs there are; ranks, regret and the front are over the pairs that every answer has."""
    found, calm = with_failures(tmp_path / "out", monkeypatch, {(4, 1), (4, 2)}), compare(studied)
    assert set(found.tables()) == set(calm.tables())
    assert found.pairs[0].incomplete == {"store": 2}
    known = calm.valued[0].losses[[0, 3, 4, 5]]
    assert row(found.race, policy="store").no_change in (0.0, 0.25, 0.5, 0.75, 1.0)
    regret = known - known.min(axis=1, keepdims=True)
    shown = found.regret[found.regret.budget_class == found.valued[0].budget_class("store")].set_index("policy")
    assert shown.mean_musd["store"] == pytest.approx(regret[:, found.valued[0].answers.index("store")].mean())
    front = found.pareto.set_index("policy").line_stop_weeks
    stops = calm.valued[0].total("line_stop_weeks", "none")[[0, 3, 4, 5]]
    assert front["none"] == pytest.approx(stops.mean())
    ended = CliRunner().invoke(app, ["compare", str(tmp_path / "out")])
    assert ended.exit_code == 0, ended.output
    assert "pairs that are missing, by answer: store 2" in ended.output


@pytest.mark.parametrize("world", [4, 5])
def test_an_answer_of_which_a_world_failed_whole_does_not_stop_the_comparison(tmp_path, monkeypatch, world):
    found = with_failures(tmp_path / "out", monkeypatch, {(world, case) for case in range(6)})
    assert found.pairs[0].incomplete == {"store": 6}
    assert len(found.tables()["differences"])
    ended = CliRunner().invoke(app, ["compare", str(tmp_path / "out")])
    assert ended.exit_code == 0, ended.output
    assert "store 6" in ended.output


def test_a_scenario_without_its_event_runs_says_so(tmp_path, monkeypatch):
    with pytest.raises(ResultError, match=r"stop: none of its runs b1 was completed; failures\.json says why"):
        with_failures(tmp_path / "out", monkeypatch, {(1, case) for case in range(6)})


def test_each_study_of_a_comparison_is_valued_by_its_own_file(made):
    other = Valued(made.pairs[0], {**made.valued[0].terms, "value_added_musd_per_week": {}})
    assert [v.is_valued for v in Comparison([made.valued[0], other]).valued] == [True, False]
