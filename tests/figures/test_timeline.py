"""Marks of events: those asked about always, those of the background where a panel has room."""

from datetime import date, timedelta
from itertools import pairwise

import matplotlib
import pytest

from sim.figures.style import page
from sim.figures.timeline import APART, HAIR, mark_events
from sim.result import Result

matplotlib.use("Agg")
WEEKS = 312
BEHIND = ("2009-01-01", "2009-01-05", "2009-07-01", "2009-10-01", "2010-01-01", "2010-06-01", "2010-10-18", "2011-01-01", "2011-06-01", "2011-09-01")


def made():
    """Six years with a stop of five weeks and ten events of the background, as around the stop of 2010."""

    def event(n, start, end, background):
        return {"kind": "plant_outage", "name": f"e{n}", "start": start, "end": end, "background": background, "selection": {}}

    events = [event(0, "2010-09-21", "2010-10-28", False), *(event(n + 1, day, None, True) for n, day in enumerate(BEHIND))]
    return Result({"start": "2009-01-05", "weeks": WEEKS, "records": [], "scenario": {"events": events}}, {}, {})


def marked(columns):
    figure, axes = page(1, columns, "Title", "Source")
    axis = axes[0, 0]
    result = made()
    mark_events(axis, result)
    axis.set_xlim(result.dates[0], result.dates[-1])
    figure.canvas.draw()
    return figure, axis


@pytest.mark.parametrize("columns", [1, 2, 4])
def test_letters_of_the_background_stand_apart(columns):
    figure, axis = marked(columns)
    behind = sorted((t.get_window_extent() for t in axis.texts if t.get_text() != "a"), key=lambda b: b.x0)
    gaps = [(b.x0 - a.x1) / figure.dpi for a, b in pairwise(behind)]
    assert gaps
    assert min(gaps) > APART


def test_a_wide_panel_marks_all_events_and_a_small_one_those_it_has_room_for():
    wide, small = ([t.get_text() for t in marked(n)[1].texts] for n in (1, 4))
    assert " ".join(wide) == "a b c d e f g h i j k"
    assert "a" in small
    assert 1 < len(small) < 6
    assert set(small) <= set(wide)


def test_a_line_of_the_background_stands_only_under_a_letter():
    axis = marked(4)[1]
    dotted = [x for x in axis.lines if x.get_linestyle() == ":"]
    assert len(dotted) == len([t for t in axis.texts if t.get_text() not in ("a", "b c")])


def test_the_time_of_an_event_that_is_thin_in_a_panel_is_shaded_darker():
    days = (date(2010, 10, 28) - date(2010, 9, 21)) / timedelta(days=7 * (WEEKS - 1))
    shades = {}
    for columns in (1, 4):
        _figure, axis = marked(columns)
        wide = days * axis.get_position().width * axis.get_figure().get_figwidth()
        shades[wide < HAIR] = axis.patches[0].get_alpha()
    assert shades[True] > 2 * shades[False]
