"""Drawing: every figure of a result into one folder."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sim.language import words
from sim.result import Result, open_result
from sim.scenario.load import Scenario
from sim.store import ResultError, unwritable

if TYPE_CHECKING:
    import pandas as pd


def draw(folder: Path, out: Path | None, lang: str = "en") -> list[Path]:
    """Draw all figures a result has records for, as PNG and SVG, in a language; print where they lie."""
    from sim.figures import FIGURES
    from sim.figures.style import save

    legible(lang)
    result = open_result(folder)
    target = out if out is not None else folder / "figures"
    if target.exists() and not target.is_dir():
        raise ResultError(f"{target}: is a file; give a folder")
    drawn, left_out = {}, []
    for name, (needs, figure) in FIGURES.items():
        missing = [n for n in needs if n not in result.records]
        if missing:
            left_out.append(f"{name}: left out, the run did not keep {', '.join(missing)}")
            continue
        shown = figure(result, lang=lang)
        if shown is not None:
            drawn[name] = shown
        else:
            left_out.append(f"{name}: left out, {words().label(f'figure.none_{name}')}")
    if not drawn:
        raise ResultError(
            f"{folder}: no figure can be drawn from the records it keeps ({', '.join(result.records)}); run it with --records full, "
            f"or with those of a figure, such as {','.join(FIGURES['shortages'][0])}"
        )
    made = []
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name, shown in drawn.items():
            made += save(shown, target / name)
    except OSError as fault:
        raise unwritable(target, fault) from None
    for line in [*left_out, *(f"{target / name}.png" for name in drawn)]:
        typer.echo(line)
    return made


def legible(lang: str) -> None:
    """Raise LanguageError for a language that is not there, or that no font on this machine can write."""
    from sim.language.fonts import families

    words(lang)
    families(lang)


def draw_ablation(table: "pd.DataFrame", scenario: Scenario, replicates: int, seed: int, out: Path, lang: str) -> None:
    """The figure of an ablation beside its table."""
    from sim.figures.ablation import ablation

    told: dict[str, Any] = {
        "scenario": words(lang).written(scenario.file.title, scenario.file.titles), "replicates": replicates, "seed": seed,
        "events": {e.name: (e.kind, e.labels) for e in scenario.file.events},
    }  # fmt: skip
    _beside(ablation(table, told, lang=lang), out)


def draw_ledger(rows: list[dict[str, Any]], event: Result, out: Path, lang: str) -> None:
    """The figure of a ledger beside its table."""
    import pandas as pd

    from sim.figures.embargoer import ledger_of_runs

    _beside(ledger_of_runs(pd.DataFrame(rows), event, lang=lang), out)


def _beside(figure: Any, table: Path) -> None:
    from sim.figures.style import save

    if figure is not None:
        for path in save(figure, table.with_suffix("")):
            typer.echo(str(path))
