"""Offtake finance: a loan or a stake that carries a plant, paid for with a right to buy what it makes."""

from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from sim.events.event import Day
from sim.events.selection import SelectionError
from sim.policies.home import (
    country_of_site,
    firms,
    known_country,
    known_plant,
    lines_of,
    project_row,
    sold_by,
    total,
    treasury,
)
from sim.policies.policy import Answer, BoundPolicy, Memory, Opening
from sim.policies.trigger import Acting, GovernmentPolicy, Trigger
from sim.world.controls import Claim, Payment, Press
from sim.world.network import Network
from sim.world.rows import Rows
from sim.world.signals import Signals

MARKET_RATE = 0.10
"""Yearly rate at which such plants borrow otherwise (assumed)."""
BOOK_WEEKS = 26.0
"""Weeks over which what was taken is set against what was made."""


class Rescheduling(BaseModel):
    """New terms from a day on: time and interest given, priority received."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    start: Day = Field(description="first day, YYYY-MM-DD")
    loan_percent: float = Field(default=2.5, ge=0, le=30, description="interest a year, per cent, from then on")
    loan_years: float = Field(
        default=11.0, ge=1, le=40, description="years in which what is owed is repaid, from then on"
    )
    offtake_share: float = Field(
        default=1.0, ge=0, le=1, description="share of every product bought first, from then on"
    )


class OfftakeFinance(GovernmentPolicy):
    """The state lends to a plant or project or takes a stake, and its makers are served first up to a share of the output.

    A project so financed goes ahead, and fails less often; a plant so financed is not closed while it loses money. Loans are
    repaid with interest unless the project fails.
    """

    kind: Literal["offtake_finance"] = "offtake_finance"
    when: Trigger = Field(default=Trigger(), description="what makes it act; at once if left out")
    plant: str = Field(description="project or plant financed, by its name in the world's tables")
    loan_musd: float = Field(default=0.0, ge=0, le=1e5, description="loan, million USD")
    loan_percent: float = Field(default=3.75, ge=0, le=30, description="interest a year, per cent")
    loan_years: float = Field(default=10.0, ge=1, le=40, description="years of repayment after the grace")
    grace_years: float = Field(default=3.0, ge=0, le=20, description="years without repayment after the loan is drawn")
    equity_musd: float = Field(default=0.0, ge=0, le=1e5, description="stake, million USD")
    dividend_percent: float = Field(
        default=3.0, ge=0, le=100, description="dividend as a share of what the plant sells, for a stake of all capital"
    )
    draw_weeks: float = Field(default=52.0, ge=1, le=520, description="weeks in which the money is drawn")
    offtake: dict[str, float] = Field(
        default_factory=dict,
        description="share of output bought first, 0 to 1, by product; offtake_share where not named",
    )
    offtake_share: float = Field(default=0.5, ge=0, le=1, description="share of output of other products bought first")
    exclusive: bool = Field(default=False, description="the plant sells these products to the country alone")
    before_contracts: bool = Field(
        default=True, description="its right stands before the plant's term contracts with buyers elsewhere"
    )
    commits: bool = Field(default=True, description="the project goes ahead with it; false: only its terms count")
    risk_left: float = Field(default=0.3, ge=0, le=1, description="share of the hazard of permit and finance left")
    keeps_open: bool = Field(default=True, description="lenders keep the plant from closing")
    rescheduled: Rescheduling | None = Field(default=None, description="new terms from a day on")

    def effect(self) -> str:
        parts = []
        if self.loan_musd:
            parts.append(f"a loan of {self.loan_musd:g} million USD at {self.loan_percent:g} %")
        if self.equity_musd:
            parts.append(f"{self.equity_musd:g} million USD for a stake")
        shares = [f"{100 * v:g} % of its {k}" for k, v in self.offtake.items()]
        if self.offtake_share:
            shares.append(f"{100 * self.offtake_share:g} % of its {'other ' if shares else ''}output")
        text = f"{self.country} gives {self.plant} {' and '.join(parts) or 'its backing'}, {self.when.words()}"
        if shares:
            text += f", and buys {', '.join(shares)} first" + (", and nobody else any of it" if self.exclusive else "")
        if self.rescheduled is not None:
            r = self.rescheduled
            text += (
                f"; from {r.start} what is owed runs {r.loan_years:g} years more at {r.loan_percent:g} %, "
                f"for {100 * r.offtake_share:g} % of the output"
            )
        return text

    def bind(self, net: Network, rows: Rows) -> BoundPolicy:
        return _Bound(self, net, rows)


class _Bound(Acting):
    def __init__(self, policy: OfftakeFinance, net: Network, rows: Rows) -> None:
        known_country(net, "country", policy.country)
        known_plant(net, "plant", policy.plant)
        super().__init__(policy, net, rows, np.zeros(0, dtype=np.int64))
        self.policy = policy
        self.project = project_row(net, policy.plant)
        self.lines = lines_of(net, policy.plant)
        self.owner = firms(country_of_site(net, policy.plant))
        points = sold_by(net, policy.plant)
        made = [net.points[p].product for p in points]
        for product in policy.offtake:
            if product not in made:
                raise SelectionError("offtake", f"{policy.plant} does not make {product!r}; it makes {', '.join(made)}")
        self.shares = np.array([policy.offtake.get(m, policy.offtake_share) for m in made])
        self.lanes, self.others = [], []
        at = net.point_countries()
        for point, product in zip(points, made, strict=True):
            lanes = np.flatnonzero(net.seller == point)
            home = np.array([at[b] == policy.country for b in net.buyer[lanes]], dtype=bool)
            if product in policy.offtake and not home.any():
                raise SelectionError(
                    "offtake",
                    f"no buyer in {policy.country} can take {product} of {policy.plant}; see offtake in projects.csv",
                )
            self.lanes.append(lanes[home])
            self.others.append(lanes[~home])
        if self.shares.any() and not any(x.size for x in self.lanes):
            raise SelectionError(
                "plant",
                f"no buyer in {policy.country} can take what {policy.plant} makes; name another plant or country",
            )
        self.again = np.inf
        self.grant = _grant_element(policy)

    def remember(self, opening: Opening) -> Memory:
        n, products = opening.replicates, self.shares.size
        if self.policy.rescheduled is not None:
            self.again = opening.calendar.position(self.policy.rescheduled.start)
        zeros = {key: np.zeros(n) for key in ("drawn", "owed", "invested")}
        return {**zeros, "got": np.zeros((n, products)), "made": np.zeros((n, products))}

    def act(self, week: int, signals: Signals, memory: Memory, fires: np.ndarray) -> Answer:
        p, begun = self.policy, memory["since"] > 0.0
        alive = begun & (signals.stage[:, self.project] != 3.0) if self.project >= 0 else begun
        flag = alive.astype(float)
        answer: Answer = self._money(week, signals, memory, flag)
        if self.project >= 0:
            row = np.array([self.project])
            borne = (p.equity_musd + p.loan_musd * self.grant) / np.maximum(signals.capital[:, self.project], 1e-9)
            answer.append(Press("support", row, (np.minimum(borne, 1.0) * flag)[:, np.newaxis]))
            answer.append(Press("project_risk", row, (1.0 - flag * (1.0 - p.risk_left))[:, np.newaxis]))
            if p.commits:
                answer.append(Press("committed", row, flag[:, np.newaxis]))
        if p.keeps_open:
            answer.append(Press("kept_open", self.lines, flag[:, np.newaxis]))
        return answer + self._first_served(week, signals, memory, flag)

    def _first_served(self, week: int, signals: Signals, memory: Memory, flag: np.ndarray) -> Answer:
        """Priority on the lanes home while less than the agreed share of the output came."""
        answer: Answer = []
        r = self.policy.rescheduled
        for n, (home, others) in enumerate(zip(self.lanes, self.others, strict=True)):
            got, sold = total(signals.shipped[:, home]), total(signals.shipped[:, others])
            memory["got"][:, n] += (got - memory["got"][:, n]) / BOOK_WEEKS
            memory["made"][:, n] += (got + sold - memory["made"][:, n]) / BOOK_WEEKS
            share = r.offtake_share if r is not None and week >= self.again else self.shares[n]
            if share > 0.0 and home.size:
                short = flag * ((memory["got"][:, n] < share * memory["made"][:, n]) | (share >= 1.0))
                answer.append(Press("priority", home, short[:, np.newaxis]))
                if self.policy.before_contracts and others.size:
                    answer.append(Press("honoured", others, 1.0 - short[:, np.newaxis]))
            if self.policy.exclusive and others.size and share > 0.0:
                answer.append(Press("turned_away", others, flag[:, np.newaxis]))
        return answer

    def _money(self, week: int, signals: Signals, memory: Memory, flag: np.ndarray) -> Answer:
        p, since = self.policy, memory["since"]
        draw = flag * np.minimum(p.loan_musd / p.draw_weeks, np.maximum(p.loan_musd - memory["drawn"], 0.0))
        invest = flag * np.minimum(p.equity_musd / p.draw_weeks, np.maximum(p.equity_musd - memory["invested"], 0.0))
        rate, years, grace = p.loan_percent, p.loan_years, p.draw_weeks + 52.0 * p.grace_years
        if p.rescheduled is not None and week >= self.again:
            rate, years, grace = p.rescheduled.loan_percent, p.rescheduled.loan_years, 0.0
        interest = flag * memory["owed"] * rate / 100.0 / 52.0
        due = np.where(since > grace, p.loan_musd / (52.0 * years), 0.0)
        back = flag * np.minimum(due, memory["owed"])
        memory["drawn"], memory["invested"] = memory["drawn"] + draw, memory["invested"] + invest
        memory["owed"] = memory["owed"] + draw - back
        sales = np.zeros(len(flag))
        for lanes in (*self.lanes, *self.others):
            sales = sales + total(signals.shipped[:, lanes] * signals.invoiced[:, lanes]) * 1000.0
        capital = signals.capital[:, self.project] if self.project >= 0 else np.full(len(flag), np.inf)
        stake = np.minimum(memory["invested"] / np.maximum(capital, 1e-9), 1.0)
        dividend = flag * stake * sales * p.dividend_percent / 100.0
        state = treasury(p.country)
        return [
            self.pays(draw * 1e6, "loan", self.owner), self.pays(invest * 1e6, "equity", self.owner),
            Payment(self.owner, state, "interest", interest * 1e6), Payment(self.owner, state, "repayment", back * 1e6),
            Payment(self.owner, state, "dividend", dividend), *self._claims(memory, flag, capital),
        ]  # fmt: skip

    def _claims(self, memory: Memory, flag: np.ndarray, capital: np.ndarray) -> Answer:
        """What is owed and owned; of a plant whose capital nobody tells, the stake may be worth up to all of it."""
        whole = np.where(np.isfinite(capital), capital, memory["invested"])
        share = np.minimum(memory["invested"] / np.maximum(whole, 1e-9), 1.0)
        return [
            Claim(self.policy.country, "loan", flag * memory["owed"] * 1e6, self.lines, share),
            Claim(self.policy.country, "equity", flag * memory["invested"] * 1e6, self.lines, share),
        ]


def _grant_element(policy: OfftakeFinance) -> float:
    """Share of a loan that is a gift: one less the present value of its service at the market's rate."""
    years = max(round(policy.loan_years), 1)
    owed, worth = 1.0, 0.0
    for year in range(1, round(policy.grace_years) + years + 1):
        repaid = 1.0 / years if year > round(policy.grace_years) else 0.0
        worth += (owed * policy.loan_percent / 100.0 + repaid) / (1.0 + MARKET_RATE) ** year
        owed -= repaid
    return max(1.0 - worth, 0.0)
