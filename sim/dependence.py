"""Dependence: how far a country hangs on another, as customs count it and looked through to where goods were made."""

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.store import ResultError

if TYPE_CHECKING:
    import pandas as pd

    from sim.result import Result

Array = np.ndarray[Any, np.dtype[Any]]
YEAR = 52
"""Weeks over which dependence is measured (source: measures, dependence on o)."""
OF_ALL_GOODS = ("ore", "separation")
"""Layers that every good used has, so that look-through can be set beside imports of all goods."""
FORMS = {"2805.30": "metals and alloys", "2846.10": "cerium compounds", "2846.90": "other compounds", "8505.11": "magnets"}
"""Customs codes at six digits under which rare earths and their magnets are traded, with what they hold."""


def year_until(result: "Result", until: Any = None) -> slice:
    """The 52 weeks that end with the week of a date, the last of the run if None; fewer where the run began later.

    Raises
    ------
    ResultError
        For what is no date, or one outside the run.
    """
    if until is None:
        end = result.manifest["weeks"]
    else:
        try:
            day = until if isinstance(until, date) else date.fromisoformat(str(until))
        except ValueError:
            raise ResultError(f"until: {until!r} is no date; write YYYY-MM-DD") from None
        end = (day - result.dates[0]).days // 7 + 1
        if not 1 <= end <= result.manifest["weeks"]:
            raise ResultError(f"until: {day} lies outside the run ({result.dates[0]} to {result.dates[-1]})")
    return slice(max(end - YEAR, 0), end)


def group_of(result: "Result", country: str, layer: str) -> str | None:
    """Group in which this world counts a country in a layer of origin; None where it stands among the rest."""
    for group, members in result.manifest["origin_groups"][layer].items():
        if country in (members or []):
            return str(group)
    return None


def look_through(result: "Result", country: str, origin: str, layer: str, weeks: slice) -> Array:
    """Share of the rare earth a country used in its goods that came from an origin in a layer, 0 to 1, (replicate,).

    Goods count in the layers they have: oxide used as such has no place where it was made metal. Missing where the country
    used nothing, or where the world counts the origin among the rest.
    """
    values, labels = result.array("use_by_origin", layer=layer, country=country)
    used = values[:, weeks].astype(np.float64).sum(axis=1)
    group = group_of(result, origin, layer)
    own = used[:, [n for n, x in enumerate(labels) if x[2] == group]].sum(axis=1)
    return _share(own, used.sum(axis=1)) if group is not None else np.full(len(used), np.nan)


def direct(result: "Result", country: str, origin: str, weeks: slice, by: str = "contained", hs: str = "") -> Array:
    """Share of a country's imports that customs count as coming from another, 0 to 1, (replicate,).

    Parameters
    ----------
    by : ``contained`` (t of rare earth), ``gross`` (t) or ``usd`` (CIF)
    hs : customs code, matched by prefix; every good of the world if empty
    """
    bought, labels = _imports(result, country, weeks, by, hs)
    own = bought[:, [n for n, x in enumerate(labels) if x[0] == origin]].sum(axis=1)
    return _share(own, bought.sum(axis=1))


def _imports(result: "Result", country: str, weeks: slice, by: str, hs: str) -> tuple[Array, list[list[str]]]:
    m = result.manifest
    values, labels = result.array("imports_usd" if by == "usd" else "imports", buyer=country)
    weight = {p: sum(c.values()) if by == "contained" else 1.0 for p, c in m["content"].items()}
    rows = [n for n, x in enumerate(labels) if m["hs"][x[2]].startswith(hs.replace(".", ""))]
    bought = values[:, weeks][:, :, rows].astype(np.float64).sum(axis=1)
    return np.asarray(bought * np.array([weight[labels[n][2]] for n in rows])), [labels[n] for n in rows]


def _share(part: Array, whole: Array) -> Array:
    return np.asarray(np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0.0))


def dependence(result: "Result", country: str, origin: str, layer: str | None = None, until: Any = None) -> "pd.DataFrame":
    """Dependence of a country on another in the 52 weeks until a date, direct and look-through.

    Returns
    -------
    One row per replicate and layer: ``replicate, layer, group, direct, direct_usd, look_through, gap``, shares from 0 to 1.
    ``direct`` counts contained tonnes of all imports, ``direct_usd`` their CIF value, ``look_through`` the rare earth in
    goods used at home; ``gap`` is look-through less direct: what comes through third countries, less what re-exports and
    stocks hide; missing in layers that only some goods have. ``group`` is the one in which the world counts the origin.

    Raises
    ------
    ResultError
        For a country, layer or date the run does not have, or records that were not kept.
    """
    import pandas as pd

    weeks = year_until(result, until)
    layers = result.manifest["origin_groups"]
    if layer is not None and layer not in layers:
        raise ResultError(f"layer {layer!r} is not known; write one of {', '.join(layers)}")
    for name, code in (("country", country), ("origin", origin)):
        known(result, name, code)
    by_tonnes = direct(result, country, origin, weeks)
    by_value = direct(result, country, origin, weeks, "usd")
    frames = []
    for n in layers if layer is None else [layer]:
        through = look_through(result, country, origin, n, weeks)
        frames.append(
            pd.DataFrame(
                {
                    "replicate": np.arange(len(through)), "layer": n, "group": group_of(result, origin, n) or "the rest",
                    "direct": by_tonnes, "direct_usd": by_value, "look_through": through,
                    "gap": through - by_tonnes if n in OF_ALL_GOODS else np.nan,
                }
            )
        )  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def known(result: "Result", name: str, country: str) -> None:
    """Raise ResultError for a country that the run's world does not have."""
    countries = result.manifest["countries"]
    if country not in countries:
        raise ResultError(f"{name}: {country!r} is no country of this run; write one of {', '.join(countries)}")


def by_form(result: "Result", country: str, origin: str, until: Any = None) -> "pd.DataFrame":
    """What customs record of a country's imports by form, and another country's share of each, in the 52 weeks until a date.

    Returns
    -------
    One row per replicate and form: ``replicate, hs, form, tonnes, usd, share, share_usd``; t gross, USD CIF, shares from 0
    to 1 by gross weight and by value, missing where nothing came in.
    """
    import pandas as pd

    weeks = year_until(result, until)
    for name, code in (("country", country), ("origin", origin)):
        known(result, name, code)
    frames = [
        pd.DataFrame(
            {
                "replicate": np.arange(result.manifest["replicates"]), "hs": hs, "form": form,
                "tonnes": _imports(result, country, weeks, "gross", hs)[0].sum(axis=1),
                "usd": _imports(result, country, weeks, "usd", hs)[0].sum(axis=1),
                "share": direct(result, country, origin, weeks, "gross", hs),
                "share_usd": direct(result, country, origin, weeks, "usd", hs),
            }
        )
        for hs, form in FORMS.items()
    ]  # fmt: skip
    return pd.concat(frames, ignore_index=True)
