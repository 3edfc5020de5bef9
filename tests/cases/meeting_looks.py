"""What the tests of meetings ask of the journal."""

import datetime as dt
from typing import Any

from cases.actions import meetings
from cases.models import Meeting
from tests.world import (
    AT,
    World,
)
from yuhu.journal.models import Entry

DAY = dt.timedelta(days=1)


def entries(meeting: Meeting) -> list[str]:
    rows = Entry.objects.filter(subject_type="meeting", subject_id=str(meeting.pk)).order_by("seq")
    return list(rows.values_list("kind", flat=True))


def last(meeting: Meeting) -> dict[str, Any]:
    entry = Entry.objects.filter(subject_type="meeting", subject_id=str(meeting.pk)).latest("seq")
    return dict(entry.data)


def change(world: World, meeting: Meeting, who: str = "dispatcher", **changes: Any) -> Meeting:
    given: dict[str, Any] = {
        "starts_at": meeting.starts_at,
        "place": meeting.place,
        "chair": meeting.chair,
        "units": [],
        "invited": [],
        "keep": [],
        "residents": [],
        "consent": "",
    }
    return meetings.change(meeting=meeting, **{**given, **changes}, by=world.by(who), at=AT)
