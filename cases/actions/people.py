"""The person who reported, in clear text: only for a reason, and never without a journal entry."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from cases.actions.base import By, digest_of, journal, locked, write_note
from cases.models import Reporter
from staffing.policies import may_in
from staffing.posts import Capability
from yuhu.kit import clock, people, resealing
from yuhu.kit.exceptions import Forbidden, NotFound
from yuhu.kit.text import clean_text


def unmask(*, case_id: int, reason: str, by: By, at: dt.datetime) -> tuple[str, str]:
    """Name and phone of the reporter, for somebody who must call back. The door asks for a fresh log-in before.

    Raises:
        Forbidden: no post that may see it, or none in whose area the case lies.
        Invalid: no reason.
        NotFound: nobody left a name or a phone.
    """
    why = clean_text(reason, field="reason", min_length=2, max_length=200)
    if by.user is None:
        raise Forbidden
    with transaction.atomic():
        case = locked(case_id)
        verdict = may_in(by.user, Capability.UNMASK, area=case.area, on=clock.local_date(at))
        if not verdict:
            raise Forbidden(verdict.reason)
        person = Reporter.objects.filter(case=case).first()
        if person is None:
            raise NotFound(_("Nobody left a contact in this case."))
        note = write_note(case, move="unmask", field="reason", text=why, by=by, at=at)
        journal(case, "case.unmasked", by=by, at=at, reason=digest_of(note))
    name = people.unseal(person.name_sealed) if person.name_sealed else ""
    phone = people.unseal(person.phone_sealed) if person.phone_sealed else ""
    return name, phone


def reseal_reporters(*, after: int, limit: int) -> resealing.Batch | None:
    """Names and phones of the next reporters under the present key, found under the present index."""
    return resealing.reseal(
        Reporter.objects.all(),
        sealed=("name_sealed", "phone_sealed"),
        after=after,
        limit=limit,
        refresh=_index_again,
    )


def _index_again(row: Reporter) -> tuple[str, ...]:
    row.phone_index = people.blind_index(people.unseal(row.phone_sealed)) if row.phone_sealed else ""
    return ("phone_index",)
