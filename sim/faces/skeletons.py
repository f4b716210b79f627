"""Skeletons: a first scenario, event kind or world that passes check."""

import re
import shutil
from pathlib import Path

import typer

from sim.faces.showing import world_folder
from sim.scenario.faults import ScenarioError
from sim.scenario.my_part import SKELETON as PART
from sim.scenario.world import files_of, shipped_folder, sources_file
from sim.store import unwritable

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
"""WORDS: a share of all cargo out of a country waits."""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from sim.calendar import Calendar
from sim.events.event import Draw, Event, Number, Prepared, quiet, spoken, triple, within
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows


class NAME(Event):
    """Cargo out of the selected countries waits at the border, whatever it is."""

    kind: Literal["KIND"] = "KIND"
    clears: Number = Field(description="share of the cargo that clears, 0 to 1")

    @model_validator(mode="after")
    def _shares(self) -> "NAME":
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


def write(what: str, path: Path, source: str | None = None) -> None:
    """Write a skeleton, or a copy of the world ``source``; never over something that is there."""
    if what not in ("scenario", "event", "world", "part"):
        raise ScenarioError(f"{what!r} has no skeleton; write scenario, event, world or part")
    if path.exists():
        raise ScenarioError(f"{path}: is there already; give a new name")
    if what == "world":
        _write_world(path, source)
        return
    if source is not None:
        raise ScenarioError(f"--from copies a world; leave it out for a new {what}")
    wanted, text, after = {
        "scenario": (".yaml", SCENARIO, "check it with ytterby check {}"),
        "event": (".py", EVENT, "check it with ytterby check {}"),
        "part": (".csv", PART, "put your own rows in and give it to ytterby report RESULT --my-part {}"),
    }[what]
    if path.suffix != wanted:
        raise ScenarioError(f"{path}: {'an' if what == 'event' else 'a'} {what} ends in {wanted}; name it so")
    if what == "event":
        text = _event(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise unwritable(path, fault) from None
    typer.echo(f"{path}: written; {after.format(path)}")


def _event(path: Path) -> str:
    """The skeleton of an event kind that is called as its file is."""
    kind = path.stem
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", kind):
        raise ScenarioError(f"{path}: a kind is named in small letters, words joined by _, as in port_strike.py; name it so")
    words = kind.split("_")
    named = {"KIND": kind, "NAME": "".join(w.capitalize() for w in words), "WORDS": " ".join(words).capitalize()}
    return re.sub("|".join(named), lambda found: named[found[0]], EVENT)


def _write_world(path: Path, source: str | None) -> None:
    """Write a small world with a scenario of it, or a whole copy of a world with its sources."""
    part = path.parent / f".{path.name}.part"
    folder = shipped_folder() / "skeleton" / "world" if source is None else world_folder(source)
    files = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()} if source is None else files_of(folder)
    files |= {"sources.yaml": sources_file(folder).read_bytes()}
    try:
        part.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (part / name).write_bytes(content)
        part.rename(path)
    except OSError as fault:
        raise unwritable(path, fault) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    if source is None:
        after = f"; run it with ytterby run {path / 'scenario.yaml'}"
        typer.echo(f"{path}: a small world to grow; check it with ytterby check --world {path}{after}")
    else:
        typer.echo(f"{path}: a copy of {source} to change; check it with ytterby check --world {path}")
