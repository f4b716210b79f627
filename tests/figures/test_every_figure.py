"""Every figure draws at two widths, and its words do not lie on one another."""

import itertools
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pytest

import sim
from sim.figures import FIGURES

matplotlib.use("Agg")
STOP = Path(__file__).parents[1] / "worlds" / "stop.yaml"


@pytest.fixture(scope="module", params=[STOP, "licence_desk_2025", "shadow_embargo_2010"], ids=["islands", "desk", "stop"])
def result(request):
    return sim.run(request.param, replicates=3, weeks=100)


@pytest.mark.parametrize("width", [7.0, 14.3])
@pytest.mark.parametrize("name", FIGURES)
def test_titles_and_notes_do_not_overlap_and_stay_on_the_page(result, name, width):
    figure = FIGURES[name][1](result, width)
    if figure is None:
        pytest.skip("nothing to show in this run")
    figure.canvas.draw()
    page = figure.bbox
    texts = [t for t in figure.texts if t.get_text().strip()]
    texts += [a.title for a in figure.axes if a.get_visible() and a.title.get_text().strip()]
    boxes = [(t.get_text()[:30], t.get_window_extent()) for t in texts]
    plt.close(figure)
    for text, box in boxes:
        assert box.x0 >= page.x0 - 1, text
        assert box.x1 <= page.x1 + 1, text
        assert box.y1 <= page.y1 + 1, text
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        apart = a.x1 <= b.x0 + 1 or b.x1 <= a.x0 + 1 or a.y1 <= b.y0 + 1 or b.y1 <= a.y0 + 1
        assert apart, (one, other)
