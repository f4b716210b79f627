"""Comparison: what an event did, what each answer changes, what it costs, which is best, and how sure that is."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.intervals import (
    Resamples,
    mean_interval,
    median_interval,
    ratio_interval,
    replicates_needed,
    resample,
    survival_median,
)
from sim.analysis.ledger import ENTRIES
from sim.analysis.pairs import Pairs, pairs_of_runs, pairs_of_study
from sim.metrics import METRICS
from sim.paired import PAIRED
from sim.result import Result, open_result
from sim.store import ResultError
from sim.study_result import StudyResult

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray[Any, np.dtype[Any]]
HALVES = 400
"""Random halves of the pairs in which the ranking is looked at."""
NO_EFFECT = "no effect shown"
TABLES = (
    "differences", "race", "regret", "cost_per_tonne", "expected_cost", "pareto", "stability", "flips", "recovery", "ledger",
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
        return Comparison(pairs_of_runs(runs), {}, None)
    pairs = [p for s in studies for p in pairs_of_study(s)]
    names = [p.scenario for p in pairs]
    for n, name in enumerate(names):
        if name in names[:n]:
            raise ResultError(f"scenario {name!r} stands in two of the studies; give studies of different scenarios")
    first = studies[0]
    return Comparison(pairs, first.manifest["file"], first.draws())


def _open(source: str | Path) -> StudyResult | Result:
    import json

    from sim.folder import Folder

    folder = Folder(source)
    if folder.exists("manifest.json") and json.loads(folder.read("manifest.json")).get("kind") != "study":
        return open_result(Path(source))
    return StudyResult(source)


class Comparison:
    """Tables of a comparison, each a data frame; ``tables()`` gives them all by name.

    Parameters
    ----------
    pairs : one per scenario
    terms : the study file's valuation: value added, budget classes, precision, countries, metrics
    varied : the varied numbers by draw, where a study varies any
    """

    def __init__(self, pairs: list[Pairs], terms: dict[str, Any], varied: "pd.DataFrame | None") -> None:
        self.pairs, self.terms, self.varied = pairs, terms, varied
        self.countries: list[str] | None = terms.get("countries") or None
        self.is_valued = bool(terms.get("value_added_musd_per_week"))
        self._resamples = {p.scenario: resample(p.draws, p.replicates) for p in pairs}

    def __repr__(self) -> str:
        told = "; ".join(f"{p.scenario}: {', '.join(p.policies) or 'no answers'}" for p in self.pairs)
        return f"<Comparison {told}>"

    def _repr_html_(self) -> str:
        return self.race.to_html(index=False)

    def tables(self) -> dict[str, "pd.DataFrame"]:
        """Every table by name; those without rows are left out."""
        found = {name: getattr(self, name) for name in TABLES}
        return {name: table for name, table in found.items() if len(table)}

    # differences -------------------------------------------------------------------------------------------------------

    @cached_property
    def differences(self) -> "pd.DataFrame":
        """Paired differences of every metric: b1 less b0 for the event, p less b1 for each answer.

        Columns: means and medians with 90 % intervals, the mean without, share of worlds in which it helps and in which
        it changes nothing, pairs, and replicates needed for the study's precision.
        """
        import pandas as pd

        frames = []
        for pairs in self.pairs:
            if ("b0", "none") in pairs.worlds:
                frames.append(self._difference(pairs, "event", pairs.of("b1"), pairs.of("b0")))
            for policy in pairs.policies:
                frames.append(self._difference(pairs, policy, pairs.of("p", policy), pairs.of("b1")))
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()

    def _difference(self, pairs: Pairs, of: str, there: "pd.DataFrame", without: "pd.DataFrame") -> "pd.DataFrame":
        import pandas as pd

        wanted = self.terms.get("metrics") or [*METRICS, *PAIRED]
        columns = [c for c in pairs.columns if c.split(".")[0] in wanted]
        after, before = (_at_horizon(f[columns].to_numpy(dtype=np.float64), pairs.weeks) for f in (there, without))
        change = after - before
        known = np.isfinite(change)
        keep = known.any(axis=0)
        columns = [c for c, k in zip(columns, keep, strict=True) if k]
        change, before, known = change[:, keep], before[:, keep], known[:, keep]
        sign = np.array([_better(c) for c in columns])
        mean, low, high = mean_interval(change, self._resamples[pairs.scenario])
        median, median_low, median_high = median_interval(change)
        count = known.sum(axis=0)
        return pd.DataFrame(
            {
                "scenario": pairs.scenario, "of": of, "metric": [c.split(".", 1)[0] for c in columns],
                "label": [c.split(".", 1)[1] for c in columns], "without": np.nanmean(np.where(known, before, np.nan), axis=0),
                "mean": mean, "low": low, "high": high,
                "median": median, "median_low": median_low, "median_high": median_high,
                "helps": ((change * sign > 0.0) & known).sum(axis=0) / count,
                "no_change": ((change == 0.0) & known).sum(axis=0) / count,
                "pairs": count,
                "replicates_needed": replicates_needed(change, self.terms.get("precision_percent", 10.0) / 100.0)
                if len(change) > 1 else np.nan,
            }
        )  # fmt: skip

    # the race ------------------------------------------------------------------------------------------------------------

    def _answers(self, pairs: Pairs) -> list[str]:
        return ["none", *pairs.policies]

    def _loss(self, pairs: Pairs, policy: str) -> Array:
        """Net public cost and value added lost, million USD per world; what regret and ranks go by."""
        cost = pairs.total("public_cost_musd", self.countries, "p", policy)
        if self.is_valued:
            return cost + pairs.total("line_stop_value_musd", self.countries, "p", policy)
        return pairs.total("line_stop_weeks", self.countries, "p", policy)

    def _losses(self, pairs: Pairs) -> Array:
        """Loss by world and answer (pair, answer)."""
        return np.stack([self._loss(pairs, a) for a in self._answers(pairs)], axis=1)

    def _cost(self, pairs: Pairs, policy: str, world: str = "p") -> Array:
        """Net public cost over doing nothing, million USD per world."""
        return pairs.total("public_cost_musd", None, world, policy) - pairs.total(
            "public_cost_musd", None, world, "none"
        )

    def budget_class(self, pairs: Pairs, policy: str) -> str:
        """The budget class of an answer, by its mean gross cost over doing nothing."""
        gross = [pairs.total("public_gross_musd", None, "p", p) for p in (policy, "none")]
        mean = float(np.nanmean(gross[0] - gross[1])) if len(gross[0]) else 0.0
        bounds = self.terms.get("budget_classes_musd") or []
        below = next((b for b in bounds if mean <= b), None)
        return "any" if not bounds else f"up to {below:g}" if below is not None else f"over {bounds[-1]:g}"

    @cached_property
    def race(self) -> "pd.DataFrame":
        """One row per scenario and answer: cost, line stops, shortage, each over doing nothing with its 90 % interval.

        Cost is net; beside it stand means of gross cost, of the most laid out at any time, and of the net cost in peace.
        """
        import pandas as pd

        rows = []
        for pairs in self.pairs:
            resamples = self._resamples[pairs.scenario]
            for policy in pairs.policies:
                row: dict[str, Any] = {
                    "scenario": pairs.scenario, "policy": policy, "budget_class": self.budget_class(pairs, policy),
                }  # fmt: skip
                stops, short = (
                    pairs.total(m, self.countries, "p", policy) - pairs.total(m, self.countries, "p", "none")
                    for m in ("line_stop_weeks", "shortage_value_musd")
                )
                for name, values in (
                    ("cost_musd", self._cost(pairs, policy)),
                    ("line_stop_weeks", stops),
                    ("shortage_musd", short),
                    ("loss", self._loss(pairs, policy) - self._loss(pairs, "none")),
                ):
                    mean, low, high = (float(v[0]) for v in mean_interval(values[:, np.newaxis], resamples))
                    row |= {name: mean, f"{name}_low": low, f"{name}_high": high}
                for name, metric in (("gross_musd", "public_gross_musd"), ("peak_musd", "public_peak_musd")):
                    both = [pairs.total(metric, None, "p", p) for p in (policy, "none")]
                    row[name] = float(np.nanmean(both[0] - both[1]))
                row["peace_musd"] = float(np.nanmean(self._cost(pairs, policy, "p0"))) if pairs.has_peace else np.nan
                row["helps"] = float(np.nanmean(stops < 0.0))
                row["no_change"] = float(np.nanmean(stops == 0.0))
                rows.append(row)
        return pd.DataFrame(rows)

    @cached_property
    def regret(self) -> "pd.DataFrame":
        """Mean and worst regret of each answer within its budget class; doing nothing is in every class.

        Only where the study says what a week of line stop is worth.
        """
        import pandas as pd

        rows = []
        for pairs in self.pairs if self.is_valued else []:
            names, losses = self._answers(pairs), self._losses(pairs)
            classes = [self.budget_class(pairs, n) for n in names]
            for group in dict.fromkeys(classes[1:] or ["any"]):
                members = [n for n in range(len(names)) if n == 0 or classes[n] == group]
                best = np.nanmin(losses[:, members], axis=1, keepdims=True)
                regret = losses[:, members] - best
                mean, low, high = mean_interval(regret, self._resamples[pairs.scenario])
                for k, n in enumerate(members):
                    rows.append(
                        {"scenario": pairs.scenario, "budget_class": group, "policy": names[n], "mean_musd": mean[k],
                         "low": low[k], "high": high[k], "worst_musd": float(np.nanmax(regret[:, k])),
                         "best_in": float(np.mean(regret[:, k] == 0.0))}
                    )  # fmt: skip
        return pd.DataFrame(rows)

    # cost ------------------------------------------------------------------------------------------------------------------

    def _averted(self, pairs: Pairs, policy: str, element: str) -> tuple[Array, Array]:
        """Shortage averted at home, and shifted to others, t per world; home is the countries that own the answer."""
        home = pairs.owners.get(policy) or self.countries
        own = pairs.total("shortage_tonnes", home, "p", "none", f"{element}.") - pairs.total(
            "shortage_tonnes", home, "p", policy, f"{element}."
        )
        change = [pairs.of("p", p)[f"shortage_tonnes.{element}"].to_numpy(dtype=np.float64) for p in ("none", policy)]
        return own, change[1] - change[0] + own

    def _elements(self, pairs: Pairs) -> list[str]:
        start = "shortage_tonnes."
        return [c.removeprefix(start) for c in pairs.columns if c.startswith(start) and c.count(".") == 1]

    @cached_property
    def cost_per_tonne(self) -> "pd.DataFrame":
        """Public cost per tonne of shortage averted at home, per element, with its interval, and what others got of it.

        Where the averted shortage is not shown to be above 0, ``verdict`` says so and there is no cost.
        """
        import pandas as pd

        rows = []
        for pairs in self.pairs:
            resamples = self._resamples[pairs.scenario]
            for policy in pairs.policies if "public_cost_musd" in {c.split(".")[0] for c in pairs.columns} else []:
                cost = self._cost(pairs, policy)
                for element in self._elements(pairs):
                    averted, shifted = self._averted(pairs, policy, element)
                    ratio, low, high, is_shown = ratio_interval(cost, averted, resamples)
                    both = np.stack([averted, shifted], axis=1)
                    middle, lower, upper = mean_interval(both, resamples)
                    rows.append(
                        {"scenario": pairs.scenario, "policy": policy, "element": element,
                         "averted_t": middle[0], "averted_low": lower[0], "averted_high": upper[0],
                         "musd_per_t": ratio, "low": low, "high": high, "verdict": "" if is_shown else NO_EFFECT,
                         "shifted_t": middle[1], "shifted_low": lower[1], "shifted_high": upper[1]}
                    )  # fmt: skip
        return pd.DataFrame(rows)

    @cached_property
    def expected_cost(self) -> "pd.DataFrame":
        """Cost per tonne averted where the event comes only with the probability the study gives."""
        import pandas as pd

        rows = []
        for pairs in self.pairs:
            chance = pairs.probability
            for policy in pairs.policies if chance else []:
                assert chance is not None
                paid = chance * self._cost(pairs, policy) + (1.0 - chance) * self._cost(pairs, policy, "p0")
                mean, low, high = (
                    float(v[0]) for v in mean_interval(paid[:, np.newaxis], self._resamples[pairs.scenario])
                )
                for element in self._elements(pairs):
                    averted, _ = self._averted(pairs, policy, element)
                    ratio, r_low, r_high, is_shown = ratio_interval(
                        paid, chance * averted, self._resamples[pairs.scenario]
                    )
                    rows.append(
                        {"scenario": pairs.scenario, "probability": chance, "policy": policy, "expected_musd": mean,
                         "expected_low": low, "expected_high": high, "element": element, "musd_per_t": ratio,
                         "low": r_low, "high": r_high, "verdict": "" if is_shown else NO_EFFECT}
                    )  # fmt: skip
        return pd.DataFrame(rows)

    @cached_property
    def pareto(self) -> "pd.DataFrame":
        """Mean cost against mean line-stop weeks, and whether no other answer is better in both."""
        import pandas as pd

        rows = []
        for pairs in self.pairs:
            names = self._answers(pairs)
            cost = np.array([np.nanmean(self._cost(pairs, n)) for n in names])
            stops = np.array([np.nanmean(pairs.total("line_stop_weeks", self.countries, "p", n)) for n in names])
            for n, name in enumerate(names):
                beaten = (cost <= cost[n]) & (stops <= stops[n]) & ((cost < cost[n]) | (stops < stops[n]))
                rows.append(
                    {"scenario": pairs.scenario, "policy": name, "cost_musd": cost[n], "line_stop_weeks": stops[n],
                     "on_front": not beaten.any()}
                )  # fmt: skip
        return pd.DataFrame(rows)

    # how sure ----------------------------------------------------------------------------------------------------------------

    @cached_property
    def stability(self) -> "pd.DataFrame":
        """Rank of each answer by mean loss, and its ranks in random halves of the pairs."""
        import pandas as pd

        rows = []
        for pairs in self.pairs:
            names, losses = self._answers(pairs), self._losses(pairs)
            if len(names) < 2 or len(losses) < 2:
                continue
            rank = _ranks(np.nanmean(losses, axis=0))
            luck = np.random.default_rng(0)
            halves = np.array([_ranks(np.nanmean(losses[_half(len(losses), luck)], axis=0)) for _ in range(HALVES)])
            for n, name in enumerate(names):
                low, high = np.quantile(halves[:, n], [0.05, 0.95])
                rows.append(
                    {"scenario": pairs.scenario, "policy": name, "rank": int(rank[n]), "rank_low": int(low),
                     "rank_high": int(high), "same_rank": float(np.mean(halves[:, n] == rank[n])),
                     "first_in": float(np.mean(halves[:, n] == 1))}
                )  # fmt: skip
        return pd.DataFrame(rows)

    @cached_property
    def flips(self) -> "pd.DataFrame":
        """Draws in which another answer than the overall first is best, by how much, with the varied numbers."""
        import pandas as pd

        rows = []
        for pairs in self.pairs:
            names, losses = self._answers(pairs), self._losses(pairs)
            if len(names) < 2:
                continue
            first = int(np.nanargmin(np.nanmean(losses, axis=0)))
            for draw in np.unique(pairs.draws) if len(np.unique(pairs.draws)) > 1 else []:
                here = np.nanmean(losses[pairs.draws == draw], axis=0)
                best = int(np.nanargmin(here))
                if here[best] < here[first]:
                    numbers = {} if self.varied is None else self.varied.set_index("draw").loc[draw].to_dict()
                    rows.append(
                        {"scenario": pairs.scenario, "draw": int(draw), "first": names[first], "best_here": names[best],
                         "by": here[first] - here[best], **numbers}
                    )  # fmt: skip
        return pd.DataFrame(rows)

    @cached_property
    def recovery(self) -> "pd.DataFrame":
        """Kaplan-Meier median of the time to recovery per country, share never short and share cut off by the horizon."""
        import pandas as pd

        rows = []
        start = "time_to_recovery."
        for pairs in self.pairs:
            for policy in self._answers(pairs):
                frame = pairs.of("p", policy)
                for column in (c for c in frame.columns if c.startswith(start)):
                    watched = frame[column.replace(start, "recovery_watched.")].to_numpy(dtype=np.float64)
                    times = frame[column].to_numpy(dtype=np.float64)
                    fell = times > 0.0
                    if not fell.any():
                        continue
                    median = survival_median(watched[fell], np.isinf(times[fell]))
                    rows.append(
                        {"scenario": pairs.scenario, "policy": policy, "country": column.removeprefix(start),
                         "median_weeks": median, "fell": float(fell.mean()),
                         "cut_off": float(np.isinf(times[fell]).mean())}
                    )  # fmt: skip
        return pd.DataFrame(rows)

    @cached_property
    def ledger(self) -> "pd.DataFrame":
        """The embargoer's ledger against b0: mean, 90 % interval, median, and the share of worlds of each sign."""
        import pandas as pd

        rows = []
        for pairs in self.pairs:
            for policy in self._answers(pairs):
                frame = pairs.of("p", policy)
                for line in ENTRIES:
                    if f"ledger.{line}" not in frame.columns:
                        continue
                    rows.append(
                        {"scenario": pairs.scenario, "policy": policy}
                        | ledger_line(
                            line, frame[f"ledger.{line}"].to_numpy(dtype=np.float64), self._resamples[pairs.scenario]
                        )
                    )
        return pd.DataFrame(rows)


def ledger_line(line: str, values: Array, resamples: Resamples) -> dict[str, Any]:
    """One line of the ledger over worlds."""
    mean, low, high = (float(v[0]) for v in mean_interval(values[:, np.newaxis], resamples))
    return {
        "line": line, "mean": mean, "low": low, "high": high, "median": float(np.nanmedian(values)),
        "gains": float(np.mean(values > 0.0)), "loses": float(np.mean(values < 0.0)),
    }  # fmt: skip


def _at_horizon(values: Array, weeks: int) -> Array:
    """Recoveries that were cut off count as the horizon."""
    return np.where(np.isposinf(values), float(weeks), values)


def _better(column: str) -> float:
    """1 where more is better, -1 where less is."""
    name = column.split(".")[0]
    known = METRICS.get(name) or PAIRED.get(name)
    return 1.0 if known is not None and known.better == "higher" else -1.0


def _ranks(values: Array) -> Array:
    order = np.argsort(values, kind="stable")
    ranks = np.empty(len(values), dtype=int)
    ranks[order] = np.arange(1, len(values) + 1)
    return ranks


def _half(count: int, luck: np.random.Generator) -> Array:
    return luck.permutation(count)[: max(count // 2, 1)]
