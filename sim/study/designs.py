"""Designs: the values of uncertainties, drawn together; the same for a seed on every machine."""

from typing import Any

import numpy as np

from sim.study.schema import Range, Vary

Array = np.ndarray[Any, np.dtype[Any]]
LEVELS = 4
"""Levels of a Morris design (source: SALib's default)."""


def drawn(vary: Vary, seed: int) -> tuple[list[str], Array]:
    """Paths and values (draw, path); one row of nothing where nothing varies."""
    paths = list(vary.uncertainties)
    if not paths:
        return [], np.zeros((1, 0))
    shares = _unit(vary, len(paths), seed)
    columns = [spread(shares[:, n], vary.uncertainties[p]) for n, p in enumerate(paths)]
    return paths, np.stack(columns, axis=1)


def spread(share: Array, given: Range) -> Array:
    """Turn shares in [0, 1] into values of a range."""
    if given.scale == "log":
        return np.asarray(np.exp(np.log(given.low) + share * (np.log(given.high) - np.log(given.low))))
    if given.mode is None:
        return np.asarray(given.low + share * (given.high - given.low))
    width, cut = given.high - given.low, (given.mode - given.low) / (given.high - given.low)
    left = given.low + np.sqrt(share * width * (given.mode - given.low))
    right = given.high - np.sqrt((1.0 - share) * width * (given.high - given.mode))
    return np.where(share < cut, left, right)


def problem(paths: list[str]) -> dict[str, Any]:
    """SALib's description of uncertainties on the unit cube."""
    return {"num_vars": len(paths), "names": paths, "bounds": [[0.0, 1.0]] * len(paths)}


def _unit(vary: Vary, dimensions: int, seed: int) -> Array:
    """Points in the unit cube (draw, dimension)."""
    if vary.design == "morris":
        from SALib.sample import morris

        paths = list(vary.uncertainties)
        return np.asarray(morris.sample(problem(paths), vary.draws, num_levels=LEVELS, seed=seed))
    if vary.design == "sobol_indices":
        from SALib.sample import sobol

        paths = list(vary.uncertainties)
        return np.asarray(sobol.sample(problem(paths), vary.draws, calc_second_order=False, scramble=True, seed=seed))
    from scipy.stats import qmc

    if vary.design == "sobol":
        power = int(np.ceil(np.log2(max(vary.draws, 1))))
        return np.asarray(qmc.Sobol(dimensions, scramble=True, rng=seed).random_base2(power)[: vary.draws])
    return np.asarray(qmc.LatinHypercube(dimensions, rng=seed).random(vary.draws))
