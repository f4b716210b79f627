"""Score: how many facts of history the model meets, by class and by family."""

from typing import Any

import numpy as np

from sim.figures.race import LINE, row_names
from sim.figures.style import COLOURS, INK, drawn, joined, page
from sim.figures.text import inches
from sim.language import Words, capital

VERDICTS = {"pass": COLOURS[0], "near": COLOURS[4], "fail": COLOURS[1]}
"""Verdicts that count, each with its colour."""
CLASSES = ("training", "seen", "test")


@drawn
def score(card: Any, told: str, width: float, say: Words) -> Any:
    """Facts passed, nearly passed and failed, as bars by class and by family; None if none is scored.

    Parameters
    ----------
    card : one row per fact with its ``family``, ``class`` and ``verdict``, as the score card keeps it
    told : where the card comes from
    """
    rows = card[card.verdict.isin(list(VERDICTS))]
    if not len(rows):
        return None
    classes = [c for c in CLASSES if (rows["class"] == c).any()]
    families = sorted(rows.family.unique(), key=lambda f: -int((rows.family == f).sum()))
    bars = [(_class_name(c, say), rows[rows["class"] == c]) for c in classes]
    bars += [(capital(say.named("family", f)), rows[rows.family == f]) for f in families]
    left = 0.3 + max(inches(name, 8.5) for name, _ in bars)
    gap = len(classes)
    key = [(say.label(f"figure.verdict_{v}"), colour) for v, colour in VERDICTS.items()]
    figure, axes = page(
        1, 1, _title(rows, classes, say), joined(say, say.label("figure.score_note"), told), width,
        height=LINE * (len(bars) + 1), left=left, key=key, above=0.15, foot=0.6,
    )  # fmt: skip
    axis = axes[0, 0]
    places = [-(n + (0.7 if n >= gap else 0.0)) for n in range(len(bars))]
    for y, (_name, mine) in zip(places, bars, strict=True):
        at = 0
        for verdict, colour in VERDICTS.items():
            count = int((mine.verdict == verdict).sum())
            axis.barh(y, count, left=at, color=colour, height=0.66)
            if count and count * (width - left) / len(rows) > 0.14:
                axis.text(at + count / 2, y, str(count), ha="center", va="center", fontsize=8, color=_on(verdict))
            at += count
    row_names(axis, [name for name, _ in bars])
    axis.set_yticks(places, [name for name, _ in bars])
    axis.set_ylim(min(places) - 0.6, 0.6)
    axis.set_xlabel(say.label("axis.facts"))
    return figure


def _on(verdict: str) -> str:
    return INK if verdict == "near" else "white"


def _class_name(name: str, say: Words) -> str:
    return capital(say.label(f"figure.facts_{name}"))


def _title(rows: Any, classes: list[str], say: Words) -> str:
    """How many pass, near and fail; and how many of those that nothing was fitted to."""
    count = {v: int((rows.verdict == v).sum()) for v in VERDICTS}
    told = {"facts": len(rows), "passed": count["pass"], "near": count["near"], "fail": count["fail"]}
    test = rows[rows["class"] == "test"]
    if not len(test) or len(classes) == 1:
        return str(say.sentence("figure.score", **told))
    passed = int(np.sum(test.verdict == "pass"))
    return str(say.sentence("figure.score_test", test=len(test), test_passed=passed, **told))
