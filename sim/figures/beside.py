"""Beside: two runs on the same axes, what runs short in either and what is paid for it."""

from typing import Any

import numpy as np

from sim.analysis.findings import first_week
from sim.figures.names import country_name, product_name
from sim.figures.shortages import lacking_share, shortest
from sim.figures.style import COLOURS, blank, columns_for, drawn, entitle, joined
from sim.figures.timeline import fan, over_time, run_page
from sim.language import Words, capital
from sim.result import Result

Place = tuple[str, str]
"""Element or product, and country."""
MOST = 4
"""Panels of shortages, and of prices under them at most."""


@drawn
def two_runs(now: Result, before: Result, width: float, say: Words) -> Any:
    """This run and the last: share lacking of what runs short in either, and FOB prices of what moved most."""
    places = _places(now, before)
    dear = _dearest(now, before)
    across = min(columns_for(width, 2), max(len(places) + len(dear), 1))
    key = [(say.label("figure.this_run"), COLOURS[0]), (say.label("figure.last_run"), COLOURS[1])]
    weeks = say.label("figure.lacking_weeks") if places else ""
    note = joined(say, say.label("figure.bands"), weeks, say.label("figure.not_netted"))
    if not places and not dear:
        figure, axes = run_page(now, say, 1, 1, say.label("figure.beside_nothing"), width, height=0.3)
        blank(axes, 0)
        return figure
    rows = -(-(len(places) + len(dear)) // across)
    figure, axes = run_page(now, say, rows, across, _title(now, before, places, say), width, key=key, note=note)
    panels = iter(axes.ravel())
    for place, axis in zip(places, panels, strict=False):
        for result, colour in ((before, COLOURS[1]), (now, COLOURS[0])):
            fan(axis, result, lacking_share(result, *place), colour)
        _labelled(axis, now, say, "figure.element_in_country", "axis.lacking_share", place)
    for product, axis in zip(dear, panels, strict=False):
        for result, colour in ((before, COLOURS[1]), (now, COLOURS[0])):
            fan(axis, result, _price(result, product), colour)
        _labelled(axis, now, say, "figure.fob_of", "axis.usd_per_kg", (product, str(now.manifest["exporter"])))
    blank(axes, len(places) + len(dear))
    return figure


def _labelled(axis: Any, result: Result, say: Words, title: str, unit: str, place: Place) -> None:
    over_time(axis, result, say)
    names = {
        "product": product_name(say, place[0]), "element": say.named("element", place[0]), "country": country_name(result, say, place[1]),
    }  # fmt: skip
    entitle(axis, capital(say.sentence(title, **names)))
    axis.set_ylabel(say.label(unit))


def _places(now: Result, before: Result) -> list[Place]:
    """Elements and countries that run short in either run, the worst of each in turn."""
    lists = [[(c.element, c.country) for c in shortest(r, MOST)] for r in (now, before)]
    turns = [p for n in range(MOST) for found in lists for p in found[n : n + 1]]
    return list(dict.fromkeys(turns))[:MOST]


def _price(result: Result, product: str) -> np.ndarray:
    """FOB price of a product at the exporter, USD/kg (replicate, week)."""
    values, _ = result.array("price_fob", product=product, country=result.manifest["exporter"])
    return np.asarray(values[:, :, 0], dtype=np.float64)


def _dearest(now: Result, before: Result) -> list[str]:
    """The two products whose median FOB price moved most between the runs, as a share of its mean; none where none did."""
    _, labels = now.array("price_fob", country=now.manifest["exporter"])
    moved = {}
    for product, _country in labels:
        a, b = (np.median(_price(r, product), axis=0) for r in (now, before))
        share = (
            float(np.abs(a - b).max() / b.mean()) if np.isfinite(a).all() and np.isfinite(b).all() and b.mean() else 0.0
        )
        moved[product] = share
    return [p for p in sorted(moved, key=lambda p: (-moved[p], p))[:2] if moved[p] > 0.01]


def _title(now: Result, before: Result, places: list[Place], say: Words) -> str:
    """The worst place's median of each replicate's deepest from the first event on, in both runs."""
    if not places:
        return say.label("figure.beside_prices")
    worst = [float(np.median(lacking_share(r, *places[0])[:, first_week(r) :].max(axis=1))) for r in (now, before)]
    return capital(
        say.sentence(
            "figure.beside", element=say.named("element", places[0][0]), country=country_name(now, say, places[0][1]),
            now=worst[0], before=worst[1],
        )
    )  # fmt: skip
