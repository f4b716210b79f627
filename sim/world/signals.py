"""Signals: what may be known. Published prices a week old, customs six weeks old, own books now, what is announced."""

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
CUSTOMS_LAG = 6
"""Weeks until customs figures are published (source: model, the week)."""


@dataclass
class Signals:
    """Arrays a policy may read; (replicate, row) each. A secret stock is in nobody's signals."""

    quote: Array = field(default_factory=lambda: np.zeros((0, 0)))
    """USD/kg per market cell, a week old."""
    days_of_cover: Array = field(default_factory=lambda: np.zeros((0, 0)))
    """Days of own use on hand, per stock point."""
    normal_days: Array = field(default_factory=lambda: np.zeros((0, 0)))
    """Days of cover normally wished."""
    announced: Array = field(default_factory=lambda: np.zeros((0, 0)))
    """Announced loss per lane, 0 to 1."""
    imports: list[Array] = field(default_factory=list)
    """Tonnes by trade relation, newest last; the last six weeks are not yet published."""
    price_paid: Array = field(default_factory=lambda: np.zeros((0, 0)))
    """USD/kg really paid, smoothed over a quarter, per stock point; a government may read its own store's."""
    ledger: Array = field(default_factory=lambda: np.zeros((0, 0)))
    """USD per country: export revenue since its first measure less what it was the year before; its government sees it."""
    stored: Array = field(default_factory=lambda: np.zeros((0, 0)))
    """T on hand per stock point; a government may read its own store, and what firms at home report to it."""
    disclosed: Array = field(default_factory=lambda: np.zeros((0, 0)))
    """T per stock point in public stores last week; 0 for a secret one, which is in nobody's signals."""
    asked: Array = field(default_factory=lambda: np.zeros((0, 0)))
    """USD/kg asked at home per seller's stock point, last week."""
    shipped: Array = field(default_factory=lambda: np.zeros((0, 0)))
    """T shipped per lane last week; a government reads the books of firms it pays or lends to only."""
    invoiced: Array = field(default_factory=lambda: np.zeros((0, 0)))
    """USD/kg delivered per lane last week; the same."""
    stage: Array = field(default_factory=lambda: np.zeros((0, 0)))
    """Stage of each project: 0 waiting, 1 building, 2 standing, 3 failed."""
    capital: Array = field(default_factory=lambda: np.zeros((0, 0)))
    """Million USD each project costs; its applicants tell."""
    revenue_before: Array = field(default_factory=lambda: np.zeros((0, 0)))
    """USD per week per country: export revenue of the year before its first measure; its government sees it."""
    relief: Array = field(default_factory=lambda: np.zeros((0, 0)))
    """Easing of each country's measures by kind, as agreed last week."""

    def of(self, replicates: slice) -> "Signals":
        """The same of some replicates of the block."""
        seen: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        part: dict[str, Any]
        part = {k: [w[replicates] for w in v] if isinstance(v, list) else v[replicates] for k, v in seen.items()}
        return Signals(**part)

    def published_imports(self) -> Array | None:
        """Latest published week of imports, six weeks old."""
        return self.imports[-CUSTOMS_LAG - 1] if len(self.imports) > CUSTOMS_LAG else None
