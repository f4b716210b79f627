"""East buys oxide from West, who separates the South's ore, and metal and magnets from the North: worked by hand.

East's glass makers use 3,000 t a year of lanthanum oxide, all imported: 85 % from the North, of its own ore, and 15 % from West, who
mines nothing and separates ore of the South alone. East makes 80 % of its magnets itself and 60 % of its metal; the rest of either
comes from the North, whose makers buy at home. So of the metal in magnets that East uses 0.2 + 0.8 x 0.4 = 52 % was made in the North.
"""

import shutil
from pathlib import Path

import numpy as np
import pytest

import sim

ISLANDS = Path(__file__).parents[1] / "worlds" / "islands"
WEEKS = 60


def put(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    folder = tmp_path_factory.mktemp("four") / "islands"
    shutil.copytree(ISLANDS, folder)
    put(
        folder / "world.yaml",
        ("AUS: South}", "AUS: South, MYS: West}"),
        ("separation: {CHN: [CHN], AUS: [AUS]", "separation: {CHN: [CHN], MYS: [MYS]"),
    )
    put(folder / "sites.csv", ("isle light,refiner,AUS", "isle light,refiner,MYS"))
    put(folder / "trade.csv", ("_oxide,AUS,JPN", "_oxide,MYS,JPN"))
    row = "2009,hill_concentrate,{},{},1,,,assumed,made_up,\n"
    with (folder / "trade.csv").open("a") as file:
        file.write(row.format("AUS", "MYS") + row.format("CHN", "CHN"))
    pairs = [(c, "MYS") for c in ("CHN", "JPN", "AUS", "MYS")] + [("MYS", c) for c in ("CHN", "JPN", "AUS")]
    with (folder / "transit.csv").open("a") as file:
        file.writelines(f"{a},{b},3,3,3,assumed,made_up,\n" for a, b in pairs)
    path = folder.parent / "third.yaml"
    path.write_text(f"title: x\nworld: islands\nstart: 2009\nweeks: {WEEKS}\nat_rest: true\nparameters: {{mislabelled: 0, miscoded: 0}}\nevents: []\n")
    return sim.load(path)


@pytest.fixture(scope="module")
def result(scenario):
    return sim.run(scenario, replicates=8)


def used(result, layer):
    """Shares of what East uses in the last year; in a run, use moves by some thousandths about the balanced start."""
    values, labels = result.array("use_by_origin", layer=layer, country="JPN")
    tonnes = values[:, -52:].astype(float).sum((0, 1))
    return {x[2]: t for x, t in zip(labels, tonnes / tonnes.sum(), strict=True) if t > 1e-6}


def test_magnets_in_east_stand_at_rest_with_the_layers_worked_by_hand(scenario):
    net = scenario.network()
    point = next(k for k, p in enumerate(net.points) if net.sites[p.site].name == "JPN:car" and p.product == "ndfeb_n")
    metal, magnet = net.origin_at_rest[net.last_row[point] - 1 : net.last_row[point] + 1]
    assert metal.tolist() == pytest.approx([0.52, 0.48, 0.0], abs=5e-4)
    assert magnet.tolist() == pytest.approx([0.2, 0.8, 0.0], abs=5e-4)


def test_metal_made_in_the_north_is_in_half_of_the_magnets_east_uses(result):
    assert used(result, "metal") == pytest.approx({"CHN": 0.52, "JPN": 0.48}, abs=5e-3)


def test_a_fifth_of_the_magnets_east_uses_was_made_in_the_north(result):
    assert used(result, "magnet") == pytest.approx({"CHN": 0.2, "JPN": 0.8}, abs=5e-3)


def test_what_west_separated_was_mined_in_the_south(result):
    """The South's ore reaches East through West, but for the dysprosium in it, at most 1.6 % of the whole, that the North separates."""
    west, south = used(result, "separation")["MYS"], used(result, "ore")["AUS"]
    assert west < south < west + 0.016 * 0.15
    assert set(used(result, "separation")) == {"CHN", "MYS"}
    assert set(used(result, "ore")) == {"CHN", "AUS"}


def test_customs_of_east_know_nothing_of_the_south(result):
    south = result.dependence("JPN", "AUS")
    ore = south[south["layer"] == "ore"]
    assert (ore["direct"] == 0.0).all()
    assert (ore["look_through"] > 0.1).all()
    assert ore["gap"].to_numpy() == pytest.approx(ore["look_through"].to_numpy())
    assert set(south[south["layer"] == "separation"]["group"]) == {"the rest"}
    assert south[south["layer"] == "separation"]["look_through"].isna().all()


def test_forms_are_told_apart_at_customs(result):
    """All metal and magnets that East imports come from the North; 85 % of its lanthanum, and less of all its compounds together."""
    north = result.by_form("JPN", "CHN").groupby("hs")["share"].mean()
    assert north["2805.30"] == north["8505.11"] == 1.0
    assert np.isnan(north["2846.10"])
    west = result.by_form("JPN", "MYS").groupby("hs")["share"].mean()
    assert west["2846.90"] == pytest.approx(1.0 - north["2846.90"])
    lanthanum = result.trade(buyer="JPN", product="la_oxide", book="importer").groupby("seller", observed=True)["tonnes"].sum()
    assert lanthanum["CHN"] / lanthanum.sum() == pytest.approx(0.85, abs=2e-3)


def test_both_books_tell_of_the_same_cargo_three_weeks_apart(result):
    """Nothing is declared falsely here: what West ships in a week is in East's book three weeks later, to the kilogram."""
    chosen = {"hs": "2846.90", "seller": "MYS", "buyer": "JPN", "freq": "W"}
    shipped, landed = (
        result.trade(book=book, **chosen).groupby(["replicate", "date"], observed=True)["tonnes"].sum().unstack().to_numpy()
        for book in ("exporter", "importer")
    )
    assert shipped.min() > 1.0
    np.testing.assert_allclose(landed[:, 3:], shipped[:, :-3], rtol=1e-6)
