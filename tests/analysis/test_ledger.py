"""The embargoer's ledger from two paired runs."""

from pathlib import Path

import pytest

import sim
from sim.ablation import without
from sim.analysis.ledger import ledger
from sim.scenario.load import load
from sim.store import ResultError

STOP = Path(__file__).parents[1] / "worlds" / "stop.yaml"


@pytest.fixture(scope="module")
def pair():
    scenario = load(STOP)
    background = sim.run(without(scenario, "shadow_embargo"), replicates=3, weeks=34)
    return background, sim.run(scenario, replicates=3, weeks=34)


def test_the_price_part_splits_without_residual_and_a_stop_costs_sales_while_it_lasts(pair):
    table = ledger(*pair)
    parts = table["of_it_duty"] + table["of_it_rent"] + table["of_it_home_price_and_premium"]
    assert parts.to_numpy() == pytest.approx(table["price_part"].to_numpy())
    assert (table["lost_sales"] < 0.0).all()


def test_a_run_against_itself_has_an_empty_ledger(pair):
    table = ledger(pair[0], pair[0])
    assert table.drop(columns="replicate").abs().to_numpy().max() == pytest.approx(0.0, abs=1e-6)


def test_runs_of_other_worlds_are_refused(pair):
    other = sim.run(STOP, replicates=3, weeks=34, seed=9)
    with pytest.raises(ResultError, match="seed differs"):
        ledger(pair[0], other)
