"""Balance: make a start add up by scaling assumed rows within their bounds, and say what is left over.

Every row of ``sites`` and ``demand`` is a flow. A product is balanced when what is made equals what is used; joint
products (oxides, carbonates, swarf) may also be left over. Assumed rows move at a cost that grows with the square of the move over
the width of their bounds; measured and derived rows stand firm. What moves beyond its bounds is a residual and is printed.
"""

from dataclasses import dataclass

import numpy as np

from sim.scenario.chemistry import Recipe
from sim.scenario.tables import REMEMBERED
from sim.scenario.world import Row, World
from sim.world.network import Product

EXACT, TRADE = 3e3, 10.0
"""Weights: what is made is used; a country makes what trade shares say it sells. A row's own weight is its width."""
FIRM = 0.003
"""Width of a row that is measured or derived: it moves only where the chain cannot close otherwise."""
DEAR = 40.0
"""Weight of leaving all of the value unsold."""
SPARE = 0.01
"""Least surplus of a loose product over its flow, shared by its sellers, so that no lane is squeezed to close it."""
MAY_REMAIN = ("oxide", "carbonate", "swarf")


@dataclass
class Balanced:
    """A start that adds up: t per year per row, what is left over per product, and what had to be moved."""

    sites: list[Row]
    demand: list[Row]
    rates: np.ndarray
    uses: np.ndarray
    surplus: dict[str, float]
    residuals: list[dict[str, object]]


def balance(world: World, start: str, products: dict[str, Product], recipes: dict[str, Recipe]) -> Balanced:
    """Balance a start; rows move as little as their own bounds and the chain allow.

    Returns rates of sites in their own unit and uses of demand rows, t per year. The solver is bounded least squares
    (scipy ``lsq_linear``); its result is rounded to nine digits, so that it is one number on every machine.
    """
    from scipy.optimize import lsq_linear

    sites = [r for r in world.at("sites", start) if r["kind"] != "trader"]
    demand = [r for r in world.at("demand", start) if r["tonnes_yr"] > 0.0]
    names = list(products)
    place = {p: k for k, p in enumerate(names)}
    count = len(sites) + len(demand)
    flow = np.zeros((len(names), count))
    for j, row in enumerate(sites):
        recipe = recipes[row["recipe"]]
        for p, a in [*recipe.outputs.items(), *recipe.swarf.items()]:
            flow[place[p], j] += a * row["output_t_yr"]
        for p, a in recipe.inputs.items():
            flow[place[p], j] -= a * row["output_t_yr"]
    for j, row in enumerate(demand):
        flow[place[row["product"]], len(sites) + j] -= row["tonnes_yr"]
    used = [k for k in range(len(names)) if np.abs(flow[k]).sum() > 0.0]
    scale = {k: max(np.abs(flow[k]).sum() / 2.0, 1e-6) for k in used}
    loose = [k for k in used if products[names[k]].stage in MAY_REMAIN]

    # variables: the move of every row, then what each country keeps unsold of each loose product
    rows = [*sites, *demand]
    low, high, width = _bounds(rows)
    trade = _trade_rows(world, start, rows, flow, place, used)
    bare = {(k, None) for k in loose if not any(t[0] == k for t in trade)}
    keeps: list[tuple[int, str | None]] = sorted({(k, c) for k, c, _ in trade if k in loose} | bare, key=str)
    at = {key: count + n for n, key in enumerate(keeps)}
    size = count + len(keeps)
    spare = np.array([SPARE / sum(1 for key in keeps if key[0] == k) for k, _ in keeps])
    matrix = np.zeros((len(used) + len(trade) + size, size))
    target = np.zeros(len(matrix))
    for i, k in enumerate(used):
        matrix[i, :count] = EXACT * flow[k] / scale[k]
        matrix[i, [at[key] for key in keeps if key[0] == k]] = -EXACT
        target[i] = -EXACT * flow[k].sum() / scale[k]
    for i, (k, c, moving) in enumerate(trade, len(used)):
        # by the square root of a country's weight in the product: small sellers must not bend large users
        own = np.sqrt(max(float(np.abs(moving).sum()) / 2.0, 1e-6) * scale[k])
        matrix[i, :count] = TRADE * moving / own
        if (k, c) in at:
            matrix[i, at[k, c]] = -TRADE * scale[k] / own
        target[i] = -TRADE * moving.sum() / own
    first = len(used) + len(trade)
    matrix[range(first, first + count), range(count)] = 1.0 / width
    matrix[range(first + count, len(matrix)), range(count, size)] = _dear(world, start, names, keeps, scale)
    lower = np.concatenate([np.full(count, -0.95), spare])
    upper = np.concatenate([np.full(count, 20.0), np.full(len(keeps), np.inf)])
    solved = lsq_linear(matrix, target, bounds=(lower, upper), method="trf", tol=1e-12, max_iter=400)
    factor = np.maximum(1.0 + np.array([float(f"{m:.9g}") for m in solved.x[:count]]), 0.01)
    beyond = np.maximum(factor - 1.0 - high, 0.0) + np.minimum(factor - 1.0 - low, 0.0)
    residuals = _residuals(rows, beyond, factor)
    left = {names[k]: float((flow[k] * factor).sum()) for k in used}
    rates = np.array([r["output_t_yr"] for r in sites]) * factor[: len(sites)]
    uses = np.array([r["tonnes_yr"] for r in demand]) * factor[len(sites) :]
    return Balanced(sites, demand, rates, uses, left, residuals)


def _trade_rows(
    world: World, start: str, rows: list[Row], flow: np.ndarray, place: dict[str, int], used: list[int]
) -> list[tuple[int, str, np.ndarray]]:
    """For each product and seller country: what it makes less what trade shares say it sells, by row."""
    shares: dict[tuple[str, str], dict[str, float]] = {}
    for r in world.at("trade", start):
        shares.setdefault((r["product"], r["seller"]), {})[r["buyer"]] = r["share"]
    country = [r["country"] for r in rows]
    found = []
    for (product, seller), by_buyer in sorted(shares.items()):
        k = place[product]
        if k not in used:
            continue
        row = np.zeros(len(rows))
        for j, c in enumerate(country):
            if flow[k, j] > 0.0 and c == seller:
                row[j] += flow[k, j]
            elif flow[k, j] < 0.0:
                row[j] += flow[k, j] * by_buyer.get(c, 0.0)
        if (row > 0.0).any():
            found.append((k, seller, row))
    return found


def _dear(
    world: World, start: str, names: list[str], keeps: list[tuple[int, str | None]], scale: dict[int, float]
) -> np.ndarray:
    """Weight of leaving a loose product unsold: by its part of the value of all of them; what is dear is not left over."""
    price = {r["product"]: r["usd_per_kg"] for r in world.at("prices", start) if r["basis"] != REMEMBERED}
    worth = {k: price.get(names[k], 0.0) * scale[k] for k, _ in keeps}
    total = max(sum(worth.values()), 1e-9)
    return np.array([0.02 + DEAR * worth[k] / total for k, _ in keeps])


def _bounds(rows: list[Row]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    low, high, width = np.zeros(len(rows)), np.zeros(len(rows)), np.full(len(rows), FIRM)
    for j, row in enumerate(rows):
        mode = row.get("output_t_yr") or row.get("tonnes_yr") or 0.0
        if row["status"] == "assumed" and mode > 0.0:
            low[j] = min((row["low"] if row["low"] is not None else 0.8 * mode) / mode - 1.0, 0.0)
            high[j] = max((row["high"] if row["high"] is not None else 1.25 * mode) / mode - 1.0, 0.0)
            width[j] = max((high[j] - low[j]) / 2.0, 0.02)
    return low, high, width


def _residuals(rows: list[Row], moved: np.ndarray, factor: np.ndarray) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for row, b, f in zip(rows, moved, factor, strict=True):
        if abs(b) > 0.005:
            name = row.get("site") or f"{row['country']}:{row['end_use']}:{row['product']}"
            tonnes = row.get("output_t_yr") or row.get("tonnes_yr") or 0.0
            found.append(
                {"row": name, "status": row["status"], "tonnes_yr": tonnes, "moved_percent": 100.0 * float(b),
                 "balanced": tonnes * float(f)}
            )  # fmt: skip
    return sorted(found, key=lambda r: -abs(float(r["moved_percent"]) * float(r["tonnes_yr"])))  # type: ignore[arg-type]
