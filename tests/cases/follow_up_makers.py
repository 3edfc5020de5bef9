"""Makers of follow-up calls: cases that nobody rated in time, their draw, and callers."""

import datetime as dt
from typing import Any

from cases.actions import close_unrated
from cases.actions.follow_ups import draw, record_call, take
from cases.models import Case, FollowUpCall
from tests.world import AT, STREET, World, an_evaluated
from yuhu.kit import clock

# The working week of AT, and a Monday morning on which it is drawn.
WEEK = dt.date(2026, 11, 23)
MONDAY = dt.datetime(2026, 11, 30, 1, 0, tzinfo=dt.UTC)
CLOSED = dt.datetime(2026, 11, 27, 10, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def unrated(world: World, **changes: Any) -> Case:
    """Closed by itself: the time to rate passed without an answer."""
    case = an_evaluated(world, **changes)
    due = case.deadlines.get(step="rate").due_at
    assert close_unrated(case_id=case.pk, at=due)
    return Case.objects.get(pk=case.pk)


def drawn(world: World, case: Case | None = None, *, at: dt.datetime = MONDAY) -> FollowUpCall:
    """The call about the case: of the draw of the week in which it was closed."""
    case = case or unrated(world)
    assert case.closed_at is not None
    on = clock.local_date(case.closed_at)
    assert draw(street=STREET, week=on - DAY * on.weekday(), at=at)
    return FollowUpCall.objects.get(case=case)


def called(
    world: World,
    call: FollowUpCall,
    outcome: str = "reached",
    *,
    who: str = "coordinator",
    at: dt.datetime = MONDAY,
    **answer: Any,
) -> FollowUpCall:
    """Taken and recorded by ``who``."""
    if outcome == "reached":
        answer = {"solved": "solved", "satisfaction": "satisfied"} | answer
    take(call=call, by=world.by(who), at=at)
    return record_call(call=call, outcome=outcome, by=world.by(who), at=at, **answer)


def fresh(call: FollowUpCall) -> FollowUpCall:
    return FollowUpCall.objects.select_related("draw", "case").get(pk=call.pk)


__all__ = ["AT", "CLOSED", "DAY", "MONDAY", "WEEK", "called", "drawn", "fresh", "unrated"]
