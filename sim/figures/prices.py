"""Price paths with bands, and the ladder from home price to what is really paid."""

from typing import Any

import numpy as np

from sim.analysis.findings import price_peaks
from sim.figures.style import COLOURS, blank, fan, mark_events, page, time_axis, words
from sim.result import Result


def price_paths(result: Result) -> Any:
    """Home and FOB price of every oxide of the exporter."""
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
        f"peak around {top['when']}"
    )
    rows = (len(oxides) + 2) // 3
    figure, axes = page(rows, 3, title, result)
    for n, (axis, product) in enumerate(zip(axes.ravel(), oxides, strict=False)):
        home, _ = result.array("price_domestic_net", product=product, country=exporter)
        abroad, _ = result.array("price_fob", product=product, country=exporter)
        fan(axis, result, home[:, :, 0].astype(np.float64), COLOURS[0], f"inside {exporter}, without VAT")
        fan(axis, result, abroad[:, :, 0].astype(np.float64), COLOURS[1], "FOB")
        mark_events(axis, result, named=n == 0)
        axis.set_title(words(product))
        axis.set_ylabel("USD/kg")
        axis.set_ylim(bottom=0)
        time_axis(axis)
    axes.ravel()[0].legend(loc="upper right", fontsize=7.5)
    blank(axes, len(oxides))
    return figure


def price_ladder(result: Result) -> Any:
    """Home, FOB, quoted and traded price of the oxides that makers abroad buy most, for the largest buyer."""
    exporter = result.manifest["exporter"]
    buyer = target(result)
    products = [
        p
        for p in ("ndpr_oxide", "dy_oxide", "tb_oxide", "ndpr_metal", "dy_metal", "ndfeb_h")
        if _sold(result, p, buyer)
    ]
    if not products:
        return None
    figure, axes = page(
        (len(products) + 1) // 2, min(2, len(products)), _ladder_title(result, products[0], buyer), result
    )
    for n, (axis, product) in enumerate(zip(axes.ravel(), products, strict=False)):
        steps = (
            ("price_domestic_net", exporter, f"inside {exporter}"), ("price_fob", exporter, "FOB"),
            ("price_quote", buyer, f"quoted to {buyer}"), ("price_traded", buyer, f"paid by {buyer}"),
        )  # fmt: skip
        for k, (record, country, name) in enumerate(steps):
            values, labels = result.array(record, product=product, country=country)
            if labels:
                fan(axis, result, values[:, :, 0].astype(np.float64), COLOURS[k], name)
        mark_events(axis, result, named=n == 0)
        axis.set_title(words(product))
        axis.set_ylabel("USD/kg")
        axis.set_ylim(bottom=0)
        time_axis(axis)
    axes.ravel()[0].legend(loc="upper right", fontsize=7.5)
    blank(axes, len(products))
    return figure


def _ladder_title(result: Result, product: str, buyer: str) -> str:
    """How far the price paid stands above the home price at its widest."""
    exporter = result.manifest["exporter"]
    home, _ = result.array("price_domestic_net", product=product, country=exporter)
    paid, _ = result.array("price_traded", product=product, country=buyer)
    gap = np.nanmedian(paid[:, :, 0] / home[:, :, 0], axis=0)
    week = int(np.nanargmax(gap))
    return (
        f"{buyer} pays up to {gap[week]:.1f} times the home price of {exporter} for {words(product)} "
        f"({result.dates[week]:%B %Y})"
    )


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
