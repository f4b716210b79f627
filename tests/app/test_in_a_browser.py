"""The page in a real browser: load, run, change, compare, bad input, two visitors at once; nothing asked of any network."""

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.language import LANGUAGES, words

pytestmark = pytest.mark.flaky(reruns=2)  # a browser on a crowded machine may be slower than a page is patient

STRENGTH = words().label("app.strength")
LENGTH = words().label("app.length")

LONGER = 40
"""Weeks longer than the siege lasts."""


def run(visitor, say=None):
    say = say or words()
    visitor.number(say.label("app.replicates"), 4)
    visitor.number(say.label("app.weeks"), 52)
    visitor.press("run")
    visitor.sees(visitor.findings)
    visitor.rests()


def test_a_visitor_runs_changes_and_compares_and_nothing_leaves_the_machine(visit):
    visitor = visit()
    run(visitor)
    first = visitor.findings()
    visitor.slide(STRENGTH, -40)
    visitor.rests()
    visitor.sees(lambda: visitor.findings() != first)
    visitor.press("view", words().label("app.view.compare"))
    visitor.sees(lambda: visitor.all("table"))
    visitor.rests()
    assert words().label("metric.line_stop_weeks") in visitor.all("table")[0].text
    assert len(visitor.findings()) == 1
    visitor.press("view", words().label("app.view.take"))
    visitor.press("take_scenario", words().label("app.take_scenario"))
    file = visitor.downloaded("siege_asked.yaml")
    assert "intensity:\n    low: 0.6" in file.read_text(encoding="utf-8")
    assert visitor.errors_of_console() == []
    assert visitor.asked_elsewhere() == []


def test_an_event_without_length_is_refused_as_the_command_refuses_it_and_mended_by_dragging_back(visit):
    visitor = visit()
    run(visitor)
    visitor.slide(LENGTH, -LONGER)
    visitor.sees(visitor.faults)
    assert "events[0].end: end 2009-06-01 is not after start 2009-06-01; write a later end" in visitor.faults()[0]
    visitor.sees(lambda: visitor.findings() == [])
    visitor.slide(LENGTH, 20)
    visitor.sees(visitor.findings)
    visitor.sees(lambda: visitor.faults() == [])
    assert visitor.errors_of_console() == []


def test_two_visitors_at_once_each_see_their_own_run_in_their_own_language(visit):
    one, other = visit(), visit(lang="ja")
    for visitor, lang in ((one, "en"), (other, "ja")):
        visitor.number(words(lang).label("app.replicates"), 4)
        visitor.number(words(lang).label("app.weeks"), 52)
    one.press("run")
    other.press("run")
    for visitor in (one, other):
        visitor.sees(visitor.findings)
        visitor.rests()
    assert all(text.isascii() for text in one.findings())
    assert not any(text.isascii() for text in other.findings())
    assert one.errors_of_console() == other.errors_of_console() == []


def test_a_narrow_page_holds_every_word_within_its_width(visit):
    for lang in LANGUAGES:
        visitor = visit(lang=lang, width=480)
        visitor.rests()
        assert visitor.driver.execute_script("return document.documentElement.scrollWidth") <= 480


def test_a_missing_file_and_a_wrong_port_are_one_clear_error_each():
    told = CliRunner().invoke(app, ["app", "nowhere.yaml"])
    assert (told.exit_code, "no such file" in told.output) == (2, True)
    told = CliRunner().invoke(app, ["app", "--port", "0"])
    assert (told.exit_code, "port is 0; write one from 1 to 65535" in told.output) == (2, True)
