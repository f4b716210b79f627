"""The chain: what flows between countries is what books say, worked by hand."""

import numpy as np
import pytest

from sim.figures.chain import Spell, _chain_title, books, flows, spells_of
from sim.language import LANGUAGES, words
from sim.result import Result

WEEKS = 60


def event(start, end, background=False):
    return {"start": start, "end": end, "background": background, "kind": "shadow_embargo", "name": "stop", "selection": {}}


def made(events=(), weeks=WEEKS):
    """A mine and a separator in CHN, a magnet maker in JPN; ore of 50 % NdPr, oxide of 80 %, magnets of 25 %."""
    rows = {
        "production": ([["pit", "ore"], ["plant", "ndpr_oxide"]], [10.0, 4.0]),
        "exports": ([["CHN", "JPN", "ndpr_oxide"], ["CHN", "JPN", "ore"]], [1.0, 2.0]),
        "leaked": ([["CHN", "JPN", "ndpr_oxide"]], [0.5]),
        "use_gross": ([["ndpr_oxide", "JPN", "glass"], ["magnet_n", "JPN", "car"]], [0.3, 1.0]),
        "on_hand_sellers": ([["ore", "CHN"]], [0.0]),
    }
    arrays = {k: np.ones((2, weeks, 1), dtype=np.float32) * np.array(v, dtype=np.float32) for k, (_, v) in rows.items()}
    arrays["on_hand_sellers"][:, :, 0] = np.arange(weeks)  # grows by a tonne a week
    manifest = {
        "start": "2010-01-04", "weeks": weeks, "records": list(rows), "scenario": {"events": list(events)},
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
    assert [(s.key, s.first, s.end) for s in found] == [("before", 0, 8), ("during", 8, 25), ("after", 25, WEEKS)]


def test_a_short_event_is_looked_at_for_its_own_weeks_and_what_is_caught_up_comes_after():
    found = spells_of(made([event("2010-03-02", "2010-04-08")]))
    assert [(s.key, s.first, s.end) for s in found] == [("before", 0, 8), ("during", 8, 14), ("after", 14, WEEKS)]


def test_a_spell_is_called_a_year_only_where_it_is_one():
    def found(weeks):
        return [(s.key, s.end - s.first) for s in spells_of(made([event("2010-03-01", None)], weeks))]

    assert found(60) == [("before", 8), ("during", 52)]
    assert found(8 + 52 + 39) == [("before", 8), ("first_year", 52), ("since", 39)]
    assert found(8 + 52 + 60) == [("before", 8), ("first_year", 52), ("last_year", 52)]
    assert [s.key for s in spells_of(made())] == ["whole"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_title_tells_the_fall_during_a_short_stop_whatever_follows(lang):
    result = made([event("2010-03-01", "2010-04-05")])
    for record in ("exports", "leaked", "use_gross"):
        result._arrays[record][:, 8:13] *= 0.25
        result._arrays[record][:, 13:20] *= 3.0
    result.manifest |= {"exporter": "CHN", "countries": {"CHN": "China", "JPN": "Japan"}, "policy": "none"}
    result.manifest["scenario"]["events"][0]["selection"] = {"seller_country": ["CHN"], "buyer_country": ["JPN"]}
    spells = spells_of(result)
    title = _chain_title(result, words(lang), spells, [flows(result, book) for book in books(result, spells)])
    assert words(lang).percent(75.0) in title
    if lang == "en":
        assert title.startswith("Magnet elements from China to Japan fall by 75\u00a0%; at a yearly rate: 100 t before, 25 t during and ")
