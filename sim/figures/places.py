"""Places: names of countries, as the manifest has them."""

from sim.result import Result


def country_name(result: Result, code: str) -> str:
    """A country's name for readers, by its alpha-3 code."""
    return str(result.manifest["countries"][code])
