"""Regime: the trade policy in force when a world starts and what of it changes in a run, with dates and sources."""

from datetime import date, timedelta
from typing import Any

from sim.scenario.trade_policy import ACTING, covers, in_force
from sim.world.network import Network

ORDER = ("vat", "vat_refund", "export_duty", "export_quota", "import_duty", "stock")
"""Instruments in the order in which cargo meets them."""
ON_RECORD = ("import_duty", "stock")
"""Instruments that stand in the tables and move nothing in a run."""


def sentences(net: Network, first: date, desks_before: list[str], until: date, last: date) -> list[str]:
    """What is in force at the start, and what changes after it: sentences from the world's table of policies.

    Parameters
    ----------
    first, last : the run's first Monday; the day after its last week
    desks_before : names of the scenario's licence desks and rules that stand by then
    until : day from which dated changes act no more
    """
    rows = in_force(net.policies, date.fromisoformat(net.start_day))
    rows = sorted(rows, key=lambda r: (ORDER.index(r["instrument"]), r["hs"] or "", r["from_date"], r["country"]))
    has = {r["instrument"] for r in rows if r["value"] > 0.0}
    lines = _told([r for r in rows if r["instrument"] not in ON_RECORD])
    if "export_duty" not in has:
        lines.append("No export duty is taken.")
    if "export_quota" not in has:
        lines.append("No export quota is in force.")
    later = [
        r for r in net.policies
        if r["instrument"] == "export_quota" and date.fromisoformat(net.start_day) < date.fromisoformat(r["from_date"]) < last
    ]  # fmt: skip
    if later or "export_quota" in has:
        begins = f" Later ones of the table begin on {', '.join(sorted({r['from_date'] for r in later}))}." if later else ""
        lines.append(f"A quota binds in a run only where the scenario holds it as an export_quota event.{begins}")
    standing = f"from the scenario: {', '.join(desks_before)}" if desks_before else "none"
    lines.append(f"Licence regimes in force on {first}: {standing}; the world's tables hold none.")
    if until == date.min:
        lines.append("Duties, VAT and refunds stay as they are on that day for the whole run: it is at rest, or trade_policy is off.")
    lines += _changes(net.policies, date.fromisoformat(net.start_day), until, last)
    on_record = _told([r for r in rows if r["instrument"] in ON_RECORD])
    return lines + (["On record, without effect in a run:", *(f"  {line}" for line in on_record)] if on_record else [])


def _changes(rows: list[dict[str, Any]], first: date, until: date, last: date) -> list[str]:
    """What begins or ends in the run's time, and whether it acts."""
    acting = [r for r in rows if r["instrument"] in ACTING]
    begins = sorted(
        (r for r in acting if first < date.fromisoformat(r["from_date"]) < last), key=lambda r: (r["from_date"], r["hs"] or "")
    )
    in_time = [r for r in begins if date.fromisoformat(r["from_date"]) < until]
    held = [r for r in begins if date.fromisoformat(r["from_date"]) >= until]
    lines = [f"Comes into force in the run: {line}" for line in _told(in_time)]
    lines += [f"Ends in the run: {line}" for line in _told(_ending(acting, first, min(until, last)))]
    lines += [f"On record, held back by the scenario: {line}" for line in _told(held)]
    return lines


def _ending(rows: list[dict[str, Any]], first: date, until: date) -> list[dict[str, Any]]:
    """Rows that end in the run with nothing in their place for the same goods."""
    found = []
    for row in rows:
        if row["to_date"] is None or not row["value"]:
            continue
        day = date.fromisoformat(row["to_date"]) + timedelta(days=1)
        after = [r for r in in_force(rows, day) if (r["country"], r["instrument"]) == (row["country"], row["instrument"])]
        codes = row["hs"].split(";") if row["hs"] else [""]
        if first < day < until and any(not any(covers(r["hs"], code) for r in after) for code in codes):
            found.append(row)
    return found


def _told(rows: list[dict[str, Any]]) -> list[str]:
    """Sentences; countries with the same measure share one."""
    who: dict[str, list[str]] = {}
    for row in rows:
        who.setdefault(_measure(row, rows), []).append(row["country"])
    return [measure.format(countries=", ".join(countries)) for measure, countries in who.items()]


def _measure(row: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    value = f"{row['value']:,.0f}" if row["value"] >= 1000 else f"{row['value']:g}"
    goods = f"HS {', '.join(row['hs'].split(';'))}" if row["hs"] else "all goods"
    duty = f"{value} %" if row["value"] else "none"
    said = {
        "vat": f"VAT in {{countries}} on {goods}: {value} %",
        "vat_refund": f"VAT refunded by {{countries}} on exports of {goods}: {duty}{_kept(row, rows)}",
        "export_duty": f"Export duty of {{countries}} on {goods}: {duty}",
        "export_quota": f"Export quota of {{countries}} on {goods}: {value} t in the period",
        "import_duty": f"Import duty of {{countries}} on {goods}: {duty}",
        "stock": f"Stock of {{countries}}, held or allowed, of {goods}: {value} t",
    }[row["instrument"]]
    until = f" to {row['to_date']}" if row["to_date"] else ""
    return f"{said}, from {row['from_date']}{until} ({row['status']}; {', '.join(row['source'].split(';'))})."


def _kept(row: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    """What of the VAT is not refunded, which the exporter bears."""
    hs = row["hs"].split(";")[0] if row["hs"] else ""
    vat = [r for r in rows if r["country"] == row["country"] and r["instrument"] == "vat" and covers(r["hs"], hs)]
    kept = max((r["value"] for r in vat), default=0.0) - row["value"]
    return f", {kept:g} % not refunded" if kept > 0.0 else ", nothing is left unrefunded"
