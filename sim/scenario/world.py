"""World folders: one YAML file and the tables, read together and ready to be balanced."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from sim.scenario.kept import kept
from sim.scenario.tables import MAY_LACK, TABLES, WorldError, read_table
from sim.world.network import LAYERS, Network

Row = dict[str, Any]
SHIPPED = Path(__file__).resolve().parent.parent / "shipped"
CHECKOUT = Path(__file__).resolve().parent.parent.parent / "scenarios"


def shipped_folder() -> Path:
    """Return the folder of the scenarios and worlds that come with the package."""
    return SHIPPED if SHIPPED.is_dir() else CHECKOUT


@dataclass
class World:
    """One world as it stands in its files."""

    folder: Path
    meta: dict[str, Any]
    tables: dict[str, list[Row]]

    def at(self, table: str, start: str) -> list[Row]:
        """Rows of a table that belong to a start."""
        return [r for r in self.tables[table] if r.get("start", "any") in (start, "any")]


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


def read_sources(folder: Path) -> dict[str, Any]:
    """Read the ``sources.yaml`` beside or above a world's folder."""
    path = sources_file(folder)
    content = path.read_bytes()
    return kept("sources", content, lambda: dict(YAML(typ="safe").load(content.decode()) or {}))


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
    if not (folder / "world.yaml").is_file():
        raise WorldError(f"{folder}: no world.yaml there; give the folder of a world")
    sources = frozenset(read_sources(folder))
    meta = YAML(typ="safe").load((folder / "world.yaml").read_text(encoding="utf-8"))
    for key in ("title", "elements", "oxide_factor", "countries", "origin_groups", "starts", "parameters"):
        if key not in meta:
            raise WorldError(f"{folder / 'world.yaml'}: {key}: missing; see scenarios/worlds/README.md")
    _check_layers(folder / "world.yaml", meta["origin_groups"])
    tables: dict[str, list[Row]] = {}
    for name in TABLES:
        if name in MAY_LACK and not (folder / f"{name}.csv").is_file():
            tables[name] = []
            continue
        if not (folder / f"{name}.csv").is_file():
            raise WorldError(f"{folder / name}.csv: missing; a world has a table {name}")
        tables[name] = read_table(folder, name, sources)
    world = World(folder, meta, tables)
    _check_names(world)
    return world


def _check_layers(path: Path, groups: dict[str, Any]) -> None:
    """Origin groups are named for each layer, each with its countries."""
    for layer in {*groups} - {*LAYERS}:
        raise WorldError(f"{path}: origin_groups: {layer}: is no layer; write {', '.join(LAYERS)}")
    for layer in LAYERS:
        if not groups.get(layer):
            raise WorldError(
                f"{path}: origin_groups: {layer}: missing; name at most eight groups with their countries, "
                f"as {layer}: {{CHN: [CHN], other: []}}"
            )


def _check_names(world: World) -> None:
    countries = set(world.meta["countries"])
    products = {r["product"] for r in world.tables["products"]}
    for row in world.tables["customs"]:
        for name in str(row["products"]).split(";"):
            if name.strip() not in products:
                path = world.folder / "customs.csv"
                raise WorldError(f"{path}:{row['line']:.0f}: products: {name.strip()!r} is not in products.csv")
    recipes = {r["recipe"] for r in world.tables["recipes"]} | {r["recipe"] for r in world.tables["separations"]}
    for table in ("sites", "demand", "trade", "transit", "projects", "policies"):
        path = world.folder / f"{table}.csv"
        for row in world.tables[table]:
            for column in ("country", "seller", "buyer"):
                if column in row and row[column] not in countries:
                    raise WorldError(
                        f"{path}:{row['line']:.0f}: {column}: {row[column]!r} is no country of world.yaml; add it there"
                    )
            if "product" in row and row["product"] not in products:
                raise WorldError(f"{path}:{row['line']:.0f}: product: {row['product']!r} is not in products.csv")
            if table in ("sites", "projects"):
                known = recipes | products if row["kind"] == "mine" else recipes
                if row["kind"] != "trader" and row["recipe"] not in known:
                    raise WorldError(f"{path}:{row['line']:.0f}: recipe: {row['recipe']!r} is in no table of recipes")
