"""The embargoer: lines of the ledger of the country that imposes a measure, with intervals."""

from typing import Any

import numpy as np

from sim.analysis.comparison import Comparison
from sim.analysis.ledger import lost_is_seen
from sim.figures.race import LINE, of_scenario, row_names, study_source
from sim.figures.style import COLOURS, GREY, INK, drawn, joined, page
from sim.figures.text import inches, rounded
from sim.language import Words, capital

SUMS = ("price_part", "revenue", "net")
"""Lines that add up others, drawn darker."""


@drawn
def embargoers_ledger(found: Comparison, scenario: str, width: float, say: Words) -> Any:
    """The ledger of the event without an answer; None where the study kept none."""
    rows = of_scenario(found.ledger, scenario)
    rows = rows[rows.policy == "none"] if len(rows) else rows
    if not len(rows):
        return None
    pairs = next(p for p in found.pairs if p.scenario == scenario)
    note = joined(say, say.label("figure.ledger_note"), _lost_told(rows, pairs.ledger_note, say))
    return _figure(rows, pairs.exporter, study_source(found, scenario, say, note), width, say)


@drawn
def ledger_of_runs(rows: Any, event: Any, width: float, say: Words) -> Any:
    """The same of one scenario: the ledger's rows, and the result of the run with the event."""
    from sim.figures.timeline import source

    note = joined(say, say.label("figure.ledger_note"), _lost_told(rows, lost_is_seen(event.manifest)[1], say))
    return _figure(rows, event.manifest["exporter"], joined(say, note, source(event, say)), width, say)


def _lost_told(rows: Any, caveat: str, say: Words) -> str:
    """What is to be said of what is lost for good, where the run cannot fully tell it."""
    if not caveat:
        return ""
    is_told = bool(np.isfinite(rows[rows.line == "lost_for_good"]["mean"]).all())
    return str(say.label("figure.lost_holds" if is_told else "figure.lost_untold"))


def _figure(rows: Any, exporter: str, told: str, width: float, say: Words) -> Any:
    rows = rows[(rows.line != "foreign_share_points") & np.isfinite(rows["mean"])]
    labels = [capital(say.named("ledger", x)) for x in rows.line]
    left = 0.3 + max(inches(x, 8.5, bold=True) for x in labels)
    title = _title(rows[rows.line == "net"].iloc[0], exporter, say)
    figure, axes = page(1, 1, title, told, width, height=LINE * len(rows) + 0.2, left=left, above=0.1, foot=0.6)
    axis = axes[0, 0]
    for y, (_, r) in zip(np.arange(len(rows))[::-1], rows.iterrows(), strict=True):
        is_sum, is_sure = r.line in SUMS, r.low > 0.0 or r.high < 0.0
        colour = GREY if not is_sure else COLOURS[0] if r["mean"] >= 0 else COLOURS[1]
        axis.barh(y, r["mean"], color=colour, alpha=0.55 if is_sum else 0.25, height=0.62 if is_sum else 0.42)
        axis.plot([r.low, r.high], [y, y], color=colour, linewidth=2.2)
    axis.axvline(0.0, color=INK, linewidth=0.8)
    row_names(axis, labels)
    for tick, line in zip(axis.get_yticklabels(), rows.line, strict=True):
        tick.set_fontweight("bold" if line in SUMS else "normal")
    axis.set_ylim(-0.6, len(rows) - 0.4)
    axis.set_xlabel(say.label("unit.million USD"))
    return figure


def _title(net: Any, exporter: str, say: Words) -> str:
    """Whether the measure is shown to earn or to cost, by the interval of the net."""
    sure = "earns" if net.low > 0.0 else "costs" if net.high < 0.0 else "unsure"
    low, high = (rounded(x) for x in (net.low, net.high))
    return capital(
        say.sentence(
            f"figure.ledger_{sure}", country=say.named("country", exporter), net=rounded(abs(net["mean"])),
            mean=rounded(net["mean"]), low=low, high=high, gains=float(net.gains),
        )
    )  # fmt: skip
