"""Figures: findings into pictures, one function each from a result to a figure."""

from collections.abc import Callable
from typing import Any

from sim.analysis.findings import OF_NEED
from sim.figures.chain import chain
from sim.figures.permission import licence_queue, permits
from sim.figures.prices import price_ladder, price_paths
from sim.figures.shortages import shortage_curves, weeks_short
from sim.figures.stocks import cover_and_stocks
from sim.figures.trade import imports_by_origin, origins

FIGURES: dict[str, tuple[tuple[str, ...], Callable[..., Any]]] = {
    "shortages": (OF_NEED, shortage_curves),
    "weeks_short": (OF_NEED, weeks_short),
    "prices": (
        ("price_domestic_net", "price_fob", "price_quote", "price_traded", "imports", "imports_usd"), price_paths
    ),
    "price_ladder": (
        ("price_domestic_net", "price_fob", "price_quote", "price_traded", "imports", "imports_usd"), price_ladder
    ),
    "stocks": (("days_of_cover", "on_hand", "imports"), cover_and_stocks),
    "imports": (("imports",), imports_by_origin),
    "origins": (("imports", "imports_usd", "use_by_origin"), origins),
    "chain": (("production", "exports", "leaked", "imports", "on_hand_sellers", "use_gross"), chain),
    "licence_queue": (("licence_queue",), licence_queue),
    "permits": (("rent", "permits_used", "permits_wanted"), permits),
}  # fmt: skip
"""Figures by file name: the records each needs, and its function ``(result, width, lang)``."""
