"""Ytterby: an agent-based simulator of supply disruption in the rare-earth and permanent-magnet chain."""

__version__ = "0.1.0"

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.analysis.comparison import compare
    from sim.notebook import Model
    from sim.result import Result, open_result
    from sim.runner import run
    from sim.scenario.load import Scenario, load
    from sim.study.run import run_study
    from sim.study_result import StudyResult

__all__ = ["Model", "Result", "Scenario", "StudyResult", "compare", "load", "open_result", "run", "run_study"]

_HOMES = {
    "load": "sim.scenario.load",
    "Scenario": "sim.scenario.load",
    "ScenarioError": "sim.scenario.load",
    "run": "sim.runner",
    "open_result": "sim.result",
    "Result": "sim.result",
    "Model": "sim.notebook",
    "run_study": "sim.study.run",
    "StudyResult": "sim.study_result",
    "compare": "sim.analysis.comparison",
}


def __getattr__(name: str) -> Any:
    """Import on first use (PEP 562), so that ``import sim`` stays light."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")
