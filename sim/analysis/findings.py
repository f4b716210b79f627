"""Findings: what ran short, where, from when and how deep; price peaks; what should be warned of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.mechanisms.units import QUARTER_WEEKS
from sim.metrics import base_weeks, first_event, rolling, summed, week_of

if TYPE_CHECKING:
    from sim.result import Result

SHORT = 0.95
"""Share of what is needed under which an element counts as short."""
LEAST = 0.05
"""Share of worlds that must go short for it to be told."""
LITTLE = 1e-12
"""T under which nothing is needed, and no share of it means anything."""
OF_NEED = ("requirement", "saved", "unmet_demand", "priced_out")
"""Records that tell what is needed and what is lacking."""


@dataclass(frozen=True)
class Need:
    """One element in one country, contained t, (replicate, week).

    Needed is what would be used at the start's prices with the savings made since; of it some is not to be had, and some
    given up because it is dear. Both together are the shortage.
    """

    element: str
    country: str
    needed: np.ndarray
    unmet: np.ndarray
    dear: np.ndarray

    def share(self, tonnes: np.ndarray) -> np.ndarray:
        """Share of what is needed, in a 4-week mean."""
        return np.asarray(rolling(tonnes, 4) / np.maximum(rolling(self.needed, 4), LITTLE))

    @property
    def lacking(self) -> np.ndarray:
        """Shortage as a share of what is needed, in a 4-week mean."""
        return self.share(self.unmet + self.dear)


def needs(result: "Result", **where: Any) -> list[Need]:
    """What every country, or those asked for, needs of each element that it uses, and what it lacks of it."""
    wholly, saved, unmet, dear = (summed(result, record, "element", "country", **where) for record in OF_NEED)
    found = []
    for label, required in wholly.items():
        element, _, country = label.rpartition(".")
        needed = required - saved[label]
        if needed.max(initial=0.0) > 1e-6:
            found.append(Need(element, country, needed, unmet[label], dear[label]))
    return found


def first_week(result: "Result") -> int:
    """Week of the first event that is not background; the run's first without events."""
    day = first_event(result)
    return 0 if day is None else min(week_of(result, day), int(result.manifest["weeks"]) - 1)


def what_ran_short(result: "Result") -> list[dict[str, Any]]:
    """One row per element and country that lacked more than 5 % of its need in a 4-week mean from the first event on, worst first.

    A row holds ``element``, ``country``; ``first`` (date, median of the replicates that go short), ``depth`` (largest share lacking) and
    ``weeks`` (of shortage) and ``at_the_end`` (whether the last week is short), each per replicate; ``touched``, the share of replicates
    that go short; ``unmet`` and ``dear``, mean t that were not to be had and that were given up for their price. ``eve`` is the share
    lacking in the quarter before, per replicate, and ``already`` the share of replicates that are short in the week before.
    """
    found, begin = [], first_week(result)
    for need in needs(result):
        lacking = need.lacking[:, begin:]
        under = lacking > 1.0 - SHORT
        touched = under.any(axis=1)
        if touched.mean() < LEAST:
            continue
        starts = under[touched].argmax(axis=1)
        eve = slice(max(begin - int(QUARTER_WEEKS), 0), begin)
        lacked = (need.unmet + need.dear)[:, eve].sum(axis=1) / np.maximum(need.needed[:, eve].sum(axis=1), LITTLE)
        found.append(
            {
                "element": need.element,
                "country": need.country,
                "first": result.dates[begin + int(np.median(starts))].isoformat(),
                "depth": lacking.max(axis=1),
                "weeks": under.sum(axis=1).astype(np.float64),
                "eve": lacked,
                "already": float((need.lacking[:, begin - 1] > 1.0 - SHORT).mean()) if begin else 0.0,
                "at_the_end": under[:, -1],
                "touched": float(touched.mean()),
                "unmet": float(need.unmet[:, begin:].sum(axis=1).mean()),
                "dear": float(need.dear[:, begin:].sum(axis=1).mean()),
            }
        )
    return sorted(found, key=lambda r: (-float(np.median(r["weeks"] * r["depth"])), -r["unmet"] - r["dear"]))


def foremost(countries: Sequence[str], aimed_at: str | None, most: int) -> list[int]:
    """Places of the first so many, half of them at most, and those first of all, of the country that is aimed at."""
    mine = [n for n, country in enumerate(countries) if country == aimed_at][: most // 2]
    others = [n for n in range(len(countries)) if n not in mine]
    return sorted([*mine, *others[: most - len(mine)]])


def price_peaks(result: "Result") -> list[dict[str, Any]]:
    """One row per product: FOB price of the exporter (or its home price), peak over the year before the first event."""
    exporter = result.manifest["exporter"]
    stage = result.manifest["stage"]
    found = []
    for record in ("price_fob", "price_domestic"):
        values, labels = (
            result.array(record, country=exporter) if record in result.records else (np.zeros((0, 0, 0)), [])
        )
        for n, (product, _) in enumerate(labels):
            if stage[product] not in ("oxide", "metal", "magnet") or (
                record != "price_fob" and stage[product] == "magnet"
            ):
                continue
            series = values[:, :, n].astype(np.float64)
            if not np.isfinite(series).all():
                continue
            base = series[:, base_weeks(result)].mean(axis=1)
            means = rolling(series, 4)
            ratio = means.max(axis=1) / base
            when = result.dates[int(np.median(means.argmax(axis=1)))].isoformat()
            found.append(
                {"product": product, "price": record.removeprefix("price_"), "base": float(np.median(base)),
                 "ratio": ratio, "when": when}
            )  # fmt: skip
    return sorted(found, key=lambda r: -float(np.median(r["ratio"])))


@dataclass(frozen=True)
class Warned:
    """What should be warned of: the key of its pattern in the tables of languages, the events it names, its numbers."""

    key: str
    events: tuple[str, ...] = ()
    numbers: dict[str, float] = field(default_factory=dict)


def warnings(result: "Result") -> list[Warned]:
    """Events that changed nothing, those that begin after the end told apart, and a horizon that cuts off recovery.

    Recovery is cut off where of what ran short something is short still in the last week.
    """
    idle = [name for name, did in result.manifest.get("effects", {}).items() if not did]
    end = result.dates[-1] + timedelta(weeks=1)
    begins = {e["name"]: date.fromisoformat(e["start"]) for e in result.manifest["scenario"]["events"]}
    late = tuple(name for name in idle if begins[name] >= end)
    found = [Warned("warning.idle", (name,)) for name in idle if name not in late]
    if late:
        found.append(Warned("warning.late", late))
    if set(OF_NEED) <= set(result.records) and (rows := what_ran_short(result)):
        short = np.stack([row["at_the_end"] for row in rows])
        count = short.sum(axis=0)
        cut = float((count > 0).mean())
        if cut > LEAST:
            found.append(Warned("warning.cut", numbers={"share": cut, "short": float(np.median(count[count > 0]))}))
    return found
