"""Ablation by facts: each event and mechanism off, one at a time; its share of the peaks and the facts it moves."""

from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.ablation import without
from sim.history.readers import TIE, read
from sim.history.replay import Replay
from sim.history.scores import WORST, Verdict, judged
from sim.history.tables import Fact
from sim.scenario.calibrated import Span
from sim.scenario.load import Scenario
from sim.scenario.schema import ABLATIONS

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray[Any, np.dtype[Any]]
MOVES = 1.0
"""Tolerances by which a fact's error must change to count as moved (source: the score card's own definition)."""
SWITCHES: dict[str, dict[str, float]] = {
    "withheld permits": {"parameters.permit_withholding": 0.0},
    "dear stock": {"parameters.capital_power": 0.0},
    "own cover sold when dear": {"parameters.own_cover_power": 0.0},
    "cargo outside the quota": {"events.*.outside": 0.0},
    "saving by price": {"end_uses.*.elasticity": 0.0},
    "thrifting": {"end_uses.*.thrift_rate_yr": 0.0},
    "supply response": {"parameters.supply_response": 0.0},
    "surplus kept when dear": {"parameters.surplus_back_at": 1000.0},
    "prices remembered": {"parameters.remembers": 0.0},
    "asks by stock": {"parameters.stock_power": 0.0},
    "asks of peers": {"parameters.peer_pull": 0.0},
    "pull to the normal ask": {"parameters.normal_pull": 0.0},
    "slow cuts of asks": {"parameters.slow_down": 1.0},
}
"""Mechanisms that stand still at a value of numbers that a run draws; a path with ``*`` stands for all it matches."""
ADDED: dict[str, dict[str, float]] = {
    "with relocation": {"parameters.relocation_rate_yr": 0.05},
    "with withholding traders": {"parameters.withholding": 0.5},
    "with little room at the border": {"parameters.border_room_weeks": 5.0},
    "with mislabelled cargo": {"parameters.mislabelled": 0.08, "parameters.miscoded": 0.05},
    "with expansion": {"parameters.expansion_share_yr": 0.06},
}
"""Mechanisms that moved no fact when a world left them out; tried with the numbers it would use (decisions 12 and 13)."""
TURNED = SWITCHES | ADDED


def switched_off(scenario: Scenario, what: str, asked: dict[str, Span], runs: int) -> tuple[Scenario, dict[str, Array]]:
    """The scenario with an event or a mechanism off, or with one on that the world leaves out, and what its runs are given.

    ``asked`` holds the numbers that a run draws; those that the mechanism stands still at come back by path, one per run.
    """
    if what not in TURNED:
        return without(scenario, what), {}
    given = {p: np.full(runs, v) for pattern, v in TURNED[what].items() for p in asked if fnmatchcase(p, pattern)}
    return replace(scenario, name=f"{scenario.name}-without-{what}"), given


def things_off(scenario: Scenario, asked: dict[str, Span]) -> list[str]:
    """Names of what can be switched: events, then mechanisms, the last those whose numbers a run of the scenario draws."""
    drawn = [k for k, v in TURNED.items() if all(any(fnmatchcase(p, x) for p in asked) for x in v)]
    return [*(e.name for e in scenario.file.events), *ABLATIONS, *drawn]


def ablation_table(as_it_is: Replay, off: dict[str, Replay], facts: list[Fact]) -> "pd.DataFrame":
    """One row per thing off: its share of each peak, how many facts it moves and which most, and whose verdicts it changes.

    A share is the paired fall of the peak over its rise above 1, median over replicates: 0 changes nothing, 1 is all of
    it, negative where the peak is higher without. A fact is moved by a tolerance or more, on whichever side of a bound; a verdict may turn on less. ``worse by``
    is how much farther from the facts the model is without it: mean error in tolerances, each capped, over all that are scored.
    A mechanism that moves no fact by a tolerance is not supported, and the world's default is the simpler variant; what governments
    did and what happened to demand is no mechanism, and stays (decision 12).
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
            if b.fact.is_scored and np.isfinite(b.error)
        ]  # fmt: skip
        changes = {b.fact.name: _moved(b, a) for b, a in pairs}
        moved = [k for k, v in sorted(changes.items(), key=lambda x: -x[1]) if v >= MOVES]
        turned = [f"{b.fact.name} {b.call} to {a.call}" for b, a in pairs if a.call != b.call]
        row |= {"facts moved": len(moved), "moved most": ", ".join(moved[:5])}
        row |= {"verdicts changed": len(turned), "changed": ", ".join(turned[:3])}
        row["worse by"] = float(np.mean([a.away - b.away for b, a in pairs])) if pairs else np.nan
        rows.append(row)
    return pd.DataFrame(rows)


def _moved(before: Verdict, after: Verdict) -> float:
    """How far the median moved, in tolerances; as to the largest error that counts where a run no longer produces the thing."""
    away = before.fact.tolerance.away
    there = float(away(after.median)) if np.isfinite(after.median) else WORST
    return abs(there - float(away(before.median)))


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
