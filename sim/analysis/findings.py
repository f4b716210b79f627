"""Findings: what ran short, where, from when and how deep; price peaks; what should be warned of."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.metrics import base_weeks, rolling, summed

if TYPE_CHECKING:
    from sim.result import Result

SHORT = 0.95
"""Share of the want under which a product counts as short."""


def what_ran_short(result: "Result") -> list[dict[str, Any]]:
    """One row per product and country that whose own stock served less than 95 % of want in a 4-week mean, deepest first.

    A product that lies idle because another component is missing is not short.
    """
    want, labels = result.array("want_gross")
    missing, _ = result.array("missing_gross")
    groups: dict[tuple[str, str], list[int]] = {}
    for n, (product, country, _) in enumerate(labels):
        groups.setdefault((product, country), []).append(n)
    found = []
    for (product, country), rows in groups.items():
        wanted = want[:, :, rows].astype(np.float64).sum(2)
        used = wanted - missing[:, :, rows].astype(np.float64).sum(2)
        if wanted.max() <= 1e-6:
            continue
        served = rolling(used, 4) / np.maximum(rolling(wanted, 4), 1e-12)
        under = served < SHORT
        touched = under.any(axis=1)
        if touched.mean() < 0.05:
            continue
        starts = np.array([int(u.argmax()) for u in under[touched]])
        found.append(
            {
                "product": product,
                "country": country,
                "first": result.dates[int(np.median(starts))].isoformat(),
                "depth": 1.0 - served.min(axis=1),
                "weeks": under.sum(axis=1).astype(np.float64),
                "touched": float(touched.mean()),
                "tonnes": float((wanted - used).sum(1).mean()),
            }
        )
    return sorted(found, key=lambda r: (-float(np.median(r["weeks"] * r["depth"])), -r["tonnes"]))


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
    """Events that changed nothing, those that begin after the end told apart, and a horizon that cuts off recovery."""
    idle = [name for name, did in result.manifest.get("effects", {}).items() if not did]
    end = result.dates[-1] + timedelta(weeks=1)
    begins = {e["name"]: date.fromisoformat(e["start"]) for e in result.manifest["scenario"]["events"]}
    late = tuple(name for name in idle if begins[name] >= end)
    found = [Warned("warning.idle", (name,)) for name in idle if name not in late]
    if late:
        found.append(Warned("warning.late", late))
    if {"want_gross", "missing_gross"} <= set(result.records):
        short = _short_at_the_end(result)
        cut = float(short.any(axis=1).mean())
        if cut > 0.05:
            found.append(Warned("warning.cut", numbers={"share": cut, "goods": float(np.median(short.sum(axis=1)))}))
    return found


def _short_at_the_end(result: "Result") -> np.ndarray:
    """Whether a product in a country was short over the last four weeks, (replicate, product and country)."""
    wanted, lacking = (
        np.stack([weekly[:, -4:].sum(axis=1) for weekly in summed(result, record, "product", "country").values()], axis=1)
        for record in ("want_gross", "missing_gross")
    )
    return np.asarray((lacking > (1.0 - SHORT) * wanted) & (wanted > 0.0))
