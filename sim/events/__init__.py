"""Events: what befalls. One file a kind; each presses controls and nothing else.

A kind is registered by its file alone: every class in this folder whose ``kind`` names itself is in ``KINDS``.
"""

import importlib
import pkgutil

from sim.events.event import Event


def _found() -> dict[str, type[Event]]:
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")
    known: list[type[Event]] = [Event]
    for kind in known:
        known += [k for k in kind.__subclasses__() if k.__module__.startswith(f"{__name__}.")]
    named = {str(k.model_fields["kind"].default): k for k in known if not k.model_fields["kind"].is_required()}
    return dict(sorted(named.items()))


KINDS: dict[str, type[Event]] = _found()
"""Every event kind by its name in scenario files."""

__all__ = ["KINDS", "Event"]
