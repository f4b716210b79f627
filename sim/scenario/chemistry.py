"""Chemistry of a world: what each product holds, and what each recipe takes and gives, in gross tonnes."""

from dataclasses import dataclass, field

from sim.scenario.tables import WorldError
from sim.scenario.world import Row, World
from sim.world.network import Product


@dataclass
class Recipe:
    """A process per t of its unit: t REO for mines and separators, t of main product for the others."""

    name: str
    inputs: dict[str, float] = field(default_factory=dict)
    outputs: dict[str, float] = field(default_factory=dict)
    swarf: dict[str, float] = field(default_factory=dict)
    hold_weeks: float = 0.0


def _basket(world: World, name: str) -> dict[str, float]:
    """Shares of each element group in t oxide per t REO."""
    group = {e: g for g, members in world.meta["elements"].items() for e in [g, *members]}
    shares: dict[str, float] = {}
    for row in world.tables["baskets"]:
        if row["basket"] == name:
            g = group[row["element"]]
            shares[g] = shares.get(g, 0.0) + row["share_percent"] / 100.0
    if not shares:
        raise WorldError(f"{world.folder / 'baskets.csv'}: no rows of basket {name!r}; write its shares")
    total = sum(shares.values())
    return {g: s / total for g, s in shares.items()}


def _made_at(rows: list[Row], start: str) -> list[Row]:
    """Rows that describe what is made at a start; a row without a start describes it at any."""
    return [r for r in rows if (r["start"] or "any") in (start, "any")]


def products_of(world: World, start: str) -> dict[str, Product]:
    """Every product with its content of each element group at a start, t per gross t."""
    factor = world.meta["oxide_factor"]
    contents: dict[str, dict[str, float]] = {}
    for row in _made_at(world.tables["contents"], start):
        contents.setdefault(row["product"], {})[row["element"]] = row["content"]
    found = {}
    for row in world.tables["products"]:
        content = contents.get(row["product"], {})
        if row["basket"]:
            grade = row["treo_percent"] / 100.0
            content = {g: s * grade * factor[g] for g, s in _basket(world, row["basket"]).items()}
        found[row["product"]] = Product(row["product"], row["stage"], str(row["hs"]), row["title"], content)
    return found


def recipes_of(world: World, start: str, products: dict[str, Product]) -> dict[str, Recipe]:
    """Every recipe at a start, and one for each concentrate that a mine may make."""
    grade = {r["product"]: (r["treo_percent"] or 100.0) / 100.0 for r in world.tables["products"]}
    basket = {r["product"]: r["basket"] for r in world.tables["products"]}
    oxide = _oxides(world, products)
    found: dict[str, Recipe] = {}
    for name, product in products.items():
        if product.stage == "concentrate":
            found[name] = Recipe(name, {}, {name: 1.0 / grade[name]})
    for row in world.tables["separations"]:
        recipe = Recipe(row["recipe"], {row["feed"]: 1.0 / grade[row["feed"]]}, {}, {}, row["hold_weeks"] or 0.0)
        shares = _basket(world, basket[row["feed"]])
        rest = row["residual"]
        kept = _basket(world, basket[rest]) if rest else {}
        taken = {g: s for g, s in shares.items() if g not in kept or kept[g] == 0.0}
        if rest:
            # the carbonate's fixed basket bounds what passes into it: the scarcest element decides, the rest is lost
            passed = min(shares.get(g, 0.0) / s for g, s in kept.items() if s > 0.0)
            recipe.outputs[rest] = passed * row["recovery"] / grade[rest]
        for g, s in taken.items():
            if g in oxide:
                recipe.outputs[oxide[g]] = s * row["recovery"]
        found[row["recipe"]] = recipe
    for row in _made_at(world.tables["recipes"], start):
        recipe = found.setdefault(row["recipe"], Recipe(row["recipe"]))
        side = {"input": recipe.inputs, "output": recipe.outputs, "swarf": recipe.swarf}[row["role"]]
        side[row["product"]] = row["amount"]
    return found


def _oxides(world: World, products: dict[str, Product]) -> dict[str, str]:
    """The oxide of each element group: the oxide-stage product that holds that group alone."""
    found = {}
    for product in products.values():
        if product.stage == "oxide" and len(product.content) == 1:
            found[next(iter(product.content))] = product.name
    return found


def mass_lost(recipe: Recipe, products: dict[str, Product], elements: tuple[str, ...]) -> dict[str, float]:
    """T of each element lost per t of the recipe's unit; negative would be mass out of nothing."""
    lost = {}
    for element in elements:
        taken = sum(a * products[p].content.get(element, 0.0) for p, a in recipe.inputs.items())
        given = sum(
            a * products[p].content.get(element, 0.0) for p, a in [*recipe.outputs.items(), *recipe.swarf.items()]
        )
        lost[element] = taken - given if recipe.inputs else 0.0
    return lost
