"""Ablation: each event and mechanism off, one at a time, in paired worlds, to say which did what."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.intervals import mean_interval, resample
from sim.calendar import day_of
from sim.metrics import first_event, over_base, week_of
from sim.runner import enough, run
from sim.scenario.load import Scenario, load
from sim.scenario.schema import ABLATIONS

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray[Any, np.dtype[Any]]
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
    scenario.network()
    return replace(scenario, name=f"{scenario.name}-without-{what}", file=changed)


def ablate(
    source: Any, replicates: int = 8, seed: int = 0, progress: Callable[[str], None] | None = None
) -> "pd.DataFrame":
    """Run a scenario as it is and with each event and mechanism off; one row per thing off and measure.

    Columns: ``without``, ``measure``, ``median`` over replicates; ``difference``, the mean paired difference from the scenario
    as it is, with its 90 % interval ``low`` to ``high``; ``changed``, the share of replicates it changes. Measures: FOB peak
    over the mean of the year before the first event, per oxide; the target's lowest and highest month of imports from the
    exporter from that event on until two months after its end, over the month before; tonnes missing at makers; leaked tonnes; the highest rent.
    """
    import pandas as pd

    replicates = enough(replicates)
    scenario = load(source)
    pairs = resample(np.zeros(replicates), np.arange(replicates))
    frames = []
    as_it_is: dict[str, Array] = {}
    for what in ["", *(e.name for e in scenario.file.events), *ABLATIONS]:
        if progress is not None:
            progress(what or "as it is")
        variant = without(scenario, what) if what else scenario
        found = measured(run(variant, replicates=replicates, seed=seed, records=RECORDS), scenario)
        as_it_is = as_it_is or found
        change = np.stack([found[m] - as_it_is[m] for m in found], axis=1)
        difference, low, high = mean_interval(change, pairs)
        frames.append(
            pd.DataFrame(
                {"without": what or "nothing", "measure": list(found), "median": [np.median(v) for v in found.values()],
                 "difference": difference, "low": low, "high": high, "changed": (change != 0.0).mean(axis=0)}
            )
        )  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def measured(result: Any, scenario: Scenario) -> dict[str, Array]:
    """What an ablation looks at, per replicate."""
    day = first_event(result)
    week = week_of(result, day) if day is not None else 26
    exporter, stage = result.manifest["exporter"], result.manifest["stage"]
    fob, labels = result.array("price_fob", country=exporter)
    peak = over_base(result, fob)
    found = {f"peak {p}": peak[:, n] for n, (p, _) in enumerate(labels) if stage[p] == "oxide"}
    aimed = next((e for e in scenario.file.events if e.selection.buyer_country), None)
    if aimed is not None:
        target = aimed.selection.buyer_country[0]
        values, _ = result.array("imports", seller=exporter, buyer=target)
        months = np.einsum("rw,wm->rm", values.astype(np.float64).sum(2), result.periods("ME")[1])
        per_month = len(result.periods("ME")[0]) / result.manifest["weeks"]
        at = max(int(per_month * week), 1)
        # the rebound stands in the months after the event's end; later highs have causes of their own
        last = int(per_month * week_of(result, day_of(aimed.end))) + 3 if aimed.end else at + 9
        after = months[:, at : max(last, at + 2)] / np.maximum(months[:, at - 1 : at], 1e-9)
        found[f"lowest month {target}"], found[f"highest month {target}"] = after.min(1), after.max(1)
    for name, record in (("missing t", "missing_gross"), ("leaked t", "leaked")):
        found[name] = result.array(record)[0].astype(np.float64).sum((1, 2))
    found["highest rent"] = result.array("rent")[0].astype(np.float64).max((1, 2))
    return found
