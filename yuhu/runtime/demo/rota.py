"""The demo's rotas: this week and the next in the home street's platforms, one shift that nobody covers, one exchange
that waits for the dispatcher. Made by the same actions as real ones.
"""

import datetime as dt

from staffing.actions import ask_swap, plan_shifts, vacate_shifts
from staffing.actions.rota import Pattern
from staffing.models import Membership, PlatformFunction, Shift, Unit, User
from staffing.posts import Function
from yuhu.journal.actions import SYSTEM, Actor
from yuhu.kit import clock
from yuhu.runtime.demo.people import HOME_STREET

_DAY = dt.timedelta(days=1)
_PATTERN = Pattern(begins=dt.time(8, 30), ends=dt.time(8, 30))
_ROLES = (Membership.Role.DUTY_OFFICER, Membership.Role.HEAD)


def load_rota(*, now: dt.datetime, seed: int) -> int:
    """Returns how many shifts were made. ``seed`` decides nothing here: turns are turns."""
    today = clock.local_date(now)
    monday = today - today.weekday() * _DAY
    begun = clock.day_start(monday)
    for platform in Unit.objects.platforms(today).filter(street=HOME_STREET).order_by("code"):
        plan_shifts(
            platform=platform,
            first_on=monday,
            last_on=monday + 13 * _DAY,
            pattern=_PATTERN,
            officers=_officers(platform, today),
            at=begun,
            actor=SYSTEM,
        )
    _leave_a_gap(today + 2 * _DAY, now)
    _ask_to_exchange(today + 3 * _DAY, now)
    return Shift.objects.count()


def _officers(platform: Unit, today: dt.date) -> list[User]:
    seats = Membership.objects.on(today).filter(unit=platform, role__in=_ROLES).select_related("user")
    return [seat.user for seat in seats.order_by("role", "pk")]


def _platform(function: Function, on: dt.date) -> Unit:
    row = PlatformFunction.objects.on(on).select_related("platform")
    return row.get(street=HOME_STREET, function=function).platform


def _leave_a_gap(day: dt.date, now: dt.datetime) -> None:
    """The day after tomorrow the officer of the platform that coordinates is on leave."""
    platform = _platform(Function.COORDINATES, day)
    shift = Shift.objects.select_related("officer").get(platform=platform, day=day)
    assert shift.officer is not None
    leader = Membership.objects.select_related("user").filter(unit__code=HOME_STREET)[0].user
    vacate_shifts(
        platform=platform, officer=shift.officer, first_on=day, last_on=day, at=now, actor=_actor(leader)
    )


def _ask_to_exchange(day: dt.date, now: dt.datetime) -> None:
    """A colleague asks the dispatcher to exchange two shifts of the platform that responds."""
    rows = Shift.objects.filter(platform=_platform(Function.RESPONDS, day), day__gte=day)
    shifts = list(rows.select_related("platform", "officer").order_by("day")[:2])
    mine, theirs = sorted(
        shifts, key=lambda shift: str(shift.officer and shift.officer.username) == "dispatcher"
    )
    assert mine.officer is not None
    ask_swap(shift=mine, theirs=theirs, at=now, actor=_actor(mine.officer))


def _actor(user: User) -> Actor:
    return Actor(id=user.pk, name=user.name)
