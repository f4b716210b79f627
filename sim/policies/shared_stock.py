"""Shared stock: one store, filled by several countries, released to whichever of them is short."""

from typing import Literal

import numpy as np
from pydantic import Field

from sim.events.selection import SelectionError
from sim.policies.home import Covers, goods, known_country, known_products, lanes_of, total, treasury, users
from sim.policies.policy import Answer, BoundPolicy, Memory, Opening, Policy
from sim.world.controls import Payment, Press
from sim.world.network import Network
from sim.world.rows import Rows
from sim.world.signals import Signals


class SharedStock(Policy):
    """The host buys while no member is short; members pay, and share in what is sold, by use; releases go to members in need.

    Cargo from the store abroad crosses a border like any other, and meets the rules on goods of their origin.
    """

    kind: Literal["shared_stock"] = "shared_stock"
    host: str = Field(default="JPN", description="country where it lies, alpha-3")
    members: list[str] = Field(
        default_factory=list, description="other countries it serves; all the world provides for if left out"
    )
    products: list[str] = Field(default_factory=list, description="products held; all the host may hold if left out")
    target_days: float = Field(default=30.0, ge=0, le=1000, description="days of use of all of them together")
    fill_weeks: float = Field(default=52.0, ge=1, le=520, description="weeks in which it is bought")
    trigger: float = Field(default=0.6, ge=0, le=1, description="cover over normal under which a member is in need")
    release_share: float = Field(default=0.6, ge=0, le=2, description="release over the weekly use of members in need")
    holding_share: float = Field(default=0.02, ge=0, le=1, description="yearly cost of holding over the stock's worth")
    handling_usd_per_t: float = Field(
        default=50.0, ge=0, le=1e5, description="cost of moving a tonne into the store or out of it (assumed)"
    )

    def effect(self) -> str:
        whom = ", ".join([self.host, *self.members]) if self.members else f"{self.host} and its partners"
        return (
            f"{whom} buy {self.target_days:g} days of their use of {goods(self.products)} into one store in {self.host}, in "
            f"{self.fill_weeks:g} weeks; whoever falls under {100 * self.trigger:g} % of normal cover is served from it"
        )

    def bind(self, net: Network, rows: Rows) -> BoundPolicy:
        return _Bound(self, net, rows)


class _Bound(BoundPolicy):
    def __init__(self, policy: SharedStock, net: Network, rows: Rows) -> None:
        self.policy, self.name, self.net = policy, policy.name or policy.kind, net
        known_country(net, "host", policy.host)
        for member in policy.members:
            known_country(net, "members", member)
        known_products(net, policy.products)
        at = net.point_countries()
        stores = net.stores([policy.host], policy.products)
        if not stores:
            raise SelectionError("host", f"no store of {policy.host} in this world; see stores in world.yaml")
        self.stores = np.array(stores, dtype=np.int64)
        shared = np.flatnonzero((net.lane_shared > 0.0) & np.isin(net.seller, self.stores))
        reached = sorted({at[net.buyer[k]] for k in shared})
        for member in policy.members:
            if member not in reached:
                raise SelectionError(
                    "members", f"no store of {policy.host} may serve {member}; see shared_stores in world.yaml"
                )
        self.countries = [policy.host, *(policy.members or reached)]
        served = [[users(net, c, [net.points[k].product]) for c in self.countries] for k in stores]
        self.covers = Covers(net, [u for row in served for u in row])
        self.use = np.array([[_used(net, u) for u in row] for row in served])
        self.moves = lanes_of(net, self.stores)
        self.sold = [np.flatnonzero(net.seller == k) for k in self.stores]
        self.lanes = {
            c: np.array([k for k in np.flatnonzero(np.isin(net.seller, self.stores)) if at[net.buyer[k]] == c], dtype=np.int64)
            for c in self.countries
        }  # fmt: skip

    def start(self, opening: Opening) -> Memory:
        return {"needy": np.zeros((opening.replicates, self.stores.size, len(self.countries)))}

    def answer(self, week: int, signals: Signals, memory: Memory) -> Answer:
        p, n = self.policy, len(signals.stored)
        cover = self.covers.of(signals).reshape(n, *self.use.shape)
        stays = (memory["needy"] > 0.5) & (cover < min(p.trigger + 0.2, 0.95))
        memory["needy"] = ((cover < p.trigger) | stays).astype(float)
        needy = memory["needy"]
        release, calm, needed = (
            np.zeros((n, self.stores.size)),
            np.ones((n, self.stores.size)),
            np.zeros(self.stores.size),
        )
        for member in range(len(self.countries)):
            release = release + p.release_share * self.use[:, member] * needy[:, :, member]
            calm = calm * (cover[:, :, member] > 0.85)
            needed = needed + self.use[:, member]
        held, target = signals.stored[:, self.stores], needed * p.target_days / 7.0
        buy = np.where(
            (release == 0.0) & (calm > 0.0), np.minimum(target / p.fill_weeks, np.maximum(target - held, 0.0)), 0.0
        )
        answer: Answer = [Press("store_buy", self.stores, buy), Press("store_release", self.stores, release)]
        return answer + self._directed(needy) + self._shares(signals, buy, held)

    def _directed(self, needy: np.ndarray) -> Answer:
        """Lanes to members in need stand open, the others are turned away while anything is released."""
        answer: Answer = []
        at = {int(k): n for n, k in enumerate(self.stores)}
        released = needy[:, :, 0] * 0.0
        for member in range(needy.shape[2]):
            released = np.maximum(released, needy[:, :, member])
        if not released.any():
            return []
        for member, country in enumerate(self.countries):
            lanes = self.lanes[country]
            rows = np.array([at[int(s)] for s in self.net.seller[lanes]], dtype=np.int64)
            need = needy[:, rows, member]
            answer.append(Press("turned_away", lanes, released[:, rows] * (1.0 - need)))
            abroad = self.net.lane_shared[lanes] > 0.0
            answer.append(Press("opened", lanes[abroad], need[:, abroad]))
        return answer

    def _shares(self, signals: Signals, buy: np.ndarray, held: np.ndarray) -> Answer:
        """Members pay the host for their share of purchases, handling and holding, and get theirs of last week's sales, by use."""
        p, price = self.policy, signals.price_paid[:, self.stores] * 1000.0
        host = treasury(p.host)
        holding = held * price * p.holding_share / 52.0
        handling = total(signals.shipped[:, self.moves]) * p.handling_usd_per_t
        earned = np.stack([total(signals.shipped[:, k] * signals.invoiced[:, k]) * 1000.0 for k in self.sold], axis=1)
        answer: Answer = [Payment(host, "outside", "holding", total(holding))]
        answer.append(Payment(host, "outside", "handling", handling))
        whole = max(float(self.use.sum()), 1e-12)
        for member, country in enumerate(self.countries[1:], 1):
            share = self.use[:, member] / np.maximum(self.use.sum(axis=1), 1e-12)
            answer.append(Payment(treasury(country), host, "purchases", total(buy * price * share)))
            answer.append(Payment(treasury(country), host, "holding", total(holding * share)))
            answer.append(Payment(host, treasury(country), "sales", total(earned * share)))
            answer.append(
                Payment(treasury(country), host, "handling", handling * float(self.use[:, member].sum()) / whole)
            )
        return answer


def _used(net: Network, points: np.ndarray) -> float:
    """T per week used, traders not counted twice."""
    return float(sum(net.use_at_rest[u] for u in points if net.points[u].role != "trade"))
