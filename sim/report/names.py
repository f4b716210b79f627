"""Names: a world's countries, goods, plants, lines and answers in the words of a language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.analysis.pairs import labels_in
from sim.language import Words
from sim.policies import KINDS as POLICIES
from sim.report.told import Telling, policy_of
from sim.scenario.world import World


@dataclass(frozen=True)
class Asked:
    """Title and question of a scenario or study, and whether they stand in its author's own words for want of others."""

    title: str
    question: str
    is_original: bool


def asked(file: Mapping[str, Any], words: Words) -> Asked:
    """What a scenario or study asks, by its file, in a language where it gives it."""
    title, question = (words.written(file[one], file.get(f"{one}s", {})) for one in ("title", "question"))
    return Asked(title, question, words.lang != "en" and words.lang not in file.get("titles", {}))


class Names:
    """Words for the names of one world, and for the answers of one study.

    Parameters
    ----------
    words : the language
    countries : the world's own names by code
    world : for the names of plants; without it a plant's key is shown
    answers : policies of every answer as a study's manifest has them
    """

    def __init__(
        self, words: Words, countries: dict[str, str], world: World | None = None, answers: list[dict[str, Any]] | None = None
    ) -> None:
        self.words, self.countries = words, countries
        self.plants = _plants(world) if world is not None else {}
        self.answers = {a["name"]: a["policies"] for a in answers or []}
        self.labels = labels_in(answers or [])
        self.telling = Telling(words, self)

    def __call__(self, section: str, name: str) -> str:
        if section == "country":
            return self.words.named(section, name, self.countries.get(name, ""))
        if section == "site":
            return self.plants.get(name, name.replace("_", " "))
        if section == "measure":
            return self.words.named("event_kind", name)
        return self.words.named(section, name)

    def line(self, country: str, end_use: str) -> str:
        """Makers of an end use in a country."""
        return self.words.sentence(
            "briefing.line", end_use=self("end_use", end_use), country=self("country", country)
        )

    def answer(self, name: str) -> str:
        """An answer's name: its kind in words, with what sets it apart."""
        kinds = [str(p["kind"]) for p in self.answers.get(name, [])]
        base, _, varied = name.partition("(")
        told = self.words.written(self.words.label(f"policy.{base}", ""), self.labels.get(base, {}))
        if not told and len(kinds) == 1:
            told = self.words.sentence("briefing.answer_named", kind=self.words.named("policy", kinds[0]), name=base)
        elif not told and kinds:
            told = self.words.sentence("briefing.answer_together", name=base)
        levers = [self._lever(part) for part in re.split(r", *", varied.rstrip(")")) if part]
        told = told or base.replace("_", " ")
        return self.words.sentence("briefing.answer_levers", name=told, levers=levers) if levers else told

    def _lever(self, text: str) -> str:
        key, _, value = text.partition("=")
        if f"lever.{key}" in self.words.table:
            return self.words.sentence(f"lever.{key}", value=value)
        return f"{key.replace('_', ' ')} {value}"

    def does(self, name: str) -> str:
        """What an answer does, in sentences."""
        told = [self.telling.policy(policy_of(p)) for p in self.answers.get(name, []) if p["kind"] in POLICIES]
        return self.words.label("briefing.between_policies").join(told)


def _plants(world: World) -> dict[str, str]:
    found = {str(r["site"]): str(r["title"]) for r in world.tables["sites"]}
    return found | {str(r["project"]): str(r["title"]) for r in world.tables["projects"]}
