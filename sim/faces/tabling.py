"""Tabling: the tables of a comparison and of an ablation in the terminal, each within a hundred columns."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from sim.analysis.comparison import Comparison
from sim.analysis.ledger import ENTRIES
from sim.analysis.race import idle_answers
from sim.language import words

if TYPE_CHECKING:
    import pandas as pd

ROWS = 12
"""Rows of a table in the terminal; the files hold all."""
WIDTH = 100
"""Columns of a terminal that every table fits in."""
MEASURES = 4
"""Measures of an ablation in the terminal at the most."""
LEFT = ("answer", "off", "metric", "of", "element", "line", "meaning", "country", "best there", "budget class")
"""Columns of words."""


def terminal() -> Console:
    """The terminal, or a page of a hundred columns."""
    return Console(width=max(Console().width, WIDTH))


def rows_of(table: "pd.DataFrame", scenario: str) -> "pd.DataFrame":
    return table[table.scenario == scenario] if len(table) else table


def print_table(title: str, columns: list[str], rows: Iterable[list[str]], console: Console) -> None:
    """One table, its first column unbroken; nothing where there are no rows."""
    found = list(rows)
    if not found:
        return
    console.print(f"[italic]{title}[/italic]", highlight=False)
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, collapse_padding=True)
    for n, column in enumerate(columns):
        table.add_column(column, justify="left" if column in LEFT else "right", no_wrap=n == 0)
    for row in found:
        table.add_row(*row)
    console.print(table)


def say(text: str, console: Console) -> None:
    console.print(text, highlight=False)


def print_event(found: Comparison, scenario: str, console: Console) -> None:
    """What the event did, where it did most."""
    rows = rows_of(found.differences, scenario)
    rows = rows[(rows.of == "event") & (rows["mean"] != 0.0)] if len(rows) else rows
    if not len(rows):
        return
    chosen = []
    for metric in (
        "line_stop_weeks",
        "shortage_value_musd",
        "first_stop",
        "time_to_recovery",
        "peak_over_base",
        "price_recovery",
    ):
        those = rows[(rows.metric == metric) & (~rows.label.str.contains(r"\.") | (metric == "price_recovery"))]
        chosen.append(those.reindex(those["mean"].abs().sort_values(ascending=False).index)[:3])
    print_table(
        "What the event did (b1 less b0), most first",
        ["metric", "of", "without", "mean", "90 %", "median", "changed in"],
        (
            [r.metric, r.label, number(r.without), number(r["mean"]), span(r.low, r.high), number(r["median"]),
             share(1 - r.no_change)]
            for part in chosen for _, r in part.iterrows()
        ),
        console,
    )  # fmt: skip


def print_recovery(found: Comparison, scenario: str, console: Console) -> None:
    """How long use stays under background, and traded prices over it, without an answer; where they moved most often first."""
    rows = rows_of(found.recovery, scenario)
    rows = rows[rows.policy == "none"].sort_values(["fell", "cut_off"], ascending=False, kind="stable") if len(rows) else rows
    for what, those in (("use", rows[rows.of == "use"]), ("price", rows[rows.of != "use"])) if len(rows) else ():
        moved = "fell" if what == "use" else "rose"
        print_table(
            f"Time to recovery of {what if what == 'use' else 'traded prices'} without an answer (Kaplan-Meier median, weeks)",
            ["country" if what == "use" else "of", "all worlds", f"where it {moved}", f"{moved} in", "cut off by the horizon"],
            (
                [r.country if what == "use" else f"{r.of} in {r.country}", weeks(r.median_weeks), weeks(r.median_where_fell),
                 share(r.fell), share(r.cut_off)]
                for _, r in those[: ROWS if what == "use" else ROWS // 2].iterrows()
            ),
            console,
        )  # fmt: skip


def print_race(found: Comparison, scenario: str, console: Console) -> None:
    """What each answer changes, its rank, and whether it stands on the front; those that change nothing in a line."""
    rows = rows_of(found.race, scenario)
    if not len(rows):
        return
    idle = idle_answers(found.race, scenario)
    rows = rows[~rows.policy.isin(idle)].sort_values("loss", kind="stable")
    fronts, ranking = rows_of(found.pareto, scenario), rows_of(found.stability, scenario)
    front = set(fronts[fronts.on_front].policy) if len(fronts) else set()
    placed = {r.policy: f"{r['rank']} ({r.rank_low}-{r.rank_high})" for _, r in ranking.iterrows()}
    print_table(
        "What each answer changes, over doing nothing (mean, 90 %; * nothing is both cheaper and better)",
        ["answer", "line-stop weeks", "helps", "shortage, M USD", "rank"],
        (
            [r.policy, both(r, "line_stop_weeks"), share(r.helps), both(r, "shortage_musd"), f"{placed.get(r.policy, '-')} {'*' if r.policy in front else ' '}"]
            for _, r in rows.iterrows()
        ),
        console,
    )  # fmt: skip
    if idle:
        say(f"cost nothing and changed nothing in any world: {', '.join(idle)}", console)
    if len(ranking):
        by = (
            "net cost and value added lost" if found.is_valued else "line-stop weeks, as the study gives no value added"
        )
        first, none = ranking.sort_values("rank").iloc[0], ranking[ranking.policy == "none"].iloc[0]
        say(
            f"ranking by {by}: {first.policy} is first, and in {100 * first.first_in:.0f} % of random halves of the replicates; "
            f"doing nothing is {none['rank']} ({none.rank_low}-{none.rank_high})",
            console,
        )


def print_costs(found: Comparison, scenario: str, console: Console) -> None:
    """What each answer costs: net, gross, at its peak, in peace, as expected, and at other discount rates."""
    rows = rows_of(found.race, scenario)
    rows = (
        rows[(rows.cost_musd.fillna(0.0) != 0.0) | (rows.gross_musd.fillna(0.0) != 0.0) | (rows.peace_musd.fillna(0.0) != 0.0)]
        if len(rows)
        else rows
    )
    if not len(rows):
        return
    rates, expected = rows_of(found.rates, scenario), rows_of(found.expected_cost, scenario)
    at = {(r.policy, r.discount_percent_yr): number(r.cost_musd) for _, r in rates.iterrows()}
    chance = {r.policy: number(r.expected_musd) for _, r in expected.iterrows()}
    print_table(
        "What each answer costs the public, M USD of today, over doing nothing",
        ["answer", "net", "90 %", "gross", "peak", "peace", "expected", "at 0 %", "at 7 %"],
        (
            [r.policy, number(r.cost_musd), span(r.cost_musd_low, r.cost_musd_high), number(r.gross_musd), number(r.peak_musd), number(r.peace_musd),
             chance.get(r.policy, "-"), at.get((r.policy, 0.0), "-"), at.get((r.policy, 7.0), "-")]
            for _, r in rows.sort_values("cost_musd").iterrows()
        ),
        console,
    )  # fmt: skip
    if len(expected):
        say(f"expected: the event comes in {100 * expected.probability.iloc[0]:g} % of futures", console)
    policies = list(dict.fromkeys(rates.policy)) if len(rates) else []
    changed = [p for p in policies if rates[rates.policy == p]["rank"].nunique() > 1]
    if changed:
        say(f"ranks that hang on the discount rate, 0 to 7 %: {', '.join(changed)}", console)


def print_regret(found: Comparison, scenario: str, console: Console) -> None:
    """Regret of each answer within its budget class."""
    rows = rows_of(found.regret, scenario)
    rows = rows[~rows.policy.isin(idle_answers(found.race, scenario))] if len(rows) else rows
    if not len(rows):
        if not found.is_valued and len(rows_of(found.race, scenario)):
            say("no regret: the study gives no value added per week of line stop", console)
        return
    print_table(
        "Regret within a budget class, M USD (doing nothing is in each)",
        ["answer", "budget class", "mean", "90 %", "worst", "best in"],
        (
            [r.policy, r.budget_class, number(r.mean_musd), span(r.low, r.high), number(r.worst_musd), share(r.best_in)]
            for _, r in rows.sort_values(["budget_class", "mean_musd"], kind="stable").iterrows()
        ),
        console,
    )


def print_averted(found: Comparison, scenario: str, console: Console) -> None:
    """Cost per tonne averted, where any is, and who shows no effect."""
    rows = rows_of(found.cost_per_tonne, scenario)
    if not len(rows):
        return
    shown = rows[rows.verdict == ""].sort_values("averted_t", ascending=False)
    print_table(
        f"Public cost per tonne of shortage averted at home ({min(ROWS, len(shown))} of {len(shown)} shown)",
        ["answer", "element", "averted, t", "M USD per t", "90 %", "to others, t"],
        (
            [r.policy, r.element, number(r.averted_t), number(r.musd_per_t), span(r.low, r.high),
             f"{number(r.shifted_t)} ({span(r.shifted_low, r.shifted_high)})"]
            for _, r in shown[:ROWS].iterrows()
        ),
        console,
    )  # fmt: skip
    without = [p for p in rows.policy.unique() if not (shown.policy == p).any()]
    if without:
        say(f"no effect shown on the shortage of any element at home: {', '.join(without)}", console)


def print_sureness(found: Comparison, scenario: str, console: Console) -> None:
    """Which draws flip the ranking, and how many replicates the asked precision needs."""
    flips = rows_of(found.flips, scenario)
    if len(flips):
        varied = [c for c in flips.columns if c not in ("scenario", "draw", "first", "best_here", "by")]
        shown = flips.sort_values("by", ascending=False)[:ROWS]
        print_table(
            f"Draws in which another answer than {flips['first'].iloc[0]} is best ({len(shown)} of {len(flips)})",
            ["draw", "best there", "by", *varied[:4]],
            (
                [str(r.draw), r.best_here, number(r.by), *(number(r[c]) for c in varied[:4])]
                for _, r in shown.iterrows()
            ),
            console,
        )
    rows = rows_of(found.differences, scenario)
    rows = rows[(rows.of != "event") & (rows.no_change < 0.5)] if len(rows) else rows
    told = []
    for metric in ("line_stop_weeks", "shortage_value_musd", "shortage_tonnes"):
        needed = rows[(rows.metric == metric) & np.isfinite(rows.replicates_needed)] if len(rows) else rows
        if len(needed):
            told.append(f"{metric} {needed.replicates_needed.median():,.0f}")
    if told:
        precision = 100.0 * next(v.precision for v in found.valued if v.scenario == scenario)
        say(
            f"pairs needed for intervals of {precision:g} % of the mean, median over answers and places: {', '.join(told)}; "
            f"{rows.pairs.iloc[0]} are there",
            console,
        )


def print_ledger(rows: list[dict[str, Any]], title: str, note: str, console: Console) -> None:
    """Lines with mean, interval and the share of worlds of each sign."""
    print_table(
        title,
        ["line", "mean", "90 %", "median", "gains in", "loses in", "meaning"],
        (
            [words().label(f"ledger.{r['line']}"), number(r["mean"]), span(r["low"], r["high"]), number(r["median"]),
             share(r["gains"]), share(r["loses"]), ENTRIES[r["line"]]]
            for r in rows
        ),
        console,
    )  # fmt: skip
    if note:
        say(note, console)


def weeks(value: float) -> str:
    return number(value) if np.isfinite(value) else "beyond the horizon"


def share(value: float) -> str:
    return f"{100 * value:.0f} %" if np.isfinite(value) else "-"


def print_ablation(frame: "pd.DataFrame", console: Console) -> None:
    """What each event and mechanism does, switched off: the measures that matter, as many as fit; what changes none of them in a line."""
    base = frame[frame.without == "nothing"].set_index("measure")["median"]
    by = frame.set_index(["without", "measure"])
    things = [w for w in dict.fromkeys(frame.without) if w != "nothing"]
    for most in range(MEASURES, 0, -1):
        measures = _foremost_measures(base, most)
        idle = [w for w in things if not any(by.loc[(w, m), "changed"] for m in measures)]
        rows = [["nothing (median)", *(number(base[m]) for m in measures)]]
        rows += [[w.replace("_", " "), *(_changed(by.loc[(w, m)]) for m in measures)] for w in things if w not in idle]
        if _breadth([["off", *measures], *rows]) <= console.width:
            break
    print_table("Each off alone, in the same worlds: mean change and its 90 % interval", ["off", *measures], rows, console)
    if idle:
        say(f"change none of these: {', '.join(w.replace('_', ' ') for w in idle)}", console)
    say("peak: highest FOB price over its mean in the year before the first event", console)
    if any("month" in m for m in measures):
        say("month: imports from the exporter over those of the month before the event", console)
    if not np.isfinite(frame[frame.without != "nothing"]["low"]).any():
        say("one replicate has no interval", console)


def _foremost_measures(base: "pd.Series", most: int) -> list[str]:
    """The highest peak, the lowest month, what is missing and leaked, then the rest; of those that are not nought."""
    some = [m for m in base.index if base[m] > 0.0]
    peaks = sorted((m for m in some if m.startswith("peak ")), key=lambda m: -base[m])
    first = [*peaks[:1], *(m for m in some if m.startswith("lowest month ")), *(m for m in ("missing t", "leaked t") if m in some)]
    return [*first, *(m for m in some if m not in first and m not in peaks), *peaks[1:]][:most]


def _breadth(rows: list[list[str]]) -> int:
    """Columns of a terminal that a table takes, with its gaps."""
    return sum(2 + max(len(line) for cell in column for line in cell.split("\n")) for column in zip(*rows, strict=True))


def _changed(row: Any) -> str:
    """A change with its interval under it; a dash where there is none."""
    if not row["changed"]:
        return "-"
    interval = f"\n({span(row['low'], row['high'])})" if np.isfinite(row["low"]) else ""
    return f"{'+' if row['difference'] > 0.0 else ''}{number(row['difference'])}{interval}"


def number(value: float) -> str:
    if not np.isfinite(value):
        return "-" if np.isnan(value) else "beyond"
    size = abs(value)
    text = (
        f"{value:,.0f}"
        if size >= 100
        else f"{value:.1f}"
        if size >= 10
        else f"{value:.2f}"
        if size >= 1
        else f"{value:.2g}"
    )
    return "0" if text in ("-0", "0.0", "-0.0") or value == 0 else text


def span(low: float, high: float) -> str:
    return f"{number(low)} to {number(high)}" if np.isfinite(low) else "-"


def both(row: Any, name: str) -> str:
    """A mean with its interval."""
    return f"{number(row[name])} ({span(row[f'{name}_low'], row[f'{name}_high'])})"
