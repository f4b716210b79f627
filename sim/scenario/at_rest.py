"""At rest: from fitted flows to a network whose stocks, prices and origins repeat week after week."""

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.mechanisms.transit import whole_weeks
from sim.scenario.tables import REMEMBERED, WorldError
from sim.scenario.trade_policy import rate
from sim.world.network import LAYER_OF_STAGE, LAYERS, Network

if TYPE_CHECKING:
    from sim.scenario.build import _Builder

FREIGHT_USD_PER_KG = 0.15
"""Sea freight and insurance beside the FOB price (assumed; containers of 15-20 t at 2,000-4,000 USD)."""
TRADER_MARGIN = 0.05
"""Margin of a trading house over what it pays (assumed; 3 to 8 % in ordinary times)."""
DEFAULT_COVER = {"sold": 4.0, "bought": 6.0, "need": 8.0, "trade": 12.0, "store": 0.0}
"""Weeks on hand where ``stocks.csv`` has no row (assumed)."""
INDICES = ("price_domestic", "price_fob", "price_traded")
"""Indices a contract may name, by the number the rules know them by."""
OUTPUTS, INPUTS = 12, 4


def put_at_rest(made: "_Builder", projects: list[Any], project_lines: list[int], trade_off: list[Any]) -> Network:
    """Fill a network's arrays from what the builder has collected."""
    world, start = made.world, made.start
    meta = world.meta
    net = Network(
        title=meta["title"],
        start=start,
        elements=tuple(meta["elements"]),
        countries=dict(meta["countries"]),
        groups=tuple(tuple(meta["origin_groups"][layer]) for layer in LAYERS),
        origin_groups={layer: dict(meta["origin_groups"][layer]) for layer in LAYERS},
        group_of=_group_of(meta),
        products=made.products,
        sites=made.sites,
        points=made.points,
        exporter=meta["price_home"],
        start_day=made.day.isoformat(),
    )
    net.substitutes = dict(meta["substitutes"])
    net.element_groups = {e: g for g, members in meta["elements"].items() for e in members}
    net.policies = world.tables["policies"]
    net.parameters = {k: (v["low"], v["mode"], v["high"]) for k, v in world.parameters(made.start).items()}
    lanes = _lanes(net, made)
    _origin_rows(net)
    _contracts(net, lanes)
    _lines(net, made, projects, project_lines)
    _points(net, made)
    _needs(net, made)
    _scrap(net)
    _prices(net, made)
    _origins(net)
    net.residuals = [{"kind": "balance", **r} for r in made.balanced.residuals] + [
        {"kind": "trade", **r} for r in trade_off
    ]
    net.projects = projects
    return net


def _group_of(meta: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for country in meta["countries"]:
        rows = []
        for layer in LAYERS:
            groups = meta["origin_groups"][layer]
            names = list(groups)
            at = next((k for k, n in enumerate(names) if country in groups[n]), None)
            rows.append(len(names) - 1 if at is None else at)
        found[country] = tuple(rows)
    return found


def _lanes(net: Network, made: "_Builder") -> list[dict[str, Any]]:
    def alike(lane: dict[str, Any]) -> tuple[Any, ...]:
        # lanes that rules treat alike lie together, so that a processor guesses right what comes next; then by buyer, so
        # that what is written into a buyer's rows lies together too
        seller, buyer = lane["seller"], lane["buyer"]
        crosses = made.country(seller) != made.country(buyer)
        stage = made.products[made.points[seller].product].stage
        return lane["flow"] <= 0.0, crosses, lane["contract"] > 0.0, stage, buyer, seller

    lanes = sorted((x for x in made.lanes if x["flow"] > 0.0 or x.get("potential") or x.get("shared")), key=alike)
    net.seller = np.array([x["seller"] for x in lanes], dtype=np.int64)
    net.buyer = np.array([x["buyer"] for x in lanes], dtype=np.int64)
    net.flow_at_rest = np.array([x["flow"] for x in lanes])
    net.contract = np.array([x["contract"] for x in lanes])
    net.potential = np.array([x.get("potential", 0.0) for x in lanes])
    net.lane_shared = np.array([float(x.get("shared", False)) for x in lanes])
    net.lane_project = np.array([x.get("project", -1) for x in lanes], dtype=np.int64)
    pairs = [(made.country(x["seller"]), made.country(x["buyer"])) for x in lanes]
    goods = [made.points[x["seller"]].product for x in lanes]
    net.crosses = np.array([float(a != b) for a, b in pairs])
    net.freight = net.crosses * FREIGHT_USD_PER_KG
    known = {(r["seller"], r["buyer"]): r for r in made.world.tables["transit"]}
    ways = [(a, b, product) for (a, b), product in zip(pairs, goods, strict=True)]
    routes = sorted(set(ways))
    net.routes = [f"{a}>{b}:{product}" for a, b, product in routes]
    at = {way: k for k, way in enumerate(routes)}
    net.route = np.array([at[way] for way in ways], dtype=np.int64)
    weeks = []
    for a, b, _ in routes:
        row = known.get((a, b))
        if row is None:
            path = made.world.folder / "transit.csv"
            raise WorldError(
                f"{path}: no row from {a} to {b}, but goods go that way; add weeks from dispatch to arrival"
            )
        mode = row["weeks"]
        weeks.append((row["low"] or mode, mode, row["high"] or mode))
    net.transit_weeks = np.array(weeks)
    views = sorted({(x["buyer"], a) for x, (a, _) in zip(lanes, pairs, strict=True)})
    at_view = {v: k for k, v in enumerate(views)}
    net.view = np.array([at_view[x["buyer"], a] for x, (a, _) in zip(lanes, pairs, strict=True)], dtype=np.int64)
    net.view_buyer = np.array([v[0] for v in views], dtype=np.int64)
    net.view_origin = [v[1] for v in views]
    return lanes


def _contracts(net: Network, lanes: list[dict[str, Any]]) -> None:
    """Terms of every lane under contract, and the indices they read; without a named index, that of the seller's book."""
    count = len(lanes)
    net.term_discount, net.term_floor, net.term_ceiling = np.zeros(count), np.zeros(count), np.full(count, np.inf)
    net.term_index = np.full(count, -1, dtype=np.int64)
    country = net.point_countries()
    sold_at_home = {p.product for p, c in zip(net.points, country, strict=True) if p.role == "sold" and c == net.exporter}
    keys: list[tuple[str, str, str] | None] = []
    for k, lane in enumerate(lanes):
        row = lane.get("terms")
        if not row:
            keys.append(None)
            continue
        seller, buyer = country[lane["seller"]], country[lane["buyer"]]
        kind = row["index"] or ("price_fob" if seller != buyer else "price_domestic")
        net.term_discount[k] = row["discount"] or 0.0
        net.term_floor[k] = row["floor_usd_per_kg"] or 0.0
        net.term_ceiling[k] = row["ceiling_usd_per_kg"] or np.inf
        product = net.points[lane["seller"]].product
        place = buyer if kind == "price_traded" else net.exporter if product in sold_at_home else seller
        keys.append((kind, product, place))
    net.indices = sorted({k for k in keys if k is not None})
    at = {k: n for n, k in enumerate(net.indices)}
    net.term_index = np.array([-1 if k is None else at[k] for k in keys], dtype=np.int64)
    members = []
    for n, (kind, product, place) in enumerate(net.indices):
        found = [k for k in range(count) if _in_index(net, country, k, kind, product, place)]
        if not found:
            # its country sells none of it that way: the contract reads the prices its own sellers ask
            found = [k for k in range(count) if net.term_index[k] == n]
        members += [(k, n, float(INDICES.index(kind))) for k in found]
    net.index_member = np.array([m[0] for m in members], dtype=np.int64)
    net.index_of = np.array([m[1] for m in members], dtype=np.int64)
    net.index_kind = np.array([m[2] for m in members])
    net.index_weight = net.flow_at_rest[net.index_member] if members else np.zeros(0)


def _in_index(net: Network, country: list[str], lane: int, kind: str, product: str, place: str) -> bool:
    """Whether a lane's price counts in an index: home sales, exports, or purchases of one country."""
    seller, buyer = net.seller[lane], net.buyer[lane]
    if net.points[seller].product != product or net.flow_at_rest[lane] <= 0.0:
        return False
    if kind == "price_traded":
        return bool(country[buyer] == place)
    return bool(country[seller] == place and (net.crosses[lane] > 0.0) == (kind == "price_fob"))


def mean_weeks(transit: np.ndarray) -> np.ndarray:
    """Expected whole weeks at sea of each route, as drawn in the run."""
    u = (np.arange(4000) + 0.5) / 4000
    return np.array([whole_weeks(u, *row).mean() for row in transit[:, :, np.newaxis]])


def _lines(net: Network, made: "_Builder", projects: list[Any], project_lines: list[int]) -> None:
    lines = made.lines
    count = len(lines)
    net.line_site = np.array([x["site"] for x in lines], dtype=np.int64)
    net.line_recipe = [x["recipe"].name for x in lines]
    net.feed = np.full((count, INPUTS), -1, dtype=np.int64)
    net.feed_need = np.zeros((count, INPUTS))
    net.output = np.full((count, OUTPUTS), -1, dtype=np.int64)
    net.output_made = np.zeros((count, OUTPUTS))
    net.swarf_point = np.full(count, -1, dtype=np.int64)
    net.swarf_made, net.swarf_loop = np.zeros(count), np.zeros(count)
    for k, x in enumerate(lines):
        for j, (p, a) in enumerate(x["feeds"]):
            net.feed[k, j], net.feed_need[k, j] = p, a
        for j, (p, a) in enumerate(x["outs"]):
            net.output[k, j], net.output_made[k, j] = p, a
        for p, a in x["swarf"]:
            net.swarf_point[k], net.swarf_made[k] = p, a
    net.run_at_rest = np.array([x["run"] for x in lines])
    net.nameplate = np.array([x["nameplate"] for x in lines])
    net.fill = np.array([x["recipe"].hold_weeks * (x["run"] or 0.85 * x["nameplate"]) for x in lines])
    net.cash_cost = np.array([x["cash"] for x in lines])
    net.own_origin = np.array(
        [_own_layers(net, x["site"], [p for p, _ in x["feeds"]], bool(x["recipe"].hold_weeks)) for x in lines],
        dtype=np.int64,
    ).reshape(count, len(LAYERS))
    net.project_line = np.array(project_lines, dtype=np.int64)


def _origin_rows(net: Network) -> None:
    """Give every point a row for each layer its goods have; points that buy come first, for only they have cargo at sea."""
    layers = np.array([1 + LAYER_OF_STAGE.get(net.products[p.product].stage, 0) for p in net.points])
    buys = np.isin(np.arange(len(net.points)), net.buyer)
    order = np.concatenate([np.flatnonzero(buys), np.flatnonzero(~buys)])
    net.first_row = np.zeros(len(net.points), dtype=np.int64)
    net.first_row[order] = np.cumsum(layers[order]) - layers[order]
    net.last_row = net.first_row + layers - 1
    net.cargo_rows = int(layers[buys].sum())


def _own_layers(net: Network, site: int, feeds: list[int], separates: bool) -> list[int]:
    """The plant's own group in the layers it adds to its inputs, -1 in those that inputs decide."""
    own = net.group_of[net.sites[site].country]
    given = max((net.layers_of(p) for p in feeds), default=0)
    return [own[n] if n >= given or (separates and n == 1) else -1 for n in range(len(LAYERS))]


def _points(net: Network, made: "_Builder") -> None:
    count = len(net.points)
    net.point_content = np.array(
        [[net.products[p.product].content.get(e, 0.0) for e in net.elements] for p in net.points]
    )
    net.point_rare = net.point_content.sum(1)
    net.sold_at_rest, net.use_at_rest = np.zeros(count), np.zeros(count)
    lead = np.zeros(count)
    weeks = mean_weeks(net.transit_weeks)[net.route]
    for lane in range(net.seller.size):
        net.sold_at_rest[net.seller[lane]] += net.flow_at_rest[lane]
        net.use_at_rest[net.buyer[lane]] += net.flow_at_rest[lane]
        lead[net.buyer[lane]] += net.flow_at_rest[lane] * weeks[lane]
    first = np.zeros(count)
    first[net.buyer[::-1]] = weeks[::-1]
    net.lead_weeks = np.where(net.use_at_rest > 0.0, lead / np.maximum(net.use_at_rest, 1e-30), first)
    net.made_at_rest = np.array(made.made)
    net.hoards = np.array([float(p.role == "trade") for p in net.points])
    loop = np.ones(len(made.lines))
    for k in range(len(made.lines)):
        p = net.swarf_point[k]
        if p >= 0:
            loop[k] = min(net.sold_at_rest[p] / net.made_at_rest[p], 1.0) if net.made_at_rest[p] > 0.0 else 0.8
    net.swarf_loop = loop
    for k in net.project_line:
        share = 0.85 * net.nameplate[k]
        for j in range(OUTPUTS):
            if net.output[k, j] >= 0:
                net.made_at_rest[net.output[k, j]] = share * net.output_made[k, j]
        for j in range(INPUTS):
            if net.feed[k, j] >= 0:
                net.use_at_rest[net.feed[k, j]] = share * net.feed_need[k, j]
    net.is_project = np.zeros(count)
    for k in net.project_line:
        for p in [*net.output[k], *net.feed[k], net.swarf_point[k]]:
            if p >= 0:
                net.is_project[p] = 1.0
    rows = {(r["holder"], r["stage"]): r["cover_weeks"] for r in made.world.at("stocks", made.start)}
    net.cover_weeks = np.array([_cover(net, p, rows) for p in range(count)])
    flow = np.where(
        np.array([p.role == "sold" for p in net.points]), np.maximum(net.sold_at_rest, 0.0), net.use_at_rest
    )
    net.on_hand_at_rest = net.cover_weeks * flow * (1.0 - net.is_project)


def _cover(net: Network, point: int, rows: dict[tuple[str, str], float]) -> float:
    site, stage = net.sites[net.points[point].site], net.products[net.points[point].product].stage
    if net.points[point].role == "store":
        return 0.0
    for holder in (f"{site.country}:{site.kind}", site.country, site.kind):
        if (holder, stage) in rows:
            weeks = float(rows[holder, stage])
            return max(weeks / 2.0, 2.0) if net.points[point].role == "sold" and holder == site.country else weeks
    return DEFAULT_COVER[net.points[point].role]


def _scrap(net: Network) -> None:
    """Where magnets of goods at their end go if they are collected: the largest maker's swarf of the grade at home, and how much.

    Tonnes of swarf hold the same elements as a tonne of the magnet, the scarcest in it counting; -1 where nobody at home
    makes that grade.
    """
    largest: dict[tuple[str, str], int] = {}
    for line in np.flatnonzero(net.swarf_point >= 0):
        point = int(net.swarf_point[line])
        key = (net.points[net.output[line, 0]].product, net.country_of(point))
        if key not in largest or net.made_at_rest[point] > net.made_at_rest[largest[key]]:
            largest[key] = point
    keys = [(net.points[p].product, net.country_of(p)) for p in net.need_point]
    net.scrap_point = np.array([largest.get(key, -1) for key in keys], dtype=np.int64)
    net.scrap_made = np.zeros(len(keys))
    for need in np.flatnonzero(net.scrap_point >= 0):
        magnet, swarf = net.point_content[net.need_point[need]], net.point_content[net.scrap_point[need]]
        net.scrap_made[need] = (magnet[swarf > 0.0] / swarf[swarf > 0.0]).min()


def _needs(net: Network, made: "_Builder") -> None:
    rank = {p: (k, j) for k, rivals in enumerate(made.world.meta["rivals"]) for j, p in enumerate(rivals)}
    needs = [k for k, p in enumerate(net.points) if p.role == "need"]
    net.need_point = np.array(needs, dtype=np.int64)
    net.plan_at_rest = net.use_at_rest[net.need_point]
    together = {r["end_use"]: r["value"] > 0.5 for r in made.world.tables["end_uses"] if r["parameter"] == "together"}
    lines: dict[tuple[int, object], int] = {}
    components: dict[tuple[int, object], int] = {}
    rows, of_line = [], []
    for k in needs:
        p = net.points[k]
        part = rank[p.product][0] if p.product in rank else p.product
        all_at_once = together.get(net.sites[p.site].end_use, True)
        line = lines.setdefault((p.site, None if all_at_once else part), len(lines))
        if (p.site, part) not in components:
            components[p.site, part] = len(components)
            of_line.append(line)
        rows.append(components[p.site, part])
    net.need_component = np.array(rows, dtype=np.int64)
    net.component_maker = np.array(of_line, dtype=np.int64)
    net.maker_site = np.array([site for site, _ in lines], dtype=np.int64)
    weight = np.zeros(len(lines))
    np.add.at(weight, net.component_maker[net.need_component], net.plan_at_rest)
    total = np.zeros(len(net.sites))
    np.add.at(total, net.maker_site, weight)
    net.maker_weight = weight / np.maximum(total[net.maker_site], 1e-12)
    lower, twin = [], []
    by_key = {(net.points[k].site, net.points[k].product): n for n, k in enumerate(needs)}
    site_of = {(s.country, s.end_use): n for n, s in enumerate(net.sites) if s.kind == "manufacturer"}
    for k in needs:
        p, site = net.points[k], net.sites[net.points[k].site]
        below = -1
        if p.product in rank:
            rivals = made.world.meta["rivals"][rank[p.product][0]]
            for product in reversed(rivals[: rank[p.product][1]]):
                if (p.site, product) in by_key:
                    below = by_key[p.site, product]
                    break
        lower.append(below)
        there = site_of.get((net.exporter, site.end_use))
        same = by_key.get((there, p.product), -1) if there is not None and site.country != net.exporter else -1
        twin.append(same)
    net.need_lower, net.need_twin = np.array(lower, dtype=np.int64), np.array(twin, dtype=np.int64)
    numbers: dict[str, dict[str, tuple[float, float, float]]] = {}
    for r in made.world.tables["end_uses"]:
        mode = r["value"]
        low = mode if r["low"] is None else r["low"]
        high = mode if r["high"] is None else r["high"]
        numbers.setdefault(r["end_use"], {})[r["parameter"]] = (low, mode, high)
    net.end_use_numbers = numbers


def _prices(net: Network, made: "_Builder") -> None:
    """Starting asks: one world price per product, taken home by each seller's own duty and VAT."""
    rows = net.policies
    vat_home = rate(rows, net.exporter, "vat", "", made.day)
    by_basis: dict[str, dict[str, float]] = {"price_domestic": {}, "price_fob": {}}
    before = []
    for r in made.world.at("prices", made.start):
        if r["basis"] == REMEMBERED:
            before.append(r)
        else:
            by_basis[r["basis"]][r["product"]] = r["usd_per_kg"]
    fob = by_basis["price_fob"]
    home = {product: price / (1.0 + vat_home) for product, price in by_basis["price_domestic"].items()}
    asks = np.zeros(len(net.points))
    net.vat_rate = np.zeros(len(net.points))
    for k, p in enumerate(net.points):
        product, country = net.products[p.product], net.country_of(k)
        hs = product.hs
        abroad = parity(rows, net.exporter, hs, made.day)
        at_home = home.get(p.product, fob.get(p.product, 0.0) / abroad)
        world = fob.get(p.product, at_home * abroad)
        if p.product in fob and country == net.exporter:
            at_home = fob[p.product] / abroad
        if world <= 0.0 and product.stage not in ("concentrate", "carbonate", "swarf"):
            raise WorldError(f"{made.world.folder / 'prices.csv'}: no price of {p.product} in {made.start}; add one")
        asks[k] = at_home if country == net.exporter else world / parity(rows, country, hs, made.day)
        net.vat_rate[k] = rate(rows, country, "vat", hs, made.day)
    _net_backs(net, asks, {**fob, **home})
    _trader_asks(net, asks, made.day)
    net.ask_at_rest = asks
    follows = []
    for p in net.points:
        stage = net.products[p.product].stage
        follows.append(1.0 if (p.role == "sold" and stage in ("metal", "magnet")) or p.role == "trade" else 0.0)
    net.follows_cost = np.array(follows)
    net.remembered = _remembered(net, made, before, fob)


def _remembered(net: Network, made: "_Builder", before: list[Any], fob: dict[str, float]) -> np.ndarray:
    """Price of each year before the start over the start's own, both net of what is paid on export; 0 where not known.

    The first row is the year just before the start. Whoever follows costs remembers nothing.
    """
    known = {(int(made.start) - int(r["year"]), r["product"]): r for r in before}
    found = np.zeros((max((back for back, _ in known), default=0), len(net.points)))
    for k, p in enumerate(net.points):
        if net.follows_cost[k] > 0.0:
            continue
        hs = net.products[p.product].hs
        for back in range(1, len(found) + 1):
            row = known.get((back, p.product))
            if row is not None:
                then = parity(net.policies, net.exporter, hs, date(int(row["year"]), 7, 1))
                now = parity(net.policies, net.exporter, hs, made.day)
                found[back - 1, k] = row["usd_per_kg"] / then / (fob[p.product] / now)
    return found


def policy_on(net: Network, day: date) -> tuple[np.ndarray, np.ndarray]:
    """Share of VAT kept on export per seller point, and export duty per lane, in force on a day."""
    known: dict[tuple[str, str, str], float] = {}

    def in_force(country: str, instrument: str, hs: str) -> float:
        key = (country, instrument, hs)
        if key not in known:
            known[key] = rate(net.policies, *key, day)
        return known[key]

    kept, duty = np.zeros(len(net.points)), np.zeros(net.seller.size)
    for k, p in enumerate(net.points):
        hs, country = net.products[p.product].hs, net.country_of(k)
        vat, refund = (in_force(country, word, hs) for word in ("vat", "vat_refund"))
        kept[k] = max(vat - refund, 0.0)
    for lane in np.flatnonzero(net.crosses):
        point = net.seller[lane]
        hs = net.products[net.points[point].product].hs
        duty[lane] = in_force(net.country_of(point), "export_duty", hs)
    return kept, duty


def parity(rows: list[dict[str, Any]], country: str, hs: str, day: Any) -> float:
    """FOB over the home price without VAT, when nothing is scarce."""
    kept = max(rate(rows, country, "vat", hs, day) - rate(rows, country, "vat_refund", hs, day), 0.0)
    return (1.0 + kept) * (1.0 + rate(rows, country, "export_duty", hs, day))


def _trader_asks(net: Network, asks: np.ndarray, day: date) -> None:
    """A trader asks what it pays for its cargo, freight included, and its margin."""
    for k in np.flatnonzero(net.hoards):
        lanes = np.flatnonzero((net.buyer == k) & (net.flow_at_rest > 0.0))
        paid = 0.0
        for lane in lanes:
            seller = int(net.seller[lane])
            hs = net.products[net.points[seller].product].hs
            fob = asks[seller] * parity(net.policies, net.country_of(seller), hs, day)
            paid += net.flow_at_rest[lane] * (fob + net.freight[lane])
        if lanes.size:
            asks[k] = (1.0 + TRADER_MARGIN) * paid / net.flow_at_rest[lanes].sum()


def _net_backs(net: Network, asks: np.ndarray, known: dict[str, float]) -> None:
    """Price ores, carbonates and swarf as a part of their basket, from metals down to ores."""
    feeds = ("concentrate", "carbonate", "swarf")
    net.net_back_ratio = np.zeros(len(net.line_recipe))
    order = {"swarf": 0, "carbonate": 1, "concentrate": 2}
    lines = [
        (order[net.products[net.points[net.feed[k, 0]].product].stage], k)
        for k in range(len(net.line_recipe))
        if net.feed[k, 0] >= 0 and net.products[net.points[net.feed[k, 0]].product].stage in feeds
    ]
    by_product: dict[str, list[float]] = {}
    for _, k in sorted(lines):
        basket = 0.0
        for p, a in zip(net.output[k], net.output_made[k], strict=True):
            if p >= 0:
                name = net.points[p].product
                if asks[p] <= 0.0 and name in by_product:
                    asks[p] = float(np.mean(by_product[name]))
                basket += a * asks[p]
        basket /= net.feed_need[k, 0]
        product = net.points[net.feed[k, 0]].product
        price = known.get(product, 0.0)
        ratio = min(max(price / basket, 0.05), 0.85) if price > 0.0 and basket > 0.0 else 0.5
        net.net_back_ratio[k] = ratio / net.feed_need[k, 0]
        asks[net.feed[k, 0]] = ratio * basket
        by_product.setdefault(product, []).append(ratio * basket)
    for k, p in enumerate(net.points):
        if net.products[p.product].stage in feeds and p.role != "bought":
            values = by_product.get(p.product)
            asks[k] = float(np.mean(values)) if values else max(known.get(p.product, 0.0), 0.01)
        if asks[k] <= 0.0:
            asks[k] = max(known.get(p.product, 0.0), 0.01)


def _origins(net: Network) -> None:
    """Origin shares at rest: pushed down the chain until they stand still."""
    groups = max(len(g) for g in net.groups)
    origin = np.zeros((len(net.points), len(LAYERS), groups))
    has = np.array([[layer < net.layers_of(k) for layer in range(len(LAYERS))] for k in range(len(net.points))])
    for k, layer in np.argwhere(has):
        origin[k, layer, net.group_of[net.country_of(k)][layer]] = 1.0
    before = np.zeros_like(origin)
    # what is recycled comes round again and again, so that a dozen passes down the chain are not enough
    while np.abs(origin - before).max() > 1e-9:
        before = origin
        arrived = np.zeros_like(origin)
        np.add.at(arrived, net.buyer, net.flow_at_rest[:, np.newaxis, np.newaxis] * origin[net.seller])
        total = arrived.sum(2, keepdims=True)
        origin = np.where(total > 0.0, arrived / np.maximum(total, 1e-30), origin)
        brought = np.zeros_like(origin)
        for k in range(len(net.line_recipe)):
            weights = [(p, a * net.point_rare[p]) for p, a in zip(net.feed[k], net.feed_need[k], strict=True) if p >= 0]
            run = net.run_at_rest[k] or 1e-6
            made = [*zip(net.output[k], net.output_made[k], strict=True), (net.swarf_point[k], net.swarf_made[k])]
            for layer, own in enumerate(net.own_origin[k]):
                given = [(p, w) for p, w in weights if has[p, layer]]
                if own < 0 and not given:
                    continue
                mix = np.zeros(groups)
                if own >= 0:
                    mix[own] = 1.0
                else:
                    mix = sum(w * origin[p, layer] for p, w in given) / sum(w for _, w in given)
                for p, a in made:
                    if p >= 0 and has[p, layer]:
                        brought[p, layer] += run * a * mix
        total = brought.sum(2, keepdims=True)
        origin = np.where(total > 0.0, brought / np.maximum(total, 1e-30), origin)
    net.origin_at_rest = np.zeros((int(has.sum()), groups))
    for k, layer in np.argwhere(has):
        net.origin_at_rest[net.first_row[k] + layer] = origin[k, layer] / origin[k, layer].sum()
