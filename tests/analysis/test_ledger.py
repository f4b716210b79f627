"""The embargoer's ledger: its parts add up, each is what it says, and it is empty against itself."""

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.ablation import without
from sim.analysis.ledger import ENTRIES, entries, ledger
from sim.paired import Terms, basis_of
from sim.result import Result
from sim.scenario.load import load
from sim.store import ResultError

STOP = Path(__file__).parents[1] / "worlds" / "stop.yaml"


@pytest.fixture(scope="module")
def pair():
    scenario = load(STOP)
    background = sim.run(without(scenario, "shadow_embargo"), replicates=3, weeks=34)
    return background, sim.run(scenario, replicates=3, weeks=34)


def made(tonnes: float, price: float, home: float, duty: float, rent: float, stopped: float, abroad: float) -> Result:
    """One week of one exporter that sends one oxide to one buyer: t, USD/kg, USD/kg at home, USD, USD, lines, t abroad."""
    one = {
        "exports": (["CHN", "JPN", "nd_oxide"], tonnes),
        "exports_usd": (["CHN", "JPN", "nd_oxide"], tonnes * price * 1000.0),
        "price_domestic_net": (["nd_oxide", "CHN"], home),
        "price_fob": (["nd_oxide", "CHN"], price),
        "price_traded": (["nd_oxide", "JPN"], price),
        "duty_paid": (["nd_oxide", "CHN"], duty),
        "rent_paid": (["nd_oxide", "CHN"], rent),
        "leak_margin": (["nd_oxide", "CHN"], 2.0 * rent),
        "use": (["Nd", "CHN", "car"], 4.0),
        "use_gross": (["nd_oxide", "CHN", "car"], 5.0),
        "line_stop": (["CHN", "car"], stopped),
    }
    axes = {name: [labels] for name, (labels, _) in one.items()}
    arrays = {name: np.full((1, 1, 1), value, dtype=np.float32) for name, (_, value) in one.items()}
    axes["production"] = [["north", "nd_oxide"], ["reef", "nd_oxide"]]
    arrays["production"] = np.array([[[30.0 - abroad, abroad]]], dtype=np.float32)
    axes["run_rate"], arrays["run_rate"] = [["north"], ["reef"]], np.array([[[60.0, 4 * abroad]]], dtype=np.float32)
    axes["unit_cost"], arrays["unit_cost"] = [["north"], ["reef"]], np.array([[[3.0, 4.0]]], dtype=np.float32)
    manifest = {
        "exporter": "CHN", "weeks": 1, "replicates": 1, "seed": 0, "world_hash": "x", "start": "2009-01-05",
        "separators": {"north": "CHN", "reef": "AUS"}, "stage": {"nd_oxide": "oxide"},
        "content": {"nd_oxide": {"Nd": 0.8}}, "records": list(axes),
    }  # fmt: skip
    return Result(manifest, axes, arrays=arrays)


def test_each_line_is_what_a_hand_reckons():
    """Background: 10 t at 20 USD/kg, home 15, duty 1, rent 2, premium 2. Event: 6 t at 34, home 18, duty 3, rent 9, premium 4.

    Abroad, 4 kg of feed at 4 USD make a kg worth 20; of 30 t in the run, 3 are made there, then 6. North makes 27 t at 20 USD
    from 60 t at 3, which leaves 13.33 USD/kg; three tonnes a year go, for ever at 3 %.
    """
    background = made(10.0, 20.0, 15.0, 10_000.0, 20_000.0, 0.0, 3.0)
    event = made(6.0, 34.0, 18.0, 18_000.0, 54_000.0, 0.5, 6.0)
    found = {k: float(v[0]) for k, v in entries(event, basis_of(background), Terms(0.03, {"car": 0.1})).items()}
    assert found == pytest.approx(
        {
            "lost_sales": -4 * 20 / 1e3,
            "price_part": 6 * 14 / 1e3,
            "of_it_home_price": 6 * 3 / 1e3,
            "of_it_duty": 6 * 2 / 1e3,
            "of_it_rent": 6 * 7 / 1e3,
            "of_it_premium": 6 * 2 / 1e3,
            "revenue": (6 * 34 - 10 * 20) / 1e3,
            "home_users_gain": -5 * 3 / 1e3,
            "leak_margin": 2 * (54 - 20) / 1e3,
            "home_output": -0.5 * 0.1,
            "lost_for_good": -3 * (360 / 27) / 0.03 / 1e3,
            "net": 4 / 1e3 - 15 / 1e3 - 0.05 - 3 * (360 / 27) / 0.03 / 1e3,
            "foreign_share_points": 10.0,
        }
    )
    assert list(found) == list(ENTRIES)


def test_the_price_part_splits_without_residual_and_revenue_is_its_change(pair):
    table = ledger(*pair)
    parts = [c for c in table.columns if c.startswith("of_it_")]
    assert table[parts].sum(axis=1).to_numpy() == pytest.approx(table["price_part"].to_numpy())
    usd = [r.array("exports_usd", seller="CHN")[0].astype(float).sum(2) for r in pair]
    worth = 1.03 ** (-np.arange(34) / 52.0)
    assert table["revenue"].to_numpy() == pytest.approx(((usd[1] - usd[0]) * worth).sum(1) / 1e6)
    assert (table["lost_sales"] < 0.0).all()


def test_a_run_against_itself_has_an_empty_ledger(pair):
    table = ledger(pair[0], pair[0])
    assert table.drop(columns="replicate").abs().to_numpy().max() == pytest.approx(0.0, abs=1e-6)


def test_runs_of_other_worlds_are_refused(pair):
    other = sim.run(STOP, replicates=3, weeks=34, seed=9)
    with pytest.raises(ResultError, match="seed differs"):
        ledger(pair[0], other)


def test_what_is_required_is_used_unmet_priced_out_or_saved(pair):
    background, event = pair
    for result in (background, event):
        required, labels = result.array("requirement")
        parts = [result.array(name) for name in ("use", "unmet_demand", "priced_out", "saved")]
        assert all(found == labels for _, found in parts)
        assert sum(v.astype(float) for v, _ in parts) == pytest.approx(required.astype(float), rel=1e-5, abs=1e-5)
