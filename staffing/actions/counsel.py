"""Legal counsel of units and communities: appointed from a day on, ended, one following the other.

The journal keeps the row's key and the days; name, firm and phone of the lawyer stand in the row alone. Entries stand
under ("counsel", unit). Leaves to others: who may (policies), who lacks one (figures.counsel).
"""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from staffing.exceptions import AlreadyThere, LaterCounsel, NotNow, WrongDates
from staffing.models import CounselAppointment, Unit
from staffing.policies import ENDED
from yuhu.journal.actions import Actor, Draft, record, record_many
from yuhu.kit.exceptions import Invalid
from yuhu.kit.people import normalise_phone
from yuhu.kit.text import clean_text

_LICENCE = re.compile(r"[0-9A-Za-z]{5,30}")


@transaction.atomic
def appoint_counsel(
    *,
    unit: Unit,
    name: str,
    firm: str,
    phone: str,
    licence: str,
    starts_on: dt.date,
    at: dt.datetime,
    actor: Actor,
) -> CounselAppointment:
    """From ``starts_on`` on, this lawyer advises ``unit``; whoever did before ends on that day.

    Raises:
        LaterCounsel: an appointment begins on that day or later.
        AlreadyThere: it is the same lawyer of the same firm.
        Invalid: a phone or licence number that cannot be.
    """
    facts = _facts(name=name, firm=firm, phone=phone, licence=licence)
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    rows = CounselAppointment.objects.filter(unit=unit)
    if rows.filter(starts_on__gte=starts_on).exists():
        raise LaterCounsel(field="starts_on")
    lasting = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=starts_on))
    if lasting.filter(name=facts["name"], firm=facts["firm"]).exists():
        raise AlreadyThere(field="name")
    lasting.update(ends_on=starts_on)
    row = CounselAppointment.objects.create(unit=unit, starts_on=starts_on, **facts)
    record(**_entry("counsel.appointed", row, at, actor, starts_on=starts_on))
    return row


@transaction.atomic
def end_counsel(
    *, counsel: CounselAppointment, ends_on: dt.date, at: dt.datetime, actor: Actor
) -> CounselAppointment:
    """The unit is without counsel from ``ends_on`` on.

    Raises:
        NotNow: the end is settled, by an end or by whoever follows.
        WrongDates: it begins on that day or later.
    """
    Unit.objects.select_for_update().get(pk=counsel.unit_id)
    row = CounselAppointment.objects.select_for_update().select_related("unit").get(pk=counsel.pk)
    if row.ends_on is not None:
        raise NotNow(ENDED, code="ended")
    if ends_on <= row.starts_on:
        raise WrongDates(field="ends_on")
    row.ends_on = ends_on
    row.save(update_fields=["ends_on"])
    record(**_entry("counsel.ended", row, at, actor, ends_on=ends_on))
    return row


def load_counsel(rows: Sequence[CounselAppointment], *, at: dt.datetime, actor: Actor) -> int:
    """Counsel of many units that have none, in the caller's transaction. Raises IntegrityError for two of one."""
    made = CounselAppointment.objects.bulk_create(rows, batch_size=500)
    record_many(
        [Draft(**_entry("counsel.appointed", row, at, actor, starts_on=row.starts_on)) for row in made]
    )
    return len(made)


def _facts(*, name: str, firm: str, phone: str, licence: str) -> dict[str, str]:
    number = clean_text(licence, field="licence", min_length=0, max_length=30)
    if number and not _LICENCE.fullmatch(number):
        message = _("A licence number has letters and digits only. Leave it empty if you do not know it.")
        raise Invalid(message, code="invalid_licence", field="licence")
    return {
        "name": clean_text(name, field="name", max_length=50),
        "firm": clean_text(firm, field="firm", max_length=100),
        "phone": normalise_phone(phone),
        "licence": number,
    }


def _entry(
    kind: str, row: CounselAppointment, at: dt.datetime, actor: Actor, **days: dt.date
) -> dict[str, Any]:
    data = {"counsel": row.pk, **{name: day.isoformat() for name, day in days.items()}}
    subject = ("counsel", row.unit_id)
    return {"kind": kind, "subject": subject, "at": at, "actor": actor, "area": row.unit.area, "data": data}
