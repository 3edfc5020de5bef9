"""What is asked for: an area in a period, as far as somebody's scope opens it, seen at a moment."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cases.figures.viewer import Period, Viewer
from yuhu.kit import clock
from yuhu.kit.scope import Scope


@dataclass(frozen=True)
class Question:
    """``area`` is the code of a district, a street, a community or a block."""

    scope: Scope
    area: str
    period: Period
    at: dt.datetime
    # What is asked once for all questions of a page (``replace`` hands it on): up to when the tallies tell.
    kept: dict[str, dt.datetime | None] = field(default_factory=dict, compare=False, repr=False)

    @property
    def viewer(self) -> Viewer:
        """Whoever asks, for figures that are told to viewers; no post has a part in them."""
        return Viewer(self.scope.person or 0, (), self.scope, self.at)

    @property
    def first(self) -> dt.date:
        """The first local day of the period."""
        return clock.local_date(self.period.start)

    @property
    def until(self) -> dt.date:
        """The local day at whose beginning the period ends."""
        return clock.local_date(self.period.end)

    @property
    def last(self) -> dt.date:
        """The last local day of the period, or today when that is earlier: of coming days nothing is known."""
        return min(self.until - dt.timedelta(days=1), clock.local_date(self.at))


# Numbers by name. A name that is missing is not told to whoever asks.
Numbers = Mapping[str, int]
Source = Callable[[Question], Numbers]
