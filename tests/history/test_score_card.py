"""The card end to end, on few runs."""

from pathlib import Path

import pandas as pd
import pytest

from sim.history.card import score_card, tasks_of
from sim.history.control import moved
from sim.history.writing import write_card
from sim.scenario.load import load

WORLDS = Path(__file__).parents[1] / "worlds"


@pytest.fixture(scope="module")
def card():
    return score_card(replicates=2, chosen=("A14", "A17", "A28", "C5", "P4"))


def test_the_card_holds_every_fact_asked_for_and_scores_no_input(card):
    frame = card.tables()["card"]
    assert set(frame["fact"]) == {"A14", "A17", "A28", "C5", "P4"}
    assert set(frame.loc[frame["fact"] == "A17", "verdict"]) == {"fits"}
    assert set(card.classes["class"]) == {"training"}
    assert set(frame.loc[frame["fact"] == "A14", "verdict"]) <= {"pass", "near", "fail"}


def test_what_was_not_run_is_not_judged(card):
    assert {b.name: b.met for b in card.bars}["negative control moves no oxide price by more than 35%"] is None


def test_quotas_are_those_of_the_schedule(card):
    quotas = {v.fact.point: v.median for v in card.verdicts if v.fact.fact == "A17"}
    assert quotas["quota 2010"] == pytest.approx(30_258, rel=0.01)


def test_facts_of_other_scenarios_are_read_on_their_own_runs(card):
    (stores,) = (v for v in card.verdicts if v.fact.fact == "C5")
    assert (stores.fact.scenario, stores.median, stores.call) == ("baseline_2024", 0.0, "fits")
    said = [v for v in card.verdicts if v.fact.fact == "P4"]
    assert {v.call for v in said} == {"prediction"}
    dysprosium = next(v for v in said if v.fact.series == ("fob_dy",))
    assert dysprosium.median > 1.2, "a year without Myanmar's clays must move dysprosium"
    assert card.replay_of(dysprosium.fact).dates[0].year == 2024


def test_scenarios_that_facts_are_read_on_are_taken_as_they_were_loaded():
    stop = load(WORLDS / "stop.yaml")
    tasks = tasks_of(stop, 20, 0, ablations=False, controls=False, others={"in_no_folder": stop})
    assert [(t.part, t.job.read_as, len(t.job.replicates)) for t in tasks] == [
        ("replay", "", 16), ("replay", "", 4), ("read:in_no_folder", "in_no_folder", 16), ("read:in_no_folder", "in_no_folder", 4),
    ]  # fmt: skip


def test_the_page_tells_predictions_apart_from_facts(card, tmp_path):
    write_card(card, tmp_path)
    facts, said = (tmp_path / "score_card.md").read_text().split("## Predictions")
    assert "| P4 | Dy peak |" not in facts
    assert "| P4 | Dy peak | myanmar_stop |" in said


def test_the_card_is_written_with_a_figure_per_fact(card, tmp_path):
    write_card(card, tmp_path)
    again = pd.read_parquet(tmp_path / "card.parquet")
    assert list(again["fact"]) == list(pd.read_csv(tmp_path / "card.csv")["fact"])
    assert {"overview.png", "score.png", "A14.png", "A17.png", "A28.png", "C5.png", "P4.png"} == {
        p.name for p in (tmp_path / "figures").iterdir()
    }
    assert "![A28](figures/A28.png)" in (tmp_path / "score_card.md").read_text()


def test_a_move_of_a_control_is_the_largest_against_the_run_without_the_loss():
    import numpy as np

    with_loss = {"ore": np.array([[10.0, 4.0, 13.0]]), "p": np.array([[1.0, 1.4, 0.9]])}
    at_rest = {"ore": np.array([[10.0, 10.0, 10.0]]), "p": np.array([[1.0, 1.0, 1.0]])}
    (row,) = moved([with_loss, at_rest]).to_dict("records")
    assert row["price"] == "p"
    assert row["moved"] == pytest.approx(0.4)
    assert row["ore lost"] == pytest.approx(6.0)
    assert row["share of a year"] == pytest.approx(6.0 / 520.0, rel=0.01)
