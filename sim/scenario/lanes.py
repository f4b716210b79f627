"""Lanes: who ships to whom at rest, from trade shares, contracts and what each site makes and uses.

First, by country: what each buyer takes from each seller country, so that trade shares hold as far as countries make what
their shares say. Then, within a seller country: which of its sites serves which buyer, on as few lanes as fill every order.
"""

from dataclasses import dataclass

import numpy as np

COVERED = 0.98
"""Share of a product's flow, by buyer and seller country, that the relations kept must cover (source: model, what exists)."""
NOTABLE = 0.03
"""Share of a buyer's need from which a seller country keeps a relation to it."""
TINY = 0.0005
"""Share of a product's flow below which a relation is kept only as a buyer's or a country pair's largest."""
SMALL = 0.005
"""Share of a country's use from which a seller country keeps relations to its largest buyers there, who buy for the others."""
ROOMY = 1.5
"""What those largest buyers use together, over what the seller country sells to theirs."""
EVENLY = 1.5
"""A seller country of a product in surplus sells at most this over what all sell of what they make: each keeps some over."""
SWAY = 0.1
"""Share by which a country may make more or less to order than balanced, so that trade shares hold."""
PIECE = 0.02
"""Share of a product's flow that a buyer takes from one site before it has a second; at most ``SITES`` of one country."""
SITES = 3
MINOR = 0.03
"""Share of what its country sells under which a site leaves exports to larger ones."""
KNOWN = 10.0
"""How much sooner it sells more to a home buyer that it sells to already than to another of the same size."""
CRUMB, LEAST_MOVED = 1e-9, 1e-6
"""Share of a site's sales that a lane is nothing under, and under which it is not worth to change more."""
AT_HOME = 0.5
"""Part of what a larger site exports that it sells at home, where it would sell nothing there."""
FLOOR = 1e-4
ROUNDS = 60
"""Rounds in which relations are added until no country is asked for more than it makes."""


@dataclass
class Market:
    """One product's sellers and buyers at rest: points, t per week, countries."""

    sellers: list[int]
    made: np.ndarray
    origins: list[str]
    buyers: list[int]
    used: np.ndarray
    destinations: list[str]


def fit_flows(market: Market, prior: np.ndarray, surplus_allowed: bool, one_price: bool = False) -> tuple[np.ndarray, float]:
    """Fit flows to what is made and used, starting from a prior.

    ``prior`` is (seller, buyer), above 0 where technically possible. Where a surplus is allowed, sellers may keep some of
    what they make; else a country may make a little more or less than balanced. Where ``one_price`` is to hold within a country,
    no site of it sells abroad alone. Returns flows (seller, buyer) whose columns
    sum to use, and the share of the full flow, by seller country and buyer, that they cover.
    """
    origins = sorted(set(market.origins))
    rows = [np.flatnonzero(np.array(market.origins) == o) for o in origins]
    wished = np.array([prior[r].sum(0) for r in rows])
    least, most = _room(np.array([market.made[r].sum() for r in rows]), market.used.sum(), surplus_allowed)
    relations, covered = _relations(wished, least, most, market)
    flows = np.zeros_like(prior)
    for origin, r, wants in zip(origins, rows, relations, strict=True):
        flows[r] = _deal(market.made[r], wants, prior[r], PIECE * market.used.sum())
        if one_price:
            flows[r] = _sold_at_home(flows[r], prior[r], np.array([d == origin for d in market.destinations]))
    return flows, covered


def _room(made: np.ndarray, used: float, surplus_allowed: bool) -> tuple[np.ndarray, np.ndarray]:
    """Least and most each seller country sells, t per week."""
    enough = made * max(used / made.sum(), 1.0)
    if surplus_allowed:
        return np.zeros_like(made), enough * min(1.0, EVENLY * used / enough.sum())
    to_order = made * used / made.sum()
    return to_order * (1.0 - SWAY), to_order * (1.0 + SWAY)


def _relations(wished: np.ndarray, least: np.ndarray, most: np.ndarray, market: Market) -> tuple[np.ndarray, float]:
    """T per week by (seller country, buyer): fitted, kept to what matters, and fitted again; share of the full fit kept."""
    full = _fit(wished, least, most, market.used, 400)
    kept = _kept(full, market)
    for _ in range(ROUNDS):
        relations = _fit(_gathered(full, kept, market), least, most, market.used, 2000)
        sold = relations.sum(1)
        if np.all(sold <= most * 1.0005) and np.all(sold >= least * 0.9995):
            break
        _widen(kept, full, sold, least, most)
    return relations, float(full[kept].sum() / full.sum())


def _fit(flows: np.ndarray, least: np.ndarray, most: np.ndarray, used: np.ndarray, turns: int) -> np.ndarray:
    """Scale rows into their room and columns to use, in turn (iterative proportional fitting)."""
    flows = flows.copy()
    for _ in range(turns):
        rows = flows.sum(1)
        wanted = np.clip(rows, least, most)
        flows *= np.divide(wanted, rows, out=np.zeros_like(rows), where=rows > 0.0)[:, np.newaxis]
        columns = flows.sum(0)
        ratio = np.divide(used, columns, out=np.zeros_like(used), where=columns > 0.0)
        flows *= ratio
        if np.all(np.abs(ratio[used > 0.0] - 1.0) < 1e-12):
            break
    return flows


def _pairs(market: Market) -> list[np.ndarray]:
    """Buyers of each destination."""
    destinations = np.array(market.destinations)
    return [np.flatnonzero(destinations == d) for d in sorted(set(market.destinations))]


def _kept(full: np.ndarray, market: Market) -> np.ndarray:
    """Relations that stay: notable to the buyer, largest of it, enough of a country pair, then by size until enough is covered."""
    kept: np.ndarray = full >= np.maximum(NOTABLE * market.used, TINY * market.used.sum())
    kept[full.argmax(0), np.arange(full.shape[1])] = True
    kept[np.arange(full.shape[0]), full.argmax(1)] = True
    for buyers in _pairs(market):
        for c in range(full.shape[0]):
            traded = full[c, buyers].sum()
            if traded < SMALL * market.used[buyers].sum():
                continue
            for j in buyers[np.argsort(-full[c, buyers], kind="stable")]:
                if market.used[buyers[kept[c, buyers]]].sum() >= ROOMY * traded:
                    break
                kept[c, j] = True
    for flat in np.argsort(-full, axis=None, kind="stable"):
        if full[kept].sum() >= COVERED * full.sum():
            break
        kept[np.unravel_index(flat, full.shape)] = True
    return np.asarray(kept & (full > 0.0))


def _gathered(full: np.ndarray, kept: np.ndarray, market: Market) -> np.ndarray:
    """Relations kept, scaled to what their country pair trades in full; a buyer takes at most all its need."""
    gathered = np.where(kept, full, 0.0)
    for buyers in _pairs(market):
        for c in range(full.shape[0]):
            rest = gathered[c, buyers].sum()
            if rest > 0.0:
                gathered[c, buyers] *= full[c, buyers].sum() / rest
    return np.asarray(np.minimum(gathered, market.used))


def _widen(kept: np.ndarray, full: np.ndarray, sold: np.ndarray, least: np.ndarray, most: np.ndarray) -> None:
    """Let the largest buyers of an oversold country buy elsewhere too, and an undersold country reach another buyer."""
    room = sold < 0.995 * most
    for c in np.flatnonzero(sold > most * 1.0005):
        for j in np.argsort(-np.where(kept[c], full[c], 0.0))[:4]:
            free = np.where(room & ~kept[:, j], full[:, j], 0.0)
            if free.max() > 0.0:
                kept[free.argmax(), j] = True
    for c in np.flatnonzero(sold < least * 0.9995):
        free = np.where(kept[c], 0.0, full[c])
        if free.max() > 0.0:
            kept[c, free.argmax()] = True


def _deal(made: np.ndarray, wants: np.ndarray, pull: np.ndarray, piece: float) -> np.ndarray:
    """Deal a country's orders out to its sites, each selling the same part of what it makes.

    Large orders come first and are split among up to ``SITES`` sites; a site comes first that has most left, counted by its
    pull on the buyer (contract, own group). The number of lanes is about that of buyers and sites together.
    """
    flows = np.zeros((made.size, wants.size))
    left = made * (wants.sum() / made.sum())
    crumb = 1e-9 * wants.sum()
    for j in np.argsort(-wants, kind="stable"):
        want, part = wants[j], wants[j] / min(max(int(wants[j] / piece), 1), SITES)
        near = pull[:, j] / made
        while want > crumb and left.max() > 0.0:
            i = int(np.argmax(left * near))
            taken = min(want, left[i], part) if left[i] > 1.02 * part else min(want, left[i])
            flows[i, j] += taken
            left[i] -= taken
            want -= taken
    return np.where(flows > crumb, flows, 0.0)


def _sold_at_home(flows: np.ndarray, pull: np.ndarray, home: np.ndarray) -> np.ndarray:
    """Let each site sell at home too, so that one price holds there: it changes exports for home sales of a larger one.

    What each site sells and what each buyer takes stay as they are. A minor site gives up its exports as far as others can
    take them over, a larger one a part. ``home`` tells which buyers are of the sites' country.
    """
    flows, sold = flows.copy(), flows.sum(1)
    for site in np.argsort(sold, kind="stable"):
        if sold[site] <= 0.0 or not home.any() or flows[site, home].sum() > 0.0:
            continue
        left = sold[site] * (1.0 if sold[site] < MINOR * sold.sum() else AT_HOME)
        for abroad in np.argsort(-flows[site] * ~home, kind="stable"):
            if not home[abroad]:
                left = _exchanged(flows, pull, home, site, abroad, left)
    return flows


def _exchanged(flows: np.ndarray, pull: np.ndarray, home: np.ndarray, site: int, abroad: int, left: float) -> float:
    """Change, in place, up to so much of what a site sells to a buyer abroad for home sales of others; return what is left of it.

    Whoever sells to that buyer already comes first, then who sells most at home; half of its sale to a home buyer stays its own.
    """
    sold = flows[site].sum()
    while left > 0.0 and flows[site, abroad] > 0.0:
        may = (flows * home * (pull[:, abroad] > 0.0)[:, np.newaxis]) * (pull[site] > 0.0)
        may[site] = 0.0
        known = may * (flows[:, abroad] > 0.0)[:, np.newaxis] * (1.0 + KNOWN * (flows[site] > 0.0))
        best = known if known.max() > 0.0 else may
        if best.max() <= 0.0:
            break
        other, at_home = np.unravel_index(int(np.argmax(best)), best.shape)
        moved = min(left, flows[site, abroad], 0.5 * flows[other, at_home])
        for seller, buyer, way in ((site, abroad, -1.0), (site, at_home, 1.0), (other, abroad, 1.0), (other, at_home, -1.0)):
            flows[seller, buyer] += way * moved
        left -= moved
        if flows[site, abroad] < CRUMB * sold:
            flows[other, abroad] += flows[site, abroad]
            flows[site, abroad] = 0.0
        if moved < LEAST_MOVED * sold:
            break
    return left
