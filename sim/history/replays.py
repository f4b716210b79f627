"""Replays in parallel: runs of scenarios reduced to the series that facts are read on, the same on any number of workers."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.history.replay import Replay, records_of, replay_of
from sim.history.tables import read_history
from sim.records import Recorder
from sim.result import Result
from sim.runner import run_block, worker_pool
from sim.scenario.load import Scenario, parse
from sim.store import manifest_of

Array = np.ndarray[Any, np.dtype[Any]]
BLOCK = 16
Told = Callable[[int, int], None]


@dataclass(frozen=True)
class Job:
    """A block of runs of one scenario.

    ``replicates`` are their numbers, which may repeat; ``fixed`` holds values by path, one per run, given instead of drawn;
    ``read_as`` names the scenario whose facts are read on it, the replay where empty.
    """

    text: str
    name: str
    folder: str
    seed: int
    replicates: tuple[int, ...]
    fixed: tuple[tuple[str, tuple[float, ...]], ...] = ()
    weeks: int | None = None
    read_as: str = ""


def jobs_of(
    scenario: Scenario, replicates: Sequence[int], seed: int, fixed: dict[str, Array] | None = None, read_as: str = ""
) -> list[Job]:
    """Cut runs into blocks."""
    text, folder = scenario.text(), str(scenario.world_folder())
    found = []
    for low in range(0, len(replicates), BLOCK):
        part = slice(low, low + BLOCK)
        values = tuple((k, tuple(v[part].tolist())) for k, v in (fixed or {}).items())
        found.append(Job(text, scenario.name, folder, seed, tuple(replicates[part]), values, None, read_as))
    return found


def bound(job: Job) -> Scenario:
    """The scenario of a job."""
    return parse(job.text, None, job.name, Path(job.folder))


def replayed(job: Job) -> Replay:
    """Run a job and keep the series that its facts are read on."""
    scenario = bound(job)
    rows = read_history(scenario.world_folder()).series_of(job.read_as)
    return replay_of(result_of(scenario, job, records_of(rows.values())), rows)


def result_of(scenario: Scenario, job: Job, names: tuple[str, ...]) -> Result:
    """Run a job and keep records."""
    weeks = job.weeks or scenario.file.weeks
    replicates = list(job.replicates)
    fixed = {k: np.array(v) for k, v in job.fixed}
    _, kept, _ = run_block(scenario, replicates, job.seed, weeks, names, fixed=fixed)
    labels = Recorder(scenario.network(), scenario.rows(), names)
    axes = {n: [list(x) for x in labels.labels_of(n)] for n in names}
    manifest = manifest_of(scenario, scenario.file.policy, len(replicates), job.seed, weeks, names)
    return Result(manifest, axes, arrays=kept)


def in_parallel(act: Callable[[Any], Any], jobs: Sequence[Any], workers: int, tell: Told | None = None) -> list[Any]:
    """Do jobs in order of their list, on one or several processes; ``act`` is a function of a module."""
    found: list[Any] = []

    def note(done: Iterable[Any]) -> None:
        for one in done:
            found.append(one)
            if tell is not None:
                tell(len(found), len(jobs))

    if workers <= 1 or len(jobs) <= 1:
        note(map(act, jobs))
        return found
    with worker_pool(workers) as pool:
        try:
            note(future.result() for future in [pool.submit(act, job) for job in jobs])
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return found


def processes(workers: int | None) -> int:
    """Processes to use: those asked for, or one per core."""
    return workers if workers is not None else os.cpu_count() or 1


def joined(parts: list[Replay]) -> Replay:
    """Blocks of runs as one replay."""
    first = parts[0]
    return Replay(first.dates, {n: np.concatenate([p.values[n] for p in parts]) for n in first.values}, first.flows)
