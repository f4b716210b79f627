"""The command from outside: it answers, refuses with one line and code 2, and leaves nothing half-written."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.faces.showing import world_folder
from sim.model import WEEK
from sim.scenario.load import load, parse, shipped_names
from sim.scenario.world import files_of

WORLDS = Path(__file__).parents[1] / "worlds"
STOP = str(WORLDS / "stop.yaml")
SHORT = ["run", STOP, "--replicates", "1", "--weeks", "2"]


def did(*arguments: object) -> str:
    """Output of a command that succeeds."""
    ended = CliRunner().invoke(app, [str(a) for a in arguments])
    assert ended.exit_code == 0, ended.output
    return ended.stdout


def refused(*arguments: object) -> str:
    """The one line of a command that refuses; a traceback fails the test."""
    ended = CliRunner().invoke(app, [str(a) for a in arguments])
    if not isinstance(ended.exception, (SystemExit, type(None))):
        raise ended.exception
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert ended.stderr.startswith("error: ")
    assert ended.stderr.count("\n") == 1
    return ended.stderr


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """A short run of the islands on disk."""
    folder = tmp_path_factory.mktemp("results") / "run"
    did(*SHORT, "--out", folder)
    return folder


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--replicates", "0"], "replicates is 0; write 1 or more"),
        (["--replicates", "99999999"], "replicates is 99999999; write 10000 or less: that many know a share of worlds"),
        (["--weeks", "0"], "weeks is 0; write 1 or more"),
        (["--weeks", "9999"], "weeks is 9999; write 2600 or less"),
        (["--seed", "-1"], "seed is -1; write 0 or more"),
        (["--seed", "9" * 23], f"seed is {'9' * 23}; write 9223372036854775807 or less"),
        (["--workers", "0"], "workers is 0; write 1 or more"),
        (["--policy", "stockpil"], "policy: 'stockpil' is not known; did you mean 'stockpile'?"),
        (["--policy", "zigzag"], "policy: 'zigzag' is not known; write one of none, stockpile"),
        (["--policy", "stockpile,zigzag"], "policy: 'zigzag' is not known; write one of none, stockpile"),
        (["--policy", "stockpile", "--policy", "stockpile"], "portfolio holds two policies named 'stockpile'; give each"),
        (["--policy", "stockpile,"], "--policy holds an empty name; write one of `ytterby list policies`"),
        (["--policy", "offtake_finance"], "policy: offtake_finance: it needs plant; give it in a scenario file"),
        (["--records", "price_fb"], "'price_fb' is no record; see `ytterby list records`"),
        (["--records", ","], "no records given; write full, study, or some of"),
        (["--again", "somewhere"], "--again runs a result as it was; leave out SCENARIO"),
    ],
)
def test_run_refuses_and_writes_nothing(tmp_path, more, says):
    assert says in refused(*SHORT, *more, "--out", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_run_refuses_a_place_that_cannot_take_a_result(tmp_path):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "kept.txt").write_text("mine")
    before = sorted(p for p in tmp_path.rglob("*"))
    assert "is a file; give a folder" in refused(*SHORT, "--out", tmp_path / "file")
    assert "holds other things; give a new folder" in refused(*SHORT, "--out", tmp_path / "other")
    assert "cannot be written" in refused(*SHORT, "--out", tmp_path / "file" / "under")
    assert "cannot be written" in refused(*SHORT, "--out", "/proc/no/result")
    assert sorted(p for p in tmp_path.rglob("*")) == before
    assert "no scenario given" in refused("run")


def test_what_is_no_result_is_refused(tmp_path, result):
    (tmp_path / "file").write_text("mine")
    other = tmp_path / "other"
    shutil.copytree(result, other)
    manifest = json.loads((other / "manifest.json").read_text())
    (other / "manifest.json").write_text(json.dumps({**manifest, "format": 99}))
    for command in (["plot", other], ["diff", result, other], ["run", "--again", other]):
        assert "format 99, this version reads 3; run its scenario anew" in refused(*command)
    (other / "manifest.json").write_text("{bad")
    assert "not readable as JSON" in refused("plot", other)
    for content in ("{bad", "[1]"):
        (other / "manifest.json").write_text(content)
        for command in ("report", "compare"):
            assert f"{other / 'manifest.json'}: is damaged; run the study or the scenario again" in refused(command, other)
    for place in (tmp_path, tmp_path / "file", tmp_path / "none"):
        assert "no result there" in refused("plot", place)
        assert "no result there" in refused("run", "--again", place)
    assert "is a result, no scenario; give a .yaml file" in refused("check", result)
    assert "give two scenarios or two results" in refused("diff", STOP, result)


def test_plot_leaves_nothing_half_drawn(tmp_path, result):
    broken = tmp_path / "broken"
    shutil.copytree(result, broken)
    shutil.rmtree(broken / "series")
    told = refused("plot", broken)
    assert told.startswith(f"error: {broken / 'series'}/")
    assert ".parquet: the file is missing" in told
    assert f"make the result anew with ytterby run --again {broken}" in told
    assert not (broken / "figures").exists()
    (tmp_path / "file").write_text("mine")
    assert "is a file; give a folder" in refused("plot", result, "--out", tmp_path / "file")
    told = refused("plot", result, "--lang", "fr", "--out", tmp_path / "figures")
    assert "language 'fr' is not there; write one of en, ja, zh-Hant" in told
    assert not (tmp_path / "figures").exists()


@pytest.mark.parametrize(
    "damage",
    [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b[:200] + bytes(x ^ 255 for x in b[200:210]) + b[210:]],
    ids=["cut short", "empty", "bytes flipped"],
)
def test_plot_names_the_damaged_file_and_the_remedy(tmp_path, result, damage):
    broken = tmp_path / "broken"
    shutil.copytree(result, broken)
    (path,) = (broken / "series" / "unmet_demand").iterdir()
    path.write_bytes(damage(path.read_bytes()))
    told = refused("plot", broken)
    assert told.startswith(f"error: {path}: cannot be read (")
    assert told.endswith(f"); make the result anew with ytterby run --again {broken}\n")
    assert not (broken / "figures").exists()


def test_a_damaged_table_of_runs_is_named_and_the_result_can_be_made_anew(tmp_path, result):
    broken = tmp_path / "broken"
    shutil.copytree(result, broken)
    whole = (broken / "runs.parquet").read_bytes()
    for damaged in (whole[:500], whole[:200] + bytes(x ^ 255 for x in whole[200:210]) + whole[210:]):
        (broken / "runs.parquet").write_bytes(damaged)
        for command in (["plot", broken], ["diff", result, broken], ["dependence", broken]):
            told = refused(*command)
            assert told.startswith(f"error: {broken / 'runs.parquet'}: cannot be read (")
            assert told.endswith(f"); make the result anew with ytterby run --again {broken}\n")
    did("run", "--again", broken, "--out", tmp_path / "anew")
    assert (tmp_path / "anew" / "runs.parquet").read_bytes() == whole
    (broken / "sums.json").write_text("[1]")
    assert f"{broken / 'sums.json'}: cannot be read" in refused("plot", broken)
    (broken / "sums.json").unlink()
    assert sim.open_result(broken).records, "a result made before there were sums"


@pytest.mark.parametrize(
    "damage",
    [
        lambda m: {**m, "seed": m["seed"] + 1},
        lambda m: {**m, "scenario": {**m["scenario"], "weeks": 999}},
        lambda m: {k: v for k, v in m.items() if k != "effects"},
        lambda m: {**m, "hs": dict(list(m["hs"].items())[:1])},
    ],
    ids=["a number edited", "the scenario edited", "a key lost", "a part lost"],
)
def test_a_manifest_that_is_not_as_it_was_written_is_found_by_its_sum(tmp_path, result, damage):
    broken = tmp_path / "broken"
    shutil.copytree(result, broken)
    whole = (broken / "manifest.json").read_text()
    (broken / "manifest.json").write_text(json.dumps(damage(json.loads(whole)), indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    for command in (["plot", broken], ["report", broken], ["diff", result, broken], ["run", "--again", broken]):
        told = refused(*command)
        assert told.startswith(f"error: {broken / 'manifest.json'}: cannot be read ("), command
        assert told.endswith("); put the one back that the run wrote, or run the scenario again\n")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["broken"]
    (broken / "manifest.json").write_text(whole)
    assert sim.open_result(broken).metrics().equals(sim.open_result(result).metrics())
    sums = json.loads((broken / "sums.json").read_text())
    (broken / "sums.json").write_text(json.dumps({k: v for k, v in sums.items() if k != "manifest.json"}))
    (broken / "manifest.json").write_text(json.dumps(damage(json.loads(whole))))
    assert sim.open_result(broken).records, "a result made before the manifest had a sum"


def test_a_folder_takes_the_same_run_again_and_no_other_unless_told_to(tmp_path):
    out, file = tmp_path / "out", tmp_path / "stop.yaml"
    shutil.copytree(WORLDS / "islands", tmp_path / "islands")
    file.write_text(Path(STOP).read_text())
    run = ["run", file, "--replicates", "1", "--weeks", "2", "--records", "price_fob", "--out", out]
    did(*run)
    manifest = (out / "manifest.json").read_text()
    (out / "manifest.json").write_text(manifest.replace(json.loads(manifest)["code_hash"], "0123"))
    did(*run)
    assert (out / "manifest.json").read_text() == manifest, "the same run, made by other code"
    for more, told in (
        (["--seed", "1"], "seed 0, not 1"),
        (["--replicates", "2"], "replicates 1, not 2"),
        (["--weeks", "3"], "weeks 2, not 3"),
        (["--policy", "firm_reserves"], "policy none, not firm_reserves"),
        (["--records", "price_fob,rent"], "other records"),
    ):
        said = refused(*run, *more)
        assert f"error: {out}: holds the result of another run ({told}); give another folder, or replace it with --overwrite" in said
    file.write_text(Path(STOP).read_text().replace("clears: 0.1", "clears: 0.2"))
    assert "another run (other scenario)" in refused(*run)
    assert (out / "manifest.json").read_text() == manifest
    assert sorted(p.name for p in tmp_path.iterdir()) == ["islands", "out", "stop.yaml"]
    did(*run, "--seed", "1", "--overwrite")
    assert json.loads((out / "manifest.json").read_text())["seed"] == 1
    (out / "manifest.json").write_text(json.dumps({"study": "race"}))
    assert "holds the result of a study; give another folder" in refused(*run, "--overwrite")


def test_every_file_is_checked_and_each_gives_its_first_fault(tmp_path):
    shutil.copytree(WORLDS / "islands", tmp_path / "islands")
    text = Path(STOP).read_text()
    (tmp_path / "a.yaml").write_text(text.replace("weeks: 156", "weeks: 0"))
    (tmp_path / "b.yaml").write_text(text)
    (tmp_path / "c.yaml").write_text(text.replace("2009\n", "2010\n", 1))
    ended = CliRunner().invoke(app, ["check", *(str(tmp_path / f"{name}.yaml") for name in "abc"), "nosuch"])
    assert ended.exit_code == 2
    first, second, third = ended.stderr.splitlines()
    assert first.startswith(f"error: {tmp_path / 'a.yaml'}:4: weeks: 0 is out of range")
    assert second.startswith(f"error: {tmp_path / 'c.yaml'}:3: start: start '2010' is not there")
    assert third.startswith("error: nosuch: no such file")
    assert ended.stdout.startswith(f"{tmp_path / 'b.yaml'}: ok;")


def test_an_end_from_outside_leaves_nothing_half_written(tmp_path):
    arguments = ["ytterby", *SHORT[:2], "--replicates", "5000", "--out", str(tmp_path / "out")]
    code = f"import sys; sys.argv = {arguments!r}; from sim.cli import main; main()"
    running = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    for _ in range(600):
        if (tmp_path / ".out.part").is_dir() or running.poll() is not None:
            break
        time.sleep(0.1)
    running.terminate()
    _, told = running.communicate(timeout=60)
    assert (running.returncode, told) == (143, "interrupted; nothing was written\n")
    assert list(tmp_path.iterdir()) == []


def test_an_end_that_falls_into_an_import_is_not_lost(tmp_path):
    """A signal amid an import waits until it is over: what is raised in the import's own callbacks Python would swallow."""
    (tmp_path / "slow.py").write_text("import os, signal, time\nos.kill(os.getpid(), signal.SIGTERM)\ntime.sleep(0.3)\n")
    code = (
        "import signal, sys, time; from sim import cli; signal.signal(signal.SIGTERM, cli._terminated)\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\ntry:\n    import slow\n    print('imported', flush=True)\n    time.sleep(5)\n"
        "except cli.Terminated:\n    signal.setitimer(signal.ITIMER_REAL, 0.0)\n    print('ended')"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout.split() == ["imported", "ended"]


def test_plot_of_records_that_no_figure_is_made_of_says_which_to_keep(tmp_path):
    did(*SHORT, "--records", "rent", "--out", tmp_path / "run")
    told = refused("plot", tmp_path / "run")
    assert "no figure can be drawn from the records it keeps (rent); run it with --records full" in told
    assert "such as requirement,saved,unmet_demand,priced_out" in told
    assert not (tmp_path / "run" / "figures").exists()


def test_a_place_that_cannot_be_written_is_named_as_it_was_given(tmp_path, result):
    (tmp_path / "ok.yaml").write_text("mine")
    under = tmp_path / "ok.yaml" / "x"
    nothing = "cannot be written (nothing can be made there); give a place in a folder you may write to\n"
    assert refused("plot", result, "--out", "/proc/x") == f"error: /proc/x: {nothing}"
    assert refused("new", "world", "/proc/w") == f"error: /proc/w: {nothing}"
    assert refused("new", "scenario", "/proc/x.yaml") == f"error: /proc/x.yaml: {nothing}"
    for command in (["new", "world", under], ["plot", result, "--out", under], [*SHORT, "--out", under]):
        assert f"error: {under}: cannot be written ({tmp_path / 'ok.yaml'} is a file); give a place in a folder" in refused(*command)
    assert f"error: {under}.yaml: cannot be written ({tmp_path / 'ok.yaml'} is a file)" in refused("new", "scenario", f"{under}.yaml")
    assert "an event ends in .py; name it so" in refused("new", "event", tmp_path / "n" / "two.yaml")
    assert [p.name for p in tmp_path.iterdir()] == ["ok.yaml"]


def test_a_run_without_events_tells_of_the_whole_of_it(tmp_path):
    told = did("run", WORLDS / "rest.yaml", "--replicates", "1", "--weeks", "4", "--out", tmp_path / "run")
    assert "(over the whole run; " in told
    assert "over the mean of the first year" in told
    assert "first event" not in told


def test_a_difference_of_results_is_told_as_yaml_under_its_key(tmp_path, result):
    shutil.copytree(WORLDS / "islands", tmp_path / "islands")
    text = Path(STOP).read_text().replace("title: North stops East", "title: 北が止める")
    (tmp_path / "stop.yaml").write_text(text.replace("clears: 0.1", "clears: 0.3").replace("kind: shadow", "name: shadow_embargo\n    kind: shadow"))
    did("run", tmp_path / "stop.yaml", "--replicates", "1", "--weeks", "2", "--out", tmp_path / "run")
    for told in (did("diff", result, tmp_path / "run"), did("diff", STOP, tmp_path / "stop.yaml")):
        assert "@@ title @@\n" in told
        assert "-title: North stops East\n+title: 北が止める\n" in told
        assert "@@ events[0].clears." in told
        assert "-    low: 0.1\n" in told
        assert "+    low: 0.3\n" in told


def test_a_result_runs_again_and_differs_in_nothing(tmp_path, result):
    did("run", "--again", result, "--out", tmp_path / "again")
    assert "no metric differs" in did("diff", result, tmp_path / "again")
    assert "give another --out" in refused("run", "--again", result, "--out", result)


def test_results_of_the_largest_seed_are_told_apart(tmp_path):
    for name, seed in (("a", 2**63 - 1), ("b", 2**63 - 2)):
        did(*SHORT, "--seed", seed, "--out", tmp_path / name)
    assert "no difference" in did("diff", tmp_path / "a", tmp_path / "a")
    assert "+seed: '9223372036854775806'" in did("diff", tmp_path / "a", tmp_path / "b")


@pytest.mark.parametrize("what", ["events", "policies", "records", "scenarios", "metrics"])
def test_every_list_has_meanings(what):
    lines = did("list", what).splitlines()
    assert lines
    assert all(len(line.split(maxsplit=1)) == 2 for line in lines)


def test_list_and_new_refuse_what_they_do_not_know(tmp_path):
    assert "write events, policies, records, scenarios, studies or metrics" in refused("list", "event")
    assert "write scenario, event, world or part" in refused("new", "scenari", tmp_path / "x.yaml")
    assert "ends in .yaml; name it so" in refused("new", "scenario", tmp_path / "x.txt")
    assert "is there already; give a new name" in refused("new", "world", tmp_path)
    assert "a folder you may write to" in refused("new", "world", "/proc/w")
    assert "a folder you may write to" in refused("new", "scenario", "/proc/x.yaml")
    assert "no world there; give a folder with world.yaml or one of rare_earths" in refused("check", "--world", "")
    assert list(tmp_path.iterdir()) == []


def test_a_world_without_a_name_is_the_shipped_one():
    told = did("check", "--world")
    assert told.startswith("Rare earths and permanent magnets: ")
    assert "tonnage of demand: " in told
    both = did("check", STOP, "--world")
    assert both.startswith(told)
    assert ": ok;" in both


def test_schema_is_json_schema_and_knows_the_keys():
    schema = json.loads(did("schema"))
    assert schema["type"] == "object"
    assert {"title", "world", "start", "weeks", "events", "policy"} <= set(schema["properties"])


def test_a_new_scenario_and_a_new_event_pass(tmp_path):
    did("new", "scenario", tmp_path / "f.yaml")
    assert ": ok;" in did("check", tmp_path / "f.yaml")
    did("new", "event", tmp_path / "port_strike.py")
    space: dict[str, object] = {"__name__": "port_strike"}
    exec(compile((tmp_path / "port_strike.py").read_text(), "port_strike.py", "exec"), space)
    kind = space["PortStrike"]
    assert "20 %" in kind(name="strike", start="2009-03-02", clears=0.2).effect()  # type: ignore[operator]


def test_a_new_world_is_small_passes_and_runs_eight_weeks(tmp_path):
    did("new", "world", tmp_path / "d")
    assert "start 2024: 12 sites, 21 stock points, 20 lanes" in did("check", "--world", tmp_path / "d")
    assert ": ok; 1 event," in did("check", tmp_path / "d" / "scenario.yaml")
    did("run", tmp_path / "d" / "scenario.yaml", "--weeks", "8", "--replicates", "1", "--out", tmp_path / "run")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["d", "run"]


def test_a_new_world_from_another_is_a_whole_copy(tmp_path):
    did("new", "world", tmp_path / "d", "--from", "rare_earths")
    told = did("check", "--world", tmp_path / "d")
    assert "every source known" in told
    assert "start 2009" in told
    assert "start 2024" in told
    assert files_of(tmp_path / "d") == files_of(world_folder("rare_earths"))
    assert [p.name for p in tmp_path.iterdir()] == ["d"]


def test_a_copy_of_what_is_no_world_is_refused(tmp_path):
    assert "no world there; give a folder" in refused("new", "world", tmp_path / "d", "--from", tmp_path)
    assert "leave it out for a new event" in refused("new", "event", tmp_path / "e.py", "--from", "rare_earths")
    assert list(tmp_path.iterdir()) == []


def test_a_resolved_scenario_is_the_same_scenario(tmp_path):
    for name in ("stop", "rest"):
        (tmp_path / f"{name}.yaml").write_text(did("resolve", WORLDS / f"{name}.yaml"))
        shutil.copytree(WORLDS / "islands", tmp_path / "islands", dirs_exist_ok=True)
        assert ": ok;" in did("check", tmp_path / f"{name}.yaml")
        assert did("resolve", tmp_path / f"{name}.yaml") == (tmp_path / f"{name}.yaml").read_text()
    assert "no difference" in did("diff", WORLDS / "stop.yaml", tmp_path / "stop.yaml")
    told = did("diff", WORLDS / "stop.yaml", WORLDS / "rest.yaml")
    assert "-title: North stops East" in told
    assert "+title: The islands at rest" in told


@pytest.mark.parametrize("name", shipped_names())
def test_a_shipped_scenario_resolves_to_itself(name):
    text = load(name, check=False).text()
    assert parse(text, None, name).text() == text


def test_a_resolved_selection_spells_out_only_what_narrows():
    told = did("resolve", STOP)
    assert "    buyer_country:\n" in told
    assert "hs: []" not in told


def test_explain_prints_dates_and_the_steps_of_a_week():
    told = did("explain", STOP)
    assert "2009-01-05 to 2009-06-01: nothing beside the world" in told
    assert "2009-06-01 to 2009-09-01: shadow_embargo" in told
    assert all(f"{n}. {name}" in told for n, (name, _) in enumerate(WEEK, 1))


def test_explain_gives_ranges_notes_full_names_and_sources_by_title():
    told = did("explain", "lynas_licence_loss")
    assert "uncertain: lost 0.7 (0.4 to 1): share of what it ran that stops, 0 to 1" in told
    assert "source: Malaysian operating licence of Lynas" in told
    assert "\nTo bear in mind:\n  A question, not a record." in told
    assert "\n  JPN: Japan\n" in told
    assert "\n  lamp: Lynas, Gebeng\n" in told
    assert "\n  lynas_reports: Lynas annual reports and announcements" in told


def loaded_by(*arguments: str) -> set[str]:
    """Modules a fresh interpreter has imported at the end."""
    ended = subprocess.run([sys.executable, "-X", "importtime", *arguments], capture_output=True, text=True, check=True)
    return {line.rsplit("|", 1)[1].strip() for line in ended.stderr.splitlines() if "|" in line}


def test_import_is_light_and_quick():
    code = "import time; t = time.perf_counter(); import sim; print(time.perf_counter() - t)"
    took = [float(subprocess.check_output([sys.executable, "-c", code], text=True)) for _ in range(3)]
    assert min(took) < 0.1
    assert not {"numba", "pandas", "matplotlib", "pydantic", "numpy"} & loaded_by("-c", "import sim")


def test_help_is_light():
    loaded = loaded_by("-c", "import sys; sys.argv = ['ytterby', '--help']; from sim.cli import main; main()")
    assert "typer" in loaded
    assert not {"numba", "mesa", "pandas", "matplotlib"} & loaded


def test_the_entry_point_ends_with_code_two_and_one_line(tmp_path):
    code = "import sys; sys.argv = ['ytterby', 'check', 'none.yaml']; from sim.cli import main; main()"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("error: none.yaml: no such file")
