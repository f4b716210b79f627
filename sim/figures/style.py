"""Style: one look for all figures; colours that colour-blind readers can tell apart, text that never lies on text."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.textpath import text_to_path
from matplotlib.ticker import StrMethodFormatter

from sim.result import Result

PAGE, COLUMN = 11.0, 7.0
"""Widths in inches: across a page, and in a column of a report."""
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A5195", "#555555")
"""Okabe and Ito's palette, yellow left out: it cannot be read on white."""
INK, GREY, AMBER = "#1a1a1a", "#6b6b6b", "#8a6d1a"
BANDS = "Line: median of the replicates; bands: the middle 50 % and 90 % of them."
Key = Sequence[tuple[str, str]]

matplotlib.rcParams.update(
    {
        "font.family": "DejaVu Sans", "font.size": 9, "axes.titlesize": 9.5, "axes.titleweight": "bold",
        "axes.titlelocation": "left", "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": GREY,
        "axes.labelcolor": INK, "xtick.color": GREY, "ytick.color": GREY, "axes.grid": True, "grid.color": "#e6e6e6",
        "grid.linewidth": 0.6, "axes.axisbelow": True, "legend.frameon": False, "svg.hashsalt": "ytterby",
        "figure.facecolor": "white",
    }
)  # fmt: skip


# text ----------------------------------------------------------------------------------------------------------------


def inches(text: str, size: float, bold: bool = False) -> float:
    """Width of a line of text at a size in points."""
    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    return float(text_to_path.get_text_width_height_descent(text, font, False)[0]) / 72.0 * 1.03


def wrapped(text: str, size: float, width: float, bold: bool = False) -> list[str]:
    """Lines of at most ``width`` inches, broken between words."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and inches(longer, size, bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def entitle(axis: Any, text: str) -> None:
    """A panel's title, set smaller where it would run into the next panel."""
    size = 9.5
    while size > 6.0 and inches(text, size, bold=True) > breadth(axis) + 0.1:
        size -= 0.25
    axis.set_title(text, fontsize=size)


def words(product: str) -> str:
    """A product's name for readers."""
    names = {
        "ndpr": "NdPr",
        "ndfeb": "NdFeB",
        "smco": "SmCo",
        "seg": "SEG",
        **{g: g.upper() for g in ("n", "m", "h", "uh")},
    }
    return " ".join(
        names.get(p, p.capitalize() if len(p) <= 2 and i == 0 else p) for i, p in enumerate(product.split("_"))
    )


def day_of_month(day: date) -> str:
    """A date for readers, such as 4 Apr 2025."""
    return f"{day.day} {day:%b %Y}"


# page ----------------------------------------------------------------------------------------------------------------


def page(
    rows: int, columns: int, title: str, result: Result, width: float = PAGE, height: float = 1.75, key: Key = (),
    note: str = "", left: float = 0.75, events: bool = True,
) -> tuple[Figure, Any]:  # fmt: skip
    """A figure headed by its finding, the key to its colours and the events; its source at the foot.

    Parameters
    ----------
    rows, columns : panels
    title : the finding, computed from the numbers
    result : the run whose events are named and whose id stands at the foot
    width : of the page, inches
    height : of one row of panels, inches
    key : names and colours, in the order drawn
    note : what the marks mean, set before the source
    left : room for the first column's labels, inches
    events : whether the panels have a time axis with events on it
    """
    room = width - 0.3
    head = wrapped(title, 13, room, bold=True)
    told = wrapped("Shaded: " + "; ".join(_events_told(result)), 8, room) if events and _events_told(result) else []
    foot = wrapped(f"{note} {provenance(result)}".strip(), 7.5, room)
    lines = _key_lines(key, room)
    top = 0.15 + 0.25 * len(head) + 0.06 + 0.2 * len(lines) + 0.17 * len(told) + 0.35
    bottom = 0.55 + 0.15 * len(foot)
    gap_down, gap_across = 0.8, 0.72
    tall = top + rows * height + (rows - 1) * gap_down + bottom
    figure = Figure(figsize=(width, tall))
    FigureCanvasAgg(figure)
    panel = (width - left - 0.2 - (columns - 1) * gap_across) / columns
    axes = figure.subplots(rows, columns, squeeze=False)
    figure.subplots_adjust(
        left=left / width, right=1.0 - 0.2 / width, top=1.0 - top / tall, bottom=bottom / tall,
        hspace=gap_down / height, wspace=gap_across / panel,
    )  # fmt: skip
    figure.suptitle(
        "\n".join(head), x=0.15 / width, y=1.0 - 0.15 / tall, ha="left", va="top", fontsize=13, fontweight="bold",
        color=INK, linespacing=1.2,
    )  # fmt: skip
    down = 0.15 + 0.25 * len(head) + 0.06
    for line in lines:
        for name, colour, across in line:
            place = ((0.15 + across) / width, 1.0 - (down + 0.12) / tall)
            figure.add_artist(Rectangle(place, 0.22 / width, 0.09 / tall, color=colour, linewidth=0))
            figure.text(place[0] + 0.28 / width, place[1] + 0.045 / tall, name, fontsize=8, va="center", color=INK)
        down += 0.2
    for n, line_told in enumerate(told):
        y = 1.0 - (down + 0.02 + 0.17 * n) / tall
        figure.text(0.15 / width, y, line_told, ha="left", va="top", fontsize=8, color=AMBER)
    for n, text in enumerate(reversed(foot)):
        figure.text(0.15 / width, (0.08 + 0.15 * n) / tall, text, ha="left", va="bottom", fontsize=7.5, color=GREY)
    for axis in axes.ravel():
        axis.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    return figure, axes


def _key_lines(key: Key, room: float) -> list[list[tuple[str, str, float]]]:
    """Name, colour and place in inches of every entry, line by line."""
    lines: list[list[tuple[str, str, float]]] = []
    across = room + 1.0
    for name, colour in key:
        needs = 0.28 + inches(name, 8) + 0.2
        if across + needs > room:
            lines.append([])
            across = 0.0
        lines[-1].append((name, colour, across))
        across += needs
    return lines


def provenance(result: Result) -> str:
    """Where the numbers come from: version, run, scenario, policy, replicates, seed, weeks and the scenario's sources."""
    m = result.manifest
    sources = ", ".join(m["scenario"].get("sources") or [])
    return (
        f"Source: Ytterby {m['versions']['ytterby']}, run {m['run_id']}, {m['scenario']['title']}; policy {m['policy']}, "
        f"{m['replicates']} replicates, seed {m['seed']}, {m['weeks']} weeks from {day_of_month(result.dates[0])}"
        + (f"; scenario after {sources}." if sources else ".")
    )


def columns_for(width: float, wanted: int) -> int:
    """Panels side by side: at most ``wanted``, each at least 3 inches with its labels."""
    return max(1, min(wanted, int(width // 3.0)))


def breadth(axis: Any) -> float:
    """Width of a panel, inches."""
    return float(axis.get_position().width * axis.get_figure().get_figwidth())


# time ----------------------------------------------------------------------------------------------------------------


def dates_of(result: Result) -> np.ndarray:
    return np.array(result.dates, dtype="datetime64[D]")


def fan(axis: Any, result: Result, values: np.ndarray, colour: str) -> None:
    """Median line with 50 and 90 % bands over replicates; ``values`` is (replicate, week)."""
    dates = dates_of(result)
    seen = np.isfinite(values).any(axis=0)
    bands = np.full((5, values.shape[1]), np.nan)
    if seen.any():
        bands[:, seen] = np.nanquantile(values[:, seen], [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
    low, lower, middle, upper, high = bands
    if values.shape[0] > 1:
        axis.fill_between(dates, low, high, color=colour, alpha=0.15, linewidth=0)
        axis.fill_between(dates, lower, upper, color=colour, alpha=0.28, linewidth=0)
    axis.plot(dates, middle, color=colour, linewidth=1.6)


def spells(result: Result) -> list[tuple[str, list[str], date, date | None]]:
    """Letter, events, first and last day of every spell that is not background and falls into the run, in order."""
    first, last = result.dates[0], result.dates[-1]
    found: dict[tuple[date, date | None], list[str]] = {}
    for event in result.manifest["scenario"]["events"]:
        begin = date.fromisoformat(event["start"])
        end = date.fromisoformat(event["end"]) if event["end"] else None
        if event["background"] or begin > last or (end is not None and end < first):
            continue
        found.setdefault((begin, end), []).append(event["name"].replace("_", " "))
    ordered = sorted(found.items(), key=lambda x: (x[0][0], x[0][1] or date.max))
    letters = "abcdefghijklmnopqrstuvwxyz"
    return [(letters[n % 26], names, *days) for n, (days, names) in enumerate(ordered)]


def _events_told(result: Result) -> list[str]:
    return [
        f"{letter}: {' and '.join(names)}, "
        + (f"{day_of_month(begin)} to {day_of_month(end)}" if end else f"from {day_of_month(begin)}")
        for letter, names, begin, end in spells(result)
    ]


def month_of(day: str | date) -> str:
    """Month and year in words, of a date or its ISO text."""
    return f"{date.fromisoformat(day) if isinstance(day, str) else day:%B %Y}"


def mark_events(axis: Any, result: Result) -> None:
    """Shade the time of events that are not background, each with its letter; letters that would touch stand together."""
    first, last = result.dates[0], result.dates[-1]
    days = max((last - first).days, 1)
    marks: list[tuple[float, str]] = []
    for letter, _names, begin, end in spells(result):
        begin, end = max(begin, first), min(end or last, last)
        axis.axvspan(
            np.datetime64(begin), np.datetime64(end), color="#f2c14e", alpha=0.22, linewidth=0, zorder=0
        )  # fmt: skip
        share = (begin - first).days / days
        if marks and (share - marks[-1][0]) * breadth(axis) < inches(marks[-1][1] + "  ", 8):
            marks[-1] = (marks[-1][0], f"{marks[-1][1]} {letter}")
        else:
            marks.append((share, letter))
    for share, text in marks:
        at = np.datetime64(first) + np.timedelta64(round(share * days), "D")
        late = share > 0.9
        axis.annotate(
            text, (at, 1.0), xycoords=("data", "axes fraction"), xytext=(-2 if late else 2, -2),
            textcoords="offset points", fontsize=8, color=AMBER, va="top", ha="right" if late else "left",
        )  # fmt: skip


def time_axis(axis: Any, result: Result) -> None:
    """Few, plain dates on the run's weeks: years, or months with the year under the first of each."""
    first, last = result.dates[0], result.dates[-1]
    fit = max(2, int(breadth(axis) / 0.5))
    marks: list[date] = []
    step = 12
    for step in (1, 2, 3, 6, 12, 24, 60, 120):
        marks = [
            date(y, m, 1) for y in range(first.year, last.year + 1) for m in range(1, 13)
            if ((y - first.year) * 12 + m - 1) % step == 0 and first <= date(y, m, 1) <= last
        ]  # fmt: skip
        if len(marks) <= fit:
            break
    labels = []
    for n, day in enumerate(marks):
        new = n == 0 or marks[n - 1].year != day.year
        labels.append(f"{day.year}" if step >= 12 else f"{day:%b}\n{day.year}" if new else f"{day:%b}")
    if not marks:
        marks, labels = [first], [day_of_month(first)]
    axis.set_xticks(np.array(marks, dtype="datetime64[D]"), labels)
    axis.margins(x=0.01)


def blank(axes: Any, used: int) -> None:
    """Take away panels that are not needed."""
    for axis in axes.ravel()[used:]:
        axis.remove()


def save(figure: Figure, stem: Path) -> list[Path]:
    """Write PNG and SVG."""
    paths = [stem.with_suffix(".png"), stem.with_suffix(".svg")]
    figure.savefig(paths[0], dpi=130)
    figure.savefig(paths[1], metadata={"Date": None})
    return paths
