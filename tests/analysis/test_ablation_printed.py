"""The printed ablation: few measures, whole words, within the terminal."""

import io

import pandas as pd
import pytest
from rich.console import Console

from sim.faces.tabling import print_ablation

MEASURES = {"peak dy_oxide": 3.0, "peak sm_oxide": 9.0, "lowest month JPN": 0.4, "missing t": 14_574.0, "leaked t": 102_044.0, "highest rent": 49.0}
OFF = ["shadow_embargo", "crackdown_illegal_2011", "withholding"]


def table(low=1.1, high=0.9):
    rows = [{"without": "nothing", "measure": m, "median": v, "difference": 0.0, "low": 0.0, "high": 0.0, "changed": 0.0} for m, v in MEASURES.items()]
    for what in OFF:
        for m, v in MEASURES.items():
            changed = float(what != "withholding")
            change = -v / 2 * changed
            rows.append({"without": what, "measure": m, "median": v, "difference": change, "low": low * change, "high": high * change, "changed": changed})
    return pd.DataFrame(rows)


def printed(frame, width):
    text = io.StringIO()
    print_ablation(frame, Console(width=width, file=text))
    return text.getvalue()


@pytest.mark.parametrize(("width", "shown"), [(80, 3), (101, 3), (102, 4), (160, 4)])
def test_an_ablation_is_printed_whole_within_the_terminal(width, shown):
    text = printed(table(), width)
    assert max(map(len, text.splitlines())) <= width
    for whole in ("shadow embargo", "crackdown illegal 2011", "-4.50", "(-4.95 to -4.05)", "-7,287", "(-8,016 to -6,558)", "14,574"):
        assert whole in text
    assert ("(-56,124 to -45,920)" in text) == (shown == 4)
    assert "dy_oxide" not in text


def test_what_changes_nothing_stands_in_a_line():
    assert "change none of these: withholding\n" in printed(table(), 100)


def test_one_replicate_has_no_interval():
    text = printed(table(float("nan"), float("nan")), 100)
    assert "nan" not in text
    assert "one replicate has no interval" in text
