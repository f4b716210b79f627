"""The islands world with any events, for the laws: text built here, the balanced network built once."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from sim.model import World
from sim.runner import make_world
from sim.scenario.load import Scenario, parse
from sim.world.columns import columns_in
from sim.world.network import Network
from sim.world.state import State

WORLDS = Path(__file__).parents[1] / "worlds"
COLUMNS = {c.name: c for c in columns_in(State)}

EMBARGO = "{kind: shadow_embargo, start: 2009-02-02, end: 2009-04-06, clears: 0.1, selection: {seller_country: CHN}}"
EVENTS = {
    "shadow_embargo": EMBARGO,
    "export_quota": "{kind: export_quota, start: 2009-01-12, selection: {seller_country: CHN, stage: oxide}, periods: "
    "[{start: 2009-01-12, end: 2009-03-02, tonnes: 300}, "
    "{start: 2009-03-02, end: 2009-05-04, tonnes: 100, announced: 2009-02-02}]}",
    "export_duty": "{kind: export_duty, start: 2009-02-02, percent: 40, selection: {seller_country: CHN}}",
    "licence_desk": "{kind: licence_desk, start: 2009-01-26, licence_days: 30, denied: 0.2, exempt: 0.1, "
    "selection: {seller_country: CHN, stage: magnet}, steps: [{start: 2009-03-30, licence_days: 5}]}",
    "re_export_rule": "{kind: re_export_rule, start: 2009-01-19, origin: CHN, threshold: 0.001, stopped: 0.8, "
    "selection: {stage: swarf}}",
    "plant_outage": "{kind: plant_outage, start: 2009-02-16, end: 2009-05-04, lost: 0.6, selection: {site: north_light}}",
    "production_quota": "{kind: production_quota, start: 2009-01-12, selection: {kind: mine}, reported: 1, periods: "
    "[{start: 2009-01-12, end: 2009-12-28, tonnes: 300, announced: 2009-01-19}]}",
    "demand_surge": "{kind: demand_surge, start: 2009-02-09, factor: 1.8, selection: {end_use: car}}",
    "price_news": "{kind: price_news, start: 2009-01-19, end: 2009-03-02, percent_week: 3, selection: {stage: oxide}}",
    "stock_release": "{kind: stock_release, start: 2009-02-23, tonnes_per_week: 2, selection: {country: JPN}}",
    "dual_use_ban": "{kind: dual_use_ban, start: 2009-02-16, barred_use: disk, spillover: 0.3, "
    "selection: {seller_country: CHN, buyer_country: JPN}}",
    "raw_ore_export_ban": "{kind: raw_ore_export_ban, start: 2009-02-02, stopped: 0.7, selection: {seller_country: AUS}, "
    "raw: [concentrate]}",
    "consolidation": "{kind: consolidation, start: 2009-02-09, margin: 0.2, large_from: 0.3, "
    "selection: {country: [CHN, AUS], stage: oxide}}",
    "licence_loss": "{kind: licence_loss, start: 2009-03-02, end: 2009-05-04, lost: 0.5, moves_to: second_light, "
    "selection: {site: isle_light}}",
    "change_of_control": "{kind: change_of_control, start: 2009-02-23, favours: JPN, withheld: 0.5, projects: 'second_*', "
    "selection: {site: north_light}}",
    "technology_ban": "{kind: technology_ban, start: 2009-01-12, imposed_in: CHN, build_factor: 2, cost_factor: 1.5}",
    "contract_annulment": "{kind: contract_annulment, start: 2009-02-02, honoured: 0.2, selection: {seller_country: CHN}}",
    "border_closure": "{kind: border_closure, start: 2009-02-16, end: 2009-04-06, passes: 0.1, "
    "selection: {seller_country: CHN, buyer_country: JPN, stage: swarf}}",
    "general_licences": "{kind: general_licences, start: 2009-03-16, exempt: 0.8, selection: {seller_country: CHN, end_use: car}}",
    "look_alike_hold": "{kind: look_alike_hold, start: 2009-02-23, held: 0.4, digits: 4, "
    "selection: {seller_country: CHN, product: dy_oxide}}",
}
"""One event of every kind, as it stands in a file; each changes the islands within half a year."""


@cache
def network() -> Network:
    return parse("{title: x, world: islands, start: 2009, weeks: 40}", WORLDS / "made.yaml", "made").network()


def islands(events: Sequence[str] = (), weeks: int = 40, **keys: str) -> Scenario:
    """A scenario of the islands; events and further keys as YAML text."""
    lines = ["title: made", "world: islands", "start: 2009", f"weeks: {weeks}"]
    lines += [f"{key}: {value}" for key, value in keys.items()]
    lines += ["events:", *(f"  - {e}" for e in events)] if events else ["events: []"]
    scenario = parse("\n".join(lines) + "\n", WORLDS / "made.yaml", "made")
    scenario.network_cache = network()
    return scenario


def world_of(scenario: Scenario, replicates: Sequence[int] = (0, 1), seed: int = 0) -> World:
    return make_world(scenario, replicates, seed)


def weeks_of(world: World, weeks: int = 40) -> Iterator[World]:
    """The world after each of its weeks."""
    for _ in range(weeks):
        world.step()
        yield world


def share(low: float = 0.0, high: float = 1.0) -> st.SearchStrategy[float]:
    """Numbers of a file: ends included, no ninth digit."""
    return st.floats(low, high).map(lambda x: round(x, 6))


@st.composite
def troubled_islands(draw: st.DrawFn, quota_variant: str = "permit_price") -> World:
    """Any mix of events of every kind, with any policy, before week 0."""
    day = st.sampled_from(["2009-01-05", "2009-01-22", "2009-02-16", "2009-04-01"])
    end = st.sampled_from(["2009-04-20", "2009-05-20", "2009-08-03", "2010-01-04"])
    ramps = st.sampled_from(["", ", ramp_weeks: 5", ", fade_weeks: 6", ", ramp_weeks: 4, fade_weeks: 3"])

    def when() -> str:
        return f"start: {draw(day)}, end: {draw(end)}{draw(ramps)}, intensity: {draw(share())}"

    tonnes = share(1, 8000)
    any_of = {
        "shadow_embargo": lambda: (
            f"selection: {{seller_country: CHN, buyer_country: JPN}}, clears: {draw(share())}, "
            f"enforcement: {draw(share())}"
        ),
        "export_quota": lambda: (
            f"selection: {{seller_country: CHN, stage: [oxide, metal]}}, periods: [{{start: 2009-01-05, end: 2009-04-13, "
            f"tonnes: {draw(tonnes)}}}, {{start: 2009-04-13, end: 2009-08-31, tonnes: {draw(tonnes)}, "
            f"announced: 2009-03-02}}]"
        ),
        "export_duty": lambda: f"selection: {{seller_country: CHN}}, percent: {draw(share(0, 100))}",
        "licence_desk": lambda: (
            f"selection: {{seller_country: CHN, stage: [magnet, metal]}}, licence_days: {draw(share(0, 200))}, "
            f"denied: {draw(share())}, exempt: {draw(share())}, scope: {draw(share())}, "
            f"steps: [{{start: 2009-05-04, licence_days: {draw(share(0, 40))}}}]"
        ),
        "re_export_rule": lambda: (
            f"origin: CHN, selection: {{}}, threshold: {draw(share(0, 0.3))}, stopped: {draw(share())}"
        ),
        "plant_outage": lambda: (
            f"selection: {{country: {draw(st.sampled_from(['CHN', 'JPN', 'AUS']))}}}, lost: {draw(share())}"
        ),
        "demand_surge": lambda: f"selection: {{}}, factor: {draw(share(0, 5))}",
        "price_news": lambda: f"selection: {{stage: oxide}}, percent_week: {draw(share(-10, 10))}",
        "stock_release": lambda: f"selection: {{country: JPN}}, tonnes_per_week: {draw(share(0, 50))}",
        "dual_use_ban": lambda: (
            f"selection: {{seller_country: CHN, buyer_country: JPN}}, barred_use: car, spillover: {draw(share())}"
        ),
        "raw_ore_export_ban": lambda: f"selection: {{seller_country: [CHN, AUS]}}, stopped: {draw(share())}",
        "consolidation": lambda: f"margin: {draw(share())}, large_from: {draw(share())}",
        "licence_loss": lambda: f"selection: {{site: isle_light}}, lost: {draw(share())}, moves_to: second_light",
        "change_of_control": lambda: (
            f"selection: {{site: north_light}}, favours: JPN, withheld: {draw(share())}, projects: second_light"
        ),
        "technology_ban": lambda: f"imposed_in: CHN, build_factor: {draw(share(1, 10))}, cost_factor: {draw(share(1, 10))}",
        "contract_annulment": lambda: f"honoured: {draw(share())}",
        "border_closure": lambda: (
            f"selection: {{seller_country: AUS, buyer_country: [CHN, JPN]}}, passes: {draw(share())}"
        ),
        "general_licences": lambda: f"exempt: {draw(share())}, selection: {{buyer_country: JPN}}",
        "look_alike_hold": lambda: f"held: {draw(share())}, digits: 4, selection: {{product: dy_oxide}}",
    }
    kinds = draw(st.lists(st.sampled_from(sorted(any_of)), unique=True, min_size=1))
    events = [f"{{kind: {kind}, {when()}, {any_of[kind]()}}}" for kind in kinds]
    stockpile = f"{{kind: stockpile, country: JPN, target_days: {draw(share(0, 200))}, fill_weeks: 8, trigger: 0.9}}"
    scenario = islands(
        events,
        policy=draw(st.sampled_from(["none", stockpile])),
        quota_variant=quota_variant,
    )
    return world_of(scenario, seed=draw(st.integers(0, 2**32)))
