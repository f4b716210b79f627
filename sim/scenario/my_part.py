"""My part: a purchasing manager's own stocks, contracts and needs by customs code, read from a small CSV and checked.

What the file holds goes to the page that was asked for, and nowhere else.
"""

import csv
import math
from dataclasses import dataclass
from pathlib import Path

from sim.scenario.faults import ScenarioError, near
from sim.scenario.world import Row, World

COLUMNS = {
    "code": "customs code, 6 digits (HS), 9 (Japan) or 10 (China); dots and hyphens may stand in it",
    "country": "country where it is used, alpha-3",
    "stock": "on hand today, in the row's unit",
    "need_per_week": "used in a usual week, in the row's unit",
    "unit": "t or kg",
    "contract_percent": "part of the need under contract, 0 to 100",
    "origin": "where it is bought, COUNTRY:percent joined by ; such as CHN:70;AUS:30, summing to 100",
    "product": "product of the world, where the code holds several; may be left empty",
}
"""Columns of the file with what to write in each; the last may be left out."""
TONNES = {"t": 1.0, "kg": 1e-3}
SKELETON = """\
code,country,stock,need_per_week,unit,contract_percent,origin,product
2846.90,JPN,12000,900,kg,60,CHN:80;MYS:20,dy_oxide
280530000,JPN,40,5.5,t,50,CHN:100,ndpr_metal
8505.11,JPN,8500,1200,kg,70,CHN:60;JPN:40,ndfeb_h
"""


@dataclass(frozen=True)
class Item:
    """One row: goods under a customs code, what is on hand and needed (t, t a week), contract share, shares by origin."""

    line: int
    code: str
    title: str
    products: tuple[str, ...]
    country: str
    stock: float
    need: float
    contract: float
    origin: dict[str, float]

    @property
    def days(self) -> float:
        """Days of cover today."""
        return 7.0 * self.stock / self.need


def read_part(path: Path, world: World) -> list[Item]:
    """Read and check the file; its codes are looked up in the world's customs table, longest beginning first.

    Raises
    ------
    ScenarioError
        At the first fault: file, line, column, and what to write.
    """
    if not world.tables["customs"]:
        raise ScenarioError(f"{path}: the world {world.folder.name} has no customs.csv; its goods cannot be looked up by code")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ScenarioError(f"{path}: not text in UTF-8; save the file as CSV in UTF-8") from None
    except OSError as fault:
        raise ScenarioError(f"{path}: cannot be read ({fault.strerror}); give a CSV file, see `ytterby new part`") from None
    reader = csv.DictReader(text.splitlines())
    header = [str(name).strip() for name in reader.fieldnames or []]
    known = list(COLUMNS)
    if header not in (known, known[:-1]):
        raise ScenarioError(f"{path}:1: columns are {', '.join(header) or 'none'}; write {', '.join(known)}")
    items = []
    for cells in reader:
        where = f"{path}:{reader.line_num}"
        if None in cells or None in cells.values():
            raise ScenarioError(f"{where}: the row has not {len(header)} cells; quote cells that hold a comma")
        items.append(_item(where, reader.line_num, {k.strip(): v.strip() for k, v in cells.items()}, world))
    if not items:
        raise ScenarioError(f"{path}:2: no rows; write one per customs code, see `ytterby new part`")
    return items


def _item(where: str, line: int, cells: dict[str, str], world: World) -> Item:
    row = customs_row(where, cells["code"], world)
    country = _country(where, "country", cells["country"], world)
    if cells["unit"] not in TONNES:
        raise ScenarioError(f"{where}: unit: {cells['unit']!r} is not known; write {COLUMNS['unit']}")
    scale = TONNES[cells["unit"]]
    stock, need, contract = (_number(where, key, cells[key]) for key in ("stock", "need_per_week", "contract_percent"))
    if need <= 0.0:
        raise ScenarioError(f"{where}: need_per_week: {need:g} is no need; write a number above 0, or drop the row")
    if contract > 100.0:
        raise ScenarioError(f"{where}: contract_percent: {contract:g} is over 100; write 0 to 100")
    products = tuple(p.strip() for p in str(row["products"]).split(";"))
    chosen = cells.get("product", "")
    if chosen and chosen not in products:
        raise ScenarioError(
            f"{where}: product: {chosen!r} does not stand under {row['code']}; write one of {', '.join(products)}"
        )
    return Item(
        line, str(row["code"]), str(row["title"]), (chosen,) if chosen else products, country, stock * scale, need * scale,
        contract / 100.0, _origin(where, cells["origin"], world),
    )  # fmt: skip


def customs_row(where: str, text: str, world: World) -> Row:
    """The row of the customs table that a code begins with, the longest there is."""
    code = "".join(c for c in text if c not in ".- ")
    if not code.isdigit() or len(code) < 6:
        raise ScenarioError(f"{where}: code: {text!r} is no customs code; write {COLUMNS['code']}")
    found = [r for r in world.tables["customs"] if code.startswith(str(r["code"]))]
    if not found:
        known = sorted(str(r["code"]) for r in world.tables["customs"] if r["system"] == "hs6")
        raise ScenarioError(f"{where}: code: {text!r} is none of rare-earth goods; known beginnings are {', '.join(known)}")
    return max(found, key=lambda r: len(str(r["code"])))


def _number(where: str, key: str, text: str) -> float:
    try:
        value = float(text.replace(" ", ""))
    except ValueError:
        raise ScenarioError(f"{where}: {key}: {text!r} is not a number; write {COLUMNS[key]}, digits and a point") from None
    if not math.isfinite(value) or value < 0.0:
        raise ScenarioError(f"{where}: {key}: {text} is not 0 or more; write {COLUMNS[key]}")
    return value


def _country(where: str, key: str, text: str, world: World) -> str:
    countries = world.meta["countries"]
    if text not in countries:
        raise ScenarioError(f"{where}: {key}: {text!r} is no country of the world{near(text, list(countries))}")
    return text


def _origin(where: str, text: str, world: World) -> dict[str, float]:
    shares: dict[str, float] = {}
    for part in (p for p in text.split(";") if p.strip()):
        country, _, percent = part.partition(":")
        country = _country(where, "origin", country.strip(), world)
        if not percent.strip():
            raise ScenarioError(f"{where}: origin: {part.strip()!r} has no percentage; write {COLUMNS['origin']}")
        shares[country] = shares.get(country, 0.0) + _percent(where, percent)
    if abs(sum(shares.values()) - 1.0) > 0.005:
        raise ScenarioError(f"{where}: origin: shares sum to {100 * sum(shares.values()):g} %; write {COLUMNS['origin']}")
    return shares


def _percent(where: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ScenarioError(f"{where}: origin: {text.strip()!r} is not a number; write {COLUMNS['origin']}") from None
    if not 0.0 <= value <= 100.0:
        raise ScenarioError(f"{where}: origin: {value:g} is not 0 to 100; write {COLUMNS['origin']}")
    return value / 100.0
