"""Balanced starts kept in the user's cache: quicker, and never other than what is worked out."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import sim
from sim.mechanisms.compiled import FOLDER, cache_folder
from sim.scenario.kept import ROOMS, kept
from sim.scenario.world import network_of
from tests.laws.islands import WORLDS
from tests.laws.test_batches import files

STOP = WORLDS / "stop.yaml"


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    """A cache of one's own, with nothing kept yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "ytterby" / "kept"


def starts(cache: Path) -> list[Path]:
    return sorted(cache.glob("start-*"))


def test_the_bytes_of_a_run_are_the_same_with_a_kept_start_and_without(cache, tmp_path):
    first = sim.run(STOP, replicates=2, weeks=6, out=tmp_path / "first")
    assert len(starts(cache)) == 1
    second = sim.run(STOP, replicates=2, weeks=6, out=tmp_path / "second")
    assert files(second.folder) == files(first.folder)


def test_worker_processes_use_the_start_their_parent_kept(cache, tmp_path):
    # a cache of its own, since tests beside this one keep starts too; the compiled rules are the user's
    cache.parent.mkdir(parents=True)
    (cache.parent / FOLDER.name).symlink_to(FOLDER)
    shutil.copytree(WORLDS / "islands", tmp_path / "islands")
    with (tmp_path / "islands" / "world.yaml").open("a") as file:
        file.write(f"# {tmp_path} {time.time_ns()}\n")
    shutil.copy(STOP, tmp_path)
    home = cache_folder("kept")
    before = set(starts(home))
    sim.load(tmp_path / "stop.yaml")
    (made,) = set(starts(home)) - before
    try:
        written = made.stat().st_ino
        sim.run(tmp_path / "stop.yaml", replicates=2, weeks=2, block=1, workers=2, records=["price_fob"])
        assert made.stat().st_ino == written
        assert set(starts(home)) - before == {made}
    finally:
        made.unlink()


@pytest.mark.parametrize("damage", [lambda b: b[:-1], lambda b: b[:40] + b"x" + b[41:], lambda b: b""])
def test_a_damaged_file_is_worked_out_again(damage, cache):
    assert kept("sum", b"2 and 2", lambda: 4) == 4
    (path,) = cache.iterdir()
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert kept("sum", b"2 and 2", lambda: 4) == 4
    assert path.read_bytes() == whole


def test_a_file_under_the_name_of_another_is_not_believed(cache):
    kept("sum", b"2 and 2", lambda: 4)
    (first,) = cache.iterdir()
    kept("sum", b"3 and 3", lambda: 6)
    (second,) = set(cache.iterdir()) - {first}
    first.write_bytes(second.read_bytes())
    assert kept("sum", b"2 and 2", lambda: 4) == 4


def test_what_raises_is_not_kept(cache):
    with pytest.raises(ZeroDivisionError):
        kept("sum", b"1 over 0", lambda: 1 // 0)
    assert list(cache.iterdir()) == []


def test_a_start_is_balanced_anew_when_a_table_changes(cache, tmp_path):
    folder = tmp_path / "isles"
    folder.mkdir()
    for path in (WORLDS / "islands").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    before = network_of(folder, "2009")
    table = folder / "stocks.csv"
    table.write_text(table.read_text() + "\n")
    after = network_of(folder, "2009")
    assert len(starts(cache)) == 2
    assert after.flow_at_rest.tobytes() == before.flow_at_rest.tobytes()


def test_every_module_that_balancing_imports_is_in_a_room_whose_code_names_the_file():
    code = "import sys, sim.scenario.build; print(*[m for m in sys.modules if m.startswith('sim.')])"
    root = Path(sim.__file__).parents[1]
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=dict(os.environ), capture_output=True, text=True, check=True
    ).stdout.split()
    assert {name.split(".")[1] for name in loaded} <= set(ROOMS)
