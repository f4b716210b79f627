"""Ablation by facts: each event and mechanism off, one at a time; its share of the peaks and the facts it moves."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.ablation import without
from sim.events.event import Number
from sim.history.readers import TIE, read
from sim.history.replay import Replay
from sim.history.scores import judged
from sim.history.tables import Fact
from sim.scenario.load import Scenario
from sim.scenario.schema import ABLATIONS

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray[Any, np.dtype[Any]]
MOVES = 1.0
"""Tolerances by which a fact's error must change to count as moved (source: the score card's own definition)."""
SWITCHES: dict[str, dict[str, float]] = {
    "withheld permits": {"permit_withholding": 0.0},
    "dear stock": {"capital_power": 0.0},
    "withholding traders": {"withholding": 0.0},
    "supply response": {"supply_response": 0.0},
    "asks by stock": {"stock_power": 0.0},
    "asks of peers": {"peer_pull": 0.0},
    "pull to the normal ask": {"normal_pull": 0.0},
    "slow cuts of asks": {"slow_down": 1.0},
    "mislabelled cargo": {"mislabelled": 0.0, "miscoded": 0.0},
    "expansion": {"expansion_share_yr": 0.0},
}
"""Mechanisms that stand still at a value of one of the world's numbers."""
ADDED: dict[str, dict[str, float]] = {
    "with relocation": {"relocation_rate_yr": 0.05},
}
"""Mechanisms that moved no fact, so that a world leaves them out; tried with the numbers it would use (decision 8)."""
TURNED = SWITCHES | ADDED


def switched_off(scenario: Scenario, what: str) -> Scenario:
    """The scenario with an event or a mechanism off, or with one on that the world leaves out."""
    if what not in TURNED:
        return without(scenario, what)
    numbers = {k: Number(low=v, mode=v, high=v) for k, v in TURNED[what].items()}
    file = scenario.file.model_copy(update={"parameters": {**scenario.file.parameters, **numbers}})
    return replace(scenario, name=f"{scenario.name}-without-{what}", file=file)


def things_off(scenario: Scenario) -> list[str]:
    """Names of what can be switched: events, then mechanisms whose numbers the world has, then those it leaves out."""
    known = scenario.network().parameters
    return [
        *(e.name for e in scenario.file.events), *ABLATIONS, *(k for k, v in TURNED.items() if set(v) <= set(known)),
    ]  # fmt: skip


def ablation_table(as_it_is: Replay, off: dict[str, Replay], facts: list[Fact]) -> "pd.DataFrame":
    """One row per thing off: its share of each peak, how many facts it moves and which most, and whose verdicts it changes.

    A share is the paired fall of the peak over its rise above 1, median over replicates: 0 changes nothing, 1 is all of
    it, negative where the peak is higher without. A fact is moved by a tolerance or more; a verdict may turn on less. What does
    neither to any fact is not supported, and the world's default is the simpler variant (decision 11).
    """
    import pandas as pd

    rows = []
    before = judged(as_it_is, facts)
    order = next((f for f in facts if f.reader == "order_of_peaks"), None)
    for what, replay in off.items():
        row: dict[str, Any] = {"without": what}
        if order is not None:
            row |= {f"share of {s}": peak_share(as_it_is, replay, s, order) for s in order.series}
        pairs = [
            (b, a) for b, a in zip(before, judged(replay, facts), strict=True)
            if b.fact.is_scored and np.isfinite(a.error) and np.isfinite(b.error)
        ]  # fmt: skip
        changes = {b.fact.name: abs(a.error - b.error) for b, a in pairs}
        moved = [k for k, v in sorted(changes.items(), key=lambda x: -x[1]) if v >= MOVES]
        turned = [f"{b.fact.name} {b.call} to {a.call}" for b, a in pairs if a.call != b.call]
        row |= {"facts moved": len(moved), "moved most": ", ".join(moved[:5])}
        row |= {"verdicts changed": len(turned), "changed": ", ".join(turned[:3])}
        rows.append(row)
    return pd.DataFrame(rows)


def peak_share(as_it_is: Replay, replay: Replay, series: str, order: Fact) -> float:
    """Share of a peak over its base that goes when something is off; NaN where there is no peak."""
    one = peak_fact(order, series)
    there, gone = read(as_it_is, one), read(replay, one)
    if there is None or gone is None or float(np.median(there)) <= TIE:
        return float("nan")
    return float(np.median((there - gone) / np.maximum(there - 1.0, 1e-9)))


def peak_fact(order: Fact, series: str) -> Fact:
    """The peak of one of the series whose peaks are put in order."""
    return replace(order, series=(series,), against=(), reader="peak")
