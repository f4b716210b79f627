"""Figures in a page: glyphs stand once, outlines are short, and nothing that is drawn moves by more than it shows."""

import re

import matplotlib.pyplot as plt
import numpy as np

from sim.report.drawing import Drawings


def drawn(title, n=400):
    figure, axis = plt.subplots()
    axis.plot(np.arange(n), np.sin(np.arange(n) / 9.0) * 1e3)
    axis.set_title(title)
    return figure


def test_a_glyph_stands_once_however_many_figures_draw_it():
    drawings = Drawings()
    pages = [drawings.inline(drawn("Dysprosium oxide")), drawings.inline(drawn("Dysprosium metal"))]
    glyphs = re.findall(r'id="([^"]+)"', drawings.glyphs)
    assert len(glyphs) == len(set(glyphs))
    assert not any("scale(0.015625)" in page for page in pages)
    asked = {name for page in pages for name in re.findall(r'href="#([^"]+)"', page)}
    given = set(glyphs) | {name for page in pages for name in re.findall(r'id="([^"]+)"', page)}
    assert asked <= given


def test_another_outline_under_the_same_name_stays_in_its_figure():
    drawings = Drawings()
    drawings.inline(drawn("a"))
    name = next(iter(drawings._glyphs))
    drawings._glyphs[name] = ' d="M0 0"'
    page = drawings.inline(drawn("a"))
    assert f'id="f2-{name}"' in page
    assert f'href="#f2-{name}"' in page
    assert f'href="#{name}"' not in page


def test_outlines_are_rounded_to_a_hundredth_of_a_point_and_nothing_else_changes():
    import io

    figure = drawn("Outlines")
    raw = io.StringIO()
    figure.savefig(raw, format="svg", metadata={"Date": None})
    page = Drawings().inline(figure)
    numbers = re.compile(r"-?\d+(?:\.\d+)?")

    def longest(text):
        return max(re.findall(r' d="([^"]*)"', text), key=lambda d: d.count("L"))

    before = np.array([float(n) for n in numbers.findall(longest(raw.getvalue()))])
    after = np.array([float(n) for n in numbers.findall(longest(page))])
    assert before.shape == after.shape
    assert np.abs(before - after).max() <= 0.005 + 1e-9
    assert len(page) < 0.6 * len(raw.getvalue())
