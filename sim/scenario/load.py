"""Load: from a file to a checked scenario; every fault names file, line, key and what to write instead."""

import io
from dataclasses import dataclass, field
from datetime import date
from os import PathLike
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from sim.calendar import Calendar, day_of
from sim.events.selection import Selection, SelectionError
from sim.policies.policy import BoundPolicy, Policy
from sim.scenario.faults import Lines, ScenarioError, misplaced, near, read, text_of, validated
from sim.scenario.parameters import beyond
from sim.scenario.schema import ScenarioFile
from sim.scenario.tables import WorldError
from sim.scenario.world import keys_of, network_of, read_sources, shipped_folder
from sim.vocabulary import likest
from sim.world.network import Network
from sim.world.rows import Rows, SchemeClash

WHAT = "a scenario is a mapping; write title, start, weeks and events, or begin with `ytterby new scenario FILE`"


@dataclass
class Scenario:
    """A loaded scenario: the file's content, its name, where its world lies if that is known."""

    name: str
    file: ScenarioFile
    path: Path | None
    folder: Path | None = None
    lines: Lines = field(default_factory=dict, repr=False)
    network_cache: Network | None = field(default=None, repr=False)
    rows_made: tuple[ScenarioFile, Rows] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def title(self) -> str:
        return self.file.title

    @property
    def start_name(self) -> str:
        """The world's start, as a year."""
        return self.file.start[:4]

    def text(self) -> str:
        """The resolved scenario as YAML: every key spelled out, of a selection those that narrow."""
        plain = self.resolved()
        for entry, event in zip(plain["events"], self.file.events, strict=True):
            entry["selection"] = event.selection.named()
        return as_yaml(plain)

    def resolved(self) -> dict[str, Any]:
        """The scenario with every key spelled out, as plain data."""
        return dict(self.file.model_dump(mode="json"))

    def world_folder(self) -> Path:
        """Folder of the world: the one given, or beside the file, or shipped."""
        if self.folder is not None:
            return self.folder
        beside = self.path.parent if self.path is not None else Path()
        for folder in (beside / self.file.world, shipped_folder() / "worlds" / self.file.world):
            if self.file.world and (folder / "world.yaml").is_file():
                return folder
        if self.file.world and (beside / self.file.world).is_dir():
            raise self.error(("world",), f"{beside / self.file.world} has no world.yaml; give the folder of a world")
        where = "beside the file" if self.path is not None else "here; run it from the folder that holds the world"
        other = near(self.file.world, [*shipped_worlds(), *(p.parent.name for p in beside.glob("*/world.yaml"))])
        raise self.error(("world",), f"no world {self.file.world!r} is shipped or {where}{other}")

    def network(self) -> Network:
        """The balanced network of the scenario's start; built once."""
        if self.network_cache is None:
            try:
                self.network_cache = network_of(self.world_folder(), self.start_name)
            except WorldError as fault:
                if "start" in str(fault) and "is not there" in str(fault):
                    told = str(fault).removeprefix(f"{self.world_folder() / 'world.yaml'}: ")
                    if not (self.start_name.isdecimal() and len(self.start_name) == 4):
                        told = f"{self.file.start!r} is no start; write one of the {told.partition('; ')[2]}"
                    raise self.error(("start",), told) from None
                raise
        return self.network_cache

    def calendar(self, weeks: int | None = None) -> Calendar:
        """Weeks of the run from the start's first Monday."""
        try:
            year = int(self.start_name)
            first = day_of(self.file.start) if len(self.file.start) > 4 else date(year, 1, 1)
        except ValueError:
            raise self.error(("start",), f"{self.file.start!r} is no start; write a year such as 2024") from None
        if first.year != year or first.month != 1:
            raise self.error(("start",), f"{self.file.start}: a start stands in January; write {year}")
        return Calendar(first, weeks or self.file.weeks)

    def error(self, key: tuple[Any, ...], message: str) -> ScenarioError:
        """An error at a key of the file."""
        where = str(self.path) if self.path else self.name
        return misplaced(where, self.lines, key, message)

    def check_sources(self) -> None:
        """Raise ScenarioError for a source key that stands in no ``sources.yaml``."""
        known = list(read_sources(self.world_folder()))
        if self.path is not None and (self.path.parent / "sources.yaml").is_file():
            known += read_sources(self.path.parent)
        named: list[tuple[tuple[Any, ...], str]] = [(("sources", n), key) for n, key in enumerate(self.file.sources)]
        answers = self.file.policy.together()
        inside = [("policy", "portfolio", n) for n in range(len(answers))] if self.file.policy.kind == "portfolio" else [("policy",)]
        cited: list[tuple[tuple[Any, ...], str]] = [(("events", n), e.source) for n, e in enumerate(self.file.events)]
        cited += [(place, p.source) for place, p in zip(inside, answers, strict=True)]
        named += [((*place, "source"), key) for place, source in cited for key in keys_of(source)]
        for place, key in named:
            if key not in known:
                raise self.error(place, f"{key!r} is in no sources.yaml; add it there{_or_near(key, known)}")

    def check_selections(self) -> None:
        """Raise ScenarioError for a key of a selection that names nothing; only what is read from a file of one's own has any."""
        for n, event in enumerate(self.file.events):
            for key in event.selection.model_fields_set:
                named = getattr(event.selection, key)
                if not named or "" in named:
                    told = f"is empty; name at least one, or leave {key} out, which narrows nothing"
                    raise self.error(("events", n, "selection", key), told)

    def check(self) -> None:
        """Check the sources, and bind every event to the world."""
        self.check_sources()
        self.check_world()

    def check_world(self) -> None:
        """Bind every event to the world; raise ScenarioError for what matches nothing or lies outside the run."""
        net, calendar = self.network(), self.calendar()
        for n, event in enumerate(self.file.events):
            try:
                event.check(net)
                for scheme in event.schemes(net):
                    if scheme.lanes.size == 0:
                        raise SelectionError("selection", "matches no cargo between countries in this world")
                if not event.schemes(net) and event.kind in ("shadow_embargo", "export_duty"):
                    event.selection.lanes(net)
            except SelectionError as fault:
                inner = ("selection", fault.key) if fault.key in Selection.model_fields else (fault.key,)
                raise self.error(("events", n, *inner), str(fault)) from None
            if event.start >= calendar.end and self.file.weeks == calendar.weeks:
                raise self.error(
                    ("events", n, "start"),
                    f"{event.start} lies after the run's last week ({calendar.end}); raise weeks or start earlier",
                )
            if event.end is not None and calendar.position(event.end) + event.fade_weeks <= 0:
                raise self.error(
                    ("events", n, "end"),
                    f"{event.end} lies before the run's first week ({calendar.monday(0)}); end later or drop the event",
                )
        for country in self.file.allocation:
            if country not in net.countries:
                raise self.error(("allocation", country), f"no such country{near(country, list(net.countries))}")
        for key, number in self.file.parameters.items():
            if key not in net.parameters:
                raise self.error(("parameters", key), f"no such parameter{near(key, list(net.parameters))}")
            for told in filter(None, (beyond(key, value) for value in (number.low, number.high))):
                raise self.error(("parameters", key), told)
        self.bind(self.file.policy)

    def bind(self, policy: Policy) -> list[BoundPolicy]:
        """Bind a policy, or all of a portfolio, to the scenario's world; raise ScenarioError for what does not fit it."""
        members, bound, rows = policy.together(), [], self.rows()
        for n, member in enumerate(members):
            try:
                bound.append(member.bind(self.network(), rows))
            except SelectionError as fault:
                place = ("policy",) if members == (policy,) else ("policy", "portfolio", n)
                raise self.error((*place, fault.key), str(fault)) from None
        return bound

    def regime(self) -> Any:
        """Export duty and unrefunded VAT in force, with the dated changes that fall into the run."""
        from sim.scenario.at_rest import policy_on
        from sim.scenario.trade_policy import changes
        from sim.world.regime import Regime, Step

        net, calendar = self.network(), self.calendar()
        first = date.fromisoformat(net.start_day)
        days = changes(net.policies, first, self.policy_until())
        steps = tuple(Step(calendar.position(day), *policy_on(net, day)) for day in days)
        return Regime(*policy_on(net, first), steps)

    def policy_until(self) -> date:
        """Day from which dated changes of the world's trade policy act no longer."""
        if self.file.at_rest or "trade_policy" in self.file.without:
            return date.min
        return min(self.file.trade_policy_until or date.max, self.calendar().end)

    def rows(self) -> Rows:
        """Row numbers of the scenario's schemes in its world; made once for a file and network."""
        net = self.network()
        if self.rows_made is None or self.rows_made[0] is not self.file or self.rows_made[1].net is not net:
            schemes = [s for e in self.file.events for s in e.schemes(net)]
            try:
                self.rows_made = self.file, Rows(net, self.regime(), schemes)
            except SchemeClash as fault:
                raise self._of_clash(fault) from None
        return self.rows_made[1]

    def _of_clash(self, fault: SchemeClash) -> ScenarioError:
        """The error at the second of two events that bind the same cargo."""
        n = next(n for n, e in enumerate(self.file.events) if e.name == fault.second.name)
        first = fault.first.name
        other = f"give its periods to {first}" if fault.second.table == "pool" else f"leave it to {first}"
        return self.error(("events", n, "selection"), f"{fault}; narrow its selection, or {other}")


def as_yaml(content: dict[str, Any]) -> str:
    """Plain values as YAML, in their order, a key a line."""
    out = io.StringIO()
    yaml = YAML(typ="safe", pure=True)
    setattr(yaml, "default_flow_style", False)  # noqa: B010, its stub knows no block style
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.dump(content, out)
    return out.getvalue()


def _or_near(word: str, names: list[str]) -> str:
    close = likest(word, names)
    return f", or write {close!r}" if close else ""


def load(source: str | Path | Scenario, check: bool = True) -> Scenario:
    """Load a scenario from a path or a shipped name and check it.

    Raises ScenarioError or WorldError with file, line and key at the first fault.
    """
    if isinstance(source, Scenario):
        return source
    if not isinstance(source, (str, PathLike)):
        raise ScenarioError(f"{source!r} is no scenario; give a path, a shipped name or what sim.load returns")
    path = find(source)
    scenario = parse(text_of(path, "a YAML file"), path, path.stem)
    scenario.check_selections()
    if check:
        scenario.check()
    return scenario


def shipped_names() -> list[str]:
    """Names of the scenarios that come with the package."""
    return sorted(p.stem for p in shipped_folder().glob("*.yaml") if p.stem != "sources")


def shipped_worlds() -> list[str]:
    """Names of the worlds that come with the package."""
    return sorted(p.parent.name for p in (shipped_folder() / "worlds").glob("*/world.yaml"))


def find(source: str | Path) -> Path:
    """Path of a scenario given as a path or a shipped name."""
    path = Path(source)
    if path.suffix in (".yaml", ".yml") and path.is_file():
        return path
    shipped = shipped_folder() / f"{source}.yaml"
    if shipped.is_file() and str(source) in shipped_names():
        return shipped
    if path.is_file():
        raise ScenarioError(f"{source}: a scenario file ends in .yaml; rename it")
    if (path / "manifest.json").is_file():
        raise ScenarioError(f"{source}: is a result, no scenario; give a .yaml file, or use run --again {source}")
    if str(source) and path.is_dir():
        raise ScenarioError(f"{source}: is a folder, no scenario; give a .yaml file")
    names = shipped_names()
    raise ScenarioError(f"{str(source) or repr('')}: no such file and no shipped scenario{near(str(source), names)}")


def parse(text: str, path: Path | None, name: str, folder: Path | None = None) -> Scenario:
    """Parse YAML 1.2 and validate it against the schema; ``folder`` is that of its world, where it is known."""
    where = str(path) if path else name
    plain, lines = read(text, where, WHAT)
    return Scenario(name, validated(ScenarioFile, plain, where, lines), path, folder, lines)
