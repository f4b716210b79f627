"""Report on a world's tables: how much tonnage is measured, how much stands in named plants, and why the rest is pooled."""

from dataclasses import dataclass

from sim.scenario.tables import STATUSES
from sim.scenario.world import Row, World

LEAST_RELATION = 50.0
"""T per year of a product that a country must buy for its shares to be judged one by one (as in the tests at rest)."""
POINTS = 0.05
"""Departure of a share from the data that is called far."""


def tonnage_by_status(world: World, start: str) -> dict[str, dict[str, float]]:
    """Share of tonnage of each status, for sites by kind and for demand."""
    found: dict[str, dict[str, float]] = {}
    for row in world.at("sites", start):
        found.setdefault(f"sites ({row['kind']})", {})
        _add(found[f"sites ({row['kind']})"], row["status"], row["output_t_yr"])
    for row in world.at("demand", start):
        _add(found.setdefault("demand", {}), row["status"], row["tonnes_yr"])
    return {k: _shares(v) for k, v in found.items()}


def _add(totals: dict[str, float], status: str, tonnes: float) -> None:
    totals[status] = totals.get(status, 0.0) + tonnes


def _shares(totals: dict[str, float]) -> dict[str, float]:
    total = sum(totals.values())
    return {s: totals.get(s, 0.0) / total if total else 0.0 for s in STATUSES}


def extent_share(world: World, start: str) -> dict[str, dict[str, float]]:
    """Share of tonnage in named plants, in plants of one named firm, in pools and undocumented, per agent kind."""
    found: dict[str, dict[str, float]] = {}
    for row in _sites(world, start):
        _add(found.setdefault(row["kind"], {}), row["extent"], row["output_t_yr"])
    return {k: {e: t / sum(v.values()) for e, t in v.items()} for k, v in found.items()}


def largest_pools(world: World, start: str, kind: str, most: int = 3) -> list[tuple[str, float, str]]:
    """Title, t per year and note of the largest pools of a kind: why they stand under no plant's name."""
    pooled: dict[str, tuple[float, str]] = {}
    for row in _sites(world, start):
        if row["kind"] == kind and row["extent"] in ("pool", "undocumented"):
            tonnes, note = pooled.get(row["title"], (0.0, row["note"] or ""))
            pooled[row["title"]] = (tonnes + row["output_t_yr"], note)
    largest = sorted(pooled.items(), key=lambda x: (-x[1][0], x[0]))[:most]
    return [(title, tonnes, note) for title, (tonnes, note) in largest]


def _sites(world: World, start: str) -> list[Row]:
    return [r for r in world.at("sites", start) if r["kind"] != "trader" and r["output_t_yr"] > 0.0]


@dataclass
class TradeAtRest:
    """How trade shares came out beside the data: shares of tonnage, and numbers of (country, product) that buy enough."""

    elsewhere: float
    judged: int
    far: int
    far_tonnage: float
    covered: float


def trade_at_rest(residuals: list[Row]) -> TradeAtRest:
    """Measure the shares a network came out with.

    ``elsewhere`` is the part of all tonnage that comes from another country than the data say: half the sum over sellers of
    the departures of a buyer country's shares of a product, weighted by what it buys. ``far`` counts countries and products of
    50 t a year and more of which some share is more than 5 points off, ``far_tonnage`` is their part of such tonnage.
    ``covered`` is the part of the full flow, by seller country and buyer, that lanes cover.
    """
    bought: dict[tuple[str, str], tuple[float, list[float]]] = {}
    for r in residuals:
        if r["kind"] == "trade":
            bought.setdefault((r["product"], r["buyer"]), (r["tonnes_yr"], []))[1].append(
                abs(r["data"] - r["balanced"])
            )
    judged = [(tonnes, max(off)) for tonnes, off in bought.values() if tonnes >= LEAST_RELATION]
    far = [tonnes for tonnes, off in judged if off > POINTS]
    lanes = [r for r in residuals if r["kind"] == "lanes"]
    return TradeAtRest(
        _part(sum(t * sum(off) / 2.0 for t, off in bought.values()), sum(t for t, _ in bought.values())),
        len(judged),
        len(far),
        _part(sum(far), sum(t for t, _ in judged)),
        _part(sum(r["covered"] * r["tonnes_yr"] for r in lanes), sum(r["tonnes_yr"] for r in lanes)),
    )


def _part(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
