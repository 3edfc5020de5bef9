"""Where indicators begin and end to count: the district's days, the last moment of a limit, thirty days."""

import datetime as dt

import pytest

from cases.actions.tallies.counting import REPEAT_DAYS
from cases.figures import Period
from cases.models import Case, Deadline
from cases.states import Step
from tests.cases.indicator_questions import asked, parts, scope
from tests.world import AT, World, a_closed, a_dispatched, a_report, a_signed, do

pytestmark = pytest.mark.django_db

DAY = Period.of_days(dt.date(2026, 11, 10), dt.date(2026, 11, 10))
# 10 November in Xiangtan begins at 16:00 of the 9th in UTC.
FIRST, BEHIND = dt.datetime(2026, 11, 9, 16, tzinfo=dt.UTC), dt.datetime(2026, 11, 10, 16, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
BORDERS = [(FIRST - MICROSECOND, 0), (FIRST, 1), (BEHIND - MICROSECOND, 1), (BEHIND, 0)]


@pytest.mark.parametrize("moment, counts", BORDERS)
def test_a_day_holds_its_first_moment_and_not_its_end(world: World, moment: dt.datetime, counts: int) -> None:
    question = asked(scope(world), period=DAY)
    case = a_closed(world)
    Case.objects.filter(pk=case.pk).update(reported_at=moment)
    assert parts(question, "extension_rate") == (0, counts)
    assert parts(question, "completion_rate") == (0, 0), "closed on another day"
    Case.objects.filter(pk=case.pk).update(reported_at=AT, closed_at=moment)
    assert parts(question, "extension_rate") == (0, 0)
    assert parts(question, "completion_rate") == (counts, counts)
    assert parts(question, "satisfaction_rate") == (counts, counts)


@pytest.mark.parametrize("moment, counts", BORDERS)
def test_what_is_not_closed_is_due_on_the_day_of_its_limit(
    world: World, moment: dt.datetime, counts: int
) -> None:
    case = a_signed(world)
    Case.objects.filter(pk=case.pk).update(due_at=moment)
    assert parts(asked(scope(world), period=DAY), "overdue_rate") == (counts, counts)
    assert parts(asked(scope(world), period=DAY, at=moment), "overdue_rate") == (0, 0), "not past it"


def test_a_result_on_the_last_moment_of_the_limit_is_in_time(world: World) -> None:
    case = a_closed(world)
    for late, expected in ((dt.timedelta(), (1, 1)), (MICROSECOND, (0, 1))):
        Case.objects.filter(pk=case.pk).update(due_at=AT, handled_at=AT + late)
        assert parts(asked(scope(world)), "on_time_completion_rate") == expected


def test_a_clock_counts_when_it_is_met_or_over(world: World) -> None:
    case = a_dispatched(world)
    sign = Deadline.objects.get(case=case, step=Step.SIGN)
    assert parts(asked(scope(world), at=sign.due_at), "on_time_sign_rate") == (0, 0), (
        "may still be signed for"
    )
    assert parts(asked(scope(world), at=sign.due_at + MICROSECOND), "on_time_sign_rate") == (0, 1)
    do(world, case, "sign", "governor", at=sign.due_at)
    assert parts(asked(scope(world), at=sign.due_at), "on_time_sign_rate") == (1, 1)


def test_a_complaint_again_after_thirty_days_is_a_new_one(world: World) -> None:
    old = a_closed(world, at=AT)
    again = a_report(world)
    closed = Case.objects.get(pk=old.pk).closed_at
    assert closed is not None
    for after, expected in ((0, 0), (REPEAT_DAYS, 1), (REPEAT_DAYS + 0.001, 0)):
        Case.objects.filter(pk=again.pk).update(reported_at=closed + dt.timedelta(days=after))
        assert parts(asked(scope(world)), "repeat_rate") == (expected, 1), after
