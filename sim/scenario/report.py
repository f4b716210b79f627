"""Report on a world's tables: how much tonnage is measured, how much stands in named plants, and why the rest is pooled."""

from sim.scenario.tables import STATUSES
from sim.scenario.world import Row, World


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
