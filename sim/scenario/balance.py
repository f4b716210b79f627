"""Balance: make a start add up by scaling assumed rows within their bounds, and say what is left over.

Every row of ``sites`` and ``demand`` is a flow. A product is balanced when what is made equals what is used; joint
products (oxides, carbonates, swarf) may also be left over. Assumed rows move inside their bounds at a cost that grows
with the square of the move; all other moves are residuals, a thousand times dearer, and are printed.
"""

from dataclasses import dataclass

import numpy as np

from sim.scenario.chemistry import Recipe
from sim.scenario.world import Row, World
from sim.world.network import Product

EXACT, TRADE, RESIDUAL = 3e3, 10.0, 30.0
"""Weights: what is made is used; a country makes what trade shares say; rows keep to the data (assumed rows: bounds)."""
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

    # variables: a (moves of assumed rows, in bounds), b (residual moves of any row), s (what a country keeps unsold)
    rows = [*sites, *demand]
    low, high, width = _bounds(rows)
    trade = _trade_rows(world, start, rows, flow, place, used)
    keeps = sorted(
        {(k, c) for k, c, _ in trade if k in loose} | {(k, None) for k in loose if not _known(trade, k)}, key=str
    )
    at = {key: 2 * count + n for n, key in enumerate(keeps)}
    blocks, right = [], []

    def equation(weight: float, moving: np.ndarray, kept: list[int], constant: float) -> None:
        line = np.zeros(2 * count + len(keeps))
        line[:count], line[count : 2 * count] = weight * moving, weight * moving
        line[kept] = -weight
        blocks.append(line)
        right.append(weight * constant)

    for k in used:
        kept = [at[key] for key in keeps if key[0] == k]
        equation(EXACT, flow[k] / scale[k], kept, -flow[k].sum() / scale[k])
    for k, c, moving in trade:
        kept = [at[k, c]] if (k, c) in at else []
        equation(TRADE, moving / scale[k], kept, -moving.sum() / scale[k])
    own = np.zeros((2 * count + len(keeps), 2 * count + len(keeps)))
    own[range(count), range(count)] = 1.0 / width
    own[range(count, 2 * count), range(count, 2 * count)] = RESIDUAL
    own[range(2 * count, len(own)), range(2 * count, len(own))] = 0.02
    matrix = np.vstack([*blocks, own])
    target = np.concatenate([right, np.zeros(len(own))])
    lower = np.concatenate([low, np.full(count, -0.9), np.zeros(len(keeps))])
    upper = np.concatenate([high, np.full(count, 20.0), np.full(len(keeps), np.inf)])
    solved = lsq_linear(matrix, target, bounds=(lower, upper), method="trf", tol=1e-12, max_iter=400)
    moves = np.array([float(f"{m:.9g}") for m in solved.x[: 2 * count]])
    factor = np.maximum(1.0 + moves[:count] + moves[count:], 0.01)
    residuals = _residuals(rows, moves[count:], factor)
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


def _known(trade: list[tuple[int, str, np.ndarray]], k: int) -> bool:
    return any(t[0] == k for t in trade)


def _bounds(rows: list[Row]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    low, high, width = np.zeros(len(rows)), np.full(len(rows), 1e-9), np.ones(len(rows))
    for j, row in enumerate(rows):
        mode = row.get("output_t_yr") or row.get("tonnes_yr") or 0.0
        if row["status"] == "assumed" and mode > 0.0:
            low[j] = min((row["low"] if row["low"] is not None else 0.8 * mode) / mode - 1.0, 0.0)
            high[j] = max((row["high"] if row["high"] is not None else 1.25 * mode) / mode - 1.0, 1e-9)
            width[j] = max((high[j] - low[j]) / 2.0, 0.02)
        else:
            low[j] = -1e-9
    return low - 1e-12, high, width


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
