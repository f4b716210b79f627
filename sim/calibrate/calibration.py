"""Calibration: Sobol draws of the fitted numbers, those accepted that come nearest to the training facts, and their modes.

Approximate Bayesian computation by rejection: no likelihood, a uniform prior over the ranges, all that is not fitted at
prior draws. Nothing but training facts counts. The accepted set is reported as it is.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.calibrate.design import Fitted, candidates, columns_at, given, read_fitted, sobol
from sim.calibrate.distance import Runs, distance, errors_of, passed, readings_of, runs_of
from sim.history.tables import Fact, read_history
from sim.runner import asked_numbers, drawer
from sim.scenario.calibrated import ABOUT
from sim.scenario.load import Scenario, load
from sim.store import code_and_world, package_version
from sim.streams import Streams

if TYPE_CHECKING:
    import pandas as pd

REPLAY = "shadow_embargo_2010"
ACCEPTED = 0.01
"""Share of the draws that is accepted (source: rejection with a quantile for its tolerance, Beaumont et al. 2002)."""
LEAST = 8
"""Sets accepted at least."""
AGAIN, MORE = 0.05, 8
"""Share of the draws, the nearest, that is judged again, and the random worlds of each that join: of two, luck is not told apart."""
STEPS = 5
"""Values of a profile."""
PROFILE_REPLICATES, SCREEN_REPLICATES = 4, 2
Tell = Callable[[str], None]
Array = np.ndarray[Any, np.dtype[Any]]


@dataclass
class Calibration:
    """What a calibration found.

    ``draws`` has one row per draw with its columns, distance and pass shares; ``accepted`` the nearest of them; ``modes`` how
    draws and accepted sets fall on the four corners of the first two numbers; ``profiles`` errors of training facts along each
    number; ``moves`` which facts each number moves by more than a tolerance.
    """

    fitted: list[Fitted]
    made_of: dict[str, Any]
    draws: "pd.DataFrame"
    accepted: "pd.DataFrame"
    modes: "pd.DataFrame"
    profiles: "pd.DataFrame"
    moves: "pd.DataFrame"

    def tables(self) -> dict[str, "pd.DataFrame"]:
        return {
            "draws": self.draws, "calibrated": self.accepted, "modes": self.modes, "profiles": self.profiles,
            "moves": self.moves,
        }  # fmt: skip


def prior(source: str) -> Scenario:
    """A scenario whose numbers are all drawn from their prior."""
    scenario = load(source)
    scenario.network()
    return replace(scenario, file=scenario.file.model_copy(update={"draws": "prior"}))


def calibrate(
    draws: int = 4096,
    replicates: int = 2,
    seed: int = 0,
    workers: int = 1,
    source: str = REPLAY,
    steps: int = STEPS,
    tell: Tell | None = None,
) -> Calibration:
    """Draw, run, accept.

    Parameters
    ----------
    draws : points of the design; powers of two keep it balanced
    replicates : random worlds of each draw, whose median is judged; all differ, so that the rest of the model varies; the nearest
        twentieth is judged again by eight worlds more
    source : the replay
    steps : values of each profile; 0 leaves the profiles out

    Raises
    ------
    WorldError, ScenarioError
        With file, line and key.
    """
    scenario = prior(source)
    asked = asked_numbers(scenario)
    fitted = read_fitted(scenario.world_folder(), asked)
    facts = read_history(scenario.world_folder()).facts
    profiles = profiled(scenario, fitted, asked, facts, seed, workers, tell, steps)
    columns = rounded(columns_at(fitted, sobol(fitted, draws, seed)))
    values = given(fitted, columns, asked)
    judge = partial(readings_of, scenario, seed=seed, workers=workers, facts=facts)
    found = judge(runs_of(values, draws, replicates), tell=_counted(tell, "draws"))
    errors = errors_of(found, facts)
    again = nearest(distance(errors, facts), AGAIN)
    more = runs_of({k: v[again] for k, v in values.items()}, len(again), MORE, draws * replicates)
    joined = np.concatenate([found[again], judge(more, tell=_counted(tell, "nearest draws"))], axis=1)
    errors[again] = errors_of(joined, facts)
    worlds = np.full(draws, replicates)
    worlds[again] += MORE
    table = table_of_draws(fitted, columns, errors, facts, worlds)
    made_of = {"scenario": source, "draws": draws, "replicates": replicates, "seed": seed, "steps": steps}
    made_of |= {"version": package_version(), **code_and_world(scenario)}
    return Calibration(
        fitted, made_of, table, accepted_of(table, fitted), modes_of(table, fitted), profiles, moves_of(profiles)
    )


def _counted(tell: Tell | None, what: str) -> Callable[[int, int], None]:
    return lambda n, of: tell(f"{what}: {n} of {of} blocks") if tell else None


def nearest(distances: Array, share: float) -> Array:
    """Places of the nearest share of the draws, at least ``LEAST`` of them, in order of the draws."""
    count = max(round(share * len(distances)), min(LEAST, len(distances)))
    return np.sort(np.argsort(distances, kind="stable")[:count])


def rounded(columns: Array) -> Array:
    """Values as a table keeps them, so that a set run again is the set that was judged."""
    return np.array([[float(f"{v:.6g}") for v in row] for row in columns])


def table_of_draws(
    fitted: list[Fitted], columns: Array, errors: Array, facts: list[Fact], worlds: Any = 1
) -> "pd.DataFrame":
    """One row per draw: its place, distance, the worlds it was judged by, mode and columns, and the shares that pass per class."""
    import pandas as pd

    table = pd.DataFrame({"draw": np.arange(len(columns)), "distance": np.round(distance(errors, facts), 4)})
    table["worlds"] = worlds
    table["mode"] = mode_names(fitted, columns)
    for n, number in enumerate(fitted):
        table[number.name] = columns[:, n]
    for kind in ("training", "seen", "test"):
        table[f"passed {kind}"] = np.round(passed(errors, facts, kind), 4)
    return table


def mode_names(fitted: list[Fitted], columns: Array) -> list[str]:
    """Which half of their ranges the first two numbers lie in."""
    halves = [
        [f"{f.short} {'high' if v > 0.5 * (f.low + f.high) else 'low'}" for v in columns[:, n]]
        for n, f in enumerate(fitted[:2])
    ]
    return [", ".join(pair) for pair in zip(*halves, strict=True)]


def judged_by_most(table: "pd.DataFrame") -> "pd.DataFrame":
    """The draws judged by most worlds: those that were looked at again."""
    chosen: pd.DataFrame = table[table["worlds"] == table["worlds"].max()]
    return chosen


def accepted_of(table: "pd.DataFrame", fitted: list[Fitted]) -> "pd.DataFrame":
    """The nearest draws, nearest first, of those judged by most worlds; as a world keeps them."""
    judged = judged_by_most(table)
    count = max(round(ACCEPTED * len(table)), min(LEAST, len(judged)))
    chosen: pd.DataFrame = judged.sort_values(["distance", "draw"]).head(count)
    return chosen[[*ABOUT, *(f.name for f in fitted)]].reset_index(drop=True)


def modes_of(table: "pd.DataFrame", fitted: list[Fitted]) -> "pd.DataFrame":
    """Per mode: draws, accepted sets, those judged again, mean distance; the nearest and the best share passed of those judged again."""
    accepted = set(accepted_of(table, fitted)["draw"])
    rows = []
    judged = judged_by_most(table)
    for mode, mine in table.groupby("mode", sort=True):
        again = judged[judged["mode"] == mode]
        rows.append(
            {
                "mode": mode, "draws": len(mine), "accepted": int(mine["draw"].isin(accepted).sum()),
                "judged again": len(again), "nearest": again["distance"].min(),
                "mean distance": round(float(mine["distance"].mean()), 4), "best passed training": again["passed training"].max(),
            }
        )  # fmt: skip
    import pandas as pd

    return pd.DataFrame(rows)


# profiles --------------------------------------------------------------------------------------------------------------


def profiled(
    scenario: Scenario, fitted: list[Fitted], asked: dict[str, Any], facts: list[Fact], seed: int, workers: int,
    tell: Tell | None, steps: int = STEPS, replicates: int = PROFILE_REPLICATES,
) -> "pd.DataFrame":  # fmt: skip
    """Errors of every fact along each number's range, all else at the same prior draws: one row per number, value, fact."""
    import pandas as pd

    if steps < 1:
        return pd.DataFrame(columns=["number", "value", "fact", "class", "family", "error"])
    columns = {f.name: rounded(f.at(np.linspace(0.0, 1.0, steps))[:, np.newaxis]) for f in fitted}
    runs = one_at_a_time(fitted, columns, asked, seed, replicates)
    errors = errors_of(readings_of(scenario, runs, seed, workers, facts, _counted(tell, "profiles")), facts)
    about = {
        "fact": [f.name for f in facts], "class": [f.kind for f in facts], "family": [f.family for f in facts],
    }  # fmt: skip
    rows = []
    for n, number in enumerate(fitted):
        for step in range(steps):
            row = np.round(errors[n * steps + step], 4)
            rows.append(
                pd.DataFrame({"number": number.name, "value": columns[number.name][step, 0], **about, "error": row})
            )
    return pd.concat(rows, ignore_index=True)


def one_at_a_time(
    fitted: list[Fitted], columns: dict[str, Array], asked: dict[str, Any], seed: int, replicates: int
) -> Runs:
    """Runs in which one number goes through its values while all others keep the prior draws of the same replicates."""
    steps = len(columns[fitted[0].name])
    draws = len(fitted) * steps
    draw = drawer(Streams(seed, range(replicates)))
    fixed: dict[str, Array] = {}
    for n, number in enumerate(fitted):
        for path, values in given([number], columns[number.name], asked).items():
            runs = np.tile(draw(path, asked[path]), draws)
            own = slice(n * steps * replicates, (n + 1) * steps * replicates)
            fixed.setdefault(path, runs)[own] = np.repeat(values, replicates)
    return Runs(list(range(replicates)) * draws, replicates, fixed)


def moves_of(profiles: "pd.DataFrame") -> "pd.DataFrame":
    """Per number: training facts moved by more than a tolerance over its range, the mean move by family, and the most moved."""
    import pandas as pd

    rows = []
    training = profiles[profiles["class"] == "training"]
    for number, mine in training.groupby("number", sort=False):
        errors = mine.assign(error=mine["error"].clip(-5.0, 5.0)).groupby(["family", "fact"])["error"]
        moved = (errors.max() - errors.min()).fillna(0.0)
        most = moved.sort_values(ascending=False)
        names = most.index.get_level_values("fact")
        rows.append(
            {
                "number": number, "facts moved": int((moved > 1.0).sum()),
                "mean move": round(float(moved.groupby("family").mean().mean()), 4),
                "moved most": ", ".join(f"{f} {m:.1f}" for f, m in zip(names, most.head(4), strict=False)),
            }
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=["number", "facts moved", "mean move", "moved most"])
    return table.sort_values("mean move", ascending=False, ignore_index=True)


def screen(seed: int = 0, workers: int = 1, source: str = REPLAY, tell: Tell | None = None) -> "pd.DataFrame":
    """Which numbers of the model move training facts between the ends of their ranges: the candidates for a fit."""
    scenario = prior(source)
    asked = asked_numbers(scenario)
    facts = read_history(scenario.world_folder()).facts
    numbers = candidates(asked)
    return moves_of(profiled(scenario, numbers, asked, facts, seed, workers, tell, 2, SCREEN_REPLICATES))
