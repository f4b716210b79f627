"""The chain: what flows between countries is what books say, worked by hand."""

import numpy as np
import pytest

from sim.figures.chain import Spell, books, flows, spells_of
from sim.result import Result

WEEKS = 60


def event(start, end, background=False):
    return {"start": start, "end": end, "background": background, "kind": "shadow_embargo", "selection": {}}


def made(events=()):
    """A mine and a separator in CHN, a magnet maker in JPN; ore of 50 % NdPr, oxide of 80 %, magnets of 25 %."""
    rows = {
        "production": ([["pit", "ore"], ["plant", "ndpr_oxide"]], [10.0, 4.0]),
        "exports": ([["CHN", "JPN", "ndpr_oxide"], ["CHN", "JPN", "ore"]], [1.0, 2.0]),
        "leaked": ([["CHN", "JPN", "ndpr_oxide"]], [0.5]),
        "use_gross": ([["ndpr_oxide", "JPN", "glass"], ["magnet_n", "JPN", "car"]], [0.3, 1.0]),
        "on_hand_sellers": ([["ore", "CHN"]], [0.0]),
    }
    arrays = {k: np.ones((2, WEEKS, 1), dtype=np.float32) * np.array(v, dtype=np.float32) for k, (_, v) in rows.items()}
    arrays["on_hand_sellers"][:, :, 0] = np.arange(WEEKS)  # grows by a tonne a week
    manifest = {
        "start": "2010-01-04", "weeks": WEEKS, "records": list(rows), "scenario": {"events": list(events)},
        "stage": {"ore": "concentrate", "ndpr_oxide": "oxide", "magnet_n": "magnet"},
        "content": {"ore": {"NdPr": 0.5, "La": 0.3}, "ndpr_oxide": {"NdPr": 0.8}, "magnet_n": {"NdPr": 0.25}},
        "sites": {"pit": "CHN", "plant": "CHN"},
    }  # fmt: skip
    return Result(manifest, {k: labels for k, (labels, _) in rows.items()}, arrays)


def test_home_flow_is_what_is_made_less_what_leaves_and_what_stocks_grow_by():
    result = made()
    ore, oxide, _metal, _magnet = flows(result, books(result, [Spell("whole", 1, WEEKS)])[0])
    assert ore["CHN", "JPN"] == pytest.approx(52 * 2 * 0.5)
    assert ore["CHN", "CHN"] == pytest.approx(52 * (10 - 2 - 1) * 0.5)
    assert oxide["CHN", "CHN"] == pytest.approx(52 * (4 - 1.5) * 0.8)


def test_leaked_cargo_flows_as_well_and_what_is_used_as_oxide_goes_no_further():
    result = made()
    _ore, oxide, _metal, _magnet = flows(result, books(result, [Spell("whole", 1, WEEKS)])[0])
    assert oxide["CHN", "JPN"] == pytest.approx(52 * (1.5 - 0.3) * 0.8)


def test_panels_are_the_year_before_the_event_and_the_year_after():
    found = spells_of(made([event("2010-03-01", "2010-06-28"), event("2010-01-04", None, background=True)]))
    assert [(s.key, s.first, s.end) for s in found] == [("before", 0, 8), ("during", 8, 26), ("after", 26, WEEKS)]


def test_an_event_that_still_holds_has_a_first_and_a_last_year():
    assert [s.key for s in spells_of(made([event("2010-03-01", None)]))] == ["before", "first_year"]
    assert [s.key for s in spells_of(made())] == ["whole"]
