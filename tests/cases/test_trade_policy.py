"""Dated trade policy: duty and refund of a world's table act from their day on, unless the run is at rest or holds them."""

import shutil

import numpy as np
import pytest

import sim
from sim.faces.showing import explanation
from sim.runner import make_world
from tests.laws.islands import WORLDS

ROWS = """CHN,export_duty,2846,2000-01-01,2009-02-04,15,,,assumed,made_up,
CHN,export_duty,2846,2009-02-05,,35,,,assumed,made_up,
CHN,vat_refund,850511,2000-01-01,2009-02-08,17,,,assumed,made_up,
CHN,vat_refund,850511,2009-02-09,,10,,,assumed,made_up,
"""
FILE = "title: x\nworld: islands\nstart: 2009\nweeks: 10\nevents: []\n"
CASE = "policy: {kind: wto_case, country: JPN, when: {start: 2009-01-05}, lag_weeks: 2, stages: [{after_weeks: 1, measures: [export_duty]}]}\n"


@pytest.fixture
def made(tmp_path):
    """A scenario in a copy of the islands whose duty on oxides rises on a Thursday and whose refund falls on a Monday."""
    shutil.copytree(WORLDS / "islands", tmp_path / "islands")
    table = tmp_path / "islands" / "policies.csv"
    kept = [line for line in table.read_text().splitlines() if "export_duty" not in line and "vat_refund" not in line]
    table.write_text("\n".join(kept) + "\n" + ROWS)

    def scenario(more=""):
        path = tmp_path / f"case{len(list(tmp_path.iterdir()))}.yaml"
        path.write_text(FILE + more)
        return sim.load(path)

    return scenario


def duties(scenario, weeks=7):
    """Share of duty on an oxide that leaves the north, and of VAT kept on a magnet from there, week by week."""
    world = make_world(scenario, [0, 1], seed=0)
    net = world.network
    lane = next(
        k for k in np.flatnonzero(net.crosses)
        if net.country_of(net.seller[k]) == "CHN" and net.points[net.seller[k]].product == "la_oxide"
    )  # fmt: skip
    point = next(
        k for k, p in enumerate(net.points) if p.role == "sold" and net.country_of(k) == "CHN" and p.product == "ndfeb_n"
    )
    found = []
    for _ in range(weeks):
        world.step()
        found.append((float(world.w.duty_rate[0, lane]), float(world.vat_kept[0, point])))
    return np.array(found).T


def test_a_change_in_the_midst_of_a_week_holds_for_the_share_of_its_days(made):
    """5 February 2009 is a Thursday of the fifth week: four of seven days at 35 %. 9 February is a Monday."""
    duty, kept = duties(made())
    assert duty.tolist() == pytest.approx([0.15] * 4 + [0.15 + 0.2 * 4 / 7, 0.35, 0.35])
    assert kept.tolist() == pytest.approx([0.0] * 5 + [0.07, 0.07])


def test_the_price_abroad_follows_in_that_week(made):
    scenario = made()
    world = make_world(scenario, [0], seed=0)
    for _ in range(6):
        ask = world.state.ask.copy()
        world.step()
    net, k, w = world.network, world.k, world.w
    lane = next(n for n in np.flatnonzero(net.crosses) if k.duty[0, n] > 0.0)
    point = net.seller[lane]
    fob = ask[0, point] * (1.0 + world.vat_kept[0, point]) * 1.35 + world.state.premium[0, point] + w.lane_rent[0, lane]
    assert w.price[0, lane] == pytest.approx(fob + net.freight[lane])


@pytest.mark.parametrize("more", ["at_rest: true\n", "without: [trade_policy]\n", "trade_policy_until: 2009-02-01\n"])
def test_what_is_held_stays_as_at_the_start(made, more):
    duty, kept = duties(made(more))
    assert duty.tolist() == pytest.approx([0.15] * 7)
    assert kept.tolist() == pytest.approx([0.0] * 7)


def test_a_day_between_two_changes_lets_only_the_first_act(made):
    duty, kept = duties(made("trade_policy_until: 2009-02-07\n"))
    assert duty[-1] == pytest.approx(0.35)
    assert kept[-1] == 0.0


def test_a_ruling_eases_the_duties_in_force_and_those_that_came_later(made):
    """The case is filed in week 0, the ruling comes 2 weeks later, duties are eased a week after that; all know it a week later."""
    duty, _ = duties(made(CASE))
    assert duty[0] == pytest.approx(0.15)
    assert duty[-1] == 0.0


def test_an_event_sets_the_rate_whatever_the_table_says_by_then(made):
    event = "events:\n  - {kind: export_duty, start: 2009-01-05, percent: 20, selection: {seller_country: CHN, stage: oxide}}\n"
    scenario = made().path
    scenario.write_text(FILE.replace("events: []\n", event))
    duty, _ = duties(sim.load(scenario))
    assert duty.tolist() == pytest.approx([0.2] * 7)


def test_explain_tells_what_comes_into_force_and_what_is_held_back(made):
    told = "\n".join(explanation(made()))
    assert "Comes into force in the run: Export duty of CHN on HS 2846: 35 %, from 2009-02-05" in told
    held = "\n".join(explanation(made("trade_policy_until: 2009-02-07\n")))
    assert "On record, held back by the scenario: VAT refunded by CHN on exports of HS 850511: 10 %" in held


def test_a_replicate_alone_pays_the_same_duty_as_in_a_block(made):
    scenario = made(CASE)
    together, alone = sim.run(scenario, replicates=3), sim.run(scenario, replicates=1)
    a, b = (r.array("price_fob", product="la_oxide", country="CHN")[0][0] for r in (together, alone))
    assert np.array_equal(a, b)
