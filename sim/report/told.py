"""Told: events, policies and selections in sentences of any language, from their own numbers.

A kind without a pattern is told by its own ``effect``, in English. In English a pattern says what ``effect`` says.
"""

from collections.abc import Callable, Iterable
from typing import Any

from sim.events import Event
from sim.events.event import Uncertain
from sim.events.selection import Selection
from sim.language import Words
from sim.policies import KINDS as POLICIES
from sim.policies import Policy
from sim.policies.trigger import Trigger

Name = Callable[[str, str], str]
"""The words for a name of the world: section (country, product ...) and name."""
SECTIONS = {
    "product": "product", "stage": "stage", "element": "element", "site": "site", "kind": "kind", "group": "owner",
    "country": "country", "seller_country": "country", "buyer_country": "country", "end_use": "end_use", "buyer": "site",
}  # fmt: skip
"""Key of a selection -> section of its names."""
DESK_SHARES = {"denied": 0.0, "exempt": 0.0, "scope": 1.0}
"""Shares of a licence desk, with what each is where nothing is said of it."""


def in_file(section: str, name: str) -> str:
    """Names as they stand in scenario files; kinds of measure in words."""
    return name.replace("_", " ") if section == "measure" else name


class Telling:
    """Sentences about events and policies in one language."""

    def __init__(self, words: Words, name: Name) -> None:
        self.words, self._name = words, name

    def name(self, section: str, name: str) -> str:
        """A name as it stands inside a sentence."""
        return self.words.within(self._name(section, name))

    def event(self, event: Event) -> str:
        """What an event does."""
        tell = EVENTS.get(event.kind)
        return event.effect() if tell is None else tell(self, event)

    def policy(self, policy: Policy) -> str:
        """What a policy does."""
        together = policy.together()
        if len(together) > 1:
            return self.words.label("briefing.between_policies").join(self.policy(p) for p in together)
        tell = ANSWERS.get(policy.kind)
        return policy.effect() if tell is None else tell(self, policy)

    def say(self, key: str, **values: Any) -> str:
        return self.words.sentence(f"told.{key}", **values)

    def number(self, number: Uncertain, unit: str = "", scale: float = 1.0) -> str:
        """A number, with its range where it has one; ``unit`` is a pattern's name."""
        mode = self._unit(number.mode * scale, unit)
        if number.low == number.high:
            return mode
        return self.say("range", mode=mode, low=f"{number.low * scale:g}", high=f"{number.high * scale:g}")

    def _unit(self, value: float, unit: str) -> str:
        return self.say(f"unit_{unit}", n=f"{value:g}") if unit else f"{value:g}"

    def share(self, number: Uncertain) -> str:
        return self.number(number, "percent", 100.0)

    def points(self, share: float) -> str:
        """A plain share as per cent."""
        return self._unit(100.0 * share, "percent")

    def listed(self, parts: Iterable[str]) -> str:
        """Parts of a list, with what stands between them in the language."""
        return self.words.label("told.comma").join(parts)

    def names(self, section: str, names: Any) -> str:
        return self.listed(self.name(section, n) for n in names)

    def goods(self, selection: Selection, what: str) -> str:
        """A selection in words: what of it, of which goods, where, from whom, to whom."""
        named = selection.named()
        parts = {"what": self.say(f"what_{what}")}
        goods = [self.name(s, n) for s in ("product", "stage", "element") for n in named.get(s, [])]
        goods += [f"HS {code}" for code in named.get("hs", [])]
        if goods:
            parts["goods"] = self.say("of_goods", names=self.listed(goods))
        for key in ("site", "kind", "group", "country", "seller_country", "buyer_country", "end_use", "buyer"):
            if key in named:
                parts[key] = self.say(f"where_{key}", names=self.names(SECTIONS[key], named[key]))
        order = self.words.label("told.order").split()
        return self.words.label("told.between").join(parts[k] for k in order if k in parts)

    def when(self, trigger: Trigger) -> str:
        """When a policy fires."""
        signs = [
            self.say(f"when_{key}", n=self.points(v) if key != "price_above" else f"{v:g}")
            for key in ("cover_below", "price_above", "imports_below") if (v := getattr(trigger, key)) is not None
        ]  # fmt: skip
        text = self.say("when_signs", signs=self.words.label("told.or").join(signs)) if signs else self.say("when_first")
        if trigger.start is not None:
            text = self.say("when_from" if not signs else "when_signs_from", text=text, day=trigger.start)
        return self.say("when_until", text=text, day=trigger.end) if trigger.end is not None else text

    def products(self, names: Any, otherwise: str = "rare_earths_and_magnets") -> str:
        """Products named by a policy, or what stands for all of them."""
        return self.names("product", names) if names else self.say(otherwise)

    def course(self, p: Any) -> str:
        return self.say(
            "course", research=f"{p.research_weeks:g}", qualification=f"{p.qualification_weeks:g}",
            rate=self.points(p.adoption_share_yr), ceiling=self.points(p.ceiling),
        )  # fmt: skip

    def quantities(self, periods: Any) -> str:
        return self.listed(self.say("quantity", day=p.start, tonnes=f"{p.tonnes:,.0f}") for p in periods)


def policy_of(entry: dict[str, Any]) -> Policy:
    """The policy as it stands in a resolved scenario or study."""
    return POLICIES[entry["kind"]].model_validate(entry)


# events ----------------------------------------------------------------------------------------------------------------


def _border(t: Telling, e: Any) -> str:
    key = "border_closure_both" if e.both_ways else "border_closure"
    return t.say(key, passes=t.share(e.passes), cargo=t.goods(e.selection, "cargo"))


def _control(t: Telling, e: Any) -> str:
    text = t.say(
        "change_of_control", sites=t.goods(e.selection, "sites"), favours=t.name("country", e.favours),
        withheld=t.share(e.withheld),
    )  # fmt: skip
    money = {"unfunded": t.share(e.unfunded), "projects": t.names("site", e.projects)}
    return text + (t.say("change_of_control_money", **money) if e.projects else "")


def _consolidation(t: Telling, e: Any) -> str:
    return t.say(
        "consolidation", sellers=t.goods(e.selection, "sellers"), margin=t.share(e.margin), large=t.share(e.large_from)
    )


def _desk(t: Telling, e: Any) -> str:
    days = {"intake": t.number(e.intake_days), "days": t.number(e.licence_days)}
    text = t.say("licence_desk", cargo=t.goods(e.selection, "cargo"), **days)
    for key, neutral in DESK_SHARES.items():
        number = getattr(e, key)
        if (number.low, number.high) != (neutral, neutral):
            text += t.words.label("told.comma") + t.say(f"desk_{key}", n=t.share(number))
    if e.tonnes_per_week is not None:
        text += t.say("desk_rate", n=t.number(e.tonnes_per_week, "tonnes"))
    if e.validity_weeks is not None:
        text += t.say("desk_validity", n=t.number(e.validity_weeks))
    for step in e.steps:
        parts = [t.say("desk_days", n=t.number(step.licence_days))] if step.licence_days is not None else []
        parts += [t.say(f"desk_{k}", n=t.share(getattr(step, k))) for k in DESK_SHARES if getattr(step, k) is not None]
        text += t.say("desk_step", day=step.start, parts=t.listed(parts))
    return text


def _lost_licence(t: Telling, e: Any) -> str:
    moved = t.say("licence_loss_moved", projects=t.names("site", e.moves_to)) if e.moves_to else ""
    return t.say("licence_loss", lost=t.share(e.lost), plants=t.goods(e.selection, "plants")) + moved


def _outage(t: Telling, e: Any) -> str:
    told = t.say("plant_outage_told", day=e.announced) if e.announced is not None else ""
    return t.say("plant_outage", lost=t.share(e.lost), told=told, plants=t.goods(e.selection, "plants"))


def _output_quota(t: Telling, e: Any) -> str:
    feed = "" if e.imported_feed else t.say("production_quota_feed")
    return t.say(
        "production_quota", plants=t.goods(e.selection, "plants"), feed=feed, quantities=t.quantities(e.periods),
        reported=t.share(e.reported),
    )  # fmt: skip


def _quota(t: Telling, e: Any) -> str:
    text = t.say("export_quota", cargo=t.goods(e.selection, "cargo"), quantities=t.quantities(e.periods))
    if e.valid == "year":
        text += t.say("export_quota_year")
    if e.outside.high > 0.0:
        until = "export_quota_outside_until" if e.outside_until else "export_quota_outside"
        text += t.say(until, n=t.share(e.outside), **({"day": e.outside_until} if e.outside_until else {}))
    return text + (t.say("export_quota_enforced", n=t.share(e.enforcement)) if e.enforcement.high > 0.0 else "")


def _raw_ore(t: Telling, e: Any) -> str:
    raw = t.words.label("told.or").join(t.name("stage", r) for r in e.raw)
    return t.say("raw_ore_export_ban", stopped=t.share(e.stopped), cargo=t.goods(e.selection, "cargo"), raw=raw)


def _re_export(t: Telling, e: Any) -> str:
    reach = t.say("re_export_any")
    if e.threshold is not None:
        reach = t.say("re_export_reach", n=t.share(e.threshold))
    return t.say(
        "re_export_rule", obeyed=t.share(e.obeyed), stopped=t.share(e.stopped), cargo=t.goods(e.selection, "cargo"),
        reach=reach, origin=t.name("country", e.origin), layer=t.say(f"layer_{e.layer}"),
    )  # fmt: skip


def _technology(t: Telling, e: Any) -> str:
    imposer = t.name("country", e.imposed_in)
    which = t.names("site", e.projects) or t.say("technology_any", country=imposer)
    factors = {"build": t.number(e.build_factor), "cost": t.number(e.cost_factor)}
    return t.say("technology_ban", which=which, country=imposer, **factors)


def _dual_use(t: Telling, e: Any) -> str:
    barred = [t.name("end_use", u) for u in e.barred_use] + [t.name("site", u) for u in e.barred_user]
    return t.say(
        "dual_use_ban", cargo=t.goods(e.selection, "cargo"), barred=t.listed(barred),
        spillover=t.share(e.spillover),
    )  # fmt: skip


EVENTS: dict[str, Callable[[Telling, Any], str]] = {
    "border_closure": _border,
    "change_of_control": _control,
    "consolidation": _consolidation,
    "contract_annulment": lambda t, e: t.say(
        "contract_annulment", honoured=t.share(e.honoured), contracts=t.goods(e.selection, "contracts")
    ),
    "demand_surge": lambda t, e: t.say("demand_surge", factor=t.number(e.factor), goods=t.goods(e.selection, "goods")),
    "dual_use_ban": _dual_use,
    "export_duty": lambda t, e: t.say(
        "export_duty", cargo=t.goods(e.selection, "cargo"), percent=t.number(e.percent, "percent")
    ),
    "export_quota": _quota,
    "general_licences": lambda t, e: t.say(
        "general_licences", exempt=t.share(e.exempt), cargo=t.goods(e.selection, "cargo")
    ),
    "licence_desk": _desk,
    "licence_loss": _lost_licence,
    "look_alike_hold": lambda t, e: t.say(
        "look_alike_hold", held=t.share(e.held), digits=e.digits, cargo=t.goods(e.selection, "listed")
    ),
    "plant_outage": _outage,
    "price_news": lambda t, e: t.say(
        "price_news", percent=t.number(e.percent_week, "percent"), sellers=t.goods(e.selection, "sellers")
    ),
    "production_quota": _output_quota,
    "raw_ore_export_ban": _raw_ore,
    "re_export_rule": _re_export,
    "shadow_embargo": lambda t, e: t.say(
        "shadow_embargo", clears=t.share(e.clears), cargo=t.goods(e.selection, "cargo")
    ),
    "stock_release": lambda t, e: t.say(
        "stock_release", tonnes=t.number(e.tonnes_per_week, "tonnes"), stocks=t.goods(e.selection, "stocks")
    ),
    "technology_ban": _technology,
}
"""How each event kind is told."""


# policies --------------------------------------------------------------------------------------------------------------


def _stockpile(t: Telling, p: Any) -> str:
    until = t.say("minister_until", day=p.release_until) if p.release_until else ""
    when = {
        "shortage": lambda: t.say("release_shortage", n=t.points(p.trigger)),
        "price": lambda: t.say("release_price", n=f"{p.price_trigger:g}"),
        "minister": lambda: t.say("release_minister", day=p.release_from, until=until),
    }[p.release_by]()
    kept = p.release_by == "shortage" and p.trigger == 0.0
    text = t.say(
        "stockpile_kept" if kept else "stockpile", country=t.name("country", p.country), days=f"{p.target_days:g}", goods=t.products(p.products, "what_makers_use"),
        weeks=f"{p.fill_weeks:g}", share=t.points(p.release_share), when=when,
    )  # fmt: skip
    if p.buys_from is not None:
        text += t.say("stockpile_from", day=p.buys_from)
    if p.allocate_to:
        text += t.say("stockpile_only", names=t.names("end_use", p.allocate_to))
    if p.budget_musd_yr is not None:
        text += t.say("stockpile_budget", n=f"{p.budget_musd_yr:g}")
    if not p.refill:
        text += t.say("stockpile_once")
    return text if p.secret else text + t.say("stockpile_public")


def _reserves(t: Telling, p: Any) -> str:
    return t.say(
        "firm_reserves", country=t.name("country", p.country), days=f"{p.days:g}", goods=t.products(p.products),
        weeks=f"{p.build_weeks:g}", borne=t.points(p.borne_share), release=t.points(p.release_share), when=t.when(p.when),
    )  # fmt: skip


def _subsidy(t: Telling, p: Any) -> str:
    whom = t.names("site", [*p.projects, *p.plants]) or t.say("subsidy_any")
    text = t.say(
        "capacity_subsidy", country=t.name("country", p.country), share=t.points(p.share), whom=whom, when=t.when(p.when)
    )
    if p.plants:
        text += t.say("subsidy_larger", weeks=f"{p.build_weeks:g}", added=t.points(p.added_share))
    bonds = [t.say(k) for k, holds in (("bond_open", p.keeps_open), ("bond_home", p.priority)) if holds]
    return text + (t.say("bonds", bonds=t.words.label("told.and").join(bonds)) if bonds else "")


def _offtake(t: Telling, p: Any) -> str:
    parts = []
    if p.loan_musd:
        parts.append(t.say("lends", n=f"{p.loan_musd:g}", rate=f"{p.loan_percent:g}"))
    if p.equity_musd:
        parts.append(t.say("stake", n=f"{p.equity_musd:g}"))
    shares = [t.say("of_product", share=t.points(v), product=t.name("product", k)) for k, v in p.offtake.items()]
    if p.offtake_share:
        shares.append(t.say("of_other" if shares else "of_output", share=t.points(p.offtake_share)))
    text = t.say(
        "offtake_finance" if shares else "offtake_money", country=t.name("country", p.country), how=t.words.label("told.and").join(parts) or t.say("stands"),
        plant=t.name("site", p.plant), when=t.when(p.when), shares=t.listed(shares),
        only=t.say("exclusive") if p.exclusive else "",
    )  # fmt: skip
    if p.rescheduled is not None:
        r = p.rescheduled
        text += t.say(
            "rescheduled", day=r.start, years=f"{r.loan_years:g}", rate=f"{r.loan_percent:g}",
            share=t.points(r.offtake_share),
        )  # fmt: skip
    return text


def _floor(t: Telling, p: Any) -> str:
    text = t.say(
        "price_floor", country=t.name("country", p.country), plants=t.names("site", p.plants),
        product=t.name("product", p.product), floor=f"{p.floor_usd_per_kg:g}", when=t.when(p.when),
    )  # fmt: skip
    return text + (t.say("floor_budget", n=f"{p.budget_musd_yr:g}") if p.budget_musd_yr is not None else "")


def _shared(t: Telling, p: Any) -> str:
    host = t.name("country", p.host)
    whom = t.names("country", [p.host, *p.members]) if p.members else t.say("host_and_partners", host=host)
    return t.say(
        "shared_stock", whom=whom, days=f"{p.target_days:g}", goods=t.products(p.products), host=host,
        weeks=f"{p.fill_weeks:g}", trigger=t.points(p.trigger),
    )  # fmt: skip


def _cap(t: Telling, p: Any) -> str:
    return t.say(
        "single_source_cap", country=t.name("country", p.country), cap=t.points(p.cap), goods=t.products(p.products),
        origin=_whom(t, p.origin), when=t.when(p.when),
    )  # fmt: skip


def _whom(t: Telling, country: str) -> str:
    return t.name("country", country) if country else t.say("main_exporter")


def _substitution(t: Telling, p: Any) -> str:
    return t.say(
        "substitution_support", country=t.name("country", p.country), technology=t.say(f"technology_{p.technology}"),
        whom=t.names("end_use", p.end_uses) or t.say("all_makers"), when=t.when(p.when), course=t.course(p),
    )  # fmt: skip


def _wto(t: Telling, p: Any) -> str:
    stages = [
        t.say(
            "wto_stage", measures=t.words.label("told.and").join(t.say(f"measure_{m}") for m in s.measures),
            relief=t.points(s.relief), weeks=f"{s.after_weeks:g}",
        )
        for s in p.stages
    ]  # fmt: skip
    return t.say(
        "wto_case", country=t.name("country", p.country), respondent=_whom(t, p.respondent), when=t.when(p.when),
        lag=f"{p.lag_weeks:g}", stages=t.listed(stages),
    )  # fmt: skip


def _counter(t: Telling, p: Any) -> str:
    what = t.say(f"counter_{p.direction}", goods=t.products(p.products), against=_whom(t, p.against))
    how = t.say("counter_tariff", n=f"{p.percent:g}", what=what) if p.form == "tariff" else t.say(
        "counter_stop", share=t.points(p.share), what=what
    )
    return t.say("counter_measure", country=t.name("country", p.country), how=how, when=t.when(p.when))


def _talks(t: Telling, p: Any) -> str:
    what = t.listed(t.name("measure", m) for m in p.measures) or t.say("all_measures")
    return t.say(
        "relaxation_talks", country=t.name("country", p.country), partner=_whom(t, p.partner), when=t.when(p.when),
        lag=f"{p.lag_weeks:g}", chance=t.points(p.chance), what=what, relief=t.points(p.relief),
    )  # fmt: skip


def _rule(t: Telling, p: Any) -> str:
    text = t.say(
        "embargoers_rule", who=_whom(t, p.country), relief=t.points(p.relief), lost=t.points(p.ledger_share),
        pressure=t.points(p.pressure_share), weeks=f"{p.patience_weeks:g}",
    )  # fmt: skip
    if p.escalates:
        text += t.say(
            "escalates", gained=t.points(p.escalation_share), clears=t.points(p.escalation_clears),
            target=t.name("country", p.target), days=f"{p.deterred_days:g}",
        )  # fmt: skip
    return text


ANSWERS: dict[str, Callable[[Telling, Any], str]] = {
    "none": lambda t, p: t.say("nothing"),
    "stockpile": _stockpile,
    "firm_reserves": _reserves,
    "capacity_subsidy": _subsidy,
    "offtake_finance": _offtake,
    "price_floor": _floor,
    "joint_purchase": lambda t, p: t.say(
        "joint_purchase", members=t.names("country", p.members), goods=t.products(p.products), when=t.when(p.when)
    ),
    "shared_stock": _shared,
    "single_source_cap": _cap,
    "thrifting_support": lambda t, p: t.say(
        "thrifting_support", country=t.name("country", p.country), when=t.when(p.when), course=t.course(p),
        whom=t.names("end_use", p.end_uses) or t.say("all_makers"),
    ),
    "substitution_support": _substitution,
    "recycling_support": lambda t, p: t.say(
        "recycling_support", country=t.name("country", p.country), when=t.when(p.when), course=t.course(p),
        rate=t.points(p.end_of_life_share_yr), ceiling=t.points(p.end_of_life_ceiling),
    ),
    "wto_case": _wto,
    "counter_measure": _counter,
    "relaxation_talks": _talks,
    "embargoers_rule": _rule,
}  # fmt: skip
"""How each policy is told."""
