"""The embargoer's ledger: what a measure earned and cost the country that imposed it, from two paired runs."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.store import ResultError

if TYPE_CHECKING:
    import pandas as pd

    from sim.result import Result

WEEKLY_RATE = 0.03 / 52.0
"""Discount rate per week: 3 % a year (source: measures, public_cost)."""


def ledger(background: "Result", event: "Result", country: str | None = None) -> "pd.DataFrame":
    """One row per replicate, million USD, discounted: event less background.

    Lost sales are the change of exported tonnes at background prices; the price part is what the exports still made earn
    more, split without residual into duty, rent and the rest (home price with the seller's own premium). Home users' gain
    is what they pay less, in the event, than in the background. Rents are in the price part only.

    Parameters
    ----------
    background, event : the paired runs b0 and b1 of the same replicates, seed and weeks
    country : whose ledger; the exporter's if None

    Raises
    ------
    ResultError
        When the two are not a pair.
    """
    import pandas as pd

    for key in ("seed", "replicates", "weeks", "world_hash"):
        if background.manifest[key] != event.manifest[key]:
            raise ResultError(f"{key} differs between the two runs; a ledger needs runs of the same worlds")
    who = country or event.manifest["exporter"]
    weeks = event.manifest["weeks"]
    today = np.exp(-WEEKLY_RATE * np.arange(weeks))

    def value(x: np.ndarray) -> np.ndarray:
        return np.asarray((x * today[np.newaxis, :, np.newaxis]).sum((1, 2)) / 1e6)

    tonnes0, _ = _of(background, "exports", seller=who)
    tonnes1, _ = _of(event, "exports", seller=who)
    usd0, _ = _of(background, "exports_usd", seller=who)
    usd1, _ = _of(event, "exports_usd", seller=who)
    price0 = np.divide(usd0, tonnes0, out=np.zeros_like(usd0), where=tonnes0 > 0.0)
    mean = usd0.sum(1, keepdims=True) / np.maximum(tonnes0.sum(1, keepdims=True), 1e-12)
    price0 = np.where(price0 > 0.0, price0, mean)
    lost_sales = value(price0 * (tonnes1 - tonnes0))
    price_part = value(usd1 - price0 * tonnes1)
    duty = value(_of(event, "duty_paid", country=who)[0]) - value(_of(background, "duty_paid", country=who)[0])
    rent = value(_of(event, "rent_paid", country=who)[0]) - value(_of(background, "rent_paid", country=who)[0])
    use_gain = _home_users(background, event, who, value)
    return pd.DataFrame(
        {
            "replicate": np.arange(event.manifest["replicates"]),
            "lost_sales": lost_sales,
            "price_part": price_part,
            "of_it_duty": duty,
            "of_it_rent": rent,
            "of_it_home_price_and_premium": price_part - duty - rent,
            "home_users_gain": use_gain,
            "net": lost_sales + price_part,
        }
    )


def _of(result: "Result", record: str, **where: Any) -> tuple[np.ndarray, list[list[str]]]:
    values, labels = result.array(record, **where)
    return values.astype(np.float64), labels


def _home_users(background: "Result", event: "Result", who: str, value: Any) -> np.ndarray:
    """Use at home in the event, times how much cheaper the home price became."""
    use, labels = _of(event, "use_gross", country=who)
    products = sorted({x[0] for x in labels})
    gain = np.zeros(use.shape[0])
    for product in products:
        rows = [n for n, x in enumerate(labels) if x[0] == product]
        before, found = _of(background, "price_domestic_net", product=product, country=who)
        after, _ = _of(event, "price_domestic_net", product=product, country=who)
        if found:
            gain += value(1000.0 * use[:, :, rows].sum(2, keepdims=True) * (before - after))
    return gain
