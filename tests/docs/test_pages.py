"""Pages written by hand name only what there is: steps, rules, numbers, tests, pages."""

import importlib
import re
from pathlib import Path

import pytest

from sim.model import WEEK
from sim.scenario.world import read_world, shipped_folder

ROOT = Path(__file__).parents[2]
PAGES = sorted(p for p in [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"] if p.is_file())
MODEL = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
MEASURES = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")


def test_the_model_s_page_has_the_steps_of_the_week_in_order():
    assert re.findall(r"^\d+\. \*\*(.+)\*\*$", MODEL, re.MULTILINE) == [step for step, _ in WEEK]


def test_every_submodel_names_rules_that_exist():
    for heading in re.findall(r"^### .+\((`(?!sim).+)\)$", MODEL, re.MULTILINE):
        room = ""
        for name in re.findall(r"`([\w.]+)`", heading):
            room, rule = name.split(".") if "." in name else (room, name)
            assert hasattr(importlib.import_module(f"sim.mechanisms.{room}"), rule), name


def test_every_number_drawn_per_replicate_stands_in_the_model_s_page():
    drawn = read_world(shipped_folder() / "worlds" / "rare_earths").meta["parameters"]
    assert [name for name in drawn if not re.search(rf"\b{name}\b", MODEL)] == []


def test_every_measure_names_files_and_tests_that_exist():
    named = re.findall(r"`((?:tests|sim)/[\w/.]+)(?:::(\w+))?`", MEASURES)
    assert len(named) > 30
    for path, test in named:
        assert (ROOT / path).exists(), path
        assert f"def {test}(" in (ROOT / path).read_text(encoding="utf-8") if test else True, test


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [x for x in links if "://" not in x and not (page.parent / x).exists()] == []
