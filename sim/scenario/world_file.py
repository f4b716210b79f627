"""World file: schema of ``world.yaml`` and of ``sources.yaml``, and what the former must agree on with itself."""

from collections.abc import Callable, Iterator
from datetime import date as Day
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints

from sim.scenario.faults import Lines, misplaced, near, validated
from sim.scenario.parameters import PARAMETERS, beyond
from sim.scenario.tables import Status
from sim.world.network import LAYERS

MOST_GROUPS = 8
"""Groups of origin of a layer."""
Names = list[Annotated[str, StringConstraints(min_length=1)]]
Number = Annotated[float, Field(strict=True)]
Tonnes = Annotated[float, Field(strict=True, ge=0, le=100)]
OxideFactor = Annotated[float, Field(strict=True, gt=0, le=1)]
Fault = tuple[tuple[Any, ...], str]
"""A key of a file, and what is wrong with it and what to write instead."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Parameter(_Strict):
    """One uncertain number and where it comes from."""

    low: Number = Field(description="lower bound")
    mode: Number = Field(description="what is thought most likely")
    high: Number = Field(description="upper bound")
    unit: str = Field(default="", description="its unit")
    status: Status = Field(description="measured, derived or assumed")
    source: str = Field(description="keys of sources.yaml, joined by ;")
    note: str = Field(default="", description="formula or caution")


class Start(_Strict):
    """One complete start."""

    date: Day = Field(description="day of the start, YYYY-MM-DD")
    parameters: dict[str, Parameter] = Field(default_factory=dict, description="uncertain numbers that this start has otherwise")


class Substitute(_Strict):
    """What a substitute itself needs, and where that use is counted."""

    product: str = Field(description="product it is made of")
    end_use: str = Field(description="end use at which that is counted")
    tonnes: Tonnes = Field(description="t per t of the magnet it replaces")
    low: Tonnes = Field(description="lower bound")
    high: Tonnes = Field(description="upper bound")
    status: Status = Field(description="measured, derived or assumed")
    source: str = Field(description="keys of sources.yaml, joined by ;")
    note: str = Field(default="", description="formula or caution")


class WorldFile(_Strict):
    """What a ``world.yaml`` may hold."""

    title: str = Field(min_length=1, description="the world in a line")
    elements: dict[str, Names] = Field(min_length=1, description="what is traded as one: [elements in it]")
    oxide_factor: dict[str, OxideFactor] = Field(description="t of element per t of its oxide, for each of elements")
    countries: dict[str, str] = Field(min_length=1, description="alpha-3: name, for each country")
    price_home: str = Field(description="the country whose home price is the reference")
    origin_groups: dict[str, dict[str, list[str]]] = Field(description=f"groups of countries of {', '.join(LAYERS)}")
    rivals: list[Names] = Field(default_factory=list, description="grades that fill one component, lowest first")
    substitutes: dict[str, Substitute] = Field(default_factory=dict, description="substitutes and what they need")
    stores: dict[str, Names] = Field(default_factory=dict, description="country: [products its store may hold]")
    shared_stores: dict[str, Names] = Field(default_factory=dict, description="country: [countries its store may serve]")
    starts: dict[str, Start] = Field(min_length=1, description="year: {date: YYYY-MM-DD} of each complete start")
    parameters: dict[str, Parameter] = Field(description="the uncertain numbers, see scenarios/worlds/README.md")


class Source(_Strict):
    """One entry of ``sources.yaml``."""

    title: str = Field(min_length=1, description="what it is, in words")
    url: str = Field(default="", description="where it lies")
    year: int = Field(description="the year it is of")
    status: Literal["retrieved", "memory"] = Field(description="retrieved if it was seen, memory if recalled")
    note: str = Field(default="", description="caution")


class SourcesFile(RootModel[dict[str, Source]]):
    """What a ``sources.yaml`` may hold."""


def world_file(plain: dict[str, Any], where: str, lines: Lines, sources: frozenset[str]) -> dict[str, Any]:
    """Checked content of a ``world.yaml``, what is left out filled in; raise ScenarioError at the first fault."""
    file = validated(WorldFile, plain, where, lines)
    for check in _CHECKS:
        for key, message in check(file):
            raise misplaced(where, lines, key, message)
    sourced: list[tuple[tuple[str, ...], dict[str, Any]]]
    sourced = [(("parameters",), {**file.parameters}), (("substitutes",), {**file.substitutes})]
    sourced += [(("starts", start, "parameters"), {**own.parameters}) for start, own in file.starts.items()]
    for key, named in (((*table, name), row) for table, rows in sourced for name, row in rows.items()):
        for source in named.source.split(";"):
            if source.strip() not in sources:
                message = f"{source.strip()!r} is not in scenarios/sources.yaml; add it there"
                raise misplaced(where, lines, (*key, "source"), message)
    return file.model_dump()


def _elements(file: WorldFile) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for group, members in file.elements.items():
        if not members:
            yield ("elements", group), f"holds no element; write {group}: [{group}]"
        if group not in file.oxide_factor:
            yield ("oxide_factor",), f"no number for {group}; write {group}: t of element per t of its oxide"
        for n, member in enumerate(members):
            if member in seen:
                yield ("elements", group, n), f"{member!r} is in {seen[member]} too; write it once"
            seen[member] = group
    for group in file.oxide_factor:
        if group not in file.elements:
            yield ("oxide_factor", group), f"{group!r} is not in elements{near(group, list(file.elements))}"


def _countries(file: WorldFile) -> Iterator[Fault]:
    for country in file.countries:
        if not (len(country) == 3 and country.isascii() and country.isalpha() and country.isupper()):
            yield ("countries", country), f"{country!r} is no code of a country; write three capitals such as JPN"
    yield from _known(file, [(("price_home",), file.price_home)])
    yield from _known(file, [(("stores", c), c) for c in file.stores])
    members = [(("shared_stores", c, n), m) for c, ms in file.shared_stores.items() for n, m in enumerate(ms)]
    yield from _known(file, members)
    for country in file.shared_stores:
        if country not in file.stores:
            yield ("shared_stores", country), f"{country!r} has no store{near(country, list(file.stores))}"


def _known(file: WorldFile, named: list[tuple[tuple[Any, ...], str]]) -> Iterator[Fault]:
    for key, country in named:
        if country not in file.countries:
            yield key, f"{country!r} is no country of this world{near(country, list(file.countries))}"


def _groups(file: WorldFile) -> Iterator[Fault]:
    for layer in file.origin_groups:
        if layer not in LAYERS:
            yield ("origin_groups", layer), f"is no layer; write {', '.join(LAYERS)}"
    for layer in LAYERS:
        groups = file.origin_groups.get(layer, {})
        if not 1 <= len(groups) <= MOST_GROUPS:
            told = f"{len(groups)} groups" if groups else "missing"
            example = f"as {layer}: {{CHN: [CHN], other: []}}"
            yield ("origin_groups", layer), f"{told}; name at most eight groups with their countries, {example}"
        named = [(("origin_groups", layer, g, n), c) for g, cs in groups.items() for n, c in enumerate(cs)]
        yield from _known(file, named)
        countries = [c for _, c in named]
        for key, country in named:
            if countries.count(country) > 1:
                yield key, f"{country!r} is in two groups of the layer; write it once"


def _starts(file: WorldFile) -> Iterator[Fault]:
    for start, at in file.starts.items():
        if not (len(start) == 4 and start.isdecimal()):
            yield ("starts", start), f"{start!r} is no start; write a year such as 2024"
        elif f"{at.date.year:04}" != start or at.date.month != 1:
            yield ("starts", start, "date"), f"{at.date} is not of that January; write {start}-01-DD, its first Monday"


def _parameters(file: WorldFile) -> Iterator[Fault]:
    own = [(("starts", start, "parameters"), at.parameters) for start, at in file.starts.items()]
    for table, numbers in [(("parameters",), file.parameters), *own]:
        for name, number in numbers.items():
            yield from _parameter((*table, name), name, number)
    for name, declared in PARAMETERS.items():
        if name not in file.parameters:
            meaning = f"write {name}: {{low: , mode: , high: , unit: , status: , source: }}, {declared.meaning}"
            yield ("parameters",), f"{name} is missing; {meaning}"


def _parameter(at: tuple[str, ...], name: str, number: Parameter) -> Iterator[Fault]:
    if name not in PARAMETERS:
        yield at, f"no such parameter{near(name, list(PARAMETERS))}"
        return
    for key in ("low", "mode", "high"):
        told = beyond(name, getattr(number, key))
        if told:
            yield (*at, key), told
    if not number.low <= number.mode <= number.high:
        told = f"low {number.low:g}, mode {number.mode:g}, high {number.high:g}: write them in rising order"
        yield at, told


def _substitutes(file: WorldFile) -> Iterator[Fault]:
    for name, needs in file.substitutes.items():
        if not needs.low <= needs.tonnes <= needs.high:
            told = f"low {needs.low:g}, tonnes {needs.tonnes:g}, high {needs.high:g}: write them in rising order"
            yield ("substitutes", name), told


_CHECKS: tuple[Callable[[WorldFile], Iterator[Fault]], ...] = (_elements, _countries, _groups, _starts, _parameters, _substitutes)
