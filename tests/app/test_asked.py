"""What is dragged and chosen becomes a scenario that the command accepts, or refuses in the same words."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sim
from sim.app.asked import Chosen, Moved, as_it_stands, asked, offered_answers, own_answers
from sim.cli import app
from sim.scenario.faults import ScenarioError

WORLDS = Path(__file__).parents[1] / "worlds"


@pytest.fixture(scope="module")
def desk():
    """A shipped scenario whose event has steps of its own."""
    return sim.load("licence_desk_2025")


@pytest.fixture(scope="module")
def siege():
    return sim.load(WORLDS / "siege.yaml")


def unmoved(scenario):
    return {e.name: as_it_stands(e) for e in scenario.file.events}


def test_what_is_not_moved_stands_as_in_the_file(siege):
    made = asked(siege, unmoved(siege), [], 60)
    assert made.resolved() == siege.resolved()


def test_an_event_that_is_dragged_takes_its_steps_along_and_keeps_its_odd_days(desk, siege):
    event = desk.file.events[0]
    later = Moved(event.start + timedelta(days=10), None, 1.0)
    made = asked(desk, {event.name: later}, [], 156).file.events[0]
    assert made.start == date(2025, 4, 14)
    assert made.steps[0].start == event.steps[0].start + timedelta(days=10)
    stop = siege.file.events[0]
    moved = asked(siege, {stop.name: Moved(date(2009, 6, 2), 31, 1.0)}, [], 60).file.events[0]
    assert moved.end - moved.start == stop.end - stop.start


def test_length_and_strength_are_set_where_they_were_moved(siege):
    name = siege.file.events[0].name
    made = asked(siege, {name: Moved(date(2009, 6, 1), 4, 0.25)}, [], 60).file.events[0]
    assert (made.end, made.intensity.mode) == (date(2009, 6, 29), 0.25)
    endless = asked(siege, {name: Moved(date(2009, 6, 1), None, 1.0)}, [], 60).file.events[0]
    assert endless.end is None


def test_an_end_before_the_start_is_refused_with_its_key_and_without_a_line_nobody_has_seen(siege):
    name = siege.file.events[0].name
    with pytest.raises(ScenarioError, match=r"siege\.yaml: events\[0\]\.end: end 2009-06-01 is not after start"):
        asked(siege, {name: Moved(date(2009, 6, 1), 0, 1.0)}, [], 60)


def test_a_quota_that_is_shortened_drops_the_periods_after_its_end(tmp_path):
    path = tmp_path / "quota.yaml"
    periods = "[{start: 2009-01-05, end: 2009-07-06, tonnes: 26}, {start: 2009-07-06, end: 2009-12-07, tonnes: 22}]"
    path.write_text(f"title: x\nstart: 2009\nweeks: 60\nevents: [{{kind: export_quota, start: 2009-01-05, periods: {periods}}}]\n")
    scenario = sim.load(path)
    made = asked(scenario, {"export_quota": Moved(date(2009, 1, 12), 36, 1.0)}, [], 60).file.events[0]
    assert [p.start for p in made.periods] == [date(2009, 1, 12), date(2009, 7, 13)]
    soon = asked(scenario, {"export_quota": Moved(date(2009, 1, 5), 20, 1.0)}, [], 60).file.events[0]
    assert [p.start for p in soon.periods] == [date(2009, 1, 5)]


def test_answers_are_the_scenarios_own_first_and_then_those_that_need_no_number():
    own = own_answers(sim.load("allied_chain_2030").file.policy)
    offered = offered_answers(own, "USA")
    assert next(iter(offered)) == "allied_store"
    assert offered["stockpile"] == {"kind": "stockpile", "country": "USA"}
    assert "price_floor" not in offered


def test_a_stock_is_as_large_as_its_slider_says_and_several_answers_stand_together(siege):
    chosen = [Chosen({"kind": "stockpile", "country": "JPN"}, 90.0), Chosen({"kind": "wto_case", "country": "JPN"})]
    made = asked(siege, {}, chosen, 60).file.policy.together()
    assert [p.kind for p in made] == ["stockpile", "wto_case"]
    assert made[0].target_days == 90.0


def test_the_file_passes_check_and_runs_to_the_same_numbers(siege, tmp_path):
    made = asked(sim.load("shadow_embargo_2010"), {"stop": Moved(date(2009, 3, 2), 6, 0.5)}, [], 20)
    path = tmp_path / "asked.yaml"
    path.write_text(made.text(), encoding="utf-8")
    assert CliRunner().invoke(app, ["check", str(path)]).exit_code == 0
    ours, theirs = (sim.run(s, replicates=1, weeks=20, records=("missing_gross",)) for s in (made, path))
    assert (ours.array("missing_gross")[0] == theirs.array("missing_gross")[0]).all()


def test_without_the_extra_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setattr("sim.app.serving.find_spec", lambda name: None)
    told = CliRunner().invoke(app, ["app"])
    assert told.exit_code == 2
    assert told.output.strip() == "error: the app needs Streamlit, which is not installed; pip install '.[app]' in its folder"
