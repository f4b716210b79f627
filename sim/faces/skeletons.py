"""Skeletons: a first scenario, event kind or world that passes check."""

import shutil
from pathlib import Path

import typer

from sim.scenario.faults import ScenarioError
from sim.scenario.world import shipped_folder

SCENARIO = """\
title: A stop of dysprosium towards Japan
question: Who runs short of what, for how long, at what price?
world: rare_earths
start: 2024        # a complete start of the world
weeks: 104
events:
  - kind: shadow_embargo
    name: stop
    start: 2024-06-03
    end: 2024-09-02  # day after the last
    selection: {seller_country: CHN, buyer_country: JPN, element: Dy}
    clears: {low: 0.1, mode: 0.2, high: 0.4}   # share of the cargo that clears
"""

EVENT = '''\
"""Port strike: a share of all cargo out of a country waits."""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from sim.calendar import Calendar
from sim.events.event import Draw, Event, Number, Prepared, quiet, spoken, triple, within
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows


class PortStrike(Event):
    """Cargo out of the selected countries waits at the border, whatever it is."""

    kind: Literal["port_strike"] = "port_strike"
    clears: Number = Field(description="share of the cargo that clears, 0 to 1")

    @model_validator(mode="after")
    def _shares(self) -> "PortStrike":
        within(self.clears, 0, 1, "clears")
        return self

    def effect(self) -> str:
        return f"{spoken(self.clears, ' %', 100)} of {self.selection.words('cargo')} clears"

    def prepare(self, net: Network, rows: Rows, calendar: Calendar, draw: Draw) -> Prepared:
        lanes = self.selection.lanes(net)
        clears = draw(f"events.{self.name}.clears", triple(self.clears))[:, np.newaxis]
        strength = self.strength(calendar, draw)

        def press(week: int) -> list[Press]:
            s = strength(week)
            return [] if quiet(s) else [Press("clears", lanes, 1.0 - s * (1.0 - clears))]

        return self.prepared(press, strength)
'''


def write(what: str, path: Path) -> None:
    """Write a skeleton; never over something that is there."""
    if what not in ("scenario", "event", "world"):
        raise ScenarioError(f"{what!r} has no skeleton; write scenario, event or world")
    if path.exists():
        raise ScenarioError(f"{path}: is there already; give a new name")
    if what == "world":
        part = path.parent / f".{path.name}.part"
        try:
            shutil.copytree(shipped_folder() / "worlds" / "rare_earths", part, dirs_exist_ok=True)
            shutil.copy(shipped_folder() / "sources.yaml", part / "sources.yaml")
            part.rename(path)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        typer.echo(f"{path}: a copy of the rare-earth world to change; check it with ytterby check --world {path}")
        return
    wanted = ".yaml" if what == "scenario" else ".py"
    if path.suffix != wanted:
        raise ScenarioError(f"{path}: a {what} ends in {wanted}; name it so")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(SCENARIO if what == "scenario" else EVENT, encoding="utf-8")
    after = f"check it with ytterby check {path}"
    typer.echo(f"{path}: written; {after}")
