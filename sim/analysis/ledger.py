"""The embargoer's ledger: what a measure earned and cost the country that imposed it, against the background run."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.metrics import summed
from sim.paired import BASIS_RECORDS, KG, LAST, Basis, Series, Terms, basis_of, separation
from sim.store import ResultError

if TYPE_CHECKING:
    import pandas as pd

    from sim.result import Result

Array = np.ndarray[Any, np.dtype[Any]]
RECORDS = (*BASIS_RECORDS, "use_gross")
"""Records both runs must keep."""
ENTRIES = {
    "lost_sales": "tonnes, at background prices",
    "price_part": "prices, of tonnes exported",
    "of_it_home_price": "as asked at home, no VAT",
    "of_it_duty": "export duty, treasury's",
    "of_it_rent": "permit rent, its holders'",
    "of_it_premium": "sellers' own, VAT, lags",
    "revenue": "tonnes and prices",
    "leak_margin": "past the books, not in net",
    "home_users_gain": "their use, cheaper",
    "home_output": "value added of lines",
    "lost_for_good": "separation gone, for ever",
    "net": "revenue, home, for good",
    "foreign_share_points": "abroad and paying, of 100",
}
"""Lines of the ledger, million USD of present value but for the last; rents are in the price part only."""


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
    duty and rent as paid over what the same exports paid per kg in the background, and the rest, which is the premium. What is
    lost for good is missing where the run is too short to tell.
    """
    who = event.manifest["exporter"]
    today = terms.today(event.manifest["weeks"])
    zero = np.zeros((event.manifest["replicates"], event.manifest["weeks"]))

    def worth(weekly: Array) -> Array:
        return np.asarray((weekly * today).sum(axis=1) / 1e6)

    tonnes = summed(event, "exports", "buyer", "product", seller=who)
    usd = summed(event, "exports_usd", "buyer", "product", seller=who)
    home = summed(event, "price_domestic_net", "product", country=who)
    lost, price_part, at_home = zero, zero, zero
    for label, sent in tonnes.items():
        product = label.split(".")[1]
        price = _background_price(label, product, basis)
        lost = lost + price * (sent - basis["exports"][label])
        price_part = price_part + usd[label] - price * sent
        if product in home:
            at_home = at_home + KG * (home[product] - basis["price_home"][product]) * sent
    parts = {
        "of_it_home_price": worth(at_home),
        "of_it_duty": worth(_paid_more(event, basis, who, "duty_paid", zero)),
        "of_it_rent": worth(_paid_more(event, basis, who, "rent_paid", zero)),
    }
    gain = worth(_home_users(event, basis, who, zero))
    output = worth(_home_output(event, basis, who, terms, zero))
    leaked = sum(summed(event, "leak_margin", country=who).values(), zero) - sum(basis["leak_margin"].values(), zero)
    gone, points = _lost_for_good(separation(event), basis, event.manifest["separators"], who, terms)
    gone = gone * today[-1]
    if not lost_is_seen(event.manifest)[0]:
        gone, points = np.full_like(gone, np.nan), np.full_like(points, np.nan)
    revenue = worth(lost) + worth(price_part)
    return {
        "lost_sales": worth(lost),
        "price_part": worth(price_part),
        **parts,
        "of_it_premium": worth(price_part) - parts["of_it_home_price"] - parts["of_it_duty"] - parts["of_it_rent"],
        "revenue": revenue,
        "leak_margin": worth(leaked),
        "home_users_gain": gain,
        "home_output": output,
        "lost_for_good": gone,
        "net": revenue + gain + output + np.nan_to_num(gone),
        "foreign_share_points": points,
    }


def _paid_more(event: "Result", basis: Basis, who: str, record: str, zero: Array) -> Array:
    """Duty or rent paid, over what the same tonnes paid per kg in the background, USD per week."""
    sent = summed(event, "exports", "product", seller=who)
    more = zero
    for product, paid in summed(event, record, "product", country=who).items():
        before = zero
        for label, tonnes in basis["exports"].items():
            if label.split(".")[1] == product:
                before = before + tonnes
        rate = np.divide(basis[record][product], before, out=np.zeros_like(before), where=before > 1e-9)
        more = more + paid - rate * sent.get(product, zero)
    return more


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


def lost_is_seen(manifest: dict[str, Any]) -> tuple[bool, str]:
    """Whether the last 52 weeks of a run can tell what is lost for good, and what is to be said of it.

    They cannot where they begin before the event does. Where it has not ended before they begin, plants abroad are those of a
    world in which it may go on.
    """
    begin, weeks = date.fromisoformat(manifest["start"]), int(manifest["weeks"])
    events = [e for e in manifest["scenario"]["events"] if not e["background"]]
    watched = begin + timedelta(weeks=weeks - LAST)
    if events and min(date.fromisoformat(e["start"]) for e in events) > watched:
        return False, (
            f"what is lost for good is left out: the run ends less than {LAST} weeks after the event begins; give it more weeks"
        )
    on = [e["name"] or e["kind"] for e in events if e.get("end") is None or date.fromisoformat(e["end"]) > watched]
    if on:
        return True, (
            f"what is lost for good is reckoned with plants as they stand while {', '.join(on)} still holds or ended less than "
            f"{LAST} weeks before the end"
        )
    return True, ""


def _lost_for_good(now: Basis, basis: Basis, country: dict[str, str], who: str, terms: Terms) -> tuple[Array, Array]:
    """Worth of the separation gone abroad, million USD at the horizon (negative: lost), and its change in points.

    It is what the country would have separated of the background's output, at the background's margin of its own separation,
    for ever at the discount rate, or at 1 % where that is lower.
    """
    before, after = _worth_of_feed(basis, basis), _worth_of_feed(now, basis)
    pays = {s: np.mean(basis["cost"][s], axis=1) < np.where(usd > 0.0, usd, after[s]) for s, usd in before.items()}
    change = _abroad(now, pays, country, who) - _abroad(basis, pays, country, who)
    earned, made = _earned(basis, basis)
    none = 0.0 * change
    own = [s for s in made if country[s] == who]
    cost = {s: (KG * basis["cost"][s] * basis["run"][s]).sum(axis=1) for s in own}
    margin = sum((earned[s] - cost[s] for s in own), none)
    tonnes = sum((made[s] for s in own), none)
    per_tonne = np.divide(margin, tonnes, out=np.zeros_like(none), where=tonnes > 0.0)
    gone = change * sum(made.values(), none)
    return -gone * np.maximum(per_tonne, 0.0) / max(terms.discount_yr, 0.01) / 1e6, 100.0 * change


def _abroad(run: Basis, pays: dict[str, Array], country: dict[str, str], who: str) -> Array:
    """Share of the world's capacity to separate that stands abroad and pays its cost, over the last 52 weeks."""
    capacity = {s: weekly.sum(axis=1) for s, weekly in run["capacity"].items()}
    total = np.sum([*capacity.values()], axis=0)
    abroad = sum(
        (np.where(pays[s], t, 0.0) for s, t in capacity.items() if s in pays and country[s] != who), 0.0 * total
    )
    return np.asarray(np.divide(abroad, total, out=np.zeros_like(total), where=total > 0.0))


def _worth_of_feed(run: Basis, basis: Basis) -> Series:
    """What a kg of feed became, at background prices, USD, per separator; 0 where none was run."""
    earned, made = _earned(run, basis)
    feed = {s: KG * run["run"][s].sum(axis=1) for s in made}
    return {s: np.divide(earned[s], kg, out=np.zeros_like(kg), where=kg > 0.0) for s, kg in feed.items()}


def _earned(run: Basis, basis: Basis) -> tuple[Series, Series]:
    """Per separator, over the last 52 weeks: USD its oxides fetch at background prices, t made."""
    earned: Series = {}
    made: Series = {}
    for label, tonnes in run["made"].items():
        site, product = label.split(".")
        price = basis["price_fob"].get(product, basis["price_home"].get(product))
        worth = KG * np.nan_to_num(price[:, -LAST:]) * tonnes if price is not None else 0.0 * tonnes
        earned[site] = earned.get(site, 0.0) + worth.sum(axis=1)
        made[site] = made.get(site, 0.0) + tonnes.sum(axis=1)
    return earned, made
