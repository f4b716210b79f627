"""Permission: what waits at a licence desk, and what permits of a quota cost and are used."""

from typing import Any

import numpy as np

from sim.figures.style import (
    BANDS,
    COLOURS,
    PAGE,
    blank,
    columns_for,
    entitle,
    fan,
    mark_events,
    month_of,
    page,
    time_axis,
    words,
)
from sim.result import Result


def licence_queue(result: Result, width: float = PAGE) -> Any:
    """Open applications, t gross, of the six products that queue most; None if nothing ever queued. ``width`` in inches."""
    values, labels = result.array("licence_queue")
    queues = {
        p: values[:, :, [n for n, x in enumerate(labels) if x[0] == p]].astype(np.float64).sum(2)
        for p in sorted({x[0] for x in labels})
    }
    most = {p: float(np.median(q, axis=0).max()) for p, q in queues.items()}
    shown = [p for p in sorted(most, key=lambda p: -most[p]) if most[p] > 0.0][:6]
    if not shown:
        return None
    week = int(np.median(queues[shown[0]], axis=0).argmax())
    title = f"At the desk {most[shown[0]]:,.0f} t of {words(shown[0])} wait at the most, in {month_of(result.dates[week])}"
    across = min(columns_for(width, 3), len(shown))
    figure, axes = page(-(-len(shown) // across), across, title, result, width, note=BANDS)
    for axis, product in zip(axes.ravel(), shown, strict=False):
        fan(axis, result, queues[product], COLOURS[0])
        mark_events(axis, result)
        entitle(axis, words(product))
        axis.set_ylabel("open applications, t")
        axis.set_ylim(bottom=0)
        time_axis(axis, result)
    blank(axes, len(shown))
    return figure


def permits(result: Result, width: float = PAGE) -> Any:
    """Price of a permit, USD/kg, and permits wanted and used, t a week, of the first pool; None without a quota."""
    used = result.array("permits_used")[0]
    if not used.any():
        return None
    rent, wanted = result.array("rent")[0], result.array("permits_wanted")[0]
    peak = np.median(rent[:, :, 0], axis=0)
    title = f"A permit costs {peak.max():,.0f} USD/kg at its dearest, in {month_of(result.dates[int(peak.argmax())])}"
    key = (("price of a permit, or permits used", COLOURS[0]), ("wanted", COLOURS[1]))
    across = columns_for(width, 2)
    figure, axes = page(-(-2 // across), across, title, result, width, key=key, note=BANDS)
    first, second = axes.ravel()[:2]
    fan(first, result, rent[:, :, 0].astype(np.float64), COLOURS[0])
    entitle(first, "price of a permit")
    first.set_ylabel("USD/kg")
    fan(second, result, wanted[:, :, 0].astype(np.float64), COLOURS[1])
    fan(second, result, used[:, :, 0].astype(np.float64), COLOURS[0])
    entitle(second, "permits by gross weight")
    second.set_ylabel("t a week")
    for axis in (first, second):
        mark_events(axis, result)
        axis.set_ylim(bottom=0)
        time_axis(axis, result)
    return figure
