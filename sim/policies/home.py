"""Home: what a government finds in its own country: who uses what, its stores, accounts, and sums in row order."""

from collections.abc import Iterable, Sequence

import numpy as np

from sim.events.selection import SelectionError, known
from sim.mechanisms.sums import sum_into
from sim.world.network import Network
from sim.world.signals import Signals

USES = ("need", "bought", "trade")
"""Roles of stock points from which something is used."""


def known_country(net: Network, key: str, country: str) -> str:
    """The country, or an error that says which there are."""
    known(key, "country", [country], net.countries)
    return country


def known_products(net: Network, products: Sequence[str]) -> list[str]:
    """The products, or an error that says which there are."""
    known("products", "product", products, net.products)
    return list(products)


def treasury(country: str) -> str:
    return f"government:{country}"


def firms(country: str) -> str:
    return f"firms:{country}"


def users(net: Network, country: str, products: Sequence[str] = (), roles: Sequence[str] = USES) -> np.ndarray:
    """Stock points from which makers at home use, of these products or of all that hold rare earths but swarf."""
    at = net.point_countries()
    found = [
        k for k, p in enumerate(net.points)
        if at[k] == country and p.role in roles and net.use_at_rest[k] > 0.0 and net.is_project[k] == 0.0
        and (p.product in products if products else net.point_rare[k] > 0.0 and net.products[p.product].stage != "swarf")
    ]  # fmt: skip
    return np.array(found, dtype=np.int64)


def some_users(net: Network, country: str, products: Sequence[str] = (), roles: Sequence[str] = USES) -> np.ndarray:
    """The same, or an error where nobody uses any of it."""
    known_country(net, "country", country)
    known_products(net, products)
    found = users(net, country, products, roles)
    if not found.size:
        raise SelectionError("products" if products else "country", f"nobody in {country} uses {goods(products)}")
    return found


def goods(products: Sequence[str]) -> str:
    """Products in words."""
    return ", ".join(products) if products else "rare earths and magnets"


def total(values: np.ndarray) -> np.ndarray:
    """Sum over rows, in their order, one per replicate; NumPy's own sum hangs on the size of the batch."""
    return np.asarray(np.cumsum(values, axis=1)[:, -1]) if values.shape[1] else np.zeros(len(values))


class Covers:
    """Cover over normal of groups of users, each user's at most 1.5, weighed by use."""

    def __init__(self, net: Network, groups: Sequence[np.ndarray]) -> None:
        self.points = np.concatenate([np.zeros(0, dtype=np.int64), *groups])
        self.group = np.repeat(np.arange(len(groups)), [g.size for g in groups])
        self.use = net.use_at_rest[self.points]
        whole = [max(float(net.use_at_rest[g].sum()), 1e-12) for g in groups]
        self.weight = self.use / np.array(whole)[self.group]
        self.none = np.zeros(len(groups))

    def of(self, signals: Signals, locked: np.ndarray | None = None) -> np.ndarray:
        """Cover of each group, (replicate, group), 1 where there is nobody; ``locked`` t, (replicate, user), do not count."""
        days = signals.days_of_cover.take(self.points, axis=1)
        if locked is not None:
            days = np.maximum(days - 7.0 * locked / np.maximum(self.use, 1e-12), 0.0)
        ratio = np.minimum(days / np.maximum(signals.normal_days.take(self.points, axis=1), 1e-9), 1.5)
        return np.asarray(1.0 + sum_into(ratio - 1.0, self.group, self.weight, self.none))


def sold_by(net: Network, site: str) -> np.ndarray:
    """Stock points from which a plant sells."""
    found = [k for k, p in enumerate(net.points) if net.sites[p.site].name == site and p.role == "sold"]
    return np.array(found, dtype=np.int64)


def lanes_of(net: Network, stores: np.ndarray) -> np.ndarray:
    """Lanes into these stock points and out of them."""
    return np.flatnonzero(np.isin(net.buyer, stores) | np.isin(net.seller, stores))


def lines_of(net: Network, site: str) -> np.ndarray:
    """Lines of a plant."""
    return np.array([k for k, s in enumerate(net.line_site) if net.sites[s].name == site], dtype=np.int64)


def known_plant(net: Network, key: str, site: str) -> str:
    """A plant or project of this world, or an error with a suggestion."""
    known(key, "plant", [site], {net.sites[s].name for s in net.line_site})
    return site


def country_of_site(net: Network, site: str) -> str:
    return next(s.country for s in net.sites if s.name == site)


def project_row(net: Network, site: str) -> int:
    """Row of a project, -1 for a plant that stands."""
    names = [str(p["project"]) for p in net.projects]
    return names.index(site) if site in names else -1


def rows_where(flags: Iterable[bool]) -> np.ndarray:
    return np.array([k for k, flag in enumerate(flags) if flag], dtype=np.int64)
