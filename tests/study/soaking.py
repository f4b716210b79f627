"""A study killed again and again, then finished: the long form of the fault test, run by ``make soak``."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
RACE = ROOT / "tests" / "worlds" / "race.yaml"
COMMAND = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "  # ignored where a shell runs it in the background
    "sys.path.insert(0, {root!r}); from sim.cli import main; main()"
)


def command(out: Path, *more: str, study: Path = RACE) -> list[str]:
    return [sys.executable, "-c", COMMAND.format(root=str(ROOT)), "study", str(study), "--out", str(out), *more]


def start(out: Path, *more: str, study: Path = RACE) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command(out, *more, study=study), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    )


def prints(folder: Path) -> dict[str, str]:
    """Fingerprint of every file of a result but the log, by name."""
    return {
        str(p.relative_to(folder)): hashlib.blake2b(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "log.json"
    }  # fmt: skip


def kill_and_go_on(out: Path, kills: int, luck: random.Random, longest: float, *more: str) -> tuple[int, int]:
    """Kill the parent, or a worker and then the parent, at random moments, then a worker only, and let the study end.

    Returns kills done and orphans seen.

    ``longest`` is the most seconds it is left alone once its workers are there.
    """
    done = orphans = 0
    while done < kills:
        parent = start(out, *more)
        before = len(list(out.rglob("*.runs.arrow")))
        wait_for_workers(parent)
        if luck.random() < 0.8:  # now and then it is killed before it has done anything
            wait_for_a_part(parent, out, before)
        time.sleep(luck.uniform(0.0, longest))
        family = psutil.Process(parent.pid).children(recursive=True) if parent.poll() is None else []
        if parent.poll() is not None or not family:
            parent.communicate()
            break
        victim = luck.choice(["parent", "worker"])
        if victim == "worker":
            worker = luck.choice(workers_of(parent) or family)
            worker.kill()
            time.sleep(luck.uniform(0.1, longest))
        parent.kill()
        parent.communicate()
        done += 1
        _, alive = psutil.wait_procs(family, timeout=10)
        orphans += len(alive)
        print(
            f"kill {done}: {victim}; tables of runs: {len(list(out.rglob('*.runs.arrow')))}, orphans: {len(alive)}",
            flush=True,
        )
    last = start(out, *more)
    before = len(list(out.rglob("*.runs.arrow")))
    wait_for_workers(last)
    wait_for_a_part(last, out, before)
    for worker in workers_of(last)[:1]:  # the parent makes new workers and goes on
        worker.kill()
    _, err = last.communicate(timeout=600)
    if last.returncode != 0:
        raise RuntimeError(err)
    return done, orphans


def workers_of(parent: "subprocess.Popen[str]") -> list[psutil.Process]:
    """Worker processes of a study, without Python's own tracker."""
    try:
        children = psutil.Process(parent.pid).children(recursive=True)
        return [c for c in children if "spawn_main" in " ".join(c.cmdline())]
    except psutil.Error:
        return []


def wait_for_workers(parent: "subprocess.Popen[str]", timeout: float = 60.0) -> None:
    until = time.time() + timeout
    while time.time() < until and parent.poll() is None and len(workers_of(parent)) < 2:
        time.sleep(0.05)


def wait_for_a_part(parent: "subprocess.Popen[str]", out: Path, before: int, timeout: float = 120.0) -> None:
    until = time.time() + timeout
    while time.time() < until and parent.poll() is None and len(list(out.rglob("*.runs.arrow"))) <= before:
        time.sleep(0.05)


def main() -> None:
    """Twenty kills in one study, then the same bytes."""
    import tempfile

    kills, luck = 20, random.Random(int(os.environ.get("SOAK_SEED", "1")))
    more = ("--workers", "2", "--replicates", "2048")
    with tempfile.TemporaryDirectory() as place:
        calm, wild = Path(place) / "calm", Path(place) / "wild"
        subprocess.run(command(calm, *more), check=True, cwd=ROOT)
        done, orphans = kill_and_go_on(wild, kills, luck, 3.0, *more)
        same = prints(calm) == prints(wild)
    print(f"{done} kills, {orphans} orphans, {'the same bytes' if same else 'OTHER BYTES'}")
    sys.exit(0 if same and orphans == 0 and done == kills else 1)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main()
