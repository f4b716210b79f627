"""Events and policies in words: English says what their own effect says, and no kind is left without a sentence."""

import re
from datetime import date
from functools import cache

import pytest
from ruamel.yaml import YAML

from sim.events import KINDS as EVENTS
from sim.language import LANGUAGES, words
from sim.policies import KINDS as POLICIES
from sim.report.told import ANSWERS, Telling, in_file, policy_of
from sim.report.told import EVENTS as TOLD
from sim.scenario.load import load, shipped_names
from sim.scenario.world import shipped_folder


@cache
def shipped_events():
    return [(name, event) for name in shipped_names() for event in load(name, check=False).file.events]


@cache
def shipped_policies():
    found = [(name, policy) for name in shipped_names() for policy in load(name, check=False).file.policy.together()]
    for path in sorted((shipped_folder() / "studies").glob("*.yaml")):
        file = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        together = [p for portfolio in file.get("portfolios", []) for p in portfolio["policies"]]
        given = [p for p in (*(file.get("policies") or ()), *together) if isinstance(p, dict) and p.get("kind") in POLICIES]
        found += [(path.stem, policy_of(p)) for p in given]
    return found


def test_every_kind_has_a_sentence_in_every_language():
    assert set(TOLD) == set(EVENTS)
    assert set(ANSWERS) == set(POLICIES)


def with_days_in_words(text):
    """A text that has days as scenario files write them, with days as English writes them."""
    return re.sub(r"\d{4}-\d\d-\d\d", lambda d: words("en").day(date.fromisoformat(d[0])), text)


def test_events_are_told_in_english_as_explain_tells_them():
    telling = Telling(words("en"), in_file)
    for scenario, event in shipped_events():
        assert (scenario, telling.event(event)) == (scenario, with_days_in_words(event.effect()))


def test_policies_are_told_in_english_as_explain_tells_them():
    telling = Telling(words("en"), in_file)
    for where, policy in shipped_policies():
        assert (where, telling.policy(policy)) == (where, with_days_in_words(policy.effect()))


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != "en"])
def test_other_languages_tell_the_same_numbers(lang):
    telling, english = Telling(words(lang), in_file), Telling(words("en"), in_file)

    months = {words("en").label(f"month.{n}"): str(n) for n in range(1, 13)}

    def digits(text):
        """Digits of a text; a month counts by its number."""
        return sorted(c for c in re.sub("|".join(months), lambda m: months[m[0]], text) if c.isdigit())

    for _, event in shipped_events():
        assert digits(telling.event(event)) == digits(english.event(event))
    for _, policy in shipped_policies():
        assert digits(telling.policy(policy)) == digits(english.policy(policy))
