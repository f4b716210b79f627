"""Every kind bites: nothing at strength 0, something at half, more at full, and only where it should."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import pytest

import sim
from sim.events import KINDS
from sim.result import Result
from tests.laws.islands import islands, world_of

MAGNET_DESK = (
    "{kind: licence_desk, name: desk, start: 2009-01-12, licence_days: 60, selection: {seller_country: CHN, stage: magnet}}"
)
SECOND_LIGHT = (
    "{kind: licence_loss, name: told, start: 2009-01-12, end: 2009-01-19, lost: 0, moves_to: second_light, "
    "selection: {site: isle_light}}"
)


@dataclass(frozen=True)
class Bite:
    """An event, what it should move and which way, and what it must leave as it is.

    ``moved`` and ``still`` are a record and how its labels begin; ``still_weeks`` is how long nothing may move there.
    """

    event: str
    moved: tuple[str, ...]
    way: int
    still: tuple[str, ...]
    still_weeks: int = 40
    among: tuple[str, ...] = ()
    policy: str = "none"
    weeks: int = 40


ANNOUNCED = ("export_quota", "production_quota", "licence_desk", "plant_outage")
"""Kinds whose news may outlast them."""
FILLED = "{kind: stockpile, country: JPN, target_days: 30, fill_weeks: 4, trigger: 0}"
BITES = {
    "shadow_embargo": Bite(
        "start: 2009-02-02, end: 2009-04-06, clears: 0.1, selection: {seller_country: CHN, buyer_country: JPN, stage: metal}",
        ("held", "dy_metal", "JPN"), 1, ("licence_queue",),
    ),
    "export_quota": Bite(
        "start: 2009-01-12, selection: {seller_country: CHN, stage: oxide}, "
        "periods: [{start: 2009-01-12, end: 2009-10-12, tonnes: 700}]",
        ("exports", "CHN", "JPN", "la_oxide"), -1, ("held",),
    ),
    "export_duty": Bite(
        "start: 2009-02-02, percent: 40, selection: {seller_country: CHN}", ("price_fob", "la_oxide", "CHN"), 1,
        ("exports",), 4,
    ),
    "licence_desk": Bite(
        "start: 2009-01-26, licence_days: 30, selection: {seller_country: CHN, stage: magnet}",
        ("licence_queue", "ndfeb_n", "JPN"), 1, ("held",),
    ),
    "re_export_rule": Bite(
        "start: 2009-01-19, origin: CHN, stopped: 0.8, obeyed: 1, selection: {stage: swarf}",
        ("exports", "JPN", "CHN", "swarf_n"), -1, ("exports", "CHN", "JPN", "ndfeb_n"), 6,
    ),
    "plant_outage": Bite(
        "start: 2009-02-16, end: 2009-05-04, lost: 0.6, selection: {site: north_light}", ("capacity", "north_light"), -1,
        ("denied",),
    ),
    "production_quota": Bite(
        "start: 2009-01-12, selection: {site: north_hill}, reported: 1, periods: "
        "[{start: 2009-01-12, end: 2009-12-28, tonnes: 4000}]",
        ("run_rate", "north_hill"), -1, ("capacity", "south_hill"), 10,
    ),
    "demand_surge": Bite(
        "start: 2009-02-09, factor: 1.8, selection: {end_use: car}", ("requirement", "NdPr", "JPN", "car"), 1,
        ("requirement", "La"),
    ),
    "price_news": Bite(
        "start: 2009-01-19, end: 2009-03-02, percent_week: 3, selection: {product: la_oxide}",
        ("price_fob", "la_oxide", "CHN"), 1, ("exports",), 3,
    ),
    "stock_release": Bite(
        "start: 2009-03-23, tonnes_per_week: 2, selection: {country: JPN}", ("store_earned", "ndpr_oxide", "JPN"), 1,
        ("held",), policy=FILLED,
    ),
    "dual_use_ban": Bite(
        "start: 2009-02-16, barred_use: disk, spillover: 0.3, selection: {seller_country: CHN, buyer_country: JPN}",
        ("exports", "CHN", "JPN", "ndfeb_n"), -1, ("held",),
    ),
    "raw_ore_export_ban": Bite(
        "start: 2009-02-02, selection: {seller_country: AUS}", ("exports", "AUS", "CHN", "hill_concentrate"), -1,
        ("exports", "AUS", "JPN"), 6,
    ),
    "consolidation": Bite(
        "start: 2009-02-09, margin: 0.2, large_from: 0.3, selection: {country: [CHN, AUS], stage: oxide}",
        ("price_fob", "la_oxide", "CHN"), 1, ("exports",), 6,
    ),
    "licence_loss": Bite(
        "start: 2009-03-02, lost: 0.8, selection: {site: isle_light}", ("production", "isle_light", "ndpr_oxide"), -1,
        ("capacity", "north_light"), 10,
    ),
    "change_of_control": Bite(
        "start: 2009-02-23, favours: CHN, withheld: 0.8, selection: {site: isle_light}",
        ("exports", "AUS", "JPN", "la_oxide"), -1, ("denied",),
    ),
    "technology_ban": Bite(
        "start: 2009-01-12, imposed_in: CHN, build_factor: 2, cost_factor: 1.5", ("project_stage", "second_light"), -1,
        ("exports",), 100, (SECOND_LIGHT,), weeks=260,
    ),
    "contract_annulment": Bite(
        "start: 2009-02-02, honoured: 0.1, selection: {seller_country: CHN}", ("spot_traded", "ndpr_oxide", "JPN"), 1,
        ("exports",), 4,
    ),
    "border_closure": Bite(
        "start: 2009-02-16, end: 2009-04-06, passes: 0.1, selection: {seller_country: CHN, buyer_country: JPN, stage: swarf}",
        ("held", "swarf_n", "CHN"), 1, ("exports", "CHN", "JPN", "ndfeb_n"), 8,
    ),
    "general_licences": Bite(
        "start: 2009-03-16, exempt: 0.8, selection: {seller_country: CHN, buyer: 'JPN:car'}",
        ("licence_queue", "ndfeb_uh", "JPN"), -1, ("held",), among=(MAGNET_DESK,),
    ),
    "look_alike_hold": Bite(
        "start: 2009-02-23, held: 0.4, digits: 4, selection: {seller_country: CHN, product: dy_oxide}",
        ("held", "la_oxide", "JPN"), 1, ("held", "dy_oxide"),
    ),
}  # fmt: skip


@cache
def ran(kind: str, strength: float | None) -> Result:
    """A run with the event at a strength; without it if None."""
    bite = BITES[kind]
    events = [*bite.among]
    if strength is not None:
        events.append(f"{{kind: {kind}, {bite.event}, intensity: {strength}}}")
    return sim.run(islands(events, bite.weeks, policy=bite.policy), replicates=3, seed=4)


def series(result: Result, record: str, *begins: str) -> np.ndarray:
    values, labels = result.array(record)
    rows = [k for k, label in enumerate(labels) if tuple(label[: len(begins)]) == begins]
    assert rows, (record, begins)
    return values[:, :, rows]


def test_every_kind_has_a_bite():
    assert set(BITES) == set(KINDS)


@pytest.mark.parametrize("kind", BITES)
def test_at_strength_nothing_every_record_is_the_same_to_the_last_bit(kind):
    without, at_nothing = ran(kind, None), ran(kind, 0.0)
    for name in without.records:
        assert without.array(name)[0].tobytes() == at_nothing.array(name)[0].tobytes(), name


@pytest.mark.parametrize("kind", BITES)
def test_half_strength_moves_what_it_should_and_full_strength_more(kind):
    bite = BITES[kind]
    none, half, full = (np.nanmean(series(ran(kind, s), *bite.moved), dtype=np.float64) for s in (None, 0.5, 1.0))
    assert bite.way * (half - none) > 1e-3 * abs(none)
    assert bite.way * (full - half) > 1e-3 * abs(none)


@pytest.mark.parametrize("kind", BITES)
def test_what_it_must_not_move_stays(kind):
    bite = BITES[kind]
    none, full = (series(ran(kind, s), *bite.still)[:, : bite.still_weeks] for s in (None, 1.0))
    assert none.tobytes() == full.tobytes()


def week_of(day: str) -> int:
    return int(islands().calendar().position(date.fromisoformat(day)))


@pytest.mark.parametrize("kind", BITES)
def test_what_is_at_sea_when_it_starts_arrives(kind):
    """Cargo is at sea for a week or more, so nothing that lands up to the week of its start can differ."""
    first = week_of(re.search(r"start: (\d{4}-\d\d-\d\d)", BITES[kind].event)[1])
    without, full = (series(ran(kind, s), "imports")[:, : first + 1] for s in (None, 1.0))
    assert without.tobytes() == full.tobytes()
    assert without.sum() > 0.0


@pytest.mark.parametrize("kind", BITES)
def test_once_it_is_over_it_presses_nothing(kind):
    """Over at the end of March; half a year later its news has faded too."""
    event = re.sub(r", end: 2\d{3}-\d\d-\d\d(?=,)", "", BITES[kind].event, count=1)
    event = re.sub(r"periods: \[.*\]", "periods: [{start: 2009-01-12, end: 2009-03-30, tonnes: 50}]", event)
    world = world_of(islands([f"{{kind: {kind}, end: 2009-03-30, {event}}}"], 60), (0,))
    pressed = []
    for _ in range(40):
        world.step()
        pressed.append(bool(world.controls.pressed))
    over = week_of("2009-03-30")
    assert any(pressed[:over])
    assert not any(pressed[over + 26 :])
    if kind not in ANNOUNCED:
        assert not any(pressed[over:])
