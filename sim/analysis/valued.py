"""Valued: one scenario's pairs with what a study values them by; losses, costs, budget classes, shortage averted."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.intervals import Resamples, mean_interval, resample
from sim.analysis.pairs import Pairs

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray[Any, np.dtype[Any]]


class Valued:
    """Pairs of one scenario and the study file's valuation: value added, budget classes, precision, countries, metrics.

    ``varied`` holds the varied numbers by draw, where the study varies any.
    """

    def __init__(self, pairs: Pairs, terms: dict[str, Any], varied: "pd.DataFrame | None" = None) -> None:
        self.pairs, self.terms, self.varied = pairs, terms, varied
        self.scenario = pairs.scenario
        self.countries: list[str] | None = terms.get("countries") or None
        self.is_valued = bool(terms.get("value_added_musd_per_week"))
        self.precision = float(terms.get("precision_percent", 10.0)) / 100.0

    @cached_property
    def resamples(self) -> Resamples:
        """Bootstrap samples of the pairs."""
        return resample(self.pairs.draws, self.pairs.replicates)

    @property
    def answers(self) -> list[str]:
        """Doing nothing, then every answer."""
        return ["none", *self.pairs.policies]

    def has(self, metric: str) -> bool:
        """Whether a metric was computed."""
        return any(c.startswith(f"{metric}.") for c in self.pairs.columns)

    def total(self, metric: str, policy: str) -> Array:
        """Sum of a metric over the study's countries, per pair."""
        return self.pairs.total(metric, self.countries, "p", policy)

    def loss(self, policy: str) -> Array:
        """Net public cost of all payers but the exporter, and value added lost in the study's countries, million USD per pair.

        Line-stop weeks where the study values none.
        """
        if not self.is_valued:
            return self.total("line_stop_weeks", policy)
        return self.pairs.total("public_cost_musd", None, "p", policy) + self.total("line_stop_value_musd", policy)

    @cached_property
    def losses(self) -> Array:
        """Loss by pair and answer (pair, answer)."""
        return np.stack([self.loss(a) for a in self.answers], axis=1)

    def over_none(self, metric: str, policy: str, world: str = "p", prefix: str = "") -> Array:
        """A metric of all payers over doing nothing, per pair."""
        some, none = (self.pairs.total(metric, None, world, p, prefix) for p in (policy, "none"))
        return some - none

    def cost(self, policy: str, world: str = "p") -> Array:
        """Net public cost over doing nothing, million USD per pair."""
        return self.over_none("public_cost_musd", policy, world)

    def budget_class(self, policy: str) -> str:
        """The budget class of an answer, by its mean gross cost over doing nothing; none where that was not computed."""
        mean = self.interval(self.over_none("public_gross_musd", policy))[0]
        if np.isnan(mean):
            return "-"
        bounds = self.terms.get("budget_classes_musd") or []
        below = next((b for b in bounds if mean <= b), None)
        return "any" if not bounds else f"up to {below:g}" if below is not None else f"over {bounds[-1]:g}"

    def interval(self, values: Array) -> tuple[float, float, float]:
        """Mean of one number per pair, and its 90 % interval."""
        middle, low, high = (float(v[0]) for v in mean_interval(values[:, np.newaxis], self.resamples))
        return middle, low, high

    @property
    def elements(self) -> list[str]:
        """Elements whose shortage was computed."""
        start = "shortage_tonnes."
        return [
            c.removeprefix(start) for c in self.pairs.columns if c.startswith(start) and c.count(".") == 1
        ]  # fmt: skip

    def averted(self, policy: str, element: str) -> tuple[Array, Array]:
        """Shortage averted at home, and shifted to others, t per pair; home is the countries that own the answer."""
        home = self.pairs.owners.get(policy) or self.countries
        none, some = (self.pairs.total("shortage_tonnes", home, "p", p, f"{element}.") for p in ("none", policy))
        everywhere = [
            self.pairs.of("p", p)[f"shortage_tonnes.{element}"].to_numpy(dtype=np.float64) for p in ("none", policy)
        ]  # fmt: skip
        return none - some, everywhere[1] - everywhere[0] + none - some


def only_common(values: Array) -> Array:
    """Values (pair, answer) of the pairs that every answer has; the others are missing for all."""
    return np.where(np.isfinite(values).all(axis=1, keepdims=True), values, np.nan)


def mean_of_common(values: Array) -> Array:
    """Mean of each answer over the pairs that every answer has; missing where there is none."""
    there = np.isfinite(values).all(axis=1)
    return values[there].mean(axis=0) if there.any() else np.full(values.shape[1], np.nan)


def framed(rows: list[dict[str, Any]]) -> "pd.DataFrame":
    """Rows as a data frame."""
    import pandas as pd

    return pd.DataFrame(rows)
