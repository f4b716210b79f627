"""The briefing: one page from the numbers, without any network, in every language, of a run and of a study."""

import base64
import csv
import io
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.faces.reporting import is_pair, quiet_weeks, report
from sim.language import LANGUAGES, LanguageError, words
from sim.language.fonts import families
from sim.report.harm import Harm, cover_left, forms_short, lines_hurt
from sim.report.names import Asked, asked
from sim.result import open_result
from sim.store import ResultError
from sim.study.part import background_only


def has_font(lang):
    try:
        families(lang)
    except LanguageError:
        return False
    return True


class Reader(HTMLParser):
    """Text of a page, addresses it names, and whether every tag is closed."""

    VOID = ("meta", "br", "link", "img", "col")

    def __init__(self, text):
        super().__init__()
        self.addresses, self.text, self.open = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.addresses += [v for k, v in attrs if k in ("href", "src", "xlink:href") and v]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def pages(stop, race):
    """The English pages of the run and of the study."""
    return {name: report(str(folder)).read_text(encoding="utf-8") for name, folder in (("stop", stop), ("race", race))}


@pytest.mark.parametrize("name", ["stop", "race"])
def test_the_page_asks_nothing_of_any_network_and_closes_its_tags(pages, name):
    reader = Reader(pages[name])
    assert reader.open == []
    assert [a for a in reader.addresses if not a.startswith(("data:", "#"))] == []
    assert "<script" not in pages[name]
    assert "@import" not in pages[name]
    assert "url(http" not in pages[name]
    assert len(pages[name].encode()) < 8 * 2**20


@pytest.mark.parametrize("name", ["stop", "race"])
def test_ids_of_the_figures_stand_once_each_and_every_reference_is_met(pages, name):
    ids = re.findall(r'\bid="([^"]+)"', pages[name])
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', pages[name])) <= set(ids)
    assert set(re.findall(r"url\(#([^)]+)\)", pages[name])) <= set(ids)


def test_who_stops_first_is_read_from_the_run_beside_the_same_worlds_without_the_event(stop, pages):
    result = open_result(stop)
    harm = Harm(result, background_of(stop))
    first = lines_hurt(harm)[0]
    when = (first.stops or first.slows).when
    there, labels = result.array("line_stop", country=first.country, end_use=first.end_use)
    without = harm.background.array("line_stop", country=first.country, end_use=first.end_use)[0]
    extra = (there - without)[:, :, 0]
    weeks = [int(np.argmax(row >= 0.05)) for row in extra if (row >= 0.05).any()]
    assert result.dates[int(np.quantile(weeks, 0.5, method="nearest"))] == when
    assert labels == [[first.country, first.end_use]]
    assert words("en").day(when) in pages["stop"]


def background_of(folder):
    """The background run of the same worlds."""
    from sim.scenario.load import parse
    from sim.store import world_of

    manifest = open_result(folder).manifest
    with world_of(manifest, folder / "manifest.json") as world:
        scenario = parse(json.dumps(manifest["scenario"]), None, manifest["scenario_name"], world)
        return sim.run(background_only(scenario), "none", replicates=manifest["replicates"], weeks=manifest["weeks"])


def test_what_would_be_short_without_the_event_as_well_does_not_count(stop):
    background = background_of(stop)
    harm = Harm(open_result(stop), background)
    assert forms_short(harm)
    assert cover_left(harm)
    nothing = Harm(background, background)
    assert lines_hurt(nothing) == []
    assert forms_short(nothing) == []
    assert cover_left(nothing) == []


def test_a_run_by_other_code_is_a_pair_only_if_it_agrees_to_the_last_bit_before_the_event(stop):
    result, background = open_result(stop), background_of(stop)
    assert quiet_weeks(result) == 21
    assert is_pair(result, background, result.manifest["code_hash"])
    assert is_pair(result, background, "other")
    background._arrays["want_gross"][0, 3, 0] += 1.0
    assert not is_pair(result, background, "other")


def test_a_run_says_that_no_answers_were_compared_and_how_to(pages):
    assert words("en").label("briefing.answers_not_compared") in pages["stop"]
    assert "ytterby run siege --policy stockpile" in pages["stop"]


def test_the_best_answers_of_a_study_are_those_of_its_comparison(race, pages):
    from sim.analysis.comparison import compare
    from sim.report.answers import ranking

    found = compare(str(race))
    ranked = ranking(found, "stop")
    by_loss = found.race.sort_values("loss", kind="stable")
    assert [a.name for a in ranked.answers] == list(by_loss.policy)
    assert all(a.loss.mean < 0.0 for a in ranked.best)
    for answer in ranked.best:
        assert words("en").money_range(answer.cost.mean, answer.cost.low, answer.cost.high) in pages["race"]


def test_tables_come_out_of_the_page_as_csv(pages):
    found = {}
    for name, address in re.findall(r'<a download="([^"]+)" href="([^"]+)"', pages["race"]):
        assert address.startswith("data:text/csv;charset=utf-8;base64,")
        text = base64.b64decode(address.partition("base64,")[2]).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        assert rows, name
        found[name] = rows
    assert {"stop-race.csv", "stop-metrics.csv", "stop-drawn.csv", "stop-prices.csv", "stop-differences.csv"} <= set(found)
    assert {r["policy"] for r in found["stop-race.csv"]} == {"empty", "store"}


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != "en"])
def test_other_languages_write_their_own_file_in_their_own_words(race, lang):
    if not has_font(lang):
        pytest.skip("no font on this machine has its characters")
    target = report(str(race), lang)
    assert target.name == f"briefing-{lang}.html"
    text = target.read_text(encoding="utf-8")
    assert f'<html lang="{lang}">' in text
    assert words(lang).label("briefing.best_answers") in text
    assert words(lang).label("briefing.original") in text
    assert words("en").label("briefing.best_answers") not in text


def test_a_briefing_asks_in_the_words_of_its_language_and_marks_those_that_have_none():
    file = {"title": "A stop", "titles": {"ja": "停止"}, "question": "Who?", "questions": {"ja": "誰が。"}}
    assert asked(file, words("ja")) == Asked("停止", "誰が。", is_original=False)
    assert asked(file, words("zh-Hant")) == Asked("A stop", "Who?", is_original=True)
    assert asked(file, words("en")) == Asked("A stop", "Who?", is_original=False)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere"], "no result there; give the folder of a run or of a study"),
        (["STOP", "--lang", "fr"], "language 'fr' is not there; write one of en, ja, zh-Hant"),
        (["STOP", "--out", "nowhere/page.html"], "give a file in a folder that exists"),
    ],
)
def test_what_cannot_be_reported_is_refused_in_one_line(stop, arguments, told):
    ended = CliRunner().invoke(app, ["report", *(str(stop) if a == "STOP" else a for a in arguments)])
    assert ended.exit_code == 2
    assert told in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_half_written_page_is_left_behind_by_nobody(stop, tmp_path):
    with pytest.raises(ResultError):
        report(str(stop), out=tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert not [p for p in stop.iterdir() if p.name.endswith(".part")]
