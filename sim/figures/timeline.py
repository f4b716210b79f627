"""Timeline: fans over weeks, events marked on the axis, few plain dates; the page of a run."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from matplotlib.patheffects import withStroke

from sim.figures.names import label_of, scenario_title
from sim.figures.style import AMBER, GREY, INK, PAGE, PALE, Key, breadth, joined, page
from sim.figures.text import inches
from sim.language import Words
from sim.metrics import spread
from sim.result import Result

Spell = tuple[str, list[dict[str, Any]], date, date | None]
"""Letter, events, first and last day."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"
APART = 0.2
"""Inches free between letters of the background, at the least."""
HAIR = 0.08
"""Inches under which a shaded time is shaded darker, to be seen."""


def run_page(
    result: Result, say: Words, rows: int, columns: int, title: str, width: float = PAGE, key: Key = (),
    note: str = "", events: bool = True, **more: Any,
) -> tuple[Any, Any]:  # fmt: skip
    """The page of a run: ``style.page`` with what befell under the key, and the run's source at the foot.

    Parameters
    ----------
    note : what the marks mean, set before the source
    events : whether the panels have a time axis with events on it
    """
    told = _told(result, say) if events else []
    return page(rows, columns, title, joined(say, note, source(result, say)), width, key=key, told=told, **more)


def source(result: Result, say: Words) -> str:
    """Where the numbers come from: version, run, scenario, policy, replicates, seed, weeks and the scenario's sources."""
    m = result.manifest
    told = say.sentence(
        "figure.source", version=m["versions"]["ytterby"], run=m["run_id"], title=scenario_title(result, say),
        policy=say.named("policy", m["policy"]), replicates=m["replicates"], seed=m["seed"], weeks=m["weeks"],
        begin=result.dates[0],
    )  # fmt: skip
    sources = m["scenario"].get("sources") or []
    after = say.sentence("figure.after_sources", sources=sources) if sources else ""
    return (
        say.sentence("figure.source_line", told=told, after=after) if after else say.sentence("figure.stop", told=told)
    )


# events ----------------------------------------------------------------------------------------------------------------


def spells(result: Result, background: bool = False) -> list[Spell]:
    """Spells of events that fall into the run, in order, lettered: those asked about, then those of the background."""
    first, last = result.dates[0], result.dates[-1]
    found: dict[bool, dict[tuple[date, date | None], list[dict[str, Any]]]] = {False: {}, True: {}}
    for event in result.manifest["scenario"]["events"]:
        begin = date.fromisoformat(event["start"])
        end = date.fromisoformat(event["end"]) if event["end"] else None
        if begin > last or (end is not None and end < first):
            continue
        found[bool(event["background"])].setdefault((begin, end), []).append(event)
    before = len(found[False]) if background else 0
    ordered = sorted(found[background].items(), key=lambda x: (x[0][0], x[0][1] or date.max))
    return [(LETTERS[(before + n) % 26], events, *days) for n, (days, events) in enumerate(ordered)]


def _told(result: Result, say: Words) -> list[tuple[str, str]]:
    lines = []
    for background, key, colour in ((False, "figure.shaded", AMBER), (True, "figure.dotted", GREY)):
        told = [_spell_told(say, background, *spell) for spell in spells(result, background)]
        if told:
            lines.append((say.sentence(key, events=say.label("figure.between_spells").join(told)), colour))
    return lines


def _spell_told(
    say: Words, background: bool, letter: str, events: list[dict[str, Any]], begin: date, end: date | None
) -> str:
    """What befell and when: to the day, or to the month if it is background."""
    names = list(dict.fromkeys(label_of(say, e) for e in events))
    last = end - timedelta(days=1) if end and background else end
    key = ("figure.behind" if background else "figure.spell") + ("" if end else "_open")
    return say.sentence(key, letter=letter, events=names, begin=begin, end=last)


def mark_events(axis: Any, result: Result, is_filled: bool = False) -> None:
    """Shade the time of events asked about; a dotted line where an event of the background begins; each with its letter.

    Events of the background for which a panel has no room bear no mark: all are told above the panels. A panel that is filled with areas hides what lies behind: there lines before them bound the time.
    """
    first, last = result.dates[0], result.dates[-1]
    days = max((last - first).days, 1)
    asked: list[tuple[float, str]] = []
    for letter, _events, begin, end in spells(result):
        begin, end = max(begin, first), min(end or last, last)
        is_thin = (end - begin).days / days * breadth(axis) < HAIR
        _shade(axis, np.datetime64(begin), np.datetime64(end), is_filled, 0.6 if is_thin else 0.22)
        asked.append(((begin - first).days / days, letter))
    _letters(axis, first, days, _together(axis, asked))
    begun = [
        ((max(begin, first) - first).days / days, letter) for letter, _e, begin, _end in spells(result, background=True)
    ]
    behind = _with_room(axis, begun)
    for share, _letter in behind:
        if share > 0.0:
            day = np.datetime64(first) + np.timedelta64(round(share * days), "D")
            axis.axvline(day, color=PALE, linewidth=0.8, linestyle=":", zorder=0.5)
    _letters(axis, first, days, behind, background=True)


def _shade(axis: Any, begin: np.datetime64, end: np.datetime64, is_filled: bool, alpha: float) -> None:
    axis.axvspan(begin, end, color="#f2c14e", alpha=alpha, linewidth=0, zorder=0)
    for day in (begin, end) if is_filled else ():
        axis.axvline(day, color=INK, linewidth=0.8, zorder=3)


def _together(axis: Any, marks: list[tuple[float, str]]) -> list[tuple[float, str]]:
    """Letters by their places, as shares of the run; those that would touch stand together."""
    together: list[tuple[float, str]] = []
    for share, letter in marks:
        if together and (share - together[-1][0]) * breadth(axis) < inches(together[-1][1] + "  ", 8):
            together[-1] = (together[-1][0], f"{together[-1][1]} {letter}")
        else:
            together.append((share, letter))
    return together


def _with_room(axis: Any, marks: list[tuple[float, str]]) -> list[tuple[float, str]]:
    """Letters by their places, those of one place together; those too near to what stands before them are left out."""
    placed: dict[float, list[str]] = {}
    for share, letter in marks:
        placed.setdefault(share, []).append(letter)
    kept: list[tuple[float, str]] = []
    for share, letters in placed.items():
        free = kept[-1][0] * breadth(axis) + inches(kept[-1][1], 7) + APART if kept else 0.0
        if share * breadth(axis) >= free:
            kept.append((share, " ".join(letters)))
    return kept


def _letters(axis: Any, first: date, days: int, marks: list[tuple[float, str]], background: bool = False) -> None:
    """Letters at their places, as shares of the run."""
    for share, text in marks:
        at = np.datetime64(first) + np.timedelta64(round(share * days), "D")
        late = share > 0.9
        axis.annotate(
            text, (at, 1.0), xycoords=("data", "axes fraction"), xytext=(-2 if late else 2, 1 if background else -2),
            textcoords="offset points", fontsize=7 if background else 8, color=GREY if background else AMBER,
            va="bottom" if background else "top", ha="right" if late else "left", zorder=4,
            path_effects=[withStroke(linewidth=2.0, foreground="white")],
        )  # fmt: skip


# weeks -----------------------------------------------------------------------------------------------------------------


def dates_of(result: Result) -> np.ndarray:
    """Mondays of the run."""
    return np.array(result.dates, dtype="datetime64[D]")


def median_of(values: np.ndarray) -> np.ndarray:
    """Median over replicates of (replicate, week), not a number in weeks without any."""
    return np.asarray(spread(values, (0.5,))[0])


def fan(axis: Any, result: Result, values: np.ndarray, colour: str) -> None:
    """Median line with 50 and 90 % bands over replicates; ``values`` is (replicate, week)."""
    dates = dates_of(result)
    low, lower, middle, upper, high = spread(values, (0.05, 0.25, 0.5, 0.75, 0.95))
    if values.shape[0] > 1:
        axis.fill_between(dates, low, high, color=colour, alpha=0.15, linewidth=0)
        axis.fill_between(dates, lower, upper, color=colour, alpha=0.28, linewidth=0)
    axis.plot(dates, middle, color=colour, linewidth=1.6)


def over_time(axis: Any, result: Result, say: Words) -> None:
    """The events, the scale from nought and the dates of a panel over weeks; panels of one scale hold the largest curve."""
    mark_events(axis, result)
    highest = max(a.dataLim.y1 for a in axis.get_shared_y_axes().get_siblings(axis))
    axis.set_ylim(0, 1.05 * highest if np.isfinite(highest) and highest > 0.0 else 1.0)
    time_axis(axis, result, say)


def time_axis(axis: Any, result: Result, say: Words) -> None:
    """Few, plain dates on the run's weeks: years, or months with the year under the first of each."""
    first, last = result.dates[0], result.dates[-1]
    fit = max(2, int(breadth(axis) / 0.5))
    marks: list[date] = []
    step = 12
    for step in (1, 2, 3, 6, 12, 24, 60, 120):
        marks = [d for d in _firsts(first, last, step) if d <= last]
        if len(marks) <= fit:
            break
    if not marks:
        axis.set_xticks(np.array([first], dtype="datetime64[D]"), [say.day(first, short=True)])
        return
    labels = [_mark(say, day, step, n == 0 or marks[n - 1].year != day.year) for n, day in enumerate(marks)]
    axis.set_xticks(np.array(marks, dtype="datetime64[D]"), labels)
    axis.set_xlim(np.datetime64(first), np.datetime64(last))


def _firsts(first: date, last: date, step: int) -> Sequence[date]:
    """First days of every so many months; the first week stands for a first day a few days before it."""
    found = []
    for month in range(0, (last.year - first.year + 1) * 12, step):
        day = date(first.year + month // 12, month % 12 + 1, 1)
        if -10 < (day - first).days < 0:
            day = first
        if day >= first:
            found.append(day)
    return found


def _mark(say: Words, day: date, step: int, is_new: bool) -> str:
    """A year, or a month with its year where it is new."""
    if step >= 12:
        return str(day.year)
    return f"{say.month_short(day)}\n{day.year}" if is_new else say.month_short(day)
