"""Load: from a study file to a checked study; every fault names file, line, key and what to write instead."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.events.selection import SelectionError
from sim.metrics import METRICS
from sim.paired import PAIRED
from sim.policies.policy import Policy
from sim.records import RECORDS, Recorder
from sim.runner import make_world
from sim.scenario.faults import ScenarioError, near, read, spell, text_of, validated
from sim.scenario.load import Scenario, load
from sim.scenario.world import shipped_folder
from sim.study.schema import Steps, StudyFile


@dataclass(frozen=True)
class Answer:
    """One policy, or several that answer together, under one name."""

    name: str
    policies: tuple[Policy, ...]
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Study:
    """A loaded study: the file's content, its name, its scenarios and answers."""

    name: str
    file: StudyFile
    path: Path | None
    lines: dict[tuple[Any, ...], int] = field(default_factory=dict, repr=False)
    scenarios: list[Scenario] = field(default_factory=list, repr=False)
    answers: list[Answer] = field(default_factory=list, repr=False)
    notes: list[str] = field(default_factory=list, repr=False)

    def error(self, key: tuple[Any, ...], message: str) -> ScenarioError:
        """An error at a key of the file."""
        at = key
        while at and at not in self.lines:
            at = at[:-1]
        line = f":{self.lines[at]}" if at in self.lines else ""
        return ScenarioError(f"{self.path or self.name}{line}: {spell(key)}: {message}")


def shipped_studies() -> list[str]:
    """Names of the studies that come with the package."""
    return sorted(p.stem for p in (shipped_folder() / "studies").glob("*.yaml"))


def find_study(source: str | Path) -> Path:
    """Path of a study given as a path or a shipped name."""
    path = Path(source)
    if path.suffix in (".yaml", ".yml") and path.is_file():
        return path
    shipped = shipped_folder() / "studies" / f"{source}.yaml"
    if str(source) in shipped_studies():
        return shipped
    raise ScenarioError(
        f"{str(source) or repr('')}: no such file and no shipped study{near(str(source), shipped_studies())}"
    )


def load_study(source: str | Path | Study) -> Study:
    """Load a study from a path or a shipped name and check it.

    Raises ScenarioError or WorldError with file, line and key at the first fault.
    """
    if isinstance(source, Study):
        return source
    path = find_study(source)
    plain, lines = read(text_of(path, "a YAML file"), str(path), "a study is a mapping; write title, scenarios, policies and replicates")
    return prepared(Study(path.stem, validated(StudyFile, plain, str(path), lines), path, lines))


def prepared(study: Study) -> Study:
    """Load scenarios, spell out answers, and check every name the study uses."""
    if not study.scenarios:
        study.scenarios = [_scenario(study, n) for n in range(len(study.file.scenarios))]
    study.answers = _answers(study)
    _check_names(study)
    _check_labels(study)
    _check_paths(study)
    return study


def _scenario(study: Study, n: int) -> Scenario:
    name = study.file.scenarios[n].scenario
    beside = study.path.parent / name if study.path is not None else Path(name)
    try:
        found = load(beside if beside.suffix in (".yaml", ".yml") and beside.is_file() else name)
        return _varied(study, n, found)
    except ScenarioError as fault:
        if "no such file" in str(fault):
            raise study.error(("scenarios", n), str(fault)) from None
        raise


def _varied(study: Study, n: int, scenario: Scenario) -> Scenario:
    """The scenario under its name in the study, with the numbers that stand there set otherwise."""
    choice = study.file.scenarios[n]
    changed = scenario.file.model_dump()
    for path, number in choice.numbers.items():
        place = ("scenarios", n, "numbers", path)
        head, _, rest = path.partition(".")
        event, _, key = rest.rpartition(".")
        if head == "parameters" and rest:
            changed["parameters"][rest] = number.model_dump()
            continue
        names = [e["name"] for e in changed["events"]]
        if head != "events" or event not in names:
            known = [f"events.{e}.intensity" for e in names] + [f"parameters.{p}" for p in scenario.network().parameters]
            raise study.error(place, f"{scenario.name} has no such number{near(path, known)}")
        keys = changed["events"][names.index(event)]
        if key not in keys or not (isinstance(keys[key], dict) and "mode" in keys[key]):
            known = [f"events.{event}.{k}" for k, v in keys.items() if isinstance(v, dict) and "mode" in v]
            raise study.error(place, f"{event} has no such number{near(path, known)}")
        keys[key] = number.model_dump()
    try:
        file = type(scenario.file).model_validate(changed)
    except ValidationError as fault:
        message = fault.errors()[0]["msg"].removeprefix("Value error, ")
        raise study.error(("scenarios", n, "numbers"), message) from None
    again = replace(scenario, name=choice.name or scenario.name, file=file)
    again.check()
    return again


def _answers(study: Study) -> list[Answer]:
    file = study.file
    given = [Answer(p.label, (p,), p.labels) for p in file.policies]
    given += [Answer(p.name, tuple(p.policies), p.labels) for p in file.portfolios]
    used: set[str] = set()
    found = [variant for answer in given for variant in _pulled(study, answer, used)]
    for key in file.vary.levers:
        if key not in used:
            known = [f"{a.name}.{f}" for a in given for f in type(a.policies[0]).model_fields if len(a.policies) == 1]
            raise study.error(("vary", "levers", key), f"no such lever{near(key, known)}")
    return [a for n, a in enumerate(found) if a.name != "none" and _binds(study, a, n)]


def _pulled(study: Study, answer: Answer, used: set[str]) -> list[Answer]:
    """The answer at every combination of its levers."""
    grid: list[list[tuple[str, int, str, Any]]] = []
    for key, values in study.file.vary.levers.items():
        for n, policy in enumerate(answer.policies):
            owner = answer.name if len(answer.policies) == 1 else f"{answer.name}.{policy.name or policy.kind}"
            lever = key.removeprefix(f"{owner}.")
            if key.startswith(f"{owner}.") and lever in type(policy).model_fields:
                used.add(key)
                steps = values.values() if isinstance(values, Steps) else values
                grid.append([(key, n, lever, v) for v in steps])
    found = []
    for chosen in itertools.product(*grid):
        policies = list(answer.policies)
        for key, n, lever, value in chosen:
            try:
                policies[n] = type(policies[n]).model_validate({**policies[n].model_dump(), lever: value})
            except ValidationError as fault:
                raise study.error(
                    ("vary", "levers", key), f"{value!r}: {fault.errors()[0]['msg']}; write another"
                ) from None
        told = ",".join(
            f"{lever}={value:g}" if isinstance(value, float) else f"{lever}={value}" for _, _, lever, value in chosen
        )
        found.append(Answer(f"{answer.name}({told})" if told else answer.name, tuple(policies), answer.labels))
    return found


def _binds(study: Study, answer: Answer, n: int) -> bool:
    """Whether an answer fits every scenario's world; of ``all``, those that do not are left out."""
    for scenario in study.scenarios:
        try:
            for policy in answer.policies:
                policy.bind(scenario.network(), scenario.rows())
        except SelectionError as fault:
            if len(answer.policies) == 1 and answer.policies[0].kind in study.file.entered:
                study.notes.append(f"{answer.name}: left out, {fault}")
                return False
            key = ("portfolios",) if len(answer.policies) > 1 else ("policies", n)
            raise study.error(key, f"{answer.name} in {scenario.name}: {fault}") from None
    return True


def _check_names(study: Study) -> None:
    known = [*METRICS, *PAIRED]
    for n, name in enumerate(study.file.metrics):
        if name not in known:
            raise study.error(("metrics", n), f"{name!r} is no metric{near(name, known)}")
    for n, kept in enumerate(study.file.keep):
        if kept.record not in RECORDS:
            raise study.error(("keep", n, "record"), f"{kept.record!r} is no record{near(kept.record, list(RECORDS))}")
        record = RECORDS[kept.record]
        for key, axes in (("where", list(kept.where)), ("by", kept.by)):
            for axis in axes:
                if axis not in record.axes:
                    message = f"{kept.record} has no axis {axis!r}{near(axis, list(record.axes))}"
                    raise study.error(("keep", n, key), message)
        if kept.by and record.how == "mean":
            raise study.error(("keep", n, "by"), f"{kept.record} in {record.unit} cannot be summed; leave by out")
        if kept.record in [k.record for k in study.file.keep[:n]]:
            raise study.error(("keep", n, "record"), f"{kept.record!r} stands twice; keep one")


def _check_labels(study: Study) -> None:
    """Countries, lines and rows of records that the study names must be in the world of some scenario."""
    file = study.file
    records = tuple(dict.fromkeys(["line_stop", *(k.record for k in file.keep)]))
    labels: dict[str, list[tuple[str, ...]]] = {name: [] for name in records}
    countries: set[str] = set()
    for scenario in study.scenarios:
        recorder = Recorder(scenario.network(), scenario.rows(), records)
        countries |= set(scenario.network().countries)
        for name in records:
            labels[name] += recorder.labels_of(name)
    for n, country in enumerate(file.countries):
        if country not in countries:
            raise study.error(("countries", n), f"{country!r} is no country of these worlds{near(country, sorted(countries))}")
    lines = {x for place, use in labels["line_stop"] for x in (use, f"{place}.{use}")}
    for line in file.value_added_musd_per_week:
        if line not in lines:
            raise study.error(("value_added_musd_per_week", line), f"no such line{near(line, sorted(lines))}; write an end use or COUNTRY.end_use")
    for n, kept in enumerate(file.keep):
        for axis, names in kept.where.items():
            at = RECORDS[kept.record].axes.index(axis)
            known = {label[at] for label in labels[kept.record]}
            for name in names:
                if name not in known:
                    raise study.error(("keep", n, "where"), f"{kept.record} has no {axis} {name!r}{near(name, sorted(known))}")


def _check_paths(study: Study) -> None:
    """Every varied path must be a number that some scenario draws; levers have different values, at least one."""
    for lever, values in study.file.vary.levers.items():
        each = values.values() if isinstance(values, Steps) else values
        if not each or len({repr(v) for v in each}) < len(each):
            raise study.error(("vary", "levers", lever), "write one value or more, each once")
    if study.file.vary.draws > 1 and not study.file.vary.uncertainties:
        raise study.error(("vary", "draws"), "nothing varies between draws; name uncertainties, or leave draws out")
    asked: dict[str, Any] = {}
    if study.file.vary.uncertainties:
        for scenario in study.scenarios:
            make_world(scenario, [0], study.file.seed, study.file.weeks, [], asked=asked)
    for path, spread in study.file.vary.uncertainties.items():
        key = ("vary", "uncertainties", path)
        if path not in asked:
            raise study.error(key, f"no scenario of the study draws such a number{near(path, sorted(asked))}")
        if spread.low < 0.0 <= asked[path][0]:
            raise study.error(key, f"{spread.low:g} is below 0; write 0 or more")
