"""Rivals: what a forecaster without the model would have said at the end of 2009, as replays of the same series."""

from datetime import date

import numpy as np

from sim.history.replay import Replay
from sim.history.tables import History
from sim.history.toy import toy_replay

WEEKS_A_YEAR = 365.25 / 7.0


def rivals(history: History, dates: list[date], quota: np.ndarray) -> dict[str, Replay]:
    """Replays by the rival's name: no change, AR(1), and the aggregate toy; one replicate each.

    ``quota`` holds the tonnes a week that the schedule allows, which every rival knows.
    """
    return {
        "no change": no_change(history, dates, quota),
        "AR(1)": autoregressive(history, dates, quota),
        "toy": toy_replay(dates, quota),
    }


def no_change(history: History, dates: list[date], quota: np.ndarray) -> Replay:
    """Everything stays as it last was before 2010."""
    last = {name: seen[max(seen)] for name, seen in history.before.items()}
    return _yearly(history, dates, quota, {name: {d.year: v for d in dates} for name, v in last.items()})


def autoregressive(history: History, dates: list[date], quota: np.ndarray) -> Replay:
    """Every series goes from its last value towards its mean over the years seen, by one coefficient for all.

    Logs of yearly values; the coefficient is the least-squares one, pooled over the series with three years or more, their
    means taken out, and kept within 0 and 1.
    """
    logs = {name: {y: float(np.log(v)) for y, v in seen.items()} for name, seen in history.before.items()}
    mean = {name: float(np.mean(list(seen.values()))) for name, seen in logs.items()}
    pairs = [
        (seen[y] - mean[name], seen[y + 1] - mean[name])
        for name, seen in logs.items()
        if len(seen) >= 3
        for y in seen
        if y + 1 in seen
    ]
    before, after = (np.array([p[k] for p in pairs]) for k in (0, 1))
    rho = float(np.clip((before * after).sum() / (before**2).sum(), 0.0, 1.0))
    paths = {}
    for name, seen in logs.items():
        last = max(seen)
        away = seen[last] - mean[name]
        paths[name] = {d.year: float(np.exp(mean[name] + away * rho ** (d.year - last))) for d in dates}
    return _yearly(history, dates, quota, paths)


def _yearly(history: History, dates: list[date], quota: np.ndarray, paths: dict[str, dict[int, float]]) -> Replay:
    """Weekly series out of yearly values: prices as they are, flows by the week."""
    flows = frozenset(n for n, r in history.series.items() if r.is_flow)
    values = {}
    for name, by_year in paths.items():
        share = 1.0 / WEEKS_A_YEAR if name in flows else 1.0
        values[name] = share * np.array([[by_year[d.year] for d in dates]])
    return Replay(dates, {**values, "quota": quota[np.newaxis]}, flows)
