"""The one decorator: a rule written as plain loops over one world's rows, run compiled over many worlds at once."""

import importlib.util
import inspect
import os
import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np

from sim.mechanisms.compiled import FOLDER

_ARGUMENT = re.compile(r"^(?P<name>[a-z]\w*)(\[(?P<axes>\w+(,\w+)*)\])?(:(?P<kind>\w+))?$")


@dataclass(frozen=True)
class Argument:
    """One array of a rule: its name, the names of its axes, and its kind.

    Kinds: none (a value per replicate, or one row for all of them), ``shared`` (no replicate axis), ``inout`` (changed in
    place), or the name of an axis: row numbers of that axis, shared by all replicates, -1 for none.
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

    An array whose replicate axis has length 1 is read by all replicates: what is the same in all worlds is kept once.
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
        self._indices = tuple(n for n, a in enumerate(self.inputs) if a.is_index)
        at = self._indices if len(self._indices) > 1 else self._indices * 2
        self._picked: Callable[[Any], tuple[Any, ...]] = itemgetter(*at) if at else lambda given: ()
        self._reaches: dict[tuple[int, ...], np.ndarray] = {}
        self._kept: list[Any] = []

    @property
    def row(self) -> Any:
        if self._row is None:
            self._row = row(self.plain)
        return self._row

    def __call__(self, *given: Any) -> Any:
        """Run the rule and return its outputs: one array, a tuple in the order of the spec, empty if it has none.

        Raises TypeError for a wrong number or type of arguments, ValueError for a wrong shape, stride or index.
        """
        if len(given) == len(self.inputs):
            # the driver itself refuses wrong types and shapes; index rows are checked the first time they are seen
            reach = self._reaches.get(tuple(map(id, self._picked(given))))
            if reach is not None:
                try:
                    return self._driver(reach, *given)
                except (TypeError, ValueError):
                    pass
        return self._checked(given)

    def _checked(self, given: tuple[Any, ...]) -> Any:
        """Run the rule after checking every argument by itself; lists, and worlds without replicates, come this way."""
        if len(given) != len(self.inputs):
            raise TypeError(f"{self.name}: {len(given)} arguments given, {len(self.inputs)} needed: {self.spec}")
        arrays, lone = self._taken(given)
        reach = np.array([int(arrays[n].max(initial=-1)) + 1 for n in self._indices], dtype=np.int64)
        if all(arrays[n] is given[n] for n in self._indices):
            picked = self._picked(given)
            self._kept += picked  # their ids stand for them; they must not be freed
            self._reaches[tuple(map(id, picked))] = reach
        if lone:
            arrays = [a if spec.shared else a[np.newaxis] for a, spec in zip(arrays, self.inputs, strict=True)]
        if self._driver is None:
            self._driver = _driver_of(self)
        outs = self._driver(reach, *arrays)
        if not lone:
            return outs
        return outs[0] if len(self.outputs) == 1 else tuple(o[0] for o in outs)

    def _taken(self, given: tuple[Any, ...]) -> tuple[list[np.ndarray], bool]:
        arrays: list[np.ndarray] = []
        sizes: dict[str, int] = {}
        replicates: int | None = None
        alone = False
        for value, spec in zip(given, self.inputs, strict=True):
            array = self._array(value, spec)
            rank = len(spec.axes)
            if array.ndim == rank + 1 and not spec.shared:
                given_for = array.shape[0]
                if given_for != 1 and replicates not in (None, 1, given_for):
                    raise ValueError(f"{self.name}: {spec.name} has {given_for} replicates, others {replicates}")
                replicates = max(replicates or 1, given_for)
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
            if spec.kind == "inout" and replicates is not None and array.shape[0] != replicates:
                raise ValueError(f"{self.name}: {spec.name} is changed in place and has 1 replicate, others {replicates}")
        return arrays, replicates is None

    def _array(self, value: Any, spec: Argument) -> np.ndarray:
        if isinstance(value, np.ndarray):
            if value.dtype != spec.dtype:
                raise TypeError(f"{self.name}: {spec.name} is {value.dtype}, expected {np.dtype(spec.dtype)}")
            if not value.flags.c_contiguous:
                raise ValueError(f"{self.name}: {spec.name} is not contiguous; copy it first")
            return value if value.flags.writeable or spec.kind == "inout" else value.copy()
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


def _driver_of(rule: Mechanism) -> Any:
    """Build the loop over replicates. It is a file in the cache folder, because numba caches only what has a file.

    It takes, beside the inputs, how many rows each index must find in the axis it points into; it refuses arrays whose
    shapes do not fit together, and makes the outputs.
    """
    types = ", ".join(f"{'int64' if a.is_index else 'float64'}[{':,' * (_rank(a) - 1)}::1]" for a in rule.inputs)
    names = ", ".join(a.name for a in rule.inputs)
    each = ", ".join(_of_replicate(a, a in rule.outputs) for a in rule.inputs + rule.outputs)
    text = (
        "import numpy as np\n"
        "from numba import njit\n\n"
        f"from {rule.plain.__module__} import {rule.name}\n\n"
        f"row_rule = {rule.name}.row\n\n\n"
        f"@njit('(int64[::1], {types})', nogil=True, cache=True, error_model='numpy')\n"
        f"def driver(reach, {names}):\n"
        f"{_fitting(rule)}"
        "    for replicate in range(replicates):\n"
        f"        row_rule({each})\n"
        f"    return {', '.join(a.name for a in rule.outputs) or '()'}\n"
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


def _of_replicate(argument: Argument, made: bool) -> str:
    if argument.shared:
        return argument.name
    one_for_all = not made and argument.kind != "inout"
    return f"{argument.name}[{f'min(replicate, {argument.name}.shape[0] - 1)' if one_for_all else 'replicate'}]"


def _rank(argument: Argument) -> int:
    return len(argument.axes) + (not argument.shared)


def _fitting(rule: Mechanism) -> str:
    """Lines of a driver that take the size of each axis, compare all others with it, and make the outputs."""
    sizes: dict[str, str] = {}
    unlike = []
    for a in rule.inputs:
        for place, axis in enumerate(a.axes):
            size = f"{a.name}.shape[{place if a.shared else place + 1}]"
            if sizes.setdefault(axis, size) != size:
                unlike.append(f"{size} != {sizes[axis]}")
    worlds = [(f"{a.name}.shape[0]", a.kind) for a in rule.inputs if not a.shared]
    unlike += [f"{n} != replicates" + ("" if kind == "inout" else f" and {n} != 1") for n, kind in worlds]
    indices = [a for a in rule.inputs if a.is_index]
    unlike += [f"reach[{n}] > {sizes[a.kind]}" for n, a in enumerate(indices) if a.kind in sizes]
    lines = [f"    replicates = max({', '.join(['0', *(n for n, _ in worlds)])})\n"]
    if unlike:
        lines.append(f"    if {' or '.join(unlike)}:\n        raise ValueError('shapes')\n")
    for a in rule.outputs:
        lines.append(f"    {a.name} = np.empty(({', '.join(['replicates', *(sizes[x] for x in a.axes)])},))\n")
    return "".join(lines)


def mechanism(spec: str) -> Callable[[Callable[..., None]], Mechanism]:
    """Declare a rule: ``@mechanism("orders[lane] held[point] seller[lane]:point -> shipped[lane]")``."""

    def declare(rule: Callable[..., None]) -> Mechanism:
        return Mechanism(rule, spec)

    return declare
