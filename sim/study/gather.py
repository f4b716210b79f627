"""Gather: finished parts into the study's own files; their bytes do not hang on how the work was cut."""

import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from sim.folder import Folder
from sim.result import Result
from sim.study.part import Context, columns_of, kept_labels, policy_of, unpacked
from sim.study.plan import Part, Plan
from sim.study_result import FORMAT

RUNS_GROUP = 1024
"""Rows in a row group of runs.parquet."""
SERIES_GROUP, SERIES_FILE = 128, 1024
"""Runs in a row group and in a file of series."""


def gather(folder: Folder, known: Context) -> dict[str, Any]:
    """Write runs, series, draws, failures and, last, the manifest; then take the parts away."""
    plan = known.plan
    ordered = in_order(plan)
    counts = _runs(folder, plan, ordered)
    periods = {}
    for number, scenario in enumerate(plan.scenarios):
        bound, name = known.bound(number), scenario["name"]
        periods[name] = [d.isoformat() for d in Result(bound.manifest).periods(plan.content["file"]["frequency"])[0]]
        pieces = [piece for piece in ordered if piece[0].scenario == number]
        first = sum(n for n, (part, _) in zip(counts, ordered, strict=True) if part.scenario < number)
        for kept in plan.content["keep"]:
            labels = kept_labels(bound.axes, kept)
            _series(folder, pieces, kept["record"], name, first, labels, bound.periods.shape[1])
    _draws(folder, plan)
    failures = _failures(folder, ordered)
    if failures:
        folder.write("failures.json", (json.dumps(failures, indent=1, sort_keys=True) + "\n").encode())
    manifest = {
        "kind": "study", "format": FORMAT, "digest": plan.digest, "runs": sum(counts), "failed": len(failures),
        "worlds": [{"world": w.name, "policy": policy_of(plan, w)} for w in plan.worlds], "periods": periods,
        **plan.content,
    }  # fmt: skip
    folder.write("manifest.json", (json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode())
    folder.delete("parts")
    folder.delete("plan.json")
    return manifest


Piece = tuple[Part, int]
"""A part and one of its worlds."""


def in_order(plan: Plan) -> list[Piece]:
    """Parts by scenario, world and case: the order of rows."""
    pieces = [(p, w) for g in plan.groups() for p in g for w in p.worlds]
    return sorted(pieces, key=lambda piece: (piece[0].scenario, piece[1], piece[0].low))


def _tables(folder: Folder, pieces: list[Piece], ending: str) -> Iterator[tuple[Piece, Any]]:
    for part, world in pieces:
        yield (part, world), unpacked(folder.read(part.file(world, f"{ending}.arrow")))


def _whole(tables: Iterable[Any], rows: int) -> Iterator[Any]:
    """The same rows in tables of so many, the last one shorter."""
    import pyarrow as pa

    waiting: list[Any] = []
    held = 0
    for table in tables:
        waiting.append(table)
        held += table.num_rows
        while held >= rows:
            found = pa.concat_tables(waiting)
            yield found.slice(0, rows).combine_chunks()
            waiting, held = [found.slice(rows)], held - rows
    if held:
        yield pa.concat_tables(waiting).combine_chunks()


def _runs(folder: Folder, plan: Plan, ordered: list[Piece]) -> list[int]:
    """Write runs.parquet, a row group at a time; return how many runs each piece holds."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names: dict[str, None] = {}
    for part, world in ordered:
        names.update(dict.fromkeys(columns_of(folder.read(part.file(world, "runs.arrow")))[1:]))
    text = [pa.field(n, pa.string()) for n in ("scenario", "world", "policy")]
    whole = [pa.field(n, pa.int32()) for n in ("replicate", "draw")]
    schema = pa.schema([pa.field("run", pa.int64()), *text, *whole, *(pa.field(n, pa.float64()) for n in names)])
    counts: list[int] = []

    def numbered() -> Iterator[Any]:
        for (part, world), table in _tables(folder, ordered, "runs"):
            yield _rows(plan, part.scenario, world, table, sum(counts), schema)
            counts.append(table.num_rows)

    with folder.writing("runs.parquet") as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for group in _whole(numbered(), RUNS_GROUP):
            writer.write_table(group)
    return counts


def _rows(plan: Plan, scenario: int, number: int, table: Any, first: int, schema: Any) -> Any:
    import pyarrow as pa

    cases = table["case"].to_numpy()
    world = plan.worlds[number]
    count = len(cases)
    given = {
        "run": pa.array(np.arange(first, first + count)),
        "scenario": pa.array([plan.scenarios[scenario]["name"]] * count, pa.string()),
        "world": pa.array([world.name] * count, pa.string()),
        "policy": pa.array([policy_of(plan, world)] * count, pa.string()),
        "replicate": pa.array((cases % plan.content["replicates"]).astype(np.int32)),
        "draw": pa.array((cases // plan.content["replicates"]).astype(np.int32)),
    }
    known = set(table.column_names)
    columns = [
        given[f.name] if f.name in given else table[f.name] if f.name in known else pa.nulls(count, f.type)
        for f in schema
    ]  # fmt: skip
    return pa.table(columns, schema=schema)


def _series(folder: Folder, pieces: list[Piece], record: str, name: str, first: int, labels: list[str], periods: int) -> None:
    """Write a record's series of one scenario, whose runs count from ``first``, some thousand runs a file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    fields = [pa.field("run", pa.int64()), pa.field("period", pa.int32())]
    schema = pa.schema(fields + [pa.field(n, pa.float32()) for n in labels])

    def numbered() -> Iterator[Any]:
        run = first
        for _, table in _tables(folder, pieces, record):
            runs = table.num_rows // periods
            yield pa.table([pa.array(np.repeat(np.arange(run, run + runs), periods)), *table.columns[1:]], schema=schema)
            run += runs

    low = first
    for group in _whole(numbered(), SERIES_FILE * periods):
        low = _series_file(folder, record, name, group, low, periods, pq)


def _series_file(folder: Folder, record: str, name: str, table: Any, low: int, periods: int, pq: Any) -> int:
    high = low + table.num_rows // periods
    sink = io.BytesIO()
    pq.write_table(
        table, sink, compression="zstd", use_dictionary=False, write_statistics=False,
        row_group_size=SERIES_GROUP * periods, use_byte_stream_split=table.column_names[2:] or False,
    )  # fmt: skip
    folder.write(f"series/{record}/{name}-{low:07d}-{high:07d}.parquet", sink.getvalue())
    return int(high)


def _draws(folder: Folder, plan: Plan) -> None:
    """Write the varied numbers, one row per draw."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    paths = plan.content["draws"]["paths"]
    values = np.array(plan.content["draws"]["values"], dtype=np.float64).reshape(plan.draws, -1)
    columns = [
        pa.array(np.arange(plan.draws, dtype=np.int32)),
        *(pa.array(values[:, n].copy()) for n in range(len(paths))),
    ]
    sink = io.BytesIO()
    pq.write_table(pa.table(columns, names=["draw", *paths]), sink, compression="zstd")
    folder.write("draws.parquet", sink.getvalue())


def _failures(folder: Folder, ordered: list[Piece]) -> list[dict[str, Any]]:
    kept = set(folder.names("parts"))
    return [
        failed for part, world in ordered if part.file(world, "failures.json") in kept
        for failed in json.loads(folder.read(part.file(world, "failures.json")))
    ]  # fmt: skip
