"""Seen: a run's bands with the points of its world's history on the same axes, in any language."""

from datetime import timedelta
from typing import Any

import numpy as np
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from sim.figures.names import country_name, product_name
from sim.figures.style import COLOURS, blank, columns_for, drawn, entitle
from sim.figures.timeline import run_page, time_axis
from sim.history.replay import Replay, days_of, records_of, replay_of
from sim.history.scores import BAND, Verdict, judged
from sim.history.tables import Fact, History, SeriesRow
from sim.language import Words, capital, number
from sim.result import Result

MOST = 6
"""Panels."""
SPREAD = 5.0
"""Highest over lowest point from which a price is drawn on a scale of logs."""
Line = tuple[str, str]
"""A series, and the period it is divided by, empty where it is not."""


def facts_within(result: Result, history: History) -> list[Fact]:
    """Scored levels and ratios of one good, country or border, read on weeks that the run holds."""
    first, last = result.dates[0], result.dates[-1] + timedelta(days=6)
    return [
        f for f in history.facts
        if f.reader in ("level", "ratio") and f.is_scored and _is_plain(history.series[f.series[0]])
        and all(first <= d <= last for period in (f.when, f.base) if period for d in days_of(period))
    ]  # fmt: skip


def records_seen(history: History) -> tuple[str, ...]:
    """Records that a run must keep to be held against its history."""
    names = {f.series[0] for f in history.facts if f.reader in ("level", "ratio") and f.is_scored}
    return records_of(history.series[n] for n in names if _is_plain(history.series[n]))


def _is_plain(row: SeriesRow) -> bool:
    return row.record != "schedule" and "site" not in row.where and all(len(names) == 1 for names in row.where.values())


@drawn
def seen(result: Result, history: History, width: float, say: Words) -> Any:
    """Bands of the series that have most points within the run, and the points; None where the run holds none."""
    facts = facts_within(result, history)
    names = {f.series[0] for f in facts}
    replay = replay_of(result, {n: history.series[n] for n in sorted(names)})
    verdicts = [v for v in judged(replay, facts) if np.isfinite(v.median)]
    lines: dict[Line, list[Verdict]] = {}
    for v in verdicts:
        lines.setdefault((v.fact.series[0], v.fact.base), []).append(v)
    kept = sorted(lines, key=lambda line: (-len(lines[line]), line))[:MOST]
    if not kept:
        return None
    shown = [v for line in kept for v in lines[line]]
    title = say.sentence("figure.seen", near=sum(v.call == "pass" for v in shown), points=len(shown))
    across = columns_for(width, 2)
    figure, axes = run_page(
        result, say, -(-len(kept) // across), across, title, width, note=say.label("figure.seen_note"), events=False
    )
    for axis, line in zip(axes.ravel(), kept, strict=False):
        _panel(axis, result, replay, history.series[line[0]], line, lines[line], say)
    blank(axes, len(kept))
    return figure


def _panel(
    axis: Any, result: Result, replay: Replay, row: SeriesRow, line: Line, verdicts: list[Verdict], say: Words
) -> None:
    """Monthly band of one series, and its points with their tolerance; points kept apart are hollow."""
    months, mean = replay.by_period(line[0], "month")
    if line[1]:
        days = replay.weights(line[1]).sum() if line[0] in replay.flows else 1.0
        mean = mean * days / replay.over(*line)[:, np.newaxis]
    elif line[0] in replay.flows:
        mean = mean * 52.0
    low, middle, high = np.quantile(mean, (BAND[0], 0.5, BAND[1]), axis=0)
    dates = np.array([_middle(m) for m in months], dtype="datetime64[D]")
    axis.fill_between(dates, low, high, color=COLOURS[0], alpha=0.2, linewidth=0)
    axis.plot(dates, middle, color=COLOURS[0], linewidth=1.6)
    for v in verdicts:
        _point(axis, v)
    values = [v.fact.value for v in verdicts]
    if row.combined == "mean" and max(values) > SPREAD * min(values):
        axis.set_yscale("log")
        axis.yaxis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
        axis.yaxis.set_major_formatter(FuncFormatter(lambda x, _: number(x)))
        axis.yaxis.set_minor_formatter(NullFormatter())
    else:
        axis.set_ylim(bottom=0)
    time_axis(axis, result, say)
    entitle(axis, _named(result, row, say))
    unit = say.named("unit", row.unit.split(" ")[0] if row.unit.startswith("t ") else row.unit)
    axis.set_ylabel(say.sentence("figure.seen_over", month=line[1]) if line[1] else
                    say.sentence("figure.seen_a_year", unit=unit) if line[0] in replay.flows else unit)  # fmt: skip


def _point(axis: Any, verdict: Verdict) -> None:
    """A point seen, in the middle of its period, with its tolerance."""
    fact, t = verdict.fact, verdict.fact.tolerance
    at = np.datetime64(_middle(fact.when))
    is_log = t.scale == "log"
    bounds = (
        (t.middle * np.exp(-t.reach), t.middle * np.exp(t.reach))
        if is_log
        else (t.middle - t.reach, t.middle + t.reach)
    )
    axis.plot([at, at], bounds, color=COLOURS[1], linewidth=2.0, alpha=0.5)
    fill = "white" if fact.kind == "test" else COLOURS[1]
    axis.plot([at], [fact.value], "o", color=COLOURS[1], markerfacecolor=fill, markersize=4.5, zorder=4)


def _middle(when: str) -> Any:
    first, last = days_of(when)
    return first + (last - first) / 2


def _named(result: Result, row: SeriesRow, say: Words) -> str:
    """What a series is, from the record and rows it is made of."""
    one = {axis: names[0] for axis, names in row.where.items()}
    border = " → ".join(country_name(result, say, one[a]) for a in ("seller", "buyer", "country") if a in one)
    what = border
    if "product" in one:
        product = product_name(say, one["product"])
        what = say.sentence("figure.good_in_country", product=product, country=border) if border else product
    record = say.named("record", row.record)
    return capital(say.sentence("figure.seen_series", record=record, what=what) if what else record)
