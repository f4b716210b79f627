"""Scores: verdicts, errors in units of the tolerance, coverage of bands, CRPS, skill against rivals."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.history.readers import read
from sim.history.replay import Replay
from sim.history.tables import SCORED, Fact

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray[Any, np.dtype[Any]]
NEAR = 2.0
"""Error in tolerances up to which a miss is near (source: the score card's own definition)."""
WORST = 5.0
"""Error in tolerances at which skill stops counting, so that no single fact decides."""
BAND = (0.1, 0.9)
"""Quantiles of the 80 % band."""
CALLS = ("pass", "near", "fail")


@dataclass(frozen=True)
class Verdict:
    """A fact's outcome.

    ``error`` is that of the median in tolerances, signed; ``inside`` whether the data lie in the 80 % band, None for bounds,
    counts and inputs; ``crps`` is in tolerances too.
    """

    fact: Fact
    median: float
    low: float
    high: float
    error: float
    call: str
    inside: bool | None
    crps: float

    @property
    def away(self) -> float:
        """Size of the error in tolerances, at most WORST, and that where the thing is not there."""
        return min(abs(self.error), WORST) if np.isfinite(self.error) else WORST


def judged(replay: Replay, facts: list[Fact]) -> list[Verdict]:
    """A verdict per fact, in their order; facts that the replay cannot produce get the call ``none``."""
    return [judge(fact, read(replay, fact)) for fact in facts]


def judge(fact: Fact, readings: Array | None) -> Verdict:
    """Hold readings (replicate,) against a fact."""
    if readings is None:
        unread = {"assumption": "input", "prediction": "prediction"}.get(fact.kind, "none")
        return Verdict(fact, np.nan, np.nan, np.nan, np.nan, unread, None, np.nan)
    seen = readings[np.isfinite(readings)]
    low, median, high = (float(q) for q in np.quantile(seen, (BAND[0], 0.5, BAND[1])))
    error = float(fact.tolerance.error(median)) + 0.0  # a bound that is kept is no minus nought
    call = _call(fact, abs(error))
    has_band = fact.is_scored and not fact.tolerance.side and fact.unit != "pairs"
    inside = low <= fact.value <= high if has_band else None
    return Verdict(fact, median, low, high, error, call, inside, crps(fact.tolerance.error(seen)))


def _call(fact: Fact, away: float) -> str:
    if fact.kind == "prediction":
        return "prediction"
    passes = away <= 1.0  # a bound that is overstepped is off by more than that
    if not fact.is_scored:
        return "fits" if passes else "differs"
    return CALLS[0 if passes else 1 if away <= NEAR else 2]


def crps(errors: Array) -> float:
    """Continuous ranked probability score of an ensemble of errors against nought; 0 is a certain, right forecast."""
    spread = np.abs(errors[:, np.newaxis] - errors[np.newaxis]).mean()
    return float(np.abs(errors).mean() - 0.5 * spread)


def frame(verdicts: list[Verdict]) -> "pd.DataFrame":
    """One row per fact, as the score card keeps it."""
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "fact": v.fact.fact, "point": v.fact.point, "family": v.fact.family, "class": v.fact.kind,
                "scenario": v.fact.scenario,
                "data": v.fact.value, "tolerance": v.fact.allowed, "unit": v.fact.unit, "model": v.median,
                "low": v.low, "high": v.high, "error": v.error, "verdict": v.call, "inside": v.inside,
                "crps": v.crps, "definition": v.fact.definition, "source": v.fact.source, "note": v.fact.note,
            }
            for v in verdicts
        ]
    )  # fmt: skip


def by_class(verdicts: list[Verdict]) -> "pd.DataFrame":
    """Per class: facts, shares passed and near, the same weighed by family, share in the band, CRPS, worst factor."""
    import pandas as pd

    rows = []
    for kind in SCORED:
        mine = [v for v in verdicts if v.fact.kind == kind and v.call in CALLS]
        if not mine:
            continue
        inside = [v.inside for v in mine if v.inside is not None]
        factors = [factor_off(v) for v in mine if v.fact.tolerance.scale == "log"]
        rows.append(
            {
                "class": kind, "facts": len(mine), "passed": _share(mine, "pass"),
                "passed or near": _share(mine, "pass", "near"), "passed by family": _by_family(mine, "pass"),
                "passed or near by family": _by_family(mine, "pass", "near"),
                "inside the band": float(np.mean(inside)) if inside else np.nan,
                "crps": float(np.mean([v.crps for v in mine])), "worst factor": max(factors, default=np.nan),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def factor_off(verdict: Verdict) -> float:
    """How many times too high or too low the median is against the data, at most 1,000."""
    ratio = max(verdict.median, 1e-3 * verdict.fact.value) / verdict.fact.value
    return max(ratio, 1.0 / ratio)


def _share(verdicts: list[Verdict], *calls: str) -> float:
    return float(np.mean([v.call in calls for v in verdicts]))


def _by_family(verdicts: list[Verdict], *calls: str) -> float:
    """Share with every family counting the same."""
    families = dict.fromkeys(v.fact.family for v in verdicts)
    return float(np.mean([_share([v for v in verdicts if v.fact.family == f], *calls) for f in families]))


def skill(model: list[Verdict], rivals: dict[str, list[Verdict]]) -> "pd.DataFrame":
    """Per family and rival: facts both produce, mean errors in tolerances, and 1 less their quotient (above 0 is better)."""
    import pandas as pd

    rows = []
    for name, verdicts in rivals.items():
        for family in dict.fromkeys(v.fact.family for v in model):
            pairs = [
                (m, r)
                for m, r in zip(model, verdicts, strict=True)
                if m.fact.family == family and m.call in CALLS and r.call in CALLS
            ]
            if not pairs:
                continue
            ours, theirs = (float(np.mean([p[k].away for p in pairs])) for k in (0, 1))
            rows.append(
                {"family": family, "rival": name, "facts": len(pairs), "model": ours, "rival's": theirs,
                 "skill": 1.0 - ours / max(theirs, 1e-9)}
            )  # fmt: skip
    return pd.DataFrame(rows)
