"""Design: the numbers that are fitted, their prior ranges, and the points at which the model is run."""

import csv
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np

from sim.scenario.calibrated import Span, value_of
from sim.scenario.tables import WorldError
from sim.scenario.world import read_sources

Array = np.ndarray[Any, np.dtype[Any]]
MOST = 8
"""Numbers that may be fitted at most (source: the score card's own rule)."""
COLUMNS = ("number", "low", "high", "source", "note")


@dataclass(frozen=True)
class Fitted:
    """A fitted number: its path, or a pattern of paths that move together, and its prior range.

    For a pattern, ``low`` and ``high`` are shares of every number's own range.
    """

    name: str
    low: float
    high: float

    @property
    def short(self) -> str:
        return self.name.rpartition(".")[2].replace("_", " ")

    def at(self, share: Array) -> Array:
        """Column values at shares of the prior range."""
        return np.asarray(self.low + share * (self.high - self.low))


def candidates(asked: dict[str, Span]) -> list[Fitted]:
    """Numbers of the model that could be fitted: the world's parameters, and those of end uses moved together."""
    found = [
        Fitted(path, low, high)
        for path, (low, _, high) in asked.items()
        if path.startswith("parameters.") and high > low
    ]
    kinds = dict.fromkeys(p.rpartition(".")[2] for p, s in asked.items() if p.startswith("end_uses.") and s[2] > s[0])
    return [*found, *(Fitted(f"end_uses.*.{kind}", 0.0, 1.0) for kind in kinds)]


def read_fitted(folder: Path, asked: dict[str, Span]) -> list[Fitted]:
    """Fitted numbers of a world (``history/fitted.csv``), those first whose trade-off the modes are told by.

    Raises
    ------
    WorldError
        Naming file, line and column.
    """
    path, sources, found = folder / "history" / "fitted.csv", read_sources(folder), []
    if not path.is_file():
        raise WorldError(f"{path}: missing; write the numbers to fit, {', '.join(COLUMNS)}")
    with path.open(newline="", encoding="utf-8") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            name = row["number"]
            spans = [s for p, s in asked.items() if fnmatchcase(p, name)]
            if not spans:
                raise WorldError(f"{path}:{line}: number: no run draws {name!r}; write a path such as parameters.panic")
            if any(k not in sources for k in row["source"].split(";")):
                raise WorldError(f"{path}:{line}: source: {row['source']!r} is not in scenarios/sources.yaml")
            low, _, high = (0.0, 0.5, 1.0) if "*" in name else spans[0]
            try:
                found.append(Fitted(name, float(row["low"] or low), float(row["high"] or high)))
            except ValueError:
                raise WorldError(
                    f"{path}:{line}: low, high: no numbers; leave both empty for the world's own range"
                ) from None
    if len(found) > MOST:
        raise WorldError(f"{path}: {len(found)} numbers; at most {MOST} may be fitted, take the least supported out")
    return found


def sobol(fitted: list[Fitted], draws: int, seed: int) -> Array:
    """Scrambled Sobol points as shares of the prior ranges, (draw, number); the same for a seed on every machine."""
    from scipy.stats import qmc

    power = int(np.ceil(np.log2(max(draws, 2))))
    return np.asarray(qmc.Sobol(len(fitted), scramble=True, rng=seed).random_base2(power)[:draws])


def columns_at(fitted: list[Fitted], shares: Array) -> Array:
    """Column values (draw, number) at shares of the prior ranges."""
    return np.stack([f.at(shares[:, n]) for n, f in enumerate(fitted)], axis=1)


def given(fitted: list[Fitted], columns: Array, asked: dict[str, Span]) -> dict[str, Array]:
    """Values by path, one per row of columns, as runs take them."""
    found = {}
    for n, number in enumerate(fitted):
        for path, span in asked.items():
            if fnmatchcase(path, number.name):
                found[path] = value_of(number.name, span, columns[:, n])
    return found
