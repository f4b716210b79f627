"""Notebook: ``sim.Model``, a Mesa model of one replicate, with the same numbers as the batch."""

from pathlib import Path
from typing import Any

import mesa
import numpy as np

from sim.agents import KINDS
from sim.records import FULL, Recorder
from sim.runner import MOST_REPLICATES, chosen_policy, lasting, luck, make_world, whole
from sim.scenario.faults import ScenarioError
from sim.scenario.load import Scenario, load


class Model(mesa.Model):  # type: ignore[misc]
    """One replicate of a scenario; ``step()`` is one week, and after the last ``running`` is false.

    ``model.agents.select(lambda a: a.country == "JPN")`` and the rest of Mesa's ``AgentSet`` work as usual; agents are
    windows on the rows of the world, so what they read is what the week computed, and what they are given it computes with.

    Parameters
    ----------
    scenario : a Scenario, a path or a shipped name
    policy : name, mapping or Policy; the scenario's own if None
    seed, replicate : which random world, as in ``sim.run``; 0 or more
    weeks : horizon, 1 to 2600; the scenario's own if None

    Raises
    ------
    ScenarioError, WorldError
        With file, line and key; for an argument that cannot be used, with its name.
    """

    def __init__(
        self,
        scenario: str | Path | Scenario,
        policy: Any = None,
        seed: int = 0,
        replicate: int = 0,
        weeks: int | None = None,
    ) -> None:
        seed, weeks = luck(seed), lasting(weeks)
        replicate = whole("replicate", replicate, 0, MOST_REPLICATES - 1)
        super().__init__(seed=seed)
        self.scenario = load(scenario)
        self.horizon = weeks or self.scenario.file.weeks
        self.policy = chosen_policy(self.scenario, policy)
        self.number, self.replicate = seed, replicate
        self.world = make_world(self.scenario, [replicate], seed, self.horizon, self.policy)
        self.network = self.world.network
        self.recorder = Recorder(self.network, self.world.rows, FULL)
        self._kept: dict[str, list[np.ndarray]] = {n: [] for n in FULL}
        for row, site in enumerate(self.network.sites):
            KINDS[site.kind](self, row)

    @property
    def week(self) -> int:
        """Weeks run so far."""
        return self.world.week

    @property
    def date(self) -> Any:
        """Monday of the week to come."""
        return self.world.calendar.monday(self.week)

    def step(self) -> None:
        """Run one week and write its records down; raise ScenarioError after the last."""
        if self.week >= self.horizon:
            self.steps = self.week
            raise ScenarioError(f"all {self.horizon} weeks were run; give Model more weeks, or take its result()")
        self.world.step()
        self.running = self.week < self.horizon
        for name, values in self.recorder.week(self.world).items():
            self._kept[name].append(values.astype(np.float32))

    def run(self) -> Any:
        """Run to the horizon and return the result."""
        while self.week < self.horizon:
            self.step()
        return self.result()

    def result(self) -> Any:
        """What was written down so far, as a Result; raise ResultError before the first week."""
        from sim.result import Result
        from sim.store import ResultError, manifest_of

        if self.week == 0:
            raise ResultError("no week was run yet; call step() or run() before result()")
        manifest = manifest_of(self.scenario, self.policy, 1, self.number, self.week, FULL)
        manifest["effects"] = dict(self.world.effects)
        axes = {n: [list(x) for x in self.recorder.labels_of(n)] for n in FULL}
        arrays = {n: np.stack(v, axis=1) for n, v in self._kept.items() if v}
        return Result(manifest, axes, arrays=arrays)
