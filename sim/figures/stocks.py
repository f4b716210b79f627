"""Stocks: days of cover of buyers by country."""

from typing import Any

import numpy as np

from sim.figures.places import country_name
from sim.figures.prices import target
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


def cover_and_stocks(result: Result, width: float = PAGE) -> Any:
    """Days of cover of the nine products of a target that fall furthest, beside the exporter's; None if it holds none."""
    home, exporter = target(result), result.manifest["exporter"]
    stage = result.manifest["stage"]
    _, labels = result.array("days_of_cover", country=home)
    products = [x[0] for x in labels if stage[x[0]] in ("oxide", "metal", "magnet")]
    if not products:
        return None
    falls, when = {}, {}
    for p in products:
        values, _ = result.array("days_of_cover", product=p, country=home)
        median = np.median(values[:, :, 0], axis=0)
        if np.isfinite(median).all():
            falls[p] = float(median.min() / max(median[0], 1e-9))
            when[p] = result.dates[int(median.argmin())]
    if not falls:
        return None
    worst = min(falls, key=lambda p: falls[p])
    products = sorted(falls, key=lambda p: falls[p])[:9]
    names = (country_name(result, home), country_name(result, exporter))
    title = f"Cover of {words(worst)} in {names[0]} falls to {100 * falls[worst]:.0f} % of where it began, by {month_of(when[worst])}"
    across = columns_for(width, 3)
    key = tuple(zip(names, COLOURS, strict=False))
    figure, axes = page(-(-len(products) // across), across, title, result, width, key=key, note=BANDS)
    for axis, product in zip(axes.ravel(), products, strict=False):
        for k, country in enumerate((home, exporter)):
            values, found = result.array("days_of_cover", product=product, country=country)
            if found:
                fan(axis, result, values[:, :, 0].astype(np.float64), COLOURS[k])
        mark_events(axis, result)
        entitle(axis, words(product))
        axis.set_ylabel("days of use")
        axis.set_ylim(bottom=0)
        time_axis(axis, result)
    blank(axes, len(products))
    return figure
