"""Result: what a run wrote down, in memory or on disk, as tidy tables."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.metrics import spread
from sim.records import RECORDS
from sim.scenario.faults import near
from sim.store import ResultError, label, must_be_undamaged, read_axes, read_manifest, read_record

if TYPE_CHECKING:
    import pandas as pd


class Result:
    """One run: its manifest and its records.

    Values are as recorded: float32, one row per week, weeks named by their Monday.
    """

    def __init__(
        self,
        manifest: dict[str, Any],
        axes: dict[str, list[list[str]]] | None = None,
        arrays: dict[str, np.ndarray] | None = None,
        folder: Path | None = None,
    ) -> None:
        self.manifest = manifest
        self.folder = folder
        self._axes = axes or {}
        self._arrays = arrays or {}
        self.held = 0
        """Bytes of records that are kept in memory once they are read; a page reads the same ones many times."""
        self.sums: dict[Any, dict[str, np.ndarray]] | None = None
        """Weekly sums already made, where they are to be kept: a study reads the same ones many times."""

    def __repr__(self) -> str:
        m = self.manifest
        return f"<Result {m['scenario_name']} {m['policy']} x{m['replicates']} {m['weeks']} weeks {m['run_id']}>"

    # raw -------------------------------------------------------------------------------------------------------------

    @cached_property
    def dates(self) -> list[date]:
        """Mondays of the weeks run."""
        first = date.fromisoformat(self.manifest["start"])
        return [first + timedelta(weeks=w) for w in range(self.manifest["weeks"])]

    @property
    def records(self) -> list[str]:
        """Names of the records kept."""
        return list(self.manifest["records"])

    def axes(self, record: str) -> list[list[str]]:
        """Row labels of a record."""
        self._known(record)
        if record not in self._axes:
            assert self.folder is not None
            self._axes[record] = read_axes(self.folder, record)
        return self._axes[record]

    def _known(self, record: str) -> None:
        if record not in RECORDS:
            raise ResultError(f"{record!r} is no record; see `ytterby list records`")
        if record not in self.manifest["records"]:
            raise ResultError(f"record {record!r} was not kept in this run; kept are {', '.join(self.records)}")

    def array(self, record: str, **where: Any) -> tuple[np.ndarray, list[list[str]]]:
        """Values (replicate, week, row) and labels of the rows that match ``where``."""
        labels = self.axes(record)
        axes = RECORDS[record].axes
        for key in where:
            if key not in axes:
                raise ResultError(f"{record} has no axis {key!r}; its axes are {', '.join(axes)}")
        wanted, rows = {k: _listed(v) for k, v in where.items()}, []
        for n, names in enumerate(labels):
            if all(names[axes.index(k)] in v for k, v in wanted.items()):
                rows.append(n)
        chosen = [labels[n] for n in rows]
        if record in self._arrays:
            kept = self._arrays[record]
            return (kept if len(rows) == kept.shape[2] else kept[:, :, rows]), chosen
        assert self.folder is not None
        shape = (self.manifest["replicates"], self.manifest["weeks"])
        if not chosen:
            return np.zeros((*shape, 0), dtype=np.float32), []
        size = 4 * shape[0] * shape[1] * len(labels)
        if size <= self.held:
            self.held -= size
            self._arrays[record] = read_record(self.folder, record, [label(c) for c in labels], shape)
            return self.array(record, **where)
        return read_record(self.folder, record, [label(c) for c in chosen], shape), chosen

    def _checked(self, record: str, where: dict[str, Any]) -> None:
        """Raise ResultError for a label that this run's world does not have; one that it has may match no row."""
        axes = RECORDS[record].axes
        labels = self.axes(record)
        for key, value in where.items():
            if key not in axes:
                continue  # told by ``array``
            known = {x[axes.index(key)] for x in labels}
            if key == "product":
                known |= set(self.manifest["stage"])
            elif key in ("country", "seller", "buyer"):
                known |= set(self.manifest["countries"])
            for name in _listed(value):
                if name not in known:
                    raise ResultError(f"{key}: {name!r} is not in this run{near(str(name), sorted(known))}")

    # tables ----------------------------------------------------------------------------------------------------------

    def series(self, name: str, **where: Any) -> "pd.DataFrame":
        """Tidy table of a record: ``replicate, date``, its axes by name (categoricals) and ``value``.

        ``where`` keeps rows by axis, one label or a list: ``series("price_fob", product="dy_oxide")``.
        """
        import pandas as pd

        self._known(name)
        self._checked(name, where)
        values, labels = self.array(name, **where)
        replicates, weeks, rows = values.shape
        dates = pd.to_datetime(self.dates)
        columns: dict[str, Any] = {
            "replicate": np.repeat(np.arange(replicates), weeks * rows),
            "date": np.tile(np.repeat(dates.to_numpy(), rows), replicates),
        }
        for k, axis in enumerate(RECORDS[name].axes):
            names = sorted({x[k] for x in labels})
            at = {v: n for n, v in enumerate(names)}
            codes = np.array([at[x[k]] for x in labels], dtype=np.int32)
            columns[axis] = pd.Categorical.from_codes(np.tile(codes, replicates * weeks), categories=pd.Index(names))
        columns["value"] = values.reshape(-1).astype(np.float64)
        return pd.DataFrame(columns)

    def band(self, name: str, quantiles: Any = (0.05, 0.25, 0.5, 0.75, 0.95), **where: Any) -> "pd.DataFrame":
        """Quantiles over replicates by date: ``date``, the axes, ``quantile`` and ``value``.

        ``quantiles`` is one number from 0 to 1, or a list of them.
        """
        import pandas as pd

        self._known(name)
        self._checked(name, where)
        values, labels = self.array(name, **where)
        levels = _levels(quantiles)
        bands = spread(values, levels)
        dates = pd.to_datetime(self.dates)
        frames = []
        for q, level in enumerate(levels):
            for n, names in enumerate(labels):
                frame = {"date": dates, **dict(zip(RECORDS[name].axes, names, strict=True))}
                frames.append(pd.DataFrame({**frame, "quantile": level, "value": bands[q, :, n]}))
        if not frames:
            return pd.DataFrame(columns=["date", *RECORDS[name].axes, "quantile", "value"])
        table = pd.concat(frames, ignore_index=True)
        for axis in RECORDS[name].axes:
            table[axis] = table[axis].astype("category")
        return table

    def trade(
        self,
        hs: Any = None,
        seller: Any = None,
        buyer: Any = None,
        product: Any = None,
        freq: str = "ME",
        book: str = "exporter",
    ) -> "pd.DataFrame":
        """Customs trade: ``replicate, date, seller, buyer, product, hs, tonnes, contained_tonnes, usd``.

        Leaked cargo is missing in the exporter's book. The importer's has it, part of it under another country or another
        code; both are the goods as declared.

        Parameters
        ----------
        hs : digits, matched by prefix; one or a list
        seller, buyer : alpha-3, one or a list; product : one or a list
        freq : ``W``, ``ME`` (months pro rata by days) or ``YE``
        book : ``exporter`` (by shipment, FOB, without leaked cargo) or ``importer`` (by arrival, CIF)
        """
        import pandas as pd

        if freq not in ("W", "ME", "YE"):
            raise ResultError(f"freq {freq!r} is not known; write W, ME or YE")
        if book not in ("exporter", "importer"):
            raise ResultError(f"book {book!r} is not known; write exporter or importer")
        where = {k: v for k, v in (("seller", seller), ("buyer", buyer), ("product", product)) if v is not None}
        names = ("exports", "exports_usd") if book == "exporter" else ("imports", "imports_usd")
        self._known(names[0])
        self._checked(names[0], where)
        ends = {x for end in (seller, buyer) if end is not None for x in _listed(end)}
        if seller is not None and buyer is not None and len(ends) == 1:
            raise ResultError(f"seller and buyer are both {ends.pop()}; trade crosses a border, so name two countries, or only one of the two")
        codes = self.manifest["hs"]
        begins = _prefixes(hs, sorted(set(codes.values())))
        tonnes, labels = self.array(names[0], **where)
        usd, _ = self.array(names[1], **where)
        keep = [n for n, x in enumerate(labels) if codes[x[2]].startswith(begins)]
        labels = [labels[n] for n in keep]
        dates, weights = self.periods(freq)
        tonnes = np.einsum("rwk,wm->rmk", tonnes[:, :, keep].astype(np.float64), weights)
        usd = np.einsum("rwk,wm->rmk", usd[:, :, keep].astype(np.float64), weights)
        replicates, months, rows = tonnes.shape
        content = {p: sum(c.values()) for p, c in self.manifest["content"].items()}
        columns: dict[str, Any] = {
            "replicate": np.repeat(np.arange(replicates), months * rows),
            "date": np.tile(np.repeat(np.array(dates, dtype="datetime64[ns]"), rows), replicates),
        }
        for k, axis in enumerate(("seller", "buyer", "product")):
            columns[axis] = pd.Categorical(np.tile([x[k] for x in labels], replicates * months))
        columns["hs"] = pd.Categorical(np.tile([codes[x[2]] for x in labels], replicates * months))
        columns["tonnes"] = tonnes.reshape(-1)
        rare = np.tile([content[x[2]] for x in labels], replicates * months)
        columns["contained_tonnes"] = columns["tonnes"] * (rare if rows else 1.0)
        columns["usd"] = usd.reshape(-1)
        return pd.DataFrame(columns)

    def dependence(
        self, country: str, origin: str | None = None, layer: str | None = None, until: Any = None
    ) -> "pd.DataFrame":
        """Dependence on another country, the exporter if none is named, in the 52 weeks until a date: see ``sim.dependence``.

        One row per replicate and layer (ore, separation, metal, magnet), with shares direct and look-through.
        """
        from sim.dependence import dependence

        return dependence(self, country, origin or self.manifest["exporter"], layer, until)

    def by_form(self, country: str, origin: str | None = None, until: Any = None) -> "pd.DataFrame":
        """Imports by customs code of metals, compounds and magnets, and one country's share: see ``sim.dependence``."""
        from sim.dependence import by_form

        return by_form(self, country, origin or self.manifest["exporter"], until)

    def periods(self, freq: str) -> tuple[list[date], np.ndarray]:
        """Dates of periods and the share of each week in each, (week, period); months and years by days."""
        mondays = self.dates
        if freq == "W":
            return mondays, np.eye(len(mondays))
        ends: list[date] = []
        entries: list[tuple[int, int, float]] = []
        for w, monday in enumerate(mondays):
            for d in range(7):
                day = monday + timedelta(days=d)
                end = date(day.year, 12, 31) if freq == "YE" else _month_end(day)
                if not ends or ends[-1] != end:
                    ends.append(end)
                entries.append((w, len(ends) - 1, 1.0 / 7.0))
        weights = np.zeros((len(mondays), len(ends)))
        for w, p, share in entries:
            weights[w, p] += share
        return ends, weights

    def metrics(self) -> "pd.DataFrame":
        """One row per run: scenario, policy, replicate and every metric."""
        from sim.metrics import table

        return table(self)

    def why(self, country: str, product: str, date: Any) -> "pd.DataFrame":
        """What bound a country's orders of a product across its border in the week of a date.

        Columns: ``bound``, ``tonnes`` (mean over replicates), ``share``. Bounds are ``served``, the steps of permission in their order
        (``ban``, ``re_export``, ``quota``, ``customs``, ``licence``), ``supply``, what sellers had too little for of this week's orders, and
        ``waiting``, what they had too little for before and is ordered still.
        """
        import pandas as pd

        values, labels = self.array("bound", country=country, product=product)
        if not labels:
            raise ResultError(f"{country} buys no {product} across its border in this world")
        try:
            day = pd.Timestamp(date).date()
        except ValueError:
            raise ResultError(f"{date!r} is no date; write YYYY-MM-DD") from None
        week = (day - self.dates[0]).days // 7
        if not 0 <= week < self.manifest["weeks"]:
            raise ResultError(f"{day} lies outside the run ({self.dates[0]} to {self.dates[-1]})")
        tonnes = values[:, week].astype(np.float64).mean(0)
        total = tonnes.sum()
        return pd.DataFrame(
            {"bound": [x[0] for x in labels], "tonnes": tonnes, "share": tonnes / total if total else tonnes}
        ).sort_values("tonnes", ascending=False, ignore_index=True)


def _month_end(day: date) -> date:
    first = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return first - timedelta(days=1)


def _listed(value: Any) -> list[Any]:
    return [value] if isinstance(value, str) or not isinstance(value, Iterable) else list(value)


def _prefixes(hs: Any, codes: list[str]) -> tuple[str, ...]:
    """Beginnings of customs codes, without dots; that of every code where none is given."""
    begins = tuple(str(code).replace(".", "") for code in _listed(hs)) if hs is not None else ("",)
    if not begins:
        raise ResultError(f"hs is {hs!r}; write digits such as 2846, or a list of them")
    for begin in begins:
        if not any(code.startswith(begin) for code in codes):
            raise ResultError(f"hs: no good of this run has a code that begins with {begin!r}{near(begin, codes)}")
    return begins


def _levels(quantiles: Any) -> list[float]:
    """Quantiles as a list; raise ResultError for what is none."""
    try:
        levels = [float(q) for q in _listed(quantiles)]
    except (TypeError, ValueError):
        levels = []
    if not levels or not all(0.0 <= q <= 1.0 for q in levels):
        raise ResultError(f"quantiles is {quantiles!r}; write a number from 0 to 1 such as 0.5, or a list of them")
    return levels


def open_result(path: str | Path) -> Result:
    """Open a result's folder; raise ResultError if there is none, it is of another version, or a file of it is damaged."""
    if not isinstance(path, (str, PathLike)):
        raise ResultError(f"{path!r} is no folder; give the path of a run's result")
    folder = Path(path)
    manifest = read_manifest(folder)
    must_be_undamaged(folder)
    return Result(manifest, folder=folder)
