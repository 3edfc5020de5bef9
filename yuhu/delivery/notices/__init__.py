"""Who is told what: one table from the journal's kinds to people, channels and sentences. Pure: no database, no clock.

A row of the ledger keeps the ``kind`` of its notice and never a text; the sentence is made when it is shown or sent
(``wording.py``). Leaves to others: who the people of an audience are (``actions.recipients``).
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from yuhu.delivery.notices import duties, loop, meetings, people, whistles
from yuhu.delivery.notices.table import Audience, Notice

__all__ = ["BY_EVENT", "BY_KIND", "NOTICES", "SILENT", "Audience", "Notice", "of"]

NOTICES: tuple[Notice, ...] = (
    *loop.NOTICES,
    *whistles.NOTICES,
    *meetings.NOTICES,
    *people.NOTICES,
    *duties.NOTICES,
)

# Nobody is told: it is somebody's own progress (signed, contacted, photos, on site), the reporter did not answer in
# time, or it is kept for the audit only.
SILENT = frozenset(
    {
        "case.signed",
        "case.contacted",
        "case.closed",
        "case.attached",
        "case.unmasked",
        "case.erased",
        "case.person_forgotten",
        "case.mediation_opened",
        "case.mediation_ended",
        "case.whistle_named",
        "case.whistle_attended",
        "case.whistle_rated",
        "case.whistle_done",
        "case.meeting_removed",
        "case.meeting_cancelled",
    }
)

BY_KIND: dict[str, Notice] = {notice.kind: notice for notice in NOTICES}
BY_EVENT: dict[str, list[Notice]] = defaultdict(list)
for _notice in NOTICES:
    BY_EVENT[_notice.event].append(_notice)


def of(event: str, data: Mapping[str, Any]) -> list[Notice]:
    """The notices that an event with these data asks for, in the table's order."""
    return [notice for notice in BY_EVENT.get(event, ()) if notice.fits(data)]
