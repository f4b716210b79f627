"""In which worlds does a store fail? The run function driven from EMA Workbench, its worlds boxed in by PRIM.

Needs `pip install ema_workbench` beside this package. EMA Workbench draws the worlds and asks for one at a time; a pair of runs,
with and without the store, gives what the store averts. PRIM then looks for the box of uncertainties that holds the failures.
"""

from functools import cache
from pathlib import Path

import numpy as np

from sim.policies.stockpile import Stockpile
from sim.runner import run_block
from sim.scenario.load import Scenario, load

ROOT = Path(__file__).resolve().parents[1]
WEEKS, WORLDS = 60, 200
PATHS = {"panic": "parameters.panic", "clears": "events.shadow_embargo.clears", "swarf_weeks": "parameters.swarf_weeks"}


@cache
def scenario() -> Scenario:
    return load(ROOT / "tests" / "worlds" / "stop.yaml")


def shortage(policies: list[Stockpile], numbers: dict[str, float]) -> float:
    """Tonnes of NdPr short in Japan over the run of one world with given uncertain numbers."""
    fixed = {PATHS[name]: np.array([value]) for name, value in numbers.items()}
    _, kept, _ = run_block(scenario(), [0], 0, WEEKS, ("shortage",), policies, fixed=fixed)
    return float(kept["shortage"].astype(float).sum())


def averted(panic: float, clears: float, swarf_weeks: float) -> dict[str, float]:
    """What the store averts in one world, t."""
    numbers = {"panic": panic, "clears": clears, "swarf_weeks": swarf_weeks}
    store = Stockpile(country="JPN", target_days=30, fill_weeks=8)
    return {"averted": shortage([], numbers) - shortage([store], numbers)}


def main() -> None:
    from ema_workbench import Model, RealParameter, ScalarOutcome, perform_experiments
    from ema_workbench.analysis import prim

    model = Model("store", function=averted)
    model.uncertainties = [
        RealParameter("panic", 0.15, 4.8), RealParameter("clears", 0.0, 0.9), RealParameter("swarf_weeks", 4.0, 12.0),
    ]  # fmt: skip
    model.outcomes = [ScalarOutcome("averted")]
    worlds, outcomes = perform_experiments(model, scenarios=WORLDS)
    fails = outcomes["averted"] < np.median(outcomes["averted"])
    box = prim.Prim(worlds[list(PATHS)], fails, threshold=0.6).find_box()
    print(f"the store averts least in {fails.sum()} of {WORLDS} worlds; the box that holds them:")
    box.inspect(style="table")


if __name__ == "__main__":
    main()
