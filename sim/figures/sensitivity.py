"""Sensitivity: how strongly each uncertainty moves each metric, as a table of shades."""

from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

from sim.figures.comparison import sheet
from sim.figures.style import save
from sim.figures.text import inches


def draw_sensitivity(table: Any, folder: Path) -> list[Path]:
    """One figure per scenario, of the event's effect."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for scenario in table.scenario.unique():
        rows = table[(table.scenario == scenario) & (table.effect == "event")]
        if len(rows):
            made += save(strengths(rows, scenario), folder / f"sensitivity-{scenario}")
    return made


def strengths(rows: Any, scenario: str) -> Any:
    """Share of each uncertainty in the summed strength of a metric; per metric the label that moves most."""
    chosen = [
        (metric, rows[rows.metric == metric].groupby("label").strength.sum().idxmax())
        for metric in rows.metric.unique()
    ]
    paths = list(dict.fromkeys(rows.uncertainty))
    shares = np.zeros((len(paths), len(chosen)))
    for j, (metric, label) in enumerate(chosen):
        here = rows[(rows.metric == metric) & (rows.label == label)].set_index("uncertainty").strength.clip(lower=0.0)
        shares[:, j] = 100.0 * here.reindex(paths).to_numpy() / max(float(here.sum()), 1e-300)
    order = np.argsort(-shares.sum(axis=1), kind="stable")
    paths, shares = [paths[n] for n in order], shares[order]
    left = 0.35 + max(inches(p, 9) for p in paths)
    figure, axes = sheet(
        f"{paths[0]} moves the effect of {scenario.replace('_', ' ')} most",
        "Share of each uncertainty in the summed strength for a metric, %. Source: Ytterby, paired differences b1 less b0.",
        0.3 * len(paths) + 0.2, 1, left,
    )  # fmt: skip
    axis = axes[0]
    axis.grid(False)
    axis.imshow(shares, aspect="auto", cmap=matplotlib.colormaps["Blues"], vmin=0.0, vmax=max(float(shares.max()), 1.0))
    axis.set_xticks(range(len(chosen)), [f"{m.replace('_', ' ')}\n{label}" for m, label in chosen])
    axis.set_yticks(range(len(paths)), paths)
    for i, j in np.ndindex(*shares.shape):
        colour = "white" if shares[i, j] > 0.55 * shares.max() else "black"
        axis.text(j, i, f"{shares[i, j]:.0f}", ha="center", va="center", fontsize=8, color=colour)
    return figure
