"""World tables: every column declared once, every row read with the line it stands on.

A world is a folder: ``world.yaml`` and the tables below as CSV. Each row says where its number comes from (``source``,
keys of ``scenarios/sources.yaml``, several joined by ``;``) and what kind of number it is (``status``): measured (seen
in the source), derived (arithmetic on such, given in ``note``) or assumed. ``low`` and ``high`` bound the row's own
number where it is uncertain.
"""

import csv
import io
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal, get_args

from sim.scenario.faults import ScenarioError, text_of

Status = Literal["measured", "derived", "assumed"]
STATUSES: tuple[str, ...] = get_args(Status)
REMEMBERED = "price_remembered"
"""Basis of a mean price of a year before a start, FOB, of which sellers learned what is normal."""


class WorldError(ValueError):
    """A world table cannot be used; the message names file, line, column and what to write instead."""


@contextmanager
def fault_of_a_world() -> Iterator[None]:
    """What is wrong with a file of a world is told as a fault of the world."""
    try:
        yield
    except ScenarioError as fault:
        raise WorldError(str(fault)) from None


@dataclass(frozen=True)
class Column:
    """One column: its kind, its meaning with unit, if it may be empty, and what a number lies between.

    Kinds: ``name``, ``text``, ``codes`` (of customs, joined by ;), ``date`` (YYYY-MM-DD), ``month`` (YYYY-MM) and ``number``,
    which is ``least`` or more, or above it where ``above``, and at most ``most``.
    """

    name: str
    kind: str
    meaning: str
    optional: bool = False
    choices: tuple[str, ...] = ()
    least: float = 0.0
    most: float = math.inf
    above: bool = False


def _name(name: str, meaning: str, *choices: str, optional: bool = False) -> Column:
    return Column(name, "name", meaning, optional, choices)


def _number(
    name: str, meaning: str, optional: bool = False, least: float = 0.0, most: float = math.inf, above: bool = False
) -> Column:
    return Column(name, "number", meaning, optional, (), least, most, above)


TONNES, USD, WEEKS, LONG, PERCENT, SHARE, LATEST = 1e9, 1e9, 520.0, 2600.0, 100.0, 1.0, 2100.0
"""Most that a row may say: t a year, USD per kg or million USD, weeks of stock, weeks to build, %, share, year."""

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
        _number("share_percent", "share of total rare-earth oxide, %; a basket sums to 100", most=PERCENT),
    ),
    "products": (
        _name("product", "lower-snake name"),
        _name(
            "stage", "place in the chain", "concentrate", "carbonate", "oxide", "metal", "magnet", "swarf", "substitute"
        ),
        _name("basket", "basket, for concentrates and carbonates", optional=True),
        _number("treo_percent", "rare-earth oxide per gross weight, % (concentrates, carbonates)", optional=True, most=PERCENT, above=True),
        Column("hs", "codes", "customs code, digits"),
        Column("title", "text", "name in words"),
    ),
    "contents": (
        _MADE_AT,
        _name("product", "product that is no concentrate or carbonate"),
        _name("element", "one of the seventeen elements, or a group of world.yaml such as NdPr"),
        _number("content", "t of element per t of product, 0 to 1", most=SHARE),
    ),
    "separations": (
        _name("recipe", "name of the process"),
        _name("feed", "concentrate or carbonate fed"),
        _name("circuit", "what is taken apart", "light", "heavy", "both"),
        _name("residual", "carbonate of the elements not taken apart", optional=True),
        _number("recovery", "share of each element in the feed that comes out, 0 to 1", most=SHARE, above=True),
        _number("hold_weeks", "weeks of output inside the circuit before the first product", optional=True, most=WEEKS),
    ),
    "recipes": (
        _MADE_AT,
        _name("recipe", "name of the process"),
        _name("role", "what the product is to it; exactly one main output of amount 1", "input", "output", "swarf"),
        _name("product", "product"),
        _number("amount", "t per t of main output", most=1e4, above=True),
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
            "nameplate_t_yr", "design rate, t per year: contained REO of concentrate or feed, gross t of main output",
            most=TONNES, above=True,
        ),
        _number("output_t_yr", "rate at the start, same unit; low and high bound it", most=TONNES),
        _number("cash_cost_usd_per_kg", "cash cost beside inputs per kg of that unit", optional=True, most=USD),
        _name("group", "owner whose plants price as one", optional=True),
    ),
    "end_uses": (
        _name("end_use", "lower-snake name"),
        _name(
            "parameter", "elasticity, growth_percent_yr_<start>, thrift_floor, postponed_share, relocates, together ..."
        ),
        _number("value", "its value; low and high bound it", least=-PERCENT, most=1e3),
    ),
    "demand": (
        _START,
        _name("country", "alpha-3"),
        _name("end_use", "end use"),
        _name("product", "product bought"),
        _number("tonnes_yr", "gross t of product per year at the start", most=TONNES),
    ),
    "trade": (
        _START,
        _name("product", "product"),
        _name("seller", "alpha-3"),
        _name("buyer", "alpha-3"),
        _number(
            "share", "share of the buyer country's supply of the product that comes from the seller country, 0 to 1",
            most=SHARE,
        ),
    ),
    "transit": (
        _name("seller", "alpha-3"),
        _name("buyer", "alpha-3"),
        _number("weeks", "dispatch to arrival, weeks", most=104.0),
    ),
    "contracts": (
        _START,
        _name("seller", "site, country, agent kind, or * for any, of the row's start; no trader; the most exact row counts"),
        _name("buyer", "site, a manufacturer as COUNTRY:end_use, country, agent kind, or *"),
        _name("product", "product, or *"),
        _number("share", "share of the lane's volume that is under term contract, 0 to 1", most=SHARE),
        _name("index", "price the formula reads", "price_domestic", "price_fob", "price_traded", optional=True),
        _number("discount", "share off the index, -1 to 1", optional=True, least=-SHARE, most=SHARE),
        _number("floor_usd_per_kg", "least price of the formula, USD per kg gross", optional=True, most=USD),
        _number("ceiling_usd_per_kg", "highest price of the formula, USD per kg gross", optional=True, most=USD),
    ),
    "projects": (
        _START,
        _name("project", "name"),
        Column("title", "text", "the plant's name"),
        _name("kind", "agent kind", "mine", "refiner", "metal_maker", "magnet_maker", "recycler"),
        _name("country", "alpha-3"),
        _name("recipe", "process"),
        _number("nameplate_t_yr", "design rate, unit as in sites", most=TONNES, above=True),
        _number("cost_musd", "capital cost, million USD", most=USD),
        _number("cost_low", "lower bound of the cost", optional=True, most=USD),
        _number("cost_high", "upper bound of the cost", optional=True, most=USD),
        Column("earliest", "month", "earliest first product, YYYY-MM"),
        _number("build_weeks", "weeks from a decision to first product, slip aside", most=LONG),
        _number("build_low", "lower bound of those weeks", optional=True, most=LONG),
        _number("build_high", "upper bound of those weeks", optional=True, most=LONG),
        _number("slip_weeks", "expected slip, weeks", most=LONG),
        _number("permit_hazard", "chance per year that a permit or finance fails, 0 to 1", most=SHARE),
        _number("cash_cost_usd_per_kg", "cash cost beside inputs per kg", optional=True, most=USD),
        _name("decided", "committed at the start, or to be decided in the run", "yes", "no"),
        Column("offtake", "text", "who may take the output, COUNTRY:share joined by ;", optional=True),
    ),
    "prices": (
        _START,
        _name("product", "product"),
        _name("basis", "which price", "price_domestic", "price_fob", REMEMBERED),
        _number("usd_per_kg", "USD per kg gross product at the start, VAT as the basis says", most=USD, above=True),
        _number("year", "year before the start that a remembered price is the mean of, and of no other", optional=True, most=LATEST),
    ),
    "policies": (
        _name("country", "alpha-3"),
        _name("instrument", "measure", "export_duty", "vat", "vat_refund", "export_quota", "import_duty", "stock"),
        Column("hs", "codes", "customs codes it covers, digits, joined by ;", optional=True),
        Column("from_date", "date", "YYYY-MM-DD"),
        Column("to_date", "date", "YYYY-MM-DD, empty while in force", optional=True),
        _number("value", "percent for duties and taxes; t gross per half-year for quotas; t for stocks", most=TONNES),
    ),
    "customs": (
        Column("code", "codes", "customs code, digits"),
        _name("system", "whose code", "hs6", "jp9", "cn10"),
        Column("title", "text", "what stands under it, in words"),
        _name("unit", "unit in which customs count it", "kg", "t"),
        Column("products", "text", "products of the world that stand under it, joined by ;"),
    ),
    "stocks": (
        _START,
        _name("holder", "agent kind, COUNTRY, or COUNTRY:kind"),
        _name("stage", "stage of the product held"),
        _number("cover_weeks", "weeks of own use or output on hand at the start and wished normally", most=WEEKS),
    ),
}
"""Table name to its own columns; ``PROVENANCE`` follows in every table."""
MAY_LACK = ("customs",)
"""Tables that a world may do without."""

KEYS: dict[str, tuple[str, ...]] = {
    "baskets": ("basket", "element"),
    "products": ("product",),
    "contents": ("start", "product", "element"),
    "separations": ("recipe",),
    "recipes": ("start", "recipe", "role", "product"),
    "sites": ("start", "site"),
    "end_uses": ("end_use", "parameter"),
    "demand": ("start", "country", "end_use", "product"),
    "trade": ("start", "product", "seller", "buyer"),
    "transit": ("seller", "buyer"),
    "contracts": ("start", "seller", "buyer", "product"),
    "projects": ("start", "project"),
    "prices": ("start", "product", "basis", "year"),
    "policies": ("country", "instrument", "hs", "from_date"),
    "customs": ("system", "code"),
    "stocks": ("start", "holder", "stage"),
}
"""Table name to the columns that together name a row: no two rows agree in all of them."""
BOUNDED = {"sites": "output_t_yr", "projects": "nameplate_t_yr"}
"""The number that ``low`` and ``high`` of a table bound, where it is not the first."""


def bounded_in(table: str) -> Column | None:
    """The number that ``low`` and ``high`` of a table bound; None in a table without numbers."""
    named = BOUNDED.get(table)
    return next((c for c in TABLES[table] if c.kind == "number" and named in (None, c.name)), None)


def columns_of(table: str) -> tuple[Column, ...]:
    """Return the declared columns of a table, provenance last; bounds of a number lie where the number may lie."""
    number = bounded_in(table)
    if number is None:
        return TABLES[table] + PROVENANCE
    bounds = [replace(c, least=number.least, most=number.most) for c in PROVENANCE[:2]]
    return (*TABLES[table], *bounds, *PROVENANCE[2:])


def read_table(folder: Path, table: str, sources: frozenset[str]) -> list[dict[str, str | float | None]]:
    """Read and check one table; columns of its own that may be empty may also be left out.

    Returns rows as dictionaries of typed values with their line number under ``"line"``. Raises WorldError at the first
    fault: an unknown or missing column, an unreadable cell, a word that is no choice, a source without an entry.
    """
    path = folder / f"{table}.csv"
    declared = {c.name: c for c in columns_of(table)}
    with fault_of_a_world():
        reader = csv.DictReader(io.StringIO(text_of(path, "a CSV table"), newline=""))
    try:
        header = list(reader.fieldnames or [])
        present = {n: c for n, c in declared.items() if n in header or not c.optional or n in _ALWAYS}
        if header != list(present):
            raise WorldError(f"{path}:1: {_headed(header, list(declared))}")
        absent = dict.fromkeys(declared.keys() - present.keys())
        rows = [_row(path, reader.line_num, cells, present, sources) | absent for cells in reader]
    except csv.Error:
        most = f"{csv.field_size_limit():,} characters"
        raise WorldError(f"{path}:{reader.line_num + 1}: a cell of over {most}; shorten it, or close its quote") from None
    for row in rows:
        _check_order(path, row, bounded_in(table))
    _check_unique(path, rows, KEYS[table])
    return rows


def _headed(header: list[str], declared: list[str]) -> str:
    """What is wrong with a header, and the right one."""
    told = f"columns are {', '.join(header)}" if header else "the table is empty"
    return f"{told}; write {', '.join(declared)}"


Row = dict[str, str | float | None]


def _check_order(path: Path, row: Row, bounded: Column | None) -> None:
    """Raise WorldError for bounds in the wrong order, bounds that leave the row's number out, and an end before its start."""
    where = f"{path}:{row['line']:.0f}"
    for name in (n for n in row if n == "low" or n.endswith("_low")):
        low, high = row[name], row.get(name.removesuffix("low") + "high")
        if isinstance(low, float) and isinstance(high, float) and low > high:
            raise WorldError(f"{where}: {name}: {low:g} is above high {high:g}; write the smaller number first")
    named = bounded.name if bounded else ""
    number, low, high = row.get(named), row["low"], row["high"]
    if isinstance(number, float) and isinstance(low, float) and low > number:
        raise WorldError(f"{where}: low: {low:g} is above {named} {number:g}; write what bounds it from below")
    if isinstance(number, float) and isinstance(high, float) and high < number:
        raise WorldError(f"{where}: high: {high:g} is below {named} {number:g}; write what bounds it from above")
    first, last = row.get("from_date"), row.get("to_date")
    if isinstance(first, str) and isinstance(last, str) and last < first:
        raise WorldError(f"{where}: to_date: {last} is before from_date {first}; write a later day")


def _check_unique(path: Path, rows: list[Row], key: tuple[str, ...]) -> None:
    """Raise WorldError for a row that says again what an earlier one said."""
    seen: dict[tuple[object, ...], float] = {}
    for row in rows:
        named = tuple(row[c] for c in key)
        if named in seen:
            told = f"{' '.join(str(n) for n in named if n is not None)} is in line {seen[named]:.0f} already"
            raise WorldError(f"{path}:{row['line']:.0f}: {key[-1]}: {told}; keep one of the two rows")
        seen[named] = float(str(row["line"]))


def _row(
    path: Path, line: int, cells: dict[str, str], declared: dict[str, Column], sources: frozenset[str]
) -> Row:
    row: Row = {"line": float(line)}
    if None in cells or None in cells.values():
        raise WorldError(f"{path}:{line}: the row has not {len(declared)} cells; quote cells that hold a comma")
    for name, column in declared.items():
        row[name] = _cell(f"{path}:{line}: {name}", cells[name].strip(), column)
    for key in str(row["source"]).split(";"):
        if key.strip() not in sources:
            raise WorldError(f"{path}:{line}: source: {key.strip()!r} is not in scenarios/sources.yaml; add it there")
    return row


def _cell(where: str, text: str, column: Column) -> str | float | None:
    if not text:
        if column.optional:
            return None
        raise WorldError(f"{where}: empty; write {column.meaning}")
    if column.kind == "number":
        return _number_in(where, text, column)
    if column.choices and text not in column.choices:
        raise WorldError(f"{where}: {text!r} is not known; write one of {', '.join(column.choices)}")
    if column.kind == "codes" and not re.fullmatch(r"\d{2,10}(\s*;\s*\d{2,10})*", text):
        raise WorldError(f"{where}: {text!r} is no code; write {column.meaning}")
    if column.kind in ("date", "month") and not _is_day(text if column.kind == "date" else f"{text}-01"):
        raise WorldError(f"{where}: {text!r} is no date; write {column.meaning}")
    return text


def _number_in(where: str, text: str, column: Column) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise WorldError(f"{where}: {text!r} is not a number; write {column.meaning}")
    if number < column.least or (column.above and number == column.least):
        words = f"above {column.least:g}" if column.above else f"{column.least:g} or more"
        raise WorldError(f"{where}: {number:g} is out of range; write {words}: {column.meaning}")
    if number > column.most:
        raise WorldError(f"{where}: {number:g} is out of range; write {column.most:g} or less: {column.meaning}")
    return number


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text)) and len(text) == len("YYYY-MM-DD")
    except ValueError:
        return False
