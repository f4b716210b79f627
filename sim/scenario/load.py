"""Load: from a file to a checked scenario; every fault names file, line, key and what to write instead."""

import difflib
import io
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from sim.calendar import Calendar, day_of
from sim.events.selection import SelectionError
from sim.scenario.build import build_network
from sim.scenario.schema import ScenarioFile
from sim.scenario.tables import WorldError
from sim.scenario.world import shipped_folder
from sim.world.network import Network
from sim.world.rows import SchemeClash


class ScenarioError(ValueError):
    """A scenario cannot be used; the message names file, line, key and what to write instead."""


@dataclass
class Scenario:
    """A loaded scenario: the file's content, its name, where its world lies."""

    name: str
    file: ScenarioFile
    path: Path | None
    lines: dict[tuple[Any, ...], int] = field(default_factory=dict, repr=False)
    network_cache: Network | None = field(default=None, repr=False)

    @property
    def title(self) -> str:
        return self.file.title

    @property
    def start_name(self) -> str:
        """The world's start, as a year."""
        return self.file.start[:4]

    def text(self) -> str:
        """The resolved scenario as YAML: every key spelled out."""
        out = io.StringIO()
        yaml = YAML(typ="safe", pure=True)
        setattr(yaml, "default_flow_style", False)  # noqa: B010, its stub knows no block style
        yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
        yaml.dump(self.resolved(), out)
        return out.getvalue()

    def resolved(self) -> dict[str, Any]:
        """The scenario with every key spelled out, as plain data."""
        return dict(self.file.model_dump(mode="json"))

    def world_folder(self) -> Path:
        """Folder of the world: beside the file, or shipped."""
        if self.path is not None and (self.path.parent / self.file.world / "world.yaml").is_file():
            return self.path.parent / self.file.world
        shipped = shipped_folder() / "worlds" / self.file.world
        if shipped.is_dir():
            return shipped
        raise self.error(("world",), f"no world {self.file.world!r}; write a shipped name or a folder beside the file")

    def network(self) -> Network:
        """The balanced network of the scenario's start; built once."""
        if self.network_cache is None:
            try:
                self.network_cache = build_network(self.world_folder(), self.start_name)
            except WorldError as fault:
                if "start" in str(fault) and "is not there" in str(fault):
                    raise self.error(("start",), str(fault)) from None
                raise
        return self.network_cache

    def calendar(self, weeks: int | None = None) -> Calendar:
        """Weeks of the run from the start's first Monday."""
        year = int(self.start_name)
        first = day_of(self.file.start) if len(self.file.start) > 4 else date(year, 1, 1)
        if first.year != year or first.month != 1:
            raise self.error(("start",), f"{self.file.start}: a start stands in January; write {year}")
        return Calendar(first, weeks or self.file.weeks)

    def error(self, key: tuple[Any, ...], message: str) -> ScenarioError:
        """An error at a key of the file."""
        where = str(self.path) if self.path else self.name
        at: tuple[Any, ...] = key
        while at and at not in self.lines:
            at = at[:-1]
        line = f":{self.lines[at]}" if at in self.lines else ""
        return ScenarioError(f"{where}{line}: {_spell(key)}: {message}")

    def check(self) -> None:
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
                inner = ("selection", fault.key) if fault.key not in ("selection", "origin") else (fault.key,)
                raise self.error(("events", n, *inner), str(fault)) from None
            if event.start >= calendar.end and self.file.weeks == calendar.weeks:
                raise self.error(
                    ("events", n, "start"),
                    f"{event.start} lies after the run's last week ({calendar.end}); raise weeks or start earlier",
                )
        for key in self.file.parameters:
            if key not in net.parameters:
                raise self.error(("parameters", key), f"no such parameter{_near(key, list(net.parameters))}")
        self.rows()
        try:
            self.file.policy.bind(net, self.rows())
        except SelectionError as fault:
            raise self.error(("policy", fault.key), str(fault)) from None

    def rows(self) -> Any:
        """Row numbers of the scenario's schemes in its world."""
        from sim.scenario.at_rest import policy_at_rest
        from sim.world.rows import Rows

        net = self.network()
        schemes = [s for e in self.file.events for s in e.schemes(net)]
        vat_kept, duty = policy_at_rest(net)
        try:
            return Rows(net, vat_kept, duty, schemes)
        except SchemeClash as fault:
            raise self.error(("events",), f"{fault}; two schemes of one kind may not bind the same cargo") from None


def load(source: str | Path | Scenario, check: bool = True) -> Scenario:
    """Load a scenario from a path or a shipped name and check it.

    Raises ScenarioError or WorldError with file, line and key at the first fault.
    """
    if isinstance(source, Scenario):
        return source
    path = find(source)
    text = path.read_text(encoding="utf-8")
    scenario = parse(text, path, path.stem)
    if check:
        scenario.check()
    return scenario


def shipped_names() -> list[str]:
    """Names of the scenarios that come with the package."""
    return sorted(p.stem for p in shipped_folder().glob("*.yaml") if p.stem != "sources")


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
    names = shipped_names()
    raise ScenarioError(f"{source}: no such file and no shipped scenario{_near(str(source), names)}")


def parse(text: str, path: Path | None, name: str) -> Scenario:
    """Parse YAML 1.2 and validate it against the schema."""
    where = str(path) if path else name
    try:
        data = YAML(typ="rt").load(io.StringIO(text))
    except MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 1
        raise ScenarioError(f"{where}:{line}: not readable as YAML: {fault.problem}") from None
    if not isinstance(data, dict):
        raise ScenarioError(f"{where}:1: a scenario is a mapping with title, start, weeks and events")
    lines: dict[tuple[Any, ...], int] = {}
    _mark(data, (), lines)
    plain = _plain(data)
    try:
        file = ScenarioFile.model_validate(plain)
    except ValidationError as fault:
        raise _first_fault(fault, where, lines) from None
    return Scenario(name, file, path, lines)


def _mark(node: Any, at: tuple[Any, ...], lines: dict[tuple[Any, ...], int]) -> None:
    if isinstance(node, dict):
        for key, value in node.items():
            lines[(*at, key)] = node.lc.key(key)[0] + 1 if hasattr(node, "lc") else 0
            _mark(value, (*at, key), lines)
    elif isinstance(node, list):
        for n, value in enumerate(node):
            lines[(*at, n)] = node.lc.item(n)[0] + 1 if hasattr(node, "lc") else 0
            _mark(value, (*at, n), lines)


def _plain(node: Any) -> Any:
    if isinstance(node, dict):
        return {str(k): _plain(v) for k, v in node.items()}
    if isinstance(node, list):
        return [_plain(v) for v in node]
    if isinstance(node, bool) or node is None or isinstance(node, date):
        return node
    if isinstance(node, int):
        return int(node)
    if isinstance(node, float):
        return float(node)
    return str(node)


def _first_fault(fault: ValidationError, where: str, lines: dict[tuple[Any, ...], int]) -> ScenarioError:
    # an unknown key explains a missing one, so it is told first
    error = min(fault.errors(), key=lambda e: e["type"] != "extra_forbidden")
    kinds = {"number", "function-before[_as_number(), Uncertain]"}
    loc = [p for p in error["loc"] if not (isinstance(p, str) and (p in kinds or "[" in p))]
    # a tagged union puts the tag into the path; the file has no such key
    key: list[Any] = []
    for part in loc:
        key.append(part)
        if tuple(key) not in lines and len(key) > 1 and tuple(key[:-1]) in lines and part != loc[-1]:
            key.pop()
    message = error["msg"].removeprefix("Value error, ")
    if key and tuple(key) not in lines and tuple(key[:-1]) in lines and error["type"] == "value_error":
        key.pop()  # the tag of the kind is no key of the file
    named = re.match(r"[a-z_]+", message)
    if named and error["type"] == "value_error" and (*key, named[0]) in lines:
        key.append(named[0])
    at = tuple(key)
    while at and at not in lines:
        at = at[:-1]
    line = f":{lines[at]}" if at in lines else ":1"
    if error["type"] == "extra_forbidden":
        known = _keys_at(error["loc"])
        message = f"unknown key{_near(str(loc[-1]), known)}"
    elif error["type"] == "missing":
        message = "missing; write it"
    elif error["type"] in ("union_tag_invalid", "literal_error"):
        expected = error.get("ctx", {}).get("expected_tags") or error.get("ctx", {}).get("expected", "")
        names = re.findall(r"'([^']+)'", str(expected))
        given = error.get("ctx", {}).get("tag") or error.get("input")
        message = f"{given!r} is not known{_near(str(given), names)}"
        if error["type"] == "union_tag_invalid":
            key.append("kind")
    elif error["type"] == "union_tag_not_found":
        message = "no kind; write kind: and one of `ytterby list events`"
    return ScenarioError(f"{where}{line}: {_spell(tuple(key))}: {message}")


def _keys_at(loc: tuple[Any, ...]) -> list[str]:
    from sim.events import KINDS
    from sim.events.selection import Selection
    from sim.policies import KINDS as POLICIES

    if len(loc) == 1:
        return list(ScenarioFile.model_fields)
    if loc[-2] == "selection":
        return list(Selection.model_fields)
    if loc[0] == "events" and len(loc) > 2 and loc[2] in KINDS:
        return list(KINDS[str(loc[2])].model_fields)
    if loc[0] == "policy" and len(loc) > 1 and loc[1] in POLICIES:
        return list(POLICIES[str(loc[1])].model_fields)
    return ["low", "mode", "high", "start", "end", "tonnes", "announced"]


def _near(word: str, names: list[str]) -> str:
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; write one of {', '.join(names)}" if names else ""


def _spell(key: tuple[Any, ...]) -> str:
    text = ""
    for part in key:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else str(part))
    return text or "file"
