"""Bad input: one clear error with file, line, key and what to write instead; exit code 2, nothing half-written."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.scenario.faults import ScenarioError
from sim.scenario.load import parse

WORLDS = Path(__file__).parents[1] / "worlds"
GOOD = """title: x
world: islands
start: 2009
weeks: 60
events:
  - kind: shadow_embargo
    start: 2009-03-02
    end: 2009-05-04
    selection: {seller_country: CHN, buyer_country: JPN}
    clears: 0.2
"""


def loaded(text: str) -> None:
    parse(text, WORLDS / "made.yaml", "made").check()


def test_the_good_scenario_is_good():
    loaded(GOOD)
    loaded(GOOD.replace("buyer_country: JPN", "element: [Pm, Dy]"))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("clears: 0.2", "cleared: 0.2", r"made.yaml:10: events\[0\].cleared: unknown key; did you mean 'clears'"),
        ("weeks: 60", "week: 60", "made.yaml:4: week: unknown key; did you mean 'weeks'"),
        ("seller_country", "seler_country", r"selection.seler_country: unknown key; did you mean 'seller_country'"),
        ("clears: 0.2", "clears: 1.5", r"made.yaml:10: events\[0\].clears: .* write a value from 0 to 1"),
        ("clears: 0.2", "clears: {low: 0.5, mode: 0.2, high: 0.6}", "write them in rising order"),
        ("clears: 0.2", "clears: much", r"made.yaml:10: events\[0\].clears"),
        ("end: 2009-05-04", "end: 2009-02-02", r"made.yaml:8: events\[0\].end: .* is not after start"),
        ("JPN", "JPX", "'JPX' is no buyer country of this world; did you mean 'JPN'"),
        ("buyer_country: JPN", "product: dy_oxid", "'dy_oxid' is no product of this world; did you mean 'dy_oxide'"),
        ("buyer_country: JPN", "buyer_country: CHN", "matches no cargo between countries"),
        ("buyer_country: JPN", "element: Xx", "'Xx' is no element of this world"),
        ("shadow_embargo", "shadow_embarg", "is not known; did you mean 'shadow_embargo'"),
        ("start: 2009\n", "start: 2015\n", "made.yaml:3: start: .*complete starts: 2009"),
        ("world: islands", "world: nowhere", "made.yaml:2: world: no world 'nowhere'"),
        ("2009-03-02\n    end: 2009-05-04", "2012-03-02\n    end: 2012-05-04", "lies after the run's last week"),
        ("weeks: 60", "weeks: 0", "made.yaml:4: weeks"),
        ("title: x", "title: [x", "not readable as YAML"),
        (GOOD, "", "a scenario is a mapping"),
    ],
)
def test_a_fault_names_file_line_key_and_remedy(old, new, says):
    with pytest.raises(ScenarioError, match=says):
        loaded(GOOD.replace(old, new))


def test_overlapping_quota_periods_are_refused():
    quota = """
  - kind: export_quota
    start: 2009-01-05
    periods:
      - {start: 2009-01-05, end: 2009-07-06, tonnes: 10}
      - {start: 2009-06-01, end: 2009-12-07, tonnes: 10}
"""
    with pytest.raises(ScenarioError, match="periods overlap"):
        loaded(GOOD + quota.lstrip("\n"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "myanmar_stop", "--replicates", "0"],
        ["run", "myanmar_stop", "--policy", "nonsense"],
        ["run", "myanmar_stop", "--weeks", "0"],
        ["run", "myanmar_stop", "--seed", "-1"],
        ["run", "nothing_such"],
        ["plot", "/nowhere"],
        ["list", "nothing"],
        ["check"],
        ["diff", "myanmar_stop", "nothing_such"],
    ],
)
def test_the_command_ends_with_code_two_and_no_traceback(arguments):
    ended = CliRunner().invoke(app, arguments)
    assert ended.exit_code == 2
    assert "error:" in ended.output
    assert "Traceback" not in ended.output


def test_a_folder_with_other_things_is_not_written_into(tmp_path):
    (tmp_path / "kept.txt").write_text("mine")
    ended = CliRunner().invoke(
        app, ["run", str(WORLDS / "stop.yaml"), "--replicates", "1", "--weeks", "2", "--out", str(tmp_path)]
    )
    assert ended.exit_code == 2
    assert [p.name for p in tmp_path.iterdir()] == ["kept.txt"]


def test_new_resolve_and_diff_hang_together(tmp_path):
    runner = CliRunner()
    made = tmp_path / "mine.yaml"
    assert runner.invoke(app, ["new", "scenario", str(made)]).exit_code == 0
    assert runner.invoke(app, ["check", str(made)]).exit_code == 0
    resolved = tmp_path / "resolved.yaml"
    resolved.write_text(runner.invoke(app, ["resolve", str(made)]).output)
    assert runner.invoke(app, ["check", str(resolved)]).exit_code == 0
    assert "no difference" in runner.invoke(app, ["diff", str(made), str(resolved)]).output
    assert runner.invoke(app, ["new", "scenario", str(made)]).exit_code == 2


def test_import_and_help_stay_light():
    heavy = "[m for m in ('numba', 'pandas', 'matplotlib', 'mesa', 'pyarrow', 'pydantic', 'scipy') if m in sys.modules]"
    for code in (f"import sys, sim; print({heavy})", f"import sys, sim.cli; print({heavy})"):
        ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert ended.stdout.strip() == "[]"
