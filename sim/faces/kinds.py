"""Kinds: an event kind in a file of its own, checked before it is moved to where it registers itself."""

import importlib.util
from pathlib import Path

import typer

from sim.events import KINDS, Event
from sim.scenario.faults import ScenarioError


def check_kind(path: Path) -> None:
    """Import a file and check the event kind it declares: name, meaning of every number, effect, presses.

    Raises ScenarioError with file, line where there is one, and what to write instead.
    """
    if not path.is_file():
        raise ScenarioError(f"{path}: no such file; write one with `ytterby new event {path}`")
    kind = _declared(path)
    name = kind.model_fields["kind"].default
    if kind.model_fields["kind"].is_required() or not isinstance(name, str):
        raise ScenarioError(f'{path}: kind: has no name; write kind: Literal["{path.stem}"] = "{path.stem}"')
    if name in KINDS:
        raise ScenarioError(f"{path}: kind: {name!r} is there already; write another name")
    if not kind.__doc__:
        raise ScenarioError(f"{path}: {kind.__name__}: no docstring; say in a sentence what it does")
    for key in set(kind.model_fields) - set(Event.model_fields):
        if not kind.model_fields[key].description:
            raise ScenarioError(f"{path}: {key}: no description; write what it means, its unit and bounds")
    for act in ("effect", "prepare"):
        if getattr(kind, act) is getattr(Event, act):
            raise ScenarioError(f"{path}: {kind.__name__}: no {act}; write it as the kinds in sim/events/ do")
    typer.echo(f"{path}: ok; event kind {name}; move it to sim/events/, which registers it")


def _declared(path: Path) -> type[Event]:
    spec = importlib.util.spec_from_file_location(f"kind_to_check_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except SyntaxError as fault:
        raise ScenarioError(f"{path}:{fault.lineno}: not readable as Python: {fault.msg}; mend the line") from None
    except (ImportError, NameError, AttributeError, TypeError, ValueError) as fault:
        raise ScenarioError(f"{path}: cannot be imported: {fault}; mend it") from None
    found = [
        k for k in vars(module).values() if isinstance(k, type) and issubclass(k, Event) and k.__module__ == spec.name
    ]
    if len(found) != 1:
        raise ScenarioError(f"{path}: declares {len(found)} event kinds; write one class that derives from Event")
    return found[0]
