"""The embargoer's ledger: its parts add up, each is what it says, and it is empty against itself."""

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.ablation import without
from sim.analysis.ledger import ENTRIES, entries, ledger, lost_is_seen
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


def made(
    tonnes: float, price: float, home: float, duty: float, rent: float, stopped: float, abroad: list[list[float]]
) -> Result:
    """One week of one exporter that sends one oxide to one buyer: t, USD/kg, USD/kg at home, USD, USD, lines.

    ``abroad``: capacity at north, reef and shoal, t of feed; t made there; cost of feed there, USD/kg.
    """
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
    sites = ["north", "reef", "shoal"]
    capacity, oxide, cost = (np.array([[row]], dtype=np.float32) for row in abroad)
    axes["production"], arrays["production"] = [[s, "nd_oxide"] for s in sites], oxide
    for name, values in (("capacity", capacity), ("unit_cost", cost), ("run_rate", oxide * [60 / 27, 4, 4])):
        axes[name], arrays[name] = [[s] for s in sites], values
    manifest = {
        "exporter": "CHN", "weeks": 1, "replicates": 1, "seed": 0, "world_hash": "x", "start": "2009-01-05",
        "scenario": {"events": []}, "separators": {"north": "CHN", "reef": "AUS", "shoal": "AUS"}, "stage": {"nd_oxide": "oxide"},
        "content": {"nd_oxide": {"Nd": 0.8}}, "records": list(axes),
    }  # fmt: skip
    return Result(manifest, axes, arrays=arrays)


def test_each_line_is_what_a_hand_reckons():
    """Background: 10 t at 20 USD/kg, home 15, duty 1, rent 2, premium 2. Event: 6 t at 34, home 18, duty 3, rent 9, premium 4.

    Abroad, 4 kg of feed make a kg worth 20 in the background: reef pays at 4 USD/kg of feed, shoal at 6 does not, whatever feed
    costs in the event. What pays abroad is 15 of 100 t of capacity, then 30: of 30 t made in the background, 4.5 go. North makes
    27 t at 20 USD from 60 t at 3, which leaves 13.33 USD/kg, for ever at 3 %.
    """
    background = made(10.0, 20.0, 15.0, 10_000.0, 20_000.0, 0.0, [[85, 15, 0], [27, 3, 0], [3, 4, 6]])
    event = made(6.0, 34.0, 18.0, 18_000.0, 54_000.0, 0.5, [[60, 30, 10], [23, 6, 1], [3, 9, 1]])
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
            "lost_for_good": -4.5 * (360 / 27) / 0.03 / 1e3,
            "net": 4 / 1e3 - 15 / 1e3 - 0.05 - 4.5 * (360 / 27) / 0.03 / 1e3,
            "foreign_share_points": 15.0,
        }
    )
    assert list(found) == list(ENTRIES)


def manifest(weeks: int, *events: tuple[str, str, str | None]) -> dict[str, object]:
    listed = [{"name": n, "kind": n, "start": a, "end": b, "background": n == "quota"} for n, a, b in events]
    return {"start": "2009-01-05", "weeks": weeks, "scenario": {"events": listed}}


@pytest.mark.parametrize(
    ("made_of", "seen", "says"),
    [
        (manifest(104, ("stop", "2009-06-01", "2009-12-01")), True, ""),
        (manifest(104, ("quota", "2009-06-01", None)), True, ""),
        (manifest(104, ("stop", "2009-06-01", "2010-03-01")), True, "while stop still holds or ended less than 52 weeks"),
        (manifest(104, ("stop", "2009-06-01", None)), True, "while stop still holds or ended less than 52 weeks"),
        (manifest(52, ("stop", "2009-06-01", "2009-07-01")), False, "left out: the run ends less than 52 weeks after"),
    ],
)  # fmt: skip
def test_the_last_year_tells_what_is_lost_only_after_the_event_and_says_so_where_it_still_holds(made_of, seen, says):
    told, why = lost_is_seen(made_of)
    assert told is seen
    assert says in why
    assert bool(says) == bool(why)


def test_a_run_too_short_to_tell_leaves_out_what_is_lost_for_good_and_nothing_else(pair):
    table = ledger(*pair)
    assert table[["lost_for_good", "foreign_share_points"]].isna().all().all()
    parts = table[["lost_sales", "price_part", "home_users_gain", "home_output"]].sum(axis=1)
    assert table["net"].to_numpy() == pytest.approx(parts.to_numpy())


def test_the_net_counts_every_line_once_and_rent_in_the_price_part_only(pair):
    scenario = load(STOP)
    runs = [sim.run(s, replicates=2, weeks=104) for s in (without(scenario, "shadow_embargo"), scenario)]
    table = ledger(*runs)
    assert table["lost_for_good"].notna().all()
    once = [
        "lost_sales", "of_it_home_price", "of_it_duty", "of_it_rent", "of_it_premium", "home_users_gain", "home_output",
        "lost_for_good",
    ]  # fmt: skip
    assert table["net"].to_numpy() == pytest.approx(table[once].sum(axis=1).to_numpy())


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
    assert table.drop(columns="replicate").abs().max().max() == pytest.approx(0.0, abs=1e-6)


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
