"""Ablation: each event and mechanism off, one at a time, in paired worlds, to say which did what."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.metrics import base_weeks, first_event, rolling, week_of
from sim.runner import run
from sim.scenario.load import Scenario, load
from sim.scenario.schema import ABLATIONS

if TYPE_CHECKING:
    import pandas as pd

RECORDS = ("price_fob", "imports", "missing_gross", "leaked", "rent")


def without(scenario: Scenario, what: str) -> Scenario:
    """The scenario with one event at intensity 0, or one mechanism switched off; every row stays where it was."""
    file = scenario.file
    if what in ABLATIONS:
        changed = file.model_copy(update={"without": [*file.without, what]})
    else:
        nothing = type(file.events[0].intensity)(low=0, mode=0, high=0)
        events = [e.model_copy(update={"intensity": nothing}) if e.name == what else e for e in file.events]
        changed = file.model_copy(update={"events": events})
    return Scenario(f"{scenario.name}-without-{what}", changed, scenario.path, scenario.lines, scenario.network())


def ablate(
    source: Any, replicates: int = 8, seed: int = 0, progress: Callable[[str], None] | None = None
) -> "pd.DataFrame":
    """Run a scenario as it is and with each event and mechanism off; one row each, medians over paired replicates.

    Columns: FOB peak over the mean of the year before the first event, per oxide; the target's lowest and highest month of
    imports from the exporter from that event on, over the month before; tonnes missing at makers; leaked tonnes; the
    highest rent.
    """
    import pandas as pd

    scenario = load(source)
    rows = []
    for what in ["", *(e.name for e in scenario.file.events), *ABLATIONS]:
        if progress is not None:
            progress(what or "as it is")
        variant = without(scenario, what) if what else scenario
        result = run(variant, replicates=replicates, seed=seed, records=RECORDS)
        rows.append({"without": what or "nothing", **_row(result, scenario)})
    return pd.DataFrame(rows)


def _row(result: Any, scenario: Scenario) -> dict[str, float]:
    day = first_event(result)
    week = week_of(result, day) if day is not None else 26
    exporter = result.manifest["exporter"]
    stage = result.manifest["stage"]
    found: dict[str, float] = {}
    fob, labels = result.array("price_fob", country=exporter)
    base = fob[:, base_weeks(result)].astype(np.float64).mean(1)
    peak = rolling(fob, 4).max(1) / base
    for n, (product, _) in enumerate(labels):
        if stage[product] == "oxide":
            found[f"peak {product}"] = float(np.median(peak[:, n]))
    target = next((e.selection.buyer_country[0] for e in scenario.file.events if e.selection.buyer_country), None)
    if target is not None:
        values, _ = result.array("imports", seller=exporter, buyer=target)
        months = np.einsum("rw,wm->rm", values.astype(np.float64).sum(2), result.periods("ME")[1])
        at = len(result.periods("ME")[0]) * week // result.manifest["weeks"]
        after = months[:, at : at + 9] / np.maximum(months[:, at - 1 : at], 1e-9)
        found[f"lowest month {target}"] = float(np.median(after.min(1)))
        found[f"highest month {target}"] = float(np.median(after.max(1)))
    missing, _ = result.array("missing_gross")
    found["missing t"] = float(np.median(missing.astype(np.float64).sum((1, 2))))
    leaked, _ = result.array("leaked")
    found["leaked t"] = float(np.median(leaked.astype(np.float64).sum((1, 2))))
    rent, _ = result.array("rent")
    found["highest rent"] = float(np.median(rent.max((1, 2))))
    return found
