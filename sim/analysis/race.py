"""Race: answers against each other: what each changes and costs, regret, cost per tonne averted, the front."""

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.intervals import mean_interval, ratio_interval
from sim.analysis.ranking import ranks
from sim.analysis.valued import Valued, mean_of_common, only_common
from sim.paired import RATES

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray[Any, np.dtype[Any]]
NO_EFFECT = "no effect shown"


def race_rows(valued: Valued) -> list[dict[str, Any]]:
    """One row per answer: net cost, line stops, shortage and loss, each over doing nothing with its 90 % interval.

    Beside net cost stand means of gross cost, of the most laid out at any time, and of the net cost in peace.
    """
    rows = []
    for policy in valued.pairs.policies:
        row: dict[str, Any] = {
            "scenario": valued.scenario, "policy": policy, "budget_class": valued.budget_class(policy),
        }  # fmt: skip
        stops, short = (
            valued.total(m, policy) - valued.total(m, "none") for m in ("line_stop_weeks", "shortage_value_musd")
        )
        for name, values in (
            ("cost_musd", valued.cost(policy)),
            ("line_stop_weeks", stops),
            ("shortage_musd", short),
            ("loss", valued.loss(policy) - valued.loss("none")),
        ):
            mean, low, high = valued.interval(values)
            row |= {name: mean, f"{name}_low": low, f"{name}_high": high}
        for name, metric in (("gross_musd", "public_gross_musd"), ("peak_musd", "public_peak_musd")):
            row[name] = valued.interval(valued.over_none(metric, policy))[0]
        row["peace_musd"] = valued.interval(valued.cost(policy, "p0"))[0] if valued.pairs.has_peace else np.nan
        known = stops[np.isfinite(stops)]
        row["helps"] = float(np.mean(known < 0.0)) if len(known) else np.nan
        row["no_change"] = float(np.mean(known == 0.0)) if len(known) else np.nan
        rows.append(row)
    return rows


def rate_rows(valued: Valued) -> list[dict[str, Any]]:
    """Net cost of each answer over doing nothing at several discount rates, and its rank by loss at each."""
    rows = []
    names = valued.answers if valued.has("public_cost_by_rate") and valued.is_valued else []
    for rate in RATES if names else ():
        prefix = f"{rate:g}."
        losses = [
            valued.pairs.total("public_cost_by_rate", None, "p", n, prefix) + valued.total("line_stop_value_musd", n)
            for n in names
        ]  # fmt: skip
        placed = ranks(mean_of_common(np.stack(losses, axis=1)))
        for n, name in enumerate(names):
            mean, low, high = valued.interval(valued.over_none("public_cost_by_rate", name, prefix=prefix))
            rows.append(
                {"scenario": valued.scenario, "policy": name, "discount_percent_yr": rate, "cost_musd": mean,
                 "low": low, "high": high, "rank": int(placed[n])}
            )  # fmt: skip
    return rows


def regret_rows(valued: Valued) -> list[dict[str, Any]]:
    """Mean and worst regret of each answer within its budget class; doing nothing is in every class.

    Only where the study says what a week of line stop is worth.
    """
    rows: list[dict[str, Any]] = []
    if not valued.is_valued:
        return rows
    names, losses = valued.answers, valued.losses
    classes = [valued.budget_class(n) for n in names]
    for group in dict.fromkeys(classes[1:] or ["any"]):
        members = [n for n in range(len(names)) if n == 0 or classes[n] == group]
        own = only_common(losses[:, members])
        regret = own - own.min(axis=1, keepdims=True)
        mean, low, high = mean_interval(regret, valued.resamples)
        known = regret[np.isfinite(regret[:, 0])]
        if not len(known):
            continue
        for k, n in enumerate(members):
            rows.append(
                {"scenario": valued.scenario, "budget_class": group, "policy": names[n], "mean_musd": mean[k],
                 "low": low[k], "high": high[k], "worst_musd": float(known[:, k].max()),
                 "best_in": float(np.mean(known[:, k] == 0.0))}
            )  # fmt: skip
    return rows


def cost_per_tonne_rows(valued: Valued) -> list[dict[str, Any]]:
    """Public cost per tonne of shortage averted at home, per element, with its interval, and what others got of it.

    Where the averted shortage is not shown to be above 0, ``verdict`` says so and there is no cost.
    """
    rows = []
    for policy in valued.pairs.policies if valued.has("public_cost_musd") else []:
        cost = valued.cost(policy)
        for element in valued.elements:
            averted, shifted = valued.averted(policy, element)
            ratio, low, high, is_shown = ratio_interval(cost, averted, valued.resamples)
            middle, lower, upper = mean_interval(np.stack([averted, shifted], axis=1), valued.resamples)
            rows.append(
                {"scenario": valued.scenario, "policy": policy, "element": element,
                 "averted_t": middle[0], "averted_low": lower[0], "averted_high": upper[0],
                 "musd_per_t": ratio, "low": low, "high": high, "verdict": "" if is_shown else NO_EFFECT,
                 "shifted_t": middle[1], "shifted_low": lower[1], "shifted_high": upper[1]}
            )  # fmt: skip
    return rows


def expected_cost_rows(valued: Valued) -> list[dict[str, Any]]:
    """Cost per tonne averted where the event comes only with the probability the study gives."""
    rows: list[dict[str, Any]] = []
    chance = valued.pairs.probability
    if not chance:
        return rows
    for policy in valued.pairs.policies:
        paid = chance * valued.cost(policy) + (1.0 - chance) * valued.cost(policy, "p0")
        mean, low, high = valued.interval(paid)
        for element in valued.elements:
            averted, _ = valued.averted(policy, element)
            ratio, r_low, r_high, is_shown = ratio_interval(paid, chance * averted, valued.resamples)
            rows.append(
                {"scenario": valued.scenario, "probability": chance, "policy": policy, "expected_musd": mean,
                 "expected_low": low, "expected_high": high, "element": element, "musd_per_t": ratio,
                 "low": r_low, "high": r_high, "verdict": "" if is_shown else NO_EFFECT}
            )  # fmt: skip
    return rows


def front_rows(valued: Valued) -> list[dict[str, Any]]:
    """Mean cost against mean line-stop weeks, and whether no other answer is better in both; none where costs are not known."""
    names = valued.answers if valued.has("public_cost_musd") else []
    if not names:
        return []
    both = [np.stack([act(n) for n in names], axis=1) for act in (valued.cost, partial(valued.total, "line_stop_weeks"))]
    cost, stops = (mean_of_common(np.where(np.isfinite(sum(both)), x, np.nan)) for x in both)
    rows = []
    for n, name in enumerate(names):
        beaten = (cost <= cost[n]) & (stops <= stops[n]) & ((cost < cost[n]) | (stops < stops[n]))
        rows.append(
            {"scenario": valued.scenario, "policy": name, "cost_musd": cost[n], "line_stop_weeks": stops[n],
             "on_front": not beaten.any()}
        )  # fmt: skip
    return rows


def idle_answers(race: "pd.DataFrame", scenario: str) -> list[str]:
    """Answers of a race that cost nothing and changed nothing in any world."""
    rows = race[race.scenario == scenario] if len(race) else race
    if not len(rows):
        return []
    nothing = (rows.no_change == 1.0) & (rows.loss == 0.0) & (rows.gross_musd == 0.0) & (rows.shortage_musd == 0.0)
    return list(rows[nothing].policy)
