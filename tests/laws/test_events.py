"""Events: nothing at strength 0, the same in any order, and more cleared never means less shipped."""

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.events import KINDS
from sim.events.shadow_embargo import ShadowEmbargo
from sim.model import World
from sim.runner import drawer
from sim.streams import Streams
from tests.laws.islands import COLUMNS, EMBARGO, EVENTS, islands, share, weeks_of, world_of

REPLICATES, WEEKS = 3, 26


def recorded(events: list[str], **keys: str) -> dict[tuple[str, ...], bytes]:
    """Every series of a run by record and label."""
    result = sim.run(islands(events, **keys), replicates=REPLICATES, seed=2, weeks=WEEKS)
    found = {}
    for name in result.records:
        values, labels = result.array(name)
        for row, label in enumerate(labels):
            found[(name, *label)] = np.ascontiguousarray(values[:, :, row]).tobytes()
    return found


def state_after(events: list[str]) -> dict[str, bytes]:
    world = world_of(islands(events), range(REPLICATES), seed=2)
    for _ in range(WEEKS):
        world.step()
    return {name: getattr(world.state, name).tobytes() for name in COLUMNS}


def changed(before: dict, after: dict) -> set:
    return {key for key in before if after[key] != before[key]}


def at_nothing(event: str) -> str:
    return event.removesuffix("}") + ", intensity: 0}"


def test_every_kind_of_event_stands_before_these_laws():
    assert set(EVENTS) == set(KINDS)


@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_of_strength_nothing_changes_nothing(kind):
    assert changed(state_after([]), state_after([at_nothing(EVENTS[kind])])) == set()


@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_of_strength_nothing_changes_nothing_among_the_others(kind):
    others = [e for k, e in EVENTS.items() if k != kind]
    before, after = state_after(others), state_after([*others, at_nothing(EVENTS[kind])])
    assert changed(before, after) == set()


@pytest.mark.parametrize("kind", [k for k in EVENTS if k not in ("stock_release", "general_licences")])
def test_an_event_of_full_strength_changes_something(kind):
    assert changed(state_after([]), state_after([EVENTS[kind]])) != set()


def test_the_release_of_an_empty_store_moves_no_orders_and_no_price():
    before, after = (recorded(events) for events in ([], [EVENTS["stock_release"]]))
    assert {key for key in changed(before, after) if key[0] in ("price_fob", "price_traded", "orders", "use")} == set()


def test_a_filled_store_releases():
    stockpile = "{kind: stockpile, country: JPN, target_days: 30, fill_weeks: 4, trigger: 0}"
    before, after = recorded([], policy=stockpile), recorded([EVENTS["stock_release"]], policy=stockpile)
    assert ("government_stock", "ndpr_oxide", "JPN") in changed(before, after)


def test_events_of_all_kinds_commute():
    events = list(EVENTS.values())
    assert recorded(events[::-1]) == recorded(events)


@given(st.permutations(sorted(EVENTS)))
@settings(max_examples=8, deadline=None, derandomize=True)
def test_events_in_any_order_leave_the_same_world(order):
    assert recorded([EVENTS[kind] for kind in order]) == recorded([EVENTS[kind] for kind in sorted(EVENTS)])


OVERLAPPING = {
    "shadow_embargo": ["clears: {low: 0.1, mode: 0.3, high: 0.4}", "clears: 0.25", "clears: 0.6"],
    "export_duty": ["percent: 10.1", "percent: 20.2", "percent: 30.3"],
    "plant_outage": ["lost: 0.1", "lost: {low: 0.1, mode: 0.3, high: 0.4}", "lost: 0.3"],
    "demand_surge": ["factor: 1.1", "factor: 1.23", "factor: {low: 0.5, mode: 0.7, high: 1}"],
    "price_news": ["percent_week: 0.1", "percent_week: 0.2", "percent_week: {low: 0.3, mode: 0.4, high: 0.5}"],
}


@pytest.mark.parametrize("kind", OVERLAPPING)
def test_named_events_of_one_kind_on_the_same_rows_commute(kind):
    events = [f"{{kind: {kind}, name: e{n}, start: 2009-02-02, {x}}}" for n, x in enumerate(OVERLAPPING[kind])]
    assert recorded(events[::-1]) == recorded(events)


TWO_SCHEMES = {
    "export_quota": "start: 2009-01-05, periods: [{{start: 2009-01-05, end: 2009-06-29, tonnes: {n}00}}]",
    "licence_desk": "start: 2009-01-05, licence_days: {n}0",
    "re_export_rule": "start: 2009-01-05, origin: CHN, threshold: 0.001, stopped: 0.{n}",
}


@pytest.mark.parametrize("kind", TWO_SCHEMES)
def test_two_schemes_of_one_kind_on_cargo_of_their_own_commute(kind):
    goods = ["oxide", "metal"] if kind != "re_export_rule" else ["swarf", "carbonate"]
    events = [
        f"{{kind: {kind}, name: {stage}, selection: {{stage: {stage}}}, {TWO_SCHEMES[kind].format(n=n)}}}"
        for n, stage in enumerate(goods, 3)
    ]
    assert recorded(events[::-1]) == recorded(events)


def stopped_at(world: World, clears: float) -> World:
    """The same world a week later, had this much of the oxides from North to East cleared this week."""
    other = copy.deepcopy(world)
    stop = ShadowEmbargo.model_validate(
        {
            "name": "stop",
            "start": world.calendar.monday(world.week),
            "clears": clears,
            "selection": {"seller_country": "CHN", "buyer_country": "JPN", "stage": "oxide"},
        }
    )
    draw = drawer(Streams(0, world.replicates))
    other.events.append(stop.prepare(world.network, world.rows, world.calendar, draw))
    other.step()
    return other


def oxides_to_east(world: World) -> np.ndarray:
    net = world.network
    country = net.point_countries()
    lanes = [
        k for k in range(net.seller.size)
        if net.crosses[k] and country[net.buyer[k]] == "JPN" and country[net.seller[k]] == "CHN"
        and net.products[net.points[net.seller[k]].product].stage == "oxide"
    ]  # fmt: skip
    assert lanes
    return world.w.shipped[:, lanes].sum(1)


OTHERS = sorted(set(EVENTS) - {"export_quota"})


@given(share(), share(), st.integers(0, 30), st.sets(st.sampled_from(OTHERS)), st.integers(0, 2**32))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_more_cleared_never_ships_less_to_the_target_in_the_same_week(one, other, weeks, kinds, seed):
    world = world_of(islands([EVENTS[k] for k in sorted(kinds)]), seed=seed)
    for _ in weeks_of(world, weeks):
        pass
    less, more = (oxides_to_east(stopped_at(world, clears)) for clears in sorted((one, other)))
    assert (more >= less * (1 - 1e-12)).all()


def test_more_cleared_never_ships_less_to_the_target_where_a_quota_binds():
    world = world_of(islands([EVENTS["export_quota"]]), seed=1)
    for _ in weeks_of(world, 10):
        pass
    less, more = (oxides_to_east(stopped_at(world, clears)) for clears in (0.0, 1.0))
    assert (more >= less * (1 - 1e-12)).all()


def test_where_nothing_clears_less_ships_than_where_all_clears():
    world = world_of(islands([EMBARGO]))
    for _ in weeks_of(world, 20):
        pass
    assert (oxides_to_east(stopped_at(world, 0.0)) < 0.5 * oxides_to_east(stopped_at(world, 1.0))).all()
