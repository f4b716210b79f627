"""The twin of the market core: textbook Mesa, one Python object per agent, one replicate, no arrays in the week.

Written from the rules' documentation as a second computation of the same week, and as the plain way such a model is
usually built. Origins, the books of customs, quotes, re-export rules, projects and growth of capacity are not part of it;
what those leave behind (capacity, standing projects) is loaded. Events are not part of it either: the controls of the
week are read from the world.
"""

import math
import time
from typing import Any

import mesa

AWAKE = 1e29
USD_PER_T = 1000.0
RELATIVE, ABSOLUTE = 1e-9, 1e-9

POINT_STATE = (
    "on_hand", "residue", "sea", "cover", "expected_use", "paid", "paid_now", "paid_normal", "paid_ring", "ask",
    "normal_ask", "ask_ring", "premium", "unit_cost", "orders", "debt",
)  # fmt: skip
RINGS = ("sea", "paid_ring", "ask_ring", "index_ring", "coming_tonnes", "coming_usd", "coming_spot")
"""Kept by week in the arrays, by point or region here."""
REGION_STATE = ("coming_tonnes", "coming_usd", "coming_spot", "traded_tonnes", "traded_usd")
LANE_STATE = (
    "share", "qualified", "fill", "term_volume", "term_called", "leak_route", "backlog", "waiting", "deciding", "held", "due_before", "shipped_before",
)  # fmt: skip
NEED_STATE = ("intensity", "saved_for_good", "owed", "extra", "moved", "moved_peak")
LINE_STATE = ("inside", "swarf_pending", "running", "grown", "run", "usual_run")
LANE_CONTROLS = (
    "clears", "banned", "announced", "desk_scope", "exempt", "denied", "priority", "honoured", "enforcement",
    "duty_added", "tariff_added", "validity_weeks", "allowance", "outside_quota",
)  # fmt: skip
POINT_CONTROLS = ("news", "store_buy", "store_release")
DESK_CONTROLS = ("phase_weeks", "intake_weeks", "desk_rate")
POOL_CONTROLS = ("permits", "period_end", "period_start", "permits_kept")
GROUP_CONTROLS = ("merged", "group_margin", "group_from")


class Point:
    """Goods of one product at one agent, with the books of what it buys and sells."""

    __slots__ = (
        *POINT_STATE, *POINT_CONTROLS, "agent", "ask_at_rest", "back", "buys", "called", "ceiling",
        "cash_floor", "dear", "glut", "fear", "floor_ratio", "group", "follows_cost", "hoards", "is_feed", "is_project", "is_store", "lead",
        "made_by", "mean_rise", "momentum", "name", "net_back", "net_back_at_rest", "never_sold",
        "normal_cover", "normal_pull", "offer", "offers_at_rest", "order", "product", "order_ceiling", "order_smoothing_weeks", "panic",
        "peer_pull", "cover_ceiling", "cover_back", "ask_speed", "stock_power", "produced", "received", "reserve",
        "role", "row", "run_up", "sells", "sold", "stock", "tightness", "used", "vat", "vat_kept",
    )  # fmt: skip


class Lane:
    """One seller's book with one buyer: what is ordered, allotted, held and sent."""

    __slots__ = (
        *LANE_STATE, *LANE_CONTROLS, "allotted", "buyer", "cleared", "contract", "crosses", "desk", "due",
        "duty", "entry", "freight", "from_store", "granted", "leak_build_weeks", "leak_ceiling", "leak_fade_weeks", "leak_least_gap", "leak_per_gap", "leaked",
        "leaking", "feed_weight", "index", "term_base", "term_ceiling", "term_floor", "unit", "prefers", "leaning", "legal", "name",
        "newcomer", "normal_flow", "ordered", "outside", "peer_weight", "pool", "potential", "price", "price_at_rest", "project",
        "refused", "region", "release", "room", "route", "row", "seller", "sendable", "shipped", "spot", "term",
        "through", "to_store", "view", "wanted",
    )  # fmt: skip


class Index:
    """A price that contracts read, made of the lanes of one market, and its weeks of the past quarter."""

    __slots__ = ("at_rest", "index_ring", "kind", "members", "row")

    def now(self) -> float | None:
        """This week's price; None where nothing weighs."""
        value = weight = 0.0
        for lane, tonnes in self.members:
            if self.kind == 0.0:
                price = lane.seller.ask * (1.0 + lane.seller.vat)
            elif self.kind == 1.0:
                price = lane.price / (1.0 + lane.tariff_added) - lane.freight
            else:
                price = lane.price
            value += price * tonnes
            weight += tonnes
        return value / weight if weight > 0.0 else None


class Region:
    """The market for one product in one country: what is on its way there, and what was delivered in the last weeks."""

    __slots__ = (*REGION_STATE, "country", "name", "product", "row", "spot_delivered")

    def send(self, lane: "Lane", slot: int) -> None:
        """Note cargo by week of arrival, at what it costs before import duty; what a store lets out is no trade."""
        if lane.from_store:
            return
        self.coming_tonnes[slot] += lane.shipped
        self.coming_usd[slot] += lane.shipped * lane.unit / (1.0 + lane.tariff_added) * USD_PER_T
        self.coming_spot[slot] += lane.shipped * lane.spot / lane.ordered if lane.ordered > 1e-12 else 0.0

    def receive(self, week: int, slot: int) -> None:
        """Write down what arrived, over what arrived four weeks ago."""
        self.traded_tonnes[week % 4], self.traded_usd[week % 4] = self.coming_tonnes[slot], self.coming_usd[slot]
        self.spot_delivered = self.coming_spot[slot]
        self.coming_tonnes[slot] = self.coming_usd[slot] = self.coming_spot[slot] = 0.0


class View:
    """What one buyer believes about one origin."""

    __slots__ = ("belief", "fade", "flow", "lanes", "rise", "row")


class Line:
    """One plant's line."""

    __slots__ = (
        *LINE_STATE, "can_run", "run_cap", "capacity", "cash_cost", "feeds", "fill", "name", "nameplate", "net_back_ratio",
        "out_run", "outputs", "project", "row", "run_at_rest", "run_down", "swarf", "swarf_loop", "swarf_made", "swarf_weeks",
        "wish",
    )  # fmt: skip


class Need:
    """One product one maker of goods needs for one use."""

    __slots__ = (
        *NEED_STATE, "demand", "elasticity", "growth", "limit", "lower", "moved_in", "paid_at_rest", "plan", "planned",
        "point", "postponed", "row", "thrift_floor", "thrift_kept", "thrift_rate", "came", "twin", "use", "want",
    )  # fmt: skip


class Project:
    """A plant that may be built."""

    __slots__ = ("standing",)


class Route:
    """Weeks at sea between two countries, with this week's draw."""

    __slots__ = ("high", "low", "mode", "name", "row", "weeks")

    def draw(self, u: float) -> None:
        """Triangular, rounded, at least a week."""
        weeks = self.mode
        if self.high > self.low:
            width = self.high - self.low
            if u < (self.mode - self.low) / width:
                weeks = self.low + math.sqrt(u * width * max(self.mode - self.low, 0.0))
            else:
                weeks = self.high - math.sqrt((1.0 - u) * width * max(self.high - self.mode, 0.0))
        self.weeks = max(math.floor(weeks + 0.5), 1)


def run_up(now: float, before: float) -> float:
    return math.log(now / before) if now > 0.0 and before > 0.0 else 0.0


def passed_on(ask: float, cost: float, before: float, follows: float) -> float:
    return max(ask + follows * (cost - before), 0.2 * cost) if follows > 0.0 else ask


class Firm(mesa.Agent):
    """Whoever holds goods: it believes, orders, offers, ships, receives and asks."""

    __slots__ = ("name", "points", "views")

    def __init__(self, model: "Market", name: str) -> None:
        super().__init__(model)
        self.name = name
        self.points: list[Point] = []
        self.views: list[View] = []

    # beliefs and cover

    def believe(self) -> None:
        """Learn from what did not come, jump to what is announced, forget slowly."""
        for view in self.views:
            owed = came = told = 0.0
            for lane in view.lanes:
                owed += lane.due_before
                came += min(lane.shipped_before, lane.due_before)
                told += lane.announced * lane.normal_flow
            miss = 0.0
            if view.flow > 0.0:
                miss = min(max((min(owed, view.flow) - came) / view.flow, 0.0), 1.0)
            gap = miss - view.belief
            felt = view.belief + (view.rise if gap > 0.0 else view.fade) * gap
            view.belief = min(max(felt, min(told / max(view.flow, 1e-12), 1.0), 0.0), 1.0)
        for point in self.points:
            point.fear = min(sum(lane.share * lane.view.belief for lane in point.buys), 1.0)

    def expect(self) -> None:
        """Revise expected use; each kind of firm does so for its own reasons."""

    def wish_cover(self) -> None:
        """Raise wished cover at once with fear and rising prices; let it come back slowly."""
        quarter_ago, number = self.model.quarter_ago, self.model.number
        for point in self.points:
            point.run_up = run_up(point.paid_now, point.paid_ring[quarter_ago])
            dear = run_up(point.paid_now, point.paid_normal)
            point.paid_normal *= math.exp(dear / number["normal_memory_weeks"])
            moved = max(point.run_up - number["run_up_band"], 0.0) + min(point.run_up + number["run_up_band"], 0.0)
            factor = 1.0 + point.panic * point.fear + point.momentum * min(max(moved, -0.8), 1.2)
            still = max(1.0 - max(moved, 0.0) / number["run_up_band"], 0.0)
            factor = max(factor, 0.0) * math.exp(-number["capital_power"] * still * dear)
            target = point.normal_cover * min(max(factor, 0.25), point.cover_ceiling)
            step = 1.0 if target > point.cover else point.cover_back
            point.cover += step * (target - point.cover)

    # orders

    def name_prices(self) -> None:
        """Delivered price of every lane."""
        for point in self.points:
            for lane in point.sells:
                if lane.crosses:
                    rent = lane.pool.rent if lane.pool is not None else 0.0
                    fob = point.ask * (1.0 + point.vat_kept) * (1.0 + lane.duty + lane.duty_added)
                    lane.price = (fob + rent + point.premium + lane.freight) * (1.0 + lane.tariff_added)
                else:
                    lane.price = point.ask + lane.freight

    def wish_order(self, point: Point) -> float:
        """Order expected use and part of the gap to the wished position."""
        on_order = sum(x.backlog + x.waiting + x.deciding + x.held for x in point.buys) + sum(point.sea)
        use = point.expected_use
        gap = use * (point.cover + point.lead) - point.on_hand - on_order
        return min(max(use + gap / point.order_smoothing_weeks, 0.0), point.order_ceiling * use)

    def readiness(self, lane: Lane) -> float:
        """How far a newcomer may be ordered from: built, qualified, or opened by a government."""
        if lane.from_store:
            told = lane.seller.store_release
            return min(lane.seller.on_hand / told, 1.0) if told > 0.0 else 0.0
        if lane.to_store:
            return 1.0
        if lane.project is not None:
            return 1.0 if lane.project.standing else 0.0
        return lane.qualified

    def order(self) -> None:
        """Call term volumes first; split the rest over known sellers by share, price and trust."""
        sigma, tolerance = self.model.number["spot_elasticity"], self.model.number["contract_tolerance"]
        for point in self.points:
            if not point.buys:
                continue
            point.order = order = self.wish_order(point)
            weighed = mean = 0.0
            for lane in point.buys:
                lane.entry = lane.potential * self.readiness(lane)
                weight = lane.share + lane.entry
                if weight > 0.0:
                    mean += weight * math.log(lane.price / lane.price_at_rest)
                    weighed += weight
            if weighed > 0.0:
                mean /= weighed
            called = wanted = 0.0
            for lane in point.buys:
                lane.term = lane.spot = 0.0
                if lane.term_volume > 0.0 and point.expected_use > 0.0 and order > 0.0:
                    turn = min(max(order / point.expected_use, 1.0 - tolerance), 1.0 + tolerance)
                    lane.term = lane.term_volume * lane.honoured * turn
                    called += lane.term
                lane.leaning = 0.0
                if lane.share + lane.entry > 0.0:
                    cheap = math.log(lane.price / lane.price_at_rest) - mean
                    pull = max((1.0 - lane.view.belief) * lane.fill, 0.02)
                    pull *= math.exp(-sigma * min(max(cheap, -2.0), 2.0))
                    lane.leaning = (lane.share + lane.entry) * pull
                    lane.spot = (lane.share * (1.0 - lane.contract * lane.honoured) + lane.entry) * pull
                    wanted += lane.spot
            rest = max(order - called, 0.0)
            for lane in point.buys:
                if called > order:
                    lane.term *= order / called
                lane.spot = rest * (lane.spot / wanted) if wanted > 0.0 else 0.0
                lane.ordered = lane.term + lane.spot
                lane.unit = self.unit_price(lane)
                lane.term_called += lane.ordered
                if (self.model.week + 1) % 52 == 0:
                    lane.term_volume, lane.term_called = lane.contract * lane.term_called / 52.0, 0.0

    def unit_price(self, lane: Lane) -> float:
        """Term calls by formula on last quarter's index, the rest at the price asked."""
        if lane.index is None or lane.term <= 0.0:
            return lane.price
        now = self.model.week % self.model.quarter
        quarter = [p for slot, p in enumerate(lane.index.index_ring) if slot != now]
        formula = lane.term_base * (sum(quarter) / len(quarter) / lane.index.at_rest)
        formula = min(max(formula, lane.term_floor), lane.term_ceiling)
        return (lane.term * formula + lane.spot * lane.price) / (lane.term + lane.spot)

    # offers and permission

    def make_offer(self, point: Point) -> float:
        return max(point.on_hand - self.own_cover(point), 0.0)

    def own_cover(self, point: Point) -> float:
        """What it keeps for itself: less, the dearer its goods are."""
        dear = max(math.log(point.ask / point.normal_ask), 0.0)
        return point.reserve * math.exp(-self.model.number["own_cover_power"] * dear)

    def offer(self) -> None:
        """Offer what is above own cover, and bring to the border what may go there."""
        for point in self.points:
            if not point.sells:
                continue
            point.offer = self.make_offer(point)
            for lane in point.sells:
                lane.due = lane.term + lane.spot + lane.backlog
                self.open_ways(lane)
                carried = 0.0 if lane.to_store else min(lane.due, lane.leak_route * lane.normal_flow)
                lane.leaking = carried * (1.0 - lane.enforcement)
                allowed = min((lane.due - lane.leaking) * (1.0 - lane.banned), lane.allowance)
                lane.sendable = allowed
                if lane.clears < 1.0:
                    room = max(lane.room * lane.normal_flow - lane.held, 0.0)
                    lane.sendable = min(allowed, allowed * lane.clears + room)
            reached = self.divide(point, {lane: lane.sendable + lane.leaking for lane in point.sells})
            whole = self.divide(point, {lane: lane.due for lane in point.sells})
            for lane in point.sells:
                lane.wanted = lane.cleared = lane.sendable * reached[lane]
                lane.leaked = lane.leaking * whole[lane]

    def divide(self, point: Point, asked: dict[Lane, float]) -> dict[Lane, float]:
        """Share of what each lane asks for that is served: term first, then preferred spot, then the rest, each pro rata."""
        served = {lane: 0.0 for lane in asked}
        left = point.offer
        for turn in range(3):
            calls = {}
            for lane, tonnes in asked.items():
                first = lane.priority >= 0.5 or lane.prefers >= 0.5
                of_due = lane.term if turn == 0 else lane.spot + lane.backlog if (turn == 1) == first else 0.0
                calls[lane] = tonnes * (of_due / lane.due) if lane.due > 0.0 else 0.0
            total = sum(calls.values())
            share = left / total if total > left else 1.0
            for lane, call in calls.items():
                served[lane] += call * share
            left = max(left - total, 0.0)
        return {lane: tonnes / asked[lane] if asked[lane] > 0.0 else 0.0 for lane, tonnes in served.items()}

    def open_ways(self, lane: Lane) -> None:
        """Build ways past the books while goods fetch more abroad than at home; they close slowly."""
        if not lane.crosses:
            lane.leak_route = 0.0
            return
        stopped = max(lane.banned, 1.0 - lane.clears, lane.desk_scope * (1.0 - lane.exempt))
        fetches = max(lane.price, lane.buyer.paid_now) if stopped > 0.0 else lane.price
        abroad, home = fetches / (1.0 + lane.tariff_added) - lane.freight, lane.seller.ask
        gap = math.log(abroad / home) if abroad > home > 0.0 else 0.0
        target = min(lane.leak_per_gap * max(gap - lane.leak_least_gap, 0.0), lane.leak_ceiling)
        weeks = lane.leak_build_weeks if target > lane.leak_route else lane.leak_fade_weeks
        lane.leak_route += (target - lane.leak_route) / weeks

    def allocate(self) -> None:
        """Take what found permission, or a way past it, off the shelf; keep the unserved as backlog."""
        keeps = 1.0 - 1.0 / self.model.number["backlog_weeks"]
        for point in self.points:
            for lane in point.sells:
                lane.legal, lane.allotted = lane.cleared, lane.cleared + lane.leaked
                lane.backlog = max(lane.term + lane.spot + lane.backlog - lane.allotted, 0.0) * keeps
                if lane.desk is None:
                    lane.waiting = lane.deciding = lane.refused = 0.0
                    lane.granted = lane.legal

    # shipping

    def send(self) -> None:
        """Pass customs, which hold part and let it go slowly; put the rest to sea."""
        week, slots = self.model.week, self.model.slots
        for point in self.points:
            taken = 0.0
            for lane in point.sells:
                leaves = min(lane.held, max(lane.release * lane.normal_flow, 0.25 * lane.held)) * lane.clears**4.0
                lane.through = lane.granted * lane.clears + leaves
                lane.held += lane.granted * (1.0 - lane.clears) - leaves
                if math.isfinite(lane.validity_weeks):
                    lapsed = lane.held / max(lane.validity_weeks, 1.0)
                    lane.held -= lapsed
                    lane.waiting += lapsed
                lane.shipped = lane.through + lane.leaked
                taken += lane.allotted - lane.refused
                lane.due_before, lane.shipped_before = lane.due, lane.shipped
                if lane.shipped > 0.0:
                    slot = (week + min(lane.route.weeks, slots - 1)) % slots
                    lane.buyer.sea[slot] += lane.shipped
                    lane.region.send(lane, slot)
            point.on_hand = max(point.on_hand - taken, 0.0)

    def learn(self) -> None:
        """Remember who delivered; let shares follow orders; qualify newcomers while fear or prices press."""
        number = self.model.number
        memory, shares, qualification = (
            number["fill_memory_weeks"], number["share_memory_weeks"], number["qualification_weeks"],
        )  # fmt: skip
        for point in self.points:
            pulled = sum(x.leaning for x in point.buys if not (x.from_store or x.to_store))
            pressed = point.fear > 0.1 or point.run_up > 0.3
            for lane in point.buys:
                came = min(lane.allotted / lane.due, 1.0) if lane.due > 1e-12 else 1.0
                lane.fill += (came - lane.fill) / memory
                if pulled > 0.0:
                    mine = 0.0 if lane.from_store or lane.to_store else lane.leaning
                    lane.share += (mine / pulled - lane.share) / shares
                if lane.newcomer > 0.0 and pressed:
                    lane.qualified = min(lane.qualified + 1.0 / qualification, 1.0)

    def land(self) -> None:
        """Take in what arrives, and smooth the price really paid for what left."""
        slot = self.model.week % self.model.slots
        smoothing = self.model.number["price_smoothing_weeks"]
        for point in self.points:
            point.received = point.sea[slot]
            point.sea[slot] = 0.0
            point.on_hand += point.received
            point.used = point.produced = 0.0
            value = tonnes = 0.0
            for lane in point.buys:
                if lane.shipped > 0.0:
                    value += lane.unit * lane.shipped
                    tonnes += lane.shipped
            if tonnes > 0.0:
                point.paid += (value / tonnes - point.paid) / smoothing

    def take_stock(self) -> None:
        """Book what the plants took and gave; set surplus aside or fetch it back."""
        back_at = self.model.number["surplus_back_at"]
        for point in self.points:
            point.on_hand = max(point.on_hand - point.used, 0.0) + point.produced
            dear = min(max(math.log(point.ask / (back_at * point.ask_at_rest)), 0.0), 1.0)
            if point.on_hand > point.ceiling + dear * point.glut:
                aside = point.on_hand - point.ceiling - dear * point.glut
            else:
                lacks = max(0.5 * point.ceiling + dear * point.glut - point.on_hand, 0.0)
                aside = -min(lacks, 0.02 * point.residue)
            point.on_hand -= aside
            point.residue += aside

    # prices

    def cost_of(self, point: Point) -> float:
        """Inputs and cash cost per kg of product; nothing where the ask does not rest on it."""
        return 0.0

    def hear(self) -> None:
        """Take in orders, what buyers pay over their start, and what a basket would pay for its feed."""
        for point in self.points:
            asked = 0.0
            for lane in point.sells:
                if lane.crosses:
                    permitted = lane.cleared / lane.wanted if lane.wanted > 1e-12 else 1.0
                    asked += lane.sendable * permitted + lane.leaked
                else:
                    asked += lane.term + lane.spot + lane.backlog / 8.0
            point.called = asked
            point.orders += (asked - point.orders) / 4.0
            point.mean_rise = sum(x.share * run_up(x.price, x.price_at_rest) for x in point.buys)
            point.net_back = 0.0

    def set_asks(self) -> None:
        """Move asks with orders against offers, stock, rivals, cost and own memory."""
        for point in self.points:
            cost, before = self.cost_of(point), point.unit_cost
            point.unit_cost = cost
            if point.never_sold:
                point.ask *= 1.0 + point.news
                continue
            peers = point.ask_at_rest * math.exp(self.rise_among_buyers(point))
            ask = self.moved_ask(point, cost, before, peers)
            if point.is_feed:
                ask = point.ask_at_rest * self.pulled_by_baskets(point)
            elif point.is_project and point.called <= 0.0:
                ask = peers
            point.ask = ask * (1.0 + point.news)

    def rise_among_buyers(self, point: Point) -> float:
        value = weight = 0.0
        for lane in point.sells:
            if lane.peer_weight > 0.0:
                value += lane.buyer.mean_rise * lane.peer_weight
                weight += lane.peer_weight
        return value / weight if weight > 0.0 else 0.0

    def pulled_by_baskets(self, point: Point) -> float:
        value = weight = 0.0
        for lane in point.sells:
            if lane.feed_weight > 0.0:
                feed = lane.buyer
                ratio = feed.net_back / max(feed.net_back_at_rest, 1e-12) if feed.net_back_at_rest > 0.0 else 1.0
                value += ratio * lane.feed_weight
                weight += lane.feed_weight
        return value / weight if weight > 0.0 else 1.0

    def own_scarcity(self, point: Point) -> float:
        return 1.0

    def sells_now(self, point: Point) -> float:
        return point.sold if point.sold > 0.0 else 1.0

    def moved_ask(self, point: Point, cost: float, before: float, peers: float) -> float:
        number = self.model.number
        ask = passed_on(point.ask, cost, before, point.follows_cost)
        normal_ask = passed_on(point.normal_ask, cost, before, point.follows_cost)
        own = self.own_scarcity(point)
        orders, offer, on_hand, held = point.orders, self.offer_of(point), point.on_hand, 1.0
        if point.group is not None and point.group.merged > 0.0:
            orders, offer, on_hand, held = point.group.books_of(point)
        normal_ask *= held
        flow = math.log(max(orders, 1e-9) / max(offer, 1e-9)) - point.tightness
        band = number["ask_band"]
        flow = max(flow - band, 0.0) + number["slow_down"] * min(flow + band, 0.0)
        flow = min(max(flow, -1.0), 1.0)
        normal_weeks = point.stock / max(point.sold, 1e-12)
        stock_weeks = on_hand / max(self.sells_now(point), 1e-12)
        scarce = min(max(math.log(max(normal_weeks, 0.1) / max(stock_weeks, 0.1)), -1.5), 1.5)
        lean = math.log(normal_ask / ask) + point.stock_power * own * scarce
        moved = ask * math.exp(point.ask_speed * own * flow + point.normal_pull * lean)
        if peers > 0.0:
            moved *= math.exp(point.peer_pull * math.log(peers / moved))
        floor = cost * point.floor_ratio + point.cash_floor
        if moved < floor:
            moved += 0.1 * (floor - moved)
        point.normal_ask = normal_ask * math.exp(math.log(moved / normal_ask) / number["normal_memory_weeks"]) / held
        return moved

    def offer_of(self, point: Point) -> float:
        return point.offer if point.sells else self.make_offer(point)

    def remember_prices(self) -> None:
        """Keep this week's prices for a quarter."""
        now = self.model.week % self.model.quarter
        for point in self.points:
            value = tonnes = 0.0
            for lane in point.buys:
                if lane.ordered > 0.0:
                    value += lane.unit * lane.ordered
                    tonnes += lane.ordered
            if tonnes > 0.0:
                point.paid_now = value / tonnes
            point.ask_ring[now], point.paid_ring[now] = point.ask, point.paid_now


class Producer(Firm):
    """A mine, separator, metal maker, magnet maker or recycler."""

    __slots__ = ("lines",)

    def __init__(self, model: "Market", name: str) -> None:
        super().__init__(model, name)
        self.lines: list[Line] = []

    def expect(self) -> None:
        """Wish to run for the basket's orders and to refill stock; expect to use what that takes."""
        number = self.model.number
        smoothing, response = number["order_smoothing_weeks"], number["supply_response"]
        needed: dict[Point, float] = {}
        for line in self.lines:
            total = value = at_rest = 0.0
            for point, _, weight in line.outputs:
                if weight > 0.0 and point.sold > 0.0:
                    backlog = sum(lane.backlog for lane in point.sells)
                    gap = point.stock - point.on_hand + min(backlog, point.stock)
                    worth = point.ask * weight
                    total += worth * (max(point.orders + gap / smoothing, 0.0) / point.sold)
                    value += worth
                    at_rest += point.ask_at_rest * weight
            wish = total / value * math.exp(response * math.log(value / at_rest)) if value > 0.0 else 1.0
            wish = min(wish, 3.0)
            line.wish = wish if wish >= 1.0 else 1.0 - line.run_down * (1.0 - wish)
            standing = line.project is None or line.project.standing
            usable = line.nameplate * line.grown * line.running
            if line.can_run < 1.0:
                usable = min(usable, line.usual_run) * line.can_run
            line.capacity = min(usable, line.run_cap) if standing else 0.0
            going = min(line.wish * line.run_at_rest, line.capacity)
            for point, need in line.feeds:
                needed[point] = needed.get(point, 0.0) + going * need
        for point, tonnes in needed.items():
            point.expected_use += (tonnes - point.expected_use) / 8.0

    def produce(self) -> None:
        """Run as far as wish, capacity and inputs allow; fill the circuit first; swarf comes back later."""
        for line in self.lines:
            going = min(line.wish * line.run_at_rest, line.capacity)
            for point, need in line.feeds:
                if need > 0.0:
                    going = min(going, max(point.on_hand - point.used, 0.0) / need)
            for point, need in line.feeds:
                point.used += going * need
            line.run = going
            if line.can_run >= 1.0 and going > 0.0:
                line.usual_run += (going - line.usual_run) / 52.0
            through = max(line.inside + going - line.fill, 0.0)
            line.out_run = through
            line.inside += going - through
            for point, made, _ in line.outputs:
                point.produced += through * made
            back = line.swarf_pending / line.swarf_weeks
            line.swarf_pending += through * line.swarf_made * line.swarf_loop - back
            if line.swarf is not None:
                line.swarf.produced += back

    def hear(self) -> None:
        """Also offer for feeds a fixed part of what their basket fetches."""
        super().hear()
        for line in self.lines:
            if line.net_back_ratio > 0.0 and line.run_at_rest > 0.0:
                value = sum(made * point.ask for point, made, _ in line.outputs)
                line.feeds[0][0].net_back = line.net_back_ratio * value

    def cost_of(self, point: Point) -> float:
        line = point.made_by
        if line is None:
            return 0.0
        return sum(feed.paid_now * need for feed, need in line.feeds) + line.cash_cost

    def own_scarcity(self, point: Point) -> float:
        """A processor short of inputs, not of capacity, does not earn the rent of what is missing."""
        line = point.made_by
        return 1.0 if line is None or line.run >= 0.98 * line.capacity else 0.0


class Maker(Firm):
    """A maker of goods; each kind of goods needs its components, each component one of rival grades."""

    __slots__ = ("goods", "needs")

    def __init__(self, model: "Market", name: str) -> None:
        super().__init__(model, name)
        self.needs: list[Need] = []
        self.goods: list[list[list[Need]]] = []

    def plan(self) -> None:
        """Plan output on its trend, and hand part of it to the twin in the exporter's country."""
        week = self.model.week if not self.model.at_rest else 0
        for need in self.needs:
            need.planned = need.plan * need.demand * math.exp(need.growth * week)
            if need.twin is not None:
                need.twin.came += need.planned * need.moved

    def want(self) -> None:
        """Want what the plan needs at this intensity and the price really paid, and what was postponed."""
        for need in self.needs:
            need.planned = need.planned * (1.0 - need.moved) + need.came
            need.came = need.moved_in = 0.0
        for need in self.needs:
            if need.lower is not None:
                need.lower.moved_in += need.planned * max(1.0 - need.intensity, 0.0)
        for need in self.needs:
            paid = need.point.paid
            ratio = paid / need.paid_at_rest if paid > 0.0 else 1.0
            tonnes = need.planned * need.intensity + need.moved_in
            need.want = tonnes * math.exp(-need.elasticity * math.log(ratio)) + need.extra

    def expect(self) -> None:
        for need in self.needs:
            need.point.expected_use += (need.want - need.point.expected_use) / 8.0

    def make(self) -> None:
        """Run each kind of goods at its least component and use no more of the others."""
        catch_up = self.model.number["catch_up_weeks"]
        for components in self.goods:
            served = 1.0
            for needs in components:
                found = asked = 0.0
                for need in needs:
                    need.use = min(need.want, need.point.on_hand)
                    found += need.use
                    asked += need.want
                if asked > 0.0:
                    served = min(served, found / asked)
            for needs in components:
                for need in needs:
                    need.use = min(need.use, need.want * max(served, 0.0) + 1e-12 * need.want)
                    need.point.on_hand = max(need.point.on_hand - need.use, 0.0)
                    need.extra = need.owed / catch_up
                    need.owed += need.postponed * max(need.want - need.use, 0.0) - need.extra
                    self.thrift(need)
                    self.relocate(need)

    def thrift(self, need: Need) -> None:
        """Save while prices stand high; give back only part when they fall."""
        paid = need.point.paid
        full = self.model.number["thrift_full_at"]
        high = math.log(paid / need.paid_at_rest) / math.log(full) if paid > 0.0 else 0.0
        pressure = min(max(high, 0.0), 1.0)
        rate = need.thrift_rate / 52.0
        saved = min(need.intensity * rate * pressure, max(need.intensity - need.thrift_floor, 0.0))
        need.saved_for_good = min(need.saved_for_good + need.thrift_kept * saved, 1.0 - need.thrift_floor)
        back = rate * max(1.0 - need.saved_for_good - need.intensity, 0.0) if pressure == 0.0 else 0.0
        need.intensity += back - saved

    def relocate(self, need: Need) -> None:
        """Move towards the exporter while its inputs are cheaper."""
        before, peak = need.moved, need.moved_peak
        need.moved = need.moved_peak = 0.0
        if need.twin is None:
            return
        here = need.point.paid / need.paid_at_rest
        there = need.twin.point.paid / need.twin.paid_at_rest
        gap = min(max(here / there - 1.0, 0.0), 2.0)
        step = self.model.number["relocation_rate_yr"] / 52.0
        target = need.limit * min(gap, 1.0)
        if target > before:
            need.moved = min(before + step * gap, target)
        else:
            need.moved = max(before - step, target, self.model.number["relocation_stays"] * peak)
        need.moved_peak = max(peak, need.moved)


class Trader(Firm):
    """Buys to sell; holds back while prices run up, dumps when they turn or its debt exceeds its stock."""

    def expect(self) -> None:
        for point in self.points:
            point.expected_use += (point.orders - point.expected_use) / 8.0

    def make_offer(self, point: Point) -> float:
        rising = run_up(point.ask, point.ask_ring[self.model.quarter_ago])
        if rising < -0.1 or point.debt > point.on_hand * point.ask * USD_PER_T:
            return point.on_hand
        free = max(point.on_hand - self.own_cover(point), 0.0)
        return free * (1.0 - min(max(self.model.number["withholding"] * rising, 0.0), 0.9))

    def cost_of(self, point: Point) -> float:
        return point.paid_now

    def sells_now(self, point: Point) -> float:
        return max(point.orders, 0.1 * point.sold)

    def settle(self) -> None:
        """Borrow for what is bought, pay back from what is sold."""
        for point in self.points:
            bought = sum(lane.shipped * USD_PER_T * lane.unit for lane in point.buys)
            sold = sum(lane.shipped * USD_PER_T * lane.unit for lane in point.sells)
            point.debt = max(point.debt + bought - sold, 0.0)


class Store(Firm):
    """A government's store; it buys and releases what it is told."""

    def wish_order(self, point: Point) -> float:
        return point.store_buy

    def make_offer(self, point: Point) -> float:
        return min(point.store_release, point.on_hand)


class Permits(mesa.Agent):
    """A pool of export permits by gross weight and period, with one price."""

    __slots__ = (
        *POOL_CONTROLS, "active", "even", "floor", "flow", "lanes", "permits_left", "rent", "row", "slow", "speed",
        "this_week", "wanted", "worth",
    )  # fmt: skip

    def clear(self) -> None:
        """Share the week's permits in proportion to what is wanted."""
        week = self.model.week
        self.active = math.isfinite(self.permits)
        if not self.active:
            self.permits_left, self.this_week, self.even = 0.0, AWAKE, AWAKE
        else:
            if self.period_start == week:
                self.permits_left = self.permits + self.permits_kept * self.permits_left
            weeks_left = max(self.period_end - week, 1.0)
            number = self.model.number
            self.worth = self.mean_ask()
            dearer = max(math.log((self.rent + self.worth) / (self.rent_quarter + self.worth)), 0.0)
            kept = min(number["permit_withholding"] * dearer, 0.8)
            self.even = self.permits_left * (1.0 - kept) / weeks_left
            self.this_week = min(number["quota_front_loading"] * self.even, self.permits_left)
        for lane in self.lanes:
            lane.outside = min(lane.wanted, lane.outside_quota * lane.normal_flow)
        self.wanted = sum(lane.wanted - lane.outside for lane in self.lanes)
        if self.active:
            share = min(self.this_week / max(self.wanted, 1e-12), 1.0)
            for lane in self.lanes:
                lane.cleared = lane.outside + (lane.wanted - lane.outside) * share

    def book(self) -> None:
        used = sum(lane.legal - lane.outside for lane in self.lanes) if self.active else 0.0
        self.permits_left = max(self.permits_left - used, 0.0)

    def reprice(self) -> None:
        """Move the rent by wanted over permitted; slow to fall."""
        self.move_rent()
        self.rent_quarter += (self.rent - self.rent_quarter) / 13.0

    def move_rent(self) -> None:
        if not (self.active and self.flow > 0.0):
            self.rent *= 0.8
            return
        pull = math.log(max(self.wanted, 1e-9) / max(min(self.even, 1e12), 1e-9))
        if pull > 0.0:
            self.rent += self.speed * min(pull, 2.0) * (self.rent + self.worth)
        else:
            self.rent *= 1.0 + self.speed * max(pull, -self.slow)

    def mean_ask(self) -> float:
        """Mean home price of the goods that want a permit, USD/kg; 1 where none do."""
        wanted = sum(lane.wanted for lane in self.lanes)
        return sum(lane.wanted * lane.seller.ask for lane in self.lanes) / wanted if wanted > 0.0 else 1.0


class SellerGroup(mesa.Agent):
    """Sellers of one product merged into one that prices as one."""

    __slots__ = (*GROUP_CONTROLS, "held", "members", "ratios", "row")

    def pool(self) -> None:
        """Read the joint books as ratios to their rest; hold the margin while the group holds enough of all orders."""
        ours = sum(p.orders for p in self.members)
        product = self.members[0].product
        everyone = sum(p.orders for p in self.model.points if p.product == product)
        self.ratios = (
            ours / sum(p.sold for p in self.members),
            sum(p.agent.offer_of(p) for p in self.members) / sum(p.offers_at_rest for p in self.members),
            sum(p.on_hand for p in self.members) / sum(p.stock for p in self.members),
        )
        large = ours > 0.0 and ours >= self.group_from * everyone
        self.held = 1.0 + self.group_margin if large else 1.0

    def books_of(self, point: Point) -> tuple[float, float, float, float]:
        """Orders, offer, stock and margin as a member sees them."""
        own = (point.orders, point.agent.offer_of(point), point.on_hand)
        rest = (point.sold, point.offers_at_rest, point.stock)
        joint = [x + self.merged * (r * q - x) for x, r, q in zip(own, rest, self.ratios, strict=True)]
        return joint[0], joint[1], joint[2], self.held

    def ask_as_one(self) -> None:
        """Bring members' asks to one ratio to their rest."""
        ratio = sum(p.ask for p in self.members) / sum(p.ask_at_rest for p in self.members)
        for p in self.members:
            p.ask += self.merged * (p.ask_at_rest * ratio - p.ask)


class Desk(mesa.Agent):
    """A licence desk: papers are taken in, then decided."""

    __slots__ = (*DESK_CONTROLS, "lanes", "row")

    def decide(self) -> None:
        standing = {}
        for lane in self.lanes:
            standing[lane] = lane.waiting + lane.legal * lane.desk_scope * (1.0 - lane.exempt)
        waiting = sum(standing.values())
        deciding = sum(lane.deciding for lane in self.lanes)
        intake = waiting / self.intake_weeks if self.intake_weeks > 1.0 else AWAKE
        rate = min(deciding / self.phase_weeks if self.phase_weeks > 1.0 else AWAKE, self.desk_rate)
        for lane in self.lanes:
            taken = standing[lane] if waiting <= intake else standing[lane] * (intake / waiting)
            decided = lane.deciding if deciding <= rate else lane.deciding * (rate / deciding)
            lane.waiting = standing[lane] - taken
            lane.deciding += taken - decided
            lane.refused = decided * lane.denied
            lane.granted = decided - lane.refused + lane.legal * (1.0 - lane.desk_scope * (1.0 - lane.exempt))


class Market(mesa.Model):
    """One replicate of a world as a Mesa model. Load it from a world's arrays, then step it by itself."""

    def __init__(self) -> None:
        super().__init__(rng=0)
        self.world: Any = None
        self.replicate = -1
        self.luck: dict[int, list[float]] = {}
        self.points: list[Point] = []
        self.lanes: list[Lane] = []
        self.views: list[View] = []
        self.lines: list[Line] = []
        self.needs: list[Need] = []
        self.routes: list[Route] = []
        self.projects: list[Project] = []
        self.pools: list[Permits] = []
        self.indices: list[Index] = []
        self.desks: list[Desk] = []
        self.regions: list[Region] = []
        self.groups: list[SellerGroup] = []

    # the week -----------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Compute one week."""
        self.quarter_ago = (self.week + 1) % self.quarter
        luck = self.luck[self.week]
        for route in self.routes:
            route.draw(luck[route.row])
        firms = self.firms
        firms.do("believe")
        self.makers.do("plan")
        self.makers.do("want")
        firms.do("expect")
        firms.do("wish_cover")
        firms.do("name_prices")
        firms.do("order")
        firms.do("offer")
        self.permits.do("clear")
        firms.do("allocate")
        self.permits.do("book")
        self.licence_desks.do("decide")
        firms.do("send")
        firms.do("learn")
        firms.do("land")
        for region in self.regions:
            region.receive(self.week, self.week % self.slots)
        self.producers.do("produce")
        firms.do("take_stock")
        self.makers.do("make")
        firms.do("hear")
        self.seller_groups.do("pool")
        firms.do("set_asks")
        self.seller_groups.do("ask_as_one")
        self.permits.do("reprice")
        self.publish_indices()
        firms.do("remember_prices")
        self.traders.do("settle")
        self.week += 1

    def publish_indices(self) -> None:
        """Write this week's indices down; one without trade keeps what stood in its place."""
        for index in self.indices:
            price = index.now()
            if price is not None:
                index.index_ring[self.week % self.quarter] = price

    # loading ------------------------------------------------------------------------------------------------------

    def load_from(self, world: Any, replicate: int, weeks: int = 1) -> None:
        """Take over the state of one replicate, the controls as they stand, and the luck of some weeks."""
        if self.world is not world or self.replicate != replicate:
            if self.world is not None:
                raise ValueError("this twin belongs to another world or replicate; make a new one")
            self._build(world, replicate)
        state = world.state
        self.week = world.week
        for group, names in (
            (self.points, POINT_STATE), (self.lanes, LANE_STATE), (self.needs, NEED_STATE), (self.lines, LINE_STATE),
            (self.views, ("belief",)), (self.pools, ("rent", "rent_quarter", "permits_left")),
            (self.indices, ("index_ring",)), (self.regions, REGION_STATE),
        ):  # fmt: skip
            for name in names:
                column = getattr(state, name)[replicate]
                _hand_out(group, name, (column.T if name in RINGS else column).tolist())
        for project, stage in zip(self.projects, state.stage[replicate].tolist(), strict=True):
            project.standing = stage == 2.0
        self.take_controls(world)
        for week in range(self.week, self.week + weeks):
            self.luck[week] = world.streams.uniform("transit", world.k.routes, max(week, 0))[replicate].tolist()

    def take_controls(self, world: Any) -> None:
        """Read what events, policies and dated trade policy pressed; they are not part of the twin."""
        _hand_out(self.points, "vat_kept", self._each(world.vat_kept))
        _hand_out(self.lanes, "duty", self._each(world.duty))
        controls = world.controls
        for group, names in (
            (self.lanes, LANE_CONTROLS), (self.points, POINT_CONTROLS), (self.desks, DESK_CONTROLS),
            (self.pools, POOL_CONTROLS), (self.groups, GROUP_CONTROLS),
        ):  # fmt: skip
            for name in names:
                _hand_out(group, name, self._each(controls[name]))
        _hand_out(self.lines, "can_run", self._each(controls["capacity"]))
        _hand_out(self.lines, "run_cap", self._each(controls["run_cap"]))
        _hand_out(self.needs, "demand", self._each(controls["demand"]))

    def _build(self, world: Any, replicate: int) -> None:
        if world.variant != "permit_price":
            raise ValueError("the twin knows the variant permit_price only")
        if world.rows.rules:
            raise ValueError("the twin knows no re-export rule")
        self.world, self.replicate = world, replicate
        self.number = {name: float(value[replicate]) for name, value in world.number.items()}
        self.at_rest = world.at_rest
        self.slots, self.quarter = world.sizes["slot"], world.sizes["quarter"]
        self.projects = [Project() for _ in world.network.projects]
        self._build_firms()
        self._build_lanes()
        self._build_lines()
        self._build_needs()
        self.firms = self.agents.select(agent_type=Firm)
        self.producers = self.agents.select(agent_type=Producer)
        self.makers = self.agents.select(agent_type=Maker)
        self.traders = self.agents.select(agent_type=Trader)
        self.permits = self.agents.select(agent_type=Permits)
        self.licence_desks = self.agents.select(agent_type=Desk)
        self.seller_groups = self.agents.select(agent_type=SellerGroup)

    def _each(self, array: Any) -> list[Any]:
        """A constant of this replicate, or the one row kept for all of them, as plain Python."""
        return list(array[min(self.replicate, len(array) - 1)].tolist())

    def _build_firms(self) -> None:
        net, rows, k = self.world.network, self.world.rows, self.world.k
        kinds = {"store": Store, "manufacturer": Maker, "trader": Trader}
        firms = [kinds.get(site.kind, Producer)(self, site.name) for site in net.sites]
        self.points = [Point() for _ in net.points]
        for row, (point, entry) in enumerate(zip(self.points, net.points, strict=True)):
            point.row, point.role = row, entry.role
            point.name = f"{net.sites[entry.site].name}:{entry.product}"
            point.agent, point.product, point.group = firms[entry.site], entry.product, None
            point.agent.points.append(point)
            point.buys, point.sells, point.made_by = [], [], None
        for name in (
            "normal_cover", "lead", "panic", "momentum", "cover_ceiling", "cover_back", "order_smoothing_weeks",
            "order_ceiling", "ask_speed", "stock_power", "peer_pull", "normal_pull", "reserve", "vat_kept",
        ):  # fmt: skip
            _hand_out(self.points, name, self._each(getattr(k, name)))
        for name in ("ceiling", "glut", "tightness", "sold", "stock", "floor_ratio", "cash_floor", "net_back_at_rest", "offers_at_rest"):
            _hand_out(self.points, name, getattr(k, name).tolist())
        _hand_out(self.points, "ask_at_rest", net.ask_at_rest.tolist())
        _hand_out(self.points, "vat", net.vat_rate.tolist())
        _hand_out(self.points, "follows_cost", net.follows_cost.tolist())
        _hand_out(self.points, "is_project", (net.is_project > 0.0).tolist())
        _hand_out(self.points, "is_feed", (rows.is_feed > 0.0).tolist())
        _hand_out(self.points, "never_sold", (rows.never_sold > 0.0).tolist())
        for point, hoards in zip(self.points, net.hoards.tolist(), strict=True):
            if (hoards > 0.0) != isinstance(point.agent, Trader) or (point.role == "trade") != (hoards > 0.0):
                raise ValueError(f"{point.name} is not held as its agent's kind holds goods")
        for row in range(len(rows.seller_groups)):
            group = SellerGroup(self)
            group.row = row
            group.members = [p for p, at in zip(self.points, rows.seller_group.tolist(), strict=True) if at == row]
            for point in group.members:
                point.group = group
            self.groups.append(group)

    def _build_lanes(self) -> None:
        net, rows, k = self.world.network, self.world.rows, self.world.k
        for row, (name, weeks) in enumerate(zip(net.routes, net.transit_weeks.tolist(), strict=True)):
            route = Route()
            route.row, route.name = row, name
            route.low, route.mode, route.high = weeks
            self.routes.append(route)
        for row, buyer in enumerate(net.view_buyer.tolist()):
            view = View()
            view.row, view.lanes = row, []
            self.points[buyer].agent.views.append(view)
            self.views.append(view)
        _hand_out(self.views, "rise", self._each(k.rise))
        _hand_out(self.views, "fade", self._each(k.fade))
        _hand_out(self.views, "flow", rows.view_flow.tolist())
        for kind, group, schemes in ((Permits, self.pools, rows.pools), (Desk, self.desks, rows.desks)):
            for row in range(len(schemes)):
                office = kind(self)
                office.row, office.lanes = row, []
                group.append(office)
        _hand_out(self.pools, "flow", rows.pool_flow.tolist())
        _hand_out(self.pools, "speed", self._each(k.rate_speed))
        _hand_out(self.pools, "slow", self._each(k.rate_slow))
        self.lanes = [Lane() for _ in net.seller]
        links = zip(
            net.seller.tolist(), net.buyer.tolist(), net.view.tolist(), net.route.tolist(), net.lane_project.tolist(),
            rows.pool_or_none.tolist(), rows.desk_or_none.tolist(), strict=True,
        )  # fmt: skip
        for row, (lane, link) in enumerate(zip(self.lanes, links, strict=True)):
            seller, buyer, view, route, project, pool, desk = link
            lane.row, lane.name = row, net.lane_name(row)
            lane.seller, lane.buyer = self.points[seller], self.points[buyer]
            lane.seller.sells.append(lane)
            lane.buyer.buys.append(lane)
            lane.view, lane.route = self.views[view], self.routes[route]
            lane.view.lanes.append(lane)
            lane.project = self.projects[project] if project >= 0 else None
            lane.pool = self.pools[pool] if pool >= 0 else None
            lane.desk = self.desks[desk] if desk >= 0 else None
            for office in (lane.pool, lane.desk):
                if office is not None:
                    office.lanes.append(lane)
        for name in (
            "leak_per_gap", "leak_least_gap", "leak_ceiling", "leak_build_weeks", "leak_fade_weeks", "release", "room",
            "contract", "normal_flow", "duty", "peer_weight",
        ):  # fmt: skip
            _hand_out(self.lanes, name, self._each(getattr(k, name)))
        for lane in self.lanes:
            lane.feed_weight = 0.0
        for row, weight in zip(rows.feed_lanes.tolist(), self._each(k.feed_weight), strict=True):
            self.lanes[row].feed_weight = weight
        _hand_out(self.lanes, "term_base", k.term_base.tolist())
        _hand_out(self.lanes, "term_floor", net.term_floor.tolist())
        _hand_out(self.lanes, "term_ceiling", net.term_ceiling.tolist())
        _hand_out(self.lanes, "prefers", k.prefers.tolist())
        self._build_indices()
        self._build_regions()
        _hand_out(self.lanes, "price_at_rest", k.price_at_rest.tolist())
        _hand_out(self.lanes, "potential", net.potential.tolist())
        _hand_out(self.lanes, "freight", net.freight.tolist())
        _hand_out(self.lanes, "newcomer", rows.newcomer.tolist())
        _hand_out(self.lanes, "crosses", (net.crosses > 0.5).tolist())
        _hand_out(self.lanes, "from_store", (rows.from_store > 0.0).tolist())
        _hand_out(self.lanes, "to_store", (rows.to_store > 0.0).tolist())

    def _build_indices(self) -> None:
        net, k = self.world.network, self.world.k
        for row in range(len(net.indices)):
            index = Index()
            index.row, index.members, index.at_rest = row, [], float(k.index_at_rest[row])
            self.indices.append(index)
        rows = zip(
            net.index_member.tolist(), net.index_of.tolist(), net.index_kind.tolist(), net.index_weight.tolist(),
            strict=True,
        )  # fmt: skip
        for lane, row, kind, tonnes in rows:
            self.indices[row].kind = kind
            self.indices[row].members.append((self.lanes[lane], tonnes))
        for lane, row in zip(self.lanes, net.term_index.tolist(), strict=True):
            lane.index = self.indices[row] if row >= 0 else None

    def _build_regions(self) -> None:
        net = self.world.network
        for row, (product, country) in enumerate(self.world.rows.cells):
            region = Region()
            region.row, region.product, region.country, region.name = row, product, country, f"{product} in {country}"
            self.regions.append(region)
        at = {(r.product, r.country): r for r in self.regions}
        for lane in self.lanes:
            lane.region = at[lane.buyer.product, net.country_of(lane.buyer.row)]

    def _build_lines(self) -> None:
        net, k = self.world.network, self.world.k
        self.lines = [Line() for _ in net.line_recipe]
        for row, line in enumerate(self.lines):
            line.row, line.name, line.project = row, net.line_recipe[row], None
            inputs = zip(net.feed[row].tolist(), net.feed_need[row].tolist(), strict=True)
            line.feeds = [(self.points[p], need) for p, need in inputs if p >= 0]
            outputs = zip(net.output[row].tolist(), net.output_made[row].tolist(), k.drive[row].tolist(), strict=True)
            line.outputs = [(self.points[p], made, weight) for p, made, weight in outputs if p >= 0]
            swarf = int(net.swarf_point[row])
            line.swarf = self.points[swarf] if swarf >= 0 else None
            line.outputs[0][0].agent.lines.append(line)
        for name in ("swarf_made", "swarf_loop", "nameplate", "fill", "cash_cost", "net_back_ratio"):
            _hand_out(self.lines, name, getattr(net, name).tolist())
        _hand_out(self.lines, "run_at_rest", k.run_at_rest.tolist())
        _hand_out(self.lines, "swarf_weeks", self._each(k.swarf_weeks))
        _hand_out(self.lines, "run_down", self._each(k.run_down))
        for project, row in zip(self.projects, net.project_line.tolist(), strict=True):
            self.lines[row].project = project
        for row in self.world.rows.single_lines.tolist():
            self.lines[row].outputs[0][0].made_by = self.lines[row]

    def _build_needs(self) -> None:
        net, k, of_use = self.world.network, self.world.k, self.world.of_use
        self.needs = [Need() for _ in net.need_point]
        links = zip(net.need_point.tolist(), net.need_lower.tolist(), net.need_twin.tolist(), strict=True)
        for row, (need, (point, lower, twin)) in enumerate(zip(self.needs, links, strict=True)):
            need.row, need.point, need.came = row, self.points[point], 0.0
            need.lower = self.needs[lower] if lower >= 0 else None
            need.twin = self.needs[twin] if twin >= 0 else None
            need.point.agent.needs.append(need)
        goods: dict[int, dict[int, list[Need]]] = {}
        for need, component in zip(self.needs, net.need_component.tolist(), strict=True):
            maker = int(net.component_maker[component])
            goods.setdefault(maker, {}).setdefault(component, []).append(need)
        for components in goods.values():
            firm = next(iter(components.values()))[0].point.agent
            firm.goods.append(list(components.values()))
        _hand_out(self.needs, "paid_at_rest", k.need_paid_at_rest.tolist())
        _hand_out(self.needs, "plan", self._each(k.plan))
        _hand_out(self.needs, "growth", self._each(k.ln_growth))
        for name, key in (
            ("elasticity", "elasticity"), ("thrift_floor", "thrift_floor"), ("thrift_rate", "thrift_rate_yr"),
            ("thrift_kept", "thrift_kept"), ("postponed", "postponed_share"), ("limit", "relocates"),
        ):  # fmt: skip
            _hand_out(self.needs, name, self._each(of_use[key]))

    # comparing ----------------------------------------------------------------------------------------------------

    def differences(self, world: Any) -> list[str]:
        """Every number of the week in which twin and arrays differ, in words."""
        r, s, w = self.replicate, world.state, world.w
        asks = [p for p in self.points if not p.never_sold]
        found: list[str] = []

        def compare(what: str, group: list[Any], array: Any, name: str = "") -> None:
            values = array[min(r, len(array) - 1)]
            for item in group:
                there = values[item.row].tolist()
                here = getattr(item, name or what)
                pairs = zip(here, there, strict=True) if isinstance(here, list) else ((here, there),)
                for mine, theirs in pairs:
                    if not math.isclose(mine, theirs, rel_tol=RELATIVE, abs_tol=ABSOLUTE):
                        found.append(f"week {world.week - 1}: {what} {_called(item)}: twin {mine!r}, arrays {theirs!r}")

        compare("belief", self.views, s.belief)
        compare("price", self.lanes, w.price)
        for name in ("term", "spot", "ordered", "unit", "due", "leaked", "wanted", "cleared", "allotted", "legal", "granted"):
            compare(name, self.lanes, getattr(w, name))
        for name in ("refused", "through", "shipped"):
            compare(name, self.lanes, getattr(w, name))
        for name in LANE_STATE:
            compare(name, self.lanes, getattr(s, name))
        compare("received", self.points, w.arrived)
        compare("order", [p for p in self.points if p.buys], w.order)
        compare("offer", [p for p in self.points if p.sells], w.offer)
        compare("wanted by makers", self.needs, w.want, "want")
        compare("use", self.needs, w.use)
        compare("wished run", self.lines, w.run_wish, "wish")
        compare("out_run", self.lines, w.out_run)
        for name in POINT_STATE:
            column = getattr(s, name)
            compare(
                name, asks if name == "normal_ask" else self.points, column.swapaxes(1, 2) if name in RINGS else column
            )
        for name in NEED_STATE:
            compare(name, self.needs, getattr(s, name))
        for name in ("inside", "swarf_pending", "run", "usual_run"):
            compare(name, self.lines, getattr(s, name))
        compare("rent", self.pools, s.rent)
        compare("rent_quarter", self.pools, s.rent_quarter)
        compare("index_ring", self.indices, s.index_ring.swapaxes(1, 2))
        compare("permits_left", self.pools, s.permits_left)
        for name in REGION_STATE:
            column = getattr(s, name)
            compare(name, self.regions, column.swapaxes(1, 2) if name in RINGS else column)
        compare("delivered outside contracts", self.regions, w.spot_tonnes, "spot_delivered")
        return found


def _hand_out(group: list[Any], name: str, values: list[Any]) -> None:
    for item, value in zip(group, values, strict=False):
        setattr(item, name, value)


def _called(item: Any) -> str:
    return f"{type(item).__name__.lower()} {item.row} {getattr(item, 'name', '')}".strip()


def time_per_week(world: Any, weeks: int, replicate: int = 0) -> float:
    """Seconds per replicate-week of the twin, loading left out; controls stay as the world's last week left them."""
    twin = Market()
    twin.load_from(world, replicate, weeks)
    start = time.perf_counter()
    for _ in range(weeks):
        twin.step()
    return (time.perf_counter() - start) / weeks
