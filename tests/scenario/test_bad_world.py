"""Attacks on the files of a world: whatever is wrong, one line says the file, the line, the column or key and the remedy."""

import ast
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.scenario.parameters import PARAMETERS
from sim.scenario.tables import KEYS, MAY_LACK, TABLES
from sim.scenario.world import read_world

WORLDS = Path(__file__).parents[1] / "worlds"
PANIC = '  panic: {low: 0.2, mode: 2, high: 4, unit: "", status: assumed, source: made_up}\n'
FACTORS = "oxide_factor: {La: 0.853, NdPr: 0.857, Dy: 0.871}"
STARTS = "starts:\n  2009: {date: 2009-01-05}"
BOMB = "a: &a [x, x]\n" + "".join(
    f"{y}: &{y} [{', '.join([f'*{x}'] * 9)}]\n" for x, y in zip("abcdefgh", "bcdefghi", strict=True)
)
OF_ISLANDS = [t for t in TABLES if t not in MAY_LACK]
ANYWHERE = slice(None)
"""What stands for a whole file in place of the part to change."""
OWN = "starts:\n  2009:\n    date: 2009-01-05\n    parameters:\n      "
ONE = "{low: 1, mode: 1, high: 1, status: assumed, source: made_up}"


def before(year: str, basis: str = "price_remembered", product: str = "la_oxide") -> tuple[slice, str]:
    """Prices of the islands with a row of a year first, as what stands for the whole file."""
    head, *rows = (WORLDS / "islands" / "prices.csv").read_text().splitlines()
    columns = [head.replace("usd_per_kg,", "usd_per_kg,year,"), f"2009,{product},{basis},5,{year},,,assumed,made_up,"]
    kept = [",".join([*r.split(",")[:4], "", *r.split(",")[4:]]) for r in rows if basis not in r or f",{product}," not in r]
    return ANYWHERE, "\n".join(columns + kept) + "\n"


def told(folder: Path, file: str, old: str | slice, new: str | bytes) -> str:
    """What ``ytterby check --world`` says of the islands with one thing changed; a traceback fails the test."""
    shutil.copytree(WORLDS / "islands", folder / "islands")
    path = folder / "islands" / file
    if isinstance(old, str):
        content = path.read_bytes()
        assert old.encode() in content
        path.write_bytes(content.replace(old.encode(), new if isinstance(new, bytes) else new.encode(), 1))
    else:
        path.write_bytes(new if isinstance(new, bytes) else new.encode())
    ended = CliRunner().invoke(app, ["check", "--world", str(folder / "islands")])
    if not isinstance(ended.exception, (SystemExit, type(None))):
        raise ended.exception
    assert (ended.exit_code, ended.stderr.count("\n")) == (2, 1), ended.stdout[:200]
    return ended.stderr.removeprefix("error: ").replace(f"{folder}/islands/", "").strip()


TEXT = [
    ("sites.csv", "north hill", b"north h\xffll", "sites.csv:2: not text in UTF-8; give a CSV table, saved as UTF-8"),
    ("trade.csv", "la_oxide", b"l\xe9_oxide", "trade.csv:2: not text in UTF-8; give a CSV table, saved as UTF-8"),
    ("trade.csv", "CHN,JPN", "C\0N,JPN", "trade.csv:3: not readable: holds control characters; give a CSV table"),
    ("sites.csv", "north hill", "x" * 200_000, "sites.csv:2: a cell of over 131,072 characters; shorten it, or close"),
    ("trade.csv", ANYWHERE, "", "trade.csv:1: the table is empty; write start, product, seller, buyer, share, low"),
    ("world.yaml", "North", b"N\xf6rth", "world.yaml:7: not text in UTF-8; give a YAML file, saved as UTF-8"),
    ("world.yaml", "North", "N\0rth", "world.yaml:7: not readable: holds control characters; give a YAML file"),
    ("world.yaml", "North", "N\x07rth", "world.yaml:1: not readable as YAML: holds control characters; give a text file"),
    ("world.yaml", ANYWHERE, "", "world.yaml:1: the file is empty; a world is a mapping; write title, elements"),
    ("world.yaml", ANYWHERE, "[a]", "world.yaml:1: a world is a mapping; write title, elements, countries and more"),
    ("world.yaml", "title:", "title: x\ntitle:", "world.yaml:2: not readable as YAML: found duplicate key"),
    ("world.yaml", "East", '"East', "world.yaml:7: not readable as YAML: expected ',' or '}', but got '<scalar>'; close the"),
    ("world.yaml", "title:", f"{BOMB}title:", "world.yaml:1: its aliases (*name) stand for too many values; write them"),
    ("world.yaml", "North", "!x North", "world.yaml:7: not readable as YAML: a tag, !x; leave it out"),
    ("sources.yaml", "tests", b"t\xe9sts", "sources.yaml:1: not text in UTF-8; give a YAML file, saved as UTF-8"),
    ("sources.yaml", "tests", "te\0ts", "sources.yaml:1: not readable: holds control characters; give a YAML file"),
    ("sources.yaml", "2026", "'2026", "sources.yaml:1: not readable as YAML: found unexpected end of stream; close the"),
    ("sources.yaml", ANYWHERE, "", "sources.yaml:1: the file is empty; sources are a mapping; write one entry per key"),
    ("sources.yaml", "title: ", "titel: ", "sources.yaml:1: made_up.titel: unknown key; did you mean 'title'?"),
    ("sources.yaml", "title: made up for tests, ", "", "sources.yaml:1: made_up.title: missing; write title: what it is"),
    ("sources.yaml", "memory", "seen", "sources.yaml:1: made_up.status: 'seen' is not known; write one of retrieved"),
    ("sources.yaml", ANYWHERE, "made_up: a book", "sources.yaml:1: made_up: 'a book' holds no keys; write them as key"),
]
NUMBERS = [
    ("trade.csv", ",0.85,", ",-0.85,", "trade.csv:3: share: -0.85 is out of range; write 0 or more: share of the buyer"),
    ("trade.csv", ",0.85,", ",85,", "trade.csv:3: share: 85 is out of range; write 1 or less: share of the buyer country"),
    ("sites.csv", ",22000,", ",-5,", "sites.csv:2: output_t_yr: -5 is out of range; write 0 or more: rate at the start"),
    ("sites.csv", ",30000,", ",0,", "sites.csv:2: nameplate_t_yr: 0 is out of range; write above 0: design rate, t per"),
    ("sites.csv", ",6600.0,", ",-5,", "sites.csv:2: low: -5 is out of range; write 0 or more: lower bound of the row's"),
    ("sites.csv", ",6600.0,", ",23000,", "sites.csv:2: low: 23000 is above output_t_yr 22000; write what bounds it from"),
    ("sites.csv", ",66000,", ",7000,", "sites.csv:2: high: 7000 is below output_t_yr 22000; write what bounds it from"),
    ("transit.csv", "CHN,JPN,3", "CHN,JPN,-3", "transit.csv:3: weeks: -3 is out of range; write 0 or more: dispatch"),
    ("transit.csv", "CHN,JPN,3", "CHN,JPN,1e9", "transit.csv:3: weeks: 1e+09 is out of range; write 104 or less: disp"),
    ("prices.csv", ",4.9,", ",-4.9,", "prices.csv:2: usd_per_kg: -4.9 is out of range; write above 0: USD per kg gross"),
    ("prices.csv", ",4.9,", ",0,", "prices.csv:2: usd_per_kg: 0 is out of range; write above 0: USD per kg gross"),
    ("demand.csv", ",6000,", ",-5,", "demand.csv:2: tonnes_yr: -5 is out of range; write 0 or more: gross t of product"),
    ("stocks.csv", ",16,", ",-5,", "stocks.csv:2: cover_weeks: -5 is out of range; write 0 or more: weeks of own use"),
    ("contents.csv", ",0.853,", ",-5,", "contents.csv:2: content: -5 is out of range; write 0 or more: t of element per"),
    ("recipes.csv", "output,ndpr_metal,1,", "output,ndpr_metal,0,", "recipes.csv:3: amount: 0 is out of range; write above"),
    ("separations.csv", ",0.92,", ",1.1,", "separations.csv:2: recovery: 1.1 is out of range; write 1 or less: share of"),
    ("projects.csv", ",0.05,", ",-1,", "projects.csv:2: permit_hazard: -1 is out of range; write 0 or more: chance per"),
    ("policies.csv", ",17,", ",-17,", "policies.csv:2: value: -17 is out of range; write 0 or more: percent for duties"),
    ("end_uses.csv", "thrift_kept,0.6", "thrift_kept,6", "end_uses.csv:5: value: 6 is out of range; write 0 to 1"),
    ("end_uses.csv", "elasticity,0.2", "elasticity,-1", "end_uses.csv:2: value: -1 is out of range; write 0 or more"),
]
DATES = [
    ("policies.csv", "CHN,vat_refund", "CHN,export_duty,2846,2009-02-02,,25,,,assumed,made_up,\nCHN,vat_refund",
     "policies.csv:4: from_date: export_duty of CHN on HS 2846 is in force already from 2000-01-01 (line 3); begin this row after"),
    ("policies.csv", "2000-01-01", "2000-13-01", "policies.csv:2: from_date: '2000-13-01' is no date; write YYYY-MM-DD"),
    ("policies.csv", "2000-01-01", "soon", "policies.csv:2: from_date: 'soon' is no date; write YYYY-MM-DD"),
    ("policies.csv", "2000-01-01", "20000101", "policies.csv:2: from_date: '20000101' is no date; write YYYY-MM-DD"),
    ("policies.csv", "2000-01-01,,", "2000-01-01,1999-01-01,", "policies.csv:2: to_date: 1999-01-01 is before from_date"),
    ("projects.csv", "2011-06", "someday", "projects.csv:2: earliest: 'someday' is no date; write earliest first product"),
    ("projects.csv", "2011-06", "2011-16", "projects.csv:2: earliest: '2011-16' is no date; write earliest first product"),
    ("world.yaml", "date: 2009-01-05", "date: never", "world.yaml:19: starts.2009.date: 'never' is no date; write YYYY-"),
    ("world.yaml", "date: 2009-01-05", "date: 2010-01-04", "world.yaml:19: starts.2009.date: 2010-01-04 is not of that"),
    ("world.yaml", STARTS, "starts: 5", "world.yaml:18: starts: 5 holds no keys; write them as key: value"),
    ("world.yaml", STARTS, "starts: {}", "world.yaml:18: starts: {} is empty; write at least one"),
    ("world.yaml", "2009: {date", "first: {date", "world.yaml:19: starts.first: 'first' is no start; write a year such"),
    ("world.yaml", STARTS, f"{OWN}panik: {ONE}", "world.yaml:22: starts.2009.parameters.panik: no such parameter; did you mean 'panic'?"),
    ("world.yaml", STARTS, f"{OWN}panic: {ONE.replace('1,', '-1,', 1)}", "world.yaml:22: starts.2009.parameters.panic.low: -1 is out of"),
    ("world.yaml", STARTS, f"{OWN}panic: {ONE.replace('made_up', 'nobody')}", "world.yaml:22: starts.2009.parameters.panic.source: 'nobody'"),
    ("prices.csv", *before(""), "prices.csv:2: year: write the whole year before 2009 that the price is the mean of"),
    ("prices.csv", *before("2009"), "prices.csv:2: year: write the whole year before 2009 that the price is the mean of"),
    ("prices.csv", *before("2008.5"), "prices.csv:2: year: write the whole year before 2009 that the price is the mean of"),
    ("prices.csv", *before("2008", basis="price_fob"), "prices.csv:2: year: price_fob is of the start itself; leave the year empty"),
    ("prices.csv", *before("2008", product="hill_concentrate"), "prices.csv:2: product: price_remembered of hill_concentrate in 2009"),
]
NAMES = [
    ("projects.csv", "JPN:0.8", "XXX:0.8", "projects.csv:3: offtake: 'XXX' is no country of world.yaml; add it there"),
    ("projects.csv", "JPN:0.8", "JPN:x", "projects.csv:3: offtake: 'JPN:x' has no share from 0 to 1; write COUNTRY:share"),
    ("projects.csv", "JPN:0.8", "JPN:0.8;CHN:0.5", "projects.csv:3: offtake: shares sum to 1.3; write 1 or less in all"),
    ("policies.csv", ",2846,", ",28.46,", "policies.csv:3: hs: '28.46' is no code; write customs codes it covers, digits"),
    ("baskets.csv", "hill,La", "hill,Lx", "baskets.csv:2: element: 'Lx' is no element of world.yaml; add it there"),
    ("baskets.csv", "hill,La", "hill,la", "baskets.csv:2: element: 'la' is no element of world.yaml; add it there; did you mean 'La'?"),
    ("contents.csv", "ndpr_oxide,NdPr", "ndpr_oxide,Nd", "contents.csv:3: element: 'Nd' is no group of elements of world"),
    ("contents.csv", "la_oxide,La", "la_oxid,La", "contents.csv:2: product: 'la_oxid' is not in products.csv; did you"),
    ("products.csv", "concentrate,hill,", "concentrate,hil,", "products.csv:2: basket: 'hil' is not in baskets.csv; did"),
    ("products.csv", "hill,50,", "hill,,", "products.csv:2: treo_percent: empty; write it: concentrates and carbonates"),
    ("separations.csv", ",hill_concentrate,", ",la_oxide,", "separations.csv:2: feed: 'la_oxide' is no ore; write a conc"),
    ("recipes.csv", "input,ndpr_oxide", "input,gold", "recipes.csv:2: product: 'gold' is not in products.csv"),
    (
        "sites.csv", ",metal_ndpr,", ",metal_npdr,",
        "sites.csv:7: recipe: 'metal_npdr' is in no table of recipes; did you mean 'metal_ndpr'?; add it to recipes.csv or separations.csv",
    ),
    ("sites.csv", ",metal_ndpr,", ",qqqqqq,", "sites.csv:7: recipe: 'qqqqqq' is in no table of recipes; add it to recipes.csv or separations.csv"),
    ("stocks.csv", "JPN,oxide", "JPM,oxide", "stocks.csv:2: holder: 'JPM' is none; write an agent kind, COUNTRY, or"),
    ("stocks.csv", "JPN,oxide", "JPN,oxides", "stocks.csv:2: stage: 'oxides' is not known; write one of concentrate"),
    ("end_uses.csv", "car,elasticity", "car,elastic", "end_uses.csv:2: parameter: 'elastic' is not known; did you mean"),
    ("end_uses.csv", "car,elasticity", "cars,elasticity", "end_uses.csv:2: end_use: 'cars' is in no row of demand.csv; did"),
    ("world.yaml", "  La: [La]", "  La: La", "world.yaml:3: elements.La: 'La' is no list; write [one, two]"),
    ("world.yaml", "  La: [La]", "  Xx: [La]", "world.yaml:6: oxide_factor: no number for Xx; write Xx: t of element per t"),
    ("world.yaml", "  La: [La]", "  La: [Nd]", "world.yaml:4: elements.NdPr[0]: 'Nd' is in La too; write it once"),
    ("world.yaml", "{La: 0.853, ", "{", "world.yaml:6: oxide_factor: no number for La; write La: t of element per t of its"),
    ("world.yaml", FACTORS, f"{FACTORS[:-1]}, Xx: 1}}", "world.yaml:6: oxide_factor.Xx: 'Xx' is not in elements; write one"),
    ("world.yaml", "La: 0.853", "La: -1", "world.yaml:6: oxide_factor.La: -1 is out of range; write more than 0"),
    ("world.yaml", "{CHN: North, JPN: East, AUS: South}", "[CHN]", "world.yaml:7: countries: ['CHN'] holds no keys; write"),
    ("world.yaml", "{CHN: North", "{CHNX: a, CHN: North", "world.yaml:7: countries.CHNX: 'CHNX' is no code of a country"),
    ("world.yaml", "price_home: CHN", "price_home: CHX", "world.yaml:8: price_home: 'CHX' is no country of this world; did"),
    ("world.yaml", "price_home: CHN\n", "", "world.yaml:1: price_home: missing; write price_home: the country whose home"),
    ("world.yaml", "ore: {CHN: [CHN]", "ore: {CHN: [CHX]", "world.yaml:10: origin_groups.ore.CHN[0]: 'CHX' is no country"),
    ("world.yaml", "other: []}", "other: [CHN]}", "world.yaml:10: origin_groups.ore.CHN[0]: 'CHN' is in two groups of the"),
    ("world.yaml", "[[ndfeb_n,", "[[gold,", "world.yaml:14: rivals[0][0]: 'gold' is not in products.csv; write one of hill"),
    ("world.yaml", "[[ndfeb_n,", "[[ndfeb_uh,", "world.yaml:14: rivals[0][0]: 'ndfeb_uh' is named twice; a grade fills one"),
    ("world.yaml", "[ndpr_oxide, dy", "[ndpr_oxid, dy", "world.yaml:16: stores.JPN[0]: 'ndpr_oxid' is not in products.csv; did"),
    ("world.yaml", "  JPN: [ndpr", "  JPM: [ndpr", "world.yaml:16: stores.JPM: 'JPM' is no country of this world; did you"),
    ("world.yaml", "{JPN: [CHN]}", "{JPN: [CHX]}", "world.yaml:17: shared_stores.JPN[0]: 'CHX' is no country of this world"),
    ("world.yaml", "{JPN: [CHN]}", "{AUS: [CHN]}", "world.yaml:17: shared_stores.AUS: 'AUS' has no store; write one of JPN"),
    ("world.yaml", "title:", "titel:", "world.yaml:1: titel: unknown key; did you mean 'title'?"),
]
OF_PARAMETERS = [
    ("mode: 2,", "mode: .nan,", "world.yaml:21: parameters.panic.mode: nan is no finite number; write a number"),
    ("mode: 2,", "mode: two,", "world.yaml:21: parameters.panic.mode: 'two' is no number; write one such as 0.5"),
    ("mode: 2,", "mode: true,", "world.yaml:21: parameters.panic.mode: true is no number; write one such as 0.5"),
    ("low: 0.2,", "low: -5,", "world.yaml:21: parameters.panic.low: -5 is out of range; write 0 to 1000: rise of wished"),
    ("low: 0.2,", "low: 5,", "world.yaml:21: parameters.panic: low 5, mode 2, high 4: write them in rising order"),
    ("panic:", "panik:", "world.yaml:21: parameters.panik: no such parameter; did you mean 'panic'?"),
    (PANIC, "", "world.yaml:20: parameters: panic is missing; write panic: {low: , mode: , high: , unit: , status: , source"),
    ("source: made_up", "source: nobody", "world.yaml:21: parameters.panic.source: 'nobody' is not in scenarios/sources"),
    (", source: made_up", "", "world.yaml:21: parameters.panic.source: missing; write source: keys of sources.yaml"),
    ("status: assumed", "status: guessed", "world.yaml:21: parameters.panic.status: 'guessed' is not known; write one of measured, derived, assumed"),
    ("low: 6, mode: 8, high: 12", "low: 0, mode: 8, high: 12", "parameters.backlog_weeks.low: 0 is out of range; write 1 to"),
]
WHOLES = [
    ("trade.csv", "JPN,0.85", "JPN,0.95", "trade.csv:4: share: rows of la_oxide to JPN sum to 1.1; write shares that sum"),
    ("baskets.csv", "La,60", "La,50", "baskets.csv:4: share_percent: rows of hill sum to 90; write shares that sum to 100"),
    (
        "recipes.csv", "ndpr_oxide,1.2", "ndpr_oxide,0.2",
        "recipes.csv:2: amount: metal_ndpr gives 0.829 t of NdPr more than it takes, per t of its unit; raise its inputs",
    ),
    (
        "contents.csv", "la_oxide,La,0.853", "la_oxide,La,1",
        "separations.csv:2: recovery: separate_light_hill gives 0.0402 t of La more than it takes, per t of its unit; lower",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "says"), TEXT + NUMBERS + DATES + NAMES + WHOLES)
def test_a_fault_is_told_with_its_file_line_and_remedy(tmp_path, file, old, new, says):
    assert told(tmp_path, file, old, new).startswith(says)


@pytest.mark.parametrize(("old", "new", "says"), OF_PARAMETERS)
def test_a_fault_in_a_parameter_is_told_with_its_line_and_remedy(tmp_path, old, new, says):
    assert says in told(tmp_path, "world.yaml", old, new)


@pytest.mark.parametrize("table", OF_ISLANDS)
def test_a_row_that_stands_twice_is_refused(tmp_path, table):
    lines = (WORLDS / "islands" / f"{table}.csv").read_text().splitlines()
    says = told(tmp_path, f"{table}.csv", ANYWHERE, "\n".join([*lines, lines[1]]) + "\n")
    assert says.startswith(f"{table}.csv:{len(lines) + 1}: {KEYS[table][-1]}: ")
    assert says.endswith("is in line 2 already; keep one of the two rows")


@pytest.mark.parametrize("file", ["world.yaml", "sources.yaml", *(f"{t}.csv" for t in OF_ISLANDS)])
def test_a_file_may_begin_with_a_byte_mark(tmp_path, file):
    shutil.copytree(WORLDS / "islands", tmp_path / "islands")
    path = tmp_path / "islands" / file
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_world(tmp_path / "islands").tables == read_world(WORLDS / "islands").tables


def test_every_declared_parameter_is_read_by_the_week():
    room = Path(sim.__file__).parent
    words: set[object] = set()
    for path in (room / "model.py", room / "constants.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        words |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}
    assert set(PARAMETERS) - words == set()
