"""Reference: pages of events, policies, records, metrics and numbers, made from the code's own declarations.

``python -m sim.faces.reference FOLDER`` writes them; a test makes them again, so that they cannot drift from the code.
"""

import sys
from pathlib import Path
from typing import Any

from sim.faces.declared import constants_of, fields_of, given, head, own_fields, rules, table, told


def pages() -> dict[str, str]:
    """Every page of the reference, by file name."""
    return {
        "events.md": events(),
        "policies.md": policies(),
        "records.md": records(),
        "metrics.md": metrics(),
        "parameters.md": parameters(),
        "scenarios.md": scenarios(),
        "worlds.md": worlds(),
        "controls.md": controls(),
        "commands.md": commands(),
        "words.md": glossary(),
    }


# the pages --------------------------------------------------------------------------------------------------------------


def events() -> str:
    """Event kinds, with the keys that all share."""
    from sim.events import KINDS, Event
    from sim.events.selection import Selection

    shared = fields_of(Event, without={"kind"})
    parts = [
        head("Events", "What befalls, dated. `kind` names one of these; `ytterby list events` prints them in a line each."),
        "## Keys of every event\n\n" + shared,
        "## Selection\n\n" + told(Selection) + "\n\n" + fields_of(Selection),
    ]
    for name, kind in KINDS.items():
        parts.append(f"## {name}\n\n{told(kind)}\n\n" + own_fields(kind, Event))
    return "\n".join(parts)


def policies() -> str:
    """Policy kinds, with the triggers and keys they have."""
    from sim.policies import KINDS, Policy
    from sim.policies.portfolio import Portfolio
    from sim.policies.trigger import Trigger

    parts = [
        head("Policies", "What a government answers. A scenario's `policy`, or `--policy` by name; each may be given a `name`."),
        "## Trigger\n\n`when` of a policy. " + told(Trigger) + "\n\n" + fields_of(Trigger),
    ]
    kinds: dict[str, type[Policy]] = {**dict(sorted(KINDS.items())), "portfolio": Portfolio}
    for name, kind in kinds.items():
        parts.append(f"## {name}\n\n{told(kind)}\n\n" + own_fields(kind, Policy))
    return "\n".join(parts)


def records() -> str:
    """Records: what a run writes down."""
    from sim.records import RECORDS

    rows = [
        (f"`{r.name}`", r.unit, ", ".join(r.axes), r.how, "yes" if r.study else "", r.meaning) for r in RECORDS.values()
    ]
    about = "Weekly series of a run. *Months* says how weeks are summed up; *study* marks what studies keep."
    return head("Records", about) + "\n" + table(("record", "unit", "axes", "months", "study", "meaning"), rows)


def metrics() -> str:
    """Metrics of one run, and those against the background run."""
    from sim.metrics import METRICS
    from sim.paired import PAIRED

    columns = ("metric", "unit", "better", "from records", "meaning")

    def row(m: Any) -> tuple[str, ...]:
        return (f"`{m.name}`", m.unit, m.better, ", ".join(m.needs), m.meaning)

    return "\n".join([
        head("Metrics", "One number per run and label. Definitions: [measures](../measures.md)."),
        "## Of a single run\n\n" + table(columns, [row(m) for m in METRICS.values()]),
        "## Against the background run, in studies\n\n" + table(columns, [row(m) for m in PAIRED.values()]),
    ])  # fmt: skip


def parameters() -> str:
    """Numbers drawn per replicate, numbers of end uses, and numbers fixed in rules."""
    from sim.scenario.world import read_world, shipped_folder

    world = read_world(shipped_folder() / "worlds" / "rare_earths")
    numbers = [(f"`{name}`", n) for name, n in world.meta["parameters"].items()]
    for start, at in world.meta["starts"].items():
        numbers += [(f"`{name}`, {start}", n) for name, n in at["parameters"].items()]
    drawn = [
        (name, *(f"{n[k]:g}" for k in ("low", "mode", "high")), n["unit"], n["status"], n["source"], n["note"]) for name, n in numbers
    ]
    uses = [
        (f"`{r['end_use']}`", f"`{r['parameter']}`", *(given(r[k]) for k in ("low", "value", "high")), r["status"],
         r["source"], r["note"])
        for r in world.tables["end_uses"]
    ]  # fmt: skip
    columns = ("number", "low", "mode", "high", "unit", "status", "source", "meaning")
    fixed = [row for module in rules() for row in constants_of(module)]
    return "\n".join([
        head("Parameters", "Source keys are those of `scenarios/sources.yaml`."),
        "## Drawn per replicate\n\nFrom a triangular distribution, or from one of the world's calibrated sets. A scenario sets "
        "them under `parameters`; a study varies them as `parameters.NAME`.\n\n" + table(columns, drawn),
        "## Of end uses\n\nA study varies them as `end_uses.USE.NAME`.\n\n"
        + table(("end use", "number", "low", "mode", "high", "status", "source", "note"), uses),
        "## Fixed in rules\n\n" + table(("number", "value", "in", "meaning (unit; status; source)"), fixed),
    ])  # fmt: skip


def scenarios() -> str:
    """Keys of a scenario file and of a study file."""
    from sim.scenario.schema import ScenarioFile
    from sim.study.schema import Kept, StudyFile, Vary

    return "\n".join([
        head("Scenario and study files", "Unknown keys are refused with file, line and key. `ytterby schema` prints the JSON Schema."),
        "## Scenario\n\n" + fields_of(ScenarioFile),
        "## Study\n\n" + fields_of(StudyFile),
        "## Study: vary\n\n" + told(Vary) + "\n\n" + fields_of(Vary),
        "## Study: keep\n\n" + told(Kept) + "\n\n" + fields_of(Kept),
    ])  # fmt: skip


def worlds() -> str:
    """Tables of a world and their columns."""
    from sim.scenario.tables import PROVENANCE, TABLES

    parts = [head("World tables", "One CSV file each. The columns of provenance stand in every table.")]
    for name, columns in {"provenance (every table)": PROVENANCE, **TABLES}.items():
        rows = []
        for c in columns:
            choices = f" ({', '.join(c.choices)})" if c.choices else ""
            rows.append((f"`{c.name}`", c.kind, "may be empty" if c.optional else "", c.meaning + choices))
        parts.append(f"## {name}\n\n" + table(("column", "kind", "", "meaning"), rows))
    return "\n".join(parts)


def controls() -> str:
    """Controls: all that events and policies may press."""
    from sim.world.controls import CONTROLS

    rows = [(f"`{c.name}`", c.axis, f"{c.neutral:g}", c.combine, c.unit, c.meaning) for c in CONTROLS.values()]
    about = "The one doorway between events, policies and mechanisms. Where several press one, they combine by its rule."
    return head("Controls", about) + "\n" + table(("control", "axis", "neutral", "combined by", "unit", "meaning"), rows)


def commands() -> str:
    """The command line, from the command's own help."""
    import typer

    from sim.cli import app

    group: Any = typer.main.get_command(app)
    parts = [head("Commands", "`ytterby COMMAND --help` says the same.")]
    for name, command in sorted(group.commands.items()):
        shown = [p for p in command.params if p.name != "help"]
        words = [p.metavar or p.name.upper() for p in shown if p.param_type_name == "argument"]
        rows = [(f"`{' '.join(p.opts)}`", given(p.default), p.help or "") for p in shown if p.param_type_name == "option"]
        usage = f"## ytterby {' '.join([name, *words])}\n\n{command.help}\n"
        parts.append(usage + ("\n" + table(("option", "otherwise", "meaning"), rows) if rows else ""))
    return "\n".join(parts)


SECTIONS = {
    "element": "Elements", "stage": "Stages", "product": "Products", "end_use": "End uses", "kind": "Sites",
    "event_kind": "Events", "policy": "Policies", "record": "Records", "metric": "Metrics", "ledger": "The embargoer's ledger",
    "budget": "Lines of a budget", "country": "Countries",
}  # fmt: skip
"""Sections of the language tables that the glossary shows."""


def glossary() -> str:
    """Words in every language, from the tables that figures and briefings are written with."""
    from sim.language import LANGUAGES

    parts = [head("Words in three languages", "As figures and briefings write them (`--lang`). Terms explained: [glossary](../glossary.md).")]
    for section, title in SECTIONS.items():
        keys = [k for k in LANGUAGES["en"] if k.startswith(f"{section}.")]
        rows = [(f"`{k.split('.', 1)[1]}`", *(words[k] for words in LANGUAGES.values())) for k in keys]
        parts.append(f"## {title}\n\n" + table(("name", *LANGUAGES), rows))
    return "\n".join(parts)


if __name__ == "__main__":
    for file, page in pages().items():
        (Path(sys.argv[1]) / file).write_text(page, encoding="utf-8")
