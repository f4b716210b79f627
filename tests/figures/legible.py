"""What every figure must be: its words on the page, none on another."""

import itertools

import matplotlib.pyplot as plt


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
