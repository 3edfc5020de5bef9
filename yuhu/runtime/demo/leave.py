"""The demo's leave: some people are away today, most with somebody who acts, one without; some will be away."""

import datetime as dt
import random

from staffing.actions import take_leave
from staffing.models import Absence, Membership, Tenure, Unit, User
from yuhu.journal.actions import Actor
from yuhu.kit import clock
from yuhu.runtime.demo import LOGINS

HOME_STREET = "430302001"
_Kind = Absence.Kind
# Post, first day and length in days from today, kind, and whether somebody acts.
_IN_BLOCKS = (
    (Tenure.Seat.GOVERNOR, -2, 5, _Kind.ANNUAL, True),
    (Tenure.Seat.GOVERNOR, 0, 3, _Kind.SICK, True),
    (Tenure.Seat.GOVERNOR, -10, 40, _Kind.TRAINING, True),
    (Tenure.Seat.SUPERVISOR, -1, 8, _Kind.ANNUAL, True),
    (Tenure.Seat.GOVERNOR, 0, 2, _Kind.SICK, False),
    (Tenure.Seat.SUPERVISOR, -30, 180, _Kind.SECONDMENT, True),
    (Tenure.Seat.GOVERNOR, 0, 1, _Kind.OTHER, True),
    (Tenure.Seat.SUPERVISOR, 0, 4, _Kind.SICK, True),
    (Tenure.Seat.GOVERNOR, 5, 6, _Kind.ANNUAL, True),
    (Tenure.Seat.GOVERNOR, 9, 14, _Kind.TRAINING, False),
    (Tenure.Seat.SUPERVISOR, 12, 5, _Kind.ANNUAL, True),
)
_IN_UNITS = ((0, 4, _Kind.ANNUAL), (-3, 10, _Kind.TRAINING), (-1, 2, _Kind.SICK), (0, 15, _Kind.SECONDMENT),
             (7, 5, _Kind.ANNUAL))  # fmt: skip


def load_leave(*, now: dt.datetime, seed: int) -> int:
    """Leave in the home street and in a few others, recorded by the leaders of the street. Returns how many."""
    rng, today = random.Random(seed), clock.local_date(now)
    made = 0
    for number, (post, start, days, kind, covered) in enumerate(_IN_BLOCKS):
        street = HOME_STREET if number % 3 else f"43030200{2 + number // 3}"
        rows = _holders(post, street, today)
        place = rng.randrange(len(rows))
        row, acts = rows[place], rows[place - 1].holder if covered else None
        made += _take(row.holder, street, today + dt.timedelta(days=start), days, kind, acts, now)
    seats = Membership.objects.on(today).filter(unit__street=HOME_STREET, role=Membership.Role.MEMBER)
    people = [
        seat.user
        for seat in seats.exclude(user__username__in=LOGINS).select_related("user").order_by("pk")
        if not seat.user.absences.exists()
    ]
    for (start, days, kind), person in zip(_IN_UNITS, rng.sample(people, len(_IN_UNITS)), strict=True):
        made += _take(person, HOME_STREET, today + dt.timedelta(days=start), days, kind, None, now)
    return made


def _holders(post: str, street: str, on: dt.date) -> list[Tenure]:
    """Those who have the post in the street today, are there, and are nobody's log-in."""
    rows = (
        Tenure.objects.on(on).held().filter(post=post, block__code__startswith=street, holder__absences=None)
    )
    found = rows.exclude(holder__username__in=LOGINS).select_related("holder").order_by("block__code")
    return list(found)


def _take(
    person: User | None,
    street: str,
    first: dt.date,
    days: int,
    kind: str,
    acts: User | None,
    now: dt.datetime,
) -> int:
    assert person is not None
    leader = Membership.objects.filter(unit__code=street, unit__kind=Unit.Kind.STREET).order_by("pk")[0].user
    actor = Actor(id=leader.pk, name=leader.name)
    take_leave(
        person=person,
        kind=kind,
        starts_on=first,
        ends_on=first + dt.timedelta(days=days),
        stand_in=acts,
        by=leader,
        at=now,
        actor=actor,
    )
    return 1
