"""The library's doors: an argument that cannot be used is refused by its name, with what to write instead."""

from pathlib import Path

import pytest

import sim
from sim.ablation import ablate
from sim.scenario.faults import ScenarioError
from sim.store import ResultError

STOP = Path(__file__).parents[1] / "worlds" / "stop.yaml"


@pytest.fixture(scope="module")
def result():
    """A short run of the islands in memory."""
    return sim.run(STOP, replicates=2, weeks=6, records=["price_fob", "exports", "exports_usd"])


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"replicates": 1.5}, "replicates is 1.5, no whole number; write one such as 1"),
        ({"replicates": True}, "replicates is True, no whole number"),
        ({"replicates": 0}, "replicates is 0; write 1 or more"),
        ({"replicates": 99_999_999}, "replicates is 99999999; write 10000 or less: that many know a share of worlds"),
        ({"weeks": "4"}, "weeks is '4', no whole number"),
        ({"weeks": 0}, "weeks is 0; write 1 or more"),
        ({"weeks": 9999}, "weeks is 9999; write 2600 or less"),
        ({"seed": "a"}, "seed is 'a', no whole number"),
        ({"seed": -1}, "seed is -1; write 0 or more"),
        ({"seed": 2**63}, "seed is 9223372036854775808; write 9223372036854775807 or less"),
        ({"workers": 0}, "workers is 0; write 1 or more"),
        ({"block": 0}, "block is 0; write 1 or more"),
        ({"records": []}, "no records given; write full, study, or some of `ytterby list records`"),
        ({"records": 5}, "records is 5; write full, study, or a list of records"),
    ],
)
def test_run_refuses_what_it_cannot_use(tmp_path, given, says):
    with pytest.raises(ScenarioError, match="^" + says):
        sim.run(STOP, **{"weeks": 1, "out": tmp_path / "run"} | given)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"weeks": -5}, "weeks is -5; write 1 or more"),
        ({"weeks": 0}, "weeks is 0; write 1 or more"),
        ({"weeks": 10**7}, "weeks is 10000000; write 2600 or less"),
        ({"seed": 1.5}, "seed is 1.5, no whole number"),
        ({"seed": -1}, "seed is -1; write 0 or more"),
        ({"seed": 2**63}, "seed is 9223372036854775808; write 9223372036854775807 or less"),
        ({"replicate": -1}, "replicate is -1; write 0 or more"),
        ({"replicate": 10_000}, "replicate is 10000; write 9999 or less"),
    ],
)
def test_a_model_refuses_what_a_run_refuses(given, says):
    with pytest.raises(ScenarioError, match="^" + says):
        sim.Model(STOP, **given)


def test_a_model_stops_at_its_last_week():
    model = sim.Model(STOP, weeks=2, seed=2**63 - 1)
    with pytest.raises(ResultError, match=r"no week was run yet; call step\(\) or run\(\)"):
        model.result()
    while model.running:
        model.step()
    with pytest.raises(ScenarioError, match="all 2 weeks were run; give Model more weeks"):
        model.step()
    assert (model.week, model.steps, model.result().manifest["weeks"]) == (2, 2, 2)


def test_everything_public_is_listed():
    assert "Model" in sim.__all__
    assert all(hasattr(sim, name) for name in sim.__all__)


def test_an_ablation_refuses_too_many_worlds_before_it_begins():
    with pytest.raises(ScenarioError, match="replicates is 99999999; write 10000 or less"):
        ablate(STOP, 99_999_999, progress=lambda _: pytest.fail("it began"))


@pytest.mark.parametrize("source", [5, {}, None])
def test_what_is_no_scenario_or_result_is_refused(source):
    with pytest.raises(ScenarioError, match="is no scenario; give a path, a shipped name"):
        sim.load(source)
    with pytest.raises(ResultError, match="is no folder; give the path"):
        sim.open_result(source)


def test_a_band_takes_one_quantile_or_several(result):
    one = result.band("price_fob", 0.5)
    assert one.equals(result.band("price_fob", [0.5]))
    assert set(result.band("price_fob", (0.05, 0.95))["quantile"]) == {0.05, 0.95}


@pytest.mark.parametrize("quantiles", [[], 1.5, [0.5, -0.1], "median", None, float("nan")])
def test_a_band_of_no_quantiles_is_refused(result, quantiles):
    with pytest.raises(ResultError, match=r"quantiles is .*; write a number from 0 to 1 such as 0.5, or a list of them"):
        result.band("price_fob", quantiles)


def test_trade_takes_one_code_or_several(result):
    codes = sorted(set(result.manifest["hs"].values()))[:2]
    apart = sum(result.trade(hs=code)["tonnes"].sum() for code in codes)
    assert result.trade(hs=codes)["tonnes"].sum() == pytest.approx(apart)
    assert set(result.trade(hs=codes)["hs"]) <= set(codes)
    with pytest.raises(ResultError, match="hs: no good of this run has a code that begins with '99'"):
        result.trade(hs=[codes[0], "99"])
    with pytest.raises(ResultError, match=r"hs is .*; write digits such as 2846, or a list"):
        result.trade(hs=[])


@pytest.mark.parametrize("buyer", ["CHN", ["CHN"]])
def test_trade_of_a_country_with_itself_is_refused(result, buyer):
    with pytest.raises(ResultError, match="seller and buyer are both CHN; trade crosses a border, so name two"):
        result.trade(seller="CHN", buyer=buyer)
