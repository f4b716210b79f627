"""Tables of a world's history: the facts, the series they are read on, and what was known before the replay."""

import csv
import io
import re
from dataclasses import dataclass
from math import log, nan, sqrt
from pathlib import Path
from typing import Any

from sim.scenario.faults import near, text_of
from sim.scenario.load import shipped_names
from sim.scenario.tables import WorldError, fault_of_a_world
from sim.scenario.world import read_sources

SCORED = ("training", "seen", "test")
"""Fitted to; used to shape the model; kept apart."""
CLASSES = (*SCORED, "assumption", "prediction")
"""Besides: an input or prior; what the model says of what has not been looked up. Both score nothing."""
COLUMNS = {
    "facts": (
        "fact", "point", "family", "class", "scenario", "reader", "series", "against", "when", "base", "value", "tolerance",
        "unit", "definition", "source", "note",
    ),
    "series": ("series", "record", "where", "hs", "combined", "times", "unit", "title"),
    "before": ("series", "year", "value", "source", "note"),
}  # fmt: skip
COMBINED = ("sum", "content", "mean", "total")
"""Rows of a record made into one: tonnes of the week added up, their contained rare earths, a mean, a level added up."""


@dataclass(frozen=True)
class Tolerance:
    """How far from the data still counts as right.

    Parameters
    ----------
    scale : ``log`` (a factor) or ``linear`` (in the fact's unit)
    middle : where the error is zero: the data, or the middle of the range that the fact gives
    reach : largest error that passes, a log or in the fact's unit, above 0
    side : 0 both sides count; 1 only too high; -1 only too low, and then what oversteps the bound, however little, does not pass
    """

    scale: str
    middle: float
    reach: float
    side: int = 0

    def away(self, reading: Any) -> Any:
        """Signed distance from the middle in units of the tolerance, on both sides of a bound too."""
        import numpy as np

        values = np.asarray(reading, dtype=np.float64)
        if self.scale == "log":
            return (np.log(np.maximum(values, 1e-3 * self.middle)) - log(self.middle)) / self.reach
        return (values - self.middle) / self.reach

    def error(self, reading: Any) -> Any:
        """Signed error in units of the tolerance: within 1 passes."""
        import numpy as np

        away = self.away(reading)
        if self.side:
            return np.where(self.side * away > 0.0, self.side + away, 0.0)
        return away


@dataclass(frozen=True)
class Fact:
    """One stylised fact, or one point of one, as it stands in its table.

    ``scenario`` is the run it is read on, the replay where empty. A prediction's value and tolerance are NaN.
    """

    fact: str
    point: str
    family: str
    kind: str
    reader: str
    series: tuple[str, ...]
    against: tuple[str, ...]
    when: str
    base: str
    value: float
    tolerance: Tolerance
    allowed: str
    unit: str
    definition: str
    source: str
    note: str
    scenario: str = ""

    @property
    def name(self) -> str:
        return f"{self.fact} {self.point}"

    @property
    def is_scored(self) -> bool:
        return self.kind in SCORED


@dataclass(frozen=True)
class SeriesRow:
    """A series: rows of a record, summed or averaged into one, with its unit."""

    name: str
    record: str
    where: dict[str, list[str]]
    weights: dict[str, float]
    hs: tuple[str, ...]
    combined: str
    times: float
    unit: str
    title: str

    @property
    def is_flow(self) -> bool:
        """Whether it counts what passes, so that a period is the sum of its weeks; a mean or a level is not."""
        return self.combined in ("sum", "content")


@dataclass(frozen=True)
class History:
    """What a world's folder says of its history."""

    facts: list[Fact]
    series: dict[str, SeriesRow]
    before: dict[str, dict[int, float]]

    def series_of(self, scenario: str) -> dict[str, SeriesRow]:
        """The series that facts of a scenario are read on; all that belong to no other for the replay, whose name is empty."""
        named: dict[str, set[str]] = {"": set()}
        for f in self.facts:
            named.setdefault(f.scenario, set()).update(n for n in (*f.series, *f.against) if n in self.series)
        others = set().union(*(v for k, v in named.items() if k)) - named[""]
        return {n: r for n, r in self.series.items() if (n in named[scenario] if scenario else n not in others)}


def read_history(folder: Path) -> History:
    """Read ``history/`` of a world's folder.

    Raises
    ------
    WorldError
        Naming file, line and column at the first fault.
    """
    place = folder / "history"
    sources = frozenset(read_sources(folder))
    series = {r["series"]: _series(place / "series.csv", n, r) for n, r in _rows(place, "series", frozenset())}
    facts = [_fact(place / "facts.csv", n, r) for n, r in _rows(place, "facts", sources)]
    before: dict[str, dict[int, float]] = {}
    for n, row in _rows(place, "before", sources):
        value = _number(place / "before.csv", n, "value", row["value"])
        before.setdefault(row["series"], {})[int(_number(place / "before.csv", n, "year", row["year"]))] = value
    for n, fact in enumerate(facts, start=2):
        for name in (*fact.series, *(a for a in fact.against if not _is_number(a))):
            if name not in series:
                raise WorldError(f"{place / 'facts.csv'}:{n}: series: {name!r} is not in series.csv; add it there")
    return History(facts, series, before)


def _rows(place: Path, table: str, sources: frozenset[str]) -> list[tuple[int, dict[str, str]]]:
    path = place / f"{table}.csv"
    if not path.is_file():
        raise WorldError(f"{path}: missing; a world with a history has facts, series and what was known before")
    with fault_of_a_world():
        reader = csv.DictReader(io.StringIO(text_of(path, "a CSV table"), newline=""))
    missing = [c for c in COLUMNS[table] if c not in (reader.fieldnames or [])]
    if missing:
        raise WorldError(f"{path}:1: {missing[0]}: column missing; write {', '.join(COLUMNS[table])}")
    rows = [(reader.line_num, row) for row in reader]
    for line, row in rows:
        for key in row["source"].split(";") if sources else ():
            if key not in sources:
                raise WorldError(f"{path}:{line}: source: {key!r} is not in scenarios/sources.yaml; add it there")
    return rows


def _fact(path: Path, line: int, row: dict[str, str]) -> Fact:
    from sim.history.readers import READERS

    if row["class"] not in CLASSES:
        raise WorldError(f"{path}:{line}: class: {row['class']!r} is not known; write one of {', '.join(CLASSES)}")
    if row["scenario"] and row["scenario"] not in shipped_names():
        raise WorldError(
            f"{path}:{line}: scenario: {row['scenario']!r} is no shipped scenario{near(row['scenario'], shipped_names())}; "
            "leave it empty for the replay"
        )
    if row["scenario"] and row["class"] in SCORED:
        raise WorldError(f"{path}:{line}: scenario: what is scored is read on the replay; leave it empty")
    if row["reader"] not in READERS:
        raise WorldError(f"{path}:{line}: reader: {row['reader']!r} is not known; write one of {', '.join(READERS)}")
    if row["class"] == "prediction":
        if row["value"] or row["tolerance"]:
            raise WorldError(f"{path}:{line}: value: a prediction has neither value nor tolerance; leave both empty")
        return _as_fact(row, nan, Tolerance("linear", nan, nan))
    value = _number(path, line, "value", row["value"])
    try:
        tolerance = tolerance_of(row["tolerance"], value)
    except ValueError as fault:
        raise WorldError(f"{path}:{line}: tolerance: {fault}") from None
    return _as_fact(row, value, tolerance)


def _as_fact(row: dict[str, str], value: float, tolerance: Tolerance) -> Fact:
    return Fact(
        row["fact"], row["point"], row["family"], row["class"], row["reader"], _names(row["series"]),
        _names(row["against"]), row["when"], row["base"], value, tolerance, row["tolerance"], row["unit"],
        row["definition"], row["source"], row["note"], row["scenario"],
    )  # fmt: skip


def _names(text: str) -> tuple[str, ...]:
    return tuple(x for x in text.split("|") if x)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[\d.]+", text) is not None


def _number(path: Path, line: int, column: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise WorldError(f"{path}:{line}: {column}: {text!r} is no number; write one such as 1.5") from None


def tolerance_of(text: str, value: float) -> Tolerance:
    """Read a tolerance: ``x1.5`` a factor, ``+-2`` in the unit, ``15..30`` a range, ``<=0.3`` or ``>=0.15`` a bound.

    Ranges above 0 count in logs from their geometric middle; a bound that is kept has no error, one overstepped
    an error of 1 and more, of 2 where it is overstepped by half of it.
    """
    number = r"-?\d+(?:\.\d+)?"
    if found := re.fullmatch(rf"x({number})", text):
        return Tolerance("log", value, log(float(found[1])))
    if found := re.fullmatch(rf"\+-({number})", text):
        return Tolerance("linear", value, float(found[1]))
    if found := re.fullmatch(rf"({number})\.\.({number})", text):
        low, high = float(found[1]), float(found[2])
        return Tolerance("log", sqrt(low * high), log(high / low) / 2.0)
    if found := re.fullmatch(rf"([<>])=({number})", text):
        bound = float(found[2])
        return Tolerance("linear", bound, 0.5 * bound, 1 if found[1] == "<" else -1)
    raise ValueError(f"{text!r} is no tolerance; write x1.5, +-2, 15..30, <=0.3 or >=0.15")


def _series(path: Path, line: int, row: dict[str, str]) -> SeriesRow:
    where: dict[str, list[str]] = {}
    weights: dict[str, float] = {}
    for part in filter(None, row["where"].split(";")):
        axis, _, labels = part.partition("=")
        names = [x.split("*") for x in labels.split("|")]
        where[axis] = [n[0] for n in names]
        weights |= {n[0]: float(n[1]) for n in names if len(n) > 1}
    if row["combined"] not in COMBINED:
        raise WorldError(f"{path}:{line}: combined: {row['combined']!r}; write one of {', '.join(COMBINED)}")
    times = _number(path, line, "times", row["times"])
    return SeriesRow(
        row["series"], row["record"], where, weights, tuple(h for h in row["hs"].split(";") if h), row["combined"],
        times, row["unit"], row["title"],
    )  # fmt: skip
