"""The studies that come with the package, and answers that act together."""

import pytest

from sim.policies import KINDS
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
    alone = {k for k, v in KINDS.items() if not any(f.is_required() for f in v.model_fields.values())}
    assert entered | left_out | {"none"} >= alone


def test_a_portfolio_acts_as_its_policies_together(tmp_path):
    from soaking import RACE

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
