"""Two runs on one page, and a run beside what was seen: legible at both sizes, in every language; differences by hand."""

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.analysis.beside import beside, is_paired
from sim.analysis.findings import first_week
from sim.figures.beside import two_runs
from sim.figures.shortages import lacking_share, shortest
from sim.figures.style import COLUMN, PAGE
from sim.history.seen import facts_within, records_seen, seen
from sim.history.tables import read_history
from sim.language import LANGUAGES, words
from tests.figures.legible import must_be_legible

SIEGE = Path(__file__).parents[1] / "worlds" / "siege.yaml"


@pytest.fixture(scope="module")
def pair():
    """The siege with a store, and without."""
    return [sim.run(SIEGE, policy, replicates=3) for policy in ({"kind": "stockpile", "target_days": 90}, "none")]


@pytest.fixture(scope="module")
def replayed():
    """Two years of the stop of 2010, with what was seen in them."""
    scenario = sim.load("shadow_embargo_2010")
    history = read_history(scenario.world_folder())
    return sim.run(scenario, replicates=2, weeks=104, records=records_seen(history)), history


@pytest.mark.parametrize("width", [PAGE, COLUMN])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_two_runs_and_history_are_legible(pair, replayed, lang, width):
    must_be_legible(two_runs(*pair, width=width, lang=lang))
    must_be_legible(seen(*replayed, width=width, lang=lang))


def test_the_title_of_two_runs_tells_the_median_of_each_worlds_deepest(pair):
    place = shortest(pair[0], 1)[0]
    deepest = [np.median(lacking_share(r, place.element, place.country)[:, first_week(r) :].max(axis=1)) for r in pair]
    figure = two_runs(*pair)
    told = figure._suptitle.get_text().replace("\n", " ")
    assert all(words().percent(float(d)) in told for d in deepest)
    assert deepest[0] == pytest.approx(place.worst)
    assert "4-week means" in " ".join(t.get_text() for t in reversed(figure.texts)).replace("\n", " ")


def test_a_run_beside_itself_differs_in_nothing(pair):
    now, _ = pair
    assert {row.difference for row in beside(now, now, "JPN")} == {0.0}


def test_a_difference_is_the_mean_over_worlds_of_this_run_less_the_other(pair):
    now, before = pair
    assert is_paired(now, before)
    lost = [r.array("line_stop", country="JPN")[0].astype(np.float64).sum((1, 2)) for r in pair]
    row = next(r for r in beside(now, before, "JPN") if (r.metric, r.country) == ("line_stop_weeks", "JPN"))
    assert row.difference == pytest.approx((lost[0] - lost[1]).mean())
    assert row.low <= row.difference <= row.high


def test_runs_of_other_luck_or_length_are_no_pair(pair):
    now, _ = pair
    assert not is_paired(now, sim.run(SIEGE, replicates=3, seed=1, weeks=5, records=("line_stop",)))


def test_only_points_within_the_run_are_held_against_it(replayed):
    result, history = replayed
    whens = {f.when for f in facts_within(result, history)}
    assert "2010-10" in whens
    assert not any(when.startswith(("2011", "2012", "2013", "2014")) for when in whens)
