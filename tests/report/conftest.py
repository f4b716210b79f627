"""A short run and a small study of the islands, written once for all tests of the report."""

from pathlib import Path

import pytest

import sim
from sim.study.run import run_study

WORLDS = Path(__file__).parents[1] / "worlds"


@pytest.fixture(scope="session")
def stop(tmp_path_factory):
    """The siege of the islands, 4 replicates."""
    folder = tmp_path_factory.mktemp("report") / "siege"
    sim.run(WORLDS / "siege.yaml", replicates=4, out=folder)
    return folder


@pytest.fixture(scope="session")
def race(tmp_path_factory):
    """Two stores against the stop."""
    folder = tmp_path_factory.mktemp("report") / "race"
    run_study(WORLDS / "race.yaml", folder, replicates=3)
    return folder
