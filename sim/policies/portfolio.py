"""Portfolio: policies that answer together, each by its own trigger and memory."""

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from sim.policies import KINDS
from sim.policies.policy import Policy

if TYPE_CHECKING:
    AnyPolicy = Policy
    AnyAnswer = Policy
else:
    AnyPolicy = Annotated[reduce(or_, KINDS.values()), Field(discriminator="kind")]
"""Any kind of policy that is registered."""


def spelled(value: Any) -> Any:
    """A policy as it stands in a file: its kind alone, a list that answers together, or a mapping."""
    if isinstance(value, str):
        return {"kind": value}
    if isinstance(value, list):
        return {"kind": "portfolio", "portfolio": value}
    if isinstance(value, dict) and "portfolio" in value and "kind" not in value:
        return {"kind": "portfolio", **value}
    return value


class Portfolio(Policy):
    """Policies that answer together; presses on one control combine by the control's rule, and costs add up."""

    kind: Literal["portfolio"] = "portfolio"
    portfolio: list[Annotated[AnyPolicy, BeforeValidator(spelled)]] = Field(
        min_length=1, description="policies that answer together, each with its kind and numbers"
    )

    @model_validator(mode="after")
    def _each_named(self) -> "Portfolio":
        names = [p.label for p in self.portfolio]
        for n, name in enumerate(names):
            if name in names[:n]:
                raise ValueError(f"portfolio holds two policies named {name!r}; give each its own name")
        return self

    @property
    def label(self) -> str:
        return self.name or "+".join(p.label for p in self.portfolio)

    def together(self) -> tuple[Policy, ...]:
        return tuple(self.portfolio)

    def effect(self) -> str:
        return "; ".join(p.effect() for p in self.portfolio)


if not TYPE_CHECKING:
    AnyAnswer = Annotated[reduce(or_, KINDS.values()) | Portfolio, Field(discriminator="kind")]
"""One policy of any kind, or several that answer together."""
