"""Window: when something holds, with ramp and fade, as the share of each week it covers."""

from dataclasses import dataclass
from datetime import date

from sim.calendar import Calendar


@dataclass(frozen=True)
class Window:
    """First day, day after the last (none: until the end of the run), weeks of ramp and of fade."""

    start: date
    end: date | None
    ramp_weeks: float = 0.0
    fade_weeks: float = 0.0

    def share(self, calendar: Calendar, week: int) -> float:
        """Share of the week covered, 0 to 1; partial weeks count by their days."""
        begin = calendar.position(self.start)
        finish = calendar.position(self.end) if self.end is not None else float("inf")
        covered = max(0.0, min(week + 1.0, finish) - max(float(week), begin))
        if covered > 0.0 and self.ramp_weeks > 0.0:
            covered *= min((week + 0.5 - begin) / self.ramp_weeks, 1.0) if week + 0.5 > begin else 0.0
        if self.fade_weeks > 0.0 and week + 1.0 > finish:
            covered = max(covered, 1.0 - (week + 0.5 - finish) / self.fade_weeks, 0.0)
        return min(covered, 1.0)
