"""Runner: one scenario, many replicates, in blocks; the same bytes whatever the block size or the number of workers."""

import os
import signal
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from sim.calendar import Calendar
from sim.events.event import Draw, Prepared
from sim.events.selection import SelectionError
from sim.model import World
from sim.policies import KINDS
from sim.policies.policy import Onlooker, Policy
from sim.policies.portfolio import Portfolio, spelled
from sim.records import FULL, RECORDS, STUDY, Recorder
from sim.scenario.calibrated import Accepted, Span, read_accepted
from sim.scenario.faults import ScenarioError, near
from sim.scenario.load import Scenario, load
from sim.streams import Streams
from sim.world.controls import Press
from sim.world.rows import Rows

MOST_REPLICATES = 10_000
"""So many random worlds know the share of worlds in which something happens to within a point; more would tell no more."""
MOST_SEED = 2**63 - 1
"""Largest seed, of 63 bits."""
MOST_WEEKS = 2600
"""Weeks of a run, fifty years, as in a scenario file."""
BLOCK = 16
"""Replicates computed together; 8 to 16 measured best."""

Progress = Callable[[int, int], None]
Block = tuple[list[int], dict[str, np.ndarray], dict[str, bool]]


def drawer(
    streams: Streams, fixed: Mapping[str, np.ndarray] | None = None, asked: dict[str, Any] | None = None,
    accepted: Accepted | None = None, own: Collection[str] = (),
) -> Draw:  # fmt: skip
    """Draw uncertain numbers from triangular distributions, from the stream named by their path.

    ``fixed`` holds values by path, one per replicate of the block, that a study has drawn instead; ``asked`` takes down
    every path with its number. Numbers that the world has fitted come from one of its ``accepted`` sets, the same for all of a
    replicate, but for those that the scenario sets as its ``own``.
    """
    given = fixed or {}

    def draw(path: str, number: tuple[float, float, float]) -> np.ndarray:
        if asked is not None:
            asked[path] = number
        if path in given:
            return np.asarray(given[path], dtype=np.float64)
        fitted = accepted.of(path, number, streams) if accepted is not None and path not in own else None
        if fitted is not None:
            return fitted
        low, mode, high = number
        u = streams.uniform("uncertain", [path])[:, 0]
        if high <= low:
            return np.full(u.shape, mode)
        cut = (mode - low) / (high - low)
        left = low + np.sqrt(u * (high - low) * (mode - low))
        right = high - np.sqrt((1.0 - u) * (high - low) * (high - mode))
        return np.asarray(np.where(u < cut, left, right))

    return draw


def make_world(
    scenario: Scenario, replicates: Sequence[int], seed: int, weeks: int | None = None, policy: Any = None,
    fixed: Mapping[str, np.ndarray] | None = None, rows: Any = None, asked: dict[str, Any] | None = None,
    answers: Sequence[Sequence[Policy]] | None = None,
) -> World:  # fmt: skip
    """Bind a scenario to a block of replicates, standing before week 0.

    Parameters
    ----------
    policy : a Policy or Portfolio, or a list of them that answer together; the scenario's own if None
    fixed : uncertain numbers by path, one value per replicate, that are given instead of drawn
    rows : the scenario's rows, where they were made before
    asked : takes down every uncertain number by its path
    answers : instead of ``policy``, several answers, each of policies that answer together, in equal shares of the replicates
    """
    net, rows = scenario.network(), rows if rows is not None else scenario.rows()
    calendar = scenario.calendar(weeks)
    streams = Streams(seed, replicates)
    file = scenario.file
    if "contracts" in file.without:
        net = replace(net, contract=np.zeros_like(net.contract))
    draw = _drawer_of(scenario, streams, fixed, asked)
    numbers = dict(net.parameters)
    for key, number in file.parameters.items():
        numbers[key] = (number.low, number.mode, number.high)
    prepared = _prepared(scenario, rows, calendar, draw)
    if answers is None:
        chosen = policy if policy is not None else file.policy
        answers = [chosen if isinstance(chosen, (list, tuple)) else chosen.together()]
    bound = [[p.bind(net, rows) for p in answer] for answer in answers]
    return World(
        net, rows, calendar, streams, replicates, draw, prepared, bound, file.at_rest, file.quota_variant,
        frozenset(file.without), numbers, file.allocation,
    )  # fmt: skip


def asked_numbers(scenario: Scenario) -> dict[str, Span]:
    """Every uncertain number that a run of the scenario draws, (low, mode, high) by path."""
    asked: dict[str, Span] = {}
    make_world(scenario, [0], 0, 1, asked=asked)
    return asked


def _drawer_of(
    scenario: Scenario, streams: Streams, fixed: Mapping[str, np.ndarray] | None, asked: dict[str, Any] | None = None
) -> Draw:
    file = scenario.file
    accepted = read_accepted(scenario.world_folder()) if file.draws == "calibrated" else None
    return drawer(streams, fixed, asked, accepted, {f"parameters.{k}" for k in file.parameters})


def _prepared(scenario: Scenario, rows: Rows, calendar: Calendar, draw: Draw) -> list[Prepared]:
    events = sorted(scenario.file.events, key=lambda e: (e.kind, e.start, e.name))
    return [e.prepare(scenario.network(), rows, calendar, draw) for e in events]


class Course:
    """A world on its way through the weeks, and its records so far, each (replicate, week, row), float32.

    ``space`` holds the arrays of an earlier course whose records are needed no more; they are written over.
    """

    def __init__(self, world: World, names: tuple[str, ...], weeks: int, space: dict[str, np.ndarray] | None = None) -> None:
        self.world, self.weeks = world, weeks
        self.recorder = Recorder(world.network, world.rows, names)
        self.kept, space = {}, {} if space is None else space
        for name in names:
            shape = (len(world.replicates), weeks, len(self.recorder.labels_of(name)))
            if name not in space or space[name].shape != shape:
                space[name] = np.empty(shape, dtype=np.float32)
            self.kept[name] = space[name]

    def go_on(self, until: int | None = None, progress: Callable[[int], None] | None = None) -> "Course":
        """Run up to a week, to the end if none is given."""
        for week in range(self.world.week, self.weeks if until is None else until):
            self.world.step()
            for name, values in self.recorder.week(self.world).items():
                self.kept[name][:, week] = values
            if progress is not None:
                progress(len(self.world.replicates))
        return self


def run_block(
    scenario: Scenario, replicates: list[int], seed: int, weeks: int, names: tuple[str, ...], policy: Any = None,
    progress: Callable[[int], None] | None = None, fixed: Mapping[str, np.ndarray] | None = None, rows: Any = None,
) -> Block:  # fmt: skip
    """Run one block; records have shape (replicate, week, row), float32."""
    course = Course(make_world(scenario, replicates, seed, weeks, policy, fixed, rows), names, weeks)
    return replicates, course.go_on(progress=progress).kept, course.world.effects


def run_apart(
    scenario: Scenario, other: Scenario, replicates: list[int], seed: int, weeks: int, names: tuple[str, ...],
    answers: Sequence[Sequence[Policy]], fixed: Mapping[str, np.ndarray], fixed_other: Mapping[str, np.ndarray], rows: Rows, space: dict[str, np.ndarray],
    looking_on: Sequence[Sequence[Policy]] = (),
) -> Iterator[tuple[dict[str, np.ndarray], list[bool]]]:  # fmt: skip
    """Records of a scenario and of another that differs in the strength of its events, in this order, and who would have acted.

    They share their past until the first week in which an event does something else, and are the same to the last bit as
    if each had been run by itself. The second's are written over the first's, and those of the next call with the same
    ``space`` over both: take what is needed of one before the next. Where there are several ``answers``, each has an equal share
    of the replicates. Those ``looking_on`` press nothing; for each it is told whether it would have.
    """
    course = Course(make_world(scenario, replicates, seed, weeks, None, fixed, rows, answers=answers), names, weeks, space)
    draw = _drawer_of(other, Streams(seed, replicates), fixed_other)
    events = _prepared(other, rows, course.world.calendar, draw)
    course.world.onlookers = [Onlooker(answer, course.world.network, rows, course.world.opening) for answer in looking_on]
    course.go_on(_parting(course.world.events, events, weeks))
    fork = course.world.fork(events)
    yield course.go_on().kept, [o.acted for o in course.world.onlookers]
    course.world = fork
    yield course.go_on().kept, [o.acted for o in fork.onlookers]


def _parting(events: Sequence[Prepared], others: Sequence[Prepared], weeks: int) -> int:
    """First week in which two lists of the same events press differently."""
    pairs = [(a, b) for a, b in zip(events, others, strict=True) if not a.background]
    for week in range(weeks):
        if not all(_alike(a.press(week), b.press(week)) for a, b in pairs):
            return week
    return weeks


def _alike(presses: Sequence[Press], others: Sequence[Press]) -> bool:
    return len(presses) == len(others) and all(
        a.control == b.control and np.array_equal(a.rows, b.rows) and np.array_equal(a.value, b.value)
        for a, b in zip(presses, others, strict=True)
    )


def die_with_parent() -> None:
    """Start of a worker process: leave interrupts to the parent, and end when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:

        def watch() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()


def worker_pool(workers: int) -> ProcessPoolExecutor:
    """Processes that start afresh, leave interrupts to their parent and end with it."""
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=die_with_parent)


def blocks_of(
    scenario: Scenario, replicates: range, seed: int, weeks: int, names: tuple[str, ...], policy: Any, workers: int,
    block: int, progress: Callable[[int], None] | None,
) -> Iterator[Block]:  # fmt: skip
    """Run blocks in order of replicates, on one or several processes."""
    parts = [list(replicates[i : i + block]) for i in range(0, len(replicates), block)]
    if workers <= 1 or len(parts) == 1:
        for part in parts:
            yield run_block(scenario, part, seed, weeks, names, policy, progress)
        return
    make_world(scenario, [0], seed, 1, policy).step()
    with worker_pool(workers) as pool:
        futures = [pool.submit(run_block, scenario, p, seed, weeks, names, policy) for p in parts]
        try:
            for part, future in zip(parts, futures, strict=True):
                done = future.result()
                if progress is not None:
                    progress(len(part) * weeks)
                yield done
        except BaseException:
            for child in list((getattr(pool, "_processes", None) or {}).values()):
                child.terminate()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def record_names(records: str | Sequence[str]) -> tuple[str, ...]:
    """Names of a record set: ``full``, ``study``, or a list."""
    if isinstance(records, str) and records == "full":
        return FULL
    if isinstance(records, str) and records == "study":
        return STUDY
    if not isinstance(records, (str, Sequence)):
        raise ScenarioError(f"records is {records!r}; write full, study, or a list of records")
    names = (records,) if isinstance(records, str) else tuple(records)
    if not names:
        raise ScenarioError("no records given; write full, study, or some of `ytterby list records`")
    for name in names:
        if name not in RECORDS:
            raise ScenarioError(f"records: {name!r} is no record; see `ytterby list records`")
    return names


def chosen_policy(scenario: Scenario, policy: Any) -> Policy:
    """A policy given by name, as a mapping or as an object; several in a list or joined by commas; or the scenario's own.

    Raises
    ------
    ScenarioError
        For a policy that is not known, lacks a number, or does not fit the scenario's world.
    """
    if policy is None:
        return scenario.file.policy
    if isinstance(policy, str) and "," in policy:
        policy = [name.strip() for name in policy.split(",")]
    if isinstance(policy, (list, tuple)) and len(policy) == 1:
        policy = policy[0]
    chosen = _together(policy) if isinstance(policy, (list, tuple)) else _one(policy)
    for member in chosen.together():
        try:
            member.bind(scenario.network(), scenario.rows())
        except SelectionError as fault:
            raise ScenarioError(f"policy: {member.label}: {fault.key}: {fault}") from None
    return chosen


def _one(policy: Any) -> Policy:
    """One policy by name, as a mapping or as an object; a mapping may be a portfolio."""
    if isinstance(policy, Policy):
        return policy
    given = spelled(policy if isinstance(policy, str) else dict(policy))
    if given.get("kind") == "portfolio":
        return _together(given.get("portfolio") or [], given.get("name", ""))
    if given.get("kind") not in KINDS:
        raise ScenarioError(f"policy: {given.get('kind')!r} is not known{near(str(given.get('kind') or ''), list(KINDS))}")
    try:
        return KINDS[str(given["kind"])].model_validate(given)
    except ValidationError as fault:
        first = fault.errors()[0]
        key = ".".join(map(str, first["loc"]))
        if first["type"] == "missing":
            message = f"it needs {key}; give it in a scenario file, under policy: {{kind: {given['kind']}, {key}: }}"
            raise ScenarioError(f"policy: {given['kind']}: {message}") from None
        raise ScenarioError(f"policy: {key}: {first['msg'].removeprefix('Value error, ')}") from None


def _together(policies: Sequence[Any], name: str = "") -> Policy:
    """Several policies as one portfolio."""
    try:
        return Portfolio(name=name, portfolio=[_one(p) for p in policies])
    except ValidationError as fault:
        raise ScenarioError(f"policy: {fault.errors()[0]['msg'].removeprefix('Value error, ')}") from None


def whole(name: str, value: Any, least: int, most: int | None = None, why: str = "") -> int:
    """A whole number within its bounds; raise ScenarioError with its name and what to write otherwise."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise ScenarioError(f"{name} is {value!r}, no whole number; write one such as {max(least, 1)}")
    if value < least:
        raise ScenarioError(f"{name} is {value}; write {least} or more")
    if most is not None and value > most:
        raise ScenarioError(f"{name} is {value}; write {most} or less{why}")
    return int(value)


def enough(replicates: Any) -> int:
    """A number of random worlds; raise ScenarioError where it is none, or more than tell anything."""
    return whole("replicates", replicates, 1, MOST_REPLICATES, ": that many know a share of worlds to within a point")


def luck(seed: Any) -> int:
    """A seed; raise ScenarioError where it is none."""
    return whole("seed", seed, 0, MOST_SEED)


def lasting(weeks: Any) -> int | None:
    """A number of weeks to run, None for the scenario's own; raise ScenarioError where it is none."""
    return whole("weeks", weeks, 1, MOST_WEEKS) if weeks is not None else None


def run(
    scenario: str | Path | Scenario,
    policy: Any = None,
    replicates: int = 1,
    seed: int = 0,
    weeks: int | None = None,
    records: str | Sequence[str] = "full",
    workers: int = 1,
    out: str | Path | None = None,
    progress: Progress | None = None,
    block: int = BLOCK,
    overwrite: bool = False,
) -> Any:
    """Run a scenario and return its Result.

    Parameters
    ----------
    scenario : a Scenario, a path or a shipped name
    policy : name, mapping with ``kind``, Policy, or a list of these that answer together; the scenario's own if None
    replicates : number of random worlds, 1 to 10,000
    seed : 0 to 2**63 - 1
    weeks : horizon, 1 to 2600; the scenario's own if None
    records : ``full``, ``study`` or names
    workers : processes
    out : folder of the result; kept in memory if None, some 50 MB a replicate of 520 weeks with full records
    progress : called with replicate-weeks done and in all
    block : replicates computed together; they change no byte of the result
    overwrite : whether ``out`` may hold the result of another run, which goes

    Raises
    ------
    ScenarioError, WorldError
        With file, line and key; for an argument that cannot be used, with its name.
    ResultError
        For a folder that cannot take the result.
    """
    from sim.result import Result
    from sim.store import ResultError, Writer, manifest_of

    replicates = enough(replicates)
    seed, weeks = luck(seed), lasting(weeks)
    workers, block = whole("workers", workers, 1), whole("block", block, 1)
    if out is not None and not isinstance(out, (str, os.PathLike)):
        raise ResultError(f"out is {out!r}; give the path of a folder")
    loaded = load(scenario)
    horizon = weeks or loaded.file.weeks
    chosen = chosen_policy(loaded, policy)
    names = record_names(records)
    manifest = manifest_of(loaded, chosen, replicates, seed, horizon, names)
    labels = Recorder(loaded.network(), loaded.rows(), names)
    axes = {n: [list(x) for x in labels.labels_of(n)] for n in names}
    writer = Writer(Path(out), manifest, axes, overwrite) if out is not None else None
    total, done = replicates * horizon, 0

    def tell(n: int) -> None:
        nonlocal done
        done += n
        if progress is not None:
            progress(done, total)

    effects: dict[str, bool] = {}
    kept: dict[str, list[np.ndarray]] = {n: [] for n in names}
    try:
        for part, values, changed in blocks_of(
            loaded, range(replicates), seed, horizon, names, chosen, workers, block, tell
        ):
            for name, did in changed.items():
                effects[name] = effects.get(name, False) or did
            if writer is not None:
                writer.write(part, values)
            else:
                for name, array in values.items():
                    kept[name].append(array)
            del values  # a block goes before the next is computed
        manifest["effects"] = {e.name: effects.get(e.name, False) for e in loaded.file.events}
        if writer is not None:
            return writer.close(manifest)
    except BaseException:
        if writer is not None:
            writer.discard()
        raise
    arrays = {n: np.concatenate(parts) for n, parts in kept.items()}
    return Result(manifest, axes, arrays=arrays)
