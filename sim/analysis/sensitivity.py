"""Sensitivity: which uncertainty drives which metric, by Morris' elementary effects or Sobol's indices (SALib)."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.pairs import Pairs, pairs_of_study
from sim.store import ResultError
from sim.study_result import StudyResult

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray[Any, np.dtype[Any]]
LEVEL = 0.90
"""Of the intervals."""
LEVELS = 4
"""Levels of a Morris design (source: SALib's default)."""


def sensitivity(result: StudyResult) -> "pd.DataFrame":
    """One row per scenario, effect, metric and uncertainty, strongest first within a metric.

    What is explained is the paired difference, mean over replicates: b1 less b0 for the event, p less b1 for an answer.
    Columns for Morris: ``strength`` (mean absolute elementary effect, over the whole range), its half-width of the 90 %
    interval, ``spread`` (of effects: curvature and interplay) and ``direction``. For Sobol: ``strength`` (total index),
    ``first`` (first-order index), each with its half-width.

    Raises
    ------
    ResultError
        When the study was not drawn for it, or runs of it failed.
    """
    import pandas as pd

    vary = result.manifest["file"]["vary"]
    if vary["design"] not in ("morris", "sobol_indices"):
        raise ResultError(
            f"{result.folder.address}: its design is {vary['design']}; write vary: {{design: morris}} or sobol_indices"
        )
    if result.manifest["failed"]:
        raise ResultError(
            f"{result.folder.address}: {result.manifest['failed']} runs failed; sensitivity needs them all"
        )
    paths = result.manifest["draws"]["paths"]
    points = unit(np.array(result.manifest["draws"]["values"]), [vary["uncertainties"][p] for p in paths])
    wanted = result.manifest["file"]["metrics"]
    frames = []
    for pairs in pairs_of_study(result):
        for effect in ["event", *pairs.policies]:
            numbers = effects(pairs, effect, wanted)
            for column in numbers.columns:
                found = explained(vary["design"], paths, points, numbers[column].to_numpy())
                metric, label = column.split(".", 1)
                keys = {"scenario": pairs.scenario, "effect": effect, "metric": metric, "label": label}
                frames.append(found.assign(**keys)[[*keys, *found.columns]])
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def unit(values: Array, ranges: list[dict[str, Any]]) -> Array:
    """Values of uncertainties as shares of their ranges, 0 to 1: the points of the design."""
    points = np.empty_like(values)
    for n, spread in enumerate(ranges):
        low, high, mode = spread["low"], spread["high"], spread["mode"]
        share = (values[:, n] - low) / (high - low)
        if spread["scale"] == "log":
            share = np.log(values[:, n] / low) / np.log(high / low)
        elif mode is not None:
            rising = (values[:, n] - low) ** 2 / max((high - low) * (mode - low), 1e-300)
            falling = 1.0 - (high - values[:, n]) ** 2 / max((high - low) * (high - mode), 1e-300)
            share = np.where(values[:, n] < mode, rising, falling)
        points[:, n] = share
    return points


def effects(pairs: Pairs, effect: str, wanted: list[str]) -> "pd.DataFrame":
    """Paired differences by draw, mean over replicates, of what the effect changes anywhere."""
    there = pairs.of("b1") if effect == "event" else pairs.of("p", effect)
    without = pairs.of("b0") if effect == "event" else pairs.of("b1")
    columns = [c for c in pairs.columns if c.count(".") == 1 and (not wanted or c.split(".")[0] in wanted)]
    change = there[columns].replace(np.inf, float(pairs.weeks)) - without[columns].replace(np.inf, float(pairs.weeks))
    means = change.groupby(level="draw", sort=True).mean()
    return means.loc[:, means.notna().all() & (means.std() > 0.0)]


def explained(design: str, paths: list[str], points: Array, answer: Array) -> "pd.DataFrame":
    """SALib's analysis of one metric, strongest first."""
    import pandas as pd

    problem = {"num_vars": len(paths), "names": paths, "bounds": [[0.0, 1.0]] * len(paths)}
    if design == "morris":
        from SALib.analyze import morris

        si = morris.analyze(problem, points, answer, conf_level=LEVEL, num_levels=LEVELS, seed=0)
        table = {
            "strength": si["mu_star"],
            "half_width": si["mu_star_conf"],
            "spread": si["sigma"],
            "direction": si["mu"],
        }
    else:
        from SALib.analyze import sobol

        si = sobol.analyze(problem, answer, calc_second_order=False, conf_level=LEVEL, seed=0)
        table = {
            "strength": si["ST"],
            "half_width": si["ST_conf"],
            "first": si["S1"],
            "first_half_width": si["S1_conf"],
        }
    frame = pd.DataFrame({"uncertainty": paths, **{k: np.asarray(v, dtype=np.float64) for k, v in table.items()}})
    return frame.sort_values("strength", ascending=False, ignore_index=True)
