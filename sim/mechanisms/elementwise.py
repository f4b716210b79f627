"""Logs and exponentials row by row: NumPy's own change their last bits with batch size and processor."""

import math

from sim.mechanisms.mechanism import mechanism


@mechanism("value[row] base[row] -> log[row]")
def log_over(value, base, log):  # type: ignore[no-untyped-def]
    """Log of a value over its base; 0 where either is not above 0."""
    for row in range(value.size):
        log[row] = math.log(value[row] / base[row]) if value[row] > 0.0 and base[row] > 0.0 else 0.0


@mechanism("value[row] log[row] -> grown[row]")
def grow_by(value, log, grown):  # type: ignore[no-untyped-def]
    """Value times the exponential of a log."""
    for row in range(value.size):
        grown[row] = value[row] * math.exp(log[row])


@mechanism("value[row] content[row,element]:shared -> total[element]")
def contained(value, content, total):  # type: ignore[no-untyped-def]
    """Sum of tonnes times content per element, in row order."""
    total[:] = 0.0
    for row in range(value.size):
        for element in range(content.shape[1]):
            total[element] += value[row] * content[row, element]


@mechanism("value[slot,point] -> total[point]")
def over_slots(value, total):  # type: ignore[no-untyped-def]
    """Sum over the slots of a ring, in slot order."""
    total[:] = 0.0
    for slot in range(value.shape[0]):
        for point in range(value.shape[1]):
            total[point] += value[slot, point]
