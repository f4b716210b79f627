"""Numbers in rules: each has a name, a sentence, a unit, a status and a source."""

import ast
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from sim.scenario.tables import STATUSES
from sim.scenario.world import shipped_folder

SIM = Path(__file__).parents[2] / "sim"
MACHINERY = ("mechanism.py", "compiled.py", "units.py", "__init__.py")
"""Files on the ground floor that hold no rule."""
RULES = sorted(p for p in (SIM / "mechanisms").glob("*.py") if p.name not in MACHINERY)
BODIES = [*RULES, SIM / "model.py", SIM / "constants.py"]
PLAIN = (0, 1, -1, 2, 0.5)
"""Numbers that need no name."""
SOURCES = set(YAML(typ="safe").load((shipped_folder() / "sources.yaml").read_text(encoding="utf-8")))
PROVENANCE = re.compile(r".+ \((?P<unit>[^;()]+); (?P<status>\w+); (?P<source>[\w, ]+)\)\.", re.DOTALL)


def numbers(node: ast.AST) -> list[ast.Constant]:
    return [
        n
        for n in ast.walk(node)
        if isinstance(n, ast.Constant) and isinstance(n.value, int | float) and not isinstance(n.value, bool)
    ]


def named_numbers(path: Path) -> list[tuple[str, str]]:
    """Module constants that are numbers, each with the text that follows it."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    found = []
    for k, node in enumerate(body):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and len(numbers(node.value)) == 1:
            after = body[k + 1] if k + 1 < len(body) else None
            told = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
            found.append((node.targets[0].id, str(told)))
    return found


@pytest.mark.parametrize("path", BODIES, ids=lambda p: p.relative_to(SIM).as_posix())
def test_no_function_of_a_rule_holds_a_bare_number(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    bare = {f"{path.name}:{n.lineno}: {n.value!r}" for f in functions for n in numbers(f) if n.value not in PLAIN}
    assert sorted(bare) == []


@pytest.mark.parametrize("path", [*RULES, SIM / "constants.py"], ids=lambda p: p.relative_to(SIM).as_posix())
def test_every_named_number_says_its_unit_status_and_source(path):
    for name, told in named_numbers(path):
        said = PROVENANCE.fullmatch(told)
        assert said, f"{path.name}: {name}: write a sentence that ends in (unit; status; source)."
        assert said["status"] in STATUSES, name
        assert {key.strip() for key in said["source"].split(",")} <= SOURCES, name


def test_every_factor_of_a_unit_has_a_sentence():
    told = named_numbers(SIM / "mechanisms" / "units.py")
    assert len(told) > 5
    assert all(sentence.endswith(".") for _, sentence in told)
