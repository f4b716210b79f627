"""Every figure of a run draws at two widths and in every language, and its words do not lie on one another."""

from pathlib import Path

import matplotlib
import pytest

import sim
from sim.figures import FIGURES
from sim.language import LanguageError
from sim.language.fonts import families
from tests.figures.legible import must_be_legible

matplotlib.use("Agg")
STOP = Path(__file__).parents[1] / "worlds" / "stop.yaml"


@pytest.fixture(scope="module", params=[STOP, "shadow_embargo_2010"], ids=["islands", "stop"])
def result(request):
    return sim.run(request.param, replicates=3, weeks=100)


@pytest.fixture(scope="module")
def desk():
    return sim.run("licence_desk_2025", replicates=2, weeks=100)


def shown(figure):
    if figure is None:
        pytest.skip("nothing to show in this run")
    return figure


@pytest.mark.parametrize("width", [7.0, 14.3])
@pytest.mark.parametrize("name", FIGURES)
def test_words_do_not_overlap_and_stay_on_the_page(result, name, width):
    must_be_legible(shown(FIGURES[name][1](result, width)))


@pytest.mark.parametrize("lang", ["en", "ja", "zh-Hant"])
@pytest.mark.parametrize("name", FIGURES)
def test_words_of_every_language_keep_apart_in_a_column(desk, name, lang):
    try:
        families(lang)
    except LanguageError as hint:
        pytest.skip(str(hint))
    must_be_legible(shown(FIGURES[name][1](desk, 7.0, lang)))
