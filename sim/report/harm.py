"""Harm: what a run's event did, against the same worlds without it: lines, forms and grades, cover, prices.

Without a background run the same is told as it was recorded, not netted of it.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from sim.analysis.findings import SHORT
from sim.metrics import STOPPED, YEAR, rolling, week_of
from sim.result import Result

SLOWED = 0.05
"""Share of a line's plan lost from which it counts as slowed."""
LEAST = 1e-3
"""T over a run under which a product of a country is not judged."""
LEAST_COVER = 1.0
"""Days of cover without the event from which a fall is judged."""
LATEST = 10**6


@dataclass(frozen=True)
class Spell:
    """When something first happens, and in how many worlds: median with the middle 90 % of those in which it does."""

    when: date
    early: date
    late: date
    hit: int
    worlds: int

    @property
    def share(self) -> float:
        return self.hit / self.worlds


@dataclass(frozen=True)
class Line:
    """A line (country, end use) that the event stops or slows; weeks of full output lost, median and middle 90 %."""

    country: str
    end_use: str
    stops: Spell | None
    slows: Spell | None
    lost: float
    low: float
    high: float


@dataclass(frozen=True)
class Form:
    """A product of a country that runs short: first week, weeks under 95 % served, worst share unserved (medians)."""

    product: str
    country: str
    first: Spell
    weeks: float
    depth: float
    low: float
    high: float


@dataclass(frozen=True)
class Cover:
    """Least cover left of a product in a country, days, its week, and what it would be without the event then."""

    product: str
    country: str
    days: float
    without: float
    when: date


@dataclass
class Harm:
    """A run beside its background run of the same replicates; ``background`` is None where it is not netted."""

    result: Result
    background: Result | None

    @property
    def worlds(self) -> int:
        return int((self.background or self.result).manifest["replicates"])

    @property
    def is_netted(self) -> bool:
        return self.background is not None

    @property
    def watched(self) -> slice:
        """Weeks that are judged: from the first event that is not background until a year after the last one ends.

        Later differences are chance more than harm. All weeks where nothing but background befalls.
        """
        events = [e for e in self.result.manifest["scenario"]["events"] if not e["background"]]
        weeks = int(self.result.manifest["weeks"])
        if not events:
            return slice(0, weeks)
        first = min(week_of(self.result, date.fromisoformat(e["start"])) for e in events)
        lasts = [week_of(self.result, date.fromisoformat(e["end"])) + YEAR if e["end"] else weeks for e in events]
        return slice(min(first, weeks - 1), min(max(lasts), weeks))

    def series(self, record: str) -> dict[tuple[str, ...], tuple[np.ndarray, np.ndarray]]:
        """By label: (replicate, week) with the event, and without; noughts where there is no background run.

        Weeks end with those that are watched; a background run need not go further.
        """
        weeks = self.watched.stop
        there, labels = self.result.array(record)
        there = there[: self.worlds, :weeks].astype(np.float64)
        nothing = np.zeros(there.shape[:2])
        if self.background is None:
            return {tuple(x): (there[:, :, n], nothing) for n, x in enumerate(labels)}
        without, others = self.background.array(record)
        at = {tuple(x): n for n, x in enumerate(others)}
        return {
            tuple(x): (there[:, :, n], without[:, :weeks, at[tuple(x)]].astype(np.float64) if tuple(x) in at else nothing)
            for n, x in enumerate(labels)
        }


def lines_hurt(harm: Harm) -> list[Line]:
    """Every line that loses a twentieth of its plan in some week of half the worlds, or stops in any; first stops first."""
    found = []
    for (country, end_use), (there, without) in harm.series("line_stop").items():
        there, without = there[:, harm.watched], without[:, harm.watched]
        extra = there - without
        stops = spell(harm, (1.0 - there < STOPPED) & (1.0 - without >= STOPPED))
        slows = spell(harm, extra >= SLOWED)
        if stops is None and (slows is None or slows.share < 0.5):
            continue
        low, lost, high = np.quantile(extra.sum(axis=1), [0.05, 0.5, 0.95])
        found.append(Line(country, end_use, stops, slows, float(lost), float(low), float(high)))
    return sorted(found, key=_earliest)


def _earliest(line: Line) -> tuple[int, int, float]:
    """Stops in half of the worlds come first, by week; then slowed lines, by week."""
    for rank, happens in enumerate((line.stops, line.slows)):
        if happens is not None and happens.share >= 0.5:
            return (rank, happens.when.toordinal(), -line.lost)
    return (2, LATEST, -line.lost)


def forms_short(harm: Harm) -> list[Form]:
    """Products of a country that own stock serves under 95 % of want, 4-week mean, and would not without the event.

    Only what is short so in half of the worlds or more; most weeks times depth first.
    """
    want, missing = harm.series("want_gross"), harm.series("missing_gross")
    cells: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for key in want:
        cells.setdefault((key[0], key[1]), []).append(key)
    found = []
    for (product, country), keys in cells.items():
        unserved = []
        for side in (0, 1):
            wanted = np.sum([want[k][side] for k in keys], axis=0)
            lacking = np.sum([missing[k][side] for k in keys], axis=0)
            unserved.append((rolling(lacking, 4) / np.maximum(rolling(wanted, 4), 1e-12))[:, harm.watched])
        if sum(float(want[k][0].sum()) for k in keys) < LEAST:
            continue
        under = (unserved[0] > 1.0 - SHORT) & (unserved[1] <= 1.0 - SHORT)
        first = spell(harm, under)
        if first is None or first.share < 0.5:
            continue
        low, depth, high = np.quantile(np.where(under, unserved[0], 0.0).max(axis=1), [0.05, 0.5, 0.95])
        weeks = float(np.median(under.sum(axis=1)))
        found.append(Form(product, country, first, weeks, float(depth), float(low), float(high)))
    return sorted(found, key=lambda f: (-f.weeks * f.depth, f.product, f.country))


def cover_left(harm: Harm, stages: tuple[str, ...] = ("oxide", "metal", "magnet")) -> list[Cover]:
    """Least cover (median over worlds) of each product and country, where it falls furthest under that without the event.

    Without a background run the fall is from the run's first week.
    """
    stage, found = harm.result.manifest["stage"], []
    for (product, country), (there, without) in harm.series("days_of_cover").items():
        if stage[product] not in stages or not np.isfinite(there).all():
            continue
        now = np.median(there, axis=0)
        before = np.median(without, axis=0) if harm.is_netted else np.full(now.shape, now[0])
        if not np.isfinite(before).all() or before.min() < LEAST_COVER:
            continue
        fall = (now / before)[harm.watched]
        week = harm.watched.start + int(fall.argmin())
        if now[week] < 0.9 * before[week]:
            found.append(Cover(product, country, float(now[week]), float(before[week]), harm.result.dates[week]))
    return sorted(found, key=lambda c: (c.days / max(c.without, 1e-9), c.product, c.country))


def spell(harm: Harm, happens: np.ndarray) -> Spell | None:
    """First week in which something happens, over worlds; ``happens`` is (replicate, watched week). None if it never does."""
    touched = happens.any(axis=1)
    if not touched.any():
        return None
    first = happens[touched].argmax(axis=1)
    early, when, late = (harm.result.dates[harm.watched.start + int(w)] for w in np.quantile(first, [0.05, 0.5, 0.95], method="nearest"))
    return Spell(when, early, late, int(touched.sum()), len(happens))
