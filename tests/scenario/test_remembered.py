"""Prices that sellers remember from the years before a start."""

from dataclasses import replace
from math import exp, log
from pathlib import Path

import numpy as np
import pytest

from sim.mechanisms.asks import learned_normal
from sim.runner import make_world
from sim.scenario.build import build_network
from sim.scenario.load import load

FOLDER = Path("scenarios/worlds/rare_earths")
OF_2024 = {"ndpr_oxide", "eu_oxide", "tb_oxide", "dy_oxide"}


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
    # net of the duty of each year: 10 % in 2007, 15 % in 2008 and 2009
    assert (before < 31.9 / 14.5).all()
    assert (before > 30.24 / 1.10 / (14.5 / 1.15)).all()
    assert (after > 1.2).all()
    assert (after < before).all()


def test_at_rest_nothing_before_the_start_is_remembered():
    before, after = asks(True, 30)
    assert before == pytest.approx(1.0)
    assert after == pytest.approx(1.0, abs=0.1)


def test_what_is_remembered_is_the_long_memory_of_a_seller_taken_over_the_years():
    """A seller that asked the mean of each year in every week of it, whose memory fades as it does in the week."""
    memory, known = 104.0, [3.0, 2.0]
    memories = []
    for first in (5.0, 50.0):  # whatever was before
        normal = first
        for price in known[::-1]:
            for _ in range(52):
                normal *= exp(log(price / normal) / memory)
        memories.append((normal, first))
    # two years leave the share of the first value that the rule takes for unknown; solve for what the known years give
    (a, first), (b, second) = memories
    unknown = (log(b) - log(a)) / (log(second) - log(first))
    by_weeks = exp((log(a) - unknown * log(first)) / (1.0 - unknown))
    (ours,) = learned_normal([1.0], np.array(known)[:, np.newaxis], memory, 1.0)
    assert ours == pytest.approx(by_weeks, rel=2e-3)


def test_years_that_are_not_known_weigh_nothing():
    some = np.array([[0.0, 2.0, 0.0], [3.0, 0.0, 0.0]])
    assert learned_normal([10.0] * 3, some, 52.0, 1.0).tolist() == pytest.approx([30.0, 20.0, 10.0])
    assert learned_normal([10.0] * 3, some, 200.0, 0.5).tolist() == pytest.approx([10.0 * 3.0**0.5, 10.0 * 2.0**0.5, 10.0])
    assert learned_normal([10.0], np.zeros((0, 1)), 104.0, 1.0).tolist() == [10.0]


def test_prices_are_compared_net_of_what_is_paid_on_export_in_their_year():
    net = build_network(FOLDER, "2009")
    dy = next(k for k, p in enumerate(net.points) if p.product == "dy_oxide" and p.role == "sold")
    last, before = net.remembered[:, dy]
    assert last == pytest.approx(118.49 / 96.46)
    assert before == pytest.approx(89.1 / 1.10 / (96.46 / 1.25))


def remembering(start: str) -> set[str]:
    net = build_network(FOLDER, start)
    known = (net.remembered > 0.0).any(axis=0)
    assert not known[net.follows_cost > 0.0].any()
    return {net.points[k].product for k in np.flatnonzero(known)}


def test_who_follows_costs_remembers_nothing():
    assert remembering("2009") == {f"{e}_oxide" for e in ("la", "ce", "ndpr", "sm", "eu", "tb", "dy")}
    assert remembering("2024") == OF_2024


def test_how_much_is_remembered_of_2024_is_not_known():
    world = make_world(load("licence_desk_2025"), list(range(64)), 0, 2)
    share = world.number["remembers"]
    assert share.min() < 0.2
    assert share.max() > 0.8
    net = world.network
    changed = world.state.normal_ask / net.ask_at_rest
    mine = [k for k, p in enumerate(net.points) if p.product in OF_2024 and net.follows_cost[k] == 0.0]
    assert (changed[:, mine].max(axis=0) > 1.0).all()
    others = np.setdiff1d(np.arange(len(net.points)), mine)
    assert changed[:, others] == pytest.approx(1.0)


def test_the_switch_takes_the_memory_away():
    scenario = load("shadow_embargo_2010")
    fixed = {"parameters.remembers": np.array([0.0, 1.0])}
    world = make_world(scenario, [0, 1], 0, 2, fixed=fixed)
    none, full = world.state.normal_ask / world.network.ask_at_rest
    assert none == pytest.approx(1.0)
    assert full.max() > 2.0
