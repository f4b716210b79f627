"""Differences: paired differences of every metric, how long recovery takes, and the embargoer's ledger over worlds."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.intervals import (
    Resamples,
    mean_interval,
    median_interval,
    replicates_needed,
    survival_median,
)
from sim.analysis.ledger import ENTRIES
from sim.analysis.valued import Valued
from sim.metrics import METRICS
from sim.paired import PAIRED

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray[Any, np.dtype[Any]]
WATCHED = {"time_to_recovery": "recovery_watched", "price_recovery": "price_watched"}
"""Times that the horizon may cut off, and the metric of how long each was watched."""


def difference_frames(valued: Valued) -> list["pd.DataFrame"]:
    """b1 less b0 for the event, where b0 was run, and p less b1 for each answer."""
    pairs = valued.pairs
    frames = []
    if ("b0", "none") in pairs.worlds:
        frames.append(_difference(valued, "event", pairs.of("b1"), pairs.of("b0")))
    for policy in pairs.policies:
        frames.append(_difference(valued, policy, pairs.of("p", policy), pairs.of("b1")))
    return frames


def _difference(valued: Valued, of: str, there: "pd.DataFrame", without: "pd.DataFrame") -> "pd.DataFrame":
    import pandas as pd

    pairs = valued.pairs
    wanted = valued.terms.get("metrics") or [*METRICS, *PAIRED]
    columns = [c for c in pairs.columns if c.split(".")[0] in wanted]
    after, before = (_at_horizon(f, columns, pairs.weeks) for f in (there, without))
    change = after - before
    known = np.isfinite(change)
    keep = known.any(axis=0)
    columns = [c for c, k in zip(columns, keep, strict=True) if k]
    change, before, known = change[:, keep], before[:, keep], known[:, keep]
    sign = np.array([better(c) for c in columns])
    mean, low, high = mean_interval(change, valued.resamples)
    median, median_low, median_high = median_interval(change)
    count = known.sum(axis=0)
    return pd.DataFrame(
        {
            "scenario": pairs.scenario, "of": of, "metric": [c.split(".", 1)[0] for c in columns],
            "label": [c.split(".", 1)[1] for c in columns], "without": np.nanmean(np.where(known, before, np.nan), axis=0),
            "mean": mean, "low": low, "high": high,
            "median": median, "median_low": median_low, "median_high": median_high,
            "helps": ((change * sign > 0.0) & known).sum(axis=0) / count,
            "no_change": ((change == 0.0) & known).sum(axis=0) / count,
            "pairs": count,
            "replicates_needed": replicates_needed(change, valued.precision) if len(change) > 1 else np.nan,
        }
    )  # fmt: skip


def _at_horizon(frame: "pd.DataFrame", columns: list[str], weeks: int) -> Array:
    """Metrics of a world; a recovery that was cut off counts as the weeks it was watched, where they are known."""
    found = frame[columns].to_numpy(dtype=np.float64)
    for n, column in enumerate(columns):
        name, _, label = column.partition(".")
        watched = f"{WATCHED[name]}.{label}" if name in WATCHED else ""
        seen = frame[watched].to_numpy(dtype=np.float64) if watched in frame.columns else float(weeks)
        found[:, n] = np.where(np.isposinf(found[:, n]), seen, found[:, n])
    return found


def better(column: str) -> float:
    """1 where more is better, -1 where less is."""
    name = column.split(".")[0]
    known = METRICS.get(name) or PAIRED.get(name)
    return 1.0 if known is not None and known.better == "higher" else -1.0


def recovery_rows(valued: Valued) -> list[dict[str, Any]]:
    """Kaplan-Meier medians of times to recovery per answer and country, of use and of each traded price: over all worlds and over
    those that fell short.

    A world that never fell counts as 0; one that had not recovered at the horizon is censored there; failed runs are left out.
    """
    rows = []
    for policy in valued.answers:
        frame = valued.pairs.of("p", policy)
        for column in (c for c in frame.columns if c.split(".")[0] in WATCHED):
            metric, _, label = column.partition(".")
            product, _, country = label.rpartition(".")
            if f"{WATCHED[metric]}.{label}" not in frame.columns:
                continue
            watched = frame[f"{WATCHED[metric]}.{label}"].to_numpy(dtype=np.float64)
            times = frame[column].to_numpy(dtype=np.float64)
            known = np.isfinite(watched)
            watched, times = watched[known], times[known]
            is_cut, fell = np.isinf(times), times > 0.0
            if fell.any():
                rows.append(
                    {"scenario": valued.scenario, "policy": policy, "of": product or "use", "country": country,
                     "median_weeks": survival_median(watched, is_cut),
                     "median_where_fell": survival_median(watched[fell], is_cut[fell]),
                     "fell": float(fell.mean()), "cut_off": float(is_cut.mean())}
                )  # fmt: skip
    return rows


def ledger_rows(valued: Valued) -> list[dict[str, Any]]:
    """Lines of the embargoer's ledger against b0, per answer."""
    rows = []
    for policy in valued.answers:
        frame = valued.pairs.of("p", policy)
        for line in (x for x in ENTRIES if f"ledger.{x}" in frame.columns):
            values = frame[f"ledger.{line}"].to_numpy(dtype=np.float64)
            rows.append({"scenario": valued.scenario, "policy": policy} | ledger_line(line, values, valued.resamples))
    return rows


def ledger_line(line: str, values: Array, resamples: Resamples) -> dict[str, Any]:
    """One line of the ledger over worlds: mean, interval, median, the share of worlds of each sign; missing if untold."""
    if not np.isfinite(values).any():
        return {"line": line} | dict.fromkeys(("mean", "low", "high", "median", "gains", "loses"), np.nan)
    mean, low, high = (float(v[0]) for v in mean_interval(values[:, np.newaxis], resamples))
    known = values[np.isfinite(values)]
    return {
        "line": line, "mean": mean, "low": low, "high": high, "median": float(np.median(known)),
        "gains": float(np.mean(known > 0.0)), "loses": float(np.mean(known < 0.0)),
    }  # fmt: skip
