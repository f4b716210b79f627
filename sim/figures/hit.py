"""Hit: whose sales what befalls first touches, which plants, and who buys less for it."""

from fnmatch import fnmatchcase
from typing import Any

import numpy as np

from sim.figures.names import named_target, target
from sim.metrics import first_event, week_of
from sim.result import Result

OF_USERS = ("demand_surge", "price_news", "stock_release")
"""Kinds whose selection names users or what is said, no sellers."""
BEFORE, AFTER = 52, 39
"""Weeks before the first event and after it over which imports are compared."""


def _of_sellers(result: Result) -> list[dict[str, Any]]:
    """Events asked about that befall sellers or plants, by date."""
    events = [e for e in result.manifest["scenario"]["events"] if not e["background"] and e["kind"] not in OF_USERS]
    return sorted(events, key=lambda e: (e["start"], e["name"]))


def sellers_hit(result: Result) -> list[str]:
    """Countries whose sales the first event befalls that names any; the exporter where none does."""
    sites = result.manifest.get("sites", {})
    for event in _of_sellers(result):
        selection = event["selection"]
        stands = sorted({sites[s] for s in _named(sites, selection)})
        sellers = selection.get("seller_country") or selection.get("country") or stands
        if sellers:
            return [str(s) for s in sellers]
    return [str(result.manifest["exporter"])]


def plants_hit(result: Result) -> list[str]:
    """Plants named by the first event where it befalls named plants and no trade; else none."""
    sites = result.manifest.get("sites", {})
    for event in _of_sellers(result)[:1]:
        selection = event["selection"]
        if not selection.get("buyer_country") and not selection.get("seller_country"):
            return _named(sites, selection)
    return []


def _named(sites: dict[str, str], selection: dict[str, Any]) -> list[str]:
    """Sites that a selection names, by name or pattern."""
    return [s for s in sites if any(fnmatchcase(s, pattern) for pattern in selection.get("site") or [])]


def buyer_hit(result: Result) -> str:
    """The buyer an event names; of sellers beside the exporter whoever buys less of them, by contained rare earth; else the target."""
    sellers = sellers_hit(result)
    if named_target(result) is not None or result.manifest["exporter"] in sellers:
        return target(result)
    lost = {b: t for b, t in _lost(result, sellers).items() if t > 0.0 and b not in sellers}
    return max(sorted(lost), key=lambda b: lost[b]) if lost else target(result)


def _lost(result: Result, sellers: list[str]) -> dict[str, float]:
    """T a week of contained rare earth by which each country's imports from sellers fall after the first event, mean over replicates."""
    day, weeks = first_event(result), int(result.manifest["weeks"])
    begin = min(week_of(result, day), weeks) if day is not None else 0
    values, labels = result.array("imports")
    found: dict[str, float] = {}
    for n, (seller, buyer, product) in enumerate(labels):
        if seller in sellers and 0 < begin < weeks:
            mean = values[:, :, n].mean(0, dtype=np.float64)
            fall = mean[max(begin - BEFORE, 0) : begin].mean() - mean[begin : begin + AFTER].mean()
            found[buyer] = found.get(buyer, 0.0) + fall * contained(result, product)
    return found


def contained(result: Result, product: str) -> float:
    """T of rare earth in a t of product."""
    return float(sum(result.manifest["content"][product].values()))
