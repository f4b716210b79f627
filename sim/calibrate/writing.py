"""Writing: a calibration as tables, a page of Markdown and figures."""

from pathlib import Path

from sim.calibrate.calibration import ACCEPTED, AGAIN, MORE, Calibration, judged_by_most
from sim.calibrate.drawing import draw_calibration
from sim.history.writing import lines_of
from sim.scenario.calibrated import TABLE

HELD = 10
"""Sets named on the page; the table holds all."""


def write_calibration(found: Calibration, folder: Path) -> list[Path]:
    """Write every table as CSV, the accepted sets under the name a world keeps them by; ``calibration.md``; figures."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, table in found.tables().items():
        made.append(folder / (TABLE if name == "calibrated" else f"{name}.csv"))
        table.to_csv(made[-1], index=False, float_format="%.6g", lineterminator="\n")
    figures = draw_calibration(found, folder) if found.made_of["steps"] else []
    made.append(folder / "calibration.md")
    made[-1].write_text(page(found, [p.name for p in figures]), encoding="utf-8")
    return [*made, *figures]


def page(found: Calibration, figures: list[str]) -> str:
    """The calibration as one page."""
    m, table = found.made_of, found.draws
    again = judged_by_most(table)
    inside = table[table["draw"].isin(found.accepted["draw"])]
    spans = [
        f"- `{f.name}`, prior {f.low:g} to {f.high:g}: accepted {found.accepted[f.name].min():.3g} to "
        f"{found.accepted[f.name].max():.3g}, middle {found.accepted[f.name].median():.3g}"
        for f in found.fitted
    ]
    lines = [
        "# Calibration", "",
        f"Made by `ytterby calibrate --draws {m['draws']} --replicates {m['replicates']} --seed {m['seed']}`: scenario "
        f"{m['scenario']}, version {m['version']}, code {m['code_hash']}, begun in world {m['world_hash']}, whose own accepted sets it does not read.", "",
        f"{m['draws']} Sobol draws of {len(found.fitted)} numbers, {m['replicates']} random worlds each, everything else at prior draws; the "
        f"nearest {AGAIN:.0%} to the training facts were judged again, by {MORE} worlds more, and of those {len(found.accepted)}, {ACCEPTED:.0%} of all, "
        "are accepted, as they are; the worlds that chose them count among the ten, so a little luck stays. Seen and test facts did not count. Distance: mean error in tolerances, capped at 5, every family counting the same.", "",
        f"Training facts that pass, every family counting the same: best of those judged again {again['passed training'].max():.0%}, middle of the accepted "
        f"{inside['passed training'].median():.0%}, of all draws {table['passed training'].median():.0%}. Of test facts: accepted "
        f"{inside['passed test'].median():.0%}, all {table['passed test'].median():.0%}.", "", "## Modes", "",
        *lines_of(found.modes), "", "## What each number moves", "",
        "Training facts moved by more than a tolerance over its range, all else the same. A number that moves none is to be taken out.", "",
        *lines_of(found.moves), "", "## Accepted ranges", "", *spans, "", f"## The nearest {HELD}", "",
        *lines_of(found.accepted.head(HELD)), "", *[f"![{f}]({f})" for f in figures],
    ]  # fmt: skip
    return "\n".join(lines) + "\n"
