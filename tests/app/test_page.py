"""The page without a browser: what it asks, runs, shows, refuses and hands out."""

import sys
from pathlib import Path
from tempfile import gettempdir

import pytest

from sim.language import LANGUAGES, words

testing = pytest.importorskip("streamlit.testing.v1", reason="the extra [app] is not installed")
PAGE = Path(__file__).parents[2] / "sim" / "app" / "page.py"
SIEGE = Path(__file__).parents[1] / "worlds" / "siege.yaml"


def opened(monkeypatch, *files, lang="en"):
    monkeypatch.setattr(sys, "argv", [str(PAGE), *map(str, files)])
    # a page takes the place of __main__, and processes of later tests would start by running it
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    page = testing.AppTest.from_file(str(PAGE), default_timeout=120)
    page.query_params["lang"] = lang
    return page.run()


def labelled(widgets, label):
    return next(w for w in widgets if w.label == label)


def run(page, replicates=2, weeks=52):
    page.number_input(key="replicates").set_value(replicates)
    labelled(page.number_input, words().label("app.weeks")).set_value(weeks)
    return page.button(key="run").click().run()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_first_screen_says_what_befalls_in_every_language(lang, monkeypatch):
    page = opened(monkeypatch, SIEGE, lang=lang)
    say = words(lang)
    assert not page.exception
    assert page.title[0].value == "North shuts East off"
    assert say.label("app.press_run") in [i.value for i in page.info]
    assert say.label("app.befalls") in [s.value for s in page.subheader]
    assert len(page.slider) == 3


def test_a_run_can_be_briefed_and_the_briefing_is_in_the_pages_language(monkeypatch):
    page = run(opened(monkeypatch, SIEGE))
    page.session_state["view"] = "take"
    page.run()
    page.button(key="make_briefing").click().run()
    assert not page.exception
    content = page.session_state["now"].briefings["en"]
    assert b"North shuts East off" in content
    assert b"ytterby run siege_asked.yaml --replicates 2 --seed 0 --weeks 52" in content
    assert str(Path(gettempdir())).encode() + b"/ytterby" not in content


def test_history_is_offered_where_the_run_holds_points_that_were_seen(monkeypatch):
    page = run(opened(monkeypatch), weeks=85)
    page.session_state["view"] = "history"
    page.run()
    assert not page.exception
    assert words().label("app.history_told") in [m.value for m in page.markdown]


def test_a_file_that_cannot_be_read_is_refused_in_the_commands_words(monkeypatch):
    page = opened(monkeypatch, SIEGE)
    area = page.text_area[0]
    area.set_value(area.value.replace("end: 2010-01-04", "end: 2009-01-04")).run()
    assert not page.exception
    told = page.error[0].value.replace("\\", "")
    assert told == "siege.yaml:9: events[0].end: end 2009-01-04 is not after start 2009-06-01; write a later end"


def test_runs_of_other_worlds_are_no_pair(monkeypatch):
    page = run(opened(monkeypatch, SIEGE), weeks=20)
    page.number_input(key="seed").set_value(1).run()
    page.session_state["view"] = "compare"
    page.run()
    assert words().label("app.not_paired") in [i.value for i in page.info]
