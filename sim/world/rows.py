"""Rows: row numbers of schemes, trade relations, market cells and accounts, fixed before week 0."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.world.network import Network
from sim.world.regime import Regime
from sim.world.state import PRICE_WEEKS, TRADED_WEEKS

Array = np.ndarray[Any, np.dtype[Any]]
Trade = tuple[str, str, str]
"""Seller's country, buyer's country, product."""
MEASURES = (
    "shadow_embargo", "export_quota", "production_quota", "export_duty", "licence_desk", "re_export_rule",
    "dual_use_ban", "raw_ore_export_ban", "look_alike_hold", "border_closure", "contract_annulment", "technology_ban",
)  # fmt: skip
"""Kinds of measure that talks, a ruling or relenting can ease."""
FEEDS = ("concentrate", "carbonate", "swarf")


@dataclass(frozen=True)
class Scheme:
    """A scheme an event asks for: a pool of permits, a licence desk or a re-export rule, with the lanes it binds.

    A group of sellers (table ``group``) binds their stock points instead of lanes.
    """

    table: str
    name: str
    lanes: Array
    numbers: dict[str, float] = field(default_factory=dict)


class SchemeClash(ValueError):
    """Two schemes of one table bind the same rows: the ``second`` takes in some that the ``first`` has; ``what`` is one of them."""

    def __init__(self, first: Scheme, second: Scheme, what: str) -> None:
        super().__init__(f"{second.name} and {first.name} both bind {what}")
        self.first, self.second = first, second


class Rows:
    """Row numbers derived from a network and the schemes of a scenario."""

    def __init__(self, net: Network, regime: Regime, schemes: list[Scheme]) -> None:
        self.net = net
        self.regime = regime
        self.schemes = schemes
        self.pools, self.pool_or_none = self._table("pool")
        self.desks, self.desk_or_none = self._table("desk")
        self.rules, self.rule = self._table("rule")
        self.pool = np.maximum(self.pool_or_none, 0)
        self.in_pool = (self.pool_or_none >= 0).astype(float)
        self._seller_groups()
        self._trade()
        self._cells()
        self._points()
        self._accounts()
        self._chemistry()
        self.sizes = {
            "point": len(net.points), "lane": net.seller.size, "line": len(net.line_recipe),
            "need": net.need_point.size, "view": net.view_buyer.size, "project": len(net.projects),
            "pool": max(len(self.pools), 1), "desk": max(len(self.desks), 1), "rule": max(len(self.rules), 1),
            "trade": max(len(self.trades), 1), "cell": max(len(self.cells), 1), "account": len(self.accounts), "row": len(net.origin_at_rest),
            "cargo": net.cargo_rows, "group": net.origin_at_rest.shape[1], "slot": int(np.ceil(net.transit_weeks.max())) + 2,
            "quarter": PRICE_WEEKS, "traded": TRADED_WEEKS, "index": max(len(net.indices), 1),
            "country": len(net.countries), "seller_group": max(len(self.seller_groups), 1),
        }  # fmt: skip
        self.measures = [f"{c}:{k}" for c in net.countries for k in MEASURES]
        self.sizes["measure"] = len(self.measures)
        self.duty_relief = np.array([self.relief_row(net.country_of(p), "export_duty") for p in net.seller], dtype=np.int64)
        self.view_flow = np.zeros(self.sizes["view"])
        np.add.at(self.view_flow, net.view, net.flow_at_rest)
        self.pool_flow = np.zeros(self.sizes["pool"])
        np.add.at(self.pool_flow, self.pool, net.flow_at_rest * self.in_pool)
        self.ones_need = np.ones(self.sizes["need"])
        self.ones_line = np.ones(self.sizes["line"])
        self.ones_pool = np.ones(self.sizes["pool"])
        self.ones_group = np.ones(self.sizes["group"])
        self.ones_maker = np.ones(net.maker_site.size)
        self.ones_account = np.ones(self.sizes["account"])

    def _table(self, table: str) -> tuple[list[Scheme], Array]:
        found = [s for s in self.schemes if s.table == table]
        rows = np.full(self.net.seller.size, -1, dtype=np.int64)
        for k, scheme in enumerate(found):
            clash = rows[scheme.lanes] >= 0
            if clash.any():
                other = found[rows[scheme.lanes][clash][0]]
                raise SchemeClash(other, scheme, self.net.lane_name(scheme.lanes[clash][0]))
            rows[scheme.lanes] = k
        return found, rows

    def _seller_groups(self) -> None:
        """Rows of seller groups, one per scheme and product: what is merged are the books of one product."""
        net = self.net
        self.seller_groups: list[tuple[str, str]] = []
        self.seller_group = np.full(len(net.points), -1, dtype=np.int64)
        for scheme in (s for s in self.schemes if s.table == "group"):
            for product in sorted({net.points[p].product for p in scheme.lanes}):
                members = np.array([p for p in scheme.lanes if net.points[p].product == product])
                taken = members[self.seller_group[members] >= 0]
                if taken.size:
                    name = self.seller_groups[self.seller_group[taken[0]]][0]
                    other = next(s for s in self.schemes if s.name == name)
                    raise SchemeClash(other, scheme, f"{net.sites[net.points[taken[0]].site].name}:{product}")
                self.seller_group[members] = len(self.seller_groups)
                self.seller_groups.append((scheme.name, product))
        products = sorted({p.product for p in net.points})
        self.product_of = np.array([products.index(p.product) for p in net.points], dtype=np.int64)
        self.ones_product = np.ones(len(products))

    def group_rows(self, name: str) -> Array:
        """Rows of the products a group of sellers prices as one."""
        return np.flatnonzero([scheme == name for scheme, _ in self.seller_groups])

    def scheme_row(self, name: str) -> int:
        """Row of a scheme in its table."""
        scheme = next(s for s in self.schemes if s.name == name)
        return [s for s in self.schemes if s.table == scheme.table].index(scheme)

    def relief_row(self, country: str, kind: str) -> int:
        """Row of the relief on a country's measures of a kind, -1 where there is none."""
        name = f"{country}:{kind}"
        return self.measures.index(name) if name in self.measures else -1

    def rule_group(self, replicates: int) -> tuple[Array, Array]:
        """Layer and origin group of each re-export rule, per replicate."""
        layer = [s.numbers["layer"] for s in self.rules] or [0.0]
        group = [s.numbers["group"] for s in self.rules] or [0.0]
        return np.tile(np.array(layer), (replicates, 1)), np.tile(np.array(group), (replicates, 1))

    def _trade(self) -> None:
        net = self.net
        country = net.point_countries()
        keys = [
            (country[s], country[b], net.points[s].product) if x > 0.0 else None
            for s, b, x in zip(net.seller, net.buyer, net.crosses, strict=True)
        ]
        self.trades = sorted({k for k in keys if k is not None})
        at = {k: n for n, k in enumerate(self.trades)}
        self.trade = np.array([-1 if k is None else at[k] for k in keys], dtype=np.int64)
        flow: dict[tuple[str, str, str], float] = {}
        for key, f in zip(keys, net.flow_at_rest, strict=True):
            if key is not None:
                flow[key] = flow.get(key, 0.0) + float(f)
        usual = {key for key, s in zip(keys, net.lane_shared, strict=True) if s == 0.0}
        rivals_of: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
        for trade in self.trades:
            if trade in usual:
                rivals_of.setdefault(trade[1:], []).append(trade)
        between: dict[tuple[str, str], list[Trade]] = {}
        for trade in flow:
            if trade in usual:
                between.setdefault(trade[:2], []).append(trade)
        other = {k: self._other_code(k, at, between.get(k[:2], []), flow) for k in self.trades}
        self.other_code = np.array([-1 if k is None else other[k] for k in keys], dtype=np.int64)
        entered: list[int] = []
        for key in keys:
            rivals = [o for o in rivals_of.get(key[1:], []) if o[0] != key[0]] if key is not None else []
            entered.append(at[max(rivals, key=lambda o: (flow[o], o[0]))] if rivals else -1)
        self.alias = np.array(entered, dtype=np.int64)

    def _other_code(self, trade: Trade, at: dict[Trade, int], between: list[Trade], flow: dict[Trade, float]) -> int:
        """Relation under whose customs code cargo may be entered: of the same heading, else of the same chapter; -1 for none.

        Codes are told apart by six digits, as all countries do; the largest flow of those ``between`` the two countries counts.
        """
        own = self.net.products[trade[2]].hs
        near = []
        for other in between:
            hs = self.net.products[other[2]].hs
            if hs[:2] == own[:2] and hs[:6] != own[:6]:
                near.append((hs[:4] == own[:4], flow[other], other[2], other))
        return at[max(near)[3]] if near else -1

    def _cells(self) -> None:
        net = self.net
        country = net.point_countries()
        keys = [(net.points[b].product, country[b]) for b in net.buyer]
        self.cells = sorted(set(keys))
        at = {k: n for n, k in enumerate(self.cells)}
        self.cell = np.array([at[k] for k in keys], dtype=np.int64)
        # a seller in a region, whatever number of buyers it has there
        pairs = net.seller * len(self.cells) + self.cell
        self.seller_in_cell = np.unique(pairs, return_inverse=True)[1].astype(np.int64)
        self.ones_pair = np.ones(int(self.seller_in_cell.max(initial=-1)) + 1)
        self.cell_order = np.argsort(self.cell, kind="stable")
        self.cell_first = np.searchsorted(self.cell[self.cell_order], np.arange(len(self.cells)))
        self.cell_count = np.bincount(self.cell, minlength=len(self.cells)).astype(float)

    def _points(self) -> None:
        net = self.net
        stage = [net.products[p.product].stage for p in net.points]
        sold = np.array([p.role == "sold" for p in net.points])
        self.is_store = np.array([float(p.role == "store") for p in net.points])
        self.trade_points = np.flatnonzero([p.role == "trade" for p in net.points])
        self.from_store = self.is_store[net.seller]
        # what a government lets out of its store is not sold at arm's length
        self.traded_cell = np.where(self.from_store > 0.0, -1, self.cell)
        self.to_store = self.is_store[net.buyer]
        self.store_lanes = np.flatnonzero(self.from_store + self.to_store > 0.0)
        at = self.store_lanes
        self.store_buyer = np.where(self.to_store[at] > 0.0, net.buyer[at], -1)
        self.store_seller = np.where(self.from_store[at] > 0.0, net.seller[at], -1)
        self.ones_store = np.ones(at.size)
        trades = net.hoards > 0.0
        self.trader_lanes = at = np.flatnonzero(trades[net.seller] | trades[net.buyer])
        self.trader_buyer = np.where(trades[net.buyer[at]], net.buyer[at], -1)
        self.trader_seller = np.where(trades[net.seller[at]], net.seller[at], -1)
        self.ones_trader = np.ones(at.size)
        self.of_trade = 1.0 - np.minimum(self.from_store + self.to_store, 1.0)
        self.is_loose = (sold & np.array([s in ("oxide", "carbonate") for s in stage])).astype(float)
        self.is_feed = (sold & np.array([s in FEEDS for s in stage])).astype(float)
        self.feed_lanes = at = np.flatnonzero(self.is_feed[net.seller] > 0.0)
        self.feed_buyer, self.feed_seller = net.buyer[at], net.seller[at]
        self.never_sold = np.array([float(p.role in ("bought", "need")) for p in net.points])
        self.sells = 1.0 - self.never_sold
        self.lane_project = net.lane_project
        self.newcomer = np.where((net.lane_project < 0) & (self.from_store + self.to_store == 0.0), net.potential, 0.0)
        home = np.zeros(len(net.points))
        np.add.at(home, net.seller, net.flow_at_rest * (1.0 - net.crosses))
        at_home = home[net.seller] > 0.0
        self.peer_weight = net.flow_at_rest * np.where(at_home, 1.0 - net.crosses, 1.0) + 1e-9 * net.potential
        self.circuit_lines = np.flatnonzero((net.fill > 0.0) & (net.feed[:, 0] >= 0))
        kinds = [net.products[net.points[o].product].stage for o in net.output[:, 0]]
        self.is_single = np.array([float(k in ("metal", "magnet")) for k in kinds])
        self.single_lines = np.flatnonzero([k in ("metal", "magnet") for k in kinds])

    def _accounts(self) -> None:
        net = self.net
        codes = self.codes = list(net.countries)
        of_seller = np.array([codes.index(net.country_of(k)) for k in net.seller], dtype=np.int64)
        self.export_code = np.where(net.crosses > 0.0, of_seller, -1)
        self.ones_country = np.ones(len(codes))
        self.accounts = [f"firms:{c}" for c in codes] + [f"government:{c}" for c in codes] + ["outside"]
        at = {a: k for k, a in enumerate(self.accounts)}
        country = net.point_countries()

        def account(point: int) -> int:
            who = "government" if net.points[point].role == "store" else "firms"
            return at[f"{who}:{country[point]}"]

        outside = at["outside"]
        self.buyer_account = np.array([account(b) for b in net.buyer], dtype=np.int64)
        self.seller_account = np.array([account(s) for s in net.seller], dtype=np.int64)
        self.buyer_government = np.array([at[f"government:{country[b]}"] for b in net.buyer], dtype=np.int64)
        self.seller_government = np.array([at[f"government:{country[s]}"] for s in net.seller], dtype=np.int64)
        self.need_account = np.array([account(p) for p in net.need_point], dtype=np.int64)
        self.line_account = np.array([at[f"firms:{net.sites[k].country}"] for k in net.line_site], dtype=np.int64)
        self.outside_lane = np.full(net.seller.size, outside, dtype=np.int64)
        self.outside_need = np.full(net.need_point.size, outside, dtype=np.int64)
        self.outside_line = np.full(len(net.line_recipe), outside, dtype=np.int64)

    def _chemistry(self) -> None:
        """T of each element mined and lost per t of run of each line."""
        net = self.net
        lines, elements = len(net.line_recipe), len(net.elements)
        self.line_mined, self.line_lost = np.zeros((lines, elements)), np.zeros((lines, elements))
        for k in range(lines):
            taken = np.zeros(elements)
            for p, a in zip(net.feed[k], net.feed_need[k], strict=True):
                if p >= 0:
                    taken += a * net.point_content[p]
            given = np.zeros(elements)
            for p, a in zip(net.output[k], net.output_made[k], strict=True):
                if p >= 0:
                    given += a * net.point_content[p]
            if net.swarf_point[k] >= 0:
                given += net.swarf_made[k] * net.swarf_loop[k] * net.point_content[net.swarf_point[k]]
            if (net.feed[k] >= 0).any():
                self.line_lost[k] = taken - given
            else:
                self.line_mined[k] = given
