"""Events: what befalls. One file a kind; each presses controls and nothing else."""

from sim.events.demand_surge import DemandSurge
from sim.events.event import Event
from sim.events.export_duty import ExportDuty
from sim.events.export_quota import ExportQuota
from sim.events.licence_desk import LicenceDesk
from sim.events.plant_outage import PlantOutage
from sim.events.price_news import PriceNews
from sim.events.production_quota import ProductionQuota
from sim.events.re_export_rule import ReExportRule
from sim.events.shadow_embargo import ShadowEmbargo
from sim.events.stock_release import StockRelease

KINDS: dict[str, type[Event]] = {
    kind.model_fields["kind"].default: kind
    for kind in (
        ShadowEmbargo,
        ExportQuota,
        ExportDuty,
        LicenceDesk,
        ReExportRule,
        PlantOutage,
        ProductionQuota,
        DemandSurge,
        PriceNews,
        StockRelease,
    )
}
"""Every event kind by its name in scenario files."""

__all__ = [
    "KINDS",
    "DemandSurge",
    "Event",
    "ExportDuty",
    "ExportQuota",
    "LicenceDesk",
    "PlantOutage",
    "PriceNews",
    "ProductionQuota",
    "ReExportRule",
    "ShadowEmbargo",
    "StockRelease",
]
