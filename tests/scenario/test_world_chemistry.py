"""Chemistry of the rare-earth world: no element out of nothing, every name known, every price above what it is made of."""

from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from sim.scenario.tables import STATUSES, TABLES, read_table

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
WORLD = SCENARIOS / "worlds" / "rare_earths"
MINE = ("baskets", "products", "contents", "separations", "recipes", "prices", "policies", "transit")
STARTS = ("2009", "2024")
SEVENTEEN = {"La", "Ce", "Pr", "Nd", "Pm", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Y", "Sc"}


def yaml(path):
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


META = yaml(WORLD / "world.yaml")
SOURCES = {key: entry for path in SCENARIOS.glob("sources*.yaml") for key, entry in yaml(path).items()}
T = {name: read_table(WORLD, name, frozenset(SOURCES)) for name in MINE}
PRODUCTS = {r["product"]: r for r in T["products"]}
FIRST_DAY = {str(k): date.fromisoformat(str(v["date"])) for k, v in META["starts"].items()}
GROUP = {e: g for g, members in META["elements"].items() for e in members}
OXIDE_OF = {g: f"{g.lower()}_oxide" for g in META["elements"]}
LIGHT = {"La", "Ce", "NdPr"}


def factor(group):
    value = META["oxide_factor"][group]
    return value["value"] if isinstance(value, dict) else value


def shares(basket):
    """Share of each element group in the oxide of a basket."""
    found = defaultdict(float)
    for r in T["baskets"]:
        if r["basket"] == basket:
            found[GROUP[r["element"]]] += r["share_percent"] / 100.0
    return dict(found)


def made_at(table, start):
    return [r for r in T[table] if (r["start"] or "any") in (start, "any")]


def content(product, start):
    """T of each element group per gross t of a product as made at a start."""
    row = PRODUCTS[product]
    if row["basket"]:
        return {g: s * row["treo_percent"] / 100.0 * factor(g) for g, s in shares(row["basket"]).items()}
    return {r["element"]: r["content"] for r in made_at("contents", start) if r["product"] == product}


def elements_in(amounts, start):
    found = defaultdict(float)
    for product, amount in amounts.items():
        for g, c in content(product, start).items():
            found[g] += amount * c
    return found


def recipe(name, start):
    """Amounts of a recipe by role, as worked at a start."""
    found = {"input": {}, "output": {}, "swarf": {}}
    for r in made_at("recipes", start):
        if r["recipe"] == name:
            assert r["product"] not in found[r["role"]], (name, r["product"], start)
            found[r["role"]][r["product"]] = r["amount"]
    return found


RECIPES = sorted({r["recipe"] for r in T["recipes"]})


def number(row, table):
    """The row's own number, which low and high bound; of several, the first that is declared."""
    return next(row[c.name] for c in TABLES[table] if c.kind == "number")


@pytest.mark.parametrize("table", MINE)
def test_every_row_lies_within_its_bounds_and_what_is_assumed_has_some(table):
    for r in T[table]:
        value = number(r, table)
        where = f"{table}.csv:{r['line']:.0f}"
        if value is None:
            continue
        if r["low"] is not None:
            assert r["low"] <= value * 1.001, where
        if r["high"] is not None:
            assert value <= r["high"] * 1.001, where
        if r["status"] == "assumed":
            assert r["low"] is not None, where
            assert r["high"] is not None, where


@pytest.mark.parametrize("table", MINE)
def test_what_rests_on_memory_alone_is_not_called_measured(table):
    for r in T[table]:
        kinds = {SOURCES[k.strip()]["status"] for k in r["source"].split(";")}
        assert r["status"] != "measured" or "retrieved" in kinds, f"{table}.csv:{r['line']:.0f}"


def test_sources_are_titled_and_say_whether_they_were_seen():
    for key, entry in SOURCES.items():
        assert entry["title"], key
        assert entry["status"] in ("retrieved", "memory"), key
        assert 1900 < int(entry["year"]) <= 2026, key


def test_the_world_names_every_element_once_and_starts_on_mondays():
    assert sorted(e for members in META["elements"].values() for e in members) == sorted(SEVENTEEN)
    assert all(0.7 < factor(g) < 0.9 for g in META["elements"])
    assert all(len(groups) <= 8 for groups in META["origin_groups"].values())
    assert [FIRST_DAY[start].weekday() for start in STARTS] == [0, 0]
    for name, p in META["parameters"].items():
        assert p["low"] <= p["mode"] <= p["high"], name
        assert p["status"] in STATUSES, name
        assert p["source"] in SOURCES, name
        assert p["unit"], name


def test_every_basket_sums_to_a_hundred_and_names_elements():
    total = defaultdict(float)
    for r in T["baskets"]:
        assert r["element"] in SEVENTEEN, r
        total[r["basket"]] += r["share_percent"]
    assert total == pytest.approx(dict.fromkeys(total, 100.0), abs=1e-4)
    assert set(total) == {r["basket"] for r in PRODUCTS.values() if r["basket"]}


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("product", PRODUCTS)
def test_a_product_has_a_content_of_at_most_one_and_a_code_of_digits(product, start):
    row = PRODUCTS[product]
    total = sum(content(product, start).values())
    assert 0.0 < total <= 1.0 + 1e-9
    assert set(content(product, start)) <= set(META["elements"])
    assert row["hs"].isdigit()
    assert len(row["hs"]) >= 4
    assert (row["stage"] in ("concentrate", "carbonate")) == (row["basket"] is not None)
    assert (row["basket"] is None) == (row["treo_percent"] is None)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("product", PRODUCTS)
def test_a_product_has_a_price_at_both_starts(product, start):
    rows = [r for r in T["prices"] if r["product"] == product and r["start"] == start]
    bases = [r["basis"] for r in rows if r["year"] is None]
    assert len(bases) == len(set(bases))
    assert "price_domestic" in bases
    assert all(r["usd_per_kg"] > 0.0 for r in rows)
    if PRODUCTS[product]["stage"] in ("oxide", "metal", "magnet"):
        assert "price_fob" in bases


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_makes_no_element_and_has_one_main_output(name, start):
    parts = recipe(name, start)
    assert parts["input"]
    assert [a for a in parts["output"].values() if a == 1.0] == [1.0]
    taken = elements_in(parts["input"], start)
    given = elements_in(parts["output"], start)
    for g, a in elements_in(parts["swarf"], start).items():
        given[g] += a
    for g, a in given.items():
        assert a <= taken[g] * (1.0 + 1e-4), g
    assert sum(given.values()) >= 0.7 * sum(taken.values()), "more is lost than any plant loses"


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("name", [n for n in RECIPES if n.startswith("magnet_ndfeb_")])
def test_a_quarter_or_more_of_the_alloy_of_a_sintered_maker_becomes_swarf(name, start):
    parts = recipe(name, start)
    swarf, taken = elements_in(parts["swarf"], start), elements_in(parts["input"], start)
    for g in taken:
        assert 0.25 <= swarf[g] / taken[g] <= 0.30, g


@pytest.mark.parametrize("row", T["separations"], ids=lambda r: r["recipe"])
def test_a_separation_gives_no_more_of_any_element_than_its_feed_holds(row):
    feed = PRODUCTS[row["feed"]]
    assert feed["stage"] in ("concentrate", "carbonate")
    assert 0.0 < row["recovery"] <= 1.0
    assert 8.0 <= row["hold_weeks"] <= 17.0
    taken = shares(feed["basket"])
    rest = shares(PRODUCTS[row["residual"]]["basket"]) if row["residual"] else {}
    assert bool(rest) == (row["circuit"] == "light")
    apart = {g for g in taken if g not in rest}
    if row["circuit"] == "light":
        assert apart == LIGHT
        # the rest passes on whole: its basket is that of the feed without the light elements
        left = sum(taken[g] for g in rest)
        assert {g: taken[g] / left for g in rest} == pytest.approx(rest, rel=1e-5)
    elif row["circuit"] == "heavy":
        assert not apart & LIGHT
    for g in apart:
        made = taken[g] * row["recovery"] * content(OXIDE_OF[g], "2009")[g]
        assert made <= taken[g] * factor(g) * (1.0 + 1e-4), g


def test_every_ore_can_be_taken_apart_at_once_and_every_residue_further():
    ores = {p for p, r in PRODUCTS.items() if r["stage"] == "concentrate"}
    assert ores == {r["feed"] for r in T["separations"] if r["circuit"] == "both"}
    carbonates = {p for p, r in PRODUCTS.items() if r["stage"] == "carbonate"}
    assert carbonates == {r["feed"] for r in T["separations"] if r["circuit"] == "heavy"}
    assert carbonates == {r["residual"] for r in T["separations"] if r["circuit"] == "light"}


def test_names_in_all_tables_are_products():
    for table in ("contents", "recipes", "prices"):
        for r in T[table]:
            assert r["product"] in PRODUCTS, f"{table}.csv:{r['line']:.0f}"


def price(start, product, basis):
    return next(
        r["usd_per_kg"] for r in T["prices"]
        if (r["start"], r["product"], r["basis"]) == (start, product, basis)
    )  # fmt: skip


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("basis", ["price_domestic", "price_fob"])
@pytest.mark.parametrize("name", [n for n in RECIPES if n.startswith(("metal_", "magnet_"))])
def test_metals_and_magnets_cost_more_than_the_rare_earths_in_them(name, basis, start):
    parts = recipe(name, start)
    main = next(iter(parts["output"]))
    cost = sum(a * price(start, p, basis) for p, a in parts["input"].items())
    assert price(start, main, basis) > cost


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("name", [n for n in RECIPES if n.startswith("recycle_")])
def test_swarf_costs_less_than_what_is_won_from_it(name, start):
    parts = recipe(name, start)
    worth = sum(a * price(start, p, "price_domestic") for p, a in parts["output"].items())
    assert sum(a * price(start, p, "price_domestic") for p, a in parts["input"].items()) < worth


def rate(instrument, hs, day):
    """Rate of China in force: the longest code decides; one row only may stand at that length."""
    rows = [
        (max((len(c) for c in (r["hs"] or "").split(";") if hs.startswith(c)), default=-1), r["value"] / 100.0)
        for r in T["policies"]
        if r["country"] == "CHN" and r["instrument"] == instrument
        and r["from_date"] <= day and (r["to_date"] is None or day <= r["to_date"])
    ]  # fmt: skip
    found = sorted(r for r in rows if r[0] >= 0)
    assert len([r for r in found if r[0] == found[-1][0]]) <= 1, f"{instrument} of {hs} twice on {day}"
    return found[-1][1] if found else 0.0


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("product", [p for p, r in PRODUCTS.items() if r["stage"] in ("oxide", "metal", "magnet")])
def test_fob_is_the_home_price_with_unrefunded_tax_and_duty(product, start):
    day, hs = FIRST_DAY[start].isoformat(), PRODUCTS[product]["hs"]
    vat, refund, duty = (rate(i, hs, day) for i in ("vat", "vat_refund", "export_duty"))
    expected = price(start, product, "price_domestic") / (1.0 + vat) * (1.0 + vat - refund) * (1.0 + duty)
    assert price(start, product, "price_fob") == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("hs", sorted({r["hs"] for r in PRODUCTS.values()}))
def test_at_no_date_do_two_rates_stand_for_one_code(hs):
    days = sorted({r["from_date"] for r in T["policies"]})
    for day in days:
        for instrument in ("vat", "vat_refund", "export_duty"):
            rate(instrument, hs, day)


def test_policies_have_dates_in_order_and_quotas_fill_half_years():
    for r in T["policies"]:
        first = date.fromisoformat(r["from_date"])
        last = date.fromisoformat(r["to_date"]) if r["to_date"] else date.max
        assert first <= last, f"policies.csv:{r['line']:.0f}"
    quotas = [r for r in T["policies"] if r["instrument"] == "export_quota"]
    halves = [(f"{y}-{a}", f"{y}-{b}") for y in range(2009, 2015) for a, b in (("01-01", "06-30"), ("07-01", "12-31"))]
    assert [(r["from_date"], r["to_date"]) for r in quotas] == halves
    yearly = [quotas[k]["value"] + quotas[k + 1]["value"] for k in range(0, 12, 2)]
    assert yearly == pytest.approx([50145, 30258, 30246, 30996, 31001, 30611], abs=2)


def test_goods_can_go_from_every_country_to_every_country():
    weeks = {(r["seller"], r["buyer"]): r for r in T["transit"]}
    codes = set(META["countries"])
    assert set(weeks) == {(a, b) for a in codes for b in codes}
    assert len(weeks) == len(T["transit"])
    assert all(0.0 < r["low"] <= r["weeks"] <= r["high"] <= 12.0 for r in weeks.values())
