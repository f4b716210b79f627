"""The studies that come with the package, and answers that act together."""

import pytest
from soaking import RACE

from sim.policies import KINDS
from sim.scenario.faults import ScenarioError
from sim.scenario.load import load
from sim.study.load import load_study, shipped_studies
from sim.study.plan import changed, expand
from sim.study.run import run_study
from sim.study_result import KEYS


@pytest.mark.parametrize("name", shipped_studies())
def test_a_shipped_study_loads_and_its_quick_form_is_small(name):
    study = load_study(name)
    plan = expand(changed(study, quick=True))
    assert plan.content["replicates"] <= 4
    assert max(s["weeks"] for s in plan.scenarios) == 156
    assert plan.runs * 156 <= expand(study).run_weeks


@pytest.mark.parametrize("name", [n for n in shipped_studies() if n.startswith("policy_race")])
def test_every_policy_there_is_enters_a_race_by_itself(name):
    study = load_study(name)
    entered = {a.policies[0].kind for a in study.answers}
    left_out = {note.split(":")[0] for note in study.notes}
    assert entered | left_out | {"none"} >= set(KINDS)


def race(tmp_path, policies):
    text = RACE.read_text().replace("stop.yaml", str(RACE.parent / "stop.yaml"))
    path = tmp_path / "written.yaml"
    path.write_text(text[: text.index("policies:")] + f"policies: {policies}\n" + text[text.index("replicates:") :])
    return path


def test_all_adds_what_is_not_named_and_leaves_out_what_does_not_fit(tmp_path):
    study = load_study(race(tmp_path, "[{kind: stockpile, target_days: 7}, all, {kind: none}]"))
    assert study.answers[0].policies[0].target_days == 7
    assert len([a for a in study.answers if a.policies[0].kind == "stockpile"]) == 1
    assert {a.name for a in study.answers} | {n.split(":")[0] for n in study.notes} >= set(study.file.entered)


def test_what_is_named_beside_all_must_fit(tmp_path):
    with pytest.raises(ScenarioError, match=r"policies\[1\]: stockpile in stop: no store of AUS"):
        load_study(race(tmp_path, "[all, {kind: stockpile, country: AUS}]"))


def test_the_quick_form_takes_the_first_value_of_each_lever():
    quick = changed(load_study("policy_race_2010"), quick=True)
    assert [a.name for a in quick.answers if a.name.startswith("stockpile")] == ["stockpile(target_days=30)"]


def test_a_portfolio_acts_as_its_policies_together(tmp_path):
    text = RACE.read_text().replace("stop.yaml", str(RACE.parent / "stop.yaml"))
    text += """portfolios:
  - name: both
    policies: [{kind: none}, {kind: stockpile, country: JPN, target_days: 90, fill_weeks: 8}]
"""
    path = tmp_path / "both.yaml"
    path.write_text(text)
    runs = run_study(path, tmp_path / "out", replicates=2).runs()
    numbers = [c for c in runs.columns if c not in ("run", *KEYS)]
    alone, both = (
        runs[(runs.world == "p") & (runs.policy == p)][numbers].reset_index(drop=True) for p in ("store", "both")
    )
    assert both.equals(alone)


def test_what_matters_varies_numbers_over_the_ranges_of_the_world():
    study = load_study("what_matters")
    known = load("shadow_embargo_2010").network().parameters
    varied = {k.removeprefix("parameters."): v for k, v in study.file.vary.uncertainties.items() if k.startswith("parameters.")}
    assert len(varied) >= 6
    for name, span in varied.items():
        low, _, high = known[name]
        assert (span.low, span.high) == (low, high), f"{name} varies over a range that is not the world's"
