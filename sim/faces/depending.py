"""Depending: tables of how far a country hangs on another, direct and look-through, and by customs form."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.table import Table

from sim.dependence import by_form, dependence
from sim.figures.names import target
from sim.result import Result, open_result

if TYPE_CHECKING:
    import pandas as pd

NEEDED = {"imports", "imports_usd", "use_by_origin"}
"""Records the tables are made of."""


def show_dependence(folder: Path, country: str | None, origin: str | None, until: str | None) -> None:
    """Print both tables of a result; the buyer an event names and the world's exporter unless others are named."""
    result = open_result(folder)
    console = Console()
    console.print(layers_table(result, country or target(result), origin or result.manifest["exporter"], until))
    console.print(forms_table(result, country or target(result), origin or result.manifest["exporter"], until))


def layers_table(result: Result, country: str, origin: str, until: str | None = None) -> Table:
    """Direct and look-through dependence by layer, median over replicates, 5 to 95 % in brackets."""
    found = dependence(result, country, origin, until=until)
    table = _table(result, f"Dependence of {country} on {origin}", until, "measure", "share", "less direct, points")
    first = found[found["layer"] == found["layer"].iloc[0]]
    table.add_row("direct, contained t imported", _shares(first["direct"]), "")
    table.add_row("direct, value imported", _shares(first["direct_usd"]), "")
    for layer, rows in found.groupby("layer", sort=False):
        group = rows["group"].iloc[0]
        named = f"look-through, {layer}" + ("" if group == origin else f" ({group})")
        table.add_row(named, _shares(rows["look_through"]), _shares(rows["gap"], ""))
    return table


def forms_table(result: Result, country: str, origin: str, until: str | None = None) -> Table:
    """Imports as the importer's customs record them, by form, and the share of one country."""
    found = by_form(result, country, origin, until)
    table = _table(result, f"Imports of {country} by customs code", until, "HS", "form", "t", f"from {origin}, t", "value")
    for hs, rows in found.groupby("hs", sort=True):
        tonnes = float(rows["tonnes"].median())
        table.add_row(
            str(hs), str(rows["form"].iloc[0]), f"{tonnes:,.0f}", _shares(rows["share"]), _shares(rows["share_usd"])
        )
    return table


def _table(result: Result, title: str, until: str | None, *columns: str) -> Table:
    when = f"last 52 weeks up to {until or result.dates[-1]}; median, 5 to 95 % in brackets"
    table = Table(title=f"{title} ({when})", title_justify="left")
    for n, column in enumerate(columns):
        table.add_column(column, justify="left" if n == 0 or column == "form" else "right", no_wrap=n == 0)
    return table


def _shares(values: "pd.Series[float]", unit: str = " %") -> str:
    """Shares as percent; a dash where no replicate has one."""
    if values.isna().all():
        return "-"
    low, middle, high = (100.0 * float(np.nanquantile(values, q)) for q in (0.05, 0.5, 0.95))
    return f"{middle:.1f}{unit} ({low:.1f} to {high:.1f})"
