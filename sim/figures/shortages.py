"""Shortage curves, and a heat map of weeks short by country and element."""

from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
from matplotlib.patches import Rectangle

from sim.analysis.findings import LEAST, SHORT, first_week, foremost, needs
from sim.figures.names import country_name, named_target
from sim.figures.style import COLOURS, INK, blank, columns_for, drawn, entitle, joined
from sim.figures.text import fitted, inches
from sim.figures.timeline import dates_of, fan, over_time, run_page
from sim.language import Words, capital
from sim.result import Result

LACKING = 100.0 * (1.0 - SHORT)
"""Share of need lacking over which an element counts as short, %."""
SEEN = 0.1
"""Share lacking, %, under which nothing is."""
CLOSEST = 2
"""Curves shown of what comes closest to being short where nothing does."""
LITTLE = 0.05
"""Share of need, %, under which a part of what is lacking is not told."""
UNNAMED = "other"
"""The group of elements that is no element to name."""


@dataclass(frozen=True)
class Curve:
    """Share lacking of what a country needs of an element, and the part that was not to be had; %, 4-week means, (replicate, week)."""

    element: str
    country: str
    lacking: np.ndarray
    unmet: np.ndarray
    first: int

    @property
    def worst(self) -> float:
        """Median over replicates of the deepest from the first event on, %."""
        return float(np.median(self.lacking[:, self.first :].max(axis=1, initial=0.0)))

    @property
    def week(self) -> int:
        """Week from the first event on in which the median over replicates is highest."""
        return self.first + int(np.median(self.lacking[:, self.first :], axis=0).argmax())

    @property
    def worst_unmet(self) -> float:
        """Median over replicates of what was not to be had where each is deepest, %."""
        deepest = self.lacking[:, self.first :].argmax(axis=1)
        return float(np.median(np.take_along_axis(self.unmet[:, self.first :], deepest[:, None], axis=1)))

    @property
    def nearest(self) -> float:
        """The highest that a world in twenty reaches from the first event on, %."""
        return float(np.quantile(self.lacking[:, self.first :].max(axis=1, initial=0.0), 0.95))

    @property
    def touched(self) -> float:
        """Share of replicates that go short from the first event on."""
        return float((self.lacking[:, self.first :] > LACKING).any(axis=1).mean())


def curves_of(result: Result) -> list[Curve]:
    """Curves of all elements and countries that ever lack anything."""
    first = first_week(result)
    return [
        Curve(n.element, n.country, 100.0 * n.lacking, 100.0 * n.share(n.unmet), first)
        for n in needs(result)
        if n.element != UNNAMED and (n.unmet.any() or n.dear.any())
    ]


def lacking_share(result: Result, element: str, country: str) -> np.ndarray:
    """Share lacking of what a country needs of an element, %, 4-week mean, (replicate, week); nought where it needs none."""
    found = needs(result, element=element, country=country)
    return np.asarray(100.0 * found[0].lacking) if found else np.zeros((result.manifest["replicates"], result.manifest["weeks"]))


def shortest(result: Result, most: int = 6) -> list[Curve]:
    """What runs shortest from the first event on, deepest in the median first, and how many worlds it touches where none is short.

    Where an event names the buyer it is aimed at, half of them at most are what it lacks most.
    """
    curves = [c for c in curves_of(result) if c.touched >= LEAST]
    curves.sort(key=lambda c: (-c.worst, -c.touched, c.element, c.country))
    return [curves[n] for n in foremost([c.country for c in curves], named_target(result), most)]


@drawn
def shortage_curves(result: Result, width: float, say: Words) -> Any:
    """Share lacking of what is needed over time, %, for what runs shortest, on one scale; darker what was not to be had at any price.

    Where nothing counts as short, what comes closest to it, below the line that it does not reach; None where nothing
    is ever lacking.
    """
    curves = shortest(result)
    near = [] if curves else sorted(curves_of(result), key=lambda c: -c.nearest)[:CLOSEST]
    shown = curves or [c for c in near if c.nearest >= SEEN]
    if not shown:
        return None
    across = min(columns_for(width, 2), len(shown))
    title = _shortage_title(result, say, curves[0]) if curves else _near_title(result, say, shown[0])
    is_deep = bool(curves) and curves[0].worst > LACKING
    note = joined(
        say, say.label("figure.bands"), say.label("figure.four_weeks"), say.label("figure.short_depth") if is_deep else "",
        say.label("figure.need"),
        say.label("figure.not_netted") if curves else say.label("figure.short_line"),
    )  # fmt: skip
    key = [(say.label("figure.lacking"), COLOURS[0]), (say.label("figure.not_to_be_had"), COLOURS[1])]
    figure, axes = run_page(result, say, -(-len(shown) // across), across, title, width, note=note, share_y=True, key=key)
    for axis, curve in zip(axes.ravel(), shown, strict=False):
        fan(axis, result, curve.lacking, COLOURS[0])
        axis.fill_between(dates_of(result), np.median(curve.unmet, axis=0), color=COLOURS[1], alpha=0.55, linewidth=0)
        over_time(axis, result, say)
        if not curves:
            axis.axhline(LACKING, color=INK, linewidth=0.9, linestyle="--")
            axis.set_ylim(0, 1.5 * LACKING)
        entitle(axis, capital(say.sentence("figure.element_in_country", **_place(result, say, curve))))
        axis.set_ylabel(say.label("axis.lacking_share"))
        axis.yaxis.set_tick_params(labelleft=True)
    blank(axes, len(shown))
    return figure


def _place(result: Result, say: Words, curve: Curve) -> dict[str, str]:
    return {"element": say.named("element", curve.element), "country": country_name(result, say, curve.country)}


def _shortage_title(result: Result, say: Words, curve: Curve) -> str:
    """How deep the worst is, when, and how much of it was not to be had; where none is short, the share of worlds touched."""
    place = _place(result, say, curve)
    if curve.worst <= LACKING:
        return capital(say.sentence("figure.short_in_some", share=curve.touched, **place))
    unmet = curve.worst_unmet
    key = "dear" if unmet < LITTLE else "unmet" if curve.worst - unmet < LITTLE else "most"
    values = {"unmet": unmet} if key == "most" else {}
    told = say.sentence(f"figure.short_{key}", percent=curve.worst, when=result.dates[curve.week], **values, **place)
    return capital(told)


def _near_title(result: Result, say: Words, curve: Curve) -> str:
    """That nobody runs short, and who comes closest to it."""
    return capital(say.sentence("figure.nobody_short", percent=curve.nearest, **_place(result, say, curve)))


@drawn
def weeks_short(result: Result, width: float, say: Words) -> Any:
    """What part of its need of an element a country lacks from the first event on, and weeks in which that is more than 5 %; medians.

    Where the median is nowhere a week, the share of worlds in which it is; None where it is so in none.
    """
    shares, weeks, countries, elements = lacking_and_weeks(result)
    middle = np.median(weeks, axis=2)
    often = np.nan_to_num(middle) >= 1.0
    table = np.where(often | np.isnan(middle), 100.0 * np.median(shares, axis=2), 0.0)
    hit, told, note = often, "figure.weeks_short", "figure.weeks_short_note"
    if not often.any():
        table = 100.0 * np.where(np.isnan(middle), np.nan, (weeks >= 1.0).mean(axis=2))
        hit, told, note = np.nan_to_num(table) > 0.0, "figure.worlds_short", "figure.worlds_short_note"
    if not hit.any():
        return None
    i, j = np.unravel_index(int(np.nan_to_num(table).argmax()), table.shape)
    title = say.sentence(
        told, element=say.named("element", elements[j]), country=country_name(result, say, countries[i]),
        most=float(table[i, j]), touched=int(hit.any(1).sum()), countries=len(countries), begin=result.dates[first_week(result)],
    )  # fmt: skip
    rows, columns = np.flatnonzero(hit.any(axis=1)), np.flatnonzero(hit.any(axis=0))
    names = [capital(country_name(result, say, countries[n])) for n in rows]
    heads = [capital(say.named("element", elements[n])) for n in columns]
    kept = np.ix_(rows, columns)
    texts = [
        [_cell(say, value, number if often.any() else None) for value, number in zip(values, numbers, strict=True)]
        for values, numbers in zip(table[kept], middle[kept], strict=True)
    ]
    return _table(table[kept], texts, names, heads, capital(title), say.label(note), result, width, say)


def _cell(say: Words, percent: float, weeks: float | None) -> str:
    """A share in %, with its weeks under it where they are told."""
    under = "" if weeks is None else "\n" + say.sentence("figure.cell_weeks", weeks=round(weeks) if np.isfinite(weeks) else 0)
    return say.sentence("figure.cell_percent", percent=percent) + under if np.isfinite(percent) else ""


def lacking_and_weeks(result: Result) -> tuple[np.ndarray, np.ndarray, list[str], list[str]]:
    """Share lacking of all that is needed from the first event on, and weeks short, (country, element, replicate); countries and elements.

    Not a number where nothing of it is used.
    """
    first, found = first_week(result), [n for n in needs(result) if n.element != UNNAMED]
    countries, elements = sorted({n.country for n in found}), sorted({n.element for n in found})
    shares = np.full((len(countries), len(elements), int(result.manifest["replicates"])), np.nan)
    weeks = shares.copy()
    for n in found:
        at = countries.index(n.country), elements.index(n.element)
        needed, lacking = n.needed[:, first:].sum(axis=1), (n.unmet + n.dear)[:, first:].sum(axis=1)
        shares[at] = lacking / np.maximum(needed, 1e-12)
        weeks[at] = (n.lacking[:, first:] > 1.0 - SHORT).sum(axis=1)
    return shares, weeks, countries, elements


def _table(
    table: np.ndarray, texts: list[list[str]], rows: list[str], heads: list[str], title: str, note: str, result: Result,
    width: float, say: Words,
) -> Any:  # fmt: skip
    """A heat map of shares, %, (country, element), with a text in each cell and its columns headed in words."""
    left = 0.3 + max(inches(r, 9) for r in rows)
    broken, size = fitted(heads, (width - left - 0.2) / len(heads) - 0.08, 8.5)
    figure, axes = run_page(
        result, say, 1, 1, title, width, note=note, events=False, left=left, above=0.12,
        height=(0.42 if any("\n" in text for row in texts for text in row) else 0.3) * len(rows),
        foot=0.25 + size / 72 * 1.25 * max(b.count("\n") + 1 for b in broken),
    )  # fmt: skip
    axis = axes[0, 0]
    axis.grid(False)
    top = max(float(np.nanmax(table, initial=0.0)), 1.0)
    colours = matplotlib.colormaps["Blues"].with_extremes(bad="white")
    some = np.nan_to_num(table) > 0.0
    axis.imshow(np.where(some, table, np.nan), aspect="auto", cmap=colours, vmin=-0.15 * top, vmax=top)
    for i, j in zip(*np.nonzero(~some & np.isfinite(table)), strict=True):
        axis.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, fill=False, hatch="////", edgecolor="#d5d5d5", linewidth=0))
    axis.set_xticks(range(len(heads)), broken, fontsize=size)
    axis.set_yticks(range(len(rows)), rows)
    axis.tick_params(length=0, labelcolor="#1a1a1a")
    axis.spines[:].set_visible(False)
    for i, j in zip(*np.nonzero(some), strict=True):
        colour = "white" if table[i, j] > 0.5 * top else "black"
        axis.text(j, i, texts[i][j], ha="center", va="center", fontsize=8, color=colour, linespacing=1.1)
    return figure
