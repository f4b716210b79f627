"""Execute: parts on any executor, a few in flight; what crashes is done again, what is done is never lost."""

import multiprocessing
import os
import queue
import time
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from sim.folder import Folder
from sim.runner import die_with_parent
from sim.store import ResultError
from sim.study.part import NETWORKS, Watch, run_parts
from sim.study.plan import Part

TRIES = 5
"""Times a part is given to a worker beside others; then it waits until it can run apart, with nothing beside it."""
LOOK_SECONDS = 5.0
"""Time after which a cluster is asked whether it is there, and how many cores it has by now."""
Tell = Callable[[Part, dict[str, Any]], None]


def begin_worker(networks: dict[str, Any]) -> None:
    """Start of a worker process: take the balanced networks, leave interrupts to the parent, end when it is gone."""
    NETWORKS.update(networks)
    die_with_parent()


class LostParts(RuntimeError):
    """Parts whose worker died every time, or an executor that is gone; what is finished is kept, the same command tries the rest."""


class Inline(Executor):
    """Runs at once in the caller's own thread, which a run that kills its process takes with it."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as fault:
            future.set_exception(fault)
        return future


@dataclass
class Engine:
    """Where parts are computed; a pool of processes that breaks is made anew."""

    make: Callable[[], Executor]
    flying: int
    ours: bool = True
    executor: Executor | None = None
    generation: int = 0
    looked: float = 0.0

    def hands(self) -> int:
        """How many parts may be in flight; workers that join a cluster are counted after some seconds.

        Raises
        ------
        LostParts
            When the cluster is gone.
        """
        client = getattr(self.executor, "_client", None)  # Dask's executor holds its client so
        if client is not None and time.monotonic() - self.looked > LOOK_SECONDS:
            if client.status not in ("running", "connecting", "newly-created"):
                raise LostParts("the cluster's scheduler is gone; finished parts are kept, and the same command goes on")
            self.looked, self.flying = time.monotonic(), max(2 * sum(client.ncores().values()), 8)
        return self.flying

    def submit(self, *arguments: Any) -> "Future[Any]":
        if self.executor is None:
            self.executor = self.make()
        return self.executor.submit(run_parts, *arguments)

    def renew(self, generation: int) -> None:
        """Make a new pool, once for each that broke."""
        if generation == self.generation and self.executor is not None:
            self.executor.shutdown(wait=False, cancel_futures=True)
            self.executor = None
            self.generation += 1

    def close(self, at_once: bool) -> None:
        """Let workers end, or end them at once."""
        if self.executor is None or not self.ours:
            return
        if at_once:
            for child in list((getattr(self.executor, "_processes", None) or {}).values()):
                child.terminate()
        self.executor.shutdown(wait=not at_once, cancel_futures=True)


def engine_of(how: str | Executor, workers: int) -> Engine:
    """An engine by name, processes or threads, or on an executor of one's own."""
    if isinstance(how, Executor):
        return Engine(lambda: how, max(2 * workers, 8), ours=False, executor=how)
    if workers <= 1:
        return Engine(Inline, 1)
    if how == "threads":
        return Engine(lambda: ThreadPoolExecutor(workers), workers + 1)
    spawn = multiprocessing.get_context("spawn")
    for library in ("OPENBLAS", "OMP", "MKL"):  # a worker that balances or sums must not wait for its neighbours' core
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    given = dict(NETWORKS)
    return Engine(
        lambda: ProcessPoolExecutor(workers, mp_context=spawn, initializer=begin_worker, initargs=(given,)), workers + 1
    )


@dataclass
class Queue:
    """Parts that wait: background runs lead their group, the others follow when it is done."""

    groups: list[list[Part]]
    done: set[str]
    on_group: Callable[[Part], None]
    ready: list[Part] = field(default_factory=list)
    open: dict[str, int] = field(default_factory=dict)
    next_group: int = 0
    followers: dict[str, list[Part]] = field(default_factory=dict)

    def take(self, hands: int, block: int) -> list[Part]:
        """The next parts that may be computed, of one group: as many as fit into a block, and leave enough for all hands."""
        while not self.ready and self.next_group < len(self.groups):
            group = [p for p in self.groups[self.next_group] if p.stem not in self.done]
            whole = self.groups[self.next_group]
            self.next_group += 1
            if not group:
                continue
            self.open[whole[0].group] = len(group)
            if group[0].pair == 0:
                self.followers[whole[0].group] = group[1:]
                self.ready.append(group[0])
            else:
                self.ready += group
        if not self.ready:
            return []
        first = self.ready[0]
        most = 1 if first.pair == 0 else min(block // max(first.cases, 1), -(-len(self.ready) // (2 * hands)))
        alike = list(takewhile(lambda p: p.group == first.group and p.pair > 0, self.ready[:most])) or [first]
        self.ready = self.ready[len(alike) :]
        return alike

    def finish(self, part: Part) -> None:
        """Note that a part is written; let those that waited for it go."""
        if part.pair == 0:
            self.ready = self.followers.pop(part.group, []) + self.ready
        self.open[part.group] -= 1
        if self.open[part.group] == 0:
            self.on_group(part)


@dataclass
class Flight:
    """Parts that a worker has, of which generation of workers, and whether nothing runs beside them."""

    parts: list[Part]
    generation: int
    apart: bool


def execute(
    address: str, beside: list[str | None], waiting: Queue, engine: Engine, block: int, tell: Tell
) -> list[tuple[Part, str]]:
    """Compute all parts; return those lost, each with what was last seen of it.

    A part whose worker ended several times runs with nothing beside it, so that the run to blame is found and written down: that at
    which two workers ended, as counted here, where interrupts are told from ends.

    Raises
    ------
    ResultError
        When the folder cannot be written any more; finished parts are kept.
    LostParts
        When the executor is gone, and not ours to make anew.
    """
    ended: queue.SimpleQueue[Future[Any]] = queue.SimpleQueue()
    flying: dict[Future[Any], Flight] = {}
    tries: dict[Part, int] = {}
    lost: list[tuple[Part, str]] = []
    again: list[Part] = []
    suspects: list[Part] = []

    def fly(parts: list[Part], apart: bool = False) -> None:
        given = (address, beside, parts, block, apart)
        try:
            future = engine.submit(*given)
        except BrokenExecutor as fault:
            _give_up_if_not_ours(engine, fault)
            engine.renew(engine.generation)
            future = engine.submit(*given)
        flying[future] = Flight(parts, engine.generation, apart)
        future.add_done_callback(ended.put)

    while True:
        if not any(flight.apart for flight in flying.values()):
            hands = engine.hands()
            for parts in _next(again, waiting, hands - len(flying), hands, block):
                fly(parts)
        if not flying and suspects:
            fly([suspects.pop(0)], apart=True)
        if not flying:
            return lost
        try:
            future = ended.get(timeout=LOOK_SECONDS)
        except queue.Empty:
            engine.hands()
            continue
        flight = flying.pop(future)
        try:
            reports = future.result()
        except ResultError:
            raise
        except Exception as fault:
            is_end = isinstance(fault, BrokenExecutor) or type(fault).__name__ == "KilledWorker"
            if isinstance(fault, BrokenExecutor):
                _give_up_if_not_ours(engine, fault)
                engine.renew(flight.generation)
            if flight.apart and is_end and Watch(Folder(address), flight.parts[0]).blame():
                suspects.insert(0, flight.parts[0])
                continue
            for part in flight.parts:
                tries[part] = tries.get(part, 0) + 1
                if tries[part] < TRIES:
                    again.append(part)
                elif tries[part] < 2 * TRIES:
                    suspects.append(part)
                else:
                    lost.append((part, "".join(traceback.format_exception(fault))))
            continue
        for part, report in zip(flight.parts, reports, strict=True):
            tell(part, report)
            waiting.finish(part)


def _give_up_if_not_ours(engine: Engine, fault: BaseException) -> None:
    if not engine.ours:
        raise LostParts(f"the executor that was given is broken ({fault}); finished parts are kept, and a study with a new one goes on")


def _next(again: list[Part], waiting: Queue, room: int, hands: int, block: int) -> Iterable[list[Part]]:
    """What is to be computed next: parts that were lost by themselves, others as many together as a block holds."""
    for _ in range(room):
        parts = [again.pop(0)] if again else waiting.take(hands, block)
        if not parts:
            return
        yield parts
