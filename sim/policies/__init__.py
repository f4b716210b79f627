"""Policies: what a government answers. One file a kind; each sees signals, keeps memory, presses controls."""

from sim.policies.none import NoPolicy
from sim.policies.policy import Policy
from sim.policies.stockpile import Stockpile

KINDS: dict[str, type[Policy]] = {kind.model_fields["kind"].default: kind for kind in (NoPolicy, Stockpile)}
"""Every policy by its name in scenario files and on the command line."""

__all__ = ["KINDS", "NoPolicy", "Policy", "Stockpile"]
