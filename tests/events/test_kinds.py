"""Rules of single kinds: who is bound, who obeys, what stands as one, and what of bad input is said."""

import numpy as np
import pytest

import sim
from sim.events.destinations import share_reaching
from sim.events.dual_use_ban import DualUseBan
from sim.events.production_quota import ProductionQuota
from sim.events.selection import Selection
from sim.scenario.faults import ScenarioError
from tests.laws.islands import islands, network, world_of

DATES = {"start": "2009-02-02", "name": "made"}


def named(point: int) -> str:
    net = network()
    return f"{net.sites[net.points[point].site].name}:{net.points[point].product}"


# destinations ---------------------------------------------------------------------------------------------------------


def test_a_maker_counts_whole_and_a_processor_for_what_goes_on_to_it():
    net = network()
    share = share_reaching(net, Selection.model_validate({"end_use": "disk"}).needs(net))
    at = {named(p): share[p] for p in range(len(net.points))}
    assert at["JPN:disk:ndfeb_n"] == 1.0
    assert at["JPN:car:ndfeb_n"] == 0.0
    assert at["CHN:glass:la_oxide"] == 0.0
    magnets = [k for k in range(net.seller.size) if named(net.seller[k]) == "east_magnet_n:ndfeb_n"]
    sold = {named(net.buyer[k]): net.flow_at_rest[k] for k in magnets}
    part = sum(t for buyer, t in sold.items() if ":disk:" in buyer) / sum(sold.values())
    assert at["east_magnet_n:ndpr_metal"] == pytest.approx(part, abs=0.02)
    assert 0.0 < at["north_light:hill_concentrate"] < 1.0


def test_all_goods_end_with_all_makers_and_none_with_nobody():
    net = network()
    every = share_reaching(net, np.arange(net.need_point.size))
    moving = np.bincount(net.seller, net.flow_at_rest, every.size) > 0.0
    assert every[moving] == pytest.approx(1.0, abs=1e-6)
    assert share_reaching(net, np.zeros(0, dtype=np.int64)).max() == 0.0


def test_a_dual_use_ban_bars_civil_makers_by_the_spillover_alone():
    net = network()
    ban = DualUseBan.model_validate({**DATES, "barred_use": "disk", "spillover": 0.2, "selection": {"stage": "magnet"}})
    lanes, barred = ban.refused(net)
    assert {named(net.buyer[k]).split(":")[1] for k, b in zip(lanes, barred, strict=True) if b == 1.0} == {"disk"}
    world = world_of(islands(["{kind: dual_use_ban, start: 2009-01-05, barred_use: disk, spillover: 0.2, selection: {stage: magnet}}"]))
    world.step()
    assert world.controls["banned"][0, lanes].tolist() == pytest.approx((barred + (1 - barred) * 0.2).tolist())


# who obeys ------------------------------------------------------------------------------------------------------------

LONG_ARM = "{kind: re_export_rule, start: 2009-01-05, origin: CHN, stopped: 1, obeyed: OBEYED, selection: {}}"


def obeying(chance: float, replicates: range = range(200)) -> dict[str, np.ndarray]:
    world = world_of(islands([LONG_ARM.replace("OBEYED", str(chance))]), replicates)
    world.press()
    found: dict[str, np.ndarray] = {}
    for lane in np.flatnonzero(world.rows.rule >= 0):
        seller = named(world.network.seller[lane]).split(":")[0]
        obeys = world.controls["re_export_obeyed"][:, lane]
        assert (found.setdefault(seller, obeys) == obeys).all(), "a seller obeys on all its lanes or on none"
    return found


def test_each_seller_obeys_or_not_by_its_own_luck():
    found = obeying(0.3)
    assert len(found) > 2
    for obeys in found.values():
        assert set(obeys.tolist()) == {0.0, 1.0}
        assert obeys.mean() == pytest.approx(0.3, abs=0.1)
    several = np.stack(list(found.values()))
    assert ((several.sum(0) > 0) & (several.sum(0) < len(several))).any()


def test_none_obey_at_0_and_all_at_1_and_a_higher_chance_only_adds():
    none, few, more, every = (np.stack(list(obeying(p, range(50)).values())) for p in (0.0, 0.2, 0.6, 1.0))
    assert none.max() == 0.0
    assert every.min() == 1.0
    assert (more >= few).all()


def test_a_rule_without_threshold_stops_what_a_value_test_lets_pass():
    with_test = LONG_ARM.replace("OBEYED", "1").replace("stopped", "threshold: 1, stopped")
    passed, stopped = (
        sim.run(islands([event]), replicates=1, weeks=8).array("exports")[0].sum()
        for event in (with_test, LONG_ARM.replace("OBEYED", "1"))
    )
    assert stopped < passed


# what is bound --------------------------------------------------------------------------------------------------------


def quota(**keys: object) -> set[str]:
    periods = [{"start": "2009-01-05", "end": "2010-01-04", "tonnes": 100}]
    made = ProductionQuota.model_validate({**DATES, "periods": periods, **keys})
    net = network()
    return {net.sites[net.line_site[k]].name for k in made.lines(net)}


def test_a_production_quota_binds_separators_of_imported_feed_only_if_it_says_so():
    """Isle light separates ore of its own island and of the North; the North's separators have ore of their own."""
    everybody = quota(selection={"kind": "refiner"})
    assert {"north_light", "isle_light"} <= everybody
    own = quota(selection={"kind": "refiner"}, imported_feed=False)
    assert "north_light" in own
    net = network()
    line = next(k for k, s in enumerate(net.line_site) if net.sites[s].name == "isle_light")
    home = net.ore_at_rest()[net.feed[line, 0], net.group_of["AUS"][0]]
    assert ("isle_light" in own) == (home >= 0.5)


def test_merged_sellers_ask_at_one_ratio_to_their_start_and_rivals_at_their_own():
    event = "{kind: consolidation, start: 2009-01-05, selection: {product: ndpr_oxide, site: [north_light, 'north_recycler*']}}"
    outage = "{kind: plant_outage, start: 2009-02-02, lost: 0.5, selection: {site: north_light}}"
    world = world_of(islands([event, outage]))
    for _ in range(20):
        world.step()
    at = {named(p): p for p in range(len(world.network.points))}
    rise = world.state.ask[0] / world.network.ask_at_rest
    members = [rise[at[f"{s}:ndpr_oxide"]] for s in ("north_light", "north_recycler_n", "north_recycler_uh")]
    assert members == pytest.approx([members[0]] * 3, rel=1e-12)
    assert members[0] > 1.01
    assert rise[at["east_recycler_n:ndpr_oxide"]] != pytest.approx(members[0], rel=1e-6)


def test_a_closed_border_shuts_both_ways_only_if_asked():
    text = "{kind: border_closure, start: 2009-01-05, BOTH selection: {seller_country: CHN, buyer_country: JPN}}"
    shut = {}
    for both in ("true", "false"):
        world = world_of(islands([text.replace("BOTH", f"both_ways: {both},")]))
        world.press()
        net, country = world.network, world.network.point_countries()
        stopped = np.flatnonzero(world.controls["clears"][0] < 1.0)
        shut[both] = {(country[net.seller[k]], country[net.buyer[k]]) for k in stopped}
    assert shut == {"true": {("CHN", "JPN"), ("JPN", "CHN")}, "false": {("CHN", "JPN")}}


def test_what_waited_at_a_border_leaves_once_it_opens():
    event = "{kind: border_closure, start: 2009-02-02, end: 2009-03-30, selection: {seller_country: CHN, buyer_country: JPN}}"
    held = sim.run(islands([event]), replicates=1, weeks=36).array("held")[0][0].sum(1)
    assert held[:4].max() == 0.0
    assert held[10] > 10.0
    assert held[30] < 0.05 * held[10]


def test_a_licence_moved_elsewhere_commits_to_the_project_when_it_is_told():
    event = (
        "{kind: licence_loss, start: 2009-06-01, announced: 2009-03-02, moves_to: second_light, selection: {site: isle_light}}"
    )
    stage, labels = sim.run(islands([event]), replicates=1, weeks=30).array("project_stage")
    mine = stage[0, :, [tuple(x) == ("second_light",) for x in labels].index(True)]
    assert mine[:8].max() == 0.0
    assert mine[8:].min() == 1.0


def test_general_licences_do_nothing_where_there_is_no_desk():
    event = "{kind: general_licences, start: 2009-02-02, exempt: 1, selection: {seller_country: CHN}}"
    before, after = (sim.run(islands(events), replicates=1, weeks=20) for events in ([], [event]))
    for name in before.records:
        assert before.array(name)[0].tobytes() == after.array(name)[0].tobytes(), name


# what goes on, what stops -----------------------------------------------------------------------------------------------

DESK = "{kind: licence_desk, name: desk, start: 2009-01-12, licence_days: 60, selection: {seller_country: CHN, stage: magnet}}"
FULL_BAN = (
    "{kind: dual_use_ban, start: 2009-03-30, barred_use: [disk, car], spillover: 1, enforcement: 1, "
    "selection: {seller_country: CHN, buyer_country: JPN, stage: magnet}}"
)


def magnets_to_japan(events: list[str], week: int) -> float:
    values, labels = sim.run(islands(events), replicates=1, weeks=week + 1).array("exports")
    rows = [k for k, label in enumerate(labels) if tuple(label) == ("CHN", "JPN", "ndfeb_n")]
    return float(values[0, week, rows].sum())


def test_what_waits_at_a_desk_when_a_ban_starts_is_still_decided_and_new_orders_are_not_let_in():
    assert magnets_to_japan([FULL_BAN], 11) > 1.0
    assert magnets_to_japan([FULL_BAN], 12) == 0.0
    assert magnets_to_japan([DESK, FULL_BAN], 12) > 1.0
    queue, labels = sim.run(islands([DESK, FULL_BAN]), replicates=1, weeks=40).array("licence_queue")
    mine = queue[0, :, [tuple(x) == ("ndfeb_n", "JPN") for x in labels].index(True)]
    assert (np.diff(mine[12:]) < 0.0).all()


def test_a_project_without_money_stands_still_and_goes_on_after():
    told = (
        "{kind: licence_loss, name: told, start: 2009-01-12, end: 2009-01-19, lost: 0, moves_to: second_light, "
        "selection: {site: isle_light}}"
    )
    sold = (
        "{kind: change_of_control, start: 2009-02-23, end: 2009-04-06, favours: JPN, withheld: 0, projects: second_light, "
        "selection: {site: isle_light}}"
    )
    due = []
    for events in ([told], [told, sold]):
        world = world_of(islands(events), (0,))
        for _ in range(30):
            world.step()
        row = [p["project"] for p in world.network.projects].index("second_light")
        due.append(world.state.week_due[0, row])
    assert due[1] - due[0] == pytest.approx(6.0)


def test_under_a_technology_ban_a_week_of_building_is_worth_less():
    """Twice as long to build: of ten weeks five are lost."""
    told = (
        "{kind: licence_loss, name: told, start: 2009-01-05, end: 2009-01-12, lost: 0, moves_to: second_light, "
        "selection: {site: isle_light}}"
    )
    ban = "{kind: technology_ban, start: 2009-01-12, end: 2009-03-23, imposed_in: CHN, build_factor: 2, cost_factor: 1}"
    due = []
    for events in ([told], [told, ban]):
        world = world_of(islands(events), (0,))
        for _ in range(20):
            world.step()
        row = [p["project"] for p in world.network.projects].index("second_light")
        due.append(world.state.week_due[0, row])
    assert due[1] - due[0] == pytest.approx(5.0)


# bad input ------------------------------------------------------------------------------------------------------------

FAULTS = {
    "kind: dual_use_ban, spillover: 0.5": "barred_use: nobody is barred",
    "kind: dual_use_ban, barred_use: tank, spillover: 0.5": "'tank' is no end use",
    "kind: dual_use_ban, barred_use: car, spillover: 1.5": "write a value from 0 to 1",
    "kind: dual_use_ban, barred_user: 'JPN:disc', spillover: 0": "'JPN:disc' is no site",
    "kind: re_export_rule, origin: XYZ, stopped: 1": "'XYZ' is no country",
    "kind: re_export_rule, origin: CHN, stopped: 1, obeyed: 2": "write a value from 0 to 1",
    "kind: raw_ore_export_ban": "seller_country is missing",
    "kind: raw_ore_export_ban, selection: {seller_country: JPN}": "JPN sells no concentrate abroad",
    "kind: raw_ore_export_ban, stopped: -0.1, selection: {seller_country: AUS}": "write a value from 0 to 1",
    "kind: consolidation, selection: {site: north_light}": "no two sellers of one product",
    "kind: consolidation, margin: 3": "write a value from 0 to 1",
    "kind: licence_loss, selection: {site: isle_light}, moves_to: third_light": "'third_light' is no project",
    "kind: licence_loss, selection: {site: isle_light}, lost: 2": "write a value from 0 to 1",
    "kind: change_of_control, favours: JPN, withheld: 0.5": "name the sites that change hands",
    "kind: change_of_control, favours: XYZ, withheld: 0.5, selection: {site: isle_light}": "'XYZ' is no country",
    "kind: technology_ban, imposed_in: CHN, build_factor: 0.5, cost_factor: 1": "write a value from 1 to 10",
    "kind: technology_ban, imposed_in: AUS, build_factor: 2, cost_factor: 1": "nothing is planned outside AUS",
    "kind: contract_annulment, honoured: 0.5, selection: {stage: magnet}": "no cargo under contract",
    "kind: contract_annulment, honoured: 5": "write a value from 0 to 1",
    "kind: border_closure, selection: {seller_country: CHN}": "name the countries on both sides",
    "kind: border_closure, passes: 9, selection: {seller_country: CHN, buyer_country: JPN}": "write a value from 0 to 1",
    "kind: general_licences, exempt: 2": "write a value from 0 to 1",
    "kind: general_licences, exempt: 1, selection: {buyer: JPN:cars}": "did you mean 'JPN:car'",
    "kind: look_alike_hold, held: 0.5": "selection names no listed goods",
    "kind: look_alike_hold, held: 0.5, digits: 99, selection: {product: dy_oxide}": "write 10 or less",
    "kind: look_alike_hold, held: 0.5, digits: 6, selection: {stage: magnet, product: ndfeb*}": "no other goods share",
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_faulty_event_is_refused_with_what_to_write_instead(text):
    with pytest.raises(ScenarioError) as fault:
        islands([f"{{{text}, start: 2009-02-02}}"]).check()
    assert FAULTS[text] in str(fault.value)
    assert "made.yaml:6" in str(fault.value)
    assert "events[0]" in str(fault.value)
