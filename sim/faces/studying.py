"""Studying: what a study will take, its progress with rate and time left, what failed, and where it lies."""

import contextlib
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from sim.faces.showing import counted
from sim.scenario.faults import ScenarioError
from sim.store import ResultError
from sim.study.execute import LostParts
from sim.study.load import load_study
from sim.study.plan import PART, Plan
from sim.study.run import Estimate, Watcher, run_study
from sim.study_result import StudyResult

QUIET_SECONDS = 20.0
"""Seconds between lines of progress where there is no terminal."""


def study(
    source: str, replicates: int | None, workers: int, cluster: str | None, out: str | None, quick: bool, threads: bool
) -> None:
    """Run a study, say what it comes to, and exit with 1 if any run failed."""
    loaded = load_study(source)
    folder = out or str(Path("results") / (loaded.name + ("-quick" if quick else "")))
    with _engine(cluster, threads) as (engine, at_once):
        result = watched(loaded, folder, replicates, at_once or workers, engine, quick)
    summary(result)
    if result.manifest["failed"]:
        raise typer.Exit(1)


@contextlib.contextmanager
def _engine(cluster: str | None, threads: bool) -> Iterator[tuple[str | Executor, int]]:
    """The engine asked for, and how many it computes at once if it knows."""
    if cluster is None:
        yield ("threads" if threads else "processes"), 0
        return
    try:
        from distributed import Client
    except ImportError:
        raise ScenarioError("--cluster needs Dask; pip install '.[cluster]' in the folder of Ytterby") from None
    try:
        client: Any = Client(cluster, timeout="10s")  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as fault:
        raise ScenarioError(
            f"--cluster {cluster}: no scheduler answers there ({fault}); give tcp://HOST:PORT"
        ) from None
    with client:
        yield client.get_executor(pure=False), max(sum(client.ncores().values()), 1)


def watched(
    source: Any, folder: str, replicates: int | None, workers: int, engine: str | Executor, quick: bool
) -> StudyResult:
    """Run with progress on stderr."""
    err = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total} runs, {task.fields[rate]}"),
        TimeRemainingColumn(), console=err, transient=True, disable=not err.is_terminal,
    )  # fmt: skip
    task = bar.add_task("running", total=None, rate="")
    began, first, told = time.time(), -1, time.time()

    def planned(plan: Plan, takes: Estimate, ready: int) -> None:
        describe(plan, takes, ready, workers, err)

    def runs(done: int, total: int) -> None:
        nonlocal first, began, told
        if first < 0:
            first, began = done, time.time()
        rate = (done - first) / max(time.time() - began, 1e-9)
        bar.update(task, completed=done, total=total, rate=f"{rate:.1f} a second")
        if not err.is_terminal and (time.time() - told > QUIET_SECONDS or (done == total and done > first)):
            told = time.time()
            left = f", {(total - done) / rate:.0f} s left" if rate > 0.0 else ""
            err.print(f"{done} of {total} runs, {rate:.1f} a second{left}", highlight=False, soft_wrap=True)

    def failed(failure: dict[str, Any]) -> None:
        last = failure["traceback"].strip().splitlines()[-1]
        err.print(f"failed: {_named(failure)}: {last}", style="yellow", highlight=False, soft_wrap=True)

    watcher = Watcher(planned, runs, failed)
    with bar:
        try:
            result = run_study(source, folder, replicates, workers, engine, quick, watcher=watcher)
        except LostParts as fault:
            err.print(f"error: {fault}", highlight=False, soft_wrap=True)
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            err.print("interrupted; finished parts are kept, the same command goes on", soft_wrap=True)
            raise typer.Exit(130) from None
    for note in dict.fromkeys(watcher.notes):
        err.print(f"note: {note}", highlight=False, soft_wrap=True)
    return result


def describe(plan: Plan, takes: Estimate, ready: int, workers: int, console: Console) -> None:
    """Say what will run, how long it takes and how much disk it needs."""
    worlds, scenarios = len(plan.worlds), len(plan.scenarios)
    console.print(
        f"{counted(plan.runs, 'run')}: {counted(scenarios, 'scenario')} x {worlds} worlds (b0, b1"
        + (f", p and p0 of {counted(len(plan.content['answers']), 'answer')}" if worlds > 2 else "")
        + f") x {counted(plan.draws, 'draw')} x {counted(plan.content['replicates'], 'replicate')}, "
        f"{plan.run_weeks:,} weeks; parts of {min(PART, plan.cases)}",
        highlight=False,
        soft_wrap=True,
    )
    if ready:
        console.print(f"{ready:,} runs are there already", highlight=False, soft_wrap=True)
    console.print(
        f"about {_spoken(takes.seconds)} with {workers} at once, {takes.disk / 1e6:,.0f} MB of disk while it runs",
        highlight=False,
        soft_wrap=True,
    )


def _spoken(seconds: float) -> str:
    return (
        f"{seconds:.0f} s"
        if seconds < 120
        else f"{seconds / 60:.0f} min"
        if seconds < 7200
        else f"{seconds / 3600:.1f} h"
    )


def _named(failure: dict[str, Any]) -> str:
    return (
        f"{failure['scenario']}, {failure['world']} with {failure['policy']}, replicate {failure['replicate']}, "
        f"draw {failure['draw']}"
    )


def show_outcome(result: StudyResult, console: Console) -> None:
    """The study in one table a scenario: what each answer leaves of the harm, and what it costs."""
    from sim.analysis.outcome import outcome

    table = outcome(result)
    whose = ", ".join(result.manifest["file"]["countries"]) or "all but the exporter"
    for scenario, rows in table.groupby("scenario", sort=False):
        title = f"{scenario}: means over paired worlds, less the background; {whose}"
        shown = Table(title=title, title_justify="left")
        peak = f"peak FOB over the year before, {rows.peak_product.iloc[0]}"
        for column in ("answer", "line-stop weeks", "shortage, M USD", peak, "public cost, M USD", "others hurt, line-stop weeks"):
            is_text = column in ("answer", "others hurt, line-stop weeks")
            shown.add_column(column, justify="left" if is_text else "right", no_wrap=column == "answer")
        for _, r in rows.iterrows():
            hurt = f"{r.hurt_weeks:,.1f}: {r.hurt}" if r.hurt else "nobody"
            shown.add_row(
                "doing nothing" if r.policy == "none" else r.policy, f"{r.line_stop_weeks:,.2f}", f"{r.shortage_musd:,.1f}",
                f"{r.peak:.2f}", f"{r.public_cost_musd:,.1f}", hurt,
            )  # fmt: skip
        console.print(shown)


def summary(result: StudyResult) -> None:
    """Say what ran, what failed, and where it lies."""
    m = result.manifest
    console = Console()
    console.print(f"[bold]{m['file']['title']}[/bold]")
    console.print(
        f"{m['runs']:,} runs, {m['failed']} failed; study {m['study']}, {m['digest']}", highlight=False, soft_wrap=True
    )
    for failure in result.failures[:5]:
        console.print(f"failed: {_named(failure)}", style="yellow", highlight=False, soft_wrap=True)
        console.print(failure["traceback"].strip().splitlines()[-1], style="yellow", highlight=False, soft_wrap=True)
    if m["failed"]:
        console.print(f"every traceback: {result.folder.path('failures.json')}", highlight=False, soft_wrap=True)
    where = result.folder.address
    try:
        show_outcome(result, Console(width=max(console.width, 130)))
    except ResultError as fault:  # a scenario without a single run that was completed
        console.print(f"nothing to compare: {fault}", highlight=False, soft_wrap=True)
    console.print(f"result in {where}; compare: ytterby compare {where}", highlight=False, soft_wrap=True)
