"""Build: from a world's tables and a start date to the network at rest."""

from pathlib import Path
from typing import Any

import numpy as np

from sim.scenario.balance import MAY_REMAIN, Balanced, balance
from sim.scenario.chemistry import Recipe, products_of, recipes_of
from sim.scenario.lanes import FLOOR, Market, fit_flows
from sim.scenario.tables import WorldError
from sim.scenario.world import Row, World, read_world
from sim.world.network import Network, Point, Site

PROJECT_RUN = 0.85
"""Share of nameplate at which a new plant is expected to run (assumed)."""
NOTICED = 0.005
"""Share of a product's world use from which a buyer would qualify a seller of another country (assumed)."""
DOWN_THE_CHAIN = ("magnet", "substitute", "metal", "oxide", "swarf", "carbonate", "concentrate")
"""Products are fitted from what is finally used upwards, so that every plant runs for what it sells."""
ANY = "*"
"""What stands in a contract row for any seller, buyer or product."""
HOME_TRADE = "home_"
"""How the recipe of a trader in its own country's goods begins."""
LEAST_TRADED = 0.02
"""Share of what a country buys of a product below which a lane across a border passes traders by (assumed)."""
OF_ONE_PRICE = ("oxide", "metal", "magnet")
"""Stages whose sellers ask what their own books tell them; ores, carbonates and swarf fetch a part of what their basket does."""
CRUMB_AT_HOME = 0.01
"""Share of what is sold of a product at home below which a lane goes wholly through traders, contracts or not (assumed)."""
SHARED_LANES = 2
"""Users of another country to whom a shared store has a lane, per product (assumed)."""
NEWCOMER_SHARE = 0.05
"""Share of a buyer's need that a newly qualified seller may take at first (assumed)."""


class _Builder:
    """Collects rows while the network is being put together."""

    def __init__(self, world: World, start: str) -> None:
        self.world, self.start = world, start
        self.products = products_of(world, start)
        self.recipes = recipes_of(world, start, self.products)
        self.balanced: Balanced = balance(world, start, self.products, self.recipes)
        self.sites: list[Site] = []
        self.points: list[Point] = []
        self.point_at: dict[tuple[int, str, bool], int] = {}
        self.made: list[float] = []
        self.used: list[float] = []
        self.lines: list[dict[str, Any]] = []
        self.lanes: list[dict[str, Any]] = []
        self.day = world.meta["starts"][start]["date"]

    # rows -----------------------------------------------------------------------------------------------------------

    def site(self, site: Site) -> int:
        self.sites.append(site)
        return len(self.sites) - 1

    def point(self, site: int, product: str, role: str) -> int:
        key = (site, product, role in ("sold", "trade", "store"))
        if key not in self.point_at:
            self.point_at[key] = len(self.points)
            self.points.append(Point(site, product, role))
            self.made.append(0.0)
            self.used.append(0.0)
        return self.point_at[key]

    def line(self, site: int, recipe: Recipe, run: float, nameplate: float, row: Row) -> None:
        feeds = [(self.point(site, p, "bought"), a) for p, a in recipe.inputs.items()]
        outs = [(self.point(site, p, "sold"), a) for p, a in recipe.outputs.items()]
        swarf = [(self.point(site, p, "sold"), a) for p, a in recipe.swarf.items()]
        for p, a in feeds:
            self.used[p] += a * run
        for p, a in [*outs, *swarf]:
            self.made[p] += a * run
        self.lines.append(
            {"site": site, "recipe": recipe, "run": run, "nameplate": nameplate, "feeds": feeds, "outs": outs,
             "swarf": swarf, "cash": row.get("cash_cost_usd_per_kg") or 0.0, "kind": row["kind"]}
        )  # fmt: skip

    def producers(self) -> None:
        for row, rate in zip(self.balanced.sites, self.balanced.rates, strict=True):
            site = self.site(Site(row["site"], row["title"], row["kind"], row["country"], row["group"] or ""))
            self.line(site, self.recipes[row["recipe"]], rate / 52.0, max(row["nameplate_t_yr"], rate) / 52.0, row)

    def makers(self) -> None:
        at: dict[tuple[str, str], int] = {}
        for row, use in zip(self.balanced.demand, self.balanced.uses, strict=True):
            key = (row["country"], row["end_use"])
            if key not in at:
                name = f"{row['country']}:{row['end_use']}"
                at[key] = self.site(Site(name, name, "manufacturer", row["country"], "", row["end_use"]))
            self.used[self.point(at[key], row["product"], "need")] += use / 52.0

    # lanes ----------------------------------------------------------------------------------------------------------

    def country(self, point: int) -> str:
        return self.sites[self.points[point].site].country

    def lane(self, seller: int, buyer: int, flow: float, **more: Any) -> None:
        self.lanes.append({"seller": seller, "buyer": buyer, "flow": flow, **more})

    def flows(self) -> list[dict[str, Any]]:
        """Fit lanes of every product; return what of the flow they cover and how trade shares came out beside the data."""
        share: dict[tuple[str, str], dict[str, float]] = {}
        for row in self.world.at("trade", self.start):
            share.setdefault((row["product"], row["buyer"]), {})[row["seller"]] = row["share"]
        contracts = self._contracts()
        off: list[dict[str, Any]] = []
        for product in sorted(self.products, key=lambda p: DOWN_THE_CHAIN.index(self.products[p].stage)):
            sellers = [k for k, p in enumerate(self.points) if p.product == product and self.made[k] > 0.0]
            buyers = [k for k, p in enumerate(self.points) if p.product == product and self.used[k] > 0.0]
            if not buyers:
                continue
            if not sellers:
                raise WorldError(f"{self.world.folder}: {product} is used in {self.start} but nobody makes it")
            made, used = np.array([self.made[k] for k in sellers]), np.array([self.used[k] for k in buyers])
            origins, destinations = [self.country(k) for k in sellers], [self.country(k) for k in buyers]
            market = Market(sellers, made, origins, buyers, used, destinations)
            prior = self._prior(market, product, share, contracts)
            loose = self.products[product].stage in MAY_REMAIN
            flow, covered = fit_flows(market, prior, loose, self.products[product].stage in OF_ONE_PRICE)
            for i, j in zip(*np.nonzero(flow > 1e-9), strict=True):
                terms = self._term(contracts, sellers[i], buyers[j])
                share_of_lane = terms["share"] if terms else 0.0
                self.lane(sellers[i], buyers[j], float(flow[i, j]), contract=share_of_lane, terms=terms)
            if not loose:
                for i, seller in enumerate(sellers):
                    self._run_for(seller, float(flow[i].sum()))
            off.append({"kind": "lanes", "product": product, "tonnes_yr": 52.0 * float(used.sum()), "covered": covered})
            off += self._trade_residuals(product, market, flow, share)
        return off

    def _run_for(self, seller: int, sold: float) -> None:
        """Let the one plant that makes a product run for what it sells, and use inputs accordingly."""
        line = next(x for x in self.lines if any(p == seller for p, _ in x["outs"]))
        ratio = sold / self.made[seller]
        line["run"] *= ratio
        line["nameplate"] = max(line["nameplate"], line["run"])
        for p, _ in line["feeds"]:
            self.used[p] *= ratio
        for p, _ in [*line["outs"], *line["swarf"]]:
            self.made[p] *= ratio

    def _contracts(self) -> dict[str, list[Row]]:
        """Contract rows by product, the most exact first: by seller, then by buyer, then by product."""
        names = [{s.name for s in self.sites}, set(self.world.meta["countries"]), {s.kind for s in self.sites}, {ANY}]
        rows = []
        for row in self.world.at("contracts", self.start):
            exact = [next(n for n, known in enumerate(names) if row[end] in known) for end in ("seller", "buyer")]
            rows.append((exact, row["product"] == ANY, row))
        rows.sort(key=lambda r: r[:2])
        return {p: [r for *_, r in rows if r["product"] in (p, ANY)] for p in self.products}

    def _term(self, contracts: dict[str, list[Row]], seller: int, buyer: int) -> Row | None:
        """The most exact contract row of a seller's and a buyer's point."""
        ends = [self.sites[self.points[k].site] for k in (seller, buyer)]
        is_end = [{s.name, s.country, s.kind, ANY} for s in ends]
        rows = contracts[self.points[seller].product]
        return next((r for r in rows if r["seller"] in is_end[0] and r["buyer"] in is_end[1]), None)

    def _prior(
        self,
        market: Market,
        product: str,
        share: dict[tuple[str, str], dict[str, float]],
        contracts: dict[str, list[Row]],
    ) -> np.ndarray:
        of_country: dict[str, float] = {}
        for k, m in zip(market.sellers, market.made, strict=True):
            of_country[self.country(k)] = of_country.get(self.country(k), 0.0) + m
        prior = np.zeros((len(market.sellers), len(market.buyers)))
        for j, b in enumerate(market.buyers):
            known = share.get((product, self.country(b)))
            pull = [m * self._nearness(s, b, contracts) for s, m in zip(market.sellers, market.made, strict=True)]
            of_seller: dict[str, float] = {}
            for origin, weight in zip(market.origins, pull, strict=True):
                of_seller[origin] = of_seller.get(origin, 0.0) + weight
            for i, origin in enumerate(market.origins):
                if known is None:
                    home = 3.0 if origin == self.country(b) else 1.0
                    wished = home * of_country[origin] / market.made.sum()
                else:
                    wished = known.get(origin, 0.0)
                prior[i, j] = (wished + FLOOR) * pull[i] / of_seller[origin] * market.used[j]
        return prior

    def _nearness(self, seller: int, buyer: int, contracts: dict[str, list[Row]]) -> float:
        """Sellers of the buyer's own group, or under contract with it, come first within their country."""
        group = self.sites[self.points[seller].site].group
        if group and group == self.sites[self.points[buyer].site].group:
            return 5.0
        terms = self._term(contracts, seller, buyer)
        return 5.0 if terms and terms["seller"] == self.sites[self.points[seller].site].name else 1.0

    def _trade_residuals(
        self, product: str, market: Market, flow: np.ndarray, share: dict[tuple[str, str], dict[str, float]]
    ) -> list[dict[str, Any]]:
        got: dict[tuple[str, str], float] = {}
        total: dict[str, float] = {}
        for i, s in enumerate(market.sellers):
            for j, b in enumerate(market.buyers):
                key = (self.country(s), self.country(b))
                got[key] = got.get(key, 0.0) + flow[i, j]
                total[key[1]] = total.get(key[1], 0.0) + flow[i, j]
        off = []
        for (name, buyer), wished in share.items():
            if name != product or total.get(buyer, 0.0) <= 0.0:
                continue
            sellers = sorted({*wished, *(s for s, b in got if b == buyer)})
            off += [
                {"product": product, "seller": s, "buyer": buyer, "data": wished.get(s, 0.0),
                 "balanced": got.get((s, buyer), 0.0) / total[buyer], "tonnes_yr": 52.0 * total[buyer]}
                for s in sellers
            ]  # fmt: skip
        return off

    def traders(self) -> None:
        """Pass part of what a country buys of a stage, abroad or at home, through its traders.

        At home they buy of everyone, so that one price holds in a country, and crumbs go through their hands alone; of crumbs from
        abroad they let go.
        """
        for row in self.world.at("sites", self.start):
            if row["kind"] != "trader":
                continue
            at_home = row["recipe"].startswith(HOME_TRADE)
            stage = row["recipe"].removeprefix(HOME_TRADE).removeprefix("trade_").removesuffix("s")
            bought = [
                lane for lane in self.lanes
                if self.products[self.points[lane["seller"]].product].stage == stage
                and self.country(lane["buyer"]) == row["country"]
                and (self.country(lane["seller"]) == row["country"]) == at_home
                and all(self.sites[self.points[lane[end]].site].kind != "trader" for end in ("seller", "buyer"))
                and lane["contract"] < 1.0
            ]  # fmt: skip
            large = self._above(bought, CRUMB_AT_HOME if at_home else LEAST_TRADED)
            if not at_home:
                bought = large
            wholly = {id(lane) for lane in bought} - {id(lane) for lane in large}
            tonnes = sum(lane["flow"] * (1.0 - lane["contract"]) for lane in bought) * 52.0
            if tonnes <= 0.0:
                continue
            part = min(row["output_t_yr"] / tonnes, 0.5)
            site = self.site(Site(row["site"], row["title"], "trader", row["country"], row["group"] or ""))
            inward: dict[tuple[int, int], float] = {}
            outward: dict[tuple[int, int], float] = {}
            for lane in bought:
                whole = id(lane) in wholly
                through = lane["flow"] if whole else part * lane["flow"] * (1.0 - lane["contract"])
                if not whole:
                    lane["contract"] *= lane["flow"] / (lane["flow"] - through)
                    lane["flow"] -= through
                desk = self.point(site, self.points[lane["seller"]].product, "trade")
                inward[lane["seller"], desk] = inward.get((lane["seller"], desk), 0.0) + through
                outward[desk, lane["buyer"]] = outward.get((desk, lane["buyer"]), 0.0) + through
                self.made[desk] += through
                self.used[desk] += through
            self.lanes = [lane for lane in self.lanes if id(lane) not in wholly]
            for (s, b), flow in [*inward.items(), *outward.items()]:
                self.lane(s, b, flow, contract=0.0)

    def _above(self, bought: list[dict[str, Any]], least: float) -> list[dict[str, Any]]:
        """Lanes that are a least share, or more, of all that is bought of their product."""
        total: dict[str, float] = {}
        for lane in bought:
            product = self.points[lane["seller"]].product
            total[product] = total.get(product, 0.0) + lane["flow"]
        return [x for x in bought if x["flow"] >= least * total[self.points[x["seller"]].product]]

    def newcomers(self) -> None:
        """Wake-able lanes: a larger seller at the usual origin, and for larger buyers one of another country."""
        known: dict[int, set[int]] = {}
        for lane in self.lanes:
            known.setdefault(lane["buyer"], set()).add(lane["seller"])
        by_product: dict[str, list[int]] = {}
        total: dict[str, float] = {}
        for k, p in enumerate(self.points):
            total[p.product] = total.get(p.product, 0.0) + self.used[k]
        for k, p in enumerate(self.points):
            if p.role == "sold" and self.made[k] > 0.0:
                by_product.setdefault(p.product, []).append(k)
        for buyer, sellers in sorted(known.items()):
            product = self.points[buyer].product
            if self.products[product].stage in ("concentrate", "carbonate", "swarf") or self.used[buyer] <= 0.0:
                continue
            main = max((x["flow"], self.country(x["seller"])) for x in self.lanes if x["buyer"] == buyer)[1]
            others = sorted((s for s in by_product[product] if s not in sellers), key=lambda s: (-self.made[s], s))
            near = [s for s in others if self.country(s) == main]
            far = [s for s in others if self.country(s) != main]
            known_well = max(self.made[s] for s in sellers if self.country(s) == main)
            if near and (len(sellers) == 1 or (self.country(buyer) != main and self.made[near[0]] > 2.0 * known_well)):
                self.lane(near[0], buyer, 0.0, contract=0.0, potential=0.5)
            if far and self.used[buyer] > total[product] * NOTICED:
                self.lane(far[0], buyer, 0.0, contract=0.0, potential=NEWCOMER_SHARE)

    def projects(self) -> tuple[list[Row], list[int]]:
        rows: list[Row] = []
        at: list[int] = []
        for row in self.world.at("projects", self.start):
            recipe = self.recipes[row["recipe"]]
            site = self.site(Site(row["project"], row["title"], row["kind"], row["country"]))
            before = len(self.points)
            self.line(site, recipe, 0.0, row["nameplate_t_yr"] / 52.0, row)
            self.lines[-1]["project"] = len(rows)
            rows.append(row)
            at.append(len(self.lines) - 1)
            for k in range(before, len(self.points)):
                self._open_lanes(k, row, recipe)
        return rows, at

    def _open_lanes(self, point: int, row: Row, recipe: Recipe) -> None:
        product, weekly = self.points[point].product, PROJECT_RUN * row["nameplate_t_yr"] / 52.0
        if self.points[point].role == "bought":
            sellers = [k for k, p in enumerate(self.points) if p.product == product and p.role == "sold"]
            for seller in sorted(sellers, key=lambda s: (-self.made[s], s))[:3]:
                self.lane(seller, point, 0.0, contract=0.0, potential=1.0, project=self.lines[-1]["project"])
            return
        made = weekly * (recipe.outputs.get(product) or recipe.swarf.get(product) or 0.0)
        wanted = [w.split(":")[0].strip() for w in (row["offtake"] or "").split(";") if w.strip()]
        buyers = [k for k, p in enumerate(self.points) if p.product == product and p.role in ("bought", "need")]
        near = [b for b in buyers if self.country(b) in wanted] or buyers
        near = sorted(near, key=lambda b: (-self.used[b], b))[:4]
        total = sum(self.used[b] for b in near)
        for buyer in near:
            share = min(made / total, 2.0) if total > 0.0 else 1.0
            self.lane(point, buyer, 0.0, contract=0.0, potential=share, project=self.lines[-1]["project"])

    def stores(self) -> None:
        """A store per government that may have one, asleep, with lanes in and out."""
        for country, products in self.world.meta["stores"].items():
            site = self.site(Site(f"store:{country}", f"government store of {country}", "store", country))
            for product in products:
                sellers: dict[int, float] = {}
                buyers: dict[int, float] = {}
                for lane in self.lanes:
                    if self.points[lane["seller"]].product == product and lane["flow"] > 0.0:
                        if self.points[lane["seller"]].role == "sold":
                            sellers[lane["seller"]] = sellers.get(lane["seller"], 0.0) + lane["flow"]
                        if self.country(lane["buyer"]) == country and self.points[lane["buyer"]].role != "trade":
                            buyers[lane["buyer"]] = buyers.get(lane["buyer"], 0.0) + lane["flow"]
                if not buyers or not sellers:
                    continue
                point = self.point(site, product, "store")
                for seller, _ in sorted(sellers.items(), key=lambda x: (-x[1], x[0]))[:3]:
                    self.lane(seller, point, 0.0, contract=0.0, potential=1.0)
                for buyer, _ in sorted(buyers.items(), key=lambda x: (-x[1], x[0]))[:6]:
                    self.lane(point, buyer, 0.0, contract=0.0, potential=1.0)
                for member in self.world.meta["shared_stores"].get(country, []):
                    self._share(point, member, product)

    def _share(self, store: int, member: str, product: str) -> None:
        """Lanes from a store to the largest users of another country, asleep until the store is shared."""
        bought: dict[int, float] = {}
        for lane in self.lanes:
            to = self.points[lane["buyer"]]
            if to.product == product and lane["flow"] > 0.0 and self.country(lane["buyer"]) == member and to.role != "trade":
                bought[lane["buyer"]] = bought.get(lane["buyer"], 0.0) + lane["flow"]
        for buyer, _ in sorted(bought.items(), key=lambda x: (-x[1], x[0]))[:SHARED_LANES]:
            self.lane(store, buyer, 0.0, contract=0.0, shared=True)


def build_network(folder: Path, start: str) -> Network:
    """Read a world, balance a start and build its network at rest, as ``network_of`` gives it kept.

    Raises WorldError when a table is faulty or the start is not complete.
    """
    from sim.scenario.at_rest import put_at_rest

    world = read_world(folder)
    starts = world.meta["starts"]
    if start not in starts:
        raise WorldError(f"{folder / 'world.yaml'}: start {start!r} is not there; complete starts: {', '.join(starts)}")
    for table in ("sites", "demand", "trade", "prices", "stocks"):
        if not world.at(table, start):
            raise WorldError(f"{folder / table}.csv: no rows of start {start}; the start is not complete without them")
    made = _Builder(world, start)
    made.producers()
    made.makers()
    off = made.flows()
    made.traders()
    made.newcomers()
    rows, at = made.projects()
    made.stores()
    return put_at_rest(made, rows, at, off)
