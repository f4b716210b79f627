"""Every figure draws at two widths and in every language, and its words do not lie on one another."""

import itertools
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pytest

import sim
from sim.figures import FIGURES
from sim.language import LanguageError
from sim.language.fonts import families

matplotlib.use("Agg")
STOP = Path(__file__).parents[1] / "worlds" / "stop.yaml"


@pytest.fixture(scope="module", params=[STOP, "shadow_embargo_2010"], ids=["islands", "stop"])
def result(request):
    return sim.run(request.param, replicates=3, weeks=100)


@pytest.fixture(scope="module")
def desk():
    return sim.run("licence_desk_2025", replicates=2, weeks=100)


def words_of(figure):
    """Every text that is seen, with its place on the page."""
    figure.canvas.draw()
    found = [figure._suptitle, *figure.texts]
    for axes in figure.axes:
        if axes.get_visible():
            found += [axes.title, axes._left_title, *axes.texts]
            if axes.axison:
                found += [axes.xaxis.label, axes.yaxis.label]
                for axis in (axes.xaxis, axes.yaxis):
                    low, high = sorted(axis.get_view_interval())
                    found += [t.label1 for t in axis.get_major_ticks() if low <= t.get_loc() <= high]
    texts = [t for t in dict.fromkeys(found) if t is not None and t.get_visible() and t.get_text().strip()]
    return [(t.get_text()[:40], t.get_window_extent()) for t in texts]


def must_be_legible(figure):
    boxes = words_of(figure)
    page = figure.bbox
    plt.close(figure)
    for text, box in boxes:
        assert box.x0 >= page.x0 - 1, text
        assert box.y0 >= page.y0 - 1, text
        assert box.x1 <= page.x1 + 1, text
        assert box.y1 <= page.y1 + 1, text
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        apart = a.x1 <= b.x0 + 1.5 or b.x1 <= a.x0 + 1.5 or a.y1 <= b.y0 + 1.5 or b.y1 <= a.y0 + 1.5
        assert apart, (one, other)


@pytest.mark.parametrize("width", [7.0, 14.3])
@pytest.mark.parametrize("name", FIGURES)
def test_words_do_not_overlap_and_stay_on_the_page(result, name, width):
    figure = FIGURES[name][1](result, width)
    if figure is None:
        pytest.skip("nothing to show in this run")
    must_be_legible(figure)


@pytest.mark.parametrize("lang", ["en", "ja", "zh-Hant"])
@pytest.mark.parametrize("name", FIGURES)
def test_words_of_every_language_keep_apart_in_a_column(desk, name, lang):
    try:
        families(lang)
    except LanguageError as hint:
        pytest.skip(str(hint))
    figure = FIGURES[name][1](desk, 7.0, lang)
    if figure is None:
        pytest.skip("nothing to show in this run")
    must_be_legible(figure)
