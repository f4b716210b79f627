"""Named randomness: a draw is a hash of seed, replicate, stream, row name and week, and depends on nothing else.

The same site therefore has the same luck under every policy, whatever else the world holds, on any number of workers
and in any order. Integer arithmetic only, up to the last step; elementwise throughout.
"""

import hashlib
from collections.abc import Sequence
from copy import copy
from functools import cache
from typing import Any

import numpy as np

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


@cache
def name_hash(name: str) -> int:
    """Return 64 bits that stand for a name, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def _mix(value: Any) -> Any:
    """SplitMix64's finaliser (Steele, Lea and Flood 2014)."""
    value = (value ^ (value >> np.uint64(30))) * _FIRST
    value = (value ^ (value >> np.uint64(27))) * _SECOND
    return value ^ (value >> np.uint64(31))


class Streams:
    """Uniform draws for a block of replicates.

    Parameters
    ----------
    seed : int
        The run's seed, 0 or more.
    replicates : sequence of int
        Numbers of the replicates in the block; a replicate's luck hangs on its number, not on its place in the block.
    """

    def __init__(self, seed: int, replicates: Sequence[int]) -> None:
        if seed < 0:
            raise ValueError(f"seed is {seed}; give a whole number of 0 or more")
        with np.errstate(over="ignore"):
            numbers = np.asarray(replicates, dtype=np.uint64)
            self._keys = _mix(_mix(np.uint64(seed % 2**64) + _GOLDEN + np.zeros_like(numbers)) + numbers * _GOLDEN)

    def of(self, replicates: slice) -> "Streams":
        """The draws of some replicates of the block."""
        part = copy(self)
        part._keys = self._keys[replicates]
        return part

    def uniform(self, stream: str, rows: Sequence[str] | np.ndarray, week: int = 0) -> np.ndarray:
        """Draw uniform numbers in the open interval (0, 1), shape (replicate, row).

        ``rows`` are names, or their ``name_hash`` as uint64 where the caller draws every week.
        """
        hashes = rows if isinstance(rows, np.ndarray) else np.array([name_hash(r) for r in rows], dtype=np.uint64)
        with np.errstate(over="ignore"):
            key = _mix(self._keys ^ np.uint64(name_hash(stream)))
            key = _mix(key + np.uint64(week) * _GOLDEN)
            bits = _mix(key[:, np.newaxis] ^ _mix(hashes + _GOLDEN)[np.newaxis, :])
        draws: np.ndarray = ((bits >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
        return draws
