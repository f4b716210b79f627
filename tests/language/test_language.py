"""Every language says the same things, and names whatever ships."""

import csv
import string
from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from sim.events import KINDS as EVENTS
from sim.language import LANGUAGES, LanguageError, fonts, words
from sim.metrics import METRICS
from sim.paired import PAIRED
from sim.policies import KINDS as POLICIES
from sim.records import RECORDS
from sim.scenario.faults import ScenarioError
from sim.scenario.load import load, parse, shipped_names
from sim.study.load import find_study, shipped_studies
from sim.study.schema import StudyFile
from sim.vocabulary import ELEMENTS
from sim.world.controls import BUDGET_LINES

WORLD = Path(__file__).parents[2] / "scenarios" / "worlds" / "rare_earths"


def column(table, name):
    with (WORLD / f"{table}.csv").open(encoding="utf-8") as file:
        return sorted({row[name] for row in csv.DictReader(file)})


def world():
    return YAML(typ="safe").load((WORLD / "world.yaml").read_text(encoding="utf-8"))


def places(pattern):
    return sorted({name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None})


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_has_the_same_keys_with_the_same_places(lang):
    english, other = LANGUAGES["en"], LANGUAGES[lang]
    assert list(english) == list(other)
    assert {k: places(p) for k, p in english.items() if not k.startswith("format.")} == {
        k: places(p) for k, p in other.items() if not k.startswith("format.")
    }


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_place_is_written_in_a_known_way(lang):
    written = words(lang)._written
    for key, pattern in LANGUAGES[lang].items():
        for _, name, how, _ in string.Formatter().parse(pattern):
            assert name is None or how.partition(":")[0] in written, key


@pytest.mark.parametrize(
    ("section", "names"),
    [
        ("record", list(RECORDS)), ("metric", [*METRICS, *PAIRED]), ("event_kind", list(EVENTS)), ("policy", list(POLICIES)),
        ("element", [*ELEMENTS, *world()["elements"]]), ("country", list(world()["countries"])),
        ("group", sorted({g for groups in world()["origin_groups"].values() for g in groups})),
        ("product", column("products", "product")), ("stage", column("products", "stage")),
        ("end_use", column("end_uses", "end_use")), ("kind", column("sites", "kind")), ("extent", column("sites", "extent")),
        ("status", column("sites", "status")), ("budget", list(BUDGET_LINES)),
        ("unit", sorted({m.unit for m in (*RECORDS.values(), *METRICS.values(), *PAIRED.values())})),
        ("axis", sorted({a for r in RECORDS.values() for a in r.axes})),
        ("number", sorted({n for k in EVENTS.values() for n, f in k.model_fields.items() if "Uncertain" in str(f.annotation)})),
    ],
)  # fmt: skip
def test_whatever_ships_has_a_label(section, names):
    assert [n for n in names if f"{section}.{n}" not in LANGUAGES["en"]] == []


def test_countries_of_the_shipped_world_are_called_in_english_as_the_world_calls_them():
    assert world()["countries"] == {c: words().label(f"country.{c}") for c in world()["countries"]}


@pytest.mark.parametrize("name", shipped_names())
def test_a_shipped_scenario_and_its_events_are_called_in_every_language(name):
    file = load(name, check=False).file
    others = set(LANGUAGES) - {"en"}
    assert set(file.titles) == others
    assert set(file.questions) == others
    for event in file.events:
        assert set(event.labels) == set(LANGUAGES), event.name
    for lang in LANGUAGES:
        labels = [e.labels[lang] for e in file.events]
        assert len(set(labels)) == len(labels), lang


@pytest.mark.parametrize("name", shipped_studies())
def test_a_shipped_study_asks_in_every_language(name):
    file = StudyFile.model_validate(YAML(typ="safe").load(find_study(name)))
    assert set(file.titles) == set(file.questions) == set(LANGUAGES) - {"en"}
    named = [*file.portfolios, *(p for p in file.policies if p.name not in ("", p.kind))]
    assert [a.name for a in named if set(a.labels) != set(LANGUAGES)] == []


def test_a_title_in_a_language_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(ScenarioError, match=r":2: titles: language 'fr' is not there; write one of en, ja, zh-Hant"):
        parse("title: a stop\ntitles: {fr: un arrêt}\nstart: 2024\nweeks: 8\n", None, "mine")


def test_a_world_that_calls_a_country_otherwise_keeps_its_own_name():
    assert words("ja").named("country", "CHN", "China") == "中国"
    assert words("ja").named("country", "CHN", "North") == "North"
    assert words("ja").named("product", "hill_concentrate") == "hill concentrate"


def test_dates_numbers_money_lists_and_counts_are_written_as_the_language_does():
    day = date(2010, 9, 21)
    assert [words(lang).day(day) for lang in LANGUAGES] == ["21\u00a0September\u00a02010", "2010年9月21日", "2010年9月21日"]
    assert [words(lang).money(1234.0) for lang in LANGUAGES] == ["USD\u00a01.23\u00a0billion", "12.3億ドル", "12.3億美元"]
    assert [words(lang).money_range(0.0, 0.0, 0.0) for lang in LANGUAGES] == ["USD\u00a00 (0 to 0)", "0ドル（0〜0）", "0美元（0至0）"]
    assert [words(lang).percent(12.3) for lang in LANGUAGES] == ["12\u00a0%", "12%", "12%"]
    assert words().list(["a", "b", "c"]) == "a, b and c"
    assert words("ja").list(["a", "b", "c"]) == "a、b、c"
    assert words()._written["plural"](1, "week:weeks") == "1\u00a0week"
    assert words()._written["plural"](3, "week:weeks") == "3\u00a0weeks"


def test_countries_have_their_article_inside_an_english_sentence():
    told = words().sentence("briefing.line", end_use="wind turbines", country="United States")
    assert told == "wind turbines in the United States"
    assert words().format_field(["Rest of the EU", "Japan"], "the") == "the rest of the EU and Japan"
    assert words("ja").within("米国") == "米国"
    for name in words()._articled:
        assert name in {label for key, label in LANGUAGES["en"].items() if key.startswith("country.")}


def test_an_unknown_language_is_one_clear_error():
    with pytest.raises(LanguageError, match=r"language 'fr' is not there; write one of en, ja, zh-Hant"):
        words("fr")


def test_the_best_font_there_is_taken_and_without_any_the_hint_says_what_to_install():
    assert fonts.chosen("en", []) == ["DejaVu Sans"]
    assert fonts.chosen("zh-Hant", ["Noto Sans CJK JP", "Noto Sans CJK TC"]) == ["Noto Sans CJK TC", "DejaVu Sans"]
    assert fonts.chosen("ja", ["WenQuanYi Zen Hei"]) == ["WenQuanYi Zen Hei", "DejaVu Sans"]
    with pytest.raises(LanguageError, match="fonts-noto-cjk"):
        fonts.chosen("ja", ["DejaVu Sans"])
