"""Outcome: a study in one table, a row per answer: lines stopped, shortage, the dearest price, who else is hurt, what it costs."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.pairs import pairs_of_study
from sim.study_result import StudyResult

if TYPE_CHECKING:
    import pandas as pd

HURT = 0.05
"""Line-stop weeks over the background from which a country counts as hurt."""


def outcome(study: StudyResult) -> "pd.DataFrame":
    """One row per scenario and answer, doing nothing first; means over paired worlds, less the background.

    Columns: ``scenario``, ``policy``; ``line_stop_weeks``, ``shortage_musd`` and ``public_cost_musd`` of the countries whose losses
    the study counts; ``peak_product`` and ``peak``, the oxide, metal or magnet whose FOB rises most where nothing is done, and its peak
    over the year before; ``hurt``, the other countries whose lines stop for it, most first, and ``hurt_weeks``, theirs together.
    """
    import pandas as pd

    rows = []
    for pairs in pairs_of_study(study):
        base, alone = pairs.of("b0"), pairs.of("b1")
        counted = study.manifest["file"]["countries"] or [c for c in _countries(alone) if c != pairs.exporter]
        dearest = _dearest(alone)
        for policy in ("none", *pairs.policies):
            row = _row(pairs.of("p", policy), base, counted, dearest, pairs.exporter)
            rows.append({"scenario": pairs.scenario, "policy": policy, **row})
    return pd.DataFrame(rows)


def _row(table: Any, base: Any, counted: list[str], dearest: str, exporter: str) -> dict[str, Any]:
    stopped = {c: _net(table, base, f"line_stop_weeks.{c}") for c in _countries(table)}
    others = {c: v for c, v in stopped.items() if c not in counted and c != exporter and v > HURT}
    peak = table[f"peak_over_base.{dearest}"].to_numpy(dtype=np.float64)
    return {
        "line_stop_weeks": sum(stopped[c] for c in counted if c in stopped),
        "shortage_musd": sum(_net(table, base, f"shortage_value_musd.{c}") for c in counted),
        "peak_product": dearest,
        "peak": float(np.nanmean(peak)),
        "hurt": ", ".join(sorted(others, key=lambda c: -others[c])),
        "hurt_weeks": sum(others.values()),
        "public_cost_musd": sum(_net(table, base, f"public_cost_musd.{c}") for c in _countries(table, "public_cost_musd")),
    }


def _countries(table: Any, metric: str = "line_stop_weeks") -> list[str]:
    labels = [c.removeprefix(f"{metric}.") for c in table.columns if c.startswith(f"{metric}.")]
    return [x for x in labels if "." not in x]


def _net(table: Any, base: Any, column: str) -> float:
    """Mean paired difference from the background; 0 where no run has the column."""
    if column not in table.columns:
        return 0.0
    gap = table[column] - base[column].reindex(table.index)
    return float(gap.mean())


def _dearest(table: Any) -> str:
    peaks = table[[c for c in table.columns if c.startswith("peak_over_base.")]].mean()
    return str(peaks.idxmax()).removeprefix("peak_over_base.")
