"""Names: what the figures call countries, goods, elements and events, in a language."""

from collections.abc import Mapping
from typing import Any

from sim.language import Words
from sim.result import Result


def country_name(result: Result, say: Words, code: str) -> str:
    """A country's name by its alpha-3 code; a world's own name for it stands."""
    return say.named("country", code, str(result.manifest["countries"].get(code, code)))


def group_name(result: Result, say: Words, group: str) -> str:
    """A group of countries of origin; a group of one country under its name."""
    return country_name(result, say, group) if group in result.manifest["countries"] else say.named("group", group)


def product_name(say: Words, product: str) -> str:
    """A product's name for readers."""
    return say.named("product", product)


def scenario_title(result: Result, say: Words) -> str:
    """The scenario's title in the language, else as it was written."""
    scenario = result.manifest["scenario"]
    return say.written(str(scenario["title"]), scenario.get("titles", {}))


def event_label(say: Words, name: str, kind: str, labels: dict[str, str]) -> str:
    """What an event is called: its label in the language, else in English, else the name given to it, else its kind."""
    written = say.written(labels.get("en", ""), labels)
    if written:
        return written
    return say.named("event_kind", kind) if name.rstrip("_0123456789") == kind else name.replace("_", " ")


def label_of(say: Words, event: dict[str, Any]) -> str:
    """The label of an event of a manifest."""
    return event_label(say, event["name"], event["kind"], event.get("labels", {}))


def answer_name(say: Words, answer: str, labels: Mapping[str, Mapping[str, str]]) -> str:
    """An answer of a study: its label, else its policies, with the numbers it sets, as in ``stockpile(target_days=60)``."""
    named, _, levers = answer.partition("(")
    name = say.written(
        say.label("figure.plus").join(say.named("policy", p.strip()) for p in named.split("+")), labels.get(named, {})
    )
    if not levers:
        return name
    told = [_lever(say, t.strip()) for t in levers.rstrip(")").split(",")]
    return say.sentence("figure.answer_with", answer=name, levers=told)


def _lever(say: Words, text: str) -> str:
    key, _, value = text.partition("=")
    if f"lever.{key}" in say.table:
        return say.sentence(f"lever.{key}", value=value)
    return text.replace("_", " ").replace("=", " ")


def scenario_name(say: Words, name: str, titles: Mapping[str, str]) -> str:
    """A scenario's title in the language, else in English, else its name without underscores."""
    return say.written(titles.get("en") or name.replace("_", " "), titles)


def uncertainty_name(say: Words, path: str, events: Mapping[str, dict[str, Any]]) -> str:
    """An uncertain number by its path: a parameter of the world, or a number of an event, whose entries are by name."""
    kind, _, name = path.partition(".")
    if kind == "parameters":
        return say.named("parameter", name)
    event, _, number = name.partition(".")
    called = label_of(say, events[event]) if event in events else event.replace("_", " ")
    return say.sentence("figure.uncertainty", event=called, number=say.named("number", number))


def named_target(result: Result) -> str | None:
    """The buyer that an event asked about names, if one does."""
    for event in result.manifest["scenario"]["events"]:
        named = event["selection"]["buyer_country"]
        if named and not event["background"]:
            return str(named[0])
    return None


def target(result: Result) -> str:
    """The buyer named by an event, else the largest importer by the number of goods it buys."""
    named = named_target(result)
    if named is not None:
        return named
    _values, labels = result.array("imports")
    buyers = [x[1] for x in labels if x[1] != result.manifest["exporter"]]
    return max(sorted(set(buyers)), key=buyers.count) if buyers else str(result.manifest["exporter"])
