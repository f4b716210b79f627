"""An event kind in a file of its own: the skeleton passes check, faults are named."""

from typer.testing import CliRunner

from sim.cli import app


def said(*command):
    answer = CliRunner().invoke(app, [str(c) for c in command])
    return answer.exit_code, answer.output


def test_the_skeleton_of_an_event_passes_check(tmp_path):
    assert said("new", "event", tmp_path / "port_strike.py")[0] == 0
    code, text = said("check", tmp_path / "port_strike.py")
    assert code == 0
    assert "event kind port_strike" in text


def test_a_new_kind_is_called_as_its_file_is(tmp_path):
    assert said("new", "event", tmp_path / "rail_cut.py")[0] == 0
    assert "event kind rail_cut" in said("check", tmp_path / "rail_cut.py")[1]
    code, text = said("new", "event", tmp_path / "Rail-Cut.py")
    assert code == 2
    assert "named in small letters" in text
    assert not (tmp_path / "Rail-Cut.py").exists()


def test_a_kind_without_meaning_or_with_a_fault_is_refused_by_name(tmp_path):
    path = tmp_path / "port_strike.py"
    said("new", "event", path)
    text = path.read_text()
    for old, new, says in (
        ('description="share of the cargo that clears, 0 to 1"', "", "clears: no description"),
        ("    def effect(self)", "    def effekt(self)", "no effect"),
        ('= "port_strike"', '= "export_duty"', "is there already"),
        ("import numpy as np", "import nonsuch", "cannot be imported"),
        ("class PortStrike", "clas PortStrike", "not readable as Python"),
    ):
        path.write_text(text.replace(old, new))
        code, answer = said("check", path)
        assert code == 2, old
        assert says in answer, answer
