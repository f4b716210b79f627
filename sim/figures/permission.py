"""Permission: what waits at a licence desk, and what permits of a quota cost and are used."""

from typing import Any

import numpy as np

from sim.figures.names import product_name
from sim.figures.style import COLOURS, blank, columns_for, drawn, entitle
from sim.figures.text import rounded
from sim.figures.timeline import fan, median_of, over_time, run_page
from sim.language import Words, capital
from sim.result import Result


@drawn
def licence_queue(result: Result, width: float, say: Words) -> Any:
    """Open applications, t gross, of the six products that queue most; None if nothing ever queued."""
    values, labels = result.array("licence_queue")
    queues = {
        p: values[:, :, [n for n, x in enumerate(labels) if x[0] == p]].astype(np.float64).sum(2)
        for p in sorted({x[0] for x in labels})
    }
    most = {p: float(median_of(q).max()) for p, q in queues.items()}
    shown = [p for p in sorted(most, key=lambda p: -most[p]) if most[p] > 0.0][:6]
    if not shown:
        return None
    week = int(median_of(queues[shown[0]]).argmax())
    title = say.sentence(
        "figure.queue", tonnes=rounded(most[shown[0]], 3), product=product_name(say, shown[0]), when=result.dates[week]
    )
    across = min(columns_for(width, 3), len(shown))
    note = say.label("figure.bands")
    figure, axes = run_page(result, say, -(-len(shown) // across), across, capital(title), width, note=note)
    for axis, product in zip(axes.ravel(), shown, strict=False):
        fan(axis, result, queues[product], COLOURS[0])
        over_time(axis, result, say)
        entitle(axis, capital(product_name(say, product)))
        axis.set_ylabel(say.label("axis.open_applications"))
    blank(axes, len(shown))
    return figure


@drawn
def permits(result: Result, width: float, say: Words) -> Any:
    """Price of a permit, USD/kg, and permits wanted and used, t a week, of the first pool; None without a quota."""
    used = result.array("permits_used")[0]
    if not used.any():
        return None
    rent, wanted = result.array("rent")[0], result.array("permits_wanted")[0]
    peak = median_of(rent[:, :, 0].astype(np.float64))
    title = say.sentence("figure.permit", price=float(peak.max()), when=result.dates[int(peak.argmax())])
    names = [say.label(f"record.{r}") for r in ("permits_used", "permits_wanted", "rent")]
    across = columns_for(width, 2)
    figure, axes = run_page(
        result, say, -(-2 // across), across, title, width, key=list(zip(names, COLOURS, strict=False)),
        note=say.label("figure.bands"),
    )  # fmt: skip
    first, second = axes.ravel()[:2]
    fan(first, result, rent[:, :, 0].astype(np.float64), COLOURS[2])
    fan(second, result, wanted[:, :, 0].astype(np.float64), COLOURS[1])
    fan(second, result, used[:, :, 0].astype(np.float64), COLOURS[0])
    for axis, name, unit in (
        (first, "figure.permit_price", "axis.usd_per_kg"), (second, "figure.permits_gross", "axis.tonnes_a_week"),
    ):  # fmt: skip
        over_time(axis, result, say)
        entitle(axis, capital(say.label(name)))
        axis.set_ylabel(say.label(unit))
    return figure
