"""My part: read strictly, worked by hand, and written nowhere but on the page that was asked for."""

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.report.part import my_part, outlook
from sim.result import Result
from sim.scenario.faults import ScenarioError
from sim.scenario.my_part import COLUMNS, Item, customs_row, read_part
from sim.scenario.world import read_world, shipped_folder

WORLDS = Path(__file__).parents[1] / "worlds"
SHIPPED = shipped_folder() / "worlds" / "rare_earths"
GOOD = "2846.90,JPN,12000,900,kg,60,CHN:80;MYS:20,dy_oxide"
WEEKS = 30


@pytest.fixture(scope="module")
def world():
    return read_world(SHIPPED)


def written(folder, *rows, header=""):
    path = folder / "part.csv"
    header = header or ",".join(COLUMNS)
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_row_is_read_in_tonnes_with_its_goods_cover_and_origins(tmp_path, world):
    (item,) = read_part(written(tmp_path, GOOD), world)
    assert item.products == ("dy_oxide",)
    assert (item.stock, item.need, item.contract) == (12.0, 0.9, 0.6)
    assert item.origin == {"CHN": 0.8, "MYS": 0.2}
    assert item.days == pytest.approx(7 * 12 / 0.9)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("2846.90", "284690"), ("284690", "284690"), ("2846.90-290", "284690290"), ("2846901500", "2846901500"),
        ("2846.90.1599", "284690"), ("850511999", "850511"), ("2805 30 1200", "2805301200"),
    ],
)  # fmt: skip
def test_a_code_of_six_nine_or_ten_digits_finds_the_longest_row_it_begins_with(world, code, found):
    assert customs_row("part.csv:2", code, world)["code"] == found


def test_every_code_has_the_digits_of_its_system_and_the_goods_of_the_six_it_begins_with(world):
    rows = {str(r["code"]): r for r in world.tables["customs"]}
    assert len(rows) == len(world.tables["customs"])
    for code, row in rows.items():
        assert len(code) == {"hs6": 6, "jp9": 9, "cn10": 10}[str(row["system"])]
        if len(code) > 6 and code[:6] in rows and not str(row["products"]).startswith("seg_"):
            assert set(str(row["products"]).split(";")) <= set(str(rows[code[:6]]["products"]).split(";"))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (GOOD.replace("2846.90", "9999.99"), r"part.csv:2: code: '9999.99' is none of rare-earth goods"),
        (GOOD.replace("2846.90", "Dy"), r"part.csv:2: code: 'Dy' is no customs code; write customs code, 6 digits"),
        (GOOD.replace("JPN", "JAP"), r"part.csv:2: country: 'JAP' is no country of the world; did you mean 'JPN'"),
        (GOOD.replace("12000", "much"), r"part.csv:2: stock: 'much' is not a number"),
        (GOOD.replace("12000", "-5"), r"part.csv:2: stock: -5 is not 0 or more"),
        (GOOD.replace(",900,", ",0,"), r"part.csv:2: need_per_week: 0 is no need"),
        (GOOD.replace("kg", "lb"), r"part.csv:2: unit: 'lb' is not known; write t or kg"),
        (GOOD.replace(",60,", ",160,"), r"part.csv:2: contract_percent: 160 is over 100"),
        (GOOD.replace("MYS:20", "MYS:30"), r"part.csv:2: origin: shares sum to 110 %"),
        (GOOD.replace("MYS:20", "MYS"), r"part.csv:2: origin: 'MYS' has no percentage"),
        (GOOD.replace("dy_oxide", "ndfeb_h"), r"part.csv:2: product: 'ndfeb_h' does not stand under 284690; write one of"),
        (GOOD + ",more", r"part.csv:2: the row has not 8 cells"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_by_file_line_and_column_with_what_to_write(tmp_path, world, row, told):
    with pytest.raises(ScenarioError, match=told):
        read_part(written(tmp_path, row), world)


def test_wrong_columns_no_rows_and_no_file_are_told(tmp_path, world):
    with pytest.raises(ScenarioError, match=r"part.csv:1: columns are a, b; write code, country"):
        read_part(written(tmp_path, header="a,b"), world)
    with pytest.raises(ScenarioError, match=r"part.csv:2: no rows"):
        read_part(written(tmp_path), world)
    with pytest.raises(ScenarioError, match=r"nowhere.csv: cannot be read"):
        read_part(tmp_path / "nowhere.csv", world)


# worked by hand ----------------------------------------------------------------------------------------------------------


def run_of(arriving, stored=None, asked=None):
    """One world in which East takes dysprosium oxide from North as it arrives, a ton a week of it asked for, and uses one."""
    key = ["CHN", "JPN", "dy_oxide"]
    cell = ["dy_oxide", "JPN"]
    columns = {
        "imports": (np.array(arriving, dtype=np.float32), [key]),
        "government_stock": (np.array(stored or [0.0] * WEEKS, dtype=np.float32), [cell]),
        "store_bought": (np.zeros(WEEKS, dtype=np.float32), [cell]),
        "use_gross": (np.ones(WEEKS, dtype=np.float32), [["dy_oxide", "JPN", "car"]]),
    }
    lacking = np.array(asked or [1.0] * WEEKS) - np.array(arriving)
    bounds = np.stack([np.array(arriving), lacking], axis=1).astype(np.float32).reshape(1, WEEKS, 2)
    manifest = {
        "replicates": 1, "weeks": WEEKS, "start": "2009-01-05", "records": [*columns, "bound"], "stage": {"dy_oxide": "oxide"},
        "countries": {"CHN": "North", "JPN": "East"},
    }  # fmt: skip
    arrays = {name: values.reshape(1, WEEKS, 1) for name, (values, _) in columns.items()}
    axes = {name: labels for name, (_, labels) in columns.items()}
    axes["bound"] = [["served", "JPN", "dy_oxide"], ["supply", "JPN", "dy_oxide"]]
    return Result(manifest, axes, {**arrays, "bound": bounds})


def item(**changed):
    given = {
        "line": 2, "code": "284690", "title": "oxides", "products": ("dy_oxide",), "country": "JPN", "stock": 4.0,
        "need": 1.0, "contract": 0.5, "origin": {"CHN": 1.0},
    }  # fmt: skip
    return Item(**{**given, **changed})


def test_a_stock_of_four_weeks_lasts_until_the_fourth_week_in_which_nothing_comes():
    """Cargo stops for weeks 10 to 19. In a 4-week mean arrivals are 3/4, 2/4, 1/4, then 0: the stock falls to 3.75, 3.25,
    2.5, 1.5, 0.5 and is gone in week 15; it stands while arrivals are under nine tenths, until the mean is 1 again in week 23."""
    usual = run_of([1.0] * WEEKS)
    stopped = run_of([1.0] * 10 + [0.0] * 10 + [1.0] * 10)
    found = outlook(item(), "none", stopped, usual)
    assert np.flatnonzero(found.chance).tolist() == list(range(15, 23))
    assert found.weeks_stopped == 8.0
    assert found.first == 15
    assert found.least_days == 0.0


def test_less_cargo_that_was_only_less_asked_for_stops_nobody():
    usual, slack = run_of([1.0] * WEEKS), run_of([0.2] * WEEKS, asked=[0.2] * WEEKS)
    assert outlook(item(), "reserves", slack, usual).weeks_stopped == 0.0


def test_a_firm_lacks_no_more_than_orders_go_unserved():
    """Half the cargo comes and five eighths of it were ordered: a fifth lacks, not a half, and 4 t last 20 weeks of 0.2."""
    usual, short = run_of([1.0] * WEEKS), run_of([0.5] * WEEKS, asked=[0.625] * WEEKS)
    found = outlook(item(), "reserves", short, usual)
    assert found.first == 19
    assert my_part([item()], usual, {"none": short, "talks": short, "store": usual}).items[0].unchanged[0].policy == "talks"


def test_home_goods_arrive_and_another_origin_carries_its_share():
    usual, stopped = run_of([1.0] * WEEKS), run_of([0.0] * WEEKS)
    assert outlook(item(origin={"JPN": 1.0}), "none", stopped, usual).highest == 0.0
    half = outlook(item(origin={"CHN": 0.5, "JPN": 0.5}), "none", stopped, usual)
    assert half.first == 7  # 4 t last eight weeks at half a ton a week; after the eighth nothing is left
    assert my_part([item(origin={"AUS": 1.0})], usual, {"none": stopped}).items[0].unknown == ["AUS"]


def test_what_a_government_store_lets_go_reaches_the_firm_by_its_share_of_use():
    usual = run_of([1.0] * WEEKS)
    stopped = [0.0] * WEEKS
    store = [max(float(WEEKS - week), 0.0) for week in range(WEEKS)]  # one ton a week leaves it
    assert outlook(item(), "none", run_of(stopped), usual).weeks_stopped > 20
    assert outlook(item(), "store", run_of(stopped, store), usual).weeks_stopped == 0.0


# where it goes -----------------------------------------------------------------------------------------------------------

SECRET = "48151.623"


@pytest.fixture(scope="module")
def own_world(tmp_path_factory):
    """The siege in a copy of the islands that has a customs table."""
    folder = tmp_path_factory.mktemp("part")
    shutil.copytree(WORLDS / "islands", folder / "islands")
    shutil.copy(WORLDS / "siege.yaml", folder / "siege.yaml")
    with (folder / "islands" / "customs.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["code", "system", "title", "unit", "products", "low", "high", "status", "source", "note"])
        rows.writerow(["284690", "hs6", "oxides", "kg", "la_oxide;ndpr_oxide;dy_oxide", "", "", "assumed", "made_up", ""])
    ended = CliRunner().invoke(app, ["run", str(folder / "siege.yaml"), "--replicates", "2", "--out", str(folder / "result")])
    assert ended.exit_code == 0, ended.output
    return folder


def test_what_the_file_holds_stands_on_its_page_and_in_no_result(own_world):
    path = written(own_world, f"284690,JPN,{SECRET},900,kg,60,CHN:100,dy_oxide")
    before = sorted(p.name for p in (own_world / "result").rglob("*"))
    ended = CliRunner().invoke(app, ["report", str(own_world / "result"), "--my-part", str(path)])
    assert ended.exit_code == 0, ended.output
    page = own_world / "part-briefing.html"
    assert "Dysprosium oxide" in page.read_text(encoding="utf-8")
    assert "375\u00a0days" in page.read_text(encoding="utf-8")
    assert sorted(p.name for p in (own_world / "result").rglob("*")) == before
    told = ended.output.encode() + b"".join(p.read_bytes() for p in (own_world / "result").rglob("*") if p.is_file())
    for secret in (SECRET, "48.151", "375"):
        assert secret.encode() not in ended.output.encode()
    assert SECRET.encode() not in told
    assert b"part.csv" not in told


def test_a_bad_file_is_refused_with_code_2_and_nothing_is_written(own_world):
    path = written(own_world, "284690,JPN,much,900,kg,60,CHN:100,dy_oxide")
    page = own_world / "part-briefing.html"
    page.unlink(missing_ok=True)
    ended = CliRunner().invoke(app, ["report", str(own_world / "result"), "--my-part", str(path)])
    assert ended.exit_code == 2
    assert "part.csv:2: stock: 'much' is not a number" in ended.stderr
    assert not page.exists()


def test_the_skeleton_can_be_read(tmp_path, world):
    path = tmp_path / "mine.csv"
    ended = CliRunner().invoke(app, ["new", "part", str(path)])
    assert ended.exit_code == 0
    assert "--my-part" in ended.stdout
    assert len(read_part(path, world)) == 3
