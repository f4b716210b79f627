"""Calendar: weeks start on Monday; dates become weeks and shares of weeks."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property


@dataclass(frozen=True)
class Calendar:
    """Weeks of a run, counted from 0 on the Monday on or after ``start``."""

    start: date
    weeks: int

    @cached_property
    def first_monday(self) -> date:
        return self.start + timedelta(days=(7 - self.start.weekday()) % 7)

    def monday(self, week: int) -> date:
        """Date of the Monday of a week."""
        return self.first_monday + timedelta(weeks=week)

    def position(self, day: date) -> float:
        """Weeks from the first Monday to a date, with parts of weeks; negative before."""
        return (day - self.first_monday).days / 7.0

    def week_of(self, text: str) -> int:
        """Week in which a date (``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``) lies."""
        return int(self.position(day_of(text)) // 1)

    @property
    def end(self) -> date:
        return self.monday(self.weeks)


def day_of(text: str | date) -> date:
    """Read ``YYYY-MM-DD``, ``YYYY-MM`` (its first day) or ``YYYY``."""
    if isinstance(text, date):
        return text
    parts = [int(p) for p in str(text).split("-")]
    return date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1)
