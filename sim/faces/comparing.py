"""Comparing: tables of a comparison in the terminal, and all of them as CSV, Parquet and figures."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from rich.table import Table

from sim.analysis.comparison import Comparison, compare, ledger_line
from sim.analysis.intervals import resample
from sim.analysis.ledger import ENTRIES, RECORDS, ledger
from sim.folder import Folder
from sim.paired import Terms
from sim.runner import chosen_policy, run
from sim.scenario.load import load
from sim.store import ResultError

if TYPE_CHECKING:
    import pandas as pd

ROWS = 12
"""Rows of a table in the terminal; the files hold all."""


def show_comparison(sources: list[str], out: str | None) -> Comparison:
    """Compare, print the main tables, and write all of them beside the result."""
    found = compare(*sources)
    target = out or f"{sources[0].rstrip('/')}/comparison"
    folder = Folder(target)
    if folder.is_local and Path(target).exists() and not Path(target).is_dir():
        raise ResultError(f"{target}: is a file; give a folder")
    console = Console(width=max(Console().width, 130))
    for pairs in found.pairs:
        console.print(f"\n[bold]{pairs.scenario}[/bold], {len(pairs.draws)} paired worlds", highlight=False)
        _show_event(found, pairs.scenario, console)
        _show_recovery(found, pairs.scenario, console)
        _show_race(found, pairs.scenario, console)
        _show_cost(found, pairs.scenario, console)
        _show_sureness(found, pairs.scenario, console)
        _show_ledger(found.ledger, pairs.scenario, console)
    write(found, folder)
    console.print(f"\nall tables and figures in {target}", highlight=False)
    return found


def write(found: Comparison, folder: Folder) -> None:
    """Every table as CSV and Parquet; figures where the folder is on this disk."""
    import io

    for name, table in found.tables().items():
        folder.write(f"{name}.csv", table.to_csv(index=False).encode())
        sink = io.BytesIO()
        table.to_parquet(sink, index=False)
        folder.write(f"{name}.parquet", sink.getvalue())
    if folder.is_local:
        from sim.figures.comparison import draw_comparison

        draw_comparison(found, Path(folder.path("")))


def _rows(table: "pd.DataFrame", scenario: str) -> "pd.DataFrame":
    return table[table.scenario == scenario] if len(table) else table


def _show_event(found: Comparison, scenario: str, console: Console) -> None:
    """What the event did, where it did most."""
    rows = _rows(found.differences, scenario)
    rows = rows[(rows.of == "event") & (rows["mean"] != 0.0)] if len(rows) else rows
    if not len(rows):
        return
    chosen = []
    for metric in ("line_stop_weeks", "shortage_value_musd", "time_to_recovery", "peak_over_base"):
        those = rows[(rows.metric == metric) & (~rows.label.str.contains(r"\.") | (metric == "price_recovery"))]
        chosen.append(those.reindex(those["mean"].abs().sort_values(ascending=False).index)[:3])
    table = Table(title="What the event did (b1 less b0)", title_justify="left")
    for column in ("metric", "of", "without", "mean difference", "90 % interval", "median", "worlds changed"):
        table.add_column(column, justify="left" if column in ("metric", "of") else "right")
    for part in chosen:
        for _, r in part.iterrows():
            table.add_row(
                r.metric, r.label, _number(r.without), _number(r["mean"]), _span(r.low, r.high), _number(r["median"]),
                f"{100 * (1 - r.no_change):.0f} %",
            )  # fmt: skip
    console.print(table)


def _show_recovery(found: Comparison, scenario: str, console: Console) -> None:
    """How long use stays under background without an answer."""
    rows = _rows(found.recovery, scenario)
    rows = rows[rows.policy == "none"].sort_values("fell", ascending=False)[:6] if len(rows) else rows
    if len(rows):
        told = "; ".join(
            f"{r.country} {_weeks(r.median_weeks)} (fell in {100 * r.fell:.0f} %, cut off {100 * r.cut_off:.0f} %)"
            for _, r in rows.iterrows()
        )
        console.print(f"median time to recovery where use fell: {told}", highlight=False)


def _show_race(found: Comparison, scenario: str, console: Console) -> None:
    """Each answer over doing nothing."""
    rows = _rows(found.race, scenario)
    if not len(rows):
        return
    front = set(_front(found, scenario))
    regret = _rows(found.regret, scenario)
    table = Table(title="Answers, over doing nothing (mean, 90 % interval in brackets)", title_justify="left")
    columns = ["answer", "net cost, M USD", "in peace", "line-stop weeks", "helps in", "shortage, M USD"]
    columns += ["regret, M USD", "worst"] if len(regret) else []
    for column in [*columns, "budget", "on front"]:
        is_name = column == "answer"
        table.add_column(column, justify="left" if is_name else "right", no_wrap=is_name)
    table.columns[0].min_width = max(len(p) for p in rows.policy)
    ordered = rows.sort_values("loss", kind="stable")
    for _, r in ordered.iterrows():
        cells = [
            r.policy,
            f"{_number(r.cost_musd)} ({_span(r.cost_musd_low, r.cost_musd_high)})",
            _number(r.peace_musd),
            f"{_number(r.line_stop_weeks)} ({_span(r.line_stop_weeks_low, r.line_stop_weeks_high)})",
            f"{100 * r.helps:.0f} %",
            f"{_number(r.shortage_musd)} ({_span(r.shortage_musd_low, r.shortage_musd_high)})",
        ]
        if len(regret):
            own = regret[(regret.policy == r.policy) & (regret.budget_class == r.budget_class)].iloc[0]
            cells += [_number(own.mean_musd), _number(own.worst_musd)]
        table.add_row(*cells, r.budget_class, "yes" if r.policy in front else "")
    console.print(table)
    if not found.is_valued:
        console.print("no regret: the study gives no value added per week of line stop; ranks go by line-stop weeks")


def _front(found: Comparison, scenario: str) -> list[str]:
    rows = _rows(found.pareto, scenario)
    return list(rows[rows.on_front].policy) if len(rows) else []


def _show_cost(found: Comparison, scenario: str, console: Console) -> None:
    """Cost per tonne averted, where any is."""
    rows = _rows(found.cost_per_tonne, scenario)
    if not len(rows):
        return
    shown = rows[rows.verdict == ""]
    without = [p for p in rows.policy.unique() if not (shown.policy == p).any()]
    if len(shown):
        table = Table(title="Public cost per tonne of shortage averted at home", title_justify="left")
        for column in ("answer", "element", "averted, t", "M USD per t", "90 % interval", "shifted to others, t"):
            table.add_column(column, justify="left" if column in ("answer", "element") else "right")
        for _, r in shown.sort_values("averted_t", ascending=False)[:ROWS].iterrows():
            table.add_row(
                r.policy, r.element, _number(r.averted_t), _number(r.musd_per_t), _span(r.low, r.high),
                f"{_number(r.shifted_t)} ({_span(r.shifted_low, r.shifted_high)})",
            )  # fmt: skip
        console.print(table)
    expected = _rows(found.expected_cost, scenario)
    if len(expected):
        each = expected.drop_duplicates("policy")
        told = "; ".join(f"{r.policy} {_number(r.expected_musd)}" for _, r in each.iterrows())
        chance = 100 * expected.probability.iloc[0]
        console.print(f"expected cost with the event coming in {chance:g} %, M USD: {told}", highlight=False)
    if without:
        console.print(f"no effect shown on the shortage of any element at home: {', '.join(without)}", highlight=False)


def _show_sureness(found: Comparison, scenario: str, console: Console) -> None:
    """How stable the ranking is, and how many replicates the asked precision needs."""
    ranks = _rows(found.stability, scenario)
    if len(ranks):
        first = ranks.sort_values("rank").iloc[0]
        moved = ranks[ranks.rank_low != ranks.rank_high]
        told = ", ".join(f"{r.policy} {r.rank_low}-{r.rank_high}" for _, r in moved.iterrows())
        console.print(
            f"ranking: {first.policy} is first, and in {100 * first.first_in:.0f} % of random halves of the worlds; "
            + (f"ranks that move (5 to 95 %): {told}" if told else "no rank moves"),
            highlight=False,
        )
    flips = _rows(found.flips, scenario)
    if len(flips):
        console.print(f"another answer is best in draws {', '.join(map(str, flips.draw[:20]))}", highlight=False)
    rows = _rows(found.differences, scenario)
    rows = (
        rows[(rows.of != "event") & rows.metric.isin(["line_stop_weeks", "shortage_value_musd"])] if len(rows) else rows
    )
    needed = rows[np.isfinite(rows.replicates_needed) & (rows.no_change < 0.5)] if len(rows) else rows
    if len(needed):
        precision = found.terms.get("precision_percent", 10.0)
        console.print(
            f"for intervals of {precision:g} % of the mean: median {needed.replicates_needed.median():,.0f} pairs, "
            f"{needed.pairs.iloc[0]} are there",
            highlight=False,
        )


def _show_ledger(table: "pd.DataFrame", scenario: str, console: Console) -> None:
    """The embargoer's ledger of the event alone."""
    rows = _rows(table, scenario)
    rows = rows[rows.policy == "none"] if len(rows) else rows
    if len(rows):
        print_ledger(
            [dict(r) for _, r in rows.iterrows()], "The embargoer's ledger, M USD of today (b1 less b0)", console
        )


def print_ledger(rows: list[dict[str, Any]], title: str, console: Console) -> None:
    """Lines with mean, interval and the share of worlds of each sign."""
    table = Table(title=title, title_justify="left")
    for column in ("line", "mean", "90 % interval", "median", "gains in", "loses in", "meaning"):
        table.add_column(column, justify="left" if column in ("line", "meaning") else "right")
    for r in rows:
        table.add_row(
            r["line"].replace("_", " "), _number(r["mean"]), _span(r["low"], r["high"]), _number(r["median"]),
            f"{100 * r['gains']:.0f} %", f"{100 * r['loses']:.0f} %", ENTRIES[r["line"]],
        )  # fmt: skip
    console.print(table)


def show_ledger(
    source: str, policy: list[str] | None, replicates: int, seed: int, weeks: int | None, workers: int, out: Path | None
) -> None:
    """Run a scenario without and with its event, and print the embargoer's ledger."""
    import pandas as pd

    from sim.study.part import background_only

    if out is not None and (out.is_dir() or not out.parent.is_dir()):
        raise ResultError(f"{out}: no file can be written there; give a file in a folder that exists")
    scenario = load(source)
    chosen = chosen_policy(scenario, policy or "none")
    err = Console(stderr=True)
    results = []
    for told, file, answer in (("without the event", background_only(scenario), "none"), ("with it", scenario, chosen)):
        err.print(f"running {told}")
        results.append(
            run(file, answer, replicates=replicates, seed=seed, weeks=weeks, records=RECORDS, workers=workers)
        )
    table = ledger(results[0], results[1], terms=Terms())
    pairs = resample(np.zeros(len(table)), table["replicate"].to_numpy())
    rows = [ledger_line(line, table[line].to_numpy(), pairs) for line in ENTRIES]
    console = Console(width=max(Console().width, 130))
    console.print(f"[bold]{scenario.title}[/bold]")
    title = f"Ledger of {results[1].manifest['exporter']}, M USD of today, {len(table)} paired worlds, policy {results[1].manifest['policy']}"
    print_ledger(rows, title, console)
    console.print("home output is 0 here: only a study says what a line's week is worth")
    if out is not None:
        pd.DataFrame(rows).to_csv(out, index=False)


def _weeks(value: float) -> str:
    return f"{_number(value)} weeks" if np.isfinite(value) else "beyond the horizon"


def _number(value: float) -> str:
    if not np.isfinite(value):
        return "-" if np.isnan(value) else "beyond"
    size = abs(value)
    text = f"{value:,.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.3g}"
    return "0" if text in ("-0", "0.0", "-0.0") or value == 0 else text


def _span(low: float, high: float) -> str:
    return f"{_number(low)} to {_number(high)}" if np.isfinite(low) else "-"
