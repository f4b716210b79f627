"""A new separator stands, runs and sells: what it makes leaves its shelf and lands with buyers."""

import numpy as np

from tests.laws.islands import islands, world_of

FINANCED = "{kind: offtake_finance, plant: second_light, loan_musd: 200, risk_left: 0, when: {start: 2009-01-05}}"


def test_what_a_new_separator_makes_is_sold_and_not_set_aside():
    world = world_of(islands(weeks=260, policy=FINANCED), range(2))
    net = world.network
    points = [k for k, p in enumerate(net.points) if net.sites[p.site].name == "second_light" and p.role == "sold"]
    ndpr = next(k for k in points if net.points[k].product == "ndpr_oxide")
    lanes = np.flatnonzero(net.seller == ndpr)
    made, sold = np.zeros(2), np.zeros(2)
    for _ in range(260):
        world.step()
        made += world.w.produced[:, ndpr]
        sold += world.w.shipped[:, lanes].sum(1)
    assert (made > 0.0).all()
    assert (sold > 0.5 * made).all()
    assert (world.state.residue[:, ndpr] < 0.1 * made).all()
