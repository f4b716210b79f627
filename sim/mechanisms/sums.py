"""Between rows: lanes summed into points, points into countries, and looked up again, in one fixed order, so that no bit depends on the batch."""

from sim.mechanisms.mechanism import mechanism


@mechanism("value[row] into[row]:cell scale[row]:shared cells[cell]:shared -> total[cell]")
def sum_into(value, into, scale, cells, total):  # type: ignore[no-untyped-def]
    """Add scaled rows into their cells; rows pointing to -1 are left out.

    Parameters
    ----------
    value, scale : (row,) quantity and its unit factor
    into : (row,) row of ``cell``
    cells : (cell,) anything of that length
    """
    total[:] = 0.0
    for row in range(value.size):
        if into[row] >= 0:
            total[into[row]] += value[row] * scale[row]


@mechanism("value[row] at_rest[row]:shared cell[row]:cell merged[cell] -> shared[row]")
def as_one(value, at_rest, cell, merged, shared):  # type: ignore[no-untyped-def]
    """Let the rows of a cell stand as one: each at the same ratio to its rest as all of them together.

    Parameters
    ----------
    value, at_rest : (row,) quantity now and in the balanced start
    cell : (row,) row of ``cell``, -1 for rows that stand alone
    merged : (cell,) how far its rows stand as one, 0 (each for itself) to 1
    """
    total, usual = merged * 0.0, merged * 0.0
    for row in range(value.size):
        if cell[row] >= 0:
            total[cell[row]] += value[row]
            usual[cell[row]] += at_rest[row]
    for row in range(value.size):
        at = cell[row]
        shared[row] = value[row]
        if at >= 0 and merged[at] > 0.0 and usual[at] > 0.0:
            joint = at_rest[row] * (total[at] / usual[at])
            shared[row] = value[row] + merged[at] * (joint - value[row])


@mechanism("value[cell] cell_of[row]:cell -> taken[row]")
def taken_from(value, cell_of, taken):  # type: ignore[no-untyped-def]
    """Give each row the value of the cell it lies in; 0 where it lies in none."""
    for row in range(cell_of.size):
        taken[row] = value[cell_of[row]] if cell_of[row] >= 0 else 0.0


@mechanism("value[row] weight[row] into[row]:cell otherwise[cell] -> mean[cell]")
def mean_into(value, weight, into, otherwise, mean):  # type: ignore[no-untyped-def]
    """Weighted mean of rows in each cell; ``otherwise`` where nothing weighs."""
    mean[:] = 0.0
    total = mean * 0.0
    for row in range(value.size):
        if into[row] >= 0 and weight[row] > 0.0:
            mean[into[row]] += value[row] * weight[row]
            total[into[row]] += weight[row]
    for cell in range(mean.size):
        mean[cell] = mean[cell] / total[cell] if total[cell] > 0.0 else otherwise[cell]
