"""What was traded: value over tonnes delivered in the last four weeks, contract and spot, missing when nothing was."""

import numpy as np

from sim.mechanisms.transit import whole_weeks
from sim.records import Recorder
from tests.laws.islands import islands, world_of

TARIFF = "{kind: counter_measure, country: JPN, percent: 40, when: {start: 2009-01-05}}"
STORE = "{kind: stockpile, country: JPN, target_days: 30, fill_weeks: 4, trigger: 0}"


def delivered(world, weeks):
    """Tonnes, thousand USD before import duty, spot tonnes and thousand USD from abroad by week of arrival and market, from what left week by week."""
    net, rows = world.network, world.rows
    made = np.zeros((4, weeks + world.sizes["slot"], 2, len(rows.cells)))
    for week in range(weeks):
        world.step()
        w = world.w
        luck = world.streams.uniform("transit", world.k.routes, week)
        at_sea = whole_weeks(luck, *net.transit_weeks.T)[:, net.route]
        cif = w.unit / (1.0 + w.tariff)
        spot = w.spot / np.maximum(w.ordered, 1e-12)
        for lane in np.flatnonzero(rows.from_store == 0.0):
            sent = w.shipped[:, lane]
            for replicate in range(2):
                arrives = week + int(at_sea[replicate, lane])
                made[:, arrives, replicate, rows.cell[lane]] += sent[replicate] * np.array(
                    [1.0, cif[replicate, lane], spot[replicate, lane], cif[replicate, lane] * net.crosses[lane]]
                )
        yield made[:, week]


def followed(events=(), weeks=24, **keys):
    """World, recorder and what each week delivered and recorded."""
    world = world_of(islands(list(events), weeks=weeks, **keys), range(2))
    recorder = Recorder(world.network, world.rows, ("price_traded", "spot_traded", "imports_usd", "imports"))
    return world, recorder, [(came, recorder.week(world)) for came in delivered(world, weeks)]


def assert_price_is_of_what_came(world, weeks):
    """From the week on in which all cargo at sea left within the run."""
    for week in range(world.sizes["slot"] + 4, len(weeks)):
        tonnes, usd = (np.sum([came[n] for came, _ in weeks[week - 3 : week + 1]], axis=0) for n in (0, 1))
        price = weeks[week][1]["price_traded"]
        assert (np.isnan(price) == (tonnes <= 1e-9)).all()
        there = tonnes > 1e-9
        assert np.allclose(price[there], usd[there] / tonnes[there], rtol=1e-9)
        assert np.allclose(weeks[week][1]["spot_traded"], weeks[week][0][2], rtol=1e-9, atol=1e-12)


def test_the_traded_price_is_value_over_tonnes_delivered_in_four_weeks_and_missing_when_nothing_was_traded():
    world, recorder, weeks = followed()
    assert_price_is_of_what_came(world, weeks)
    world.state.traded_tonnes[:, 0] = 0.0
    missing = np.isnan(recorder.week(world)["price_traded"])
    assert missing[:, 0].all()
    assert not missing[:, 1:].any()


def test_cargo_at_sea_when_trade_stops_still_counts_when_it_arrives():
    """Every border of the north closes in February: the weeks after still see what had left before."""
    stop = "{kind: shadow_embargo, start: 2009-02-02, clears: 0, selection: {seller_country: CHN, buyer_country: JPN}}"
    world, _, weeks = followed([stop], weeks=30)
    assert_price_is_of_what_came(world, weeks)


def test_import_duty_is_in_no_traded_price_and_in_no_customs_value():
    world, _, weeks = followed(policy=TARIFF)
    assert (world.w.tariff > 0.0).any()
    assert_price_is_of_what_came(world, weeks)
    for came, found in weeks[world.sizes["slot"] :]:
        assert np.allclose(found["imports_usd"].sum(axis=1), 1000.0 * came[3].sum(axis=1), rtol=1e-9)


def test_what_a_government_lets_out_of_its_store_is_not_in_the_traded_price():
    release = "{kind: stock_release, start: 2009-03-23, tonnes_per_week: 2, selection: {country: JPN}}"
    world, _, weeks = followed([release], policy=STORE)
    out = world.rows.from_store > 0.0
    assert world.state.store_bought.max() > 0.0
    assert (world.w.shipped[:, out] > 0.0).any()
    assert_price_is_of_what_came(world, weeks)
