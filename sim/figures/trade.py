"""Trade: monthly imports by customs origin."""

from datetime import date
from typing import Any

import numpy as np

from sim.figures.places import country_name
from sim.figures.prices import target
from sim.figures.style import COLOURS, PAGE, entitle, mark_events, month_of, page, time_axis
from sim.metrics import first_event
from sim.result import Result


def _finding(result: Result, buyer: str, exporter: str, ends: list[date], share: np.ndarray, total: np.ndarray) -> str:
    """The lowest month in the nine months after the first event, against the month before it."""
    day = first_event(result)
    there, here = country_name(result, buyer), country_name(result, exporter)
    before = max(sum(1 for e in ends if day is not None and e < day) - 1, 0)
    after = share[before + 1 : before + 10]
    if day is None or not after.size:
        return f"{there} takes {100 * share.sum() / max(total.sum(), 1e-9):.0f} % of its imports from {here}"
    low = before + 1 + int(after.argmin())
    later = share[low + 1 : low + 5]
    high = low + 1 + int(later.argmax()) if later.size else low
    return (
        f"Imports of {there} from {here}: {share[before]:,.0f} t in {month_of(ends[before])}, {share[low]:,.0f} t in "
        f"{month_of(ends[low])}, {share[high]:,.0f} t in {month_of(ends[high])}"
    )


STAGES = ("oxide", "metal", "magnet")


def imports_by_origin(result: Result, width: float = PAGE) -> Any:
    """Tonnes a month by origin, stacked, for oxides, metals and magnets (mean over replicates); None without imports."""
    buyer = target(result)
    values, labels = result.array("imports", buyer=buyer)
    ends, weights = result.periods("ME")
    if not labels:
        return None
    stage = result.manifest["stage"]
    panels = [s for s in STAGES if any(stage[x[2]] == s for x in labels)]
    mean = np.einsum("wk,wm->mk", values.astype(np.float64).mean(0), weights)
    exporter = result.manifest["exporter"]
    mine = [n for n, x in enumerate(labels) if x[0] == exporter]
    total, share = mean.sum(1), mean[:, mine].sum(1)
    title = _finding(result, buyer, exporter, ends, share, total)
    by = {s: _by_origin(mean, labels, stage, s) for s in panels}
    ranked = sorted(
        {c for origins in by.values() for c in origins}, key=lambda c: -sum(o[c].sum() for o in by.values() if c in o)
    )
    shown = ranked[:7] if len(ranked) > len(COLOURS) else ranked
    key = [(country_name(result, c), COLOURS[n]) for n, c in enumerate(shown)]
    if len(shown) < len(ranked):
        key.append(("others", COLOURS[7]))
    note = "Customs of the importer, week of arrival, mean of the replicates."
    figure, axes = page(len(panels), 1, title, result, width, key=key, note=note)
    nothing = np.zeros(len(ends))
    for axis, s in zip(axes.ravel(), panels, strict=True):
        stacks = [by[s].get(c, nothing) for c in shown]
        if len(shown) < len(ranked):
            stacks.append(np.sum([by[s].get(c, nothing) for c in ranked[7:]], axis=0))
        middles = np.array(ends, dtype="datetime64[D]") - np.timedelta64(15, "D")
        axis.stackplot(middles, *stacks, colors=[c for _, c in key], linewidth=0)
        mark_events(axis, result)
        entitle(axis, f"{s}s, gross weight")
        axis.set_ylabel("t a month")
        axis.set_ylim(0, max(float(np.sum(stacks, axis=0).max()), 1e-6) * 1.1)
        time_axis(axis, result)
    return figure


def _by_origin(mean: np.ndarray, labels: list[list[str]], stage: dict[str, str], which: str) -> dict[str, np.ndarray]:
    """Tonnes per period (period,) by seller, of the products of one stage."""
    by: dict[str, np.ndarray] = {}
    for k, (seller, _buyer, product) in enumerate(labels):
        if stage[product] == which:
            by[seller] = by.get(seller, 0.0) + mean[:, k]
    return by
