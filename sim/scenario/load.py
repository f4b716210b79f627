"""Load: from a file to a checked scenario; every fault names file, line, key and what to write instead."""

import difflib
import io
import math
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, cast, get_args

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

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
        beside = self.path.parent if self.path is not None else Path()
        for folder in (beside / self.file.world, shipped_folder() / "worlds" / self.file.world):
            if self.file.world and (folder / "world.yaml").is_file():
                return folder
        if self.file.world and (beside / self.file.world).is_dir():
            raise self.error(("world",), f"{beside / self.file.world} has no world.yaml; give the folder of a world")
        where = "beside the file" if self.path is not None else "here; run it from the folder that holds the world"
        near = _near(self.file.world, [*shipped_worlds(), *(p.parent.name for p in beside.glob("*/world.yaml"))])
        raise self.error(("world",), f"no world {self.file.world!r} is shipped or {where}{near}")

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
            if event.end is not None and calendar.position(event.end) + event.fade_weeks <= 0:
                raise self.error(
                    ("events", n, "end"),
                    f"{event.end} lies before the run's first week ({calendar.monday(0)}); end later or drop the event",
                )
        for key, number in self.file.parameters.items():
            if key not in net.parameters:
                raise self.error(("parameters", key), f"no such parameter{_near(key, list(net.parameters))}")
            if number.low < 0 <= net.parameters[key][0]:
                raise self.error(("parameters", key), f"{number.low:g} is below 0; write 0 or more")
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
    content = path.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        raise ScenarioError(f"{path}:{line}: not text in UTF-8; give a YAML file, saved as UTF-8") from None
    scenario = parse(text, path, path.stem)
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
    raise ScenarioError(f"{str(source) or repr('')}: no such file and no shipped scenario{_near(str(source), names)}")


class _Constructor(RoundTripConstructor):
    """Leaves a date that no calendar has as text, so that the schema can name its key."""

    def construct_yaml_timestamp(self, node: Any, values: Any = None) -> Any:
        try:
            return super().construct_yaml_timestamp(node, values)
        except ValueError:
            return node.value


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _Constructor.construct_yaml_timestamp)

_YAML_HINTS = (
    ("duplicate key", "keep one of the two"),
    ("mapping values", "mend the indentation, or put text that holds a colon into quotes"),
    ("'\\t'", "indent with spaces, not tabs"),
    ("another document", "write one scenario a file, without a second ---"),
    ("undefined alias", "put text that begins with * into quotes"),
    ("stream end", "close the bracket or quote that is open"),
    ("expected ','", "close the bracket that is open, or set a comma"),
)


def parse(text: str, path: Path | None, name: str) -> Scenario:
    """Parse YAML 1.2 and validate it against the schema."""
    where = str(path) if path else name
    try:
        yaml = YAML(typ="rt")
        yaml.Constructor = _Constructor
        data = yaml.load(io.StringIO(text))
        if not isinstance(data, dict):
            empty = "the file is empty; " if data is None else ""
            raise ScenarioError(
                f"{where}:1: {empty}a scenario is a mapping; write title, start, weeks and events, or begin with "
                "`ytterby new scenario FILE`"
            )
        lines: dict[tuple[Any, ...], int] = {}
        _mark(data, (), lines)
        plain = _plain(data)
    except MarkedYAMLError as fault:
        problem = str(fault.problem).splitlines()[0]
        opened = "stream end" in problem or "expected ','" in problem
        mark = fault.context_mark if opened and fault.context_mark else fault.problem_mark
        hint = next((h for sign, h in _YAML_HINTS if sign in problem), "mend the line")
        raise ScenarioError(
            f"{where}:{mark.line + 1 if mark else 1}: not readable as YAML: {problem}; {hint}"
        ) from None
    except YAMLError:
        raise ScenarioError(f"{where}:1: not readable as YAML: holds control characters; give a text file") from None
    except RecursionError:
        raise ScenarioError(f"{where}:1: not readable as YAML: nested too deeply; write it flatter") from None
    for key in lines:
        value = _at(plain, key)
        if isinstance(value, float) and not math.isfinite(value):
            raise ScenarioError(f"{where}:{lines[key]}: {_spell(key)}: {value} is no finite number; write a number")
    try:
        file = ScenarioFile.model_validate(plain)
    except ValidationError as fault:
        raise _first_fault(fault, where, lines) from None
    return Scenario(name, file, path, lines)


def _mark(node: Any, at: tuple[Any, ...], lines: dict[tuple[Any, ...], int]) -> None:
    if isinstance(node, dict):
        for key, value in node.items():
            try:
                lines[(*at, str(key))] = cast(Any, node).lc.key(key)[0] + 1
            except (AttributeError, KeyError):  # a merged key stands elsewhere
                lines[(*at, str(key))] = lines.get(at, 1)
            _mark(value, (*at, str(key)), lines)
    elif isinstance(node, list):
        for n, value in enumerate(node):
            lines[(*at, n)] = node.lc.item(n)[0] + 1 if hasattr(node, "lc") else 0
            _mark(value, (*at, n), lines)


def _at(node: Any, key: tuple[Any, ...]) -> Any:
    for part in key:
        node = node[part]
    return node


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
    for word in (named[0], f"{named[0]}s") if named and error["type"] == "value_error" else ():
        if (*key, word) in lines:
            key.append(word)
            break
    placed = getattr(error.get("ctx", {}).get("error"), "key", None)
    if placed is not None:
        key = list(placed)
    at = tuple(key)
    while at and at not in lines:
        at = at[:-1]
    line = f":{lines[at]}" if at in lines else ":1"
    if error["type"] == "extra_forbidden":
        known = _keys_at(error["loc"])
        message = f"unknown key{_near(str(loc[-1]), known)}"
    elif error["type"] == "missing":
        meaning = next((f.description for f in _fields_at(error["loc"]) if f.description), None)
        message = f"missing; write {loc[-1]}: {meaning}" if meaning else "missing; write it"
    elif error["type"] in ("union_tag_invalid", "literal_error"):
        expected = error.get("ctx", {}).get("expected_tags") or error.get("ctx", {}).get("expected", "")
        names = re.findall(r"'([^']+)'", str(expected))
        given = error.get("ctx", {}).get("tag") or error.get("input")
        message = f"{given!r} is not known{_near(str(given), names)}"
        if error["type"] == "union_tag_invalid":
            key.append("kind")
    elif error["type"] == "union_tag_not_found":
        message = f"no kind; write kind: and one of `ytterby list {'policies' if key[0] == 'policy' else 'events'}`"
    else:
        message = _remedy(error, message)
    return ScenarioError(f"{where}{line}: {_spell(tuple(key))}: {message}")


_REMEDIES = (
    (r"string_type", "is no text; write words, in quotes if they look like a number, a date or a list"),
    (r"int_", "is no whole number; write one such as 104"),
    (r"float_", "is no number; write one such as 0.5"),
    (r"bool_", "is neither true nor false; write one of them"),
    (r"date", "is no date; write YYYY-MM-DD"),
    (r"list_type", "is no list; write [one, two], text and codes in quotes"),
    (r"too_short", "is empty; write at least one"),
    (r"dict_type|model_", "holds no keys; write them as key: value"),
)


def _remedy(error: Any, message: str) -> str:
    """What to write instead, where the schema's own message does not say."""
    given, kind, bounds = error["input"], error["type"], error.get("ctx", {})
    shown = _shown(given)
    if kind == "model_type" and bounds.get("class_name") == "Uncertain":
        return f"{shown} is no number; write a number or {{low: , mode: , high: }}"
    if kind == "value_error" and isinstance(given, str) and error["loc"][-1] in ("start", "end", "announced"):
        kind = "date" if len(error["loc"]) > 1 else kind
    for sign, words in (("ge", "or more"), ("le", "or less")):
        if sign in bounds:
            return f"{shown} is out of range; write {bounds[sign]:g} {words}"
    if "gt" in bounds:
        return f"{shown} is out of range; write more than {bounds['gt']:g}"
    remedy = next((w for sign, w in _REMEDIES if re.match(sign, kind)), None)
    return f"{shown} {remedy}" if remedy else message


def _shown(given: Any) -> str:
    """A value as the file would have it, cut short."""
    if given is None:
        return "nothing"
    text = str(given).lower() if isinstance(given, bool) else str(given) if isinstance(given, date) else repr(given)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _fields_at(loc: tuple[Any, ...]) -> list[Any]:
    """The schema's fields that a place in a file may mean."""
    return [m.model_fields[loc[-1]] for m in _models_at(loc[:-1]) if loc[-1] in m.model_fields]


def _keys_at(loc: tuple[Any, ...]) -> list[str]:
    """Keys the schema knows at a place in a file."""
    return list(dict.fromkeys(k for m in _models_at(loc[:-1]) for k in m.model_fields))


def _models_at(loc: tuple[Any, ...]) -> list[type[BaseModel]]:
    models: list[type[BaseModel]] = [ScenarioFile]
    for part in loc:
        fields = [m.model_fields[part] for m in models if part in m.model_fields]
        if fields:
            models = [m for f in fields for m in _models_in(f.annotation)]
        else:  # a number in a list, or the tag of a kind, which stands in no file
            models = [
                m for m in models if "kind" in m.model_fields and m.model_fields["kind"].default == part
            ] or models
    return models


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and not get_args(annotation):
        return [annotation] if issubclass(annotation, BaseModel) else []
    return [m for inner in get_args(annotation) for m in _models_in(inner)]


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
