"""Arithmetic of a case's clocks over the working calendar: first limits, warnings, standing and going on. Pure.

``unit`` is a unit of ``yuhu.kit.worktime``; all moments are aware UTC.
"""

import datetime as dt
from decimal import Decimal
from typing import Protocol

from cases.states import Step
from yuhu.kit import worktime
from yuhu.kit.worktime import Calendar, Limit, TimeUnit

PLAIN = TimeUnit.NATURAL_HOUR.value


class Rules(Protocol):
    """Calendar and limits per step (duties.models.TimeRules)."""

    @property
    def calendar(self) -> Calendar: ...

    def limit(self, step: str, severity: str = "") -> Limit: ...


class Limited(Protocol):
    """What a category says of its limits."""

    limit_amount: Decimal | None
    limit_unit: str
    contact_hours: Decimal | None


class Extendable(Protocol):
    """A clock that somebody wants more time on."""

    unit: str
    amount: Decimal | None
    started_at: dt.datetime
    due_at: dt.datetime


class Standing(Protocol):
    """A clock that stands."""

    unit: str
    due_at: dt.datetime
    warn_at: dt.datetime | None
    stopped_at: dt.datetime | None
    remaining: dt.timedelta | None


class Escalating(Standing, Protocol):
    """A clock that stands and may have been escalated before."""

    level: int
    next_level_at: dt.datetime | None


def limit_of(step: Step, category: Limited, severity: str, rules: Rules) -> tuple[Decimal, str]:
    """Amount and unit of the limit: handling and first contact by the category, the other steps by the table."""
    if step == Step.HANDLE:
        return Decimal(category.limit_amount or 5), category.limit_unit or TimeUnit.WORKING_DAY.value
    if step == Step.CONTACT:
        return Decimal(category.contact_hours or 24), PLAIN
    limit = rules.limit(step, severity)
    return Decimal(limit.amount), str(limit.unit)


def warn_moment(
    step: Step, started: dt.datetime, due: dt.datetime, unit: str, fraction: float, calendar: Calendar
) -> dt.datetime | None:
    """When ``fraction`` of the limit has passed. Nobody is warned that a reporter has not rated yet."""
    if step == Step.RATE:
        return None
    return worktime.limit_fraction(started, due, fraction, calendar, unit or PLAIN)


def left_at(at: dt.datetime, due: dt.datetime, unit: str, calendar: Calendar) -> dt.timedelta:
    """What is left when the clock is stopped at ``at``; negative when it is late."""
    return worktime.remaining(at, due, calendar, unit or PLAIN)


def resumed(clock: Standing, at: dt.datetime, calendar: Calendar) -> tuple[dt.datetime, dt.datetime | None]:
    """New due and warning moments of a clock that goes on at ``at``: both move by the time that it stood."""
    assert clock.stopped_at is not None
    assert clock.remaining is not None
    due = worktime.resume(at, clock.remaining, calendar, clock.unit or PLAIN)
    if clock.warn_at is None:
        return due, None
    return due, min(moved(clock, clock.warn_at, at, calendar), due)


def moved(clock: Standing, moment: dt.datetime, at: dt.datetime, calendar: Calendar) -> dt.datetime:
    """Where a moment of the clock lies when it goes on at ``at``: as far ahead as when it was stopped."""
    assert clock.stopped_at is not None
    unit = TimeUnit(clock.unit or PLAIN)
    left = worktime.remaining(clock.stopped_at, moment, calendar, unit)
    return worktime.advance(at, left, calendar) if unit.counts_working_time else at + left


def next_level(
    clock: Escalating, due: dt.datetime, at: dt.datetime, calendar: Calendar
) -> dt.datetime | None:
    """When a clock that goes on at ``at`` with limit ``due`` is told one level higher; None: all were told."""
    if clock.level == 0:
        return due
    return moved(clock, clock.next_level_at, at, calendar) if clock.next_level_at is not None else None


def latest_due(clock: Extendable, granted: dt.datetime | None, calendar: Calendar) -> dt.datetime:
    """The latest due time to which all extensions together may lead: the original limit once more (domain 2.8).

    ``granted``: the due time that the last approved extension gave. Time during which the clock stood is not
    counted against it, except before an earlier extension, where it is no longer known.
    """
    if clock.amount is None:
        return clock.due_at
    unit = clock.unit or PLAIN
    last = worktime.deadline(clock.started_at, 2 * clock.amount, unit, calendar)
    known = granted or worktime.deadline(clock.started_at, clock.amount, unit, calendar)
    if clock.due_at <= known:
        return last
    left = worktime.remaining(known, last, calendar, unit)
    return worktime.resume(clock.due_at, left, calendar, unit)
