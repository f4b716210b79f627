"""Policies that answer together: as each alone where they do not meet, each with its own memory, all of it paid for."""

import numpy as np
import pytest

import sim
from sim.runner import chosen_policy
from sim.scenario.faults import ScenarioError
from tests.laws.islands import islands
from tests.policies.kinds import NOW, OUTAGE, RECORDS

STORE = "{kind: stockpile, target_days: 60, fill_weeks: 20, trigger: 0.8}"
WIDER = f"{{kind: capacity_subsidy, name: wider, country: JPN, plants: [east_magnet_n], build_weeks: 20, {NOW}}}"
MORE = f"{{kind: capacity_subsidy, name: more, country: JPN, plants: [east_magnet_uh], cost_musd: 20, {NOW}}}"


def ran(policy):
    return sim.run(islands([OUTAGE], weeks=60, policy=policy), replicates=2, seed=3, records=RECORDS)


def paid(result, line):
    values, labels = result.array("budget")
    rows = [n for n, label in enumerate(labels) if label[0] == "JPN" and label[1] == line]
    return values[:, :, rows].astype(np.float64).sum(1)


def test_a_portfolio_of_one_policy_and_none_is_that_policy_to_the_last_bit():
    alone, together = ran(STORE), ran(f"{{portfolio: [none, {STORE}]}}")
    for name in RECORDS:
        assert alone.array(name)[0].tobytes() == together.array(name)[0].tobytes(), name


def test_every_policy_of_a_portfolio_is_paid_for_as_if_it_were_alone():
    both = paid(ran(f"{{portfolio: [{WIDER}, {MORE}]}}"), "subsidy")
    assert both == pytest.approx(paid(ran(WIDER), "subsidy") + paid(ran(MORE), "subsidy"))
    assert (both > 0.0).all()


def test_a_list_is_short_for_a_portfolio_and_its_name_joins_those_of_its_policies():
    short, spelled_out = islands(policy=f"[none, {STORE}]"), islands(policy=f"{{portfolio: [none, {STORE}]}}")
    assert short.file.policy == spelled_out.file.policy
    assert short.file.policy.label == "none+stockpile"
    assert islands(policy=f"{{name: both, portfolio: [none, {STORE}]}}").file.policy.label == "both"


def test_a_portfolio_is_chosen_by_names_and_by_what_a_result_keeps_of_it():
    scenario = islands()
    chosen = chosen_policy(scenario, "none,stockpile")
    assert [p.kind for p in chosen.together()] == ["none", "stockpile"]
    assert chosen_policy(scenario, chosen.model_dump(mode="json")) == chosen
    assert chosen_policy(scenario, ["stockpile"]).kind == "stockpile"


def test_a_policy_of_a_portfolio_that_does_not_fit_the_world_is_named():
    with pytest.raises(ScenarioError, match="policy: recycling_support: country: no plant in AUS loses swarf"):
        chosen_policy(islands(), ["none", {"kind": "recycling_support", "country": "AUS"}])


def test_the_effect_of_a_portfolio_tells_every_policy():
    told = islands(policy=f"{{portfolio: [{WIDER}, {STORE}]}}").file.policy.effect()
    assert "east_magnet_n" in told
    assert "60 days" in told
