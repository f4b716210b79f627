"""Foundations: how a result's world was made, and which of its numbers were drawn, from which range and source."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.events.event import Uncertain
from sim.scenario.report import extent_share, tonnage_by_status, trade_at_rest
from sim.scenario.schema import ScenarioFile
from sim.scenario.world import World, network_of, read_sources, read_world


@dataclass(frozen=True)
class Drawn:
    """A number drawn per world: where it stands, its range, unit, kind, source and note."""

    path: str
    low: float
    mode: float
    high: float
    unit: str
    status: str
    source: str
    note: str


@dataclass(frozen=True)
class Foundations:
    """The world behind a result: shares of tonnage, what balancing moved, drawn numbers, sources in words."""

    world: World
    start: str
    status: dict[str, dict[str, float]]
    extent: dict[str, dict[str, float]]
    moved: list[dict[str, Any]]
    elsewhere: float
    covered: float
    sites: int
    lanes: int
    drawn: list[Drawn]
    sources: dict[str, dict[str, Any]]

    def named_share(self, kind: str) -> float:
        """Share of a kind's tonnage that stands under the name of a plant or firm."""
        return self.extent[kind].get("plant", 0.0) + self.extent[kind].get("firm", 0.0)


def foundations(folder: Path, start: str, file: ScenarioFile) -> Foundations:
    """Read a world's tables and its balanced start, for one scenario.

    Parameters
    ----------
    folder : the world's
    start : a complete start, such as 2024
    """
    world, net = read_world(folder), network_of(folder, start)
    trade = trade_at_rest(net.residuals)
    return Foundations(
        world, start, tonnage_by_status(world, start), extent_share(world, start),
        [r for r in net.residuals if r["kind"] == "balance"], trade.elsewhere, trade.covered, len(net.sites),
        int(net.seller.size), list(_drawn(world, start, file)), read_sources(folder),
    )  # fmt: skip


def _drawn(world: World, start: str, file: ScenarioFile) -> Iterator[Drawn]:
    """Numbers with a range: the scenario's own, then the world's parameters, then end uses of this start."""
    for event in file.events:
        for key in type(event).model_fields:
            number = getattr(event, key)
            if isinstance(number, Uncertain) and number.low < number.high:
                path = f"events.{event.name}.{key}"
                meaning = type(event).model_fields[key].description or ""
                yield Drawn(path, number.low, number.mode, number.high, "", "assumed", event.source, meaning)
    own = file.parameters
    for key, p in world.parameters(start).items():
        low, mode, high = (own[key].low, own[key].mode, own[key].high) if key in own else (p["low"], p["mode"], p["high"])
        if low < high:
            source = "scenario" if key in own else str(p["source"])
            note = str(p.get("note", ""))
            yield Drawn(f"parameters.{key}", low, mode, high, str(p["unit"]), str(p["status"]), source, note)
    for row in world.tables["end_uses"]:
        ends = str(row["parameter"]).rsplit("_", 1)[-1]
        bounds = (row["low"], row["high"])
        if (ends.isdigit() and ends != start) or None in bounds or row["low"] == row["high"]:
            continue
        path = f"end_uses.{row['end_use']}.{row['parameter']}"
        yield Drawn(
            path, float(row["low"]), float(row["value"]), float(row["high"]), "", str(row["status"]), str(row["source"]),
            str(row["note"] or ""),
        )  # fmt: skip
