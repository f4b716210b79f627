"""Regime: export duty and unrefunded VAT in force, week by week, as a world's table of policies dates them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Step:
    """From ``position`` on, in weeks with their parts, these shares are in force."""

    position: float
    vat_kept: Array
    duty: Array


class Regime:
    """Shares of VAT kept on export per point, and of export duty per lane.

    Parameters
    ----------
    vat_kept, duty : (point,), (lane,) in force at the start, 0 or more
    steps : changes after the start, in order of time
    """

    def __init__(self, vat_kept: Array, duty: Array, steps: tuple[Step, ...] = ()) -> None:
        self.vat_kept, self.duty, self.steps = vat_kept, duty, steps

    def moves_in(self, week: int) -> bool:
        """Whether what is in force in a week differs from the week before."""
        return any(week <= step.position < week + 1 or week - 1 < step.position < week for step in self.steps)

    def at(self, week: int) -> tuple[Array, Array]:
        """VAT kept and duty in a week: a change in its midst holds for the share of its days."""
        kept, duty = self.vat_kept, self.duty
        before = (kept, duty)
        for step in self.steps:
            part = min(max(week + 1 - step.position, 0.0), 1.0)
            kept = kept + part * (step.vat_kept - before[0])
            duty = duty + part * (step.duty - before[1])
            before = (step.vat_kept, step.duty)
        return kept, duty
