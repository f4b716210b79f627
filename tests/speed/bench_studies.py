"""Benchmark of studies: runs an hour, memory, overhead, workers; fans and comparisons of ten thousand runs; printed only.

Run by ``make bench``. Numbers are of this machine and this moment, so the load beside them is printed too.
"""

import os
import platform
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from sim import metrics, paired
from sim.analysis.comparison import compare
from sim.analysis.race import idle_answers
from sim.model import World
from sim.policies.policy import Onlooker
from sim.runner import BLOCK
from sim.study import part
from sim.study.load import Study, load_study, prepared, shipped_studies
from sim.study.part import run_parts
from sim.study.plan import Part, expand, read_plan
from sim.study.run import run_study

WANTED, MINUTES = 3600, 20
"""Runs of 520 weeks, and minutes they may take on two cores."""
CASES = 16


def full_world(replicates: int) -> Study:
    """The race of 2010, every answer there is, for 520 weeks."""
    study = load_study("policy_race_2010")
    file = study.file.model_copy(update={"replicates": replicates, "weeks": 520})
    return prepared(replace(study, file=file, name="bench"))


class Memory:
    """The most that this process and its children held together, in GB."""

    def __enter__(self) -> "Memory":
        self.most, self._end = 0.0, threading.Event()
        self._watch = threading.Thread(target=self._run)
        self._watch.start()
        return self

    def _run(self) -> None:
        me = psutil.Process()
        while not self._end.wait(0.2):
            held = 0
            for process in [me, *me.children(recursive=True)]:
                try:
                    held += process.memory_info().rss
                except psutil.Error:
                    continue
            self.most = max(self.most, held / 1e9)

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._watch.join()


def processor_seconds() -> float:
    """Processor time of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def timed(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def overhead(place: Path) -> None:
    """Time of a part over that of its weeks alone, in this process, by processor time: without its metrics, and with them.

    Metrics are what a study is asked for; scheduling, recording and writing are what it costs to ask.
    """
    study = full_world(BLOCK)
    out = place / "part"
    plan = expand(study)
    out.mkdir()
    (out / "plan.json").write_text(plan.text())
    beside = [str(s.path) for s in study.scenarios]
    run_parts(str(out), beside, [Part(0, 0, 0, 2)])
    told = []
    timed = [(World, "step", "weeks"), (Onlooker, "look", "looking on"), *((o, n, "metrics") for o, n in ((metrics, "columns"), (paired, "columns"), (part, "entries")))]
    as_it_was = [getattr(owner, name) for owner, name, _ in timed]
    spent = {"weeks": 0.0, "metrics": 0.0, "looking on": 0.0}

    def timed_as(what: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def timed_act(*given: Any, **named: Any) -> Any:
            begin = time.process_time()
            found = act(*given, **named)
            spent[what] += time.process_time() - begin
            return found

        return timed_act

    for (owner, name, what), act in zip(timed, as_it_was, strict=True):
        setattr(owner, name, timed_as(what, act))
    try:
        for pair, name in ((0, "b0 and b1"), (1, "p0 and p")):
            spent.update({what: 0.0 for what in spent})
            begin = time.process_time()
            run_parts(str(out), beside, [Part(0, pair, 0, BLOCK)])
            spent["weeks"] -= spent["looking on"]  # answers look on within a week, for the study's sake
            beside_weeks = time.process_time() - begin - spent["weeks"]
            told.append(
                f"{100 * (beside_weeks - spent['metrics']) / spent['weeks']:.1f} %, {100 * beside_weeks / spent['weeks']:.1f} % with metrics "
                f"({name}, {spent['weeks'] / 2 / BLOCK:.3f} s a run; wanted: under 10 %)"
            )
    finally:
        for (owner, name, _), act in zip(timed, as_it_was, strict=True):
            setattr(owner, name, act)
    assert read_plan((out / "plan.json").read_bytes()).digest == plan.digest
    print(f"scheduling, recording and writing over the weeks alone: {'; '.join(told)}")


def speed(place: Path) -> None:
    """Runs a second of the full world on one and two workers, memory, and what 3,600 runs would take."""
    study = full_world(CASES)
    runs = expand(study).runs
    took = {}
    for workers in (1, 2):
        out, before = place / f"workers-{workers}", processor_seconds()
        with Memory() as memory:
            took[workers] = timed(lambda out=out, workers=workers: run_study(study, out, workers=workers))
        print(
            f"{workers} worker{'s' * (workers > 1)}: {runs} runs of 520 weeks in {took[workers]:.0f} s, "
            f"{runs / took[workers]:.2f} a second, {(processor_seconds() - before) / runs:.3f} s of a processor each, "
            f"at most {memory.most:.2f} GB in all processes (wanted: under 3)"
        )
    copied = sum(1 for a in never_acting(place / "workers-2")) * 2 * CASES
    print(f"of them {copied} were not run, since their answer never acts: their worlds are copies of those without one")
    print(
        f"two workers {took[1] / took[2]:.2f} times one (wanted: 1.5); {WANTED:,} runs would take {WANTED * took[2] / runs / 60:.1f} min "
        f"on two (wanted: under {MINUTES})"
    )
    size = sum(p.stat().st_size for p in (place / "workers-2").rglob("*") if p.is_file())
    print(
        f"disk: {size / runs / 1e3:.0f} kB a run, of it series {size_of(place / 'workers-2' / 'series') / runs / 1e3:.0f} kB"
    )


def never_acting(folder: Path) -> list[str]:
    """Answers whose runs are those without an answer in every number."""
    race = compare(folder).race
    return [str(p) for p in idle_answers(race, str(race.scenario.iloc[0]))]


def size_of(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())


def many(place: Path) -> None:
    """Ten thousand runs of the small world: a fan from disk, a comparison."""
    with Memory() as memory:
        took = timed(
            lambda: run_study(ROOT / "tests" / "worlds" / "race.yaml", place / "many", replicates=1667, workers=2)
        )
    result = run_study(ROOT / "tests" / "worlds" / "race.yaml", place / "many", replicates=1667)
    print(f"{result.manifest['runs']:,} runs of the small world, 60 weeks: {took:.0f} s, at most {memory.most:.2f} GB")
    label = result.labels("price_fob")[0]
    print(
        f"fan of one series over all of them: {timed(lambda: result.fan('price_fob', label)):.2f} s (wanted: under 1)"
    )
    found = timed(lambda: compare(result).tables())
    print(f"every table of their comparison: {found:.1f} s (wanted: under 10)")


def quick(place: Path) -> None:
    """The quick forms of the shipped studies on two workers, as the command runs them."""
    for name in shipped_studies():
        command = [sys.executable, "-c", "from sim.cli import main; main()", "study", name, "--quick", "--workers", "2"]
        begin = time.perf_counter()
        subprocess.run([*command, "--out", str(place / name)], check=True, cwd=ROOT, capture_output=True)
        print(f"ytterby study {name} --quick: {time.perf_counter() - begin:.0f} s on two workers (wanted: under 60)")


def machine() -> str:
    """What the processor is called."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def main() -> None:
    cores = os.cpu_count()
    print(
        f"machine: {machine()}, {cores} cores, load {os.getloadavg()[0]:.1f} at the start"
    )
    with tempfile.TemporaryDirectory() as place:
        for measure in (overhead, speed, many, quick):
            if len(sys.argv) < 2 or measure.__name__ in sys.argv[1:]:
                measure(Path(place))
    print(f"load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
