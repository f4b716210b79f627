"""Whole: what the tables of a world must agree on with each other and with ``world.yaml``.

Names that one table uses stand in the table that declares them; shares of one whole sum to it; no recipe makes an element out of
nothing. The first fault is raised with its file, line and column.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Any

from sim.scenario.chemistry import mass_lost, products_of, recipes_of
from sim.scenario.faults import guess, misplaced, near
from sim.scenario.tables import REMEMBERED, TABLES, WorldError, fault_of_a_world
from sim.scenario.world import Row, World

NEAR_ENOUGH = 1e-3
"""How far from 1 shares of one whole may sum, for the digits they are rounded to."""
OUT_OF_NOTHING = 1e-6
"""T of an element per t of a recipe's unit that may come of rounding."""
KINDS = ("mine", "refiner", "metal_maker", "magnet_maker", "recycler", "trader", "manufacturer")
STAGES_OF_ORE = ("concentrate", "carbonate")
"""Stages whose content is that of a basket."""


@dataclass(frozen=True)
class _Fault:
    """A fault of a row: its column, what is wrong and what to write instead."""

    table: str
    row: Row
    column: str
    message: str


def check_whole(world: World) -> None:
    """Raise WorldError at the first fault between rows, tables and ``world.yaml``."""
    with fault_of_a_world():
        _check_goods(world)
    for check in (_names, _parties, _regimes, _customs, _ores, _holders, _offtakes, _prices, _end_uses, _sums, _masses):
        for fault in check(world):
            where = f"{world.folder / fault.table}.csv:{fault.row['line']:.0f}"
            raise WorldError(f"{where}: {fault.column}: {fault.message}")


def _check_goods(world: World) -> None:
    """Raise ScenarioError for a product of ``world.yaml`` that no table declares."""
    products = [r["product"] for r in world.tables["products"]]
    named: list[tuple[tuple[Any, ...], str]]
    named = [(("rivals", n, k), p) for n, rivals in enumerate(world.meta["rivals"]) for k, p in enumerate(rivals)]
    named += [(("stores", c, k), p) for c, goods in world.meta["stores"].items() for k, p in enumerate(goods)]
    named += [(("substitutes", s, "product"), needs["product"]) for s, needs in world.meta["substitutes"].items()]
    for key, product in named:
        if product not in products:
            told = f"{product!r} is not in products.csv{near(product, products)}"
            raise misplaced(str(world.folder / "world.yaml"), world.lines, key, told)
    for key, product in named:
        if [p for k, p in named if k[0] == "rivals" == key[0]].count(product) > 1:
            told = f"{product!r} is named twice; a grade fills one component"
            raise misplaced(str(world.folder / "world.yaml"), world.lines, key, told)


def _names(world: World) -> Iterator[_Fault]:
    """Names that no table declares."""
    countries, elements = list(world.meta["countries"]), world.meta["elements"]
    products = [r["product"] for r in world.tables["products"]]
    recipes = [r["recipe"] for table in ("recipes", "separations") for r in world.tables[table]]
    baskets = [r["basket"] for r in world.tables["baskets"]]
    of_country = {c: (countries, "is no country of world.yaml; add it there") for c in ("country", "seller", "buyer")}
    of_product = {c: (products, "is not in products.csv") for c in ("product", "feed", "residual")}
    members = [*elements, *(e for group in elements.values() for e in group)]
    element = {
        "baskets": (members, "is no element of world.yaml; add it there"),
        "contents": (list(elements), "is no group of elements of world.yaml; add it there"),
    }
    for table in (t for t in TABLES if t != "contracts"):
        known = of_product | of_country
        if table == "products":
            known = {"basket": (baskets, "is not in baskets.csv")}
        known |= {"element": element[table]} if table in element else {}
        for row in world.tables[table]:
            for column, (names, told) in known.items():
                name = row.get(column)
                if name is not None and name not in names:
                    yield _Fault(table, row, column, f"{name!r} {told}{guess(str(name), names)}")
            if table in ("sites", "projects") and row["kind"] != "trader":
                names = recipes + products if row["kind"] == "mine" else recipes
                if row["recipe"] not in names:
                    told = f"{row['recipe']!r} is in no table of recipes{guess(row['recipe'], names)}"
                    yield _Fault(table, row, "recipe", f"{told}; add it to recipes.csv or separations.csv")


def _parties(world: World) -> Iterator[_Fault]:
    """Ends of contracts that are not there at the start of their row, and their goods that no table declares."""
    products = [*(r["product"] for r in world.tables["products"]), "*"]
    starts = {str(r["start"]) for table in ("contracts", "sites", "demand") for r in world.tables[table]} | {*world.meta["starts"]}
    ends = {start: _ends(world, start) for start in sorted(starts - {"any"})}
    for row in world.tables["contracts"]:
        own = [*world.meta["starts"]] if row["start"] == "any" else [row["start"]]
        for end in ("seller", "buyer"):
            told = _no_end(row[end], own, ends)
            if told is not None:
                yield _Fault("contracts", row, end, f"{row[end]!r} is none{told}")
        if row["product"] not in products:
            yield _Fault("contracts", row, "product", f"{row['product']!r} is not in products.csv{guess(row['product'], products)}; write * for any")


def _no_end(name: str, own: list[str], ends: dict[str, list[str]]) -> str | None:
    """What to write instead of an end that is not there at one of a row's own starts; None where it is."""
    lacking = next((start for start in own if name not in ends[start]), None)
    if lacking is None:
        return None
    there = [start for start in ends if name in ends[start]]
    if there:
        return f" of start {lacking}, only of {' and '.join(there)}; write sites, countries or agent kinds of start {lacking}, or *"
    return f"{guess(name, ends[lacking])}; write sites, countries, agent kinds or *"


def _ends(world: World, start: str) -> list[str]:
    """What may stand as an end of a contract at a start: sites that make or use goods, their kinds, countries and any."""
    sites = [r for r in world.at("sites", start) if r["kind"] != "trader"]
    users = [f"{r['country']}:{r['end_use']}" for r in world.at("demand", start) if r["tonnes_yr"] > 0.0]
    kinds = sorted({str(r["kind"]) for r in sites} | ({"manufacturer"} if users else set()))
    return [*(r["site"] for r in sites), *users, *world.meta["countries"], *kinds, "*"]


def _regimes(world: World) -> Iterator[_Fault]:
    """Two rates of one instrument on one code at a time, which no run could tell apart."""
    rows = world.tables["policies"]
    for n, row in enumerate(rows):
        for other in rows[:n]:
            same = (row["country"], row["instrument"]) == (other["country"], other["instrument"])
            codes = sorted(_codes(row) & _codes(other))
            if same and codes and row["from_date"] <= (other["to_date"] or "9999") and other["from_date"] <= (row["to_date"] or "9999"):
                goods = f"on HS {codes[0]}" if codes[0] else "on all goods"
                told = (
                    f"{row['instrument']} of {row['country']} {goods} is in force already from {other['from_date']} "
                    f"(line {other['line']:.0f}); begin this row after that one ends"
                )
                yield _Fault("policies", row, "from_date", told)


def _codes(row: Row) -> set[str]:
    return {code.strip() for code in (row["hs"] or "").split(";")}


def _customs(world: World) -> Iterator[_Fault]:
    """Products under a code of customs that no table declares."""
    products = [r["product"] for r in world.tables["products"]]
    for row in world.tables["customs"]:
        for name in (n.strip() for n in str(row["products"]).split(";")):
            if name not in products:
                yield _Fault("customs", row, "products", f"{name!r} is not in products.csv{near(name, products)}")


def _ores(world: World) -> Iterator[_Fault]:
    """Concentrates and carbonates without a basket and a grade, and feeds that are neither."""
    ores = {r["product"] for r in world.tables["products"] if r["stage"] in STAGES_OF_ORE}
    for row in world.tables["products"]:
        for column in ("basket", "treo_percent"):
            if (row[column] is None) == (row["product"] in ores):
                told = "empty; write it" if row[column] is None else f"{row[column]} on no ore; leave it empty"
                yield _Fault("products", row, column, f"{told}: concentrates and carbonates have one, others none")
    for row in world.tables["separations"]:
        for column in ("feed", "residual"):
            if row[column] is not None and row[column] not in ores:
                yield _Fault("separations", row, column, f"{row[column]!r} is no ore; write a concentrate or carbonate")
    for row in world.tables["contents"]:
        if row["product"] in ores:
            yield _Fault("contents", row, "product", f"{row['product']!r} holds what its basket says; drop the row")


def _holders(world: World) -> Iterator[_Fault]:
    """Holders of stocks and stages that are none."""
    stages = next(c for c in TABLES["products"] if c.name == "stage").choices
    for row in world.tables["stocks"]:
        country, _, kind = str(row["holder"]).rpartition(":")
        kinds = KINDS if country else (*KINDS, *world.meta["countries"])
        if kind not in kinds or (country and country not in world.meta["countries"]):
            yield _Fault("stocks", row, "holder", f"{row['holder']!r} is none; write an agent kind, COUNTRY, or COUNTRY:kind")
        if row["stage"] not in stages:
            yield _Fault("stocks", row, "stage", f"{row['stage']!r} is not known; write one of {', '.join(stages)}")


def _offtakes(world: World) -> Iterator[_Fault]:
    """Offtakes of projects that name no country, no share, or more than the output."""
    for row in world.tables["projects"]:
        total = 0.0
        for part in filter(str.strip, str(row["offtake"] or "").split(";")):
            country, _, share = (p.strip() for p in part.partition(":"))
            number = _share(share)
            if country not in world.meta["countries"]:
                yield _Fault("projects", row, "offtake", f"{country!r} is no country of world.yaml; add it there")
            if number is None:
                yield _Fault("projects", row, "offtake", f"{part!r} has no share from 0 to 1; write COUNTRY:share")
            total += number or 0.0
        if total > 1.0 + NEAR_ENOUGH:
            yield _Fault("projects", row, "offtake", f"shares sum to {total:g}; write 1 or less in all")


def _prices(world: World) -> Iterator[_Fault]:
    """Remembered prices of no year before the start or of a product without a price FOB at it; a year where none belongs."""
    rows = world.tables["prices"]
    fob = {(r["start"], r["product"]) for r in rows if r["basis"] == "price_fob"}
    for row in rows:
        year, start = row["year"], row["start"]
        if row["basis"] != REMEMBERED:
            if year is not None:
                yield _Fault("prices", row, "year", f"{row['basis']} is of the start itself; leave the year empty")
        elif start not in world.meta["starts"]:
            yield _Fault("prices", row, "start", f"what is remembered belongs to one start; write {' or '.join(world.meta['starts'])}")
        elif year is None or year != int(year) or not 1900 <= year < int(start):
            yield _Fault("prices", row, "year", f"write the whole year before {start} that the price is the mean of")
        elif (start, row["product"]) not in fob:
            told = f"{REMEMBERED} of {row['product']} in {start} has no price_fob beside it; add one"
            yield _Fault("prices", row, "product", told)


def _share(text: str) -> float | None:
    try:
        return float(text) if 0.0 <= float(text) <= 1.0 else None
    except ValueError:
        return None


OF_END_USE = {
    "elasticity": (0.0, inf),
    "thrift_floor": (0.0, 1.0),
    "thrift_rate_yr": (0.0, 1.0),
    "thrift_kept": (0.0, 1.0),
    "postponed_share": (0.0, 1.0),
    "relocates": (0.0, 1.0),
    "together": (0.0, 1.0),
    "life_years": (1.0, 100.0),
    "cover_weeks": (0.0, inf),
}
"""Numbers of an end use and what they lie between; growth has a name a start, and may be negative."""


def _end_uses(world: World) -> Iterator[_Fault]:
    """Numbers of end uses that nobody reads or that lie beyond their bounds, and end uses that nobody buys for."""
    names = [*OF_END_USE, *(f"growth_percent_yr_{start}" for start in world.meta["starts"])]
    bought_for = [r["end_use"] for r in world.tables["demand"]]
    for row in world.tables["end_uses"]:
        if row["parameter"] not in names:
            yield _Fault("end_uses", row, "parameter", f"{row['parameter']!r} is not known{near(row['parameter'], names)}")
        if row["end_use"] not in bought_for:
            told = f"{row['end_use']!r} is in no row of demand.csv{near(row['end_use'], bought_for)}"
            yield _Fault("end_uses", row, "end_use", told)
        least, most = OF_END_USE.get(row["parameter"], (-inf, inf))
        for column in ("value", "low", "high"):
            if row[column] is not None and not least <= row[column] <= most:
                words = f"{least:g} or more" if most == inf else f"{least:g} to {most:g}"
                yield _Fault("end_uses", row, column, f"{row[column]:g} is out of range; write {words}")


def _sums(world: World) -> Iterator[_Fault]:
    """Baskets that do not sum to 100 %, and trade shares of a buyer country that do not sum to 1."""
    yield from _not_whole("baskets", world.tables["baskets"], ("basket",), "share_percent", 100.0)
    for start in world.meta["starts"]:
        yield from _not_whole("trade", world.at("trade", start), ("product", "buyer"), "share", 1.0)


def _not_whole(table: str, rows: list[Row], key: tuple[str, ...], column: str, whole: float) -> Iterator[_Fault]:
    total: dict[tuple[str, ...], float] = {}
    last: dict[tuple[str, ...], Row] = {}
    for row in rows:
        named = tuple(row[k] for k in key)
        total[named] = total.get(named, 0.0) + row[column]
        last[named] = row
    for named, summed in total.items():
        if abs(summed / whole - 1.0) > NEAR_ENOUGH:
            told = f"rows of {' to '.join(named)} sum to {summed:g}; write shares that sum to {whole:g}"
            yield _Fault(table, last[named], column, told)


def _masses(world: World) -> Iterator[_Fault]:
    """Recipes that give more of an element than they take."""
    for start in world.meta["starts"]:
        products = products_of(world, start)
        for name, recipe in recipes_of(world, start, products).items():
            for element, lost in mass_lost(recipe, products, tuple(world.meta["elements"])).items():
                if lost < -OUT_OF_NOTHING:
                    yield _of_nothing(world, name, element, -lost)


def _of_nothing(world: World, recipe: str, element: str, tonnes: float) -> _Fault:
    told = f"{recipe} gives {tonnes:.3g} t of {element} more than it takes, per t of its unit"
    rows = [r for r in world.tables["recipes"] if r["recipe"] == recipe]
    if rows:
        return _Fault("recipes", rows[0], "amount", f"{told}; raise its inputs or lower its outputs")
    (row,) = (r for r in world.tables["separations"] if r["recipe"] == recipe)
    return _Fault("separations", row, "recovery", f"{told}; lower it, or contents of its oxides below oxide_factor")
