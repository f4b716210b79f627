"""World tables: what a reader is told when a row cannot be used."""

import pytest

from sim.scenario.tables import WorldError, columns_of, read_table

HEADER = ",".join(c.name for c in columns_of("transit"))
KNOWN = frozenset({"usgs"})


def world(tmp_path, *rows, header=HEADER):
    (tmp_path / "transit.csv").write_text("\n".join([header, *rows]) + "\n")
    return tmp_path


def test_a_row_is_read_with_its_line_and_typed_cells(tmp_path):
    (row,) = read_table(world(tmp_path, "CHN,JPN,2,1,4,derived,usgs,"), "transit", KNOWN)
    assert (row["line"], row["weeks"], row["low"], row["high"], row["note"]) == (2.0, 2.0, 1.0, 4.0, None)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("CHN,JPN,2,,,derived,nowhere,", r"transit.csv:2: source: 'nowhere' is not in scenarios/sources.yaml"),
        ("CHN,JPN,two,,,derived,usgs,", r"transit.csv:2: weeks: 'two' is not a number; write dispatch to arrival"),
        ("CHN,JPN,,,,derived,usgs,", r"transit.csv:2: weeks: empty"),
        ("CHN,JPN,2,,,guessed,usgs,", r"status: 'guessed' is not known; write one of measured, derived, assumed"),
        ("CHN,JPN,2,4,1,derived,usgs,", r"low: 4 is above high 1"),
        ("CHN,JPN,2", r"transit.csv:2: the row has not 8 cells"),
    ],
)
def test_a_faulty_row_is_refused_with_file_line_column_and_remedy(tmp_path, row, says):
    with pytest.raises(WorldError, match=says):
        read_table(world(tmp_path, row), "transit", KNOWN)


def test_a_wrong_header_is_refused_with_the_right_one(tmp_path):
    with pytest.raises(WorldError, match="write seller, buyer, weeks, low, high, status, source, note"):
        read_table(world(tmp_path, header="seller,buyer"), "transit", KNOWN)


def test_a_column_of_a_table_that_may_be_empty_may_be_left_out(tmp_path):
    (tmp_path / "contents.csv").write_text(
        "product,element,content,low,high,status,source,note\nla_oxide,La,0.853,,,derived,usgs,\n"
    )
    (row,) = read_table(tmp_path, "contents", KNOWN)
    assert (row["start"], row["content"]) == (None, 0.853)
