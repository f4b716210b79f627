"""Declared: keys, defaults and numbers of the code, as tables of Markdown."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Sequence
from itertools import pairwise
from types import ModuleType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from sim.events.event import Uncertain

MADE = "Made from the code's own declarations by `make reference`; do not edit.\n"


def head(title: str, about: str) -> str:
    return f"# {title}\n\n{MADE}\n{about}\n"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(text: object) -> str:
    return " ".join(str("" if text is None else text).split()).replace("|", "\\|")


def told(thing: Any) -> str:
    return inspect.cleandoc(thing.__doc__ or "")


def own_fields(kind: type[BaseModel], parent: type[BaseModel]) -> str:
    """Keys of a kind beside those of its parent, and those of the rows it lists."""
    own = [n for n in kind.model_fields if n not in parent.model_fields]
    text = fields_of(kind, without=set(kind.model_fields) - set(own)) if own else "No keys of its own.\n"
    for name in own:
        for row in get_args(kind.model_fields[name].annotation):
            if isinstance(row, type) and issubclass(row, BaseModel) and row is not Uncertain:
                text += f"\nEach of `{name}`: {told(row)}\n\n" + fields_of(row)
    return text


def fields_of(model: type[BaseModel], without: set[str] | None = None) -> str:
    rows = [
        (f"`{name}`", _kind_of(f.annotation) + _bounds(f.metadata), _default(f), f.description or "")
        for name, f in model.model_fields.items() if name not in (without or set())
    ]  # fmt: skip
    return table(("key", "value", "otherwise", "meaning"), rows)


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
    return given(field.get_default(call_default_factory=True))


def given(value: Any) -> str:
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


def rules() -> list[ModuleType]:
    """Modules that hold numbers of rules."""
    import sim.mechanisms
    from sim import constants, model

    names = sorted(m.name for m in pkgutil.iter_modules(sim.mechanisms.__path__))
    found = [importlib.import_module(f"sim.mechanisms.{n}") for n in names if n not in ("mechanism", "compiled", "units")]
    return [*found, constants, model]


def constants_of(module: ModuleType) -> list[tuple[str, ...]]:
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
