"""One policy of every kind on the islands, with the trouble it answers, and what is read off a run."""

from functools import cache
from typing import Any

import numpy as np

import sim
from tests.laws.islands import islands

WEEKS = 78
STOP = (
    "{kind: shadow_embargo, start: 2009-08-03, end: 2010-07-05, clears: 0, enforcement: 1, "
    "selection: {seller_country: CHN, buyer_country: JPN}}"
)
OUTAGE = "{kind: plant_outage, start: 2009-06-01, end: 2010-06-07, lost: 0.7, selection: {site: north_light}}"
QUOTA = (
    "{kind: export_quota, start: 2009-01-12, selection: {seller_country: CHN, stage: oxide}, periods: "
    "[{start: 2009-01-12, end: 2009-07-06, tonnes: 900}, {start: 2009-07-06, end: 2010-12-27, tonnes: 2000}]}"
)
NOW = "when: {start: 2009-01-05}"
NEVER = "when: {start: 2019-01-07}"
SOON = "research_weeks: 8, qualification_weeks: 4, adoption_share_yr: 0.5"
POLICIES: dict[str, tuple[str, str]] = {
    "stockpile": ("target_days: 60, fill_weeks: 20, trigger: 0.8", STOP),
    "firm_reserves": ("days: 30, build_weeks: 26, when: {cover_below: 0.5}", STOP),
    "capacity_subsidy": (f"country: JPN, plants: [east_magnet_n], added_share: 0.5, build_weeks: 20, {NOW}", OUTAGE),
    "offtake_finance": (f"plant: second_light, loan_musd: 200, equity_musd: 50, grace_years: 0, draw_weeks: 26, {NOW}", STOP),
    "price_floor": (f"plants: [isle_light], product: ndpr_oxide, floor_usd_per_kg: 60, {NOW}", STOP),
    "joint_purchase": (f"members: [JPN, CHN], {NOW}", OUTAGE),
    "shared_stock": ("target_days: 20, fill_weeks: 20, trigger: 0.8", OUTAGE),
    "single_source_cap": (f"cap: 0.5, {NOW}", STOP),
    "thrifting_support": (f"{SOON}, {NOW}", STOP),
    "substitution_support": (f"{SOON}, {NOW}", STOP),
    "recycling_support": (f"{SOON}, {NOW}", STOP),
    "wto_case": (
        "lag_weeks: 8, stages: [{after_weeks: 2, measures: [export_quota]}, {after_weeks: 4, measures: [export_duty]}], "
        + NOW, QUOTA,
    ),
    "counter_measure": (f"percent: 50, {NOW}", STOP),
    "relaxation_talks": ("chance: 1, lag_weeks: 4, ramp_weeks: 2, relief: 1, when: {start: 2009-08-03}", STOP),
    "embargoers_rule": ("ledger_share: 0.001, patience_weeks: 4", STOP),
}  # fmt: skip
"""What each kind needs to be seen at work, and the event it answers."""
RECORDS = (
    "duty_paid", "use", "unmet_demand", "want", "saved", "requirement", "want_gross", "government_stock", "on_hand", "capacity", "project_stage",
    "imports", "production", "rent", "days_of_cover", "public_cost", "budget", "money", "line_stop", "belief", "orders",
    "loans_owed", "stakes_worth", "store_bought", "public_outlay",
)  # fmt: skip


def text(kind: str, numbers: str) -> str:
    return f"{{kind: {kind}, {numbers}}}"


def replaced(numbers: str, **by: str) -> str:
    """Numbers with some written otherwise, or added."""
    for key, value in by.items():
        parts = numbers.split(f"{key}: ")
        if len(parts) == 2:
            rest = parts[1]
            end = rest.index("}") + 1 if rest.startswith("{") else (rest + ",").index(",")
            numbers = parts[0] + f"{key}: {value}" + rest[end:]
        else:
            numbers = f"{numbers}, {key}: {value}"
    return numbers


@cache
def run(policy: str, event: str = "", weeks: int = WEEKS) -> Any:
    """A run of the islands under one event and one policy, as they stand in a file."""
    return sim.run(islands([event] if event else [], weeks=weeks, policy=policy), replicates=3, seed=3, records=RECORDS)


def seen(policy: str, event: str, record: str, first: int = 0, last: int = WEEKS, **at: str) -> float:
    """Sum of a record over replicates, weeks and the rows that fit, in [first, last)."""
    values, labels = run(policy, event).array(record)
    axes = sim.records.RECORDS[record].axes
    rows = [n for n, label in enumerate(labels) if all(label[axes.index(k)] == v for k, v in at.items())]
    assert rows, at
    return float(np.nansum(values[:, first:last][:, :, rows]))
