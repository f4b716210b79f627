"""Laws of any world: mass, money, signs, bounds, batches and events, under random disturbance."""

import copy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import sim
from sim.runner import make_world
from sim.scenario.load import parse
from sim.world.columns import columns_in

WORLDS = Path(__file__).parents[1] / "worlds"
EVENTS = """
  - kind: shadow_embargo
    start: 2009-03-02
    end: 2009-05-04
    selection: {{seller_country: CHN, buyer_country: JPN}}
    clears: {clears}
  - kind: export_quota
    start: 2009-01-05
    end: 2009-12-28
    selection: {{seller_country: CHN, hs: "2846"}}
    periods: [{{start: 2009-01-05, end: 2009-12-28, tonnes: {tonnes}}}]
  - kind: licence_desk
    start: 2009-02-02
    selection: {{seller_country: CHN, product: [dy_metal, ndfeb_uh]}}
    licence_days: {days}
    denied: 0.1
  - kind: plant_outage
    start: 2009-04-06
    end: 2009-08-03
    selection: {{site: north_hill}}
    lost: {lost}
  - kind: re_export_rule
    start: 2009-02-02
    origin: CHN
    selection: {{stage: magnet}}
    threshold: 0.001
    stopped: 0.5
  - kind: demand_surge
    start: 2009-05-04
    selection: {{end_use: car}}
    factor: 1.4
"""


def world_of(events: str, seed: int = 0, replicates=(0, 1)):
    text = f"title: x\nworld: islands\nstart: 2009\nweeks: 60\nevents: {events or '[]'}\n"
    scenario = parse(text, WORLDS / "made.yaml", "made")
    return make_world(scenario, list(replicates), seed)


@given(st.floats(0, 1), st.floats(100, 20_000), st.floats(0, 120), st.floats(0, 1), st.integers(0, 2**32))
@settings(max_examples=10, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_mass_money_signs_and_bounds_hold_whatever_befalls(clears, tonnes, days, lost, seed):
    world = world_of(EVENTS.format(clears=clears, tonnes=tonnes, days=days, lost=lost), seed)
    before = world.mass()
    for _ in range(40):
        world.step()
        w, s, net = world.w, world.state, world.network
        assert (w.allotted <= w.due * (1 + 1e-12) + 1e-12).all()
        shipped = np.zeros_like(s.on_hand)
        for r in range(2):
            np.add.at(shipped[r], net.seller, w.allotted[r])
        assert (shipped <= w.offer * (1 + 1e-9) + 1e-9).all()
    gap = before + world.mined - world.used_up - world.lost - world.mass()
    assert np.abs(gap / before).max() < 1e-9
    money = world.state.money
    assert np.abs(money.sum(1)).max() <= 1e-9 * np.abs(money).max()
    assert np.abs(world.state.origin.sum(3) - 1.0).max() < 1e-9
    for column in columns_in(type(world.state)):
        if column.name != "money":
            assert (getattr(world.state, column.name) >= 0.0).all(), column.name


def arrays(**more):
    result = sim.run(WORLDS / "stop.yaml", replicates=4, seed=3, weeks=40, **more)
    return {n: result.array(n)[0] for n in result.records}


def test_a_replicate_is_the_same_alone_in_a_block_and_on_other_workers():
    together, alone, spread = arrays(block=4), arrays(block=1), arrays(block=2, workers=2)
    for name, values in together.items():
        np.testing.assert_array_equal(values, alone[name], err_msg=name)
        np.testing.assert_array_equal(values, spread[name], err_msg=name)


def test_a_run_again_from_its_manifest_gives_the_same_bytes(tmp_path):
    from sim.faces.running import run_again

    sim.run(WORLDS / "stop.yaml", replicates=3, seed=1, weeks=20, out=tmp_path / "a", block=2)
    run_again_from = tmp_path / "a"
    scenario_file = tmp_path / "islands"
    scenario_file.symlink_to(WORLDS / "islands")
    with pytest.raises(sim.ScenarioError):
        run_again(run_again_from, tmp_path / "b", 1)  # a world that is not shipped must be found again
    sim.run("myanmar_stop", replicates=2, seed=1, weeks=6, out=tmp_path / "c", block=2)
    run_again(tmp_path / "c", tmp_path / "d", 1)
    for path in sorted((tmp_path / "c").rglob("*")):
        if path.is_file() and path.name != "log.json":
            twin = tmp_path / "d" / path.relative_to(tmp_path / "c")
            assert twin.read_bytes() == path.read_bytes(), path.name


def stepped(events: str) -> np.ndarray:
    world = world_of(events)
    for _ in range(30):
        world.step()
    return np.concatenate([getattr(world.state, c.name).ravel() for c in columns_in(type(world.state)) if c.name not in
                           ("rent", "permits_left")])  # fmt: skip


@pytest.mark.parametrize("kind", ["shadow_embargo", "licence_desk", "re_export_rule", "plant_outage", "demand_surge"])
def test_an_event_of_intensity_zero_changes_nothing(kind):
    blocks = EVENTS.format(clears=0.2, tonnes=500, days=45, lost=0.5).split("  - kind: ")[1:]
    event = next(b for b in blocks if b.startswith(kind))
    np.testing.assert_array_equal(stepped(f"\n  - kind: {event}    intensity: 0\n"), stepped(""))


def test_events_commute():
    blocks = EVENTS.format(clears=0.2, tonnes=5000, days=45, lost=0.5).split("  - kind: ")[1:]
    there = "\n" + "".join(f"  - kind: {b}" for b in blocks)
    back = "\n" + "".join(f"  - kind: {b}" for b in reversed(blocks))
    np.testing.assert_array_equal(stepped(there), stepped(back))


def test_letting_more_clear_never_ships_less_to_the_target_in_the_same_week():
    world = world_of(EVENTS.format(clears=0.3, tonnes=20_000, days=0, lost=0.0))
    for _ in range(10):
        world.step()
    target = np.array([c == "JPN" for c in world.network.point_countries()])[world.network.buyer]
    shipped = []
    for clears in (0.0, 0.2, 0.5, 0.9, 1.0):
        other = copy.deepcopy(world)
        event = next(e for e in other.events if e.kind == "shadow_embargo")
        press = event.press
        changed = copy.copy(event)
        object.__setattr__(
            changed, "press", lambda week, c=clears, p=press: [
                type(x)(x.control, x.rows, c if x.control == "clears" else x.value) for x in p(week)
            ],
        )  # fmt: skip
        other.events[other.events.index(event)] = changed
        other.step()
        shipped.append(other.w.shipped[:, target].sum(1))
    assert (np.diff(shipped, axis=0) >= -1e-9).all()
