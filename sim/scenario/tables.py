"""World tables: every column declared once, every row read with the line it stands on.

A world is a folder: ``world.yaml`` and the tables below as CSV. Each row says where its number comes from (``source``,
keys of ``scenarios/sources.yaml``, several joined by ``;``) and what kind of number it is (``status``): measured (seen
in the source), derived (arithmetic on such, given in ``note``) or assumed. ``low`` and ``high`` bound the row's own
number where it is uncertain.
"""

import csv
import math
from dataclasses import dataclass
from pathlib import Path

STATUSES = ("measured", "derived", "assumed")


class WorldError(ValueError):
    """A world table cannot be used; the message names file, line, column and what to write instead."""


@dataclass(frozen=True)
class Column:
    """One column: its kind (``name``, ``text``, ``number``, ``date``), its meaning with unit, if it may be empty."""

    name: str
    kind: str
    meaning: str
    optional: bool = False
    choices: tuple[str, ...] = ()


def _name(name: str, meaning: str, *choices: str, optional: bool = False) -> Column:
    return Column(name, "name", meaning, optional, choices)


def _number(name: str, meaning: str, optional: bool = False) -> Column:
    return Column(name, "number", meaning, optional)


PROVENANCE = (
    _number("low", "lower bound of the row's number, in its unit", optional=True),
    _number("high", "upper bound of the row's number, in its unit", optional=True),
    _name("status", "kind of number", *STATUSES),
    Column("source", "text", "keys of scenarios/sources.yaml, joined by ;"),
    Column("note", "text", "formula or caution", optional=True),
)

_ALWAYS = frozenset(c.name for c in PROVENANCE)

_START = _name("start", "start the row belongs to: a year, or any", "2009", "2024", "any")
_MADE_AT = _name(
    "start", "start whose make the row describes; empty or left out: of any", "2009", "2024", "any", optional=True
)

TABLES: dict[str, tuple[Column, ...]] = {
    "baskets": (
        _name("basket", "ore or deposit type"),
        _name("element", "one of the seventeen elements"),
        _number("share_percent", "share of total rare-earth oxide, %; a basket sums to 100"),
    ),
    "products": (
        _name("product", "lower-snake name"),
        _name(
            "stage", "place in the chain", "concentrate", "carbonate", "oxide", "metal", "magnet", "swarf", "substitute"
        ),
        _name("basket", "basket, for concentrates and carbonates", optional=True),
        _number("treo_percent", "rare-earth oxide per gross weight, % (concentrates, carbonates)", optional=True),
        Column("hs", "text", "customs code, digits"),
        Column("title", "text", "name in words"),
    ),
    "contents": (
        _MADE_AT,
        _name("product", "product that is no concentrate or carbonate"),
        _name("element", "one of the seventeen elements, or a group of world.yaml such as NdPr"),
        _number("content", "t of element per t of product, 0 to 1"),
    ),
    "separations": (
        _name("recipe", "name of the process"),
        _name("feed", "concentrate or carbonate fed"),
        _name("circuit", "what is taken apart", "light", "heavy", "both"),
        _name("residual", "carbonate of the elements not taken apart", optional=True),
        _number("recovery", "share of each element in the feed that comes out, 0 to 1"),
        _number("hold_weeks", "weeks of output inside the circuit before the first product", optional=True),
    ),
    "recipes": (
        _MADE_AT,
        _name("recipe", "name of the process"),
        _name("role", "what the product is to it; exactly one main output of amount 1", "input", "output", "swarf"),
        _name("product", "product"),
        _number("amount", "t per t of main output"),
    ),
    "sites": (
        _START,
        _name("site", "lower-snake name, the same in both starts for the same plant"),
        Column("title", "text", "the plant's or pool's name"),
        _name("kind", "agent kind", "mine", "refiner", "metal_maker", "magnet_maker", "recycler", "trader"),
        _name("country", "alpha-3"),
        _name(
            "extent",
            "one plant, the plants of one named firm, a pool of several by cluster, group or country, or what no book shows",
            "plant",
            "firm",
            "pool",
            "undocumented",
        ),
        _name("recipe", "process run; for a mine, the concentrate it makes"),
        _number(
            "nameplate_t_yr", "design rate, t per year: contained REO of concentrate or feed, gross t of main output"
        ),
        _number("output_t_yr", "rate at the start, same unit; low and high bound it"),
        _number("cash_cost_usd_per_kg", "cash cost beside inputs per kg of that unit", optional=True),
        _name("group", "owner whose plants price as one", optional=True),
    ),
    "end_uses": (
        _name("end_use", "lower-snake name"),
        _name(
            "parameter", "elasticity, growth_percent_yr_<start>, thrift_floor, postponed_share, relocates, together ..."
        ),
        _number("value", "its value; low and high bound it"),
    ),
    "demand": (
        _START,
        _name("country", "alpha-3"),
        _name("end_use", "end use"),
        _name("product", "product bought"),
        _number("tonnes_yr", "gross t of product per year at the start"),
    ),
    "trade": (
        _START,
        _name("product", "product"),
        _name("seller", "alpha-3"),
        _name("buyer", "alpha-3"),
        _number(
            "share", "share of the buyer country's supply of the product that comes from the seller country, 0 to 1"
        ),
    ),
    "transit": (
        _name("seller", "alpha-3"),
        _name("buyer", "alpha-3"),
        _number("weeks", "dispatch to arrival, weeks"),
    ),
    "contracts": (
        _START,
        _name("seller", "site, country, agent kind, or * for any; the most exact row counts"),
        _name("buyer", "site, a manufacturer as COUNTRY:end_use, country, agent kind, or *"),
        _name("product", "product, or *"),
        _number("share", "share of the lane's volume that is under term contract, 0 to 1"),
        _name("index", "price the formula reads", "price_domestic", "price_fob", "price_traded", optional=True),
        _number("discount", "share off the index", optional=True),
        _number("floor_usd_per_kg", "least price of the formula, USD per kg gross", optional=True),
        _number("ceiling_usd_per_kg", "highest price of the formula, USD per kg gross", optional=True),
    ),
    "projects": (
        _START,
        _name("project", "name"),
        Column("title", "text", "the plant's name"),
        _name("kind", "agent kind", "mine", "refiner", "metal_maker", "magnet_maker", "recycler"),
        _name("country", "alpha-3"),
        _name("recipe", "process"),
        _number("nameplate_t_yr", "design rate, unit as in sites"),
        _number("cost_musd", "capital cost, million USD"),
        _number("cost_low", "lower bound of the cost", optional=True),
        _number("cost_high", "upper bound of the cost", optional=True),
        Column("earliest", "date", "earliest first product, YYYY-MM"),
        _number("build_weeks", "weeks from a decision to first product, slip aside"),
        _number("build_low", "lower bound of those weeks", optional=True),
        _number("build_high", "upper bound of those weeks", optional=True),
        _number("slip_weeks", "expected slip, weeks"),
        _number("permit_hazard", "chance per year that a permit or finance fails, 0 to 1"),
        _number("cash_cost_usd_per_kg", "cash cost beside inputs per kg", optional=True),
        _name("decided", "committed at the start, or to be decided in the run", "yes", "no"),
        Column("offtake", "text", "who may take the output, COUNTRY:share joined by ;", optional=True),
    ),
    "prices": (
        _START,
        _name("product", "product"),
        _name("basis", "which price", "price_domestic", "price_fob", "price_quote", "price_traded"),
        _number("usd_per_kg", "USD per kg gross product at the start, VAT as the basis says"),
    ),
    "policies": (
        _name("country", "alpha-3"),
        _name("instrument", "measure", "export_duty", "vat", "vat_refund", "export_quota", "import_duty", "stock"),
        Column("hs", "text", "customs codes it covers, digits, joined by ;", optional=True),
        Column("from_date", "date", "YYYY-MM-DD"),
        Column("to_date", "date", "YYYY-MM-DD, empty while in force", optional=True),
        _number("value", "percent for duties and taxes; t gross per half-year for quotas; t for stocks"),
    ),
    "customs": (
        Column("code", "text", "customs code, digits"),
        _name("system", "whose code", "hs6", "jp9", "cn10"),
        Column("title", "text", "what stands under it, in words"),
        _name("unit", "unit in which customs count it", "kg", "t"),
        Column("products", "text", "products of the world that stand under it, joined by ;"),
    ),
    "stocks": (
        _START,
        _name("holder", "agent kind, COUNTRY, or COUNTRY:kind"),
        _name("stage", "stage of the product held"),
        _number("cover_weeks", "weeks of own use or output on hand at the start and wished normally"),
    ),
}
"""Table name to its own columns; ``PROVENANCE`` follows in every table."""
MAY_LACK = ("customs",)
"""Tables that a world may do without."""


def columns_of(table: str) -> tuple[Column, ...]:
    """Return the declared columns of a table, provenance last."""
    return TABLES[table] + PROVENANCE


def read_table(folder: Path, table: str, sources: frozenset[str]) -> list[dict[str, str | float | None]]:
    """Read and check one table; columns of its own that may be empty may also be left out.

    Returns rows as dictionaries of typed values with their line number under ``"line"``. Raises WorldError at the first
    fault: an unknown or missing column, an unreadable cell, a word that is no choice, a source without an entry.
    """
    path = folder / f"{table}.csv"
    declared = {c.name: c for c in columns_of(table)}
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        header = list(reader.fieldnames or [])
        present = {n: c for n, c in declared.items() if n in header or not c.optional or n in _ALWAYS}
        if header != list(present):
            raise WorldError(f"{path}:1: columns are {', '.join(header)}; write {', '.join(declared)}")
        absent = dict.fromkeys(declared.keys() - present.keys())
        return [_row(path, reader.line_num, cells, present, sources) | absent for cells in reader]


def _row(
    path: Path, line: int, cells: dict[str, str], declared: dict[str, Column], sources: frozenset[str]
) -> dict[str, str | float | None]:
    row: dict[str, str | float | None] = {"line": float(line)}
    if None in cells or None in cells.values():
        raise WorldError(f"{path}:{line}: the row has not {len(declared)} cells; quote cells that hold a comma")
    for name, column in declared.items():
        row[name] = _cell(f"{path}:{line}: {name}", cells[name].strip(), column)
    for key in str(row["source"]).split(";"):
        if key.strip() not in sources:
            raise WorldError(f"{path}:{line}: source: {key.strip()!r} is not in scenarios/sources.yaml; add it there")
    for name in (n for n in row if n == "low" or n.endswith("_low")):
        low, high = row[name], row.get(name.removesuffix("low") + "high")
        if isinstance(low, float) and isinstance(high, float) and low > high:
            raise WorldError(f"{path}:{line}: {name}: {low:g} is above high {high:g}; write the smaller number first")
    return row


def _cell(where: str, text: str, column: Column) -> str | float | None:
    if not text:
        if column.optional:
            return None
        raise WorldError(f"{where}: empty; write {column.meaning}")
    if column.kind == "number":
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise WorldError(f"{where}: {text!r} is not a number; write {column.meaning}")
        return number
    if column.choices and text not in column.choices:
        raise WorldError(f"{where}: {text!r} is not known; write one of {', '.join(column.choices)}")
    return text
