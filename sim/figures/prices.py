"""Price paths with bands, and the ladder from home price to what is really paid."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.figures.names import country_name, product_name, target
from sim.figures.style import COLOURS, blank, columns_for, drawn, entitle, joined
from sim.figures.text import rounded
from sim.figures.timeline import dates_of, fan, median_of, over_time, run_page
from sim.language import Words, capital
from sim.metrics import YEAR, base_weeks, first_event, rolling
from sim.result import Result

STEPS = ("price_domestic_net", "price_fob", "price_quote", "price_traded")
"""The four prices, from the exporter's home to what the buyer pays."""
STAGES = ("oxide", "metal", "magnet")
LITTLE = 0.005
"""Share of the buyer's import value under which a product is left out."""
RISE = 1.1
"""Times the base weeks' mean under which a price counts as holding."""


@dataclass(frozen=True)
class Rise:
    """Highest and lowest price paid for a product over the base weeks' mean, and the week of the highest; medians over replicates."""

    product: str
    ratio: float
    week: int
    lowest: float


def paths(result: Result, product: str, buyer: str) -> list[np.ndarray | None]:
    """The four prices of a product, USD/kg, (replicate, week) each; None where the world has none."""
    found: list[np.ndarray | None] = []
    for record, country in zip(STEPS, (result.manifest["exporter"],) * 2 + (buyer,) * 2, strict=True):
        values, labels = result.array(record, product=product, country=country)
        found.append(values[:, :, 0].astype(np.float64) if labels else None)
    return found


def rises(result: Result, buyer: str) -> list[Rise]:
    """Products the buyer imports, most risen first.

    Peaks and lows are of 4-week means after the base weeks. What is under half a percent of the value of its imports, or was not paid for in the base
    weeks, is left out.
    """
    usd, labels = result.array("imports_usd", buyer=buyer)
    worth: dict[str, float] = {}
    for n, (_seller, _buyer, product) in enumerate(labels):
        worth[product] = worth.get(product, 0.0) + float(usd[:, :, n].sum(dtype=np.float64))
    stage, found = result.manifest["stage"], []
    for product, value in worth.items():
        paid, there = result.array("price_traded", product=product, country=buyer)
        if stage[product] not in STAGES or not there or value < LITTLE * sum(worth.values()):
            continue
        series = paid[:, :, 0].astype(np.float64)
        base = series[:, base_weeks(result)]
        if not np.isfinite(base).any(axis=1).all():
            continue
        begin = base_weeks(result).stop if base_weeks(result).stop < series.shape[1] else 0
        means = rolling(series, 4)[:, begin:]
        mean = np.nanmean(base, axis=1)
        paid_for = np.where(rolling(np.isfinite(series), 4)[:, begin:] > 1.0 - 1e-9, means, np.inf)
        found.append(
            Rise(
                product, float(np.median(means.max(axis=1) / mean)), begin + int(np.median(means.argmax(axis=1))),
                float(np.median(paid_for.min(axis=1) / mean)),
            )
        )  # fmt: skip
    return sorted(found, key=lambda f: -f.ratio)


def _shown(result: Result, buyer: str, most: int, each: int) -> list[str]:
    """The products that rise most, at most so many of a stage."""
    stage = result.manifest["stage"]
    chosen: list[str] = []
    for rise in rises(result, buyer):
        if sum(stage[c] == stage[rise.product] for c in chosen) < each and len(chosen) < most:
            chosen.append(rise.product)
    return chosen


def _step_names(result: Result, say: Words, buyer: str) -> list[str]:
    home, abroad = country_name(result, say, result.manifest["exporter"]), country_name(result, say, buyer)
    return [
        say.sentence("figure.price_home", country=home), say.label("record.price_fob"),
        say.sentence("figure.price_quoted", country=abroad), say.sentence("figure.price_paid", country=abroad),
    ]  # fmt: skip


@drawn
def price_paths(result: Result, width: float, say: Words) -> Any:
    """Fans of the four prices, USD/kg: a row per product that rises most, one scale a row; None if none is bought."""
    buyer = target(result)
    products = _shown(result, buyer, 4, 2)
    if not products:
        return None
    ends = base_weeks(result).stop >= result.manifest["weeks"] and first_event(result) is not None
    note = joined(say, say.label("figure.bands"), say.label("figure.ends_before") if ends else "")
    names = _step_names(result, say, buyer)
    figure, axes = run_page(
        result, say, len(products), 4, _paths_title(result, say, buyer), width, note=note, height=1.35,
        share_y="row", key=list(zip(names, COLOURS, strict=False)), gaps=(0.8, 0.2),
    )  # fmt: skip
    for row, product in zip(axes, products, strict=True):
        for axis, path, colour in zip(row, paths(result, product, buyer), COLOURS, strict=False):
            if path is None:
                axis.remove()
                continue
            fan(axis, result, path, colour)
            over_time(axis, result, say)
        row[0].set_title(capital(product_name(say, product)))
        row[0].set_ylabel(say.label("axis.usd_per_kg"))
    return figure


def _paths_title(result: Result, say: Words, buyer: str) -> str:
    """What rises most and how far; where nothing rises by a tenth, between what prices stay."""
    found, country, base = rises(result, buyer), country_name(result, say, buyer), _base_told(result, say)
    top = found[0]
    if round(top.ratio, 2) < RISE:
        low = min(f.lowest for f in found)
        return capital(say.sentence("figure.price_holds", country=country, low=100.0 * low, high=100.0 * top.ratio, base=base))
    behind = any(event["background"] for event in result.manifest["scenario"]["events"])
    title = say.sentence(
        "figure.price_rise_behind" if behind else "figure.price_rise", country=country, product=product_name(say, top.product),
        times=rounded(top.ratio), when=result.dates[top.week], base=base,
    )  # fmt: skip
    return capital(title)


def _base_told(result: Result, say: Words) -> str:
    """The base weeks in words: the year before, or whatever they are."""
    base = base_weeks(result)
    weeks = base.stop - base.start
    if base.stop >= result.manifest["weeks"]:
        return say.label("figure.base_run")
    if first_event(result) is None:
        return say.sentence("figure.base_first", weeks=weeks)
    return say.label("figure.base_year") if weeks == YEAR else say.sentence("figure.base_before", weeks=weeks)


@drawn
def price_ladder(result: Result, width: float, say: Words) -> Any:
    """Medians of the four prices on one axis, USD/kg, for the products that rise most; None if none is bought."""
    buyer = target(result)
    products = _shown(result, buyer, 6, 2)
    if not products:
        return None
    names = _step_names(result, say, buyer)
    across = min(columns_for(width, 2), len(products))
    figure, axes = run_page(
        result, say, -(-len(products) // across), across, _ladder_title(result, say, products, buyer), width,
        key=list(zip(names, COLOURS, strict=False)), note=joined(say, say.label("figure.ladder_note")), height=2.0,
    )  # fmt: skip
    dates = dates_of(result)
    for axis, product in zip(axes.ravel(), products, strict=False):
        lines = [None if p is None else median_of(p) for p in paths(result, product, buyer)]
        if lines[0] is not None and lines[3] is not None:
            axis.fill_between(dates, lines[0], lines[3], color="#eeeeee", linewidth=0)
        for line, colour, how in zip(lines, COLOURS, ("-", "-", ":", "-"), strict=False):
            if line is not None:
                axis.plot(dates, line, color=colour, linewidth=1.7, linestyle=how)
        over_time(axis, result, say)
        entitle(axis, capital(product_name(say, product)))
        axis.set_ylabel(say.label("axis.usd_per_kg"))
    blank(axes, len(products))
    return figure


def _ladder_title(result: Result, say: Words, products: list[str], buyer: str) -> str:
    """How far, and of which product, the price paid and the price quoted stand above the home price at their widest."""
    names = {
        "buyer": country_name(result, say, buyer), "exporter": country_name(result, say, result.manifest["exporter"]),
    }  # fmt: skip
    paid, quoted = (_widest(result, products, buyer, step) for step in ("price_traded", "price_quote"))
    if paid is None:
        return capital(say.sentence("figure.ladder_none", **names))
    title = say.sentence("figure.ladder", **names, **_at(result, say, paid))
    return capital(title + (say.sentence("figure.ladder_quoted", **_at(result, say, quoted)) if quoted else ""))


def _widest(result: Result, products: list[str], buyer: str, step: str) -> tuple[str, int, float] | None:
    """Product, week and ratio at which the median of a price stands highest above that of the home price."""
    found = []
    for product in products:
        path = paths(result, product, buyer)
        home, above = path[0], path[STEPS.index(step)]
        if home is not None and above is not None:
            ratio = np.nan_to_num(median_of(above) / median_of(home), nan=-np.inf)
            found.append((product, int(ratio.argmax()), float(ratio.max())))
    return max(found, key=lambda f: f[2]) if found else None


def _at(result: Result, say: Words, widest: tuple[str, int, float]) -> dict[str, Any]:
    """Values of a sentence of how far a price stands above another."""
    product, week, ratio = widest
    return {"times": rounded(ratio), "product": product_name(say, product), "when": result.dates[week]}
