"""Score card: the facts held against the replay, rivals, the negative control, ablations, variants, and the bars."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.history.ablation import ablation_table, peak_fact, switched_off, things_off
from sim.history.control import CONTROLS, LARGEST_MOVE, control_jobs, moved, paths_of
from sim.history.readers import read
from sim.history.replay import Replay
from sim.history.replays import Job, in_parallel, jobs_of, joined, replayed
from sim.history.rivals import rivals
from sim.history.scores import CALLS, Verdict, by_class, factor_off, frame, judge, judged, skill
from sim.history.tables import SCORED, Fact, History, read_history
from sim.runner import asked_numbers
from sim.scenario.faults import ScenarioError, near
from sim.scenario.load import Scenario, load
from sim.store import code_and_world, package_version

if TYPE_CHECKING:
    import pandas as pd

REPLAY = "shadow_embargo_2010"
VARIANTS = ("permit_price", "margin")
JUDGES_OF_VARIANTS = ("A28", "A18", "A19")
"""Facts by which the rival rules for a scarce quota are judged together: permit price, quota used, leakage."""
FEW = 16
"""Replicates of ablations."""
Tell = Callable[[str], None]
Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Bar:
    """A bar the card sets: what is asked, what was found, whether it is met (None: not judged in this card)."""

    name: str
    found: str
    met: bool | None


@dataclass
class Card:
    """Everything the score card says; ``replays`` holds the runs that facts are read on, the replay under an empty name."""

    replays: dict[str, Replay]
    verdicts: list[Verdict]
    classes: "pd.DataFrame"
    skill: "pd.DataFrame"
    control: "pd.DataFrame"
    ablation: "pd.DataFrame"
    variants: "pd.DataFrame"
    bars: list[Bar]
    history: History
    made_of: dict[str, Any]

    @property
    def replay(self) -> Replay:
        return self.replays[""]

    def replay_of(self, fact: Fact) -> Replay:
        """The run that a fact is read on."""
        return self.replays[fact.scenario]

    def tables(self) -> dict[str, "pd.DataFrame"]:
        """Tables by the name of their file."""
        import pandas as pd

        found = {"card": frame(self.verdicts), "classes": self.classes, "skill": self.skill}
        found |= {"control": self.control, "ablation": self.ablation, "variants": self.variants}
        found["bars"] = pd.DataFrame([{"bar": b.name, "found": b.found, "met": b.met} for b in self.bars])
        return {k: v for k, v in found.items() if len(v)}


@dataclass(frozen=True)
class Task:
    """One block of runs of the card, and what it is for."""

    part: str
    job: Job


def score_card(
    replicates: int = 32,
    seed: int = 0,
    workers: int = 1,
    chosen: tuple[str, ...] = (),
    ablations: bool = True,
    scenario: str = REPLAY,
    tell: Tell | None = None,
) -> Card:
    """Run the replays and hold them against the facts.

    Parameters
    ----------
    replicates : random worlds of the replay, 1 or more
    chosen : ids of facts, such as ``A28``; all if empty, and then the control, ablations and variants as well
    ablations : whether to switch events and mechanisms off, which takes most of the time
    scenario : the replay, with its background
    tell : called with a line as work goes on

    Raises
    ------
    WorldError, ScenarioError
        With file, line and key.
    """
    loaded = load(scenario)
    history = read_history(loaded.world_folder())
    facts = chosen_facts(history, chosen)
    others = {name: load(name) for name in dict.fromkeys(f.scenario for f in facts if f.scenario)}
    for name, other in others.items():
        if other.world_folder().resolve() != loaded.world_folder().resolve():
            raise ScenarioError(f"{scenario}: facts are read on {name} too, which is of another world; its world must be the same")
    tasks = tasks_of(loaded, replicates, seed, ablations and not chosen, not chosen, others)
    done = in_parallel(_act, tasks, workers, lambda n, of: tell(f"{n} of {of} blocks") if tell else None)
    by_part: dict[str, list[Any]] = {}
    for task, result in zip(tasks, done, strict=True):
        by_part.setdefault(task.part, []).append(result)
    replays = {"": joined(by_part.pop("replay"))} | {name: joined(by_part.pop(f"read:{name}")) for name in others}
    made_of = {
        "scenario": scenario, "replicates": replicates, "seed": seed, "few": min(FEW, replicates),
        "version": package_version(), **code_and_world(loaded),
    }  # fmt: skip
    return card_of(replays, by_part, history, facts, made_of)


def chosen_facts(history: History, chosen: tuple[str, ...]) -> list[Fact]:
    """Facts by id; raise ScenarioError for an id there is none of."""
    known = list(dict.fromkeys(f.fact for f in history.facts))
    for name in chosen:
        if name not in known:
            raise ScenarioError(f"facts: {name!r} is no fact{near(name, known)}; there are {', '.join(known)}")
    return [f for f in history.facts if not chosen or f.fact in chosen]


def tasks_of(
    scenario: Scenario, replicates: int, seed: int, ablations: bool, controls: bool, others: Mapping[str, Scenario]
) -> list[Task]:
    """Every block of runs that a card takes, longest first; ``others`` are scenarios that facts are read on too, by name."""
    tasks = [Task("replay", j) for j in jobs_of(scenario, range(replicates), seed)]
    tasks += [Task(f"read:{o}", j) for o, other in others.items() for j in jobs_of(other, range(replicates), seed, read_as=o)]
    if controls:
        tasks += [Task(f"control:{c}", j) for c in CONTROLS for j in control_jobs(c, replicates, seed)]
        for variant in VARIANTS:
            file = scenario.file.model_copy(update={"quota_variant": variant})
            other = replace(scenario, name=f"{scenario.name}-{variant}", file=file)
            tasks += [Task(f"variant:{variant}", j) for j in jobs_of(other, range(replicates), seed)]
    if ablations:
        few = range(min(FEW, replicates))
        asked = asked_numbers(scenario)
        for what in things_off(scenario, asked):
            off, fixed = switched_off(scenario, what, asked, len(few))
            tasks += [Task(f"without:{what}", j) for j in jobs_of(off, few, seed, fixed)]
    return tasks


def _act(task: Task) -> Any:
    return paths_of(task.job) if task.part.startswith("control:") else replayed(task.job)


def card_of(
    replays: dict[str, Replay], parts: dict[str, list[Any]], history: History, facts: list[Fact], made_of: dict[str, Any]
) -> Card:
    """Score what was run."""
    import pandas as pd

    replay = replays[""]
    verdicts = [judge(fact, read(replays[fact.scenario], fact)) for fact in facts]
    others = {n: judged(r, facts) for n, r in rivals(history, replay.dates, replay.values["quota"][0]).items()}
    control = _control({k.partition(":")[2]: v for k, v in parts.items() if k.startswith("control:")})
    first = Replay(replay.dates, {k: v[: made_of["few"]] for k, v in replay.values.items()}, replay.flows)
    off = {k.partition(":")[2]: joined(v) for k, v in parts.items() if k.startswith("without:")}
    rules = {k.partition(":")[2]: joined(v) for k, v in parts.items() if k.startswith("variant:")}
    tables = [_skill(verdicts, others, kinds) for kinds in (SCORED, ("test",))]
    compared = pd.concat(tables, ignore_index=True)
    return Card(
        replays, verdicts, by_class(verdicts), compared, control, ablation_table(first, off, facts),
        variants_table(rules, facts), bars(replay, verdicts, compared, control), history, made_of,
    )  # fmt: skip


def _skill(verdicts: list[Verdict], others: dict[str, list[Verdict]], kinds: tuple[str, ...]) -> "pd.DataFrame":
    keep = [n for n, v in enumerate(verdicts) if v.fact.kind in kinds]
    table = skill([verdicts[n] for n in keep], {k: [v[n] for n in keep] for k, v in others.items()})
    table.insert(0, "of", "all" if len(kinds) > 1 else kinds[0])
    return table


def _control(blocks: dict[str, list[Any]]) -> "pd.DataFrame":
    import pandas as pd

    tables = [moved(found).assign(scenario=name) for name, found in blocks.items()]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def variants_table(rules: dict[str, Replay], facts: list[Fact]) -> "pd.DataFrame":
    """Rival rules for a scarce quota on permit price, quota used and leakage: reading and error of each, per fact."""
    import pandas as pd

    rows = []
    for fact in facts:
        if fact.fact not in JUDGES_OF_VARIANTS or not rules:
            continue
        row: dict[str, Any] = {"fact": fact.name, "data": fact.value}
        for name, replay in rules.items():
            (verdict,) = judged(replay, [fact])
            row |= {name: verdict.median, f"{name} error": verdict.error, f"{name} verdict": verdict.call}
        rows.append(row)
    return pd.DataFrame(rows)


# bars ------------------------------------------------------------------------------------------------------------------


def bars(replay: Replay, verdicts: list[Verdict], compared: "pd.DataFrame", control: "pd.DataFrame") -> list[Bar]:
    """The bars that the card sets itself; a share must be met counted plainly and with every family counting the same."""
    classes = by_class(verdicts)
    found = [
        _share_bar(classes, "training", "passed", 0.8),
        _share_bar(classes, "test", "passed", 0.5),
        _share_bar(classes, "test", "passed or near", 0.75),
        _factor_bar(verdicts),
        _skill_bar(compared),
        *_peak_bars(replay, verdicts),
        _permit_bar(verdicts),
        _control_bar(control),
    ]
    return found


def _share_bar(classes: "pd.DataFrame", kind: str, what: str, asked: float) -> Bar:
    name = f"{kind} facts: at least {asked:.0%} {what.replace('passed', 'pass')}"
    rows = classes[classes["class"] == kind] if len(classes) else classes
    if not len(rows):
        return Bar(name, "no such facts", None)
    plain, weighed = float(rows[what].iloc[0]), float(rows[f"{what} by family"].iloc[0])
    return Bar(name, f"{plain:.0%}, by family {weighed:.0%}", min(plain, weighed) >= asked)


def _factor_bar(verdicts: list[Verdict]) -> Bar:
    mine = [v for v in verdicts if v.fact.kind == "test" and v.fact.tolerance.scale == "log" and v.call in CALLS]
    off = sorted((factor_off(v), v.fact.name) for v in mine)
    over = [name for factor, name in off if factor > 3.0]
    told = f"worst {min(off[-1][0], 999.0):.1f} ({off[-1][1]}); {len(over)} over" if off else "no such facts"
    return Bar("no test fact off by more than a factor of 3", told, not over if off else None)


def _skill_bar(compared: "pd.DataFrame") -> Bar:
    rows = compared[compared.of == "test"] if len(compared) else compared
    if not len(rows):
        return Bar("test facts: skill above every rival in every family", "no such facts", None)
    worse = rows[rows.skill <= 0.0]
    told = "; ".join(f"{r.family} against {r.rival} {r.skill:.2f}" for r in worse.itertuples()) or "all above 0"
    return Bar("test facts: skill above every rival in every family", told, not len(worse))


def _peak_bars(replay: Replay, verdicts: list[Verdict]) -> list[Bar]:
    found = []
    order = next((v for v in verdicts if v.fact.reader == "order_of_peaks"), None)
    if order is not None:
        ratios = {}
        for name, seen in zip(order.fact.series, order.fact.against, strict=True):
            one = peak_fact(order.fact, name)
            readings = read(replay, one)
            ratios[name] = float(np.median(readings)) / float(seen) if readings is not None else float("nan")
        right = sum(1.0 / 1.5 <= r <= 1.5 for r in ratios.values())
        told = ", ".join(f"{k} {v:.2f}" for k, v in ratios.items())
        found.append(Bar("FOB peak over base within 1.5 for at least four of five", f"{right}: {told}", right >= 4))
        found.append(
            Bar("order of peaks, ties within 15 % left out", f"{order.median:g} pairs wrong", order.call == "pass")
        )
    months = [v for v in verdicts if v.fact.is_scored and v.fact.reader == "peak_month" and v.fact.base.endswith("-01")]
    if months:
        told = ", ".join(f"{v.fact.series[0]} {v.median - v.fact.value:+.1f} months" for v in months)
        near = all(abs(v.median - v.fact.value) <= 4.0 for v in months)
        found.append(Bar("peak month within four months", told, near))
    return found


def _permit_bar(verdicts: list[Verdict]) -> Bar:
    dates = [v for v in verdicts if v.fact.fact == "A28"]
    right = sum(v.call == "pass" for v in dates)
    told = f"{right} of {len(dates)}: " + ", ".join(
        f"{v.fact.point} {v.median:.0f} for {v.fact.value:g}" for v in dates
    )
    return Bar("permit price within 1.7 at each date", told, right == len(dates) if dates else None)


def _control_bar(control: "pd.DataFrame") -> Bar:
    name = f"negative control moves no oxide price by more than {LARGEST_MOVE:.0%}"
    if not len(control):
        return Bar(name, "not run", None)
    told = []
    for scenario, rows in control.groupby("scenario", sort=False):
        top = rows.sort_values("moved").tail(1)
        beside = "" if scenario == CONTROLS[0] else "told beside it, holds no bar: "
        told.append(f"{beside}{scenario}: {top.price.item()} {top.moved.item():.0%}")
    worst = control[control.scenario == CONTROLS[0]].moved.max()
    return Bar(name, "; ".join(told), bool(worst <= LARGEST_MOVE))
