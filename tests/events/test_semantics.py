"""What happens to goods on the shelf, in the queue, at sea and under contract when an event starts and when it ends."""

import numpy as np
import pytest

from sim.events import KINDS
from sim.model import World
from tests.laws.islands import islands, world_of

DESK = "{kind: licence_desk, name: desk, start: 2009-01-12, licence_days: 60, selection: {seller_country: CHN, stage: magnet}}"
FILLED = "{kind: stockpile, country: JPN, target_days: 30, fill_weeks: 4, trigger: 0}"
WEEK_OF_START = 12
"""Week of 30 March 2009, when events of this file start unless they say otherwise."""


def after(weeks: int, *events: str, **keys: str) -> World:
    """The islands after some weeks, one replicate."""
    world = world_of(islands(events, 60, **keys), (0,))
    for _ in range(weeks):
        world.step()
    return world


def lanes(world: World, seller: str, buyer: str, stage: str) -> np.ndarray:
    net, country = world.network, world.network.point_countries()
    return np.array([
        k for k in range(net.seller.size)
        if country[net.seller[k]] == seller and country[net.buyer[k]] == buyer
        and net.products[net.points[net.seller[k]].product].stage == stage
    ])  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_what_becomes_of_shelf_queue_sea_and_contract_and_what_its_end_brings(kind):
    told = " ".join(KINDS[kind].__doc__.lower().split())
    for word in ("shel", "sea", "contract", " end"):
        assert word in told, word
    assert any(word in told for word in ("queue", "desk")), "queue"


# shadow embargo -------------------------------------------------------------------------------------------------------

STOP = "{kind: shadow_embargo, start: 2009-03-30, clears: 0, enforcement: 1, selection: {seller_country: CHN, buyer_country: JPN}}"


def test_what_a_desk_grants_joins_the_wait_at_a_closed_border():
    world = after(WEEK_OF_START, DESK, STOP)
    mine = lanes(world, "CHN", "JPN", "magnet")
    before = world.state.held[0, mine].copy()
    world.step()
    assert before.sum() == 0.0
    assert world.w.granted[0, mine].sum() > 1.0
    assert world.state.held[0, mine] == pytest.approx(world.w.granted[0, mine])
    assert world.w.shipped[0, mine].sum() == 0.0


def test_sellers_keep_the_goods_once_some_weeks_of_flow_wait_at_the_border():
    world = after(WEEK_OF_START + 20, STOP)
    mine = lanes(world, "CHN", "JPN", "metal")
    assert world.state.held[0, mine].sum() > 0.0
    assert (world.w.cleared[0, mine] < 1e-6).all()
    assert (world.state.held[0, mine] <= (world.k.room * world.k.normal_flow)[0, mine] + 1e-9).all()


# export quota ---------------------------------------------------------------------------------------------------------

SCARCE = (
    "{kind: export_quota, start: 2009-03-30, selection: {seller_country: CHN, stage: magnet}, "
    "periods: [{start: 2009-03-30, end: 2009-06-29, tonnes: 0.1}]}"
)


def test_cargo_at_the_desk_when_a_quota_starts_goes_on_without_a_permit():
    world = after(WEEK_OF_START + 1, DESK, SCARCE)
    mine = lanes(world, "CHN", "JPN", "magnet")
    assert world.w.permits_used.sum() <= 0.1
    assert world.w.through[0, mine].sum() > 1.0


def test_unused_permits_lapse_with_their_period():
    periods = "{start: 2009-01-12, end: 2009-03-30, tonnes: 100000}, {start: 2009-03-30, end: 2009-06-29, tonnes: 5}"
    quota = f"{{kind: export_quota, start: 2009-01-12, selection: {{seller_country: CHN, stage: oxide}}, periods: [{periods}]}}"
    world = after(WEEK_OF_START, quota)
    assert world.state.permits_left.max() > 10000.0
    used = 0.0
    for _ in range(13):
        world.step()
        used += float(world.w.permits_used.sum())
    assert 0.0 < used <= 5.0 + 1e-9


YEARS = (
    "{kind: export_quota, start: 2009-01-12, selection: {seller_country: CHN, stage: oxide}, valid: year, periods: "
    "[{start: 2009-01-12, end: 2009-03-30, tonnes: 100000}, {start: 2009-03-30, end: %s, tonnes: 5}%s]}"
)


def test_permits_that_hold_for_the_year_count_on_into_its_next_period():
    world = after(WEEK_OF_START, YEARS % ("2009-06-29", ""))
    left = world.state.permits_left.copy()
    world.step()
    assert world.state.permits_left[0, 0] == pytest.approx(left[0, 0] + 5.0 - world.w.permits_used[0, 0])


def test_permits_of_a_year_lapse_at_its_end():
    world = after(52, YEARS % ("2010-01-04", ", {start: 2010-01-04, end: 2010-06-28, tonnes: 7}"))
    assert world.state.permits_left.max() > 10000.0
    world.step()
    assert world.state.permits_left[0, 0] <= 7.0


def test_cargo_a_quota_leaves_out_goes_without_a_permit_until_its_day():
    """A fifth of normal flow needs none in any week; from 27 April 2009 on, a Monday, all does."""
    quota = SCARCE.replace("periods", "outside: 0.2, outside_until: 2009-04-27, periods")
    world = after(WEEK_OF_START + 4, quota)
    mine = lanes(world, "CHN", "JPN", "magnet")
    free = np.minimum(world.w.wanted, 0.2 * world.k.normal_flow)[0, mine]
    assert free.sum() > 1.0
    assert world.w.cleared[0, mine].sum() == pytest.approx(free.sum(), abs=0.1)
    assert world.w.permits_used.sum() <= 0.1
    world.step()
    assert world.w.cleared[0, mine].sum() < 0.1


def test_no_permit_is_needed_between_periods_and_open_orders_are_served():
    world = after(WEEK_OF_START + 4, SCARCE.replace("2009-06-29", "2009-04-27"))
    mine = lanes(world, "CHN", "JPN", "magnet")
    assert world.w.cleared[0, mine].sum() < 0.1
    assert world.state.backlog[0, mine].sum() > 0.0
    world.step()
    assert world.w.cleared[0, mine] == pytest.approx(world.w.wanted[0, mine])
    assert world.w.cleared[0, mine].sum() > 1.0


# export duty ----------------------------------------------------------------------------------------------------------


def test_cargo_pays_the_duty_of_the_week_in_which_it_leaves_and_what_is_at_sea_pays_no_more():
    duty = "{kind: export_duty, start: 2009-03-30, end: 2009-04-06, percent: 50, selection: {seller_country: CHN, stage: magnet}}"
    with_duty, without = after(WEEK_OF_START, DESK, duty), after(WEEK_OF_START, DESK)
    mine = lanes(without, "CHN", "JPN", "magnet")
    assert with_duty.w.duty[0, mine].sum() == without.w.duty[0, mine].sum()
    with_duty.step()
    without.step()
    assert with_duty.w.through[0, mine].tolist() == without.w.through[0, mine].tolist(), "all of it waited at the desk"
    assert with_duty.w.duty[0, mine].sum() > without.w.duty[0, mine].sum()
    assert with_duty.w.arrived.tolist() == without.w.arrived.tolist()
    with_duty.step()
    assert with_duty.w.duty_rate.tolist() == with_duty.k.duty.tolist()


# licence desk ---------------------------------------------------------------------------------------------------------


def test_denied_goods_are_back_on_the_shelf_in_the_week_of_the_decision():
    """The week of 19 January is the first with decisions; until then the two worlds are one."""
    granting, denying = (after(3, DESK.replace("60,", f"60, denied: {share},")) for share in (0, 1))
    back = np.bincount(denying.network.seller, denying.w.refused[0], len(denying.network.points))
    assert back.sum() > 0.1
    assert denying.w.granted[0, lanes(denying, "CHN", "JPN", "magnet")].sum() == 0.0
    assert granting.w.refused.sum() == 0.0
    assert denying.state.on_hand[0] - granting.state.on_hand[0] == pytest.approx(back, abs=1e-9)


def test_once_a_desk_is_gone_what_waits_is_let_go_within_two_weeks_and_none_is_denied():
    world = after(WEEK_OF_START, DESK.replace("2009-01-12,", "2009-01-12, end: 2009-03-30, denied: 0.5,"))
    waits = float((world.state.waiting + world.state.deciding).sum())
    assert waits > 10.0
    let_go = 0.0
    for _ in range(2):
        world.step()
        assert world.w.refused.sum() == 0.0
        let_go += float((world.w.granted - world.w.cleared).sum())
    assert (world.state.waiting + world.state.deciding).sum() == 0.0
    assert let_go == pytest.approx(waits)


def test_cargo_that_waits_when_general_licences_start_stays_in_the_queue():
    free = "{kind: general_licences, start: 2009-03-30, exempt: 1, selection: {seller_country: CHN}}"
    world = after(WEEK_OF_START, DESK, free)
    waits = float(world.state.deciding.sum() + world.state.waiting.sum())
    new = float(world.w.cleared[0, lanes(world, "CHN", "JPN", "magnet")].sum())
    world.step()
    still = float(world.state.deciding.sum() + world.state.waiting.sum())
    assert 0.5 * waits < still < waits
    assert new > 0.0
    mine = lanes(world, "CHN", "JPN", "magnet")
    assert (world.w.granted[0, mine] >= world.w.cleared[0, mine]).all()


# plants ---------------------------------------------------------------------------------------------------------------

OUTAGE = "{kind: plant_outage, start: 2009-03-30, end: 2009-05-25, lost: 1, selection: {site: north_light}}"


def test_a_plant_that_is_out_sells_its_shelf_and_keeps_feed_and_circuit_and_runs_again_at_its_end():
    world = after(WEEK_OF_START, OUTAGE)
    net = world.network
    line = next(k for k, s in enumerate(net.line_site) if net.sites[s].name == "north_light")
    feed, ran, inside = net.feed[line, 0], world.state.run[0, line], world.state.inside[0, line]
    fed = world.state.on_hand[0, feed]
    world.step()
    mine = np.isin(net.seller, net.output[line][net.output[line] >= 0])
    assert world.state.run[0, line] == 0.0
    assert world.state.inside[0, line] == inside
    assert world.w.shipped[0, mine].sum() > 0.0
    assert world.state.on_hand[0, feed] > fed
    for _ in range(8):
        world.step()
    assert world.state.run[0, line] >= 0.9 * ran


def test_a_production_quota_is_spread_over_its_weeks_and_binds_only_within_its_periods():
    quota = (
        "{kind: production_quota, start: 2009-03-30, selection: {site: north_hill}, reported: 1, periods: "
        "[{start: 2009-03-30, end: 2009-06-29, tonnes: 260}]}"
    )
    world = after(WEEK_OF_START, quota)
    net = world.network
    line = next(k for k, s in enumerate(net.line_site) if net.sites[s].name == "north_hill")
    free = world.state.run[0, line]
    assert free > 20.0
    for _ in range(13):
        world.step()
        assert world.state.run[0, line] <= 20.0 + 1e-9
    world.step()
    assert world.state.run[0, line] > 20.0


# makers, talk, stores -------------------------------------------------------------------------------------------------


def test_a_boom_lets_makers_plan_more_from_its_first_week_and_contracts_take_more_only_within_their_tolerance():
    boom = "{kind: demand_surge, start: 2009-03-30, end: 2009-06-29, factor: 2, selection: {end_use: car}}"
    booming, calm = after(WEEK_OF_START, boom), after(WEEK_OF_START)
    cars = [k for k, p in enumerate(calm.network.need_point) if calm.network.sites[calm.network.points[p].site].end_use == "car"]
    for week in range(14):
        booming.step()
        calm.step()
        factor = 2.0 if week < 13 else 1.0
        assert booming.w.required[0, cars] == pytest.approx(factor * calm.w.required[0, cars], rel=1e-12)
        most = booming.state.term_volume * (1.0 + booming.number["contract_tolerance"][:, np.newaxis])
        assert (booming.w.term <= most + 1e-9).all()


def test_talk_raises_asks_by_its_rate_and_moves_no_tonne_that_week():
    talk = "{kind: price_news, start: 2009-03-30, end: 2009-04-06, percent_week: 3, selection: {product: la_oxide}}"
    talking, silent = after(WEEK_OF_START + 1, talk), after(WEEK_OF_START + 1)
    said = np.array([p.role == "sold" and p.product == "la_oxide" for p in talking.network.points])
    assert talking.state.ask[0, said] == pytest.approx(1.03 * silent.state.ask[0, said], rel=1e-12)
    assert talking.state.ask[0, ~said].tolist() == silent.state.ask[0, ~said].tolist()
    for name in ("on_hand", "sea", "waiting", "held", "backlog"):
        assert getattr(talking.state, name).tobytes() == getattr(silent.state, name).tobytes(), name


def test_a_release_is_offered_at_home_week_by_week_and_ends_with_its_last_day():
    event = "{kind: stock_release, start: 2009-03-30, end: 2009-05-25, tonnes_per_week: 2, selection: {country: JPN}}"
    world = after(WEEK_OF_START, event, policy=FILLED)
    country = world.network.point_countries()
    from_store = world.rows.from_store > 0.0
    abroad = from_store & np.array([country[b] != "JPN" for b in world.network.buyer])
    sold = []
    for _ in range(12):
        world.step()
        of_point = np.bincount(world.network.seller[from_store], world.w.shipped[0, from_store])
        assert of_point.max() <= 2.0 + 1e-9
        sold.append(float(of_point.sum()))
        assert world.w.shipped[0, abroad].sum() == 0.0
    assert max(sold[:8]) > 0.0
    assert sold[8:] == [0.0] * 4
