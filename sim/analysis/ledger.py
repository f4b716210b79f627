"""The embargoer's ledger: what a measure earned and cost the country that imposed it, against the background run."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.metrics import summed
from sim.paired import KG, Basis, Series, Terms, basis_of, separated
from sim.store import ResultError

if TYPE_CHECKING:
    import pandas as pd

    from sim.result import Result

Array = np.ndarray[Any, np.dtype[Any]]
YEAR = 52
RECORDS = (
    "exports", "exports_usd", "duty_paid", "rent_paid", "price_domestic_net", "price_fob", "price_traded", "use",
    "use_gross", "line_stop", "production",
)  # fmt: skip
"""Records both runs must keep."""
ENTRIES = {
    "lost_sales": "change of exported tonnes at background prices",
    "price_part": "what the tonnes still exported earned more",
    "of_it_home_price": "of it: the home price, without VAT",
    "of_it_duty": "of it: export duty, to the treasury",
    "of_it_rent": "of it: permit rent, to permit holders",
    "of_it_premium": "of it: the sellers' own premium, unrefunded VAT, and contracts that lag",
    "revenue": "lost sales and price part",
    "home_users_gain": "what users at home paid less",
    "home_output_lost": "value added lost by lines at home that stood (negative: lost)",
    "net": "revenue, home users' gain and home output",
    "foreign_share_points": "separation outside the country in the last 52 weeks, change in points of the world's",
}
"""Lines of the ledger, million USD of present value but for the last."""


def ledger(
    background: "Result", event: "Result", country: str | None = None, terms: Terms | None = None
) -> "pd.DataFrame":
    """One row per replicate: the lines of ``ENTRIES``, event less background.

    Parameters
    ----------
    background, event : the paired runs b0 and b1 (or p) of the same replicates, seed and weeks
    country : whose ledger; only the exporter's is kept
    terms : discount rate and value added; 3 % a year and none if left out

    Raises
    ------
    ResultError
        When the two are not a pair.
    """
    import pandas as pd

    for key in ("seed", "replicates", "weeks", "world_hash"):
        if background.manifest[key] != event.manifest[key]:
            raise ResultError(f"{key} differs between the two runs; a ledger needs runs of the same worlds")
    who = event.manifest["exporter"]
    if country not in (None, who):
        raise ResultError(f"country {country!r} is not the exporter; the ledger is that of {who}")
    found = entries(event, basis_of(background), terms or Terms())
    return pd.DataFrame({"replicate": np.arange(event.manifest["replicates"]), **found})


def entries(event: "Result", basis: Basis, terms: Terms) -> Series:
    """Lines of the ledger per replicate.

    Lost sales and price part add up to the change of revenue. The price part is split without residual: home price as asked,
    duty and rent as paid over what the same exports would have paid in the background, and the rest, which is the premium.
    """
    who = event.manifest["exporter"]
    today = terms.today(event.manifest["weeks"])

    def worth(weekly: Array) -> Array:
        return np.asarray((weekly * today).sum(axis=1) / 1e6)

    tonnes = summed(event, "exports", "buyer", "product", seller=who)
    usd = summed(event, "exports_usd", "buyer", "product", seller=who)
    home = summed(event, "price_domestic_net", "product", country=who)
    zero = np.zeros((event.manifest["replicates"], event.manifest["weeks"]))
    lost, price_part, at_home, as_before, before = zero, zero, zero, zero, zero
    for label, sent in tonnes.items():
        product = label.split(".")[1]
        price = _background_price(label, product, basis)
        lost = lost + price * (sent - basis["exports"][label])
        price_part = price_part + usd[label] - price * sent
        if product in home:
            at_home = at_home + KG * (home[product] - basis["price_home"][product]) * sent
        as_before = as_before + price * sent
        before = before + price * basis["exports"][label]
    scale = np.divide(as_before, before, out=np.zeros_like(before), where=before > 0.0)
    duty = sum(summed(event, "duty_paid", country=who).values(), zero) - scale * sum(basis["duty_paid"].values(), zero)
    rent = sum(summed(event, "rent_paid", country=who).values(), zero) - scale * sum(basis["rent_paid"].values(), zero)
    gain = worth(_home_users(event, basis, who, zero))
    output = worth(_home_output(event, basis, who, terms, zero))
    revenue = worth(lost) + worth(price_part)
    return {
        "lost_sales": worth(lost),
        "price_part": worth(price_part),
        "of_it_home_price": worth(at_home),
        "of_it_duty": worth(duty),
        "of_it_rent": worth(rent),
        "of_it_premium": worth(price_part) - worth(at_home) - worth(duty) - worth(rent),
        "revenue": revenue,
        "home_users_gain": gain,
        "home_output_lost": output,
        "net": revenue + gain + output,
        "foreign_share_points": 100.0
        * (_foreign_share(separated(event), who) - _foreign_share(basis["separated"], who)),
    }


def _background_price(label: str, product: str, basis: Basis) -> Array:
    """USD per tonne in the background: of the week's exports, else of the run's, else as asked."""
    tonnes, usd = basis["exports"][label], basis["exports_usd"][label]
    total = tonnes.sum(axis=1, keepdims=True)
    mean = np.divide(usd.sum(axis=1, keepdims=True), total, out=np.zeros_like(total), where=total > 1e-9)
    asked = KG * np.nan_to_num(basis["price_fob"].get(product, np.zeros_like(tonnes)))
    price = np.divide(usd, tonnes, out=np.zeros_like(usd), where=tonnes > 1e-9)
    return np.where(tonnes > 1e-9, price, np.where(mean > 0.0, mean, asked))


def _home_users(event: "Result", basis: Basis, who: str, zero: Array) -> Array:
    """Use at home, times how much cheaper the home price is than in the background, USD per week."""
    gain = zero
    now = summed(event, "price_domestic_net", "product", country=who)
    for product, used in summed(event, "use_gross", "product", country=who).items():
        if product in now:
            gain = gain + KG * used * (basis["price_home"][product] - now[product])
    return gain


def _home_output(event: "Result", basis: Basis, who: str, terms: Terms, zero: Array) -> Array:
    """Value added of lines at home that stood, over the background, USD per week; negative where more stood."""
    gain = zero
    for line, stopped in summed(event, "line_stop", "country", "end_use", country=who).items():
        gain = gain + 1e6 * terms.value_of(line) * (basis["line_stop"][line] - stopped)
    return gain


def _foreign_share(made: Series, who: str) -> Array:
    """Share of the oxides separated outside a country in the last 52 weeks, weighed by tonnes."""
    last = {label: tonnes[:, -YEAR:].sum(axis=1) for label, tonnes in made.items()}
    total = np.sum(list(last.values()), axis=0)
    abroad = np.sum([t for label, t in last.items() if not label.startswith(f"{who}.")] or [total * 0.0], axis=0)
    return np.asarray(np.divide(abroad, total, out=np.zeros_like(total), where=total > 0.0))
