"""Projects and contracts of the rare-earth world: what a decision in the run needs to know of each."""

import re
import shutil
from collections import defaultdict
from pathlib import Path

import pytest

from sim.scenario.build import build_network
from sim.scenario.tables import WorldError, read_table
from sim.scenario.world import read_sources

FOLDER = Path(__file__).resolve().parents[2] / "scenarios" / "worlds" / "rare_earths"
ISLANDS = Path(__file__).resolve().parents[1] / "worlds" / "islands"
HEADER = "start,seller,buyer,product,share,index,discount,low,high,status,source,note"
PROJECTS = read_table(FOLDER, "projects", frozenset(read_sources(FOLDER)))


@pytest.mark.parametrize("row", PROJECTS, ids=lambda r: r["project"])
def test_every_project_has_a_cost_and_a_time_to_build_within_their_bounds(row):
    assert 0.0 < row["cost_low"] <= row["cost_musd"] <= row["cost_high"]
    assert 0.0 < row["build_low"] <= row["build_weeks"] <= row["build_high"]


@pytest.mark.parametrize("row", [r for r in PROJECTS if r["kind"] == "magnet_maker"], ids=lambda r: r["project"])
def test_a_magnet_plant_takes_one_to_four_years(row):
    assert 52.0 <= row["build_low"] <= row["build_high"] <= 208.0


def islands(tmp_path, *rows):
    """The islands with these contracts instead of their own; what is not under contract passes no trader."""
    folder = tmp_path / "islands"
    shutil.copytree(ISLANDS, folder)
    (folder / "contracts.csv").write_text("\n".join([HEADER, *(f"{row},,,,,assumed,made_up," for row in rows)]) + "\n")
    return folder


def under_contract(net):
    """Share of the flow of each seller's product under contract, by (seller, product); lanes from traders aside."""
    term, flow = defaultdict(float), defaultdict(float)
    for lane in range(net.seller.size):
        point = net.points[net.seller[lane]]
        if point.role == "sold" and net.flow_at_rest[lane] > 0.0:
            key = (net.sites[point.site].name, point.product)
            term[key] += net.flow_at_rest[lane] * net.contract[lane]
            flow[key] += net.flow_at_rest[lane]
    return {key: term[key] / flow[key] for key in flow}


def test_of_contract_rows_the_most_exact_counts(tmp_path):
    share = under_contract(
        build_network(
            islands(tmp_path, "2009,*,*,*,0.2", "2009,refiner,*,*,0.5", "2009,north_light,*,ndpr_oxide,0.9"), "2009"
        )
    )
    refiners = {r["site"] for r in read_table(ISLANDS, "sites", frozenset({"made_up"})) if r["kind"] == "refiner"}
    for (seller, product), found in share.items():
        exact = 0.9 if (seller, product) == ("north_light", "ndpr_oxide") else 0.5 if seller in refiners else 0.2
        assert found == pytest.approx(exact), (seller, product)


def term_tonnes(net):
    """T per week under contract by (seller, buyer, product)."""
    site = [net.sites[p.site].name for p in net.points]
    return {
        (site[net.seller[k]], site[net.buyer[k]], net.points[net.seller[k]].product): net.flow_at_rest[k]
        * net.contract[k]
        for k in range(net.seller.size)
        if net.flow_at_rest[k] * net.contract[k] > 0.0
    }


def test_what_is_under_contract_stays_so_in_tonnes_when_traders_take_their_part(tmp_path):
    folder = islands(tmp_path, "2009,refiner,*,*,0.5")
    traded = term_tonnes(build_network(folder, "2009"))
    rows = (folder / "sites.csv").read_text().splitlines()
    (folder / "sites.csv").write_text("\n".join(r for r in rows if ",trader," not in r) + "\n")
    assert traded == pytest.approx(term_tonnes(build_network(folder, "2009")))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("2009,nobody,*,*,0.2", "seller: 'nobody' is none; write sites, countries, agent kinds or *"),
        ("2009,*,north_hil,*,0.2", "buyer: 'north_hil' is none; did you mean 'north_hill'?; write sites, countries"),
        ("2009,*,*,gold,0.2", "product: 'gold' is not in products.csv; write * for any"),
    ],
)
def test_a_contract_of_someone_unknown_is_refused_with_its_line_and_column(tmp_path, row, told):
    with pytest.raises(WorldError, match=re.escape(f"contracts.csv:2: {told}")):
        build_network(islands(tmp_path, row), "2009")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("2009,later_hill,*,*,0.2", "seller: 'later_hill' is none of start 2009, only of 2024; write sites, countries or agent kinds of start"),
        ("2009,*,later_hill,*,0.2", "buyer: 'later_hill' is none of start 2009, only of 2024; write sites, countries or agent kinds of start"),
        ("any,later_hill,*,*,0.2", "seller: 'later_hill' is none of start 2009, only of 2024; write sites, countries or agent kinds of start"),
        ("2024,north_hill,*,*,0.2", "seller: 'north_hill' is none of start 2024, only of 2009; write sites, countries or agent kinds of start"),
        ("2009,east_trader,*,*,0.2", "seller: 'east_trader' is none; did you mean 'east_recycler_n'?; write sites"),
    ],
)
def test_a_contract_of_a_site_of_the_other_start_is_refused_with_its_line_and_column(tmp_path, row, told):
    folder = islands(tmp_path, row)
    sites = (folder / "sites.csv").read_text()
    hill = next(r for r in sites.splitlines() if r.startswith("2009,north_hill,"))
    (folder / "sites.csv").write_text(f"{sites}{hill.replace('2009,north_hill,', '2024,later_hill,')}\n")
    with pytest.raises(WorldError, match=re.escape(f"contracts.csv:2: {told}")):
        build_network(folder, "2009")


@pytest.mark.parametrize(("start", "stage", "least", "most"), [("2024", "oxide", 0.45, 0.8), ("2024", "metal", 0.5, 0.8),
                                                               ("2024", "magnet", 0.5, 0.8), ("2009", "oxide", 0.2, 0.7)])  # fmt: skip
def test_about_half_to_four_fifths_of_trade_is_under_contract(start, stage, least, most):
    net = build_network(FOLDER, start)
    of_stage = [k for k in range(net.seller.size) if net.products[net.points[net.seller[k]].product].stage == stage]
    flow = net.flow_at_rest[of_stage]
    assert least < (flow * net.contract[of_stage]).sum() / flow.sum() < most
