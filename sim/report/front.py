"""Front page: who stops first, which forms run short and what cover is left, the best answers, and how sure that is.

Every sentence is made from the numbers; the words are the language's patterns.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.analysis.findings import price_peaks
from sim.language import NOTHING, Words, capital, number
from sim.report.answers import Answer, Hurt, Ranking
from sim.report.harm import Cover, Form, Harm, Line, Spell, cover_left, forms_short, lines_hurt
from sim.report.names import Names

LINES, FORMS, COUNTRIES, HURT = 5, 5, 3, 2
"""Rows of lines and of forms on the first page, and countries named in a cell before the rest is counted."""
FEW = 32
"""Worlds under which shares of worlds are coarse."""
Row = dict[str, str]


@dataclass
class Front:
    """The first page of one scenario: sentences, rows of its tables, and the same findings for the pages below."""

    lead: list[str] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    forms: list[Row] = field(default_factory=list)
    answers: list[Row] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    netted: str = ""
    hurt_lines: list[Line] = field(default_factory=list)
    short_forms: list[Form] = field(default_factory=list)
    covers: list[Cover] = field(default_factory=list)


class Teller:
    """Writes the first page of one scenario."""

    def __init__(self, words: Words, names: Names, harm: Harm, ranked: Ranking | None) -> None:
        self.words, self.names, self.harm, self.ranked = words, names, harm, ranked

    def say(self, key: str, **values: Any) -> str:
        return self.words.sentence(f"briefing.{key}", **values)

    def front(self, drawn: int, assumed: int) -> Front:
        """Everything on the first page; ``drawn`` numbers stand behind it, ``assumed`` of them from assumed ranges."""
        page = Front(
            hurt_lines=lines_hurt(self.harm), short_forms=forms_short(self.harm), covers=cover_left(self.harm)
        )
        page.lead = [capital(x) for x in (self.first(page.hurt_lines), self.shortest(page.short_forms), self.best())]
        page.lines = [self.line(x) for x in page.hurt_lines if usual(x) is not None][:LINES]
        page.forms = self.forms(page.short_forms, page.covers)
        page.answers = [self.answer(n, a) for n, a in enumerate(self.ranked.best if self.ranked else [], 1)]
        page.unsure = [capital(x) for x in (*self.unsure(page, drawn, assumed), *self.would_change())]
        told = {"worlds": self.harm.worlds, "weeks": len(range(*self.harm.watched.indices(10**6)))}
        page.netted = self.say("netted" if self.harm.is_netted else "not_netted", **told)
        return page

    # who stops first -------------------------------------------------------------------------------------------------

    def first(self, lines: Sequence[Line]) -> str:
        """Who stops first, and in which week."""
        spell = usual(lines[0]) if lines else None
        if spell is None:
            return self.say("first_nobody")
        first = lines[0]
        return self.say(
            "first_stops" if spell is first.stops else "first_slows", line=self.names.line(first.country, first.end_use), when=spell.when, early=spell.early, late=spell.late,
            hit=spell.hit, worlds=spell.worlds,
        )  # fmt: skip

    def line(self, line: Line) -> Row:
        """One row of the table of lines that stop or slow in half of the worlds."""
        spell = usual(line)
        assert spell is not None
        key = "happens_stops" if spell is line.stops else "happens_slows"
        return {
            "line": self.names("end_use", line.end_use), "country": self.names("country", line.country),
            "happens": self.say(key, when=spell.when, early=spell.early, late=spell.late),
            "worlds": self.say("hits", hit=spell.hit, worlds=spell.worlds),
            "lost": self.say("span", mid=line.lost, low=line.low, high=line.high),
        }  # fmt: skip

    # forms, grades, cover --------------------------------------------------------------------------------------------

    def shortest(self, forms: Sequence[Form]) -> str:
        """Which form runs shortest."""
        if not forms:
            return self.say("forms_none")
        worst = forms[0]
        others = len({f.country for f in forms if f.product == worst.product}) - 1
        text = self.say(
            "forms_worst", product=self.names("product", worst.product), country=self.names("country", worst.country),
            when=worst.first.when, depth=worst.depth, weeks=round(worst.weeks),
        )  # fmt: skip
        return text + (self.say("forms_others", n=others) if others else self.say("stop"))

    def forms(self, forms: Sequence[Form], covers: Sequence[Cover]) -> list[Row]:
        """Rows by product: short ones first, deepest and longest on top, then those whose cover falls furthest."""
        products = dict.fromkeys([*(f.product for f in forms), *(c.product for c in covers)])
        return [self.form(p, forms, covers) for p in list(products)[:FORMS]]

    def form(self, product: str, forms: Sequence[Form], covers: Sequence[Cover]) -> Row:
        """One row: where a product is short, from when, how deep, and the least cover left of it."""
        short = [f for f in forms if f.product == product]
        left = [c for c in covers if c.product == product]
        row = {"product": self.names("product", product)} | dict.fromkeys(("countries", "when", "depth", "weeks", "cover"), NOTHING)
        if short:
            first = min(short, key=lambda f: f.first.when)
            row |= {
                "countries": self.some([f.country for f in short]), "when": self.words.day(first.first.when, short=True),
                "depth": self.say("percent_span", mid=short[0].depth, low=short[0].low, high=short[0].high),
                "weeks": number(short[0].weeks, 0),
            }  # fmt: skip
        if left:
            least = left[0]
            row["cover"] = self.say(
                "cover_left", country=self.names("country", least.country), days=round(least.days),
                without=round(least.without), when=least.when,
            )  # fmt: skip
        return row

    def some(self, countries: Sequence[str], most: int = COUNTRIES) -> str:
        """The first few countries by name, the others counted."""
        named = [self.names("country", c) for c in countries[:most]]
        rest = len(countries) - most
        return self.words.list(named) if rest <= 0 else self.say("and_more", names=self.words.label("format.list").join(named), n=rest)

    # answers -----------------------------------------------------------------------------------------------------------

    def best(self) -> str:
        """Which answer comes out first, or that none was compared."""
        if self.ranked is None:
            return self.say("answers_not_compared")
        if not self.ranked.best:
            return self.say("answers_none_better", n=len(self.ranked.answers))
        first = self.ranked.best[0]
        return self.say(
            "answers_first", answer=self.names.answer(first.name), n=len(self.ranked.answers), cost=first.cost.mean,
            saved=self.change(first),
        )  # fmt: skip

    def change(self, answer: Answer) -> str:
        """What an answer does to line stops, with how sure that is."""
        low, high = sorted((-answer.stops.low, -answer.stops.high))
        key = "saves" if answer.stops.high < 0.0 else "saves_perhaps" if answer.stops.mean < 0.0 else "saves_none"
        return self.say(key, mid=-answer.stops.mean, low=low, high=high)

    def answer(self, place: int, answer: Answer) -> Row:
        """One row of the table of answers."""
        return {
            "place": str(place), "name": self.names.answer(answer.name), "does": self.names.does(answer.name),
            "cost": self.words.money_range(answer.cost.mean, answer.cost.low, answer.cost.high), "stops": self.change(answer), "hurt": self.hurt(answer.hurt),
            "sure": self.say("rank_span", low=answer.rank_low, high=answer.rank_high, first=answer.first_in),
        }  # fmt: skip

    def hurt(self, hurt: Sequence[Hurt]) -> str:
        """Who else is shown to be worse off."""
        if not hurt:
            return self.say("hurt_nobody")
        told = [
            self.say(f"hurt_{h.metric}", country=self.names("country", h.country), mid=h.change.mean) for h in hurt[:HURT]
        ]
        rest = len(hurt) - HURT
        return self.words.list(told) + (self.say("hurt_more", n=rest) if rest > 0 else "")

    # how sure --------------------------------------------------------------------------------------------------------

    def unsure(self, page: Front, drawn: int, assumed: int) -> list[str]:
        """What is uncertain: dates, losses, prices, numbers drawn, worlds."""
        told = []
        lost = max(page.hurt_lines, key=lambda x: x.lost, default=None)
        if lost is not None and lost.high > 0.0:
            line = self.names.line(lost.country, lost.end_use)
            told.append(self.say("unsure_lost", line=line, mid=lost.lost, low=lost.low, high=lost.high))
        peaks = [p for p in price_peaks(self.harm.result) if p["price"] == "fob"]
        if peaks:
            low, mid, high = (float(np.quantile(peaks[0]["ratio"], q)) for q in (0.05, 0.5, 0.95))
            product = self.names("product", peaks[0]["product"])
            told.append(self.say("unsure_price", product=product, mid=mid, low=low, high=high))
        told.append(self.say("unsure_drawn", n=drawn, assumed=assumed))
        if self.harm.worlds < FEW:
            told.append(self.say("unsure_worlds", n=self.harm.worlds))
        return told

    def would_change(self) -> list[str]:
        """What would change the order of the answers."""
        ranked = self.ranked
        if ranked is None or not ranked.answers:
            return []
        first = ranked.answers[0]
        told = [self.say("order_halves", answer=self.names.answer(first.name), share=first.first_in, n=ranked.pairs)]
        if not first.loss.is_shown:
            told.append(self.say("order_not_shown", answer=self.names.answer(first.name)))
        for measure, other in ranked.first_by.items():
            if other != first.name:
                told.append(self.say(f"order_by_{measure}", answer=self.names.answer(other)))
        for rate, other in sorted(ranked.first_at.items()):
            if other != first.name:
                told.append(self.say("order_at_rate", answer=self.names.answer(other), rate=rate))
        if ranked.is_valued:
            told.append(self.say("order_valued"))
        if first.pays_from is not None:
            told.append(self.say("order_chance", answer=self.names.answer(first.name), chance=first.pays_from))
        if ranked.flips:
            told.append(
                self.say("order_flips", flips=ranked.flips, draws=ranked.draws, answer=self.names.answer(ranked.flips_to))
            )
        return told


def usual(line: Line) -> Spell | None:
    """When a line stops, or else loses a twentieth, if it does so in half of the worlds."""
    return next((s for s in (line.stops, line.slows) if s is not None and s.share >= 0.5), None)
