"""What every verb of a meeting needs: the locked row, the policy asked again, entries, who is told.

Locks: the street (to number minutes), the meeting, its item, the case.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases.actions.base import By
from cases.exceptions import MeetingMovedOn, NotYourMove
from cases.models import Meeting, Participant
from cases.policies.meetings import may_act
from yuhu.journal.actions import record
from yuhu.journal.models import Entry
from yuhu.kit import clock
from yuhu.kit.exceptions import NotFound
from yuhu.kit.verdicts import Verdict

LONGEST = 2000
LONGEST_SUMMARY = 10_000


@dataclass
class Acting:
    """One verb under way, on a meeting that is locked until the transaction ends."""

    meeting: Meeting
    by: By
    at: dt.datetime

    def tell(self, kind: str, **data: Any) -> None:
        """Journal on the meeting. No area opens the entries of a restricted one."""
        meeting = self.meeting
        record(
            kind=f"meeting.{kind}",
            subject=("meeting", meeting.pk),
            at=self.at,
            actor=self.by.actor,
            area="" if meeting.restricted else meeting.street_id,
            data=data,
        )

    @property
    def about(self) -> dict[str, Any]:
        """What the entries of a case say of the meeting."""
        return {"meeting": self.meeting.pk, "on": moment(self.meeting.starts_at)}

    def invited(self) -> dict[str, Any]:
        """Whom notices reach: keys of people and codes of units."""
        rows = Participant.objects.filter(meeting=self.meeting)
        people = rows.filter(user__isnull=False).values_list("user", flat=True)
        units = rows.filter(unit__isnull=False).values_list("unit__code", flat=True)
        leading = {self.meeting.chair_id, self.meeting.convener_id}
        return {"tell": sorted({*people, *leading}), "units": sorted(units)}

    def next_no(self) -> int:
        """The number of the agenda's next item: one that was taken off keeps its number in the journal."""
        added = Entry.objects.for_subject("meeting", self.meeting.pk).of_kinds(["meeting.case_added"])
        return max(added.values_list("data__no", flat=True), default=0) + 1


def begin(verb: str, meeting: Meeting, *, by: By, at: dt.datetime) -> Acting:
    """Lock the meeting and ask whether this person may do it as it stands now.

    Raises:
        NotFound: there is no such meeting.
        MeetingMovedOn: its state does not allow it; somebody may have been faster.
        NotYourMove: the person, or what else must hold, forbids it, with the reason.
    """
    row = _rows().filter(pk=meeting.pk).first()
    if row is None:
        raise NotFound
    refuse(may_act(verb, by.user, row, at))
    return Acting(row, by, at)


def _rows() -> QuerySet[Meeting]:
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("street", "chair", "convener")
    return rows.defer("street__boundary")


def refuse(verdict: Verdict, *, field: str | None = None) -> None:
    """Turn a policy's no into a refusal."""
    if not verdict:
        refused = MeetingMovedOn if verdict.code == "state" else NotYourMove
        raise refused(verdict.reason, code=verdict.code, field=field)


def moment(at: dt.datetime) -> str:
    """A time as entries and sentences say it: on the district's clock, to the minute."""
    return clock.local(at).strftime("%Y-%m-%d %H:%M")


def decided_there(meeting: Meeting) -> str:
    """The reason that the moves of a decision bear."""
    return _("By decision of the meeting of %(on)s.") % {"on": moment(meeting.starts_at)}
