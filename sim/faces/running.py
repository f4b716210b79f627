"""Running: progress, a table of what ran short, price peaks, and where the result lies."""

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from ruamel.yaml import YAML

from sim.analysis.findings import OF_NEED, foremost, price_peaks, warnings, what_ran_short
from sim.faces.depending import NEEDED, layers_table
from sim.faces.drawing import draw_ablation, legible
from sim.faces.showing import counted
from sim.faces.tabling import print_ablation, say
from sim.figures.names import named_target, target
from sim.language import words
from sim.result import Result
from sim.runner import run
from sim.scenario.faults import ScenarioError
from sim.scenario.load import Scenario, load, parse
from sim.store import ResultError, code_and_world, read_manifest, world_of

LINES = 16
"""Lines of the table of what ran short."""


def run_scenario(
    source: str | Path | Scenario, policy: Any, replicates: int, seed: int, weeks: int | None, out: Path | None,
    workers: int, records: str | Sequence[str], overwrite: bool = False,
) -> Result:  # fmt: skip
    """Run with a progress bar and print the findings."""
    scenario = load(source)
    folder = out if out is not None else _free_folder(scenario.name, policy)
    result = _with_bar(scenario, policy, replicates, seed, weeks, records, workers, folder, overwrite)
    report(result, Console())
    return result


def _with_bar(
    scenario: Scenario,
    policy: Any,
    replicates: int,
    seed: int,
    weeks: int | None,
    records: Any,
    workers: int,
    out: Path,
    overwrite: bool,
) -> Result:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    err = Console(stderr=True)
    shown = Progress(*columns, TimeRemainingColumn(), console=err, transient=True, disable=not err.is_terminal)
    with shown as bar:
        task = bar.add_task("compiling, balancing the start", total=None)

        def tell(done: int, total: int) -> None:
            bar.update(task, description=scenario.name, completed=done, total=total)

        found = run(
            scenario, policy, replicates=replicates, seed=seed, weeks=weeks, records=records, workers=workers, out=out,
            progress=tell, overwrite=overwrite,
        )  # fmt: skip
        assert isinstance(found, Result)
        return found


def _free_folder(name: str, policy: Any) -> Path:
    stem = name + (f"-{'+'.join(policy)}" if policy else "")
    number = 1
    while (Path("results") / f"{stem}-{number:03d}").exists():
        number += 1
    return Path("results") / f"{stem}-{number:03d}"


def run_again(folder: Path, out: Path | None, workers: int, overwrite: bool = False) -> Result:
    """Run a result again from its manifest alone, whatever became of its data files; the same ones come out."""
    m = read_manifest(folder)
    target = out if out is not None else Path(f"{folder}-again")
    if target.resolve() == folder.resolve():
        raise ResultError(f"{target}: is the result itself; give another --out")
    with world_of(m, folder / "manifest.json") as world:
        scenario = _scenario_of(m, folder / "manifest.json", world)
        if code_and_world(scenario)["code_hash"] != m["code_hash"]:
            Console(stderr=True).print("warning: the code has changed since this result was made; figures may differ")
        policy = m["scenario"]["policy"]
        result = _with_bar(scenario, policy, m["replicates"], m["seed"], m["weeks"], m["records"], workers, target, overwrite)
    report(result, Console())
    return result


def _scenario_of(manifest: dict[str, Any], where: Path, world: Path) -> Scenario:
    """The scenario of a manifest in its world; its sources were checked when the result was made."""
    text = io.StringIO()
    YAML(typ="safe", pure=True).dump(manifest["scenario"], text)
    try:
        scenario = parse(text.getvalue(), None, manifest["scenario_name"], world)
        scenario.check_world()
    except ScenarioError as fault:
        told = re.sub(r"^[^:]*:(\d+: | )", "", str(fault))
        raise ResultError(f"{where}: scenario: {told}") from None
    return scenario


def show_ablation(source: str, replicates: int, seed: int, out: Path | None, lang: str = "en") -> None:
    """Print what matters of an ablation; write the whole table, and its figure beside it, where asked."""
    from sim.ablation import ablate

    if out is not None and (out.is_dir() or not out.parent.is_dir()):
        raise ResultError(f"{out}: no file can be written there; give a file in a folder that exists")
    scenario = load(source)
    if out is not None:
        legible(lang)
    err = Console(stderr=True)
    frame = ablate(source, replicates, seed, lambda what: err.print(f"running: {what}"))
    print_ablation(frame, Console())
    every = counted(frame["measure"].nunique(), "measure")
    say(f"{every} of each thing off: {out}" if out is not None else f"{every} of each thing off: --out FILE.csv writes them", Console())
    if out is not None:
        frame.to_csv(out, index=False)
        draw_ablation(frame, scenario, replicates, seed, out, lang)


def report(result: Result, console: Console) -> None:
    """Print what ran short, price peaks, warnings and the folder."""
    m = result.manifest
    console.print(f"[bold]{m['scenario']['title']}[/bold]")
    console.print(
        f"{counted(m['replicates'], 'replicate')}, {counted(m['weeks'], 'week')} from {m['start']}, policy {m['policy']}, seed {m['seed']}, "
        f"run {m['run_id']}"
    )
    if set(OF_NEED) <= set(result.records):
        short = what_ran_short(result)
        often = [row for row in short if row["touched"] > 0.5]
        shown = [often[n] for n in foremost([row["country"] for row in often], named_target(result), LINES)]
        console.print("What ran short: over 5 % of need, not to be had or given up as too dear")
        console.print(
            "(from the first event on, whatever the cause, background too; medians, 5 to\n"
            "95 % in brackets; eve: lacking in the quarter before; tonnes contained, means)"
            if m["scenario"]["events"] else "(over the whole run; medians, 5 to 95 % in brackets; tonnes contained, means)"
        )
        table = Table(box=SIMPLE_HEAD, padding=0)
        for column in ("", "country", "from", "eve", "deepest", "weeks", "lacking", "no goods", "runs"):
            table.add_column(column, justify="left" if column in ("", "country") else "right", no_wrap=True)
        for row in shown:
            table.add_row(
                row["element"], row["country"], "before" if row["already"] > 0.5 else row["first"][:7],
                f"{100 * np.median(row['eve']):.0f}%", _span(row["depth"], "%", 100), f"{np.median(row['weeks']):.0f}",
                f"{row['unmet'] + row['dear']:,.0f}", f"{row['unmet']:,.0f}", f"{100 * row['touched']:.0f} %",
            )  # fmt: skip
        if shown:
            console.print(table)
        else:
            console.print("Nothing did in most runs: every country got at least 95 % of what it needs of each element.")
        more, seldom = len(often) - len(shown), len(short) - len(often)
        unshown = [f"{more} more"] * bool(more) + [f"{seldom} that run short in half of the runs or fewer"] * bool(seldom)
        if unshown:
            console.print(f"Not shown: {', and '.join(unshown)}.")
        if shown and result.folder is not None and len({e["background"] for e in m["scenario"]["events"]}) > 1:
            console.print(f"Net of the background, in pairs of worlds: ytterby report {result.folder}", highlight=False)
    if "price_fob" in result.records:
        base = "mean before the first event" if m["scenario"]["events"] else "mean of the first year"
        table = Table(title=f"Price peaks (4-week mean over the {base})", title_justify="left")
        for column in ("product", "price", "base USD/kg", "peak over base", "peak week"):
            table.add_column(column, justify="left" if column in ("product", "price") else "right")
        for row in price_peaks(result)[:14]:
            table.add_row(row["product"], row["price"], f"{row['base']:,.1f}", _span(row["ratio"], "x"), row["when"])
        console.print(table)
    if set(result.records) >= NEEDED:
        console.print(layers_table(result, target(result), m["exporter"]))
    for warned in warnings(result):
        told = words().sentence(warned.key, events=warned.events, **warned.numbers)
        console.print(f"warning: {told}", style="yellow")
    if result.folder is not None:
        console.print(f"result in {result.folder}; figures: ytterby plot {result.folder}", highlight=False)


def _span(values: np.ndarray, unit: str, scale: float = 1.0) -> str:
    low, middle, high = (float(np.quantile(values * scale, q)) for q in (0.05, 0.5, 0.95))
    digits = 0 if max(abs(low), abs(high)) >= 20 else 1
    text = f"{middle:.{digits}f}{unit} ({low:.{digits}f} to {high:.{digits}f})"
    return re.sub(r"-(0(\.0+)?)(?=\D)", r"\1", text)
