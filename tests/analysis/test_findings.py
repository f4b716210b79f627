"""Findings: what a run is warned of, against runs made so that each warning is due, and one where none is."""

import pytest

from sim.analysis.findings import SHORT, warnings, what_ran_short
from sim.language import LANGUAGES, words
from sim.metrics import summed
from sim.runner import run


@pytest.mark.parametrize("weeks", [30, 60])
def test_an_event_after_the_end_is_told_apart_from_one_that_changes_nothing(weeks):
    result = run("tests/worlds/siege.yaml", replicates=2, weeks=weeks)
    events = result.manifest["scenario"]["events"]
    result.manifest["effects"] = {e["name"]: False for e in events}
    told = {w.key: w.events for w in warnings(result) if w.events}
    begun = {e["name"] for e in events if e["start"] <= result.dates[-1].isoformat()}
    assert set(told.get("warning.late", ())) == {e["name"] for e in events} - begun
    assert begun == {name for w in warnings(result) if w.key == "warning.idle" for name in w.events}


def test_a_run_that_ends_in_shortage_says_so_and_one_that_does_not_is_silent():
    during = run("tests/worlds/siege.yaml", replicates=4, weeks=56)
    cut = next(w for w in warnings(during) if w.key == "warning.cut")
    assert 0.05 < cut.numbers["share"] <= 1.0
    assert [w for w in warnings(run("tests/worlds/siege.yaml", policy="none", replicates=2, weeks=10)) if w.key == "warning.cut"] == []


def test_what_is_given_up_as_too_dear_at_the_end_is_warned_of_as_the_table_tells_it():
    dear = run("tests/worlds/siege.yaml", policy="none", replicates=4, weeks=44)
    want, missing = (summed(dear, record, "product", "country") for record in ("want_gross", "missing_gross"))
    assert all((missing[k][:, -4:].sum(axis=1) <= (1.0 - SHORT) * want[k][:, -4:].sum(axis=1)).all() for k in want), "makers get what they want"
    (row,) = (row for row in what_ran_short(dear) if row["at_the_end"].any())
    assert (row["element"], row["country"], row["at_the_end"].all()) == ("La", "JPN", True)
    (cut,) = (w for w in warnings(dear) if w.key == "warning.cut")
    assert cut.numbers == {"share": 1.0, "short": 1.0}


def test_what_was_short_on_the_eve_of_the_first_event_is_told_apart():
    result = run("tests/worlds/siege.yaml", policy="none", replicates=4, weeks=60)
    fresh = max(what_ran_short(result), key=lambda row: row["unmet"])
    assert fresh["already"] == 0.0
    assert (fresh["eve"] < 1.0 - SHORT).all()
    for event in result.manifest["scenario"]["events"]:
        event["start"] = result.dates[56].isoformat()
    late = next(r for r in what_ran_short(result) if (r["element"], r["country"]) == (fresh["element"], fresh["country"]))
    assert late["already"] == 1.0
    assert (late["eve"] > 1.0 - SHORT).all()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_warnings_are_told_in_every_language_with_what_they_name(lang):
    say = words(lang)
    assert "siege" in say.sentence("warning.idle", events=["siege"])
    assert "siege" in say.sentence("warning.late", events=["siege", "other"])
    assert "50" in say.sentence("warning.cut", events=[], share=0.5, short=1.0)
