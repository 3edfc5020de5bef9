"""How one area stands, as leaders see it: figures of cases and of people side by side, part by part.

Only puts together what ``cases.figures`` and ``staffing.figures`` count. Five queries an area, whatever it holds.
"""

import datetime as dt
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from cases import figures
from cases.figures import Heap, Period, Results, Standing, Viewer
from cases.models import Case
from cases.states import Phase, State
from staffing.figures import Completeness, Rosters
from yuhu.kit import keeping
from yuhu.kit.figures import Count, Share
from yuhu.kit.scope import DISTRICT

RECENT_DAYS = 30
SLOW_SECONDS, KEPT_SECONDS = 0.5, 600
ROWS = 5
_NO_CASES = Heap(Count(0), Count(0), Count(0))


@dataclass(frozen=True)
class Line:
    """One part of the area: a street of the district, a community of the street."""

    code: str
    name: str
    heap: Heap
    results: Results
    roster: Completeness | None  # None: what is not placed yet has no blocks
    most: int

    @property
    def calm(self) -> int:
        """Open, neither late nor soon due."""
        return self.heap.count.number - self.heap.late.number - self.heap.soon.number

    @property
    def after_late(self) -> int:
        return self.heap.late.number

    @property
    def after_soon(self) -> int:
        return self.heap.late.number + self.heap.soon.number


@dataclass(frozen=True)
class Rate:
    """A share of the last days, the same of the days before, and since the start."""

    now: Share
    before: Share
    ever: Share

    @property
    def change(self) -> Decimal | None:
        """Percentage points against the days before; None when one of both has no data."""
        if self.now.percent is None or self.before.percent is None:
            return None
        return self.now.percent - self.before.percent


@dataclass(frozen=True)
class Overview:
    """Everything about one area at one moment."""

    area: str
    name: str
    at: dt.datetime
    standing: Standing
    recent: Mapping[str, Results]
    before: Results
    ever: Mapping[str, Results]
    ever_at: dt.datetime
    rosters: Rosters
    latest: tuple[Case, ...]
    newest: tuple[Case, ...]

    @classmethod
    def of(cls, viewer: Viewer, area: str, name: str, rosters: Rosters) -> "Overview":
        """Ask everything."""
        ever, ever_at = _ever(viewer, area)
        recent, before = figures.results(viewer, area, Period.last_days(RECENT_DAYS, viewer.at))
        return cls(
            area=area,
            name=name,
            at=viewer.at,
            standing=figures.standing(viewer, area),
            recent=recent,
            before=before,
            ever=ever,
            ever_at=ever_at,
            rosters=rosters,
            latest=figures.longest_late(viewer, area, ROWS),
            newest=figures.newest(viewer, area, ROWS),
        )

    @property
    def days(self) -> int:
        return RECENT_DAYS

    @property
    def is_district(self) -> bool:
        return len(self.area) == DISTRICT

    @cached_property
    def roster(self) -> Completeness:
        return self.rosters.of(self.area)

    @property
    def phases(self) -> list[tuple[Phase, Heap]]:
        return list(self.standing.phases.items())

    @property
    def states(self) -> list[tuple[State, Count]]:
        """Those that there are any of."""
        return [(state, count) for state, count in self.standing.states.items() if count.number]

    @property
    def in_time(self) -> Rate:
        return Rate(self.recent[self.area].in_time, self.before.in_time, self.ever[""].in_time)

    @property
    def satisfied(self) -> Rate:
        return Rate(self.recent[self.area].satisfied, self.before.satisfied, self.ever[""].satisfied)

    @property
    def coverage(self) -> Rate:
        return Rate(self.recent[self.area].coverage, self.before.coverage, self.ever[""].coverage)

    @property
    def programmes(self) -> list[tuple[Case.Programme, Results]]:
        """What was closed since the start, by promise; the ones without any case are left out."""
        return [
            (Case.Programme(key), results)
            for key, results in self.ever.items()
            if key and results.closed.number
        ]

    @cached_property
    def lines(self) -> list[Line]:
        """The parts of the area by code, those without a case too; last what is not placed yet."""
        rosters = {part.code: part for part in self.rosters.below(self.area)}
        codes = sorted(
            {*rosters, *self.standing.below, *self.recent} - {self.area}, key=lambda code: (not code, code)
        )
        most = max((heap.count.number for heap in self.standing.below.values()), default=0)
        nothing = figures.no_results()
        return [
            Line(
                code=code,
                name=self.rosters.names.get(code, code),
                heap=self.standing.below.get(code, _NO_CASES),
                results=self.recent.get(code, nothing),
                roster=rosters.get(code),
                most=max(most, 1),
            )
            for code in codes
        ]


def _ever(viewer: Viewer, area: str) -> tuple[Mapping[str, Results], dt.datetime]:
    """What was closed since the start, and as of when: a table that takes long to count is kept for some minutes."""
    scope = viewer.scope
    about = repr((area, sorted(scope.areas), sorted(scope.units), scope.person))
    key = f"dashboard.ever.{hashlib.sha256(about.encode()).hexdigest()}"
    kept: tuple[Mapping[str, Results], dt.datetime] | None = keeping.look_up(key)
    if kept is not None:
        return kept
    started = time.monotonic()
    found = figures.by_programme(viewer, area), viewer.at
    if time.monotonic() - started > SLOW_SECONDS:
        keeping.keep(key, found, seconds=KEPT_SECONDS)
    return found
