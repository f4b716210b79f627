"""Negative control: a real loss of ore, with ample stocks and weak demand, must not make prices jump."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.ablation import without
from sim.history.replays import Job, bound, jobs_of, result_of
from sim.mechanisms.units import WEEKS_A_YEAR
from sim.metrics import rolling
from sim.scenario.load import load

if TYPE_CHECKING:
    import pandas as pd

CONTROLS = ("ore_loss_ample_stock", "bayan_obo_outage")
"""The control, and the same loss for longer on a market that is not slack, which is reported but holds no bar."""
LARGEST_MOVE = 0.35
"""Share by which a price may move (source: the score card's own bar)."""
PRICES = ("price_fob", "price_domestic")
ORE = "ore"
"""What a run mined, beside its prices; contained t a week."""


def control_jobs(name: str, replicates: int, seed: int) -> list[Job]:
    """Runs with the loss and without, in pairs."""
    scenario = load(name)
    event = next(e.name for e in scenario.file.events if not e.background)
    numbers = range(replicates)
    return [*jobs_of(scenario, numbers, seed), *jobs_of(without(scenario, event), numbers, seed)]


def paths_of(job: Job) -> dict[str, Any]:
    """4-week means of the exporter's home and FOB prices of oxides, by record and product, and ore mined; (replicate, week)."""
    scenario = bound(job)
    result = result_of(scenario, job, (*PRICES, "production"))
    stage, content = result.manifest["stage"], result.manifest["content"]
    values, labels = result.array("production")
    contained = [sum(content[p].values()) if stage[p] == "concentrate" else 0.0 for _, p in labels]
    found = {ORE: values @ np.array(contained)}
    for record in PRICES:
        values, labels = result.array(record, country=result.manifest["exporter"])
        for n, label in enumerate(labels):
            if stage[label[0]] == "oxide":
                found[f"{record} {label[0]}"] = rolling(values[:, :, n], 4)
    return found


def moved(blocks: list[dict[str, Any]]) -> "pd.DataFrame":
    """Per price: the largest move against the paired run without the loss, median and 80 % band over replicates.

    The first half of ``blocks`` has the loss, the second half has not. ``ore lost`` is how far the ore
    mined fell behind at most, contained t, before other mines or later weeks made up for it, and ``share of a year`` that over what
    the world mines in a year without the loss; medians, the same in every row.
    """
    import pandas as pd

    half = len(blocks) // 2
    both = {n: [np.concatenate([b[n] for b in part]) for part in (blocks[:half], blocks[half:])] for n in blocks[0]}
    with_loss, at_rest = both.pop(ORE)
    lost = np.cumsum(at_rest - with_loss, axis=1).max(axis=1)
    bite = {
        "ore lost": np.median(lost),
        "share of a year": np.median(lost / (WEEKS_A_YEAR * at_rest.mean(axis=1))),
    }
    rows = []
    for name, (with_loss, at_rest) in both.items():
        largest = np.abs(with_loss / at_rest - 1.0).max(axis=1)
        low, middle, high = np.quantile(largest, (0.1, 0.5, 0.9))
        rows.append({"price": name, "moved": middle, "low": low, "high": high, **bite})
    return pd.DataFrame(rows)
