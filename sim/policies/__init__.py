"""Policies: what a government answers. One file a kind; each sees signals, keeps memory, presses controls."""

from sim.policies.capacity_subsidy import CapacitySubsidy
from sim.policies.counter_measure import CounterMeasure
from sim.policies.embargoers_rule import EmbargoersRule
from sim.policies.firm_reserves import FirmReserves
from sim.policies.joint_purchase import JointPurchase
from sim.policies.none import NoPolicy
from sim.policies.offtake_finance import OfftakeFinance
from sim.policies.policy import Policy
from sim.policies.price_floor import PriceFloor
from sim.policies.recycling_support import RecyclingSupport
from sim.policies.relaxation_talks import RelaxationTalks
from sim.policies.shared_stock import SharedStock
from sim.policies.single_source_cap import SingleSourceCap
from sim.policies.stockpile import Stockpile
from sim.policies.substitution_support import SubstitutionSupport
from sim.policies.thrifting_support import ThriftingSupport
from sim.policies.wto_case import WtoCase

KINDS: dict[str, type[Policy]] = {
    kind.model_fields["kind"].default: kind
    for kind in (
        NoPolicy, Stockpile, FirmReserves, CapacitySubsidy, OfftakeFinance, PriceFloor, JointPurchase, SharedStock,
        SingleSourceCap,
        ThriftingSupport, SubstitutionSupport, RecyclingSupport, WtoCase, CounterMeasure, RelaxationTalks, EmbargoersRule,
    )
}  # fmt: skip
"""Every policy by its name in scenario files and on the command line; a new one is registered here and nowhere else."""

__all__ = ["KINDS", "NoPolicy", "Policy", "Stockpile"]
