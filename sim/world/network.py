"""The network: sites, stock points, lanes, lines and needs, fixed before week 0, and how they stand at rest."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

LAYERS = ("ore", "separation", "metal", "magnet")
"""Layers of origin, in chain order: the country that mined, separated, made the metal or alloy, made the magnet."""
LAYER_OF_STAGE = {"carbonate": 1, "oxide": 1, "swarf": 1, "metal": 2, "magnet": 3}
"""Last layer that goods of a stage have; others have the ore's alone. Swarf goes back to separators and keeps two."""


@dataclass(frozen=True)
class Site:
    """Where one decision-maker holds goods."""

    name: str
    title: str
    kind: str
    country: str
    group: str = ""
    end_use: str = ""


@dataclass(frozen=True)
class Point:
    """Tonnage of one product at one site; ``role`` is sold, bought, need, trade or store."""

    site: int
    product: str
    role: str


@dataclass(frozen=True)
class Product:
    """A product with its fixed content: t of each element group per gross t."""

    name: str
    stage: str
    hs: str
    title: str
    content: dict[str, float]


@dataclass
class Network:
    """Rows and links of one world, the same in every replicate and under every policy.

    Arrays ``*_at_rest`` hold the balanced start; flows are t gross per week, prices USD per kg (equal to thousand USD per
    tonne) without VAT.
    """

    title: str
    start: str
    elements: tuple[str, ...]
    countries: dict[str, str]
    groups: tuple[tuple[str, ...], ...]
    origin_groups: dict[str, dict[str, list[str]]]
    group_of: dict[str, tuple[int, ...]]
    products: dict[str, Product]
    sites: list[Site]
    points: list[Point]
    exporter: str
    start_day: str
    element_groups: dict[str, str] = field(default_factory=dict)
    # points
    point_rare: Array = field(default_factory=lambda: np.zeros(0))
    point_content: Array = field(default_factory=lambda: np.zeros((0, 0)))
    on_hand_at_rest: Array = field(default_factory=lambda: np.zeros(0))
    cover_weeks: Array = field(default_factory=lambda: np.zeros(0))
    use_at_rest: Array = field(default_factory=lambda: np.zeros(0))
    sold_at_rest: Array = field(default_factory=lambda: np.zeros(0))
    made_at_rest: Array = field(default_factory=lambda: np.zeros(0))
    ask_at_rest: Array = field(default_factory=lambda: np.zeros(0))
    remembered: Array = field(default_factory=lambda: np.zeros((0, 0)))
    """Price of each year before the start over that at the start, (year, point), the latest first; 0 where not known."""
    paid_at_rest: Array = field(default_factory=lambda: np.zeros(0))
    lead_weeks: Array = field(default_factory=lambda: np.zeros(0))
    # rows of origin: one per layer that a point's goods have, those of points that buy before all others
    first_row: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    last_row: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    cargo_rows: int = 0
    origin_at_rest: Array = field(default_factory=lambda: np.zeros((0, 0)))
    follows_cost: Array = field(default_factory=lambda: np.zeros(0))
    hoards: Array = field(default_factory=lambda: np.zeros(0))
    is_project: Array = field(default_factory=lambda: np.zeros(0))
    vat_rate: Array = field(default_factory=lambda: np.zeros(0))
    # lanes
    seller: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    buyer: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    flow_at_rest: Array = field(default_factory=lambda: np.zeros(0))
    crosses: Array = field(default_factory=lambda: np.zeros(0))
    contract: Array = field(default_factory=lambda: np.zeros(0))
    term_discount: Array = field(default_factory=lambda: np.zeros(0))
    term_floor: Array = field(default_factory=lambda: np.zeros(0))
    term_ceiling: Array = field(default_factory=lambda: np.zeros(0))
    term_index: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    potential: Array = field(default_factory=lambda: np.zeros(0))
    lane_shared: Array = field(default_factory=lambda: np.zeros(0))
    lane_project: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    freight: Array = field(default_factory=lambda: np.zeros(0))
    transit_weeks: Array = field(default_factory=lambda: np.zeros((0, 3)))
    route: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    routes: list[str] = field(default_factory=list)
    view: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    view_buyer: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    view_origin: list[str] = field(default_factory=list)
    # price indices that contracts read: members are lanes
    indices: list[tuple[str, str, str]] = field(default_factory=list)
    index_member: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    index_of: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    index_kind: Array = field(default_factory=lambda: np.zeros(0))
    index_weight: Array = field(default_factory=lambda: np.zeros(0))
    # lines
    line_site: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    line_recipe: list[str] = field(default_factory=list)
    feed: Array = field(default_factory=lambda: np.zeros((0, 3), np.int64))
    feed_need: Array = field(default_factory=lambda: np.zeros((0, 3)))
    output: Array = field(default_factory=lambda: np.zeros((0, 12), np.int64))
    output_made: Array = field(default_factory=lambda: np.zeros((0, 12)))
    swarf_point: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    swarf_made: Array = field(default_factory=lambda: np.zeros(0))
    swarf_loop: Array = field(default_factory=lambda: np.zeros(0))
    run_at_rest: Array = field(default_factory=lambda: np.zeros(0))
    nameplate: Array = field(default_factory=lambda: np.zeros(0))
    fill: Array = field(default_factory=lambda: np.zeros(0))
    cash_cost: Array = field(default_factory=lambda: np.zeros(0))
    own_origin: Array = field(default_factory=lambda: np.zeros((0, 4), np.int64))
    net_back_ratio: Array = field(default_factory=lambda: np.zeros(0))
    # needs
    need_point: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    need_component: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    component_maker: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    maker_site: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    maker_weight: Array = field(default_factory=lambda: np.zeros(0))
    need_lower: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    scrap_point: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    scrap_made: Array = field(default_factory=lambda: np.zeros(0))
    need_twin: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    plan_at_rest: Array = field(default_factory=lambda: np.zeros(0))
    end_use_numbers: dict[str, dict[str, tuple[float, float, float]]] = field(default_factory=dict)
    # projects
    projects: list[dict[str, Any]] = field(default_factory=list)
    project_line: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    # trade, markets
    policies: list[dict[str, Any]] = field(default_factory=list)
    parameters: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    substitutes: dict[str, dict[str, Any]] = field(default_factory=dict)
    residuals: list[dict[str, Any]] = field(default_factory=list)
    named: dict[str, float] = field(default_factory=dict)

    def stores(self, countries: Sequence[str] = (), products: Sequence[str] = ()) -> list[int]:
        """Points of government stores, of these countries and products; of all where none is named."""
        return [
            k for k, p in enumerate(self.points)
            if p.role == "store" and (not countries or self.country_of(k) in countries)
            and (not products or p.product in products)
        ]  # fmt: skip

    def layers_of(self, point: int) -> int:
        """How many layers of origin a point's goods have, from the ore's on."""
        return int(self.last_row[point] - self.first_row[point]) + 1

    def ore_at_rest(self) -> Array:
        """Shares of the ore's origin in every point's goods at rest, (point, group)."""
        return np.asarray(self.origin_at_rest[self.first_row])

    def country_of(self, point: int) -> str:
        return self.sites[self.points[point].site].country

    def point_countries(self) -> list[str]:
        return [self.sites[p.site].country for p in self.points]

    def lane_name(self, lane: int) -> str:
        seller, buyer = self.points[self.seller[lane]], self.points[self.buyer[lane]]
        return f"{self.sites[seller.site].name}>{self.sites[buyer.site].name}:{seller.product}"

    def hs_of(self, lane: int) -> str:
        return self.products[self.points[self.seller[lane]].product].hs

    def element_group(self, element: str) -> str | None:
        """The group under which an element is traded, None if this world has none of it."""
        if element in self.elements:
            return element
        return self.element_groups.get(element)
