"""Trade: one statistic in figures and tables, bands of the origins asked about, customs by country."""

import matplotlib
import numpy as np
import pytest

import sim
from sim.dependence import dependence
from sim.faces.depending import layers_table
from sim.figures.trade import areas, imports_by_origin, monthly, origins
from sim.language import LANGUAGES, words

matplotlib.use("Agg")
OWN, OTHER = np.array([[2.0], [3.0], [10.0]]), np.array([[6.0], [6.0], [0.0]])


@pytest.fixture(scope="module")
def desk():
    return sim.run("licence_desk_2025", replicates=3, weeks=100)


def title_of(figure):
    return figure._suptitle.get_text().replace("\n", " ")


def test_the_origin_asked_about_stands_with_its_median_share_and_the_others_fill_up():
    stacked, (low, middle, high) = areas({"CHN": OWN, "VNM": OTHER}, ["CHN"], is_share=True)
    assert middle == stacked["CHN"] == pytest.approx(100.0 / 3.0)
    assert stacked["VNM"] == pytest.approx(200.0 / 3.0)
    assert low < middle < high <= 100.0


def test_tonnes_of_the_origin_asked_about_are_its_median_and_those_of_others_their_mean():
    stacked, bands = areas({"CHN": OWN, "VNM": OTHER}, ["CHN"], is_share=False)
    assert (stacked["CHN"][0], stacked["VNM"][0]) == pytest.approx((3.0, 4.0))
    assert bands[:, 0] == pytest.approx(np.quantile(OWN[:, 0], (0.05, 0.5, 0.95)))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_title_of_origins_tells_the_median_and_band_of_the_printed_table(desk, lang):
    say, found = words(lang), dependence(desk, "JPN", "CHN", "separation")
    told = {}
    for name, column in (("direct", "direct_usd"), ("through", "look_through")):
        told[f"{name}_low"], told[name], told[f"{name}_high"] = 100.0 * found[column].quantile([0.05, 0.5, 0.95])
    names = {"buyer": say.label("country.JPN"), "exporter": say.label("country.CHN")}
    assert origins(desk, 14.3, lang)._suptitle.get_text().replace("\n", "" if lang != "en" else " ") == say.sentence(
        "figure.dependence", **told, **names
    )
    cells = [c for column in layers_table(desk, "JPN", "CHN").columns for c in column.cells]
    for name in ("direct", "through"):
        assert f"{told[name]:.1f} % ({told[name + '_low']:.1f} to {told[name + '_high']:.1f})" in cells


def test_customs_know_countries_and_the_layers_their_groups(desk):
    bought = monthly(desk, "imports_usd", 0, lambda x: 1.0, buyer="JPN")
    assert "VNM" in bought
    assert not any("_" in country for country in bought)
    key = [t.get_text() for t in origins(desk).texts]
    assert "Viet Nam" in key
    assert "Japan and Viet Nam" not in key


@pytest.mark.parametrize("draw", [origins, imports_by_origin])
def test_every_panel_has_the_median_and_the_band_of_the_origin_asked_about(desk, draw):
    figure = draw(desk)
    for axis in figure.axes:
        lines = [x for x in axis.lines if len(x.get_xdata()) > 2]
        assert [x.get_linestyle() for x in lines] == ["--", "-", "--"]
        low, middle, high = (x.get_ydata() for x in lines)
        assert (low <= middle).all()
        assert (middle <= high).all()
    assert any("dashed" in t.get_text() for t in figure.texts)


def test_imports_in_the_title_are_medians_of_the_line(desk):
    figure = imports_by_origin(desk)
    low = min(f"{y:,.0f} t in" for axis in figure.axes[-1:] for y in [axis.lines[1].get_ydata()[12:].min()])
    assert low in title_of(figure)
