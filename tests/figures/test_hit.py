"""Whom the events asked about hit, and what figures then show and say."""

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.analysis.findings import what_ran_short
from sim.figures.hit import buyer_hit, plants_hit, sellers_hit
from sim.figures.names import event_label, scenario_title
from sim.figures.shortages import shortage_curves, weeks_short
from sim.figures.stocks import YEAR, cover_and_stocks, readable_days
from sim.figures.timeline import spells
from sim.figures.trade import imports_by_origin
from sim.language import words
from sim.result import Result
from tests.figures.legible import must_be_legible

STOP = Path(__file__).parents[1] / "worlds" / "stop.yaml"
WEEKS = 20


def made(event):
    """Ore of MMR for CHN falls by 6 of 8 t a week from week 10 on, of MMR for LAO by 7 of 7 t of a poorer one."""
    labels = [["MMR", "CHN", "rich_ore"], ["MMR", "LAO", "poor_ore"], ["CHN", "JPN", "oxide"]]
    values = np.ones((2, WEEKS, 3), dtype=np.float32) * np.array([8.0, 7.0, 5.0], dtype=np.float32)
    values[:, 10:, 0], values[:, 10:, 1] = 2.0, 0.0
    manifest = {
        "start": "2024-01-01", "weeks": WEEKS, "records": ["imports"], "exporter": "CHN", "sites": {"north_pit": "MMR", "plant": "CHN"},
        "stage": {"rich_ore": "concentrate", "poor_ore": "concentrate", "oxide": "oxide"},
        "content": {"rich_ore": {"Dy": 0.6}, "poor_ore": {"La": 0.1}, "oxide": {"La": 0.8}},
        "scenario": {"events": [{"kind": "plant_outage", "name": "out", "start": "2024-03-11", "end": None, "background": False, "selection": {}, **event}]},
    }  # fmt: skip
    return Result(manifest, {"imports": labels}, {"imports": values})


def selection(**named):
    return {"selection": {"seller_country": [], "buyer_country": [], "site": [], "country": [], **named}}


def test_sellers_hit_are_those_named_or_where_the_named_plants_stand_else_the_exporter():
    assert sellers_hit(made(selection(site=["north_*"]))) == ["MMR"]
    assert sellers_hit(made(selection(seller_country=["VNM", "LAO"]))) == ["VNM", "LAO"]
    assert sellers_hit(made(selection())) == ["CHN"]


def test_a_country_whose_demand_changes_is_no_seller():
    assert sellers_hit(made({"kind": "demand_surge"} | selection(country=["JPN"]))) == ["CHN"]


def test_plants_are_hit_where_no_trade_is_named():
    assert plants_hit(made(selection(site=["north_pit"]))) == ["north_pit"]
    assert plants_hit(made(selection(site=["north_pit"], seller_country=["MMR"]))) == []


def test_the_buyer_hit_is_named_or_loses_most_rare_earth_of_sellers_beside_the_exporter():
    assert buyer_hit(made(selection(site=["north_pit"]))) == "CHN"
    assert buyer_hit(made(selection(seller_country=["CHN"], buyer_country=["JPN"]))) == "JPN"


def test_an_event_is_called_by_its_label_else_by_what_its_author_wrote_else_by_its_kind():
    labels = {"en": "Mines shut", "ja": "鉱山の閉鎖"}
    assert event_label(words("ja"), "out", "plant_outage", labels) == "鉱山の閉鎖"
    assert event_label(words("zh-Hant"), "out", "plant_outage", labels) == "Mines shut"
    assert event_label(words("ja"), "my_own_stop", "plant_outage", {}) == "my own stop"
    assert event_label(words("ja"), "plant_outage_2", "plant_outage", {}) == words("ja").label("event_kind.plant_outage")


@pytest.fixture(scope="module")
def kachin():
    return sim.run("myanmar_stop", replicates=2, weeks=70)


def title_of(figure):
    return figure._suptitle.get_text().replace("\n", " ")


def test_imports_are_those_of_the_country_and_the_form_that_are_hit(kachin):
    figure = imports_by_origin(kachin)
    assert title_of(figure).startswith("China's imports of concentrates from Myanmar, by contained rare earth, fall from ")
    assert [a.get_title(loc="left") for a in figure.axes] == ["Concentrates, contained rare earth"]


def test_a_scenario_and_its_events_are_called_in_the_language_of_the_figure(kachin):
    assert scenario_title(kachin, words("ja")) == "カチン州のイオン吸着鉱の停止"
    told = [t.get_text() for t in imports_by_origin(kachin, lang="zh-Hant").texts]
    assert any("克欽邦礦山停產" in t for t in told)
    assert not any("Kachin" in t for t in told)


def test_events_of_the_background_keep_their_own_names():
    result = made(selection())
    more = [{**result.manifest["scenario"]["events"][0], "name": n, "background": True, "start": f"2024-02-0{n[-1]}"} for n in ("cut_1", "cut_2")]
    result.manifest["scenario"]["events"] += more
    assert [[e["name"] for e in events] for _, events, _, _ in spells(result, background=True)] == [["cut_1"], ["cut_2"]]


@pytest.fixture
def served():
    """A run of the islands in which nothing is lacking."""
    result = sim.run(STOP, replicates=2, weeks=60)
    for record in ("unmet_demand", "priced_out"):
        result._arrays[record][:] = 0.0
    return result


def test_where_nothing_is_lacking_there_is_no_figure_of_shortage(served):
    assert shortage_curves(served) is None
    assert weeks_short(served) is None


def test_where_nobody_counts_as_short_the_figure_says_who_comes_closest_and_how_near(served):
    required, labels = served.array("requirement")
    need = required - served.array("saved")[0]
    n = int(need.min(axis=(0, 1)).argmax())
    served._arrays["unmet_demand"][:, -5:, n] = 0.02 * need[:, -5:, n]
    served._arrays["priced_out"][:, -5:, n] = 0.02 * need[:, -5:, n]
    rows = [m for m, x in enumerate(labels) if x[:2] == labels[n][:2]]
    worst = 100.0 * (0.04 * need[:, -4:, n].sum(1) / need[:, -4:][:, :, rows].sum((1, 2))).max()
    assert 0.5 < worst <= 4.0
    figure = shortage_curves(served)
    assert f"lacking {worst:.0f}\u00a0% of the" in title_of(figure)
    assert title_of(figure).startswith("Nobody runs short; ")
    must_be_legible(figure)


def lack(served, unmet, dear):
    """Shares of need lacking of what one country needs of its largest element, one spell in each of two replicates; what that element is."""
    required, labels = served.array("requirement")
    need = required - served.array("saved")[0]
    place = labels[int(need.min(axis=(0, 1)).argmax())][:2]
    rows = [n for n, x in enumerate(labels) if x[:2] == place]
    for replicate, weeks in enumerate((slice(-20, -14), slice(-8, -2))):
        for record, share in (("unmet_demand", unmet), ("priced_out", dear)):
            served._arrays[record][replicate, weeks, rows] = share * need[replicate, weeks][:, rows].T
    return place


@pytest.mark.parametrize(
    ("unmet", "dear", "told"),
    [(0.1, 0.2, "10\u00a0% not to be had, the rest given up"), (0.0, 0.3, "all of it given up as too dear"), (0.3, 0.0, "all of it not to be had")],
)
def test_the_title_of_shortage_tells_the_depth_of_the_table_and_what_it_is_made_of(served, unmet, dear, told):
    element, country = lack(served, unmet, dear)
    row = what_ran_short(served)[0]
    assert (row["element"], row["country"]) == (element, country)
    assert np.median(row["depth"]) == pytest.approx(0.3, rel=1e-3)
    figure = shortage_curves(served)
    assert "lacking 30\u00a0% of the" in title_of(figure)
    assert told in title_of(figure)
    foot = " ".join(t.get_text() for t in reversed(figure.texts))
    assert "All are 4-week means." in foot
    assert "the median of each replicate's deepest" in foot
    must_be_legible(figure)


def test_cover_of_a_world_whose_use_stops_does_not_flatten_the_panel_and_the_cut_is_told(served):
    labels = served.array("days_of_cover", country="JPN")[1]
    product = labels[0][0]
    before = readable_days(served, product, ["JPN"])
    row = served.axes("days_of_cover").index([product, "JPN"])
    served._arrays["days_of_cover"][1, 40:50, row] = 1800.0
    top, highest = readable_days(served, product, ["JPN"])
    assert before[0] <= top <= YEAR
    assert highest > 1000.0
    assert "end where they stay readable" in " ".join(t.get_text() for t in reversed(cover_and_stocks(served).texts))
