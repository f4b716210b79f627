"""Controls: how the world is bent this week. The one doorway between events, policies and mechanisms.

Four shapes: fields (a value per row, a neutral value, a combining rule), schemes (rows fixed at build, asleep at
neutral), payments and reliefs. Events and policies press; mechanisms read. Beside payments stand claims, which only books hold.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Control:
    """One control: the axis it lies on, its neutral value, how presses combine, unit and meaning."""

    name: str
    axis: str
    neutral: float
    combine: str
    unit: str
    meaning: str


CONTROLS = {
    c.name: c
    for c in (
        Control("clears", "lane", 1.0, "minimum", "share", "share of cargo that clears customs"),
        Control("banned", "lane", 0.0, "maximum", "share", "share of cargo that may not leave or go to its use"),
        Control("allowance", "lane", np.inf, "minimum", "t/week", "most that may be asked for, whatever is ordered"),
        Control("announced", "lane", 0.0, "maximum", "share", "dated loss of tonnage, times credibility"),
        Control("desk_scope", "lane", 0.0, "maximum", "share", "share of cargo that needs a licence"),
        Control("exempt", "lane", 0.0, "maximum", "share", "share of that cargo under a general licence"),
        Control("denied", "lane", 0.0, "maximum", "share", "share of decided applications refused"),
        Control("validity_weeks", "lane", np.inf, "minimum", "weeks", "weeks for which a licence holds"),
        Control("outside_quota", "lane", 0.0, "maximum", "share", "cargo that needs no permit, over a lane's normal flow"),
        Control("priority", "lane", 0.0, "maximum", "flag", "lanes the state directs sellers to serve first"),
        Control("honoured", "lane", 1.0, "minimum", "share", "share of term contracts kept"),
        Control("enforcement", "lane", 0.0, "maximum", "share", "enforcement against leakage"),
        Control("duty_added", "lane", 0.0, "sum", "share", "export duty beside the one in force at the start"),
        Control("tariff_added", "lane", 0.0, "sum", "share", "import duty beside the one in force at the start"),
        Control("capacity", "line", 1.0, "product", "share", "usable share of capacity"),
        Control("run_cap", "line", np.inf, "minimum", "t/week", "most a plant may run, by production quota"),
        Control("demand", "need", 1.0, "product", "share", "planned output over its trend"),
        Control("news", "point", 0.0, "sum", "share", "price talk: rise of asks a week, at most a few per cent"),
        Control("phase_weeks", "desk", 0.0, "maximum", "weeks", "weeks a decision takes in a desk's second phase"),
        Control("intake_weeks", "desk", 0.0, "maximum", "weeks", "weeks until papers are taken in"),
        Control("desk_rate", "desk", np.inf, "minimum", "t/week", "most a desk decides in a week"),
        Control("permits", "pool", np.inf, "minimum", "t/period", "quota of the period in force, gross weight"),
        Control("permits_kept", "pool", 0.0, "maximum", "share", "permits left from the period before that still count"),
        Control("period_end", "pool", 0.0, "maximum", "week", "week after the last of the quota period"),
        Control("period_start", "pool", 0.0, "maximum", "week", "first week of the quota period"),
        Control("re_export_strength", "rule", 0.0, "maximum", "share", "share of cargo a re-export rule stops"),
        Control("re_export_threshold", "rule", 0.0, "maximum", "share", "share of value from which it bites"),
        Control("re_export_obeyed", "lane", 1.0, "minimum", "share", "share of such cargo its seller stops"),
        Control("merged", "seller_group", 0.0, "maximum", "share", "how far sellers of a group price as one"),
        Control("group_margin", "seller_group", 0.0, "maximum", "share", "margin a group holds over its normal ask"),
        Control("group_from", "seller_group", 0.0, "maximum", "share", "share of orders from which it holds it"),
        Control("store_buy", "point", 0.0, "maximum", "t/week", "purchase of a government store"),
        Control("store_release", "point", 0.0, "maximum", "t/week", "release of a government store"),
        Control(
            "relief", "measure", 0.0, "maximum", "share", "easing of a country's measures of a kind, the week after"
        ),
        Control("support", "project", 0.0, "sum", "share", "share of capital a government bears"),
        Control("committed", "project", 0.0, "maximum", "flag", "projects that go ahead whatever their value"),
        Control("project_risk", "project", 1.0, "product", "share", "share of the hazard of permit and finance left"),
        Control("kept_open", "line", 0.0, "maximum", "flag", "plants whose lenders keep them from closing"),
        Control("topped_up", "point", 0.0, "sum", "USD/kg", "paid to a producer on top of its price"),
        Control("turned_away", "lane", 0.0, "maximum", "share", "share of orders a seller does not take"),
        Control("origin_cap", "view", 1.0, "minimum", "share", "most a buyer may order from one origin"),
        Control("diversify", "point", 0.0, "maximum", "share", "urge to qualify new sellers, beside fear"),
        Control("opened", "lane", 0.0, "maximum", "share", "share of need a shared store's lane abroad may serve"),
        Control("order_factor", "point", 1.0, "product", "share", "orders over what the buyer alone would order"),
        Control("cover_added", "point", 0.0, "sum", "weeks", "cover wished beyond the firm's own wish"),
        Control("locked", "point", 0.0, "maximum", "t", "kept on hand by order of the state"),
        Control("calmed", "point", 0.0, "maximum", "share", "share of a buyer's fear that a known stock takes away"),
        Control("disclosed", "point", 0.0, "maximum", "flag", "stores whose level is published"),
        Control(
            "kept_by_thrift",
            "need",
            1.0,
            "product",
            "share",
            "planned use left by a programme; the rest moves a grade down",
        ),
        Control(
            "kept_by_substitutes",
            "need",
            1.0,
            "product",
            "share",
            "planned use left by substitutes; above 1 where one is made of it",
        ),
        Control("swarf_back", "line", 0.0, "sum", "share", "share of swarf that comes back beside the usual"),
        Control("end_of_life_back", "need", 0.0, "sum", "share", "share of magnets in goods at their end that is collected"),
        Control("run_more", "line", 1.0, "product", "factor", "run wished over what orders ask for, where feed must go"),
        Control("slowed", "project", 0.0, "maximum", "share", "share of each week of building that is lost"),
        Control("dearer", "project", 1.0, "product", "factor", "capital cost over what it was"),
    )
}


BUDGET_LINES = (
    "purchases", "sales", "handling", "holding", "subsidy", "loan", "equity", "floor", "research", "recycling", "administration",
    "repayment", "interest", "dividend", "clawback",
)  # fmt: skip
"""Lines of a government's budget."""
COMES_BACK = ("sales", "repayment", "interest", "dividend", "clawback")
"""Those of them that are what comes back; the others are outlays."""


@dataclass(frozen=True)
class Press:
    """One press on one control: rows, and a value per replicate or one for all."""

    control: str
    rows: Array
    value: Any
    by: str = ""


@dataclass(frozen=True)
class Payment:
    """A payment a policy presses, in USD, 0 or more: accounts by name (``government:JPN``, ``firms:AUS``, ``outside``), budget line.

    What a government receives comes off its cost, on the line named.
    """

    payer: str
    payee: str
    line: str
    usd: Array


@dataclass(frozen=True)
class Claim:
    """What a government is still owed by a plant, or owns of it, at the end of this week; it moves nothing.

    ``usd`` is the loan owed or the stake at cost, per replicate, 0 once the plant has failed; ``share`` is what part of the plant
    the stake is, ``lines`` are the plant's.
    """

    country: str
    line: str
    usd: Array
    lines: Array
    share: Array


@dataclass
class Controls:
    """All controls of one week: (replicate, row) where one is pressed, its neutral value as (1, row) where it is not."""

    neutral: dict[str, Array]
    replicates: int
    values: dict[str, Array] = field(default_factory=dict)
    pressed: set[str] = field(default_factory=set)

    @classmethod
    def at_neutral(cls, sizes: dict[str, int], replicates: int) -> "Controls":
        return cls({c.name: np.full((1, sizes[c.axis]), c.neutral) for c in CONTROLS.values()}, replicates)

    def reset(self) -> None:
        for name in self.pressed:
            self.values[name][:] = CONTROLS[name].neutral
        self.pressed = set()

    def __getitem__(self, name: str) -> Array:
        return self.values[name] if name in self.pressed else self.neutral[name]

    def press(self, press: Press) -> Array:
        """Apply one press by its control's combining rule; return in which replicates anything changed."""
        if press.control not in CONTROLS:
            raise KeyError(f"no control {press.control!r}; known are {', '.join(CONTROLS)}")
        rows = press.rows
        if rows.size == 0:
            return np.zeros(self.replicates, dtype=bool)
        if press.control not in self.values:
            self.values[press.control] = np.repeat(self.neutral[press.control], self.replicates, axis=0)
        self.pressed.add(press.control)
        array = self.values[press.control]
        value = np.broadcast_to(np.asarray(press.value, dtype=np.float64), (array.shape[0], rows.size))
        before = array[:, rows]
        combine = CONTROLS[press.control].combine
        if combine == "minimum":
            after = np.minimum(before, value)
        elif combine == "maximum":
            after = np.maximum(before, value)
        elif combine == "product":
            after = before * value
        else:
            after = before + value
        array[:, rows] = after
        return np.asarray((after != before).any(axis=1))
