"""Reference: pages of events, policies, records, metrics and numbers, made from the code's own declarations.

``python -m sim.faces.reference FOLDER`` writes them; a test makes them again, so that they cannot drift from the code.
"""

import ast
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from sim.events.event import Uncertain

MADE = "Made from the code's own declarations by `make reference`; do not edit.\n"


def pages() -> dict[str, str]:
    """Every page of the reference, by file name."""
    return {
        "events.md": events(),
        "policies.md": policies(),
        "records.md": records(),
        "metrics.md": metrics(),
        "parameters.md": parameters(),
        "scenarios.md": scenarios(),
        "worlds.md": worlds(),
        "controls.md": controls(),
        "commands.md": commands(),
    }


# the pages --------------------------------------------------------------------------------------------------------------


def events() -> str:
    """Event kinds, with the keys that all share."""
    from sim.events import KINDS, Event
    from sim.events.selection import Selection

    shared = _fields(Event, without={"kind"})
    parts = [
        _head("Events", "What befalls, dated. `kind` names one of these; `ytterby list events` prints them in a line each."),
        "## Keys of every event\n\n" + shared,
        "## Selection\n\n" + _told(Selection) + "\n\n" + _fields(Selection),
    ]
    for name, kind in KINDS.items():
        parts.append(f"## {name}\n\n{_told(kind)}\n\n" + _own(kind, Event))
    return "\n".join(parts)


def policies() -> str:
    """Policy kinds, with the triggers and keys they have."""
    from sim.policies import KINDS, Policy
    from sim.policies.portfolio import Portfolio
    from sim.policies.trigger import Trigger

    parts = [
        _head("Policies", "What a government answers. A scenario's `policy`, or `--policy` by name; each may be given a `name`."),
        "## Trigger\n\n`when` of a policy. " + _told(Trigger) + "\n\n" + _fields(Trigger),
    ]
    kinds: dict[str, type[Policy]] = {**dict(sorted(KINDS.items())), "portfolio": Portfolio}
    for name, kind in kinds.items():
        parts.append(f"## {name}\n\n{_told(kind)}\n\n" + _own(kind, Policy))
    return "\n".join(parts)


def records() -> str:
    """Records: what a run writes down."""
    from sim.records import RECORDS

    rows = [
        (f"`{r.name}`", r.unit, ", ".join(r.axes), r.how, "yes" if r.study else "", r.meaning) for r in RECORDS.values()
    ]
    about = "Weekly series of a run. *Months* says how weeks are summed up; *study* marks what studies keep."
    return _head("Records", about) + "\n" + _table(("record", "unit", "axes", "months", "study", "meaning"), rows)


def metrics() -> str:
    """Metrics of one run, and those against the background run."""
    from sim.metrics import METRICS
    from sim.paired import PAIRED

    columns = ("metric", "unit", "better", "from records", "meaning")

    def row(m: Any) -> tuple[str, ...]:
        return (f"`{m.name}`", m.unit, m.better, ", ".join(m.needs), m.meaning)

    return "\n".join([
        _head("Metrics", "One number per run and label. Definitions: [measures](../measures.md)."),
        "## Of a single run\n\n" + _table(columns, [row(m) for m in METRICS.values()]),
        "## Against the background run, in studies\n\n" + _table(columns, [row(m) for m in PAIRED.values()]),
    ])  # fmt: skip


def parameters() -> str:
    """Numbers drawn per replicate, numbers of end uses, and numbers fixed in rules."""
    from sim.scenario.world import read_world, shipped_folder

    world = read_world(shipped_folder() / "worlds" / "rare_earths")
    drawn = [
        (f"`{name}`", *(f"{n[k]:g}" for k in ("low", "mode", "high")), n["unit"], n["status"], n["source"], n["note"])
        for name, n in world.meta["parameters"].items()
    ]
    uses = [
        (f"`{r['end_use']}`", f"`{r['parameter']}`", *(_given(r[k]) for k in ("low", "value", "high")), r["status"],
         r["source"], r["note"])
        for r in world.tables["end_uses"]
    ]  # fmt: skip
    columns = ("number", "low", "mode", "high", "unit", "status", "source", "meaning")
    fixed = [row for module in _rules() for row in _constants(module)]
    return "\n".join([
        _head("Parameters", "Source keys are those of `scenarios/sources.yaml`."),
        "## Drawn per replicate\n\nFrom a triangular distribution, or from one of the world's calibrated sets. A scenario sets "
        "them under `parameters`; a study varies them as `parameters.NAME`.\n\n" + _table(columns, drawn),
        "## Of end uses\n\nA study varies them as `end_uses.USE.NAME`.\n\n"
        + _table(("end use", "number", "low", "mode", "high", "status", "source", "note"), uses),
        "## Fixed in rules\n\n" + _table(("number", "value", "in", "meaning (unit; status; source)"), fixed),
    ])  # fmt: skip


def scenarios() -> str:
    """Keys of a scenario file and of a study file."""
    from sim.scenario.schema import ScenarioFile
    from sim.study.schema import Kept, StudyFile, Vary

    return "\n".join([
        _head("Scenario and study files", "Unknown keys are refused with file, line and key. `ytterby schema` prints the JSON Schema."),
        "## Scenario\n\n" + _fields(ScenarioFile),
        "## Study\n\n" + _fields(StudyFile),
        "## Study: vary\n\n" + _told(Vary) + "\n\n" + _fields(Vary),
        "## Study: keep\n\n" + _told(Kept) + "\n\n" + _fields(Kept),
    ])  # fmt: skip


def worlds() -> str:
    """Tables of a world and their columns."""
    from sim.scenario.tables import PROVENANCE, TABLES

    parts = [_head("World tables", "One CSV file each. The columns of provenance stand in every table.")]
    for name, columns in {"provenance (every table)": PROVENANCE, **TABLES}.items():
        rows = []
        for c in columns:
            choices = f" ({', '.join(c.choices)})" if c.choices else ""
            rows.append((f"`{c.name}`", c.kind, "may be empty" if c.optional else "", c.meaning + choices))
        parts.append(f"## {name}\n\n" + _table(("column", "kind", "", "meaning"), rows))
    return "\n".join(parts)


def controls() -> str:
    """Controls: all that events and policies may press."""
    from sim.world.controls import CONTROLS

    rows = [(f"`{c.name}`", c.axis, f"{c.neutral:g}", c.combine, c.unit, c.meaning) for c in CONTROLS.values()]
    about = "The one doorway between events, policies and mechanisms. Where several press one, they combine by its rule."
    return _head("Controls", about) + "\n" + _table(("control", "axis", "neutral", "combined by", "unit", "meaning"), rows)


def commands() -> str:
    """The command line, from the command's own help."""
    import typer

    from sim.cli import app

    group: Any = typer.main.get_command(app)
    parts = [_head("Commands", "`ytterby COMMAND --help` says the same.")]
    for name, command in sorted(group.commands.items()):
        shown = [p for p in command.params if p.name != "help"]
        words = [p.metavar or p.name.upper() for p in shown if p.param_type_name == "argument"]
        rows = [(f"`{' '.join(p.opts)}`", _given(p.default), p.help or "") for p in shown if p.param_type_name == "option"]
        usage = f"## ytterby {' '.join([name, *words])}\n\n{command.help}\n"
        parts.append(usage + ("\n" + _table(("option", "otherwise", "meaning"), rows) if rows else ""))
    return "\n".join(parts)


# their parts ------------------------------------------------------------------------------------------------------------


def _head(title: str, about: str) -> str:
    return f"# {title}\n\n{MADE}\n{about}\n"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(text: object) -> str:
    return " ".join(str("" if text is None else text).split()).replace("|", "\\|")


def _told(thing: Any) -> str:
    return inspect.cleandoc(thing.__doc__ or "")


def _own(kind: type[BaseModel], parent: type[BaseModel]) -> str:
    """Keys of a kind beside those of its parent, and those of the rows it lists."""
    own = [n for n in kind.model_fields if n not in parent.model_fields]
    text = _fields(kind, without=set(kind.model_fields) - set(own)) if own else "No keys of its own.\n"
    for name in own:
        for row in get_args(kind.model_fields[name].annotation):
            if isinstance(row, type) and issubclass(row, BaseModel) and row is not Uncertain:
                text += f"\nEach of `{name}`: {_told(row)}\n\n" + _fields(row)
    return text


def _fields(model: type[BaseModel], without: set[str] | None = None) -> str:
    rows = [
        (f"`{name}`", _kind_of(f.annotation) + _bounds(f.metadata), _default(f), f.description or "")
        for name, f in model.model_fields.items() if name not in (without or set())
    ]  # fmt: skip
    return _table(("key", "value", "otherwise", "meaning"), rows)


WORDS = {
    "str": "text", "int": "whole number", "float": "number", "bool": "true or false", "date": "date", "Uncertain": "number or range",
    "Any": "mapping", "NoneType": "none", "Selection": "selection", "NoPolicy": "policy",
}  # fmt: skip
"""What a key takes, by the name of its type."""


def _kind_of(annotation: Any) -> str:
    """What may be written under a key, in words."""
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return ", ".join(str(a) for a in inside)
    if origin in (list, tuple):
        return "list"
    if origin is dict:
        return "mapping"
    if inside:
        several = [a for a in inside if a is not type(None)]
        return _kind_of(several[0]) if len(several) == 1 or origin is not None else ""
    name = getattr(annotation, "__name__", str(annotation))
    return WORDS.get(name, name.lower())


def _bounds(metadata: Sequence[Any]) -> str:
    low, high = (next((getattr(m, k) for m in metadata if hasattr(m, k)), None) for k in ("ge", "le"))
    if low is None:
        return ""
    return f", {low:g} or more" if high is None else f", {low:g} to {high:g}"


def _default(field: Any) -> str:
    """What stands where a key is left out."""
    if field.is_required():
        return "required"
    return _given(field.get_default(call_default_factory=True))


def _given(value: Any) -> str:
    """A default in few words; nothing for what is empty."""
    if value is PydanticUndefined or value is None or value == "" or (isinstance(value, (list, dict)) and not value):
        return ""
    if isinstance(value, Uncertain):
        return f"{value.mode:g}" if value.low == value.high else f"{value.low:g} / {value.mode:g} / {value.high:g}"
    if isinstance(value, BaseModel):
        kind = getattr(value, "kind", "")
        return kind if isinstance(kind, str) else ""
    if isinstance(value, (list, tuple)):
        return ", ".join(str(v) for v in value)
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _rules() -> list[ModuleType]:
    """Modules that hold numbers of rules."""
    import sim.mechanisms
    from sim import constants, model

    names = sorted(m.name for m in pkgutil.iter_modules(sim.mechanisms.__path__))
    found = [importlib.import_module(f"sim.mechanisms.{n}") for n in names if n not in ("mechanism", "compiled", "units")]
    return [*found, constants, model]


def _constants(module: ModuleType) -> list[tuple[str, ...]]:
    """Numbers a module names, each with the sentence that follows it."""
    body = ast.parse(inspect.getsource(module)).body
    found: list[tuple[str, ...]] = []
    for node, after in pairwise(body):
        is_named = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        is_told = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
        if is_named and is_told:
            name = node.targets[0].id  # type: ignore[attr-defined]
            value = getattr(module, name)
            if isinstance(value, (int, float)):
                sentence = after.value.value  # type: ignore[attr-defined]
                found.append((f"`{name}`", f"{value:g}", module.__name__.removeprefix("sim."), sentence))
    return found


if __name__ == "__main__":
    for file, page in pages().items():
        (Path(sys.argv[1]) / file).write_text(page, encoding="utf-8")
