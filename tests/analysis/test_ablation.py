"""Ablation: one off at a time, in pairs."""

from pathlib import Path

import pytest

from sim.ablation import ablate
from sim.scenario.schema import ABLATIONS

STOP = Path(__file__).parents[1] / "worlds" / "stop.yaml"


@pytest.fixture(scope="module")
def table():
    return ablate(STOP, replicates=4)


def test_each_event_and_mechanism_is_switched_off_once(table):
    assert list(dict.fromkeys(table.without)) == ["nothing", "shadow_embargo", *ABLATIONS]


def test_nothing_off_differs_by_nothing(table):
    assert (table[table.without == "nothing"][["difference", "low", "high", "changed"]] == 0.0).all().all()


def test_without_the_stop_more_arrives_in_the_lowest_month_in_every_world(table):
    row = table[(table.without == "shadow_embargo") & (table.measure == "lowest month JPN")].iloc[0]
    assert row.low > 0.0
    assert row.low < row.difference < row.high
    assert row.changed == 1.0
