"""Drawing: one figure per fact, the model's band against the data, and an overview of every error."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.figures.score import score
from sim.figures.style import COLOURS, GREY, INK, PAGE, breadth, columns_for, entitle
from sim.figures.text import wrapped
from sim.history.card import Card
from sim.history.readers import read
from sim.history.replay import days_of
from sim.history.scores import BAND, Verdict

SHADE = {"pass": "#009E73", "near": "#E69F00", "fail": "#D55E00"}
UNJUDGED = "#555555"
WIDEST = 5.0
"""Error in tolerances at which the overview cuts off."""
PATHS = ("level", "ratio", "peak", "highest")
"""Readers of facts whose series is drawn."""
ROW = 0.24
"""Inches a row of a dot plot takes."""


def draw_card(card: Card, folder: Path, dpi: int) -> list[Path]:
    """Draw the overview and every fact that has a reading; PNG."""
    folder.mkdir(parents=True, exist_ok=True)
    made = [_saved(overview(card), folder / "overview.png", dpi)]
    summary = score(card.tables()["card"], f"Source: {_provenance(card)}") if card.verdicts else None
    if summary is not None:
        made.append(_saved(summary, folder / "score.png", dpi))
    for name in dict.fromkeys(v.fact.fact for v in card.verdicts):
        mine = [v for v in card.verdicts if v.fact.fact == name and np.isfinite(v.median) and _can_be_drawn(v)]
        if mine:
            made.append(_saved(fact_figure(card, name, mine), folder / f"{name}.png", dpi))
    return made


def _saved(figure: Figure, path: Path, dpi: int) -> Path:
    figure.savefig(path, dpi=dpi, metadata={"Software": None})
    return path


def fact_figure(card: Card, name: str, verdicts: list[Verdict]) -> Figure:
    """Paths with the points seen, for levels; errors in tolerances, for all points of the fact."""
    levels = [v for v in verdicts if v.fact.reader in ("level", "ratio")]
    levels += [v for v in verdicts if _is_path_of_its_own(v, levels)]
    series = list(dict.fromkeys(_line(v) for v in levels))
    judged = [v for v in verdicts if np.isfinite(v.error)]
    panels = len(series) + bool(judged)
    across = columns_for(PAGE, min(panels, 3))
    rows = -(-panels // across)
    calls = [v.call for v in verdicts if v.fact.is_scored]
    fits = sum(v.call == "fits" for v in judged)
    unscored = f"{fits} of {len(judged)} fit, not scored" if judged else "what the model says of what has not been looked up"
    told = f"{sum(c == 'pass' for c in calls)} of {len(calls)} pass" if calls else unscored
    seen = any(v.fact.reader not in ("peak", "highest") for v in levels)
    marks = " Points: data, with the tolerance." if seen else ""
    told_of_paths = f"Line and band: median and 80 % band of the replicates.{marks} " if series else ""
    dots = "Dots and lines: error of the median and of the 80 % band in tolerances, shaded what passes; an arrow where it goes on. "
    note = (
        f"{told_of_paths}{dots if judged else ''}"
        f"{'; '.join(dict.fromkeys(v.fact.definition for v in verdicts))}. "
        f"Source: {', '.join(dict.fromkeys(k for v in verdicts for k in v.fact.source.split(';')))}; "
        f"{_provenance(card, dict.fromkeys(v.fact.scenario for v in verdicts))}"
    )
    tall = min(max(2.2, ROW * len(verdicts) + 0.3), 5.0 if rows == 1 else 2.8)
    figure, axes = _sheet(f"{name}: {told}", note, rows, across, tall)
    places = axes.ravel()
    for axis, one in zip(places, series, strict=False):
        _path(axis, card, one, [v for v in levels if _line(v) == one])
    if judged:
        _dots(places[len(series)], card, judged, [v.fact.point for v in judged], 7.5 if len(judged) * ROW < tall + 0.1 else 6.0)
    for axis in places[panels:]:
        axis.remove()
    return figure


def _can_be_drawn(verdict: Verdict) -> bool:
    """Whether a reading has an error or a path; a predicted month or quotient has neither."""
    return np.isfinite(verdict.error) or verdict.fact.reader in PATHS


def _is_path_of_its_own(verdict: Verdict, levels: list[Verdict]) -> bool:
    """Whether it is of a peak whose path no other fact of the figure shows."""
    return verdict.fact.reader in ("peak", "highest") and all(v.fact.series != verdict.fact.series for v in levels)


def _line(verdict: Verdict) -> tuple[str, str, str]:
    """What a path is drawn of: the run it is read on, the series, and the period it is divided by."""
    return verdict.fact.scenario, verdict.fact.series[0], verdict.fact.base


def overview(card: Card) -> Figure:
    """Every scored point: error of the median in tolerances, one panel per family."""
    scored = [v for v in card.verdicts if v.fact.is_scored and np.isfinite(v.error)]
    families = list(dict.fromkeys(v.fact.family for v in scored)) or ["none"]
    families.sort(key=lambda f: -sum(v.fact.family == f for v in scored))
    counts = [sum(v.fact.family == f for v in scored) for f in families] or [1]
    tall = [max(0.17 * max(counts[n : n + 3]) + 0.3, 1.2) for n in range(0, len(families), 3)]
    calls = [v.call for v in scored]
    title = (
        f"{sum(c == 'pass' for c in calls)} of {len(calls)} points pass, {sum(c == 'near' for c in calls)} are near, "
        f"{sum(c == 'fail' for c in calls)} fail"
    )
    note = (
        "Error of the median in tolerances, left too low, right too high, an arrow where it goes on; letters: t training, s seen, x test. "
        + _provenance(card)
    )
    figure, axes = _sheet(title, note, len(tall), 3, tall, left=1.75, gap=1.75)
    for axis, family in zip(axes.ravel(), families, strict=False):
        mine = [v for v in scored if v.fact.family == family]
        letter = {"training": "t", "seen": "s", "test": "x"}
        _dots(axis, card, mine, [f"{v.fact.name} {letter[v.fact.kind]}" for v in mine], 6.0, 1.55)
        entitle(axis, family.replace("_", " "))
    for axis in axes.ravel()[len(families) :]:
        axis.remove()
    return figure


def _sheet(
    title: str, note: str, rows: int, across: int, tall: float | list[float], left: float = 1.35, gap: float = 1.45
) -> tuple[Figure, Any]:
    """A page of panels headed by its finding, with its note at the foot; inches."""
    room = PAGE - 0.75
    head, foot = wrapped(title, 13, room, bold=True), wrapped(note, 7.5, room)
    top, bottom, between = 0.6 + 0.25 * len(head), 0.6 + 0.15 * len(foot), 0.85
    heights = tall if isinstance(tall, list) else [tall] * rows
    height = top + sum(heights) + (rows - 1) * between + bottom
    figure = Figure(figsize=(PAGE, height))
    FigureCanvasAgg(figure)
    panel = (PAGE - left - 0.3 - (across - 1) * gap) / across
    axes = figure.subplots(rows, across, squeeze=False, gridspec_kw={"height_ratios": heights})
    figure.subplots_adjust(
        left=left / PAGE, right=1.0 - 0.3 / PAGE, top=1.0 - top / height, bottom=bottom / height,
        hspace=between * rows / sum(heights), wspace=gap / panel,
    )  # fmt: skip
    figure.text(
        0.15 / PAGE,
        1.0 - 0.15 / height,
        "\n".join(head),
        ha="left",
        va="top",
        fontsize=13,
        fontweight="bold",
        color=INK,
    )
    for n, line in enumerate(reversed(foot)):
        figure.text(0.15 / PAGE, (0.08 + 0.15 * n) / height, line, ha="left", va="bottom", fontsize=7.5, color=GREY)
    return figure, axes


def _path(axis: Any, card: Card, which: tuple[str, str, str], verdicts: list[Verdict]) -> None:
    """Monthly band of a series, over its base if it has one, and the data with their tolerance."""
    scenario, series, base = which
    replay, row = card.replays[scenario], card.history.series[series]
    yearly = all(len(v.fact.when) == 4 for v in verdicts) and series in replay.flows
    names, mean = replay.by_period(series, "month")
    if yearly:
        names = list(dict.fromkeys(n[:4] for n in names))
        mean = np.stack([replay.over(series, n) for n in names], axis=1)
    if base:
        days = replay.weights(base).sum() if series in replay.flows and not yearly else 1.0
        mean = mean * days / replay.over(series, base)[:, np.newaxis]
    dates = np.array([_middle(n) for n in names], dtype="datetime64[D]")
    low, middle, high = np.quantile(mean, (BAND[0], 0.5, BAND[1]), axis=0)
    axis.fill_between(dates, low, high, color=COLOURS[0], alpha=0.2, linewidth=0)
    axis.plot(dates, middle, color=COLOURS[0], linewidth=1.5)
    points = [v for v in verdicts if np.isfinite(v.fact.value) and v.fact.reader not in ("peak", "highest")]
    for v in points:
        bounds = _bounds(v)
        at = np.datetime64(_middle(v.fact.when))
        axis.plot([at, at], bounds, color=SHADE.get(v.call, UNJUDGED), linewidth=2.0, alpha=0.6)
        axis.plot([at], [v.fact.value], "o", color=SHADE.get(v.call, UNJUDGED), markersize=4.5)
    if (
        row.combined == "mean"
        and points
        and max(v.fact.value for v in points) > 5 * min(v.fact.value for v in points)
    ):
        axis.set_yscale("log")
    else:
        axis.set_ylim(bottom=0)
    axis.set_title("\n".join(wrapped(row.title, 8.5, breadth(axis) + 0.3, bold=True)), fontsize=8.5)
    axis.set_ylabel(f"over {base}" if base else f"{row.unit} a year" if yearly else row.unit)
    years = range(replay.dates[0].year, replay.dates[-1].year + 2)
    axis.set_xticks(
        np.array([f"{y}-01-01" for y in years], dtype="datetime64[D]"),
        [str(y)[2:] for y in years],
    )


def _middle(when: str) -> str:
    first, last = days_of(when)
    return (first + (last - first) / 2).isoformat()


def _bounds(verdict: Verdict) -> tuple[float, float]:
    t = verdict.fact.tolerance
    if t.side:
        return (t.middle, t.middle + t.reach) if t.side > 0 else (t.middle - t.reach, t.middle)
    if t.scale == "log":
        return t.middle * float(np.exp(-t.reach)), t.middle * float(np.exp(t.reach))
    return t.middle - t.reach, t.middle + t.reach


def _dots(axis: Any, card: Card, verdicts: list[Verdict], names: list[str], size: float = 7.5, room: float = 1.15) -> None:
    """Errors in tolerances: dot for the median, line for the 80 % band; names break within ``room`` inches."""
    axis.axvspan(-1.0, 1.0, color="#009E73", alpha=0.10, linewidth=0)
    axis.axvline(0.0, color=GREY, linewidth=0.8)
    for n, v in enumerate(verdicts):
        readings = read(card.replay_of(v.fact), v.fact)
        if readings is None:
            continue
        errors = v.fact.tolerance.error(readings[np.isfinite(readings)])
        low, high = np.clip(np.quantile(errors, BAND), -WIDEST, WIDEST)
        axis.plot([low, high], [n, n], color=SHADE.get(v.call, UNJUDGED), linewidth=1.3, alpha=0.7)
        mark = "o" if abs(v.error) <= WIDEST else "<" if v.error < 0.0 else ">"
        axis.plot([np.clip(v.error, -WIDEST, WIDEST)], [n], mark, color=SHADE.get(v.call, UNJUDGED), markersize=4.0)
        for end in np.quantile(errors, BAND):
            if abs(end) > WIDEST:
                axis.plot([np.sign(end) * WIDEST], [n], "<" if end < 0.0 else ">", color=SHADE.get(v.call, UNJUDGED), markersize=3.0)
    short = ["\n".join(wrapped(s, size, room)) for s in names]
    axis.set_yticks(range(len(verdicts)), short, fontsize=size)
    axis.set_ylim(len(verdicts) - 0.5, -0.5)
    axis.set_xlim(-WIDEST - 0.2, WIDEST + 0.2)
    axis.set_xlabel("error in tolerances", fontsize=7.5)
    axis.grid(axis="y", visible=False)


def _provenance(card: Card, scenarios: Iterable[str] = ("",)) -> str:
    m = card.made_of
    names = ", ".join(s or m["scenario"] for s in scenarios)
    return f"Ytterby {m['version']}, {names}, {m['replicates']} replicates, seed {m['seed']}, code {m['code_hash']}."
