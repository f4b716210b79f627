"""Explaining: which uncertainty drives which metric, run where it was not run yet, as tables and a figure."""

import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from rich.table import Table

from sim.analysis.sensitivity import sensitivity
from sim.faces.drawing import legible
from sim.faces.studying import watched
from sim.folder import Folder
from sim.scenario.faults import ScenarioError
from sim.study.load import Study, load_study, prepared
from sim.study_result import StudyResult

if TYPE_CHECKING:
    import pandas as pd

USUAL_DRAWS = {"morris": 10, "sobol_indices": 64}
"""Trajectories, or base number of draws, where a study does not say."""
STRONGEST, METRICS = 5, 8
"""Uncertainties shown per metric, and metrics per scenario, in the terminal; the file holds all."""


def show_sensitivity(
    source: str,
    method: str | None,
    draws: int | None,
    replicates: int | None,
    workers: int,
    out: str | None,
    quick: bool,
    lang: str = "en",
) -> None:
    """Run a study's design for sensitivity, or read it where it was run, and print what drives what."""
    try:
        import SALib  # noqa: F401
    except ImportError:
        raise ScenarioError("sensitivity needs SALib; pip install '.[sensitivity]' in the folder of Ytterby") from None
    legible(lang)
    if Path(source).is_dir() or "://" in source:
        given = [name for name, value in (("--method", method), ("--draws", draws), ("--replicates", replicates)) if value is not None]
        if given or quick:
            raise ScenarioError(
                f"{source} is a finished study; {', '.join([*given, *(['--quick'] if quick else [])])} would need another run: "
                "give the study's file or name instead"
            )
        result = StudyResult(source)
    else:
        study = for_sensitivity(load_study(source), method, draws)
        result = watched(study, out or _folder(study, quick), replicates, workers, "processes", quick)
    table = sensitivity(result)
    folder = Folder(f"{result.folder.address}/sensitivity")
    write(table, result.manifest, folder, lang)
    console = Console(width=max(Console().width, 110))
    design = result.manifest["file"]["vary"]["design"]
    console.print(f"[bold]{result.manifest['file']['title']}[/bold], {'Morris' if design == 'morris' else 'Sobol'}")
    for scenario in table.scenario.unique() if len(table) else []:
        print_strongest(table[(table.scenario == scenario) & (table.effect == "event")], scenario, console)
    console.print(f"all effects and metrics in {folder.address}", highlight=False)


def _folder(study: Study, quick: bool) -> str:
    return str(Path("results") / (study.name + ("-quick" if quick else "")))


def for_sensitivity(study: Study, method: str | None, draws: int | None) -> Study:
    """The study with a design for sensitivity, without answers where its own design is another."""
    vary = study.file.vary
    if not vary.uncertainties:
        raise study.error(("vary",), "nothing is uncertain; write vary: {uncertainties: {PATH: [low, high]}}")
    own = vary.design if vary.design in USUAL_DRAWS else None
    design = method or own or "morris"
    if design not in USUAL_DRAWS:
        raise ScenarioError(f"method {design!r} is not known; write morris or sobol_indices")
    if design == own and draws in (None, vary.draws):
        return study
    changed = vary.model_copy(update={"design": design, "draws": draws or USUAL_DRAWS[design], "levers": {}})
    file = study.file.model_copy(update={"vary": changed, "policies": [], "portfolios": []})
    return prepared(replace(study, file=file, name=f"{study.name}-{design}", notes=[]))


def write(table: "pd.DataFrame", manifest: dict[str, Any], folder: Folder, lang: str = "en") -> None:
    """The whole table as CSV and Parquet, and the figure."""
    folder.write("sensitivity.csv", table.to_csv(index=False).encode())
    sink = io.BytesIO()
    table.to_parquet(sink, index=False)
    folder.write("sensitivity.parquet", sink.getvalue())
    if folder.is_local and len(table):
        from sim.figures.sensitivity import draw_sensitivity

        draw_sensitivity(table, manifest, Path(folder.path("")), lang)


def print_strongest(table: "pd.DataFrame", scenario: str, console: Console) -> None:
    """The strongest uncertainties of the metrics that move most."""
    shown = Table(title=f"{scenario}: what drives the event's effect (strength, 90 % interval)", title_justify="left")
    for column in ("metric", "of", "uncertainty", "strength", "±", "share of the sum"):
        shown.add_column(column, justify="left" if column in ("metric", "of", "uncertainty") else "right")
    for metric in table.metric.unique()[:METRICS]:
        rows = table[table.metric == metric]
        label = rows.groupby("label").strength.sum().idxmax()
        rows = rows[rows.label == label]
        total = float(np.abs(rows.strength).sum())
        for n, (_, r) in enumerate(rows[:STRONGEST].iterrows()):
            named = (metric, label) if n == 0 else ("", "")
            share = f"{100 * r.strength / total:.0f} %" if total else "-"
            shown.add_row(*named, r.uncertainty, f"{r.strength:.3g}", f"{r.half_width:.2g}", share)
    console.print(shown)
