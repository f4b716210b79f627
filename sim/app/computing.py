"""Computing: a scenario run with a bar on the page, and what a visitor's last two runs were."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st

from sim.analysis.beside import NEEDED
from sim.app.pictures import RECORDS
from sim.faces.reporting import briefing_of
from sim.history.seen import records_seen
from sim.history.tables import History, read_history
from sim.language import Words
from sim.result import Result
from sim.runner import run
from sim.scenario.load import Scenario
from sim.world.network import Network

Key = tuple[str, int, int, int]
BAR_STEPS = 25
"""Steps in which a bar grows; each is a message to the visitor's browser."""


@dataclass
class Done:
    """A run that was made: what was asked, what came out, and what was drawn of it so far."""

    scenario: Scenario
    replicates: int
    seed: int
    weeks: int
    result: Result
    drawn: dict[tuple[str, ...], str] = field(default_factory=dict)
    briefings: dict[str, bytes] = field(default_factory=dict)

    @property
    def key(self) -> "Key":
        """What decides its numbers."""
        return key_of(self.scenario, self.replicates, self.seed, self.weeks)

    @property
    def name(self) -> str:
        """What its file is called when it is taken away."""
        return f"{self.scenario.name}_asked"

    @property
    def command(self) -> str:
        """The command that runs its file to the same numbers."""
        fewer = f" --weeks {self.weeks}" if self.weeks != self.scenario.file.weeks else ""
        return f"ytterby run {self.name}.yaml --replicates {self.replicates} --seed {self.seed}{fewer}"


def key_of(scenario: Scenario, replicates: int, seed: int, weeks: int) -> Key:
    """What decides the numbers of a run."""
    return scenario.text(), replicates, seed, weeks


@st.cache_resource(show_spinner=False, max_entries=4)
def network(_scenario: Scenario, folder: str, start: str, changed: float) -> Network:
    """The balanced start of a world, shared by all visitors; nothing in a run writes to it."""
    return _scenario.network()


def stand(scenario: Scenario, say: Words) -> None:
    """Give a scenario its world's balanced start, from what is kept."""
    folder = scenario.world_folder()
    changed = max((p.stat().st_mtime for p in folder.glob("*") if p.is_file()), default=0.0)
    with st.spinner(say.label("app.balancing")):
        scenario.network_cache = network(scenario, str(folder), scenario.start_name, changed)


def history_of(scenario: Scenario) -> History | None:
    """What was seen in the scenario's world, where it tells of it."""
    folder = scenario.world_folder()
    return read_history(folder) if (folder / "history").is_dir() else None


def computed(scenario: Scenario, replicates: int, seed: int, weeks: int, say: Words) -> Done:
    """Run in memory, with a bar on the page; a visitor who changes something meanwhile ends it."""
    history = history_of(scenario)
    records = sorted({*RECORDS, *NEEDED, *(records_seen(history) if history is not None else ())})
    result = _with_bar(scenario, replicates, seed, weeks, say, records, None)
    return Done(scenario, replicates, seed, weeks, result)


def briefed(done: Done, say: Words) -> bytes:
    """The briefing of a run that was made: run once more with every record, into a folder that is gone afterwards."""
    if say.lang not in done.briefings:
        with tempfile.TemporaryDirectory(prefix="ytterby-") as place:
            folder = Path(place) / done.scenario.name
            _with_bar(done.scenario, done.replicates, done.seed, done.weeks, say, "full", folder)
            with st.spinner(say.label("app.writing")):
                again = [
                    f"{done.command} --out results/{done.name}",
                    f"ytterby report results/{done.name} --lang {say.lang}",
                ]
                done.briefings[say.lang] = briefing_of(folder, say.lang, again)
    return done.briefings[say.lang]


def _with_bar(
    scenario: Scenario, replicates: int, seed: int, weeks: int, say: Words, records: Any, out: Path | None
) -> Result:
    bar = st.progress(0.0, say.label("app.starting"))
    shown = 0

    def tell(done: int, total: int) -> None:
        nonlocal shown
        step = BAR_STEPS * done // total
        if step > shown:
            shown = step
            bar.progress(step / BAR_STEPS, say.sentence("app.running", share=done / total))

    try:
        found = run(scenario, replicates=replicates, seed=seed, weeks=weeks, records=records, out=out, progress=tell)
    finally:
        bar.empty()
    assert isinstance(found, Result)
    return found
