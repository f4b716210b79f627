"""World folders: one YAML file and the tables, read together and ready to be balanced."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.scenario.faults import Lines, read, text_of, validated
from sim.scenario.kept import kept
from sim.scenario.tables import MAY_LACK, TABLES, WorldError, fault_of_a_world, read_table
from sim.world.network import Network

Row = dict[str, Any]
SHIPPED = Path(__file__).resolve().parent.parent / "shipped"
CHECKOUT = Path(__file__).resolve().parent.parent.parent / "scenarios"
OF_WORLD = "a world is a mapping; write title, elements, countries and more, or begin with `ytterby new world FOLDER`"
OF_SOURCES = "sources are a mapping; write one entry per key, as key: {title: , year: , status: memory}"


def shipped_folder() -> Path:
    """Return the folder of the scenarios and worlds that come with the package."""
    return SHIPPED if SHIPPED.is_dir() else CHECKOUT


@dataclass
class World:
    """One world as it stands in its files; ``lines`` are those of the keys of ``world.yaml``."""

    folder: Path
    meta: dict[str, Any]
    tables: dict[str, list[Row]]
    lines: Lines = field(default_factory=dict, repr=False)

    def at(self, table: str, start: str) -> list[Row]:
        """Rows of a table that belong to a start."""
        return [r for r in self.tables[table] if r.get("start", "any") in (start, "any")]

    def parameters(self, start: str) -> dict[str, Row]:
        """Uncertain numbers by name, as a start has them."""
        return {**self.meta["parameters"], **self.meta["starts"][start]["parameters"]}


FILES = ("world.yaml", *(f"{name}.csv" for name in sorted(TABLES)))
"""Files that make a world."""


def is_shipped(folder: Path) -> bool:
    """Whether a world comes with the package."""
    return folder.resolve().parent == (shipped_folder() / "worlds").resolve()


def files_of(folder: Path) -> dict[str, bytes]:
    """Files of a world's folder by name, as they stand on disk."""
    return {name: (folder / name).read_bytes() for name in FILES if (folder / name).is_file()}


def files_hash(files: dict[str, bytes]) -> str:
    """Hash of a world's content, whatever the folder it lies in."""
    digest = hashlib.blake2b(digest_size=8)
    for name, content in sorted(files.items()):
        digest.update(name.encode())
        digest.update(content)
    return digest.hexdigest()


def sources_file(folder: Path) -> Path:
    """Place of the ``sources.yaml`` beside or above a world's folder."""
    for place in (folder, folder.parent, folder.parent.parent):
        if (place / "sources.yaml").is_file():
            return place / "sources.yaml"
    raise WorldError(f"{folder}: no sources.yaml beside or above the world; write one entry per source key")


def keys_of(source: str) -> list[str]:
    """Keys of ``sources.yaml`` that a source names, joined by commas or semicolons."""
    return [key.strip() for key in source.replace(";", ",").split(",") if key.strip()]


def read_sources(folder: Path) -> dict[str, Any]:
    """Read the ``sources.yaml`` beside or above a world's folder; raise WorldError naming file, line and key."""
    path = sources_file(folder)

    def checked() -> dict[str, Any]:
        from sim.scenario.world_file import SourcesFile

        with fault_of_a_world():
            plain, lines = read(text_of(path, "a YAML file"), str(path), OF_SOURCES)
            validated(SourcesFile, plain, str(path), lines)
        return plain

    return kept("sources", path.read_bytes(), checked)


def network_of(folder: Path, start: str) -> Network:
    """The balanced network of a world's start, kept from an earlier time or built now."""

    def build() -> Network:
        from sim.scenario.build import build_network

        return build_network(folder, start)

    if not (folder / "world.yaml").is_file():
        return build()
    content = b"".join(f"{name} {len(text)} ".encode() + text for name, text in files_of(folder).items())
    return kept("start", f"{start}\0".encode() + sources_file(folder).read_bytes() + content, build)


def read_world(folder: Path) -> World:
    """Read and check a world's folder; raise WorldError naming file, line and column at the first fault."""
    from sim.scenario.whole import check_whole

    if not (folder / "world.yaml").is_file():
        raise WorldError(f"{folder}: no world.yaml there; give the folder of a world")
    sources = frozenset(read_sources(folder))
    meta, lines = _read_meta(folder / "world.yaml", sources)
    tables: dict[str, list[Row]] = {}
    for name in TABLES:
        if name in MAY_LACK and not (folder / f"{name}.csv").is_file():
            tables[name] = []
            continue
        if not (folder / f"{name}.csv").is_file():
            raise WorldError(f"{folder / name}.csv: missing; a world has a table {name}")
        tables[name] = read_table(folder, name, sources)
    world = World(folder, meta, tables, lines)
    check_whole(world)
    return world


def _read_meta(path: Path, sources: frozenset[str]) -> tuple[dict[str, Any], Lines]:
    from sim.scenario.world_file import world_file

    with fault_of_a_world():
        plain, lines = read(text_of(path, "a YAML file"), str(path), OF_WORLD)
        return world_file(plain, str(path), lines, sources), lines
