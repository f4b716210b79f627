"""Calibrated: the accepted sets of a world's fitted numbers, which runs and studies draw from instead of the prior.

A world's ``calibrated.csv`` has one accepted set a row: ``draw, distance, mode``, then a column per fitted number. A number is named
by its path; a name with ``*`` stands for all paths it matches, and its column holds the share of each number's own range.
"""

import csv
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from sim.scenario.tables import WorldError
from sim.streams import Streams

Array = np.ndarray[Any, np.dtype[Any]]
TABLE = "calibrated.csv"
ABOUT = ("draw", "distance", "mode")
"""Columns that are no numbers of the model: the draw's place in the design, its distance from the facts, its mode."""
Span = tuple[float, float, float]


@dataclass(frozen=True)
class Accepted:
    """Accepted sets: names of the numbers, and their values (set, number)."""

    names: tuple[str, ...]
    values: Array

    def of(self, path: str, span: Span, streams: Streams) -> Array | None:
        """The value of a number in the set that each replicate has; None where the number is not fitted.

        Parameters
        ----------
        span : low, mode, high of the number
        streams : luck of the replicates, which decides their sets
        """
        for column, name in enumerate(self.names):
            if fnmatchcase(path, name):
                luck = streams.uniform("accepted", ["set"])[:, 0]
                chosen = np.asarray(luck * len(self.values), dtype=np.int64)
                return value_of(name, span, self.values[chosen, column])
        return None


def value_of(name: str, span: Span, column: Array) -> Array:
    """Values of a number from its column: as they are, or as a share of its range where the name holds ``*``."""
    if "*" not in name:
        return np.asarray(column, dtype=np.float64)
    return np.asarray(span[0] + column * (span[2] - span[0]))


def read_accepted(folder: Path) -> Accepted | None:
    """Accepted sets of a world; None where it has none. Raise WorldError naming file and line."""
    path = folder / TABLE
    return _read(path, path.stat().st_mtime_ns) if path.is_file() else None


@lru_cache(maxsize=8)
def _read(path: Path, stamp: int) -> Accepted:
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        names = tuple(c for c in reader.fieldnames or () if c not in ABOUT)
        rows = []
        for row in reader:
            try:
                rows.append([float(row[n]) for n in names])
            except (TypeError, ValueError):
                raise WorldError(f"{path}:{reader.line_num}: no number; run `ytterby calibrate` again") from None
    if not rows or not names:
        raise WorldError(f"{path}: no accepted set; run `ytterby calibrate` again, or remove the file")
    return Accepted(names, np.array(rows))
