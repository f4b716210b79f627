"""A policy that does not fit its world says which key, and what to write instead."""

import pytest

from sim.policies import KINDS
from sim.scenario.load import ScenarioError
from tests.laws.islands import islands
from tests.policies.kinds import POLICIES, text

FAULTS = [
    ("stockpile", "country: AUS", "policy.country: no store of AUS"),
    ("stockpile", "release_by: minister", "write release_from, the first day of release"),
    ("stockpile", "allocate_to: [cars]", "policy.allocate_to: 'cars' is no end use or kind of site of this world; did you mean 'car'"),
    ("firm_reserves", "products: [ndpr_oxid]", "policy.products: 'ndpr_oxid' is no product of this world; did you mean"),
    ("firm_reserves", "country: JAP", "policy.country: 'JAP' is no country of this world; did you mean 'JPN'"),
    ("capacity_subsidy", "country: JPN", "policy.projects: no project waits in JPN; name projects or plants elsewhere"),
    ("capacity_subsidy", "projects: [isle_light]", "policy.projects: 'isle_light' stands already; name it under plants"),
    ("capacity_subsidy", "plants: [second_hill]", "policy.plants: 'second_hill' is a project; name it under projects"),
    ("capacity_subsidy", "country: AUS, share: 0.6", "policy.share: 0.6 is out of range; write 0.5 or less"),
    ("offtake_finance", "loan_musd: 5", "policy.plant"),
    ("offtake_finance", "plant: second_lite", "policy.plant: 'second_lite' is no plant of this world; did you mean 'second_light'"),
    ("offtake_finance", "plant: second_light, offtake: {dy_oxide: 1}", "policy.offtake: second_light does not make 'dy_oxide'"),
    ("price_floor", "plants: [isle_light], product: dy_oxide, floor_usd_per_kg: 1", "policy.product: isle_light does not make"),
    ("stockpile", "country: JPN, source: nowhere", "policy.source: 'nowhere' is in no sources.yaml"),
    ("shared_stock", "host: AUS", "policy.host: no store of AUS"),
    ("shared_stock", "members: [AUS]", "policy.members: no store of JPN may serve AUS; see shared_stores in world.yaml"),
    ("joint_purchase", "members: [JPN]", "policy.members"),
    ("joint_purchase", "members: [JPN, AUS]", "policy.members: no two of JPN, AUS use the same"),
    ("single_source_cap", "origin: JPN", "policy.origin: JPN is the buyers' own country; name another"),
    ("substitution_support", "technology: magic", "policy.technology: 'magic' is not known"),
    ("substitution_support", "end_uses: [boat]", "policy.end_uses: 'boat' is no end use of this world"),
    ("recycling_support", "country: AUS", "policy.country: no plant in AUS loses swarf"),
    ("wto_case", "stages: [{after_weeks: 0, measures: [licence_desk]}]", "policy.stages"),
    ("counter_measure", "direction: exports", "policy.direction: a tariff lies on imports"),
    ("relaxation_talks", "measures: [mood]", "policy.measures: 'mood' cannot be eased; write some of"),
    ("embargoers_rule", "escalates: true, target: AUS, products: [dy_oxide]", "policy.products: nobody in AUS uses dy_oxide"),
    ("counter_measure", "when: {start: 2010-01-04, end: 2009-01-05}", "policy.when.end: end 2009-01-05 is not after start"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "numbers", "message"), FAULTS)
def test_a_policy_that_does_not_fit_says_what_to_write(kind, numbers, message):
    with pytest.raises(ScenarioError) as fault:
        islands(policy=text(kind, numbers)).check()
    assert message in str(fault.value)
    assert "made.yaml:" in str(fault.value)


@pytest.mark.parametrize("kind", POLICIES)
def test_the_effect_of_a_policy_is_a_sentence_with_who_and_what(kind):
    scenario = islands(policy=text(kind, POLICIES[kind][0]))
    effect = scenario.file.policy.effect()
    assert len(effect.split()) >= 8
    assert "  " not in effect
    assert not effect.endswith(".")


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_of_a_policy_has_a_description(kind):
    for key, field in KINDS[kind].model_fields.items():
        assert field.description or key == "kind", key
