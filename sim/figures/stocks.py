"""Stocks: what buyers have on hand, and how many days of use it covers."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.figures.names import country_name, product_name, target
from sim.figures.style import COLOURS, drawn, entitle, joined
from sim.figures.timeline import fan, median_of, over_time, run_page
from sim.language import Words, capital
from sim.metrics import base_weeks, first_event, spread
from sim.result import Result

MOST = 5
"""Products shown."""
YEAR = 365.0
"""Days of cover a panel shows at the most."""
LITTLE = 0.01
"""T on hand at rest under which days of cover mean nothing."""
EVE = 4
"""Weeks before the first event from which a fall is counted."""
APART = 0.1
"""Share by which cover on the eve must differ from that of the year before for both to be told."""


@dataclass(frozen=True)
class Fall:
    """Least days of cover of a product after the first event begins and its week; on the eve of it, and on average in the base weeks.

    Where the run ends before, the least of the whole run; without events the eve is the mean of the base weeks.
    """

    product: str
    least: float
    week: int
    eve: float
    year: float


@drawn
def cover_and_stocks(result: Result, width: float, say: Words) -> Any:
    """Stock on hand and days of cover of the goods whose cover falls furthest, beside the exporter's; None without any."""
    home, exporter = target(result), result.manifest["exporter"]
    falls = cover_falls(result, home)
    if not falls:
        return None
    names = [country_name(result, say, c) for c in (home, exporter)]
    shown = falls[:MOST]
    scales = {f.product: readable_days(result, f.product, [home, exporter]) for f in shown}
    tops = {product: top for product, (top, _highest) in scales.items()}
    past = max((highest for top, highest in scales.values() if highest > top), default=0.0)
    cut = say.sentence("figure.cover_cut", days=past) if past else ""
    since = say.label("figure.cover_eve" if _is_followed(result) else "figure.ends_before") if first_event(result) else ""
    note = joined(say, say.label("figure.bands"), say.label("figure.cover_note"), since, cut)
    key = list(zip(names if home != exporter else names[:1], COLOURS, strict=False))
    figure, axes = run_page(
        result, say, len(shown), 2, _title(result, say, falls[0], names[0]), width, key=key, note=note, height=1.35
    )  # fmt: skip
    for row, product in zip(axes, scales, strict=True):
        for axis, record, label in zip(
            row, ("on_hand", "days_of_cover"), ("axis.on_hand", "axis.days_of_use"), strict=True
        ):
            for country, colour in ((home, COLOURS[0]), (exporter, COLOURS[1])):
                values, found = result.array(record, product=product, country=country)
                if found and (record == "days_of_cover" or country == home):
                    fan(axis, result, values[:, :, 0].astype(np.float64), colour)
            over_time(axis, result, say)
            axis.set_ylabel(say.label(label))
        row[1].set_ylim(0, min(row[1].get_ylim()[1], tops[product]))
        entitle(row[0], capital(say.sentence("figure.stock_of", product=product_name(say, product), country=names[0])))
        entitle(row[1], capital(say.sentence("figure.cover_of", product=product_name(say, product))))
    return figure


def readable_days(result: Result, product: str, countries: list[str]) -> tuple[float, float]:
    """Highest days of cover a panel shows, and the highest there is in its bands.

    A panel holds the highest median and half again, or the 75 % band where that is higher, but no more than a year:
    beyond it use has all but stopped, and days of it say nothing.
    """
    top = highest = 0.0
    for country in countries:
        values, found = result.array("days_of_cover", product=product, country=country)
        if found:
            series = values[:, :, 0].astype(np.float64)
            middle, upper, high = spread(series, (0.5, 0.75, 0.95)).max(axis=1)
            top, highest = max(top, 1.5 * middle, 1.05 * upper), max(highest, high)
    return min(top, YEAR), float(highest)


def _title(result: Result, say: Words, fall: Fall, country: str) -> str:
    """From what cover on the eve of the first event falls to what, and its mean in the year before where that differs; else the lowest."""
    is_followed, before = _is_followed(result), base_weeks(result)
    key = "figure.cover" if _is_fallen(result, fall) else "figure.cover_holds" if is_followed else "figure.cover_lowest"
    title = say.sentence(
        key, product=product_name(say, fall.product), country=country, least=fall.least, base=fall.eve, when=result.dates[fall.week]
    )
    if is_followed and abs(fall.year - fall.eve) > APART * fall.eve and round(fall.year) != round(fall.eve):
        title = say.sentence("figure.cover_year", told=title, weeks=before.stop - before.start, year=fall.year)
    return capital(title)


def _is_followed(result: Result) -> bool:
    """Whether weeks follow the base weeks."""
    return bool(base_weeks(result).stop < result.manifest["weeks"])


def _is_fallen(result: Result, fall: Fall) -> bool:
    return _is_followed(result) and fall.least < 0.9 * fall.eve


def cover_falls(result: Result, country: str) -> list[Fall]:
    """Falls of cover from the eve of the first event on; what falls furthest in share first, or what is lowest where nothing falls.

    Of medians over replicates; only goods of which the country holds something.
    """
    stage, before = result.manifest["stage"], base_weeks(result)
    begin = before.stop if _is_followed(result) else 0
    found = []
    for product, _country in result.array("days_of_cover", country=country)[1]:
        stock, _ = result.array("on_hand", product=product, country=country)
        if stage[product] not in ("oxide", "metal", "magnet") or float(stock[:, before].mean()) < LITTLE:
            continue
        middle = median_of(result.array("days_of_cover", product=product, country=country)[0][:, :, 0].astype(float))
        year = float(np.mean(middle[before]))
        eve = float(np.mean(middle[before][-EVE:])) if first_event(result) else year
        if not np.isfinite(middle).all() or eve <= 0.0:
            continue
        found.append(Fall(product, float(middle[begin:].min()), begin + int(middle[begin:].argmin()), eve, year))
    is_fallen = any(_is_fallen(result, f) for f in found)
    return sorted(found, key=lambda f: f.least / f.eve if is_fallen else f.least)
