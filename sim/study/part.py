"""Part: some cases of one pair of worlds, computed and written by whoever has time; its numbers hang on nothing else.

A case is a draw and a replicate. Sums run along the weeks of one case only, so none hangs on who else is in the block.
"""

import io
import json
import platform
import threading
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from sim import metrics, paired
from sim.analysis.ledger import entries
from sim.folder import Folder
from sim.paired import Basis, Terms, basis_of
from sim.policies import KINDS
from sim.records import RECORDS, Recorder
from sim.result import Result
from sim.runner import BLOCK, make_world, run_apart, run_block
from sim.scenario.load import Scenario, parse
from sim.store import ResultError, manifest_of
from sim.study.plan import Part, Plan, World, read_plan
from sim.world.network import Network

Array = np.ndarray[Any, np.dtype[Any]]
IDLE = "idle"
"""Where a basis keeps the numbers of answers that never act; no series is called so."""
NO_BACKGROUND = "the background run b0 of this scenario, draw and replicate failed"
LACKING = (MemoryError, OSError, ResultError)
"""What the machine or the folder lacked: no run is to blame as long as others run beside it."""
DEATHS = 2
"""Workers that may end in one run, computed with nothing beside it, before it counts as failed."""
_SPACE = threading.local()
"""Arrays of the last block of this thread: fresh memory for each would be asked of the machine page by page."""


class BackgroundFailed(RuntimeError):
    """A case whose background run failed has nothing to be measured against."""


def background_only(scenario: Scenario) -> Scenario:
    """The scenario with every event that is not background at intensity 0; every row stays where it was."""
    file = scenario.file
    nothing = None
    events = []
    for event in file.events:
        if not event.background:
            nothing = nothing or type(event.intensity)(low=0, mode=0, high=0)
            event = event.model_copy(update={"intensity": nothing})
        events.append(event)
    changed = file.model_copy(update={"events": events})
    scenario.network()
    return replace(scenario, file=changed)


@dataclass
class Bound:
    """A scenario of a plan, bound to its world once per process."""

    scenario: Scenario
    background: Scenario
    rows: Any
    axes: dict[str, list[list[str]]]
    manifest: dict[str, Any]
    paths: list[str]
    foreground: set[str]
    weeks: int
    periods: Array
    known: dict[str, Any] = field(default_factory=dict)


class Context:
    """A plan as a process holds it; scenarios are bound when first needed."""

    def __init__(self, plan: Plan, beside: list[str | None]) -> None:
        self.plan, self.beside = plan, beside
        self.seed = int(plan.content["seed"])
        file = plan.content["file"]
        self.terms = Terms(
            file["discount_percent_yr"] / 100.0,
            dict(file["value_added_musd_per_week"]),
            file["loan_default_percent"] / 100.0,
        )
        self.values = np.array(plan.content["draws"]["values"], dtype=np.float64).reshape(plan.draws, -1)
        self.records = tuple(plan.content["records"])
        self.answers = [[KINDS[p["kind"]].model_validate(p) for p in a["policies"]] for a in plan.content["answers"]]
        self._bound: dict[int, Bound] = {}
        self._lock = threading.Lock()

    def bound(self, number: int) -> Bound:
        with self._lock:
            if number not in self._bound:
                self._bound[number] = self._bind(number)
            return self._bound[number]

    def answer_in(self, world: int) -> list[Any]:
        """Policies that act in a world of the plan."""
        number = self.plan.worlds[world].answer
        return self.answers[number] if number >= 0 else []

    def fixed(self, bound: Bound, world: int, cases: list[int]) -> dict[str, Array]:
        """The plan's own draws of uncertain numbers, by path; those of an event's strength only where there is the event."""
        draws = np.array(cases) // self.plan.content["replicates"]
        where = {p: n for n, p in enumerate(self.plan.content["draws"]["paths"])}
        has_event = self.plan.worlds[world].has_event
        paths = [p for p in bound.paths if has_event or p not in bound.foreground]
        return {p: self.values[draws, where[p]] for p in paths}

    def _bind(self, number: int) -> Bound:
        entry = self.plan.scenarios[number]
        path = self.beside[number]
        scenario = parse(entry["text"], Path(path) if path else None, entry["name"])
        scenario.network_cache = NETWORKS.get(entry["text"])
        manifest = manifest_of(scenario, KINDS["none"](kind="none"), 1, self.seed, entry["weeks"], self.records)
        for what in ("code_hash", "world_hash"):
            if manifest[what] != entry[what]:
                raise ResultError(
                    f"{platform.node()}: {what} is {manifest[what]}, that of the study {entry[what]}; install the same ytterby and world "
                    "on every machine, and give the same command again"
                )
        asked: dict[str, Any] = {}
        rows = scenario.rows()
        make_world(scenario, [0], self.seed, entry["weeks"], [], rows=rows, asked=asked)
        recorder = Recorder(scenario.network(), rows, self.records)
        axes = {n: [list(x) for x in recorder.labels_of(n)] for n in self.records}
        weights = Result(manifest, axes).periods(self.plan.content["file"]["frequency"])[1]
        foreground = {f"events.{e.name}.intensity" for e in scenario.file.events if not e.background}
        paths = [p for p in self.plan.content["draws"]["paths"] if p in asked]
        return Bound(
            scenario, background_only(scenario), rows, axes, manifest, paths, foreground, entry["weeks"], weights
        )


NETWORKS: dict[str, Network] = {}
"""Balanced networks by the text of their scenario, where the process was given them; others are balanced when needed."""
_CONTEXTS: dict[str, Context] = {}
_CONTEXTS_LOCK = threading.Lock()


def context(address: str, beside: list[str | None]) -> Context:
    """The plan of a folder, read once per process and plan."""
    text = Folder(address).read("plan.json")
    plan = read_plan(text)
    key = f"{address} {plan.digest}"
    with _CONTEXTS_LOCK:
        if key not in _CONTEXTS:
            _CONTEXTS.clear()
            _CONTEXTS[key] = Context(plan, beside)
        return _CONTEXTS[key]


# one part ----------------------------------------------------------------------------------------------------------------


def run_parts(
    address: str, beside: list[str | None], parts: list[Part], block: int = BLOCK, apart: bool = False
) -> list[dict[str, Any]]:
    """Compute parts of one group and write them; return of each how many runs it holds and which failed.

    Parts of several answers run as one block where that is large enough. A run that fails is written down with its traceback; the
    others of its block are run again without it. ``apart`` runs every case by itself and notes which one it is at, so that a run
    that ends its worker is known by the next, and written down too.

    Raises
    ------
    ResultError
        When the folder cannot be written.
    MemoryError, OSError
        When the machine lacks something and the runs were not ``apart``.
    """
    known = context(address, beside)
    folder = Folder(address)
    bases = None if parts[0].pair == 0 else read_bases(folder, parts[0])
    idle = [p for p in parts if bases is not None and p.pair - 1 in bases.idle]
    done = {p: _same_as_without(folder, known, p) for p in idle}
    running = [p for p in parts if p not in idle]
    together = 1 if apart else max(block // max(parts[0].cases, 1), 1)
    for first in range(0, len(running), together):
        chosen = running[first : first + together]
        done |= _run_apart(folder, known, chosen[0], bases) if apart else _run_together(folder, known, chosen, bases, block)
    return [done[p] for p in parts]


def _run_together(
    folder: Folder, known: Context, parts: list[Part], bases: "Bases | None", block: int
) -> dict[Part, dict[str, Any]]:
    found: list[dict[int, list[Block]]] = [{w: [] for w in part.worlds} for part in parts]
    failures: list[dict[int, list[dict[str, Any]]]] = [{w: [] for w in part.worlds} for part in parts]
    for low in range(parts[0].low, parts[0].high, block):
        cases = list(range(low, min(low + block, parts[0].high)))
        try:
            pairs = list(run_pairs(known, parts, cases, bases.of(cases) if bases is not None else None))
        except LACKING:
            raise
        except Exception:
            for n, part in enumerate(parts):
                _one_by_one(known, part, cases, bases, found[n], failures[n])
        else:
            for n, part in enumerate(parts):
                for world, blocks in zip(part.worlds, pairs, strict=True):
                    found[n][world].append(blocks[n])
    return {part: _written(folder, known, part, found[n], failures[n]) for n, part in enumerate(parts)}


def _run_apart(folder: Folder, known: Context, part: Part, bases: "Bases | None") -> dict[Part, dict[str, Any]]:
    """Run each case of a part by itself, and take those for failed in which workers ended."""
    found: dict[int, list[Block]] = {w: [] for w in part.worlds}
    failures: dict[int, list[dict[str, Any]]] = {w: [] for w in part.worlds}
    watch = Watch(folder, part)
    try:
        _one_by_one(known, part, watch.first(list(range(part.low, part.high))), bases, found, failures, watch)
    except (Exception, KeyboardInterrupt):
        watch.rest()  # what stops here is no worker's end
        raise
    watch.rest()
    for world in part.worlds:
        found[world].sort(key=lambda block: block.cases[0])
        failures[world].sort(key=lambda f: (f["draw"], f["replicate"]))
    report = _written(folder, known, part, found, failures)
    watch.end()
    return {part: report}


def _written(
    folder: Folder, known: Context, part: Part, found: dict[int, list["Block"]], failures: dict[int, list[dict[str, Any]]]
) -> dict[str, Any]:
    """Write a part; how many runs it holds, and which failed."""
    _write(folder, known, part, found, failures)
    runs = sum(len(b.cases) for made in found.values() for b in made)
    return {"runs": runs, "failures": [f for world in failures.values() for f in world]}


class WorkerEnded(RuntimeError):
    """Workers ended in a run, though nothing ran beside it."""


class Watch:
    """Which run of a part is being computed, on disk, and in how many workers' ends; the one who gave the part counts those."""

    def __init__(self, folder: Folder, part: Part) -> None:
        self.folder, self.name = folder, f"{part.stem}.watch.json"
        self.now: str | None = None
        self.ended: dict[str, int] = {}
        if folder.exists(self.name):
            before = json.loads(folder.read(self.name))
            self.now, self.ended = before["now"], before["ended"]

    def first(self, cases: list[int]) -> list[int]:
        """Cases in which workers have ended go first, so that what ends another loses nothing else."""
        known = {int(run.split()[1]) for run in self.ended}
        return sorted(cases, key=lambda c: c not in known)

    def begin(self, world: int, case: int) -> None:
        """Note that a run begins; raise WorkerEnded if it has ended too many workers."""
        now = f"{world} {case}"
        if self.ended.get(now, 0) >= DEATHS:
            raise WorkerEnded(f"{DEATHS} workers ended in this run, with nothing beside it (killed, out of memory, or crashed)")
        self._note(now)

    def rest(self) -> None:
        """Note that no run is being computed."""
        self._note(None)

    def blame(self) -> bool:
        """Count a worker's end for the run it was at; False if it was at none."""
        if self.now is None:
            return False
        self.ended[self.now] = self.ended.get(self.now, 0) + 1
        self._note(None)
        return True

    def end(self) -> None:
        self.folder.delete(self.name)

    def _note(self, now: str | None) -> None:
        self.now = now
        self.folder.write(self.name, json.dumps({"now": now, "ended": self.ended}).encode())


@dataclass
class Block:
    """What runs leave: metrics (case,), series by record (case, period, row), and in b0 the basis (case, week)."""

    cases: list[int]
    columns: dict[str, Array]
    series: dict[str, Array]
    basis: Basis
    acted: list[bool] = field(default_factory=list)
    """Per answer that looked on: whether it would have acted."""


def _one_by_one(
    known: Context, part: Part, cases: list[int], bases: "Bases | None", found: dict[int, list[Block]],
    failures: dict[int, list[dict[str, Any]]], watch: Watch | None = None,
) -> None:  # fmt: skip
    """Run each case in each world by itself, and take down those that fail; under a watch, those too that end the worker."""
    for case in cases:
        basis = None
        for world in part.worlds:
            try:
                if bases is not None:
                    basis = bases.of([case])
                elif world > 0 and basis is None:
                    raise BackgroundFailed(NO_BACKGROUND)
                if watch is not None:
                    watch.begin(world, case)
                block = run_alone(known, part, world, case, basis)
                found[world].append(block)
                basis = block.basis or basis
            except Exception as fault:
                if isinstance(fault, LACKING if watch is None else ResultError):
                    raise
                failures[world].append(failure(known.plan, part, world, case, traceback.format_exc()))


def failure(plan: Plan, part: Part, number: int, case: int, told: str) -> dict[str, Any]:
    """A failed run as it is written down."""
    world = plan.worlds[number]
    return {
        "scenario": plan.scenarios[part.scenario]["name"], "world": world.name, "policy": policy_of(plan, world),
        "replicate": case % plan.content["replicates"], "draw": case // plan.content["replicates"],
        "traceback": told,
    }  # fmt: skip


def policy_of(plan: Plan, world: World) -> str:
    return "none" if world.answer < 0 else str(plan.content["answers"][world.answer]["name"])


def run_pairs(known: Context, parts: list[Part], cases: list[int], basis: Basis | None) -> Iterator[list[Block]]:
    """Run cases of parts that differ in their answer as one block, without the event and with it, a Block per part.

    The first gives the basis where none is given, which only the pair without an answer can.
    """
    bound = known.bound(parts[0].scenario)
    without, event = parts[0].worlds
    numbers = [c % known.plan.content["replicates"] for c in cases] * len(parts)
    runs = run_apart(
        bound.background, bound.scenario, numbers, known.seed, bound.weeks, known.records,
        [known.answer_in(part.worlds[0]) for part in parts], known.fixed(bound, without, cases * len(parts)),
        known.fixed(bound, event, cases * len(parts)), bound.rows, _SPACE.__dict__,
        known.answers if parts[0].pair == 0 else (),
    )  # fmt: skip
    for kept, acted in runs:
        blocks = []
        for n in range(len(parts)):
            own = {name: values[n * len(cases) : (n + 1) * len(cases)] for name, values in kept.items()}
            blocks.append(measured(known, bound, cases, own, basis))
            blocks[-1].acted = acted
            basis = basis or blocks[-1].basis
        yield blocks


def run_alone(known: Context, part: Part, world: int, case: int, basis: Basis | None) -> Block:
    """Run one case in one world; the same to the last bit as in its pair."""
    bound = known.bound(part.scenario)
    scenario = bound.scenario if known.plan.worlds[world].has_event else bound.background
    _, kept, _ = run_block(
        scenario, [case % known.plan.content["replicates"]], known.seed, bound.weeks, known.records,
        known.answer_in(world), fixed=known.fixed(bound, world, [case]), rows=bound.rows,
    )  # fmt: skip
    return measured(known, bound, [case], kept, basis)


def measured(known: Context, bound: Bound, cases: list[int], kept: dict[str, Array], basis: Basis | None) -> Block:
    """Metrics and series of runs; without a basis they are the background, and give it."""
    result = Result({**bound.manifest, "replicates": len(cases)}, bound.axes, arrays=kept)
    result.sums = {}
    own = basis_of(result) if basis is None else {}
    columns = metrics.columns(result, known.plan.content["metrics"])
    columns |= paired.columns(result, basis or own, known.terms)
    columns |= {f"ledger.{k}": v for k, v in entries(result, basis or own, known.terms).items()}
    series = {k["record"]: kept_series(result, k, bound.periods) for k in known.plan.content["keep"]}
    return Block(cases, columns, series, own)


def kept_series(result: Result, kept: dict[str, Any], periods: Array) -> Array:
    """A kept record by period (case, period, row), float32: sums, means or last values of its weeks."""
    values, _ = result.array(kept["record"], **kept["where"])
    if kept["by"]:
        sums = metrics.summed(result, kept["record"], *kept["by"], **kept["where"])
        values = np.stack(list(sums.values()), axis=2) if sums else values[:, :, :0]
    how = RECORDS[kept["record"]].how
    if how == "last":
        last = [int(np.flatnonzero(periods[:, p])[-1]) for p in range(periods.shape[1])]
        return np.asarray(values[:, last], dtype=np.float32)
    out = np.zeros((values.shape[0], periods.shape[1], values.shape[2]))
    for p in range(periods.shape[1]):
        for w in np.flatnonzero(periods[:, p]):
            out[:, p] += values[:, w] * periods[w, p]
        if how == "mean":
            out[:, p] /= periods[:, p].sum()
    return np.asarray(out, dtype=np.float32)


def kept_labels(axes: dict[str, list[list[str]]], kept: dict[str, Any]) -> list[str]:
    """Labels of a kept record's rows, joined by bars."""
    names = RECORDS[kept["record"]].axes
    chosen = [
        x for x in axes[kept["record"]]
        if all(x[names.index(k)] in v for k, v in kept["where"].items())
    ]  # fmt: skip
    places = [names.index(a) for a in kept["by"]] or list(range(len(names)))
    return list(dict.fromkeys("|".join(x[k] for k in places) for x in chosen))


# files ---------------------------------------------------------------------------------------------------------------------


def _write(
    folder: Folder, known: Context, part: Part, found: dict[int, list[Block]], failures: dict[int, list[dict[str, Any]]]
) -> None:
    """Write series, basis and failures, then the runs; those with the event come last and say that the part is whole."""
    import pyarrow as pa

    axes = known.bound(part.scenario).axes
    for world, blocks in found.items():
        cases = np.array([c for block in blocks for c in block.cases], dtype=np.int64)
        for kept in known.plan.content["keep"]:
            table = _series_table(cases, blocks, kept["record"], kept_labels(axes, kept))
            folder.write(part.file(world, f"{kept['record']}.arrow"), packed(table))
        if world == 0:
            idle = [] if any(failures.values()) else idle_answers([b for blocks in found.values() for b in blocks])
            folder.write(f"{part.group}/basis.arrow", packed(_basis_table(blocks, idle)))
        folder.delete(part.file(world, "failures.json"))  # of a try that was cut short
        if failures[world]:
            folder.write(part.file(world, "failures.json"), json.dumps(failures[world], indent=1).encode())
        names = list(blocks[0].columns) if blocks else []
        numbers = [pa.array(np.concatenate([b.columns[n] for b in blocks])) for n in names]
        table = pa.table([pa.array(cases), *numbers], names=["case", *names])
        folder.write(part.file(world, "runs.arrow"), packed(table))


def _series_table(cases: Array, blocks: list[Block], record: str, labels: list[str]) -> Any:
    import pyarrow as pa

    stacked = np.concatenate([b.series[record] for b in blocks]) if blocks else np.zeros((0, 0, len(labels)), np.float32)
    runs, periods, _ = stacked.shape
    columns = [
        pa.array(np.repeat(cases, periods)),
        pa.array(np.tile(np.arange(periods, dtype=np.int32), runs)),
        *(pa.array(np.ascontiguousarray(stacked[:, :, n].reshape(-1))) for n in range(len(labels))),
    ]
    return pa.table(columns, names=["case", "period", *labels])


def packed(table: Any) -> bytes:
    """A table as an Arrow file."""
    import pyarrow as pa

    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_table(table)
    return sink.getvalue()


def columns_of(content: bytes) -> list[str]:
    """Names of the columns of an Arrow file, its numbers unread."""
    import pyarrow as pa

    return list(pa.ipc.open_file(pa.BufferReader(content)).schema.names)


def unpacked(content: bytes) -> Any:
    import pyarrow as pa

    return pa.ipc.open_file(pa.BufferReader(content)).read_all()


def idle_answers(blocks: list[Block]) -> list[int]:
    """Answers that looked on at every block and would have acted in none; none is known where a case ran by itself."""
    if not all(b.acted for b in blocks):
        return []
    return [n for n, acted in enumerate(zip(*(b.acted for b in blocks), strict=True)) if not any(acted)]


def _same_as_without(folder: Folder, known: Context, part: Part) -> dict[str, Any]:
    """Write the part of an answer that never acts: its worlds are those without an answer, to the last bit."""
    first = replace(part, pair=0)
    endings = [f"{kept['record']}.arrow" for kept in known.plan.content["keep"]]
    for ending in [*endings, "runs.arrow"]:
        for own, other in zip(part.worlds, first.worlds, strict=True):
            folder.write(part.file(own, ending), folder.read(first.file(other, ending)))
    return {"runs": part.runs, "failures": []}


def _basis_table(found: list[Block], idle: list[int]) -> Any:
    """One row per case, one column per series, its numbers (label, week) as bytes; labels and type stand in the schema.

    With them stand the numbers of the answers that would have acted in none of these worlds.

    Numbers that single precision holds exactly, which is all that is not a sum, are kept in it.
    """
    import pyarrow as pa

    fields = {"case": pa.array([c for block in found for c in block.cases], pa.int64())}
    told = {}
    for name, first in (found[0].basis if found else {}).items():
        blocks = [
            np.stack(list(b.basis[name].values()), axis=1) if first else np.zeros((len(b.cases), 0, 0)) for b in found
        ]
        small = [b.astype(np.float32) for b in blocks]
        is_exact = all(np.array_equal(s, b, equal_nan=True) for s, b in zip(small, blocks, strict=True))
        told[name] = json.dumps(["f4" if is_exact else "f8", *first])
        rows = [case.tobytes() for block in (small if is_exact else blocks) for case in block]
        fields[name] = pa.array(rows, pa.large_binary())
    return pa.table(fields).replace_schema_metadata({**told, IDLE: json.dumps(idle)})


@dataclass
class Bases:
    """Background series of a part's cases."""

    rows: dict[int, int]
    table: Any
    labels: dict[str, list[str]]
    idle: list[int]

    def of(self, cases: list[int]) -> Basis:
        """The basis of some cases; raise BackgroundFailed if one has none."""
        if not all(case in self.rows for case in cases):
            raise BackgroundFailed(NO_BACKGROUND)
        found: Basis = {}
        for name, (kind, *labels) in self.labels.items():
            kept = [np.frombuffer(self.table[name][self.rows[c]].as_buffer(), dtype=kind) for c in cases]
            weekly = np.stack(kept).reshape(len(cases), len(labels), -1) if labels else np.zeros((0, 0, 0))
            rows = np.ascontiguousarray(weekly.transpose(1, 0, 2), dtype=np.float64)
            found[name] = {label: rows[n] for n, label in enumerate(labels)}
        return found


def read_bases(folder: Folder, part: Part) -> Bases:
    table = unpacked(folder.read(f"{part.group}/basis.arrow"))
    labels = {k.decode(): json.loads(v) for k, v in (table.schema.metadata or {}).items()}
    rows = {int(c): n for n, c in enumerate(table["case"].to_pylist())}
    return Bases(rows, table, labels, labels.pop(IDLE))
