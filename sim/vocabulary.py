"""Words: the seventeen elements, how a world may group them, and the known word that another is most like."""

import difflib
from collections.abc import Iterable

ELEMENTS = (
    "La", "Ce", "Pr", "Nd", "Pm", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Sc", "Y",
)  # fmt: skip
"""The fifteen lanthanides with scandium and yttrium, by symbol. A selection may name any of them."""
LIKE = 0.6
"""Part of two words' letters that they share in order, from which one may be a slip of the other."""
PART = 4
"""Letters from which a word may be meant for the one name that holds it."""


def likest(word: str, names: Iterable[str]) -> str | None:
    """The name most like a word, whatever its capitals; None where none is."""
    plain = {name.lower(): name for name in names}
    given = word.lower()
    close = difflib.get_close_matches(given, plain, n=1, cutoff=LIKE)
    holding = [name for name in plain if given in name] if len(given) >= PART else []
    found = close or (holding if len(holding) == 1 else [])
    return plain[found[0]] if found else None
