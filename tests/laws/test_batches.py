"""The same bytes, however replicates are grouped, spread over workers, or run again."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.faces.running import run_again
from sim.scenario.load import load
from sim.store import ResultError
from tests.laws.islands import EVENTS, WORLDS, islands, world_of

STOP = WORLDS / "stop.yaml"
WEEKS = 30
WAYS = {
    "one replicate a block": {"block": 1},
    "uneven blocks": {"block": 3},
    "two workers": {"block": 2, "workers": 2},
    "a worker a replicate": {"block": 1, "workers": 2},
}
"""Ways to run four replicates other than in one block."""


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a result but its log, which alone holds clock and host."""
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    del found["log.json"]
    return found


def arrays(result: sim.Result) -> dict[str, np.ndarray]:
    return {name: result.array(name)[0] for name in result.records}


@pytest.fixture(scope="module")
def together() -> sim.Result:
    return sim.run(STOP, replicates=4, seed=3, weeks=WEEKS, block=4)


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    return sim.run(STOP, replicates=4, seed=3, weeks=WEEKS, block=4, out=tmp_path_factory.mktemp("a") / "run").folder


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_every_record_is_the_same_however_replicates_are_grouped(way, together):
    other = arrays(sim.run(STOP, replicates=4, seed=3, weeks=WEEKS, **way))
    for name, values in arrays(together).items():
        assert other[name].tobytes() == values.tobytes(), name


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_every_file_is_the_same_however_replicates_are_grouped(way, written, tmp_path):
    other = sim.run(STOP, replicates=4, seed=3, weeks=WEEKS, out=tmp_path / "run", **way)
    assert files(other.folder) == files(written)


def test_a_run_repeated_gives_the_same_files(written, tmp_path):
    other = sim.run(STOP, replicates=4, seed=3, weeks=WEEKS, block=4, out=tmp_path / "run")
    assert files(other.folder) == files(written)


def test_a_written_run_reads_as_the_run_in_memory(written, together):
    read = arrays(sim.open_result(written))
    for name, values in arrays(together).items():
        np.testing.assert_array_equal(read[name], values, err_msg=name)


def test_a_shorter_run_is_the_beginning_of_a_longer_one(together):
    begun = arrays(sim.run(STOP, replicates=4, seed=3, weeks=WEEKS - 9))
    for name, values in arrays(together).items():
        np.testing.assert_array_equal(begun[name], values[:, : WEEKS - 9], err_msg=name)


def test_a_record_that_is_held_is_read_once_and_reads_the_same(written, tmp_path):
    folder = shutil.copytree(written, tmp_path / "copy")
    plain, held = sim.open_result(folder), sim.open_result(folder)
    held.held = 2**20
    seller = plain.axes("imports")[0][0]
    some, labels = plain.array("imports", seller=seller)
    first = held.array("imports", seller=seller)
    shutil.rmtree(folder / "series" / "imports")
    again = held.array("imports", seller=seller)
    for values, found in (first, again):
        assert found == labels
        np.testing.assert_array_equal(values, some)
    with pytest.raises(ResultError):
        plain.array("imports")


def test_a_run_again_from_its_manifest_alone_gives_the_same_files(tmp_path):
    first = sim.run("shadow_embargo_2010", "stockpile", replicates=3, seed=8, weeks=4, block=2, out=tmp_path / "first")
    second = run_again(first.folder, tmp_path / "second", 1)
    assert files(second.folder) == files(first.folder)


@pytest.fixture
def far_away(tmp_path) -> Path:
    """The manifest alone of a run of a world of one's own, whose scenario and tables are gone."""
    home = tmp_path / "home"
    shutil.copytree(WORLDS / "islands", home / "worlds" / "my_isles")
    text = STOP.read_text().replace("world: islands", f"world: {home / 'worlds' / 'my_isles'}")
    (home / "my_stop.yaml").write_text(text)
    first = sim.run(home / "my_stop.yaml", replicates=3, seed=3, weeks=6, out=home / "run")
    first.folder.rename(tmp_path / "as_it_was")
    moved = tmp_path / "moved"
    moved.mkdir()
    shutil.copy(tmp_path / "as_it_was" / "manifest.json", moved)
    shutil.rmtree(home)
    return moved


def test_a_run_of_a_world_of_ones_own_can_be_run_again_from_its_manifest_alone(far_away, tmp_path):
    again = run_again(far_away, tmp_path / "again", 2)
    assert files(again.folder) == files(tmp_path / "as_it_was")


def test_a_manifest_names_no_place_on_the_machine(far_away, tmp_path):
    assert str(tmp_path) not in (far_away / "manifest.json").read_text()


def with_manifest(folder: Path, **changed: object) -> Path:
    (folder / "sums.json").unlink(missing_ok=True)
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))
    return folder


def test_tables_that_are_not_those_of_the_run_are_refused(far_away):
    with pytest.raises(ResultError, match=r"manifest\.json: world_files: not the tables the result was made with"):
        run_again(with_manifest(far_away, world_hash="0123"), None, 1)


def test_a_shipped_world_that_has_changed_since_is_refused_with_what_to_do(tmp_path):
    first = sim.run("bayan_obo_outage", replicates=1, weeks=1, records=["price_fob"], out=tmp_path / "first")
    told = "the world 'rare_earths' has changed since .0123 then, .*run the scenario anew: ytterby run bayan_obo_outage"
    with pytest.raises(ResultError, match=told):
        run_again(with_manifest(first.folder, world_hash="0123"), tmp_path / "second", 1)
    assert not (tmp_path / "second").exists()


def test_another_seed_gives_another_world(together):
    other = sim.run(STOP, replicates=4, seed=4, weeks=WEEKS)
    assert (other.array("price_fob")[0] != together.array("price_fob")[0]).any()


def test_replicates_of_one_run_differ(together):
    prices, _ = together.array("price_fob")
    assert len({prices[r].tobytes() for r in range(4)}) == 4


def test_the_luck_of_a_replicate_does_not_hang_on_how_many_there_are(together):
    few = arrays(sim.run(STOP, replicates=2, seed=3, weeks=WEEKS))
    for name, values in arrays(together).items():
        assert few[name].tobytes() == values[:2].tobytes(), name


def test_the_luck_of_a_replicate_hangs_on_its_number_not_on_its_place():
    alone, among = world_of(load(STOP), [7], seed=3), world_of(load(STOP), [2, 7, 5], seed=3)
    for name, drawn in among.number.items():
        assert alone.number[name].tobytes() == drawn[1:2].tobytes(), name


def test_a_run_cut_short_is_the_beginning_of_a_longer_one(together):
    short = arrays(sim.run(STOP, replicates=4, seed=3, weeks=WEEKS // 2))
    for name, values in arrays(together).items():
        assert short[name].tobytes() == np.ascontiguousarray(values[:, : WEEKS // 2]).tobytes(), name


@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_more_leaves_the_luck_of_everything_else_as_it_was(kind):
    quiet, troubled = world_of(islands(), range(3)), world_of(islands([EVENTS[kind]]), range(3))
    for name, drawn in quiet.number.items():
        assert troubled.number[name].tobytes() == drawn.tobytes(), name
    for name, drawn in quiet.of_use.items():
        assert troubled.of_use[name].tobytes() == drawn.tobytes(), name
