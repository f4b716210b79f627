"""Pages that teach are followed word for word: their files saved, their commands and their Python run, in order."""

import re
import shlex
from pathlib import Path

import matplotlib
import pytest
from typer.testing import CliRunner

from sim.cli import app

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["tutorial.md", "howto/scenario.md", "howto/event.md", "howto/world.md", "howto/results.md", "howto/study.md"]
BLOCK = re.compile(r"(?:`(?P<file>[\w.]+)`:\n\n)?```(?P<kind>sh|python|yaml)\n(?P<text>.*?)```", re.DOTALL)


def told(command: str) -> None:
    """Run one command as it stands."""
    name, *arguments = shlex.split(command)
    assert name == "ytterby", f"only this project's own command is run: {command}"
    ended = CliRunner().invoke(app, arguments)
    assert ended.exit_code == 0, f"{command}\n{ended.output}"


@pytest.mark.parametrize("page", PAGES)
def test_a_newcomer_who_follows_a_page_word_for_word_gets_through(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    matplotlib.use("agg")
    names: dict[str, object] = {}
    blocks = list(BLOCK.finditer((DOCS / page).read_text(encoding="utf-8")))
    assert blocks
    for block in blocks:
        if block["kind"] == "yaml":
            Path(block["file"]).write_text(block["text"], encoding="utf-8")
        elif block["kind"] == "python":
            exec(compile(block["text"], page, "exec"), names)
        else:
            for line in block["text"].splitlines():
                told(line)


def test_the_tutorial_shows_customs_as_what_bounds_orders_in_the_stop(tmp_path, monkeypatch):
    import sim

    monkeypatch.chdir(tmp_path)
    text = (DOCS / "tutorial.md").read_text(encoding="utf-8")
    scenario = next(b["text"] for b in BLOCK.finditer(text) if b["file"] == "stop.yaml")
    Path("stop.yaml").write_text(scenario, encoding="utf-8")
    stop = sim.run("stop.yaml", replicates=2, weeks=33, records=("bound",))
    why = {day: stop.why("JPN", "dy_oxide", day).set_index("bound")["tonnes"] for day in ("2024-03-04", "2024-08-05")}
    assert why["2024-03-04"]["customs"] == 0.0
    assert why["2024-08-05"].drop("served").idxmax() == "customs"
