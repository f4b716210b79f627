"""Showing: checks, explanations, lists and differences in sentences."""

import difflib
import itertools
from datetime import timedelta
from pathlib import Path
from typing import Any

import typer

from sim.calendar import Calendar
from sim.events.event import Event, spoken
from sim.faces.backing import cited, known_sources, names_in_full, ranges, sources_named
from sim.faces.kinds import check_kind
from sim.faces.regime import sentences
from sim.scenario.faults import LARGEST, ScenarioError, read, spell
from sim.scenario.load import Scenario, as_yaml, load, shipped_names, shipped_worlds
from sim.scenario.world import shipped_folder

LICENCES = ("licence_desk", "re_export_rule", "general_licences")
"""Kinds of event that make or ease a licence regime."""
QUOTA_VARIANTS = {
    "permit_price": "every pool has one price of a permit, paid on all its cargo",
    "margin": "exporters ship where the margin per kg is greatest",
}
"""Rival rules of a scarce quota, in words."""
ALLOCATION = {"pro_rata": "all alike", "home_first": "buyers at home first"}
"""Whom sellers serve first when short, in words."""


def counted(number: int, one: str) -> str:
    """A number of things in words: ``1 week``, ``2 weeks``."""
    return f"{number:,} {one}{'s' * (number != 1)}"


def check_scenario(source: str) -> None:
    """Load and check a scenario, or an event kind in a file of its own; print its size, or raise at the first fault."""
    if source.endswith(".py"):
        check_kind(Path(source))
        return
    scenario = load(source)
    net = scenario.network()
    typer.echo(
        f"{source}: ok; {counted(len(scenario.file.events), 'event')}, {counted(scenario.file.weeks, 'week')} from "
        f"{scenario.file.start}, {counted(len(net.sites), 'site')}, {counted(net.seller.size, 'lane')}"
    )


def world_folder(name: str) -> Path:
    """A world's folder by path or shipped name."""
    if name and (Path(name) / "world.yaml").is_file():
        return Path(name)
    if name in shipped_worlds():
        return shipped_folder() / "worlds" / name
    known = ", ".join(shipped_worlds())
    raise ScenarioError(f"{name or repr('')}: no world there; give a folder with world.yaml or one of {known}")


def check_world(name: str) -> None:
    """Check tables, balance every start, print tonnage by status, named plants, and residuals."""
    from sim.scenario.report import extent_share, largest_pools, tonnage_by_status, trade_at_rest
    from sim.scenario.world import network_of, read_world

    folder = world_folder(name)
    world = read_world(folder)
    rows = sum(len(t) for t in world.tables.values())
    typer.echo(f"{world.meta['title']}: {rows} rows in {len(world.tables)} tables, every source known")
    for start in map(str, world.meta["starts"]):
        net = network_of(folder, start)
        typer.echo(
            f"\nstart {start}: {len(net.sites)} sites, {len(net.points)} stock points, {net.seller.size} lanes "
            f"({int((net.flow_at_rest > 0).sum())} awake), {len(net.projects)} projects"
        )
        for table, shares in tonnage_by_status(world, start).items():
            words = ", ".join(f"{100 * v:.0f} % {k}" for k, v in shares.items())
            typer.echo(f"  tonnage of {table}: {words}")
        for kind, shares in extent_share(world, start).items():
            typer.echo(f"  {kind}: {_extents(shares)}")
            for title, tonnes, note in largest_pools(world, start, kind):
                typer.echo(f"    pooled: {title}, {tonnes:,.0f} t/yr: {note}")
        moved = [r for r in net.residuals if r["kind"] == "balance"]
        typer.echo(f"  balance: {len(moved)} rows moved beyond their bounds")
        for r in moved[:12]:
            typer.echo(
                f"    {r['row']} ({r['status']}): {r['tonnes_yr']:,.0f} -> {r['balanced']:,.0f} t/yr "
                f"({r['moved_percent']:+.0f} % beyond its bounds)"
            )
        trade = trade_at_rest(net.residuals)
        typer.echo(
            f"  lanes cover {100 * trade.covered:.1f} % of the flow by seller country and buyer\n"
            f"  trade: {100 * trade.elsewhere:.2f} % of the tonnage comes from another country than the data say; of "
            f"{trade.judged} (country, product) that buy 50 t/yr and more, {trade.far} have a share more than 5 points off, "
            f"with {100 * trade.far_tonnage:.1f} % of the tonnage; largest departures"
        )
        off = [r for r in net.residuals if r["kind"] == "trade" and r["tonnes_yr"] >= 50.0]
        off.sort(key=lambda r: -abs(r["data"] - r["balanced"]))
        for r in off[:8]:
            typer.echo(
                f"    {r['product']} {r['seller']} to {r['buyer']}: {100 * r['data']:.0f} % in the data, "
                f"{100 * r['balanced']:.0f} % balanced ({r['tonnes_yr']:,.0f} t/yr)"
            )


def _extents(shares: dict[str, float]) -> str:
    named = 100 * (shares.get("plant", 0.0) + shares.get("firm", 0.0))
    parts = (
        ("plant", "single plants"),
        ("firm", "plants of one firm"),
        ("pool", "pools"),
        ("undocumented", "undocumented"),
    )
    words = ", ".join(f"{100 * shares[e]:.0f} % {w}" for e, w in parts if e in shares)
    known = 1.0 - shares.get("undocumented", 0.0)
    of_known = f", {named / known:.0f} % of what is documented" if known < 1.0 else ""
    return f"{named:.0f} % of the tonnage under a name ({words}){of_known}"


def explain_scenario(source: str) -> None:
    """What holds between which dates, and the week's steps."""
    for line in explanation(load(source)):
        typer.echo(line)


def explanation(scenario: Scenario) -> list[str]:
    """Sentences about a scenario, without running it."""
    from sim.model import WEEK

    file, calendar = scenario.file, scenario.calendar()
    net = scenario.network()
    lines = [file.title]
    if file.question:
        lines.append(file.question)
    lines.append(
        f"World {file.world}, start {file.start}: {counted(len(net.sites), 'site')}, {counted(net.seller.size, 'lane')}. "
        f"{counted(file.weeks, 'week')}, {calendar.monday(0)} to {calendar.end}."
    )
    lines += _set_otherwise(scenario)
    known = known_sources(scenario)
    lines += ["", "What answers:"]
    for policy in file.policy.together():
        lines.append(f"  {policy.label}: {policy.effect()}.")
        lines += _backed(policy.evidence, policy.source, known)
    lines += ["", f"Trade policy in force on {net.start_day}:"]
    first = calendar.monday(0)
    standing = [
        e.name for e in file.events if e.kind in LICENCES and e.start <= first and (e.end is None or e.end > first)
    ]
    lines += [f"  {line}" for line in sentences(net, first, standing, scenario.policy_until(), scenario.calendar().end)]
    lines += ["", "What holds when:"]
    for begin, end, names in spans(scenario, calendar):
        lines.append(f"  {begin} to {end}: {', '.join(names) if names else 'nothing beside the world'}")
    lines += _befalls(scenario, known)
    if file.notes:
        lines += ["", "To bear in mind:", f"  {' '.join(file.notes.split())}"]
    full, sources = names_in_full(scenario, lines), sources_named(scenario, lines)
    lines += (["", "Names:", *(f"  {name}" for name in full)] if full else [])
    lines += (["", "Sources:", *(f"  {source}" for source in sources)] if sources else [])
    lines += ["", "A week, in order:"]
    lines += [f"  {n}. {name}" for n, (name, _) in enumerate(WEEK, 1)]
    return lines


def _set_otherwise(scenario: Scenario) -> list[str]:
    """What the scenario sets otherwise than a plain run of its world."""
    file = scenario.file
    lines = []
    if file.at_rest:
        lines.append(
            "At rest: dated rows, trade policy, trend and projects stand still; background events are left out."
        )
    if file.without:
        lines.append(f"Switched off: {', '.join(file.without)}.")
    if any(e.kind == "export_quota" for e in file.events):
        lines.append(f"Scarce permits: {QUOTA_VARIANTS[file.quota_variant]} (variant {file.quota_variant}).")
    lines += [
        f"Sellers in {country} serve, when short, {ALLOCATION[rule]}." for country, rule in file.allocation.items()
    ]
    lines += [f"Set otherwise than in the world: {key} {spoken(number)}." for key, number in file.parameters.items()]
    if file.draws == "prior":
        lines.append("Numbers that the world has fitted are drawn from their ranges, not from the accepted sets.")
    return lines


def _befalls(scenario: Scenario, known: dict[str, dict[str, Any]]) -> list[str]:
    """Each event: whether it is background, its dates, what it does, what is drawn, what is known and from where."""
    lines = ["", "What each does:"]
    if not scenario.file.events:
        lines.append("  Nothing befalls this world.")
    for event in sorted(scenario.file.events, key=lambda e: (e.start, e.name)):
        mark = " [background]" if event.background else ""
        lines.append(f"  {event.name}{mark}, {event.dates()}: {event.effect()}.")
        lines += [f"    uncertain: {line}" for line in ranges(event)]
        lines += _backed(event.evidence, event.source, known)
    return lines


def _backed(evidence: str, source: str, known: dict[str, dict[str, Any]]) -> list[str]:
    """What is known of an event or an answer, and its sources by title."""
    lines = [f"    evidence: {evidence}"] if evidence else []
    return lines + ([f"    source: {cited(source, known)}"] if source else [])


def spans(scenario: Scenario, calendar: Calendar) -> list[tuple[Any, Any, list[str]]]:
    """Stretches of time between dates at which an event begins, turns, begins to fade or is gone, with the events that hold."""
    first, last = calendar.monday(0), calendar.end
    cuts = {first, last}
    for e in scenario.file.events:
        cuts |= {d for d in (e.start, e.end, _gone(e), *e.turns()) if d is not None and first < d < last}
    return [
        (begin, end, [told for e in scenario.file.events if (told := _holds(e, begin))])
        for begin, end in itertools.pairwise(sorted(cuts))
    ]


def _gone(event: Event) -> Any:
    """Day from which nothing of an event is left; None where it lasts."""
    return None if event.end is None else event.end + timedelta(weeks=event.fade_weeks)


def _holds(event: Event, day: Any) -> str:
    """An event's name while it holds, with its last turn or that it fades; nothing while it does not."""
    gone = _gone(event)
    if event.start > day or (gone is not None and gone <= day):
        return ""
    if event.end is not None and event.end <= day:
        return f"{event.name} (fading)"
    turned = [word for when, word in sorted(event.turns().items()) if when <= day]
    return f"{event.name} ({turned[-1]})" if turned else event.name


def show_list(what: str) -> None:
    """Print names with their meaning."""
    for name, meaning in listing(what):
        typer.echo(f"{name:24} {meaning}")


def listing(what: str) -> list[tuple[str, str]]:
    """Names and meanings of one sort of thing."""
    if what == "events":
        from sim.events import KINDS

        return [(k, _first_line(v)) for k, v in sorted(KINDS.items())]
    if what == "policies":
        from sim.policies import KINDS as POLICIES

        return [(k, _first_line(v)) for k, v in sorted(POLICIES.items())]
    if what == "records":
        from sim.records import RECORDS

        return [(r.name, f"{r.meaning} [{r.unit}; {', '.join(r.axes)}]") for r in RECORDS.values()]
    if what == "metrics":
        from sim.metrics import METRICS
        from sim.paired import PAIRED

        single = [(m.name, f"{m.meaning} [{m.unit}]") for m in METRICS.values()]
        return single + [(m.name, f"{m.meaning} [{m.unit}; studies]") for m in PAIRED.values()]
    if what == "studies":
        from sim.study.load import load_study, shipped_studies

        return [(n, load_study(n).file.title) for n in shipped_studies()]
    if what == "scenarios":
        return [(n, load(n, check=False).title) for n in shipped_names()]
    raise ScenarioError(f"{what!r} cannot be listed; write events, policies, records, scenarios, studies or metrics")


def _first_line(thing: Any) -> str:
    return (thing.__doc__ or "").strip().splitlines()[0]


def show_difference(a: str, b: str) -> None:
    """Lines in which two resolved scenarios differ; for results also the largest differences of metrics."""
    results = [(Path(s) / "manifest.json").is_file() for s in (a, b)]
    first, second = _text(a), _text(b)
    if results[0] != results[1]:
        raise ScenarioError(f"{a} and {b} are a scenario and a result; give two scenarios or two results")
    metrics = _metric_difference(Path(a), Path(b)) if all(results) else []
    lines = differing_lines(first, second, a, b)
    for line in [*(lines or ["no difference in what was asked"]), *metrics]:
        typer.echo(line)


def differing_lines(first: str, second: str, a: str, b: str) -> list[str]:
    """Lines in which two texts of YAML differ, each stretch of them headed by the key it begins at."""
    before, after = first.splitlines(), second.splitlines()
    keys = [{line: spell(key) for key, line in read(text, name, "")[1].items()} for text, name in ((first, a), (second, b))]
    lines: list[str] = []
    for group in difflib.SequenceMatcher(None, before, after).get_grouped_opcodes(1):
        _, i, end_i, j, end_j = next(op for op in group if op[0] != "equal")
        known, line = (keys[0], i + 1) if end_i > i else (keys[1], j + 1)
        lines.append(f"@@ {known[max(n for n in known if n <= line)]} @@")
        for what, i, end_i, j, end_j in group:
            if what == "equal":
                lines += [f" {line}" for line in before[i:end_i]]
            else:
                lines += [f"-{line}" for line in before[i:end_i]] + [f"+{line}" for line in after[j:end_j]]
    return [f"--- {a}", f"+++ {b}", *lines] if lines else []


def _text(source: str) -> str:
    if (Path(source) / "manifest.json").is_file():
        from sim.store import read_manifest

        m = read_manifest(Path(source))
        asked = {k: m[k] for k in ("weeks", "replicates", "seed", "records")}
        if m["seed"] > LARGEST:  # more digits than a file may hold
            asked["seed"] = str(m["seed"])
        return as_yaml({**m["scenario"], **asked})
    return load(source).text()


def _metric_difference(a: Path, b: Path) -> list[str]:
    """Lines of the metrics in which two results differ most."""
    from sim.result import open_result

    first, second = open_result(a).metrics(), open_result(b).metrics()
    shared = [c for c in first.columns if c in second.columns and first[c].dtype.kind == "f"]
    n = min(len(first), len(second))
    rows = []
    for column in shared:
        gap = second[column].to_numpy()[:n] - first[column].to_numpy()[:n]
        if abs(gap[gap == gap]).sum() > 0:
            rows.append((column, first[column].mean(), second[column].mean()))
    rows.sort(key=lambda r: -abs(r[2] - r[1]) / (abs(r[1]) + 1e-9))
    return [f"{c:44} {before:12.4g} -> {after:12.4g}" for c, before, after in rows[:20]] or ["no metric differs"]
