"""Nothing registered escapes: every shipped scenario, event kind, policy, record and source key."""

import csv
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

import sim
from sim.events import KINDS as EVENTS
from sim.faces.showing import explanation, listing
from sim.policies import KINDS as POLICIES
from sim.records import FULL, RECORDS, STUDY, Recorder
from sim.scenario.build import build_network
from sim.scenario.load import Scenario, load, parse, shipped_names
from sim.scenario.world import shipped_folder
from sim.world.columns import columns_in
from sim.world.controls import CONTROLS
from sim.world.network import Network
from sim.world.state import State

SCENARIOS = shipped_names()
MADE = "calibrated.csv"
"""Table of accepted sets: made by the calibration, so it has no sources of its own."""
TABLES = sorted(p for p in (shipped_folder() / "worlds").glob("*/*.csv") if p.name != MADE)
WORLDS = sorted((shipped_folder() / "worlds").glob("*/world.yaml"))
DATES = {"start": "2010-01-04", "end": "2010-06-07"}
SMALLEST: dict[str, dict[str, Any]] = {
    "shadow_embargo": {"clears": 0.2},
    "export_quota": {"periods": [{"start": "2010-01-01", "end": "2010-07-01", "tonnes": 1234}]},
    "export_duty": {"percent": 17},
    "licence_desk": {"licence_days": 45},
    "re_export_rule": {"origin": "CHN", "threshold": 0.001, "stopped": 0.5},
    "plant_outage": {"lost": 0.33},
    "production_quota": {"periods": [{"start": "2010-01-01", "end": "2011-01-01", "tonnes": 4321}]},
    "demand_surge": {"factor": 1.25},
    "price_news": {"percent_week": 2},
    "stock_release": {"tonnes_per_week": 12},
    "dual_use_ban": {"barred_use": "defence_aerospace", "spillover": 0.37},
    "raw_ore_export_ban": {"selection": {"seller_country": "VNM"}, "stopped": 0.83},
    "consolidation": {"margin": 0.13},
    "licence_loss": {"lost": 0.71},
    "change_of_control": {"favours": "CHN", "withheld": 0.63, "selection": {"site": "lamp"}},
    "technology_ban": {"imposed_in": "CHN", "build_factor": 1.7, "cost_factor": 1.3},
    "contract_annulment": {"honoured": 0.27},
    "border_closure": {"passes": 0.07, "selection": {"seller_country": "MMR", "buyer_country": "CHN"}},
    "general_licences": {"exempt": 0.61},
    "look_alike_hold": {"held": 0.43, "selection": {"product": "dy_oxide"}},
}
"""What each kind of event needs beside its dates."""
NUMBERS = {
    "shadow_embargo": "20 %", "export_quota": "1,234 t", "export_duty": "17 %", "licence_desk": "45",
    "re_export_rule": "50 %", "plant_outage": "33 %", "production_quota": "4,321 t", "demand_surge": "1.25", "price_news": "2 %",
    "stock_release": "12 t", "dual_use_ban": "37 %", "raw_ore_export_ban": "83 %", "consolidation": "13 %",
    "licence_loss": "71 %", "change_of_control": "63 %", "technology_ban": "1.7", "contract_annulment": "27 %",
    "border_closure": "7 %", "general_licences": "61 %", "look_alike_hold": "43 %",
}  # fmt: skip
"""The number its sentence must name."""


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


SOURCES = set(read(shipped_folder() / "sources.yaml"))


@cache
def network(world: str, start: str) -> Network:
    return build_network(shipped_folder() / "worlds" / world, start)


@cache
def shipped(name: str) -> Scenario:
    """A shipped scenario on a network balanced once for all of its start."""
    scenario = load(name, check=False)
    scenario.network_cache = network(scenario.file.world, scenario.start_name)
    return scenario


def source_keys(node: Any) -> set[str]:
    """Keys under any ``source`` or ``sources`` of a file, wherever they stand."""
    found: set[str] = set()
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "source":
                found |= {k.strip() for k in str(value).split(";")}
            elif key == "sources":
                found |= set(value)
            else:
                found |= source_keys(value)
    elif isinstance(node, list):
        for value in node:
            found |= source_keys(value)
    return found


# scenarios ------------------------------------------------------------------------------------------------------------


def test_scenarios_are_shipped():
    assert {"baseline_2009", "baseline_2024", "shadow_embargo_2010", "licence_desk_2025"} <= set(SCENARIOS)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_shipped_scenario_loads_and_binds_to_its_world(name):
    scenario = shipped(name)
    scenario.check()
    assert scenario.name == name


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_shipped_scenario_has_a_title_a_question_and_sources(name):
    file = shipped(name).file
    assert file.title
    assert file.question
    assert file.sources


@pytest.mark.parametrize(
    "name",
    ["baseline_2009", "baseline_2024", "shadow_embargo_2010", "licence_desk_2025", "bayan_obo_outage", "myanmar_stop"],
)
def test_the_first_scenarios_say_what_is_background_and_which_numbers_are_uncertain(name):
    notes = shipped(name).file.notes.lower()
    assert "background" in notes
    assert "uncertain" in notes


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_shipped_scenario_says_what_trade_policy_is_in_force_at_its_start(name):
    told = "\n".join(explanation(shipped(name)))
    if shipped(name).start_name == "2009":
        assert "  VAT in CHN on all goods: 17 %, from 1994-01-01 to 2018-04-30 (assumed; china_vat).\n" in told
        assert "  VAT refunded by CHN on exports of HS 2530, 2846, 2805: none, 17 % not refunded, from 2005-05-01" in told
        assert "  Export quota of CHN on HS 2846, 2805, 2530: 21,728 t in the period, from 2009-01-01 to 2009-06-30" in told
    else:
        assert "  VAT in CHN on all goods: 13 %, from 2019-04-01 (measured; vat_2021).\n" in told
        assert "  No export duty is taken.\n  No export quota is in force.\n" in told


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_resolved_scenario_spells_out_every_key(name):
    scenario = shipped(name)
    resolved = scenario.resolved()
    assert set(resolved) == set(type(scenario.file).model_fields)
    for event in resolved["events"]:
        assert set(event) == set(EVENTS[event["kind"]].model_fields)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_shipped_scenario_explains_each_of_its_events(name):
    scenario = shipped(name)
    lines = explanation(scenario)
    assert lines[0] == scenario.title
    for event in scenario.file.events:
        assert any(line.strip().startswith(event.name) and event.effect() in line for line in lines), event.name


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_answer_in_a_shipped_scenario_says_what_is_known_of_it_and_where_it_stands(name):
    scenario = shipped(name)
    lines = [line.strip() for line in explanation(scenario)]
    for policy in scenario.file.policy.together():
        if policy.kind != "none":
            assert f"evidence: {policy.evidence}" in lines, policy.label
            assert any(line.startswith("source: ") and f"({policy.source.split(';')[0]})" in line for line in lines), policy.label


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_shipped_scenario_survives_being_written_and_read(name):
    scenario = shipped(name)
    again = parse(scenario.text(), scenario.path, name)
    assert again.file == scenario.file
    assert again.text() == scenario.text()


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_source_of_a_scenario_is_listed(name):
    assert source_keys(shipped(name).resolved()) - SOURCES <= {""}


@pytest.mark.parametrize("scenario", ["shadow_embargo_2010", "licence_desk_2025"])
def test_a_shipped_scenario_runs_eight_weeks_and_every_amount_is_a_number(scenario):
    result = sim.run(shipped(scenario), replicates=2, weeks=8, records="full")
    use, _ = result.array("use")
    assert use.shape[:2] == (2, 8)
    assert (use.sum((1, 2)) > 0.0).all()
    for name in result.records:
        values, _ = result.array(name)
        # a mean over no flow, or cover of no use, is no number; an amount always is
        known = values if RECORDS[name].unit in ("t", "USD", "lines", "code") else values[~np.isnan(values)]
        assert np.isfinite(known).all(), name
        assert known.size, name


# events and policies --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", EVENTS)
def test_every_kind_of_event_has_a_docstring_of_its_own(kind):
    assert EVENTS[kind].__doc__
    assert EVENTS[kind].__doc__ != EVENTS[kind].__mro__[1].__doc__
    assert EVENTS[kind].__doc__.split("\n")[0].endswith(".")


@pytest.mark.parametrize("kind", EVENTS)
def test_every_kind_of_event_says_its_effect_with_its_number(kind):
    effect = EVENTS[kind].model_validate({**DATES, **SMALLEST[kind]}).effect()
    assert NUMBERS[kind] in effect
    assert not effect.endswith(".")


@pytest.mark.parametrize("kind", EVENTS)
def test_every_number_of_an_event_has_a_description(kind):
    own = set(EVENTS[kind].model_fields) - set(EVENTS[kind].__mro__[1].model_fields)
    for key in own - {"periods"}:
        assert EVENTS[kind].model_fields[key].description, key


@pytest.mark.parametrize("kind", POLICIES)
def test_every_policy_has_a_docstring_and_says_its_effect(kind):
    assert POLICIES[kind].__doc__
    needs = {"offtake_finance": {"plant": "caremag"}, "price_floor": {"plants": ["lamp"], "product": "ndpr_oxide", "floor_usd_per_kg": 99}}
    policy = POLICIES[kind].model_validate(needs.get(kind, {}))
    assert len(policy.effect().split()) >= 4


@pytest.mark.parametrize("what", ["events", "policies", "records"])
def test_everything_listed_has_a_meaning(what):
    for name, meaning in listing(what):
        assert meaning.strip(), name


# records, columns, controls -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def run():
    return sim.run(shipped("shadow_embargo_2010"), replicates=2, weeks=2, records="full")


@pytest.mark.parametrize("name", RECORDS)
def test_every_record_has_a_unit_axes_and_a_meaning(name):
    record = RECORDS[name]
    assert record.name == name
    assert record.unit
    assert record.axes
    assert record.meaning
    assert record.how in ("sum", "mean", "last")


@pytest.mark.parametrize("name", RECORDS)
def test_every_record_has_a_row_for_every_label(name, run):
    values, labels = run.array(name)
    assert values.shape == (2, 2, len(labels))
    assert values.dtype == np.float32
    assert {len(label) for label in labels} <= {len(RECORDS[name].axes)}
    assert len({tuple(label) for label in labels}) == len(labels)


@pytest.mark.parametrize("name", RECORDS)
def test_every_record_is_told_of_a_world(name):
    scenario = shipped("baseline_2024")
    assert Recorder(scenario.network(), scenario.rows(), (name,)).labels_of(name)


def test_studies_keep_records_that_a_full_run_keeps():
    assert set(STUDY) < set(FULL)


@pytest.mark.parametrize("column", columns_in(State), ids=lambda c: c.name)
def test_every_column_of_the_state_has_axes_a_unit_and_a_meaning(column):
    assert column.axes
    assert column.unit
    assert column.meaning


@pytest.mark.parametrize("name", CONTROLS)
def test_every_control_has_a_unit_a_meaning_and_a_rule_of_combining(name):
    control = CONTROLS[name]
    assert control.unit
    assert control.meaning
    assert control.combine in ("minimum", "maximum", "product", "sum")


# sources --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", TABLES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_every_source_of_a_table_is_listed(path):
    with path.open(newline="", encoding="utf-8") as file:
        used = {key.strip() for row in csv.DictReader(file) for key in row["source"].split(";")}
    assert used - SOURCES == set()


@pytest.mark.parametrize("path", WORLDS, ids=lambda p: p.parent.name)
def test_every_source_of_a_world_is_listed(path):
    meta = read(path)
    assert source_keys(meta) - SOURCES == set()
    for name, number in meta["parameters"].items():
        assert number["source"], name


def test_every_source_says_what_it_is_and_whether_it_was_seen():
    for key, source in read(shipped_folder() / "sources.yaml").items():
        assert source["title"], key
        assert source["year"], key
        assert source["status"], key
