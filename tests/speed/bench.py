"""Benchmark: speed of the arrays against the twin, the share of each step, memory; printed, never asserted.

Run by ``make bench``. Numbers are of this machine and this moment; ratios in one run are what counts.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from sim.model import WEEK
from sim.records import FULL, Recorder
from sim.runner import make_world, run, run_block
from sim.scenario.load import load

WEEKS, WARM = 520, 26


def per_replicate(scenario: object, block: int) -> tuple[float, float]:
    """Seconds per replicate of 520 weeks: the week alone, and with full records."""
    world = make_world(scenario, list(range(block)), 0, WEEKS)
    recorder = Recorder(world.network, world.rows, FULL)
    for _ in range(WARM):
        world.step()
        recorder.week(world)
    weeks, spent, written = 78, 0.0, 0.0
    for _ in range(weeks):
        begin = time.perf_counter()
        world.step()
        middle = time.perf_counter()
        recorder.week(world)
        spent += middle - begin
        written += time.perf_counter() - middle
    return spent / weeks / block * WEEKS, (spent + written) / weeks / block * WEEKS


def steps(scenario: object, block: int) -> None:
    """Print the share of each step of the week."""
    world = make_world(scenario, list(range(block)), 0, WEEKS)
    for _ in range(WARM):
        world.step()
    total = np.zeros(len(WEEK))
    for _ in range(52):
        for n, (_, act) in enumerate(WEEK):
            begin = time.perf_counter()
            act(world)
            total[n] += time.perf_counter() - begin
        world.week += 1
    for (name, _), seconds in zip(WEEK, total, strict=True):
        print(f"  {100 * seconds / total.sum():5.1f} %  {name}")


def blocks(scenario: Any) -> tuple[float, float, int]:
    """Print what a replicate takes in blocks of several sizes; return seconds with and without records of the best, and its size."""
    net = scenario.network()
    print(f"{scenario.name}: {len(net.points)} stock points, {net.seller.size} lanes, {int((net.flow_at_rest > 0).sum())} awake")
    taken = []
    for block in (1, 4, 16, 32, 64):
        week, full = per_replicate(scenario, block)
        print(f"block of {block:3d}: {week:.3f} s per replicate of 520 weeks, {full:.3f} s with full records")
        taken.append((full, week, block))
    return min(taken)


def main() -> None:
    blocks(load("licence_desk_2025"))
    scenario = load("shadow_embargo_2010")
    best = blocks(scenario)
    print("share of each step:")
    steps(scenario, best[2])
    try:
        sys.path.insert(0, str(Path(__file__).parents[1] / "twins"))
        from market import time_per_week

        world = make_world(scenario, [0], 0, WEEKS)
        for _ in range(4):
            world.step()
        twin = time_per_week(world, 2) * WEEKS
        print(
            f"twin of the market core: {twin:.1f} s per replicate of 520 weeks, {twin / best[1]:.0f} times the arrays"
        )
    except ImportError:
        print("twin: not there")
    begin = time.perf_counter()
    run_block(scenario, [0], 0, WEEKS, FULL)
    print(f"one replicate alone, 520 weeks, full records: {time.perf_counter() - begin:.2f} s")
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        run("shadow_embargo_2010", replicates=64, weeks=WEEKS, out=Path(folder) / "run")
    print(f"64 replicates, 520 weeks, full records into a folder: {time.perf_counter() - begin:.0f} s on one core")
    print(f"most memory in all: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    main()
