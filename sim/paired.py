"""Paired: measures of a run against its background run b0 of the same scenario, replicate and draw.

b0 leaves a *basis*, the few weekly series that others are measured
against, as recorded.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.metrics import over_weeks, recovery_seen, recovery_weeks, summed

if TYPE_CHECKING:
    from sim.result import Result

Array = np.ndarray[Any, np.dtype[Any]]
Series = dict[str, Array]
Basis = dict[str, Series]
WEEKS_YR = 52.0
KG = 1000.0
SALVAGE = 0.9
"""Share of its worth at which stock counts at the horizon (source: measures, public_cost)."""
RATES = (0.0, 3.0, 7.0)
"""Discount rates, % a year, at which public cost is reckoned beside the study's own (source: measures, public_cost)."""
PRICE_BACK = 1.25
"""Price over background under which it counts as recovered (source: measures, time_to_recovery)."""


@dataclass(frozen=True)
class Terms:
    """What an analyst sets: discount rate, share a year; value added, million USD per week of a full line stopped.

    Value added is keyed by end use, or by country and end use joined by a dot, which comes first. ``loan_default`` is the share
    taken as lost of what plants that stand still owe at the horizon.
    """

    discount_yr: float = 0.03
    value_added: dict[str, float] = field(default_factory=dict)
    loan_default: float = 0.1

    def today(self, weeks: int) -> Array:
        """Worth today of a dollar in each week."""
        return np.asarray((1.0 + self.discount_yr) ** (-np.arange(weeks) / WEEKS_YR))

    def value_of(self, line: str) -> float:
        """Million USD per week of a line, ``country.end_use``."""
        return self.value_added.get(line, self.value_added.get(line.split(".", 1)[1], 0.0))


LAST = 52
"""Weeks at the end of a run over which separation is compared (source: measures, embargoer's ledger)."""
BASIS_RECORDS = (
    "use", "price_traded", "price_fob", "price_domestic_net", "exports", "exports_usd", "duty_paid", "rent_paid",
    "leak_margin", "line_stop", "production", "run_rate", "capacity", "unit_cost",
)  # fmt: skip
"""Records that b0 must keep."""


def basis_of(result: "Result") -> Basis:
    """The series others are measured against, (replicate, week) per label."""
    who = result.manifest["exporter"]
    return {
        "use": summed(result, "use", "element", "country"),
        "price_traded": summed(result, "price_traded", "product", "country"),
        "price_fob": summed(result, "price_fob", "product", country=who),
        "price_home": summed(result, "price_domestic_net", "product", country=who),
        "exports": summed(result, "exports", "buyer", "product", seller=who),
        "exports_usd": summed(result, "exports_usd", "buyer", "product", seller=who),
        "duty_paid": summed(result, "duty_paid", "product", country=who),
        "rent_paid": summed(result, "rent_paid", "product", country=who),
        "leak_margin": summed(result, "leak_margin", country=who),
        "line_stop": summed(result, "line_stop", "country", "end_use"),
        **separation(result),
    }


def separation(result: "Result") -> Basis:
    """Separation in the last 52 weeks, per site: t of each oxide made, t of feed run and t it could run, USD per kg of feed."""
    sites = list(result.manifest["separators"])
    made = summed(result, "production", "site", "product", site=sites)
    oxides = [label for label in made if result.manifest["stage"][label.split(".")[1]] == "oxide"]
    return {
        "made": {label: made[label][:, -LAST:] for label in oxides},
        "run": {s: v[:, -LAST:] for s, v in summed(result, "run_rate", "site", site=sites).items()},
        "capacity": {s: v[:, -LAST:] for s, v in summed(result, "capacity", "site", site=sites).items()},
        "cost": {s: np.nan_to_num(v[:, -LAST:]) for s, v in summed(result, "unit_cost", "site", site=sites).items()},
    }


def element_prices(result: "Result", basis: Basis) -> Series:
    """Background FOB price of each element in its own oxide, USD per kg contained, weekly."""
    found: Series = {}
    for product, content in sorted(result.manifest["content"].items()):
        if result.manifest["stage"][product] != "oxide" or len(content) != 1:
            continue
        ((element, share),) = content.items()
        price = basis["price_fob"].get(product, basis["price_home"].get(product))
        if price is not None and element not in found:
            found[element] = np.nan_to_num(price) / share
    return found


# measures --------------------------------------------------------------------------------------------------------------


def recovery(result: "Result", basis: Basis, terms: Terms) -> Series:
    """Weeks until use, weighed by background prices, is back at background, per country."""
    return {c: recovery_weeks(ratio) for c, ratio in _use_over_background(result, basis).items()}


def recovery_watched(result: "Result", basis: Basis, terms: Terms) -> Series:
    """Weeks from the fall of use until it is back, or until the horizon, per country."""
    return {c: recovery_seen(ratio)[0] for c, ratio in _use_over_background(result, basis).items()}


def _use_over_background(result: "Result", basis: Basis) -> Series:
    """Use over that of the background, both at background prices, per country; 1 where there is none."""
    prices = element_prices(result, basis)
    now: Series = {}
    before: Series = {}
    for label, used in summed(result, "use", "element", "country").items():
        element, country = label.split(".")
        if element in prices:
            now[country] = now.get(country, 0.0) + used * prices[element]
            before[country] = before.get(country, 0.0) + basis["use"][label] * prices[element]
    return {c: np.where(b > 0.0, now[c] / np.maximum(b, 1e-12), 1.0) for c, b in before.items()}


def price_recovery(result: "Result", basis: Basis, terms: Terms) -> Series:
    """Weeks until the traded price is back within a quarter of background, per product and country."""
    return {k: recovery_weeks(-ratio, -PRICE_BACK) for k, ratio in _price_over_background(result, basis)}


def price_watched(result: "Result", basis: Basis, terms: Terms) -> Series:
    """Weeks from the rise of the traded price until it is back, or until the horizon, per product and country."""
    return {k: recovery_seen(-ratio, -PRICE_BACK)[0] for k, ratio in _price_over_background(result, basis)}


def _price_over_background(result: "Result", basis: Basis) -> Iterator[tuple[str, Array]]:
    """Traded price over that of the background, per product and country; 1 in weeks without trade, which say nothing.

    Turned over, a high price is a low ratio.
    """
    for label, price in summed(result, "price_traded", "product", "country").items():
        yield label, np.nan_to_num(price / basis["price_traded"][label], nan=1.0, posinf=1.0)


def shortage_value(result: "Result", basis: Basis, terms: Terms) -> Series:
    """Shortage at background prices, million USD, per country; not netted."""
    prices = element_prices(result, basis)
    found: Series = {}
    for label, tonnes in summed(result, "shortage", "element", "country").items():
        element, country = label.split(".")
        if element in prices:
            worth = (tonnes * prices[element]).sum(axis=1) * KG / 1e6
            found[country] = found.get(country, 0.0) + worth
    return found


def line_stop_value(result: "Result", basis: Basis, terms: Terms) -> Series:
    """Value added lost by standing lines, million USD, per country."""
    found: Series = {}
    for line, stopped in summed(result, "line_stop", "country", "end_use").items():
        country = line.split(".")[0]
        found[country] = found.get(country, 0.0) + terms.value_of(line) * stopped.sum(axis=1)
    return found


def _spent(result: "Result", terms: Terms, record: str = "public_cost") -> Series:
    """Worth today of each week's public spending, million USD, per country."""
    today = terms.today(result.manifest["weeks"])
    return {c: spent * today / 1e6 for c, spent in summed(result, record, "country").items()}


def cost_gross(result: "Result", basis: Basis, terms: Terms) -> Series:
    """Outlays, before sales, repayments, interest, dividends and clawback, per country."""
    return {c: worth.sum(axis=1) for c, worth in _spent(result, terms, "public_outlay").items()}


def cost_peak(result: "Result", basis: Basis, terms: Terms) -> Series:
    """Most that was laid out at any time, per country."""
    return {c: np.maximum(np.cumsum(worth, axis=1).max(axis=1), 0.0) for c, worth in _spent(result, terms).items()}


def cost_net(result: "Result", basis: Basis, terms: Terms) -> Series:
    """Spending less earnings, less what is left at the horizon, per country, million USD of today."""
    last = terms.today(result.manifest["weeks"])[-1]
    left = left_at_horizon(result, basis, terms)
    return {c: worth.sum(axis=1) - last * left.get(c, 0.0) for c, worth in _spent(result, terms).items()}


def cost_by_rate(result: "Result", basis: Basis, terms: Terms) -> Series:
    """The same at each of RATES, per rate and country."""
    found: Series = {}
    for rate in RATES:
        at_rate = replace(terms, discount_yr=rate / 100.0)
        found |= {f"{rate:g}.{c}": cost for c, cost in cost_net(result, basis, at_rate).items()}
    return found


def left_at_horizon(result: "Result", basis: Basis, terms: Terms) -> Series:
    """Worth at the horizon of stock, loans and stakes, million USD, per country.

    Stock counts at 0.9 of its mean cost or of the background price, the lower; stock that was never bought, but there from the
    start, at the background price. Loans count less the share lost, stakes at cost or at the plant's value, the lower; those in
    plants that failed count nothing.
    """
    left = stock_worth(result, basis)
    for record, kept in (("loans_owed", 1.0 - terms.loan_default), ("stakes_worth", 1.0)):
        for country, usd in summed(result, record, "country").items():
            left[country] = left.get(country, 0.0) + kept * usd[:, -1] / 1e6
    return left


def stock_worth(result: "Result", basis: Basis) -> Series:
    """Government stock at the horizon at 0.9 of its cost or background price, the lower, million USD, per country."""
    worth: Series = {}
    bought, paid = (over_weeks(summed(result, r, "product", "country")) for r in ("store_bought", "store_spent"))
    for label, stock in summed(result, "government_stock", "product", "country").items():
        product, country = label.split(".")
        traded = basis["price_traded"].get(label, np.full(stock.shape, np.nan))[:, -1]
        asked = basis["price_fob"].get(product, np.zeros(stock.shape))[:, -1]
        price = np.nan_to_num(np.where(np.isfinite(traded), traded, asked))
        own = np.divide(paid[label], KG * bought[label], out=np.full_like(price, np.inf), where=bought[label] > 1e-9)
        held = SALVAGE * np.minimum(price, own) * stock[:, -1] * KG / 1e6
        worth[country] = worth.get(country, 0.0) + held
    return worth


@dataclass(frozen=True)
class PairedMetric:
    """A measure against b0: unit, the records it needs, meaning, how to get it, and which way is better."""

    name: str
    unit: str
    needs: tuple[str, ...]
    meaning: str
    of: Callable[["Result", Basis, Terms], Series]
    better: str = "lower"


SPENDING = ("public_cost", "government_stock", "store_bought", "store_spent", "loans_owed", "stakes_worth")
"""Records that net public cost is reckoned from."""
PAIRED = {
    m.name: m
    for m in (
        PairedMetric(
            "time_to_recovery", "weeks", ("use",),
            "weeks until use is back at 95 % of background for 13 weeks, per country; infinite if cut off", recovery,
        ),
        PairedMetric(
            "recovery_watched", "weeks", ("use",), "weeks from the fall of use until it is back or the run ends",
            recovery_watched,
        ),
        PairedMetric(
            "price_recovery", "weeks", ("price_traded",),
            "weeks until the traded price is within 1.25 of background for 13 weeks; infinite if cut off", price_recovery,
        ),
        PairedMetric(
            "price_watched", "weeks", ("price_traded",), "weeks from the rise of the traded price until it is back or the run ends",
            price_watched,
        ),
        PairedMetric(
            "shortage_value_musd", "million USD", ("shortage",), "shortage at background prices, per country", shortage_value
        ),
        PairedMetric(
            "line_stop_value_musd", "million USD", ("line_stop",), "value added lost by standing lines, per country",
            line_stop_value,
        ),
        PairedMetric(
            "public_cost_musd", "million USD", SPENDING,
            "present value of public spending less stock, loans and stakes left at the horizon, per country", cost_net,
        ),
        PairedMetric(
            "public_cost_by_rate", "million USD", SPENDING, "the same at 0, 3 and 7 % a year, per rate and country", cost_by_rate,
        ),
        PairedMetric(
            "public_gross_musd", "million USD", ("public_outlay",), "present value of outlays, before what comes back", cost_gross,
        ),
        PairedMetric(
            "public_peak_musd", "million USD", ("public_cost",), "largest present value laid out at any time", cost_peak
        ),
    )
}  # fmt: skip
"""Every measure against b0 by name."""


def columns(result: "Result", basis: Basis, terms: Terms, names: Any = None) -> Series:
    """Columns ``metric.label`` of every measure against b0, or of those named."""
    return {
        f"{m.name}.{label}": values
        for m in PAIRED.values() if names is None or m.name in names
        for label, values in m.of(result, basis, terms).items()
    }  # fmt: skip
