"""Every compiled rule equals its plain source, bit for bit or to rounding, on random worlds."""

import importlib
import pkgutil

import numpy as np
import pytest

import sim.mechanisms
from sim.mechanisms.mechanism import Mechanism

SIZES = {"layer": 2, "group": 3, "slot": 7, "out": 3, "input": 2, "element": 2}
RULES = sorted(
    {
        (f"{module.name}.{name}", rule)
        for module in pkgutil.iter_modules(sim.mechanisms.__path__)
        for name, rule in vars(importlib.import_module(f"sim.mechanisms.{module.name}")).items()
        if isinstance(rule, Mechanism)
    },
    key=lambda x: x[0],
)


def random_arguments(rule: Mechanism, rng: np.random.Generator) -> list[np.ndarray]:
    """Values from 0.05 to 2; shares of an origin sum to 1; indices point anywhere, and to none where a rule allows it.

    A point has one or two rows of origin, ``first`` to ``last``.
    """
    made = []
    for a in rule.inputs:
        shape = tuple(SIZES.get(axis, 6) for axis in a.axes)
        if a.kind == "row" and a.name == "first":
            made.append(rng.integers(0, 5, shape))
        elif a.kind == "row":
            made.append(made[-1] + rng.integers(0, 2, shape))
        elif a.is_index:
            low = -1 if rule.name in MAY_POINT_NOWHERE and a.name not in ("buyer", "seller") else 0
            made.append(rng.integers(low, SIZES.get(a.kind, 6), shape))
        elif a.name in ("layer", "group"):
            made.append(np.floor(rng.uniform(0, 2, shape)))
        elif a.name == "week":
            made.append(np.asarray(3.0))
        else:
            made.append(rng.uniform(0.05, 2.0, shape))
    return made


MAY_POINT_NOWHERE = {"sum_into", "as_one", "mean_into", "licence_queue", "quota_by_margin", "re_export", "missed_cargo", "quoted_price",
                     "book_arrivals", "book_deliveries", "move_to_lower_grade", "relocate"}  # fmt: skip


@pytest.mark.parametrize(("name", "rule"), RULES, ids=[n for n, _ in RULES])
def test_a_compiled_rule_equals_its_plain_source(name, rule):
    rng = np.random.default_rng(7)
    for _ in range(5):
        given = random_arguments(rule, rng)
        fast = [g.copy() for g in given]
        slow = [g.copy() for g in given]
        results = rule(*fast)
        results = results if isinstance(results, tuple) else (results,)
        plain = [np.full(r.shape, np.nan) for r in results]
        rule.plain(*[g if g.ndim else float(g) for g in slow], *plain)
        for got, wanted in zip([*results, *fast], [*plain, *slow], strict=True):
            np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-14)
