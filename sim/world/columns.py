"""Columns: one line declares a quantity, its axes, unit and meaning, and thereby allocates and documents it."""

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Column:
    """What a column is: axes beside the replicate, unit, meaning."""

    name: str
    axes: tuple[str, ...]
    unit: str
    meaning: str


def column(axes: str, unit: str, meaning: str) -> Any:
    """Declare a column of a dataclass: ``on_hand: Array = column("point", "t", "on hand")``."""
    return field(default_factory=lambda: np.zeros(0), metadata={"column": (tuple(axes.split()), unit, meaning)})


def columns_in(kind: Any) -> list[Column]:
    """Columns a dataclass declares, in order."""
    found = []
    for f in fields(kind):
        if "column" in f.metadata:
            axes, unit, meaning = f.metadata["column"]
            found.append(Column(f.name, axes, unit, meaning))
    return found


def allocate(kind: Any, sizes: dict[str, int], replicates: int, fill: float = 0.0) -> Any:
    """Make an instance whose columns have shape (replicate, *axes), filled with one value."""
    made = kind()
    for c in columns_in(kind):
        setattr(made, c.name, np.full((replicates, *(sizes[a] for a in c.axes)), fill))
    return made
