"""Words: the seventeen elements, and how a world may group them."""

ELEMENTS = (
    "La", "Ce", "Pr", "Nd", "Pm", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Sc", "Y",
)  # fmt: skip
"""The fifteen lanthanides with scandium and yttrium, by symbol. A selection may name any of them."""
