"""Permits used ahead of an even spread: more cargo now, the same price now, a higher one once fewer are left."""

import numpy as np

from tests.laws.islands import EVENTS, islands, world_of


def followed(front_loading, weeks=9):
    """Rent and permits used by week, (replicate, week), from the week before the quota opens."""
    world = world_of(islands([EVENTS["export_quota"]], parameters=f"{{quota_front_loading: {front_loading}}}"), range(2))
    rent, used = [], []
    for _ in range(weeks):
        world.step()
        rent.append(world.w.rent[:, 0].copy())
        used.append(world.w.permits_used[:, 0].copy())
    return np.stack(rent, axis=1), np.stack(used, axis=1)


def test_permits_used_faster_are_no_cheaper_and_grow_dearer_when_fewer_are_left():
    even, even_used = followed(1.0)
    ahead, ahead_used = followed(1.5)
    opens = int(np.flatnonzero(even_used[0] > 0.0)[0])
    assert (ahead_used[:, opens] > 1.1 * even_used[:, opens]).all()
    assert np.array_equal(ahead[:, : opens + 1], even[:, : opens + 1])
    last = opens + 5
    assert (ahead[:, last] > even[:, last]).all()
