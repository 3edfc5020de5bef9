"""After the meeting: who came, the minutes with their number, and erasing what was kept of people.

Final minutes are never changed: no verb allows it, and the entry of their closing holds a digest of what they say.
"""

import datetime as dt
import json
from collections.abc import Collection

from django.db import transaction
from django.db.models import Max, QuerySet

from blocks.models import Street
from cases.actions.base import By
from cases.actions.meetings.base import LONGEST_SUMMARY, Acting, begin, moment
from cases.models import Meeting, Participant
from yuhu.journal.actions import SYSTEM, text_digest
from yuhu.kit import clock, resealing
from yuhu.kit.text import clean_text


@transaction.atomic
def hold(*, meeting: Meeting, attended: Collection[int], by: By, at: dt.datetime) -> Meeting:
    """Record that the meeting was held, and who came (keys of participants); all others were absent.

    Raises: NotYourMove, MeetingMovedOn.
    """
    acting = begin("hold", meeting, by=by, at=at)
    row = acting.meeting
    row.state, row.held_at = Meeting.State.HELD, at
    row.save(update_fields=["state", "held_at"])
    came = row.participants.filter(pk__in=attended)
    row.participants.exclude(pk__in=attended).update(attended=False)
    acting.tell("held", came=came.update(attended=True), on=moment(row.starts_at))
    return row


@transaction.atomic
def close(*, meeting: Meeting, summary: str, by: By, at: dt.datetime) -> Meeting:
    """The minutes are final: they get the street's next number of the year, 会议纪要〔2026〕5号.

    Raises:
        NotYourMove: not the person's, or an item is not decided yet.
        MeetingMovedOn: not held, or closed already.
    """
    # The street first: numbers are counted by street, without gaps, and two who close at once stand in line.
    Street.objects.select_for_update().only("pk").get(pk=meeting.street_id)
    acting = begin("close", meeting, by=by, at=at)
    row = acting.meeting
    row.summary = clean_text(summary, field="summary", min_length=0, max_length=LONGEST_SUMMARY)
    row.year = clock.local_date(at).year
    known = Meeting.objects.filter(street=row.street_id, year=row.year)
    row.number = int(known.aggregate(last=Max("number"))["last"] or 0) + 1
    row.closed_at, row.closed_by = at, by.user
    row.save(update_fields=["summary", "year", "number", "closed_at", "closed_by"])
    acting.tell(
        "closed",
        year=row.year,
        number=row.number,
        digest=text_digest(row.salt, _said(row)),
        **acting.invited(),
    )
    return row


def _said(meeting: Meeting) -> str:
    """What the minutes say, in one fixed form."""
    items = meeting.items.select_related("case", "measures", "lead_unit").order_by("no")
    decided = [
        {
            "case": item.case.number,
            "decision": item.decision,
            "unit": item.lead_unit.code if item.lead_unit else None,
            "person": item.lead_person_id,
            "co_units": sorted(item.co_units.values_list("code", flat=True)),
            "due_on": item.due_on.isoformat() if item.due_on else None,
            "measures": item.measures.text if item.measures else "",
        }
        for item in items
    ]
    return json.dumps({"summary": meeting.summary, "items": decided}, ensure_ascii=False, sort_keys=True)


@transaction.atomic
def erase(*, meeting: Meeting, by: By, at: dt.datetime) -> Meeting:
    """Residents' names, what was said and why it was cancelled go for good (PIPL, art. 47).

    The words of decisions are notes of the cases and are erased there. Raises: NotYourMove, MeetingMovedOn.
    """
    acting = begin("erase", meeting, by=by, at=at)
    row = acting.meeting
    row.summary = row.reason = row.salt = ""
    row.erased_at = at
    row.save(update_fields=["summary", "reason", "salt", "erased_at"])
    acting.tell("erased", residents=_forget(_named().filter(meeting=row), at))
    return row


def named_too_long(before: dt.datetime) -> "QuerySet[Participant]":
    """Residents named in meetings that began before ``before``, the oldest first."""
    return _named().filter(meeting__starts_at__lt=before).order_by("meeting__starts_at", "pk")


def forget_residents(*, meeting_id: int, before: dt.datetime, at: dt.datetime) -> int:
    """Forget the residents of one meeting that began before ``before``; returns how many there were."""
    with transaction.atomic():
        row = Meeting.objects.select_for_update().filter(pk=meeting_id, starts_at__lt=before).first()
        if row is None or not (gone := _forget(_named().filter(meeting=row), at)):
            return 0
        Acting(row, By(user=None, actor=SYSTEM), at).tell("residents_forgotten", residents=gone)
    return gone


def _named() -> "QuerySet[Participant]":
    return Participant.objects.filter(kind=Participant.Kind.RESIDENT, erased_at__isnull=True)


def _forget(rows: "QuerySet[Participant]", at: dt.datetime) -> int:
    return rows.update(name_sealed=None, name_masked="", consent="", key_mark="", erased_at=at)


def reseal_residents(*, after: int, limit: int) -> resealing.Batch | None:
    """Names of the next residents under the present key."""
    return resealing.reseal(_named(), sealed=("name_sealed",), after=after, limit=limit)


def sealed_rows() -> "QuerySet[Participant]":
    """Whoever is named under a key: what a change of keys writes anew."""
    return _named()
