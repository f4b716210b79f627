"""Study result: the folder of a study, as tables; runs, varied numbers, series and fans over all runs."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.folder import Folder
from sim.metrics import spread
from sim.store import ResultError, must_be_whole

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 2
"""Version of a study folder's layout."""
MANIFEST = {
    "study": str, "digest": str, "runs": int, "file": dict, "scenarios": list, "answers": list, "worlds": list, "draws": dict,
    "keep": list, "metrics": list, "periods": dict, "replicates": int, "seed": int,
}  # fmt: skip
"""Keys of a study's manifest and their kinds, without which it is damaged."""
KEYS = ("scenario", "world", "policy", "replicate", "draw")
"""What names a run, beside its number."""


def holds_study(folder: Folder) -> bool:
    """Whether the manifest of a folder is that of a study, or of a run; raise ResultError if it is neither's."""
    try:
        return bool(json.loads(folder.read("manifest.json")).get("kind") == "study")
    except (ValueError, AttributeError):
        raise ResultError(f"{folder.path('manifest.json')}: is damaged; run the study or the scenario again, into a new folder") from None


def study_manifest(folder: Folder) -> dict[str, Any]:
    """Manifest of a finished study; raise ResultError if it is none, damaged or of another version."""
    place = f"{folder.address}: manifest.json"
    try:
        found = json.loads(folder.read("manifest.json"))
    except ValueError:
        raise ResultError(f"{place}: not readable as JSON; run the study anew") from None
    if not isinstance(found, dict) or found.get("kind") != "study":
        raise ResultError(f"{folder.address}: holds the result of a run, not of a study; give another folder")
    must_be_whole(found, place, FORMAT, MANIFEST, "run the study anew", "run the study anew")
    return found


class StudyResult:
    """A finished study: its manifest, one row per run, its series.

    ``runs()`` is a data frame; ``series("price_fob", policy="none")`` a tidy table; ``fan`` quantiles over runs.
    """

    def __init__(self, address: str | Path) -> None:
        self.folder = Folder(address)
        if not self.folder.exists("manifest.json"):
            begun = self.folder.exists("plan.json")
            remedy = "give the study's command again to finish it" if begun else "give the folder of a study"
            raise ResultError(f"{address}: no finished study there; {remedy}")
        self.manifest = study_manifest(self.folder)

    def __repr__(self) -> str:
        m = self.manifest
        return f"<StudyResult {m['study']} {m['runs']} runs {m['digest']}>"

    @property
    def failures(self) -> list[dict[str, Any]]:
        """Runs that failed, each with its traceback."""
        if not self.folder.exists("failures.json"):
            return []
        return list(json.loads(self.folder.read("failures.json")))

    def columns(self) -> list[str]:
        """Names of the columns of ``runs``."""
        import pyarrow.parquet as pq

        return list(pq.read_schema(self.folder.source("runs.parquet")).names)

    def runs(self, columns: list[str] | None = None) -> "pd.DataFrame":
        """One row per run: scenario, world, policy, replicate, draw, and metrics, or those of them that are named."""
        import pyarrow.parquet as pq

        chosen = None if columns is None else ["run", *KEYS, *columns]
        frame: pd.DataFrame = pq.read_table(self.folder.source("runs.parquet"), columns=chosen).to_pandas()
        return frame

    def draws(self) -> "pd.DataFrame":
        """The varied numbers, one row per draw."""
        import pyarrow.parquet as pq

        frame: pd.DataFrame = pq.read_table(self.folder.source("draws.parquet")).to_pandas()
        return frame

    def _files(self, record: str, scenario: str) -> list[str]:
        names = [n for n in self.folder.names(f"series/{record}") if n.rsplit("/", 1)[1][:-24] == scenario]
        if not names:
            kept = ", ".join(k["record"] for k in self.manifest["keep"])
            raise ResultError(f"{self.folder.address}: no {record!r} of {scenario!r} was kept; kept are {kept}")
        return names

    def labels(self, record: str, scenario: str | None = None) -> list[str]:
        """Labels of a record's rows, joined by bars."""
        import pyarrow.parquet as pq

        name = self._files(record, scenario or self.manifest["scenarios"][0]["name"])[0]
        return list(pq.read_schema(self.folder.source(name)).names[2:])

    def array(
        self, record: str, label: str, scenario: str | None = None, **where: Any
    ) -> tuple[np.ndarray, "pd.DataFrame"]:
        """One series over all runs that match, (run, period), and the rows of ``runs`` they belong to."""
        import pyarrow.parquet as pq

        name = scenario or self.manifest["scenarios"][0]["name"]
        if label not in self.labels(record, name):
            raise ResultError(f"{record} has no row {label!r}; its rows are {', '.join(self.labels(record, name))}")
        periods = len(self.manifest["periods"][name])
        tables = [pq.read_table(self.folder.source(n), columns=["run", label]) for n in self._files(record, name)]
        values = np.concatenate([t[label].to_numpy() for t in tables]).reshape(-1, periods)
        numbers = np.concatenate([t["run"].to_numpy()[::periods] for t in tables])
        rows = self.runs([]).set_index("run").loc[numbers]
        keep = np.ones(len(rows), dtype=bool)
        for key, value in where.items():
            keep &= rows[key].isin([value] if isinstance(value, (str, int)) else list(value)).to_numpy()
        return values[keep], rows[keep].reset_index()

    def fan(
        self, record: str, label: str, scenario: str | None = None, quantiles: Any = (0.05, 0.25, 0.5, 0.75, 0.95),
        **where: Any,
    ) -> "pd.DataFrame":  # fmt: skip
        """Quantiles of one series over all runs that match, by date."""
        import pandas as pd

        name = scenario or self.manifest["scenarios"][0]["name"]
        values, _ = self.array(record, label, name, **where)
        levels = [float(q) for q in quantiles]
        bands = spread(values, levels)
        dates = pd.to_datetime(self.manifest["periods"][name])
        return pd.DataFrame(bands.T, index=pd.Index(dates, name="date"), columns=levels)

    def series(self, record: str, scenario: str | None = None, **where: Any) -> "pd.DataFrame":
        """Tidy table of a record: the keys of a run, date, label, value."""
        import pandas as pd

        name = scenario or self.manifest["scenarios"][0]["name"]
        dates = pd.to_datetime(self.manifest["periods"][name])
        frames = []
        for label in self.labels(record, name):
            values, rows = self.array(record, label, name, **where)
            keys = rows.loc[rows.index.repeat(len(dates)), ["run", *KEYS]].reset_index(drop=True)
            frames.append(keys.assign(date=np.tile(dates, len(rows)), label=label, value=values.reshape(-1)))
        return pd.concat(frames, ignore_index=True)
