"""Sensitivity: known functions are told apart as they should be, and a study is explained from end to end."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.analysis.sensitivity import explained, unit
from sim.cli import app
from sim.study.designs import drawn, spread
from sim.study.schema import Range, Vary

WORLDS = Path(__file__).parents[1] / "worlds"
PATHS = {"a": [0.0, 1.0], "b": {"low": 2.0, "mode": 3.0, "high": 8.0}, "c": {"low": 0.1, "high": 10.0, "scale": "log"}}
STUDY = f"""\
title: Small
scenarios: [{WORLDS / "stop.yaml"}]
replicates: 1
weeks: 40
metrics: [shortage_tonnes, peak_over_base]
vary:
  uncertainties: {{events.shadow_embargo.clears: [0.0, 0.9], parameters.swarf_weeks: [4, 12]}}
"""


@pytest.mark.parametrize("design", ["morris", "sobol_indices", "sobol", "latin_hypercube"])
def test_values_of_a_design_turn_back_into_its_points(design):
    vary = Vary.model_validate({"design": design, "draws": 8, "uncertainties": PATHS})
    _, values = drawn(vary, 3)
    ranges = list(vary.uncertainties.values())
    points = unit(values, [r.model_dump() for r in ranges])
    assert ((points > -1e-9) & (points < 1.0 + 1e-9)).all()
    back = np.stack([spread(points[:, n], r) for n, r in enumerate(ranges)], axis=1)
    assert back == pytest.approx(values)


def test_morris_finds_the_slopes_of_a_plane():
    vary = Vary.model_validate({"design": "morris", "draws": 6, "uncertainties": {k: [0, 1] for k in "abc"}})
    paths, points = drawn(vary, 0)
    found = explained("morris", paths, points, points @ np.array([1.0, -5.0, 0.0])).set_index("uncertainty")
    assert list(found.index) == ["b", "a", "c"]
    assert found.strength.to_dict() == pytest.approx({"b": 5.0, "a": 1.0, "c": 0.0})
    assert found.direction["b"] == pytest.approx(-5.0)
    assert found.half_width.max() == pytest.approx(0.0, abs=1e-9)


def test_sobol_shares_the_variance_of_a_plane():
    vary = Vary.model_validate({"design": "sobol_indices", "draws": 1024, "uncertainties": {k: [0, 1] for k in "ab"}})
    paths, points = drawn(vary, 0)
    found = explained("sobol_indices", paths, points, points @ np.array([1.0, 2.0])).set_index("uncertainty")
    assert found["strength"].to_dict() == pytest.approx({"b": 0.8, "a": 0.2}, abs=0.03)
    assert found["first"].to_dict() == pytest.approx({"b": 0.8, "a": 0.2}, abs=0.03)
    assert (found.half_width > 0.0).all()


def test_a_log_range_is_even_in_its_logarithm():
    assert spread(np.array([0.0, 0.5, 1.0]), Range(low=0.1, high=10.0, scale="log")) == pytest.approx([0.1, 1.0, 10.0])


def test_the_command_runs_the_design_and_says_what_drives_what(tmp_path):
    study = tmp_path / "small.yaml"
    study.write_text(STUDY)
    out = tmp_path / "out"
    ended = CliRunner().invoke(app, ["sensitivity", str(study), "--draws", "4", "--workers", "1", "--out", str(out)])
    assert ended.exit_code == 0, ended.output
    table = pd.read_csv(out / "sensitivity" / "sensitivity.csv")
    assert set(table.metric) == {"shortage_tonnes", "peak_over_base"}
    strongest = table.groupby(["metric", "label"]).first().uncertainty
    assert (strongest == "events.shadow_embargo.clears").all()
    assert (out / "sensitivity" / "tornado-stop.png").is_file()
    again = CliRunner().invoke(app, ["sensitivity", str(out)])
    assert again.exit_code == 0, again.output
