"""Style: one look for all figures; colours that colour-blind readers can tell apart, dates that can be read."""

from datetime import date
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.dates as mdates
import numpy as np
from matplotlib.figure import Figure

from sim.result import Result

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A5195", "#555555")
"""Okabe and Ito's palette, yellow left out: it cannot be read on white."""
INK, GREY = "#1a1a1a", "#6b6b6b"

matplotlib.rcParams.update(
    {
        "font.family": "DejaVu Sans", "font.size": 9, "axes.titlesize": 9.5, "axes.titleweight": "bold",
        "axes.titlelocation": "left", "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": GREY,
        "axes.labelcolor": INK, "xtick.color": GREY, "ytick.color": GREY, "axes.grid": True, "grid.color": "#e6e6e6",
        "grid.linewidth": 0.6, "axes.axisbelow": True, "legend.frameon": False, "svg.hashsalt": "ytterby",
        "figure.facecolor": "white",
    }
)  # fmt: skip


def page(
    rows: int, columns: int, title: str, result: Result, width: float = 11.0, height: float = 0.0
) -> tuple[Figure, Any]:
    """A figure with a finding as its title and its provenance at the foot."""
    tall = height or 2.6 * rows + 1.5
    figure = Figure(figsize=(width, tall))
    axes = figure.subplots(rows, columns, squeeze=False)
    figure.suptitle(
        title, x=0.01, y=1.0 - 0.12 / tall, ha="left", va="top", fontsize=13, fontweight="bold", color=INK, wrap=True
    )
    m = result.manifest
    foot = (
        f"{m['scenario']['title']} | policy {m['policy']} | {m['replicates']} replicates, seed {m['seed']} | run {m['run_id']} | "
        f"Ytterby {m['versions']['ytterby']}"
    )
    figure.text(0.01, 0.1 / tall, foot, ha="left", va="bottom", fontsize=7.5, color=GREY)
    figure.subplots_adjust(left=0.07, right=0.985, top=1.0 - 0.85 / tall, bottom=0.75 / tall, hspace=0.42, wspace=0.24)
    return figure, axes


def dates_of(result: Result) -> np.ndarray:
    return np.array(result.dates, dtype="datetime64[D]")


def fan(axis: Any, result: Result, values: np.ndarray, colour: str, name: str | None = None) -> None:
    """Median line with 50 and 90 % bands over replicates; ``values`` is (replicate, week)."""
    dates = dates_of(result)
    low, lower, middle, upper, high = np.nanquantile(values, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
    if values.shape[0] > 1:
        axis.fill_between(dates, low, high, color=colour, alpha=0.15, linewidth=0)
        axis.fill_between(dates, lower, upper, color=colour, alpha=0.28, linewidth=0)
    axis.plot(dates, middle, color=colour, linewidth=1.6, label=name)


def mark_events(axis: Any, result: Result, named: bool = False) -> None:
    """Shade the time of events that are not background; a thin line where one has no end."""
    first, last = result.dates[0], result.dates[-1]
    for event in result.manifest["scenario"]["events"]:
        if event["background"]:
            continue
        begin = date.fromisoformat(event["start"])
        end = date.fromisoformat(event["end"]) if event["end"] else None
        if begin > last or (end is not None and end < first):
            continue
        axis.axvspan(
            np.datetime64(max(begin, first)), np.datetime64(min(end, last) if end else last), color="#f2c14e", alpha=0.22,
            linewidth=0, zorder=0,
        )  # fmt: skip
        if named:
            axis.annotate(
                event["name"].replace("_", " "), (mdates.date2num(max(begin, first)), 1.0), xycoords=("data", "axes fraction"),
                xytext=(2, -2), textcoords="offset points", fontsize=7.5, color="#8a6d1a", va="top", ha="left",
            )  # fmt: skip


def time_axis(axis: Any) -> None:
    """Few, plain dates."""
    locator = mdates.AutoDateLocator(minticks=3, maxticks=6)
    axis.xaxis.set_major_locator(locator)
    axis.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))
    axis.margins(x=0.01)


def blank(axes: Any, used: int) -> None:
    """Take away panels that are not needed."""
    for axis in axes.ravel()[used:]:
        axis.set_visible(False)


def save(figure: Figure, stem: Path) -> list[Path]:
    """Write PNG and SVG."""
    paths = [stem.with_suffix(".png"), stem.with_suffix(".svg")]
    figure.savefig(paths[0], dpi=130)
    figure.savefig(paths[1], metadata={"Date": None})
    return paths


def words(product: str) -> str:
    """A product's name for readers."""
    names = {"ndpr": "NdPr", "ndfeb": "NdFeB", "smco": "SmCo"}
    return " ".join(
        names.get(p, p.capitalize() if len(p) <= 2 and i == 0 else p) for i, p in enumerate(product.split("_"))
    )
