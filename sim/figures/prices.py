"""Price paths with bands, and the ladder from home price to what is really paid."""

from typing import Any

import numpy as np

from sim.analysis.findings import price_peaks
from sim.figures.places import country_name
from sim.figures.style import (
    BANDS,
    COLOURS,
    PAGE,
    blank,
    columns_for,
    entitle,
    fan,
    mark_events,
    month_of,
    page,
    time_axis,
    words,
)
from sim.result import Result


def price_paths(result: Result, width: float = PAGE) -> Any:
    """Home and FOB price of every oxide of the exporter, USD/kg; None without oxides. ``width`` in inches."""
    exporter = result.manifest["exporter"]
    stage = result.manifest["stage"]
    _fob, labels = result.array("price_fob", country=exporter)
    oxides = [x[0] for x in labels if stage[x[0]] == "oxide"]
    if not oxides:
        return None
    peaks = [r for r in price_peaks(result) if r["price"] == "fob" and stage[r["product"]] == "oxide"]
    top = peaks[0]
    title = (
        f"FOB prices: {words(top['product'])} rises most, {float(np.median(top['ratio'])):.1f} times its base, "
        f"with its peak around {month_of(top['when'])}"
    )
    across = columns_for(width, 3)
    key = ((f"inside {country_name(result, exporter)}, without VAT", COLOURS[0]), ("FOB", COLOURS[1]))
    figure, axes = page(-(-len(oxides) // across), across, title, result, width, key=key, note=BANDS)
    for axis, product in zip(axes.ravel(), oxides, strict=False):
        home, _ = result.array("price_domestic_net", product=product, country=exporter)
        abroad, _ = result.array("price_fob", product=product, country=exporter)
        fan(axis, result, home[:, :, 0].astype(np.float64), COLOURS[0])
        fan(axis, result, abroad[:, :, 0].astype(np.float64), COLOURS[1])
        mark_events(axis, result)
        entitle(axis, words(product))
        axis.set_ylabel("USD/kg")
        axis.set_ylim(bottom=0)
        time_axis(axis, result)
    blank(axes, len(oxides))
    return figure


def price_ladder(result: Result, width: float = PAGE) -> Any:
    """Home, FOB, quoted and traded price, USD/kg, of what makers abroad buy most, for the target; None if it buys none."""
    exporter = result.manifest["exporter"]
    buyer = target(result)
    products = [
        p
        for p in ("ndpr_oxide", "dy_oxide", "tb_oxide", "ndpr_metal", "dy_metal", "ndfeb_h")
        if _sold(result, p, buyer)
    ]
    if not products:
        return None
    home, abroad = country_name(result, exporter), country_name(result, buyer)
    steps = (
        ("price_domestic_net", exporter, f"inside {home}"), ("price_fob", exporter, "FOB"),
        ("price_quote", buyer, f"quoted to {abroad}"), ("price_traded", buyer, f"paid by {abroad}"),
    )  # fmt: skip
    key = tuple((name, COLOURS[k]) for k, (_record, _country, name) in enumerate(steps))
    across = min(columns_for(width, 2), len(products))
    title = _ladder_title(result, products, buyer)
    figure, axes = page(-(-len(products) // across), across, title, result, width, key=key, note=BANDS)
    for axis, product in zip(axes.ravel(), products, strict=False):
        for k, (record, country, _name) in enumerate(steps):
            values, labels = result.array(record, product=product, country=country)
            if labels:
                fan(axis, result, values[:, :, 0].astype(np.float64), COLOURS[k])
        mark_events(axis, result)
        entitle(axis, words(product))
        axis.set_ylabel("USD/kg")
        axis.set_ylim(bottom=0)
        time_axis(axis, result)
    blank(axes, len(products))
    return figure


def _ladder_title(result: Result, products: list[str], buyer: str) -> str:
    """How far, and of which product, the price paid stands above the home price at its widest."""
    exporter = result.manifest["exporter"]
    widest = ("", 0, -np.inf)
    for product in products:
        home, found = result.array("price_domestic_net", product=product, country=exporter)
        if not found:
            continue
        paid, _ = result.array("price_traded", product=product, country=buyer)
        times = (paid[:, :, 0] / home[:, :, 0]).astype(np.float64)
        seen = np.isfinite(times).any(axis=0)
        gap = np.full(times.shape[1], -np.inf)
        gap[seen] = np.nanmedian(times[:, seen], axis=0)
        if gap.max() > widest[2]:
            widest = (product, int(gap.argmax()), float(gap.max()))
    product, week, most = widest
    here, there = country_name(result, exporter), country_name(result, buyer)
    if not product:
        return f"{there} buys what {here} does not make"
    return f"{there} pays up to {most:.1f} times the home price of {here}, for {words(product)} in {result.dates[week]:%B %Y}"


def target(result: Result) -> str:
    """The buyer named by an event, else the largest importer."""
    for event in result.manifest["scenario"]["events"]:
        named = event["selection"]["buyer_country"]
        if named and not event["background"]:
            return str(named[0])
    _values, labels = result.array("price_traded")
    buyers = [x[1] for x in labels if x[1] != result.manifest["exporter"]]
    return max(sorted(set(buyers)), key=buyers.count)


def _sold(result: Result, product: str, buyer: str) -> bool:
    values, labels = result.array("price_traded", product=product, country=buyer)
    return bool(labels) and bool(np.isfinite(values).any())
