"""Sensitivity: tornado of how strongly each uncertainty moves each metric, from one end of its range to the other."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.pairs import files_in, titles_in
from sim.figures.names import scenario_name, uncertainty_name
from sim.figures.race import LINE, row_names
from sim.figures.style import COLOURS, GREY, INK, blank, breadth, drawn, joined, page, save
from sim.figures.text import fitted, inches, rounded
from sim.language import Words, capital
from sim.metrics import METRICS
from sim.paired import PAIRED

STRONGEST, MOST = 6, 6
"""Uncertainties in a panel, and panels."""
WIDEST = 2.1
"""Inches that the name of an uncertainty may take in one line."""
BOLD = 1.12
"""Width of bold text over that of plain text."""
MIXED = 0.5
"""Mean effect over mean absolute effect under which an uncertainty is called neither raising nor lowering."""


def draw_sensitivity(table: Any, manifest: dict[str, Any], folder: Path, lang: str = "en") -> list[Path]:
    """One figure per scenario of a study, of the event's effect; the manifest is the study's."""
    titles, files = titles_in(manifest), files_in(manifest)
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for scenario in table.scenario.unique() if len(table) else ():
        events = {e["name"]: e for e in files[scenario]["events"]}
        figure = tornado(table, scenario, titles[scenario], events, lang=lang)
        if figure is not None:
            made += save(figure, folder / f"tornado-{scenario}")
    return made


@drawn
def tornado(
    table: Any, scenario: str, titles: Mapping[str, str], events: Mapping[str, dict[str, Any]], width: float, say: Words
) -> Any:
    """Strength of the strongest uncertainties, a panel per metric, of the label that moves most; None if nothing moves.

    By Morris: mean effect of going over the whole range, to the right where it raises the metric, to the left where it
    lowers it. By Sobol: total index.
    """
    rows = table[(table.scenario == scenario) & (table.effect == "event")]
    panels = [_strongest(rows[rows.metric == m]) for m in rows.metric.unique()][:MOST]
    panels = [p for p in panels if len(p)]
    if not panels:
        return None
    is_morris = "direction" in table.columns
    names = {u: uncertainty_name(say, u, events) for p in panels for u in p.uncertainty}
    told, _ = fitted([capital(x) for x in names.values()], WIDEST, 8.5)
    shown = dict(zip(names, told, strict=True))
    left = 0.3 + max(inches(line, 8.5) for text in told for line in text.split("\n"))
    across = 1 if width < 9.0 else min(2, len(panels))
    note = joined(say, say.label("figure.tornado_note" if is_morris else "figure.sobol_note"))
    key = (
        (say.label("figure.raises"), COLOURS[1]), (say.label("figure.lowers"), COLOURS[0]), (say.label("figure.mixed"), GREY)
    ) if is_morris else ()  # fmt: skip
    name = scenario_name(say, scenario, titles)
    source = say.sentence("figure.sensitivity_source", scenario=name)
    figure, axes = page(
        -(-len(panels) // across), across, _title(panels, is_morris, name, names, say), joined(say, note, source), width,
        height=LINE * STRONGEST * (1.1 if any("\n" in text for text in told) else 0.8), left=left, gaps=(1.05, left + 0.1), key=key, foot=0.6, above=0.42,
    )  # fmt: skip
    for axis, panel in zip(axes.ravel(), panels, strict=False):
        _bars(axis, panel, is_morris)
        row_names(axis, [shown[u] for u in panel.uncertainty])
        lines, size = fitted([capital(_metric_name(panel.iloc[0], say))], breadth(axis) / BOLD, 9.5)
        axis.set_title(lines[0], fontsize=size)
        axis.set_xlabel(_unit(panel.iloc[0].metric, say) if is_morris else say.label("axis.total_index"))
    blank(axes, len(panels))
    return figure


def _strongest(rows: Any) -> Any:
    """The strongest uncertainties of the label that a metric moves most for."""
    if not len(rows) or rows.strength.max() <= 0.0:
        return rows[:0]
    label = rows.groupby("label").strength.sum().idxmax()
    return rows[rows.label == label].sort_values("strength", ascending=False, kind="stable")[:STRONGEST]


def _bars(axis: Any, panel: Any, is_morris: bool) -> None:
    """Bars from nought, widest at the top, with half-widths of the 90 % interval."""
    for y, (_, r) in zip(np.arange(len(panel))[::-1], panel.iterrows(), strict=True):
        lean = r.direction / max(r.strength, 1e-300) if is_morris else 1.0
        side, colour = (-1.0 if lean < 0 else 1.0), (COLOURS[1] if lean > 0 else COLOURS[0])
        colour = GREY if is_morris and abs(lean) < MIXED else colour if is_morris else COLOURS[0]
        end = side * r.strength
        axis.barh(y, end, color=colour, height=0.62, alpha=0.75)
        axis.plot([end - r.half_width, end + r.half_width], [y, y], color=INK, linewidth=1.0)
    axis.axvline(0.0, color=INK, linewidth=0.8)
    axis.set_ylim(-0.6, max(len(panel), STRONGEST) - 0.4 if len(panel) == STRONGEST else len(panel) - 0.4)
    axis.locator_params(axis="x", nbins=5)


def _metric_name(row: Any, say: Words) -> str:
    """A metric and what it is of: countries, elements and goods by name."""
    parts = [_label(say, part) for part in str(row.label).split(".")]
    return str(say.sentence("figure.metric_of", metric=say.named("metric", row.metric), of=parts))


def _label(say: Words, part: str) -> str:
    for section in ("country", "element", "product", "end_use"):
        if f"{section}.{part}" in say.table:
            return str(say.label(f"{section}.{part}"))
    return part.replace("_", " ")


def _unit(metric: str, say: Words) -> str:
    known = METRICS.get(metric) or PAIRED.get(metric)
    return say.named("unit", known.unit) if known is not None else ""


def _title(panels: list[Any], is_morris: bool, scenario: str, names: Mapping[str, str], say: Words) -> str:
    """Which uncertainty is strongest for most of the metrics, and what it moves first."""
    firsts = [p.iloc[0] for p in panels]
    count = {u: sum(f.uncertainty == u for f in firsts) for u in dict.fromkeys(f.uncertainty for f in firsts)}
    most = max(count, key=lambda u: count[u])
    first = next(f for f in firsts if f.uncertainty == most)
    key = "figure.tornado" if is_morris else "figure.tornado_sobol"
    return capital(
        say.sentence(
            key, uncertainty=names[most], count=count[most], metrics=len(panels),
            metric=_metric_name(first, say), size=rounded(first.strength), unit=_unit(first.metric, say),
            scenario=scenario,
        )
    )  # fmt: skip
