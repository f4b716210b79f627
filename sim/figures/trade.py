"""Trade: what a country imports by customs origin, and where what it uses really comes from."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np

from sim.figures.hit import buyer_hit, contained, sellers_hit
from sim.figures.names import country_name, group_name, target
from sim.figures.style import COLOURS, GREY, INK, columns_for, drawn, entitle
from sim.figures.timeline import mark_events, run_page, time_axis
from sim.language import Words, capital
from sim.metrics import METRICS, first_event, spread
from sim.result import Result

STAGES = ("oxide", "metal", "magnet")
ORES = ("concentrate", "carbonate")
"""Forms whose gross weight says little: they are counted by what they contain."""
FALL = 0.85
"""Share of what flowed before the event above which a flow is said to hold."""
LAYERS = ("separation", "ore", "metal", "magnet")
"""Layers of origin, the headline first."""
MOST = 7
"""Origins with a colour of their own."""
BAND = (0.05, 0.5, 0.95)
"""Quantiles told of the origins asked about: as in the tables of dependence."""
Stacks = dict[str, np.ndarray]
"""Values by origin, (replicate, month)."""


def whole_months(result: Result) -> tuple[list[date], np.ndarray]:
    """Last days of the months that lie wholly in the run, and the share of each week in each, (week, month)."""
    ends, weights = result.periods("ME")
    whole = [n for n, e in enumerate(ends) if weights[:, n].sum() * 7.0 > e.day - 0.5]
    return [ends[n] for n in whole], weights[:, whole]


def monthly(result: Result, record: str, axis: int, weight: Callable[[list[str]], float], **where: Any) -> Stacks:
    """A record by month, summed by the label on an axis, each row times the weight of its labels."""
    values, labels = result.array(record, **where)
    monthly = np.einsum("rwk,wm->krm", values.astype(np.float64), whole_months(result)[1], optimize=True)
    found: Stacks = {}
    for n, names in enumerate(labels):
        if weight(names) > 0.0:
            found[names[axis]] = found.get(names[axis], 0.0) + weight(names) * monthly[n]
    return found


def _colours(panels: list[Stacks], asked: list[str]) -> dict[str, str]:
    """A colour for each of the origins with the largest share of a panel; those asked about come first."""
    names = {c for p in panels for c in p}
    size = {c: max(float(p[c].sum() / max(_total(p).sum(), 1e-12)) for p in panels if c in p) for c in names}
    ranked = sorted((c for c in names if c not in (*asked, "other")), key=lambda c: (-size[c], c))
    own = [c for c in asked if c in names]
    return dict(zip([*own, *ranked][:MOST], (COLOURS[1], COLOURS[0], *COLOURS[2:]), strict=False))


def _total(stacks: Stacks, names: Any = None) -> np.ndarray:
    """Sum over all origins, or those named; (replicate, month)."""
    chosen = [v for c, v in stacks.items() if names is None or c in names]
    return (
        np.asarray(np.sum(chosen, axis=0)) if chosen else np.zeros_like(next(iter(stacks.values()), np.zeros((1, 1))))
    )


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Part over whole, nought where there is no whole."""
    return np.asarray(np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0.0))


def areas(stacks: Stacks, asked: list[str], is_share: bool) -> tuple[Stacks, np.ndarray]:
    """What is stacked by month, and the quantiles of ``BAND`` of what the origins asked about have together.

    Those stand with their median; all others with their mean, of shares with what is left to 100 % by their means.
    """
    own, whole = _total(stacks, asked), _total(stacks)
    bands = spread(100.0 * _ratio(own, whole) if is_share else own, BAND)
    rest = (whole - own).mean(0)
    scale = _ratio(bands[1], own.mean(0))
    others = _ratio(100.0 - bands[1], rest) if is_share else np.ones_like(rest)
    return {c: v.mean(0) * (scale if c in asked else others) for c, v in stacks.items()}, bands


def _stack(
    axis: Any, ends: list[date], stacks: Stacks, colours: dict[str, str], asked: list[str], is_share: bool
) -> float:
    """Areas on one another: origins with a colour in its order, then all others; the median and band of those asked about. Gives the top."""
    stacked, (low, middle, high) = areas(stacks, asked, is_share)
    nothing = np.zeros(len(ends))
    rest = [v for c, v in stacked.items() if c not in colours]
    layers = [stacked.get(c, nothing) for c in colours] + [np.sum(rest, axis=0) if rest else nothing]
    middles = np.array([e.replace(day=1) + timedelta(days=14) for e in ends], dtype="datetime64[D]")
    axis.stackplot(middles, *layers, colors=[*colours.values(), GREY], linewidth=0.3, edgecolor="white")
    if len(_total(stacks)) > 1 and high.any():
        for edge, how in ((low, "--"), (middle, "-"), (high, "--")):
            axis.plot(middles, edge, color=INK, linewidth=1.2 if how == "-" else 0.8, linestyle=how)
    return float(max(np.sum(layers, axis=0).max(), high.max()))


def _key(result: Result, say: Words, colours: dict[str, str], panels: list[Stacks]) -> list[tuple[str, str]]:
    key = [(capital(group_name(result, say, c)), colour) for c, colour in colours.items()]
    others = any(c not in colours for p in panels for c in p)
    return [*key, (capital(say.label("figure.others")), GREY)] if others else key


@drawn
def imports_by_origin(result: Result, width: float, say: Words) -> Any:
    """Tonnes a month by customs origin, stacked, a panel per form of goods, with the band of the sellers hit; None without any.

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
    colours = _colours(every, sellers)
    figure, axes = run_page(
        result, say, len(panels), 1, _finding(result, say, (buyer, sellers), ends, panels), width,
        key=_key(result, say, colours, every),
        note=say.sentence("figure.imports_note", sellers=[country_name(result, say, s) for s in sellers]),
    )  # fmt: skip
    for axis, (s, stacks) in zip(axes.ravel(), panels.items(), strict=True):
        top = _stack(axis, ends, stacks, colours, sellers, is_share=False)
        mark_events(axis, result, is_filled=True)
        entitle(axis, capital(say.sentence(_counted(s), goods=say.label(f"goods.{s}"))))
        axis.set_ylabel(say.label("axis.tonnes_a_month"))
        axis.set_ylim(0, max(top, 1e-6) * 1.1)
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
    """Of the form that falls furthest: the month before the first event, the lowest of the nine after it, and the rebound; medians."""
    buyer, sellers = who
    names = {
        "buyer": country_name(result, say, buyer), "sellers": [country_name(result, say, s) for s in sellers],
    }  # fmt: skip
    sent = {s: np.median(_total(p, sellers), axis=0) for s, p in panels.items() if _total(p, sellers).any()}
    day = first_event(result)
    before = max(sum(1 for e in ends if day is not None and e < day) - 1, 0)
    lows = {s: before + 1 + int(v[before + 1 : before + 10].argmin()) for s, v in sent.items() if v[before + 1 :].size}
    if day is None or not lows:
        shares = {
            s: float(np.median(_ratio(_total(p, sellers).sum(1), _total(p).sum(1)))) for s, p in panels.items() if s in sent
        }  # fmt: skip
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
    """Shares by origin, %: of import value at customs, and of the rare earth used, layer by layer; None without use.

    Customs know countries, the layers the groups in which the world counts origins.
    """
    buyer, exporter = target(result), result.manifest["exporter"]
    ends, _ = whole_months(result)
    layers = {x[0] for x in result.axes("use_by_origin")}
    panels = {"customs": monthly(result, "imports_usd", 0, lambda x: 1.0, buyer=buyer)} | {
        layer: monthly(result, "use_by_origin", 2, lambda x: 1.0, layer=layer, country=buyer)
        for layer in (*LAYERS, *sorted(layers - set(LAYERS))) if layer in layers
    }  # fmt: skip
    if not ends or any(not p or not _total(p).any() for p in panels.values()):
        return None
    every = list(panels.values())
    colours = _colours(every, [exporter])
    across = min(columns_for(width, 3), len(panels))
    figure, axes = run_page(
        result, say, -(-len(panels) // across), across, _dependence(result, say, buyer), width,
        key=_key(result, say, colours, every), height=2.0,
        note=say.sentence("figure.origins_note", exporter=country_name(result, say, exporter)),
    )  # fmt: skip
    for axis, (layer, stacks) in zip(axes.ravel(), panels.items(), strict=False):
        _stack(axis, ends, stacks, colours, [exporter], is_share=True)
        mark_events(axis, result, is_filled=True)
        entitle(axis, capital(say.label(f"figure.layer_{layer}", layer)))
        axis.set_ylabel("%")
        axis.set_ylim(0, 100)
        time_axis(axis, result, say)
    for axis in axes.ravel()[len(panels) :]:
        axis.remove()
    return figure


def _dependence(result: Result, say: Words, buyer: str) -> str:
    """Direct and look-through dependence on the exporter in the last 52 weeks, median and 90 % band over replicates."""
    told: dict[str, Any] = {
        c: country_name(result, say, x) for c, x in (("buyer", buyer), ("exporter", result.manifest["exporter"]))
    }  # fmt: skip
    for name, metric in (("direct", "dependence_direct"), ("through", "dependence")):
        low, middle, high = (float(q) for q in spread(METRICS[metric].of(result)[buyer], BAND))
        told |= {f"{name}_low": low, name: middle, f"{name}_high": high}
    return capital(say.sentence("figure.dependence", **told))
