"""Names: what the figures call countries, goods, elements and events, in a language."""

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


def event_name(say: Words, kind: str) -> str:
    """What sort of event it is."""
    return say.named("event_kind", kind)


def answer_name(say: Words, answer: str) -> str:
    """An answer of a study: its policies, with the numbers it sets, as in ``stockpile(target_days=60)``."""
    named, _, levers = answer.partition("(")
    name = say.label("figure.plus").join(say.named("policy", p.strip()) for p in named.split("+"))
    if not levers:
        return name
    told = levers.rstrip(")").replace("_", " ").replace("=", " ").split(",")
    return say.sentence("figure.answer_with", answer=name, levers=[t.strip() for t in told])


def scenario_name(name: str) -> str:
    """A scenario's name without underscores."""
    return name.replace("_", " ")


def uncertainty_name(say: Words, path: str) -> str:
    """An uncertain number by its path: a parameter of the world, or a number of an event."""
    kind, _, name = path.partition(".")
    if kind == "parameters":
        return say.named("parameter", name)
    return name.replace(".", ": ").replace("_", " ")


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
