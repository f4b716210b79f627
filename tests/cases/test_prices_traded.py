"""What was traded: value over tonnes of the last four weeks, contract and spot together, missing when nothing was."""

import numpy as np

from sim.records import Recorder
from tests.laws.islands import islands, world_of


def test_the_traded_price_is_value_over_tonnes_of_four_weeks_and_missing_when_nothing_was_traded():
    world = world_of(islands([], weeks=20), range(2))
    recorder = Recorder(world.network, world.rows, ("price_traded", "spot_traded"))
    cells = world.rows.cell
    weeks = []
    for _ in range(16):
        world.step()
        tonnes, usd, spot = np.zeros((3, 2, len(world.rows.cells)))
        for lane in np.flatnonzero(cells >= 0):
            sent = world.w.shipped[:, lane]
            tonnes[:, cells[lane]] += sent
            usd[:, cells[lane]] += sent * world.w.unit[:, lane]
            spot[:, cells[lane]] += sent * world.w.spot[:, lane] / np.maximum(world.w.ordered[:, lane], 1e-12)
        weeks.append((tonnes, usd))
        found = recorder.week(world)
        assert np.allclose(found["spot_traded"], spot, rtol=1e-9, atol=1e-12)
    tonnes, usd = (np.sum([w[n] for w in weeks[-4:]], axis=0) for n in (0, 1))
    assert (tonnes > 1e-9).all()
    assert np.allclose(found["price_traded"], usd / tonnes, rtol=1e-9)
    world.state.traded_tonnes[:, 0] = 0.0
    missing = np.isnan(recorder.week(world)["price_traded"])
    assert missing[:, 0].all()
    assert not missing[:, 1:].any()
