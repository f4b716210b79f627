"""Predictions: scenarios of 2025 and 2026 run once with the accepted sets, their bands kept as they come.

Run by ``make predictions``. Only inputs of those years are known to the model; nothing here is compared or fitted.
"""

import sys
from dataclasses import replace
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import pandas as pd

import sim
from sim.events.event import Uncertain
from sim.figures import FIGURES

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "validation" / "predictions"
SCENARIOS = ("licence_desk_2025", "dual_use_japan_2026", "myanmar_stop")
OXIDES = ("la_oxide", "ndpr_oxide", "sm_oxide", "eu_oxide", "gd_oxide", "tb_oxide", "dy_oxide", "y_oxide")
COUNTRIES = ("JPN", "USA", "DEU", "KOR")
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
REMEMBERED = ("ndpr_oxide", "tb_oxide", "dy_oxide")
"""Oxides that were dearer in the years before 2024, by what the world's table says."""
MADE_OF = ("scenario_name", "run_id", "replicates", "seed", "code_hash", "world_hash")


def monthly(band: pd.DataFrame, record: str, label: str) -> pd.DataFrame:
    """Mean of each month's weeks, one row per month, label and quantile."""
    month = band["date"].dt.strftime("%Y-%m")
    means = band.groupby([month, band[label].astype(str), "quantile"], observed=True)["value"].mean().reset_index()
    return means.rename(columns={"date": "month", label: "of"}).assign(record=record)


def predict(name: str, replicates: int) -> dict[str, object]:
    """Run a scenario, write its bands and its two main figures; what it was made of."""
    result = sim.run(name, replicates=replicates, records="full")
    tables = [
        monthly(result.band(record, QUANTILES, product=list(OXIDES), country="CHN"), record, "product")
        for record in ("price_domestic_net", "price_fob")
    ]
    stops = result.series("line_stop", country=list(COUNTRIES))
    stops = stops.groupby(["replicate", "date", "country"], observed=True)["value"].sum().reset_index()
    band = stops.groupby(["date", "country"], observed=True)["value"].quantile(list(QUANTILES)).reset_index()
    band = band.rename(columns={"level_2": "quantile"})
    tables.append(monthly(band, "line_stop", "country"))
    columns = ["record", "of", "month", "quantile", "value"]
    table = pd.concat(tables)[columns].round({"value": 4})
    table.to_csv(FOLDER / f"{name}.csv", index=False, lineterminator="\n")
    for figure in ("prices", "shortages"):
        FIGURES[figure][1](result, 11.0, "en").savefig(FOLDER / f"{name}-{figure}.png", dpi=70)
    return {key: result.manifest[key] for key in MADE_OF}


def by_memory(name: str, replicates: int) -> pd.DataFrame:
    """Peaks of FOB prices where sellers remember nothing of 2021 to 2023, and where they remember all.

    Over the mean of the 52 weeks before the first event that is not background, and in USD/kg; median and 90 % band.
    """
    tables = []
    scenario = sim.load(name)
    for share in (0.0, 1.0):
        numbers = {**scenario.file.parameters, "remembers": Uncertain(low=share, mode=share, high=share)}
        file = scenario.file.model_copy(update={"parameters": numbers})
        result = sim.run(replace(scenario, file=file), replicates=replicates, records=["price_fob"])
        weekly = result.series("price_fob", product=list(REMEMBERED), country="CHN")
        highest = weekly.groupby(["replicate", "product"], observed=True)["value"].max()
        over = result.metrics().filter(like="peak_over_base.").rename(columns=lambda c: c.partition(".")[2])[list(REMEMBERED)]
        for what, values in (("highest week, USD/kg", highest.unstack()), ("over base", over)):
            band = values.quantile([0.05, 0.5, 0.95]).T
            band.columns = ["low", "median", "high"]
            tables.append(band.rename_axis("of").reset_index().assign(scenario=name, remembers=share, peak=what))
    return pd.concat(tables)[["scenario", "of", "peak", "remembers", "low", "median", "high"]]


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    replicates = int(sys.argv[1]) if len(sys.argv) > 1 else 64
    made_of = pd.DataFrame([predict(name, replicates) for name in SCENARIOS])
    if made_of["code_hash"].nunique() > 1:
        raise SystemExit("code changed while scenarios ran; run again")
    memory = pd.concat([by_memory(name, replicates) for name in SCENARIOS]).sort_values(["scenario", "peak", "of", "remembers"])
    memory.round(3).to_csv(FOLDER / "memory.csv", index=False, lineterminator="\n")
    made_of.to_csv(FOLDER / "made_of.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
