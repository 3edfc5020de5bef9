"""How long a result took (处置时长): working time from the dispatch to the accepted result, without suspensions.

Kept on the case when the result is accepted, so that a mean over a year is one query. What was solved on the spot was
never dispatched and has none; of a reopened case the time of the second handling counts.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from cases.actions.base import locked
from cases.exceptions import NoSuchCase
from cases.models import Case, CaseRequest, Deadline
from cases.states import Step
from duties.models import work_calendar
from yuhu.journal.models import Entry
from yuhu.kit import worktime


def handling_seconds(
    case: Case, *, handle: Deadline | None, requests: Iterable[CaseRequest], calendar: worktime.Calendar
) -> int | None:
    """Of the result that was handed back last. ``handle`` is the case's newest handle clock. A query only where the
    case was suspended: when it went on stands in the journal."""
    start, end = case.dispatched_at, case.handled_at
    if case.reopened and handle is not None:
        start = handle.started_at
    if case.on_the_spot or start is None or end is None or end < start:
        return None
    stood = [
        row.decided_at
        for row in requests
        if row.kind == CaseRequest.Kind.SUSPENSION
        and row.approved
        and row.decided_at
        and row.decided_at >= start
    ]
    used = worktime.elapsed(start, end, calendar)
    resumed = _resumed(case) if stood else []
    for begin in stood:
        over = next((at for at in resumed if at >= begin), end)
        used -= worktime.elapsed(begin, min(over, end), calendar)
    return max(int(used.total_seconds()), 0)


def keep_handling_time(*, case_id: int) -> bool:
    """For results that were accepted before it was kept. It is worked out of what is there, so nothing is journaled."""
    with transaction.atomic():
        try:
            case = locked(case_id)
        except NoSuchCase:
            return False
        if case.handling_seconds is not None:
            return False
        clocks = case.deadlines.filter(step=Step.HANDLE).order_by("-round")
        case.handling_seconds = handling_seconds(
            case, handle=clocks.first(), requests=case.requests.all(), calendar=work_calendar()
        )
        case.save(update_fields=["handling_seconds"])
    return case.handling_seconds is not None


def _resumed(case: Case) -> list[dt.datetime]:
    entries = Entry.objects.for_subject("case", case.number).filter(kind="case.resumed")
    return list(entries.order_by("seq").values_list("at", flat=True))
