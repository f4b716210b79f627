"""Selection: which cargo, plants or needs something concerns; shared by all kinds."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatch

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator

from sim.vocabulary import ELEMENTS, likest
from sim.world.network import Network, Site

LISTED_CONTENT = 0.001
"""Content from which a product counts as holding an element: 0.1 % by weight (the rule text of October 2025)."""


class SelectionError(ValueError):
    """A selection names something the world does not have, or matches nothing; ``key`` says where."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


class Selection(BaseModel):
    """Each key narrows the selection; a key left out narrows nothing. Lists mean any of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seller_country: list[str] = Field(default_factory=list, description="countries of the seller, alpha-3")
    buyer_country: list[str] = Field(default_factory=list, description="countries of the buyer, alpha-3")
    product: list[str] = Field(default_factory=list, description="products, lower-snake; * is any run of letters")
    stage: list[str] = Field(default_factory=list, description="stages of the chain")
    element: list[str] = Field(default_factory=list, description="any of the 17 elements, held at 0.1 % or more")
    hs: list[str] = Field(default_factory=list, description="customs codes, digits, matched by their beginning")
    end_use: list[str] = Field(default_factory=list, description="end uses of the buyer")
    buyer: list[str] = Field(default_factory=list, description="sites of the buyer; * is any run of letters")
    site: list[str] = Field(default_factory=list, description="sites; * is any run of letters")
    kind: list[str] = Field(default_factory=list, description="agent kinds")
    country: list[str] = Field(default_factory=list, description="country of a site, alpha-3")
    group: list[str] = Field(default_factory=list, description="groups of firms a site belongs to")

    @field_validator("*", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return [value] if isinstance(value, (str, int)) else value

    @field_validator("hs", mode="before")
    @classmethod
    def _digits(cls, value: object) -> object:
        values = [value] if isinstance(value, (str, int)) else value
        return [str(v).replace(".", "") for v in values] if isinstance(values, list) else values

    def check(self, net: Network) -> None:
        """Raise SelectionError for a name the world does not have; a suggestion comes with it."""
        for key in ("seller_country", "buyer_country", "country"):
            known(key, key.replace("_", " "), getattr(self, key), net.countries)
        known("product", "product", [p for p in self.product if "*" not in p], net.products)
        known("stage", "stage", self.stage, {p.stage for p in net.products.values()})
        known("end_use", "end use", self.end_use, {s.end_use for s in net.sites if s.end_use})
        known("site", "site", [s for s in self.site if "*" not in s], {s.name for s in net.sites})
        known("buyer", "buyer", [s for s in self.buyer if "*" not in s], {s.name for s in net.sites})
        known("kind", "kind", self.kind, {s.kind for s in net.sites})
        known("group", "group", self.group, {s.group for s in net.sites if s.group})
        known("element", "element", self.element, [*ELEMENTS, *net.elements])

    def _product_ok(self, net: Network, name: str) -> bool:
        product = net.products[name]
        if self.product and not any(fnmatch(name, p) for p in self.product):
            return False
        if self.stage and product.stage not in self.stage:
            return False
        if self.hs and not any(product.hs.startswith(h) for h in self.hs):
            return False
        if self.element:
            wanted = {net.element_group(e) for e in self.element}
            return any(product.content.get(e, 0.0) >= LISTED_CONTENT for e in wanted if e)
        return True

    def lanes(self, net: Network, crossing: bool = True) -> np.ndarray:
        """Rows of lanes selected; only those that cross a border unless told otherwise."""
        self.check(net)
        fits = {name: self._product_ok(net, name) for name in net.products}
        sites = [(self._site_ok(site), self._buyer_ok(site), site.country) for site in net.sites]
        sells, buys = np.zeros(len(net.points), dtype=bool), np.zeros(len(net.points), dtype=bool)
        for k, point in enumerate(net.points):
            site_ok, buys[k], country = sites[point.site]
            sells[k] = site_ok and fits[point.product] and (not self.seller_country or country in self.seller_country)
        found = sells[net.seller] & buys[net.buyer]
        if crossing:
            found &= net.crosses != 0.0
        return self._some(list(np.flatnonzero(found)), "cargo between countries" if crossing else "cargo")

    def _buyer_ok(self, site: Site) -> bool:
        if self.buyer_country and site.country not in self.buyer_country:
            return False
        if self.end_use and site.end_use not in self.end_use:
            return False
        return not self.buyer or any(fnmatch(site.name, b) for b in self.buyer)

    def _site_ok(self, site: Site) -> bool:
        if self.site and not any(fnmatch(site.name, s) for s in self.site):
            return False
        if self.kind and site.kind not in self.kind:
            return False
        if self.group and site.group not in self.group:
            return False
        return not self.country or site.country in self.country

    def lines(self, net: Network) -> np.ndarray:
        """Rows of plants selected, by site, kind, country, or what they make."""
        self.check(net)
        found = []
        for line, site in enumerate(net.line_site):
            makes = [net.points[p].product for p in net.output[line] if p >= 0]
            if self._site_ok(net.sites[site]) and any(self._product_ok(net, m) for m in makes):
                found.append(line)
        return self._some(found, "plant")

    def needs(self, net: Network) -> np.ndarray:
        """Rows of needs selected, by country, end use and product."""
        self.check(net)
        found = []
        for need, p in enumerate(net.need_point):
            site = net.sites[net.points[p].site]
            if self.buyer_country and site.country not in self.buyer_country:
                continue
            if self.end_use and site.end_use not in self.end_use:
                continue
            if self._site_ok(site) and self._product_ok(net, net.points[p].product):
                found.append(need)
        return self._some(found, "need of a manufacturer")

    def sold_points(self, net: Network) -> np.ndarray:
        """Rows of sellers' stock points selected."""
        self.check(net)
        found = [
            k
            for k, p in enumerate(net.points)
            if p.role == "sold" and self._site_ok(net.sites[p.site]) and self._product_ok(net, p.product)
        ]
        return self._some(found, "seller")

    def _some(self, found: list[int], what: str) -> np.ndarray:
        if not found:
            raise SelectionError(
                "selection",
                f"matches no {what} in this world; drop or widen one of {', '.join(self.named()) or 'its keys'}",
            )
        return np.array(found, dtype=np.int64)

    def named(self) -> dict[str, list[str]]:
        """Keys that narrow, with their values."""
        return {k: v for k, v in self.model_dump().items() if v}

    def words(self, what: str) -> str:
        """The selection in words, for sentences."""
        parts = [what]
        named = self.named()
        if "product" in named or "element" in named or "stage" in named or "hs" in named:
            goods = [*named.get("product", []), *named.get("stage", []), *named.get("element", [])]
            goods += [f"HS {h}" for h in named.get("hs", [])]
            parts.append("of " + ", ".join(goods))
        for key, word in (
            ("site", "at"), ("kind", "of kind"), ("group", "of group"), ("country", "in"), ("seller_country", "from"), ("buyer_country", "to"),
            ("end_use", "for"), ("buyer", "for"),
        ):  # fmt: skip
            if key in named:
                parts.append(f"{word} " + ", ".join(named[key]))
        return " ".join(parts)


def known(key: str, word: str, values: Sequence[str], names: Iterable[str]) -> None:
    """Raise SelectionError at the first value that is no such word of the world, with a suggestion."""
    there = sorted(set(names))
    for value in values:
        if value not in there:
            near = likest(str(value), there)
            hint = f"did you mean {near!r}?" if near else f"known are {', '.join(there[:30])}"
            raise SelectionError(key, f"{value!r} is no {word} of this world; {hint}")


def country_there(net: Network, key: str, country: str) -> None:
    """Raise SelectionError where the world has no such country."""
    if country not in net.countries:
        raise SelectionError(key, f"{country!r} is no country of this world; write an alpha-3 code")
