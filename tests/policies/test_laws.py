"""Laws of every policy: nothing where its trigger never fires, cost by year and line, every payment with two sides."""

import numpy as np
import pytest

from sim.policies import KINDS
from sim.runner import make_world
from sim.world.controls import BUDGET_LINES, Payment
from tests.laws.islands import COLUMNS, islands, world_of
from tests.policies.kinds import NEVER, POLICIES, QUOTA, STOP, WEEKS, replaced, run, seen, text

COMES_BACK = {"sales", "repayment", "interest", "dividend", "clawback"}
IDLE = {
    kind: replaced(numbers, when=NEVER.removeprefix("when: ")) for kind, (numbers, _) in POLICIES.items()
    if "when" in KINDS[kind].model_fields and kind != "firm_reserves"
}  # fmt: skip
IDLE["shared_stock"] = IDLE["stockpile"] = "target_days: 0"
IDLE["firm_reserves"] = "days: 0"
IDLE["embargoers_rule"] = "ledger_share: 10, pressure_share: 10"


def bits(policy, event, weeks=40):
    world = world_of(islands([event], weeks=weeks, policy=policy), range(2), seed=5)
    for _ in range(weeks):
        world.step()
    return {name: getattr(world.state, name).tobytes() for name in COLUMNS}, world


@pytest.mark.parametrize("kind", POLICIES)
def test_a_policy_whose_trigger_never_fires_leaves_every_bit_of_the_state(kind):
    event = POLICIES[kind][1].replace("2009-08-03", "2009-02-02").replace("2009-06-01", "2009-02-02")
    without, _ = bits("none", event)
    idle, world = bits(text(kind, IDLE[kind]), event)
    assert [name for name in COLUMNS if idle[name] != without[name]] == []
    assert (world.w.budget == 0.0).all()


@pytest.mark.parametrize("kind", POLICIES)
def test_a_replicate_alone_is_the_same_replicate_among_others(kind):
    numbers, event = POLICIES[kind]
    scenario = islands([event], weeks=50, policy=text(kind, numbers))
    alone, among = world_of(scenario, [1], seed=5), world_of(scenario, [0, 1, 2], seed=5)
    for _ in range(50):
        alone.step()
        among.step()
    for name in COLUMNS:
        assert getattr(alone.state, name)[0].tobytes() == getattr(among.state, name)[1].tobytes(), name


def test_answers_that_share_a_block_are_each_as_if_alone():
    """One block with every kind in a replicate of its own, all with the same luck, and each by itself."""
    scenarios = {kind: islands([STOP, QUOTA], weeks=WEEKS, policy=text(kind, numbers)) for kind, (numbers, _) in POLICIES.items()}
    answers = [scenario.file.policy.together() for scenario in scenarios.values()]
    first = next(iter(scenarios.values()))
    block = make_world(first, [4] * len(answers), seed=5, answers=answers)
    alone = [world_of(scenario, [4], seed=5) for scenario in scenarios.values()]
    for _ in range(WEEKS):
        for world in (block, *alone):
            world.step()
    for n, (kind, world) in enumerate(zip(scenarios, alone, strict=True)):
        for name in COLUMNS:
            assert getattr(world.state, name)[0].tobytes() == getattr(block.state, name)[n].tobytes(), (kind, name)
        assert world.w.budget[0].tobytes() == block.w.budget[n].tobytes(), kind


def test_a_block_is_shared_equally_or_not_at_all():
    with pytest.raises(ValueError, match="3 replicates cannot be shared equally by 2 answers"):
        make_world(islands([STOP]), [0, 1, 2], seed=5, answers=[[], []])


@pytest.mark.parametrize("kind", POLICIES)
def test_every_payment_is_of_nothing_or_more_between_two_accounts_on_a_known_line(kind):
    numbers, event = POLICIES[kind]
    world = world_of(islands([event], weeks=WEEKS, policy=text(kind, numbers)), range(2))
    seen_lines = set()
    for _ in range(WEEKS):
        world.step()
        for payment in world.paid:
            assert isinstance(payment, Payment)
            assert {payment.payer, payment.payee} <= set(world.rows.accounts)
            assert payment.payer != payment.payee
            assert payment.line in BUDGET_LINES
            assert (payment.usd >= 0.0).all()
            seen_lines.add(payment.line)
        money = world.state.money
        assert (np.abs(money.sum(1)) <= 1e-9 * np.abs(money).max(1)).all()
    assert seen_lines or kind == "embargoers_rule"


@pytest.mark.parametrize("kind", POLICIES)
def test_mass_is_conserved_under_every_policy(kind):
    numbers, event = POLICIES[kind]
    world = world_of(islands([event], weeks=WEEKS, policy=text(kind, numbers)), range(2))
    before = world.mass()
    for _ in range(WEEKS):
        world.step()
    np.testing.assert_allclose(world.mass() + world.used_up + world.lost - world.mined, before, rtol=1e-9, atol=0)


@pytest.mark.parametrize("kind", POLICIES)
def test_public_cost_is_the_sum_of_its_budget_lines_year_by_year(kind):
    numbers, event = POLICIES[kind]
    policy = text(kind, numbers)
    for first in (0, 52):
        lines = {x: seen(policy, event, "budget", first, min(first + 52, WEEKS), line=x) for x in BUDGET_LINES}
        assert sum(lines.values()) == pytest.approx(
            seen(policy, event, "public_cost", first, min(first + 52, WEEKS)), abs=50
        )
        for line, usd in lines.items():
            assert usd <= 0.0 if line in COMES_BACK else usd >= 0.0, line


@pytest.mark.parametrize("kind", POLICIES)
def test_every_policy_survives_being_written_and_read(kind):
    policy = run(text(kind, POLICIES[kind][0]), POLICIES[kind][1]).manifest["scenario"]["policy"]
    assert KINDS[kind].model_validate(policy).model_dump(mode="json") == policy
