"""Negative control: a real loss of ore, with ample stocks and weak demand, must not make prices jump."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.ablation import without
from sim.history.replays import Job, bound, jobs_of, result_of
from sim.metrics import rolling
from sim.scenario.load import load

if TYPE_CHECKING:
    import pandas as pd

CONTROLS = ("ore_loss_ample_stock", "bayan_obo_outage")
"""The control, and the same loss for longer on a market that is not slack, which is reported but holds no bar."""
LARGEST_MOVE = 0.35
"""Share by which a price may move (source: the score card's own bar)."""
RECORDS = ("price_fob", "price_domestic")


def control_jobs(name: str, replicates: int, seed: int) -> list[Job]:
    """Runs with the loss and without, in pairs."""
    scenario = load(name)
    event = next(e.name for e in scenario.file.events if not e.background)
    numbers = range(replicates)
    return [*jobs_of(scenario, numbers, seed), *jobs_of(without(scenario, event), numbers, seed)]


def prices(job: Job) -> dict[str, Any]:
    """4-week means of the exporter's home and FOB prices of oxides, (replicate, week) by record and product."""
    scenario = bound(job)
    result = result_of(scenario, job, RECORDS)
    stage, found = result.manifest["stage"], {}
    for record in RECORDS:
        values, labels = result.array(record, country=result.manifest["exporter"])
        for n, label in enumerate(labels):
            if stage[label[0]] == "oxide":
                found[f"{record} {label[0]}"] = rolling(values[:, :, n], 4)
    return found


def moved(blocks: list[dict[str, Any]]) -> "pd.DataFrame":
    """Per price: the largest move against the paired run without the loss, median and 80 % band over replicates.

    The first half of ``blocks`` has the loss, the second half has not.
    """
    import pandas as pd

    half, rows = len(blocks) // 2, []
    for name in blocks[0]:
        with_loss, at_rest = (np.concatenate([b[name] for b in part]) for part in (blocks[:half], blocks[half:]))
        largest = np.abs(with_loss / at_rest - 1.0).max(axis=1)
        low, middle, high = np.quantile(largest, (0.1, 0.5, 0.9))
        rows.append({"price": name, "moved": middle, "low": low, "high": high})
    return pd.DataFrame(rows)
