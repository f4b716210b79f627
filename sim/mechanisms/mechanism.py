"""The one decorator: a rule written as plain loops over one world's rows, run compiled over many worlds at once."""

import importlib.util
import inspect
import os
import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.mechanisms.compiled import FOLDER

_ARGUMENT = re.compile(r"^(?P<name>[a-z]\w*)(\[(?P<axes>\w+(,\w+)*)\])?(:(?P<kind>\w+))?$")


@dataclass(frozen=True)
class Argument:
    """One array of a rule: its name, the names of its axes, and its kind.

    Kinds: none (a value per replicate), ``shared`` (one value for all replicates), ``inout`` (changed in place), or the
    name of an axis: row numbers of that axis, shared by all replicates, -1 for none.
    """

    name: str
    axes: tuple[str, ...]
    kind: str

    @property
    def is_index(self) -> bool:
        return self.kind not in ("", "shared", "inout")

    @property
    def shared(self) -> bool:
        return self.is_index or self.kind == "shared"

    @property
    def dtype(self) -> type:
        return np.int64 if self.is_index else np.float64


def _parse(spec: str) -> tuple[tuple[Argument, ...], tuple[Argument, ...]]:
    def side(text: str) -> tuple[Argument, ...]:
        found = []
        for word in text.split():
            match = _ARGUMENT.match(word)
            if match is None:
                raise ValueError(f"mechanism: cannot read {word!r} in {spec!r}; write name[axis] or name[axis]:kind")
            axes = tuple((match["axes"] or "").split(",")) if match["axes"] else ()
            found.append(Argument(match["name"], axes, match["kind"] or ""))
        return tuple(found)

    left, _, right = spec.partition("->")
    return side(left), side(right)


def row(rule: Callable[..., Any]) -> Any:
    """Compile a helper that rules call on their own rows (numba, no fastmath, GIL released)."""
    from numba import njit

    return njit(nogil=True, cache=True, error_model="numpy")(rule)


class Mechanism:
    """A rule with named axes. Call it with arrays of one world or, with a leading replicate axis, of many.

    Inputs come first and outputs last in the signature; the caller gives inputs, gets outputs. Lists are taken.
    ``plain`` is the uncompiled source; ``row`` the compiled rule for one world, for other rules to call.
    """

    def __init__(self, rule: Callable[..., None], spec: str) -> None:
        self.plain = rule
        self.name = rule.__name__
        self.__doc__ = rule.__doc__
        self.spec = spec
        self.inputs, self.outputs = _parse(spec)
        named = [a.name for a in self.inputs + self.outputs]
        if named != list(inspect.signature(rule).parameters):
            raise ValueError(f"mechanism {self.name}: the spec names {named}, the rule {inspect.signature(rule)}")
        self._row: Any = None
        self._driver: Any = None
        self._kinds = [(np.dtype(a.dtype), a.is_index) for a in self.inputs]
        self._plans: dict[tuple[Any, ...], list[tuple[int, ...]]] = {}
        self._kept: list[np.ndarray] = []

    @property
    def row(self) -> Any:
        if self._row is None:
            self._row = row(self.plain)
        return self._row

    def __call__(self, *given: Any, out: tuple[np.ndarray, ...] | np.ndarray | None = None) -> Any:
        """Run the rule and return its outputs: one array, or a tuple in the order of the spec.

        Raises TypeError for a wrong number or type of arguments, ValueError for a wrong shape, stride or index.
        """
        if len(given) != len(self.inputs):
            raise TypeError(f"{self.name}: {len(given)} arguments given, {len(self.inputs)} needed: {self.spec}")
        shapes = self._seen_before(given) if out is None and self._plans else None
        if shapes is not None:
            outs = [np.empty(shape) for shape in shapes]
            self._driver(*given, *outs)
            return outs[0] if len(outs) == 1 else tuple(outs)
        arrays, sizes, replicates = self._taken(given)
        lone = replicates is None
        if lone:
            arrays = [a if spec.shared else a[np.newaxis] for a, spec in zip(arrays, self.inputs, strict=True)]
        outs = self._outs(out, sizes, 1 if lone else int(replicates or 0), lone)
        self._compiled()(*arrays, *outs)
        if not lone and all(a is b for a, b in zip(arrays, given, strict=True)):
            self._remember(given, outs)
        results = tuple(o[0] if lone else o for o in outs)
        return results[0] if len(results) == 1 else results

    def _seen_before(self, given: tuple[Any, ...]) -> list[tuple[int, ...]] | None:
        """Shapes of the outputs, if arrays of these shapes and types with these very index rows passed every check."""
        key: list[Any] = []
        for array, (dtype, is_index) in zip(given, self._kinds, strict=True):
            if type(array) is not np.ndarray or array.dtype != dtype or not array.flags.c_contiguous:
                return None
            key.append(id(array) if is_index else array.shape)
        return self._plans.get(tuple(key))

    def _remember(self, given: tuple[Any, ...], outs: list[np.ndarray]) -> None:
        indices = [a for a, spec in zip(given, self.inputs, strict=True) if spec.is_index]
        self._kept += indices  # their ids stand for them; they must not be freed
        key = tuple(id(a) if spec.is_index else a.shape for a, spec in zip(given, self.inputs, strict=True))
        self._plans[key] = [o.shape for o in outs]

    def _taken(self, given: tuple[Any, ...]) -> tuple[list[np.ndarray], dict[str, int], int | None]:
        arrays: list[np.ndarray] = []
        sizes: dict[str, int] = {}
        replicates: int | None = None
        alone = False
        for value, spec in zip(given, self.inputs, strict=True):
            array = self._array(value, spec)
            rank = len(spec.axes)
            if array.ndim == rank + 1 and not spec.shared:
                if replicates not in (None, array.shape[0]):
                    raise ValueError(f"{self.name}: {spec.name} has {array.shape[0]} replicates, others {replicates}")
                replicates = array.shape[0]
            elif array.ndim == rank:
                alone = alone or not spec.shared
            else:
                raise ValueError(f"{self.name}: {spec.name} has {array.ndim} axes; expected {list(spec.axes)}")
            for axis, size in zip(spec.axes, array.shape[array.ndim - rank :], strict=True):
                if sizes.setdefault(axis, size) != size:
                    raise ValueError(f"{self.name}: {spec.name} has {size} rows of {axis}, others {sizes[axis]}")
            arrays.append(array)
        if alone and replicates is not None:
            raise ValueError(f"{self.name}: some arguments have a replicate axis and some have none")
        for array, spec in zip(arrays, self.inputs, strict=True):
            self._check_index(array, spec, sizes)
        return arrays, sizes, replicates

    def _array(self, value: Any, spec: Argument) -> np.ndarray:
        if isinstance(value, np.ndarray):
            if value.dtype != spec.dtype:
                raise TypeError(f"{self.name}: {spec.name} is {value.dtype}, expected {np.dtype(spec.dtype)}")
            if not value.flags.c_contiguous:
                raise ValueError(f"{self.name}: {spec.name} is not contiguous; copy it first")
            return value
        if spec.kind == "inout":
            raise TypeError(f"{self.name}: {spec.name} is changed in place and must be a numpy array")
        if spec.is_index and np.asarray(value).size and np.asarray(value).dtype.kind not in "iu":
            raise TypeError(f"{self.name}: {spec.name} must hold whole numbers")
        return np.asarray(np.asarray(value, dtype=spec.dtype, order="C"))

    def _check_index(self, array: np.ndarray, spec: Argument, sizes: dict[str, int]) -> None:
        if not spec.is_index or array.size == 0:
            return
        if spec.kind not in sizes:
            raise ValueError(f"{self.name}: {spec.name} points into {spec.kind}, which no argument has as an axis")
        low, high = int(array.min()), int(array.max())
        if low < -1 or high >= sizes[spec.kind]:
            wrong = low if low < -1 else high
            raise ValueError(
                f"{self.name}: {spec.name} holds {wrong}; {spec.kind} has rows 0 to {sizes[spec.kind] - 1}"
            )

    def _outs(self, out: Any, sizes: dict[str, int], replicates: int, lone: bool) -> list[np.ndarray]:
        if out is None:
            return [np.empty((replicates, *(sizes[a] for a in spec.axes))) for spec in self.outputs]
        given = out if isinstance(out, tuple) else (out,)
        checked = []
        for array, spec in zip(given, self.outputs, strict=True):
            shape = tuple(sizes[a] for a in spec.axes)
            array = self._array(array, spec)[np.newaxis] if lone else self._array(array, spec)
            if array.shape != (replicates, *shape):
                raise ValueError(f"{self.name}: out {spec.name} has shape {array.shape}, not {(replicates, *shape)}")
            checked.append(array)
        return checked

    def _compiled(self) -> Any:
        if self._driver is None:
            self._driver = _driver_of(self)
        return self._driver


def _driver_of(rule: Mechanism) -> Any:
    """Build the loop over replicates. It is a file in the cache folder, because numba caches only what has a file."""
    arguments = rule.inputs + rule.outputs
    names = ", ".join(a.name for a in arguments)
    each = ", ".join(a.name if a.shared else f"{a.name}[replicate]" for a in arguments)
    counted = next(a.name for a in arguments if not a.shared)
    text = (
        "from numba import njit\n\n"
        f"from {rule.plain.__module__} import {rule.name}\n\n"
        f"row_rule = {rule.name}.row\n\n\n"
        "@njit(nogil=True, cache=True, error_model='numpy')\n"
        f"def driver({names}):\n"
        f"    for replicate in range({counted}.shape[0]):\n"
        f"        row_rule({each})\n"
    )
    name = f"{rule.plain.__module__.replace('.', '_')}_{rule.name}"
    path = FOLDER / "drivers" / f"{name}.py"
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "w") as file:
            file.write(text)
        Path(temporary).replace(path)
    spec = importlib.util.spec_from_file_location(f"ytterby_drivers.{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.driver


def mechanism(spec: str) -> Callable[[Callable[..., None]], Mechanism]:
    """Declare a rule: ``@mechanism("orders[lane] held[point] seller[lane]:point -> shipped[lane]")``."""

    def declare(rule: Callable[..., None]) -> Mechanism:
        return Mechanism(rule, spec)

    return declare
