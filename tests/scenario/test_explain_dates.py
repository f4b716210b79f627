"""What holds when: every date at which something begins, turns, fades or is gone cuts the run."""

from datetime import date

from sim.faces.showing import spans
from sim.scenario.load import load


def told(name: str) -> dict[date, str]:
    scenario = load(name)
    return {begin: ", ".join(names) for begin, _, names in spans(scenario, scenario.calendar())}


def test_a_step_of_a_desk_is_a_date_of_its_own():
    holds = told("licence_desk_2025")
    assert holds[date(2025, 4, 4)] == "control_april"
    assert holds[date(2025, 6, 27)] == "control_april (changed)"


def test_a_quota_is_told_by_its_period_and_a_stop_fades_before_it_is_gone():
    holds = told("shadow_embargo_2010")
    assert "quota (22,282 t)" in holds[date(2010, 1, 1)]
    assert "quota (7,976 t)" in holds[date(2010, 7, 1)]
    assert holds[date(2010, 9, 21)].startswith("stop, ")
    assert holds[date(2010, 10, 28)].startswith("stop (fading), ")
    assert not any(n.startswith("stop") for d, n in holds.items() if d >= date(2010, 12, 2))
