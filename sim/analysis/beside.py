"""Beside: two runs of the same worlds, measure by measure, with the paired difference and its interval."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.intervals import mean_interval, resample

if TYPE_CHECKING:
    from sim.result import Result

Array = np.ndarray[Any, np.dtype[Any]]
SUMMED = {
    "line_stop_weeks": ("line_stop", 1.0), "shortage_tonnes": ("shortage", 1.0), "public_spent_musd": ("public_cost", 1e-6),
}  # fmt: skip
"""Metric -> record that it sums over weeks and rows, and what one of the record's unit is in the metric's."""
NEEDED = tuple(record for record, _ in SUMMED.values())
"""Records that both runs must have kept."""


@dataclass(frozen=True)
class Row:
    """A metric's mean in both runs, and the mean paired difference (this less the other) with its 90 % interval."""

    metric: str
    country: str
    now: float
    before: float
    difference: float
    low: float
    high: float


def is_paired(now: "Result", before: "Result") -> bool:
    """Whether two runs hold the same worlds week by week: of one start, seed, and number of replicates and weeks."""
    keys = ("world_hash", "start", "seed", "replicates", "weeks")
    return all(now.manifest[k] == before.manifest[k] for k in keys)


def beside(now: "Result", before: "Result", country: str) -> list[Row]:
    """Sums over the whole run of two paired runs: in one country where it has any, and everywhere (``country`` empty)."""
    replicates = np.arange(now.manifest["replicates"])
    pairs = resample(np.zeros_like(replicates), replicates)
    found = []
    for metric, (record, unit) in SUMMED.items():
        for where in (country, ""):
            a, b = (unit * _summed(result, record, where) for result in (now, before))
            mean, low, high = (float(x[0]) for x in mean_interval((a - b)[:, np.newaxis], pairs))
            found.append(Row(metric, where, float(a.mean()), float(b.mean()), mean, low, high))
    return found


def _summed(result: "Result", record: str, country: str) -> Array:
    """A record over weeks and rows, one number per replicate."""
    values, _ = result.array(record, **({"country": country} if country else {}))
    return np.asarray(values.sum((1, 2), dtype=np.float64))
