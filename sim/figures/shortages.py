"""Shortage curves, and a heat map of weeks short by product and country."""

from typing import Any

import matplotlib
import numpy as np

from sim.analysis.findings import SHORT, what_ran_short
from sim.figures.style import COLOURS, blank, fan, mark_events, page, time_axis, words
from sim.metrics import rolling
from sim.result import Result


def served_share(result: Result, product: str, country: str) -> np.ndarray:
    """Share of want that own stock served, in a 4-week mean, (replicate, week)."""
    want, _ = result.array("want_gross", product=product, country=country)
    missing, _ = result.array("missing_gross", product=product, country=country)
    wanted, lacking = rolling(want.astype(np.float64).sum(2), 4), rolling(missing.astype(np.float64).sum(2), 4)
    return np.asarray(1.0 - lacking / np.maximum(wanted, 1e-12))


def shortage_curves(result: Result) -> Any:
    """Unmet share of want over time for what ran shortest."""
    short = what_ran_short(result)[:6]
    if not short:
        figure, axes = page(1, 1, "Nobody ran short", result, height=3.2)
        axes[0, 0].set_visible(False)
        figure.text(0.07, 0.5, "Every maker of goods got at least 95 % of what it wanted, in every week.", fontsize=11)
        return figure
    worst = short[0]
    depth = float(np.median(worst["depth"]))
    title = (
        f"{words(worst['product'])} in {worst['country']} runs short from {worst['first']}: "
        f"{100 * depth:.0f} % of want unserved at the worst"
    )
    rows = (len(short) + 1) // 2
    figure, axes = page(rows, min(2, len(short)), title, result)
    for n, (axis, row) in enumerate(zip(axes.ravel(), short, strict=False)):
        fan(axis, result, 100.0 * (1.0 - served_share(result, row["product"], row["country"])), COLOURS[0])
        mark_events(axis, result, named=n == 0)
        axis.set_title(f"{words(row['product'])}, {row['country']}")
        axis.set_ylabel("unmet, % of want")
        axis.set_ylim(bottom=0)
        time_axis(axis)
    blank(axes, len(short))
    return figure


def weeks_short(result: Result) -> Any:
    """Weeks under 95 % served, product by country, median over replicates."""
    _, labels = result.array("want_gross")
    products = sorted({x[0] for x in labels})
    countries = sorted({x[1] for x in labels})
    table = np.full((len(products), len(countries)), np.nan)
    for i, p in enumerate(products):
        for j, c in enumerate(countries):
            if any(x[0] == p and x[1] == c for x in labels):
                table[i, j] = float(np.median((served_share(result, p, c) < SHORT).sum(1)))
    touched = int((np.nan_to_num(table) > 0).any(0).sum())
    title = f"Weeks short by product and country: {touched} of {len(countries)} countries go short of something"
    figure, axes = page(1, 1, title, result, height=0.3 * len(products) + 2.4)
    axis = axes[0, 0]
    axis.grid(False)
    top = max(float(np.nanmax(table)), 1.0)
    colours = matplotlib.colormaps["Blues"].with_extremes(bad="white")
    axis.imshow(table, aspect="auto", cmap=colours, vmin=-0.15 * top, vmax=top)
    axis.set_xticks(range(len(countries)), countries)
    axis.set_yticks(range(len(products)), [words(p) for p in products])
    for i in range(len(products)):
        for j in range(len(countries)):
            if table[i, j] > 0:
                colour = "white" if table[i, j] > 0.5 * top else "black"
                axis.text(j, i, f"{table[i, j]:.0f}", ha="center", va="center", fontsize=8, color=colour)
    figure.subplots_adjust(left=0.13)
    axis.set_xlabel("weeks in which less than 95 % of want was served (median); white: no such use; pale: never short")
    return figure
