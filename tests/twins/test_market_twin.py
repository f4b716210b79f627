"""The week of the arrays against its twin of plain Python objects, number by number."""

from pathlib import Path

import pytest

from sim.model import World
from sim.runner import make_world
from sim.scenario.load import load, parse
from tests.twins.market import Desk, Market, Permits, time_per_week

WORLDS = Path(__file__).parents[1] / "worlds"
WEEKS = 26
PERMISSION = """
title: North rations East
world: islands
start: 2009
weeks: 26
policy: {kind: stockpile, country: JPN, target_days: 30, fill_weeks: 8, trigger: 0.9}
events:
  - kind: export_quota
    start: 2009-01-26
    end: 2009-06-08
    selection: {seller_country: CHN, stage: oxide}
    valid: year
    outside: 0.2
    outside_until: 2009-04-23
    periods:
      - {start: 2009-01-26, end: 2009-04-06, tonnes: 500}
      - {start: 2009-04-06, end: 2009-06-08, tonnes: 200, announced: 2009-03-02}
  - kind: licence_desk
    start: 2009-02-16
    end: 2009-05-18
    selection: {seller_country: CHN, product: [dy_oxide, dy_metal, ndfeb_uh, ndpr_oxide]}
    licence_days: 30
    denied: 0.1
    exempt: 0.2
    steps:
      - {start: 2009-04-20, licence_days: 10, denied: 0.3}
  - kind: shadow_embargo
    start: 2009-03-02
    end: 2009-04-20
    selection: {seller_country: CHN, buyer_country: JPN, stage: metal}
    clears: 0.2
  - {kind: export_duty, start: 2009-02-02, selection: {seller_country: CHN, stage: oxide}, percent: 25}
  - {kind: consolidation, start: 2009-02-02, end: 2009-05-18, selection: {seller_country: CHN, stage: oxide}, margin: 0.2, intensity: 0.7}
  - {kind: plant_outage, start: 2009-03-02, end: 2009-04-06, selection: {site: north_heavy}, lost: 0.5}
  - {kind: demand_surge, start: 2009-02-02, selection: {end_use: car}, factor: 1.2}
  - {kind: price_news, start: 2009-02-02, end: 2009-03-02, selection: {product: dy_oxide}, percent_week: 3}
"""
CASES = {
    "rest": (WORLDS / "rest.yaml").read_text(),
    "stop": (WORLDS / "stop.yaml").read_text(),
    "stop early": (WORLDS / "stop.yaml").read_text().replace("2009-06-01", "2009-02-02").replace("2009-09-01", "2009-05-04"),
    "permission": PERMISSION,
}  # fmt: skip


def world_of(case: str, replicates: list[int]) -> World:
    return make_world(parse(CASES[case], WORLDS / "twin.yaml", "twin"), replicates, seed=11)


@pytest.mark.parametrize("case", CASES)
def test_every_week_of_the_arrays_is_the_week_of_the_twin(case):
    """Loaded anew each week, so that a difference is of that week's rules and not of an earlier week's."""
    world = world_of(case, [0, 3])
    twins = [Market(), Market()]
    for _ in range(WEEKS):
        for replicate, twin in enumerate(twins):
            twin.load_from(world, replicate)
        world.step()
        for twin in twins:
            twin.take_controls(world)
            twin.step()
            found = twin.differences(world)
            assert not found, "\n".join(found[:20])


def test_the_shipped_world_of_rare_earths_is_computed_alike():
    """Larger books: traders, several kinds of goods at one maker, rival grades; three weeks."""
    world = make_world(load("baseline_2009"), [0], seed=11)
    twin = Market()
    for _ in range(3):
        twin.load_from(world, 0)
        world.step()
        twin.take_controls(world)
        twin.step()
        found = twin.differences(world)
        assert not found, "\n".join(found[:20])


def test_the_cases_reach_the_rules_they_are_meant_for():
    """A rent, both phases of the desk, refusals, held cargo, leaks, a store: all seen in 26 weeks."""
    world = world_of("permission", [0])
    twin = Market()
    seen = set()
    for _ in range(WEEKS):
        twin.load_from(world, 0)
        world.step()
        twin.take_controls(world)
        twin.step()
        pool, desk = twin.agents_by_type[Permits][0], twin.agents_by_type[Desk][0]
        marks = {
            "scarce permits": pool.active and pool.this_week < pool.wanted,
            "rent": pool.rent > 1.0,
            "waiting": any(x.waiting > 0.0 for x in desk.lanes),
            "deciding": any(x.deciding > 0.0 for x in desk.lanes),
            "refused": any(x.refused > 0.0 for x in desk.lanes),
            "held": any(x.held > 1.0 for x in twin.lanes),
            "released": any(x.through > x.granted for x in twin.lanes),
            "leaked": any(x.leaked > 0.0 for x in twin.lanes),
            "backlog": any(x.backlog > 1.0 for x in twin.lanes),
            "term": any(x.term > 0.0 for x in twin.lanes),
            "store": any(x.shipped > 0.0 for x in twin.lanes if x.to_store),
            "residue": any(p.residue > 0.0 for p in twin.points),
            "margin": any(g.held > 1.0 for g in twin.groups),
            "fear": any(p.fear > 0.1 for p in twin.points),
        }
        seen |= {name for name, found in marks.items() if found}
    assert seen == set(marks)


def test_a_twin_left_alone_keeps_to_the_arrays_over_a_quiet_quarter():
    """No loading between weeks: thirteen weeks at rest by itself."""
    world = world_of("rest", [0])
    twin = Market()
    twin.load_from(world, 0, weeks=13)
    for _ in range(13):
        world.step()
        twin.step()
    found = twin.differences(world)
    assert not found, "\n".join(found[:20])


def test_a_wrong_number_is_found():
    world = world_of("stop", [0])
    twin = Market()
    twin.load_from(world, 0)
    world.step()
    next(p for p in twin.points if p.name == "north_light:la_oxide").ask *= 1.0 + 1e-7
    twin.step()
    assert any(" ask " in line for line in twin.differences(world))


def test_it_can_be_timed():
    assert 0.0 < time_per_week(world_of("stop", [0]), 3) < 1.0
