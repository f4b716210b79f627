"""Places: names of countries and the country of every site, as the run's world has them."""

import json
from functools import lru_cache
from pathlib import Path

from sim.result import Result
from sim.scenario.tables import WorldError
from sim.scenario.world import World, read_world, shipped_folder


def country_name(result: Result, code: str) -> str:
    """A country's name in the run's world; its alpha-3 code where the world is not at hand."""
    return country_names(result).get(code, code)


def country_names(result: Result) -> dict[str, str]:
    """Names by alpha-3 code; empty where the world is not at hand."""
    world = _world(result)
    return {str(k): str(v) for k, v in world.meta["countries"].items()} if world is not None else {}


def site_countries(result: Result) -> dict[str, str]:
    """Alpha-3 code by site, projects included; empty where the world is not at hand."""
    world = _world(result)
    if world is None:
        return {}
    start = str(result.dates[0].year)
    found = {str(r["project"]): str(r["country"]) for r in world.at("projects", start)}
    return found | {str(r["site"]): str(r["country"]) for r in world.at("sites", start)}


def _world(result: Result) -> World | None:
    name = str(result.manifest["world"])
    folders = [shipped_folder() / "worlds" / name]
    log = result.folder / "log.json" if result.folder is not None else None
    if log is not None and log.is_file():
        # a world of one's own lies beside its scenario file, which only the log names
        beside = json.loads(log.read_text(encoding="utf-8")).get("scenario_path")
        folders = [Path(beside).parent / name, *folders] if beside else folders
    for folder in folders:
        if (folder / "world.yaml").is_file():
            return _read(folder)
    return None


@lru_cache(maxsize=4)
def _read(folder: Path) -> World | None:
    try:
        return read_world(folder)
    except WorldError:
        return None
