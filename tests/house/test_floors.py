"""The floors: a room imports only from its own floor or from below."""

import ast
from pathlib import Path

import pytest

SIM = Path(__file__).parents[2] / "sim"
FLOOR = {
    "mechanisms": 1, "streams": 1, "vocabulary": 1, "units": 1, "calendar": 1, "language": 1,
    "world": 2,
    "agents": 3, "events": 3, "policies": 3, "records": 3,
    "scenario": 4, "result": 4, "store": 4, "metrics": 4, "dependence": 4, "paired": 4, "folder": 4, "study_result": 4,
    "model": 5, "constants": 5, "analysis": 5, "figures": 5, "report": 5,
    "runner": 6, "study": 6, "history": 6, "calibrate": 6, "notebook": 6, "ablation": 6,
    "cli": 7, "app": 7, "faces": 7,
}  # fmt: skip
SOURCES = sorted(SIM.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(SIM).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [f"{node.module}.{a.name}" for a in node.names] if node.module == "sim" else [node.module]
        rooms |= {name.split(".")[1] for name in names if name.startswith("sim.")}
    return rooms


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(SIM).as_posix())
def test_no_room_imports_from_a_floor_above(path):
    if room(path) == "__init__":
        return
    assert room(path) in FLOOR, f"{room(path)} has no floor: give it one here and in sim/README.md"
    for other in imported_rooms(path) - {"__version__"}:
        assert FLOOR[other] <= FLOOR[room(path)], f"{room(path)} imports {other}, which lies above it"
