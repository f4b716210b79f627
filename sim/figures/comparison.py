"""Comparison: answers against each other; cost and line stops, differences with intervals, regret, the ledger."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.analysis.comparison import Comparison
from sim.analysis.race import idle_answers
from sim.figures.style import COLOURS, GREY, INK, PAGE, save
from sim.figures.text import inches, wrapped

LINE = 0.32
"""Inches a row of a dot plot takes."""


def draw_comparison(found: Comparison, folder: Path) -> list[Path]:
    """Draw every figure of a comparison that has something to show."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for pairs in found.pairs:
        for name, figure in (
            ("pareto", pareto(found, pairs.scenario)),
            ("answers", answers(found, pairs.scenario)),
            ("ledger", embargoers_ledger(found, pairs.scenario)),
        ):
            if figure is not None:
                made += save(figure, folder / f"{name}-{pairs.scenario}")
    return made


def sheet(title: str, note: str, height: float, panels: int = 1, left: float = 0.9) -> tuple[Figure, Any]:
    """A page headed by its finding, with panels side by side and its note at the foot; inches."""
    room = PAGE - 0.3
    head, foot = wrapped(title, 13, room, bold=True), wrapped(note, 7.5, room)
    top, bottom = 0.5 + 0.25 * len(head), 0.65 + 0.15 * len(foot)
    tall = top + height + bottom
    figure = Figure(figsize=(PAGE, tall))
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, panels, squeeze=False, sharey=panels > 1)[0]
    figure.subplots_adjust(
        left=left / PAGE, right=1.0 - 0.25 / PAGE, top=1.0 - top / tall, bottom=bottom / tall, wspace=0.12
    )
    figure.text(
        0.15 / PAGE, 1.0 - 0.15 / tall, "\n".join(head), ha="left", va="top", fontsize=13, fontweight="bold",
        color=INK, linespacing=1.2,
    )  # fmt: skip
    for n, line in enumerate(reversed(foot)):
        figure.text(0.15 / PAGE, (0.08 + 0.15 * n) / tall, line, ha="left", va="bottom", fontsize=7.5, color=GREY)
    return figure, axes


def _note(found: Comparison, scenario: str, more: str) -> str:
    pairs = next(p for p in found.pairs if p.scenario == scenario)
    return f"{more} Source: Ytterby, scenario {scenario}, {len(pairs.draws)} paired worlds, {pairs.weeks} weeks."


def pareto(found: Comparison, scenario: str) -> Any:
    """Mean net public cost against mean line-stop weeks; the front joined by a line; what neither costs nor changes is left out."""
    idle = idle_answers(found.race, scenario)
    rows = found.pareto[(found.pareto.scenario == scenario) & ~found.pareto.policy.isin(idle)]
    rows = rows.sort_values(["cost_musd", "line_stop_weeks"])
    if len(rows) < 2:
        return None
    front = rows[rows.on_front]
    ends = ["doing nothing" if front.iloc[n].policy == "none" else front.iloc[n].policy for n in (0, -1)]
    figure, axes = sheet(
        f"{len(front)} of {len(rows)} answers are not beaten in both cost and line stops, from {ends[0]} to {ends[1]}",
        _note(found, scenario, f"Means over worlds. Joined: answers that no other beats in both.{_left_out(idle)}"), 3.8,
    )  # fmt: skip
    axis = axes[0]
    axis.plot(front.cost_musd, front.line_stop_weeks, color=COLOURS[0], linewidth=1.2, zorder=1)
    colours = [COLOURS[0] if f else GREY for f in rows.on_front]
    axis.scatter(rows.cost_musd, rows.line_stop_weeks, c=colours, s=28, zorder=2)
    axis.set_xlabel("net public cost over doing nothing, million USD")
    axis.set_ylabel("line-stop weeks")
    axis.margins(x=0.12, y=0.15)
    _name_points(axis, rows.sort_values("on_front", ascending=False, kind="stable"))
    return figure


def _left_out(idle: list[str]) -> str:
    return f" Left out, as they cost and change nothing: {', '.join(idle)}." if idle else ""


def _name_points(axis: Any, rows: Any) -> None:
    """Names beside their points, right, left, over or under, where they cover neither a point nor another name."""
    axis.autoscale_view()
    dots = axis.transData.transform(rows[["cost_musd", "line_stop_weeks"]].to_numpy()) / axis.figure.dpi
    taken = [(x - 0.05, y - 0.05, x + 0.05, y + 0.05) for x, y in dots]
    page = axis.get_window_extent().extents / axis.figure.dpi
    for n, name in enumerate(rows.policy):
        x, y = dots[n]
        wide, others = inches(str(name), 8), taken[:n] + taken[n + 1 :]
        for left, low in (
            (x + 0.08, y - 0.06), (x - 0.08 - wide, y - 0.06), (x - wide / 2, y + 0.07), (x - wide / 2, y - 0.2),
            (x + 0.06, y + 0.05), (x + 0.06, y - 0.18),
        ):  # fmt: skip
            box = (left, low, left + wide, low + 0.13)
            inside = box[0] > page[0] and box[2] < page[2] and box[1] > page[1] and box[3] < page[3]
            if inside and not any(_meet(box, other) for other in others):
                taken.append(box)
                place = ((left - page[0]) / (page[2] - page[0]), (low - page[1]) / (page[3] - page[1]))
                axis.text(*place, str(name), transform=axis.transAxes, fontsize=8, color=INK, va="bottom")
                break


def _meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def answers(found: Comparison, scenario: str) -> Any:
    """Line stops, shortage and cost of each answer over doing nothing, with 90 % intervals."""
    idle = idle_answers(found.race, scenario)
    rows = (
        found.race[(found.race.scenario == scenario) & ~found.race.policy.isin(idle)] if len(found.race) else found.race
    )
    if not len(rows):
        return None
    rows = rows.sort_values("loss", ascending=False, kind="stable")
    sure = rows[rows.line_stop_weeks_high < 0.0]
    best = rows.iloc[-1].policy
    title = (
        f"{len(sure)} of {len(rows)} answers are shown to stop fewer lines; {best} comes out first"
        if len(sure)
        else "No answer is shown to stop fewer lines than doing nothing"
    )
    left = 0.35 + max(inches(str(p), 9) for p in rows.policy)
    note = _note(
        found, scenario, f"Dots: mean paired difference from doing nothing; bars: 90 % interval.{_left_out(idle)}"
    )
    figure, axes = sheet(title, note, LINE * len(rows) + 0.2, 3, left)
    places = np.arange(len(rows))
    for axis, (column, label) in zip(
        axes,
        (
            ("line_stop_weeks", "line-stop weeks"),
            ("shortage_musd", "shortage, million USD"),
            ("cost_musd", "cost, million USD"),
        ),
        strict=True,
    ):
        low, high = rows[f"{column}_low"].to_numpy(), rows[f"{column}_high"].to_numpy()
        is_sure = (low > 0.0) | (high < 0.0)
        for y, a, b, s in zip(places, low, high, is_sure, strict=True):
            axis.plot([a, b], [y, y], color=COLOURS[0] if s else GREY, linewidth=2.2, alpha=0.6)
        axis.scatter(rows[column], places, c=[COLOURS[0] if s else GREY for s in is_sure], s=24, zorder=3)
        axis.axvline(0.0, color=INK, linewidth=0.8)
        axis.set_xlabel(label)
        axis.set_yticks(places, rows.policy)
        axis.set_ylim(-0.6, len(rows) - 0.4)
        axis.locator_params(axis="x", nbins=5)
    return figure


def embargoers_ledger(found: Comparison, scenario: str) -> Any:
    """Lines of the embargoer's ledger in the event without an answer, with 90 % intervals."""
    table = found.ledger
    rows = table[(table.scenario == scenario) & (table.policy == "none")] if len(table) else table
    rows = rows[rows.line != "foreign_share_points"] if len(rows) else rows
    if not len(rows):
        return None
    net = rows[rows.line == "net"].iloc[0]
    title = (
        f"The measure {'earns' if net['mean'] > 0 else 'costs'} the country that imposes it {abs(net['mean']):,.0f} million USD; "
        f"it gains in {100 * net.gains:.0f} % of worlds"
    )
    rows = rows.iloc[::-1]
    left = 0.35 + max(inches(x.replace("_", " "), 9) for x in rows.line)
    note = _note(
        found,
        scenario,
        f"Present value, event less background. Bars: mean; lines: 90 % interval of the mean.{_of_ledger(found, scenario)}",
    )
    figure, axes = sheet(title, note, LINE * len(rows) + 0.2, 1, left)
    axis = axes[0]
    places = np.arange(len(rows))
    for y, (_, r) in zip(places, rows.iterrows(), strict=True):
        colour = COLOURS[0] if r["mean"] >= 0 else COLOURS[1]
        axis.barh(y, r["mean"], color=colour, alpha=0.35, height=0.6)
        axis.plot([r.low, r.high], [y, y], color=colour, linewidth=2.2)
    axis.axvline(0.0, color=INK, linewidth=0.8)
    axis.set_yticks(places, [x.replace("_", " ") for x in rows.line])
    axis.set_xlabel("million USD")
    return figure


def _of_ledger(found: Comparison, scenario: str) -> str:
    """What is to be said of what is lost for good."""
    note = next(p for p in found.pairs if p.scenario == scenario).ledger_note
    return f" {note[0].upper()}{note[1:]}." if note else ""
