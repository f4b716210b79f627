"""Prices that sellers remember from the years before a start."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.runner import make_world
from sim.scenario.build import build_network
from sim.scenario.load import load
from sim.scenario.tables import WorldError

FOLDER = Path("scenarios/worlds/rare_earths")


def asks(at_rest: bool, weeks: int) -> tuple[np.ndarray, np.ndarray]:
    """Asks of NdPr oxide over those of the start: what sellers think normal before week 0, and what they ask at the end."""
    scenario = load("baseline_2009")
    file = scenario.file.model_copy(update={"at_rest": at_rest})
    world = make_world(replace(scenario, file=file), [0, 1], 0, weeks)
    net = world.network
    mine = [k for k, p in enumerate(net.points) if p.product == "ndpr_oxide" and p.role == "sold" and net.sold_at_rest[k] > 0.0]
    before = world.state.normal_ask[:, mine] / net.ask_at_rest[mine]
    for _ in range(weeks):
        world.step()
    return before, world.state.ask[:, mine] / net.ask_at_rest[mine]


def test_sellers_who_remember_dearer_years_raise_their_asks_without_any_shortage():
    before, after = asks(False, 30)
    assert before == pytest.approx((30.24 + 31.9) / 2 / 14.5, rel=1e-4)
    assert (after > 1.2).all()
    assert (after < before).all()


def test_at_rest_nothing_before_the_start_is_remembered():
    before, after = asks(True, 30)
    assert before == pytest.approx(1.0)
    assert after == pytest.approx(1.0, abs=0.1)


def test_a_remembered_price_needs_the_starts_own_beside_it(tmp_path):
    folder = tmp_path / "rare_earths"
    shutil.copytree(FOLDER, folder)
    (folder.parent.parent / "sources.yaml").write_text(Path("scenarios/sources.yaml").read_text())
    path = folder / "prices.csv"
    path.write_text(path.read_text() + "2009,swarf_n,price_remembered,4,,,assumed,model_design,made up\n")
    with pytest.raises(WorldError, match=r"prices.csv: price_remembered of swarf_n in 2009 has no price_fob beside it; add one"):
        build_network(folder, "2009")


def test_who_follows_costs_and_the_start_of_2024_remember_nothing():
    net = build_network(FOLDER, "2009")
    assert set(net.remembered[net.follows_cost > 0.0]) == {1.0}
    remembered = {net.points[k].product for k in np.flatnonzero(net.remembered != 1.0)}
    assert remembered == {f"{e}_oxide" for e in ("la", "ce", "ndpr", "sm", "tb", "dy")}
    assert set(build_network(FOLDER, "2024").remembered) == {1.0}


def test_the_switch_takes_the_memory_away():
    scenario = load("shadow_embargo_2010")
    fixed = {"parameters.remembers": np.array([0.0, 1.0])}
    world = make_world(scenario, [0, 1], 0, 2, fixed=fixed)
    net = world.network
    none, full = world.state.normal_ask / net.ask_at_rest
    assert none == pytest.approx(1.0)
    assert full == pytest.approx(net.remembered)
