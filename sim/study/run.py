"""Run: a study from file to folder: estimate, parts, gathering; given again, it goes on where it was."""

import json
import platform
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.folder import Folder
from sim.runner import BLOCK, make_world
from sim.store import ResultError
from sim.study.execute import LostParts, Queue, engine_of, execute
from sim.study.gather import gather
from sim.study.load import Study, load_study
from sim.study.part import NETWORKS, Context
from sim.study.plan import PART, Part, Plan, changed, difference, expand, read_plan
from sim.study_result import StudyResult, study_manifest

TRIAL_WEEKS = 8
"""Weeks run for the estimate of time."""
EFFICIENCY = 0.9
"""Share of a worker's time in runs where two share a machine (measured, two processes on two cores)."""
RECORDED = 1.15
"""Time with records, metrics and writing over time in the week alone (measured)."""


@dataclass
class Estimate:
    """What a study will take: runs, weeks, seconds, bytes on disk."""

    runs: int
    run_weeks: int
    seconds: float
    disk: float


@dataclass
class Watcher:
    """What is told while a study runs; every part does nothing unless given."""

    planned: Callable[[Plan, Estimate, int], None] = lambda plan, estimate, done: None
    runs: Callable[[int, int], None] = lambda done, total: None
    failed: Callable[[dict[str, Any]], None] = lambda failure: None
    notes: list[str] = field(default_factory=list)


def run_study(
    source: str | Path | Study,
    out: str | Path,
    replicates: int | None = None,
    workers: int = 1,
    engine: str | Executor = "processes",
    quick: bool = False,
    block: int = BLOCK,
    part: int = PART,
    weeks: int | None = None,
    watcher: Watcher | None = None,
) -> StudyResult:
    """Run a study, or go on with it, and return its result.

    Parameters
    ----------
    source : a Study, a path or a shipped name
    out : folder, or any fsspec address
    replicates, weeks : instead of the study's own
    workers : how many at once
    engine : ``processes``, ``threads``, or any executor, such as Dask's ``Client.get_executor()``
    quick : 4 replicates, 156 weeks, few draws
    block, part : replicates computed together, cases in a part; they change no byte of the result
    watcher : is told of the plan, of progress and of failures

    Raises
    ------
    ScenarioError, WorldError, ResultError
        When the study, its scenarios or the folder cannot be used; finished parts are kept.
    LostParts
        When workers died, or the executor that was given; finished parts are kept.
    """
    watcher = watcher or Watcher()
    study = changed(load_study(source), replicates, quick, weeks)
    watcher.notes += study.notes
    folder = Folder(out)
    plan = expand(study)
    plan.part = part
    with folder.alone():
        if not _is_complete(folder, plan):
            _finish(folder, _opened(folder, plan), study, workers, engine, block, watcher)
    return StudyResult(folder.address)


def _finish(
    folder: Folder, plan: Plan, study: Study, workers: int, engine: str | Executor, block: int, watcher: Watcher
) -> None:
    """Compute what is not there yet, and gather it."""
    beside = [str(s.path.resolve()) if s.path else None for s in study.scenarios]
    NETWORKS.clear()
    NETWORKS.update({e["text"]: s.network() for e, s in zip(plan.scenarios, study.scenarios, strict=True)})
    known = Context(plan, beside)
    began = time.time()
    there = set(folder.names("parts"))
    all_parts = [p for group in plan.groups() for p in group]
    done = {p.stem for p in all_parts if p.last in there}
    ready = sum(p.runs for p in all_parts if p.stem in done)
    watcher.planned(plan, estimate(known, workers, ready), ready)
    if len(done) < len(all_parts):
        _compute(folder, plan, beside, done, engine_of(engine, workers), block, ready, watcher)
    gather(folder, known)
    log = {
        "seconds": round(time.time() - began, 3), "finished": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "host": platform.node(), "command": sys.argv, "scenario_paths": beside,
    }  # fmt: skip
    folder.write("log.json", (json.dumps(log, indent=1) + "\n").encode())


def _is_complete(folder: Folder, plan: Plan) -> bool:
    """Whether the folder holds this very study, whole; refuse if it holds anything else."""
    if not folder.exists("manifest.json"):
        return False
    manifest = study_manifest(folder)
    before = Plan({k: manifest[k] for k in plan.content if k in manifest}, plan.part)
    _same(folder, before, plan)
    folder.delete("parts")
    folder.delete("plan.json")
    return True


def _opened(folder: Folder, plan: Plan) -> Plan:
    """The plan that stands in the folder, written there if it is new."""
    if folder.exists("plan.json"):
        before = read_plan(folder.read("plan.json"), f"{folder.address}: plan.json")
        _same(folder, before, plan)
        folder.sweep()
        return before
    if folder.names():
        raise ResultError(f"{folder.address}: holds other things; give a new folder")
    folder.write("plan.json", plan.text().encode())
    return plan


def _same(folder: Folder, before: Plan, now: Plan) -> None:
    lines = difference(before, now)
    if lines:
        more = f"\n  ... {len(lines) - 20} more lines" if len(lines) > 20 else ""
        shown = "\n".join(f"  {line[:160]}" for line in lines[:20])
        raise ResultError(
            f"{folder.address}: was begun with another study or other code; give another folder, or take this one away. "
            f"The difference:\n{shown}{more}"
        )


def estimate(known: Context, workers: int, ready: int = 0) -> Estimate:
    """Measure a few weeks, which compiles what is not compiled yet, and reckon time and disk of what is left."""
    plan = known.plan
    seconds = 0.0
    columns = 0
    for number, entry in enumerate(plan.scenarios):
        bound = known.bound(number)
        together = min(BLOCK, plan.cases)
        world = make_world(bound.scenario, list(range(together)), known.seed, entry["weeks"], [], rows=bound.rows)
        world.step()
        begin = time.perf_counter()
        for _ in range(TRIAL_WEEKS):
            world.step()
        per_week = (time.perf_counter() - begin) / TRIAL_WEEKS / together
        seconds += RECORDED * per_week * entry["weeks"] * plan.cases * len(plan.worlds)
        columns += sum(len(bound.axes[k["record"]]) for k in plan.content["keep"]) * bound.periods.shape[1]
    at_once = max(workers, 1)
    left = 1.0 - ready / max(plan.runs, 1)
    speed = 1.0 if at_once == 1 else at_once * EFFICIENCY
    return Estimate(
        plan.runs, plan.run_weeks, seconds * left / speed, plan.disk(columns // len(plan.scenarios) + 800, at_once)
    )


def _compute(
    folder: Folder, plan: Plan, beside: list[str | None], done: set[str], engine: Any, block: int, ready: int,
    watcher: Watcher,
) -> None:  # fmt: skip
    """Compute the parts that are not there yet; a background's basis goes when nobody needs it any more."""

    def tell(part: Part, report: dict[str, Any]) -> None:
        nonlocal ready
        ready += part.runs
        watcher.runs(ready, plan.runs)
        for failure in report["failures"]:
            watcher.failed(failure)

    waiting = Queue(plan.groups(), done, lambda part: folder.delete(f"{part.group}/basis.arrow"))
    watcher.runs(ready, plan.runs)
    at_once = True
    try:
        place = folder.path("") if folder.is_local else folder.address
        lost = execute(place, beside, waiting, engine, block, tell)
        at_once = False
    finally:
        engine.close(at_once)
    if lost:
        part, told = lost[0]
        raise LostParts(
            f"{len(lost)} parts were lost, the first {part.stem} (its worker ended each time): {told.strip().splitlines()[-1]}; "
            f"{plan.runs - ready:,} runs are left, what is finished is kept, and the same command tries the rest again"
        )
