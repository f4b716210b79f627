"""Figures of studies, of sensitivity, of ablation and of the score card, on tables made by hand: words apart, titles true."""

import pandas as pd
import pytest

from sim.analysis.comparison import Comparison
from sim.analysis.ledger import ENTRIES
from sim.analysis.pairs import Pairs
from sim.analysis.valued import Valued
from sim.figures.ablation import ablation
from sim.figures.comparison import COMPARED
from sim.figures.names import answer_name
from sim.figures.score import score
from sim.figures.sensitivity import tornado
from sim.language import LanguageError, words
from sim.language.fonts import families
from tests.figures.legible import must_be_legible

SIZES = [(7.0, "en"), (14.3, "en"), (7.0, "ja"), (7.0, "zh-Hant")]


@pytest.fixture(params=SIZES, ids=["column", "wide", "ja", "zh-Hant"])
def size(request):
    try:
        families(request.param[1])
    except LanguageError as hint:
        pytest.skip(str(hint))
    return request.param


def world(cost, stops, net=5.0):
    """Twenty worlds in which a number lies a little about what is given."""
    index = pd.MultiIndex.from_product([[0], range(20)], names=["draw", "replicate"])
    about = pd.Series([(n % 5 - 2) / 10 for n in range(20)], index=index)
    lines = {f"ledger.{line}": net + 20.0 * about for line in ENTRIES}
    return pd.DataFrame(
        {
            "public_cost_musd.JPN": cost + cost * about, "public_gross_musd.JPN": cost + 0.0 * about,
            "public_peak_musd.JPN": cost + 0.0 * about,
            "line_stop_weeks.JPN": stops + stops * about, "line_stop_value_musd.JPN": 10.0 * (stops + stops * about),
            "shortage_tonnes.Dy": stops + about, "shortage_tonnes.Dy.JPN": stops + about,
            "shortage_value_musd.JPN": stops + about, **lines,
        }
    )  # fmt: skip


def compared(net=5.0):
    """A stockpile halves the stops for 20 million; a cap does little; talks do nothing."""
    none, peace = world(0.0, 8.0, net), world(0.0, 0.0)
    answers = {"stockpile(target_days=60)": world(20.0, 4.0), "single_source_cap": world(2.0, 7.9), "wto_case": none}
    worlds = {("b0", "none"): peace, ("b1", "none"): none}
    worlds |= {("p", name): frame for name, frame in answers.items()} | {("p0", name): peace for name in answers}
    pairs = Pairs("made_up", worlds, "CHN", 52, 0.25, {name: ["JPN"] for name in answers}, made_of="study 0f1e")
    return Comparison([Valued(pairs, {"value_added_musd_per_week": {"car": 10}, "budget_classes_musd": [5, 50]})])


def title_of(figure):
    return figure._suptitle.get_text().replace("\n", " ")


@pytest.mark.parametrize("name", COMPARED)
def test_figures_of_a_comparison_are_legible(name, size):
    must_be_legible(COMPARED[name](compared(), "made_up", *size))


def test_an_answer_is_called_by_its_label_and_else_by_its_kind():
    labels = {"stakes_abroad": {"en": "Stake in Lynas", "ja": "ライナスへの出融資"}}
    assert answer_name(words("ja"), "stakes_abroad", labels) == "ライナスへの出融資"
    assert answer_name(words(), "wto_case", labels) == words().label("policy.wto_case")


def test_the_answer_that_stops_fewest_lines_is_named_with_its_cost():
    title = title_of(COMPARED["answers"](compared(), "made_up"))
    assert title.startswith("Shown to stop fewer lines: 2 of 2 answers; ")
    assert "government stockpile (60 days of use) most, by 4 line-weeks for USD\u00a020\u00a0million" in title


def test_an_answer_that_changes_nothing_is_told_and_left_out():
    figure = COMPARED["pareto"](compared(), "made_up")
    assert any("WTO case" in t.get_text() for t in figure.texts)
    assert not any("WTO case" in t.get_text() for t in figure.axes[0].texts)


@pytest.mark.parametrize(("net", "told"), [(50.0, "earns China"), (-50.0, "costs China"), (0.0, "is not shown")])
def test_a_ledger_is_said_to_earn_or_cost_only_where_its_interval_says_so(net, told):
    assert told in title_of(COMPARED["ledger"](compared(net), "made_up"))


def strengths():
    rows = [
        ("made_up", "event", metric, label, path, strength, 0.1 * strength, 0.0, direction * strength)
        for metric, label in (("line_stop_weeks", "JPN"), ("shortage_tonnes", "Dy"), ("time_to_recovery", "DEU"))
        for path, strength, direction in (
            ("parameters.panic", 9.0, 1.0), ("events.control_april.licence_days", 5.0, -1.0), ("parameters.ask_speed", 3.0, 0.1)
        )
    ]  # fmt: skip
    names = ["scenario", "effect", "metric", "label", "uncertainty", "strength", "half_width", "spread", "direction"]
    return pd.DataFrame(rows, columns=names)


def test_a_tornado_is_legible_and_names_the_strongest(size):
    figure = tornado(strengths(), "made_up", {}, {}, *size)
    if size[1] == "en":
        assert title_of(figure).startswith("Panic buying matters most for 3 of 3 measures")
    must_be_legible(figure)


def ablated():
    off = {"nothing": 0.0, "stop": -4.0, "quota": -8.0, "panic": 1.0}
    rows = [
        (w, m, base + change * base / 10, change * base / 10, change * base / 10 - 0.01, change * base / 10 + 0.01, 1.0)
        for w, change in off.items() for m, base in (("peak dy_oxide", 10.0), ("lowest month JPN", 0.5), ("missing t", 90.0))
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["without", "measure", "median", "difference", "low", "high", "changed"])


def test_an_ablation_is_legible_and_names_the_largest_change(size):
    told = {
        "scenario": "made up",
        "replicates": 4,
        "seed": 0,
        "events": {"stop": ("shadow_embargo", {}), "quota": ("export_quota", {"en": "export quota"})},
    }
    figure = ablation(ablated(), told, *size)
    if size[1] == "en":
        assert "without export quota, peak of dysprosium oxide 80\u00a0% lower" in title_of(figure)
    must_be_legible(figure)


def test_a_score_is_legible_and_counts_the_test_apart(size):
    calls = [("training", "pass")] * 9 + [("training", "fail")] * 5 + [("test", "pass")] * 3 + [("test", "near")] * 2
    card = pd.DataFrame(
        [{"family": "demand" if n % 2 else "permit_rent", "class": c, "verdict": v} for n, (c, v) in enumerate(calls)]
    )
    figure = score(card, "Source: made up.", *size)
    if size[1] == "en":
        assert title_of(figure) == "12 of 19 points pass, 2 are near, 5 fail; of the 5 kept for the test 3 pass"
    must_be_legible(figure)
