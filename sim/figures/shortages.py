"""Shortage curves, and a heat map of weeks short by product and country."""

from typing import Any

import matplotlib
import numpy as np

from sim.analysis.findings import SHORT, what_ran_short
from sim.figures.places import country_name
from sim.figures.style import (
    BANDS,
    COLOURS,
    PAGE,
    blank,
    columns_for,
    entitle,
    fan,
    inches,
    mark_events,
    month_of,
    page,
    time_axis,
    words,
)
from sim.metrics import rolling
from sim.result import Result


def served_share(result: Result, product: str, country: str) -> np.ndarray:
    """Share of want that own stock served, in a 4-week mean, (replicate, week)."""
    want, _ = result.array("want_gross", product=product, country=country)
    missing, _ = result.array("missing_gross", product=product, country=country)
    wanted, lacking = rolling(want.astype(np.float64).sum(2), 4), rolling(missing.astype(np.float64).sum(2), 4)
    return np.asarray(1.0 - lacking / np.maximum(wanted, 1e-12))


def shortage_curves(result: Result, width: float = PAGE) -> Any:
    """Unmet share of want over time, %, for what ran shortest. ``width`` in inches."""
    short = what_ran_short(result)[:6]
    if not short:
        title = "Nobody ran short: every maker of goods got at least 95 % of what it wanted, in every week"
        figure, axes = page(1, 1, title, result, width, height=0.3)
        blank(axes, 0)
        return figure
    worst = short[0]
    depth = float(np.median(worst["depth"]))
    title = (
        f"{words(worst['product'])} in {country_name(result, worst['country'])} runs short from {month_of(worst['first'])}: "
        f"{100 * depth:.0f} % of want unserved at the worst"
    )
    across = min(columns_for(width, 2), len(short))
    figure, axes = page(-(-len(short) // across), across, title, result, width, note=BANDS)
    for axis, row in zip(axes.ravel(), short, strict=False):
        fan(axis, result, 100.0 * (1.0 - served_share(result, row["product"], row["country"])), COLOURS[0])
        mark_events(axis, result)
        entitle(axis, f"{words(row['product'])}, {country_name(result, row['country'])}")
        axis.set_ylabel("unmet, % of want")
        axis.set_ylim(bottom=0)
        time_axis(axis, result)
    blank(axes, len(short))
    return figure


def weeks_short(result: Result, width: float = PAGE) -> Any:
    """Weeks under 95 % served, product by country, median over replicates. ``width`` in inches."""
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
    return week_table(table, [words(p) for p in products], countries, title, result, width)


def week_table(
    table: np.ndarray, rows: list[str], countries: list[str], title: str, result: Result, width: float
) -> Any:
    """A heat map of weeks, (row, country), NaN where there is no use."""
    left = 0.35 + max(inches(r, 9) for r in rows)
    note = "Weeks in which less than 95 % of want was served, 4-week mean, median of the replicates. Pale: never short. White: no such use."
    figure, axes = page(1, 1, title, result, width, height=0.3 * len(rows), note=note, left=left, events=False)
    axis = axes[0, 0]
    axis.grid(False)
    top = max(float(np.nanmax(table, initial=0.0)), 1.0)
    colours = matplotlib.colormaps["Blues"].with_extremes(bad="white")
    axis.imshow(table, aspect="auto", cmap=colours, vmin=-0.15 * top, vmax=top)
    axis.set_xticks(range(len(countries)), countries)
    axis.set_yticks(range(len(rows)), rows)
    for i, j in zip(*np.nonzero(np.nan_to_num(table) > 0), strict=True):
        colour = "white" if table[i, j] > 0.5 * top else "black"
        axis.text(j, i, f"{table[i, j]:.0f}", ha="center", va="center", fontsize=8, color=colour)
    return figure
