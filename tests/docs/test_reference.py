"""The reference is what the code declares: made again, it is the same text."""

from pathlib import Path

import pytest

from sim.faces.reference import pages
from sim.metrics import METRICS
from sim.paired import PAIRED
from sim.records import RECORDS

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
MADE = pages()


@pytest.mark.parametrize("name", MADE)
def test_every_page_of_the_reference_is_what_the_code_declares(name):
    assert (FOLDER / name).read_text(encoding="utf-8") == MADE[name], "run `make reference`"


def test_no_page_of_the_reference_is_left_over():
    assert {p.name for p in FOLDER.glob("*.md")} == {*MADE, "README.md"}


def test_every_record_and_metric_has_its_row():
    for name in RECORDS:
        assert f"| `{name}` |" in MADE["records.md"]
    for name in (*METRICS, *PAIRED):
        assert f"| `{name}` |" in MADE["metrics.md"]


@pytest.mark.parametrize("name", ["events.md", "policies.md", "scenarios.md"])
def test_every_key_says_what_it_means(name):
    rows = [line for line in MADE[name].splitlines() if line.startswith("| `")]
    assert [row for row in rows if row.endswith("|  |")] == []
