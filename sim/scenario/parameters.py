"""Parameters: the uncertain numbers that the week reads of every world, each with its meaning, unit and bounds.

Bounds are those beyond which a rule has no meaning: a share above 1, a memory shorter than the week that it is read in, a ceiling
below what stands. How likely a number is, is the world's own matter.
"""

from dataclasses import dataclass

LONGEST = 5200.0
"""Most weeks a parameter may last: a hundred years."""


@dataclass(frozen=True)
class Declared:
    """One parameter: its meaning with unit, and the least and most it may be."""

    meaning: str
    least: float = 0.0
    most: float = 1000.0


def _share(meaning: str) -> Declared:
    return Declared(meaning, 0.0, 1.0)


def _ratio(meaning: str) -> Declared:
    return Declared(meaning, 1.0)


def _memory(meaning: str) -> Declared:
    return Declared(f"{meaning}, weeks", 1.0, LONGEST)


def _weeks(meaning: str) -> Declared:
    return Declared(f"{meaning}, weeks", most=LONGEST)


PARAMETERS: dict[str, Declared] = {
    "panic": Declared("rise of wished cover per unit of belief"),
    "momentum": Declared("rise of wished cover per unit of quarterly price run-up beyond the band"),
    "trader_momentum": Declared("the same for traders"),
    "run_up_band": Declared("run-up of a quarter, in logs, that moves nobody"),
    "capital_power": Declared("fall of wished cover per log of dearer stock"),
    "cover_ceiling": _ratio("largest wished cover over normal"),
    "cover_back": _share("return of wished cover per week"),
    "belief_rise": _share("learning from short cargo per week"),
    "belief_fade": _share("forgetting per week"),
    "ask_speed": _share("weekly move of asks per unit of tightness"),
    "ask_band": Declared("orders over offers, in logs, that do not move asks"),
    "stock_power": Declared("rise of the ask, in logs, for one log of scarcer stock"),
    "normal_pull": _share("weekly return of asks to what is normal"),
    "normal_memory_weeks": _memory("memory of what is a normal price"),
    "remembers": _share("share, in logs, of prices of the years before the start in what sellers think normal at it"),
    "peer_pull": _share("gap to rivals closed per week"),
    "slow_down": _share("speed of cutting asks over that of raising them"),
    "fill_memory_weeks": _memory("memory of a seller that did not deliver"),
    "supply_response": Declared("elasticity of run to the value of the basket"),
    "surplus_back_at": _ratio("ask over that of the start from which a surplus is kept, and what was set aside comes back"),
    "run_down": _share("share of a fall in orders that plants follow"),
    "spot_elasticity": Declared("substitution between sellers of one product"),
    "order_smoothing_weeks": _memory("weeks over which stock gaps are closed"),
    "order_ceiling": _ratio("largest order over use"),
    "leak_per_gap": Declared("share of cargo past the books per log of the price at the border over the home price"),
    "leak_least_gap": Declared("gap under which nobody smuggles, in logs"),
    "leak_build_weeks": _memory("weeks in which a way past the books is built"),
    "leak_fade_weeks": _memory("weeks in which it is lost"),
    "leak_ceiling": _share("largest leaking share"),
    "mislabelled": _share("leaked cargo entered under another origin"),
    "miscoded": _share("leaked cargo entered under another code of the same chapter of customs"),
    "backlog_weeks": _memory("mean life of an unserved order"),
    "price_smoothing_weeks": _memory("weeks over which the price really paid is smoothed"),
    "quota_front_loading": _ratio("permits used this week over an even spread"),
    "border_release_weeks": _weeks("weeks of normal flow leaving the border per week"),
    "border_room_weeks": _weeks("weeks of flow that sellers let wait at the border"),
    "own_cover_power": Declared("fall of a seller's own cover, in logs, per log of its ask over normal"),
    "withholding": Declared("share that traders hold back per unit of run-up"),
    "share_memory_weeks": _memory("memory of who was ordered from"),
    "qualification_weeks": _memory("qualification of a new seller"),
    "contract_tolerance": _share("volume tolerance of term contracts"),
    "thrift_full_at": Declared("price over the start's at which saving goes at its full yearly rate", 1.01),
    "catch_up_weeks": _memory("weeks over which postponed demand is caught up"),
    "relocation_rate_yr": _share("goods making moved a year at a doubled gap"),
    "relocation_stays": _share("part of it that never returns"),
    "permit_speed": _share("weekly move of the price abroad per unit of tightness of permits"),
    "permit_withholding": Declared("share of permits kept back per log of their quarterly run-up"),
    "permit_slow": Declared("speed of its fall over that of its rise"),
    "curtail_weeks": _weeks("weeks below cash cost until output is cut"),
    "mothball_weeks": _weeks("weeks below cash cost until a plant is mothballed"),
    "close_weeks": _weeks("weeks below cash cost until a plant is closed for good"),
    "restart_weeks": _weeks("weeks above cash cost until a plant restarts"),
    "expansion_share_yr": _share("largest growth of a plant's capacity in a year"),
    "expansion_ceiling": _ratio("largest capacity over nameplate"),
    "project_years": Declared("life over which a project is valued, years", 1.0, 100.0),
    "project_rate": _share("discount rate of investors per year"),
    "swarf_weeks": _memory("weeks after which swarf comes back"),
}
"""Every parameter of a world by name."""


def beyond(name: str, value: float) -> str | None:
    """What is wrong with a parameter's value and what to write instead; None where it lies within its bounds."""
    declared = PARAMETERS[name]
    if declared.least <= value <= declared.most:
        return None
    return f"{value:g} is out of range; write {declared.least:g} to {declared.most:g}: {declared.meaning}"
