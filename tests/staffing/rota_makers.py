"""Makers of rotas for their tests."""

import datetime as dt

from staffing.actions import (
    join,
    plan_shifts,
)
from staffing.actions.rota import Pattern
from staffing.models import Shift, User
from tests.world import AT, START
from yuhu.journal.actions import SYSTEM, Actor
from yuhu.kit import clock

TODAY = clock.local_date(AT)  # a Tuesday


DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


WHOLE = Pattern(begins=dt.time(8, 30), ends=dt.time(8, 30))


def seat(world, name, unit, role="duty_officer", starts_on=START):
    return join(unit=unit, user=world.people[name], role=role, starts_on=starts_on, at=AT, actor=SYSTEM)


def plan(unit, *, days=3, first_on=TODAY + DAY, pattern=WHOLE, officers=(), at=AT):
    last_on = first_on + (days - 1) * DAY
    return plan_shifts(
        platform=unit,
        first_on=first_on,
        last_on=last_on,
        pattern=pattern,
        officers=officers,
        at=at,
        actor=SYSTEM,
    )


def who(rows=None):
    rows = Shift.objects.select_related("officer") if rows is None else rows
    return [shift.officer.username if shift.officer else None for shift in rows]


def acting(user: User) -> Actor:
    return Actor(id=user.pk, name=user.name)
