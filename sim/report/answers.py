"""Answers: the best of a study for one scenario, what they cost, who else is hurt, and what would change their order."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.comparison import Comparison
from sim.analysis.valued import Valued

if TYPE_CHECKING:
    import pandas as pd

HARMED_BY = ("line_stop_weeks", "shortage_value_musd")
"""Measures by which others are shown to be hurt."""


@dataclass(frozen=True)
class Estimate:
    """A mean paired difference with its 90 % interval."""

    mean: float
    low: float
    high: float

    @property
    def is_shown(self) -> bool:
        """Whether the interval leaves out nought."""
        return self.low > 0.0 or self.high < 0.0


@dataclass(frozen=True)
class Hurt:
    """A country that an answer leaves worse off than doing nothing, by one measure, and is shown to."""

    country: str
    metric: str
    change: Estimate


@dataclass(frozen=True)
class Answer:
    """One answer over doing nothing: net cost and what is lost in all, million USD; line-stop weeks; how sure its rank is.

    ``pays_from`` is the least chance of the event at which its expected loss is under that of doing nothing; None if at none.
    """

    name: str
    cost: Estimate
    stops: Estimate
    loss: Estimate
    helps: float
    hurt: tuple[Hurt, ...]
    rank: int
    rank_low: int
    rank_high: int
    first_in: float
    pays_from: float | None


@dataclass(frozen=True)
class Ranking:
    """Answers of one scenario, best first, with what they are ranked by and what would rank them otherwise."""

    answers: list[Answer]
    pairs: int
    is_valued: bool
    first_by: dict[str, str]
    first_at: dict[float, str]
    draws: int
    flips: int
    flips_to: str

    @property
    def best(self) -> list[Answer]:
        """The first three that do better than doing nothing."""
        return [a for a in self.answers if a.loss.mean < 0.0][:3]


def ranking(found: Comparison, scenario: str) -> Ranking | None:
    """Rank the answers of a scenario by what they cost and leave lost; None where no answers were compared."""
    valued = next(v for v in found.valued if v.scenario == scenario)
    pairs = valued.pairs
    if not pairs.policies:
        return None
    race = _of(found.race, scenario)
    ranks = {str(r["policy"]): r for r in _records(_of(found.stability, scenario))}
    answers = []
    for n, row in enumerate(_records(race.sort_values("loss", kind="stable")), 1):
        cost, stops, loss = (_estimate(row, c) for c in ("cost_musd", "line_stop_weeks", "loss"))
        name = str(row["policy"])
        known = ranks.get(name, {"rank_low": n, "rank_high": n, "first_in": np.nan})
        answers.append(
            Answer(
                name, cost, stops, loss, row["helps"], _hurt(found, valued, name), n, known["rank_low"],
                known["rank_high"], known["first_in"], _pays_from(loss.mean, row["peace_musd"]),
            )
        )  # fmt: skip
    first_by = {
        c: str(race.sort_values(c, kind="stable")["policy"].iloc[0]) for c in ("line_stop_weeks", "shortage_musd")
    }
    rated = sorted(_records(_of(found.rates, scenario)), key=lambda r: -int(r["rank"]))
    first_at = {float(r["discount_percent_yr"]): str(r["policy"]) for r in rated if r["policy"] != "none"}
    flips = _of(found.flips, scenario)
    to = str(flips.best_here.mode().iloc[0]) if len(flips) else ""
    draws = len(np.unique(pairs.draws))
    return Ranking(answers, len(pairs.draws), valued.is_valued, first_by, first_at, draws, len(flips), to)


def _of(table: "pd.DataFrame", scenario: str) -> "pd.DataFrame":
    """A table's rows of one scenario; an empty table has no columns."""
    return table[table.scenario == scenario] if len(table) else table


def _records(table: "pd.DataFrame") -> list[dict[str, Any]]:
    """Rows as mappings from column to value."""
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def _estimate(row: dict[str, Any], column: str) -> Estimate:
    return Estimate(*(float(row[f"{column}{end}"]) for end in ("", "_low", "_high")))


def _hurt(found: Comparison, valued: Valued, policy: str) -> tuple[Hurt, ...]:
    """Countries other than those that own the answer, or that the study is for, shown to be worse off; worst first."""
    table = found.differences
    rows = table[(table.scenario == valued.scenario) & (table.of == policy) & table.metric.isin(HARMED_BY) & (table.low > 0.0)]
    home = {*valued.pairs.owners.get(policy, []), *(valued.countries or [])}
    hurt = [
        Hurt(str(r["label"]), str(r["metric"]), Estimate(r["mean"], r["low"], r["high"]))
        for r in _records(rows.sort_values("mean", ascending=False)) if "." not in r["label"] and r["label"] not in home
    ]  # fmt: skip
    countries = dict.fromkeys(h.country for h in hurt)
    return tuple(next(h for h in hurt if h.country == c) for c in countries)


def _pays_from(loss: float, peace: float) -> float | None:
    """Chance of the event at which gain with it and cost without it weigh the same."""
    if not np.isfinite(peace) or loss >= 0.0:
        return None
    return max(float(peace), 0.0) / (max(float(peace), 0.0) - loss)
