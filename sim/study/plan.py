"""Plan: what a study runs, spelled out: scenarios, worlds, draws, parts; a stated number of runs, time and disk."""

import difflib
import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.analysis.ledger import RECORDS as LEDGER_RECORDS
from sim.analysis.ledger import lost_is_seen
from sim.metrics import METRICS
from sim.paired import BASIS_RECORDS, PAIRED
from sim.records import RECORDS
from sim.runner import enough, lasting
from sim.scenario.load import Scenario
from sim.store import ResultError, code_and_world, package_version
from sim.study.designs import drawn
from sim.study.load import Study, prepared
from sim.study.schema import Steps
from sim.study_result import FORMAT

PART = 16
"""Cases in a part, each in two worlds: the most that is lost per worker when a machine dies."""
QUICK_REPLICATES, QUICK_WEEKS, QUICK_DRAWS = 4, 156, 8
USUAL = ("unmet_tonnes", "shortage_tonnes", "line_stop_weeks", "first_stop", "peak_over_base")
"""Metrics of single runs that a study computes beside those it names; all of them if it names none."""
BASIS = 3200.0
"""Bytes a background run keeps per case and week while its group is computed (measured, full world)."""
BYTES = 4.0
"""Bytes of a stored number, runs and series together, before packing (measured: packing halves it)."""


@dataclass(frozen=True)
class World:
    """One of the paired worlds of a scenario: b0, b1, and per answer p and p0."""

    name: str
    answer: int = -1

    @property
    def has_event(self) -> bool:
        return self.name in ("b1", "p")


@dataclass(frozen=True)
class Part:
    """Cases ``low`` to ``high`` of one pair of worlds of one scenario: the unit that is computed, written and lost.

    Pair 0 is b0 and b1, the others an answer's p0 and p; the two share their past until the event.
    """

    scenario: int
    pair: int
    low: int
    high: int

    @property
    def group(self) -> str:
        return f"parts/{self.scenario:03d}-{self.low:07d}-{self.high:07d}"

    @property
    def stem(self) -> str:
        return f"{self.group}/{self.pair:03d}"

    @property
    def cases(self) -> int:
        return self.high - self.low

    @property
    def runs(self) -> int:
        return 2 * self.cases

    @property
    def worlds(self) -> tuple[int, int]:
        """Rows of its pair among the plan's worlds: without the event, and with it."""
        return (0, 1) if self.pair == 0 else (2 * self.pair + 1, 2 * self.pair)

    @property
    def last(self) -> str:
        """The file that is written last: it says that the part is whole."""
        return self.file(self.worlds[1], "runs.arrow")

    def file(self, world: int, ending: str) -> str:
        """File of one of its worlds."""
        return f"{self.stem}.{world:03d}.{ending}"


@dataclass
class Plan:
    """A study spelled out; ``content`` is all that decides its results, ``part`` is only how the work is cut."""

    content: dict[str, Any]
    part: int = PART

    @property
    def digest(self) -> str:
        text = json.dumps(self.content, sort_keys=True)
        return hashlib.blake2b(text.encode(), digest_size=5).hexdigest()

    @property
    def scenarios(self) -> list[dict[str, Any]]:
        return list(self.content["scenarios"])

    @property
    def worlds(self) -> list[World]:
        """b0 first, which the others are measured against."""
        answers = [World(name, n) for n in range(len(self.content["answers"])) for name in ("p", "p0")]
        return [World("b0"), World("b1"), *answers]

    @property
    def draws(self) -> int:
        return len(self.content["draws"]["values"])

    @property
    def cases(self) -> int:
        return int(self.draws * self.content["replicates"])

    @property
    def runs(self) -> int:
        return self.cases * len(self.worlds) * len(self.scenarios)

    @property
    def run_weeks(self) -> int:
        return self.cases * len(self.worlds) * sum(int(s["weeks"]) for s in self.scenarios)

    def groups(self) -> list[list[Part]]:
        """Parts that share a background run, which the first of each holds."""
        cuts = range(0, self.cases, self.part)
        return [
            [Part(s, pair, low, min(low + self.part, self.cases)) for pair in range(len(self.worlds) // 2)]
            for s in range(len(self.scenarios)) for low in cuts
        ]  # fmt: skip

    def disk(self, columns: int, workers: int) -> float:
        """Bytes while it runs: parts and final files together, for ``columns`` numbers kept per run, and open bases."""
        open_cases = min(self.part * (workers + 1), self.cases)
        longest = max(int(s["weeks"]) for s in self.scenarios)
        return 2.0 * 0.5 * BYTES * self.runs * columns + BASIS * open_cases * longest

    def text(self) -> str:
        return (
            json.dumps({"format": FORMAT, "part": self.part, "content": self.content}, indent=1, sort_keys=True) + "\n"
        )


def read_plan(text: bytes, place: str = "plan.json") -> Plan:
    """A plan as ``Plan.text`` wrote it; raise ResultError if it is damaged or of another version."""
    try:
        found = json.loads(text)
        made, plan = found["format"], Plan(found["content"], found["part"])
    except (ValueError, KeyError, TypeError):
        raise ResultError(f"{place}: no plan of a study; take the folder away and run the study anew") from None
    if made != FORMAT:
        raise ResultError(f"{place}: format {made!r}, this version writes {FORMAT}; give another folder, or take this one away")
    return plan


def difference(before: Plan, now: Plan) -> list[str]:
    """Lines in which two plans differ, without their context; a scenario's file line by line."""

    def lines_of(plan: Plan) -> list[str]:
        scenarios = [{**s, "text": s["text"].splitlines()} for s in plan.scenarios]
        return json.dumps({**plan.content, "scenarios": scenarios}, indent=1, sort_keys=True).splitlines()

    first, second = lines_of(before), lines_of(now)
    lines = list(difflib.unified_diff(first, second, n=0, lineterm=""))[2:]
    return [line for line in lines if not line.startswith("@@")]


def changed(study: Study, replicates: int | None = None, quick: bool = False, weeks: int | None = None) -> Study:
    """The study with other replicates or weeks, or in its quick form: 4 replicates, 156 weeks, few draws, one value a lever.

    Raises ScenarioError for replicates or weeks that are out of range.
    """
    new: dict[str, Any] = {}
    if replicates is not None:
        new["replicates"] = enough(replicates)
    if weeks is not None:
        new["weeks"] = lasting(weeks)
    if quick:
        few = {"morris": 2, "sobol_indices": 2}.get(study.file.vary.design, QUICK_DRAWS)
        new["replicates"] = min(study.file.replicates, QUICK_REPLICATES) if replicates is None else replicates
        longest = study.file.weeks or max(s.file.weeks for s in study.scenarios)
        new["weeks"] = min(longest, QUICK_WEEKS)
        vary = study.file.vary
        first = {k: (v.values() if isinstance(v, Steps) else v)[:1] for k, v in vary.levers.items()}
        new["vary"] = vary.model_copy(update={"draws": min(vary.draws, few), "levers": first})
    return prepared(replace(study, file=study.file.model_copy(update=new), notes=[])) if new else study


def expand(study: Study) -> Plan:
    """Spell a study out."""
    file = study.file
    paths, values = drawn(file.vary, file.seed)
    metrics = [m for m in METRICS if not file.metrics or m in (*USUAL, *file.metrics)]
    exporters = sorted({s.network().exporter for s in study.scenarios})
    keep = [k.model_dump() for k in file.keep] or [
        {"record": "price_fob", "where": {"country": exporters}, "by": []},
        {"record": "shortage", "where": {}, "by": ["element"]},
        {"record": "line_stop", "where": {}, "by": ["country"]},
    ]
    needs = {r for m in metrics for r in METRICS[m].needs} | {r for m in PAIRED.values() for r in m.needs}
    needs |= {*BASIS_RECORDS, *LEDGER_RECORDS, *(k["record"] for k in keep)}
    scenarios = []
    for choice, scenario in zip(file.scenarios, study.scenarios, strict=True):
        weeks = file.weeks or scenario.file.weeks
        scenarios.append(
            {
                "name": scenario.name, "text": scenario.text(), "probability": choice.probability,
                "weeks": weeks, "exporter": scenario.network().exporter, "ledger_note": _ledger_note(scenario, weeks),
                **code_and_world(scenario),
            }
        )  # fmt: skip
    content = {
        "study": study.name,
        "file": file.model_dump(mode="json"),
        "scenarios": scenarios,
        "answers": [
            {"name": a.name, "labels": dict(a.labels), "policies": [p.model_dump(mode="json") for p in a.policies]} for a in study.answers
        ],
        "draws": {"paths": paths, "values": values.tolist()},
        "replicates": file.replicates,
        "seed": file.seed,
        "metrics": metrics,
        "keep": keep,
        "records": [r for r in RECORDS if r in needs],
        "versions": {"ytterby": package_version(), "numpy": np.__version__},
    }
    return Plan(content)


def _ledger_note(scenario: Scenario, weeks: int) -> str:
    """What is to be said of the last 52 weeks in the embargoer's ledger."""
    start = scenario.calendar(weeks).monday(0).isoformat()
    return lost_is_seen({"scenario": scenario.resolved(), "start": start, "weeks": weeks})[1]
