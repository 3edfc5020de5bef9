"""The reserve of cadres: put somebody in, move to another tier, leave. Each tier is a row of its own, with its days.

Leaves to others: who may (policies), whom a vacancy finds (figures.matching). Entries stand under ("reserve", person).
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from blocks.models import Street
from staffing.exceptions import AccountClosed, AlreadyThere, InReserve, NotNow, WrongDates
from staffing.models import Reserve, User
from staffing.policies import SETTLED
from yuhu.journal.actions import Actor, Draft, record, record_many


@transaction.atomic
def put_in_reserve(
    *, person: User, tier: int, street: Street, starts_on: dt.date, at: dt.datetime, actor: Actor
) -> Reserve:
    """From ``starts_on`` on, ``person`` is in the reserve of ``street``.

    Raises:
        InReserve: an entry of the person, of whichever street, lasts till then or is planned.
        AccountClosed: the person does not work here any more.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    if not person.is_active:
        raise AccountClosed(field="person")
    if Reserve.objects.not_over(starts_on).filter(person=person).exists():
        raise InReserve(field="person")
    row = Reserve.objects.create(person=person, tier=tier, street=street, starts_on=starts_on)
    record(**_entry("reserve.entered", row, at, actor, starts_on=starts_on))
    return row


@transaction.atomic
def move_tier(*, reserve: Reserve, tier: int, on: dt.date, at: dt.datetime, actor: Actor) -> Reserve:
    """From the day ``on`` the person is in another tier: this entry ends, the next begins. Returns the next.

    Raises:
        NotNow: the end of the entry is settled.
        AlreadyThere: it is this tier already.
        WrongDates: the entry begins on that day or later.
    """
    row = _open(reserve)
    if row.tier == tier:
        raise AlreadyThere(field="tier")
    if on <= row.starts_on:
        raise WrongDates(field="on")
    row.ends_on = on
    row.save(update_fields=["ends_on"])
    following = Reserve.objects.create(person=row.person, tier=tier, street=row.street, starts_on=on)
    record(**_entry("reserve.moved", following, at, actor, starts_on=on))
    return following


@transaction.atomic
def leave_reserve(*, reserve: Reserve, ends_on: dt.date, at: dt.datetime, actor: Actor) -> Reserve:
    """The person is not in the reserve any more from ``ends_on`` on. Raises NotNow and WrongDates as ``move_tier``."""
    row = _open(reserve)
    if ends_on <= row.starts_on:
        raise WrongDates(field="ends_on")
    row.ends_on = ends_on
    row.save(update_fields=["ends_on"])
    record(**_entry("reserve.left", row, at, actor, ends_on=ends_on))
    return row


def load_reserve(rows: Sequence[Reserve], *, at: dt.datetime, actor: Actor) -> int:
    """Many who are in no reserve yet, inside the caller's transaction. Raises IntegrityError for one who is."""
    made = Reserve.objects.bulk_create(rows, batch_size=500)
    record_many([Draft(**_entry("reserve.entered", row, at, actor, starts_on=row.starts_on)) for row in made])
    return len(made)


def _open(reserve: Reserve) -> Reserve:
    """The row as it stands now, its person locked."""
    User.objects.select_for_update().get(pk=reserve.person_id)
    row = Reserve.objects.select_for_update().get(pk=reserve.pk)
    if row.ends_on is not None:
        raise NotNow(SETTLED, code="ended")
    return row


def _entry(kind: str, row: Reserve, at: dt.datetime, actor: Actor, **days: dt.date) -> dict[str, Any]:
    data = {"user": row.person_id, "tier": row.tier, **{name: day.isoformat() for name, day in days.items()}}
    subject = ("reserve", row.person_id)
    return {"kind": kind, "subject": subject, "at": at, "actor": actor, "area": row.street_id, "data": data}
