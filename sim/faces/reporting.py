"""Reporting: a result or a study from disk into a briefing, with the background run that its findings are netted of."""

import io
import json
import os
import re
import webbrowser
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import typer
from ruamel.yaml import YAML

from sim.analysis.comparison import Comparison, compare
from sim.folder import Folder
from sim.language import NOTHING, Words, words
from sim.language.fonts import families
from sim.metrics import week_of
from sim.report.harm import Harm
from sim.report.names import asked
from sim.report.page import LARGEST, Scene, Subject, briefing
from sim.report.part import RECORDS as PART_RECORDS
from sim.report.part import MyPart, my_part
from sim.result import Result, open_result
from sim.runner import run, worker_pool
from sim.scenario.faults import ScenarioError
from sim.scenario.load import Scenario, parse
from sim.scenario.my_part import Item, read_part
from sim.scenario.world import read_world
from sim.store import ResultError, code_and_world, world_of
from sim.study.execute import Inline
from sim.study.part import background_only
from sim.study_result import StudyResult, holds_study

WORLDS, FEWER = 8, 4
"""Replicates run beside a result for its page, and per scenario of a study with several."""
LEAST_WEEKS = 8
"""Weeks before the event that must agree to the last bit where the code's hash does not."""
LARGEST_HELD = 2**30
"""Bytes of a result's records held in memory while its page is made."""
RECORDS = ("want_gross", "missing_gross", "line_stop", "days_of_cover", "imports")
"""Records that what an event did is read from."""
BESIDE = tuple(dict.fromkeys((*RECORDS, *PART_RECORDS)))
"""Records of the run without the event, where a firm's part is read from it too."""


def report(
    source: str, lang: str = "en", opens: bool = False, part: Path | None = None, out: Path | None = None
) -> Path:
    """Write the briefing of a result or a study into its folder, or to a file; say where it lies.

    With a firm's own part the page lies beside that file, never in the result's folder unless ``out`` says so.

    Raises
    ------
    ResultError, LanguageError
        For a folder that holds neither, a language without words or font, a place that cannot be written.
    """
    told = words(lang)
    families(lang)
    folder = Path(source)
    if not (folder / "manifest.json").is_file():
        raise ResultError(f"{folder}: no result there; give the folder of a run or of a study")
    name = "briefing.html" if lang == "en" else f"briefing-{lang}.html"
    beside = folder / name if part is None else part.with_name(f"{part.stem}-{name}")
    target = out if out is not None else beside
    if target.is_dir() or not target.parent.is_dir():
        raise ResultError(f"{target}: no file can be written there; give a file in a folder that exists")
    text = _written(folder, told, part)
    content = text.encode()
    if len(content) > LARGEST:
        raise ResultError(f"{target}: would be {len(content) / 2**20:.1f} MB, over 8 MB; keep fewer records")
    unfinished = target.with_name(f".{target.name}.part")
    unfinished.write_bytes(content)
    unfinished.replace(target)
    typer.echo(f"briefing: {target}")
    if opens:
        webbrowser.open(target.resolve().as_uri())
    return target


def briefing_of(folder: Path, lang: str, again: list[str]) -> bytes:
    """The briefing of a run or of a study whose folder will not stay: one HTML file that says how to run it again."""
    return _written(folder, words(lang), None, again).encode()


def _written(folder: Path, told: Words, part: Path | None, again: list[str] | None = None) -> str:
    with ExitStack() as held:
        subject = _subject(folder, told, held, part)
        return briefing(subject if again is None else replace(subject, again=again), told)


def _subject(folder: Path, told: Words, held: ExitStack, part: Path | None) -> Subject:
    return _of_study(folder, told, part) if holds_study(Folder(folder)) else _of_run(folder, told, held, part)


def _of_run(folder: Path, told: Words, held: ExitStack, part: Path | None) -> Subject:
    """A run, beside its background run where the code and the world are still those it was made with."""
    result = open_result(folder)
    result.held = LARGEST_HELD
    m = result.manifest
    warnings, background = [], None
    where = folder / "manifest.json"
    world = held.enter_context(world_of(m, where))
    scenario = parse(_yaml(m["scenario"]), None, m["scenario_name"], world)
    items = read_part(part, read_world(world)) if part is not None else []
    if any(not e.background for e in scenario.file.events) and set(RECORDS) <= set(result.records):
        background = _background(scenario, result, min(WORLDS, m["replicates"]), bool(items))
        if not is_pair(result, background, code_and_world(scenario)["code_hash"]):
            background = None
            warnings.append(told.label("briefing.code_changed"))
    scene = Scene(Harm(result, background), scenario.file, world, m["scenario_name"])
    if items:
        terms = {"replicates": min(WORLDS, m["replicates"]), "seed": m["seed"], "weeks": m["weeks"]}
        scene.part = _part(items, scenario, {m["policy"]: scenario.file.policy}, terms, background, None)
    beside = told.sentence("briefing.beside_background", n=background.manifest["replicates"]) if background else NOTHING
    provenance = [
        ("run", m["run_id"]), ("scenario", m["scenario_name"]), ("policy", m["policy"]), ("replicates", str(m["replicates"])),
        ("seed", str(m["seed"])), ("weeks", str(m["weeks"])), ("world", f"{m['world']} {m['world_hash']}"),
        ("code", m["code_hash"]), ("versions", _versions(m)), ("finished", _finished(folder)), ("beside", beside),
    ]  # fmt: skip
    again = [f"ytterby run --again {folder}", f"ytterby report {folder} --lang {told.lang}"]
    return Subject(
        [scene], None, _answers_of(m), asked(m["scenario"], told), provenance, again, date.today(),
        warnings=warnings,
    )  # fmt: skip


def is_pair(result: Result, background: Result, code: str) -> bool:
    """Whether two runs are of the same worlds: by the same code, or alike to the last bit until the event makes itself felt."""
    if result.manifest["code_hash"] == code:
        return True
    weeks = quiet_weeks(result)
    if weeks < LEAST_WEEKS:
        return False
    shared = background.manifest["replicates"]
    return all(
        np.array_equal(result.array(r)[0][:shared, :weeks], background.array(r)[0][:, :weeks], equal_nan=True)
        for r in RECORDS
    )


def is_of_study(study: StudyResult, event: Result, entry: dict[str, Any], code: str) -> bool:
    """Whether a run is one of a study's worlds: by the same code, or with the same line stops where nothing is varied."""
    if entry["code_hash"] == code or study.manifest["draws"]["paths"]:
        return bool(entry["code_hash"] == code)
    ours = event.metrics()
    columns = [c for c in study.columns() if c.startswith("line_stop_weeks.") and c in ours.columns]
    runs = study.runs(columns)
    theirs = runs[(runs.scenario == entry["name"]) & (runs.world == "b1")].sort_values("replicate")
    return bool(columns) and np.array_equal(theirs[columns].to_numpy()[: len(ours)], ours[columns].to_numpy())


def quiet_weeks(result: Result) -> int:
    """Weeks of a run before any date of an event that is not background, its announcement with it."""
    dates = [
        date.fromisoformat(found)
        for event in result.manifest["scenario"]["events"] if not event["background"]
        for found in re.findall(r"\d{4}-\d\d-\d\d", json.dumps(event))
    ]  # fmt: skip
    return week_of(result, min(dates))


def _of_study(folder: Path, told: Words, part: Path | None) -> Subject:
    """A study, with a run of each of its scenarios without an answer, beside its background run."""
    study = StudyResult(folder)
    m = study.manifest
    comparison: Comparison = compare(study)
    warnings: list[str] = []
    replicates = min(m["replicates"], WORLDS if len(m["scenarios"]) == 1 else FEWER)
    log = json.loads((folder / "log.json").read_text()) if (folder / "log.json").is_file() else {}
    paths = log.get("scenario_paths", [])
    scenes = []
    for n, entry in enumerate(m["scenarios"]):
        path = Path(paths[n]) if n < len(paths) and paths[n] else None
        scenario = parse(entry["text"], path, entry["name"])
        items = read_part(part, read_world(scenario.world_folder())) if part is not None else []
        event = _run(scenario, replicates, m["seed"], entry["weeks"], "full")
        if not is_of_study(study, event, entry, code_and_world(scenario)["code_hash"]) and not warnings:
            warnings.append(told.label("briefing.study_code_changed"))
        background = _background(scenario, event, replicates, bool(items))
        scene = Scene(Harm(event, background), scenario.file, scenario.world_folder(), entry["name"])
        if items:
            terms = {"replicates": replicates, "seed": m["seed"], "weeks": entry["weeks"]}
            scene.part = _part(items, scenario, _policies(m["answers"]), terms, background, event)
        scenes.append(scene)
    provenance = [
        ("study", f"{m['study']} {m['digest']}"), ("scenario", ", ".join(e["name"] for e in m["scenarios"])),
        ("runs", str(m["runs"])), ("replicates", str(m["replicates"])), ("seed", str(m["seed"])),
        ("weeks", ", ".join(str(e["weeks"]) for e in m["scenarios"])), ("code", m["scenarios"][0]["code_hash"]),
        ("versions", _versions(m)), ("finished", _finished(folder)),
        ("beside", told.sentence("briefing.beside_both", n=replicates)),
    ]  # fmt: skip
    again = [f"ytterby study {m['study']} --out {folder}", f"ytterby report {folder} --lang {told.lang}"]
    return Subject(
        scenes, comparison, m["answers"], asked(m["file"], told), provenance, again, date.today(),
        warnings=warnings,
    )  # fmt: skip


def _background(scenario: Scenario, result: Result, replicates: int, for_part: bool) -> Result:
    """The run of a result's worlds without its event: all of it for a firm's part, else as far as harm is watched."""
    m = result.manifest
    weeks = m["weeks"] if for_part else Harm(result, None).watched.stop
    return _run(background_only(scenario), replicates, m["seed"], weeks, BESIDE if for_part else RECORDS)


def _run(scenario: Scenario, replicates: int, seed: int, weeks: int, records: Any) -> Result:
    found = run(scenario, "none", replicates=replicates, seed=seed, weeks=weeks, records=records)
    assert isinstance(found, Result)
    return found


def _part(
    items: list[Item], scenario: Scenario, answers: dict[str, Any], terms: dict[str, Any], background: Result | None, event: Result | None,
) -> MyPart:  # fmt: skip
    """A firm's items in runs of every answer; what they hold goes nowhere but to the page.

    ``background`` and ``event`` are the runs of these worlds without and with the event, where they are there already.
    """
    terms = {**terms, "records": PART_RECORDS}
    runs = {"none": event} if event is not None else {}
    left = {name: policy for name, policy in {"none": "none", **answers}.items() if name not in runs}
    with _pool(len(left)) as pool:
        futures = {name: pool.submit(run, scenario, policy, **terms) for name, policy in left.items()}
        for name, future in futures.items():
            typer.echo(f"running {name}", err=True)
            try:
                runs[name] = future.result()
            except ScenarioError as fault:  # an answer of an earlier version that no longer fits its world
                typer.echo(f"{name}: left out, {fault}", err=True)
    return my_part(items, background or run(background_only(scenario), "none", **terms), runs)


def _pool(runs: int) -> Executor:
    """One process per core where there are runs enough to be worth their start."""
    workers = min(os.cpu_count() or 1, runs // 2)
    return Inline() if workers <= 1 else worker_pool(workers)


def _policies(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Policies of a study's answers by name, as a run takes them."""
    return {a["name"]: a["policies"] if len(a["policies"]) > 1 else a["policies"][0] for a in answers}


def _yaml(plain: dict[str, Any]) -> str:
    text = io.StringIO()
    YAML(typ="safe", pure=True).dump(plain, text)
    return text.getvalue()


def _answers_of(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    policy = manifest["scenario"]["policy"]
    return [{"name": manifest["policy"], "labels": policy.get("labels") or {}, "policies": list(policy.get("portfolio") or [policy])}]


def _versions(manifest: dict[str, Any]) -> str:
    return ", ".join(f"{name} {number}" for name, number in manifest["versions"].items())


def _finished(folder: Path) -> str:
    log = folder / "log.json"
    return str(json.loads(log.read_text()).get("finished", NOTHING)) if log.is_file() else NOTHING
