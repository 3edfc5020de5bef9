"""Working-time arithmetic: when a limit ends, how much working time has passed, where a stopped clock goes on.

Pure: no tables, no clock of its own. Who keeps the calendar (holidays, adjusted weekends, office hours) and who
asks for which limit is left to others. Everything goes in and comes out as aware moments, out always in UTC;
days and office hours are those of the local calendar (``clock.LOCAL``).

Rules, after the Civil Code art. 201-203 (hours run from the moment fixed; the first day is not counted; a last
day that is a rest day moves to the next working day) and the Licensing Law art. 82 (working days without
holidays):

* a day is a working day if the calendar says so, else Monday to Friday;
* ``working_hour`` walks through the windows; a start outside a window begins at the next window;
* ``working_day`` N ends with the last window of the N-th working day after the start day;
* ``natural_day`` N is the date plus N, rolled to the next working day, 23:59:59;
* ``natural_hour`` and ``natural_minute`` never stop.

Speed: each year is laid out once per calendar, as sorted windows with a running total; afterwards every question
is a bisection, a few microseconds. Bulk loads ask hundreds of thousands of times.
"""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from yuhu.kit.clock import LOCAL
from yuhu.kit.exceptions import Conflict

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
LAST_SECOND = dt.time(23, 59, 59)
HORIZON_YEARS = 100


class TimeUnit(StrEnum):
    """The units in which limits are given."""

    NATURAL_MINUTE = "natural_minute"
    NATURAL_HOUR = "natural_hour"
    WORKING_HOUR = "working_hour"
    WORKING_DAY = "working_day"
    NATURAL_DAY = "natural_day"

    @property
    def counts_working_time(self) -> bool:
        """Whether the clock of this unit stands outside office hours."""
        return self in (TimeUnit.WORKING_HOUR, TimeUnit.WORKING_DAY)

    @property
    def length(self) -> dt.timedelta | None:
        """The fixed length of one unit; None for days, whose ends the calendar decides."""
        return _LENGTHS.get(self)


_LENGTHS = {
    TimeUnit.NATURAL_MINUTE: dt.timedelta(minutes=1),
    TimeUnit.NATURAL_HOUR: dt.timedelta(hours=1),
    TimeUnit.WORKING_HOUR: dt.timedelta(hours=1),
}


class NoWorkingTime(Conflict):
    """The calendar has no office hours from which a working limit could be counted."""

    code = "no_working_time"
    message = _("The calendar has no office hours for this time. Ask the system administrator to load them.")


@dataclass(frozen=True)
class Window:
    """Office hours of a season, on working days: ``opens`` to ``closes`` local time, never over midnight.

    ``season_from`` and ``season_to`` are ``MM-DD``, both included; a season may wrap the year. All windows with
    the same ``valid_from`` form one plan, which replaces the plan before it.
    """

    valid_from: dt.date
    season_from: str
    season_to: str
    opens: dt.time
    closes: dt.time

    def __post_init__(self) -> None:
        """Refuse a season that does not begin and end on a day: ValueError."""
        for month_day in (self.season_from, self.season_to):
            dt.datetime.strptime(f"2000-{month_day}", "%Y-%m-%d")  # noqa: DTZ007 - only a day is checked
            if len(month_day) != 5:
                raise ValueError(f"{month_day} is not of the form MM-DD")

    def holds(self, month_day: str) -> bool:
        """Whether the day ``MM-DD`` lies in the season."""
        if self.season_from <= self.season_to:
            return self.season_from <= month_day <= self.season_to
        return month_day >= self.season_from or month_day <= self.season_to


@dataclass(frozen=True)
class Limit:
    """A length of time in its unit, as people write it: 4 working hours, 5 working days."""

    amount: int
    unit: TimeUnit

    def deadline(self, start: dt.datetime, calendar: "Calendar") -> dt.datetime:
        """The moment (UTC) at which the limit that began at ``start`` ends."""
        return deadline(start, self.amount, self.unit, calendar)


@dataclass(frozen=True, slots=True)
class _Year:
    """One year laid out. Moments in microseconds since 1970; ``after``: working microseconds up to each close."""

    opens: list[int]
    closes: list[int]
    after: list[int]
    days: list[int]
    """Ordinals of the working days that have office hours."""
    ends: list[int]
    """When each of ``days`` closes."""

    @property
    def total(self) -> int:
        return self.after[-1] if self.after else 0

    def worked(self, moment: int) -> int:
        """Working microseconds from the start of the year to ``moment``."""
        index = bisect_right(self.opens, moment) - 1
        return 0 if index < 0 else self.after[index] - max(0, self.closes[index] - moment)

    def earliest(self, worked: int) -> int:
        """The first moment at which ``worked`` (over 0, at most ``total``) has passed."""
        index = bisect_left(self.after, worked)
        return self.closes[index] - (self.after[index] - worked)

    def latest(self, worked: int) -> int:
        """The last moment at which no more than ``worked`` (at least 0, below ``total``) has passed."""
        index = bisect_right(self.after, worked)
        return self.closes[index] - (self.after[index] - worked)


@dataclass(frozen=True, eq=False)
class Calendar:
    """Working days and office hours. ``days``: the exceptions to Monday-Friday; ``years``: those with known holidays.

    Before the first plan of ``windows`` the first one counts: nothing earlier is known. ``version`` tells calendars
    apart for logs.
    """

    days: Mapping[dt.date, bool]
    windows: tuple[Window, ...]
    years: frozenset[int]
    version: int = 0
    _laid_out: dict[int, _Year] = field(default_factory=dict, init=False, repr=False)

    def is_working_day(self, on: dt.date) -> bool:
        """Whether people work on the local day ``on``."""
        return self.days.get(on, on.weekday() < 5)

    def next_working_day(self, on: dt.date) -> dt.date:
        """``on`` if it is a working day, else the first one after it."""
        while not self.is_working_day(on):
            on += dt.timedelta(days=1)
        return on

    def plan_on(self, on: dt.date) -> tuple[Window, ...]:
        """The windows of all seasons of the plan that is valid on ``on``."""
        started = [window.valid_from for window in self.windows if window.valid_from <= on]
        chosen = (
            max(started) if started else min((window.valid_from for window in self.windows), default=None)
        )
        return tuple(window for window in self.windows if window.valid_from == chosen)

    def windows_on(self, on: dt.date) -> tuple[Window, ...]:
        """The office hours of ``on``, in order; empty on a rest day."""
        if not self.is_working_day(on):
            return ()
        month_day = f"{on:%m-%d}"
        held = (window for window in self.plan_on(on) if window.holds(month_day))
        return tuple(sorted(held, key=lambda window: window.opens))

    def year(self, number: int) -> _Year:
        """The layout of a year, made at the first question. Two threads may both make it: they make the same."""
        if number not in self._laid_out:
            self._laid_out[number] = self._lay_out(number)
        return self._laid_out[number]

    def _lay_out(self, number: int) -> _Year:
        year = _Year([], [], [], [], [])
        total = 0
        for ordinal in range(dt.date(number, 1, 1).toordinal(), dt.date(number, 12, 31).toordinal() + 1):
            on = dt.date.fromordinal(ordinal)
            windows = self.windows_on(on)
            for window in windows:
                opens, closes = _moment(_at(on, window.opens)), _moment(_at(on, window.closes))
                total += closes - opens
                year.opens.append(opens)
                year.closes.append(closes)
                year.after.append(total)
            if windows:
                year.days.append(ordinal)
                year.ends.append(year.closes[-1])
        return year


def deadline(
    start: dt.datetime, amount: int | Decimal, unit: str, calendar: Calendar, *, roll: bool = True
) -> dt.datetime:
    """The moment (UTC) at which a limit of ``amount`` ``unit`` that began at ``start`` ends.

    Days are whole; ``roll`` moves the end of natural days from a rest day to the next working day, as limits by
    law want it.

    Raises:
        ValueError: naive ``start``, unknown unit, amount not above 0, parts of days.
        NoWorkingTime: the calendar has no office hours to count.
    """
    kind = TimeUnit(unit)
    if amount <= 0:
        raise ValueError(f"a limit needs an amount above 0, not {amount}")
    if (length := kind.length) is not None:
        span = (
            length * amount
            if isinstance(amount, int)
            else int(amount * (length // MICROSECOND)) * MICROSECOND
        )
        return advance(start, span, calendar) if kind.counts_working_time else _utc(start) + span
    if amount != int(amount):
        raise ValueError(f"days are counted whole, not {amount}")
    on = _local(start).date()
    if kind is TimeUnit.WORKING_DAY:
        return _close_of_working_day(on, int(amount), calendar)
    return _end_of_day(on + dt.timedelta(days=int(amount)), calendar, roll=roll)


def elapsed(start: dt.datetime, end: dt.datetime, calendar: Calendar) -> dt.timedelta:
    """Working time between two moments; negative when ``end`` is before ``start``."""
    if end < start:
        return -elapsed(end, start, calendar)
    first, last = _local(start).year, _local(end).year
    worked = calendar.year(last).worked(_moment(end)) - calendar.year(first).worked(_moment(start))
    worked += sum(calendar.year(number).total for number in range(first, last))
    return worked * MICROSECOND


def advance(start: dt.datetime, working: dt.timedelta, calendar: Calendar) -> dt.datetime:
    """The moment (UTC) that lies ``working`` working time after ``start``; before it, when negative.

    Forward the first such moment (a window's close, not the next opening), backward the last; no time at all
    leaves ``start`` where it is.

    Raises:
        NoWorkingTime: the calendar's office hours do not reach so far.
    """
    number = _local(start).year
    target = calendar.year(number).worked(_moment(start)) + working // MICROSECOND
    if not working:
        return _utc(start)
    for _unused in range(HORIZON_YEARS):
        year = calendar.year(number)
        if working > dt.timedelta(0):
            if target <= year.total:
                return _from_moment(year.earliest(target))
            target -= year.total
            number += 1
        else:
            if target >= 0:
                return _from_moment(year.latest(target))
            number -= 1
            target += calendar.year(number).total
    raise NoWorkingTime()


def remaining_working(at: dt.datetime, due: dt.datetime, calendar: Calendar) -> dt.timedelta:
    """Working time left at ``at``; negative when ``due`` has passed, so that a late case stays as late as it was."""
    return elapsed(at, due, calendar)


def remaining(at: dt.datetime, due: dt.datetime, calendar: Calendar, unit: str) -> dt.timedelta:
    """What is left of a limit when its clock stops: working time for working units, else plain time."""
    return remaining_working(at, due, calendar) if TimeUnit(unit).counts_working_time else due - at


def resume(at: dt.datetime, left: dt.timedelta, calendar: Calendar, unit: str) -> dt.datetime:
    """The new end (UTC) of a limit whose clock stood with ``left`` (of ``remaining``) and goes on at ``at``.

    Natural days end with a day again, rolled to a working day; all others end to the moment.
    """
    kind = TimeUnit(unit)
    if kind.counts_working_time:
        return advance(at, left, calendar)
    if kind is TimeUnit.NATURAL_DAY and left > dt.timedelta(0):
        return _end_of_day(_local(at + left).date(), calendar, roll=True)
    return _utc(at + left)


def limit_fraction(
    start: dt.datetime, due: dt.datetime, fraction: float, calendar: Calendar, unit: str
) -> dt.datetime:
    """The moment (UTC) at which ``fraction`` (0 to 1) of the limit has passed: when to warn.

    Working units by working time, natural ones by plain time. Never after ``due``.
    """
    if not 0 <= fraction <= 1:
        raise ValueError(f"a fraction lies between 0 and 1, not {fraction}")
    if not TimeUnit(unit).counts_working_time:
        return _utc(start + (due - start) * fraction)
    return min(_utc(due), advance(start, elapsed(start, due, calendar) * fraction, calendar))


def missing_years(start: dt.datetime, end: dt.datetime, calendar: Calendar) -> tuple[int, ...]:
    """The local years from ``start`` to ``end`` whose holidays the calendar does not know: results may be wrong."""
    touched = range(_local(start).year, _local(end).year + 1)
    return tuple(year for year in touched if year not in calendar.years)


def uncovered_days(windows: Iterable[Window]) -> tuple[str, ...]:
    """The days ``MM-DD`` on which a plan has no office hours or windows that overlap; empty when it is sound."""
    plan = sorted(windows, key=lambda window: window.opens)
    leap_year = (dt.date(2000, 1, 1) + dt.timedelta(days=offset) for offset in range(366))
    return tuple(day for day in (f"{on:%m-%d}" for on in leap_year) if not _is_sound(plan, day))


def _is_sound(plan: list[Window], month_day: str) -> bool:
    held = [window for window in plan if window.holds(month_day)]
    if any(window.opens >= window.closes for window in held):
        return False
    return bool(held) and all(one.closes <= other.opens for one, other in pairwise(held))


def _close_of_working_day(on: dt.date, count: int, calendar: Calendar) -> dt.datetime:
    """The close of the ``count``-th working day after ``on``."""
    index = bisect_right(calendar.year(on.year).days, on.toordinal()) + count - 1
    for number in range(on.year, on.year + HORIZON_YEARS):
        year = calendar.year(number)
        if index < len(year.ends):
            return _from_moment(year.ends[index])
        index -= len(year.ends)
    raise NoWorkingTime()


def _end_of_day(on: dt.date, calendar: Calendar, *, roll: bool) -> dt.datetime:
    return _utc(_at(calendar.next_working_day(on) if roll else on, LAST_SECOND))


def _at(on: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(on, time, tzinfo=LOCAL)


def _local(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None:
        raise ValueError("moments carry their time zone")
    return moment.astimezone(LOCAL)


def _utc(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None:
        raise ValueError("moments carry their time zone")
    return moment.astimezone(dt.UTC)


def _moment(at: dt.datetime) -> int:
    return (at - EPOCH) // MICROSECOND


def _from_moment(moment: int) -> dt.datetime:
    return EPOCH + moment * MICROSECOND
