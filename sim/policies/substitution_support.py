"""Substitution support: motors and magnets that do without, each with its own research and qualification."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from sim.events.selection import SelectionError, known
from sim.policies.home import known_country, known_products, some_users
from sim.policies.policy import Answer, BoundPolicy
from sim.policies.programme import Programme, Running
from sim.world.controls import Press
from sim.world.network import Network
from sim.world.rows import Rows

COURSES: dict[str, dict[str, float]] = {
    "amorphous_core": {
        "research_weeks": 104, "qualification_weeks": 104, "adoption_share_yr": 0.10, "ceiling": 0.4,
        "research_musd": 40, "adoption_musd": 60,
    },
    "ferrite_motor": {
        "research_weeks": 78, "qualification_weeks": 104, "adoption_share_yr": 0.08, "ceiling": 0.3,
        "research_musd": 60, "adoption_musd": 150,
    },
    "smfen_magnet": {
        "research_weeks": 52, "qualification_weeks": 78, "adoption_share_yr": 0.15, "ceiling": 0.5,
        "research_musd": 20, "adoption_musd": 30,
    },
}  # fmt: skip
"""Lags, rates and costs of each technology where the scenario names none (assumed)."""
WORDS = {
    "amorphous_core": "motors with amorphous cores, which stay cool and need a lower grade",
    "ferrite_motor": "ferrite and synchronous reluctance motors, which do without rare earths",
    "smfen_magnet": "bonded Sm-Fe-N magnets in place of bonded neodymium ones",
}


class SubstitutionSupport(Programme):
    """Another motor or magnet takes over a share of named end uses, for good.

    Amorphous cores move use a grade down; ferrite and Sm-Fe-N take it away. What the substitute itself is made of, as the world's
    ``substitutes`` say, is wanted beside: samarium oxide for Sm-Fe-N, counted on planned use.
    """

    kind: Literal["substitution_support"] = "substitution_support"
    technology: Literal["amorphous_core", "ferrite_motor", "smfen_magnet"] = Field(
        default="ferrite_motor", description="what takes over; its lags, rate and costs stand in where none are written"
    )
    end_uses: list[str] = Field(default_factory=list, description="end uses; all with such magnets if left out")
    products: list[str] = Field(
        default_factory=list, description="products replaced; those of the technology if left out"
    )

    @model_validator(mode="before")
    @classmethod
    def _course(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return {**COURSES.get(data.get("technology", "ferrite_motor"), {}), **data}
        return data

    def effect(self) -> str:
        whom = ", ".join(self.end_uses) or "all makers"
        return f"{self.country} pays for {WORDS[self.technology]}, for {whom}, {self.when.words()}: {self.course()} of their use"

    def bind(self, net: Network, rows: Rows) -> BoundPolicy:
        return _Bound(self, net, rows)


def needs_of(net: Network, country: str, end_uses: Sequence[str], products: Sequence[str]) -> np.ndarray:
    """Needs of makers of a country, or an error that says what is not there."""
    known_country(net, "country", country)
    known_products(net, products)
    known("end_uses", "end use", end_uses, {s.end_use for s in net.sites if s.end_use})
    found = []
    for need, p in enumerate(net.need_point):
        site = net.sites[net.points[p].site]
        fits = net.points[p].product in products and (not end_uses or site.end_use in end_uses)
        if site.country == country and fits:
            found.append(need)
    if not found:
        raise SelectionError(
            "end_uses", f"nobody in {country} uses {', '.join(products)} for {', '.join(end_uses) or 'anything'}"
        )
    return np.array(found, dtype=np.int64)


class _Bound(Running):
    def __init__(self, policy: SubstitutionSupport, net: Network, rows: Rows) -> None:
        self.control = "kept_by_thrift" if policy.technology == "amorphous_core" else "kept_by_substitutes"
        self.needs = needs_of(net, policy.country, policy.end_uses, policy.products or self._usual(policy, net))
        super().__init__(policy, net, rows, some_users(net, policy.country), "research")
        self.made_of = np.zeros(0, dtype=np.int64)
        self.rise = 0.0
        own = net.substitutes.get(policy.technology)
        if own is not None:
            self.made_of = needs_of(net, policy.country, [own["end_use"]], [own["product"]])
            replaced, wanted = (float(net.plan_at_rest[n].sum()) for n in (self.needs, self.made_of))
            self.rise = float(own["tonnes"]) * replaced / wanted

    def _usual(self, policy: SubstitutionSupport, net: Network) -> list[str]:
        magnets = [p.name for p in net.products.values() if p.stage == "magnet"]
        if policy.technology == "smfen_magnet":
            return [m for m in magnets if "bonded" in m] or magnets
        if policy.technology == "amorphous_core":
            lower = {net.points[net.need_point[k]].product for k in np.flatnonzero(net.need_lower >= 0)}
            return [m for m in magnets if m in lower]
        return magnets

    def press(self, adopted: np.ndarray) -> Answer:
        beside = [Press("kept_by_substitutes", self.made_of, 1.0 + self.rise * adopted)] if self.made_of.size else []
        return [Press(self.control, self.needs, 1.0 - adopted), *beside]
