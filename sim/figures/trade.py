"""Trade: monthly imports by customs origin."""

from datetime import date
from typing import Any

import numpy as np

from sim.analysis.findings import first_event
from sim.figures.prices import target
from sim.figures.style import COLOURS, blank, mark_events, page, time_axis
from sim.result import Result


def _finding(result: Result, buyer: str, exporter: str, ends: list[date], share: np.ndarray, total: np.ndarray) -> str:
    """The lowest month in the nine months after the first event, against the month before it."""
    day = first_event(result)
    before = max(sum(1 for e in ends if day is not None and e < day) - 1, 0)
    after = share[before + 1 : before + 10]
    if day is None or not after.size:
        return f"{buyer} takes {100 * share.sum() / max(total.sum(), 1e-9):.0f} % of its imports from {exporter}"
    low = before + 1 + int(after.argmin())
    return (
        f"Imports of {buyer} from {exporter}: {share[before]:,.0f} t in the month before, {share[low]:,.0f} t in "
        f"{ends[low]:%B %Y}, {100 * share[low] / max(total[low], 1e-9):.0f} % of all it imports then"
    )


STAGES = ("oxide", "metal", "magnet")


def imports_by_origin(result: Result) -> Any:
    """Tonnes a month by origin, stacked, for oxides, metals and magnets (mean over replicates)."""
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
    figure, axes = page(len(panels), 1, title, result)
    dates = np.array(ends, dtype="datetime64[D]")
    for n, (axis, s) in enumerate(zip(axes.ravel(), panels, strict=True)):
        by: dict[str, np.ndarray] = {}
        for k, x in enumerate(labels):
            if stage[x[2]] == s:
                by[x[0]] = by.get(x[0], np.zeros(len(ends))) + mean[:, k]
        names = sorted(by, key=lambda c: -by[c].sum())
        shown, rest = names[:6], names[6:]
        stacks = [by[c] for c in shown] + ([np.sum([by[c] for c in rest], axis=0)] if rest else [])
        axis.stackplot(dates, *stacks, labels=[*shown, *(["others"] if rest else [])], colors=COLOURS, linewidth=0)
        mark_events(axis, result, named=n == 0)
        axis.set_title(f"{s}s, gross weight")
        axis.set_ylabel("t a month")
        axis.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), fontsize=7.5, ncols=7, borderaxespad=0.1)
        axis.set_ylim(0, max(float(np.sum(stacks, axis=0).max()), 1e-6) * 1.1)
        time_axis(axis)
    blank(axes, len(panels))
    return figure
