"""Metrics: what a run comes to, one number per run, as the measures define them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from sim.result import Result

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Metric:
    """A number per run: unit, the records it needs, meaning, and how to get it; columns may be one per label."""

    name: str
    unit: str
    needs: tuple[str, ...]
    meaning: str
    of: Callable[["Result"], dict[str, Array]]


def _total(record: str) -> Callable[["Result"], dict[str, Array]]:
    def of(result: "Result") -> dict[str, Array]:
        values, labels = result.array(record)
        elements = sorted({x[0] for x in labels})
        return {
            e: values[:, :, [n for n, x in enumerate(labels) if x[0] == e]].astype(np.float64).sum((1, 2))
            for e in elements
        }

    return of


def _line_stop(result: "Result") -> dict[str, Array]:
    values, labels = result.array("line_stop")
    countries = sorted({x[0] for x in labels})
    return {
        c: values[:, :, [n for n, x in enumerate(labels) if x[0] == c]].astype(np.float64).sum((1, 2))
        for c in countries
    }


def first_below(served: Array, level: float) -> Array:
    """First week in which a share (replicate, week) is under a level; NaN if never."""
    under = served < level
    found = under.argmax(axis=1).astype(np.float64)
    found[~under.any(axis=1)] = np.nan
    return np.asarray(found)


def _first_stop(result: "Result") -> dict[str, Array]:
    values, labels = result.array("line_stop")
    countries = sorted({x[0] for x in labels})
    found = {}
    for c in countries:
        rows = [n for n, x in enumerate(labels) if x[0] == c]
        found[c] = first_below(1.0 - values[:, :, rows].max(axis=2), 0.05)
    return found


def rolling(values: Array, weeks: int) -> Array:
    """Mean of the last weeks along axis 1; the first weeks average what there is."""
    total = np.cumsum(np.nan_to_num(values.astype(np.float64)), axis=1)
    total[:, weeks:] = total[:, weeks:] - total[:, :-weeks]
    count = np.minimum(np.arange(1, values.shape[1] + 1), weeks)
    return np.asarray(total / count.reshape((1, -1) + (1,) * (values.ndim - 2)))


def _peaks(result: "Result") -> dict[str, Array]:
    values, labels = result.array("price_fob", country=result.manifest["exporter"])
    if not labels:
        return {}
    means = rolling(values, 4)
    base = values[:, : min(26, values.shape[1])].astype(np.float64).mean(axis=1)
    peak = means.max(axis=1) / np.where(base > 0.0, base, np.nan)
    return {x[0]: peak[:, n] for n, x in enumerate(labels)}


def _recovery(result: "Result") -> dict[str, Array]:
    use, labels = result.array("use")
    unmet, _ = result.array("unmet_demand")
    countries = sorted({x[1] for x in labels})
    found = {}
    for c in countries:
        rows = [n for n, x in enumerate(labels) if x[1] == c]
        used, short = use[:, :, rows].astype(np.float64).sum(2), unmet[:, :, rows].astype(np.float64).sum(2)
        found[c] = recovery_weeks(used / np.maximum(used + short, 1e-12))
    return found


def recovery_weeks(served: Array) -> Array:
    """Weeks from the first week under 95 % served until 13 weeks in a row of 4-week means of 95 % or more.

    0 if never under; infinite where the horizon cuts the recovery off (censored).
    """
    means = rolling(served, 4)
    weeks = np.zeros(served.shape[0])
    for r in range(served.shape[0]):
        under = means[r] < 0.95
        if not under.any():
            continue
        first, trough = int(under.argmax()), int(means[r].argmin())
        weeks[r] = np.inf
        for w in range(trough, served.shape[1] - 12):
            if not under[w : w + 13].any():
                weeks[r] = w - first
                break
    return weeks


def _cost(result: "Result") -> dict[str, Array]:
    values, labels = result.array("public_cost")
    return {x[0]: values[:, :, n].astype(np.float64).sum(1) / 1e6 for n, x in enumerate(labels)}


METRICS = {
    m.name: m
    for m in (
        Metric(
            "unmet_tonnes", "t", ("unmet_demand",), "unmet demand over the run, per element", _total("unmet_demand")
        ),
        Metric(
            "shortage_tonnes", "t", ("shortage",), "unmet and priced out over the run, per element", _total("shortage")
        ),
        Metric("line_stop_weeks", "line-weeks", ("line_stop",), "full-line weeks lost, per country", _line_stop),
        Metric("first_stop", "week", ("line_stop",), "first week with a line under 5 %, per country", _first_stop),
        Metric(
            "time_to_recovery", "weeks", ("use", "unmet_demand"), "weeks until served again, per country", _recovery
        ),
        Metric(
            "peak_over_base", "ratio", ("price_fob",), "largest 4-week mean of FOB over the first half-year", _peaks
        ),
        Metric("public_cost_musd", "million USD", ("public_cost",), "spent on stores less sold, per country", _cost),
    )
}
"""Every metric by name."""


def table(result: "Result") -> "pd.DataFrame":
    """One row per run: scenario, policy, replicate, then ``metric.label`` columns."""
    import pandas as pd

    m = result.manifest
    columns: dict[str, Any] = {
        "scenario": [m["scenario_name"]] * m["replicates"],
        "policy": [m["policy"]] * m["replicates"],
        "replicate": np.arange(m["replicates"]),
    }
    for metric in METRICS.values():
        if all(r in m["records"] for r in metric.needs):
            for name, values in metric.of(result).items():
                columns[f"{metric.name}.{name}"] = values
    return pd.DataFrame(columns)
