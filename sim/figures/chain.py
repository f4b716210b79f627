"""Chain: tonnes of the magnet elements from ore to use by country, before, during and after what befell."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from sim.figures.hit import plants_hit, sellers_hit
from sim.figures.names import country_name, named_target, target
from sim.figures.style import COLOURS, GREY, INK, drawn
from sim.figures.text import rounded
from sim.figures.timeline import run_page
from sim.figures.trade import FALL
from sim.language import Words, capital
from sim.metrics import first_event, week_of
from sim.result import Result

LINKS = ("concentrate", "oxide", "metal", "magnet")
"""The goods that flow from each of the five columns to the next."""
COLUMNS = ("ore", "separation", "metal", "magnet", "use")
YEAR, SHORTEST = 52, 13
"""Weeks before and after that are looked at, at the most; weeks after, at the least."""
SMALL, MOST = 0.02, 6
"""Share of a column under which a country is among the others; countries named in a column, at the most."""
UNNAMED = 0.005
"""Share of a column under which a bar bears no name."""
GAP, BAR = 0.15, 0.1
"""Inches between countries of a column, and of a column's width."""
OTHERS = ""
Flow = dict[tuple[str, str], float]
"""T a year of contained element by country of origin and of destination."""
Book = dict[str, list[tuple[list[str], float]]]
"""T a year by record and label."""


@dataclass(frozen=True)
class Spell:
    """A panel: its name's key and its weeks."""

    key: str
    first: int
    end: int


def spells_of(result: Result) -> list[Spell]:
    """Before, during and after: the year before the first event, the event, the year after it; the whole run without one.

    Cargo counts in the week it is shipped, so that the event ends with its last day, with no lead time of arrivals; what
    is caught up comes after. An event that holds at the horizon for more than a year has a first year and what follows.
    """
    day, weeks = first_event(result), int(result.manifest["weeks"])
    if day is None:
        return [Spell("whole", 0, weeks)]
    begin = min(week_of(result, day), weeks - 1)
    ends = [e["end"] for e in result.manifest["scenario"]["events"] if not e["background"]]
    last = max((week_of(result, date.fromisoformat(e) - timedelta(days=1)) + 1 for e in ends if e), default=weeks)
    stop = weeks if None in ends else min(max(last, begin + 1), weeks)
    before = [Spell("before", max(begin - YEAR, 0), begin)] if begin > 0 else []
    if stop >= weeks and begin + YEAR + SHORTEST <= weeks:  # still on at the horizon
        first = begin + YEAR
        key = "last_year" if weeks - first >= YEAR else "since"
        return [*before, Spell("first_year", begin, first), Spell(key, max(weeks - YEAR, first), weeks)]
    after = [Spell("after", stop, min(stop + YEAR, weeks))] if weeks - stop >= SHORTEST else []
    return [*before, Spell("during", begin, stop), *after]


def books(result: Result, spells: list[Spell]) -> list[Book]:
    """What was made, shipped, leaked and used in each spell, and what sellers' stocks grew by; t a year, mean over replicates."""
    found: list[Book] = [{} for _ in spells]
    for record in ("production", "exports", "leaked", "use_gross", "on_hand_sellers"):
        values, labels = result.array(record)
        for book, spell in zip(found, spells, strict=True):
            if record == "on_hand_sellers":
                grown = values[:, spell.end - 1] - values[:, max(spell.first - 1, 0)]
                weekly = grown.mean(0, dtype=np.float64) / max(spell.end - spell.first, 1)
            else:
                weekly = values[:, spell.first : spell.end].mean((0, 1), dtype=np.float64)
            book[record] = [(x, float(t) * YEAR) for x, t in zip(labels, weekly, strict=True)]
    return found


def flows(result: Result, book: Book) -> list[Flow]:
    """Flows between the five columns, t a year of the elements in magnets.

    Across a border: shipped, what leaks with it. Inside a country: made, less shipped abroad, less what sellers' stocks
    grew by. Of what reaches a country, the part its makers use as it is (oxides in catalysts, glass ...) is left out.
    """
    content, stage = result.manifest["content"], result.manifest["stage"]
    magnetic = {e for p, s in stage.items() if s == "magnet" for e, c in content[p].items() if c > 0.0}
    found = []
    for goods in LINKS:
        share = {p: sum(content[p].get(e, 0.0) for e in magnetic) for p in stage if stage[p] == goods}
        flow = _shipped(book, share, result.manifest["sites"])
        found.append(flow if goods in ("concentrate", "magnet") else _less_used(book, share, flow))
    return found


def _shipped(book: Book, share: dict[str, float], sites: dict[str, str]) -> Flow:
    """Flows of some goods, each with its share of the elements asked about."""
    flow: Flow = {}
    home: dict[str, float] = {}
    for (site, product), tonnes in book["production"]:
        home[sites[site]] = home.get(sites[site], 0.0) + share.get(product, 0.0) * tonnes
    for (seller, buyer, product), tonnes in (*book["exports"], *book["leaked"]):
        if share.get(product, 0.0) * tonnes > 0.0:
            flow[seller, buyer] = flow.get((seller, buyer), 0.0) + share[product] * tonnes
            home[seller] = home.get(seller, 0.0) - share[product] * tonnes
    for (product, country), tonnes in book["on_hand_sellers"]:
        home[country] = home.get(country, 0.0) - share.get(product, 0.0) * tonnes
    return flow | {(c, c): t for c, t in home.items() if t > 0.0}


def _less_used(book: Book, share: dict[str, float], flow: Flow) -> Flow:
    """The flow less what makers of goods use as it is, country by country."""
    used: dict[str, float] = {}
    for (product, country, _use), tonnes in book["use_gross"]:
        used[country] = used.get(country, 0.0) + share.get(product, 0.0) * tonnes
    reach = {c: sum(t for (_, b), t in flow.items() if b == c) for _, c in flow}
    return {(a, b): t * max(1.0 - used.get(b, 0.0) / max(reach[b], 1e-12), 0.0) for (a, b), t in flow.items()}


@drawn
def chain(result: Result, width: float, say: Words) -> Any:
    """Sankey of the magnet elements, ore to use by country: a panel each before, during and after, on one scale.

    None where the result does not say in which country its sites stand, or nothing flows.
    """
    if "sites" not in result.manifest:
        return None
    spells = spells_of(result)
    panels = whole = [flows(result, book) for book in books(result, spells)]
    if not any(t > 0.0 for p in panels for f in p for t in f.values()):
        return None
    named = _named(panels)
    panels = [[_gathered(f, named[n], named[n + 1]) for n, f in enumerate(p)] for p in panels]
    height = 2.3
    scale = min(
        (height - GAP * (len(column) - 1)) / max(sum(column.values()), 1e-12) for p in panels for column in _sizes(p)
    )
    figure, axes = run_page(
        result, say, len(panels), 1, _chain_title(result, say, spells, whole), width, note=say.label("figure.chain_note"),
        events=False, height=height, left=0.15, right=1.15, gaps=(0.72, 0.0), foot=0.2, above=0.55,
    )  # fmt: skip
    colours = _colours(result, named)
    for axis, spell, panel in zip(axes.ravel(), spells, panels, strict=True):
        days = [result.dates[spell.first], result.dates[spell.end - 1] + timedelta(days=6)]
        axis.set_title(say.sentence(f"figure.chain_{spell.key}", begin=days[0], end=days[1]), pad=30)
        _sankey(axis, panel, scale, (width - 1.3, height), colours, lambda c: _called(result, say, c), say)
    return figure


def _called(result: Result, say: Words, country: str) -> str:
    return capital(country_name(result, say, country)) if country else capital(say.label("figure.others"))


def _sizes(panel: list[Flow]) -> list[dict[str, float]]:
    """Size of every country in every column: what comes in or what goes out, whichever is more."""
    found: list[dict[str, float]] = []
    for n in range(len(COLUMNS)):
        incoming: dict[str, float] = {}
        outgoing: dict[str, float] = {}
        for (_a, b), tonnes in panel[n - 1].items() if n else ():
            incoming[b] = incoming.get(b, 0.0) + tonnes
        for (a, _b), tonnes in panel[n].items() if n < len(panel) else ():
            outgoing[a] = outgoing.get(a, 0.0) + tonnes
        names = [*incoming, *(c for c in outgoing if c not in incoming)]
        found.append({c: max(incoming.get(c, 0.0), outgoing.get(c, 0.0)) for c in names})
    return found


def _named(panels: list[list[Flow]]) -> list[list[str]]:
    """Countries of every column that have a name of their own in all panels, largest first; the others last."""
    found = []
    for n in range(len(COLUMNS)):
        largest: dict[str, float] = {}
        for sizes in (_sizes(p)[n] for p in panels):
            whole = max(sum(sizes.values()), 1e-12)
            for country, tonnes in sizes.items():
                largest[country] = max(largest.get(country, 0.0), tonnes / whole)
        ranked = [c for c in sorted(largest, key=lambda c: (-largest[c], c)) if largest[c] >= SMALL]
        found.append([*ranked[:MOST], OTHERS])
    return found


def _gathered(flow: Flow, sources: list[str], ends: list[str]) -> Flow:
    found: Flow = {}
    for (a, b), tonnes in flow.items():
        key = (a if a in sources else OTHERS, b if b in ends else OTHERS)
        found[key] = found.get(key, 0.0) + tonnes
    order = {(a, b): (sources.index(a), ends.index(b)) for a, b in found}
    return {k: found[k] for k in sorted(found, key=lambda k: order[k])}


def _colours(result: Result, named: list[list[str]]) -> dict[str, str]:
    """The exporter and the target always in the same colour; the others by their order."""
    own = [result.manifest["exporter"], target(result)]
    rest = [c for column in named for c in column if c and c not in own]
    order = list(dict.fromkeys([own[0], own[1], *rest]))
    return {OTHERS: GREY} | dict(zip(order, (COLOURS[1], COLOURS[0], *COLOURS[2:7] * 4), strict=False))


def _sankey(
    axis: Any,
    panel: list[Flow],
    scale: float,
    room: tuple[float, float],
    colours: dict[str, str],
    called: Any,
    say: Words,
) -> None:
    """Draw one panel in inches, its columns from the top down, with a name and a share beside every bar."""
    wide, tall = room
    axis.set_xlim(0, wide)
    axis.set_ylim(tall, 0)
    axis.axis("off")
    sizes = _sizes(panel)
    step = (wide - BAR) / (len(COLUMNS) - 1)
    tops: list[dict[str, float]] = []
    for n, column in enumerate(sizes):
        ordered = sorted(column, key=lambda c: (c == OTHERS, -column[c], c))
        whole, down = sum(column.values()), 0.0
        tops.append({})
        head = say.sentence(
            "figure.chain_column", name=say.label(f"figure.chain_{COLUMNS[n]}"), tonnes=rounded(whole, 3)
        )
        axis.text(n * step, -0.08, head, va="baseline", fontsize=8, color=INK, linespacing=1.15)
        for country in ordered:
            tops[n][country] = down
            share, high = column[country] / max(whole, 1e-12), column[country] * scale
            text = f"{called(country)} {say.percent(100.0 * share)}" if share >= UNNAMED else ""
            _bar(axis, n * step, down, high, colours.get(country, GREY), text)
            down += high + (GAP if text else 0.0)
    _links(axis, panel, tops, step, scale, colours)


def _bar(axis: Any, x: float, y: float, high: float, colour: str, text: str) -> None:
    """A country's bar and, on what flows past, its name."""
    axis.add_patch(PathPatch(_box(x, y, BAR, high), facecolor=colour, linewidth=0))
    if text:
        axis.text(
            x + BAR + 0.04, y + high / 2, text, va="center", fontsize=7.5, color=INK,
            bbox={"facecolor": "white", "alpha": 0.65, "linewidth": 0, "pad": 0.6},
        )  # fmt: skip


def _links(
    axis: Any, panel: list[Flow], tops: list[dict[str, float]], step: float, scale: float, colours: dict[str, str]
) -> None:
    for n, flow in enumerate(panel):
        leaves, enters = dict(tops[n]), dict(tops[n + 1])
        ordered = sorted(flow, key=lambda k: (tops[n][k[0]], tops[n + 1][k[1]]))
        for a, b in ordered:
            high = flow[a, b] * scale
            x0, x1 = n * step + BAR, (n + 1) * step
            band = _band(x0, leaves[a], x1, enters[b], high)
            axis.add_patch(PathPatch(band, facecolor=colours.get(a, GREY), alpha=0.35, linewidth=0))
            leaves[a] += high
            enters[b] += high


def _box(x: float, y: float, wide: float, high: float) -> Path:
    return Path([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high), (x, y)], closed=True)


def _band(x0: float, y0: float, x1: float, y1: float, high: float) -> Path:
    """A band of one height that swings from one column to the next."""
    m = (x0 + x1) / 2.0
    points = [
        (x0, y0), (m, y0), (m, y1), (x1, y1), (x1, y1 + high), (m, y1 + high), (m, y0 + high), (x0, y0 + high), (x0, y0),
    ]  # fmt: skip
    curve = [Path.CURVE4] * 3
    return Path(points, [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY])


def _chain_title(result: Result, say: Words, spells: list[Spell], panels: list[list[Flow]]) -> str:
    """What the countries that are hit send, or their plants make where plants are hit, spell by spell, t a year."""
    sellers, plants = sellers_hit(result), plants_hit(result)
    sellers_told = [country_name(result, say, s) for s in sellers]
    column = _column_of(result, plants)
    if column is not None:
        tonnes = [sum(t for (a, _b), t in panel[column].items() if a in sellers) for panel in panels]
        goods = say.label(f"goods.{LINKS[column]}")
        return _told(say, "figure.chain_made", spells, tonnes, sellers=sellers_told, goods=goods)
    buyer = named_target(result)
    tonnes = [
        sum(
            t
            for flow in panel
            for (a, b), t in flow.items()
            if a in sellers and b not in sellers and buyer in (None, b)
        )
        for panel in panels
    ]
    there = country_name(result, say, buyer) if buyer else say.label("figure.abroad")
    return _told(say, "figure.chain", spells, tonnes, sellers=sellers_told, buyer=there)


def _column_of(result: Result, plants: list[str]) -> int | None:
    """The column of what plants make most of, of those that are drawn; None without plants."""
    values, labels = result.array("production")
    stage = result.manifest["stage"]
    made: dict[int, float] = {}
    for n, (site, product) in enumerate(labels):
        if site in plants and stage.get(product) in LINKS:
            link = LINKS.index(stage[product])
            made[link] = made.get(link, 0.0) + float(values[:, :, n].mean(dtype=np.float64))
    return max(made, key=lambda c: made[c]) if made else None


def _told(say: Words, key: str, spells: list[Spell], tonnes: list[float], **names: Any) -> str:
    """The flow spell by spell, and by how much it falls from before to the first spell with the event, where it does."""
    told = [say.sentence(f"figure.chain_sent_{s.key}", tonnes=rounded(t)) for s, t in zip(spells, tonnes, strict=True)]
    if spells[0].key == "before" and len(spells) > 1 and tonnes[1] < FALL * tonnes[0]:
        return capital(say.sentence(f"{key}_falls", fall=1.0 - tonnes[1] / tonnes[0], told=told, **names))
    return capital(say.sentence(key, told=told, **names))
