"""Every system stands in a shipped file: the map names only what exists, every kind and policy is used, governments act by rule."""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from ruamel.yaml import YAML

import sim
from sim.events import KINDS as EVENTS
from sim.events.event import Uncertain
from sim.policies import KINDS as POLICIES
from sim.scenario.load import Scenario, load, shipped_names
from sim.scenario.world import shipped_folder
from sim.study.load import shipped_studies

MAP = (shipped_folder() / "README.md").read_text(encoding="utf-8")
ROWS = [cells for line in MAP.splitlines() if len(cells := line.split("|")[1:-1]) == 4][2:]


def study(name):
    return YAML(typ="safe").load((shipped_folder() / "studies" / f"{name}.yaml").read_text(encoding="utf-8"))


def policies_written() -> set[str]:
    """Kinds of policy that a scenario or a study names; those that enter a race by ``all`` do not count."""
    named = {p.kind for n in shipped_names() for p in load(n, check=False).file.policy.together()}
    for name in shipped_studies():
        file = study(name)
        answers = file.get("policies", [])
        answers = ([] if answers == "all" else answers) + [p for f in file.get("portfolios", []) for p in f["policies"]]
        named |= {p if isinstance(p, str) else p["kind"] for p in answers} - {"all"}
    return named


def test_every_kind_of_event_stands_in_a_shipped_scenario():
    assert {e.kind for n in shipped_names() for e in load(n, check=False).file.events} == set(EVENTS)


def test_every_policy_stands_in_a_shipped_scenario_or_study():
    assert policies_written() == set(POLICIES)


def test_the_map_names_only_files_that_exist():
    named = {word for row in ROWS for word in re.findall(r"`([a-z0-9_]+)`", row[1])}
    assert named - set(shipped_names()) - set(shipped_studies()) == set()
    assert len(ROWS) == 21


def test_every_shipped_scenario_and_study_stands_on_the_map():
    told = set(re.findall(r"`([a-z0-9_]+)`", MAP))
    assert {*shipped_names(), *shipped_studies()} - told == set()


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r[0].strip())
def test_every_system_has_a_scenario_and_a_record_that_shows_it(row):
    # other chains are worlds of their own
    assert ("`" in row[1] and "`" in row[3]) or row[1].split()[0] in ("none;", "every", "project")


# governments that act by rule -----------------------------------------------------------------------------------------


@cache
def shipped(name: str) -> Scenario:
    return load(name, check=False)


@cache
def ran(name: str, policy: str | None = None, weeks: int = 130) -> dict[str, np.ndarray]:
    """Exports of the exporter to Japan by product, and the ledger it sees, (replicate, week)."""
    result = sim.run(shipped(name), policy, replicates=2, weeks=weeks, records=("exports", "ledger_seen"))
    values, labels = result.array("exports", seller="CHN", buyer="JPN")
    found = {label[2]: values[:, :, n] for n, label in enumerate(labels)}
    seen, _ = result.array("ledger_seen", country="CHN")
    return {**found, "all": values.sum(2), "ledger": np.asarray(seen[:, :, 0])}


def test_an_embargoer_that_loses_by_its_own_books_relents():
    by_rule, without = ran("embargo_relents"), ran("embargo_relents", "none")
    assert (without["ledger"][:, 53:66].sum(1) < 0.0).all()
    eased, held = (run["all"][:, 91:].sum(1) for run in (by_rule, without))
    assert (eased > 1.05 * held).all()
    assert eased.sum() > 1.3 * held.sum()


def test_an_embargoer_that_gains_goes_a_step_on_and_only_for_the_goods_named():
    by_rule, without = ran("embargo_escalates"), ran("embargo_escalates", "none")
    assert (by_rule["ledger"][:, :120].sum(1) > 0.0).all()
    named = shipped("embargo_escalates").file.policy.together()[0].products
    step = [sum(run[p][:, 117:].sum() for p in named if p in run) for run in (by_rule, without)]
    assert step[0] < 0.1 * step[1]
    assert by_rule["la_oxide"][:, 117:].sum() == pytest.approx(without["la_oxide"][:, 117:].sum(), rel=0.25)


def test_a_stop_of_one_buyer_loses_and_a_ration_without_a_rival_gains_most_of_it_only_while_enforced():
    from sim.analysis.ledger import RECORDS, ledger
    from sim.paired import Terms
    from sim.study.part import background_only

    stop, ration = (shipped(f"thousand_for_seven_hundred{end}") for end in ("", "_rationed"))
    slack = ration.file.events[0].model_copy(update={"enforcement": Uncertain(low=0, mode=0, high=0)})
    leaky = replace(ration, file=ration.file.model_copy(update={"events": [slack]}), network_cache=ration.network())
    tables = []
    for scenario, replicates, weeks in ((stop, 4, 208), (ration, 2, 182), (leaky, 2, 182)):
        files = (background_only(scenario), scenario)
        before, after = (sim.run(f, "none", replicates=replicates, weeks=weeks, records=RECORDS) for f in files)
        tables.append(ledger(before, after, terms=Terms()))
    assert tables[0]["net"].mean() < 0.0
    assert (tables[1]["revenue"] > 0.0).all()
    assert tables[2]["revenue"].mean() < 0.25 * tables[1]["revenue"].mean()
    assert (tables[2]["leak_margin"] > tables[2]["revenue"]).all()


@pytest.mark.parametrize("name", ["comprehensive_strategy_2010", "lynas_loan_2011"])
def test_scenarios_of_the_stop_of_2010_have_one_background(name):
    def background(scenario):
        return {e.name: e for e in load(scenario, check=False).file.events if e.background}

    assert background(name) == background("shadow_embargo_2010")
