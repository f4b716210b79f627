"""Trade: what a country imports by customs origin, and where what it uses really comes from."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np

from sim.figures.hit import buyer_hit, contained, sellers_hit
from sim.figures.names import country_name, group_name, target
from sim.figures.style import COLOURS, GREY, columns_for, drawn, entitle
from sim.figures.timeline import mark_events, run_page, time_axis
from sim.language import Words, capital
from sim.metrics import METRICS, first_event
from sim.result import Result

STAGES = ("oxide", "metal", "magnet")
ORES = ("concentrate", "carbonate")
"""Forms whose gross weight says little: they are counted by what they contain."""
FALL = 0.85
"""Share of the month before the event above which imports are said to hold."""
LAYERS = ("separation", "ore", "metal", "magnet")
"""Layers of origin, the headline first."""
MOST = 7
"""Origins with a colour of their own."""
Stacks = dict[str, np.ndarray]
"""Values per period by origin."""


def whole_months(result: Result) -> tuple[list[date], np.ndarray]:
    """Last days of the months that lie wholly in the run, and the share of each week in each, (week, month)."""
    ends, weights = result.periods("ME")
    whole = [n for n, e in enumerate(ends) if weights[:, n].sum() * 7.0 > e.day - 0.5]
    return [ends[n] for n in whole], weights[:, whole]


def monthly(result: Result, record: str, axis: int, weight: Callable[[list[str]], float], **where: Any) -> Stacks:
    """Mean over replicates of a record by month, summed by the label on an axis, each row times the weight of its labels."""
    values, labels = result.array(record, **where)
    mean = np.einsum("wk,wm->mk", values.astype(np.float64).mean(0), whole_months(result)[1])
    found: Stacks = {}
    for n, names in enumerate(labels):
        if weight(names) > 0.0:
            found[names[axis]] = found.get(names[axis], 0.0) + weight(names) * mean[:, n]
    return found


def _colours(panels: list[Stacks], exporter: str) -> dict[str, str]:
    """A colour for each of the origins with the largest share of a panel; the exporter's is always the same."""
    names = {c for p in panels for c in p}
    size = {c: max(float(p[c].sum() / max(_total(p).sum(), 1e-12)) for p in panels if c in p) for c in names}
    ranked = sorted((c for c in names if c not in (exporter, "other")), key=lambda c: (-size[c], c))
    own = [exporter] if exporter in names else []
    return dict(zip([*own, *ranked][:MOST], (COLOURS[1], COLOURS[0], *COLOURS[2:]), strict=False))


def _total(stacks: Stacks) -> np.ndarray:
    return np.asarray(np.sum([*stacks.values()], axis=0)) if stacks else np.zeros(1)


def _stack(axis: Any, ends: list[date], stacks: Stacks, colours: dict[str, str]) -> None:
    """Areas on one another: origins with a colour in its order, then all others."""
    nothing = np.zeros(len(ends))
    rest = [v for c, v in stacks.items() if c not in colours]
    areas = [stacks.get(c, nothing) for c in colours] + [np.sum(rest, axis=0) if rest else nothing]
    middles = np.array([e.replace(day=1) + timedelta(days=14) for e in ends], dtype="datetime64[D]")
    axis.stackplot(middles, *areas, colors=[*colours.values(), GREY], linewidth=0.3, edgecolor="white")


def _key(result: Result, say: Words, colours: dict[str, str], panels: list[Stacks]) -> list[tuple[str, str]]:
    key = [(capital(group_name(result, say, c)), colour) for c, colour in colours.items()]
    others = any(c not in colours for p in panels for c in p)
    return [*key, (capital(say.label("figure.others")), GREY)] if others else key


@drawn
def imports_by_origin(result: Result, width: float, say: Words) -> Any:
    """Tonnes a month by customs origin, stacked, a panel per form of goods, mean over replicates; None without any.

    Of the buyer that is hit: oxides, metals and magnets by gross weight; where sellers beside the exporter are hit, the
    forms they sell him, ores by what they contain.
    """
    buyer, sellers = buyer_hit(result), sellers_hit(result)
    ends, _ = whole_months(result)
    panels = {s: p for s, p in _by_stage(result, buyer).items() if p and _total(p).any()}
    if result.manifest["exporter"] not in sellers:
        panels = {s: p for s, p in panels.items() if any(c in p for c in sellers)}
    else:
        panels = {s: p for s, p in panels.items() if s in STAGES}
    if not panels or not ends:
        return None
    every = list(panels.values())
    colours = _colours(every, sellers[0])
    figure, axes = run_page(
        result, say, len(panels), 1, _finding(result, say, (buyer, sellers), ends, panels), width,
        key=_key(result, say, colours, every), note=say.label("figure.imports_note"),
    )  # fmt: skip
    for axis, (s, stacks) in zip(axes.ravel(), panels.items(), strict=True):
        _stack(axis, ends, stacks, colours)
        mark_events(axis, result, is_filled=True)
        entitle(axis, capital(say.sentence(_counted(s), goods=say.label(f"goods.{s}"))))
        axis.set_ylabel(say.label("axis.tonnes_a_month"))
        axis.set_ylim(0, max(float(_total(stacks).max()), 1e-6) * 1.1)
        time_axis(axis, result, say)
    return figure


def _by_stage(result: Result, buyer: str) -> dict[str, Stacks]:
    """What a country imports of every form: ores by contained rare earth, all else by gross weight."""
    stage = result.manifest["stage"]

    def weight(form: str) -> Callable[[list[str]], float]:
        return lambda x: (contained(result, x[2]) if form in ORES else 1.0) if stage[x[2]] == form else 0.0

    return {form: monthly(result, "imports", 0, weight(form), buyer=buyer) for form in (*ORES, *STAGES)}


def _counted(stage: str) -> str:
    """Key of what a panel counts."""
    return "figure.stage_contained" if stage in ORES else "figure.stage_gross"


def _finding(
    result: Result, say: Words, who: tuple[str, list[str]], ends: list[date], panels: dict[str, Stacks]
) -> str:
    """Of the form that falls furthest: the month before the first event, the lowest of the nine after it, and the rebound."""
    buyer, sellers = who
    names = {
        "buyer": country_name(result, say, buyer), "sellers": [country_name(result, say, s) for s in sellers],
    }  # fmt: skip
    sent = {s: np.asarray(np.sum([p[c] for c in sellers if c in p], axis=0)) for s, p in panels.items()}
    sent = {s: v for s, v in sent.items() if v.any()}
    day = first_event(result)
    before = max(sum(1 for e in ends if day is not None and e < day) - 1, 0)
    lows = {s: before + 1 + int(v[before + 1 : before + 10].argmin()) for s, v in sent.items() if v[before + 1 :].size}
    if day is None or not lows:
        shares = {s: float(v.sum() / max(_total(panels[s]).sum(), 1e-9)) for s, v in sent.items()}
        most = max(shares, key=lambda s: shares[s])
        return capital(
            say.sentence("figure.imports_share", share=shares[most], goods=say.label(f"goods.{most}"), **names)
        )
    worst = min(lows, key=lambda s: sent[s][lows[s]] / max(sent[s][before], 1e-9))
    series, low = sent[worst], lows[worst]
    later = series[low + 1 : low + 7]
    high = low + 1 + int(later.argmax()) if later.size else low
    key = "figure.imports" if series[low] < FALL * series[before] else "figure.imports_hold"
    title = say.sentence(
        key, goods=say.label(f"goods.{worst}"), counted=say.label(_counted(worst) + "_short"), month=ends[before],
        before=float(series[before]), low=ends[low], least=float(series[low]), **names,
    )  # fmt: skip
    if key == "figure.imports" and series[high] >= FALL * series[before]:
        title += say.sentence("figure.imports_again", most=float(series[high]), high=ends[high])
    return capital(title)


@drawn
def origins(result: Result, width: float, say: Words) -> Any:
    """Shares by origin, %: of import value at customs, and of the rare earth used, layer by layer; None without use."""
    buyer, exporter = target(result), result.manifest["exporter"]
    ends, _ = whole_months(result)
    bought = _grouped(result, monthly(result, "imports_usd", 0, lambda x: 1.0, buyer=buyer))
    layers = {x[0] for x in result.axes("use_by_origin")}
    panels = {"customs": bought} | {
        layer: monthly(result, "use_by_origin", 2, lambda x: 1.0, layer=layer, country=buyer)
        for layer in (*LAYERS, *sorted(layers - set(LAYERS))) if layer in layers
    }  # fmt: skip
    if not ends or any(not p or not _total(p).any() for p in panels.values()):
        return None
    every = list(panels.values())
    colours = _colours(every, exporter)
    across = min(columns_for(width, 3), len(panels))
    figure, axes = run_page(
        result, say, -(-len(panels) // across), across, _dependence(result, say, buyer), width,
        key=_key(result, say, colours, every), note=say.label("figure.origins_note"), height=2.0,
    )  # fmt: skip
    for axis, (layer, stacks) in zip(axes.ravel(), panels.items(), strict=False):
        total = np.maximum(_total(stacks), 1e-12)
        _stack(axis, ends, {c: 100.0 * v / total for c, v in stacks.items()}, colours)
        mark_events(axis, result, is_filled=True)
        entitle(axis, capital(say.label(f"figure.layer_{layer}", layer)))
        axis.set_ylabel("%")
        axis.set_ylim(0, 100)
        time_axis(axis, result, say)
    for axis in axes.ravel()[len(panels) :]:
        axis.remove()
    return figure


def _grouped(result: Result, bought: Stacks) -> Stacks:
    """Imports by the groups that origins of separation are told in; a group is called after its countries."""
    groups = {x[2] for x in result.axes("use_by_origin") if x[0] == "separation"}
    group_of = {country: group for group in groups for country in group.split("_")}
    found: Stacks = {}
    for country, values in bought.items():
        group = group_of.get(country, "other")
        found[group] = found.get(group, 0.0) + values
    return found


def _dependence(result: Result, say: Words, buyer: str) -> str:
    """Direct and look-through dependence on the exporter in the last 52 weeks, mean over replicates."""
    direct, through = (float(METRICS[m].of(result)[buyer].mean()) for m in ("dependence_direct", "dependence"))
    names = {c: country_name(result, say, x) for c, x in (("buyer", buyer), ("exporter", result.manifest["exporter"]))}
    return capital(say.sentence("figure.dependence", direct=direct, through=through, **names))
