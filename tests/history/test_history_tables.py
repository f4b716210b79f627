"""The tables of history: classes as agreed, sources known, faults told by file and line."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from sim.history.rivals import rivals
from sim.history.scores import CALLS, judged
from sim.history.tables import read_history
from sim.scenario.load import load
from sim.scenario.tables import WorldError
from sim.scenario.world import shipped_folder

WORLD = shipped_folder() / "worlds" / "rare_earths"


@pytest.fixture(scope="module")
def history():
    return read_history(WORLD)


@pytest.fixture
def copy(tmp_path):
    place = tmp_path / "world"
    place.mkdir()
    shutil.copytree(WORLD / "history", place / "history")
    shutil.copy(shipped_folder() / "sources.yaml", tmp_path / "sources.yaml")
    return place


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_facts_kept_apart_are_those_agreed(history):
    kinds = {f.name: f.kind for f in history.facts}
    assert all(
        k == "test" for n, k in kinds.items() if n.startswith(("A11 Tb", "A15", "A23", "A29", "A27 2012", "A27 2014"))
    )
    assert all(k == "test" for n, k in kinds.items() if n.startswith("A11") and n.endswith(("2013", "2014")))
    assert all(
        k == "training" for n, k in kinds.items() if n.startswith(("A6", "A14", "A16", "A18", "A28", "A4 ", "A2 "))
    )
    assert all(
        k == "assumption" for n, k in kinds.items() if n.startswith(("A17", "A20", "A21", "A22", "A25", "A26", "C"))
    )
    assert all(k == "seen" for n, k in kinds.items() if n.startswith(("A1 ", "A3", "A9", "A10", "A12", "A13", "A19")))


def test_no_fact_that_is_scored_lies_after_2014(history):
    scored = [f for f in history.facts if f.is_scored]
    years = [int(p[:4]) for f in scored for p in f.when.split(":") if p[:4].isdigit() and len(p) >= 4]
    assert max(years) <= 2014
    assert not [f.name for f in scored if f.scenario]


def test_predictions_hold_no_data_and_are_of_what_was_not_looked_up(history):
    said = [f for f in history.facts if f.kind == "prediction"]
    assert {f.series[0] for f in said if not f.scenario} == {"fob_eu", "fob_gd", "fob_y", "fob_tb"}
    assert {f.scenario for f in said} >= {"licence_desk_2025", "dual_use_japan_2026", "myanmar_stop"}


def test_each_scenario_keeps_the_series_its_facts_are_read_on(history):
    mine = history.series_of("licence_desk_2025")
    assert "stops_japan" in mine
    assert "permit" not in mine
    assert "stops_japan" not in history.series_of("")
    assert {"quota", "fob_eu", "permit"} <= set(history.series_of(""))


def test_dysprosium_is_never_fitted_to(history):
    told = {f.name: {*f.series, *f.against} for f in history.facts if f.kind == "training"}
    assert not [name for name, series in told.items() if any("dy" in s.split("_") for s in series)]


CLASSES = {"training": 82, "seen": 46, "test": 26}
"""Facts of each class; a change of these numbers is told in the changelog."""


def test_no_fact_goes_or_comes_unseen(history):
    assert {kind: sum(f.kind == kind for f in history.facts) for kind in CLASSES} == CLASSES


@pytest.mark.parametrize(
    ("table", "old", "new", "told"),
    [
        ("facts", "adamas_2025", "nowhere", r"facts.csv:2: source: 'nowhere' is not in scenarios/sources.yaml"),
        ("facts", ",seen,,peak,", ",future,,peak,", r"facts.csv:2: class: 'future' is not known"),
        ("facts", ",seen,,peak,", ",seen,,top,", r"facts.csv:2: reader: 'top' is not known"),
        ("facts", "15..30", "about 20", r"facts.csv:2: tolerance: 'about 20' is no tolerance"),
        ("facts", "fob_dy", "fob_gold", r"facts.csv:2: series: 'fob_gold' is not in series.csv"),
        ("facts", ",seen,,peak", ",seen,licence_desk,peak", r"facts.csv:2: scenario: 'licence_desk' is no shipped scenario"),
        ("facts", ",seen,,peak", ",seen,myanmar_stop,peak", r"facts.csv:2: scenario: what is scored is read on the replay"),
        ("facts", ",prediction,,peak,fob_eu,,quarter,2009,,,", ",prediction,,peak,fob_eu,,quarter,2009,9,,", r"value: a prediction has neither"),
        ("before", "3.44", "cheap", r"before.csv:2: value: 'cheap' is no number"),
        ("series", ",mean,", ",median,", r"series.csv:2: combined: 'median'; write one of sum, content, mean, total"),
    ],
)
def test_faults_name_file_line_and_column(copy, table, old, new, told):
    change(copy / "history" / f"{table}.csv", old, new)
    with pytest.raises(WorldError, match=told):
        read_history(copy)


def test_rivals_produce_prices_and_the_toy_makes_the_peaks_of_2011(history):
    scenario = load("shadow_embargo_2010")
    quota = np.full(scenario.file.weeks, 30_000 / 52.0)
    quota[78:104] = 8_000 / 26.0
    calendar = scenario.calendar()
    found = rivals(history, [calendar.monday(w) for w in range(scenario.file.weeks)], quota)
    peaks = {k: v.max() / v[0, 0] for k, v in found["toy"].values.items() if k.startswith("fob_")}
    assert peaks["fob_ce"] > 20.0 > peaks["fob_ndpr"] > 8.0
    assert set(found["no change"].values["fob_dy"][0]) == {115.67}
    last = found["AR(1)"].values["fob_tb"][0, -1]
    assert 361.67 < last < 720.77
    for rival in found.values():
        assert sum(v.call in CALLS for v in judged(rival, history.facts)) > 60
