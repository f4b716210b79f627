"""Trade policy in force: duties, VAT and its refund by customs code and date, read from a world's table."""

from datetime import date, timedelta
from typing import Any


def in_force(rows: list[dict[str, Any]], day: date) -> list[dict[str, Any]]:
    """Rows whose dates cover a day."""
    return [
        r
        for r in rows
        if date.fromisoformat(r["from_date"]) <= day
        and (r["to_date"] is None or day <= date.fromisoformat(r["to_date"]))
    ]


def covers(hs_list: str | None, hs: str) -> int:
    """Length of the longest code of a list that covers a product's code, 0 for none; an empty list covers all at 1."""
    if not hs_list:
        return 1
    codes = [c.strip() for c in hs_list.split(";")]
    return max((len(c) for c in codes if hs.startswith(c) or c.startswith(hs)), default=0)


def rate(rows: list[dict[str, Any]], country: str, instrument: str, hs: str, day: date) -> float:
    """Rate in force, as a share: the row with the most exact code decides; several equally exact ones are averaged."""
    found = [
        (covers(r["hs"], hs), r["value"])
        for r in in_force([r for r in rows if r["country"] == country and r["instrument"] == instrument], day)
        if covers(r["hs"], hs)
    ]
    if not found:
        return 0.0
    exact = max(f[0] for f in found)
    values = [v for k, v in found if k == exact]
    return float(sum(values)) / len(values) / 100.0


ACTING = ("export_duty", "vat", "vat_refund")
"""Instruments whose dated rows act in a run; a quota acts where a scenario holds it as an event."""


def changes(rows: list[dict[str, Any]], first: date, last: date) -> list[date]:
    """Days after the first and before the last on which a row that acts begins, or the day after it ends."""
    days = set()
    for r in rows:
        if r["instrument"] in ACTING:
            days.add(date.fromisoformat(r["from_date"]))
            if r["to_date"] is not None:
                days.add(date.fromisoformat(r["to_date"]) + timedelta(days=1))
    return sorted(d for d in days if first < d < last)
