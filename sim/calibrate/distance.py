"""Distance: runs reduced to the errors of facts, and how far a set of numbers is from the training facts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.history.readers import read
from sim.history.replays import Job, Told, in_parallel, jobs_of, replayed
from sim.history.tables import Fact, read_history
from sim.scenario.load import Scenario

Array = np.ndarray[Any, np.dtype[Any]]
CAP = 5.0
"""Error in tolerances at which a fact stops counting, so that none decides alone."""


def readings(job: Job) -> Array:
    """Readings of a job's runs, (run, fact), NaN where a run does not produce the thing."""
    facts = read_history(Path(job.folder)).facts
    replay = replayed(job)
    found = np.full((len(job.replicates), len(facts)), np.nan)
    for n, fact in enumerate(facts):
        values = read(replay, fact)
        if values is not None:
            found[:, n] = values
    return found


@dataclass(frozen=True)
class Runs:
    """Runs of a design: ``replicates`` of every draw side by side; ``fixed`` holds a value per run by path."""

    numbers: list[int]
    replicates: int
    fixed: dict[str, Array]


def runs_of(values: dict[str, Array], draws: int, replicates: int, first: int = 0) -> Runs:
    """Every draw with replicates of its own, so that all that is not given varies.

    ``values`` holds one per draw; ``first`` is the number of the first replicate.
    """
    numbers = list(range(first, first + draws * replicates))
    return Runs(numbers, replicates, {path: np.repeat(v, replicates) for path, v in values.items()})


def readings_of(
    scenario: Scenario, runs: Runs, seed: int, workers: int, facts: list[Fact], tell: Told | None = None
) -> Array:
    """Readings of every draw's replicates, (draw, replicate, fact); NaN where a run does not produce the thing."""
    found = in_parallel(readings, jobs_of(scenario, runs.numbers, seed, runs.fixed), workers, tell)
    return np.concatenate(found).reshape(-1, runs.replicates, len(facts))


def errors_of(by_draw: Array, facts: list[Fact]) -> Array:
    """Errors in tolerances of every draw's median over its replicates, (draw, fact); NaN where no run produces the thing."""
    errors = np.full((len(by_draw), len(facts)), np.nan)
    for n, fact in enumerate(facts):
        seen = np.isfinite(by_draw[:, :, n]).any(axis=1)
        if seen.any():
            errors[seen, n] = fact.tolerance.error(np.nanmedian(by_draw[seen, :, n], axis=1))
    return errors


def distance(errors: Array, facts: list[Fact], kind: str = "training") -> Array:
    """Mean error of the facts of a class, capped, every family counting the same; one per draw."""
    return _by_family(np.where(np.isfinite(errors), np.minimum(np.abs(errors), CAP), CAP), facts, kind)


def passed(errors: Array, facts: list[Fact], kind: str = "training") -> Array:
    """Share of the facts of a class that pass, every family counting the same; one per draw."""
    return _by_family((np.abs(errors) <= 1.0).astype(np.float64), facts, kind)


def _by_family(values: Array, facts: list[Fact], kind: str) -> Array:
    families = dict.fromkeys(f.family for f in facts if f.kind == kind)
    means = [
        values[:, [n for n, f in enumerate(facts) if f.kind == kind and f.family == family]].mean(axis=1)
        for family in families
    ]
    return np.asarray(np.mean(means, axis=0)) if means else np.full(len(values), np.nan)
