"""Replaying: the score card and the calibration in the terminal, and their files."""

import shutil
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from sim.calibrate.calibration import REPLAY, calibrate, screen
from sim.calibrate.writing import write_calibration
from sim.history.card import Card, score_card
from sim.history.writing import write_card
from sim.scenario.calibrated import TABLE
from sim.scenario.load import load
from sim.store import ResultError

if TYPE_CHECKING:
    import pandas as pd

COLOUR = {"pass": "green", "near": "yellow", "fail": "red"}


def show_history(
    replicates: int, seed: int, workers: int, out: Path | None, facts: tuple[str, ...], ablations: bool
) -> Card:
    """Run the replays, print the card, and write it where asked."""
    if out is not None:
        _must_be_folder(out)
    err = Console(stderr=True)
    card = score_card(replicates, seed, workers, facts, ablations, tell=lambda line: err.print(f"running: {line}"))
    console = Console(width=max(Console().width, 140))
    _show_facts(card, console)
    _show_bars(card, console)
    if out is not None:
        made = write_card(card, out)
        console.print(
            f"card.csv, card.parquet, score_card.md and {len([p for p in made if p.suffix == '.png'])} figures in {out}"
        )
    return card


def _show_facts(card: Card, console: Console) -> None:
    table = Table(
        title="Facts: model's median and 80 % band against the data; error in tolerances", title_justify="left"
    )
    for name in ("fact", "point", "class", "data", "tolerance", "model", "80 % band", "error", "verdict"):
        table.add_column(name, justify="right" if name in ("data", "model", "80 % band", "error") else "left")
    for v in card.verdicts:
        colour = COLOUR.get(v.call, "dim")
        table.add_row(
            v.fact.fact, v.fact.point, v.fact.kind, _told(v.fact.value, "g"), v.fact.allowed, _told(v.median, ".4g"),
            f"{_told(v.low, '.4g')} to {_told(v.high, '.4g')}", _told(v.error, "+.2f"), f"[{colour}]{v.call}[/{colour}]",
        )  # fmt: skip
    console.print(table)


def _told(value: float, form: str) -> str:
    return "-" if isnan(value) else format(value, form)


def _show_bars(card: Card, console: Console) -> None:
    classes = Table(title="By class", title_justify="left")
    for column in card.classes.columns:
        classes.add_column(column, justify="left" if column == "class" else "right")
    for row in card.classes.itertuples(index=False):
        classes.add_row(*(x if isinstance(x, str) else f"{x:.2f}" if isinstance(x, float) else str(x) for x in row))
    console.print(classes)
    table = Table(title="Bars", title_justify="left")
    for name in ("bar", "found", "met"):
        table.add_column(name, overflow="fold")
    for bar in card.bars:
        met = {True: "[green]yes[/green]", False: "[red]no[/red]", None: "-"}[bar.met]
        table.add_row(bar.name, bar.found, met)
    console.print(table)


def show_screening(seed: int, workers: int, out: Path) -> None:
    """Say which numbers move training facts between the ends of their ranges."""
    _must_be_folder(out)
    err = Console(stderr=True)
    moves = screen(seed, workers, tell=lambda line: err.print(f"running: {line}"))
    _show_table(moves, "Numbers by what they move between the ends of their ranges, in tolerances")
    out.mkdir(parents=True, exist_ok=True)
    moves.to_csv(out / "screening.csv", index=False, float_format="%.6g", lineterminator="\n")


def show_calibration(draws: int, replicates: int, seed: int, workers: int, out: Path, adopt: bool) -> None:
    """Calibrate, print modes and what each number moves, write tables and figures, and keep the sets where asked."""
    _must_be_folder(out)
    err = Console(stderr=True)
    found = calibrate(draws, replicates, seed, workers, tell=lambda line: err.print(f"running: {line}"))
    _show_table(found.moves, "What each number moves over its range, in tolerances")
    _show_table(found.modes, "Modes")
    _show_table(found.accepted.head(10), f"Nearest of {len(found.accepted)} accepted sets out of {draws}")
    made = write_calibration(found, out)
    console = Console()
    for line in [
        f"{row['number']} moves no training fact: take it out"
        for _, row in found.moves.iterrows()
        if not row["facts moved"]
    ]:
        console.print(f"warning: {line}", style="yellow")
    console.print(f"{len(made)} files in {out}")
    if adopt:
        place = load(REPLAY).world_folder() / TABLE
        shutil.copyfile(out / TABLE, place)
        console.print(f"kept in {place}; runs and studies draw from it")


def _must_be_folder(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise ResultError(f"{out}: is a file; give a folder")


def _show_table(table: "pd.DataFrame", title: str) -> None:
    shown = Table(title=title, title_justify="left")
    for column in table.columns:
        shown.add_column(str(column), overflow="fold")
    for row in table.itertuples(index=False):
        shown.add_row(*(f"{x:.4g}" if isinstance(x, float) else str(x) for x in row))
    Console(width=max(Console().width, 140)).print(shown)
