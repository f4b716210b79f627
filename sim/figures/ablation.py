"""Ablation: what each event and mechanism does, seen by switching it off, as a table of shades."""

import re
from typing import Any

import matplotlib
import numpy as np

from sim.figures.names import event_label
from sim.figures.style import GREY, INK, drawn, joined, page
from sim.figures.text import fitted, inches, rounded, wrapped
from sim.language import Words, capital

PEAKS = 4
"""Oxides whose peak is shown, the highest."""
WIDEST = 0.24
"""Share of the page that names of measures take at the most."""
OWN = ("leaked t", "highest rent")
"""Measures that leakage or a quota, switched off, take away by themselves."""


@drawn
def ablation(table: Any, told: dict[str, Any], width: float, say: Words) -> Any:
    """Change of each measure's median without each event or mechanism, %; None if nothing changes.

    ``told`` says what was run: ``scenario``, ``replicates``, ``seed``, and what each of its ``events`` is: its kind and labels by its name.
    """
    things = [w for w in dict.fromkeys(table["without"]) if w != "nothing"]
    base = table[table["without"] == "nothing"].set_index("measure")["median"]
    measures = _measures(base)
    by = table.set_index(["measure", "without"])
    change = np.array([[100.0 * (by.loc[(m, w), "median"] / base[m] - 1.0) for w in things] for m in measures])
    sure = np.array([[by.loc[(m, w), "low"] > 0.0 or by.loc[(m, w), "high"] < 0.0 for w in things] for m in measures])
    is_changed = np.array([[by.loc[(m, w), "changed"] > 0.0 for w in things] for m in measures])
    if not is_changed.any():
        return None
    rows, heads = [_measure_name(m, say) for m in measures], [_thing_name(w, told["events"], say) for w in things]
    title = _title(measures, change, sure, rows, heads, say)
    rows = ["\n".join(wrapped(capital(r), 8.0, WIDEST * width)) for r in rows]
    heads = [capital(h) for h in heads]
    left = 0.3 + max(inches(line, 8.0) for r in rows for line in r.split("\n"))
    broken, size = fitted(heads, (width - left - 0.2) / len(heads) - 0.06, 8.5, least=5.5)
    note = joined(
        say, say.label("figure.ablation_note"),
        say.sentence("figure.ablation_source", **{k: told[k] for k in ("scenario", "replicates", "seed")}),
    )  # fmt: skip
    figure, axes = page(
        1, 1, title, note, width, height=0.34 * len(rows), left=left, above=0.12,
        foot=0.25 + size / 72 * 1.25 * max(b.count("\n") + 1 for b in broken),
    )  # fmt: skip
    _shade(axes[0, 0], change, sure, is_changed)
    axes[0, 0].set_xticks(range(len(heads)), broken, fontsize=size)
    axes[0, 0].set_yticks(range(len(rows)), rows, fontsize=8.0)
    return figure


def _shade(axis: Any, change: np.ndarray, sure: np.ndarray, is_changed: np.ndarray) -> None:
    """Orange where a measure falls without the thing, blue where it rises; grey numbers are not shown to differ from 0."""
    axis.grid(False)
    axis.spines[:].set_visible(False)
    axis.tick_params(length=0, labelcolor=INK)
    shown = np.where(sure, change, 0.0)
    axis.imshow(np.clip(shown, -100, 100), aspect="auto", cmap=matplotlib.colormaps["PuOr"], vmin=-130, vmax=130)
    for i, j in np.ndindex(*change.shape):
        if is_changed[i, j]:
            colour = "white" if abs(shown[i, j]) > 85 else INK if sure[i, j] else GREY
            text = _written(float(change[i, j]))
            axis.text(j, i, text, ha="center", va="center", fontsize=8 if sure[i, j] else 7, color=colour)


def _written(percent: float) -> str:
    """A change in %, or from tenfold on how many times as much."""
    if percent >= 900.0:
        return f"\u00d7{percent / 100.0 + 1.0:,.0f}"
    return f"{percent:+.0f}".replace("-", "\u2212") if round(percent) else "0"


def _measures(base: Any) -> list[str]:
    """The measures to show: the highest peaks, then all that is no peak; of those that are not nought."""
    peaks = sorted((m for m in base.index if m.startswith("peak ")), key=lambda m: -base[m])[:PEAKS]
    return [m for m in [*peaks, *(m for m in base.index if not m.startswith("peak "))] if base[m] > 0.0]


def _measure_name(measure: str, say: Words) -> str:
    """A measure in words."""
    peak = re.fullmatch(r"peak (\w+)", measure)
    month = re.fullmatch(r"(lowest|highest) month (\w+)", measure)
    if peak:
        return str(say.sentence("figure.peak_of", product=say.named("product", peak[1])))
    if month:
        return str(say.sentence(f"figure.{month[1]}_month", country=say.named("country", month[2])))
    return say.named("measure", measure.replace(" ", "_"))


def _thing_name(thing: str, events: dict[str, tuple[str, dict[str, str]]], say: Words) -> str:
    """A mechanism, or an event by its label."""
    return event_label(say, thing, *events[thing]) if thing in events else say.named("parameter", thing)


def _title(
    keys: list[str], change: np.ndarray, sure: np.ndarray, measures: list[str], things: list[str], say: Words
) -> str:
    """The largest change that is shown; what a thing off takes away by itself does not count."""
    sure = sure & np.array([[m not in OWN for _ in things] for m in keys])
    if not sure.any():
        return str(say.label("figure.ablation_none"))
    far = np.abs(np.log(np.maximum(1.0 + change / 100.0, 0.01)))
    i, j = np.unravel_index(int(np.where(sure, far, -1.0).argmax()), change.shape)
    percent = float(change[i, j])
    key = "less" if percent < 0 else "more" if percent < 100.0 else "times"
    return capital(
        say.sentence(
            f"figure.ablation_{key}", thing=things[j], measure=measures[i], percent=abs(percent),
            times=rounded(1.0 + percent / 100.0),
        )
    )  # fmt: skip
