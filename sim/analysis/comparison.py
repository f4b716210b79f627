"""Comparison: what an event did, what each answer changes, what it costs, which is best, and how sure that is."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.differences import difference_frames, ledger_rows, recovery_rows
from sim.analysis.pairs import Pairs, pairs_of_runs, pairs_of_study
from sim.analysis.race import (
    cost_per_tonne_rows,
    expected_cost_rows,
    front_rows,
    race_rows,
    rate_rows,
    regret_rows,
)
from sim.analysis.ranking import flip_rows, stability_rows
from sim.analysis.valued import Valued, framed
from sim.result import Result, open_result
from sim.store import ResultError
from sim.study_result import StudyResult, holds_study

if TYPE_CHECKING:
    import pandas as pd

TABLES = (
    "differences", "race", "rates", "regret", "cost_per_tonne", "expected_cost", "pareto", "stability", "flips", "recovery",
    "ledger",
)  # fmt: skip


def compare(*sources: Any) -> "Comparison":
    """Compare the worlds of a study, or runs of one scenario under several policies.

    Parameters
    ----------
    sources : folders, StudyResults or Results

    Raises
    ------
    ResultError
        When they are not of the same worlds.
    """
    opened = [s if isinstance(s, (StudyResult, Result)) else _open(s) for s in sources]
    studies = [r for r in opened if isinstance(r, StudyResult)]
    runs = [r for r in opened if isinstance(r, Result)]
    if studies and runs:
        raise ResultError("studies and single runs cannot be compared with each other; give the one or the other")
    if runs:
        return Comparison([Valued(p, {}) for p in pairs_of_runs(runs)])
    valued = [Valued(p, s.manifest["file"], s.draws()) for s in studies for p in pairs_of_study(s)]
    names = [v.scenario for v in valued]
    for n, name in enumerate(names):
        if name in names[:n]:
            raise ResultError(f"scenario {name!r} stands in two of the studies; give studies of different scenarios")
    return Comparison(valued)


def _open(source: str | Path) -> StudyResult | Result:
    from sim.folder import Folder

    folder = Folder(source)
    if not folder.exists("manifest.json"):
        if not folder.exists("plan.json"):
            raise ResultError(f"{source}: no result there; give the folder of a study or of a run")
        return StudyResult(source)
    return StudyResult(source) if holds_study(folder) else open_result(Path(source))


class Comparison:
    """Tables of a comparison, each a data frame; ``tables()`` gives them all by name.

    Parameters
    ----------
    valued : one per scenario, each with its own study's terms and draws
    """

    def __init__(self, valued: list[Valued]) -> None:
        self.valued = valued
        self.pairs: list[Pairs] = [v.pairs for v in valued]

    def __repr__(self) -> str:
        told = "; ".join(f"{p.scenario}: {', '.join(p.policies) or 'no answers'}" for p in self.pairs)
        return f"<Comparison {told}>"

    def _repr_html_(self) -> str:
        return self.race.to_html(index=False)

    def tables(self) -> dict[str, "pd.DataFrame"]:
        """Every table by name; those without rows are left out."""
        found = {name: getattr(self, name) for name in TABLES}
        return {name: table for name, table in found.items() if len(table)}

    @property
    def is_valued(self) -> bool:
        """Whether the study says what a week of line stop is worth."""
        return any(v.is_valued for v in self.valued)

    def _each(self, rows: Callable[[Valued], list[dict[str, Any]]]) -> "pd.DataFrame":
        return framed([row for v in self.valued for row in rows(v)])

    @cached_property
    def differences(self) -> "pd.DataFrame":
        """Paired differences of every metric: b1 less b0 for the event, p less b1 for each answer.

        Columns: means and medians with 90 % intervals, the mean without, share of worlds in which it helps and in which
        it changes nothing, pairs, and replicates needed for the study's precision.
        """
        import pandas as pd

        frames = [frame for v in self.valued for frame in difference_frames(v)]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()

    @cached_property
    def race(self) -> "pd.DataFrame":
        """One row per scenario and answer: cost, line stops, shortage, loss, each over doing nothing with its interval."""
        return self._each(race_rows)

    @cached_property
    def rates(self) -> "pd.DataFrame":
        """Net cost of each answer at 0, 3 and 7 % a year, and its rank at each."""
        return self._each(rate_rows)

    @cached_property
    def regret(self) -> "pd.DataFrame":
        """Mean and worst regret of each answer within its budget class."""
        return self._each(regret_rows)

    @cached_property
    def cost_per_tonne(self) -> "pd.DataFrame":
        """Public cost per tonne of shortage averted at home, per element, and what was shifted to others."""
        return self._each(cost_per_tonne_rows)

    @cached_property
    def expected_cost(self) -> "pd.DataFrame":
        """Cost per tonne averted where the event comes only with the probability the study gives."""
        return self._each(expected_cost_rows)

    @cached_property
    def pareto(self) -> "pd.DataFrame":
        """Mean cost against mean line-stop weeks, and whether no other answer is better in both."""
        return self._each(front_rows)

    @cached_property
    def stability(self) -> "pd.DataFrame":
        """Rank of each answer by mean loss, and its ranks in random halves of the replicates."""
        return self._each(stability_rows)

    @cached_property
    def flips(self) -> "pd.DataFrame":
        """Draws in which another answer than the overall first is best."""
        return self._each(flip_rows)

    @cached_property
    def recovery(self) -> "pd.DataFrame":
        """Kaplan-Meier medians of the time to recovery, the share that fell short and the share cut off by the horizon."""
        return self._each(recovery_rows)

    @cached_property
    def ledger(self) -> "pd.DataFrame":
        """The embargoer's ledger against b0: mean, 90 % interval, median, and the share of worlds of each sign."""
        return self._each(ledger_rows)
