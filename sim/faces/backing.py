"""Backing: what a scenario's numbers rest on: ranges from which they are drawn, sources by their titles, names in full."""

import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from sim.events.event import Uncertain, spoken
from sim.language import words
from sim.scenario.load import Scenario
from sim.scenario.world import keys_of, read_sources, read_world

WORD = re.compile(r"[A-Za-z0-9_]+")


def ranges(thing: BaseModel) -> list[str]:
    """A sentence for each number of an event that is drawn per replicate: key, most likely value, bounds, meaning."""
    found = []
    for key, field in type(thing).model_fields.items():
        number = getattr(thing, key)
        if isinstance(number, Uncertain) and number.low < number.high:
            found.append(f"{key} {spoken(number)}: {field.description}")
    return found


def known_sources(scenario: Scenario) -> dict[str, dict[str, Any]]:
    """Every source that stands beside the scenario's world or beside its file, by key."""
    known = dict(read_sources(scenario.world_folder()))
    if scenario.path is not None and (scenario.path.parent / "sources.yaml").is_file():
        known |= read_sources(scenario.path.parent)
    return known


def cited(keys: str, known: dict[str, dict[str, Any]]) -> str:
    """Sources by title, with their keys, from keys joined by commas or semicolons."""
    return "; ".join(f"{known.get(key, {}).get('title', key)} ({key})" for key in keys_of(keys))


def sources_named(scenario: Scenario, told: Iterable[str]) -> list[str]:
    """Title, year, place and standing of every source that the scenario lists or a sentence names by its key."""
    known = known_sources(scenario)
    keys = set(scenario.file.sources) | {w for line in told for w in WORD.findall(line)}
    lines = []
    for key in sorted(keys & set(known)):
        entry = known[key]
        of_year = f", {entry['year']}" if entry.get("year") and str(entry["year"]) not in str(entry["title"]) else ""
        at = f", {entry['url']}" if entry.get("url") else ""
        lines.append(f"{key}: {entry['title']}{of_year}{at} ({entry.get('status', 'standing not given')})")
    return lines


def names_in_full(scenario: Scenario, told: Iterable[str]) -> list[str]:
    """Countries, plants and projects named in sentences, with what they stand for."""
    used = {w for line in told for w in WORD.findall(line)}
    net = scenario.network()
    english = words("en")
    lines = [f"{c}: {english.named('country', c)}" for c in sorted(used & set(net.countries))]
    tables = read_world(scenario.world_folder()).tables
    titles = {str(r["site"]): str(r["title"]) for r in tables["sites"]}
    titles |= {str(r["project"]): str(r["title"]) for r in tables["projects"]}
    return lines + [f"{key}: {titles[key]}" for key in sorted(used & set(titles))]
