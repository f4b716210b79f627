"""Drawing: every figure of a result into one folder."""

from pathlib import Path

import typer

from sim.language import words
from sim.result import open_result
from sim.store import ResultError


def draw(folder: Path, out: Path | None, lang: str = "en") -> list[Path]:
    """Draw all figures a result has records for, as PNG and SVG, in a language; print where they lie."""
    from sim.figures import FIGURES
    from sim.figures.style import save
    from sim.language.fonts import families

    words(lang)
    families(lang)
    result = open_result(folder)
    target = out if out is not None else folder / "figures"
    if target.exists() and not target.is_dir():
        raise ResultError(f"{target}: is a file; give a folder")
    drawn = {}
    for name, (needs, figure) in FIGURES.items():
        missing = [n for n in needs if n not in result.records]
        if missing:
            typer.echo(f"{name}: left out, the run did not keep {', '.join(missing)}")
            continue
        shown = figure(result, lang=lang)
        if shown is not None:
            drawn[name] = shown
    target.mkdir(parents=True, exist_ok=True)
    made = []
    for name, shown in drawn.items():
        made += save(shown, target / name)
        typer.echo(f"{target / name}.png")
    return made
