"""A study: the same bytes however it is computed, whatever befalls it; pairs that are pairs."""

import copy
import itertools
import json
import os
import random
import signal
import subprocess
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import pandas as pd
import pytest
import typer
from soaking import RACE, command, kill_and_go_on, prints, start, wait_for_workers

from sim.analysis.comparison import compare
from sim.faces.studying import study as command_of_study
from sim.policies import KINDS
from sim.policies.policy import BoundPolicy, Policy
from sim.scenario.faults import ScenarioError
from sim.store import ResultError
from sim.study import execute as executing
from sim.study import part as computed
from sim.study.execute import Engine, Inline, LostParts
from sim.study.load import Answer, load_study
from sim.study.part import Context, run_alone, run_pairs
from sim.study.plan import Part, Plan, difference, expand
from sim.study.run import Watcher, run_study
from sim.study_result import StudyResult
from sim.world.controls import Payment, Press

VARIED = """\
title: Varied
scenarios: [{stop}]
policies: [{{kind: stockpile, name: store, country: JPN, target_days: 30, fill_weeks: 8}}]
replicates: 2
weeks: 40
vary:
  draws: 5
  uncertainties: {{parameters.panic: [0.5, 4.0], events.shadow_embargo.clears: {{low: 0, mode: 0.1, high: 0.5}}}}
  levers: {{store.trigger: [0.3, 0.9]}}
"""


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    """The race, undisturbed, in one process."""
    folder = tmp_path_factory.mktemp("calm") / "race"
    run_study(RACE, folder)
    return folder


def written(folder: Path, text: str) -> Path:
    path = folder / "varied.yaml"
    path.write_text(text.format(stop=RACE.parent / "stop.yaml"))
    return path


@pytest.mark.parametrize(
    "how",
    [
        {"workers": 2},
        {"workers": 4},
        {"workers": 2, "engine": "threads"},
        {"block": 1, "part": 2},
        {"block": 4, "part": 5},
        {"engine": Inline()},
    ],
    ids=["two processes", "four processes", "threads", "alone in parts of two", "blocks of four", "an executor"],
)
def test_the_bytes_do_not_hang_on_how_a_study_is_computed(calm, tmp_path, how):
    run_study(RACE, tmp_path / "other", **how)
    assert prints(tmp_path / "other") == prints(calm)


@pytest.mark.filterwarnings("default")  # Dask's own
def test_a_dask_cluster_ends_in_the_same_bytes(calm, tmp_path):
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        run_study(RACE, tmp_path / "dask", workers=2, engine=client.get_executor(pure=False), part=2)
    assert prints(tmp_path / "dask") == prints(calm)


def test_a_policy_that_does_nothing_makes_no_difference_in_any_replicate(calm):
    runs = StudyResult(calm).runs().set_index(["replicate", "draw"])
    metrics = [c for c in runs.columns if "." in c]
    nothing = runs[(runs.world == "p") & (runs.policy == "empty")][metrics]
    without = runs[runs.world == "b1"][metrics]
    assert nothing.equals(without)


class Stops(Inline):
    """Takes so many pieces of work, and is interrupted at the next."""

    def __init__(self, left: int) -> None:
        self.left = left

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return super().submit(fn, *args, **kwargs)


def test_an_interrupted_study_goes_on_and_ends_in_the_same_bytes(calm, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run_study(RACE, tmp_path / "cut", part=2, engine=Stops(4))
    assert len(list((tmp_path / "cut" / "parts").rglob("*.runs.arrow"))) == 8
    with pytest.raises(ResultError, match="no finished study there; give the study's command again"):
        StudyResult(tmp_path / "cut")
    run_study(RACE, tmp_path / "cut")
    assert prints(tmp_path / "cut") == prints(calm)


def test_a_changed_study_is_refused_with_the_difference(calm):
    with pytest.raises(ResultError, match=r'(?s)was begun with another study.*-  "replicates": 6.*\+  "replicates": 7'):
        run_study(RACE, calm, replicates=7)


def test_a_difference_within_a_scenario_is_told_by_its_own_line():
    plan = expand(load_study(RACE))
    other = Plan(copy.deepcopy(plan.content))
    text = other.content["scenarios"][0]["text"]
    assert "weeks: " in text
    line = next(x for x in text.splitlines() if x.startswith("weeks: "))
    other.content["scenarios"][0]["text"] = text.replace(line, "weeks: 61")
    assert [x.strip(" +-,\"") for x in difference(plan, other)] == [line, "weeks: 61"]


def test_a_folder_that_holds_other_things_is_refused(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(ResultError, match="holds other things; give a new folder"):
        run_study(RACE, tmp_path)


def test_a_finished_study_is_not_run_again(calm):
    before = (calm / "log.json").read_bytes()
    run_study(RACE, calm)
    assert (calm / "log.json").read_bytes() == before


def test_a_study_of_another_version_or_damaged_is_refused_with_the_remedy(calm, tmp_path):
    whole = json.loads((calm / "manifest.json").read_text())
    for change, says in (
        ({"format": 1}, "format 1, this version reads 2; run the study anew"),
        ({"scenarios": 3}, "manifest.json: scenarios: missing or damaged; run the study anew"),
        ({"kind": "run"}, "holds the result of a run, not of a study"),
    ):
        (tmp_path / "manifest.json").write_text(json.dumps({**whole, **change}))
        with pytest.raises(ResultError, match=says):
            StudyResult(tmp_path)
    (tmp_path / "manifest.json").unlink()
    (tmp_path / "plan.json").write_text('{"format": 1, "part": 2, "content": {}}')
    with pytest.raises(ResultError, match=r"plan\.json: format 1, this version writes 2"):
        run_study(RACE, tmp_path)


def test_a_study_may_lie_at_any_address(calm):
    result = run_study(RACE, "memory://race")
    assert result.runs().equals(StudyResult(calm).runs())
    assert result.fan("price_fob", result.labels("price_fob")[0]).shape == (14, 5)


def test_draws_hold_their_number_in_every_replicate_and_levers_make_answers(tmp_path):
    result = run_study(written(tmp_path, VARIED), tmp_path / "out")
    draws = result.draws()
    assert list(draws.columns) == ["draw", "parameters.panic", "events.shadow_embargo.clears"]
    assert ((draws["parameters.panic"] > 0.5) & (draws["parameters.panic"] < 4.0)).all()
    strata = np.floor((draws["parameters.panic"] - 0.5) / 3.5 * 5)
    assert sorted(strata) == [0, 1, 2, 3, 4]
    assert [a["name"] for a in result.manifest["answers"]] == ["store(trigger=0.3)", "store(trigger=0.9)"]
    assert result.manifest["runs"] == 5 * 2 * (2 + 2 * 2)


def test_an_event_whose_strength_varies_is_still_absent_from_the_background(tmp_path):
    varied = VARIED.replace("parameters.panic: [0.5, 4.0], ", "events.shadow_embargo.intensity: [0.5, 1.0], ")
    result = run_study(written(tmp_path, varied), tmp_path / "out")
    runs = result.runs(["shortage_tonnes.NdPr"])
    quiet = runs[runs.world == "b0"].groupby("replicate")["shortage_tonnes.NdPr"]
    assert (quiet.max() == quiet.min()).all()


def test_worlds_that_share_their_past_run_to_the_last_bit_as_each_does_by_itself(tmp_path):
    study = load_study(written(tmp_path, VARIED))
    known, cases = Context(expand(study), [str(study.scenarios[0].path)]), list(range(4))
    basis = None
    for parts in ([Part(0, 0, 0, 4)], [Part(0, 1, 0, 4), Part(0, 2, 0, 4)]):
        for place, blocks in enumerate(run_pairs(known, parts, cases, basis)):
            basis = basis or blocks[0].basis
            for (part, block), case in itertools.product(zip(parts, blocks, strict=True), cases):
                world = part.worlds[place]
                own = {n: {k: v[case : case + 1] for k, v in series.items()} for n, series in basis.items()}
                alone = run_alone(known, part, world, case, own if world > 0 else None)
                for name, values in alone.columns.items():
                    assert np.array_equal(values, block.columns[name][case : case + 1], equal_nan=True), (world, name)
                for name, values in alone.series.items():
                    assert np.array_equal(values[0], block.series[name][case], equal_nan=True), (world, name)


class Late(Policy):
    """Presses a control that changes nothing from a week on, in the last replicate of a block."""

    kind: Literal["late"] = "late"
    week: int = 10**6
    begun: ClassVar[list[int]] = []

    def bind(self, net: Any, rows: Any) -> BoundPolicy:
        policy, bound = self, BoundPolicy()

        def start(opening: Any) -> dict[str, Any]:
            Late.begun.append(policy.week)
            return {}

        def answer(week: int, signals: Any, memory: Any) -> list[Any]:
            nothing = Payment("government:JPN", "outside", "handling", np.zeros(len(signals.stored)))
            late = [Press("demand", np.array([0]), np.ones((len(signals.stored), 1)))] if week >= policy.week else []
            return [nothing, *late]

        bound.start, bound.answer = start, answer  # type: ignore[method-assign]
        return bound


def test_an_answer_that_never_acts_is_not_run_and_one_that_does_is(tmp_path, monkeypatch):
    """Each begins once where it looks on; only the one that presses, be it to no effect, begins again in its own worlds."""
    monkeypatch.setitem(KINDS, "late", Late)
    study = load_study(RACE)
    study.answers = [Answer("never", (Late(),)), Answer("late", (Late(week=30),))]
    Late.begun.clear()
    runs = run_study(study, tmp_path / "looked", part=3).runs().set_index(["replicate", "draw"])
    assert Late.begun.count(10**6) == 2
    assert Late.begun.count(30) == 4
    metrics = [c for c in runs.columns if "." in c]
    for world, other in (("p0", "b0"), ("p", "b1")):
        for policy in ("never", "late"):
            assert runs[(runs.world == world) & (runs.policy == policy)][metrics].equals(runs[runs.world == other][metrics])


COPY = computed._same_as_without
WATCHED = (
    "{kind: counter_measure, name: never, country: JPN, percent: 50, when: {start: 2019-01-07}}",
    "{kind: single_source_cap, name: sometimes, country: JPN, cap: 0.5, when: {price_above: 1.1}}",
)


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """The race with an answer that never acts and one that acts in some worlds, and its bytes when every answer is run."""
    place = tmp_path_factory.mktemp("watched")
    path = place / "watched.yaml"
    text = RACE.read_text().replace("scenario: stop.yaml", f"scenario: {RACE.parent / 'stop.yaml'}")
    path.write_text(text.replace("policies:\n", "policies:\n" + "".join(f"  - {p}\n" for p in WATCHED)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.study.part.idle_answers", lambda blocks: [])
        run_study(path, place / "all")
    return path, prints(place / "all")


@pytest.mark.parametrize("how", [{}, {"workers": 2}, {"block": 1, "part": 2}, {"workers": 2, "engine": "threads", "part": 5}])
def test_runs_that_are_not_run_have_the_bytes_of_those_that_are(watched, tmp_path, how):
    path, bytes_of_all = watched
    run_study(path, tmp_path / "out", **how)
    assert prints(tmp_path / "out") == bytes_of_all


def test_an_answer_that_never_acts_is_copied_after_an_interruption_too(watched, tmp_path, monkeypatch):
    path, bytes_of_all = watched
    copied: list[int] = []
    monkeypatch.setattr(computed, "_same_as_without", lambda *given: copied.append(given[2].pair) or COPY(*given))

    with pytest.raises(KeyboardInterrupt):
        run_study(path, tmp_path / "out", engine=Stops(1))
    run_study(path, tmp_path / "out")
    assert prints(tmp_path / "out") == bytes_of_all
    names = [a["name"] for a in StudyResult(tmp_path / "out").manifest["answers"]]
    assert [names[pair - 1] for pair in copied] == ["never"]


def test_a_failure_of_a_try_that_was_cut_short_is_forgotten(tmp_path, monkeypatch):
    """A passing fault is written down, the part is cut before its last file, and the second try finds nothing wrong."""
    folder = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr("sim.study.part.measured", lambda *_: 1 / 0)
        patch.setattr("sim.study.run.gather", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            run_study(RACE, folder)
    assert list(folder.rglob("failures.json")) + list(folder.rglob("*.failures.json"))
    for last in folder.rglob("*.runs.arrow"):
        last.unlink()
    assert run_study(RACE, folder).manifest["failed"] == 0


class Fails(Policy):
    """Falls over in worlds whose first price passes a bound."""

    kind: Literal["fails"] = "fails"
    above: float = np.inf
    seen: ClassVar[list[float]] = []

    def bind(self, net: Any, rows: Any) -> BoundPolicy:
        policy, bound = self, BoundPolicy()

        def answer(week: int, signals: Any, memory: Any) -> list[Any]:
            if week == 25:
                prices = signals.quote.sum(axis=1)
                Fails.seen += list(prices)
                if (prices > policy.above).any():
                    raise FloatingPointError("a price out of bounds")
            return []

        bound.answer = answer  # type: ignore[method-assign]
        return bound


def test_a_run_that_fails_is_written_down_and_the_others_go_on(tmp_path, monkeypatch):
    monkeypatch.setitem(KINDS, "fails", Fails)
    study = load_study(RACE)
    study.answers = [Answer("fails", (Fails(),))]
    run_study(study, tmp_path / "first")
    with_event = Fails.seen[6:12]  # p0 goes ahead of p
    bound = sorted(with_event)[-2]
    worst = int(np.argmax(with_event))
    study.answers = [Answer("fails", (Fails(above=bound),))]
    told: list[dict[str, Any]] = []
    result = run_study(study, tmp_path / "second", watcher=Watcher(failed=told.append))
    in_event = [f for f in result.failures if f["world"] == "p"]
    assert [(f["scenario"], f["policy"], f["replicate"], f["draw"]) for f in in_event] == [("stop", "fails", worst, 0)]
    assert "FloatingPointError: a price out of bounds" in in_event[0]["traceback"]
    assert result.manifest["failed"] == len(result.failures) == len(told)
    with pytest.raises(typer.Exit) as ended:
        command_of_study(study, None, 1, None, str(tmp_path / "second"), False, False)
    assert ended.value.exit_code == 1
    runs = result.runs([])
    assert sorted(runs[runs.world == "p"].replicate) == sorted(set(range(6)) - {worst})


def test_a_study_of_which_nothing_was_completed_says_so_and_ends_with_1(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sim.study.part.measured", lambda *_: 1 / 0)
    with pytest.raises(typer.Exit) as ended:
        command_of_study(load_study(RACE), None, 1, None, str(tmp_path / "none"), False, False)
    assert ended.value.exit_code == 1
    told = capsys.readouterr().out
    assert "0 runs" in told
    assert "nothing to compare: stop: none of its runs in this study was completed; failures.json says why" in told
    with pytest.raises(ResultError, match="none of its runs"):
        compare(str(tmp_path / "none"))


def test_a_part_whose_worker_always_dies_is_lost_and_the_others_are_kept(tmp_path):
    class Loses(ThreadPoolExecutor):
        def submit(self, fn: Any, /, address: Any, beside: Any, parts: Any, *rest: Any) -> Any:
            fate = (lambda *_: os.getpgid(-1)) if any(part.pair == 1 for part in parts) else fn
            return super().submit(fate, address, beside, parts, *rest)

    with Loses(1) as pool, pytest.raises(LostParts, match="1 parts were lost"):
        run_study(RACE, tmp_path / "out", engine=pool)
    assert len(list((tmp_path / "out").rglob("*.runs.arrow"))) == 4


class Killed(BaseException):
    """Stands for the end of a worker: no handler of faults in a run sees it."""


class Mortal(Inline):
    """A worker that can end; what it had is lost with it, as in a pool of processes."""

    def __init__(self) -> None:
        self.given: list[tuple[list[Part], bool]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        self.given.append((args[2], args[4]))
        try:
            return super().submit(fn, *args, **kwargs)
        except Killed:
            future: Future[Any] = Future()
            future.set_exception(BrokenExecutor("a worker ended"))
            return future


@pytest.mark.parametrize(("fatal", "told"), [(Killed, "WorkerEnded: 2 workers ended in this run"), (MemoryError, "MemoryError")])
@pytest.mark.parametrize("world", [0, 4])
def test_a_run_that_ends_its_worker_is_found_and_written_down(calm, tmp_path, monkeypatch, fatal, told, world):
    """Case 3 of one world ends whoever computes it, alone or in a block; in b0 it takes those with it that are measured against it."""
    alone, pairs = computed.run_alone, computed.run_pairs

    def run_alone(known: Any, part: Part, at: int, case: int, basis: Any) -> Any:
        if (at, case) == (world, 3):
            raise fatal
        return alone(known, part, at, case, basis)

    def run_pairs(known: Any, parts: list[Part], cases: list[int], basis: Any) -> Any:
        if 3 in cases and any(world in part.worlds for part in parts):
            raise fatal
        return pairs(known, parts, cases, basis)

    monkeypatch.setattr(computed, "run_alone", run_alone)
    monkeypatch.setattr(computed, "run_pairs", run_pairs)
    engine = Mortal()
    monkeypatch.setattr("sim.study.run.engine_of", lambda *_: Engine(lambda: engine, 1))
    result = run_study(RACE, tmp_path / "out", part=2)
    worlds = ["p"] if world else ["b0", "b1", "p", "p", "p0", "p0"]
    assert sorted(f["world"] for f in result.failures) == worlds
    assert {f["replicate"] for f in result.failures} == {3}
    own = [f for f in result.failures if world or f["world"] == "b0"]
    assert [told in f["traceback"] for f in own] == [True]
    runs, undisturbed = (r.runs([]).drop(columns="run") for r in (result, StudyResult(calm)))
    assert len(runs) == len(undisturbed) - len(worlds)
    kept = undisturbed.merge(runs[["world", "policy", "replicate"]])
    pd.testing.assert_frame_equal(runs.reset_index(drop=True), kept[list(runs.columns)], check_like=True)
    apart = [parts for parts, alone in engine.given if alone]
    assert {tuple((p.pair, p.low) for p in parts) for parts in apart} == {((2 if world else 0, 2),)}


def test_what_interrupts_a_study_blames_no_run(calm, tmp_path, monkeypatch):
    """Ctrl-C and a full disk, twice each, while a run is computed apart; then it ends in the same bytes."""
    alone, interrupts = computed.run_alone, [KeyboardInterrupt(), KeyboardInterrupt(), ResultError("full"), ResultError("full")]

    def run_alone(known: Any, part: Part, at: int, case: int, basis: Any) -> Any:
        if (at, case) == (4, 1) and interrupts:
            raise interrupts.pop(0)
        return alone(known, part, at, case, basis)

    def dies(*_: Any) -> Any:
        raise Killed

    monkeypatch.setattr(computed, "run_alone", run_alone)
    monkeypatch.setattr(computed, "run_pairs", dies)
    monkeypatch.setattr("sim.study.run.engine_of", lambda *_: Engine(Mortal, 1))
    for fault in [*interrupts]:
        with pytest.raises(type(fault)):
            run_study(RACE, tmp_path / "out")
    assert not interrupts
    result = run_study(RACE, tmp_path / "out")
    assert result.failures == []
    assert prints(tmp_path / "out") == prints(calm)


def test_an_answer_that_ends_its_worker_in_every_run_is_written_down_whole(tmp_path, monkeypatch):
    pairs = computed.run_pairs

    def run_alone(known: Any, part: Part, *rest: Any) -> Any:
        if 4 in part.worlds:
            raise Killed
        return computed.run_alone(known, part, *rest)

    def run_pairs(known: Any, parts: list[Part], *rest: Any) -> Any:
        if any(4 in part.worlds for part in parts):
            raise Killed
        return pairs(known, parts, *rest)

    monkeypatch.setattr(computed, "run_alone", run_alone)
    monkeypatch.setattr(computed, "run_pairs", run_pairs)
    engine = Mortal()
    monkeypatch.setattr("sim.study.run.engine_of", lambda *_: Engine(lambda: engine, 1))
    result = run_study(RACE, tmp_path / "out")
    assert len(result.failures) == 12
    assert {f["policy"] for f in result.failures} == {"store"}
    assert sum(alone for _, alone in engine.given) == 2 * 12 + 1


def test_an_executor_that_breaks_and_is_not_ours_ends_the_study_and_keeps_what_is_there(tmp_path, monkeypatch):
    def dies(*_: Any) -> Any:
        raise Killed

    monkeypatch.setattr(computed, "run_pairs", dies)
    with pytest.raises(LostParts, match=r"the executor that was given is broken \(a worker ended\)"):
        run_study(RACE, tmp_path / "out", engine=Mortal())
    monkeypatch.undo()
    assert run_study(RACE, tmp_path / "out").manifest["failed"] == 0


def test_a_cluster_that_is_gone_ends_the_study_at_once(monkeypatch):
    class Client:
        status = "closed"

    gone = Engine(Inline, 8, ours=False, executor=Mortal())
    gone.executor._client = Client()
    gone.looked = -executing.LOOK_SECONDS
    with pytest.raises(LostParts, match="the cluster's scheduler is gone"):
        gone.hands()


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"replicates": 0}, "replicates is 0; write 1 or more"),
        ({"replicates": 10_001}, "replicates is 10001; write 10000 or less"),
        ({"weeks": 2601}, "weeks is 2601; write 2600 or less"),
    ],
)
def test_a_study_refuses_more_worlds_or_weeks_than_a_run_takes_and_writes_nothing(tmp_path, asked, says):
    with pytest.raises(ScenarioError, match=f"^{says}"):
        run_study(RACE, tmp_path / "out", **asked)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("replicates: 2", "replicates: 0"), r"varied.yaml:4: replicates: 0 is out of range; write 1 or more"),
        (("replicates: 2", "replicates: 10001"), r"varied.yaml:4: replicates: 10001 is out of range; write 10000 or less"),
        (("replicates", "replicate"), r"varied.yaml:4: replicate: unknown key; did you mean 'replicates'\?"),
        (("parameters.panic", "parameters.panik"), r":8: vary.uncertainties.parameters.panik: no scenario .* did you mean"),
        (("store.trigger", "store.triger"), r":9: vary.levers.store.triger: no such lever; did you mean 'store.trigger'"),
        (("[0.3, 0.9]", "[0.3, 9]"), r":9: vary.levers.store.trigger: 9"),
        (("kind: stockpile", "kind: stokpile"), r":3: policies\[0\].kind: 'stokpile' is not known; did you mean 'stockpile'"),
        (("[0.5, 4.0]", "[4.0, 0.5]"), r":8: vary.uncertainties.parameters.panic: low, mode and high do not rise"),
        (("country: JPN", "country: AUS"), r":3: policies\[0\]: store.* in stop: no store of AUS"),
        (("[{stop}]", "[no_such]"), r":2: scenarios\[0\]: no_such: no such file"),
        (("weeks: 40", "metrics: [shortage]"), r":5: metrics\[0\]: 'shortage' is no metric; did you mean 'shortage_tonnes'"),
        (("weeks: 40", "keep: [{{record: rent, by: [pool]}}]"), r":5: keep\[0\].by: rent in USD/kg cannot be summed"),
        (("weeks: 40", "weeks: [4"), r"not readable as YAML"),
        (("weeks: 40", "countries: [JPX]"), r":5: countries\[0\]: 'JPX' is no country of these worlds; did you mean 'JPN'"),
        (("weeks: 40", "value_added_musd_per_week: {{carr: 10}}"), r":5: value_added_musd_per_week.carr: no such line; did you mean 'car'"),
        (("weeks: 40", "keep: [{{record: use, where: {{country: JPX}}}}]"), r":5: keep\[0\].where: use has no country 'JPX'; did you mean 'JPN'"),
        (("[0.3, 0.9]", "[]"), r":9: vary.levers.store.trigger: write one value or more, each once"),
        (("[0.3, 0.9]", "[0.3, 0.3]"), r":9: vary.levers.store.trigger: write one value or more, each once"),
        (("uncertainties: {{parameters.panic: [0.5, 4.0], events.shadow_embargo.clears: {{low: 0, mode: 0.1, high: 0.5}}}}", "uncertainties: {{}}"),
         r":7: vary.draws: nothing varies between draws; name uncertainties, or leave draws out"),
    ],
)  # fmt: skip
def test_a_fault_names_file_line_key_and_remedy(tmp_path, change, says):
    with pytest.raises(ScenarioError, match=says):
        load_study(written(tmp_path, VARIED.replace(*change)))


def test_kill_9_loses_at_most_the_parts_in_flight(tmp_path):
    more = ("--workers", "2", "--replicates", "64")
    subprocess.run(command(tmp_path / "calm", *more), check=True, capture_output=True)
    kills, orphans = kill_and_go_on(tmp_path / "wild", 2, random.Random(3), 0.5, *more)
    assert orphans == 0
    assert kills >= 1
    assert prints(tmp_path / "wild") == prints(tmp_path / "calm")


def test_an_interrupt_keeps_finished_parts_and_says_so(tmp_path):
    running = start(tmp_path / "out", "--workers", "2", "--replicates", "2000")
    wait_for_workers(running)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "interrupted; finished parts are kept, the same command goes on" in err
    assert (tmp_path / "out" / "plan.json").is_file()


@pytest.fixture
def small_disk(tmp_path):
    """A disk of two hundred kilobytes."""
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=192k", "tmpfs", place], capture_output=True).returncode:
        pytest.skip("no right to mount a small disk")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_full_disk_ends_with_a_remedy_and_a_folder_that_goes_on(small_disk, tmp_path):
    ran = subprocess.run(
        command(small_disk / "out", "--workers", "2", "--replicates", "40"), capture_output=True, text=True
    )
    assert ran.returncode == 2
    assert "free some space and give the same command again; finished parts are kept" in ran.stderr
    subprocess.run(["mount", "-o", "remount,size=64m", small_disk], check=True)
    run_study(RACE, small_disk / "out", replicates=40)
    run_study(RACE, tmp_path / "calm", replicates=40)
    assert prints(small_disk / "out") == prints(tmp_path / "calm")


def test_the_command_says_what_ran_and_what_failed(calm):
    ran = subprocess.run(command(calm), capture_output=True, text=True)
    assert ran.returncode == 0
    assert "36 runs, 0 failed" in ran.stdout
    assert json.loads((calm / "manifest.json").read_text())["runs"] == 36


def test_two_commands_do_not_write_into_one_folder(tmp_path):
    from sim.folder import Folder

    with Folder(tmp_path / "out").alone(), pytest.raises(ResultError, match="another command is writing there; wait until it ends"):
        run_study(RACE, tmp_path / "out")
    assert run_study(RACE, tmp_path / "out").manifest["failed"] == 0
    assert not list((tmp_path / "out").glob(".*"))
