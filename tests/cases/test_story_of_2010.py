"""The story of 2010 comes out of the rules: the stop, in pairs with and without it; the quota's prices, up and down again."""

import numpy as np
import pytest

import sim
from sim.ablation import without
from sim.scenario.load import load

MONTHS = ["2010-10-31", "2010-11-30", "2010-12-31", "2011-01-31"]


@pytest.fixture(scope="module")
def scenario():
    return load("shadow_embargo_2010")


@pytest.fixture(scope="module")
def stopped(scenario):
    return sim.run(scenario, replicates=8, seed=3)


@pytest.fixture(scope="module")
def unstopped(scenario):
    return sim.run(without(scenario, "stop"), replicates=8, seed=3, weeks=120)


def imports(result):
    """Japan's imports from China of compounds and metals in some months, t, (month, replicate)."""
    frame = result.trade(seller="CHN", buyer="JPN", hs="28", book="importer")
    monthly = frame.groupby(["date", "replicate"], observed=True)["tonnes"].sum().unstack()
    return monthly.loc[MONTHS].to_numpy()


def test_imports_fall_while_the_stop_lasts_and_rebound_after_it(stopped, unstopped):
    """Half of what would have come in October and November, more than that afterwards (facts A14, in shape)."""
    ratio = np.median(imports(stopped) / imports(unstopped), axis=1)
    assert ratio[:2].max() < 0.75
    assert ratio[2:].max() > 1.0


def test_cover_in_japan_falls_by_the_stop(stopped, unstopped):
    for product in ("la_oxide", "ce_oxide", "ndpr_metal"):
        week = slice(97, 101)
        with_stop = stopped.array("days_of_cover", product=product, country="JPN")[0][:, week].mean()
        assert with_stop < 0.92 * unstopped.array("days_of_cover", product=product, country="JPN")[0][:, week].mean()


def test_fob_rises_after_the_quota_cut_cheap_oxides_most_and_falls_again(stopped):
    """Means of a quarter over the mean of 2009: La, Ce, Sm and NdPr peak within a year of July 2010, and halve in two years."""
    rise, fallen = {}, {}
    for product in ("la_oxide", "ce_oxide", "sm_oxide", "ndpr_oxide", "tb_oxide", "dy_oxide", "y_oxide", "eu_oxide"):
        fob = stopped.array("price_fob", product=product, country="CHN")[0][:, :, 0].astype(float)
        fob = fob / fob[:, :52].mean(1, keepdims=True)
        quarters = np.median(fob[:, : 13 * 24].reshape(len(fob), 24, 13).mean(2), axis=0)
        rise[product] = quarters[7:11].max()
        fallen[product] = quarters[-1] / quarters.max()
        assert quarters.max() > 1.5, product
        assert quarters.max() > 1.25 * quarters[-1], product
    assert min(rise["ce_oxide"], rise["sm_oxide"], rise["la_oxide"]) > 4.0
    assert min(rise["ce_oxide"], rise["sm_oxide"]) > max(rise[p] for p in ("tb_oxide", "dy_oxide", "eu_oxide"))
    assert max(fallen["ce_oxide"], fallen["sm_oxide"], fallen["la_oxide"]) < 0.5


def test_the_quota_binds_and_is_slack_by_itself_two_years_later(stopped):
    used, wanted = (stopped.array(name)[0][:, :, 0].astype(float) for name in ("permits_used", "permits_wanted"))
    assert np.median(wanted[:, 84:100].sum(1) / used[:, 84:100].sum(1)) > 2.0
    assert np.median(wanted[:, 156:182].sum(1) / used[:, 156:182].sum(1)) < 1.1
    rent = stopped.array("rent")[0][:, :, 0].astype(float)
    assert np.median(rent[:, 100:113].mean(1)) > 20.0
    assert np.median(rent[:, 195:208].mean(1)) < 10.0
