"""Comparison: every figure of a comparison into a folder."""

from pathlib import Path

from sim.analysis.comparison import Comparison
from sim.figures.embargoer import embargoers_ledger
from sim.figures.race import answers, pareto, regret
from sim.figures.style import save

__all__ = ["COMPARED", "answers", "draw_comparison", "embargoers_ledger", "pareto", "regret"]
COMPARED = {"answers": answers, "pareto": pareto, "regret": regret, "ledger": embargoers_ledger}
"""Figures of a comparison by file name, each called ``(comparison, scenario, width, lang)``."""


def draw_comparison(found: Comparison, folder: Path, lang: str = "en") -> list[Path]:
    """Draw every figure of a comparison that has something to show, for each of its scenarios."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for pairs in found.pairs:
        for name, draw in COMPARED.items():
            figure = draw(found, pairs.scenario, lang=lang)
            if figure is not None:
                made += save(figure, folder / f"{name}-{pairs.scenario}")
    return made
