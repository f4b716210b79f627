"""Drawing: every figure of a result into one folder."""

from pathlib import Path

import typer

from sim.result import open_result


def draw(folder: Path, out: Path | None) -> list[Path]:
    """Draw all figures a result has records for, as PNG and SVG; print where they lie."""
    from sim.figures import FIGURES
    from sim.figures.style import save

    result = open_result(folder)
    target = out if out is not None else folder / "figures"
    target.mkdir(parents=True, exist_ok=True)
    made = []
    for name, (needs, figure) in FIGURES.items():
        missing = [n for n in needs if n not in result.records]
        if missing:
            typer.echo(f"{name}: left out, the run did not keep {', '.join(missing)}")
            continue
        drawn = figure(result)
        if drawn is None:
            continue
        made += save(drawn, target / name)
        typer.echo(f"{target / name}.png")
    return made
