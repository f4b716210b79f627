"""Projects chosen by name or country: plants that may be built, and how a measure reaches them."""

from collections.abc import Sequence
from fnmatch import fnmatch

import numpy as np

from sim.events.selection import SelectionError
from sim.world.network import Network


def projects_named(net: Network, names: Sequence[str], key: str) -> np.ndarray:
    """Rows of projects by name; * is any run of letters. Raises SelectionError at ``key`` for a name nobody has."""
    known = [str(p["project"]) for p in net.projects]
    for name in names:
        if not any(fnmatch(k, name) for k in known):
            raise SelectionError(key, f"{name!r} is no project of this start; known are {', '.join(known) or 'none'}")
    return np.array([n for n, k in enumerate(known) if any(fnmatch(k, name) for name in names)], dtype=np.int64)


def projects_outside(net: Network, country: str) -> np.ndarray:
    """Rows of projects in any other country."""
    return np.array([n for n, p in enumerate(net.projects) if p["country"] != country], dtype=np.int64)
