"""Stocks: days of cover of buyers by country."""

from typing import Any

import numpy as np

from sim.figures.prices import target
from sim.figures.style import COLOURS, blank, fan, mark_events, page, time_axis, words
from sim.result import Result


def cover_and_stocks(result: Result) -> Any:
    """Days of cover of the products a target buys, beside those of the exporter."""
    home, exporter = target(result), result.manifest["exporter"]
    stage = result.manifest["stage"]
    _, labels = result.array("days_of_cover", country=home)
    products = [x[0] for x in labels if stage[x[0]] in ("oxide", "metal", "magnet")][:9]
    if not products:
        return None
    falls = {}
    for p in products:
        values, _ = result.array("days_of_cover", product=p, country=home)
        median = np.median(values[:, :, 0], axis=0)
        falls[p] = float(median.min() / max(median[0], 1e-9))
    worst = min(falls, key=lambda p: falls[p])
    title = f"Cover of {words(worst)} in {home} falls to {100 * falls[worst]:.0f} % of where it began"
    figure, axes = page((len(products) + 2) // 3, 3, title, result)
    for n, (axis, product) in enumerate(zip(axes.ravel(), products, strict=False)):
        for k, country in enumerate((home, exporter)):
            values, found = result.array("days_of_cover", product=product, country=country)
            if found:
                fan(axis, result, values[:, :, 0].astype(np.float64), COLOURS[k], country)
        mark_events(axis, result, named=n == 0)
        axis.set_title(words(product))
        axis.set_ylabel("days of use")
        axis.set_ylim(bottom=0)
        time_axis(axis)
    axes.ravel()[0].legend(loc="upper right", fontsize=7.5)
    blank(axes, len(products))
    return figure
