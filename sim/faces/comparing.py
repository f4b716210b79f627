"""Comparing: a comparison in the terminal, and all its tables as CSV, Parquet and figures."""

from pathlib import Path

import numpy as np
from rich.console import Console

from sim.analysis.comparison import Comparison, compare
from sim.analysis.differences import ledger_line
from sim.analysis.intervals import resample
from sim.analysis.ledger import ENTRIES, RECORDS, ledger, lost_is_seen
from sim.faces.drawing import draw_ledger, legible
from sim.faces.tabling import (
    print_averted,
    print_costs,
    print_event,
    print_ledger,
    print_race,
    print_recovery,
    print_regret,
    print_sureness,
    rows_of,
    terminal,
)
from sim.folder import Folder
from sim.paired import Terms
from sim.runner import chosen_policy, run
from sim.scenario.load import load
from sim.store import ResultError


def show_comparison(sources: list[str], out: str | None, lang: str = "en") -> Comparison:
    """Compare, print the main tables, and write all of them, and the figures, beside the result."""
    legible(lang)
    found = compare(*sources)
    target = out or f"{sources[0].rstrip('/')}/comparison"
    folder = Folder(target)
    if folder.is_local and Path(target).exists() and not Path(target).is_dir():
        raise ResultError(f"{target}: is a file; give a folder")
    console = terminal()
    for pairs in found.pairs:
        console.print(f"\n[bold]{pairs.scenario}[/bold], {len(pairs.draws)} paired worlds", highlight=False)
        if pairs.incomplete:
            told = ", ".join(f"{answer} {lacking}" for answer, lacking in pairs.incomplete.items())
            console.print(
                f"runs failed (failures.json says why); pairs that are missing, by answer: {told}. Ranks, regret and the front are over "
                "the pairs that every answer has",
                style="yellow", highlight=False, soft_wrap=True,
            )  # fmt: skip
        for show in (
            print_event, print_recovery, print_race, print_costs, print_regret, print_averted, print_sureness,
        ):  # fmt: skip
            show(found, pairs.scenario, console)
        rows = rows_of(found.ledger, pairs.scenario)
        rows = rows[rows.policy == "none"] if len(rows) else rows
        title = "The embargoer's ledger, M USD of today (b1 less b0)"
        print_ledger([dict(r) for _, r in rows.iterrows()], title, pairs.ledger_note, console)
    write(found, folder, lang)
    told = f"all tables and figures in {target}" if folder.is_local else f"all tables in {target}; for figures give --out a folder here"
    console.print(f"\n{told}", highlight=False)
    return found


def write(found: Comparison, folder: Folder, lang: str = "en") -> None:
    """Every table as CSV and Parquet; figures where the folder is on this disk."""
    import io

    for name, table in found.tables().items():
        folder.write(f"{name}.csv", table.to_csv(index=False).encode())
        sink = io.BytesIO()
        table.to_parquet(sink, index=False)
        folder.write(f"{name}.parquet", sink.getvalue())
    if folder.is_local:
        from sim.figures.comparison import draw_comparison

        draw_comparison(found, Path(folder.path("")), lang)


def show_ledger(
    source: str,
    policy: list[str] | None,
    replicates: int,
    seed: int,
    weeks: int | None,
    workers: int,
    out: Path | None,
    lang: str = "en",
) -> None:
    """Run a scenario without and with its event, and print the embargoer's ledger; write it and its figure where asked."""
    import pandas as pd

    from sim.study.part import background_only

    if out is not None and (out.is_dir() or not out.parent.is_dir()):
        raise ResultError(f"{out}: no file can be written there; give a file in a folder that exists")
    if out is not None:
        legible(lang)
    scenario = load(source)
    chosen = chosen_policy(scenario, policy or "none")
    err = Console(stderr=True)
    results = []
    for told, file, answer in (("without the event", background_only(scenario), "none"), ("with it", scenario, chosen)):
        err.print(f"running {told}")
        results.append(
            run(file, answer, replicates=replicates, seed=seed, weeks=weeks, records=RECORDS, workers=workers)
        )
    table = ledger(results[0], results[1], terms=Terms())
    pairs = resample(np.zeros(len(table)), table["replicate"].to_numpy())
    rows = [ledger_line(line, table[line].to_numpy(), pairs) for line in ENTRIES]
    console = terminal()
    console.print(f"[bold]{scenario.title}[/bold]")
    title = f"Ledger of {results[1].manifest['exporter']}, M USD of today, {len(table)} paired worlds, policy {results[1].manifest['policy']}"
    print_ledger(rows, title, lost_is_seen(results[1].manifest)[1], console)
    console.print("home output is 0 here: only a study says what a line's week is worth")
    if out is not None:
        pd.DataFrame(rows).to_csv(out, index=False)
        draw_ledger(rows, results[1], out, lang)
