"""Metrics: what a run comes to, one number per run, as the measures define them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from sim.result import Result

Array = np.ndarray[Any, np.dtype[Any]]
STOPPED = 0.05
"""Share of plan under which a line counts as stopped (source: measures, first_stop)."""
SERVED = 0.95
"""Share of use over which demand counts as served again (source: measures, time_to_recovery)."""
YEAR = 52


@dataclass(frozen=True)
class Metric:
    """A number per run: unit, the records it needs, meaning, how to get it, and which way is better.

    ``of`` gives one array (replicate,) per label; labels are joined to the name by dots.
    """

    name: str
    unit: str
    needs: tuple[str, ...]
    meaning: str
    of: Callable[["Result"], dict[str, Array]]
    better: str = "lower"


# series ----------------------------------------------------------------------------------------------------------------


def summed(result: "Result", record: str, *axes: str, **where: Any) -> dict[str, Array]:
    """Sum a record over the axes not named: weekly (replicate, week) per label, in the order of labels.

    A result that keeps its sums gives the same arrays again; they are to be read only.
    """
    if result.sums is None:
        return _summed(result, record, axes, where)
    key = (record, axes, repr(sorted(where.items())))
    if key not in result.sums:
        result.sums[key] = _summed(result, record, axes, where)
    return result.sums[key]


def _summed(result: "Result", record: str, axes: tuple[str, ...], where: dict[str, Any]) -> dict[str, Array]:
    from sim.mechanisms.sums import sum_into
    from sim.records import RECORDS

    values, labels = result.array(record, **where)
    places = [RECORDS[record].axes.index(a) for a in axes]
    keys = [".".join([names[k] for k in places]) for names in labels]
    at = {key: n for n, key in enumerate(dict.fromkeys(keys))}
    into, ones, cells = np.array([at[k] for k in keys], dtype=np.int64), np.ones(len(keys)), np.ones(len(at))
    found = np.empty((len(at), *values.shape[:2]))
    for r in range(len(values)):  # replicate by replicate, each fits the processor's cache
        weeks = np.array(values[r], dtype=np.float64, order="C")
        found[:, r] = (weeks if len(at) == len(keys) else sum_into(weeks, into, ones, cells)).T
    return {key: found[n] for key, n in at.items()}


def over_weeks(series: dict[str, Array]) -> dict[str, Array]:
    return {label: values.sum(axis=1) for label, values in series.items()}


def rolling(values: Array, weeks: int) -> Array:
    """Mean of the last weeks along axis 1; the first weeks average what there is."""
    total = np.cumsum(np.nan_to_num(values.astype(np.float64)), axis=1)
    total[:, weeks:] = total[:, weeks:] - total[:, :-weeks]
    count = np.minimum(np.arange(1, values.shape[1] + 1), weeks)
    return np.asarray(total / count.reshape((1, -1) + (1,) * (values.ndim - 2)))


def spread(values: Array, levels: Sequence[float]) -> Array:
    """Quantiles over runs, (level, ...), of values (run, ...); what is no number is left out, and NaN where none is one.

    Columns without gaps are taken together, which numpy's ``nanquantile`` does one by one.
    """
    values = np.asarray(values, dtype=np.float64)
    bands = np.full((len(levels), *values.shape[1:]), np.nan)
    gaps = np.isnan(values)
    whole, some = ~gaps.any(axis=0), ~gaps.all(axis=0)
    if values.size and whole.any():
        bands[:, whole] = np.quantile(values[:, whole], levels, axis=0)
    broken = some & ~whole
    if broken.any():
        bands[:, broken] = np.nanquantile(values[:, broken], levels, axis=0)
    return bands


def first_event(result: "Result") -> date | None:
    """Day of the first event that is not background; of the first event if all are; None without events."""
    events = result.manifest["scenario"]["events"]
    days = [date.fromisoformat(e["start"]) for e in events if not e["background"]] or [
        date.fromisoformat(e["start"]) for e in events
    ]
    return min(days) if days else None


def week_of(result: "Result", day: date) -> int:
    return max((day - result.dates[0]).days // 7, 0)


def base_weeks(result: "Result") -> slice:
    """The 52 weeks before the first event that is not background, or as many as there are, at least one."""
    day = first_event(result)
    end = week_of(result, day) if day is not None else YEAR
    end = min(max(end, 1), result.manifest["weeks"])
    return slice(max(end - YEAR, 0), end)


def over_base(result: "Result", series: Array) -> Array:
    """Largest 4-week mean of a series (replicate, week, row) over its mean in the base weeks."""
    base = series[:, base_weeks(result)].astype(np.float64).mean(axis=1)
    return np.asarray(rolling(series, 4).max(axis=1) / np.where(base > 0.0, base, np.nan))


def first_below(served: Array, level: float) -> Array:
    """First week in which a share (replicate, week) is under a level; NaN if never."""
    under = served < level
    found = under.argmax(axis=1).astype(np.float64)
    found[~under.any(axis=1)] = np.nan
    return np.asarray(found)


def recovery_weeks(ratio: Array, level: float = SERVED, stays: int = 13) -> Array:
    """Weeks from the first 4-week mean under a level until, after the trough, it holds the level for 13 weeks.

    Parameters
    ----------
    ratio : (replicate, week) a flow over what it would be
    level : share that counts as recovered; ``stays`` : weeks it must hold

    Returns
    -------
    (replicate,) weeks; 0 if never under; infinite where the horizon cuts the recovery off (censored)
    """
    weeks, is_cut = recovery_seen(ratio, level, stays)
    return np.where(is_cut, np.inf, weeks)


def recovery_seen(ratio: Array, level: float = SERVED, stays: int = 13) -> tuple[Array, Array]:
    """The same, but with the weeks that were seen where the horizon cuts off, and whether it does."""
    means = rolling(ratio, 4)
    under = means < level
    weeks, is_cut = np.zeros(ratio.shape[0]), np.zeros(ratio.shape[0], dtype=bool)
    for r in np.flatnonzero(under.any(axis=1)):
        trough, first = int(means[r].argmin()), int(under[r].argmax())
        so_far = np.concatenate([[0], np.cumsum(under[r])])
        holds = so_far[stays:] - so_far[:-stays] == 0
        after = np.flatnonzero(holds[trough:])
        is_cut[r] = not after.size
        weeks[r] = (trough + after[0] if after.size else ratio.shape[1]) - first
    return weeks, is_cut


# metrics ---------------------------------------------------------------------------------------------------------------


def _per_element(record: str) -> Callable[["Result"], dict[str, Array]]:
    def of(result: "Result") -> dict[str, Array]:
        places = over_weeks(summed(result, record, "element", "country"))
        return {**_over(places), **places}

    return of


def _over(places: dict[str, Array]) -> dict[str, Array]:
    """Sum over what stands after the first dot of each label."""
    found: dict[str, Array] = {}
    for label, values in places.items():
        first = label.split(".")[0]
        found[first] = found.get(first, 0.0) + values
    return found


def _line_stop(result: "Result") -> dict[str, Array]:
    lines = over_weeks(summed(result, "line_stop", "country", "end_use"))
    return {**_over(lines), **lines}


def _first_stop(result: "Result") -> dict[str, Array]:
    found: dict[str, list[Array]] = {}
    for label, stopped in summed(result, "line_stop", "country", "end_use").items():
        found.setdefault(label.split(".")[0], []).append(stopped)
    return {c: first_below(1.0 - np.max(lines, axis=0), STOPPED) for c, lines in found.items()}


def _served(result: "Result") -> dict[str, Array]:
    used = summed(result, "use_gross", "product", "country")
    missing = summed(result, "missing_gross", "product", "country")
    return {p: recovery_weeks(used[p] / np.maximum(used[p] + missing[p], 1e-12)) for p in used}


def _peaks(result: "Result") -> dict[str, Array]:
    values, labels = result.array("price_fob", country=result.manifest["exporter"])
    peak = over_base(result, values) if labels else values[:, 0]
    return {x[0]: peak[:, n] for n, x in enumerate(labels)}


def _peaks_abroad(record: str) -> Callable[["Result"], dict[str, Array]]:
    def of(result: "Result") -> dict[str, Array]:
        values, labels = result.array(record)
        base = np.nanmean(_seen(values[:, base_weeks(result)]), axis=1)
        peak = rolling(values, 4).max(axis=1) / np.where(base > 0.0, base, np.nan)
        return {".".join(x): peak[:, n] for n, x in enumerate(labels)}

    return of


def _seen(values: Array) -> Array:
    """Prices, with a nought in the first week of a series that has none at all, so that its mean is defined."""
    seen = values.astype(np.float64)
    nothing = ~np.isfinite(seen).any(axis=1)
    seen[:, 0][nothing] = 0.0
    return seen


def _highest_rent(result: "Result") -> dict[str, Array]:
    return {pool: weekly.max(axis=1) for pool, weekly in summed(result, "rent", "pool").items()}


def _direct(result: "Result") -> dict[str, Array]:
    """Imports from the exporter over all imports, at CIF value, in the last 52 weeks, %."""
    who, found = result.manifest["exporter"], {}
    own = {k: v[:, -YEAR:].sum(axis=1) for k, v in summed(result, "imports_usd", "buyer", seller=who).items()}
    for buyer, usd in summed(result, "imports_usd", "buyer").items():
        total = usd[:, -YEAR:].sum(axis=1)
        found[buyer] = 100.0 * np.divide(
            own.get(buyer, 0.0 * total), total, out=np.zeros_like(total), where=total > 0.0
        )
    return found


def _look_through(result: "Result") -> dict[str, Array]:
    """Rare earth used that the exporter separated, over all that was used, in the last 52 weeks, %."""
    who, found = result.manifest["exporter"], {}
    used = {
        k: v[:, -YEAR:].sum(axis=1)
        for k, v in summed(result, "use_by_origin", "country", "group", layer="separation").items()
    }
    for country in dict.fromkeys(k.split(".")[0] for k in used):
        total = np.sum([v for k, v in used.items() if k.split(".")[0] == country], axis=0)
        own = used.get(f"{country}.{who}", 0.0 * total)
        found[country] = 100.0 * np.divide(own, total, out=np.zeros_like(total), where=total > 0.0)
    return found


def _by_layer(result: "Result") -> dict[str, Array]:
    """Rare earth used that came from the exporter, over all that was used, by layer and country, last 52 weeks, %."""
    from sim.dependence import look_through, year_until

    weeks = year_until(result)
    pairs = sorted({(x[0], x[1]) for x in result.axes("use_by_origin")})
    return {
        f"{layer}.{country}": 100.0 * look_through(result, country, result.manifest["exporter"], layer, weeks)
        for layer, country in pairs
    }


def _cost(result: "Result") -> dict[str, Array]:
    return {c: v / 1e6 for c, v in over_weeks(summed(result, "public_cost", "country")).items()}


METRICS = {
    m.name: m
    for m in (
        Metric(
            "unmet_tonnes", "t", ("unmet_demand",), "unmet demand over the run, per element and country",
            _per_element("unmet_demand"),
        ),
        Metric(
            "shortage_tonnes", "t", ("shortage",), "unmet and priced out over the run, not netted, per element and country",
            _per_element("shortage"),
        ),
        Metric(
            "line_stop_weeks", "line-weeks", ("line_stop",), "full-line weeks lost, per country and end use", _line_stop
        ),
        Metric(
            "first_stop", "week", ("line_stop",), "first week with a line under 5 %, per country; missing if never",
            _first_stop, "higher",
        ),
        Metric(
            "weeks_to_serve_again", "weeks", ("use_gross", "missing_gross"),
            "weeks until want is served again for 13 weeks, per product and country; infinite if cut off", _served,
        ),
        Metric(
            "peak_over_base", "ratio", ("price_fob",),
            "largest 4-week mean of FOB over the 52 weeks before the first event, per product", _peaks,
        ),
        Metric(
            "peak_traded_over_base", "ratio", ("price_traded",), "the same for what was paid on delivery, per product and country",
            _peaks_abroad("price_traded"),
        ),
        Metric(
            "peak_quote_over_base", "ratio", ("price_quote",), "the same for the quote, per product and country",
            _peaks_abroad("price_quote"),
        ),
        Metric("highest_rent", "USD/kg", ("rent",), "highest permit price of a week, per pool", _highest_rent),
        Metric(
            "dependence_direct", "%", ("imports_usd",), "imports from the exporter over all, by value, last 52 weeks", _direct
        ),
        Metric(
            "dependence", "%", ("use_by_origin",), "rare earth used that the exporter separated, last 52 weeks",
            _look_through,
        ),
        Metric(
            "dependence_by_layer", "%", ("use_by_origin",), "the same in each layer of origin: mined, separated, made metal, made magnet",
            _by_layer,
        ),
        Metric(
            "public_spent_musd", "million USD", ("public_cost",), "spent less earned, undiscounted, per country", _cost
        ),
    )
}  # fmt: skip
"""Every metric of a single run by name; those that need the paired background run are in ``sim/paired.py``."""


def columns(result: "Result", names: Any = None) -> dict[str, Array]:
    """Columns ``metric.label`` of every metric whose records were kept, or of those named."""
    found = {}
    for metric in METRICS.values():
        if (names is None or metric.name in names) and all(r in result.manifest["records"] for r in metric.needs):
            for label, values in metric.of(result).items():
                found[f"{metric.name}.{label}"] = values
    return found


def table(result: "Result") -> "pd.DataFrame":
    """One row per run: scenario, policy, replicate, then ``metric.label`` columns."""
    import pandas as pd

    m = result.manifest
    named: dict[str, Any] = {
        "scenario": [m["scenario_name"]] * m["replicates"],
        "policy": [m["policy"]] * m["replicates"],
        "replicate": np.arange(m["replicates"]),
    }
    return pd.DataFrame({**named, **columns(result)})
