"""Writing: the card as tables, as a page of Markdown, and as figures."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.history.card import Card
from sim.history.drawing import draw_card

if TYPE_CHECKING:
    import pandas as pd

MARKS = {"pass": "pass", "near": "near", "fail": "**fail**", "none": "not produced", "differs": "**differs**"}


def write_card(card: Card, folder: Path, dpi: int = 72) -> list[Path]:
    """Write every table as CSV and Parquet, ``score_card.md`` and a figure per fact under ``figures/``."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, table in card.tables().items():
        made += [folder / f"{name}.csv", folder / f"{name}.parquet"]
        table.to_csv(made[-2], index=False, float_format="%.6g", lineterminator="\n")
        table.to_parquet(made[-1], index=False)
    figures = draw_card(card, folder / "figures", dpi)
    (folder / "score_card.md").write_text(page(card, [f"figures/{p.name}" for p in figures]), encoding="utf-8")
    return [*made, folder / "score_card.md", *figures]


def page(card: Card, figures: list[str]) -> str:
    """The card as one page."""
    m = card.made_of
    lines = [
        "# Score card", "",
        f"Made {date.today().isoformat()} by `ytterby history`: scenario {m['scenario']}, {m['replicates']} replicates, seed "
        f"{m['seed']}, version {m['version']}, code {m['code_hash']}, world {m['world_hash']}.", "",
        "Red or green as it comes: no tolerance was moved. An error counts in tolerances: within 1 passes, within 2 is near. "
        "Tolerances are those the facts give; where they give none, a factor of 1.5 for prices and monthly flows, 1.7 for the price "
        "of a permit, 1.25 for yearly flows, 7.5 points for shares. *Training* facts may be fitted to, *seen* ones shaped the model, *test* "
        "ones are kept apart. Assumptions (inputs, and the chain's structure) are read off where they can be, fit or differ, and score nothing; so do predictions.", "", "## Bars", "",
    ]  # fmt: skip
    met = {True: "met", False: "**not met**", None: "not judged"}
    lines += table_lines(["bar", "found", ""], [[b.name, b.found, met[b.met]] for b in card.bars])
    lines += ["", "## By class", "", *lines_of(card.classes)]
    lines += [
        "",
        "## Skill",
        "",
        "1 less the model's mean error over the rival's, in tolerances, each capped at 5; above 0 the model is better. Rivals know what was known at the end of 2009, and the quotas; the toy knows of the stop of 2010 and the campaign of 2011 too.",
        "",
        *lines_of(card.skill),
    ]
    if len(card.control):
        shown = card.control.sort_values(["scenario", "moved"], ascending=[True, False]).groupby("scenario").head(4)
        lines += [
            "",
            "## Negative control",
            "",
            "Largest move of a price against the paired run without the loss (4-week means), and how far the ore mined fell behind at most, contained t.",
            "",
            *lines_of(shown[["scenario", "ore lost", "share of a year", "price", "moved", "low", "high"]]),
        ]
    if len(card.variants):
        lines += ["", "## Scarce quota: two rules", "", *lines_of(card.variants)]
    if len(card.ablation):
        lines += [
            "",
            "## Ablation",
            "",
            "Share of each peak that goes without it, the facts whose error changes by a tolerance or more, and those whose verdict changes. Worse by: how much farther from all scored facts the model is without it, in tolerances. A mechanism that moves no fact by a tolerance is not supported; it is left out of the world once two cards with different accepted sets say so. What governments did, and what happened to demand, stays.",
            "",
            *lines_of(card.ablation),
        ]
    lines += ["", "## Facts", ""]
    rows = [
        [v.fact.fact, v.fact.point, v.fact.scenario, v.fact.family.replace("_", " "), v.fact.kind, f"{v.fact.value:g}", v.fact.allowed,
         v.fact.unit, _number(v.median), f"{_number(v.low)} to {_number(v.high)}", _number(v.error), MARKS.get(v.call, v.call)]
        for v in card.verdicts if v.fact.kind != "prediction"
    ]  # fmt: skip
    lines += table_lines(
        ["fact", "point", "read on", "family", "class", "data", "tolerance", "unit", "model", "80 % band", "error", "verdict"],
        rows,
    )
    said = [
        [v.fact.fact, v.fact.point, v.fact.scenario or m["scenario"], v.fact.unit, _number(v.median),
         f"{_number(v.low)} to {_number(v.high)}"]
        for v in card.verdicts if v.fact.kind == "prediction"
    ]  # fmt: skip
    if said:
        lines += ["", "## Predictions", "", "What the model says of what has not been looked up; it scores nothing.", ""]
        lines += table_lines(["fact", "point", "scenario", "unit", "model", "80 % band"], said)
    lines += ["", "What each is, and where it is from:", ""]
    told = dict.fromkeys((v.fact.fact, v.fact.definition, v.fact.source, v.fact.note) for v in card.verdicts)
    lines += [f"- {f}: {d} ({s})" + (f"; {n}" if n else "") for f, d, s, n in told]
    lines += ["", "## Figures", "", *[f"![{Path(f).stem}]({f})" for f in figures]]
    return "\n".join(lines) + "\n"


def lines_of(table: "pd.DataFrame") -> list[str]:
    return table_lines(list(table.columns), [[_cell(v) for v in row] for row in table.itertuples(index=False)])


def _cell(value: Any) -> str:
    if isinstance(value, (float, np.floating)):
        return _number(float(value))
    return str(value)


def _number(value: float) -> str:
    if not np.isfinite(value):
        return "-"
    if abs(value) >= 1e5:
        return f"{value:.1e}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def table_lines(head: list[str], rows: list[list[str]]) -> list[str]:
    escaped = [[c.replace("|", "/") for c in row] for row in rows]
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *(f"| {' | '.join(r)} |" for r in escaped)]
