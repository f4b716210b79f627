"""Report on a world's tables: how much tonnage is measured, and how much stands in named plants."""

from sim.scenario.tables import STATUSES
from sim.scenario.world import World


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


def named_share(world: World, start: str) -> dict[str, float]:
    """Share of tonnage in named plants, per agent kind."""
    named: dict[str, float] = {}
    total: dict[str, float] = {}
    for row in world.at("sites", start):
        if row["kind"] == "trader":
            continue
        total[row["kind"]] = total.get(row["kind"], 0.0) + row["output_t_yr"]
        if row["extent"] == "plant":
            named[row["kind"]] = named.get(row["kind"], 0.0) + row["output_t_yr"]
    return {k: named.get(k, 0.0) / t for k, t in total.items() if t > 0.0}
