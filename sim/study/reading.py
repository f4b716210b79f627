"""Reading: YAML with the line of every key, checked against a schema; faults as scenario files tell theirs."""

import io
import math
import re
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from sim.scenario.load import (
    _YAML_HINTS,
    ScenarioError,
    _at,
    _Constructor,
    _mark,
    _models_in,
    _near,
    _plain,
    _remedy,
    _spell,
)

Model = TypeVar("Model", bound=BaseModel)
Lines = dict[tuple[Any, ...], int]


def read_yaml(content: bytes, where: str, what: str, keys: str) -> tuple[dict[str, Any], Lines]:
    """Plain data of a YAML mapping, and the line of every key.

    Parameters
    ----------
    where : name of the file, for faults; ``what`` it should hold, and its ``keys``
    """
    try:
        yaml = YAML(typ="rt")
        yaml.Constructor = _Constructor
        data = yaml.load(io.StringIO(content.decode("utf-8")))
        if not isinstance(data, dict):
            raise ScenarioError(f"{where}:1: {what} is a mapping; write {keys}")
        lines: Lines = {}
        _mark(data, (), lines)
        plain = _plain(data)
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        raise ScenarioError(f"{where}:{line}: not text in UTF-8; give a YAML file, saved as UTF-8") from None
    except MarkedYAMLError as fault:
        problem = str(fault.problem).splitlines()[0]
        mark = fault.problem_mark
        hint = next((h for sign, h in _YAML_HINTS if sign in problem), "mend the line")
        raise ScenarioError(
            f"{where}:{mark.line + 1 if mark else 1}: not readable as YAML: {problem}; {hint}"
        ) from None
    except (YAMLError, RecursionError):
        raise ScenarioError(f"{where}:1: not readable as YAML; give a text file") from None
    for key in lines:
        value = _at(plain, key)
        if isinstance(value, float) and not math.isfinite(value):
            raise ScenarioError(f"{where}:{lines[key]}: {_spell(key)}: {value} is no finite number; write a number")
    return plain, lines


def validated(model: type[Model], plain: dict[str, Any], where: str, lines: Lines) -> Model:
    """The data as a model; the first fault is told with its line, key and remedy."""
    try:
        return model.model_validate(plain)
    except ValidationError as fault:
        # of a choice between a word and a list, only what was meant is told
        meant = [e for e in fault.errors() if e["type"] != "literal_error" or isinstance(e["input"], str)]
        # an unknown key explains a missing one, so it is told first
        error: Any = min(meant or fault.errors(), key=lambda e: e["type"] != "extra_forbidden")
    key: list[Any] = []
    for part in error["loc"]:
        if (*key, part) in lines or (part == error["loc"][-1] and error["type"] in ("missing", "extra_forbidden")):
            key.append(part)
    key = list(getattr(error.get("ctx", {}).get("error"), "key", key))
    at = tuple(key)
    while at and at not in lines:
        at = at[:-1]
    line = f":{lines[at]}" if at in lines else ":1"
    raise ScenarioError(f"{where}{line}: {_spell(tuple(key))}: {_told(model, error)}")


def _told(model: type[BaseModel], error: Any) -> str:
    kind, message = error["type"], error["msg"].removeprefix("Value error, ")
    if kind == "extra_forbidden":
        return f"unknown key{_near(str(error['loc'][-1]), _keys(model, error['loc'][:-1]))}"
    if kind == "missing":
        return "missing; write it"
    if kind in ("union_tag_invalid", "literal_error"):
        expected = error.get("ctx", {}).get("expected_tags") or error.get("ctx", {}).get("expected", "")
        given = error.get("ctx", {}).get("tag") or error.get("input")
        names = re.findall(r"'([^']+)'", str(expected))
        return f"{given!r} is not known{_near(str(given), names)}"
    if kind == "union_tag_not_found":
        return "no kind; write kind: and one of `ytterby list policies`"
    return _remedy(error, message)


def _keys(model: type[BaseModel], loc: tuple[Any, ...]) -> list[str]:
    """Keys the schema knows at a place."""
    models: list[type[BaseModel]] = [model]
    for part in loc:
        fields = [m.model_fields[part] for m in models if part in m.model_fields]
        tagged = [m for m in models if "kind" in m.model_fields and m.model_fields["kind"].default == part]
        models = [m for f in fields for m in _models_in(f.annotation)] or tagged or models
    return list(dict.fromkeys(k for m in models for k in m.model_fields))
