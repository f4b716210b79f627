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
MARK = {"training": "o", "seen": "D", "test": "^"}
"""Mark of a scored point, by its class."""
MARKS = "Round: training facts, square: seen, triangle: test. "
UNJUDGED = "#555555"
WIDEST = 5.0
"""Error in tolerances at which the overview cuts off."""
PATHS = ("level", "ratio", "peak", "highest")
"""Readers of facts whose series is drawn."""
ROW = 0.24
"""Inches a row of a dot plot takes."""
BETWEEN = 4.0
"""Rows that stand free between two families of the overview, for axis and title."""
MANY = 8
"""Points from which errors have a row of their own under the paths."""


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
    apart = bool(series) and len(judged) > MANY
    panels = len(series) + (bool(judged) and not apart)
    across = columns_for(PAGE, min(panels, 3))
    rows = -(-panels // across)
    calls = [v.call for v in verdicts if v.fact.is_scored]
    fits = sum(v.call == "fits" for v in judged)
    unscored = f"{fits} of {len(judged)} fit, not scored" if judged else "what the model says of what has not been looked up"
    told = f"{sum(c == 'pass' for c in calls)} of {len(calls)} pass" if calls else unscored
    seen = any(v.fact.reader not in ("peak", "highest") for v in levels)
    marks = " Points: data, with the tolerance; those of a year at its middle." if seen else ""
    told_of_paths = f"Line and band: median and 80 % band of the replicates.{marks} " if series else ""
    dots = "Dots and lines: error of the median and of the 80 % band in tolerances, shaded what passes; an arrow where it goes on. "
    note = (
        f"{told_of_paths}{dots if judged else ''}{MARKS if calls else ''}"
        f"Data: {'; '.join(dict.fromkeys(v.fact.definition for v in verdicts))}. "
        f"Source: {', '.join(dict.fromkeys(k for v in verdicts for k in v.fact.source.split(';')))}; "
        f"{_provenance(card, dict.fromkeys(v.fact.scenario for v in verdicts))}"
    )
    names = [v.fact.point.replace(":", " to ") for v in judged]
    errors = ROW * len(judged) + 0.3
    heights = [max(2.2, min(errors, 2.8) if series else errors)] * rows + [errors] * apart
    figure, axes = _sheet(f"{name}: {told}", note, len(heights), across, heights, *(() if series else (2.2,)))
    places = list(axes[:rows].ravel())
    for axis, one in zip(places, series, strict=False):
        _path(axis, card, one, [v for v in levels if _line(v) == one], _title(card, one, series))
    if apart:
        grid = axes[0, 0].get_gridspec()
        for axis in axes[-1]:
            axis.remove()
        _dots(figure.add_subplot(grid[-1, :]), card, judged, names)
    elif judged:
        _dots(places[len(series)], card, judged, names, room=1.25 if series else 2.0)
    for axis in places[panels:]:
        axis.remove()
    return figure


def _title(card: Card, one: tuple[str, str, str], series: list[tuple[str, str, str]]) -> str:
    """Title of a path; what it is divided by too, where another of the figure has the same."""
    titles = [card.history.series[s[1]].title for s in series]
    title = card.history.series[one[1]].title
    return f"{title}, over {one[2]}" if titles.count(title) > 1 and one[2] else title


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
    """Every scored point: error of the median in tolerances, one panel per family, in two columns of about one length."""
    scored = [v for v in card.verdicts if v.fact.is_scored and np.isfinite(v.error)]
    columns: list[list[tuple[str, list[Verdict]]]] = [[], []]
    for family in sorted(dict.fromkeys(v.fact.family for v in scored), key=lambda f: -sum(v.fact.family == f for v in scored)):
        shorter = min(columns, key=_rows)
        shorter.append((family, [v for v in scored if v.fact.family == family]))
    calls = [v.call for v in scored]
    title = (
        f"{sum(c == 'pass' for c in calls)} of {len(calls)} points pass, {sum(c == 'near' for c in calls)} are near, "
        f"{sum(c == 'fail' for c in calls)} fail"
    )
    note = (
        "Error of the median in tolerances, left too low, right too high, an arrow where it goes on; line: 80 % band; shaded: passes. "
        f"{MARKS}{_provenance(card)}"
    )
    longest = max(_rows(column) for column in columns)
    figure, axes = _sheet(title, note, 1, 2, max(0.19 * longest, 1.2), left=2.35, gap=2.45)
    for axis, column in zip(axes[0], columns, strict=True):
        top, (left, bottom, wide, tall) = 0.0, axis.get_position().bounds
        axis.remove()
        for family, mine in column:
            share = len(mine) / longest
            panel = figure.add_axes((left, bottom + tall * (1.0 - top - share), wide, tall * share))
            _dots(panel, card, mine, [v.fact.name.replace(":", " to ") for v in mine], room=2.25)
            entitle(panel, family.replace("_", " "))
            top += share + BETWEEN / longest
    return figure


def _rows(column: list[tuple[str, list[Verdict]]]) -> float:
    """Rows that a column of the overview takes, with what stands between its families."""
    return sum(len(mine) for _, mine in column) + BETWEEN * max(len(column) - 1, 0)


def _sheet(
    title: str, note: str, rows: int, across: int, tall: float | list[float], left: float = 1.35, gap: float = 1.45
) -> tuple[Figure, Any]:
    """A page of panels headed by its finding, with its note at the foot; inches."""
    head, foot = wrapped(title, 13, PAGE - 0.75, bold=True), wrapped(note, 7.5, PAGE - 1.1)
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


def _path(axis: Any, card: Card, which: tuple[str, str, str], verdicts: list[Verdict], title: str) -> None:
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
    axis.set_title("\n".join(wrapped(title, 8.5, breadth(axis) + 0.3, bold=True)), fontsize=8.5)
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
        mark = MARK.get(v.fact.kind, "o") if abs(v.error) <= WIDEST else "<" if v.error < 0.0 else ">"
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
