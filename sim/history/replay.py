"""Replay: what a run, or a rival of the model, says happened, as named weekly series."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from sim.history.tables import SeriesRow
from sim.result import Result

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass
class Replay:
    """Weekly series by name, each (replicate, week): means for prices, tonnes of the week for flows."""

    dates: list[date]
    values: dict[str, Array] = field(default_factory=dict)
    flows: frozenset[str] = frozenset()

    def weights(self, when: str) -> Array:
        """Share of every week that lies in a period: a day's week, ``2010-10``, ``2010-Q4``, ``2010`` or ``from:to``."""
        first, last = days_of(when)
        if len(when) == 10:  # a day stands for its week
            first -= timedelta(days=first.weekday())
            last = first + timedelta(days=6)
        found = np.zeros(len(self.dates))
        for week, monday in enumerate(self.dates):
            begin, end = max(monday, first), min(monday + timedelta(days=6), last)
            found[week] = max((end - begin).days + 1, 0) / 7.0
        return found

    def over(self, series: str, when: str) -> Array:
        """Mean of a price, or sum of a flow, over a period; one per replicate, NaN where the run does not reach it."""
        weights = self.weights(when)
        if weights.sum() <= 0.0:
            return np.full(len(self.values[series]), np.nan)
        seen = np.flatnonzero(weights)
        total = (self.values[series][:, seen] * weights[seen]).sum(axis=1)
        return np.asarray(total if series in self.flows else total / weights.sum())

    def by_period(self, series: str, length: str) -> tuple[list[str], Array]:
        """Names of the whole months or quarters of the run, and the mean of each (replicate, period)."""
        names = list(periods(self.dates[0], self.dates[-1], length))
        mean = [self.over(series, p) / (self.weights(p).sum() if series in self.flows else 1.0) for p in names]
        return names, np.stack(mean, axis=1)


def periods(first: date, last: date, length: str) -> Iterable[str]:
    """Names of the months or quarters between two days."""
    for year in range(first.year, last.year + 1):
        for n in range(1, 13 if length == "month" else 5):
            name = f"{year}-{n:02d}" if length == "month" else f"{year}-Q{n}"
            if days_of(name)[1] >= first and days_of(name)[0] <= last:
                yield name


def days_of(when: str) -> tuple[date, date]:
    """First and last day of a period by its name."""
    if ":" in when:
        earlier, later = when.split(":")
        return days_of(earlier)[0], days_of(later)[1]
    if len(when) == 10:
        return date.fromisoformat(when), date.fromisoformat(when)
    year, _, part = when.partition("-")
    if not part:
        first, months = 1, 12
    elif part.startswith("Q"):
        first, months = 3 * int(part[1]) - 2, 3
    else:
        first, months = int(part), 1
    after = first + months
    return date(int(year), first, 1), date(int(year) + (after - 1) // 12, (after - 1) % 12 + 1, 1) - timedelta(days=1)


def month_number(when: str) -> int:
    year, _, part = when.partition("-")
    return 12 * int(year) + int(part or 1) - 1


def replay_of(result: Result, rows: dict[str, SeriesRow]) -> Replay:
    """The series of a run."""
    values = {}
    for name, row in rows.items():
        if row.record == "schedule":
            values[name] = _schedule(result, row)
        elif row.record in result.manifest["records"]:
            values[name] = _combined(result, row)
    flows = frozenset(n for n, r in rows.items() if r.is_flow)
    return Replay(result.dates, values, flows)


def records_of(rows: Iterable[SeriesRow]) -> tuple[str, ...]:
    """Records that a run must keep."""
    return tuple(sorted({r.record for r in rows} - {"schedule"}))


OF_LABELS = {"stage": "stage", "site_country": "sites"}
"""What a series may select besides the axes of its record: stages of products, countries of sites; by the manifest's tables."""


def _combined(result: Result, row: SeriesRow) -> Array:
    values, labels = result.array(row.record, **{k: v for k, v in row.where.items() if k not in OF_LABELS})
    codes, content = result.manifest["hs"], result.manifest["content"]
    kept = [(result.manifest[OF_LABELS[k]], v) for k, v in row.where.items() if k in OF_LABELS]
    total = np.zeros(values.shape[:2])
    weighed = 0.0
    for n, label in enumerate(labels):
        if not all(any(table.get(x) in wanted for x in label) for table, wanted in kept):
            continue
        product = next((x for x in label if x in codes), "")
        if row.hs and not codes[product].startswith(row.hs):
            continue
        weight = row.weights.get(product, 1.0)
        if row.combined == "content":
            weight = sum(content[product].values())
        total += weight * values[:, :, n].astype(np.float64)
        weighed += weight
    return np.asarray(row.times * (total / max(weighed, 1e-12) if row.combined == "mean" else total))


def _schedule(result: Result, row: SeriesRow) -> Array:
    """Tonnes that an event's periods allow, spread evenly over their days, the same in every replicate."""
    weekly = np.zeros(result.manifest["weeks"])
    for event in result.manifest["scenario"]["events"]:
        if event["name"] not in row.where["event"]:
            continue
        for period in event["periods"]:
            begin, end = date.fromisoformat(period["start"]), date.fromisoformat(period["end"])
            for week, monday in enumerate(result.dates):
                days = (min(end, monday + timedelta(days=7)) - max(begin, monday)).days
                weekly[week] += period["tonnes"] * max(days, 0) / (end - begin).days
    return np.repeat(weekly[np.newaxis], result.manifest["replicates"], axis=0)
