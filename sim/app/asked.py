"""Asked: what was dragged and chosen on the page, as a scenario that the command would accept, or refuse in the same words."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML

from sim.events import Event
from sim.policies import KINDS
from sim.policies.policy import Policy
from sim.scenario.faults import ScenarioError
from sim.scenario.load import Scenario, find, parse
from sim.scenario.schema import ScenarioFile

DAY = re.compile(r"\d{4}-\d\d-\d\d")
STOCK_DAYS = ("target_days", "days")
"""Fields of a policy that say how many days of use its stock holds."""


@dataclass(frozen=True)
class Moved:
    """Where an event was dragged to: first day, length in weeks (None: until the end of the run), strength, 0 to 1.

    What equals the file's own value leaves the file's value as it stands, with its range and its odd days.
    """

    start: date
    weeks: int | None
    strength: float


@dataclass(frozen=True)
class Chosen:
    """A policy chosen, with the days its stock holds where it has one."""

    policy: dict[str, Any]
    stock_days: float | None = None


def text_of(source: str) -> tuple[str, Path]:
    """Text and path of a scenario, a file or a shipped name.

    Raises
    ------
    ScenarioError
        Where there is none.
    """
    path = find(source)
    return path.read_text(encoding="utf-8"), path


def length_of(event: Event) -> int | None:
    """Length of an event in whole weeks, None where it lasts until the end of the run."""
    return None if event.end is None else round((event.end - event.start).days / 7)


def as_it_stands(event: Event) -> Moved:
    """Where an event stands in its file."""
    return Moved(event.start, length_of(event), event.intensity.mode)


def stock_field(policy: Mapping[str, Any]) -> str | None:
    """The field of a policy that sizes its stock, None where it holds none."""
    fields = KINDS[policy["kind"]].model_fields
    return next((f for f in STOCK_DAYS if f in fields), None)


def own_answers(policy: Policy) -> list[dict[str, Any]]:
    """The policies a scenario brings with it, as they stand in it."""
    return [p.model_dump(mode="json") for p in policy.together() if p.kind != "none"]


def offered_answers(own: Sequence[Mapping[str, Any]], country: str) -> dict[str, dict[str, Any]]:
    """Policies by label: the scenario's own, then every kind that needs no number, owned by a country where it has an owner."""
    found = {str(p.get("name") or p["kind"]): dict(p) for p in own}
    for name, kind in KINDS.items():
        if name != "none" and name not in found and not any(f.is_required() for f in kind.model_fields.values()):
            found[name] = {"kind": name, **({"country": country} if "country" in kind.model_fields else {})}
    return found


def asked(scenario: Scenario, moved: Mapping[str, Moved], chosen: Sequence[Chosen], weeks: int) -> Scenario:
    """The scenario with events moved, answers chosen and weeks set, checked as ``ytterby check`` does.

    Parameters
    ----------
    scenario : as it stands in its file
    moved : by the event's name; an event that is dragged takes its announcement, steps and periods along
    chosen : policies that answer together; none: doing nothing
    weeks : to run; a file made for fewer is lengthened, one made for more stands, as with ``ytterby run --weeks``

    Raises
    ------
    ScenarioError, WorldError
        As the command says it.
    """
    plain = scenario.resolved()
    plain["weeks"] = max(weeks, scenario.file.weeks)
    plain["events"] = [
        _moved(entry, event, moved[event.name]) if event.name in moved else entry
        for entry, event in zip(plain["events"], scenario.file.events, strict=True)
    ]
    answers = [_sized(c) for c in chosen]
    plain["policy"] = (
        answers[0] if len(answers) == 1 else {"kind": "portfolio", "portfolio": answers} if answers else "none"
    )
    try:
        made = replace(scenario, file=ScenarioFile.model_validate(plain))
    except ValidationError:
        raise _fault(scenario, plain) from None
    made.lines = {}
    made.check()
    return made


def _fault(scenario: Scenario, plain: dict[str, Any]) -> ScenarioError:
    """What the command says of a scenario that it refuses, without the line, which is one of a text that nobody has seen."""
    out = io.StringIO()
    YAML(typ="safe", pure=True).dump(plain, out)
    try:
        parse(out.getvalue(), scenario.path, scenario.name, scenario.folder)
    except ScenarioError as fault:
        where = re.escape(str(scenario.path or scenario.name))
        return ScenarioError(re.sub(rf"^({where}):\d+:", r"\1:", str(fault)))
    raise AssertionError("refused as values, taken as a file")


def _moved(entry: dict[str, Any], event: Event, to: Moved) -> dict[str, Any]:
    """An event's entry at its new place; every day in it moves by as much as its first."""
    stands = as_it_stands(event)
    shift = to.start - event.start
    found: dict[str, Any] = {k: _shifted(v, shift) for k, v in entry.items() if k not in ("source", "evidence", "name")}
    found |= {k: entry[k] for k in ("source", "evidence", "name")}
    if to.weeks != stands.weeks:
        end = None if to.weeks is None else to.start + timedelta(weeks=to.weeks)
        found["end"] = end.isoformat() if end is not None else None
        if end is not None and "periods" in found:
            last = (end + timedelta(weeks=event.fade_weeks)).isoformat()
            found["periods"] = [p for p in found["periods"] if p["start"] < last]  # those that its new end leaves
    if round(to.strength, 6) != round(stands.strength, 6):
        found["intensity"] = to.strength
    return found


def _shifted(value: Any, by: timedelta) -> Any:
    if isinstance(value, dict):
        return {k: _shifted(v, by) for k, v in value.items()}
    if isinstance(value, list):
        return [_shifted(v, by) for v in value]
    if isinstance(value, str) and DAY.fullmatch(value):
        return (date.fromisoformat(value) + by).isoformat()
    return value


def _sized(chosen: Chosen) -> dict[str, Any]:
    field = stock_field(chosen.policy)
    if field is None or chosen.stock_days is None:
        return dict(chosen.policy)
    return {**chosen.policy, field: chosen.stock_days}
