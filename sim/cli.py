"""The command: ``ytterby``. It only wraps the library; heavy imports come late, so that help is quick."""

import errno
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand

app = typer.Typer(
    help="Supply disruption in the rare-earth and permanent-magnet chain: run scenarios, compare, plot.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

ANSWERS = "Policy that answers; several, joined by commas or given again, answer together; {} if left out."
SHIPPED_WORLD = "rare_earths"
LanguageOption = Annotated[str, typer.Option("--lang", help="Language of the figures: en, ja or zh-Hant.")]
ScenarioArgument = Annotated[str, typer.Argument(metavar="SCENARIO", help="A scenario file or a shipped name.")]


def _fail(message: object) -> NoReturn:
    """One clear error on stderr, exit code 2."""
    typer.echo(f"error: {message}", err=True)
    raise typer.Exit(2)


LATER, LOST = 0.05, 10.0
"""Seconds after which an end from outside is tried again: where it had to wait, and where nothing came of it."""


class Terminated(KeyboardInterrupt):
    """Ended from outside (SIGTERM); what is half-written goes, as on Ctrl-C."""

    raised = False
    """Whether it was raised in this process: compiled code may turn it into a SystemError on its way."""


def _terminated(_: int, frame: FrameType | None) -> None:
    """End now, or a moment later where Python would swallow what is raised: amid an import, or while an object goes."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough
    signal.signal(signal.SIGALRM, _terminated)
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib") or frame.f_code.co_name == "__del__":
            signal.setitimer(signal.ITIMER_REAL, LATER)
            return
        frame = frame.f_back
    signal.setitimer(signal.ITIMER_REAL, LOST)
    Terminated.raised = True
    raise Terminated


def _code(interrupt: BaseException) -> int:
    """Exit code by the signal that interrupted."""
    return 128 + (signal.SIGINT if type(interrupt) is KeyboardInterrupt else signal.SIGTERM)


def _listed(policies: list[str] | None) -> list[str] | None:
    """Names of policies, each given for itself or joined by commas; None where none is given."""
    if not policies:
        return None
    names = [name.strip() for given in policies for name in given.split(",")]
    if not all(names):
        _fail("--policy holds an empty name; write one of `ytterby list policies`, or several joined by commas")
    return names


def _guarded(act: Any, *arguments: Any, **more: Any) -> Any:
    """Call, and turn the errors a user can mend into one line."""
    from sim.language import LanguageError
    from sim.scenario.faults import ScenarioError
    from sim.scenario.tables import WorldError
    from sim.store import ResultError

    try:
        return act(*arguments, **more)
    except (ScenarioError, WorldError, ResultError, LanguageError) as fault:
        _fail(fault)
    except (KeyboardInterrupt, SystemError) as interrupt:
        if isinstance(interrupt, SystemError) and not Terminated.raised:
            raise
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        typer.echo("interrupted; nothing was written", err=True)
        raise typer.Exit(_code(interrupt)) from None
    except BrokenPipeError:
        raise  # the reader of our output has had enough; the command's frame ends quietly
    except OSError as fault:
        full = fault.errno in (errno.ENOSPC, errno.EDQUOT)
        remedy = "free some space" if full else "give a file you may read, or a folder you may write to"
        _fail(f"{fault.filename or 'disk'}: {fault.strerror or fault}; {remedy}")


@app.command()
def run(
    scenario: Annotated[
        str | None, typer.Argument(metavar="SCENARIO", help="A scenario file or a shipped name.")
    ] = None,
    policy: Annotated[list[str] | None, typer.Option(help=ANSWERS.format("the scenario's own"))] = None,
    replicates: Annotated[int, typer.Option(help="Random worlds, 1 to 10000.")] = 16,
    seed: Annotated[int, typer.Option(help="Seed, 0 or more.")] = 0,
    weeks: Annotated[int | None, typer.Option(help="Weeks to run; the scenario's own if left out.")] = None,
    out: Annotated[Path | None, typer.Option(help="Result folder; one under results/ if left out.")] = None,
    workers: Annotated[int, typer.Option(help="Processes.")] = 1,
    records: Annotated[str, typer.Option(help="full, study, or names joined by commas.")] = "full",
    again: Annotated[Path | None, typer.Option(help="Run again the result in this folder.")] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the result of another run in the result folder.")
    ] = False,
) -> None:
    """Run a scenario and say what ran short, where, when, how deep, and what prices did."""
    if again is not None and any(given is not None for given in (scenario, policy, weeks)):
        _fail("--again runs a result as it was; leave out SCENARIO, --policy and --weeks")

    from sim.faces.running import run_again, run_scenario

    if again is not None:
        _guarded(run_again, again, out, workers, overwrite)
        return
    if scenario is None:
        _fail("no scenario given; write a file or one of `ytterby list scenarios`")
    names: Any = records if records in ("full", "study") else [r.strip() for r in records.split(",") if r.strip()]
    _guarded(run_scenario, scenario, _listed(policy), replicates, seed, weeks, out, workers, names, overwrite)


class _WithWorld(TyperCommand):
    """Takes ``--world`` with nothing after it for the shipped world."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        for n in reversed([n for n, word in enumerate(args) if word == "--world"]):
            if n + 1 == len(args) or args[n + 1].startswith("-"):
                args = [*args[: n + 1], SHIPPED_WORLD, *args[n + 1 :]]
        return super().parse_args(ctx, args)


@app.command(cls=_WithWorld)
def check(
    scenarios: Annotated[
        list[str] | None, typer.Argument(metavar="SCENARIO...", help="Files or shipped names.")
    ] = None,
    world: Annotated[
        str | None,
        typer.Option(help=f"Check a world, {SHIPPED_WORLD} if none is named, and print its tonnage by status."),
    ] = None,
) -> None:
    """Check scenarios, or a world's tables and balance."""
    from sim.faces.showing import check_scenario, check_world

    if world is None and not scenarios:
        _fail(f"nothing to check; name scenarios, or --world {SHIPPED_WORLD}")
    checks: list[tuple[Any, str]] = [(check_world, world)] if world is not None else []
    checks += [(check_scenario, scenario) for scenario in scenarios or []]
    failed = False
    for act, what in checks:
        try:
            _guarded(act, what)
        except typer.Exit as end:
            if end.exit_code != 2:
                raise
            failed = True
    if failed:
        raise typer.Exit(2)


@app.command()
def explain(scenario: ScenarioArgument) -> None:
    """Say what holds between which dates, without running, and the steps of a week."""
    from sim.faces.showing import explain_scenario

    _guarded(explain_scenario, scenario)


@app.command()
def resolve(scenario: ScenarioArgument) -> None:
    """Print the scenario with every key spelled out."""
    from sim.scenario.load import load

    typer.echo(_guarded(load, scenario).text(), nl=False)


@app.command()
def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="A scenario or a result.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another of the same sort.")],
) -> None:
    """Show in what two scenarios, or two results, differ."""
    from sim.faces.showing import show_difference

    _guarded(show_difference, a, b)


@app.command()
def new(
    what: Annotated[str, typer.Argument(metavar="scenario|event|world|part", help="What to start.")],
    path: Annotated[Path, typer.Argument(help="File (scenario, event, part) or folder (world) to write.")],
    source: Annotated[
        str | None, typer.Option("--from", metavar="WORLD", help="World to copy whole: a folder or a shipped name.")
    ] = None,
) -> None:
    """Write a skeleton that passes check."""
    from sim.faces.skeletons import write

    _guarded(write, what, path, source)


@app.command()
def plot(
    result: Annotated[Path, typer.Argument(metavar="RESULT", help="Folder of a result.")],
    out: Annotated[Path | None, typer.Option(help="Folder for the figures; RESULT/figures if left out.")] = None,
    lang: LanguageOption = "en",
) -> None:
    """Draw every figure that a result has the records for: shortages, prices, stocks, trade and its origin, the chain."""
    from sim.faces.drawing import draw

    _guarded(draw, result, out, lang)


@app.command()
def dependence(
    result: Annotated[Path, typer.Argument(metavar="RESULT", help="Folder of a result.")],
    country: Annotated[
        str | None, typer.Option(help="Whose dependence, alpha-3; the buyer an event names if left out.")
    ] = None,
    origin: Annotated[str | None, typer.Option(help="On whom, alpha-3; the world's exporter if left out.")] = None,
    until: Annotated[str | None, typer.Option(help="Day the 52 weeks end, YYYY-MM-DD; the run's last if left out.")] = None,
) -> None:
    """Say how far a country hangs on another: direct at customs, by form, and looked through to where goods were made."""
    from sim.faces.depending import show_dependence

    _guarded(show_dependence, result, country, origin, until)


@app.command()
def report(
    source: Annotated[str, typer.Argument(metavar="RESULT|STUDY", help="Folder of a run or of a study.")],
    lang: Annotated[str, typer.Option("--lang", help="Language: en, ja or zh-Hant.")] = "en",
    opens: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    my_part: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your own stocks, contracts and needs; see `ytterby new part`.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write; in the result's folder if left out, beside FILE with --my-part.")
    ] = None,
) -> None:
    """Write a briefing: who stops first, what runs short, which answers help, how it was made; one HTML file."""
    from sim.faces.reporting import report as write

    _guarded(write, source, lang, opens, my_part, out)


@app.command(name="app")
def app_(
    scenarios: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE]...", help="Scenario files offered beside the shipped ones.")
    ] = None,
    address: Annotated[str, typer.Option(help="Address to listen at; this machine alone if left out.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen at.")] = 8501,
    opens: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
) -> None:
    """Show scenarios in the browser: drag an event, choose answers, run, compare; needs the extra [app]."""
    from sim.app.serving import ServingError, serve

    try:
        _guarded(serve, scenarios or [], address, port, opens)
    except ServingError as fault:
        _fail(fault)


@app.command()
def ablate(
    scenario: ScenarioArgument,
    replicates: Annotated[int, typer.Option(help="Random worlds.")] = 8,
    seed: Annotated[int, typer.Option(help="Seed, 0 or more.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Write the table as CSV, and its figure beside it.")] = None,
    lang: LanguageOption = "en",
) -> None:
    """Switch each event and mechanism off, one at a time, and say which did what."""
    from sim.faces.running import show_ablation

    _guarded(show_ablation, scenario, replicates, seed, out, lang)


@app.command()
def study(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="A study file or a shipped name.")],
    replicates: Annotated[int | None, typer.Option(help="Random worlds per draw; the study's own if left out.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes; one per core if left out.")] = None,
    cluster: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Dask scheduler, tcp://HOST:PORT.")] = None,
    out: Annotated[str | None, typer.Option(help="Folder or fsspec address; results/STUDY if left out.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="4 replicates, 156 weeks, few draws.")] = False,
    threads: Annotated[bool, typer.Option("--threads", help="Threads in one process instead of processes.")] = False,
) -> None:
    """Run a study: many runs in pairs, in parts; the same command goes on after an interruption."""
    import os

    if workers is not None and workers < 1:
        _fail(f"workers is {workers}; write 1 or more")
    from sim.faces.studying import study as run_it

    _guarded(run_it, study, replicates, workers or os.cpu_count() or 1, cluster, out, quick, threads)


@app.command()
def compare(
    results: Annotated[
        list[str], typer.Argument(metavar="RESULT...", help="A study's folder, or runs of one scenario.")
    ],
    out: Annotated[
        str | None, typer.Option(help="Folder for tables and figures; RESULT/comparison if left out.")
    ] = None,
    lang: LanguageOption = "en",
) -> None:
    """Compare answers in pairs: differences with intervals, cost per tonne, regret, front, ranks, the ledger."""
    from sim.faces.comparing import show_comparison

    _guarded(show_comparison, results, out, lang)


@app.command()
def sensitivity(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="A study, or the folder of one that was run.")],
    method: Annotated[str | None, typer.Option(help="morris or sobol_indices; the study's own, else morris.")] = None,
    draws: Annotated[
        int | None, typer.Option(min=2, help="Trajectories (morris) or base number (sobol_indices).")
    ] = None,
    replicates: Annotated[int | None, typer.Option(min=1, help="Random worlds per draw.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; one per core if left out.")] = None,
    out: Annotated[str | None, typer.Option(help="Folder of the study's result.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="156 weeks, few draws.")] = False,
    lang: LanguageOption = "en",
) -> None:
    """Say which uncertainty drives which metric, with intervals (Morris, Sobol)."""
    import os

    from sim.faces.explaining import show_sensitivity

    _guarded(show_sensitivity, study, method, draws, replicates, workers or os.cpu_count() or 1, out, quick, lang)


@app.command()
def ledger(
    scenario: ScenarioArgument,
    policy: Annotated[list[str] | None, typer.Option(help=ANSWERS.format("none"))] = None,
    replicates: Annotated[int, typer.Option(help="Paired worlds.")] = 16,
    seed: Annotated[int, typer.Option(help="Seed, 0 or more.")] = 0,
    weeks: Annotated[int | None, typer.Option(help="Weeks to run; the scenario's own if left out.")] = None,
    workers: Annotated[int, typer.Option(help="Processes.")] = 1,
    out: Annotated[Path | None, typer.Option(help="Write the table as CSV, and its figure beside it.")] = None,
    lang: LanguageOption = "en",
) -> None:
    """Run a scenario without and with its event: what the measure earned and cost the country that imposed it."""
    from sim.faces.comparing import show_ledger

    _guarded(show_ledger, scenario, _listed(policy), replicates, seed, weeks, workers, out, lang)


@app.command()
def history(
    replicates: Annotated[int, typer.Option(min=1, help="Random worlds of the replay.")] = 32,
    seed: Annotated[int, typer.Option(min=0, help="Seed, 0 or more.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Folder for the card's tables and figures.")] = None,
    facts: Annotated[str, typer.Option(help="Ids of facts joined by commas, such as A14,A28; all if left out.")] = "",
    ablations: Annotated[bool, typer.Option(help="Switch events and mechanisms off, one at a time.")] = True,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; one per core if left out.")] = None,
) -> None:
    """Replay 2009 to 2014 and print the score card: every fact with its data, tolerance and verdict."""
    import os

    from sim.faces.replaying import show_history

    chosen = tuple(f.strip() for f in facts.split(",") if f.strip())
    _guarded(show_history, replicates, seed, workers or os.cpu_count() or 1, out, chosen, ablations)


@app.command()
def calibrate(
    draws: Annotated[int, typer.Option(min=8, help="Sets of numbers to try; a power of two.")] = 4096,
    replicates: Annotated[int, typer.Option(min=1, help="Random worlds of each set.")] = 2,
    seed: Annotated[int, typer.Option(min=0, help="Seed, 0 or more.")] = 0,
    out: Annotated[Path, typer.Option(help="Folder for the tables and figures.")] = Path("results/calibration"),
    adopt: Annotated[bool, typer.Option("--adopt", help="Keep the accepted sets in the world's folder.")] = False,
    screen: Annotated[
        bool, typer.Option("--screen", help="Only say which numbers move training facts.")
    ] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; one per core if left out.")] = None,
) -> None:
    """Find the sets of a few numbers that fit the training facts; runs and studies draw from them."""
    import os

    from sim.faces.replaying import show_calibration, show_screening

    processes = workers or os.cpu_count() or 1
    if screen:
        _guarded(show_screening, seed, processes, out)
        return
    _guarded(show_calibration, draws, replicates, seed, processes, out, adopt)


@app.command(name="list")
def list_(
    what: Annotated[
        str, typer.Argument(metavar="events|policies|records|scenarios|studies|metrics", help="What to list.")
    ],
) -> None:
    """List what there is, each with its meaning."""
    from sim.faces.showing import show_list

    _guarded(show_list, what)


@app.command()
def schema(
    study: Annotated[bool, typer.Option("--study", help="Of study files instead of scenario files.")] = False,
) -> None:
    """Print the JSON Schema of scenario files, or of study files, for editors."""
    import json

    from sim.scenario.schema import ScenarioFile
    from sim.study.schema import StudyFile

    typer.echo(json.dumps((StudyFile if study else ScenarioFile).model_json_schema(), indent=2))


def main() -> None:
    """Entry point."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        app()
    except KeyboardInterrupt as interrupt:
        sys.exit(_code(interrupt))
