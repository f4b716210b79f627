"""Store: results on disk. A manifest that can be run again, one row per run, one Parquet file per record and part."""

import errno
import hashlib
import json
import os
import platform
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.scenario.load import Scenario
from sim.scenario.world import FILES, SHIPPED, files_hash, files_of, is_shipped, shipped_folder, sources_file

if TYPE_CHECKING:
    from sim.result import Result

FORMAT = 3
"""Version of the folder's layout; a result of another one is refused."""
MANIFEST = {
    "run_id": str, "scenario": dict, "scenario_name": str, "policy": str, "replicates": int, "seed": int, "weeks": int,
    "records": list, "world": str, "world_hash": str, "code_hash": str, "world_files": dict, "start": str, "hs": dict,
    "content": dict, "stage": dict, "exporter": str, "separators": dict, "countries": dict, "versions": dict,
}  # fmt: skip
"""Keys of a manifest and their kinds, without which it is damaged."""
GROUP = 16
"""Replicates in a row group; fixed, so that the bytes of a result do not hang on the block size."""
Axes = dict[str, list[list[str]]]


SAME = ("scenario_name", "policy", "seed", "replicates", "weeks", "records", "scenario", "world_hash")
"""Keys of a manifest that make two runs the same; the code may have changed between them."""
MANIFEST_FILE = "manifest.json"
SUMS = "sums.json"
"""File of the length and hash (BLAKE2b, 128 bits) of a result's manifest and of every Parquet file of it."""


class ResultError(ValueError):
    """A result cannot be read or written; the message says what to do."""


def unwritable(path: Path, fault: OSError) -> ResultError:
    """Why nothing can be written at a path, as it was given, and what to do."""
    if fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return ResultError(f"{path}: cannot be written ({fault.strerror}); free some space and try again")
    file = next((p for p in path.parents if p.is_file()), None)
    why = f"{file} is a file" if file else "nothing can be made there" if fault.errno == errno.ENOENT else fault.strerror
    return ResultError(f"{path}: cannot be written ({why}); give a place in a folder you may write to")


def package_version() -> str:
    try:
        return version("ytterby")
    except PackageNotFoundError:
        return "0"


def manifest_of(
    scenario: Scenario, policy: Any, replicates: int, seed: int, weeks: int, records: tuple[str, ...]
) -> dict[str, Any]:
    """Everything needed to run again: resolved scenario, seed, code and world hashes, versions. No clock, host or place.

    A shipped world goes by its name; one's own goes in whole, table by table.
    """
    folder = scenario.world_folder()
    resolved = {**scenario.resolved(), "world": folder.resolve().name, "policy": policy.model_dump(mode="json")}
    text = json.dumps(resolved, sort_keys=True)
    net = scenario.network()
    run = {
        "scenario": resolved,
        "scenario_name": scenario.name,
        "policy": policy.label,
        "replicates": replicates,
        "seed": seed,
        "weeks": weeks,
        "records": list(records),
        "world": folder.resolve().name,
        **code_and_world(scenario),
    }
    digest = hashlib.blake2b((text + json.dumps(run, sort_keys=True)).encode(), digest_size=5).hexdigest()
    return {
        "format": FORMAT,
        "run_id": digest,
        **run,
        "start": scenario.calendar(weeks).monday(0).isoformat(),
        "world_files": {} if is_shipped(folder) else _own_world(folder),
        "hs": {p.name: p.hs for p in net.products.values()},
        "content": {p.name: p.content for p in net.products.values()},
        "stage": {p.name: p.stage for p in net.products.values()},
        "exporter": net.exporter,
        "separators": {s.name: s.country for s in net.sites if s.kind == "refiner"},
        "sites": {s.name: s.country for s in net.sites},
        "countries": net.countries,
        "origin_groups": net.origin_groups,
        "versions": {
            "ytterby": package_version(),
            "python": platform.python_version(),
            "numpy": np.__version__,
            "numba": version("numba"),
            "pyarrow": version("pyarrow"),
        },
    }


def code_and_world(scenario: Scenario) -> dict[str, str]:
    """Hashes of the world's files and of the code."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(p for p in Path(__file__).parent.rglob("*.py") if SHIPPED not in p.parents):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return {"world_hash": files_hash(files_of(scenario.world_folder())), "code_hash": digest.hexdigest()}


def _own_world(folder: Path) -> dict[str, str]:
    """A world's files and its sources as text, as they stand."""
    files = files_of(folder) | {"sources.yaml": sources_file(folder).read_bytes()}
    return {name: content.decode("utf-8") for name, content in sorted(files.items())}


@contextmanager
def world_of(manifest: dict[str, Any], where: Path) -> Iterator[Path]:
    """The folder of a result's world: the shipped one, or its own tables laid out for as long as they are needed.

    Raises ResultError where the world is no longer the one the result was made with.
    """
    files, name = manifest["world_files"], Path(manifest["world"]).name
    if not files:
        folder = shipped_folder() / "worlds" / name
        now = files_hash(files_of(folder))
        if now != manifest["world_hash"]:
            raise ResultError(
                f"{where}: world_hash: the world {name!r} has changed since ({manifest['world_hash']} then, {now} now), so "
                f"the same figures cannot come out; install ytterby as it was, or run the scenario anew: "
                f"ytterby run {manifest['scenario_name']}"
            )
        yield folder
        return
    with TemporaryDirectory(prefix="ytterby-world-") as place:
        folder = Path(place) / name
        folder.mkdir()
        for file in (*FILES, "sources.yaml"):
            if file in files:
                (folder / file).write_bytes(str(files[file]).encode())
        if files_hash(files_of(folder)) != manifest["world_hash"]:
            raise ResultError(f"{where}: world_files: not the tables the result was made with; run the scenario anew")
        yield folder


def label(key: list[str] | tuple[str, ...]) -> str:
    return "|".join(key)


class Writer:
    """Writes a result into a hidden folder beside its place and moves it there when it is whole.

    Row groups hold a fixed number of replicates, so the bytes do not hang on the block size.
    """

    def __init__(self, out: Path, manifest: dict[str, Any], axes: Axes, overwrite: bool = False) -> None:
        self.out, self.manifest, self.axes = out, manifest, axes
        self.began = time.time()
        if out.exists() and not out.is_dir():
            raise ResultError(f"{out}: is a file; give a folder that does not exist yet")
        if out.is_dir() and any(out.iterdir()) and not (out / MANIFEST_FILE).is_file():
            raise ResultError(f"{out}: holds other things; give a new folder or one that holds a result")
        if (out / MANIFEST_FILE).is_file():
            self._may_replace(out / MANIFEST_FILE, manifest, overwrite)
        self.folder = out.parent / f".{out.name}.part"
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(self.folder, ignore_errors=True)
            (self.folder / "series").mkdir(parents=True)
        except OSError as fault:
            raise unwritable(out, fault) from None
        self._open: dict[str, Any] = {}
        self._kept: dict[str, list[np.ndarray]] = {}
        self._waiting: list[int] = []

    def _may_replace(self, path: Path, manifest: dict[str, Any], overwrite: bool) -> None:
        """Refuse to replace a study, or another run unless told to; the same run, made with any version of the code, may go."""
        try:
            there = json.loads(path.read_text(encoding="utf-8"))
            other = next((k for k in SAME if there.get(k) != manifest[k]), None)
        except (ValueError, AttributeError):
            there, other = {}, "manifest"
        if "study" in there:
            raise ResultError(f"{self.out}: holds the result of a study; give another folder")
        if other is not None and not overwrite:
            plain = isinstance(manifest.get(other), (str, int)) and other != "world_hash"
            told = f"{other.removesuffix('_name')} {there.get(other)}, not {manifest[other]}" if plain else f"other {other.removesuffix('_hash')}"
            raise ResultError(
                f"{self.out}: holds the result of another run ({told}); give another folder, or replace it with --overwrite "
                "(in Python overwrite=True)"
            )

    def _writer(self, name: str, weeks: int) -> Any:
        import pyarrow as pa
        import pyarrow.parquet as pq

        if name not in self._open:
            columns = [label(k) for k in self.axes[name]]
            fields = [pa.field("replicate", pa.int32()), pa.field("week", pa.int32())]
            schema = pa.schema(fields + [pa.field(c, pa.float32()) for c in columns])
            path = self.folder / "series" / name / f"part-{0:06d}-{self.manifest['replicates']:06d}.parquet"
            path.parent.mkdir()
            self._open[name] = pq.ParquetWriter(
                path, schema, compression="zstd", use_dictionary=False,
                use_byte_stream_split=[c for c in columns] or False, write_statistics=False, write_page_checksum=True,
            )  # fmt: skip
        return self._open[name]

    def write(self, replicates: list[int], values: dict[str, np.ndarray]) -> None:
        """Append a block of replicates; whole groups are written, the rest waits for the next block."""
        self._waiting += replicates
        for name, array in values.items():
            self._kept.setdefault(name, []).append(array)
        while len(self._waiting) >= GROUP:
            self._flush(GROUP)

    def _flush(self, count: int) -> None:
        replicates, self._waiting = self._waiting[:count], self._waiting[count:]
        for name, parts in self._kept.items():
            together = parts[0] if len(parts) == 1 else np.concatenate(parts)
            self._kept[name] = [together[count:]] if len(together) > count else []
            self._write_group(name, replicates, together[:count])

    def _write_group(self, name: str, replicates: list[int], array: np.ndarray) -> None:
        import pyarrow as pa

        try:
            writer = self._writer(name, array.shape[1])
            weeks = array.shape[1]
            rows = np.ascontiguousarray(array.reshape(-1, array.shape[2]).T)
            columns = [
                pa.array(np.repeat(np.array(replicates, dtype=np.int32), weeks)),
                pa.array(np.tile(np.arange(weeks, dtype=np.int32), len(replicates))),
                *(pa.array(row) for row in rows),
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=writer.schema), row_group_size=rows.shape[1])
        except OSError as fault:
            raise ResultError(
                f"{self.out}: cannot be written ({fault.strerror}); free some space and run again"
            ) from None

    def close(self, manifest: dict[str, Any]) -> "Result":
        """Finish files, write runs and manifest, move the folder to its place."""
        from sim.result import open_result

        try:
            if self._waiting:
                self._flush(len(self._waiting))
            for writer in self._open.values():
                writer.close()
            write_json(self.folder / MANIFEST_FILE, manifest)
            result = open_result(self.folder)
            result.metrics().to_parquet(self.folder / "runs.parquet", compression="zstd", index=False)
            log = {
                "seconds": round(time.time() - self.began, 3),
                "finished": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
                "host": platform.node(),
                "command": sys.argv,
            }
            write_json(self.folder / SUMS, _sums(self.folder))
            write_json(self.folder / "log.json", log)
            for path in self.folder.rglob("*"):
                if path.is_file():
                    with path.open("rb") as file:
                        os.fsync(file.fileno())
            if self.out.is_dir():
                shutil.rmtree(self.out)
            self.folder.rename(self.out)
        except OSError as fault:
            self.discard()
            raise ResultError(
                f"{self.out}: cannot be written ({fault.strerror}); free some space and run again"
            ) from None
        return open_result(self.out)

    def discard(self) -> None:
        """Leave nothing half-written."""
        for writer in self._open.values():
            with suppress(OSError):
                writer.close()
        self._open.clear()
        shutil.rmtree(self.folder, ignore_errors=True)


def _sums(folder: Path) -> dict[str, list[Any]]:
    """Length and hash of the manifest and of every Parquet file of a result, by its place in the folder."""
    files = [folder / MANIFEST_FILE, *sorted(folder.rglob("*.parquet"))]
    return {p.relative_to(folder).as_posix(): [p.stat().st_size, _hash(p)] for p in files}


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _read_sums(folder: Path) -> dict[str, tuple[int, str]]:
    """Length and hash of the files of a result as they were written; none where it was made before there were sums."""
    path = folder / SUMS
    if not path.is_file():
        return {}
    try:
        return {str(name): (int(size), str(digest)) for name, (size, digest) in json.loads(path.read_text(encoding="utf-8")).items()}
    except (ValueError, TypeError, AttributeError):
        again = f"make the result anew with ytterby run --again {folder}"
        raise ResultError(f"{path}: cannot be read (no lengths and hashes of files); {again}") from None


def must_be_undamaged(folder: Path) -> None:
    """Raise ResultError for a data file that is gone or not as it was written, by its length; of runs.parquet by its hash.

    Pages of records carry their own sums, which are checked as they are read. A result without sums is taken as it is.
    """
    remedy = f"make the result anew with ytterby run --again {folder}"
    for name, written in _read_sums(folder).items():
        if name != MANIFEST_FILE:  # checked as it is read
            _must_be_as_written(folder / name, written, name == "runs.parquet", remedy)


def _must_be_as_written(file: Path, written: tuple[int, str], wholly: bool, remedy: str) -> None:
    """Raise ResultError for a file that is gone or of another length than was written, or ``wholly``, of another hash."""
    if not file.is_file():
        raise ResultError(f"{file}: the file is missing; {remedy}")
    there, (size, digest) = file.stat().st_size, written
    if there != size:
        raise ResultError(f"{file}: cannot be read ({there:,} bytes, not the {size:,} that were written); {remedy}")
    if wholly and _hash(file) != digest:
        raise ResultError(f"{file}: cannot be read (not as it was written); {remedy}")


def write_json(path: Path, content: Any) -> None:
    """Write to a temporary name, then rename."""
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(path)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read a result's manifest; raise ResultError if it is none, of another version, or not as it was written.

    Where sums cannot be read the manifest is taken as it is, so that the run can be made again.
    """
    path = folder / MANIFEST_FILE
    if not path.is_file():
        raise ResultError(f"{folder}: no result there (no manifest.json); give the folder of a run")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise ResultError(f"{path}: not readable as JSON; run the scenario again") from None
    if not isinstance(manifest, dict):
        raise ResultError(f"{path}: no manifest of a result; give the folder of a run")
    if "study" in manifest:
        raise ResultError(f"{path}: holds the result of a study, not of a run; give it to compare or report")
    must_be_whole(manifest, str(path), FORMAT, MANIFEST, "run its scenario anew", "run the scenario again")
    sums: dict[str, tuple[int, str]] = {}
    with suppress(ResultError):
        sums = _read_sums(folder)
    if MANIFEST_FILE in sums:
        _must_be_as_written(path, sums[MANIFEST_FILE], True, "put the one back that the run wrote, or run the scenario again")
    return dict(manifest)


def must_be_whole(
    manifest: dict[str, Any], place: str, made_by: int, kinds: dict[str, type], anew: str, again: str
) -> None:
    """Raise ResultError if a manifest was made by another version, or lacks a key of a kind; the last two say what to do."""
    if manifest.get("format") != made_by:
        raise ResultError(
            f"{place}: format {manifest.get('format')!r}, this version reads {made_by}; {anew} with this version"
        )
    for key, kind in kinds.items():
        if not isinstance(manifest.get(key), kind):
            raise ResultError(f"{place}: {key}: missing or damaged; {again}")


def read_axes(folder: Path, record: str) -> list[list[str]]:
    """Row labels of a stored record."""
    import pyarrow.parquet as pq

    with _reading(folder, record) as path:
        names = pq.read_schema(path).names[2:]
    return [n.split("|") for n in names]


def read_record(folder: Path, record: str, columns: list[str], shape: tuple[int, int]) -> np.ndarray:
    """Read some rows of a record as (replicate, week, row); ``shape`` is that of the first two."""
    import pyarrow.parquet as pq

    with _reading(folder, record) as path:
        table = pq.read_table(path, columns=columns, memory_map=True, page_checksum_verification=True)
        arrays = [table[c].to_numpy().reshape(shape) for c in columns]
    return np.stack(arrays, axis=2)


@contextmanager
def _reading(folder: Path, record: str) -> Iterator[Path]:
    """The file of a record that the manifest names; ResultError if it is gone or damaged."""
    found = sorted((folder / "series" / record).glob("part-*.parquet"))
    path = found[0] if found else folder / "series" / record
    remedy = f"make the result anew with ytterby run --again {folder}"
    if not found:
        raise ResultError(f"{path}: the record's file is missing; {remedy}")
    try:
        yield path
    except (OSError, ValueError, KeyError) as fault:
        told = str(fault).splitlines()[0] if str(fault) else type(fault).__name__
        raise ResultError(f"{path}: cannot be read ({told}); {remedy}") from None
