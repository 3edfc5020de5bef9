"""How one area stands, in short, for the first page of those who lead it; the board tells the rest.

Only puts together what ``cases.figures`` counts. Five queries an area, whatever it holds.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from cases import figures
from cases.figures import Heap, Period, Results, Standing, Viewer
from cases.states import Phase
from yuhu.kit.figures import Share

RECENT_DAYS = 30


@dataclass(frozen=True)
class Rate:
    """A share of the last days, and the same of the days before."""

    now: Share
    before: Share

    @property
    def change(self) -> Decimal | None:
        """Percentage points against the days before; None when one of both has no data."""
        if self.now.percent is None or self.before.percent is None:
            return None
        return self.now.percent - self.before.percent


@dataclass(frozen=True)
class Overview:
    """One area at one moment."""

    area: str
    name: str
    at: dt.datetime
    standing: Standing
    recent: Results
    before: Results

    @classmethod
    def of(cls, viewer: Viewer, area: str, name: str) -> "Overview":
        """Ask everything."""
        recent, before = figures.results(viewer, area, Period.last_days(RECENT_DAYS, viewer.at))
        standing = figures.standing(viewer, area)
        return cls(area, name, viewer.at, standing, recent, before)

    @property
    def days(self) -> int:
        return RECENT_DAYS

    @property
    def phases(self) -> list[tuple[Phase, Heap]]:
        return list(self.standing.phases.items())

    @property
    def in_time(self) -> Rate:
        return Rate(self.recent.in_time, self.before.in_time)

    @property
    def satisfied(self) -> Rate:
        return Rate(self.recent.satisfied, self.before.satisfied)

    @property
    def coverage(self) -> Rate:
        return Rate(self.recent.coverage, self.before.coverage)
