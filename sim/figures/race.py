"""Race: answers against each other; differences with intervals, cost against line stops, regret."""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.patheffects import withStroke

from sim.analysis.comparison import Comparison
from sim.analysis.race import idle_answers
from sim.figures.names import answer_name, scenario_name
from sim.figures.style import COLOURS, GREY, INK, PALE, drawn, joined, page
from sim.figures.text import fitted, inches, rounded
from sim.language import Words, capital

Call = Callable[[str], str]
"""What an answer is called, by its name."""

NOTHING = 1e-3
"""Line-weeks or million USD under which no answer changes anything: an axis is not stretched over less."""
LINE = 0.32
"""Inches a row of a dot plot takes."""
CHANGES = ("line_stop_weeks", "shortage_musd", "cost_musd")
"""What an answer changes, in columns of the race."""
PLACES = (
    (6, 0, "left"), (-6, 0, "right"), (5, 9, "left"), (5, -9, "left"), (-5, 9, "right"), (-5, -9, "right"), (5, 20, "left"),
    (5, -20, "left"), (-5, 20, "right"), (-5, -20, "right"), (5, 31, "left"), (5, -31, "left"), (-5, 31, "right"), (-5, -31, "right"),
    (5, 42, "left"), (-5, 42, "right"), (5, -42, "left"), (-5, -42, "right"), (5, 53, "left"), (-5, 53, "right"),
)  # fmt: skip
"""Where a name may stand beside its point: offsets in points, and the side it grows to; the first that is free is taken."""


def study_source(found: Comparison, scenario: str, say: Words, *notes: str) -> str:
    """What the marks mean, and where the numbers come from."""
    pairs = next(p for p in found.pairs if p.scenario == scenario)
    told = say.sentence(
        "figure.study_source",
        made_of=pairs.made_of,
        scenario=scenario_name(say, scenario, pairs.titles),
        pairs=len(pairs.draws),
        weeks=pairs.weeks,
    )
    return joined(say, *notes, told)


def answers_called(found: Comparison, scenario: str, say: Words) -> Call:
    """What the answers of a scenario are called."""
    labels = next(p.labels for p in found.pairs if p.scenario == scenario)
    return lambda answer: answer_name(say, answer, labels)


def of_scenario(table: Any, scenario: str) -> Any:
    """Rows of a scenario; the table itself where it is empty."""
    return table[table.scenario == scenario] if len(table) else table


def _idle_told(idle: list[str], say: Words, call: Call) -> str:
    """Which answers are left out."""
    return say.sentence("figure.idle", answers=[call(p) for p in idle]) if idle else ""


def dots(axis: Any, rows: Any, column: str, is_sure: bool = False) -> None:
    """Means and intervals, one row each from the top down; grey where the interval holds nought and it is not sure anyway."""
    places = np.arange(len(rows))[::-1]
    low, high = rows[f"{column}_low"].to_numpy(), rows[f"{column}_high"].to_numpy()
    shades = [COLOURS[0] if is_sure or a > 0.0 or b < 0.0 else GREY for a, b in zip(low, high, strict=True)]
    axis.hlines(places, low, high, colors=shades, linewidth=2.2, alpha=0.6)
    axis.scatter(rows[column], places, c=shades, s=24, zorder=3)
    axis.axvline(0.0, color=INK, linewidth=0.8)
    axis.set_ylim(-0.6, len(rows) - 0.4)
    if not (np.abs(np.nan_to_num([low, high, rows[column]])) > NOTHING).any():
        axis.set_xlim(-1.0, 1.0)
    axis.locator_params(
        axis="x", nbins=max(2, int(axis.get_position().width * axis.get_figure().get_figwidth() / 0.55))
    )


def row_names(axis: Any, names: list[str]) -> None:
    """Names of the rows, the first at the top."""
    axis.set_yticks(np.arange(len(names))[::-1], names, fontsize=8.5)
    axis.tick_params(axis="y", length=0, labelcolor=INK)


# differences -------------------------------------------------------------------------------------------------------------


@drawn
def answers(found: Comparison, scenario: str, width: float, say: Words) -> Any:
    """Line stops, shortage and cost of each answer over doing nothing, with 90 % intervals; None without answers."""
    rows = of_scenario(found.race, scenario)
    if not len(rows):
        return None
    rows = rows.sort_values("loss", kind="stable")
    idle, call = idle_answers(found.race, scenario), answers_called(found, scenario, say)
    rows = rows[~rows.policy.isin(idle)]
    note = joined(say, say.label("figure.answers_note"), _idle_told(idle, say, call))
    title = _answers_title(rows, say, call)
    if not len(rows):
        figure, axes = page(1, 1, title, study_source(found, scenario, say, note), width, height=0.3)
        axes[0, 0].remove()
        return figure
    labels = [capital(call(p)) for p in rows.policy]
    left = 0.3 + max(inches(x, 8.5) for x in labels)
    units = [say.label(f"axis.{c}") for c in CHANGES]
    units, size = fitted(units, (width - left - 0.2 - 2 * 0.25) / 3, 8.5)
    figure, axes = page(
        1, 3, title, study_source(found, scenario, say, note), width, height=LINE * len(rows) + 0.2, left=left,
        share_y=True, gaps=(0.0, 0.25), above=0.1, foot=0.42 + 0.15 * max(u.count("\n") + 1 for u in units),
    )  # fmt: skip
    for axis, column, unit in zip(axes[0], CHANGES, units, strict=True):
        dots(axis, rows, column)
        axis.set_xlabel(unit, fontsize=size)
    row_names(axes[0, 0], labels)
    return figure


def _answers_title(rows: Any, say: Words, call: Call) -> str:
    """How many answers are shown to stop fewer lines, and which does so most."""
    sure = rows[rows.line_stop_weeks_high < 0.0].sort_values("line_stop_weeks", kind="stable")
    if not len(sure):
        return str(say.sentence("figure.no_answer_helps", answers=len(rows)))
    best = sure.iloc[0]
    return capital(
        say.sentence(
            "figure.answers", sure=len(sure), answers=len(rows), best=call(best.policy),
            weeks=rounded(-best.line_stop_weeks), cost=rounded(best.cost_musd),
        )
    )  # fmt: skip


# front -------------------------------------------------------------------------------------------------------------------


@drawn
def pareto(found: Comparison, scenario: str, width: float, say: Words) -> Any:
    """Mean net public cost against mean line-stop weeks; the front joined by a line; None with fewer than two answers."""
    rows = of_scenario(found.pareto, scenario)
    if len(rows) < 2:
        return None
    rows = rows.sort_values(["cost_musd", "line_stop_weeks"], kind="stable")
    nothing = rows[rows.policy == "none"].iloc[0]
    idle, call = idle_answers(found.race, scenario), answers_called(found, scenario, say)
    rows = rows[~rows.policy.isin(idle)]
    front = rows[rows.on_front]
    least = front.sort_values("line_stop_weeks", kind="stable").iloc[0]
    title = say.sentence(
        "figure.front", best=call(least.policy), weeks=rounded(least.line_stop_weeks),
        base=rounded(nothing.line_stop_weeks), cost=rounded(least.cost_musd), front=int((front.policy != "none").sum()),
        answers=len(rows) - 1,
    ) if least.policy != "none" else say.sentence("figure.front_nothing", answers=len(rows) - 1)  # fmt: skip
    note = joined(say, say.label("figure.front_note"), _idle_told(idle, say, call))
    figure, axes = page(
        1, 1, capital(title), study_source(found, scenario, say, note), width, height=3.6, above=0.1, foot=0.6
    )
    axis = axes[0, 0]
    axis.plot(front.cost_musd, front.line_stop_weeks, color=COLOURS[0], linewidth=1.2, zorder=1)
    axis.scatter(
        rows.cost_musd, rows.line_stop_weeks, c=[COLOURS[0] if f else GREY for f in rows.on_front], s=28, zorder=2
    )
    axis.set_xlabel(say.label("axis.net_cost_musd"))
    axis.set_ylabel(say.label("axis.line_stop_weeks"))
    axis.margins(x=0.1, y=0.12)
    if rows.line_stop_weeks.max() < NOTHING:
        axis.set_ylim(-0.1, 1.0)
    _name_points(axis, rows, call)
    return figure


def _name_points(axis: Any, rows: Any, call: Call) -> None:
    """Names beside the points, those of the front first, each where it meets no other point, name or edge; else none."""
    figure = axis.get_figure()
    figure.canvas.draw()
    points = axis.transData.transform(rows[["cost_musd", "line_stop_weeks"]].to_numpy()) * 72.0 / figure.dpi
    frame = axis.get_window_extent().transformed(figure.dpi_scale_trans.inverted())
    taken = [(x - 4, y - 4, x + 4, y + 4) for x, y in points]
    for n in np.argsort(~rows.on_front.to_numpy(), kind="stable"):
        row, (x, y) = rows.iloc[n], points[n]
        text = capital(call(row.policy))
        wide = inches(text, 8) * 72.0
        for dx, dy, side in PLACES:
            x0 = x + dx if side == "left" else x + dx - wide
            box = (x0, y + dy - 5, x0 + wide, y + dy + 5)
            is_inside = (
                box[0] > 72 * frame.x0 and box[2] < 72 * frame.x1 and 72 * frame.y0 < box[1] and box[3] < 72 * frame.y1
            )
            if is_inside and not any(_meet(box, t) for t in taken):
                taken.append(box)
                axis.annotate(
                    text, (row.cost_musd, row.line_stop_weeks), xytext=(dx, dy), textcoords="offset points", fontsize=8,
                    color=INK, ha=side, va="center", path_effects=[withStroke(linewidth=2.0, foreground="white")],
                    arrowprops={"arrowstyle": "-", "color": PALE, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 3} if abs(dy) > 10 else None,
                )  # fmt: skip
                break


def _meet(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


# regret ------------------------------------------------------------------------------------------------------------------


@drawn
def regret(found: Comparison, scenario: str, width: float, say: Words) -> Any:
    """Mean regret with its 90 % interval, and the worst of any world, by budget class; None where nothing is valued."""
    rows = of_scenario(found.regret, scenario)
    if not len(rows):
        return None
    idle, call = idle_answers(found.race, scenario), answers_called(found, scenario, say)
    rows = rows[~rows.policy.isin(idle)].sort_values("mean_musd", kind="stable")
    names = sorted(
        set(rows.budget_class),
        key=lambda g: (not g.startswith("up to"), float(g.rpartition(" ")[2]) if " " in g else 0.0),
    )
    groups = [(g, rows[rows.budget_class == g]) for g in names]
    groups = [(g, r) for g, r in groups if len(r) > 1]
    if not groups:
        return None
    best = [
        say.sentence(
            "figure.regret_best", answer=call(r.iloc[0].policy), mean=rounded(r.iloc[0].mean_musd),
            worst=rounded(r.iloc[0].worst_musd), group=_class_name(g, say, is_short=True),
        ) for g, r in groups
    ]  # fmt: skip
    title = say.sentence("figure.regret", best=best)
    labels = [capital(call(p)) for _g, r in groups for p in r.policy]
    left = 0.3 + max(inches(x, 8.5) for x in labels)
    tall = [LINE * len(r) + 0.1 for _g, r in groups]
    key = ((say.label("figure.regret_mean"), COLOURS[0]), (say.label("figure.regret_worst"), COLOURS[1]))
    figure, axes = page(
        len(groups), 1, capital(title), study_source(found, scenario, say, say.label("figure.regret_note"), _idle_told(idle, say, call)), width,
        height=float(np.mean(tall)), left=left, key=key, ratios=tall, foot=0.6,
    )  # fmt: skip
    most = 1.05 * float(rows[["high", "worst_musd"]].to_numpy().max())
    for axis, (group, r) in zip(axes[:, 0], groups, strict=True):
        dots(
            axis, r.rename(columns={"mean_musd": "mean", "low": "mean_low", "high": "mean_high"}), "mean", is_sure=True
        )
        axis.scatter(r.worst_musd, np.arange(len(r))[::-1], c=COLOURS[1], s=24, marker="D", zorder=3)
        axis.set_xlim(-0.01 * most, most)
        row_names(axis, [capital(call(p)) for p in r.policy])
        axis.set_title(_class_name(group, say))
    axes[-1, 0].set_xlabel(say.label("axis.regret_musd"))
    return figure


def _class_name(group: str, say: Words, is_short: bool = False) -> str:
    how, _, bound = group.rpartition(" ")
    key = f"figure.class_{how.replace(' ', '_') or 'any'}" + ("_short" if is_short else "")
    return say.sentence(key, bound=float(bound) if how else 0.0)
