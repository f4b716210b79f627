"""Replaying: the score card and the calibration in the terminal, and their files."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from sim.history.card import Card, score_card
from sim.history.writing import write_card
from sim.store import ResultError

COLOUR = {"pass": "green", "near": "yellow", "fail": "red"}


def show_history(
    replicates: int, seed: int, workers: int, out: Path | None, facts: tuple[str, ...], ablations: bool
) -> Card:
    """Run the replays, print the card, and write it where asked."""
    if out is not None and out.exists() and not out.is_dir():
        raise ResultError(f"{out}: is a file; give a folder")
    err = Console(stderr=True)
    card = score_card(replicates, seed, workers, facts, ablations, tell=lambda line: err.print(f"running: {line}"))
    console = Console(width=max(Console().width, 140))
    _show_facts(card, console)
    _show_bars(card, console)
    if out is not None:
        made = write_card(card, out)
        console.print(
            f"card.csv, card.parquet, card.md and {len([p for p in made if p.suffix == '.png'])} figures in {out}"
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
            v.fact.fact, v.fact.point, v.fact.kind, f"{v.fact.value:g}", v.fact.allowed, f"{v.median:.4g}",
            f"{v.low:.4g} to {v.high:.4g}", f"{v.error:+.2f}", f"[{colour}]{v.call}[/{colour}]",
        )  # fmt: skip
    console.print(table)


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
