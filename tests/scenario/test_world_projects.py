"""Projects and contracts of the rare-earth world: what a decision in the run needs to know of each."""

from pathlib import Path

import pytest

from sim.scenario.tables import read_table
from sim.scenario.world import read_sources

FOLDER = Path(__file__).resolve().parents[2] / "scenarios" / "worlds" / "rare_earths"
PROJECTS = read_table(FOLDER, "projects", frozenset(read_sources(FOLDER)))


@pytest.mark.parametrize("row", PROJECTS, ids=lambda r: r["project"])
def test_every_project_has_a_cost_and_a_time_to_build_within_their_bounds(row):
    assert 0.0 < row["cost_low"] <= row["cost_musd"] <= row["cost_high"]
    assert 0.0 < row["build_low"] <= row["build_weeks"] <= row["build_high"]


@pytest.mark.parametrize("row", [r for r in PROJECTS if r["kind"] == "magnet_maker"], ids=lambda r: r["project"])
def test_a_magnet_plant_takes_one_to_four_years(row):
    assert 52.0 <= row["build_low"] <= row["build_high"] <= 208.0
