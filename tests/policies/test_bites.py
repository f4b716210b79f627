"""Every policy moves the record it should move, in its direction; all on the islands, three replicates, summed."""

import numpy as np
import pytest

import sim
from sim.policies import KINDS
from sim.records import Recorder
from tests.laws.islands import islands, world_of
from tests.policies.kinds import NOW, OUTAGE, POLICIES, QUOTA, SOON, STOP, WEEKS, replaced, run, seen, text


def with_and_without(kind, record, numbers=None, event=None, first=0, last=WEEKS, **at):
    own, answered = POLICIES[kind]
    event = answered if event is None else event
    policy = text(kind, own if numbers is None else numbers)
    return seen(policy, event, record, first, last, **at), seen("none", event, record, first, last, **at)


def test_every_kind_of_policy_is_seen_at_work():
    assert set(POLICIES) == set(KINDS) - {"none"}


@pytest.mark.parametrize(
    "kind", ["stockpile", "firm_reserves", "single_source_cap", "thrifting_support", "substitution_support",
             "relaxation_talks", "embargoers_rule"],
)  # fmt: skip
def test_fewer_lines_stop_and_less_demand_goes_unmet_where_it_answers(kind):
    for record in ("unmet_demand", "line_stop"):
        some, none = with_and_without(kind, record, country="JPN")
        assert none > 0.0
        assert some < 0.9 * none, record


@pytest.mark.parametrize(("record", "at"), [("government_stock", {}), ("public_cost", {"country": "JPN"})])
def test_a_stockpile_fills_and_costs(record, at):
    some, none = with_and_without("stockpile", record, **at)
    assert none == 0.0
    assert some > 0.0


def stock(numbers, event=STOP, **at):
    return seen(text("stockpile", numbers), event, "government_stock", **at)


def test_what_goes_into_a_store_and_out_of_it_is_handled_for_so_much_a_tonne():
    policy = "target_days: 60, fill_weeks: 20, trigger: 0.8, handling_usd_per_t: 100"
    paid = seen(text("stockpile", policy), STOP, "budget", line="handling")
    moved = run(text("stockpile", policy), STOP)
    into = moved.array("store_bought")[0].astype(float)
    held = moved.array("government_stock")[0].astype(float)
    out = into[:, 1:] - np.diff(held, axis=1)
    # what was shipped in and is still at sea has been handled, what left in the last week has not
    assert paid == pytest.approx(100.0 * (into.sum() + out[:, :-1].sum()), rel=0.02)


def test_a_stockpile_released_by_price_or_by_the_minister_empties():
    bought = "target_days: 60, fill_weeks: 20, refill: false"
    never = stock(f"{bought}, trigger: 0", first=60)
    dated = stock(f"{bought}, release_by: minister, release_from: 2009-11-02", first=60)
    dear = stock(f"{bought}, release_by: price, price_trigger: 1.2", first=60)
    assert dated < 0.2 * never
    assert dear < 0.8 * never


def test_a_minister_s_release_ends_on_its_day():
    bought = "target_days: 60, fill_weeks: 20, refill: false, release_share: 0.1, release_by: minister, release_from: 2009-11-02"
    assert stock(f"{bought}, release_until: 2009-11-30", first=60) > stock(bought, first=60)


def test_a_stockpile_that_does_not_refill_holds_less_after_a_release_of_a_month():
    bought = (
        "target_days: 60, fill_weeks: 20, release_by: minister, release_from: 2009-06-01, release_until: 2009-06-29"
    )
    again = stock(bought, event="", first=60)
    waits = stock(f"{bought}, refill_after_weeks: 40", event="", first=60)
    never = stock(f"{bought}, refill: false", event="", first=60)
    assert never < waits < again


def test_purchases_stay_within_the_yearly_budget():
    policy = text("stockpile", "target_days: 200, fill_weeks: 20, trigger: 0, budget_musd_yr: 2")
    spent = seen(policy, "", "budget", last=52, line="purchases")
    free = seen(
        text("stockpile", "target_days: 200, fill_weeks: 20, trigger: 0"), "", "budget", last=52, line="purchases"
    )
    assert free > 3 * 2e6 * 1.2
    # prices paid may move between order and arrival
    assert spent < 3 * 2e6 * 1.05


def test_a_stockpile_allocated_to_one_end_use_serves_no_other():
    bought = "target_days: 60, fill_weeks: 20, trigger: 0.8"
    to_all, to_glass = (seen(text("stockpile", n), STOP, "line_stop", country="JPN", end_use="car")
                        for n in (bought, f"{bought}, allocate_to: [glass]"))  # fmt: skip
    assert to_glass > to_all


def test_a_public_stock_calms_buyers_and_a_secret_one_does_not():
    bought = "target_days: 60, fill_weeks: 20, trigger: 0"
    secret, public = (seen(text("stockpile", n), STOP, "orders", first=30, country="JPN")
                      for n in (bought, f"{bought}, secret: false, calm_share: 1"))  # fmt: skip
    assert public < secret


def test_makers_hold_more_before_the_stop_and_it_is_theirs():
    some, none = with_and_without("firm_reserves", "on_hand", first=24, last=30, country="JPN")
    assert some > 1.1 * none
    assert with_and_without("firm_reserves", "government_stock") == (0.0, 0.0)


def test_a_widened_plant_has_half_as_much_again_and_half_its_cost_is_public():
    some, none = with_and_without("capacity_subsidy", "capacity", first=22, site="east_magnet_n")
    assert some == pytest.approx(1.5 * none, rel=0.02)
    paid, _ = with_and_without("capacity_subsidy", "public_cost", country="JPN")
    assert paid == pytest.approx(3 * 25e6 * WEEKS / 104)


def test_a_project_worth_two_thirds_of_its_cost_goes_ahead_with_half_of_it_borne_and_not_with_three_tenths():
    def seen_at(share, record, **at):
        policy = text("capacity_subsidy", f"country: AUS, projects: [second_hill], share: {share}, {NOW}")
        return seen(policy, "", record, **at)

    assert seen_at(0.3, "project_stage", project="second_hill") == 0.0
    assert seen_at(0.3, "public_cost") == 0.0
    assert seen_at(0.5, "project_stage", first=26, project="second_hill") > 0.0
    assert seen_at(0.5, "budget", country="AUS", line="subsidy") > 0.0


def test_a_financed_project_goes_ahead():
    some, none = with_and_without("offtake_finance", "project_stage", project="second_light")
    assert none == 0.0
    assert some > 0.0


def test_a_loan_is_drawn_once_and_repaid_with_interest():
    paid = {line: with_and_without("offtake_finance", "budget", line=line)[0] for line in
            ("loan", "equity", "repayment", "interest")}  # fmt: skip
    assert paid["loan"] == pytest.approx(3 * 200e6)
    assert paid["equity"] == pytest.approx(3 * 50e6)
    # ten years of repayment from week 27 on
    assert paid["repayment"] == pytest.approx(-3 * 200e6 * (WEEKS - 26) / 520)
    assert paid["interest"] < 0.0


def test_what_is_owed_and_owned_is_in_the_books_until_the_plant_fails():
    """Of 200 lent, 13 weeks of 520 are repaid by week 39; the stake of 50 of a plant that cost 300 is worth a sixth of it."""
    own, event = POLICIES["offtake_finance"]
    world = world_of(islands([event], weeks=WEEKS, policy=text("offtake_finance", own)), range(2))
    recorder = Recorder(world.network, world.rows, ("loans_owed", "stakes_worth"))
    row = world.rows.codes.index("JPN")
    for _ in range(39):
        world.step()
    project = [p["project"] for p in world.network.projects].index("second_light")
    plant = world.worth_of_lines(world.network.project_line[[project]])[:, 0] * 1e6
    assert (plant > 0.0).all()
    found = {name: values[:, row] for name, values in recorder.week(world).items()}
    assert found["loans_owed"] == pytest.approx(200e6 * (1 - 13 / 520))
    assert found["stakes_worth"] == pytest.approx(np.minimum(50e6, plant / 6))
    world.state.stage[0, project] = 3.0
    world.step()
    for name, values in recorder.week(world).items():
        assert (values[0, row], values[1, row] > 0.0) == (0.0, True), name


def test_rescheduling_a_loan_lowers_what_comes_back():
    own = "plant: isle_light, loan_musd: 100, grace_years: 0, draw_weeks: 26, offtake_share: 0.1, " + NOW
    again = f"{own}, rescheduled: {{start: 2009-08-03, loan_years: 20, loan_percent: 1}}"
    for line in ("repayment", "interest"):
        # what comes back is booked below nothing
        before, after = (seen(text("offtake_finance", n), STOP, "budget", line=line) for n in (own, again))
        assert before < 0.9 * after < 0.0, line


def test_a_plant_bound_to_one_country_takes_no_spot_order_from_elsewhere():
    bound = f"plant: north_magnet_n, loan_musd: 1, exclusive: true, {NOW}"
    asked = []
    for policy in ("none", text("offtake_finance", bound)):
        world = world_of(islands(weeks=10, policy=policy), range(2))
        for _ in range(10):
            world.step()
        net = world.network
        elsewhere = [
            k for k, p in enumerate(net.seller)
            if net.sites[net.points[p].site].name == "north_magnet_n" and net.country_of(net.buyer[k]) == "CHN"
            and net.points[p].product == "ndfeb_n"
        ]  # fmt: skip
        asked.append(world.w.spot[:, elsewhere])
    assert (asked[0] > 0.0).any()
    assert (asked[1] == 0.0).all()


def test_a_floor_is_paid_to_named_producers_only_and_moves_a_project_to_build():
    paid, _ = with_and_without("price_floor", "budget", line="floor")
    assert paid > 0.0
    numbers = f"plants: [second_light], product: ndpr_oxide, floor_usd_per_kg: 200, {NOW}"
    some, none = with_and_without("price_floor", "project_stage", numbers=numbers, project="second_light")
    assert none == 0.0
    assert some > 0.0


def test_a_floor_s_budget_bounds_what_is_paid():
    numbers = POLICIES["price_floor"][0] + ", budget_musd_yr: 3"
    paid, _ = with_and_without("price_floor", "budget", numbers=numbers, last=52, line="floor")
    assert paid == pytest.approx(3 * 3e6)


def test_joint_purchase_brings_members_cover_together():
    def gap(policy):
        days, labels = run(policy, OUTAGE).array("days_of_cover")
        at = {tuple(label): n for n, label in enumerate(labels)}
        return np.abs(
            days[:, 30:, at["ndpr_oxide", "JPN"]] / (7 * 16) - days[:, 30:, at["ndpr_oxide", "CHN"]] / (7 * 6)
        ).mean()

    assert gap(text("joint_purchase", POLICIES["joint_purchase"][0])) < gap("none")


def test_a_shared_store_serves_a_member_abroad_that_paid_for_it_and_a_national_one_does_not():
    some, none = with_and_without("shared_stock", "imports", seller="JPN", buyer="CHN", product="ndpr_oxide")
    own, _ = with_and_without("stockpile", "imports", event=OUTAGE, seller="JPN", buyer="CHN", product="ndpr_oxide")
    assert some > max(none, own) + 3.0
    paid = {c: with_and_without("shared_stock", "budget", country=c, line="purchases")[0] for c in ("CHN", "JPN")}
    assert paid["CHN"] > paid["JPN"] > 0.0
    sold = {c: with_and_without("shared_stock", "budget", country=c, line="sales")[0] for c in ("CHN", "JPN")}
    assert sold["CHN"] < sold["JPN"] < 0.0
    assert sold["CHN"] / sold["JPN"] == pytest.approx(paid["CHN"] / paid["JPN"], rel=0.2)  # each by its use of what is sold


def test_a_shared_store_spares_its_host_and_puts_the_shortage_of_its_members_off():
    """Released over the first months of the outage; what its purchases took from makers' own stocks is missing later."""
    some, none = with_and_without("shared_stock", "unmet_demand", country="JPN")
    assert some < 0.1 * none
    early, late = with_and_without("shared_stock", "unmet_demand", last=42)
    assert early < 0.9 * late


def test_a_cap_moves_orders_to_the_other_origin():
    fell, before = with_and_without("single_source_cap", "imports", last=30, seller="CHN", buyer="JPN")
    rose, had = with_and_without("single_source_cap", "imports", last=30, seller="AUS", buyer="JPN")
    assert fell < 0.95 * before
    assert rose > 1.1 * had


def test_a_cap_of_one_moves_no_order():
    some, none = with_and_without("single_source_cap", "imports", numbers=f"cap: 1, {NOW}")
    assert some == none


def test_thrifting_moves_want_a_grade_down_and_substitutes_take_it_away():
    for kind in ("thrifting_support", "substitution_support"):
        some, none = with_and_without(kind, "saved", country="JPN")
        assert some > none
        some, none = with_and_without(kind, "want_gross", event="", country="JPN", product="ndfeb_uh")
        assert some < 0.9 * none
    low = {k: with_and_without(k, "want_gross", event="", numbers=f"{SOON}, {NOW}, products: [ndfeb_uh]", country="JPN",
                               product="ndfeb_n") for k in ("thrifting_support", "substitution_support")}  # fmt: skip
    assert low["thrifting_support"][0] > low["thrifting_support"][1]
    assert low["substitution_support"][0] == pytest.approx(low["substitution_support"][1], rel=0.01)


def test_a_programme_of_one_country_leaves_the_use_of_others_as_it_was_planned():
    some, none = with_and_without("substitution_support", "requirement", country="CHN")
    assert some == none


@pytest.mark.parametrize("technology", ["amorphous_core", "ferrite_motor", "smfen_magnet"])
def test_every_substitute_lowers_the_use_of_dysprosium_or_neodymium_once_qualified(technology):
    numbers = f"technology: {technology}, {SOON}, {NOW}"
    early = with_and_without("substitution_support", "want", numbers=numbers, event="", last=12, country="JPN")
    late = with_and_without("substitution_support", "want", numbers=numbers, event="", first=40, country="JPN")
    assert early[0] == early[1]
    assert late[0] < late[1]


def test_more_swarf_comes_back():
    some, none = with_and_without("recycling_support", "production", site="east_magnet_n", product="swarf_n")
    assert some > 1.1 * none


def test_magnets_of_goods_at_their_end_come_back_and_recyclers_make_more_of_them():
    slow = f"{SOON}, {NOW}, ceiling: 0, end_of_life_share_yr: 0.5, end_of_life_ceiling: CEILING"
    for ceiling in (0.0, 0.4):
        numbers = slow.replace("CEILING", str(ceiling))
        swarf, had = with_and_without("recycling_support", "production", numbers=numbers, site="east_magnet_n", product="swarf_n")
        made, used_to = with_and_without(
            "recycling_support", "production", numbers=numbers, event="", first=40, site="east_recycler_n", product="ndpr_oxide"
        )
        assert (swarf > 1.1 * had) == (ceiling > 0.0)
        assert (made > 1.2 * used_to) == (ceiling > 0.0)


def test_what_a_substitute_is_made_of_is_wanted_beside_in_proportion_to_what_it_replaces(monkeypatch):
    made = islands(policy=text("substitution_support", f"technology: smfen_magnet, {SOON}, {NOW}"))
    net = made.network()
    own = {"smfen_magnet": {"product": "la_oxide", "end_use": "glass", "tonnes": 0.3}}
    monkeypatch.setattr(net, "substitutes", own)
    bound = made.file.policy.bind(net, made.rows())
    less, more = bound.press(np.array([[0.2]]))
    planned = {p.control + str(n): (p.value - 1.0) * net.plan_at_rest[p.rows].sum() for n, p in enumerate((less, more))}
    assert {net.points[net.need_point[n]].product for n in more.rows} == {"la_oxide"}
    assert planned["kept_by_substitutes1"] == pytest.approx(-0.3 * planned["kept_by_substitutes0"])
    assert planned["kept_by_substitutes0"] < 0.0
    wanted = [
        sim.run(made, policy, replicates=1, weeks=40, records=("want_gross",)).array("want_gross") for policy in (None, "none")
    ]
    row = [label[:3] for label in wanted[0][1]].index(["la_oxide", "JPN", "glass"])
    assert wanted[0][0][0, -1, row] > 1.02 * wanted[1][0][0, -1, row]


def test_a_ruling_ends_the_permit_s_rent_and_lets_more_through():
    some, none = with_and_without("wto_case", "rent", first=26)
    assert some < 0.1 * none
    some, none = with_and_without("wto_case", "imports", first=26, seller="CHN", buyer="JPN")
    assert some > 1.05 * none


def test_a_ruling_never_touches_a_licence_desk():
    desk = "{kind: licence_desk, start: 2009-01-26, licence_days: 60, selection: {seller_country: CHN, stage: magnet}}"
    quotas_only = f"lag_weeks: 8, stages: [{{after_weeks: 2, measures: [export_quota]}}], {NOW}"
    some, none = with_and_without("wto_case", "imports", quotas_only, event=desk)
    assert some == none


def test_a_ruling_takes_off_the_duty_that_the_table_holds():
    duties = f"lag_weeks: 8, stages: [{{after_weeks: 2, measures: [export_duty]}}], {NOW}"
    some, none = with_and_without("wto_case", "duty_paid", duties, event=OUTAGE, first=26)
    assert none > 0.0
    assert some == 0.0


def test_a_tariff_costs_the_embargoer_sales_and_fills_the_own_treasury():
    some, none = with_and_without("counter_measure", "imports", last=30, seller="CHN", buyer="JPN")
    assert some < 0.95 * none
    some, none = with_and_without("counter_measure", "money", last=30, account="government:JPN")
    assert some > none


def test_a_ban_stops_what_it_names():
    numbers = f"form: ban, products: [ndfeb_n], {NOW}"
    some, none = with_and_without("counter_measure", "imports", numbers, first=10, last=30, seller="CHN", buyer="JPN",
                                  product="ndfeb_n")  # fmt: skip
    assert some < 0.5 * none


def test_talks_that_succeed_ease_and_talks_that_fail_only_cost():
    some, none = with_and_without("relaxation_talks", "imports", first=34, last=60, seller="CHN", buyer="JPN")
    assert some > 2.0 * none
    failed = replaced(POLICIES["relaxation_talks"][0], chance="0")
    some, none = with_and_without("relaxation_talks", "imports", numbers=failed)
    assert some == none
    assert with_and_without("relaxation_talks", "budget", numbers=failed, line="administration")[0] > 0.0


def test_an_embargoer_that_loses_relents_and_one_that_bears_it_does_not():
    some, none = with_and_without("embargoers_rule", "imports", first=40, last=60, seller="CHN", buyer="JPN")
    assert some > 2.0 * none
    hard = "ledger_share: 10, pressure_share: 10"
    some, none = with_and_without("embargoers_rule", "imports", numbers=hard)
    assert some == none


def test_an_embargoer_that_gains_goes_a_step_on_unless_the_target_shows_a_stock():
    step = "ledger_share: 10, pressure_share: 10, escalates: true, escalation_share: 0.01, escalation_clears: 0.1"
    some, none = with_and_without(
        "embargoers_rule", "imports", numbers=step, event=QUOTA, first=40, seller="CHN", buyer="JPN"
    )
    assert some < 0.9 * none
    shown, none = with_and_without("embargoers_rule", "imports", numbers=f"{step}, deterred_days: 0", event=QUOTA)
    assert shown == none
