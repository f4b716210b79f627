"""Shortage curves, and a heat map of weeks short by country and element."""

from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np

from sim.analysis.findings import SHORT
from sim.figures.names import country_name, named_target, product_name
from sim.figures.style import COLOURS, INK, blank, columns_for, drawn, entitle, joined
from sim.figures.text import fitted, inches
from sim.figures.timeline import fan, over_time, run_page
from sim.language import Words, capital
from sim.metrics import first_event, rolling, week_of
from sim.result import Result

UNMET = 100.0 * (1.0 - SHORT)
"""Unmet share of want over which a product counts as short, %."""
LEAST = 0.05
"""Share of worlds that a product must be short in to be shown."""
SEEN = 0.1
"""Unmet share, %, under which nothing is lacking."""
CLOSEST = 2
"""Curves shown of what comes closest to being short where nothing does."""


@dataclass(frozen=True)
class Curve:
    """Unmet share of want, %, in a 4-week mean, (replicate, week), of one product in one country."""

    product: str
    country: str
    unmet: np.ndarray
    first: int

    @property
    def middle(self) -> np.ndarray:
        """Median over replicates by week."""
        return np.asarray(np.median(self.unmet, axis=0))

    @property
    def worst(self) -> float:
        """The median's highest from the first event on, %."""
        return float(self.middle[self.first :].max(initial=0.0))

    @property
    def nearest(self) -> float:
        """The highest that a world in twenty reaches from the first event on, %."""
        return float(np.quantile(self.unmet[:, self.first :].max(axis=1, initial=0.0), 0.95))

    @property
    def touched(self) -> float:
        """Share of replicates that go short from the first event on."""
        return float((self.unmet[:, self.first :] > UNMET).any(axis=1).mean())


def _served(wanted: np.ndarray, lacking: np.ndarray) -> np.ndarray:
    """Share of want served, in a 4-week mean."""
    return np.asarray(1.0 - rolling(lacking, 4) / np.maximum(rolling(wanted, 4), 1e-12))


def unmet_share(result: Result, product: str, country: str) -> np.ndarray:
    """Unmet share of want of a product in a country, %, in a 4-week mean, (replicate, week)."""
    wanted, lacking = (
        result.array(record, product=product, country=country)[0].sum(2, dtype=np.float64)
        for record in ("want_gross", "missing_gross")
    )
    return np.asarray(100.0 * (1.0 - _served(wanted, lacking)))


def first_week(result: Result) -> int:
    """Week of the first event that is not background; the run's first without events."""
    day = first_event(result)
    return 0 if day is None else min(week_of(result, day), int(result.manifest["weeks"]) - 1)


def curves_of(result: Result) -> list[Curve]:
    """Curves of all goods and countries that ever lack anything."""
    want, labels = result.array("want_gross")
    missing, _ = result.array("missing_gross")
    groups: dict[tuple[str, str], list[int]] = {}
    for n, (product, country, _) in enumerate(labels):
        groups.setdefault((product, country), []).append(n)
    curves = []
    for (product, country), rows in groups.items():
        wanted, lacking = (v[:, :, rows].sum(2, dtype=np.float64) for v in (want, missing))
        if wanted.max(initial=0.0) > 1e-6 and lacking.any():
            unmet = 100.0 * (1.0 - _served(wanted, lacking))
            curves.append(Curve(product, country, unmet, first_week(result)))
    return curves


def shortest(result: Result, most: int = 6) -> list[Curve]:
    """What runs shortest from the first event on, worst median first, and how many worlds it touches where none is short.

    Where an event names the buyer it is aimed at, what it lacks most is among them.
    """
    curves = [c for c in curves_of(result) if c.touched >= LEAST]
    curves.sort(key=lambda c: (-c.worst, -c.touched, c.product, c.country))
    aimed_at = [c for c in curves if c.country == named_target(result)]
    if aimed_at and not any(c in aimed_at for c in curves[:most]):
        return [*curves[: most - 1], aimed_at[0]]
    return curves[:most]


@drawn
def shortage_curves(result: Result, width: float, say: Words) -> Any:
    """Unmet share of want over time, %, for what runs shortest, on one scale.

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
    note = joined(
        say, say.label("figure.bands"), say.label("figure.not_netted") if curves else say.label("figure.short_line")
    )
    figure, axes = run_page(result, say, -(-len(shown) // across), across, title, width, note=note, share_y=True)
    for axis, curve in zip(axes.ravel(), shown, strict=False):
        fan(axis, result, curve.unmet, COLOURS[0])
        over_time(axis, result, say)
        if not curves:
            axis.axhline(UNMET, color=INK, linewidth=0.9, linestyle="--")
            axis.set_ylim(0, 1.5 * UNMET)
        entitle(axis, capital(say.sentence("figure.good_in_country", **_place(result, say, curve))))
        axis.set_ylabel(say.label("axis.unmet_share"))
        axis.yaxis.set_tick_params(labelleft=True)
    blank(axes, len(shown))
    return figure


def _place(result: Result, say: Words, curve: Curve) -> dict[str, str]:
    return {"product": product_name(say, curve.product), "country": country_name(result, say, curve.country)}


def _shortage_title(result: Result, say: Words, curve: Curve) -> str:
    """How deep the worst median is, and when; where none is short, the share of worlds touched."""
    place = _place(result, say, curve)
    if curve.worst <= UNMET:
        return capital(say.sentence("figure.short_in_some", share=curve.touched, **place))
    week = curve.first + int(curve.middle[curve.first :].argmax())
    return capital(say.sentence("figure.short_most", percent=curve.worst, when=result.dates[week], **place))


def _near_title(result: Result, say: Words, curve: Curve) -> str:
    """That nobody runs short, and who comes closest to it."""
    return capital(say.sentence("figure.nobody_short", percent=curve.nearest, **_place(result, say, curve)))


@drawn
def weeks_short(result: Result, width: float, say: Words) -> Any:
    """Weeks in which less than 95 % of an element's want was served, country by element, median over replicates.

    Where the median is nowhere a week, the share of worlds in which it is; None where it is so in none.
    """
    weeks, countries, elements = short_weeks(result)
    table = np.median(weeks, axis=2)
    hit = np.nan_to_num(table) >= 1.0
    note = say.label("figure.weeks_short_note")
    if not hit.any():
        table = 100.0 * np.where(np.isnan(table), np.nan, (weeks >= 1.0).mean(axis=2))
        hit, note = np.nan_to_num(table) > 0.0, say.label("figure.worlds_short_note")
    if not hit.any():
        return None
    i, j = np.unravel_index(int(np.nan_to_num(table).argmax()), table.shape)
    title = say.sentence(
        "figure.weeks_short" if (np.nan_to_num(np.median(weeks, axis=2)) >= 1.0).any() else "figure.worlds_short",
        element=say.named("element", elements[j]), country=country_name(result, say, countries[i]),
        most=float(table[i, j]), touched=int(hit.any(1).sum()), countries=len(countries),
    )  # fmt: skip
    rows, columns = np.flatnonzero(hit.any(axis=1)), np.flatnonzero(hit.any(axis=0))
    names = [capital(country_name(result, say, countries[n])) for n in rows]
    heads = [capital(say.named("element", elements[n])) for n in columns]
    return _week_table(table[np.ix_(rows, columns)], names, heads, capital(title), note, result, width, say)


def short_weeks(result: Result) -> tuple[np.ndarray, list[str], list[str]]:
    """Weeks short from the first event on (country, element, replicate), not a number where nothing of it is used; the countries, and the elements.

    What own stock could not serve counts by the element it contains.
    """
    want, labels = result.array("want_gross")
    missing, _ = result.array("missing_gross")
    content = result.manifest["content"]
    countries = sorted({x[1] for x in labels})
    used = {e for x in labels for e, share in content[x[0]].items() if share > 0.0}
    elements = [e for e in sorted(used) if e != "other"]
    table = np.full((len(countries), len(elements), want.shape[0]), np.nan)
    for i, country in enumerate(countries):
        rows = [n for n, x in enumerate(labels) if x[1] == country]
        share = np.array([[content[labels[n][0]].get(e, 0.0) for e in elements] for n in rows])
        wanted, lacking = (values[:, :, rows].astype(np.float64) @ share for values in (want, missing))
        for j in range(len(elements)):
            if wanted[:, :, j].max(initial=0.0) > 1e-6:
                served = _served(wanted[:, :, j], lacking[:, :, j])
                table[i, j] = (served[:, first_week(result) :] < SHORT).sum(1)
    return table, countries, elements


def _week_table(
    table: np.ndarray, rows: list[str], heads: list[str], title: str, note: str, result: Result, width: float, say: Words
) -> Any:
    """A heat map of weeks or of shares of worlds, (country, element), its columns headed in words."""
    left = 0.3 + max(inches(r, 9) for r in rows)
    broken, size = fitted(heads, (width - left - 0.2) / len(heads) - 0.08, 8.5)
    figure, axes = run_page(
        result, say, 1, 1, title, width, note=note, events=False, height=0.3 * len(rows), left=left, above=0.12,
        foot=0.25 + size / 72 * 1.25 * max(b.count("\n") + 1 for b in broken),
    )  # fmt: skip
    axis = axes[0, 0]
    axis.grid(False)
    top = max(float(np.nanmax(table, initial=0.0)), 1.0)
    colours = matplotlib.colormaps["Blues"].with_extremes(bad="white")
    axis.imshow(table, aspect="auto", cmap=colours, vmin=-0.15 * top, vmax=top)
    axis.set_xticks(range(len(heads)), broken, fontsize=size)
    axis.set_yticks(range(len(rows)), rows)
    axis.tick_params(length=0, labelcolor="#1a1a1a")
    axis.spines[:].set_visible(False)
    for i, j in zip(*np.nonzero(np.round(np.nan_to_num(table)) >= 1.0), strict=True):
        colour = "white" if table[i, j] > 0.5 * top else "black"
        axis.text(j, i, f"{table[i, j]:.0f}", ha="center", va="center", fontsize=8, color=colour)
    return figure
