"""Units: factors between units, and numbers that keep a division or a logarithm finite; none of them is a choice."""

WEEKS_A_YEAR = 52.0
"""Weeks in a year, as rates per year are spread."""
DAYS_A_WEEK = 7.0
"""Days in a week."""
QUARTER_WEEKS = 13.0
"""Weeks in a quarter."""
PERCENT = 100.0
"""Percent in a whole."""
USD_PER_T = 1000.0
"""USD per tonne for each USD per kg."""
USD_PER_MUSD = 1e6
"""USD in a million."""
NOTHING = 1e-12
"""Tonnes, or tonnes per week, that are as good as none; a divisor is never smaller."""
NEXT_TO_NOTHING = 1e-9
"""Least tonnes under a logarithm, and weight of a lane without a flow in a mean."""
NO_BOUND = 1e12
"""Stands for no bound where a finite number is needed, t per week."""
