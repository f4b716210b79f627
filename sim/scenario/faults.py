"""Faults: from a file's text to checked values; every fault names file, line, key and what to write instead."""

import io
import math
import re
from datetime import date
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import ConstructorError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from sim.vocabulary import likest

Lines = dict[tuple[Any, ...], int]
"""Line of every key of a file, by its path."""
Model = TypeVar("Model", bound=BaseModel)


class ScenarioError(ValueError):
    """A scenario cannot be used; the message names file, line, key and what to write instead."""


LARGEST = 10**15
"""Largest whole number a file may hold: beyond it a float no longer tells one from the next."""


class _Constructor(RoundTripConstructor):
    """Leaves a date that no calendar has as text, so that the schema can name its key; refuses tags and endless numbers."""

    def construct_yaml_timestamp(self, node: Any, values: Any = None) -> Any:
        try:
            return super().construct_yaml_timestamp(node, values)
        except ValueError:
            return node.value

    def construct_yaml_int(self, node: Any) -> Any:
        try:
            number = super().construct_yaml_int(node)
        except ValueError:  # more digits than Python reads
            number = LARGEST + 1
        if abs(number) > LARGEST:
            raise ConstructorError(None, None, "a number of too many digits", node.start_mark)
        return number

    def refuse_tag(self, node: Any) -> Any:
        raise ConstructorError(None, None, f"a tag, {node.tag}", node.start_mark)


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _Constructor.construct_yaml_timestamp)
_Constructor.add_constructor("tag:yaml.org,2002:int", _Constructor.construct_yaml_int)
for _tag in ("tag:yaml.org,2002:omap", "tag:yaml.org,2002:set", "tag:yaml.org,2002:binary", None):
    _Constructor.add_constructor(_tag, _Constructor.refuse_tag)

_YAML_HINTS = (
    ("a tag, ", "leave it out, and put text that begins with ! into quotes"),
    ("too many digits", f"write one of at most {len(str(LARGEST)) - 1}, or put a code into quotes"),
    ("duplicate key", "keep one of the two"),
    ("mapping values", "mend the indentation, or put text that holds a colon into quotes"),
    ("'\\t'", "indent with spaces, not tabs"),
    ("another document", "write one scenario a file, without a second ---"),
    ("undefined alias", "put text that begins with * into quotes"),
    ("stream end", "close the bracket or quote that is open"),
    ("end of stream", "close the quote that is open"),
    ("expected ','", "close the bracket that is open, or set a comma"),
)


def text_of(path: Path, what: str = "a text file") -> str:
    """Text of a file; raise ScenarioError naming the line where it is not UTF-8 or holds a NUL."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        raise ScenarioError(f"{path}:{line}: not text in UTF-8; give {what}, saved as UTF-8") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ScenarioError(f"{path}:{line}: not readable: holds control characters; give {what}")
    return text


def read(text: str, where: str, what: str) -> tuple[dict[str, Any], Lines]:
    """Read YAML 1.2 into plain values and the line of every key; ``what`` says what a file should hold."""
    try:
        yaml = YAML(typ="rt")
        yaml.Constructor = _Constructor
        data = yaml.load(io.StringIO(text))
        _bounded(data, where)
        if not isinstance(data, dict):
            empty = "the file is empty; " if data is None else ""
            raise ScenarioError(f"{where}:1: {empty}{what}")
        lines: Lines = {}
        _mark(data, (), lines)
        plain = _plain(data)
    except MarkedYAMLError as fault:
        problem = str(fault.problem).splitlines()[0]
        opened = any(sign in problem for sign in ("stream end", "end of stream", "expected ','"))
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
            raise ScenarioError(f"{where}:{lines[key]}: {spell(key)}: {value} is no finite number; write a number")
    return plain, lines


MOST_VALUES = 100_000
"""Values a file may hold, those its aliases stand for counted each time."""


def _bounded(data: Any, where: str) -> None:
    """Raise ScenarioError for a file whose aliases stand for more values than anybody would write, or for themselves."""
    left, waiting = MOST_VALUES, [data]
    while waiting:
        node = waiting.pop()
        inside = list(node.values()) if isinstance(node, dict) else list(node) if isinstance(node, list) else []
        left -= len(inside)
        if left < 0:
            raise ScenarioError(f"{where}:1: its aliases (*name) stand for too many values; write them out, or fewer")
        waiting += inside


def misplaced(where: str, lines: Lines, key: tuple[Any, ...], message: str) -> ScenarioError:
    """The error at a key of a file, or at the nearest key above it that the file has."""
    at = key
    while at and at not in lines:
        at = at[:-1]
    line = f":{lines[at]}" if at in lines else ""
    return ScenarioError(f"{where}{line}: {spell(key)}: {message}")


def validated(model: type[Model], plain: dict[str, Any], where: str, lines: Lines) -> Model:
    """Validate plain values against a schema; raise ScenarioError for the first fault."""
    try:
        return model.model_validate(plain)
    except ValidationError as fault:
        raise _first_fault(fault, model, where, lines) from None


def _mark(node: Any, at: tuple[Any, ...], lines: Lines) -> None:
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


def _first_fault(fault: ValidationError, model: type[BaseModel], where: str, lines: Lines) -> ScenarioError:
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
    if len(key) > 1 and key[-1] == key[-2] and tuple(key) not in lines:
        key.pop()  # a kind named as its own key
    message = error["msg"].removeprefix("Value error, ")
    if key and tuple(key) not in lines and tuple(key[:-1]) in lines and error["type"] == "value_error":
        key.pop()  # the tag of the kind is no key of the file
    placed = getattr(error.get("ctx", {}).get("error"), "key", None)
    if placed is not None:
        key += placed
    named = re.match(r"[a-z_]+", message) if placed is None else None
    for word in (named[0], f"{named[0]}s") if named and error["type"] == "value_error" else ():
        if (*key, word) in lines:
            key.append(word)
            break
    at = tuple(key)
    while at and at not in lines:
        at = at[:-1]
    line = f":{lines[at]}" if at in lines else ":1"
    if error["type"] == "extra_forbidden":
        known = _keys_at(model, error["loc"])
        message = f"unknown key{near(str(loc[-1]), known)}"
    elif error["type"] == "missing":
        meaning = next((f.description for f in _fields_at(model, error["loc"]) if f.description), None)
        message = f"missing; write {loc[-1]}: {meaning}" if meaning else "missing; write it"
    elif error["type"] in ("union_tag_invalid", "literal_error"):
        expected = error.get("ctx", {}).get("expected_tags") or error.get("ctx", {}).get("expected", "")
        names = re.findall(r"'([^']+)'", str(expected))
        given = error.get("ctx", {}).get("tag") or error.get("input")
        message = f"{given!r} is not known{near(str(given), names)}"
        if error["type"] == "union_tag_invalid":
            key.append("kind")
    elif error["type"] == "union_tag_not_found":
        message = f"no kind; write kind: and one of `ytterby list {'policies' if key[0] == 'policy' else 'events'}`"
    else:
        message = _remedy(error, message)
    return ScenarioError(f"{where}{line}: {spell(tuple(key))}: {message}")


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


def _fields_at(model: type[BaseModel], loc: tuple[Any, ...]) -> list[Any]:
    """The schema's fields that a place in a file may mean."""
    return [m.model_fields[loc[-1]] for m in _models_at(model, loc[:-1]) if loc[-1] in m.model_fields]


def _keys_at(model: type[BaseModel], loc: tuple[Any, ...]) -> list[str]:
    """Keys the schema knows at a place in a file."""
    return list(dict.fromkeys(k for m in _models_at(model, loc[:-1]) for k in m.model_fields))


def _models_at(model: type[BaseModel], loc: tuple[Any, ...]) -> list[type[BaseModel]]:
    root = model.model_fields.get("root")
    models = _models_in(root.annotation) if root else [model]
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


def guess(word: str, names: list[str]) -> str:
    """The known name most like a word as a question; nothing where none is."""
    close = likest(word, names)
    return f"; did you mean {close!r}?" if close else ""


def near(word: str, names: list[str]) -> str:
    """The known name most like a word as a question; all of them where none is."""
    return guess(word, names) or (f"; write one of {', '.join(names)}" if names else "")


def spell(key: tuple[Any, ...]) -> str:
    """A path of keys as a reader of the file would write it."""
    text = ""
    for part in key:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else str(part))
    return text or "file"
