"""Pairs: runs of the paired worlds side by side, by scenario, draw and replicate."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.result import Result
from sim.store import ResultError
from sim.study_result import StudyResult

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass
class Pairs:
    """One scenario's worlds, each a frame of metrics whose rows are the same draws and replicates.

    ``worlds`` is keyed by world and policy: ("b0", "none"), ("b1", "none"), ("p", policy), ("p0", policy). ``made_of`` names the
    study with its digest, or the runs; ``titles`` are the scenario's by language,
    ``labels`` those of answers by name and language; ``incomplete`` says of answers how many of their pairs failed.
    """

    scenario: str
    worlds: dict[tuple[str, str], "pd.DataFrame"]
    exporter: str
    weeks: int
    probability: float | None = None
    owners: dict[str, list[str]] = field(default_factory=dict)
    ledger_note: str = ""
    made_of: str = ""
    titles: dict[str, str] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    incomplete: dict[str, int] = field(default_factory=dict)

    @property
    def policies(self) -> list[str]:
        return [policy for world, policy in self.worlds if world == "p"]

    @property
    def has_peace(self) -> bool:
        """Whether the answers were run without the event as well."""
        return ("b0", "none") in self.worlds

    @property
    def columns(self) -> list[str]:
        return list(self.worlds["b1", "none"].columns)

    @property
    def draws(self) -> Array:
        return self.worlds["b1", "none"].index.get_level_values("draw").to_numpy()

    @property
    def replicates(self) -> Array:
        return self.worlds["b1", "none"].index.get_level_values("replicate").to_numpy()

    def of(self, world: str, policy: str = "none") -> "pd.DataFrame":
        """A world's metrics; what does nothing is b1 with the event, and b0 without."""
        if policy == "none":
            world = {"p": "b1", "p0": "b0"}.get(world, world)
        return self.worlds[world, policy]

    def total(self, metric: str, countries: list[str] | None, world: str, policy: str, prefix: str = "") -> Array:
        """Sum of a metric over countries, all but the exporter if None, per pair.

        0 where no such country has any, missing where the metric was not computed.
        """
        frame = self.of(world, policy)
        if not any(c.startswith(f"{metric}.") for c in frame.columns):
            return np.full(len(frame), np.nan)
        start = f"{metric}.{prefix}"
        depth = start.count(".")
        names = [
            c for c in frame.columns
            if c.startswith(start) and c.count(".") == depth and self.counts(c.rsplit(".", 1)[1], countries)
        ]  # fmt: skip
        return frame[names].sum(axis=1, min_count=1 if names else 0).to_numpy(dtype=np.float64)

    def counts(self, country: str, countries: list[str] | None) -> bool:
        return country in countries if countries else country != self.exporter


def pairs_of_study(result: StudyResult) -> list[Pairs]:
    """Pairs of every scenario of a study."""
    runs = result.runs()
    weeks = {s["name"]: s["weeks"] for s in result.manifest["scenarios"]}
    titles = titles_in(result.manifest)
    found = []
    for entry in result.manifest["scenarios"]:
        here = runs[runs.scenario == entry["name"]].dropna(axis=1, how="all")
        if not len(here):
            raise ResultError(f"{entry['name']}: none of its runs in this study was completed; failures.json says why")
        owners = {a["name"]: owners_of(a["policies"], entry["exporter"]) for a in result.manifest["answers"]}
        worlds = _worlds(here, weeks[entry["name"]], list(owners))
        for world in ("b0", "b1"):
            if (world, "none") not in worlds:
                raise ResultError(f"{entry['name']}: none of its runs {world} was completed; failures.json says why")
        found.append(
            Pairs(
                entry["name"], worlds, entry["exporter"], weeks[entry["name"]],
                entry["probability"], owners, entry["ledger_note"],
                f"{result.manifest['study']} {result.manifest['digest']}", titles[entry["name"]],
                labels_in(result.manifest["answers"]), _incomplete(here, list(owners)),
            )
        )  # fmt: skip
    return found


def titles_in(manifest: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Titles of a study's scenarios by name and language; what it varies of one scenario is told them apart by."""
    found = {}
    for (name, file), choice in zip(files_in(manifest).items(), manifest["file"]["scenarios"], strict=True):
        own = f" ({choice['name'].replace('_', ' ')})" if choice.get("name") else ""
        found[name] = {lang: f"{title}{own}" for lang, title in titles_of(file).items()}
    return found


def files_in(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A study's scenarios with every key spelled out, by name."""
    from ruamel.yaml import YAML

    return {entry["name"]: YAML(typ="safe").load(entry["text"]) for entry in manifest["scenarios"]}


def labels_in(answers: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Labels of a study's answers by language, by their names without the numbers that levers set."""
    return {a["name"].partition("(")[0]: a["labels"] for a in answers}


def titles_of(file: dict[str, Any]) -> dict[str, str]:
    """Titles of a scenario file by language."""
    return {"en": file["title"], **(file.get("titles") or {})}


def owners_of(policies: list[dict[str, Any]], exporter: str) -> list[str]:
    """Countries that own an answer, alone or as members; none for what the exporter or nobody owns, or all the world provides for."""
    found: set[str] = set()
    for policy in policies:
        members = policy.get("members")
        if members == []:
            return []
        found |= {c for c in (policy.get("country"), policy.get("host"), *(members or [])) if c and c != exporter}
    return sorted(found)


def _incomplete(runs: "pd.DataFrame", answers: list[str]) -> dict[str, int]:
    """Of each answer that lacks any, how many of the pairs there are it lacks."""
    count = {key: len(group) for key, group in runs.groupby(["world", "policy"])}
    most = max(count.values(), default=0)
    least = {a: min(count.get((w, a), 0) for w in ("p", "p0")) for a in answers}
    least["none"] = min(count.get((w, "none"), 0) for w in ("b0", "b1"))
    return {a: most - n for a, n in least.items() if n < most}


def _worlds(runs: "pd.DataFrame", weeks: int, answers: list[str]) -> dict[tuple[str, str], "pd.DataFrame"]:
    """Worlds by name and answer; those of an answer of which one was completed nowhere are all missing."""
    metrics = [c for c in runs.columns if "." in c]
    rows = runs[["draw", "replicate"]].drop_duplicates().sort_values(["draw", "replicate"])
    import pandas as pd

    index = pd.MultiIndex.from_frame(rows)
    found = {}
    for (world, policy), group in runs.groupby(["world", "policy"], sort=False):
        frame = group.set_index(["draw", "replicate"])[metrics]
        found[str(world), str(policy)] = _censored(frame, weeks).reindex(index)
    nothing = pd.DataFrame(np.nan, index=index, columns=metrics)
    for answer in answers:
        if ("p", answer) in found:
            found.setdefault(("p0", answer), nothing)
    return found


def _censored(frame: "pd.DataFrame", weeks: int) -> "pd.DataFrame":
    """What was never seen counts as the horizon: a stop that never came, a recovery that was cut off."""
    never = [c for c in frame.columns if c.startswith("first_stop.")]
    frame = frame.copy()
    frame[never] = frame[never].fillna(float(weeks))
    return frame


def pairs_of_runs(results: list[Result]) -> list[Pairs]:
    """Pairs of runs of one scenario under several policies, of which one is none."""
    first = results[0].manifest
    owners = {}
    found = {}
    for result in results:
        m = result.manifest
        for key in ("scenario_name", "seed", "replicates", "weeks", "world_hash"):
            if m[key] != first[key]:
                raise ResultError(
                    f"{key} differs between the results ({first[key]} and {m[key]}); compare runs of the same worlds"
                )
        world = ("b1" if m["policy"] == "none" else "p", str(m["policy"]))
        if world in found:
            raise ResultError(f"policy {m['policy']!r} stands twice; give each once")
        table = result.metrics().assign(draw=0).set_index(["draw", "replicate"]).drop(columns=["scenario", "policy"])
        found[world] = _censored(table, m["weeks"])
        chosen = m["scenario"]["policy"]
        owners[str(m["policy"])] = owners_of(chosen.get("portfolio", [chosen]), m["exporter"])
    if ("b1", "none") not in found:
        raise ResultError("none of the results is without policy; run the scenario with --policy none as well")
    made_of = ", ".join(r.manifest["run_id"] for r in results)
    titles = titles_of(first["scenario"])
    return [Pairs(first["scenario_name"], found, first["exporter"], first["weeks"], None, owners, "", made_of, titles)]
