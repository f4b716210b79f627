"""Who is served first when a plant cannot serve all: by contract, by the seller's rule, as the state directs."""

import numpy as np

import sim
from tests.laws.islands import islands

SHORT = "{kind: plant_outage, start: 2009-02-02, lost: 0.7, selection: {site: north_light}}"


def served(scenario):
    """Share of want that makers at home and abroad are served in the last quarter of a year with a crippled separator."""
    result = sim.run(scenario, replicates=3, seed=1, weeks=52)
    found = {}
    for country in ("CHN", "JPN"):
        use, _ = result.array("use", country=country)
        want, _ = result.array("want", country=country)
        found[country] = float(np.asarray(use[:, -13:]).sum() / np.asarray(want[:, -13:]).sum())
    return found


def test_sellers_that_serve_home_first_leave_buyers_abroad_shorter():
    alike = served(islands([SHORT], weeks=52))
    home = served(islands([SHORT], weeks=52, allocation="{CHN: home_first}"))
    assert home["CHN"] > alike["CHN"] + 0.02
    assert home["JPN"] < alike["JPN"] - 0.02
