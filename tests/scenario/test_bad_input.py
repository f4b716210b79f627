"""Attacks on scenario files: whatever is wrong, one line says the file, the line, the key and what to write instead."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app

WORLDS = Path(__file__).parents[1] / "worlds"
HEAD = "title: x\nworld: islands\nstart: 2009\nweeks: 60\n"
EMBARGO = """\
  - kind: shadow_embargo
    start: 2009-03-02
    end: 2009-05-04
    selection: {seller_country: CHN, buyer_country: JPN}
    clears: 0.2
"""
GOOD = HEAD + "events:\n" + EMBARGO
PERIODS = """\
events:
  - kind: export_quota
    start: 2009-01-05
    periods:
      - {start: 2009-01-05, end: 2009-07-06, tonnes: 10}
      - {start: 2009-07-06, end: 2009-12-07, tonnes: 20}
"""
QUOTA = HEAD + PERIODS


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A folder with a world of its own, so that a fault cannot come from elsewhere."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(WORLDS / "islands", folder / "islands")
    return folder


def checked(folder: Path, content: str | bytes) -> tuple[int, str]:
    """Exit code and message of ``ytterby check``; a traceback fails the test."""
    file = folder / "case.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    ended = CliRunner().invoke(app, ["check", str(file)])
    if not isinstance(ended.exception, (SystemExit, type(None))):
        raise ended.exception
    return ended.exit_code, ended.stderr.replace(f"{folder}/", "")


def one_fault(folder: Path, content: str | bytes, says: str) -> None:
    code, told = checked(folder, content)
    assert code == 2
    assert told.startswith("error: ")
    assert told.count("\n") == 1
    assert says in told


KEYS = [
    ("title: x", "titel: x", "case.yaml:1: titel: unknown key; did you mean 'title'?"),
    ("title: x", "title: x\n5: y", "case.yaml:2: 5: unknown key; write one of title"),
    (
        "buyer_country",
        "byer_country",
        "case.yaml:9: events[0].selection.byer_country: unknown key; did you mean 'buyer",
    ),
    ("0.2", "{low: 0.1, mod: 0.2, high: 1}", "case.yaml:10: events[0].clears.mod: unknown key; did you mean 'mode'?"),
    (
        "title: x",
        "policy: {kind: stockpile, contry: JPN}\ntitle: x",
        "case.yaml:1: policy.contry: unknown key; did you",
    ),
    ("title: x", "parameters: {panik: 1}\ntitle: x", "parameters.panik: no such parameter; did you mean 'panic'?"),
    ("clears: 0.2", "clears: 0.2\n    rate: 1", "case.yaml:11: events[0].rate: unknown key; write one of kind, name, labels"),
    ("clears: 0.2", "clears: 0.2\n    announced: 1", "case.yaml:11: events[0].announced: unknown key; write one of kind, name"),
    ("clears: 0.2", "Clears: 0.2", "case.yaml:10: events[0].Clears: unknown key; did you mean 'clears'?"),
    ("weeks: 60\n", "", "weeks: missing; write weeks: weeks to run"),
    ("    clears: 0.2\n", "", "case.yaml:6: events[0].clears: missing; write clears: share of the cargo"),
    ("kind: shadow_embargo\n    start", "start", "case.yaml:6: events[0]: no kind; write kind: and one of"),
    ("title: x", "policy: {country: JPN}\ntitle: x", "policy: no kind; write kind: and one of `ytterby list policies`"),
]
TYPES = [
    ("title: x", "title: [x]", "case.yaml:1: title: ['x'] is no text; write"),
    ("weeks: 60", "weeks: many", "case.yaml:4: weeks: 'many' is no whole number; write"),
    ("weeks: 60", "weeks: 60.5", "case.yaml:4: weeks: 60.5 is no whole number; write"),
    ("weeks: 60", "weeks: true", "case.yaml:4: weeks: true is no whole number; write"),
    ("weeks: 60", "weeks:", "case.yaml:4: weeks: nothing is no whole number; write"),
    ("events:\n" + EMBARGO, "events: none\n", "case.yaml:5: events: 'none' is no list; write"),
    ("events:\n" + EMBARGO, "events: [stop]\n", "case.yaml:5: events[0]: 'stop' holds no keys; write"),
    ("clears: 0.2", "clears: '0.2'", "events[0].clears: '0.2' is no number; write a number or {low: , mode: , high: }"),
    ("clears: 0.2", "clears: true", "events[0].clears: true is no number; write a number or"),
    ("0.2", "{low: a, mode: 1, high: 1}", "case.yaml:10: events[0].clears.low: 'a' is no number; write"),
    (
        "0.2",
        "0.2\n    background: maybe",
        "case.yaml:11: events[0].background: 'maybe' is neither true nor false; write",
    ),
    (
        "{seller_country: CHN, buyer_country: JPN}",
        "CHN",
        "case.yaml:9: events[0].selection: 'CHN' holds no keys; write",
    ),
    ("JPN", "{a: b}", "case.yaml:9: events[0].selection.buyer_country: {'a': 'b'} is no list; write"),
    ("JPN", "[JPN, 5]", "events[0].selection.buyer_country[1]: 5 is no text; write"),
    ("2009-03-02", "2009-02-31", "case.yaml:7: events[0].start: '2009-02-31' is no date; write YYYY-MM-DD"),
    ("2009-03-02", "March", "case.yaml:7: events[0].start: 'March' is no date; write YYYY-MM-DD"),
    ("2009-03-02", "2009-03-02T10:00:00", "case.yaml:7: events[0].start: 2009-03-02"),
]
RANGES = [
    ("weeks: 60", "weeks: 0", "case.yaml:4: weeks: 0 is out of range; write 1 or more"),
    ("weeks: 60", "weeks: 99999", "case.yaml:4: weeks: 99999 is out of range; write 2600 or less"),
    ("clears: 0.2", "clears: -1", "case.yaml:10: events[0].clears: clears is -1; write a value from 0 to 1"),
    ("clears: 0.2", "clears: .nan", "case.yaml:10: events[0].clears: nan is no finite number; write a number"),
    ("clears: 0.2", "clears: {low: 0, mode: 0, high: .inf}", "events[0].clears.high: inf is no finite number; write"),
    (
        "clears: 0.2",
        "clears: {low: 0.5, mode: 0.2, high: 0.6}",
        "case.yaml:10: events[0].clears.low: low 0.5, mode 0.2",
    ),
    ("0.2", "0.2\n    ramp_weeks: -1", "case.yaml:11: events[0].ramp_weeks: -1 is out of range; write 0 or more"),
    (
        "0.2",
        "0.2\n    intensity: 2",
        "case.yaml:11: events[0].intensity: intensity is 2; write a value from 0 to 1",
    ),
    ("title: x", "title: x\nparameters: {panic: -5}", "case.yaml:2: parameters.panic: -5 is out of range; write 0 to 1000: rise of wished"),
    (
        "title: x",
        "policy: {kind: stockpile, trigger: 3}\ntitle: x",
        "policy.trigger: 3 is out of range; write 1 or less",
    ),
    ("title: x", "policy: {portfolio: []}\ntitle: x", "case.yaml:1: policy.portfolio: [] is empty; write at least one"),
]
NAMES = [
    ("JPN", "JPM", "case.yaml:9: events[0].selection.buyer_country: 'JPM' is no buyer country of this world; did you"),
    ("JPN", "jpn", "'jpn' is no buyer country of this world; did you mean 'JPN'?"),
    ("buyer_country: JPN", "end_use: cars", "'cars' is no end use of this world; did you mean 'car'?"),
    ("buyer_country: JPN", "site: north_hil", "'north_hil' is no site of this world; did you mean 'north_hill'?"),
    ("buyer_country: JPN", "stage: oxides", "'oxides' is no stage of this world; did you mean 'oxide'?"),
    ("buyer_country: JPN", "kind: miner", "'miner' is no kind of this world; did you mean 'mine'?"),
    ("buyer_country: JPN", "product: 'zz*'", "case.yaml:9: events[0].selection: matches no cargo"),
    ("buyer_country: JPN", "hs: []", "case.yaml:9: events[0].selection.hs: is empty; name at least one, or leave hs out"),
    ("buyer_country: JPN", "hs: ''", "case.yaml:9: events[0].selection.hs: is empty; name at least one, or leave hs out"),
    ("buyer_country: JPN", "site: [south_hill, '']", "case.yaml:9: events[0].selection.site: is empty; name at least one"),
    ("buyer_country: JPN", "element: Pm", "case.yaml:9: events[0].selection: matches no cargo"),
    ("kind: shadow_embargo", "kind: embargo", "case.yaml:6: events[0].kind: 'embargo' is not known; did you mean"),
    (
        "title: x",
        "policy: stockpil\ntitle: x",
        "case.yaml:1: policy.kind: 'stockpil' is not known; did you mean 'stock",
    ),
    (
        "title: x",
        "policy:\n  portfolio: [none, {kind: stockpil}]\ntitle: x",
        "case.yaml:2: policy.portfolio[1].kind: 'stockpil' is not known; did you mean 'stock",
    ),
    (
        "title: x",
        "policy:\n  portfolio: [none, {kind: stockpile, country: JPM}]\ntitle: x",
        "case.yaml:2: policy.portfolio[1].country: 'JPM' is no country of this world; did you mean 'JPN'?",
    ),
    (
        "title: x",
        "policy: {portfolio: [stockpile, stockpile]}\ntitle: x",
        "case.yaml:1: policy.portfolio: portfolio holds two policies named 'stockpile'; give each its own name",
    ),
    (
        "title: x",
        "quota_variant: permits\ntitle: x",
        "quota_variant: 'permits' is not known; did you mean 'permit_price'",
    ),
    ("title: x", "without: [panik]\ntitle: x", "case.yaml:1: without[0]: 'panik' is not known; did you mean 'panic'?"),
    ("world: islands", "world: island", "case.yaml:2: world: no world 'island' is shipped or beside the file; did you"),
    ("world: islands", "world: ''", "case.yaml:2: world: no world ''"),
    ("world: islands", "world: ..", "has no world.yaml; give the folder of a world"),
]
DATES = [
    ("start: 2009\n", "start: 2015\n", "case.yaml:3: start: start '2015' is not there; complete starts: 2009"),
    ("start: 2009\n", "start: soon\n", "complete starts: 2009"),
    ("start: 2009\n", "start: January\n", "case.yaml:3: start: 'January' is no start; write one of the complete starts: 2009"),
    ("start: 2009\n", "start: 2009-13-05\n", "case.yaml:3: start: '2009-13-05' is no start; write a year"),
    ("start: 2009\n", "start: 2009-06-05\n", "case.yaml:3: start: 2009-06-05: a start stands in January; write 2009"),
    ("start: 2009\n", "start: [2009]\n", "case.yaml:3: start: [2009] is no start; write a year"),
    (
        "2009-05-04",
        "2009-03-02",
        "case.yaml:8: events[0].end: end 2009-03-02 is not after start 2009-03-02; write a later",
    ),
    (
        "2009-03-02\n    end: 2009-05-04",
        "2012-03-02",
        "case.yaml:7: events[0].start: 2012-03-02 lies after the run's last",
    ),
    (
        "2009-03-02\n    end: 2009-05-04",
        "2007-03-02\n    end: 2008-01-01",
        "case.yaml:8: events[0].end: 2008-01-01 lies bef",
    ),
]


@pytest.mark.parametrize(("old", "new", "says"), KEYS + TYPES + RANGES + NAMES + DATES)
def test_a_fault_in_one_place(desk, old, new, says):
    assert old in GOOD
    one_fault(desk, GOOD.replace(old, new), says)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("start: 2009-07-06", "start: 2009-06-01", "case.yaml:10: events[0].periods[1].start: periods overlap: 2009-06-01"),
        ("end: 2009-12-07", "end: 2009-07-01", "case.yaml:10: events[0].periods[1].end: end 2009-07-01 is not after start 2009-07-06; write a later"),
        ("tonnes: 10", "tons: 10", "case.yaml:9: events[0].periods[0].tons: unknown key; did you mean 'tonnes'?"),
        (
            "tonnes: 20",
            "tonnes: -1",
            "case.yaml:10: events[0].periods[1].tonnes: -1 is out of range; write more than 0",
        ),
        (
            "    periods:",
            "    end: 2009-07-06\n    periods:",
            "case.yaml:11: events[0].periods[1]: period 2009-07-06 to 2009-12-07 lies outside its event, "
            "2009-01-05 to 2009-07-06; move or drop it, or end the event on 2009-12-07",
        ),
        (
            "start: 2009-01-05\n    periods:",
            "start: 2009-08-03\n    periods:",
            "case.yaml:9: events[0].periods[0]: period 2009-01-05 to 2009-07-06 lies outside its event, 2009-08-03 on; "
            "move or drop it, or start the event on 2009-01-05",
        ),
        (
            "kind: export_quota\n    start: 2009-01-05",
            "kind: production_quota\n    start: 2009-01-05\n    end: 2009-03-02",
            "case.yaml:11: events[0].periods[1]: period 2009-07-06 to 2009-12-07 lies outside its event, 2009-01-05 to 2009-03-02",
        ),
        ("tonnes: 10", "tonnes: .inf", "case.yaml:9: events[0].periods[0].tonnes: inf is no finite number"),
        ("end: 2009-12-07", "end: 2009-12-41", "case.yaml:10: events[0].periods[1].end: '2009-12-41' is no date"),
        (
            QUOTA,
            QUOTA + PERIODS.removeprefix("events:\n"),
            "case.yaml:11: events[1].selection: export_quota_2 and export_quota both bind",
        ),
        (
            QUOTA,
            QUOTA + PERIODS.removeprefix("events:\n") + "    selection: {seller_country: CHN}\n",
            "case.yaml:16: events[1].selection: export_quota_2 and export_quota both bind",
        ),
        (QUOTA, QUOTA + PERIODS.removeprefix("events:\n"), "; narrow its selection, or give its periods to export_quota\n"),
    ],
)
def test_a_fault_in_a_quota(desk, old, new, says):
    assert checked(desk, QUOTA)[0] == 0
    one_fault(desk, QUOTA.replace(old, new), says)


@pytest.mark.parametrize("ends", ["    end: 2009-11-30\n", "    end: 2009-06-29\n    fade_weeks: 2\n"])
def test_an_event_may_end_within_a_period_or_fade_into_it(desk, ends):
    assert checked(desk, QUOTA.replace("    periods:", f"{ends}    periods:"))[0] == 0


def test_two_events_of_one_name(desk):
    named = EMBARGO + "    name: stop\n"
    one_fault(
        desk, HEAD + "events:\n" + named + named, "case.yaml:17: events[1].name: two events are named 'stop'; give"
    )
    assert checked(desk, GOOD + EMBARGO)[0] == 0, "events without names get their own"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "case.yaml:1: the file is empty; a scenario is a mapping; write title"),
        ("# only a comment\n", "case.yaml:1: the file is empty"),
        ("- a\n", "case.yaml:1: a scenario is a mapping; write title"),
        ("hello", "case.yaml:1: a scenario is a mapping; write title"),
        (bytes(range(256)), "not text in UTF-8; give a YAML file"),
        (b"title: x\nquestion: caf\xe9\n", "case.yaml:2: not text in UTF-8; give a YAML file, saved as UTF-8"),
        (GOOD.encode("utf-16"), "case.yaml:1: not text in UTF-8"),
        (b"\0\0", "case.yaml:1: not readable: holds control characters; give a YAML file"),
        ("title: x\n\tworld: y\n", "case.yaml:2: not readable as YAML: found character '\\t'"),
        (
            "title: [x\nweeks: 5\n",
            "case.yaml:1: not readable as YAML: expected ',' or ']', but got ':'; close the bracket",
        ),
        (
            "title: a: b\n",
            "case.yaml:1: not readable as YAML: mapping values are not allowed here; mend the indentation",
        ),
        ("title: x\ntitle: y\n", "case.yaml:2: not readable as YAML: found duplicate key"),
        (GOOD.replace("60", "9" * 5000), "case.yaml:4: not readable as YAML: a number of too many digits; write one of at"),
        (GOOD.replace("60", "0x" + "f" * 5000), "case.yaml:4: not readable as YAML: a number of too many digits; write"),
        (HEAD + "notes: !!python/name:os.system x\n", "case.yaml:5: not readable as YAML: a tag, tag:yaml.org,2002:python"),
        (HEAD + "parameters: !!omap [panic: 1]\n", "case.yaml:5: not readable as YAML: a tag, tag:yaml.org,2002:omap; leave"),
        (HEAD + "sources: !!set {a, b}\n", "case.yaml:5: not readable as YAML: a tag, tag:yaml.org,2002:set; leave it out"),
        (HEAD + "notes: !foo bar\n", "case.yaml:5: not readable as YAML: a tag, !foo; leave it out, and put text that"),
        (GOOD + "---\n" + GOOD, "case.yaml:11: not readable as YAML: but found another document; write one scenario"),
        ("title: *a\n", "case.yaml:1: not readable as YAML: found undefined alias"),
        ("title: " + "[" * 3000 + "]" * 3000, "not readable as YAML: nested too deeply"),
        ("a: &a {title: x}\n<<: *a\n", "case.yaml:1: a: unknown key"),
        (
            "a: &a [x, x]\n" + "".join(f"{y}: &{y} [{', '.join([f'*{x}'] * 9)}]\n" for x, y in zip("abcdefgh", "bcdefghi", strict=True)),
            "case.yaml:1: its aliases (*name) stand for too many values; write them out, or fewer",
        ),
    ],
)
def test_a_file_that_is_no_scenario(desk, content, says):
    one_fault(desk, content, says)


@pytest.mark.parametrize(
    "new",
    [
        GOOD.replace("buyer_country: JPN", "element: [Pm, Dy]"),
        GOOD.replace("2009-03-02", "2008-03-02"),
        GOOD.replace("2009-03-02", "2009-03"),
        GOOD.replace("start: 2009\n", "start: 2009-01-05\n"),
        GOOD.replace("\n", "\r\n"),
        "\ufeff" + GOOD,
    ],
    ids=["elements this world has not", "begun before", "a month", "a dated start", "carriage returns", "a byte mark"],
)
def test_odd_but_good(desk, new):
    assert checked(desk, new) == (0, "")


def test_a_path_that_is_no_scenario(desk, tmp_path):
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "made.txt").write_text(GOOD)
    for path, says in (
        (tmp_path / "folder.yaml", "is a folder, no scenario; give a .yaml file"),
        (tmp_path / "made.txt", "a scenario file ends in .yaml; rename it"),
        (tmp_path / "none.yaml", "no such file and no shipped scenario; write one of"),
        ("myanmar_stp", "did you mean 'myanmar_stop'?"),
        ("", "'': no such file"),
    ):
        ended = CliRunner().invoke(app, ["check", str(path)])
        assert (ended.exit_code, ended.stderr.count("\n")) == (2, 1)
        assert says in ended.stderr


def changed(folder: Path, file: str, old: str, new: str) -> str:
    """Message of ``ytterby check --world`` for a copy of the islands with one thing changed."""
    shutil.copytree(WORLDS / "islands", folder / "islands")
    path = folder / "islands" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    ended = CliRunner().invoke(app, ["check", "--world", str(folder / "islands")])
    if not isinstance(ended.exception, (SystemExit, type(None))):
        raise ended.exception
    assert ended.exit_code == 2
    assert ended.stderr.count("\n") == 1
    return ended.stderr


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("trade.csv", "assumed,made_up", "assumed,nobody", "trade.csv:2: source: 'nobody' is not in"),
        ("trade.csv", "assumed,made_up", "assumed,", "trade.csv:2: source: empty; write keys of"),
        ("trade.csv", "share,low", "low", "trade.csv:1: columns are"),
        ("trade.csv", ",0.85,", ",0.8.5,", "trade.csv:3: share: '0.8.5' is not a number; write share of"),
        ("trade.csv", ",0.85,", ",nan,", "trade.csv:3: share: 'nan' is not a number; write share of"),
        ("trade.csv", ",0.85,", ",1e400,", "trade.csv:3: share: '1e400' is not a number; write share of"),
        ("trade.csv", "assumed", "guessed", "trade.csv:2: status: 'guessed' is not known; write one of measured"),
        ("trade.csv", "AUS,JPN", "AUX,JPN", "trade.csv:4: seller: 'AUX' is no country of world.yaml; add it there"),
        ("trade.csv", "la_oxide,AUS", "la_oxid,AUS", "trade.csv:4: product: 'la_oxid' is not in products.csv"),
        ("trade.csv", "JPN,0.85,,,", "JPN,0.85,0.9,0.8,", "trade.csv:3: low: 0.9 is above high 0.8; write"),
        (
            "sites.csv",
            "separate_light_hill",
            "separate_light_hil",
            "sites.csv:4: recipe: 'separate_light_hil' is in no",
        ),
        ("prices.csv", "la_oxide", "la_oxid", "prices.csv:2: product: 'la_oxid' is not in products.csv; did you mean 'la_oxide'?"),
        ("world.yaml", "elements:", "elemants:", "world.yaml:2: elemants: unknown key; did you mean 'elements'?"),
        ("world.yaml", "  ore: {", "  mining: {", "world.yaml:10: origin_groups.mining: is no layer; write ore, separation, metal, magnet"),
        ("world.yaml", "  metal: {CHN", "  # metal: {CHN", "world.yaml:9: origin_groups.metal: missing; name at most eight groups"),
    ],
)
def test_a_fault_in_a_world(tmp_path, file, old, new, says):
    assert says in changed(tmp_path, file, old, new)


def test_a_world_without_a_table(tmp_path):
    shutil.copytree(WORLDS / "islands", tmp_path / "islands")
    (tmp_path / "islands" / "trade.csv").unlink()
    ended = CliRunner().invoke(app, ["check", "--world", str(tmp_path / "islands")])
    assert ended.exit_code == 2
    assert "trade.csv: missing; a world has a table trade" in ended.stderr
