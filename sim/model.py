"""The model: the week in order. It alone writes state; the list ``WEEK`` is the order of the steps."""

from collections.abc import Callable, Mapping, Sequence
from copy import copy, deepcopy
from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.calendar import Calendar
from sim.constants import (
    LEAST_COST,
    LEAST_SALES,
    MOST_PERMITS_KEPT,
    MOST_RUN,
    ORDER_MEMORY_WEEKS,
    PLANT_RUN,
    RUNS_AT_CAPACITY,
    SLACK_RENT_KEPT,
    USE_MEMORY_WEEKS,
    drawn_numbers,
    drawn_of_uses,
    laid_out,
)
from sim.mechanisms.allocation import contract_first
from sim.mechanisms.asks import (
    delivered_price,
    export_premium,
    home_ask,
    learned_normal,
    net_back,
    pass_cost_on,
    permit_price,
    quoted_price,
)
from sim.mechanisms.border import at_the_border, re_export
from sim.mechanisms.capacity import curtail_and_restart, decide_projects, expand, present_value
from sim.mechanisms.contracts import index_prices, unit_prices
from sim.mechanisms.cover import fear_for_supply, order_up_to, price_run_up, risk_belief, wished_cover
from sim.mechanisms.elementwise import contained, grow_by, log_over, over_slots
from sim.mechanisms.market import (
    asked_of_sellers,
    entry_and_trust,
    open_to_regions,
    rivals_rise,
    unit_costs,
    value_and_cost,
)
from sim.mechanisms.offers import offer_above_cover
from sim.mechanisms.orders import (
    cap_on_origin,
    missed_cargo,
    on_order,
    open_orders,
    remembered_fill,
    reserved,
    seller_shares,
    split_orders,
)
from sim.mechanisms.payments import pay_for_cargo
from sim.mechanisms.permission import customs, leak_routes, licence_queue, quota_by_margin, quota_pro_rata
from sim.mechanisms.production import origin_of_output, run_lines, run_on_for_stock, wished_run
from sim.mechanisms.separation import surplus_to_residue
from sim.mechanisms.sums import as_one, mean_into, sum_into, taken_from
from sim.mechanisms.transit import blend, book_arrivals, book_deliveries, land, load, whole_weeks
from sim.mechanisms.units import DAYS_A_WEEK, NO_BOUND, NOTHING, QUARTER_WEEKS, USD_PER_T, WEEKS_A_YEAR
from sim.mechanisms.use import least_component, move_to_lower_grade, postponed_demand, relocate
from sim.mechanisms.want import thrift, want
from sim.policies.policy import BoundPolicy, Onlooker, Opening, parties_of
from sim.streams import Streams
from sim.world.columns import allocate
from sim.world.controls import BUDGET_LINES, Claim, Controls, Payment, Press
from sim.world.network import Network
from sim.world.rows import Rows
from sim.world.signals import CUSTOMS_LAG, Signals
from sim.world.state import PRICE_WEEKS, TRADED_WEEKS, State

YEAR = 52
"""Weeks after which term contracts renew; a start stands in January."""
AWAKE = 1e29
"""Stands for no bound on a desk or pool."""
UNCHANGING = frozenset(
    {"network", "rows", "calendar", "streams", "opening", "events", "allocation", "replicates", "sizes", "draw", "number", "of_use", "k"}
)
"""What a world keeps as it was made; all else moves with the weeks."""


class World:
    """One block of replicates of one scenario, advanced week by week.

    Parameters
    ----------
    network : Network
        What exists and how it stands at rest.
    rows : Rows
        Row numbers of schemes, trade relations, market cells and accounts.
    calendar : Calendar
        Start and length.
    replicates : sequence of int
        Numbers of the replicates in this block.
    draw : callable
        ``draw(path, (low, mode, high))`` gives one value per replicate, shape (replicate,).
    events : sequence
        Prepared events; each gives presses for a week.
    answers : sequence of sequences
        Bound policies that answer together; where there are several answers, each has an equal share of the block's replicates.
    at_rest : bool
        Freezes trend, projects and dated policy.
    variant : str
        Scarce quota: ``permit_price`` or ``margin``.
    off : set of str
        Mechanisms whose numbers are nothing in an ablation: panic, momentum, leakage.
    numbers : dict
        World parameters as (low, mode, high), with what the scenario sets otherwise.
    allocation : dict
        Rule by which sellers of a country serve spot orders when short: ``pro_rata`` or ``home_first``.
    """

    def __init__(
        self,
        network: Network,
        rows: Rows,
        calendar: Calendar,
        streams: Streams,
        replicates: Sequence[int],
        draw: Callable[[str, tuple[float, float, float]], np.ndarray],
        events: Sequence[Any],
        answers: Sequence[Sequence[BoundPolicy]],
        at_rest: bool = False,
        variant: str = "permit_price",
        off: frozenset[str] = frozenset(),
        numbers: dict[str, tuple[float, float, float]] | None = None,
        allocation: Mapping[str, str] | None = None,
    ) -> None:
        self.network, self.rows, self.calendar, self.streams = network, rows, calendar, streams
        self.events = list(events)
        self.at_rest, self.variant = at_rest, variant
        self.allocation = allocation or {}
        self.replicates = list(replicates)
        self.week = 0
        self.sizes = rows.sizes
        self.state: State = allocate(State, self.sizes, len(self.replicates))
        self.controls = Controls.at_neutral(self.sizes, len(self.replicates))
        self.signals = Signals()
        self.opening = Opening(network, calendar, streams, len(self.replicates))
        self.parties = parties_of(answers, self.opening)
        self.onlookers: list[Onlooker] = []
        self.disclosed = np.zeros((len(self.replicates), self.sizes["point"]))
        self.effects: dict[str, bool] = {}
        self.draw = draw
        self.number = drawn_numbers(self, off, network.parameters if numbers is None else numbers)
        self.of_use = drawn_of_uses(self)
        self.k = laid_out(self)
        self.vat_kept, self.duty, self.was_eased = self.k.vat_kept, self.k.duty, False
        self.brought = np.zeros(self.state.origin.shape)
        self.begin()

    # before week 0 --------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Stand at rest: stocks, cargo at sea, prices and origins of the balanced start."""
        net, s, k = self.network, self.state, self.k
        s.on_hand[:] = net.on_hand_at_rest
        s.origin[:] = net.origin_at_rest
        s.cover[:] = net.cover_weeks
        s.expected_use[:] = np.where(net.is_project > 0.0, 0.0, net.use_at_rest)
        s.paid[:], s.paid_now[:] = k.paid_at_rest, k.paid_at_rest
        s.paid_ring[:], s.paid_normal[:] = k.paid_at_rest, k.paid_at_rest
        s.ask[:] = net.ask_at_rest
        s.normal_ask[:] = net.ask_at_rest
        if not self.at_rest:
            number = self.number
            s.normal_ask = learned_normal(s.ask, net.remembered, number["normal_memory_weeks"], number["remembers"])
        s.ask_ring[:] = net.ask_at_rest
        s.index_ring[:] = k.index_at_rest
        s.term_volume[:] = net.contract * net.flow_at_rest
        s.unit_cost[:] = k.cost_at_rest
        s.orders[:] = net.sold_at_rest
        total = net.use_at_rest[net.buyer]
        s.share[:] = np.where(
            net.is_project[net.buyer] > 0.0, 0.0, net.flow_at_rest / np.where(total > 0.0, total, 1.0)
        )
        s.intensity[:], s.running[:], s.grown[:], s.fill[:] = 1.0, 1.0, 1.0, 1.0
        s.inside[:] = np.where(net.run_at_rest > 0.0, net.fill, 0.0)
        s.swarf_pending[:] = net.run_at_rest * net.swarf_made * net.swarf_loop * k.swarf_weeks
        s.run[:], s.usual_run[:] = net.run_at_rest, k.run_at_rest
        s.due_before[:], s.shipped_before[:] = net.flow_at_rest, net.flow_at_rest
        s.traded_tonnes[:] = self._into_cells(net.flow_at_rest)[np.newaxis, :, np.newaxis]
        s.traded_usd[:] = self._into_cells(net.flow_at_rest * k.unit_at_rest * USD_PER_T)[np.newaxis, :, np.newaxis]
        s.quote[:] = self._mean_price_at_rest()
        sold = net.flow_at_rest * (k.unit_at_rest - net.freight) * USD_PER_T
        s.revenue_before[:] = sum_into(sold, self.rows.export_code, k.ones_lane, self.rows.ones_country)
        s.week_due[:] = np.inf
        self.w = SimpleNamespace()
        s.leak_route = self._leak_routes(k.price_each, k.zeros_lane, s.paid, np.ones(k.leak_build_weeks.shape))
        normal = self.each(net.flow_at_rest)
        self.w.ordered, self.w.spot = normal, normal * (1.0 - k.contract)
        for week in range(-self.sizes["slot"], 0):
            slot = week % self.sizes["slot"]
            s.sea[:, slot], s.sea_origin[:, slot] = 0.0, 0.0
            s.sea_tonnes[:, slot], s.sea_usd[:, slot] = 0.0, 0.0
            self._ship(normal, normal * s.leak_route, self.each(k.unit_at_rest), week)
        mass = (len(self.replicates), len(net.elements))
        self.mined, self.used_up, self.lost = np.zeros(mass), np.zeros(mass), np.zeros(mass)

    def _into_cells(self, lanes: np.ndarray) -> np.ndarray:
        return np.asarray(sum_into(lanes, self.rows.traded_cell, self.k.ones_lane, self.k.ones_cell))

    def _mean_price_at_rest(self) -> np.ndarray:
        net, k = self.network, self.k
        asks = np.full(self.sizes["cell"], np.inf)
        for lane in range(net.seller.size):
            if self.rows.cell[lane] >= 0 and net.flow_at_rest[lane] > 0.0:
                asks[self.rows.cell[lane]] = min(asks[self.rows.cell[lane]], k.price_at_rest[lane])
        return np.where(np.isfinite(asks), asks, 0.0)

    def fork(self, events: Sequence[Any]) -> "World":
        """Another world with this one's past, that goes on under other events; neither touches the other any more."""
        other = copy(self)
        memo = {id(v): v for n, v in vars(self).items() if n in UNCHANGING}
        for name, value in vars(self).items():
            if name not in UNCHANGING:
                setattr(other, name, deepcopy(value, memo))
        other.events = list(events)
        return other

    # the week ---------------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Advance one week."""
        for _, act in WEEK:
            act(self)
        self.week += 1

    def press(self) -> None:
        """Events press controls, and what may be known this week becomes signals."""
        self.relief = self.controls["relief"].copy()
        self._take_policy_in_force()
        self.controls.reset()
        self.paid: list[Payment] = []
        self.claims: list[Claim] = []
        for event in self.events:
            if self.at_rest and event.background:
                continue
            row = self.rows.relief_row(event.country, event.kind)
            event.ease(self.relief[:, row : row + 1] if row >= 0 else 0.0)
            acted = self._press(event.name, event.press(self.week))
            if row >= 0 and not event.background:
                self.state.since[acted, self.rows.codes.index(event.country)] = 1.0
        self._signal()

    def answer(self) -> None:
        """Policies answer what signals show."""
        for onlooker in self.onlookers:
            onlooker.look(self.week, self.signals)
        for party in self.parties:
            for name, presses in party.answers(self.week, self.signals):
                self._press(name, presses)
        if "disclosed" in self.controls.pressed:
            self.disclosed = self.state.on_hand * self.controls["disclosed"]

    def _take_policy_in_force(self) -> None:
        """Duty and unrefunded VAT of the week; what a country has agreed to ease is taken off its duties."""
        regime = self.rows.regime
        eases = bool(self.relief.any())
        if not (eases or self.was_eased or regime.moves_in(self.week)):
            return
        kept, duty = regime.at(self.week)
        self.vat_kept, self.duty, self.was_eased = self.each(kept), self.each(duty), eases
        if eases:
            self.duty = self.duty * (1.0 - self.relief.take(self.rows.duty_relief, axis=1))

    def _signal(self) -> None:
        """What may be known this week: last week's quotes, own stocks, announcements, published customs figures."""
        s, k, signals = self.state, self.k, self.signals
        use = np.maximum(s.expected_use, NOTHING)
        signals.quote = s.quote
        signals.days_of_cover = DAYS_A_WEEK * s.on_hand / use
        signals.normal_days, signals.announced = self._full(k.normal_days), self._full(self.controls["announced"])
        signals.stored = s.on_hand
        signals.price_paid = s.paid
        signals.ledger, signals.revenue_before = s.ledger, s.revenue_before
        signals.disclosed, signals.relief = self._full(self.disclosed), self._full(self.relief)
        signals.asked, signals.stage, signals.capital = s.ask, s.stage, k.capital
        signals.shipped, signals.invoiced = self._full(k.zeros_lane), self._full(k.zeros_lane)
        if self.week > 0:
            signals.shipped, signals.invoiced = self.w.shipped, self.w.unit
            signals.imports.append(self.w.landed_tonnes)
            del signals.imports[: -CUSTOMS_LAG - 1]

    def _press(self, by: str, presses: Sequence[Press | Payment | Claim]) -> np.ndarray:
        """Press controls; return in which replicates any of them moved."""
        acted = np.zeros(len(self.replicates), dtype=bool)
        for press in presses:
            if isinstance(press, Payment):
                self.paid.append(press)
            elif isinstance(press, Claim):
                self.claims.append(press)
            else:
                moved = self.controls.press(press)
                if press.control == "store_release":
                    moved &= (self.state.on_hand[:, press.rows] > 0.0).any(axis=1)
                acted |= moved
        self.effects[by] = self.effects.get(by, False) or bool(acted.any())
        return acted

    def believe(self) -> None:
        """Buyers learn from late and short cargo, and from what is announced."""
        net, s, w, k = self.network, self.state, self.w, self.k
        miss = missed_cargo(s.shipped_before, s.due_before, net.view, self.rows.view_flow)
        announced = np.zeros(s.belief.shape)
        if "announced" in self.controls.pressed:
            told = sum_into(self.controls["announced"] * k.normal_flow, net.view, k.ones_lane, self.rows.view_flow)
            announced = np.minimum(told / np.maximum(self.rows.view_flow, NOTHING), 1.0)
        s.belief = risk_belief(s.belief, miss, announced, k.rise, k.fade)
        w.fear = fear_for_supply(s.share, s.belief, net.view, net.buyer, net.use_at_rest)
        if "calmed" in self.controls.pressed:
            w.fear = w.fear * (1.0 - self.controls["calmed"])

    def wish(self) -> None:
        """What makers would use, and how much cover everyone wishes to hold."""
        net, s, w, k = self.network, self.state, self.w, self.k
        planned = k.plan * self.controls["demand"]
        if not self.at_rest:
            planned = grow_by(planned, k.ln_growth * self.week)
        stays = planned * (1.0 - s.moved)
        came = sum_into(planned * s.moved, net.need_twin, self.rows.ones_need, self.rows.ones_need)
        w.plan = stays + came
        w.required = planned
        w.by_intensity = self._by_intensity(w.plan)
        paid = taken_from(s.paid, net.need_point)
        w.want = want(w.by_intensity, k.ones_need, paid, k.need_paid_at_rest, self.of_use["elasticity"])
        w.extra = s.extra
        w.want = w.want + s.extra
        smooth = 1.0 / USE_MEMORY_WEEKS
        w.expected = s.expected_use * 1.0
        w.expected[:, net.need_point] += smooth * (w.want - w.expected.take(net.need_point, axis=1))
        wished = np.minimum(
            wished_run(
                s.orders, k.sold, s.on_hand, k.stock, self._backlog_of_sellers(), s.ask, k.ask_rest,
                net.output, k.drive, self.number["order_smoothing_weeks"], self.number["supply_response"],
            ), MOST_RUN,
        )  # fmt: skip
        if "run_more" in self.controls.pressed:
            wished = wished * self.controls["run_more"]
        w.run_wish = run_on_for_stock(wished, k.run_down)
        w.capacity = self._capacity()
        going = np.minimum(w.run_wish * k.run_at_rest, w.capacity)
        for j in range(net.feed.shape[1]):
            lines = np.flatnonzero(net.feed[:, j] >= 0)
            points = net.feed[lines, j]
            fed = going.take(lines, axis=1) * net.feed_need[lines, j]
            w.expected[:, points] += smooth * (fed - w.expected.take(points, axis=1))
        trade = self.rows.trade_points
        w.expected[:, trade] += smooth * (s.orders.take(trade, axis=1) - w.expected.take(trade, axis=1))
        s.expected_use = w.expected
        w.run_up = price_run_up(s.paid_now, np.ascontiguousarray(s.paid_ring[:, (self.week + 1) % PRICE_WEEKS]))
        s.cover, s.paid_normal = wished_cover(
            s.cover, k.normal_cover, w.fear, w.run_up, k.panic, k.momentum, k.cover_ceiling, k.cover_back, s.paid_now,
            s.paid_normal, self.number["run_up_band"], self.number["capital_power"],
            self.number["normal_memory_weeks"],
        )  # fmt: skip

    def _by_intensity(self, plan: np.ndarray) -> np.ndarray:
        """Planned use after thrifting, which moves a grade down, and after substitutes, which do without."""
        s, c = self.state, self.controls
        intensity = s.intensity
        if "kept_by_thrift" in c.pressed:
            floor = np.minimum(self.of_use["thrift_floor"], intensity)
            intensity = np.maximum(intensity * c["kept_by_thrift"], floor)
        lower = move_to_lower_grade(intensity, plan, self.network.need_lower)
        left = plan * intensity + lower
        return np.asarray(left * c["kept_by_substitutes"] if "kept_by_substitutes" in c.pressed else left)

    def _free(self, on_hand: np.ndarray) -> np.ndarray:
        """What of the stock may be used: all but what the state has locked."""
        if "locked" not in self.controls.pressed:
            return on_hand
        return np.asarray(np.maximum(on_hand - self.controls["locked"], 0.0))

    def _capacity(self) -> np.ndarray:
        net, s = self.network, self.state
        cut = self.controls["capacity"]
        usable = net.nameplate * s.grown * s.running
        # an outage takes its share of what a plant ran; idle nameplate does not make up for it
        usable = np.where(cut < 1.0, np.minimum(usable, s.usual_run), usable) * cut
        usable = np.minimum(usable, self.controls["run_cap"])
        standing = np.ones(usable.shape)
        standing[:, net.project_line] = s.stage == 2.0
        return np.ascontiguousarray(usable * standing)

    def _backlog_of_sellers(self) -> np.ndarray:
        return np.asarray(sum_into(self.state.backlog, self.network.seller, self.k.ones_lane, self.network.use_at_rest))

    def order(self) -> None:
        """Buyers order up to their wished position; term calls first, spot split over known sellers."""
        net, s, w, k, c = self.network, self.state, self.w, self.k, self.controls
        ordered = on_order(s.backlog, s.waiting, s.deciding, s.held, net.buyer, s.sea)
        cover = s.cover + c["cover_added"] if "cover_added" in c.pressed else s.cover
        w.order = order_up_to(
            s.expected_use, cover, k.lead, s.on_hand, ordered, k.order_smoothing_weeks, k.order_ceiling
        )
        if "order_factor" in c.pressed:
            w.order = w.order * c["order_factor"]
        w.order = np.where(self.rows.is_store > 0.0, c["store_buy"], w.order)
        w.tariff = c["tariff_added"] * net.crosses if "tariff_added" in c.pressed else k.zeros_lane
        w.duty_rate = self.duty + c["duty_added"] if "duty_added" in c.pressed else self.duty
        w.lane_rent = taken_from(s.rent, self.rows.pool_or_none)
        w.price = delivered_price(
            s.ask, self.vat_kept, s.premium, w.duty_rate, w.lane_rent, net.freight, w.tariff, net.crosses, net.seller
        )
        w.rise = log_over(w.price, k.price_each)
        released = k.zeros_point
        if "store_release" in c.pressed:
            # a store that is nearly empty is asked for little
            told = c["store_release"]
            released = np.minimum(s.on_hand, told) / np.where(told > 0.0, told, 1.0)
        w.entry, trust = entry_and_trust(
            net.potential, self.rows.lane_project, s.stage, s.qualified, self.rows.from_store, self.rows.to_store,
            released, s.belief, net.view, s.fill, net.seller,
        )  # fmt: skip
        if "opened" in c.pressed:
            w.entry = np.where(net.lane_shared > 0.0, c["opened"] * released[:, net.seller], w.entry)
        if "turned_away" in c.pressed:
            trust = trust * (1.0 - c["turned_away"])
        w.term, w.spot, w.leaning = split_orders(
            w.order, s.expected_use, s.share, w.entry, k.contract, s.term_volume, c["honoured"], w.rise, trust,
            net.buyer, self.number["spot_elasticity"], self.number["contract_tolerance"],
        )  # fmt: skip
        if "origin_cap" in c.pressed:
            w.spot = cap_on_origin(w.term, w.spot, w.order, c["origin_cap"], net.view, net.view_buyer, net.buyer)
        w.ordered = w.term + w.spot
        w.unit = unit_prices(
            s.index_ring, self._now(), k.index_at_rest, net.term_index, k.term_base, net.term_floor, net.term_ceiling,
            w.term, w.spot, w.price,
        )  # fmt: skip
        self._renew_contracts()

    def _now(self) -> np.ndarray:
        """Number of the week, one per replicate, as rules take it."""
        return np.full(len(self.replicates), float(self.week))

    def _renew_contracts(self) -> None:
        """Term contracts renew with the year, for their share of what was called in the past one."""
        s = self.state
        s.term_called = s.term_called + self.w.ordered
        if (self.week + 1) % YEAR == 0:
            s.term_volume = self.k.contract * s.term_called / YEAR
            s.term_called = np.zeros(s.term_called.shape)

    def permit(self) -> None:
        """What each cargo may do: ban and re-export rule, its part of a short offer, quota, and what leaks past them."""
        net, s, w, k, c = self.network, self.state, self.w, self.k, self.controls
        w.offer = self._offers()
        w.banned = banned = c["banned"]
        if "re_export_strength" in c.pressed:
            rules = re_export(
                s.origin, net.first_row, net.last_row, self._listed_value(), s.ask, net.seller, self.rows.rule,
                *self.rows.rule_group(len(s.ask)), c["re_export_threshold"], c["re_export_strength"],
            )  # fmt: skip
            banned = np.maximum(banned, rules * c["re_export_obeyed"])
        s.leak_route = self._leak_routes(w.price, w.tariff, s.paid_now, k.leak_build_weeks)
        w.due, w.leaking, w.allowed, w.sendable = at_the_border(
            w.term, w.spot, s.backlog, s.leak_route, c["enforcement"], self.rows.to_store, banned, c["allowance"],
            c["clears"], s.held, k.normal_flow, k.room,
        )  # fmt: skip
        _, w.wanted, w.leaked = contract_first(
            w.term, w.spot, s.backlog, w.due, w.sendable, w.leaking, c["priority"], k.prefers, w.offer, net.seller
        )
        w.cleared = self._quota(w.wanted)

    def _leak_routes(self, price: np.ndarray, tariff: np.ndarray, paid: np.ndarray, build: np.ndarray) -> np.ndarray:
        net, s, k, c = self.network, self.state, self.k, self.controls
        stopped = k.zeros_lane
        if c.pressed & {"banned", "clears", "desk_scope"}:
            stopped = np.maximum(np.maximum(c["banned"], 1.0 - c["clears"]), c["desk_scope"] * (1.0 - c["exempt"]))
        return np.asarray(leak_routes(
            s.leak_route, price, s.ask, paid, stopped, net.freight, tariff, net.crosses, net.seller, net.buyer,
            k.leak_per_gap, k.leak_least_gap, k.leak_ceiling, build, k.leak_fade_weeks,
        ))  # fmt: skip

    def _listed_value(self) -> np.ndarray:
        """USD of contained rare earths per kg of product at each point: the cost of its inputs, or its own price."""
        return np.where(self.network.follows_cost > 0.0, self.state.unit_cost, self.state.ask)

    def _offers(self) -> np.ndarray:
        net, s, k, c = self.network, self.state, self.k, self.controls
        quarter_ago = np.ascontiguousarray(s.ask_ring[:, (self.week + 1) % PRICE_WEEKS])
        offer = offer_above_cover(
            s.on_hand, k.reserve, net.hoards, s.ask, s.normal_ask, quarter_ago, self.number["own_cover_power"],
            self.number["withholding"], s.debt,
        )  # fmt: skip
        return np.where(self.rows.is_store > 0.0, np.minimum(c["store_release"], s.on_hand), offer)

    def _quota(self, wanted: np.ndarray) -> np.ndarray:
        s, w, c, rows = self.state, self.w, self.controls, self.rows
        w.pool_active = active = np.isfinite(c["permits"])
        if not active.any():
            s.permit_period[:], s.permits_left[:] = 0.0, 0.0
            w.worth, w.permits_even, w.outside = self.k.pool_worth, np.full(active.shape, AWAKE), self.k.zeros_lane
            w.cleared_rent, w.pool_wanted = np.zeros(s.rent.shape), np.zeros(s.rent.shape)
            return wanted
        starts = active & (c["period_start"] + 1.0 != s.permit_period)
        s.permit_period = np.where(active, c["period_start"] + 1.0, 0.0)
        kept_on = c["permits_kept"] * s.permits_left
        s.permits_left = np.where(starts, c["permits"] + kept_on, np.where(active, s.permits_left, 0.0))
        left = np.maximum(c["period_end"] - self.week, 1.0)
        # holders keep back while permits grow dearer; in the last week what is left comes out
        asks = taken_from(s.ask, self.network.seller)
        w.worth = mean_into(asks, wanted, rows.pool_or_none, self.k.pool_worth)
        run_up = np.maximum(log_over(s.rent + w.worth, s.rent_quarter + w.worth), 0.0)
        kept = np.minimum(self.number["permit_withholding"][:, np.newaxis] * run_up, MOST_PERMITS_KEPT)
        w.permits_even = np.where(active, s.permits_left * (1.0 - kept) / left, AWAKE)
        pace = np.minimum(self.number["quota_front_loading"][:, np.newaxis] * w.permits_even, s.permits_left)
        permits = np.where(active, pace, AWAKE)
        w.cleared_rent = np.zeros(active.shape)
        w.outside = self.k.zeros_lane
        if "outside_quota" in c.pressed:
            w.outside = np.minimum(wanted, c["outside_quota"] * self.k.normal_flow)
            wanted = wanted - w.outside
        cleared, w.pool_wanted = quota_pro_rata(wanted, rows.pool_or_none, permits)
        if self.variant == "margin":
            margin = np.maximum(taken_from(s.premium, self.network.seller), 0.0)
            weight = np.ones(wanted.shape)
            cleared, w.cleared_rent = quota_by_margin(wanted, weight, margin, rows.pool_or_none, permits)
        return np.asarray(cleared + w.outside)

    def clear(self) -> None:
        """What found permission, or a way past it, leaves the shelf: to the licence desk, past customs, to sea."""
        net, s, w, k, c = self.network, self.state, self.w, self.k, self.controls
        legal = w.legal = w.cleared
        w.allotted = w.cleared + w.leaked
        s.backlog = open_orders(w.term, w.spot, s.backlog, w.allotted, self.number["backlog_weeks"])
        self._desk(legal)
        through, s.held = customs(w.granted, s.held, c["clears"], k.normal_flow, k.release)
        w.through = through
        if "validity_weeks" in c.pressed:
            # a licence that lapses while its cargo waits at the border must be applied for again
            lapsed = np.where(np.isfinite(c["validity_weeks"]), s.held / np.maximum(c["validity_weeks"], 1.0), 0.0)
            s.held, s.waiting = s.held - lapsed, s.waiting + lapsed
        w.shipped = through + w.leaked
        taken = sum_into(w.allotted - w.refused, net.seller, k.ones_lane, net.use_at_rest)
        s.on_hand = np.maximum(s.on_hand - taken, 0.0)
        used = sum_into(legal - w.outside, self.rows.pool_or_none, k.ones_lane, self.rows.ones_pool)
        w.permits_used = np.where(w.pool_active, used, 0.0)
        s.permits_left = np.maximum(s.permits_left - w.permits_used, 0.0)
        s.fill = remembered_fill(s.fill, w.allotted, w.due, self.number["fill_memory_weeks"])
        s.due_before, s.shipped_before = w.due, w.shipped
        s.share, s.qualified = seller_shares(
            s.share, w.leaning * self.rows.of_trade, s.qualified,
            self.rows.newcomer, np.maximum(w.fear, c["diversify"]), w.run_up, net.buyer, self.number["share_memory_weeks"],
            self.number["qualification_weeks"],
        )  # fmt: skip

    def _desk(self, legal: np.ndarray) -> None:
        s, w, k, c, rows = self.state, self.w, self.k, self.controls, self.rows
        if not rows.desks:
            w.granted, w.refused = legal, k.zeros_lane
            return
        s.waiting, s.deciding, w.granted, w.refused = licence_queue(
            legal, s.waiting, s.deciding, rows.desk_or_none, c["desk_scope"], c["exempt"], c["intake_weeks"],
            c["phase_weeks"], c["desk_rate"], c["denied"],
        )  # fmt: skip

    def ship(self) -> None:
        """Put to sea, land what is due, blend origins; what was delivered makes the traded price."""
        net, s, w = self.network, self.state, self.w
        cif = w.unit / (1.0 + w.tariff) if "tariff_added" in self.controls.pressed else w.unit
        self._ship(w.shipped, w.leaked, cif, self.week)
        slot = self.week % self.sizes["slot"]
        at = np.full(len(self.replicates), float(slot))
        w.at_the_desk = reserved(s.waiting, s.deciding, s.held, net.seller, s.on_hand)
        goods = self._goods(w.at_the_desk)
        w.arrived = land(goods, net.first_row, net.last_row, at, s.origin, s.sea, s.sea_origin)
        s.on_hand = s.on_hand + w.arrived
        w.landed_tonnes, w.landed_usd = s.sea_tonnes[:, slot].copy(), s.sea_usd[:, slot].copy()
        s.sea_tonnes[:, slot], s.sea_usd[:, slot] = 0.0, 0.0
        last = self.week % TRADED_WEEKS
        s.traded_tonnes[:, :, last], s.traded_usd[:, :, last] = w.delivered_tonnes, w.delivered_usd
        paid = mean_into(w.unit, w.shipped, net.buyer, s.paid)
        s.paid = s.paid + (paid - s.paid) / self.number["price_smoothing_weeks"][:, np.newaxis]

    def _goods(self, reserved: np.ndarray) -> np.ndarray:
        """All goods that share a point's origin: on hand, residue, reserved or held, and inside a circuit."""
        net, s = self.network, self.state
        inside = np.zeros(s.on_hand.shape)
        fed = self.rows.circuit_lines
        inside[:, net.feed[fed, 0]] = s.inside.take(fed, axis=1) * net.feed_need[fed, 0]
        return np.asarray(s.on_hand + s.residue + reserved + inside)

    def _ship(self, shipped: np.ndarray, leaked: np.ndarray, cif: np.ndarray, week: int) -> None:
        net, s, w = self.network, self.state, self.w
        u = self.streams.uniform("transit", self.k.routes, max(week, 0))
        weeks = whole_weeks(u, *net.transit_weeks.T)
        at = np.full(len(self.replicates), float(week % self.sizes["slot"]))
        load(
            shipped, weeks, net.route, at, net.seller, net.buyer, net.first_row, net.last_row, s.origin, s.sea, s.sea_origin,
        )  # fmt: skip
        w.booked = book_arrivals(
            shipped, leaked, cif, weeks, net.route, at, self.rows.trade, self.rows.alias, self.number["mislabelled"],
            self.rows.other_code, self.number["miscoded"], s.sea_tonnes, s.sea_usd,
        )  # fmt: skip
        w.delivered_tonnes, w.delivered_usd, w.spot_tonnes = book_deliveries(
            shipped, cif, w.spot, w.ordered, weeks, net.route, at, self.rows.traded_cell, s.coming_tonnes, s.coming_usd,
            s.coming_spot,
        )  # fmt: skip

    def produce(self) -> None:
        """Plants run as far as wish, capacity and inputs allow."""
        net, s, w, k = self.network, self.state, self.w, self.k
        s.run, out_run, inside, swarf_next, used, produced = run_lines(
            w.run_wish, k.run_at_rest, w.capacity, self._free(s.on_hand), s.inside, net.fill, net.feed_need, net.feed,
            net.output_made, net.output, s.swarf_pending, k.swarf_weeks, net.swarf_made, net.swarf_point, net.swarf_loop,
        )  # fmt: skip
        origin_of_output(
            s.run, out_run, s.swarf_pending, k.swarf_weeks, s.origin, net.first_row, net.last_row, net.feed_need,
            net.feed, net.point_rare, net.output_made, net.output, net.swarf_point, net.own_origin,
            self.rows.ones_group, self.brought,
        )  # fmt: skip
        if "end_of_life_back" in self.controls.pressed:
            self._collect(produced)
        blend(self._goods(w.at_the_desk), net.first_row, net.last_row, produced, self.brought, s.origin)
        self._book_mass(out_run)
        if "swarf_back" in self.controls.pressed:
            swarf_next = swarf_next + self._swarf_brought_back(out_run)
        s.inside, s.swarf_pending = inside, swarf_next
        running = (self.controls["capacity"] >= 1.0) & (s.run > 0.0)
        s.usual_run = np.where(running, s.usual_run + (s.run - s.usual_run) / WEEKS_A_YEAR, s.usual_run)
        s.on_hand = np.maximum(s.on_hand - used, 0.0) + produced
        w.produced, w.out_run = produced, out_run
        aside = surplus_to_residue(
            s.on_hand, s.residue, k.ceiling, k.glut, s.ask, net.ask_at_rest, self.number["surplus_back_at"], k.residue_back,
        )  # fmt: skip
        s.on_hand, s.residue = s.on_hand - aside, s.residue + aside

    def each(self, array: np.ndarray) -> np.ndarray:
        """Rows that are the same for every replicate, kept once: shape (1, *axes)."""
        return np.ascontiguousarray(array[np.newaxis])

    def _full(self, array: np.ndarray) -> np.ndarray:
        """The same rows with a replicate axis of full length, as policies read them; nothing is copied."""
        return np.broadcast_to(array, (len(self.replicates), *array.shape[1:]))

    def _book_mass(self, out_run: np.ndarray) -> None:
        mined, lost = self.rows.line_mined, self.rows.line_lost
        self.w.mined = contained(out_run, mined)
        self.w.lost = contained(out_run, lost)
        self.mined += self.w.mined
        self.lost += self.w.lost

    def _collect(self, produced: np.ndarray) -> None:
        """Add to output, in place, the magnets of goods at their end that are collected, as swarf of their grade, and their origin.

        What comes to its end was made a life ago, for the planned output of then, and holds the origin it had at rest.
        """
        net, k = self.network, self.k
        week = 0 if self.at_rest else self.week
        retired = grow_by(k.plan, k.ln_growth * (week - k.life_weeks))
        back = retired * self.controls["end_of_life_back"] * net.scrap_made
        there = np.flatnonzero(net.scrap_point >= 0)
        for need in there:
            point, from_row = net.scrap_point[need], net.first_row[net.need_point[need]]
            made = (produced[:, point] > 0.0)[:, np.newaxis]
            for layer, row in enumerate(range(net.first_row[point], net.last_row[point] + 1)):
                came = back[:, need, np.newaxis] * net.origin_at_rest[from_row + layer]
                self.brought[:, row] = np.where(made, self.brought[:, row], 0.0) + came
            produced[:, point] += back[:, need]
        self.used_up -= contained(
            np.ascontiguousarray(back[:, there]), np.ascontiguousarray(net.point_content[net.scrap_point[there]])
        )

    def _swarf_brought_back(self, out_run: np.ndarray) -> np.ndarray:
        """T of swarf that a programme keeps from being lost; at most all of it."""
        net = self.network
        there = (net.swarf_point >= 0).astype(float)
        back = out_run * net.swarf_made * np.minimum(self.controls["swarf_back"], 1.0 - net.swarf_loop) * there
        saved = contained(back, np.ascontiguousarray(net.point_content[np.maximum(net.swarf_point, 0)]))
        self.w.lost = self.w.lost - saved
        self.lost -= saved
        return np.asarray(back)

    def use(self) -> None:
        """Makers of goods use what they have; a line stops for want of one component."""
        net, s, w, k = self.network, self.state, self.w, self.k
        free = self._free(s.on_hand)
        w.use, w.served = least_component(
            w.want, free, net.need_point, net.need_component, net.component_maker, self.rows.ones_maker
        )
        s.on_hand[:, net.need_point] = np.maximum(s.on_hand.take(net.need_point, axis=1) - w.use, 0.0)
        w.missing = np.maximum(w.want - self._free(s.on_hand).take(net.need_point, axis=1) - w.use, 0.0)
        w.unmet = np.maximum(w.want - w.use, 0.0)
        s.owed, s.extra = postponed_demand(
            w.want, w.use, s.owed, self.of_use["postponed_share"], self.number["catch_up_weeks"]
        )
        self.used_up += contained(w.use, k.need_content)
        paid = taken_from(s.paid, net.need_point)
        s.intensity, s.saved_for_good = thrift(
            s.intensity, s.saved_for_good, paid, k.need_paid_at_rest, self.of_use["thrift_rate_yr"],
            self.of_use["thrift_floor"], self.of_use["thrift_kept"], self.number["thrift_full_at"],
        )  # fmt: skip
        s.moved, s.moved_peak = relocate(
            s.moved, s.moved_peak, paid, k.need_paid_at_rest, net.need_twin, self.of_use["relocates"],
            self.number["relocation_rate_yr"], self.number["relocation_stays"],
        )  # fmt: skip

    def price(self) -> None:
        """Sellers move their asks; permits and quotes follow."""
        net, s, w, k, c, rows = self.network, self.state, self.w, self.k, self.controls, self.rows
        asked = asked_of_sellers(
            w.term, w.spot, s.backlog, w.sendable, w.wanted, w.cleared, w.leaked, net.crosses, net.seller, w.offer
        )
        s.orders = s.orders + (asked - s.orders) / ORDER_MEMORY_WEEKS
        rise = rivals_rise(s.share, w.rise, rows.peer_weight, net.buyer, net.seller, net.ask_at_rest)
        peers = grow_by(k.ask_each, rise)
        cost = self.unit_cost(s.paid_now)
        before = s.unit_cost
        ask = pass_cost_on(s.ask, cost, before, net.follows_cost)
        s.unit_cost = cost
        # a trader that sells more needs more: its stock counts in weeks of what it sells now
        sells = np.where(net.hoards > 0.0, np.maximum(s.orders, LEAST_SALES * k.sold), np.where(k.sold > 0.0, k.sold, 1.0))
        stock = s.on_hand / np.maximum(sells, NOTHING)
        normal_ask = pass_cost_on(s.normal_ask, cost, before, net.follows_cost)
        scarce = self._own_scarcity()
        orders, offer, held = s.orders, w.offer, k.zeros_point + 1.0
        if "merged" in c.pressed:
            orders, offer, stock, held = self._pooled(offer, np.maximum(sells, NOTHING))
        ask, normal_ask = home_ask(
            ask, orders, offer, k.tightness, np.ascontiguousarray(stock), k.normal_weeks, peers,
            cost * k.floor_ratio + k.cash_floor, normal_ask * held, self.rows.sells, k.ask_speed * scarce, k.stock_power * scarce, k.peer_pull, k.normal_pull,
            self.number["ask_band"], self.number["slow_down"], self.number["normal_memory_weeks"],
        )  # fmt: skip
        s.normal_ask = normal_ask / held
        feeds = net_back(s.ask, net.feed, net.output_made, net.output, net.net_back_ratio, k.run_at_rest)
        ratio = np.where(k.net_back_at_rest > 0.0, feeds / np.maximum(k.net_back_at_rest, NOTHING), 1.0)
        pulled = mean_into(taken_from(ratio, rows.feed_buyer), k.feed_weight, rows.feed_seller, k.ones_point)
        ask = np.where(rows.is_feed > 0.0, net.ask_at_rest * pulled, ask)
        idle = (net.is_project > 0.0) & (asked <= 0.0) & (rows.is_feed == 0.0)
        s.ask = np.where(rows.never_sold > 0.0, s.ask, np.where(idle, peers, ask)) * (1.0 + c["news"])
        if "merged" in c.pressed:
            s.ask = as_one(s.ask, net.ask_at_rest, rows.seller_group, c["merged"])
        self._permits()
        s.paid_now = mean_into(w.unit, w.ordered, net.buyer, s.paid_now)
        ring = self.week % PRICE_WEEKS
        s.ask_ring[:, ring], s.paid_ring[:, ring] = s.ask, s.paid_now
        s.index_ring[:, ring] = index_prices(
            s.ask, net.vat_rate, w.price, w.tariff, net.freight, net.seller, net.index_member, net.index_of,
            net.index_kind, net.index_weight, np.ascontiguousarray(s.index_ring[:, ring]),
        )  # fmt: skip
        self._markets()

    def _pooled(self, offer: np.ndarray, sells: np.ndarray) -> tuple[np.ndarray, ...]:
        """Orders, offers and weeks of stock as merged sellers see them, and what they hold over their normal ask."""
        s, k, c, rows = self.state, self.k, self.controls, self.rows
        merged, group = c["merged"], rows.seller_group
        orders = as_one(s.orders, k.sold, group, merged)
        offers = as_one(offer, k.offers_at_rest, group, merged)
        weeks = as_one(s.on_hand, k.stock, group, merged) / sells
        ours = taken_from(sum_into(s.orders, group, k.ones_point[0], np.ones(merged.shape[1])), group)
        all_of = taken_from(sum_into(s.orders, rows.product_of, k.ones_point[0], rows.ones_product), rows.product_of)
        large = (ours >= taken_from(c["group_from"], group) * all_of) & (ours > 0.0)
        return orders, offers, weeks, 1.0 + large * taken_from(c["group_margin"], group)

    def _own_scarcity(self) -> np.ndarray:
        """1 where a seller's own goods are what is scarce; 0 for a processor that lacks inputs, not capacity.

        The rent of a missing input is earned by whoever holds the input, and passes through the processor's cost.
        """
        lines = self.rows.single_lines
        own = np.ones(self.state.ask.shape)
        full = RUNS_AT_CAPACITY * self.w.capacity.take(lines, axis=1)
        own[:, self.network.output[lines, 0]] = self.state.run.take(lines, axis=1) >= full
        return own

    def unit_cost(self, paid: np.ndarray) -> np.ndarray:
        """Inputs and cash cost per kg of each line's first product; for traders what they paid."""
        net = self.network
        return np.asarray(
            unit_costs(paid, net.feed_need, net.feed, net.output, self.rows.is_single, net.cash_cost, net.hoards)
        )

    def _permits(self) -> None:
        net, s, w, k, rows = self.network, self.state, self.w, self.k, self.rows
        if self.variant == "margin":
            wanted = sum_into(w.wanted * net.crosses, net.seller, k.ones_lane, net.use_at_rest)
            served = sum_into(w.cleared * net.crosses, net.seller, k.ones_lane, net.use_at_rest)
            parity = s.ask * (1.0 + self.vat_kept)
            s.premium = export_premium(s.premium, parity, wanted, served, k.ask_speed, k.back)
            s.rent = np.zeros(s.rent.shape)
            w.rent = w.cleared_rent
            return
        moved = permit_price(
            s.rent, w.pool_wanted, np.minimum(w.permits_even, NO_BOUND), w.worth, k.rate_speed, k.rate_slow
        )
        s.rent = np.where(w.pool_active & (rows.pool_flow > 0.0), moved, s.rent * SLACK_RENT_KEPT)
        s.rent_quarter = s.rent_quarter + (s.rent - s.rent_quarter) / QUARTER_WEEKS
        w.rent = s.rent

    def _markets(self) -> None:
        net, s, w, k, c, rows = self.network, self.state, self.w, self.k, self.controls, self.rows
        w.open, w.cell_use = open_to_regions(
            w.offer, w.allotted, w.wanted, w.cleared, c["clears"], c["banned"], c["desk_scope"], c["exempt"], s.share,
            w.entry, s.expected_use, net.crosses, net.seller, net.buyer, rows.cell, rows.seller_in_cell,
            k.ones_cell, rows.ones_pair,
        )  # fmt: skip
        s.quote, w.quote_depth = quoted_price(
            w.price, w.open, rows.cell_order, rows.cell_first, rows.cell_count, w.cell_use, k.quote_share, s.quote
        )

    def grow(self) -> None:
        """Plants stop, come back, grow; projects are decided, built, lost."""
        net, s, w, k, c = self.network, self.state, self.w, self.k, self.controls
        value, w.line_cost = self.value_and_cost(s.ask, s.paid_now)
        if self.at_rest:
            return
        c = self.controls
        if "topped_up" in c.pressed:
            value = self.value_and_cost(s.ask + c["topped_up"], s.paid_now)[0]
        margin = value / np.maximum(w.line_cost, LEAST_COST) + k.margin_lift
        s.margin_year = s.margin_year + (margin - s.margin_year) / WEEKS_A_YEAR
        n = self.number
        s.running, s.weeks_below, s.weeks_above = curtail_and_restart(
            np.where(c["kept_open"] > 0.5, np.maximum(margin, 0.0), margin), s.running, s.weeks_below, s.weeks_above, n["curtail_weeks"], n["mothball_weeks"],
            n["close_weeks"], n["restart_weeks"],
        )  # fmt: skip
        s.grown = expand(s.grown, s.run, w.capacity, s.margin_year, n["expansion_share_yr"], n["expansion_ceiling"])
        if not net.projects:
            return
        lines = net.project_line
        npv = np.where(c["committed"] > 0.5, np.inf, self.worth_of_lines(lines))
        luck = self.streams.uniform("project_permit", k.hashes, self.week)
        s.stage, s.week_due = decide_projects(
            s.stage, s.week_due, np.full(len(self.replicates), float(self.week)), k.earliest, k.decided, npv,
            k.capital * c["dearer"], (luck < k.hazard * c["project_risk"]).astype(np.float64), k.slip, k.build_weeks,
            np.minimum(c["support"], 1.0), c["slowed"],
        )  # fmt: skip

    def worth_of_lines(self, lines: np.ndarray) -> np.ndarray:
        """Million USD (replicate, line): present value of a plant's margins at a cautious price, at most of its usual running."""
        net, s, n = self.network, self.state, self.number
        cautious = np.minimum(s.ask, 0.5 * (s.ask + net.ask_at_rest)) + self.controls["topped_up"]
        value = self.value_and_cost(cautious, s.paid_now)[0][:, lines]
        margin = np.ascontiguousarray(value * PLANT_RUN * net.nameplate[lines] * WEEKS_A_YEAR * USD_PER_T)
        return np.asarray(present_value(margin, n["project_years"], n["project_rate"]))

    def value_and_cost(self, ask: np.ndarray, paid: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """USD per kg of run: the whole basket less inputs and cash cost; and that cost."""
        net = self.network
        value, cost = value_and_cost(
            np.ascontiguousarray(ask), paid, net.feed_need, net.feed, net.output_made, net.output, net.cash_cost
        )
        return value, cost

    def pay(self) -> None:
        """Book every payment with payer and payee."""
        net, s, w, rows = self.network, self.state, self.w, self.rows
        w.value, w.fob_value, w.duty, w.rent_paid, w.leak_margin, s.money = pay_for_cargo(
            w.shipped, w.through, w.unit, net.freight, w.tariff, w.duty_rate, w.lane_rent, s.premium,
            s.ask, net.crosses, net.seller, rows.buyer_account, rows.seller_account, rows.buyer_government,
            rows.seller_government, rows.outside_lane, s.money,
        )  # fmt: skip
        sales = w.use * taken_from(s.paid, net.need_point) * USD_PER_T
        self._move(sales, rows.outside_need, rows.need_account, rows.ones_need)
        costs = s.run * net.cash_cost * USD_PER_T
        self._move(np.ascontiguousarray(costs), rows.line_account, rows.outside_line, rows.ones_line)
        self._keep_ledger()
        at_stores = w.value.take(rows.store_lanes, axis=1)
        into = sum_into(at_stores, rows.store_buyer, rows.ones_store, net.use_at_rest)
        w.store_spent = into
        w.store_earned = sum_into(at_stores, rows.store_seller, rows.ones_store, net.use_at_rest)
        s.store_bought = s.store_bought + into
        self._pay_as_pressed()
        trader = net.hoards > 0.0
        traded = w.value.take(rows.trader_lanes, axis=1)
        bought = sum_into(traded, rows.trader_buyer, rows.ones_trader, net.use_at_rest)
        sold = sum_into(traded, rows.trader_seller, rows.ones_trader, net.use_at_rest)
        s.debt = np.where(trader, np.maximum(s.debt + bought - sold, 0.0), 0.0)

    def _keep_ledger(self) -> None:
        """What a government that took a measure sees of it: its firms' export revenue against the year before."""
        s, rows = self.state, self.rows
        revenue = sum_into(self.w.fob_value, rows.export_code, self.k.ones_lane, rows.ones_country)
        acting = s.since > 0.5
        self.w.ledger = np.where(acting, revenue - s.revenue_before, 0.0)
        s.ledger = s.ledger + self.w.ledger
        s.revenue_before = np.where(acting, s.revenue_before, s.revenue_before + (revenue - s.revenue_before) / YEAR)

    def _pay_as_pressed(self) -> None:
        """Payments that policies press, and the stores' trade: booked by government and budget line."""
        s, w, rows = self.state, self.w, self.rows
        w.budget = np.zeros((len(self.replicates), len(rows.codes), len(BUDGET_LINES)))
        for payment in self.paid:
            payer, payee = rows.accounts.index(payment.payer), rows.accounts.index(payment.payee)
            line = BUDGET_LINES.index(payment.line)
            s.money[:, payer] -= payment.usd
            s.money[:, payee] += payment.usd
            for account, sign in ((payment.payer, 1.0), (payment.payee, -1.0)):
                who, _, code = account.partition(":")
                if who == "government":
                    w.budget[:, rows.codes.index(code), line] += sign * payment.usd
        traded = (w.store_spent + w.store_earned).any(axis=0)
        for point in np.flatnonzero(traded):
            country = rows.codes.index(self.network.country_of(int(point)))
            w.budget[:, country, BUDGET_LINES.index("purchases")] += w.store_spent[:, point]
            w.budget[:, country, BUDGET_LINES.index("sales")] -= w.store_earned[:, point]

    def _move(self, amount: np.ndarray, payer: np.ndarray, payee: np.ndarray, ones: np.ndarray) -> None:
        accounts = self.rows.ones_account
        self.state.money = (
            self.state.money + sum_into(amount, payee, ones, accounts) - sum_into(amount, payer, ones, accounts)
        )

    # audit ------------------------------------------------------------------------------------------------------------

    def mass(self) -> np.ndarray:
        """T of each element in the world, wherever it is, shape (replicate, element)."""
        net, s = self.network, self.state
        tonnes = self._goods(reserved(s.waiting, s.deciding, s.held, net.seller, s.on_hand)) + over_slots(s.sea)
        swarf = np.where(net.swarf_point[:, np.newaxis] >= 0, net.point_content[net.swarf_point], 0.0)
        total = contained(np.ascontiguousarray(tonnes), net.point_content)
        return np.asarray(total + contained(s.swarf_pending, np.ascontiguousarray(swarf)))


WEEK: list[tuple[str, Callable[[World], None]]] = [
    ("events press controls", World.press),
    ("policies answer what signals show", World.answer),
    ("buyers' beliefs about each origin", World.believe),
    ("want, wished runs and wished cover", World.wish),
    ("orders: term calls first, spot split over sellers", World.order),
    ("offers, ban and re-export rule, allocation, quota, leakage", World.permit),
    ("licence desk, customs", World.clear),
    ("shipping and arrivals, traded prices, origins blend", World.ship),
    ("mining, separation, metals, magnets, swarf", World.produce),
    ("use by makers of goods, thrifting, relocation", World.use),
    ("asks, permit price, quotes", World.price),
    ("payments", World.pay),
    ("curtailment, restart, expansion, projects", World.grow),
]
"""The week's steps in order."""
