"""Drawing: a profile per fitted number, and the accepted sets where the first two numbers trade off."""

from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.calibrate.calibration import Calibration
from sim.figures.style import COLOURS, GREY, PAGE, entitle

SHOWN = 5
"""Facts drawn in a profile: those that move most."""


def draw_calibration(found: Calibration, folder: Path, dpi: int = 90) -> list[Path]:
    """Draw profiles and the accepted sets; PNG."""
    made = []
    for name, figure in (("profiles", profiles(found)), ("accepted", accepted(found))):
        made.append(folder / f"{name}.png")
        figure.savefig(made[-1], dpi=dpi, metadata={"Software": None})
    return made


def profiles(found: Calibration) -> Figure:
    """Errors of the training facts that each number moves most, along its range."""
    rows = -(-len(found.fitted) // 2)
    figure = Figure(figsize=(PAGE, 2.6 * rows + 0.4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, 2, squeeze=False).ravel()
    training = found.profiles[found.profiles["class"] == "training"]
    for axis, number in zip(axes, found.fitted, strict=False):
        mine = training[training["number"] == number.name].assign(error=lambda t: t["error"].clip(-5.0, 5.0))
        by_fact = mine.groupby("fact")["error"]
        most = (by_fact.max() - by_fact.min()).fillna(0.0).sort_values(ascending=False).index[:SHOWN]
        axis.axhspan(-1.0, 1.0, color="#009E73", alpha=0.10, linewidth=0)
        for n, fact in enumerate(most):
            line = mine[mine["fact"] == fact]
            axis.plot(line["value"], line["error"], "o-", color=COLOURS[n], linewidth=1.3, markersize=3.5, label=fact)
        axis.set_ylim(-5.3, 5.3)
        axis.locator_params(axis="x", nbins=5)
        axis.set_ylabel("error in tolerances", fontsize=8)
        axis.set_xlabel(number.name, fontsize=8)
        axis.legend(fontsize=7, loc="center left", bbox_to_anchor=(1.0, 0.5))
        entitle(axis, number.short)
    for axis in axes[len(found.fitted) :]:
        axis.remove()
    return figure


def accepted(found: Calibration) -> Figure:
    """Every pair with the first number: all draws by their distance, the accepted ones ringed."""
    others = found.fitted[1:]
    columns = min(len(others), 4)
    rows = -(-len(others) // columns)
    figure = Figure(figsize=(PAGE, 2.7 * rows + 0.4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    first, points = found.fitted[0].name, None
    for axis, number in zip(axes, others, strict=False):
        points = axis.scatter(
            found.draws[first], found.draws[number.name], c=found.draws["distance"], s=9, cmap="viridis", linewidths=0
        )
        axis.scatter(
            found.accepted[first],
            found.accepted[number.name],
            s=32,
            facecolors="none",
            edgecolors=COLOURS[1],
            linewidths=1.2,
        )
        axis.set_xlabel(found.fitted[0].short, fontsize=8)
        axis.set_ylabel(number.short, fontsize=8)
        axis.tick_params(colors=GREY, labelsize=7.5)
    for axis in axes[len(others) :]:
        axis.remove()
    if points is not None:
        figure.colorbar(
            points, ax=list(axes[: len(others)]), label="distance from training facts, in tolerances", shrink=0.8
        )
    figure.suptitle(
        f"{len(found.accepted)} of {len(found.draws)} sets accepted, {len(np.unique(found.accepted['mode']))} of "
        f"{len(found.modes)} modes among them", x=0.01, ha="left", fontsize=12, fontweight="bold",
    )  # fmt: skip
    return figure
