"""Capacity: plants that stop when they lose money, come back, grow, and are built."""

import math

from sim.mechanisms.mechanism import mechanism
from sim.mechanisms.units import USD_PER_MUSD, WEEKS_A_YEAR

GOOD_MARGIN = 0.1
"""Margin over cost above which weeks count towards a restart (1; assumed; model_design)."""
MOTHBALLED_A_WEEK = 0.1
"""Share of a plant that is shut in a week once it is mothballed (1/week; assumed; model_design)."""
CURTAILED_A_WEEK = 0.02
"""Share of a plant that is shut in a week while it is curtailed, down to half (1/week; assumed; model_design)."""
RESTARTED_A_WEEK = 0.05
"""Share of a plant that comes back in a week (1/week; assumed; model_design)."""
RUNS_FULL = 0.95
"""Run over usable capacity from which a plant counts as full (1; assumed; model_design)."""
WIDENS_AT = 0.25
"""Margin over cost, mean of a year, above which a full plant is widened (1; assumed; model_design)."""
BUILDING = 1.0
"""Stage of a project under construction (code; derived; model_design)."""
STANDING = 2.0
"""Stage of a project that is built (code; derived; model_design)."""
FAILED = 3.0
"""Stage of a project that is lost (code; derived; model_design)."""


@mechanism(
    "margin[line] running[line] weeks_below[line] weeks_above[line] curtail_weeks mothball_weeks close_weeks restart_weeks"
    " -> running_next[line] weeks_below_next[line] weeks_above_next[line]"
)
def curtail_and_restart(  # type: ignore[no-untyped-def]
    margin, running, weeks_below, weeks_above, curtail_weeks, mothball_weeks, close_weeks, restart_weeks,
    running_next, weeks_below_next, weeks_above_next,
):  # fmt: skip
    """Cut output after long below cash cost, mothball after longer, close for good at last; restart after some weeks above.

    Parameters
    ----------
    margin : (line,) value of the whole basket less inputs and cash cost, over that cost
    running : (line,) share of capacity kept open, 0 (mothballed) to 1
    weeks_below, weeks_above : (line,) weeks in a row
    curtail_weeks, mothball_weeks, close_weeks, restart_weeks : weeks until each decision
    """
    for line in range(margin.size):
        closed = weeks_below[line] > close_weeks
        below = weeks_below[line] + 1.0 if margin[line] < 0.0 or closed else 0.0
        above = weeks_above[line] + 1.0 if margin[line] > GOOD_MARGIN else 0.0
        share = running[line]
        if closed:
            share = 0.0
        elif below > mothball_weeks:
            share = max(share - MOTHBALLED_A_WEEK, 0.0)
        elif below > curtail_weeks:
            share = max(share - CURTAILED_A_WEEK, min(share, 0.5))
        elif above > restart_weeks:
            share = min(share + RESTARTED_A_WEEK, 1.0)
        running_next[line], weeks_below_next[line], weeks_above_next[line] = share, below, above


@mechanism("grown[line] run[line] usable[line] margin_year[line] limit_yr ceiling -> grown_next[line]")
def expand(grown, run, usable, margin_year, limit_yr, ceiling, grown_next):  # type: ignore[no-untyped-def]
    """Widen a plant that has run full at a good margin over the past year.

    Parameters
    ----------
    grown : (line,) capacity over nameplate at the start, 1 or more
    run, usable : (line,) t per week
    margin_year : (line,) margin over cost, mean of the past year
    limit_yr, ceiling : largest growth a year, share; largest capacity over nameplate
    """
    for line in range(grown.size):
        grown_next[line] = grown[line]
        is_full = usable[line] > 0.0 and run[line] > RUNS_FULL * usable[line]
        if is_full and margin_year[line] > WIDENS_AT:
            step = limit_yr / WEEKS_A_YEAR * min(margin_year[line], 1.0)
            grown_next[line] = min(grown[line] * (1.0 + step), ceiling)


@mechanism(
    "stage[project] week_due[project] week earliest[project]:shared decided[project]:shared npv[project] capital[project]"
    " fails[project] slip_weeks[project] build_weeks[project] support[project] slowed[project]"
    " -> stage_next[project] week_due_next[project]"
)
def decide_projects(  # type: ignore[no-untyped-def]
    stage, week_due, week, earliest, decided, npv, capital, fails, slip_weeks, build_weeks, support, slowed,
    stage_next, week_due_next,
):  # fmt: skip
    """Commit to a project whose value covers its capital, build it, or lose it to permits and finance.

    Parameters
    ----------
    stage : (project,) 0 waiting, 1 building, 2 standing, 3 failed
    week_due : (project,) week of first product once building
    week : this week
    earliest : (project,) earliest week of first product
    decided : (project,) 1 if committed at the start
    npv, capital : (project,) million USD: value of its margins at a cautious price; cost
    fails : (project,) 1 in a week in which permit or finance fails
    slip_weeks, build_weeks : (project,) drawn slip; weeks to build from the decision
    support : (project,) share of capital borne by others, 0 to 1
    slowed : (project,) share of this week's building that is lost, 0 to 1
    """
    for project in range(stage.size):
        now = stage[project]
        due = week_due[project]
        if now == BUILDING:
            due += slowed[project]
        if now == 0.0 and (decided[project] > 0.5 or npv[project] > capital[project] * (1.0 - support[project])):
            now = BUILDING
            due = earliest[project] + slip_weeks[project]
            if decided[project] < 0.5:
                due = max(due, week + build_weeks[project] + slip_weeks[project])
        if now <= BUILDING and fails[project] > 0.5:
            now = FAILED
        if now == BUILDING and week >= due:
            now = STANDING
        stage_next[project], week_due_next[project] = now, due


@mechanism("margin_usd_yr[project] years rate -> npv[project]")
def present_value(margin_usd_yr, years, rate, npv):  # type: ignore[no-untyped-def]
    """Value in million USD of a yearly margin in USD over some years at a discount rate above 0."""
    annuity = (1.0 - math.exp(-years * math.log(1.0 + rate))) / rate
    for project in range(npv.size):
        npv[project] = margin_usd_yr[project] * annuity / USD_PER_MUSD
