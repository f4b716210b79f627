"""Constants: what is drawn once and never changes in a block of replicates, laid out as the rules take it."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.mechanisms.asks import delivered_price, net_back
from sim.mechanisms.contracts import index_prices
from sim.mechanisms.elementwise import log_over
from sim.mechanisms.sums import mean_into
from sim.mechanisms.units import DAYS_A_WEEK, NEXT_TO_NOTHING, NOTHING, PERCENT, WEEKS_A_YEAR
from sim.streams import name_hash

if TYPE_CHECKING:
    from sim.model import World

OWN_RESERVE = 0.5
"""Share of a seller's normal stock that it keeps as its own cover (1; assumed; model_design)."""
RESIDUE_BACK = 0.02
"""Share of the residue that may come back in a week (1/week; assumed; model_design)."""
QUOTE_SHARE = 0.02
"""Share of a region's weekly use that open offers must reach for a quote, by the definition of price_quote (1; assumed; model_design)."""
USE_MEMORY_WEEKS = 8.0
"""Weeks over which buyers learn what they use (weeks; assumed; model_design)."""
MOST_RUN = 3.0
"""Largest wished run of a plant over its run at rest (1; assumed; model_design)."""
ORDER_MEMORY_WEEKS = 4.0
"""Weeks over which a seller smooths what is asked of it (weeks; assumed; model_design)."""
LEAST_SALES = 0.1
"""Least sales of a trader over those at rest, by which its stock counts in weeks (1; assumed; model_design)."""
RUNS_AT_CAPACITY = 0.98
"""Run over capacity from which a processor's own capacity is what is scarce (1; assumed; model_design)."""
MOST_PERMITS_KEPT = 0.8
"""Largest share of its permits that a holder keeps back (1; assumed; model_design)."""
SLACK_RENT_KEPT = 0.8
"""Share of a permit's price that is left a week after its pool stops binding (1/week; assumed; model_design)."""
PREMIUM_BACK = 0.05
"""Share of the export premium that a seller gives up in a week in which all it may export is served (1/week; assumed; model_design)."""
PROJECT_PEER_PULL = 0.5
"""Share of the gap to its rivals' ask that a plant not yet built closes in a week (1/week; assumed; model_design)."""
GLUT_WEEKS = 26.0
"""Weeks of sales beyond its stock at rest that are kept of a joint product that is dear or was all sold (weeks; assumed; model_design)."""
SELLS_ALL = 1.001
"""Output over sales at rest up to which a seller counts as selling all it makes (1; assumed; model_design)."""
PLANT_RUN = 0.85
"""Share of nameplate at which a plant that did not run at the start is expected to run (1; assumed; model_design)."""
COST_UNDER_ASK = 0.95
"""Largest cash cost over the ask at rest: whoever runs at the start does not lose money on each kg (1; assumed; model_design)."""
LEAST_MARGIN_AT_REST = 0.15
"""Margin over cost that every plant is taken to have at rest, whatever its cost row says (1; assumed; model_design)."""
LEAST_COST = 0.01
"""Least cost over which a margin is taken (USD/kg; assumed; model_design)."""
MOST_HAZARD = 0.99
"""Largest yearly chance that a permit or finance fails, so that a weekly one exists (1/year; assumed; model_design)."""
ASLEEP = 1e-6
"""Weight of a lane that may wake in the mean price of a point without flow (1; assumed; model_design)."""
NO_CEILING = 1e30
"""Stands for no ceiling on a stock (t; assumed; model_design)."""
OFF = {
    "panic": ("panic",),
    "momentum": ("momentum", "trader_momentum"),
    "leakage": ("leak_per_gap",),
}
"""Numbers set to nothing when a mechanism is switched off in an ablation."""
OF_USE = {
    "elasticity": 0.2, "thrift_floor": 0.7, "thrift_rate_yr": 0.1, "thrift_kept": 0.6, "postponed_share": 0.5,
    "relocates": 0.0, "life_years": 12.0,
}  # fmt: skip
"""Numbers of an end use, with what stands in where a world's table has no row."""


def drawn_numbers(world: "World", off: frozenset[str], numbers: dict[str, tuple[float, float, float]]) -> dict[str, Any]:
    """Draw the world's uncertain numbers, one value per replicate."""
    drawn = {k: world.draw(f"parameters.{k}", v) for k, v in numbers.items()}
    for name in off:
        for key in OFF.get(name, ()):
            drawn[key] = drawn[key] * 0.0
    return drawn


def drawn_of_uses(world: "World") -> dict[str, Any]:
    """Draw the numbers of every end use, (replicate, need)."""
    net = world.network
    uses = [net.sites[net.points[p].site].end_use for p in net.need_point]
    found = {}
    for key, default in {**OF_USE, "growth": 0.0}.items():
        name = f"growth_percent_yr_{net.start}" if key == "growth" else key
        drawn = {
            use: world.draw(f"end_uses.{use}.{name}", known.get(name, (default, default, default)))
            for use, known in net.end_use_numbers.items()
        }
        nothing = np.full(len(world.replicates), default)
        found[key] = np.ascontiguousarray(np.stack([drawn.get(u, nothing) for u in uses], axis=1))
    return found


def drawn_per_project(world: "World", column: str, bounds: str) -> np.ndarray:
    """A project's number per replicate, between its bounds, (replicate, project)."""
    drawn = np.zeros((len(world.replicates), len(world.network.projects)))
    for n, p in enumerate(world.network.projects):
        mode = float(p[column])
        low, high = p[f"{bounds}_low"], p[f"{bounds}_high"]
        span = (mode if low is None else low, mode, mode if high is None else high)
        drawn[:, n] = world.draw(f"projects.{p['project']}.{column}", span)
    return drawn


def laid_out(world: "World") -> SimpleNamespace:
    """Lay out every constant; names are the rules' own."""
    k = SimpleNamespace()
    _behaviour(world, k)
    _prices(world, k)
    _sellers(world, k)
    _plants(world, k)
    _projects(world, k)
    growth = 1.0 + world.of_use["growth"] / PERCENT
    k.ln_growth = log_over(growth, np.ones(growth.shape)) / WEEKS_A_YEAR
    return k


def _per(world: "World", number: str, axis: str) -> np.ndarray:
    return np.ascontiguousarray(np.repeat(world.number[number][:, np.newaxis], world.sizes[axis], axis=1))


def _behaviour(world: "World", k: SimpleNamespace) -> None:
    net, rows = world.network, world.rows
    k.normal_days = world.each(DAYS_A_WEEK * net.cover_weeks)
    k.normal_cover = world.each(net.cover_weeks)
    k.lead = world.each(net.lead_weeks)
    for name in ("panic", "cover_ceiling", "cover_back", "order_smoothing_weeks", "order_ceiling"):
        setattr(k, name, _per(world, name, "point"))
    k.momentum = np.where(net.hoards > 0.0, _per(world, "trader_momentum", "point"), _per(world, "momentum", "point"))
    for name in ("ask_speed", "stock_power", "peer_pull", "normal_pull"):
        setattr(k, name, _per(world, name, "point"))
    k.peer_pull = np.where(net.is_project > 0.0, PROJECT_PEER_PULL, k.peer_pull)
    k.rise, k.fade = _per(world, "belief_rise", "view"), _per(world, "belief_fade", "view")
    for name in ("leak_per_gap", "leak_least_gap", "leak_ceiling", "leak_build_weeks", "leak_fade_weeks"):
        setattr(k, name, _per(world, name, "lane"))
    home_first = [world.allocation.get(net.country_of(p)) == "home_first" for p in net.seller]
    k.prefers = np.maximum(rows.from_store, np.array(home_first, dtype=float) * (1.0 - net.crosses))
    k.release = _per(world, "border_release_weeks", "lane")
    k.room = _per(world, "border_room_weeks", "lane")
    k.contract = world.each(net.contract)
    k.reserve = world.each(OWN_RESERVE * net.on_hand_at_rest)
    k.normal_flow = world.each(net.flow_at_rest)
    k.vat_kept, k.duty = world.each(rows.regime.vat_kept), world.each(rows.regime.duty)
    k.ones_lane, k.ones_cell = np.ones(world.sizes["lane"]), np.ones(world.sizes["cell"])
    k.pool_worth = np.ones((1, world.sizes["pool"]))
    k.rate_speed, k.rate_slow = _per(world, "permit_speed", "pool"), _per(world, "permit_slow", "pool")
    k.plan = world.each(net.plan_at_rest)
    k.life_weeks = WEEKS_A_YEAR * world.of_use["life_years"]
    k.back = np.full((1, world.sizes["point"]), PREMIUM_BACK)


def _prices(world: "World", k: SimpleNamespace) -> None:
    net, rows = world.network, world.rows
    k.zeros_lane = np.zeros((1, world.sizes["lane"]))
    k.price_at_rest = delivered_price(
        world.each(net.ask_at_rest), k.vat_kept, np.zeros((1, world.sizes["point"])), k.duty, k.zeros_lane, net.freight,
        k.zeros_lane, net.crosses, net.seller,
    )[0].copy()  # fmt: skip
    k.term_base = k.price_at_rest * (1.0 - net.term_discount)
    k.unit_at_rest = k.price_at_rest + net.contract * (k.term_base - k.price_at_rest)
    k.paid_at_rest = mean_into(
        k.unit_at_rest, net.flow_at_rest + net.potential * ASLEEP, net.buyer, net.ask_at_rest * 1.0
    )
    zero = np.zeros(k.price_at_rest.shape)
    k.index_at_rest = index_prices(
        net.ask_at_rest, net.vat_rate, k.price_at_rest, zero, net.freight, net.seller, net.index_member,
        net.index_of, net.index_kind, net.index_weight, np.ones(world.sizes["index"]),
    )  # fmt: skip
    k.feed_weight = world.each((net.flow_at_rest + NEXT_TO_NOTHING * net.potential)[rows.feed_lanes])


def _sellers(world: "World", k: SimpleNamespace) -> None:
    net, rows, r = world.network, world.rows, len(world.replicates)
    k.price_each, k.ask_each = world.each(k.price_at_rest), world.each(net.ask_at_rest)
    k.ask_rest = net.ask_at_rest
    k.zeros_point = np.zeros((1, world.sizes["point"]))
    k.need_content = np.ascontiguousarray(net.point_content[net.need_point])
    k.need_paid_at_rest = np.ascontiguousarray(k.paid_at_rest[net.need_point])
    k.ones_need = np.ones((1, world.sizes["need"]))
    k.peer_weight = world.each(rows.peer_weight)
    k.quote_share = np.full(r, QUOTE_SHARE)
    offers = (1.0 - OWN_RESERVE) * net.on_hand_at_rest
    k.offers_at_rest = offers
    k.tightness = np.where(offers > 0.0, np.log(np.maximum(net.sold_at_rest, NEXT_TO_NOTHING) / np.maximum(offers, NEXT_TO_NOTHING)), 0.0)
    project = net.is_project > 0.0
    k.tightness = np.where(project, 0.0, k.tightness)
    k.sold = np.where(project, net.made_at_rest, net.sold_at_rest)
    k.stock = np.where(project, net.cover_weeks * net.made_at_rest, net.on_hand_at_rest)
    surplus = (net.made_at_rest > net.sold_at_rest * SELLS_ALL) & ~project
    k.ceiling = np.where(surplus, net.on_hand_at_rest, net.on_hand_at_rest + GLUT_WEEKS * k.sold)
    k.ceiling = np.where(rows.is_loose > 0.0, k.ceiling, NO_CEILING)
    k.glut = GLUT_WEEKS * k.sold * rows.is_loose
    k.ones_point = np.ones((1, world.sizes["point"]))
    k.residue_back = RESIDUE_BACK * k.ones_point


def _plants(world: "World", k: SimpleNamespace) -> None:
    net, rows = world.network, world.rows
    k.run_at_rest = np.where(net.run_at_rest > 0.0, net.run_at_rest, PLANT_RUN * net.nameplate)
    k.normal_weeks = world.each(k.stock / np.maximum(k.sold, NOTHING))
    k.drive = np.where(net.output >= 0, k.sold[net.output], 0.0)
    k.run_down = _per(world, "run_down", "line")
    k.run_down[:, net.project_line] = 1.0
    k.swarf_weeks = _per(world, "swarf_weeks", "line")
    k.cost_at_rest = world.unit_cost(world.each(k.paid_at_rest))[0]
    k.floor_ratio = np.where(
        k.cost_at_rest > 0.0, np.minimum(COST_UNDER_ASK * net.ask_at_rest / np.maximum(k.cost_at_rest, NEXT_TO_NOTHING), 1.0), 0.0
    )
    k.cash_floor = np.zeros(world.sizes["point"])
    for j in range(net.output.shape[1]):
        lines = np.flatnonzero((net.output[:, j] >= 0) & (rows.is_single == 0.0))
        points = net.output[lines, j]
        k.cash_floor[points] = np.minimum(net.cash_cost[lines], COST_UNDER_ASK * net.ask_at_rest[points])
    k.net_back_at_rest = net_back(
        net.ask_at_rest, net.feed, net.output_made, net.output, net.net_back_ratio, k.run_at_rest
    )
    value, cost = world.value_and_cost(world.each(net.ask_at_rest), world.each(k.paid_at_rest))
    k.margin_lift = np.maximum(LEAST_MARGIN_AT_REST - value[0] / np.maximum(cost[0], LEAST_COST), 0.0)


def _projects(world: "World", k: SimpleNamespace) -> None:
    net, r = world.network, len(world.replicates)
    k.hashes = np.array([name_hash(p["project"]) for p in net.projects], dtype=np.uint64)
    k.routes = np.array([name_hash(n) for n in net.routes], dtype=np.uint64)
    k.hazard = np.array([1.0 - (1.0 - min(p["permit_hazard"], MOST_HAZARD)) ** (1.0 / WEEKS_A_YEAR) for p in net.projects])
    slip = np.array([p["slip_weeks"] for p in net.projects])
    k.slip = 2.0 * slip * world.streams.uniform("project_slip", k.hashes) if net.projects else np.zeros((r, 0))
    k.earliest = np.array([float(world.calendar.week_of(p["earliest"])) for p in net.projects])
    k.decided = np.array([float(p["decided"] == "yes") for p in net.projects])
    k.capital = drawn_per_project(world, "cost_musd", "cost")
    k.build_weeks = drawn_per_project(world, "build_weeks", "build")
