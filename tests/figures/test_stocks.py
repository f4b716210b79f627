"""Stocks: from what cover falls, and what is drawn where no event begins within the run."""

from pathlib import Path

import matplotlib
import pytest

import sim
from sim.figures.stocks import cover_and_stocks, cover_falls
from sim.language import LANGUAGES
from sim.metrics import base_weeks
from tests.figures.legible import must_be_legible

matplotlib.use("Agg")
STOP = Path(__file__).parents[1] / "worlds" / "stop.yaml"


@pytest.fixture
def result():
    """A run of the islands in which Japan's cover of one good is 60 days, 30 from four weeks before the stop on, then 12."""
    result = sim.run(STOP, replicates=2, weeks=80)
    row = result.axes("days_of_cover").index(list(result.array("days_of_cover", country="JPN")[1][0]))
    result.array("days_of_cover")
    cover, event = result._arrays["days_of_cover"][:, :, row], base_weeks(result).stop
    cover[:], cover[:, event - 4 : event], cover[:, event:] = 60.0, 30.0, 12.0
    return result


def title_of(figure):
    return figure._suptitle.get_text().replace("\n", " ")


def test_a_fall_is_counted_from_the_eve_of_the_first_event(result):
    product = result.array("days_of_cover", country="JPN")[1][0][0]
    fall = next(f for f in cover_falls(result, "JPN") if f.product == product)
    weeks = base_weeks(result).stop - base_weeks(result).start
    assert (fall.least, fall.eve) == (12.0, 30.0)
    assert fall.year == pytest.approx((60.0 * (weeks - 4) + 30.0 * 4) / weeks)
    assert fall.week == base_weeks(result).stop


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_title_tells_the_eve_and_the_year_before_where_they_differ(result, lang, monkeypatch):
    product = result.array("days_of_cover", country="JPN")[1][0][0]
    fall = next(f for f in cover_falls(result, "JPN") if f.product == product)
    monkeypatch.setattr("sim.figures.stocks.cover_falls", lambda *_: [fall])
    figure = cover_and_stocks(result, 7.0, lang)
    told = {
        "en": ("falls from 30 to 12 days", f"its mean was {fall.year:.0f}"), "ja": ("30日分から", f"平均は{fall.year:.0f}日分"),
        "zh-Hant": ("由30天", f"平均為{fall.year:.0f}天"),
    }[lang]  # fmt: skip
    assert all(t in title_of(figure).replace(" ", "").replace("\u00a0", "") for t in (x.replace(" ", "") for x in told))
    must_be_legible(figure)


def test_a_run_that_ends_before_its_first_event_is_drawn_and_says_so():
    result = sim.run("shadow_embargo_2010", replicates=2, weeks=20)
    figure = cover_and_stocks(result)
    lowest = min(f.least for f in cover_falls(result, "JPN"))
    assert title_of(figure).startswith(f"Japan: the lowest cover is {lowest:.0f} days")
    assert "The run ends before the event asked about begins." in " ".join(t.get_text().replace("\n", " ") for t in reversed(figure.texts))
    must_be_legible(figure)
