"""Records: named series with unit, axes and how they are summed up over time; what a run writes down."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.mechanisms.books import bound_by_step, legal_value, lines_spent, mean_fob, mean_traded, used_by_origin
from sim.mechanisms.elementwise import over_slots
from sim.mechanisms.sums import mean_into, sum_into
from sim.world.controls import BUDGET_LINES, COMES_BACK
from sim.world.network import LAYERS, Network
from sim.world.rows import Rows

Array = np.ndarray[Any, np.dtype[Any]]
LITTLE = 1e-4
"""T a week under which nothing is used, and weeks of cover mean nothing."""
BOUNDS = ("served", "ban", "re_export", "quota", "customs", "licence", "supply", "waiting")


@dataclass(frozen=True)
class Record:
    """One series: unit, axes, how weeks are summed up to months (sum, mean, last), meaning, and if studies keep it."""

    name: str
    unit: str
    axes: tuple[str, ...]
    how: str
    meaning: str
    study: bool = False


RECORDS = {
    r.name: r
    for r in (
        Record("price_domestic", "USD/kg", ("product", "country"), "mean", "asked inside the seller's country, VAT included", True),
        Record("price_domestic_net", "USD/kg", ("product", "country"), "mean", "the same without VAT"),
        Record("price_fob", "USD/kg", ("product", "country"), "mean", "home price with unrefunded VAT, duty and rent", True),
        Record("price_quote", "USD/kg", ("product", "country"), "mean", "ask at which open offers reach 2 % of weekly use"),
        Record("quote_depth", "weeks", ("product", "country"), "mean", "open offers over weekly use"),
        Record("price_traded", "USD/kg", ("product", "country"), "mean", "value over tonnes delivered in 4 weeks, at arm's length, CIF without import duty", True),
        Record("spot_traded", "t", ("product", "country"), "sum", "tonnes of it delivered this week outside contracts"),
        Record("rent", "USD/kg", ("pool",), "mean", "permit's shadow price"),
        Record("permits_used", "t", ("pool",), "sum", "quota used, gross weight"),
        Record("permits_wanted", "t", ("pool",), "sum", "cargo that wanted a permit, gross weight"),
        Record("requirement", "t", ("element", "country", "end_use"), "sum", "contained element at the start's intensity"),
        Record("want", "t", ("element", "country", "end_use"), "sum", "what would be used at the price paid"),
        Record("use", "t", ("element", "country", "end_use"), "sum", "used", True),
        Record("unmet_demand", "t", ("element", "country", "end_use"), "sum", "want less use", True),
        Record("priced_out", "t", ("element", "country", "end_use"), "sum", "given up for its price"),
        Record("saved", "t", ("element", "country", "end_use"), "sum", "saved by thrifting, substitution, relocation"),
        Record("shortage", "t", ("element", "country", "end_use"), "sum", "unmet demand and priced out, not netted", True),
        Record("want_gross", "t", ("product", "country", "end_use"), "sum", "want, gross product"),
        Record("use_gross", "t", ("product", "country", "end_use"), "sum", "use, gross product"),
        Record("missing_gross", "t", ("product", "country", "end_use"), "sum", "want that own stock could not serve, gross"),
        Record("line_stop", "lines", ("country", "end_use"), "sum", "share of the planned line that stands", True),
        Record("on_hand", "t", ("product", "country"), "last", "on hand at buyers"),
        Record("on_hand_sellers", "t", ("product", "country"), "last", "on hand at sellers"),
        Record("days_of_cover", "days", ("product", "country"), "last", "buyers' stock over their use", True),
        Record("in_transit", "t", ("product", "country"), "last", "at sea towards the country"),
        Record("residue", "t", ("product", "country"), "last", "surplus of joint separation set aside"),
        Record("held", "t", ("product", "country"), "last", "held at the border, by buyer's country"),
        Record("licence_queue", "t", ("product", "country"), "last", "open applications, by buyer's country", True),
        Record("denied", "t", ("product", "country"), "sum", "refused, by buyer's country"),
        Record("orders", "t", ("product", "country"), "sum", "ordered this week, by buyer's country"),
        Record("backlog", "t", ("product", "country"), "last", "ordered earlier and open"),
        Record("government_stock", "t", ("product", "country"), "last", "in government stores"),
        Record("production", "t", ("site", "product"), "sum", "made"),
        Record("run_rate", "t", ("site",), "sum", "feed (or main product) processed"),
        Record("capacity", "t", ("site",), "sum", "usable this week"),
        Record("project_stage", "code", ("project",), "last", "0 waiting, 1 building, 2 standing, 3 failed"),
        Record("exports", "t", ("seller", "buyer", "product"), "sum", "exporter's book, week of shipment, leaked cargo left out", True),
        Record("exports_usd", "USD", ("seller", "buyer", "product"), "sum", "its value, FOB"),
        Record("imports", "t", ("seller", "buyer", "product"), "sum", "importer's book, week of arrival", True),
        Record("imports_usd", "USD", ("seller", "buyer", "product"), "sum", "its value, CIF, without import duty"),
        Record("leaked", "t", ("seller", "buyer", "product"), "sum", "shipped past the books"),
        Record("belief", "share", ("country", "origin"), "mean", "buyers' risk belief about an origin, weighed by flow"),
        Record("use_by_origin", "t", ("layer", "country", "group"), "sum", "rare earth in goods used, by origin in each layer they have"),
        Record("bound", "t", ("bound", "country", "product"), "sum", "what bounded orders across the border"),
        Record("duty_paid", "USD", ("product", "country"), "sum", "export duty, to the treasury of the seller's country"),
        Record("rent_paid", "USD", ("product", "country"), "sum", "permit rent, to the holder in the seller's country"),
        Record("leak_margin", "USD", ("product", "country"), "sum", "what cargo past the books earns over the home price, less freight"),
        Record("store_bought", "t", ("product", "country"), "sum", "taken into government stores"),
        Record("store_spent", "USD", ("product", "country"), "sum", "paid for it"),
        Record("store_earned", "USD", ("product", "country"), "sum", "earned by what left them"),
        Record("unit_cost", "USD/kg", ("site",), "mean", "inputs at prices paid and cash cost, per kg of feed or main product"),
        Record("public_cost", "USD", ("country",), "sum", "spent on stores and by policies, less sold"),
        Record("public_outlay", "USD", ("country",), "sum", "spent on stores and by policies, before what comes back"),
        Record("loans_owed", "USD", ("country",), "last", "public loans owed by plants that have not failed"),
        Record("stakes_worth", "USD", ("country",), "last", "public stakes at cost or at the plant's value, the lower"),
        Record("budget", "USD", ("country", "line"), "sum", "public cost by budget line; what comes back is negative"),
        Record("ledger_seen", "USD", ("country",), "sum", "export revenue less that of the year before a country's first measure"),
        Record("money", "USD", ("account",), "last", "balance since the start"),
    )
}  # fmt: skip
"""Every record by name."""

FULL = tuple(RECORDS)
STUDY = tuple(r.name for r in RECORDS.values() if r.study)


class Recorder:
    """Sums the week's arrays into records, each (replicate, row), with labels per row."""

    def __init__(self, net: Network, rows: Rows, names: tuple[str, ...]) -> None:
        self.net, self.rows = net, rows
        self.names = names
        country = net.point_countries()
        self._into: dict[str, Array] = {}
        self._cells: dict[str, Array] = {}
        self._ones: dict[str, Array] = {}
        self._weights: dict[str, tuple[Array, Array]] = {}
        self.labels: dict[str, list[tuple[str, ...]]] = {}
        products = [p.product for p in net.points]
        sold = np.array([p.role == "sold" for p in net.points])
        bought = np.array([p.role in ("bought", "need", "trade") for p in net.points])
        store = np.array([p.role == "store" for p in net.points])
        pc = list(zip(products, country, strict=True))
        self._group("sold", [x if s else None for x, s in zip(pc, sold, strict=True)])
        self._group("bought", [x if s else None for x, s in zip(pc, bought, strict=True)])
        self._group("store", [x if s else None for x, s in zip(pc, store, strict=True)])
        self._group(
            "lane_buyer",
            [(products[b], country[b]) if x > 0 else None for b, x in zip(net.buyer, net.crosses, strict=True)],
        )
        self._group("lane_any", [(products[b], country[b]) for b in net.buyer])
        self._group(
            "fob", [(products[s], country[s]) if x > 0 and f > 0 else None
                    for s, x, f in zip(net.seller, net.crosses, net.flow_at_rest, strict=True)]
        )  # fmt: skip
        use = [(net.sites[net.points[p].site].country, net.sites[net.points[p].site].end_use) for p in net.need_point]
        self._group("need_gross", [(net.points[p].product, *u) for p, u in zip(net.need_point, use, strict=True)])
        pairs, needs, content = [], [], []
        for n, p in enumerate(net.need_point):
            for e, element in enumerate(net.elements):
                if net.point_content[p, e] > 0.0:
                    pairs.append((element, *use[n]))
                    needs.append(n)
                    content.append(net.point_content[p, e])
        self._group("element", pairs)
        self._needs, self._content = np.array(needs, dtype=np.int64), np.array(content)
        self._group("maker", [(net.sites[m].country, net.sites[m].end_use) for m in net.maker_site])
        out_points = [k for k in range(len(net.points)) if sold[k]]
        self._made = np.array(out_points, dtype=np.int64)
        self._group("made", [(net.sites[net.points[k].site].name, products[k]) for k in out_points])
        self._group("line", [(net.sites[k].name,) for k in net.line_site])
        self._group("view", [(country[b], o) for b, o in zip(net.view_buyer, net.view_origin, strict=True)])
        groups = rows.sizes["group"]
        self._group(
            "origin",
            [(layer, country[p], net.groups[n][g]) if g < len(net.groups[n]) and n < net.layers_of(p) else None
             for p in net.need_point for n, layer in enumerate(LAYERS) for g in range(groups)],
        )  # fmt: skip
        self._into["origin"] = self._into["origin"].reshape(len(net.need_point), len(LAYERS), groups)
        self._group(
            "bounded",
            [(country[k], products[k]) if x > 0 else None for k, x in zip(net.buyer, net.crosses, strict=True)],
        )
        self.labels["bound"] = [(b, *cell) for b in BOUNDS for cell in self.labels["bounded"]]
        self._group(
            "exported",
            [(products[s], country[s]) if x > 0 else None for s, x in zip(net.seller, net.crosses, strict=True)],
        )
        self.labels.update(
            pool=[(s.name,) for s in rows.pools] or [("none",)],
            project=[(p["project"],) for p in net.projects],
            trade=list(rows.trades),
            cell=[(p, c) for p, c in rows.cells],
            account=[(a,) for a in rows.accounts],
            country=[(c,) for c in rows.codes],
            budget=[(c, line) for c in rows.codes for line in BUDGET_LINES],
        )
        self._rare = np.ascontiguousarray(net.point_rare[net.need_point])
        self._vat = 1.0 + net.vat_rate
        self._calculate = self._table()

    def _group(self, name: str, keys: list[Any]) -> None:
        labels = sorted({k for k in keys if k is not None})
        at = {k: n for n, k in enumerate(labels)}
        self._into[name] = np.array([-1 if k is None else at[k] for k in keys], dtype=np.int64)
        self._cells[name], self._ones[name] = np.ones(len(labels)), np.ones(len(keys))
        self.labels[name] = labels

    def sum(self, group: str, values: Array) -> Array:
        into = self._into[group]
        return np.asarray(sum_into(np.ascontiguousarray(values), into, self._ones[group], self._cells[group]))

    def mean(self, group: str, values: Array, weight: Array) -> Array:
        into = self._into[group]
        if group not in self._weights:
            nothing = np.full((len(values), self._cells[group].size), np.nan)
            self._weights[group] = np.repeat(weight[np.newaxis], len(values), axis=0), nothing
        return np.asarray(mean_into(np.ascontiguousarray(values), self._weights[group][0], into, self._weights[group][1]))

    def _elements(self, needs: Array) -> Array:
        into = self._into["element"]
        return np.asarray(sum_into(needs.take(self._needs, axis=1), into, self._content, self._cells["element"]))

    def week(self, model: Any) -> dict[str, Array]:
        """Every wanted record of the week just run."""
        return {name: self._calculate[name][1](model) for name in self.names}

    def labels_of(self, name: str) -> list[tuple[str, ...]]:
        """Row labels of a record, one tuple per row in the order of its axes."""
        return self.labels[self._calculate[name][0]]

    def _table(self) -> dict[str, tuple[str, Callable[[Any], Array]]]:
        net = self.net
        made = np.maximum(net.sold_at_rest, 1e-9)
        trades = np.ones(self.rows.sizes["trade"])

        def fob(m: Any) -> Array:
            return np.asarray(mean_fob(
                m.w.price, m.w.tariff, net.freight, net.flow_at_rest, self._into["fob"],
                self._cells["fob"],
            ))  # fmt: skip

        def cover(m: Any) -> Array:
            stock = self.sum("bought", m.state.on_hand)
            use = self.sum("bought", m.state.expected_use)
            return np.where(use > LITTLE, 7.0 * stock / np.maximum(use, LITTLE), np.nan)

        def depth(m: Any) -> Array:
            return np.where(m.w.cell_use > LITTLE, m.w.quote_depth, np.nan)

        def bounds(m: Any) -> Array:
            w = m.w
            steps = bound_by_step(
                w.term, w.spot, w.due, w.leaking, w.banned, w.allowed, w.sendable, w.wanted, w.cleared, w.legal, w.granted, w.through, w.shipped,
                self._into["bounded"], self._cells["bounded"],
            )  # fmt: skip
            return np.concatenate(steps, axis=1)

        def by_origin(m: Any) -> Array:
            return np.asarray(used_by_origin(
                m.w.use, self._rare, net.need_point, m.state.origin, net.first_row, net.last_row,
                self._into["origin"], self._cells["origin"],
            ))  # fmt: skip

        every = np.ones(len(BUDGET_LINES))
        outlays = np.array([float(line not in COMES_BACK) for line in BUDGET_LINES])

        e = self._elements
        return {
            "price_domestic": ("sold", lambda m: self.mean("sold", m.state.ask * self._vat, made)),
            "price_domestic_net": ("sold", lambda m: self.mean("sold", m.state.ask, made)),
            "price_fob": ("fob", fob),
            "price_quote": ("cell", lambda m: m.state.quote),
            "quote_depth": ("cell", depth),
            "price_traded": ("cell", lambda m: mean_traded(m.state.traded_tonnes, m.state.traded_usd)),
            "spot_traded": ("cell", lambda m: m.w.spot_tonnes),
            "rent": ("pool", lambda m: m.w.rent),
            "permits_used": ("pool", lambda m: m.w.permits_used),
            "permits_wanted": ("pool", lambda m: np.where(m.w.pool_active, m.w.pool_wanted, 0.0)),
            "requirement": ("element", lambda m: e(m.w.required + m.w.extra)),
            "want": ("element", lambda m: e(m.w.want)),
            "use": ("element", lambda m: e(m.w.use)),
            "unmet_demand": ("element", lambda m: e(m.w.unmet)),
            "priced_out": ("element", lambda m: e(m.w.by_intensity - (m.w.want - m.w.extra))),
            "saved": ("element", lambda m: e(m.w.required - m.w.by_intensity)),
            "shortage": ("element", lambda m: e(m.w.unmet + m.w.by_intensity - (m.w.want - m.w.extra))),
            "want_gross": ("need_gross", lambda m: self.sum("need_gross", m.w.want)),
            "use_gross": ("need_gross", lambda m: self.sum("need_gross", m.w.use)),
            "missing_gross": ("need_gross", lambda m: self.sum("need_gross", m.w.missing)),
            "line_stop": ("maker", lambda m: self.sum("maker", (1.0 - m.w.served) * net.maker_weight)),
            "on_hand": ("bought", lambda m: self.sum("bought", m.state.on_hand)),
            "on_hand_sellers": ("sold", lambda m: self.sum("sold", m.state.on_hand)),
            "days_of_cover": ("bought", cover),
            "in_transit": ("bought", lambda m: self.sum("bought", over_slots(m.state.sea))),
            "residue": ("sold", lambda m: self.sum("sold", m.state.residue)),
            "held": ("lane_buyer", lambda m: self.sum("lane_buyer", m.state.held)),
            "licence_queue": ("lane_buyer", lambda m: self.sum("lane_buyer", m.state.waiting + m.state.deciding)),
            "denied": ("lane_buyer", lambda m: self.sum("lane_buyer", m.w.refused)),
            "orders": ("lane_any", lambda m: self.sum("lane_any", m.w.ordered)),
            "backlog": ("lane_any", lambda m: self.sum("lane_any", m.state.backlog)),
            "government_stock": ("store", lambda m: self.sum("store", m.state.on_hand)),
            "production": ("made", lambda m: self.sum("made", m.w.produced.take(self._made, axis=1))),
            "run_rate": ("line", lambda m: self.sum("line", m.state.run)),
            "capacity": ("line", lambda m: self.sum("line", m.w.capacity)),
            "project_stage": ("project", lambda m: m.state.stage),
            "exports": ("trade", lambda m: m.w.booked),
            "exports_usd": ("trade", lambda m: legal_value(m.w.fob_value, m.w.through, m.w.shipped, self.rows.trade, trades)),
            "imports": ("trade", lambda m: m.w.landed_tonnes),
            "imports_usd": ("trade", lambda m: m.w.landed_usd),
            "leaked": ("trade", lambda m: self._trade(m.w.leaked)),
            "belief": ("view", lambda m: self.mean("view", m.state.belief, self.rows.view_flow)),
            "use_by_origin": ("origin", by_origin),
            "bound": ("bound", bounds),
            "duty_paid": ("exported", lambda m: self.sum("exported", m.w.duty)),
            "rent_paid": ("exported", lambda m: self.sum("exported", m.w.rent_paid)),
            "leak_margin": ("exported", lambda m: self.sum("exported", m.w.leak_margin)),
            "store_bought": ("store", lambda m: self.sum("store", m.w.arrived)),
            "store_spent": ("store", lambda m: self.sum("store", m.w.store_spent)),
            "store_earned": ("store", lambda m: self.sum("store", m.w.store_earned)),
            "unit_cost": ("line", lambda m: self.mean("line", m.w.line_cost, net.nameplate)),
            "public_cost": ("country", lambda m: lines_spent(m.w.budget, every)),
            "public_outlay": ("country", lambda m: lines_spent(m.w.budget, outlays)),
            "loans_owed": ("country", lambda m: self._claimed(m, "loan")),
            "stakes_worth": ("country", lambda m: self._claimed(m, "equity")),
            "budget": ("budget", lambda m: m.w.budget.reshape(len(m.w.budget), -1)),
            "ledger_seen": ("country", lambda m: m.w.ledger),
            "money": ("account", lambda m: m.state.money),
        }  # fmt: skip

    def _claimed(self, model: Any, line: str) -> Array:
        """USD that governments are owed, or own at cost or value, the lower, by country."""
        found = np.zeros(model.w.budget.shape[:2])
        for claim in model.claims:
            if claim.line == line:
                usd = claim.usd
                if line == "equity":
                    worth = claim.usd * 0.0
                    for value in model.worth_of_lines(claim.lines).T:
                        worth = worth + np.maximum(value, 0.0)
                    usd = np.minimum(usd, claim.share * worth * 1e6)
                found[:, self.rows.codes.index(claim.country)] += usd
        return found

    def _trade(self, lanes: Array) -> Array:
        size = np.ones(self.rows.sizes["trade"])
        ones = np.ones(lanes.shape[1])
        return np.asarray(sum_into(np.ascontiguousarray(lanes), self.rows.trade, ones, size))
